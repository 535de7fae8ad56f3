from __future__ import annotations

import json

import pytest

from handlers.domain.errors import Unavailable
from handlers.domain.events import Event, EventKind
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.wiring import ATTEMPTS, subscribers


class FakeRuntime:
    """`fails[name]` deliveries to that function raise; -1 = always."""

    def __init__(self, **fails):
        self.fails, self.calls, self.error = fails, [], RuntimeError("it is broken")

    def call(self, function, event):
        self.calls.append((function.name, event))
        if self.fails.get(function.name, 0):
            self.fails[function.name] -= 1
            raise self.error


def event(id_="e1", kind=EventKind.BOOKING_CONFIRMED):
    return Event(id=id_, kind=kind, subject="b1", at=1_777_953_600)


def bus_of(db, clock, **fails):
    runtime = FakeRuntime(**fails)
    return LocalBus(db, runtime, clock, back_off=(-1, -1)), runtime


def deliver_all(bus):
    count = 0
    while bus.deliver_one():
        count += 1
        assert count < 50
    return count


def test_every_subscriber_gets_the_event_in_eventbridge_s_shape(db, clock):
    bus, runtime = bus_of(db, clock)
    bus.put([event()])
    deliver_all(bus)
    assert sorted(name for name, _ in runtime.calls) == sorted(
        f.name for f in subscribers("booking.confirmed")
    )
    assert all(sent["detail-type"] == "booking.confirmed" for _, sent in runtime.calls)
    assert bus.idle()


def test_deliveries_are_stored_before_put_returns_and_survive_the_process(tmp_path, clock):
    first = Database(tmp_path / "w.db")
    LocalBus(first, FakeRuntime(), clock).put([event()])
    first.close()
    again = Database(tmp_path / "w.db")
    bus, runtime = bus_of(again, clock)
    deliver_all(bus)
    assert len(runtime.calls) == len(subscribers("booking.confirmed"))
    again.close()


def test_a_delivery_cut_off_by_a_crash_is_made_again(db, clock):
    bus, runtime = bus_of(db, clock)
    bus.put([event(kind=EventKind.REQUEST_RECEIVED)])
    assert bus._next() is not None  # taken, and then the process dies
    assert deliver_all(bus) == 0
    bus.start(workers=0)
    assert deliver_all(bus) == 1
    assert [name for name, _ in runtime.calls] == ["intake"]


def test_a_failing_delivery_is_tried_again_and_the_others_are_not(db, clock):
    bus, runtime = bus_of(db, clock, notices=1)
    bus.put([event()])
    deliver_all(bus)
    names = [name for name, _ in runtime.calls]
    assert (names.count("notices"), names.count("bookings")) == (2, 1)
    assert bus.idle()


def test_after_three_attempts_it_goes_to_the_dead_letters(db, clock):
    bus, runtime = bus_of(db, clock, notices=-1)
    bus.put([event()])
    deliver_all(bus)
    names = [name for name, _ in runtime.calls]
    assert names.count("notices") == ATTEMPTS
    assert names[-1] == "dead_letters"
    record = runtime.calls[-1][1]["Records"][0]
    assert json.loads(record["body"])["id"] == "e1"
    assert "it is broken" in record["messageAttributes"]["ERROR_MESSAGE"]["stringValue"]
    assert db.one("select state from deliveries where function = 'notices'")["state"] == "dead"


def test_dead_letters_that_can_t_be_told_don_t_go_round_for_ever(db, clock):
    bus, runtime = bus_of(db, clock, notices=-1, dead_letters=-1)
    bus.put([event()])
    deliver_all(bus)
    assert [name for name, _ in runtime.calls].count("dead_letters") == ATTEMPTS


def test_a_dead_delivery_can_be_started_over_once(db, clock):
    bus, _ = bus_of(db, clock, notices=3)
    bus.put([event()])
    deliver_all(bus)
    dead = db.one("select id from deliveries where state = 'dead'")["id"]
    assert bus.retry(dead)
    assert not bus.retry(dead)
    deliver_all(bus)
    assert db.one("select state from deliveries where id = ?", dead)["state"] == "done"


def test_a_back_off_is_kept(db, clock):
    runtime = FakeRuntime(intake=1)
    bus = LocalBus(db, runtime, clock, back_off=(60, 60))
    bus.put([event(kind=EventKind.REQUEST_RECEIVED)])
    assert deliver_all(bus) == 1
    assert not bus.idle()


def test_an_error_that_says_when_to_come_back_is_waited_for(db, clock):
    runtime = FakeRuntime(intake=1)
    runtime.error = Unavailable("slack", "busy", retry_after=60)
    bus = LocalBus(db, runtime, clock, back_off=(-1, -1))
    bus.put([event(kind=EventKind.REQUEST_RECEIVED)])
    assert deliver_all(bus) == 1


def test_a_transaction_that_fails_leaves_nothing(db):
    def broken():
        with db.transaction():
            db.set("a", "1")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        broken()
    assert db.setting("a") == ""
