"""Who gets a freed slot, decided over a long list: `python -m tests.benchmarks.waitlist [--entries 10000] [--rounds 25]`.

Prints one JSON line: `decide_ms`, what one decision takes once the list is read (budget: 20 ms for 10,000 entries);
`plain_ms`, a plain filter and sort of the same list in the same run, and `of_plain`, how the two compare; `read_ms`, what
reading the list from the store takes; `eligible`, how many may have it; `same_first`, whether both find the same person.
Milliseconds are of processor time and medians: what other processes do meanwhile does not count.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from datetime import date, timedelta
from typing import Any

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.items import to_item
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist import Entry, EntryState, Opening
from handlers.domain.waitlist.eligible import Place
from handlers.domain.waitlist.moves import decide
from handlers.ports import Put
from handlers.services.entry_queries import EntryQueries
from tests.benchmarks.slots import timed

ROUNDS = 25
BUDGET_MS = 20
RULES = """
version: 1
business: {name: Long, timezone: Europe/London, currency: GBP, country: GB, inbox: o@long.example, desk: "#desk"}
mail: {requests: ask@long.example}
hours: {mon-sun: ["09:00-19:00"]}
resources: {jess: {name: Jess}, mei: {name: Mei}}
services:
  cut: {name: Cut, minutes: 45, resources: [jess, mei]}
  colour: {name: Colour, minutes: 120, resources: [jess, mei]}
"""
DAY = date(2027, 5, 4)


def people(count: int) -> list[Entry]:
    """A list as it is in life: most wait for the service that came free, many on other days or with somebody else; some
    are paused, hold another offer, or come before others by priority."""
    chance = random.Random(7)
    made = []
    for n in range(count):
        first = DAY + timedelta(chance.randrange(-30, 10))
        made.append(
            Entry(
                id=f"e{n:08}",
                service=chance.choice(["cut", "cut", "colour"]),
                customer=f"c{n:08}",
                name=f"Guest {n}",
                email=f"guest{n}@mail.example",
                earliest=first,
                latest=first + timedelta(chance.randrange(0, 40)),
                resource=chance.choice([None, None, None, "jess", "mei"]),
                priority=chance.choice([0, 0, 0, 0, 1, 2]),
                joined=1_800_000_000 + chance.randrange(5_000_000),
                state=chance.choice([EntryState.WAITING] * 19 + [EntryState.PAUSED]),
                before=chance.choice([None] * 9 + [1_900_000_000]),
                offer=chance.choice([None] * 99 + ["other.1"]),
            )
        )
    return made


def opened(rules: Rules) -> Place:
    start = rules.zone.instant(DAY, 14 * 60)
    opening = Opening(id="o1", resource="jess", start=start, end=start + 7200, extent=(start, start + 7200))
    slots = {
        name: Slot(service=name, resource="jess", start=start, end=start + s.minutes * 60)
        for name, s in rules.services.items()
    }
    return Place(
        opening=opening,
        rules=rules,
        day=DAY,
        send_at=start - 5 * 3600,
        slots=slots,
        tried=frozenset(f"e{n:08}" for n in range(3)),
    )


def plain(entries: list[Entry], place: Place) -> Entry | None:
    """The yardstick: the same conditions in one expression, and a sort."""
    start = place.opening.start
    found = [
        e
        for e in entries
        if e.state == "WAITING"
        and e.service in place.slots
        and e.party == 1
        and e.earliest <= DAY <= e.latest
        and (e.resource is None or e.resource == "jess")
        and (e.before is None or start < e.before)
        and e.id not in place.tried
        and e.offer is None
    ]
    found.sort(key=lambda e: (-e.priority, e.joined, e.id))
    return found[0] if found else None


class Live:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def current(self) -> Rules:
        return self._rules


def stored(entries: list[Entry], rules: Rules) -> EntryQueries:
    """The list as the engine reads it, in memory."""
    store = SqliteStore(":memory:")
    for n in range(0, len(entries), 100):
        store.transact([Put(to_item(e)) for e in entries[n : n + 100]])
    queries: Any = EntryQueries
    made: EntryQueries = queries(store=store, rules=Live(rules), customers=None)
    return made


def measure(count: int, rounds: int) -> dict[str, Any]:
    rules = load(RULES)
    entries, place = people(count), opened(rules)
    decision = decide(place, entries)
    own, yardstick = [], []
    for _ in range(rounds):  # by turns, so that a busy machine slows both alike
        own.append(timed(lambda: decide(place, entries)))
        yardstick.append(timed(lambda: plain(entries, place)))
    queries = stored(entries, rules)
    read = [timed(lambda: queries.waiting(place.slots)) for _ in range(max(1, rounds // 8))]
    decide_ms, plain_ms = statistics.median(own), statistics.median(yardstick)
    return {
        "entries": count,
        "eligible": len(decision.order),
        "decide_ms": round(decide_ms, 2),
        "plain_ms": round(plain_ms, 2),
        "of_plain": round(decide_ms / max(plain_ms, 0.001), 2),
        "read_ms": round(statistics.median(read), 1),
        "same_first": decision.entry == plain(entries, place),
    }


def main(args: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.waitlist", description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(args)
    print(json.dumps(measure(chosen.entries, max(1, chosen.rounds))), flush=True)


if __name__ == "__main__":
    main()
