"""An opening (a freed slot) and the offers made of it, one at a time.

Opening:  OPEN -> FILLED (a claim, or staff) | HANDED_BACK (to staff) | CLOSED (left open, gone, or over)
          HANDED_BACK -> OPEN (try again) | FILLED | CLOSED
Offer:    SENDING -> LIVE -> CLAIMED | DECLINED | TIMED_OUT | WITHDRAWN;  SENDING -> any of these | FAILED
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from handlers.domain.slot import Extent, Slot

Channel = Literal["text", "email"]
Waits = Literal["", "quiet", "calendar", "held", "offered"]

IN_LINE = 20
"""How many of those in line are written down with an offer."""
SPARE = 120
"""Seconds a hold outlives its claim window: timers fire up to a minute late."""


class OpeningState(StrEnum):
    OPEN = "OPEN"
    FILLED = "FILLED"
    HANDED_BACK = "HANDED_BACK"
    CLOSED = "CLOSED"


class OfferState(StrEnum):
    SENDING = "SENDING"
    LIVE = "LIVE"
    CLAIMED = "CLAIMED"
    DECLINED = "DECLINED"
    TIMED_OUT = "TIMED_OUT"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"


OUT = frozenset({OfferState.SENDING, OfferState.LIVE})
"""States in which the customer may still claim."""
ACTIVE = frozenset({OpeningState.OPEN, OpeningState.HANDED_BACK})
"""States in which the slot is still to be filled."""


class Opening(BaseModel):
    """[`start`, `end`) in epoch seconds is what came free on `resource`; `extent` the same with buffers."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    state: OpeningState = OpeningState.OPEN
    resource: str
    start: int
    end: int
    extent: tuple[int, int]
    seats: int = Field(default=1, ge=1)
    """How many people may come, where the resource counts people."""
    service: str = ""
    """What was booked there; "" when nothing was."""
    why: str = ""
    """"cancelled", "no_show", "rescheduled", "opening", "rest" ..."""
    freed_by: str | None = None
    """Customer id: they are not offered what they gave back."""
    opened_by: str = ""
    """Who freed it: a Slack user id, "customer", "system" ..."""
    live: int | None = None
    """`seq` of the offer that is out; at most one."""
    seq: int = 0
    """Of the last offer made."""
    tried: int = 0
    """Offers made since it was opened, or last tried again."""
    waits: Waits = ""
    """What it waits for while nobody holds an offer."""
    due: int | None = None
    """While OPEN: when to look again (epoch s), whatever woke us before."""
    booking: str | None = None
    reason: str = ""
    """Why it was handed back or closed, for people."""
    created: int = 0
    changed: int = 0
    changed_by: str = ""
    rev: int = 0


class Offer(BaseModel):
    """`slot` offered to one entry. `handed` is when the message was given to the provider, `sent` when it had it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    opening: str
    seq: int
    state: OfferState = OfferState.SENDING
    entry: str
    customer: str
    name: str = ""
    email: str | None = None
    phone: str | None = None
    channel: Channel
    slot: Slot
    extents: tuple[Extent, ...]
    """What it holds, buffers included."""
    party: int = 1
    tries: int = 0
    """Failed sends so far."""
    handed: int | None = None
    sent: int | None = None
    ends: int | None = None
    """When the claim window ends (epoch s); the link is dead from then on."""
    booking: str | None = None
    reason: str = ""
    untold: bool = False
    """Taken back from somebody who had its message, and has yet to hear of it."""
    created: int = 0
    changed: int = 0
    changed_by: str = ""
    rev: int = 0

    @property
    def ref(self) -> str:
        """Names it in links, in its entry and (`claim`) on pages."""
        return offer_ref(self.opening, self.seq)

    @property
    def claim(self) -> str:
        """The id of its claim on a page."""
        return f"{CLAIM}{self.ref}"

    def meets(self, resource: str, start: int, end: int) -> bool:
        """Whether what it holds on a resource, buffers included, lies in [start, end) somewhere."""
        return any(e.resource == resource and e.start < end and start < e.end for e in self.extents)

    def claimable(self, now: int) -> bool:
        """A message may arrive before we have noted that it left, or although the provider said it failed; the window's
        end ends it, swept or not."""
        left = self.handed is not None or self.tries > 0
        return self.state in OUT and left and (self.ends is None or now < self.ends)


CLAIM = "offer:"
"""What claims of offers begin with."""


def offer_ref(opening: str, seq: int) -> str:
    return f"{opening}.{seq}"


def of_ref(ref: str) -> tuple[str, int]:
    """(opening id, seq). Raises ValueError."""
    opening, _, seq = ref.rpartition(".")
    if not opening:
        raise ValueError(f"{ref!r} names no offer")
    return opening, int(seq)
