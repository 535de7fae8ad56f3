"""Calendar events that staff tag `#appt` become appointments, once a person says yes.

Each is one request, and so one card, however often it is edited: while it waits, the card shows the event as it is. What
is decided stays decided; whoever takes the tag off and puts it on again asks anew.
"""

from __future__ import annotations

import logging
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import booking_of
from handlers.domain.errors import NotFound, StaleWrite, WrongState
from handlers.domain.request import Message, Request, RequestState, Tagged
from handlers.domain.tagged import is_tagged, text_of, title_of
from handlers.domain.zone import DAY
from handlers.ports import (
    Absent,
    Calendar,
    CalendarEvent,
    Clock,
    Delete,
    Equals,
    Ids,
    Item,
    Operation,
    Put,
    Store,
)
from handlers.services.bookings import Bookings
from handlers.services.effects_tagged import REPLACED
from handlers.services.request_moves import RequestMoves
from handlers.services.rules import RulesSource
from handlers.services.sync_bookings import CALENDAR

log = logging.getLogger("frontdesk.sync")

OPEN = frozenset({RequestState.RECEIVED, RequestState.DRAFT, RequestState.ESCALATED})
SERIES = 14 * DAY
"""Seconds before its start in which one of a series gets its card: a weekly visit is no dozen questions at once."""
KEPT = 90 * DAY
"""Seconds after an event for which it is remembered."""
TRIES = 5
DELETED = "The event was deleted in the calendar."
UNTAGGED = "The tag was taken off the event."


class TaggedEvents:
    """A reader of calendar changes."""

    def __init__(
        self,
        *,
        store: Store,
        calendar: Calendar,
        rules: RulesSource,
        requests: RequestMoves,
        bookings: Bookings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store, self._calendar, self._rules = store, calendar, rules
        self._requests, self._bookings, self._clock, self._ids = requests, bookings, clock, ids

    def __call__(self, event: CalendarEvent) -> None:
        """Raises Unavailable."""
        if booking_of(event.id) is not None:
            return  # ours, whatever stands in it
        for _ in range(TRIES):
            try:
                self._heard(event)
            except (StaleWrite, WrongState):
                continue  # somebody clicked, or another pass was at it, at this moment
            return
        raise StaleWrite

    def _heard(self, event: CalendarEvent) -> None:
        row = self._store.get(keys.tagged(event.id))
        if row is None:
            if not event.cancelled and is_tagged(event.summary, event.description):
                self._ask(event, None)
            return
        request = self._requests.get(str(row["request"]))
        if request.state is RequestState.BOOKED and event.cancelled:
            return  # our own event stands in its place
        now = self._stands(request, event)
        tagged = now is not None and is_tagged(now.summary, now.description)
        if request.state in OPEN:
            if now is None or not tagged:
                self._close(request, row, UNTAGGED if now else DELETED)
            elif _facts(request) != (_tagged(now), *_said(now)):
                self._anew(request, now)
        elif request.state is not RequestState.BOOKED:
            if not tagged:
                self._store.transact([Delete(keys.tagged(event.id), Equals("request", request.id))])
        elif now is not None and tagged and self._back(request, now):
            self._ask(now, row)

    # --- how it stands -----------------------------------------------------------------------------------------

    def _stands(self, request: Request, event: CalendarEvent) -> CalendarEvent | None:
        """As it is by now: where it was, else where it was told of, else in any of our calendars (it was moved there);
        somebody invited has it in theirs as well, and that says nothing new. None when it is gone."""
        was = [request.tagged.calendar] if request.tagged else []
        ours = sorted({r.calendar for r in self._rules.current().resources.values()} - {""})
        for calendar in dict.fromkeys([*was, event.calendar, *ours]):
            found = self._calendar.find(calendar, event.id)
            if found is not None and not found.cancelled:
                return found
        return None

    def _back(self, request: Request, event: CalendarEvent) -> bool:
        """An event that is there, or there again, though the booking that was made of it is not: asked for anew."""
        try:
            booking = self._bookings.get(request.booking or "")
        except NotFound:
            return True
        if self._bookings.holds(booking):
            return False
        replaced = self._store.get(keys.effect(keys.booking(booking.id), REPLACED))
        return replaced is not None or _facts(request) != (_tagged(event), *_said(event))

    # --- what follows ------------------------------------------------------------------------------------------

    def _ask(self, event: CalendarEvent, row: Item | None) -> None:
        """A request of its own. What has begun needs no card. Raises StaleWrite."""
        now = self._clock.now()
        if (event.end if event.all_day else event.start) <= now:
            return
        title, text = _said(event)
        message = Message(
            channel="staff",
            text=text,
            subject=title,
            message_id=f"calendar:{event.id}:{self._ids.new()}",
            received=now,
            authenticated=True,
        )

        def remember(request: Request) -> list[Operation]:
            key = keys.tagged(event.id)
            item = {**key._asdict(), "request": request.id, "ttl": event.end + KEPT}
            return [Put(item, Equals("request", row["request"]) if row else Absent())]

        until = self._later(event)
        made = self._requests.store_new(
            message,
            announce=until is None,
            by=CALENDAR,
            also=remember,
            lane="read",
            desk="confirmations",
            tagged=_tagged(event),
            until=until,
        )
        if made is None:
            raise StaleWrite

    def _anew(self, request: Request, event: CalendarEvent) -> None:
        """Read again; the same card shows it. Raises WrongState."""
        title, text = _said(event)
        fields: dict[str, Any] = {
            "message": request.message.model_copy(update={"subject": title, "text": text}),
            "tagged": _tagged(event),
        }
        until = self._later(event)
        if until is not None and request.state is RequestState.RECEIVED:
            self._requests.note(request, "changed in the calendar", until=until, **fields)
            return
        blank: dict[str, Any] = dict.fromkeys(("reading", "plan", "email", "phone")) | dict.fromkeys(
            ("reason", "name"), ""
        )
        self._requests.move(request, RequestState.RECEIVED, CALENDAR, **{**blank, **fields})

    def _close(self, request: Request, row: Item, why: str) -> None:
        """Raises StaleWrite."""
        _, operations = self._requests.moving(request, RequestState.DISCARDED, CALENDAR, reason=why)
        forgotten = Delete(keys.Key(row["pk"], row["sk"]), Equals("request", request.id))
        self._store.transact([*operations, forgotten])

    def _later(self, event: CalendarEvent) -> int | None:
        """When one of a series is asked about; None = now."""
        at = event.start - SERIES
        return at if event.series and at > self._clock.now() else None


def _said(event: CalendarEvent) -> tuple[str, str]:
    return title_of(event.summary), text_of(event.summary, event.description)


def _tagged(event: CalendarEvent) -> Tagged:
    return Tagged(
        calendar=event.calendar,
        event=event.id,
        start=event.start,
        end=event.end,
        all_day=event.all_day,
        guests=event.attendees,
    )


def _facts(request: Request) -> tuple[Tagged | None, str, str]:
    return request.tagged, request.message.subject, request.message.text
