"""Time that came free on a resource, cut down to what somebody can be given in it.

What is left lies in working time, outside every calendar event and claim, and holds at least one start of one of the
resource's services: the start the slot engine would offer, buffers and grid included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from handlers.domain.availability.diary import Diary, blocked, counting, full_days
from handlers.domain.availability.sweep import Span, merged, subtracted
from handlers.domain.availability.working import Shift, Working
from handlers.domain.pages import by_visit, capacity, peak
from handlers.domain.rules.model import Service


class Freed(NamedTuple):
    """[`start`, `end`) can be given to somebody; it begins with a start that can be booked.

    `extent` is how far the buffers around it may reach. `seats`: how many may come.
    """

    start: int
    end: int
    extent: Span
    seats: int


def came_free(
    working: Working, resource_id: str, spans: Iterable[Span], diary: Diary, now: int
) -> list[Freed]:
    """What can be given of `spans`, by start: from now to the horizon, one for each stretch of a shift.

    `diary` is how things stand now: whole local dates of claims, and the calendar without what went. An unreadable
    calendar gives nothing.
    """
    services = [s for s in working.rules.services.values() if resource_id in s.resources]
    horizon = now + working.rules.booking.horizon
    free = merged((max(a, now), min(b, horizon)) for a, b in spans)
    if not services or not free or diary.error:
        return []
    search = _Search(working, resource_id, services, diary, now)
    return sorted(search.found(free))


class _Search:
    def __init__(
        self, working: Working, resource_id: str, services: list[Service], diary: Diary, now: int
    ) -> None:
        self.working, self.id, self.services = working, resource_id, services
        self.resource = working.rules.resources[resource_id]
        self.taken = merged(blocked(self.resource, diary, 1, now=now))
        self.claims = counting(diary, now, None)
        self.full = full_days(self.resource, diary, working.rules.zone, now=now)
        self.before = max(s.buffer_before for s in services) * 60
        self.after = max(s.buffer_after for s in services) * 60

    def found(self, free: list[Span]) -> Iterator[Freed]:
        for day in self._days(free):
            for shift in self.working.shifts(self.id, day):
                meets = [(max(a, c), min(b, d)) for a, b in shift.pieces for c, d in free if a < d and c < b]
                for a, b in subtracted(meets, self.taken):
                    if freed := self._fitted(shift, a, b):
                        yield freed

    def _days(self, free: list[Span]) -> list[date]:
        """The dates whose shifts it can touch: before each the one that may run on."""
        dates = {d for a, b in free for d in self.working.rules.zone.dates(a, b)}
        return sorted(dates | {d - timedelta(1) for d in dates})

    def _fitted(self, shift: Shift, a: int, b: int) -> Freed | None:
        low = max([a - self.before, *(end for _, end in self.taken if end <= a)])
        high = min([b + self.after, *(start for start, _ in self.taken if start >= b)])
        starts = [t for s in self.services for t in self._first(shift, s, (a, b), (low, high))]
        if not starts:
            return None
        start = min(starts)
        return Freed(start, b, (max(low, start - self.before), high), self._seats(start, b))

    def _first(self, shift: Shift, service: Service, inside: Span, reach: Span) -> list[int]:
        """Its first start with the service in `inside` and the buffers in `reach`; none when there is none."""
        first = max(inside[0], reach[0] + service.buffer_before * 60)
        last = min(inside[1], reach[1] - service.buffer_after * 60) - service.minutes * 60
        zone = self.working.rules.zone
        for run in self.working.starts(shift, service):
            for t in run[bisect_left(run, first) :]:
                if t > last:
                    break
                if zone.date(t) not in self.full:
                    return [t]
        return []

    def _seats(self, start: int, end: int) -> int:
        if by_visit(self.resource):
            return self.resource.seats or 1
        return capacity(self.resource) - peak(self.claims, start, end)
