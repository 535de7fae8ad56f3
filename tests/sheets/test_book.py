"""One process syncs a sheet at a time, and one that lost its turn changes nothing any more."""

from __future__ import annotations

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import keys
from handlers.domain.errors import StaleWrite
from handlers.domain.sheets import Base
from handlers.services.sheet_book import LEASE, SheetBook
from tests.fakes import FakeClock, FakeIds

KEY = keys.sheet("waitlist", "s1", "")
ANA = Base("a1", {"name": "Ana"}, {"name": "Ana"}, 2)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_777_960_800)


@pytest.fixture
def books(clock: FakeClock) -> tuple[SheetBook, SheetBook]:
    store, ids = SqliteStore(":memory:"), FakeIds()
    return SheetBook(store, clock, ids, KEY), SheetBook(store, clock, ids, KEY)


def test_only_one_has_the_turn_and_gives_it_back(books: tuple[SheetBook, SheetBook]) -> None:
    first, second = books
    assert first.acquire()
    assert not second.acquire()
    second.release()  # was never theirs
    assert not second.acquire()
    first.release()
    assert second.acquire()


def test_a_turn_that_is_not_given_back_runs_out(books: tuple[SheetBook, SheetBook], clock: FakeClock) -> None:
    first, second = books
    first.acquire()
    clock.at += LEASE - 1
    assert not second.acquire()
    clock.at += 1
    assert second.acquire()


def test_whoever_lost_the_turn_writes_nothing(books: tuple[SheetBook, SheetBook], clock: FakeClock) -> None:
    first, second = books
    first.acquire()
    first.save([ANA])
    clock.at += LEASE
    second.acquire()
    for late in (
        lambda: first.save([Base("b1", {}, {})]),
        lambda: first.save(forget=["a1"]),
        lambda: first.note(mark="stale"),
    ):
        with pytest.raises(StaleWrite):
            late()
    first.release()
    assert second.bases() == [ANA]
    assert "mark" not in second.state()
    second.note(mark="fresh")
    assert second.state()["mark"] == "fresh"


def test_what_is_wanted_is_noted_whoever_has_the_turn(books: tuple[SheetBook, SheetBook]) -> None:
    first, second = books
    first.acquire()
    second.want("e1")
    assert first.state()["wanted"] == "e1"
    first.save([ANA], forget=["a1"])
    assert first.bases() == [ANA], "what is kept is not forgotten"
    first.save(forget=["a1"])
    assert first.bases() == []
