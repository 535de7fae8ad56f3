"""A booking made of a calendar event that staff tagged: our event takes its place, so that there is one.

Two events for one visit would confuse staff, and the other one would block the time when the visit moves away. What
stood in it is kept in the booking's notes, and Google keeps the event in the calendar's bin for 30 days.
"""

from __future__ import annotations

from typing import Literal

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.errors import WrongState
from handlers.domain.events import EventKind
from handlers.domain.request import Request, RequestState
from handlers.ports import Calendar
from handlers.services.journal import Journal
from handlers.services.request_moves import RequestMoves
from handlers.services.rules import RulesSource

LOOKED, REPLACED, TOLD = "tagged:looked", "tagged:removed", "tagged:told"
"""Effects: what the event was like when we came to remove it, that it is gone, and that staff know of an edit."""
GONE = (
    "The event was not in the calendar any more when this was approved. Cancel the booking if that was meant."
)

Found = Literal["same", "moved", "gone", "none"]


class TaggedEffects:
    def __init__(
        self, *, calendar: Calendar, journal: Journal, requests: RequestMoves, rules: RulesSource
    ) -> None:
        self._calendar, self._journal = calendar, journal
        self._requests, self._rules = requests, rules

    def replace(self, booking: Booking) -> None:
        """Harmless to repeat. Raises Unavailable."""
        subject = keys.booking(booking.id)
        if booking.source != "import" or not booking.request:
            return
        # Looked at and noted first: after a crash, its absence must not be taken for somebody else's doing.
        self._journal.once(subject, LOOKED, lambda: self._look(booking))
        found = self._journal.once(
            subject, LOOKED, lambda: "none"
        )  # what was noted, perhaps by another delivery
        if found == "same":
            self._journal.once(subject, REPLACED, lambda: self._remove(booking))
        elif found == "gone":
            self._journal.once(subject, REPLACED, lambda: self._tell(booking, GONE))
        elif found == "moved":
            self._journal.once(subject, TOLD, lambda: self._tell(booking, self._moved(booking)))

    def _look(self, booking: Booking) -> Found:
        """It may have been moved or deleted since it was read, and approved by somebody who did not know."""
        tagged = self._request(booking).tagged
        if tagged is None:
            return "none"
        now = self._calendar.find(tagged.calendar, tagged.event)
        if now is None or now.cancelled:
            return "gone"
        return "same" if (now.start, now.end) == (tagged.start, tagged.end) else "moved"

    def _remove(self, booking: Booking) -> str:
        tagged = self._request(booking).tagged
        if tagged is not None:
            self._calendar.remove(tagged.calendar, tagged.event)
        return "removed"

    def _moved(self, booking: Booking) -> str:
        """It stays where it is: which of the two times is right, only a person knows."""
        tagged = self._request(booking).tagged
        now = self._calendar.find(tagged.calendar, tagged.event) if tagged else None
        if now is None or now.cancelled:
            return GONE
        at = self._rules.current().zone.say(now.start)
        return f"The event had been moved to {at} when this was approved. Move the booking if that is right, and delete the event."

    def _tell(self, booking: Booking, what: str) -> str:
        request = self._request(booking)
        if request.state is not RequestState.BOOKED:
            return "too late"
        try:
            self._requests.note(request, "the event had changed", event=EventKind.REQUEST_BOOKED, note=what)
        except WrongState:
            return "too late"
        return "told"

    def _request(self, booking: Booking) -> Request:
        return self._requests.get(str(booking.request))
