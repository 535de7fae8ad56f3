"""Why a start is not offered, in the owner's words: the same filters as `find`, asked about one instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers.domain.availability.diary import Diary, counting, others_busy
from handlers.domain.availability.find import Search, assigned, qualified
from handlers.domain.availability.sweep import clear
from handlers.domain.availability.working import Shift, Working, fixed_starts
from handlers.domain.pages import by_visit
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery
from handlers.domain.zone import hhmm

FREE = "free"


def explain(
    rules: Rules,
    query: SlotQuery,
    diaries: Mapping[str, Diary],
    now: int,
    at: int,
    *,
    working: Working | None = None,
) -> dict[str, str]:
    """For each qualified resource (the one asked for, or all): what keeps the service from starting at `at`
    (epoch s), or "free". The customer's windows are a wish, not a filter. `working` as in `find_slots`. Raises NotFound for an unknown
    service.
    """
    asked = Asked(Search(rules, query, diaries, now, working=working), at)
    names = qualified(rules, query)
    if not names and query.resource:
        return {query.resource: f"does not do {asked.search.service.name}"}
    return {r: asked.reason(r) or FREE for r in names}


class Asked:
    """One start, one query."""

    def __init__(self, search: Search, at: int) -> None:
        self.search, self.at = search, at
        self.rules, self.service, self.query = search.rules, search.service, search.query
        self.zone, self.working = search.rules.zone, search.working
        self.end = at + search.seconds
        self.extent = at - search.before, at + search.after

    def reason(self, resource: str) -> str:
        """Empty when nothing keeps it from starting then."""
        filters: tuple[Callable[[], str], ...] = (
            self._past,
            self._party,
            lambda: self._resource(resource, main=True),
            lambda: self._hours(resource),
            lambda: self._grid(resource),
            self._reach,
            lambda: self._diary(resource),
            lambda: self._cap(resource),
            lambda: self._needs(resource),
        )
        return next((why for check in filters if (why := check())), "")

    def obstacle(self, resource: str) -> str:
        """As `reason`, for a time that came free by itself: neither the grid nor the minimum notice is asked, nor
        whether a party of this size suits."""
        return (
            self._resource(resource, main=False)
            or self._hours(resource)
            or self._diary(resource)
            or self._cap(resource)
            or self._needs(resource)
        )

    def taken(self, resource: str) -> str:
        """What is booked already, so that there is no room, whatever the hours are. To be asked of our own diaries,
        without calendars."""
        if why := self._diary(resource) or self._cap(resource):
            return why
        return "" if self.spare(resource) is not None else "what it needs besides is booked"

    def spare(self, resource: str) -> tuple[str, ...] | None:
        """The further resources it would take, of those that nothing is booked on; None when one is missing."""
        others = {r for group in self.service.needs for r in group} - {resource}
        return assigned(self.service.needs, {r for r in others if not (self._diary(r) or self._cap(r))})

    def needed(self, resource: str) -> tuple[str, ...]:
        """The further resources it would take there, where nothing is missing."""
        others = {r for group in self.service.needs for r in group} - {resource}
        return assigned(self.service.needs, {r for r in others if not self._missing(r)}) or ()

    def _past(self) -> str:
        return "in the past" if self.at < self.search.now else ""

    def _party(self) -> str:
        low, high, party = self.service.party.min, self.service.party.max, self.query.party
        if low <= party <= high:
            return ""
        sizes = f"{low} to {high}" if low < high else f"{low} only"
        return f"{self.service.name} is for parties of {sizes}, not {party}"

    def _resource(self, resource: str, *, main: bool) -> str:
        why = self.search.unsuited(resource, main=main)
        return f"calendar can't be read: {why}" if why and why == self.search.diary(resource).error else why

    def _reach(self) -> str:
        first, last = self.search.bookable
        if self.at < first:
            return f"too soon: minimum notice {_long(self.rules.booking.min_notice)}"
        if self.at >= last:
            return f"beyond the {_horizon(self.rules.booking.horizon)} horizon"
        return ""

    def _shifts(self, resource: str) -> list[Shift]:
        """The shifts this start may belong to."""
        today = self.zone.date(self.at)
        return [s for n in (-1, 0) for s in self.working.shifts(resource, today + timedelta(n))]

    def _inside(self, shift: Shift) -> bool:
        return any(a <= self.at and self.end <= b for a, b in shift.pieces)

    def _hours(self, resource: str) -> str:
        """Whether the service lies in working time, breaks and closures cut out."""
        shifts = self._shifts(resource)
        if any(self._inside(s) for s in shifts):
            return ""
        today = self.zone.date(self.at)
        closed = self.working.closure(today)
        if closed and not any(s.start <= self.at < s.end for s in shifts):
            return f"closed: {closed.reason}" if closed.reason else "closed"
        for shift in shifts:
            if shift.start <= self.at and self.end <= shift.end:
                for gap in self.working.gaps(resource, shift.day, shift.closes):
                    if any(a < self.end and b > self.at for a, b in gap.spans):
                        return f"{gap.reason} {hhmm(gap.start)}-{hhmm(gap.end)}"
        for shift in shifts:
            if shift.start <= self.at < shift.end:
                ends = self._clock(self.end)
                return (
                    f"outside working hours: ends {ends}, after closing {hhmm(shift.closes % 1440 or 1440)}"
                )
        hours = ", ".join(f"{hhmm(a)}-{_close(b)}" for a, b in self.working.hours(resource, today))
        return f"outside working hours ({hours})" if hours else "outside working hours (day off)"

    def _grid(self, resource: str) -> str:
        """Whether the business starts anything at this time of day."""
        shifts = [s for s in self._shifts(resource) if self._inside(s)]
        if any(self.at in run for s in shifts for run in self.working.starts(s, self.service)):
            return ""
        if self.service.starts:
            times = [
                hhmm(m) for m in sorted({m % 1440 for s in shifts for m in fixed_starts(s, self.service)})
            ]
            return f"{self.service.name} starts at {' or '.join(times)}" if times else "no start on this day"
        return f"not on the {self.working.step}-minute grid"

    def _diary(self, resource: str) -> str:
        """Claims first: they are the reason an owner can do something about."""
        search, found = self.search, self.rules.resources[resource]
        if clear([self.at], search.blocked(resource), search.before, search.after):
            return ""
        diary = search.diary(resource)
        claims = [c for c in counting(diary, search.now, self.query.exclude) if c.meets(*self.extent)]
        first, last = self.extent
        busy = [b for b in others_busy(diary, self.query.exclude) if b[0] < last and b[1] > first]
        if claims and by_visit(found):
            claim = claims[0]
            if claim.until is not None:
                return f"held until {self._clock(claim.until)}"
            return f"booked {self._span(*claim.service)}" + self._buffered(claim.service)
        if busy:
            return f"calendar busy {self._span(*busy[0])}" + self._buffered(busy[0])
        return f"full: fewer than {self.query.party} of {found.capacity} places left"

    def _buffered(self, span: tuple[int, int]) -> str:
        """Said where only a buffer is in the way, which is hard to see in a calendar."""
        met = span[0] < self.end and span[1] > self.at
        return "" if met else " (too close, with buffers)"

    def _cap(self, resource: str) -> str:
        full = self.zone.date(self.at) in self.search.full_days(resource)
        return f"daily cap {self.rules.resources[resource].daily_cap} reached" if full else ""

    def _needs(self, resource: str) -> str:
        """Which further resource is missing, and why."""
        others = {r for group in self.service.needs for r in group} - {resource}
        missing = {r: why for r in others if (why := self._missing(r))}
        if assigned(self.service.needs, others - missing.keys()) is not None:
            return ""
        for group in self.service.needs:
            if all(r in missing or r == resource for r in group):
                whys = (f"{self._name(r)}: {missing.get(r, 'is the one booked')}" for r in group)
                return "needs " + "; ".join(whys)
        return "needs " + " and ".join(" or ".join(map(self._name, g)) for g in self.service.needs)

    def _missing(self, resource: str) -> str:
        return (
            self._resource(resource, main=False)
            or self._hours(resource)
            or self._diary(resource)
            or self._cap(resource)
        )

    def _name(self, resource: str) -> str:
        return self.rules.resources[resource].name

    def _clock(self, instant: int) -> str:
        """Wall time, with the date where it isn't that of the start."""
        local = self.zone.local(instant)
        near = local.date() == self.zone.date(self.at)
        return f"{local:%H:%M}" if near else f"{local.day} {local:%b %H:%M}"

    def _span(self, start: int, end: int) -> str:
        midnight = self.zone.day(self.zone.date(self.at))[1]
        return f"{self._clock(start)}-{'24:00' if end == midnight else self._clock(end)}"


def _close(minutes: int) -> str:
    return hhmm(minutes if minutes <= 1440 else minutes % 1440)


def _long(seconds: int) -> str:
    """`2h` for 7200, as the owner writes it."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _horizon(seconds: int) -> str:
    return f"{seconds // 86_400}-day" if seconds % 86_400 == 0 else f"{seconds // 3600}-hour"
