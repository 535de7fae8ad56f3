"""Another program says that a slot came free: what it sends, checked field by field."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from handlers.domain.errors import FrontdeskError, InputError
from handlers.domain.pages import by_visit
from handlers.domain.rules.model import Resource, Rules
from handlers.domain.zone import DAY

FIELDS = ("kind", "service", "resource", "start", "end", "seats")
"""Beside `id`; together they are what a report says. Whatever else is sent is not looked at."""
KINDS = ("cancelled", "no_show", "opening")
Kind = Literal["cancelled", "no_show", "opening"]

ID = re.compile(r"[\x21-\x7e]{1,200}")
AHEAD = 366 * DAY
"""Seconds; what lies further ahead is a typing mistake."""
NAMED = 30
"""How many services or resources a sentence names."""


class ReportFaults(FrontdeskError):
    """`faults[field]` is a sentence for the engineer on the other side."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{k}: {v}" for k, v in faults.items()))
        self.faults = dict(faults)


class SlotReport(BaseModel):
    """[`start`, `end`) in epoch seconds; what is over by now is left out. `extent` has the service's buffers."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    service: str
    resource: str
    start: int
    end: int
    extent: tuple[int, int]
    seats: int


def report_id(fields: Mapping[str, Any]) -> str:
    """The sender's own id of what happened. Raises ReportFaults."""
    given = fields.get("id")
    if isinstance(given, str) and ID.fullmatch(given):
        return given
    raise ReportFaults(
        {
            "id": "Send an id of your own for this event: 1 to 200 visible ASCII characters, the same when you send it again."
        }
    )


def content(fields: Mapping[str, Any]) -> str:
    """A fingerprint of what is said: equal when the same is sent again."""
    plain = (str, int, float, type(None))
    said = {n: v if isinstance(v := fields.get(n), plain) else type(v).__name__ for n in FIELDS}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def parse(fields: Mapping[str, Any], rules: Rules, now: int) -> SlotReport:
    """Raises ReportFaults with everything that is wrong."""
    faults: dict[str, str] = {}

    def read(name: str, reading: Any) -> Any:
        try:
            return reading()
        except InputError as error:
            faults[name] = error.message
            return None

    kind = read("kind", lambda: _kind(fields))
    resource = read("resource", lambda: _named(fields, "resource", rules.resources))
    service = read("service", lambda: _service(fields, rules, resource))
    start = read("start", lambda: _instant(fields, "start", rules))
    end = read("end", lambda: _end(fields, rules, service, start))
    if start is not None and end is not None and (wrong := _span(start, end, now, rules)):
        faults["end"] = wrong
    seats = read("seats", lambda: _seats(fields, rules, resource))
    if faults:
        raise ReportFaults(faults)
    found = rules.services.get(service)
    before, after = (found.buffer_before * 60, found.buffer_after * 60) if found else (0, 0)
    return SlotReport(
        kind=kind,
        service=service,
        resource=resource,
        start=max(start, now),
        end=end,
        extent=(max(start - before, now), end + after),
        seats=seats,
    )


def _kind(fields: Mapping[str, Any]) -> str:
    given = fields.get("kind")
    if given not in KINDS:
        raise InputError("kind", f"Send one of {_list(KINDS)}.")
    return str(given)


def _named(fields: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> str:
    given = fields.get(name)
    if not isinstance(given, str) or not given:
        raise InputError(name, f"Say which {name}: {_list(known)}.")
    if given not in known:
        raise InputError(name, f"There is no {name} {given[:60]!r}. There are {_list(known)}.")
    return given


def _service(fields: Mapping[str, Any], rules: Rules, resource: str | None) -> str:
    """May be left out of an opening: nobody had booked anything there."""
    if fields.get("kind") == "opening" and fields.get("service") in (None, ""):
        return ""
    service = _named(fields, "service", rules.services)
    if resource is not None and resource not in rules.services[service].resources:
        given = _list(id_ for id_, s in rules.services.items() if resource in s.resources)
        raise InputError("service", f"{resource!r} does not give {service!r}, only {given}.")
    return service


def _instant(fields: Mapping[str, Any], name: str, rules: Rules) -> int:
    given = fields.get(name)
    hint = f"Send an ISO 8601 time, like 2026-05-05T14:00 ({rules.zone.name}) or 2026-05-05T14:00:00+08:00."
    if not isinstance(given, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:?[0-9]{2}", given):
        raise InputError(name, hint)
    try:
        at = datetime.fromisoformat(given)
        instant = rules.zone.parse(given)
    except (ValueError, OverflowError) as error:
        raise InputError(name, hint) from error
    if at.tzinfo is None and not rules.zone.instants(at.date(), at.hour * 60 + at.minute):
        raise InputError(name, f"The clocks skip {given} in {rules.zone.name}; send it with an offset.")
    return instant


def _end(fields: Mapping[str, Any], rules: Rules, service: str | None, start: int | None) -> int | None:
    """May be left out when the service says how long it takes."""
    if fields.get("end") in (None, "") and service and start is not None:
        return start + rules.services[service].minutes * 60
    return _instant(fields, "end", rules)


def _span(start: int, end: int, now: int, rules: Rules) -> str:
    """What is wrong with it; "" when nothing is."""
    if end <= start:
        return "It ends before it starts."
    if end - start > DAY:
        return "It is longer than a day; send each day's slot by itself."
    if start > now + AHEAD:
        return "It is more than a year ahead; check the year."
    if end <= now:
        return f"It was over at {rules.zone.say(end)}: nobody can have it any more."
    return ""


def _seats(fields: Mapping[str, Any], rules: Rules, resource: str | None) -> int | None:
    if resource is None:
        return None
    found = rules.resources[resource]
    given = fields.get("seats")
    if given is None:
        return found.seats or 1
    most = _most(found)
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= most:
        places = "1 place" if most == 1 else f"{most} places"
        raise InputError("seats", f"Send a whole number from 1; {resource!r} has {places}.")
    return given


def _most(resource: Resource) -> int:
    if by_visit(resource):
        return resource.seats or 99
    return resource.capacity


def _list(names: Iterable[str]) -> str:
    """`a, b and c`"""
    found = list(names)
    shown = found[:NAMED]
    if len(found) > NAMED:
        return f"{', '.join(shown)} and {len(found) - NAMED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown) or "none"
