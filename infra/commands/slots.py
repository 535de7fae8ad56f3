"""`frontdesk slots`: what would be proposed for a request, and why another start is not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from handlers.domain.availability import Diary, explain, find_slots, pick
from handlers.domain.availability.find import bookable, involved
from handlers.domain.availability.rank import nearest
from handlers.domain.availability.wall import Wall
from handlers.domain.availability.windows import missed, wanted
from handlers.domain.errors import InputError
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.rules.source import decode
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.zone import Zone

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog='REQ.json: {"service": "haircut", "party": 1, "resource": null, "usual_resource": null, "windows": '
    '[{"date_from": "2026-05-05", "date_to": "2026-05-05", "time_from": "12:00", "time_to": "17:00"}]}. '
    'BUSY.json: {"<calendar>": [["2026-05-05T10:00:00+08:00", "2026-05-05T11:00:00+08:00"], ...]}.'
)
@click.option("--rules", "rules_file", type=FILE, required=True, metavar="FILE", help="the rules file")
@click.option("--at", required=True, metavar="ISO", help="the instant it is now; without offset, local time")
@click.option(
    "--request", "request_file", type=FILE, required=True, metavar="REQ.json", help="who wants what"
)
@click.option("--busy", "busy_file", type=FILE, metavar="BUSY.json", help="what stands in the calendars")
@click.option("--explain", "about", metavar="ISO", help="say for this start what keeps each resource from it")
def command(rules_file: Path, at: str, request_file: Path, busy_file: Path | None, about: str | None) -> None:
    """Find the slots to propose for a request.

    `slots` are the two or three that fit; when none does, `nearest` are the closest that don't.
    """
    rules = load(decode(rules_file.read_bytes()))
    now = _instant(rules.zone, at, "--at")
    query = _query(request_file, rules)
    busy = _busy(busy_file, rules.zone) if busy_file else {}
    diaries = {r: Diary(busy=busy.get(rules.resources[r].calendar, ())) for r in involved(rules, query)}
    found = find_slots(rules, query, diaries, now)
    answer: dict[str, Any] = {"slots": _plain(rules.zone, pick(rules, query, found, diaries))}
    if not found:
        answer["nearest"] = _plain(rules.zone, _nearest(rules, query, diaries, now))
    if about:
        start = _instant(rules.zone, about, "--explain")
        answer["explain"] = {"at": rules.zone.iso(start), **explain(rules, query, diaries, now, start)}
    click.echo(json.dumps(answer, indent=1, ensure_ascii=False))


def _nearest(rules: Rules, query: SlotQuery, diaries: dict[str, Diary], now: int) -> tuple[Slot, ...]:
    anytime = find_slots(rules, query.model_copy(update={"windows": ()}), diaries, now)
    wall, reach = Wall(rules.zone), bookable(rules, now)
    return nearest(rules, anytime, wanted(query.windows, wall, reach) or missed(query.windows, wall, reach))


def _plain(zone: Zone, slots: Iterable[Slot]) -> list[dict[str, Any]]:
    return [
        {
            "service": s.service,
            "resource": s.resource,
            "start": zone.iso(s.start),
            "end": zone.iso(s.end),
            "needs": list(s.needs),
        }
        for s in slots
    ]


def _instant(zone: Zone, text: str, where: str) -> int:
    try:
        return zone.parse(text)
    except ValueError:
        raise InputError(where, f"write an instant like 2026-05-05T14:00:00+08:00, not {text!r}") from None


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as e:
        raise InputError(str(file), f"is not JSON: {e}") from None


def _query(file: Path, rules: Rules) -> SlotQuery:
    plain = _json(file)
    if not isinstance(plain, dict):
        raise InputError(str(file), 'write an object like {"service": "haircut", "windows": [...]}')
    try:
        query = SlotQuery.model_validate(plain)
    except ValidationError as e:
        first = e.errors()[0]
        raise InputError(".".join(map(str, first["loc"])) or str(file), first["msg"]) from None
    if query.service not in rules.services:
        raise InputError(
            "service", f"there is no {query.service!r}; choose from: {', '.join(rules.services)}"
        )
    if query.resource is not None and query.resource not in rules.resources:
        raise InputError(
            "resource", f"there is no {query.resource!r}; choose from: {', '.join(rules.resources)}"
        )
    return query


def _busy(file: Path, zone: Zone) -> dict[str, tuple[tuple[int, int], ...]]:
    plain = _json(file)
    try:
        found = {
            calendar: tuple(sorted((zone.parse(a), zone.parse(b)) for a, b in spans))
            for calendar, spans in plain.items()
        }
    except (AttributeError, TypeError, ValueError):
        raise InputError(
            str(file), 'write {"<calendar>": [["<start>", "<end>"], ...]} with ISO instants'
        ) from None
    if any(a >= b for spans in found.values() for a, b in spans):
        raise InputError(str(file), "every busy time has to end after it starts")
    return found
