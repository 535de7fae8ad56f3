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

LOOKED, REPLACED = "tagged:looked", "tagged:removed"
"""Effects: what the event was like when we came to remove it, and that it is gone."""
GONE = (
    "The event was not in the calendar any more when this was approved. Cancel the booking if that was meant."
)

Found = Literal["same", "moved", "gone", "none"]


class TaggedEffects:
    def __init__(self, *, calendar: Calendar, journal: Journal, requests: RequestMoves) -> None:
        self._calendar, self._journal, self._requests = calendar, journal, requests

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
            self._journal.once(subject, REPLACED, lambda: self._tell(booking))

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

    def _tell(self, booking: Booking) -> str:
        request = self._request(booking)
        if request.state is not RequestState.BOOKED:
            return "too late"
        try:
            self._requests.note(request, "event was gone", event=EventKind.REQUEST_BOOKED, note=GONE)
        except WrongState:
            return "too late"
        return "told"

    def _request(self, booking: Booking) -> Request:
        return self._requests.get(str(booking.request))
