from __future__ import annotations

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import items, keys
from handlers.domain.events import Event, EventKind
from handlers.ports import Query
from handlers.services.journal import SEEN_KEPT, Journal
from tests.fakes import FakeClock, FakeIds

NOW = 1_000_000
BOOKING = keys.booking("b1")


@pytest.fixture
def store() -> SqliteStore:
    return SqliteStore(":memory:")


@pytest.fixture
def journal(store: SqliteStore) -> Journal:
    return Journal(store, FakeClock(NOW), FakeIds())


def outbox(store: SqliteStore) -> list[Event]:
    found = store.query(Query(keys.OUTBOX, "gsi3", high=keys.at(NOW)))
    return [items.from_item(item, Event) for item in found.items]


def test_an_event_waits_in_the_outbox_once_its_transaction_is_committed(
    journal: Journal, store: SqliteStore
) -> None:
    put = journal.event(EventKind.BOOKING_HELD, "b1", until=5)
    assert outbox(store) == []
    store.transact([put])
    assert [(e.kind, e.subject, e.at, e.data) for e in outbox(store)] == [
        ("booking.held", "b1", NOW, {"until": 5})
    ]


def test_an_event_can_be_emitted_on_its_own(journal: Journal, store: SqliteStore) -> None:
    assert [journal.emit(EventKind.HOME_OPENED, "U1")] == outbox(store)


def test_the_thread_says_who_did_what_in_order(journal: Journal, store: SqliteStore) -> None:
    for n in range(120):
        store.transact([journal.audit(BOOKING, "mei", f"step {n}", before=n, after=n + 1, via="card")])
    store.transact([journal.audit(keys.booking("b2"), "mei", "elsewhere")])
    thread = journal.thread(BOOKING)
    assert [row.what for row in thread] == [f"step {n}" for n in range(120)]
    last = thread[-1]
    assert (last.who, last.at, last.before, last.after, last.more) == ("mei", NOW, 119, 120, {"via": "card"})


def test_an_outside_id_is_claimed_once(journal: Journal, store: SqliteStore) -> None:
    assert [journal.seen("Ev1"), journal.seen("Ev1"), journal.seen("Ev2")] == [True, False, True]
    assert store.get(keys.seen("Ev1"))["ttl"] == NOW + SEEN_KEPT


def test_an_effect_runs_once_and_its_result_is_kept(journal: Journal) -> None:
    runs: list[str] = []

    def send() -> str:
        runs.append("sent")
        return "message-1"

    assert [journal.once(BOOKING, "mail", send), journal.once(BOOKING, "mail", send)] == ["message-1"] * 2
    assert journal.once(BOOKING, "text", send) == "message-1"
    assert len(runs) == 2


def test_an_effect_that_fails_is_not_recorded(journal: Journal) -> None:
    def fail() -> str:
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError):
        journal.once(BOOKING, "mail", fail)
    assert journal.once(BOOKING, "mail", lambda: "message-2") == "message-2"
