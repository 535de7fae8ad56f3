"""The waitlist as people keep it in a sheet: its columns, what they type there, and what we would."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from handlers.domain.contact import parse_email, parse_phone, say_phone
from handlers.domain.errors import InputError
from handlers.domain.rules.model import Rules
from handlers.domain.rules.shape import did_you_mean, quoted
from handlers.domain.sheets import Column, RowFaults, Table
from handlers.domain.sheets.layout import folded
from handlers.domain.sheets.words import parse_count, parse_day, parse_moment, say_moment
from handlers.domain.waitlist.entry import PRIORITIES, Entry

LONGEST = {"name": 80, "notes": 2000}
"""Characters, as in the form."""
ANYONE = frozenset({"anyone", "anybody", "any", "no", "none", "no preference", "either", "all", ""})
NOT_FIRST = frozenset({"no", "n", "0", "none", "normal", "false", "low", ""})
FIRST = frozenset({"yes", "y", "x", "vip", "true", "high", "urgent", "priority", "first", "regular"})
BROKEN = re.compile(r"#(ERROR!|NAME\?|REF!|N/A|VALUE!|NUM!|NULL!|DIV/0!)")
"""What Google shows in place of a formula it can't work out: +65 8123 4567 is one to it."""


def _contact(at: dict[str, int]) -> dict[str, int]:
    """Beside a column for the one, "Contact" is for the other."""
    if "contact" in at and "email" in at and "phone" not in at:
        return {("phone" if key == "contact" else key): place for key, place in at.items()}
    if "contact" in at and "phone" in at and "email" not in at:
        return {("email" if key == "contact" else key): place for key, place in at.items()}
    return at


TABLE = Table(
    columns=(
        Column("name", "Name", ("customer", "client", "guest", "patient", "full name", "who"), telling=True),
        Column("contact", "Contact", ("contact details", "contact info", "reach at"), telling=True),
        Column(
            "phone",
            "Mobile",
            (
                "phone",
                "mobile number",
                "phone number",
                "contact number",
                "number",
                "cell",
                "tel",
                "telephone",
            ),
            telling=True,
            new=False,
        ),
        Column("email", "Email", ("mail", "email address", "mail address"), telling=True, new=False),
        Column("service", "Service", ("treatment", "service wanted", "service or table", "wants", "for")),
        Column("party", "Party", ("party size", "people", "guests", "size", "covers", "pax", "how many")),
        Column(
            "earliest", "Earliest", ("earliest date", "from", "from date", "not before", "after", "start")
        ),
        Column("latest", "Latest", ("latest date", "until", "to", "to date", "not after", "before", "end")),
        Column(
            "resource", "With", ("staff", "staff preference", "stylist", "prefers", "preference", "resource")
        ),
        Column("priority", "Priority", ("priority flag", "vip", "urgent", "tier")),
        Column(
            "joined", "Joined", ("date joined", "joined at", "time joined", "since", "added", "timestamp")
        ),
        Column("notes", "Notes", ("note", "comment", "comments", "remarks")),
    ),
    needs=(("name",), ("contact", "phone", "email"), ("service",)),
    settle=_contact,
)


def cells_of(entry: Entry, rules: Rules) -> dict[str, str]:
    """For every column there could be; read again, it means the same."""
    service = rules.services.get(entry.service)
    resource = rules.resources.get(entry.resource or "")
    phone = say_phone(entry.phone) if entry.phone else ""
    return {
        "name": entry.name,
        "contact": ", ".join(part for part in (phone, entry.email) if part),
        "phone": phone,
        "email": entry.email or "",
        "service": service.name if service else entry.service,
        "party": str(entry.party),
        "earliest": entry.earliest.isoformat(),
        "latest": entry.latest.isoformat(),
        "resource": resource.name if resource else entry.resource or "",
        "priority": str(entry.priority) if entry.priority else "",
        "joined": say_moment(entry.joined, rules.zone),
        "notes": " ".join(entry.notes.split()),
    }


def read_row(
    cells: Mapping[str, str], rules: Rules, now: int, only: frozenset[str] | None = None
) -> dict[str, Any]:
    """The fields of an entry that the columns (or `only` these) give; None where the list has a default.

    Raises RowFaults for every column that can't be used, not only the first."""
    readers: dict[str, Callable[[str], Mapping[str, Any]]] = {
        "name": lambda text: {"name": _kept("name", text)},
        "contact": lambda text: _reach(text, rules, phone=True, email=True),
        "phone": lambda text: _reach(text, rules, phone=True, email=False),
        "email": lambda text: _reach(text, rules, phone=False, email=True),
        "service": lambda text: {"service": _service(text, rules)},
        "party": lambda text: {"party": parse_count(text) if text else None},
        "earliest": lambda text: {"earliest": parse_day(text, rules, now)[0]},
        "latest": lambda text: {"latest": parse_day(text, rules, now)[1]},
        "resource": lambda text: {"resource": _resource(text, rules)},
        "priority": lambda text: {"priority": _priority(text)},
        "joined": lambda text: {"joined": _joined(text, rules, now)},
        "notes": lambda text: {"notes": _kept("notes", text)},
    }
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for key, text in cells.items():
        if key not in readers or (only is not None and key not in only):
            continue
        try:
            found |= _read(text, readers[key])
        except InputError as error:
            faults[key] = error.message
    lacking = [group[0] for group in TABLE.needs if not any(cells.get(key) for key in group)]
    if lacking and (only is None or any(key in only for group in TABLE.needs for key in group)):
        missing = {key: _MISSING[key] for key in lacking}
        raise RowFaults({**faults, **missing}, half=True)
    if faults:
        raise RowFaults(faults)
    return found


_MISSING = {
    "name": "write who it is.",
    "contact": "write a mobile number or a mail address.",
    "service": "write what they are waiting for.",
}


def _read(text: str, reader: Callable[[str], Mapping[str, Any]]) -> Mapping[str, Any]:
    if BROKEN.match(text):
        raise InputError(
            "",
            "Google took this for a formula. Set the column to Format > Number > Plain text, and type it again.",
        )
    return reader(text)


def _kept(key: str, text: str) -> str:
    if len(text) > LONGEST[key]:
        raise InputError(key, f"keep this under {LONGEST[key]} characters.")
    return text


def _reach(text: str, rules: Rules, *, phone: bool, email: bool) -> dict[str, str | None]:
    """A number, an address, or both in one cell."""
    found: dict[str, str | None] = {}
    rest = text
    if email:
        address = re.search(r"[^\s,;<>|]+@[^\s,;<>|]+", text)
        found["email"] = parse_email(address[0].strip("/.:()")) if address else None
        rest = text.replace(address[0], " ") if address else text
    if phone:
        number = rest.strip(" ,;/|<>()-:\t") if any(c.isdigit() for c in rest) else ""
        found["phone"] = parse_phone(number, rules.business.country) if number else None
    if text and not any(found.values()):
        raise InputError("contact", "write a mobile number like +65 8123 4567, or a mail address.")
    return found


def _service(text: str, rules: Rules) -> str:
    said = folded(text)
    for id_, service in rules.services.items():
        words = (id_.replace("_", " "), service.name, *service.aliases)
        if said in {folded(word) for word in words} | {f"{folded(word)}s" for word in words}:
            return id_
    names = [service.name for service in rules.services.values()]
    raise InputError("service", f"{quoted(text)} is not one of yours; {_suggested(text, names)}")


def _resource(text: str, rules: Rules) -> str | None:
    said = folded(text)
    if said in ANYONE:
        return None
    for id_, resource in rules.resources.items():
        if said in {folded(id_.replace("_", " ")), folded(resource.name)}:
            return id_
    names = [resource.name for resource in rules.resources.values()]
    raise InputError(
        "staff", f"{quoted(text)} is not one of yours; {_suggested(text, names)} Leave it empty for anyone."
    )


def _suggested(text: str, names: list[str]) -> str:
    known = {name.casefold(): name for name in names}
    guess = did_you_mean(text.casefold(), known)
    if guess.startswith("did you mean"):
        return guess.replace(guess.split('"')[1], known[guess.split('"')[1]])
    return f"write one of: {', '.join(names)}."


def _priority(text: str) -> int:
    said = folded(text)
    if said in NOT_FIRST:
        return 0
    if said in FIRST:
        return 1
    if said.isdecimal() and int(said) <= PRIORITIES:
        return int(said)
    raise InputError(
        "priority", f"write yes, or a number from 1 to {PRIORITIES}; leave it empty for everybody else."
    )


def _joined(text: str, rules: Rules, now: int) -> int | None:
    if not text:
        return None
    joined = parse_moment(text, rules, now)
    if joined > now:
        raise InputError("joined", "that is still to come; write when they joined, like 2026-05-05 14:00.")
    return joined
