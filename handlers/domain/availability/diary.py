"""What stands in a resource's way: other people's calendar events, raw, and our claims, whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.domain.availability.sweep import Span, overfull, subtracted
from handlers.domain.pages import Claim, by_visit, capacity, weight
from handlers.domain.rules.model import Resource
from handlers.domain.zone import Zone


@dataclass(frozen=True)
class Diary:
    """`busy`: the calendar as read, our own events among it. `claims`: ours, buffers included.
    `error`: why the calendar can't be read; such a resource offers nothing."""

    busy: tuple[Span, ...] = ()
    claims: tuple[Claim, ...] = ()
    error: str = ""


NO_DIARY = Diary()


def counting(diary: Diary, now: int, exclude: str | None) -> list[Claim]:
    """The live claims, each once, without the one being moved."""
    return list({c.id: c for c in diary.claims if c.live(now) and c.id != exclude}.values())


def others_busy(diary: Diary, exclude: str | None) -> list[Span]:
    """The calendar without the event of the booking being moved: a settled claim has one, exactly its service;
    a hold has none yet. Our other events stay: their claims cover them anyway."""
    own = [c.service for c in diary.claims if c.id == exclude and c.until is None]
    return subtracted(diary.busy, own) if own else list(diary.busy)


def blocked(
    resource: Resource, diary: Diary, party: int, *, now: int, exclude: str | None = None
) -> list[Span]:
    """Where no extent of a party this size may lie, in order of start; spans may overlap."""
    claims = counting(diary, now, exclude)
    if by_visit(resource):
        taken: Iterable[Span] = ((c.start, c.end) for c in claims)
        return sorted([*others_busy(diary, exclude), *taken])
    room = capacity(resource) - weight(resource, party)
    # our own events on a capacity calendar are transparent: whatever is busy there is somebody else's
    return sorted([*diary.busy, *overfull(((c.start, c.end, c.party) for c in claims), room)])


def full_days(
    resource: Resource, diary: Diary, zone: Zone, *, now: int, exclude: str | None = None
) -> set[date]:
    """Local dates on which the daily cap is reached."""
    if resource.daily_cap is None:
        return set()
    days = [zone.date(c.service[0]) for c in counted_claims(diary, now, exclude)]
    return {d for d in set(days) if days.count(d) >= resource.daily_cap}


def counted_claims(diary: Diary, now: int, exclude: str | None) -> list[Claim]:
    """A claim on two pages counts on one of them."""
    found = {c.id: c for c in diary.claims if c.counted and c.live(now) and c.id != exclude}
    return list(found.values())
