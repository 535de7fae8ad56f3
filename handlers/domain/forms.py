"""The booking form, from the fields a browser or program sends to what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from handlers.domain.contact import parse_contact
from handlers.domain.errors import FrontdeskError, InputError
from handlers.domain.rules.model import Rules
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import SlotQuery, Window
from handlers.domain.zone import hhmm

FIELDS = ("service", "date", "time", "name", "contact", "party", "staff", "notes")
HONEYPOT = "leave_empty"
"""A field people never see; whoever fills it in is a program."""
LIMITS = {"name": 80, "contact": 120, "notes": 2000}
ANY_TIME = "any"


class FormFaults(FrontdeskError):
    """Every field that must be put right: `faults[field]` is a sentence for the person."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{k}: {v}" for k, v in faults.items()))
        self.faults = dict(faults)


class BookForm(BaseModel):
    """A form that can be acted upon. `service` is None when only the notes say what is wanted."""

    model_config = ConfigDict(frozen=True)

    service: str | None
    windows: tuple[Window, ...]
    name: str
    email: str | None
    phone: str | None
    party: int
    resource: str | None
    notes: str

    def query(self) -> SlotQuery:
        if self.service is None:
            raise InputError("service", "Please choose a service.")
        return SlotQuery(service=self.service, party=self.party, resource=self.resource, windows=self.windows)


def parse_book(fields: Mapping[str, str], rules: Rules, now: int) -> BookForm:
    """Raises FormFaults naming every field that is wrong, not only the first."""
    faults: dict[str, str] = {}
    text = {name: str(fields.get(name) or "").strip() for name in FIELDS}

    if fields.get(HONEYPOT):
        faults[HONEYPOT] = "Please leave this field empty, it is there to stop programs."
    for name, limit in LIMITS.items():
        if len(text[name]) > limit:
            faults[name] = f"Please keep this under {limit} characters."

    service = text["service"] or None
    if service is not None and service not in rules.services:
        faults["service"] = "Please choose one of the services in the list."
        service = None
    elif service is None and not text["notes"]:
        faults["service"] = "Please choose a service, or tell us in the notes what you would like."
    if not text["name"]:
        faults.setdefault("name", "Please tell us your name.")

    email = phone = None
    try:
        email, phone = parse_contact(text["contact"], rules.business.country)
    except InputError as error:
        faults.setdefault("contact", error.message)

    resource = _resource(text["staff"], service, rules, faults)
    party = _party(text["party"], service, rules, faults)
    window = _window(text["date"], text["time"], rules, now, faults)
    if faults:
        raise FormFaults(faults)
    windows = () if window is None else (window,)
    return BookForm(
        service=service,
        windows=windows,
        name=text["name"],
        email=email,
        phone=phone,
        party=party,
        resource=resource,
        notes=text["notes"],
    )


def _resource(text: str, service: str | None, rules: Rules, faults: dict[str, str]) -> str | None:
    if not text:
        return None
    if text not in rules.resources:
        faults["staff"] = "Please choose one of the people in the list, or anyone."
    elif service is not None and text not in rules.services[service].resources:
        offers = " or ".join(rules.resources[r].name for r in rules.services[service].resources)
        faults["staff"] = f"{rules.resources[text].name} doesn't do this. Choose {offers}, or anyone."
    return text


def _party(text: str, service: str | None, rules: Rules, faults: dict[str, str]) -> int:
    if not text:
        return rules.services[service].party.min if service else 1
    if not text.isdecimal() or not 1 <= int(text) <= 999:
        faults["party"] = "Please write how many you are, as a number."
        return 1
    party = int(text)
    if service:
        limits = rules.services[service].party
        if not limits.min <= party <= limits.max:
            name = rules.services[service].name
            size = f"{limits.min} to {limits.max}" if limits.min < limits.max else str(limits.max)
            faults["party"] = f"{name} is for {size}. For other sizes, please write to {rules.mail.requests}."
    return party


def _window(day: str, time: str, rules: Rules, now: int, faults: dict[str, str]) -> Window | None:
    if day:
        today = rules.zone.date(now)
        last = today + timedelta(seconds=rules.booking.horizon)
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            faults["date"] = "Please choose a date, like 2026-05-05."
            return None
        if wanted < today:
            faults["date"] = "That day has passed. Please choose a coming one."
        elif wanted > last:
            faults["date"] = (
                f"We can't book that far ahead yet. Please choose a day up to {last.day} {last:%B}."
            )
    low, high, exact = _times(time, rules, faults)
    if not day and low is None and high is None:
        return None
    return Window(date_from=day or None, date_to=day or None, time_from=low, time_to=high, exact=exact)


def _times(time: str, rules: Rules, faults: dict[str, str]) -> tuple[str | None, str | None, bool]:
    """A part of the day by its name in the rules, or a wall time."""
    if not time or time == ANY_TIME:
        return None, None, False
    parts = day_parts(rules)
    if time in parts:
        low, high = parts[time]
        return hhmm(low), hhmm(high), False
    try:
        at = hhmm(wall_time(time))
    except ValueError:
        faults["time"] = "Please choose a part of the day, or a time like 14:30."
        return None, None, False
    return at, at, True


def day_parts(rules: Rules) -> dict[str, tuple[int, int]]:
    """The owner's parts of the day, or the usual three."""
    return dict(rules.booking.day_parts) or {
        "morning": (6 * 60, 12 * 60),
        "afternoon": (12 * 60, 17 * 60),
        "evening": (17 * 60, 22 * 60),
    }
