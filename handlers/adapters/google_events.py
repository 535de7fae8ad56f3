"""An event as Google Calendar writes it, and as we do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from math import ceil, floor
from typing import Any

from handlers.domain.zone import Zone
from handlers.ports import CalendarEvent

Json = Mapping[str, Any]


def body_of(event: CalendarEvent) -> dict[str, Any]:
    """What Google is sent; the id goes beside it."""
    zone = Zone(event.timezone)
    return {
        "status": "confirmed",
        "summary": event.summary,
        "description": event.description,
        "start": {"dateTime": zone.iso(event.start), "timeZone": event.timezone},
        "end": {"dateTime": zone.iso(event.end), "timeZone": event.timezone},
        "transparency": "transparent" if event.transparent else "opaque",
        "attendees": [{"email": address} for address in event.attendees],
        "extendedProperties": {"private": {"frontdesk": event.id}},
    }


def event_of(body: Json, calendar: str, zone: str = "UTC") -> CalendarEvent:
    """`zone` is the calendar's: all-day events begin there. One that was declined blocks nobody."""
    begins, ends = body.get("start") or {}, body.get("end") or {}
    named = str(begins.get("timeZone") or zone)
    guests = body.get("attendees") or ()
    declined = any(g.get("self") and g.get("responseStatus") == "declined" for g in guests)
    return CalendarEvent(
        id=str(body["id"]),
        calendar=calendar,
        start=_instant(begins, zone, floor),
        end=_instant(ends, zone, ceil),
        timezone=named,
        summary=str(body.get("summary") or ""),
        description=str(body.get("description") or ""),
        attendees=tuple(str(g["email"]) for g in guests if g.get("email") and not g.get("self")),
        transparent=body.get("transparency") == "transparent" or declined,
        cancelled=body.get("status") == "cancelled",
        series=str(body.get("recurringEventId") or ""),
        all_day="date" in begins,
    )


def epoch(text: str, rounded: Callable[[float], int]) -> int:
    """Of an ISO instant with an offset; `rounded` settles fractions of a second."""
    return rounded(datetime.fromisoformat(text).timestamp())


def _instant(when: Json, zone: str, rounded: Callable[[float], int]) -> int:
    """0 for a deleted event that no longer tells."""
    if when.get("dateTime"):
        return epoch(str(when["dateTime"]), rounded)
    if when.get("date"):
        return Zone(zone).instant(date.fromisoformat(str(when["date"])), 0)
    return 0
