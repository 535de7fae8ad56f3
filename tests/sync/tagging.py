"""A business whose staff tag events `#appt`, with the workers that deliver what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.domain.booking import Booking
from handlers.domain.request import Request
from tests.bookings.world import STAFF
from tests.sync.office import RUI, TUESDAY, Office, at


@dataclass
class Diary(Office):
    """Every event is delivered twice, as AWS may."""

    twice: bool = True

    def tag(
        self,
        summary: str = "Haircut Bea Cruz",
        start: str = "14:00",
        end: str = "14:30",
        *,
        day: str = TUESDAY,
        calendar: str = RUI,
        id_: str = "",
        tag: str = " #appt",
        description: str = "",
        **more: Any,
    ) -> str:
        """Staff write an event, or change the one with this id; its id."""
        return self.calendar.add(
            calendar, at(start, day), at(end, day), summary + tag, id_, description=description, **more
        )

    def deliver(self) -> list[str]:
        """Until nothing is new; every kind that was heard."""
        kinds: list[str] = []
        while events := self.events():
            for event in events:
                kinds.append(event.kind.value)
                for _ in range(2 if self.twice else 1):
                    if event.kind.value.startswith("request.") and event.kind.value != "request.booked":
                        self.desk.triage.perform(event)
                    if event.kind.value.startswith("booking."):
                        self.desk.effects.perform(event)
        return kinds

    def pass_(self) -> list[str]:
        """The calendars are read, and what follows is done; what became of requests and bookings."""
        self.desk.calendar_sync.run()
        return [kind for kind in self.deliver() if kind.startswith(("request.", "booking."))]

    def drafts(self) -> list[Request]:
        return [r for r in self.desk.intake.waiting() if r.state.value == "DRAFT"]

    def draft(self) -> Request:
        (found,) = self.drafts()
        return found

    def approved(self, **how: Any) -> Booking:
        """The one draft that waits, approved and done."""
        booking = self.desk.imports.approve(self.draft().id, STAFF, **how)
        self.deliver()
        return self.desk.bookings.get(booking.id)

    def there(self, calendar: str = RUI) -> list[tuple[str, str]]:
        """(begins, title) of every event that stands in a calendar."""
        held = [*self.calendar.events.values(), *self.calendar.others.values()]
        zone = self.desk.rules.current().zone
        return sorted((f"{zone.local(e.start):%H:%M}", e.summary) for e in held if e.calendar == calendar)
