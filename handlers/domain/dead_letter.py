"""An event that could not be handled, after every try: something for a person to decide."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class DeadLetterState(StrEnum):
    OPEN = "OPEN"
    RETRIED = "RETRIED"
    HANDLED = "HANDLED"


class DeadLetter(BaseModel):
    """`body` is the event as the function got it; `kind` and `subject` say what it was about, `by` who decided."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    state: DeadLetterState = DeadLetterState.OPEN
    kind: str
    subject: str = ""
    function: str = ""
    error: str = ""
    body: dict[str, Any] = Field(default_factory=dict)
    at: int
    changed: int = 0
    changed_by: str = ""
