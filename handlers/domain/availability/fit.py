"""Which services fit into a time that came free, each from the first start it may have there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.domain.availability.diary import NO_DIARY, Diary, counting
from handlers.domain.availability.explain import Asked
from handlers.domain.availability.find import Search
from handlers.domain.availability.working import Working
from handlers.domain.rules.model import Rules, Service
from handlers.domain.slot import Slot, SlotQuery


@dataclass(frozen=True)
class Fitting:
    """`slots`: service -> what it would get. `misfits`: service -> why it gets nothing.

    What may still change for the misfits by itself: `unreadable` says why a calendar can't be read, so that nobody knows;
    `held` is when the first of the holds in their way runs out (epoch s).
    """

    slots: Mapping[str, Slot] = field(default_factory=dict)
    misfits: Mapping[str, str] = field(default_factory=dict)
    unreadable: str = ""
    held: int | None = None


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
    holds: list[int] = []
    unreadable = ""
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
            involved = {r: diaries.get(r, NO_DIARY) for r in _involved(service, resource)}
            unreadable = unreadable or next((d.error for d in involved.values() if d.error), "")
            holds += _holds(rules, involved, asked.extent, now=now, exclude=exclude)
        else:
            needs = asked.needed(resource)
            slots[id_] = Slot(service=id_, resource=resource, start=at, end=asked.end, needs=needs)
    return Fitting(slots, misfits, unreadable, min(holds, default=None))


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


def _involved(service: Service, resource: str) -> list[str]:
    return [resource, *(r for group in service.needs for r in group)]


def _holds(
    rules: Rules, diaries: Mapping[str, Diary], extent: tuple[int, int], *, now: int, exclude: str | None
) -> list[int]:
    """When the holds run out that stand in the way of an extent, or count towards a cap of that day."""
    found: list[int] = []
    for resource, diary in diaries.items():
        capped = rules.resources[resource].daily_cap is not None
        start, end = rules.zone.day(rules.zone.date(extent[0])) if capped else extent
        found += [c.until for c in counting(diary, now, exclude) if c.until and c.meets(start, end)]
    return found


def _too_long(service: Service, start: int, end: int) -> str:
    if service.minutes * 60 > end - start:
        return f"it takes {service.minutes} minutes and {(end - start) // 60} came free"
    return "it has fixed start times, and none falls into it"
