"""Whether appointments taken over from elsewhere may be reminded although they are inside a reminder window already."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Answer(StrEnum):
    OPEN = "OPEN"
    SEND = "SEND"
    SKIP = "SKIP"


class Question(BaseModel):
    """Put to staff once. `by` answered it `at` (epoch s); `count` is how many appointments it was last told with."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    answer: Answer = Answer.OPEN
    by: str = ""
    at: int = 0
    count: int = 0
    rev: int = 0
    """Optimistic lock: raised by every write of this item."""
