"""A booking and the states it goes through.

REQUESTED --approve--> CONFIRMED          (service has `approval: always`; held for `approval_hold`)
PENDING   --confirm--> CONFIRMED          (held for `hold`)
CONFIRMED -> ARRIVED -> COMPLETED;  CONFIRMED -> NO_SHOW
REQUESTED | PENDING -> EXPIRED;  REQUESTED | PENDING | CONFIRMED -> CANCELLED
A reschedule is an event, not a state: same id, `revision + 1` (= the iCalendar SEQUENCE).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handlers.domain.slot import Extent, Slot
from handlers.domain.wish import Wish

Source = Literal["web", "email", "text", "voice", "staff", "api", "waitlist", "import"]


class State(StrEnum):
    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    ARRIVED = "ARRIVED"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


HOLDING = frozenset({State.REQUESTED, State.PENDING, State.CONFIRMED, State.ARRIVED})
"""A coming booking in one of these holds its claim; any other does not."""

MOVES: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    State.PENDING: frozenset({State.CONFIRMED, State.REQUESTED, State.CANCELLED, State.EXPIRED}),
    State.CONFIRMED: frozenset({State.ARRIVED, State.NO_SHOW, State.COMPLETED, State.CANCELLED}),
    State.ARRIVED: frozenset({State.COMPLETED, State.CONFIRMED}),
    State.COMPLETED: frozenset(),
    State.NO_SHOW: frozenset({State.ARRIVED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}


class Booking(BaseModel):
    """`until` (epoch s) is when a REQUESTED or PENDING one expires. `extent` is start/end with buffers."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    state: State
    slot: Slot
    extent: tuple[int, int]
    party: int = 1
    customer: str
    """Customer id."""
    name: str
    """The customer's name as it was when booking."""
    email: str | None = None
    phone: str | None = None
    notes: str = ""
    source: Source = "web"
    request: str | None = None
    """Request id it came from."""
    reminders: Wish | None = None
    """What was wished for its reminders; None = as the service has it."""
    answered: int | None = None
    """When the customer said they will be there (epoch s), for the time it has now."""
    revision: int = 0
    until: int | None = None
    created: int = 0
    changed: int = 0
    changed_by: str = ""
    """Who did the last transition: a Slack user id, "customer", "system" ..."""
    rev: int = 0
    """Optimistic lock: raised by every write of this item."""

    @property
    def extents(self) -> tuple[Extent, ...]:
        """What it occupies on its resource and on each further one, buffers included."""
        return tuple(Extent(r, *self.extent) for r in (self.slot.resource, *self.slot.needs))

    @property
    def calendar_event(self) -> str:
        """The calendar event's id: base32hex characters only, derived, so that a retried insert answers 409."""
        return "fd" + self.id.encode().hex()

    @property
    def uid(self) -> str:
        """The iCalendar UID; stable for the booking's life."""
        return f"{self.id}@frontdesk"


def booking_of(event: str) -> str | None:
    """The booking a calendar event of ours stands for, by the event's id; None for everybody else's event."""
    if not re.fullmatch(r"fd(?:[0-9a-f]{2}){12,}", event):
        return None
    id_ = bytes.fromhex(event[2:])
    return id_.decode() if re.fullmatch(rb"[0-9a-z]+", id_) else None
