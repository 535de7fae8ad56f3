"""A page: one resource's diary for one local date, and the claims on it. This is the no-double-booking guarantee.

Pure: a page and a claim give a new page, or `Taken`. Whoever commits the new page does so on condition that the
stored `rev` is still the one that was read, so two deciders never both win. Times are epoch seconds, half-open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from handlers.domain.errors import Taken
from handlers.domain.rules.model import Resource


class Claim(BaseModel):
    """An extent taken on a page, by a booking (`id`); live when it has no `until` or `until` is ahead."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    start: int
    end: int
    """[start, end) is the whole extent, buffers included."""
    party: int = Field(default=1, ge=1)
    """How much of the capacity it takes."""
    until: int | None = None
    counted: bool = True
    """Whether it counts towards the daily cap of this page: only on the date its service starts."""
    core: tuple[int, int] | None = None
    """The service itself, where buffers make it smaller than the extent."""

    @property
    def service(self) -> tuple[int, int]:
        """[start, end) without the buffers."""
        return self.core or (self.start, self.end)

    def live(self, now: int) -> bool:
        return self.until is None or self.until > now

    def meets(self, start: int, end: int) -> bool:
        """Touching is not meeting."""
        return self.start < end and start < self.end

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a claim ends after it starts")
        return self


class Page(BaseModel):
    """`claims` are in order of start, end and id, each id once. `rev` is the revision read; 0 = never written."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    resource: str
    day: date
    claims: tuple[Claim, ...] = ()
    rev: int = 0

    def live(self, now: int) -> tuple[Claim, ...]:
        return tuple(c for c in self.claims if c.live(now))

    def claim(
        self, claim: Claim, *, now: int, capacity: int, daily_cap: int | None, ignoring: str | None = None
    ) -> Page:
        """The page with `claim` on it, in place of an earlier one with the same id.

        Raises Taken when at some instant more than `capacity` would be claimed, or more than `daily_cap` claims
        counted. Claims that ran out, and the one named `ignoring`, stand in nobody's way.
        """
        others = [c for c in self.live(now) if c.id not in (claim.id, ignoring)]
        if claim.party + peak(others, claim.start, claim.end) > capacity:
            raise Taken(self.resource, "overlap" if capacity == 1 else "capacity")
        if daily_cap is not None and claim.counted and sum(c.counted for c in others) >= daily_cap:
            raise Taken(self.resource, "daily_cap")
        return self._with([*(c for c in self.claims if c.id != claim.id), claim])

    def release(self, claim_id: str) -> Page:
        """The page without it; the same page when it isn't there."""
        return self._with(c for c in self.claims if c.id != claim_id)

    def pruned(self, now: int) -> Page:
        """Without the claims that ran out."""
        return self._with(self.live(now))

    def _with(self, claims: Iterable[Claim]) -> Page:
        ordered = tuple(sorted(claims, key=lambda c: (c.start, c.end, c.id)))
        return self if ordered == self.claims else self.model_copy(update={"claims": ordered})


def peak(claims: Iterable[Claim], start: int, end: int) -> int:
    """The most that is claimed at any instant of [start, end), each claim counting its party."""
    steps: list[tuple[int, int]] = []
    for c in claims:
        if c.meets(start, end):
            steps += (c.start, c.party), (c.end, -c.party)
    load = most = 0
    for _, step in sorted(steps):  # at one instant the leaving (negative) sort before the coming
        load += step
        most = max(most, load)
    return most


def by_visit(resource: Resource) -> bool:
    """Whether it takes one party at a time, however many come: a table, a chair, a person.
    Otherwise (a counter, a class) each party counts its size."""
    return resource.kind == "table" or resource.seats is not None or resource.capacity == 1


def capacity(resource: Resource) -> int:
    """What may be claimed at once, in the unit of `weight`."""
    return 1 if by_visit(resource) else resource.capacity


def weight(resource: Resource, party: int) -> int:
    """How much of `capacity` a party takes."""
    return 1 if by_visit(resource) else party
