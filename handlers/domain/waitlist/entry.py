"""Someone waiting for a service: one entry per person and service.

WAITING <-> PAUSED ("stop offering me": still on the list, for staff to call)
WAITING | PAUSED -> BOOKED | REMOVED | EXPIRED (the last date has passed);  these three end it, `restore` undoes REMOVED
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Source = Literal["web", "email", "text", "staff", "sheet", "api"]

PRIORITIES = 9
"""The highest tier; 0 is everybody's."""


class EntryState(StrEnum):
    WAITING = "WAITING"
    PAUSED = "PAUSED"
    BOOKED = "BOOKED"
    REMOVED = "REMOVED"
    EXPIRED = "EXPIRED"


ON_THE_LIST = frozenset({EntryState.WAITING, EntryState.PAUSED})


class Entry(BaseModel):
    """`earliest`..`latest` are local dates, both inclusive. `joined` (epoch s) is what the order goes by."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    state: EntryState = EntryState.WAITING
    service: str
    party: int = Field(default=1, ge=1)
    customer: str
    """Customer id."""
    name: str = ""
    email: str | None = None
    phone: str | None = None
    earliest: date
    latest: date
    resource: str | None = None
    """Only with this one; None = anybody."""
    priority: int = Field(default=0, ge=0, le=PRIORITIES)
    """Higher goes first, where the owner's order says so."""
    joined: int = 0
    source: Source = "web"
    notes: str = ""
    replaces: str | None = None
    """Booking id: they have an appointment and want an earlier time; a claim moves it."""
    before: int | None = None
    """Only starts before this (epoch s): that of the booking it replaces."""
    offer: str | None = None
    """The `Offer.ref` they hold now: a person has one live offer at a time."""
    booking: str | None = None
    """What came of it, once BOOKED."""
    created: int = 0
    changed: int = 0
    changed_by: str = ""
    """Who did the last change: a Slack user id, "customer", "sheet", "system" ..."""
    rev: int = 0
    """Optimistic lock: raised by every write of this item."""

    @property
    def on_the_list(self) -> bool:
        return self.state in ON_THE_LIST

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.latest < self.earliest:
            raise ValueError("an entry's last date is not before its first")
        return self
