"""Appointments as people keep them in a sheet: the columns, what they type there, and what we would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.domain import wish
from handlers.domain.booking import Booking, State
from handlers.domain.contact import say_phone
from handlers.domain.errors import InputError
from handlers.domain.rules.model import Rules
from handlers.domain.sheets import Column, Table
from handlers.domain.sheets.cells import (
    WHO,
    contact_columns,
    kept,
    read_cells,
    resource_of,
    service_of,
    who_reads,
)
from handlers.domain.sheets.times import parse_clock
from handlers.domain.sheets.words import parse_count, parse_day
from handlers.domain.zone import hhmm

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.IGNORECASE)
_SPLIT = re.compile(
    r"(?P<day>.*\S)(?:[T,]\s?|\s(?:at\s)?)(?P<time>(?:\d{1,2}(?:[:.h]\d{2}|\s?[ap]\.?m?\.?\b|\s?[-–]\s?\d)|noon|midday).*)",
    re.IGNORECASE,
)
"""A day and a time in one cell; the time has a colon, am, pm or an end, or is noon."""


def _columns(at: dict[str, int]) -> dict[str, int]:
    """A day without a column for the time holds both; beside both, one that holds both as well is nobody's."""
    at = contact_columns(at)
    if "date" in at and "time" not in at and "when" not in at:
        return {("when" if key == "date" else key): place for key, place in at.items()}
    if "date" in at and "time" in at:
        return {key: place for key, place in at.items() if key != "when"}
    return at


TABLE = Table(
    columns=(
        *WHO,
        Column("service", "Service", ("treatment", "appointment type", "type", "what", "for")),
        Column("date", "Date", ("day", "appointment date", "booking date", "visit date")),
        Column("time", "Time", ("start time", "appointment time", "starts", "start", "from", "hour", "at")),
        Column("when", "Date and time", ("when", "date time", "appointment", "starts at"), new=False),
        Column(
            "resource", "With", ("staff", "stylist", "provider", "therapist", "table", "room", "resource")
        ),
        Column("party", "Party", ("party size", "people", "guests", "size", "covers", "pax", "how many")),
        Column("notes", "Notes", ("note", "comment", "comments", "remarks")),
        Column("reminders", "Reminders", ("reminder", "remind", "reminder preference", "remind by")),
    ),
    needs=(("name",), ("service",), ("date", "when"), ("time", "when")),
    settle=_columns,
)

_MISSING = {
    "name": "write who comes.",
    "service": "write what they come for.",
    "date": "write the day.",
    "time": "write the time.",
}


def cells_of(booking: Booking, rules: Rules) -> dict[str, str]:
    """For every column there could be; read again, it means the same."""
    slot, zone = booking.slot, rules.zone
    service, resource = rules.services.get(slot.service), rules.resources.get(slot.resource)
    phone = say_phone(booking.phone) if booking.phone else ""
    day, time = zone.date(slot.start).isoformat(), hhmm(zone.minutes(slot.start))
    usual = service.minutes * 60 if service else slot.end - slot.start
    time += "" if slot.end - slot.start == usual else f"-{hhmm(zone.minutes(slot.end))}"
    return {
        "name": booking.name,
        "contact": ", ".join(part for part in (phone, booking.email) if part),
        "phone": phone,
        "email": booking.email or "",
        "service": service.name if service else slot.service,
        "date": day,
        "time": time,
        "when": f"{day} {time}",
        "resource": resource.name if resource else slot.resource,
        "party": str(booking.party),
        "notes": " ".join(booking.notes.split()),
        "reminders": str(booking.reminders or ""),
    }


def read_row(
    cells: Mapping[str, str], rules: Rules, now: int, only: frozenset[str] | None = None
) -> dict[str, Any]:
    """What the columns (or `only` these) say: name, email, phone, service, day (a date), clock (a Clock), resource,
    party, notes, reminders; None where it is up to us.

    Raises RowFaults for every column that can't be used, not only the first."""
    reads = {
        **who_reads(rules),
        "service": lambda text: {"service": service_of(text, rules)},
        "date": lambda text: {"day": _day(text, rules, now)},
        "time": lambda text: {"clock": parse_clock(text)},
        "when": lambda text: _both(text, rules, now),
        "resource": lambda text: {"resource": resource_of(text, rules)},
        "party": lambda text: {"party": parse_count(text) if text else None},
        "notes": lambda text: {"notes": kept("notes", text)},
        "reminders": lambda text: {"reminders": wish.parse(text)},
    }
    return read_cells(cells, reads, TABLE, _MISSING, only)


def _day(text: str, rules: Rules, now: int) -> date:
    """One day, and always the same: a row is read again on other days."""
    today = rules.zone.date(now)
    example = f'write the day like {today.isoformat()} or "{today.day} {today:%B}".'
    if not any(c.isdigit() for c in text):
        raise InputError("date", example)
    try:
        first, last = parse_day(text, rules, now)
    except InputError as error:
        raise InputError("date", error.message) from None
    if first is None or first != last:
        raise InputError("date", example)
    said = _WEEKDAY.search(text)
    if said and _WEEKDAYS.index(said[1].lower()) != first.weekday():
        raise InputError(
            "date", f"{first.day} {first:%B %Y} is a {first:%A}; correct the day or the weekday."
        )
    return first


def _both(text: str, rules: Rules, now: int) -> dict[str, Any]:
    found = _SPLIT.fullmatch(text.strip())
    if found is None:
        today = rules.zone.date(now)
        raise InputError("when", f"write the day and the time, like {today.isoformat()} 14:00.")
    return {"day": _day(found["day"].rstrip(","), rules, now), "clock": parse_clock(found["time"])}


def status_of(booking: Booking, rules: Rules, now: int) -> str:  # noqa: PLR0911 - one return for each state
    match booking.state:
        case State.CONFIRMED if booking.slot.end <= now:
            return "Past"
        case State.CONFIRMED if booking.answered is not None:
            return "Confirmed by the customer"
        case State.CONFIRMED:
            resource = rules.resources.get(booking.slot.resource)
            who = f"Booked, {resource.name}" if resource else "Booked"
            return who if booking.email or booking.phone else f"{who}. No contact, so no reminders"
        case State.REQUESTED:
            return "Waits for approval in Slack"
        case State.PENDING:
            return "On hold"
        case State.ARRIVED:
            return "Arrived"
        case State.COMPLETED:
            return "Done"
        case State.NO_SHOW:
            return "No-show"
        case State.EXPIRED:
            return "Ran out"
    return f"Cancelled{_by(booking.changed_by, rules)}"


def _by(who: str, rules: Rules) -> str:
    names = {p.slack: p.name for p in rules.staff}
    known = {
        "customer": "the customer",
        "calendar": "somebody in the calendar",
        "sheet": "somebody in the sheet",
    }
    name = names.get(who) or known.get(who, "")
    return f" by {name}" if name else ""
