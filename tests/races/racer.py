"""One process of racers: `python -m tests.races.racer STORE FIRST COUNT`. It lives through all rounds.

Reads one JSON line per round, `[scenario, round, start]`, races when the machine's monotonic clock reaches `start`, and
answers with a JSON line `[end, outcomes]`. STORE is `sqlite:PATH` or `dynamodb:ENDPOINT`.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from handlers.adapters.dynamodb import DynamoStore
from handlers.adapters.sqlite import SqliteStore
from handlers.ports import Store
from tests.races import offers
from tests.races.scenarios import SCENARIOS, Round
from tests.races.slim import SlimClient

TABLE = "frontdesk-races"


def open_store(where: str) -> Store:
    kind, _, place = where.partition(":")
    if kind == "sqlite":
        return SqliteStore(place)
    return DynamoStore(TABLE, SlimClient(place))  # type: ignore[arg-type] # it has the calls a race needs


def run(race: Round, racer: int, start: float) -> str:
    while (wait := start - time.monotonic()) > 0:
        time.sleep(wait)
    try:
        return SCENARIOS[race.scenario].race(race, racer)
    except Exception as error:  # noqa: BLE001 - told to the test, which fails on it
        return f"{type(error).__name__}: {error}"


def main() -> None:
    store, first, count = open_store(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    racers = range(first, first + count)
    offers.warm(store)
    with ThreadPoolExecutor(count) as threads:
        print("ready", flush=True)
        for line in sys.stdin:
            scenario, number, start = json.loads(line)
            race = Round(scenario, number, store)
            outcomes = list(threads.map(lambda n: run(race, n, start), racers))  # noqa: B023 - used up within the round
            print(json.dumps([time.monotonic(), outcomes]), flush=True)


if __name__ == "__main__":
    main()
