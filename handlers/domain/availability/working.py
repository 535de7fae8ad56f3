"""When a resource works, as instants: its week, date overrides, breaks and closures.

A shift is one range of hours on one date; it belongs to that date even where it runs past midnight. An override
replaces the date's ranges, a whole-day closure removes the shifts that belong to the date (whoever works them).
Breaks and closures of a few hours are cut out of whatever shift the wall then shows, on every date they touch, and
leave the grid as it was: it counts from the shift's opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from handlers.domain.availability.sweep import Grid, Run, Span, subtracted
from handlers.domain.availability.wall import Wall
from handlers.domain.pages import by_visit
from handlers.domain.rules.model import Closure, Interval, Resource, Rules, Service

GRIDS = 64
"""Grids kept at most; a day's searches ask for the same few dates again and again."""


class Shift(NamedTuple):
    """One range of hours on one date; a tuple because a search makes hundreds."""

    day: date
    opens: int
    """Wall minutes of `day`, as `closes`."""
    closes: int
    start: int
    """Instants, as `end`."""
    end: int
    calm: bool
    """Whether the clocks stand still from `start` to `end`."""
    pieces: tuple[Span, ...]
    """What is left of it without breaks and partial closures."""


class Gap(NamedTuple):
    """Time cut out of a shift, and what to call it; `start`, `end` are wall minutes."""

    reason: str
    start: int
    end: int
    spans: tuple[Span, ...]


class Pattern(NamedTuple):
    """When somebody works; equal for resources that always work at the same times."""

    week: dict[int, tuple[Interval, ...]]
    overrides: dict[date, tuple[Interval, ...]]
    breaks: tuple[Interval, ...]


class Working:
    """Working hours by resource and date, worked out once; resources with equal hours share them."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.wall = Wall(rules.zone)
        self.step = max(1, rules.booking.step // 60)
        """Of the grid, in minutes."""
        self._patterns: list[Pattern] = []
        self._numbers: dict[str, int] = {}
        self._shifts: dict[tuple[int, date], tuple[Shift, ...]] = {}
        self._grids: dict[tuple[int, int, tuple[int, ...], tuple[date, ...]], Grid] = {}
        self._whole = [c for c in rules.closures if not c.hours]
        self._partial = [c for c in rules.closures if c.hours]

    def pattern(self, resource_id: str) -> int:
        """The same number for resources that always work at the same times."""
        number = self._numbers.get(resource_id)
        if number is None:
            found = self.rules.resources[resource_id]
            overrides = {o.date: o.hours for o in found.overrides}
            pattern = Pattern(self.rules.week(resource_id), overrides, found.breaks)
            if pattern not in self._patterns:
                self._patterns.append(pattern)
            number = self._numbers[resource_id] = self._patterns.index(pattern)
        return number

    def closure(self, day: date) -> Closure | None:
        """What closes the whole of `day`."""
        return next((c for c in self._whole if c.first <= day <= c.last), None) if self._whole else None

    def hours(self, resource_id: str, day: date) -> tuple[Interval, ...]:
        """Of that date, before breaks and closures."""
        pattern = self._patterns[self.pattern(resource_id)]
        if day in pattern.overrides:
            return pattern.overrides[day]
        return pattern.week.get(day.weekday(), ())

    def shifts(self, resource_id: str, day: date) -> tuple[Shift, ...]:
        """The shifts that belong to `day`, closures applied."""
        key = self.pattern(resource_id), day
        found = self._shifts.get(key)
        if found is None:
            hours = () if self.closure(day) else self.hours(resource_id, day)
            made = [self._shift(day, opens, closes) for opens, closes in hours]
            if self._partial or self._patterns[key[0]].breaks:
                made = [self._cut(resource_id, shift) for shift in made]
            found = self._shifts[key] = tuple(made)
        return found

    def _shift(self, day: date, opens: int, closes: int) -> Shift:
        start, end, calm = self.wall.span(day, opens, closes)
        return Shift(day, opens, closes, start, end, calm, ((start, end),) if start < end else ())

    def _cut(self, resource_id: str, shift: Shift) -> Shift:
        gaps = [s for gap in self.gaps(resource_id, shift.day, shift.closes) for s in gap.spans]
        return shift._replace(pieces=tuple(subtracted(shift.pieces, gaps)))

    def gaps(self, resource_id: str, day: date, closes: int = 1440) -> Iterator[Gap]:
        """Breaks and partial closures that a shift of `day` may meet, those of the dates around it included."""
        breaks = self.rules.resources[resource_id].breaks
        for n in range(-1, (closes + 1439) // 1440 + 1):
            near = day + timedelta(n)
            for a, b in breaks:
                yield Gap("break", a, b, tuple(self.wall.reach(near, a, b)))
            for c in self._partial:
                if c.first <= near <= c.last:
                    for a, b in c.hours:
                        reason = f"closed: {c.reason}" if c.reason else "closed"
                        yield Gap(reason, a, b, tuple(self.wall.reach(near, a, b)))

    def runs(self, resource_id: str, days: Iterable[date], service: Service) -> list[Run]:
        """The starts at which the service itself (not its buffers) lies inside a shift, outside breaks."""
        return [
            r for day in days for shift in self.shifts(resource_id, day) for r in self.starts(shift, service)
        ]

    def grid(self, resource_id: str, days: Sequence[date], service: Service) -> Grid:
        """The same, ready to be cut; shared by resources that always work at the same times, and by later searches."""
        key = self.pattern(resource_id), service.minutes, service.starts, tuple(days)
        found = self._grids.get(key)
        if found is None:
            if len(self._grids) >= GRIDS:
                self._grids.pop(next(iter(self._grids)), None)
            found = self._grids[key] = Grid(self.runs(resource_id, days, service))
        return found

    def starts(self, shift: Shift, service: Service) -> list[Run]:
        """Those of one shift: the service's own times, or every `step` minutes of wall time from the opening."""
        seconds, step = service.minutes * 60, self.step
        if service.starts:
            return [self.wall.starts(shift.day, fixed_starts(shift, service), shift.pieces, seconds)]
        if not shift.calm:
            grid = range(shift.opens, shift.closes, step)
            return [self.wall.starts(shift.day, grid, shift.pieces, seconds)]
        first, pace = shift.start, step * 60
        return [range(a + (first - a) % pace, b - seconds + 1, pace) for a, b in shift.pieces]

    def pieces(self, resource_id: str, days: Iterable[date]) -> list[Span]:
        """When it works on `days`, breaks cut out. Ranges that touch stay apart: nothing is served across them."""
        return [p for day in days for shift in self.shifts(resource_id, day) for p in shift.pieces]


def fixed_starts(shift: Shift, service: Service) -> list[int]:
    """The service's own start times that fall into the shift's hours, as wall minutes of the shift's date."""
    return [
        m + 1440 * n
        for n in range(shift.closes // 1440 + 1)
        for m in service.starts
        if shift.opens <= m + 1440 * n < shift.closes
    ]


def too_small(resource: Resource, party: int, down_fit: int | None) -> str:
    """Why this resource does not suit a party of this size; "" when it does."""
    seats, spare = resource.seats, down_fit
    if not by_visit(resource) and party > resource.capacity:
        return f"party of {party} is more than {resource.capacity} places"
    if seats is not None and party > seats:
        return f"party of {party} is more than {seats} seats"
    if seats is not None and spare is not None and seats - party > spare:
        return f"{seats} seats are too many for a party of {party} (at most {spare} to spare)"
    return ""
