"""What was done to a subject, by whom: one row per transition, kept beside the subject."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class AuditRow(BaseModel):
    """`who` is a Slack user id, "customer", "system" ...; `what` a short verb phrase ("approved", "rescheduled").

    `before` and `after` are what the transition changed (a state, a slot ...), as JSON; `more` is small detail.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    subject: str
    """The partition of the subject, as in `Key.pk` ("BOOKING#...")."""
    at: int
    who: str
    what: str
    before: Any = None
    after: Any = None
    more: dict[str, Any] = Field(default_factory=dict)
