"""What a customer's link may do. The first character of a token names its action; the signature binds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PICK_KEPT = 14 * 86_400
"""Seconds a link to a proposal outlives it, so that whoever comes late is shown what is free now."""


class Action(StrEnum):
    PICK = "pick"
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    VIEW = "view"

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
