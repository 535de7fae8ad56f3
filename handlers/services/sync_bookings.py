"""Staff delete a booking's event in the calendar: the booking is cancelled.

An event goes for many reasons, and most are ours: the booking was cancelled, moved, or gave way. A customer must never
lose a visit to that, so it is cancelled only when nothing else explains why the event is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from handlers.domain.booking import Booking, State, booking_of
from handlers.domain.errors import NotFound, WrongState
from handlers.domain.events import EventKind
from handlers.ports import Calendar, CalendarEvent, Clock
from handlers.services.bookings import Bookings
from handlers.services.effects_calendar import CalendarEffects
from handlers.services.journal import Journal
from handlers.services.limits import Limits
from handlers.services.rules import RulesSource

log = logging.getLogger("frontdesk.sync")

RATE, BURST = 5 / 3600, 5
"""Visits that may be cancelled by deleting their events: five at once in one calendar, then five an hour."""
CALENDAR = "calendar"
"""Who did it: somebody with the calendar open. Google does not say who."""


class DeletedBookings:
    """A reader of calendar changes. `effects` is asked only when one of our events is gone."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        rules: RulesSource,
        bookings: Bookings,
        effects: Callable[[], CalendarEffects],
        limits: Limits,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._calendar, self._rules, self._bookings = calendar, rules, bookings
        self._effects, self._limits, self._journal, self._clock = effects, limits, journal, clock

    def __call__(self, event: CalendarEvent) -> None:
        """Raises Unavailable."""
        id_ = booking_of(event.id) if event.cancelled else None
        if id_ is None:
            return
        try:
            booking = self._bookings.get(id_)
        except NotFound:
            return
        if not self._missed(booking, event.calendar) or self._there(event.calendar, event.id):
            return
        if self._effects().took_off(booking, event.calendar):
            # A move away and back: our own hand was slower than our own foot.
            self._effects().settle(booking.id)
        elif self._elsewhere(booking, event.id):
            log.warning("staff moved an event to another calendar", extra={"fields": {"booking": booking.id}})
        elif self._limits.wait(f"deleted:{event.calendar}", rate=RATE, burst=BURST):
            self._put_back(booking, event.calendar)
        else:
            self._cancel(booking)

    def _put_back(self, booking: Booking, calendar: str) -> None:
        """Many at once are an accident (a calendar was cleared): nobody loses a visit to it, and staff are asked."""
        self._effects().settle(booking.id)
        if not self._limits.wait(f"emptied:{calendar}", rate=1 / 3600, burst=1):
            self._journal.emit(EventKind.CALENDAR_EMPTIED, booking.slot.resource, calendar=calendar)

    def _missed(self, booking: Booking, calendar: str) -> bool:
        """Whether its event should stand in this calendar, and did."""
        return (
            booking.state is State.CONFIRMED
            and booking.slot.end > self._clock.now()
            and calendar in self._effects().calendars(booking.slot)
            and self._effects().arrived(booking)
        )

    def _there(self, calendar: str, event: str) -> bool:
        found = self._calendar.find(calendar, event)
        return found is not None and not found.cancelled

    def _elsewhere(self, booking: Booking, event: str) -> bool:
        """In the calendar of somebody who has nothing to do with it: dragged there, not deleted."""
        all_ = {r.calendar for r in self._rules.current().resources.values()} - {""}
        return any(self._there(c, event) for c in sorted(all_ - self._effects().calendars(booking.slot)))

    def _cancel(self, booking: Booking) -> None:
        try:
            self._bookings.cancel(booking.id, CALENDAR, revision=booking.revision)
        except WrongState:
            return  # moved or cancelled at this moment; the event of that does the rest
