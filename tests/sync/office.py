"""A business whose calendars are edited by people, and what a test does there."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.domain.events import Event
from tests.bookings.world import ZONE, World

RUI, ANA, BASIN, YOGA = (f"{who}@quay.example" for who in ("rui", "ana", "basin", "yoga"))
TUESDAY = "2026-05-05"


def at(time: str, day: str = TUESDAY) -> int:
    return ZONE.parse(f"{day}T{time}")


def said(events: list[Event]) -> list[str]:
    """`slot.freed rui 05 14:00-15:00`, of each event about a resource's time."""
    return [
        f"{e.kind.value} {e.data['resource']} {ZONE.local(e.data['start']):%d %H:%M}"
        f"-{ZONE.local(e.data['end']):%H:%M}"
        for e in events
        if e.kind.value in {"slot.freed", "calendar.filled"}
    ]


@dataclass
class Office(World):
    """A Monday at 9; rui and ana work 9:00 to 19:00, Monday to Saturday."""

    def busy(self, start: str, end: str, *, day: str = TUESDAY, calendar: str = RUI, id_: str = "") -> str:
        """Somebody writes an event, or changes the one with this id."""
        return self.calendar.add(calendar, at(start, day), at(end, day), id_=id_)

    def sync(self) -> list[Event]:
        """One pass; what it said."""
        self.desk.calendar_sync.run()
        return self.events()

    def told(self) -> list[str]:
        """What one pass said about anybody's time."""
        return said(self.sync())
