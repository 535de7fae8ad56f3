"""The waitlist as people keep it in a sheet: its columns, what they type there, and what we would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from handlers.domain.sheets.layout import folded
from handlers.domain.sheets.words import parse_count, parse_day, parse_moment, say_moment
from handlers.domain.waitlist.entry import PRIORITIES, Entry

NOT_FIRST = frozenset({"no", "n", "0", "none", "normal", "false", "low", ""})
FIRST = frozenset({"yes", "y", "x", "vip", "true", "high", "urgent", "priority", "first", "regular"})

TABLE = Table(
    columns=(
        *WHO,
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
    settle=contact_columns,
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
    reads = {
        **who_reads(rules),
        "service": lambda text: {"service": service_of(text, rules)},
        "party": lambda text: {"party": parse_count(text) if text else None},
        "earliest": lambda text: {"earliest": parse_day(text, rules, now)[0]},
        "latest": lambda text: {"latest": parse_day(text, rules, now)[1]},
        "resource": lambda text: {"resource": resource_of(text, rules)},
        "priority": lambda text: {"priority": _priority(text)},
        "joined": lambda text: {"joined": _joined(text, rules, now)},
        "notes": lambda text: {"notes": kept("notes", text)},
    }
    return read_cells(cells, reads, TABLE, _MISSING, only)


_MISSING = {
    "name": "write who it is.",
    "contact": "write a mobile number or a mail address.",
    "service": "write what they are waiting for.",
}


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
