"""What a customer's link may do. The first character of a token names its action; the signature binds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PICK_KEPT = 14 * 86_400
"""Seconds a link to a proposal outlives it, so that whoever comes late is shown what is free now."""


OFFER_KEPT = 30 * 86_400
"""Seconds a link to an offer outlives its time, and one to an entry its last day: whoever comes late reads what became
of it."""


class Action(StrEnum):
    """`claim` and `decline` act on an offer (its `ref`), `wait`, `pause`, `resume` and `leave` on a waitlist entry,
    `pick` on a proposal, the others on a booking. `earlier` puts its customer on the list; `wait` shows their place."""

    PICK = "pick"
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    VIEW = "view"
    CLAIM = "claim"
    DECLINE = "decline"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    WAIT = "wait"
    EARLIER = "earlier"

    @property
    def letter(self) -> str:
        """What a token for this action begins with."""
        return _LETTERS[self]


_LETTERS = {
    Action.PICK: "p",
    Action.CONFIRM: "c",
    Action.RESCHEDULE: "r",
    Action.CANCEL: "x",
    Action.VIEW: "v",
    Action.CLAIM: "k",
    Action.DECLINE: "d",
    Action.PAUSE: "q",
    Action.RESUME: "u",
    Action.LEAVE: "e",
    Action.WAIT: "w",
    Action.EARLIER: "s",
}
ACTIONS = {letter: action for action, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """An opened link. `subject` is the id it acts on; `expires` (epoch s) is when it stops working.

    `nonce` makes it single-use: spending it is part of the action's own transaction.
    """

    action: Action
    subject: str
    nonce: str
    expires: int
    data: dict[str, Any] = field(default_factory=dict)
