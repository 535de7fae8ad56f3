"""Staff delete a booking's event in their calendar: the visit is cancelled. Whatever else made it go is not theirs."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.domain import keys
from handlers.domain.booking import Booking, State, booking_of
from handlers.domain.errors import CalendarUnavailable
from handlers.domain.zone import DAY
from handlers.ports import CalendarEvent
from handlers.services.effects_calendar import written
from handlers.services.sync_bookings import BURST
from tests.bookings.world import STAFF
from tests.sync.office import ANA, BASIN, RUI, Office, said


def booked(office: Office, hour: float = 14, **more: Any) -> Booking:
    """In the calendar, and read from there."""
    booking = office.book(hour, **more)
    office.settle()
    office.sync()
    return booking


def state(office: Office, booking: Booking) -> State:
    return office.desk.bookings.get(booking.id).state


def standing(office: Office, booking: Booking) -> list[str]:
    return sorted(c for c, id_ in office.calendar.events if id_ == booking.calendar_event)


def test_a_deleted_event_cancels_the_visit_tells_the_customer_and_frees_the_slot(office: Office) -> None:
    booking = booked(office)
    office.calendar.delete(RUI, booking.calendar_event)
    events = office.sync()
    assert [e.kind.value for e in events] == ["booking.cancelled", "slot.freed"]
    assert said(events) == ["slot.freed rui 05 14:00-14:30"]
    assert (events[1].data["why"], events[1].data["service"]) == ("cancelled", "cut")
    office.desk.effects.perform(events[0])
    assert state(office, booking) is State.CANCELLED
    assert office.mail.sent[-1].subject.startswith("Cancelled")
    assert b"METHOD:CANCEL" in office.mail.sent[-1].ics
    assert office.holders(booking.slot) == []
    assert office.history(booking)[-1] == ("calendar", "cancelled")
    assert office.sync() == []


def test_gone_from_the_calendar_of_what_it_needs_counts_too(office: Office) -> None:
    booking = booked(office, service="wash")
    office.calendar.delete(BASIN, booking.calendar_event)
    office.desk.calendar_sync.run()
    assert office.settle() == ["booking.cancelled", "slot.freed"]
    assert standing(office, booking) == []


def test_also_when_the_token_ran_out_meanwhile(office: Office) -> None:
    booking, other = booked(office), booked(office, 16)
    office.calendar.delete(RUI, booking.calendar_event)
    office.calendar.tokens.clear()
    assert said(office.sync()) == ["slot.freed rui 05 14:00-14:30"]
    assert state(office, other) is State.CONFIRMED


def test_our_own_removals_are_not_staffs(office: Office) -> None:
    moved, cancelled, over = booked(office, 10), booked(office, 12), booked(office, 15)
    office.desk.bookings.reschedule(moved.id, office.slot(10, who="ana"), STAFF)
    office.desk.bookings.cancel(cancelled.id, "customer", force=True)
    office.settle()
    assert office.sync() == []
    assert standing(office, moved) == [ANA]
    office.clock.at = over.slot.end + 60
    office.desk.bookings.no_show(over.id, STAFF)
    office.settle()
    office.calendar.delete(RUI, over.calendar_event)
    assert office.sync() == []
    assert state(office, over) is State.NO_SHOW


def test_a_move_of_long_ago_is_still_ours(office: Office) -> None:
    """The calendar could not be read for days."""
    booking = booked(office, day=9)
    office.desk.bookings.reschedule(booking.id, office.slot(14, day=9, who="ana"), STAFF)
    office.settle()
    office.clock.at += 3 * DAY
    assert office.sync() == []
    assert state(office, booking) is State.CONFIRMED


def test_a_write_that_is_still_on_its_way_is_not_a_deletion(office: Office) -> None:
    """The move stands, its event does not yet: whatever the calendar says now is about the old time."""
    booking = booked(office)
    office.desk.bookings.reschedule(booking.id, office.slot(16), STAFF)
    waiting = office.events()
    office.calendar.delete(RUI, booking.calendar_event)  # staff delete what they see: the old time
    assert office.sync() == []
    for event in waiting:
        office.desk.effects.perform(event)
    assert state(office, booking) is State.CONFIRMED
    assert standing(office, booking) == [RUI]


def test_an_event_that_is_back_by_now_stands(office: Office) -> None:
    booking = booked(office)
    event = office.calendar.events[RUI, booking.calendar_event]
    office.calendar.delete(RUI, booking.calendar_event)
    office.calendar.put(event)  # undo
    assert office.sync() == []
    gone = CalendarEvent(booking.calendar_event, RUI, 0, 0, "UTC", "", cancelled=True)
    office.desk.calendar_readers["deleted bookings"](gone)  # an older pass, late
    assert state(office, booking) is State.CONFIRMED


def test_what_our_own_slow_hand_took_away_is_put_back(office: Office) -> None:
    """Moved away and back at once, and the removal of the first move arrives last."""
    booking = booked(office, day=3)
    office.desk.bookings.reschedule(booking.id, office.slot(14, day=3, who="ana"), STAFF)
    office.desk.bookings.reschedule(booking.id, office.slot(14, day=3), STAFF)
    effects = office.desk.effects.calendar
    now = office.desk.bookings.get(booking.id)
    effects.settle(booking.id)
    office.desk.journal.once(keys.booking(booking.id), written(now.revision), lambda: "r")
    effects._remove(now, RUI)  # what `leave` does when it read the booking before the second move
    assert standing(office, booking) == []
    office.sync()
    assert state(office, booking) is State.CONFIRMED
    assert standing(office, booking) == [RUI]
    office.clock.at += DAY  # long after, a deletion is staff's again
    office.calendar.delete(RUI, booking.calendar_event)
    office.sync()
    assert state(office, booking) is State.CANCELLED


def test_a_move_at_this_very_moment_wins(office: Office) -> None:
    booking = booked(office)
    office.calendar.delete(RUI, booking.calendar_event)
    find = office.calendar.find

    def meanwhile(calendar: str, id_: str) -> CalendarEvent | None:
        found = find(calendar, id_)
        if office.desk.bookings.get(booking.id).revision == 0:
            office.desk.bookings.reschedule(booking.id, office.slot(17, who="ana"), "customer")
        return found

    office.calendar.find = meanwhile  # type: ignore[method-assign]
    office.sync()
    assert state(office, booking) is State.CONFIRMED


def test_dragged_into_a_colleagues_calendar_is_not_deleted(office: Office) -> None:
    booking = booked(office)
    event = office.calendar.events[RUI, booking.calendar_event]
    office.calendar.delete(RUI, booking.calendar_event)
    office.calendar.add(ANA, event.start, event.end, event.summary, id_=event.id)
    assert "booking.cancelled" not in [e.kind.value for e in office.sync()]
    assert state(office, booking) is State.CONFIRMED


def test_visits_that_began_or_arrived_or_never_were_are_left_alone(office: Office) -> None:
    here = booked(office, 10)
    office.clock.at = here.slot.start
    office.desk.bookings.arrive(here.id, STAFF)
    office.calendar.delete(RUI, here.calendar_event)
    past = booked(office, 11)
    office.clock.at = past.slot.end
    office.calendar.delete(RUI, past.calendar_event)
    office.sync()
    assert (state(office, here), state(office, past)) == (State.ARRIVED, State.CONFIRMED)
    ghost = CalendarEvent("fd" + b"id9999999999".hex(), RUI, 0, 0, "UTC", "", cancelled=True)
    office.desk.calendar_readers["deleted bookings"](ghost)


def test_when_the_second_look_fails_it_is_looked_at_again(office: Office) -> None:
    booking = booked(office)
    office.calendar.delete(RUI, booking.calendar_event)
    find = office.calendar.find

    def down(*_: str) -> CalendarEvent | None:
        raise CalendarUnavailable("calendar", "busy")

    office.calendar.find = down  # type: ignore[method-assign]
    assert office.sync() == []
    office.calendar.find = find  # type: ignore[method-assign]
    assert said(office.sync()) == ["slot.freed rui 05 14:00-14:30"]


@pytest.mark.parametrize(
    ("event", "booking"),
    [
        ("fd" + b"id0000000001".hex(), "id0000000001"),
        ("fd" + b"id0000000001".hex() + "_20260505T140000Z", None),
        ("fd6162", None),
        ("fd" + b"ID0000000001".hex(), None),
        ("fd0123456789abcdef0123456789", None),
        ("abcdefghijklmnopqrstuv0123", None),
        ("", None),
    ],
)
def test_an_event_names_its_booking_and_other_peoples_events_name_none(
    event: str, booking: str | None
) -> None:
    assert booking_of(event) == booking


def test_a_calendar_that_was_cleared_costs_nobody_more_than_the_first_few(office: Office) -> None:
    bookings = [booked(office, 9 + n, service="cut") for n in range(8)]
    for booking in bookings:
        office.calendar.delete(RUI, booking.calendar_event)
    kinds = [e.kind.value for e in office.sync()]
    assert kinds.count("booking.cancelled") == BURST
    assert kinds.count("calendar.emptied") == 1
    kept = [b for b in bookings if state(office, b) is State.CONFIRMED]
    assert len(kept) == 3
    assert all(standing(office, b) == [RUI] for b in kept)
    assert office.sync() == []
