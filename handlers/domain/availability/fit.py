"""Which services fit into a time that came free, each from the first start it may have there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.domain.availability.diary import Diary
from handlers.domain.availability.explain import Asked
from handlers.domain.availability.find import Search
from handlers.domain.availability.working import Working
from handlers.domain.rules.model import Rules, Service
from handlers.domain.slot import Slot, SlotQuery


@dataclass(frozen=True)
class Fitting:
    """`slots`: service -> what it would get. `misfits`: service -> why it gets nothing.
    `unreadable`: why the calendar can't be read, so that nobody knows."""

    slots: Mapping[str, Slot] = field(default_factory=dict)
    misfits: Mapping[str, str] = field(default_factory=dict)
    unreadable: str = ""


def fitting(
    rules: Rules,
    resource: str,
    start: int,
    end: int,
    *,
    diaries: Mapping[str, Diary],
    now: int,
    exclude: str | None = None,
    working: Working | None = None,
) -> Fitting:
    """What `resource` could do in [start, end): the service itself inside it, its buffers wherever the diary is free.

    `exclude` is a claim that doesn't count (the hold of an offer that ends). Only services that `resource` gives.
    """
    slots: dict[str, Slot] = {}
    misfits: dict[str, str] = {}
    for id_, service in rules.services.items():
        if resource not in service.resources:
            continue
        at = first_start(rules, service, start, end)
        if at is None:
            misfits[id_] = _too_long(service, start, end)
            continue
        query = SlotQuery(service=id_, party=service.party.min, resource=resource, exclude=exclude)
        asked = Asked(Search(rules, query, diaries, now, working=working), at)
        if why := asked.obstacle(resource):
            misfits[id_] = why
        else:
            needs = asked.needed(resource)
            slots[id_] = Slot(service=id_, resource=resource, start=at, end=asked.end, needs=needs)
    found = diaries.get(resource)
    return Fitting(slots, misfits, found.error if found else "")


def first_start(rules: Rules, service: Service, start: int, end: int) -> int | None:
    """Where the service would begin in [start, end): at once, or at the first of its fixed starts."""
    last = end - service.minutes * 60
    if not service.starts:
        return start if start <= last else None
    zone = rules.zone
    fixed = (t for day in zone.dates(start, end) for m in service.starts for t in zone.instants(day, m))
    return min((t for t in fixed if start <= t <= last), default=None)


def shortest(rules: Rules, resource: str) -> int | None:
    """Seconds of the shortest service a resource gives; None when it gives none."""
    minutes = [s.minutes for s in rules.services.values() if resource in s.resources]
    return min(minutes) * 60 if minutes else None


def _too_long(service: Service, start: int, end: int) -> str:
    if service.minutes * 60 > end - start:
        return f"it takes {service.minutes} minutes and {(end - start) // 60} came free"
    return "it has fixed start times, and none falls into it"
