"""Staff fill a freed slot in the calendar itself: its offer is taken back with a kind word, and nobody else is asked."""

from __future__ import annotations

import pytest

from handlers.domain.events import Event, EventKind
from handlers.domain.waitlist import OpeningState
from tests.bookings.world import HOUR, STAFF
from tests.waitlist.waiting import WINDOW, Waiting, join

RUI = "rui@quay.example"


@pytest.fixture
def world() -> Waiting:
    return Waiting()


def fills(world, start, end, resource="rui"):
    """Somebody's event appears in the calendar, and the sync sees it."""
    world.calendar.busy.setdefault(RUI, []).append((start, end))
    data = {"resource": resource, "start": start, "end": end}
    event = Event(
        id=f"fill-{start}", kind=EventKind.CALENDAR_FILLED, subject=resource, at=world.clock.at, data=data
    )
    world.desk.waitlist.perform(event)
    world.settle()
    world.desk.waitlist.perform(event)  # delivered again, late
    world.settle()


def test_an_offer_is_taken_back_and_who_held_it_is_told(world):
    join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    slot = world.cancelled().slot

    fills(world, slot.start, slot.end)

    assert world.offered() == [("Bea", "WITHDRAWN")]
    assert world.opening().opening.state is OpeningState.CLOSED
    assert world.holders(slot) == []
    assert "taken" in world.said_to("bea@mail.example")[-1]
    assert not any("opened up" in said for said in world.said_to("cid@mail.example"))


def test_an_event_beside_it_leaves_the_offer_alone(world):
    join(world, "Bea")
    slot = world.cancelled().slot
    fills(world, slot.end + HOUR, slot.end + 2 * HOUR)
    assert world.offered() == [("Bea", "LIVE")]


def test_a_slot_that_waits_for_staff_is_closed(world):
    slot = world.cancelled().slot
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    fills(world, slot.start, slot.end)
    opening = world.opening().opening
    assert (opening.state, opening.changed_by) == (OpeningState.CLOSED, "calendar")


def test_a_part_of_a_longer_slot_that_is_left_may_still_be_offered(world):
    join(world, "Bea")
    booking = world.book(
        14, service="wedding", who="ana", approved=True, customer=world.customer("G", email="g@mail.example")
    )
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    world.pass_time(WINDOW)
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    fills(world, booking.slot.start + HOUR, booking.slot.end, "ana")
    assert world.opening().opening.state is OpeningState.HANDED_BACK
