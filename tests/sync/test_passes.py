"""A pass that dies, and two passes at once: everything is said once, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.ports import Query
from tests.bookings.test_effects import Crash, Fuse
from tests.sync.office import ANA, RUI, Office, said

WATCHED = [
    ("store", "transact"),
    ("store", "get"),
    ("store", "query"),
    ("calendar", "changes"),
    ("calendar", "find"),
]


def prepared(office: Office) -> Booking:
    """One event goes, one comes, one moves; a booking is deleted; the second calendar changes too."""
    booking = office.book(10)
    office.settle()
    gone, moves = office.busy("14:00", "15:00"), office.busy("16:00", "17:00")
    late = office.busy("14:00", "15:00", calendar=ANA)
    office.sync()
    office.calendar.delete(RUI, gone)
    office.busy("16:30", "17:30", id_=moves)
    office.busy("12:00", "12:30")
    office.calendar.delete(RUI, booking.calendar_event)
    office.calendar.delete(ANA, late)
    return booking


def outcome(office: Office, booking: Booking, told: list[str]) -> tuple[Any, ...]:
    rows = office.store.query(Query(keys.synced(RUI).pk, prefix=keys.KNOWN)).items
    return (
        sorted(told),
        office.desk.bookings.get(booking.id).state,
        sorted((r["start"], r["end"], r["busy"]) for r in rows),
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_pass_that_dies_anywhere_is_made_good_by_the_next(after: bool) -> None:
    calm = Office()
    booking = prepared(calm)
    expected = outcome(calm, booking, calm.told())
    assert len(expected[0]) == 6
    for step in range(1, 80):
        office = Office()
        booking = prepared(office)
        fuse = Fuse(step, after=after)
        parts = {(part, name): getattr(getattr(office, part), name) for part, name in WATCHED}
        for (part, name), act in parts.items():
            setattr(getattr(office, part), name, fuse.around(act))
        crashed = False
        try:
            office.desk.calendar_sync.run()
        except Crash:
            crashed = True
        for (part, name), act in parts.items():
            setattr(getattr(office, part), name, act)
        told = said(office.events())
        office.clock.at += 300
        told += office.told()
        assert outcome(office, booking, told) == expected, (
            f"died {'after' if after else 'before'} call {step}"
        )
        if fuse.left > 0:
            assert step > 15
            assert not crashed
            return
    raise AssertionError("the pass never ran to its end")


def test_of_two_passes_at_once_one_tells(tmp_path: Path) -> None:
    """Both have read the same changes before either writes."""
    for turn in range(10):
        office = Office(store=SqliteStore(tmp_path / f"{turn}.db"))
        booking = prepared(office)
        both = threading.Barrier(2, timeout=20)
        changes = office.calendar.changes

        def meet(*asked: Any, _changes: Callable[..., Any] = changes, _both: threading.Barrier = both) -> Any:
            found = _changes(*asked)
            _both.wait()
            return found

        office.calendar.changes = meet  # type: ignore[method-assign]
        failed: list[BaseException] = []

        def run(_office: Office = office, _failed: list[BaseException] = failed) -> None:
            try:
                _office.desk.calendar_sync.run()
            except BaseException as error:  # noqa: BLE001 - the main thread asserts there was none
                _failed.append(error)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        told = said(office.events())
        assert len(told) == len(set(told)) == 6
        assert office.desk.bookings.get(booking.id).state == "CANCELLED"
        office.store.close()
