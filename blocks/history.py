"""Who did what: the small print under a card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from slack_sdk.models.blocks import ContextBlock

from blocks import text as t
from blocks.elements import context
from handlers.domain.rules.model import Rules


class Did(NamedTuple):
    """One transition. `what` is an event kind ("request.approved") or a word; `at` epoch seconds."""

    who: str
    what: str
    at: int


WORDS = {
    "request.drafted": "Put up for a check",
    "request.approved": "Approved",
    "request.proposed": "Times offered",
    "request.discarded": "Discarded",
    "request.declined": "Declined politely",
    "request.escalated": "Handed to a person",
    "request.handled": "Handled",
    "request.booked": "Booked",
    "request.expired": "Offer ran out",
}


def plain_person(rules: Rules, who: str) -> str:
    """For text that is read aloud: staff by their name in the rules."""
    names = {p.slack: p.name for p in rules.staff}
    return names.get(who) or t.NOT_STAFF.get(who) or t.one_line(who)


def small_print(rules: Rules, history: Sequence[Did], newest: int = 5) -> list[ContextBlock]:
    """The latest steps, oldest first. Audit verbs are words already ("rescheduled")."""
    if not history:
        return []
    steps = [
        f"{WORDS.get(did.what) or t.name(did.what.replace('.', ' ').capitalize())} \N{MIDDLE DOT} "
        f"{t.person(did.who)} \N{MIDDLE DOT} {rules.zone.say(did.at)}"
        for did in history[-newest:]
    ]
    return [context("\n".join(steps))]
