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
    "received": "Received",
    "request.drafted": "Drafted",
    "request.approved": "Approved",
    "request.proposed": "Times offered",
    "request.discarded": "Discarded",
    "request.declined": "Declined politely",
    "request.escalated": "Handed to a person",
    "request.handled": "Handled",
    "request.booked": "Booked",
    "request.expired": "Offer ran out",
    "booking.requested": "Requested",
    "booking.held": "Held",
    "booking.confirmed": "Confirmed",
    "booking.rescheduled": "Rescheduled",
    "booking.cancelled": "Cancelled",
    "booking.expired": "Expired",
    "booking.arrived": "Arrived",
    "booking.completed": "Completed",
    "booking.no_show": "No-show",
    "booking.resend": "Confirmation sent again",
    "booking.contact_corrected": "Contact corrected",
    "booking.conflicted": "Calendar conflict",
    "booking.reminded": "Reminded",
}


def plain_person(rules: Rules, who: str) -> str:
    """For text that is read aloud: staff by their name in the rules."""
    names = {p.slack: p.name for p in rules.staff}
    known = {"": "Frontdesk", "system": "Frontdesk", "customer": "the customer"}
    return names.get(who) or known.get(who) or t.one_line(who)


def small_print(rules: Rules, history: Sequence[Did], newest: int = 5) -> list[ContextBlock]:
    """The latest steps, oldest first; steps we have no word for stay out."""
    known = [did for did in history if did.what in WORDS]
    if not known:
        return []
    steps = [
        f"{WORDS[did.what]} by {t.person(did.who)} \N{MIDDLE DOT} {rules.zone.say(did.at)}"
        for did in known[-newest:]
    ]
    return [context("\n".join(steps))]
