"""Everything that happened to a booking, in order: `/book audit`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, card, context, header, section
from blocks.history import WORDS, plain_person
from blocks.when import headline, resource_name
from handlers.domain.audit import AuditRow
from handlers.domain.booking import Booking
from handlers.domain.rules.model import Rules

A_BLOCK = 8
"""Steps in one block: eight of the longest stay below Slack's limit of a section."""
SHOWN = 45 * A_BLOCK


def audit_card(rules: Rules, booking: Booking, rows: Sequence[AuditRow], others: int = 0) -> Card:
    """`rows` oldest first, of the booking and of what led to it; `others` is how many more bookings were found."""
    what = headline(rules, booking)
    kept = rows[-SHOWN:]
    blocks: list[Block] = [
        header(f"What happened to {booking.name or 'this'}'s booking"),
        section(t.said(what, 600)),
    ]
    if len(rows) > len(kept):
        blocks.append(context(f"{len(rows) - len(kept)} earlier steps are not shown."))
    blocks += [section("\n".join(_step(rules, row) for row in part)) for part in _parts(kept)]
    small = f"Booking {booking.id}."
    if others:
        small += f" {others} more found: write the id of another one, as `/book find` shows it, to see that."
    blocks.append(context(small))
    last = rows[-1] if rows else None
    aloud = f" Last: {_verb(last)} by {plain_person(rules, last.who)}." if last else ""
    return card(f"{what}. {len(rows)} steps.{aloud}", blocks)


def _parts(rows: Sequence[AuditRow]) -> Iterator[Sequence[AuditRow]]:
    return (rows[first : first + A_BLOCK] for first in range(0, len(rows), A_BLOCK))


def _step(rules: Rules, row: AuditRow) -> str:
    when = rules.zone.say(row.at)
    change = _change(rules, row)
    return f"*{t.name(_verb(row))}* \N{MIDDLE DOT} {t.person(row.who)} \N{MIDDLE DOT} {when}" + (
        f"\n>{t.said(t.one_line(change), 200)}" if change else ""
    )


def _verb(row: AuditRow) -> str:
    return WORDS.get(row.what) or row.what.replace(".", " ").replace("_", " ").capitalize()


def _change(rules: Rules, row: AuditRow) -> str:
    """What it changed, in words: the state, the time, and the small detail kept with it."""
    before, after = _record(row.before), _record(row.after)
    parts = []
    if after.get("state") and before.get("state") != after["state"]:
        parts.append(
            " \N{RIGHTWARDS ARROW} ".join(_state(r["state"]) for r in (before, after) if r.get("state"))
        )
    place = [_place(rules, r) for r in (before, after)]
    if place[1] and place[0] != place[1]:
        parts.append(" \N{RIGHTWARDS ARROW} ".join(filter(None, place)))
    told = {**{k: v for k, v in after.items() if k in {"reason", "channel", "proposal"}}, **row.more}
    parts += [_detail(name, value) for name, value in told.items() if value and name not in {"order", "rev"}]
    return "; ".join(filter(None, parts))


def _record(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _state(state: Any) -> str:
    return str(state).lower().replace("_", "-")


def _place(rules: Rules, record: dict[str, Any]) -> str:
    if not isinstance(record.get("start"), int):
        return ""
    resource = record.get("resource")
    return rules.zone.say(record["start"]) + (
        f" with {resource_name(rules, str(resource))}" if resource else ""
    )


def _detail(name: str, value: Any) -> str:
    match name, value:
        case "before", int():
            return f"{_length(value)} before"
        case "sent", str():
            return f"by {value.partition(':')[0]}"
        case (("reason" | "name"), str()):
            return value
        case _, list():
            return f"{name.replace('_', ' ')}: {', '.join(map(str, value))}"
        case _, (str() | int()):
            return f"{name.replace('_', ' ')}: {value}"
        case _:
            return ""


def _length(seconds: int) -> str:
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
