"""One door for every channel: offered slots only, fresh ones when they are gone, answers that are values."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from handlers.domain.booking import State
from handlers.domain.slot import SlotQuery
from handlers.services.orchestrator import BookingContext
from tests.bookings.world import HOUR, STAFF, World

VOICE = BookingContext(channel="voice", by="customer", conversation="call-1")
TEXT = BookingContext(channel="text", by="customer", conversation="call-1")
CUT = SlotQuery(service="cut")
BEA = {"name": "Bea Cruz", "phone": "+351912345678"}


def test_what_was_offered_is_booked(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    assert found.ok
    assert found.proposal is not None
    assert found.slots == found.proposal.slots
    result = world.desk.orchestrator.book(VOICE, proposal_id=found.proposal.id, slot=found.slots[0], **BEA)
    assert result.ok
    assert result.booking is not None
    assert result.booking.slot == found.slots[0]
    assert result.booking.source == "voice"


def test_a_call_offers_and_a_text_of_the_same_conversation_books(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    slot = found.slots[1]
    result = world.desk.orchestrator.book(TEXT, start=slot.start, resource=slot.resource, **BEA)
    assert result.ok
    assert result.booking is not None
    assert (result.booking.slot, result.booking.source) == (slot, "text")


def test_nothing_is_booked_that_was_not_offered(world: World) -> None:
    alone = world.desk.orchestrator.book(VOICE, start=world.slot(17).start, **BEA)
    assert (alone.ok, alone.error, alone.alternatives) == (False, "not_offered", None)
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    wrong = world.desk.orchestrator.book(VOICE, start=world.slot(17, day=9).start, **BEA)
    assert (wrong.error, wrong.alternatives) == ("not_offered", found.proposal)


def test_an_offer_that_ran_out_is_answered_with_a_fresh_one(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    assert found.proposal is not None
    world.clock.at = found.proposal.expires
    late = world.desk.orchestrator.book(VOICE, start=found.slots[0].start, **BEA)
    assert late.error == "expired"
    assert late.alternatives is not None
    assert late.alternatives.expires > world.clock.at
    again = world.desk.orchestrator.book(VOICE, start=late.alternatives.slots[0].start, **BEA)
    assert again.ok


def test_a_taken_slot_is_answered_with_others_that_can_be_booked(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    slot = found.slots[0]
    world.desk.bookings.take(slot=slot, customer=world.customer(), source="staff", by=STAFF)
    lost = world.desk.orchestrator.book(VOICE, start=slot.start, resource=slot.resource, **BEA)
    assert lost.error == "taken"
    assert lost.alternatives is not None
    assert slot not in lost.alternatives.slots
    fresh = lost.alternatives.slots[0]
    won = world.desk.orchestrator.book(VOICE, proposal_id=lost.alternatives.id, slot=fresh, **BEA)
    assert won.ok


def test_a_repeated_tool_call_books_once(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    first = world.desk.orchestrator.book(VOICE, start=found.slots[0].start, **BEA)
    again = world.desk.orchestrator.book(VOICE, start=found.slots[0].start, **BEA)
    other = world.desk.orchestrator.book(VOICE, start=found.slots[1].start, **BEA)
    assert first.booking == again.booking
    assert (other.error, other.booking) == ("already", first.booking)


def test_hold_then_confirm_or_learn_that_it_ran_out(world: World) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    held = world.desk.orchestrator.hold(VOICE, start=found.slots[2].start, **BEA)
    assert held.booking is not None
    assert held.booking.state is State.PENDING
    assert world.desk.orchestrator.confirm(VOICE, held.booking.id).ok
    later = world.desk.orchestrator.check_availability(VOICE, CUT)
    held = world.desk.orchestrator.hold(VOICE, start=later.slots[2].start, **BEA)
    assert held.booking is not None
    world.clock.at += 301
    world.desk.bookings.take(slot=held.booking.slot, customer=world.customer(), source="staff", by=STAFF)
    assert world.desk.orchestrator.confirm(VOICE, held.booking.id).error == "expired"


def test_a_move_is_offered_before_it_is_made(world: World) -> None:
    booking = world.book(14)
    ctx = BookingContext(channel="staff", by=STAFF)
    found = world.desk.orchestrator.check_availability(ctx, CUT, replaces=booking.id)
    assert found.proposal is not None
    moved = world.desk.orchestrator.reschedule(
        ctx, booking.id, proposal_id=found.proposal.id, slot=found.slots[0]
    )
    assert moved.ok
    assert moved.booking is not None
    assert (moved.booking.id, moved.booking.slot) == (booking.id, found.slots[0])
    other = world.book(18)
    wrong = world.desk.orchestrator.reschedule(
        ctx, other.id, proposal_id=found.proposal.id, slot=found.slots[1]
    )
    assert not wrong.ok


def test_refusals_are_values_with_a_code(world: World) -> None:
    booking = world.book(14)
    world.clock.at = booking.slot.start - HOUR
    ctx = BookingContext(channel="web", by="customer")
    assert world.desk.orchestrator.cancel(ctx, booking.id).error == "too_late"
    assert world.desk.orchestrator.cancel(ctx, "nosuchbooking").error == "not_found"
    assert world.desk.orchestrator.cancel(ctx, booking.id, force=True).ok
    assert world.desk.orchestrator.cancel(ctx, booking.id).error == "already"
    assert world.desk.orchestrator.check_availability(ctx, SlotQuery(service="massage")).error == "not_found"
    found = world.desk.orchestrator.check_availability(ctx, CUT)
    assert found.proposal is not None
    bad = world.desk.orchestrator.book(
        ctx, proposal_id=found.proposal.id, slot=found.slots[0], name="Bea", email="nonsense"
    )
    assert bad.error == "invalid"
    assert "mail address" in bad.detail


def test_unreadable_calendars_are_named_and_nothing_is_offered(world: World) -> None:
    world.calendar.offline = True
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    assert (found.ok, found.error) == (False, "calendar_unavailable")
    assert set(found.unreadable) == {"rui", "ana"}


class Lines(logging.Handler):
    """What a logger was given."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.fields.append(vars(record)["fields"])


@pytest.fixture
def lines() -> Iterator[Lines]:
    logger, handler = logging.getLogger("frontdesk.metrics"), Lines()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_every_tool_leaves_one_line_without_anything_personal(world: World, lines: Lines) -> None:
    found = world.desk.orchestrator.check_availability(VOICE, CUT)
    world.desk.orchestrator.book(VOICE, start=found.slots[0].start, **BEA)
    world.desk.orchestrator.book(VOICE, start=1, **BEA)
    assert [(f["tool_name"], f["channel"], f["success"], f["error_code"]) for f in lines.fields] == [
        ("check_availability", "voice", True, None),
        ("book", "voice", True, None),
        ("book", "voice", False, "not_offered"),
    ]
    assert all("latency_ms" in f for f in lines.fields)
    assert "Bea" not in str(lines.fields)
