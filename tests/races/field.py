"""The racers' field: eight processes of eight threads on one store, released at the same instant, round after round."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from handlers.adapters.dynamodb import create_table
from handlers.ports import Store
from tests.races.racer import TABLE, open_store
from tests.races.scenarios import RACERS, SCENARIOS, Round, agree
from tests.state import dynoxide

PROCESSES = 8
ROOT = Path(__file__).parents[2]


class Field:
    def __init__(self, where: str, store: Store, racers: list[subprocess.Popen[str]]) -> None:
        self.where, self.store, self._racers = where, store, racers
        self._rounds = 0

    def round(self, name: str) -> float:
        """Seconds it took; fails when the wrong racers won, or a claim was lost or orphaned."""
        scenario = SCENARIOS[name]
        self._rounds += 1
        race = Round(name, self._rounds, self.store)
        scenario.prepare(race)
        start = time.monotonic() + 0.003
        line = json.dumps([name, race.number, start]) + "\n"
        for process in self._racers:
            process.stdin.write(line)
            process.stdin.flush()
        ends, results = zip(*(json.loads(process.stdout.readline()) for process in self._racers), strict=True)
        outcomes = [outcome for part in results for outcome in part]
        assert scenario.winners(race, outcomes), f"{name}, round {race.number}: {outcomes}"
        assert not [o for o in outcomes if ":" in o], outcomes
        agree(race, scenario)
        return max(ends) - start


@contextmanager
def field(kind: str, folder: Path) -> Iterator[Field]:
    """`kind` is "sqlite" or "dynamodb"; skips the test where there is no local DynamoDB."""
    with ExitStack() as stack:
        if kind == "sqlite":
            where = f"sqlite:{folder / 'races.db'}"
        else:
            endpoint = stack.enter_context(dynoxide.running(folder))
            where = f"dynamodb:{endpoint}"
            client = dynoxide.client(endpoint)
            stack.callback(client.close)
            create_table(client, TABLE)
        store = open_store(where)
        each = RACERS // PROCESSES
        racers = [stack.enter_context(_racer(where, n * each, each)) for n in range(PROCESSES)]
        for process in racers:
            assert process.stdout.readline() == "ready\n"
        yield Field(where, store, racers)


@contextmanager
def _racer(where: str, first: int, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.races.racer", where, str(first), str(count)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
