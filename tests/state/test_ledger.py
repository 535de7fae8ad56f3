from __future__ import annotations

from datetime import date
from itertools import count
from threading import Thread

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import items, keys
from handlers.domain.errors import NotFound, StaleWrite, Taken, Unavailable
from handlers.domain.keys import Key
from handlers.domain.pages import Claim, Page
from handlers.domain.rules.model import Business, Mail, Resource, Rules
from handlers.domain.slot import Extent
from handlers.ports import Absent, Equals, Item, Operation, Put, Store
from handlers.services.ledger import ATTEMPTS, Ledger
from tests.fakes import FakeClock

RULES = Rules(
    business=Business(name="B", timezone="Asia/Singapore", inbox="in@example.com", desk="#desk"),
    mail=Mail(requests="ask@example.com"),
    hours={},
    resources={
        "jess": Resource(name="Jess", daily_cap=2),
        "room": Resource(name="Room"),
        "table": Resource(name="Table", kind="table", seats=4, capacity=4),
        "counter": Resource(name="Counter", kind="seats", capacity=8),
    },
    services={},
)
DAY, NEXT = date(2026, 5, 5), date(2026, 5, 6)
NOW = RULES.zone.instant(DAY, 0)


class Live:
    def current(self) -> Rules:
        return RULES


class Busy:
    """A store where somebody else changes a page between our reading and our writing it, `times` times."""

    def __init__(self, store: Store, times: int) -> None:
        self.store, self.times, self.writes, self.reads = store, times, 0, 0
        self.query = store.query

    def get(self, key: Key) -> Item | None:
        self.reads += 1
        return self.store.get(key)

    def transact(self, operations: list[Operation], token: str = "") -> None:
        self.writes += 1
        if self.writes <= self.times:
            other = Claim(id=f"other{self.writes}", start=self.writes, end=self.writes + 1)
            Ledger(self.store, Live(), FakeClock(NOW)).commit(
                take=[(at("room", 30 * self.writes, 10), other)]
            )
        self.store.transact(operations, token)


class Silent(Busy):
    """A store that commits the first time, and doesn't say so."""

    def transact(self, operations: list[Operation], token: str = "") -> None:
        self.store.transact(operations, token)
        self.writes += 1
        if self.writes == 1:
            raise Unavailable("the database", "time-out")


def at(resource: str, minutes: int, length: int = 60) -> Extent:
    start = RULES.zone.instant(DAY, minutes)
    return Extent(resource, start, start + length * 60)


def whole(name: str, extent: Extent, party: int = 1, until: int | None = None) -> tuple[Extent, Claim]:
    return extent, Claim(id=name, start=extent.start, end=extent.end, party=party, until=until)


def record(name: str, **more: object) -> Item:
    return {"pk": f"BOOKING#{name}", "sk": "BOOKING", **more}


def page(store: Store, resource: str, day: date = DAY) -> Page:
    item = store.get(keys.page(resource, day))
    return items.from_item(item, Page) if item else Page(resource=resource, day=day)


@pytest.fixture
def store() -> SqliteStore:
    return SqliteStore(":memory:")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def ledger(store: SqliteStore, clock: FakeClock) -> Ledger:
    return Ledger(store, Live(), clock)


def test_a_visit_that_needs_two_resources_takes_both_or_none(ledger: Ledger, store: SqliteStore) -> None:
    ledger.commit(take=[whole("a", at("room", 600))])
    with pytest.raises(Taken) as caught:
        ledger.commit(
            take=[whole("b", at("jess", 630)), whole("b", at("room", 630))], operations=[Put(record("b"))]
        )
    assert caught.value.resource == "room"
    assert page(store, "jess").claims == ()
    assert store.get(keys.booking("b")) is None


def test_a_visit_across_midnight_is_on_both_pages_and_counts_on_the_day_it_starts(
    ledger: Ledger, store: SqliteStore
) -> None:
    extent = at("jess", 23 * 60 + 50, 60)
    service = Claim(id="a", start=extent.start + 15 * 60, end=extent.end)
    ledger.commit(take=[(extent, service)])
    tonight, tomorrow = page(store, "jess").claims[0], page(store, "jess", NEXT).claims[0]
    assert (tonight.start, tonight.end, tonight.counted) == (extent.start, extent.end, False)
    assert (tomorrow.start, tomorrow.end, tomorrow.counted) == (extent.start, extent.end, True)
    assert tomorrow.service == (service.start, service.end)
    assert [(c.id, c.counted) for c in ledger.diary("jess", NOW, NOW + 2 * 86_400, NOW)] == [("a", True)]
    with pytest.raises(Taken):
        ledger.commit(take=[whole("b", at("jess", 24 * 60 + 20, 10))])
    ledger.commit(release=[(extent, "a")])
    assert page(store, "jess").claims == page(store, "jess", NEXT).claims == ()


def test_a_visit_that_ends_tomorrow_is_listed_as_counted_today(ledger: Ledger) -> None:
    late = at("jess", 23 * 60 + 30, 60)
    ledger.commit(take=[whole("a", late), whole("b", at("jess", 600))])
    tonight = {c.id: c.counted for c in ledger.diary("jess", NOW, NOW + 86_400, NOW)}
    both = {c.id: c.counted for c in ledger.diary("jess", NOW, NOW + 2 * 86_400, NOW)}
    assert tonight == both == {"a": True, "b": True}
    assert [c.counted for c in ledger.diary("jess", NOW + 86_400, NOW + 2 * 86_400, NOW)] == [False]
    with pytest.raises(Taken, match="daily_cap"):
        ledger.commit(take=[whole("c", at("jess", 800))])


def test_a_reschedule_into_its_own_old_place_works(ledger: Ledger, store: SqliteStore) -> None:
    old, new = at("jess", 600), at("jess", 630)
    ledger.commit(take=[whole("a", old)])
    ledger.commit(release=[(old, "a")], take=[whole("a", new)])
    assert [(c.start, c.end) for c in page(store, "jess").claims] == [(new.start, new.end)]
    assert page(store, "jess").rev == 2  # one write each, whatever changed on it


def test_a_reschedule_does_not_use_up_the_daily_cap(ledger: Ledger) -> None:
    ledger.commit(take=[whole("a", at("jess", 600)), whole("b", at("jess", 700))])
    ledger.commit(release=[(at("jess", 600), "a")], take=[whole("a", at("jess", 800))])
    with pytest.raises(Taken, match="daily_cap"):
        ledger.commit(take=[whole("c", at("jess", 900))])


def test_a_table_takes_one_party_whatever_its_size(ledger: Ledger) -> None:
    ledger.commit(take=[whole("a", at("table", 600), party=3)])
    with pytest.raises(Taken, match="overlap"):
        ledger.commit(take=[whole("b", at("table", 600), party=1)])


def test_a_counter_takes_people_until_it_is_full(ledger: Ledger) -> None:
    ledger.commit(take=[whole("a", at("counter", 600), party=5)])
    ledger.commit(take=[whole("b", at("counter", 630), party=3)])
    with pytest.raises(Taken, match="capacity"):
        ledger.commit(take=[whole("c", at("counter", 640), party=1)])
    ledger.commit(take=[whole("c", at("counter", 660, 10), party=5)])


def test_an_unknown_resource_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.commit(take=[whole("a", at("nobody", 600))])


def test_a_hold_that_ran_out_is_gone_with_the_next_write(
    ledger: Ledger, clock: FakeClock, store: SqliteStore
) -> None:
    ledger.commit(take=[whole("held", at("jess", 600), until=NOW + 300)])
    clock.at = NOW + 299
    assert len(ledger.diary("jess", NOW, NOW + 86_400, clock.at)) == 1
    with pytest.raises(Taken):
        ledger.commit(take=[whole("b", at("jess", 600))])
    clock.at = NOW + 300
    assert ledger.diary("jess", NOW, NOW + 86_400, clock.at) == ()
    ledger.commit(take=[whole("b", at("jess", 600))])
    assert [c.id for c in page(store, "jess").claims] == ["b"]


def test_the_diary_is_what_meets_the_time_asked_for(ledger: Ledger) -> None:
    for n in range(3):
        ledger.commit(take=[whole(f"b{n}", at("room", 600 + 60 * n))])
    start, end = at("room", 660, 60)[1:]
    assert [c.id for c in ledger.diary("room", start, end, NOW)] == ["b1"]
    assert [c.id for c in ledger.diary("room", start - 1, end + 1, NOW)] == ["b0", "b1", "b2"]


def test_a_failing_operation_takes_nothing_and_is_named(ledger: Ledger, store: SqliteStore) -> None:
    store.transact([Put(record("a", rev=3))])
    operations = [Put(record("new"), Absent()), Put(record("a", rev=4), when=Equals("rev", 2))]
    with pytest.raises(StaleWrite) as caught:
        ledger.commit(take=[whole("a", at("jess", 600))], operations=operations)
    assert caught.value.failed == (1,)
    assert page(store, "jess").rev == 0
    assert store.get(keys.booking("new")) is None


def test_a_lost_page_race_is_decided_again_on_one_read_an_attempt(store: SqliteStore) -> None:
    busy = Busy(store, times=3)
    Ledger(busy, Live(), FakeClock(NOW), sleep=lambda _: None).commit(
        take=[whole("a", at("room", 600))], operations=[Put(record("a"), Absent())]
    )
    assert {c.id for c in page(store, "room").claims} == {"a", "other1", "other2", "other3"}
    assert (busy.reads, busy.writes) == (4, 4)


def test_the_wait_follows_how_long_the_lost_attempt_took(store: SqliteStore) -> None:
    waits: list[float] = []
    seconds = iter([10.0, 10.03, 20.0, 20.03, 30.0, 30.005, 40.0])  # two attempts of 30 ms, one of 5 ms
    ledger = Ledger(
        Busy(store, times=3),
        Live(),
        FakeClock(NOW),
        sleep=waits.append,
        chance=lambda: 0.5,
        stopwatch=lambda: next(seconds),
    )
    ledger.commit(take=[whole("a", at("room", 600))])
    assert waits == pytest.approx([0.03, 0.06, 0.02])


def test_a_race_lost_to_an_overlap_is_taken_without_a_wait_or_another_read(store: SqliteStore) -> None:
    waits: list[float] = []
    busy = Busy(store, times=1)
    ledger = Ledger(busy, Live(), FakeClock(NOW), sleep=waits.append)
    with pytest.raises(Taken):
        ledger.commit(take=[whole("a", at("room", 35, 10))])
    assert (busy.reads, busy.writes, waits) == (1, 1, [])


def test_a_store_that_does_not_say_what_it_found_is_read_again(store: SqliteStore) -> None:
    class Terse(Busy):
        def transact(self, operations: list[Operation], token: str = "") -> None:
            try:
                super().transact(operations, token)
            except StaleWrite as stale:
                raise StaleWrite(stale.failed) from None

    busy = Terse(store, times=1)
    ledger = Ledger(busy, Live(), FakeClock(NOW), sleep=lambda _: None)
    with pytest.raises(Taken):
        ledger.commit(take=[whole("a", at("room", 35, 10))])
    assert (busy.reads, busy.writes) == (2, 1)


def test_a_page_that_never_rests_is_given_up(store: SqliteStore) -> None:
    waits: list[float] = []
    seconds = count(0, 0.1)
    ledger = Ledger(
        Busy(store, times=999),
        Live(),
        FakeClock(NOW),
        sleep=waits.append,
        chance=lambda: 1.0,
        stopwatch=lambda: next(seconds),
    )
    with pytest.raises(Unavailable):
        ledger.commit(take=[whole("a", at("room", 1400, 10))])
    assert len(waits) == ATTEMPTS - 1
    assert max(waits) == 1.0
    assert "a" not in {c.id for c in page(store, "room").claims}


def test_a_commit_that_went_through_unheard_is_not_repeated(store: SqliteStore, clock: FakeClock) -> None:
    ledger = Ledger(Silent(store, 0), Live(), clock)
    booking = {"take": [whole("a", at("jess", 600))], "operations": [Put(record("a"), when=Absent())]}
    with pytest.raises(Unavailable):
        ledger.commit(**booking, token="click-1")
    ledger.commit(**booking, token="click-1")
    assert (page(store, "jess").rev, len(page(store, "jess").claims)) == (1, 1)


def test_a_repeat_does_nothing_even_when_the_slot_is_someone_elses_by_now(
    ledger: Ledger, store: SqliteStore
) -> None:
    extent = at("jess", 600)
    ledger.commit(take=[whole("a", extent)], token="click-1")
    ledger.commit(release=[(extent, "a")], take=[whole("b", extent)])
    ledger.commit(take=[whole("a", extent)], token="click-1")
    assert [c.id for c in page(store, "jess").claims] == ["b"]


def test_a_refused_commit_may_be_tried_again_with_its_token(ledger: Ledger) -> None:
    extent = at("jess", 600)
    ledger.commit(take=[whole("b", extent)])
    with pytest.raises(Taken):
        ledger.commit(take=[whole("a", extent)], token="click-1")
    ledger.commit(release=[(extent, "b")])
    ledger.commit(take=[whole("a", extent)], token="click-1")


def test_a_claim_that_stands_already_is_held_fast_by_the_commit(store: SqliteStore) -> None:
    """The page doesn't change, yet the booking must not be written when the claim goes away meanwhile."""

    class Released(Busy):
        def transact(self, operations: list[Operation], token: str = "") -> None:
            self.writes += 1
            if self.writes == 1:
                Ledger(self.store, Live(), FakeClock(NOW)).commit(
                    release=[(extent, "a")], take=[whole("b", extent)]
                )
            self.store.transact(operations, token)

    extent = at("jess", 600)
    Ledger(store, Live(), FakeClock(NOW)).commit(take=[whole("a", extent)])
    ledger = Ledger(Released(store, 0), Live(), FakeClock(NOW), sleep=lambda _: None)
    with pytest.raises(Taken):
        ledger.commit(take=[whole("a", extent)], operations=[Put(record("a"))])
    assert store.get(keys.booking("a")) is None


def test_threads_share_a_ledger(ledger: Ledger, store: SqliteStore) -> None:
    threads = [
        Thread(target=ledger.commit, kwargs={"take": [whole(f"t{n}", at("room", n * 15, 15))]})
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(page(store, "room").claims) == 12
