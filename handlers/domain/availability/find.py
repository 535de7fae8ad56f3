"""Every slot that obeys the rules, the calendars and our own diary: the first four of the five filters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from handlers.domain.availability.diary import NO_DIARY, Diary, blocked, full_days
from handlers.domain.availability.sweep import Span, clear, subtracted, within
from handlers.domain.availability.windows import wanted
from handlers.domain.availability.working import Working, too_small
from handlers.domain.errors import NotFound
from handlers.domain.rules.model import Rules, Service
from handlers.domain.slot import Slot, SlotQuery


def find_slots(
    rules: Rules,
    query: SlotQuery,
    diaries: Mapping[str, Diary],
    now: int,
    span: Span | None = None,
    *,
    working: Working | None = None,
) -> tuple[Slot, ...]:
    """Every slot the query allows, by start, then in the service's order of resources.

    Starts lie in the windows (any time when there are none), from the minimum notice to the horizon, and in `span`
    when given. A resource without a diary has nothing against it. `working` is what an earlier search with the same
    rules worked out. Raises NotFound for an unknown service.
    """
    return Search(rules, query, diaries, now, working=working).slots(span)


def service_of(rules: Rules, query: SlotQuery) -> Service:
    if query.service not in rules.services:
        raise NotFound("service", query.service)
    return rules.services[query.service]


def bookable(rules: Rules, now: int) -> Span:
    """Where a start may lie at all: from the minimum notice up to and including the horizon."""
    return now + rules.booking.min_notice, now + rules.booking.horizon + 1


def qualified(rules: Rules, query: SlotQuery) -> tuple[str, ...]:
    """Who may be booked for the service: the one asked for, or all in the owner's order."""
    service = service_of(rules, query)
    return tuple(r for r in service.resources if query.resource in (None, r))


def involved(rules: Rules, query: SlotQuery) -> tuple[str, ...]:
    """Every resource whose diary matters: the qualified ones and whatever the service needs besides."""
    needs = (r for group in service_of(rules, query).needs for r in group)
    return tuple(dict.fromkeys([*qualified(rules, query), *needs]))


class Search:
    """One query against one state of the diaries."""

    def __init__(
        self,
        rules: Rules,
        query: SlotQuery,
        diaries: Mapping[str, Diary],
        now: int,
        *,
        working: Working | None = None,
        seconds: int | None = None,
    ) -> None:
        """`seconds` is how long the service takes this time, if not as long as usual."""
        self.rules, self.query, self.diaries, self.now = rules, query, diaries, now
        self.service = service_of(rules, query)
        self.working = working or Working(rules)
        self.seconds = seconds or self.service.minutes * 60
        self.before = self.service.buffer_before * 60
        self.after = self.seconds + self.service.buffer_after * 60
        self.bookable = bookable(rules, now)

    def slots(self, span: Span | None = None) -> tuple[Slot, ...]:
        party = self.service.party
        low, high = self.bookable
        if span:
            low, high = max(low, span[0]), min(high, span[1])
        if not party.min <= self.query.party <= party.max or low >= high:
            return ()
        starts_in = wanted(self.query.windows, self.working.wall, (low, high))
        days = self._days(starts_in)
        found: list[tuple[int, int, Slot]] = []
        for order, resource in enumerate(qualified(self.rules, self.query)):
            for start, needs in self._of(resource, starts_in, days):
                slot = Slot(
                    service=self.query.service,
                    resource=resource,
                    start=start,
                    end=start + self.seconds,
                    needs=needs,
                )
                found.append((start, order, slot))
        found.sort(key=lambda f: f[:2])
        return tuple(slot for _, _, slot in found)

    def _days(self, spans: Iterable[Span]) -> list[date]:
        """The dates whose shifts can hold such starts: those it touches, and before each the one that may run on."""
        dates = {d for a, b in spans for d in self.rules.zone.dates(a, b)}
        return sorted(dates | {d - timedelta(1) for d in dates})

    def _of(
        self, resource: str, spans: Sequence[Span], days: Sequence[date]
    ) -> list[tuple[int, tuple[str, ...]]]:
        """The starts on one resource, each with the further resources it takes."""
        if self.unsuited(resource, main=True):
            return []
        free = self.working.grid(resource, days, self.service).free(
            self.blocked(resource), self.before, self.after
        )
        starts = self._under_cap(resource, within(free, spans))
        return self._with_needs(resource, starts, days) if self.service.needs else [(t, ()) for t in starts]

    def unsuited(self, resource: str, *, main: bool) -> str:
        """Why the resource can take no such party at any time; "" when it can. A further resource has to have
        room for the party but may be as large as it likes."""
        found = self.rules.resources[resource]
        down_fit = self.rules.booking.down_fit if main else None
        return too_small(found, self.query.party, down_fit) or self.diary(resource).error

    def diary(self, resource: str) -> Diary:
        return self.diaries.get(resource, NO_DIARY)

    def blocked(self, resource: str) -> list[Span]:
        return blocked(
            self.rules.resources[resource],
            self.diary(resource),
            self.query.party,
            now=self.now,
            exclude=self.query.exclude,
        )

    def full_days(self, resource: str) -> set[date]:
        found = self.rules.resources[resource]
        zone, exclude = self.rules.zone, self.query.exclude
        return full_days(found, self.diary(resource), zone, now=self.now, exclude=exclude)

    def _under_cap(self, resource: str, starts: list[int]) -> list[int]:
        full = self.full_days(resource)
        if not full or not starts:
            return starts
        days = [self.rules.zone.day(d) for d in full]
        return within(starts, subtracted([(starts[0], starts[-1] + 1)], days))

    def _with_needs(
        self, resource: str, starts: list[int], days: Sequence[date]
    ) -> list[tuple[int, tuple[str, ...]]]:
        others = dict.fromkeys(r for group in self.service.needs for r in group)
        free = {r: set(self._free_too(r, starts, days)) for r in others if r != resource}
        found = []
        for t in starts:
            needs = assigned(self.service.needs, {r for r, at in free.items() if t in at})
            if needs is not None:
                found.append((t, needs))
        return found

    def _free_too(self, resource: str, starts: list[int], days: Sequence[date]) -> list[int]:
        """Those of `starts` at which a further resource works and is free for the whole extent."""
        if self.unsuited(resource, main=False):
            return []
        pieces = self.working.pieces(resource, days)
        works = sorted({t for a, b in pieces for t in _between(starts, a, b - self.seconds)})
        return self._under_cap(resource, clear(works, self.blocked(resource), self.before, self.after))


def _between(starts: Sequence[int], first: int, last: int) -> Sequence[int]:
    return starts[bisect_left(starts, first) : bisect_left(starts, last + 1)]


def assigned(needs: Sequence[Sequence[str]], free: set[str]) -> tuple[str, ...] | None:
    """One free resource for each need, none twice, the owner's first choice first; None when that can't be."""
    if not needs:
        return ()
    for choice in needs[0]:
        if choice in free:
            rest = assigned(needs[1:], free - {choice})
            if rest is not None:
                return (choice, *rest)
    return None
