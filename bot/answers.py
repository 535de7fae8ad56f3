"""Kind words for what went wrong, in one place. Every answer says what to do next."""

from __future__ import annotations

from blocks.text import NOT_STAFF
from handlers.domain.errors import (
    Conflict,
    Forbidden,
    FrontdeskError,
    InputError,
    NotFound,
    NotOffered,
    Taken,
    Unavailable,
    WrongState,
)
from handlers.domain.rules.model import Rules

DONE = {
    "RECEIVED": "being read",
    "DRAFT": "waiting for a check",
    "ESCALATED": "waiting for a person",
    "APPROVED": "approved",
    "PROPOSED": "answered with times",
    "DISCARDED": "discarded",
    "HANDLED": "handled",
    "DECLINED": "declined",
    "BOOKED": "booked",
    "EXPIRED": "over: it ran out",
    "REQUESTED": "waiting for approval",
    "PENDING": "on hold for the customer",
    "CONFIRMED": "confirmed",
    "ARRIVED": "marked as arrived",
    "COMPLETED": "completed",
    "NO_SHOW": "marked as a no-show",
    "CANCELLED": "cancelled",
    "RETRIED": "tried again",
    "KEPT": "kept",
    "MOVED": "moved",
    "SEND": "decided (reminders go out)",
    "SKIP": "decided (no reminders for what has passed)",
    "OPEN": "being offered",
    "FILLED": "filled",
    "HANDED_BACK": "handed back to staff",
    "CLOSED": "closed",
    "SENDING": "being sent",
    "LIVE": "on offer",
    "CLAIMED": "claimed",
    "TIMED_OUT": "over: there was no answer in time",
    "WITHDRAWN": "taken back",
    "FAILED": "over: the message could not be sent",
    "WAITING": "on the waitlist",
    "PAUSED": "paused",
    "REMOVED": "off the waitlist",
}
"""States in words, after "this is already"."""

NO_RULES = "There are no rules yet. An owner has to give Frontdesk a rules.yml first."
PLAIN: dict[type[FrontdeskError], str] = {
    Taken: "That time was just taken. Please choose another.",
    NotOffered: "That offer has run out. Please look for times again.",
    Conflict: "Somebody was faster. Please look again and try once more.",
    Unavailable: "Something outside Frontdesk did not answer. Please try once more in a minute.",
    FrontdeskError: "That did not work. Please try once more.",
}


def say(error: FrontdeskError, rules: Rules | None) -> str:
    """What the person reads."""
    match error:
        case WrongState():
            done = DONE.get(error.state, error.state.lower().replace("_", " "))
            return f"This is already {done}{_by(error.by, rules)}. The card shows how it stands now."
        case Forbidden():
            return _forbidden(error)
        case InputError():
            return error.message
        case Taken(reason="daily_cap"):
            return "That day is full for them. Please choose another day or another person."
        case NotFound():
            return NO_RULES if error.kind == "rules" else f"I can't find this {error.kind} any more."
    return next(words for kind, words in PLAIN.items() if isinstance(error, kind))


def _forbidden(error: Forbidden) -> str:
    if error.needs == "owner":
        return "Only an owner can do this. Please ask one of them."
    if error.needs:
        return f"You are not on the staff list yet. Ask an owner to add you to rules.yml: slack: {error.who}"
    return "That can't be done any more. Please look at the card again."


def _by(who: str, rules: Rules | None) -> str:
    """` by @mei`"""
    if who in {"", "system"}:
        return ""
    if who in NOT_STAFF:
        return f" by {NOT_STAFF[who]}"
    names = {p.slack: p.name for p in rules.staff} if rules else {}
    return f" by @{names.get(who, who).lower().replace(' ', '.')}"
