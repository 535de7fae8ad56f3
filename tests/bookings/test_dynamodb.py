"""The main story once more, on a local DynamoDB that the desk finds by its environment, through boto3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.adapters.dynamodb import DynamoStore, create_table, make_client
from handlers.bootstrap import build_desk
from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.errors import LinkSpent, Taken
from handlers.domain.links import Action
from handlers.domain.slot import SlotQuery, Window
from handlers.domain.summaries import Kind
from handlers.ports import Query
from handlers.settings import Settings
from tests.bookings.world import HOUR, STAFF, ZONE, World, refused
from tests.state import dynoxide

TABLE = "frontdesk-state"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with dynoxide.running(tmp_path) as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "made",
            "AWS_SECRET_ACCESS_KEY": "up",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        client = make_client()
        create_table(client, TABLE)
        client.close()
        store = build_desk(Settings.from_env({"FRONTDESK_STORE": f"dynamodb:{TABLE}"})).store
        assert isinstance(store, DynamoStore)
        yield World(store=store)
        store.close()


def test_booked_written_moved_cancelled_expired_and_told_on_dynamodb(world: World) -> None:
    desk = world.desk
    customer = world.customer()
    tuesday = Window(date_from="2026-05-05", date_to="2026-05-05", time_from="14:00")
    proposal = desk.slots.propose(SlotQuery(service="cut", windows=(tuesday,)), channel="web")
    booking = desk.bookings.take(
        slot=proposal.slots[0], customer=customer, source="web", by="customer", proposal=proposal
    )
    assert world.settle()[0] == "booking.confirmed"
    assert len(world.calendar.events) == len(world.mail.sent) == 1
    assert isinstance(refused(lambda: other_takes(world, booking)), Taken)

    desk.bookings.reschedule(booking.id, world.slot(16), "customer")
    moved = desk.bookings.reschedule(booking.id, world.slot(16.25), "customer")  # over its own old place
    world.settle()
    assert world.holders(moved.slot) == [booking.id]
    assert [e.start for e in world.calendar.events.values()] == [moved.slot.start]
    assert {b.id for b in desk.bookings.of_customer(customer.id)} == {booking.id}
    assert [b.id for b in desk.bookings.find("Bea")] == [booking.id]

    desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    assert (world.holders(moved.slot), world.calendar.events) == ([], {})
    assert desk.bookings.get(booking.id).state is State.CANCELLED
    assert world.history(booking)[0] == ("customer", "booked")
    assert world.store.query(Query(keys.OUTBOX, index="gsi3")).items == ()
    assert desk.relay.drain() == 0


def other_takes(world: World, booking) -> None:
    world.desk.bookings.take(
        slot=booking.slot,
        customer=world.customer("Cai Reis", email="cai@mail.example"),
        source="web",
        by="customer",
    )


def test_a_hold_runs_out_and_a_link_is_spent_once_on_dynamodb(world: World) -> None:
    held = world.book(hold=True)
    assert isinstance(refused(world.book), Taken)
    world.clock.at += 300
    assert world.desk.bookings.expire_due() == 1
    assert world.desk.bookings.get(held.id).state is State.EXPIRED
    assert world.desk.bookings.expire_due() == 0

    url = world.desk.links.url(Action.PICK, "p", world.clock.at + HOUR)
    link = world.desk.links.open(url.rpartition("/")[2])
    again = world.book(spend=link)
    assert isinstance(refused(lambda: world.book(16, spend=link)), LinkSpent)
    assert world.holders(again.slot) == [again.id]


def test_the_week_is_summed_up_and_kept_on_dynamodb(world: World) -> None:
    kept, gone = world.book(10), world.book(12)
    world.desk.bookings.cancel(gone.id, STAFF)
    summary = world.desk.summaries.send(Kind.WEEKLY, ZONE.parse("2026-05-11T08:00"))
    assert summary is not None
    assert summary.weekly is not None
    assert (summary.weekly.visits, summary.weekly.confirmed, summary.weekly.cancelled) == (1, 2, 1)
    assert summary.weekly.by_resource == (("Rui", 1),)
    assert world.desk.summaries.send(Kind.WEEKLY, ZONE.parse("2026-05-11T08:00")) == summary
    assert world.desk.bookings.get(kept.id).state is State.CONFIRMED
