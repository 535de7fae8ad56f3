"""The text of an `.ics` file: each event as lines, in the business's wall time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.domain.documents import MOST_ROWS, MOST_TEXT, Words, say_size
from handlers.domain.errors import Unreadable
from handlers.domain.zone import Zone

MOST_BYTES = 300_000
MOST_GUESTS = 3


def words(content: bytes, zone: Zone) -> Words:
    """A repeating event counts once, at its first date. Raises Unreadable."""
    from icalendar import Calendar

    if len(content) > MOST_BYTES:
        raise Unreadable(f"is too large to read ({say_size(len(content))})")
    try:
        calendar = Calendar.from_ical(content)
        events = [lines for e in calendar.walk("VEVENT")[: 4 * MOST_ROWS] if (lines := _lines(e, zone))]
        cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable("is damaged") from error
    if cancelled:
        events = [f"This appointment has been cancelled.\n{event}" for event in events]
    return Words("\n\n".join(events)[:MOST_TEXT], tuple(events))


def _lines(event: Any, zone: Zone) -> str:
    start = event.get("DTSTART")
    if start is None:
        return ""
    when = _when(start.dt, zone)
    end = event.get("DTEND")
    if end is not None and isinstance(end.dt, datetime) and isinstance(start.dt, datetime):
        when = f"{when} - {_wall(end.dt, zone):%H:%M}"
    elif (length := event.get("DURATION")) is not None and isinstance(start.dt, datetime):
        when = f"{when} - {_wall(start.dt + _length(length), zone):%H:%M}"
    guests = event.get("ATTENDEE") or []
    pairs = [
        ("Appointment", event.get("SUMMARY")),
        ("When", when),
        *(("Guest", _guest(g)) for g in (guests if isinstance(guests, list) else [guests])[:MOST_GUESTS]),
        ("Notes", event.get("DESCRIPTION")),
        ("Status", event.get("STATUS")),
    ]
    return "\n".join(f"{name}: {' '.join(str(said)[:2000].split())}" for name, said in pairs if said)


def _guest(guest: Any) -> str:
    """`Ana Lim, ana@mail.example`"""
    address = str(guest).lower().removeprefix("mailto:")
    return ", ".join(filter(None, [str(guest.params.get("CN", "")).strip(), address]))


def _length(duration: Any) -> timedelta:
    found: timedelta = duration.dt
    return found


def _when(at: datetime | date, zone: Zone) -> str:
    if not isinstance(at, datetime):
        return f"{at.day} {at:%B} {at.year}"
    wall = _wall(at, zone)
    return f"{wall.day} {wall:%B} {wall.year} {wall:%H:%M}"


def _wall(at: datetime, zone: Zone) -> datetime:
    """A floating time is the business's own (RFC 5545, 3.3.5)."""
    if at.tzinfo is None:
        return at
    return zone.local(int(at.astimezone(UTC).timestamp()))
