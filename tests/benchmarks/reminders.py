"""What a tick costs: `python -m tests.benchmarks.reminders [--appointments N] [--due N]`.

So many appointments are ahead, and of some a reminder is due now. One tick's part for reminders runs on the local
DynamoDB of the tests (with what DynamoDB says it consumed) and on SQLite in a file. One JSON line each: rows that
queries looked at, point reads, read and write units, milliseconds; then the same with nothing ahead but what is due.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handlers.adapters.dynamodb import DynamoStore
from handlers.adapters.sqlite import SqliteStore
from handlers.domain.booking import Booking, State
from handlers.domain.items import to_item
from handlers.domain.reminders import plan
from handlers.domain.slot import Slot
from handlers.ports import Item, Operation, Put, Store
from tests.benchmarks.meter import metered
from tests.bookings.world import HOUR, World
from tests.fakes import FakeClock
from tests.state import dynoxide

TABLE = "frontdesk-state"
STEP = 300
"""Seconds between the appointments that are ahead."""


def ahead(world: World, count: int) -> Iterator[Item]:
    """Items of appointments whose reminders are due later: each a booking and its chain."""
    rules, first = world.desk.rules.current(), world.clock.at + 26 * HOUR
    for n in range(count):
        start = first + n * STEP
        booking = Booking(
            id=f"ahead{n:08d}",
            state=State.CONFIRMED,
            slot=Slot(service="cut", resource="rui", start=start, end=start + 1800),
            extent=(start, start + 2700),
            customer=f"customer{n % 997}",
            name="Somebody Else",
            email=f"somebody{n % 997}@mail.example",
        )
        chain = plan(booking, rules, world.clock.at)
        yield to_item(booking)
        yield to_item(chain.model_copy(update={"due": min(r.due for r in chain.reminders)}))


def with_due(world: World, count: int) -> None:
    """Appointments made by the real services, of which a reminder is due at once."""
    for n in range(count):
        guest = world.customer(f"Guest {n}", email=f"guest{n}@mail.example")
        world.book(9 + n * 0.75 % 9, day=1 + n // 12, customer=guest, token=f"due{n}")
    world.settle()
    for chain in [
        c
        for b in world.heard
        if b.kind == "booking.confirmed"
        for c in world.desk.reminders.chains(b.subject)
    ]:
        soon = chain.reminders[0].model_copy(update={"due": world.clock.at})
        due = chain.model_copy(update={"reminders": (soon, *chain.reminders[1:]), "due": soon.due, "rev": 1})
        world.store.transact([Put(to_item(due))])


def world_on(store: Store) -> World:
    return World(clock=FakeClock(World().clock.at + 3 * HOUR), store=store)


def tick(world: World) -> dict[str, Any]:
    mails, began = len(world.mail.sent), time.perf_counter()
    seen = world.desk.effects.remind_due()
    took = (time.perf_counter() - began) * 1000
    return {"seen": seen, "sent": len(world.mail.sent) - mails, "ms": round(took, 1)}


def on_dynamodb(folder: Path, appointments: int, due: int) -> dict[str, Any]:
    dynoxide.fill(folder, TABLE, ahead(world_on(SqliteStore(":memory:")), appointments))
    with dynoxide.running(folder) as url:
        client = dynoxide.client(url)
        world = world_on(DynamoStore(TABLE, client))
        with_due(world, due)
        with metered(client) as meter:
            done = tick(world)
        client.close()
    return done | {
        "rows": meter.rows,
        "point_reads": meter.calls["GetItem"],
        "read_units": meter.read,
        "query_units": meter.units["Query"],
        "write_units": meter.written,
    }


def on_sqlite(folder: Path, appointments: int, due: int) -> dict[str, Any]:
    store = SqliteStore(folder / "frontdesk.db")
    world = world_on(store)
    batch: list[Operation] = []
    for item in ahead(world, appointments):
        batch.append(Put(item))
        if len(batch) == 100:
            store.transact(batch)
            batch = []
    if batch:
        store.transact(batch)
    with_due(world, due)
    done = tick(world)
    store.close()
    return done


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=50)
    asked = parser.parse_args()
    fast = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one
    for name, measure in (("dynamodb", on_dynamodb), ("sqlite", on_sqlite)):
        if name == "dynamodb" and not dynoxide.PROGRAM.exists():
            continue
        for appointments in (asked.appointments, 0):
            with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
                done = measure(Path(folder), appointments, asked.due)
            print(json.dumps({"store": name, "appointments": appointments, "due": asked.due, **done}))


if __name__ == "__main__":
    main()
