"""The forms customers fill in, from the fields a browser or program sends to what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NoReturn

from pydantic import BaseModel, ConfigDict

from handlers.domain.contact import Contact, is_mobile, parse_contact
from handlers.domain.errors import FrontdeskError, InputError
from handlers.domain.rules.model import Rules
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import SlotQuery, Window
from handlers.domain.zone import hhmm

FIELDS = ("service", "date", "time", "name", "contact", "party", "staff", "notes")
WAITLIST_FIELDS = ("service", "earliest", "latest", "name", "contact", "party", "staff", "notes")
HONEYPOT = "leave_empty"
"""A field people never see; whoever fills it in is a program."""
_ASKED = (
    "service", "date", "time", "earliest", "latest", "staff", "party", "name", "contact", "notes", HONEYPOT
)  # fmt: skip
"""The fields as pages ask for them, so that their faults are read in that order."""
LIMITS = {"name": 80, "contact": 120, "notes": 2000}
ANY_TIME = "any"
LOOKED_AT = 31
"""Days of a wish looked through for one that is open; somebody is in on one of more."""


class FormFaults(FrontdeskError):
    """Every field that must be put right: `faults[field]` is a sentence for the person."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{k}: {v}" for k, v in faults.items()))
        self.faults = dict(faults)


class BookForm(BaseModel):
    """A form that can be acted upon. `service` is None when only the notes say what is wanted."""

    model_config = ConfigDict(frozen=True, defer_build=True)

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


class WaitlistDays(BaseModel):
    """When somebody could come, and with whom; a day left out is open."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    earliest: date | None
    latest: date | None
    resource: str | None


class WaitlistForm(WaitlistDays):
    """Someone who can be put on the list: what they want, when, and how they are told."""

    service: str
    name: str
    email: str | None
    phone: str | None
    party: int
    notes: str


def parse_book(fields: Mapping[str, str], rules: Rules, now: int) -> BookForm:
    """Raises FormFaults naming every field that is wrong, not only the first."""
    text, faults = _read(fields, FIELDS)
    service = text["service"] or None
    if service is not None and service not in rules.services:
        faults["service"] = "Please choose one of the services in the list."
        service = None
    elif service is None and not text["notes"]:
        faults["service"] = "Please choose a service, or tell us in the notes what you would like."
    email, phone = _who(text, rules, faults)
    resource = _resource(text["staff"], service, rules, faults)
    party = _party(text["party"], service, rules, faults)
    window = _window(text["date"], text["time"], rules, now, faults)
    if faults:
        _refuse(faults)
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


def parse_waitlist(fields: Mapping[str, str], rules: Rules, now: int) -> WaitlistForm:
    """Raises FormFaults naming every field that is wrong, not only the first."""
    text, faults = _read(fields, WAITLIST_FIELDS)
    service = text["service"]
    if service not in rules.services:
        known = "one of the services in the list" if service else "what you are waiting for"
        faults["service"] = f"Please choose {known}."
        service = ""
    if not text["contact"]:
        faults["contact"] = "Please give a mobile number or a mail address, so that we can tell you."
    email, phone = _who(text, rules, faults)
    if phone and not is_mobile(phone):
        faults["contact"] = (
            "Texts don't reach that kind of number. Please give a mobile number or a mail address."
        )
    party = _party(text["party"], service or None, rules, faults)
    days = _days(text, rules, now, faults, service=service or None)
    if faults:
        _refuse(faults)
    return WaitlistForm(
        **days.model_dump(),
        service=service,
        name=text["name"],
        email=email,
        phone=phone,
        party=party,
        notes=text["notes"],
    )


def parse_days(
    fields: Mapping[str, str], rules: Rules, now: int, *, service: str, until: date | None = None
) -> WaitlistDays:
    """Only the days and with whom, of somebody known; none after `until`. Raises FormFaults."""
    text, faults = _read(fields, ("earliest", "latest", "staff"))
    days = _days(text, rules, now, faults, service=service, until=until)
    if faults:
        _refuse(faults)
    return days


def wish_of(query: SlotQuery) -> dict[str, str]:
    """What was looked for in vain, as fields of the waitlist's form; those that are open are left out."""
    firsts, lasts = ([w.date_from for w in query.windows], [w.date_to for w in query.windows])
    wish = {
        "service": query.service,
        "earliest": min(f for f in firsts if f) if firsts and all(firsts) else "",
        "latest": max(d for d in lasts if d) if lasts and all(lasts) else "",
        "party": str(query.party) if query.party > 1 else "",
        "staff": query.resource or "",
    }
    return {name: value for name, value in wish.items() if value}


def _read(fields: Mapping[str, str], names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was written, and the faults that any form can have."""
    text = {name: str(fields.get(name) or "").strip() for name in names}
    faults: dict[str, str] = {}
    if fields.get(HONEYPOT):
        faults[HONEYPOT] = "Please leave this field empty, it is there to stop programs."
    for name, limit in LIMITS.items():
        if len(text.get(name, "")) > limit:
            faults[name] = f"Please keep this under {limit} characters."
    return text, faults


def _refuse(faults: Mapping[str, str]) -> NoReturn:
    raise FormFaults({name: faults[name] for name in _ASKED if name in faults})


def _who(text: Mapping[str, str], rules: Rules, faults: dict[str, str]) -> Contact:
    if not text["name"]:
        faults.setdefault("name", "Please tell us your name.")
    try:
        return parse_contact(text["contact"], rules.business.country)
    except InputError as error:
        faults.setdefault("contact", error.message)
        return Contact()


def _days(
    text: Mapping[str, str],
    rules: Rules,
    now: int,
    faults: dict[str, str],
    *,
    service: str | None,
    until: date | None = None,
) -> WaitlistDays:
    resource = _resource(text["staff"], service, rules, faults)
    earliest = _day("earliest", text["earliest"], rules, now, faults)
    latest = _day("latest", text["latest"], rules, now, faults)
    if earliest and until and earliest > until:
        faults.setdefault(
            "earliest", f"Your booking is before that. Please choose a day up to {_said(until)}."
        )
    elif latest and until and latest > until:
        faults.setdefault("latest", f"Your booking is before that. Please choose a day up to {_said(until)}.")
    elif earliest and latest and latest < earliest:
        faults.setdefault("latest", "The last day is before the first. Please swap them.")
    elif latest and service and not faults:
        first, people = earliest or rules.zone.date(now), rules.services[service].resources
        which = "that day" if first == latest else "any of those days"
        if not _open(rules, people, first, latest):
            faults["latest"] = f"We aren't open on {which}. Please choose others."
        elif resource and not _open(rules, [resource], first, latest):
            who = rules.resources[resource].name
            faults["latest"] = f"{who} isn't in on {which}. Please choose others, or anyone."
    return WaitlistDays(earliest=earliest, latest=latest, resource=resource)


def _day(field: str, text: str, rules: Rules, now: int, faults: dict[str, str]) -> date | None:
    if not text:
        return None
    today = rules.zone.date(now)
    last = today + timedelta(seconds=rules.booking.horizon)
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        faults[field] = "Please choose a date, like 2026-05-05."
        return None
    if wanted < today:
        faults[field] = "That day has passed. Please choose a coming one."
    elif wanted > last:
        faults[field] = f"We can't book that far ahead yet. Please choose a day up to {_said(last)}."
    return wanted


def _open(rules: Rules, resources: Iterable[str], first: date, last: date) -> bool:
    """Whether one of them works at all: whoever waits for other days waits for ever."""
    from handlers.domain.availability.working import Working

    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    if len(days) > LOOKED_AT:
        return True
    start, end = rules.zone.midnight(first), rules.zone.day(last)[1]
    pieces, days = (
        Working(rules).pieces,
        [first - timedelta(1), *days],
    )  # the evening before may run past midnight
    return any(a < end and b > start for r in resources for a, b in pieces(r, days))


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"


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
    if day and _day("date", day, rules, now, faults) is None:
        return None
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
