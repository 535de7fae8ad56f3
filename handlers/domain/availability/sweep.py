"""The core of the slot engine: sorted instants against sorted spans, in plain integers.

An instant is epoch seconds, a span is half-open `(start, end)`. Nothing here knows a zone, a rule or a person.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import gcd
from operator import itemgetter

Span = tuple[int, int]
Run = range | Sequence[int]
"""Start times in rising order; a `range` where they are evenly spaced."""

MARGIN = 3 * 86_400
"""Seconds a table reaches beyond its first and last start: more than the longest service (24 h) and both of the
longest buffers (12 h each), so that a block cut off there removes what the whole one would."""


class Grid:
    """Start times that every resource with the same hours shares, ready to be cut by each one's own blocks.

    `_before[k]` is how many starts lie before `_origin + k * _unit`, so a block finds the first and last start it
    removes by two look-ups, and what stays between two blocks is copied as one slice.
    """

    __slots__ = ("_before", "_origin", "_unit", "starts")

    def __init__(self, runs: Iterable[Run]) -> None:
        """`runs` in any order; a start that comes twice counts once."""
        ordered = sorted([r for r in runs if r], key=itemgetter(0))
        if any([a[-1] >= b[0] for a, b in pairwise(ordered)]):  # noqa: C419 - a list is faster, and they rarely do
            ordered = [sorted({t for r in ordered for t in r})]
        self.starts: list[int] = []
        if not ordered:
            return
        first = ordered[0][0]
        unit = gcd(*[run[0] - first for run in ordered], *{g for run in ordered for g in _gaps(run)}) or 60
        self._unit = unit
        self._origin = first - MARGIN // unit * unit
        self._before = self._counted(ordered)

    def _counted(self, runs: Iterable[Run]) -> list[int]:
        unit, starts, table = self._unit, self.starts, [0]
        reached, count = self._origin, 0  # the table tells of everything up to here
        for run in runs:
            starts += run
            even = isinstance(run, range) and run.step == unit
            for part in (run,) if even else [[t] for t in run]:
                table += [count] * ((part[0] - reached) // unit)
                table += range(count + 1, (count := count + len(part)) + 1)
                reached = part[-1] + unit
        table += [count] * (MARGIN // unit)
        return table

    def free(self, blocked: Sequence[Span], before: int, after: int) -> list[int]:
        """The starts t for which [t - before, t + after) meets no span of `blocked`.

        `blocked` is in order of start; spans may overlap. `after` counts the service and the buffer behind it.
        """
        if not self.starts:
            return []
        if blocked and blocked[0][0] - after < self._origin:
            blocked = self._clipped(blocked, before, after)
        try:
            return self._cut(blocked, before, after)
        except IndexError:  # a span runs on past the table
            return self._cut(self._clipped(blocked, before, after), before, after)

    def _clipped(self, blocked: Iterable[Span], before: int, after: int) -> list[Span]:
        low = self._origin + after
        high = self._origin + (len(self._before) - 2) * self._unit - before
        return [(max(a, low), min(b, high)) for a, b in blocked if a < high and b > low]

    def _cut(self, blocked: Iterable[Span], before: int, after: int) -> list[int]:
        starts, table, unit = self.starts, self._before, self._unit
        last = unit - self._origin - after  # rounds up: starts <= a - after stay
        next_ = unit - 1 - self._origin + before  # starts >= b + before stay
        kept: list[int] = []
        at = 0
        for a, b in blocked:
            if (stop := table[(a + last) // unit]) > at:
                kept += starts[at:stop]
            if (go_on := table[(b + next_) // unit]) > at:
                at = go_on
        kept += starts[at:]
        return kept


def _gaps(run: Run) -> Iterable[int]:
    if isinstance(run, range):
        return (run.step,) if len(run) > 1 else ()
    return [b - a for a, b in pairwise(run)]


def clear(starts: Sequence[int], blocked: Iterable[Span], before: int, after: int) -> list[int]:
    """As `Grid.free`, for a few starts that are not worth a table."""
    kept: list[int] = []
    at = 0
    for a, b in blocked:
        stop = bisect_right(starts, a - after, at)
        kept += starts[at:stop]
        at = bisect_left(starts, b + before, stop)
    kept += starts[at:]
    return kept


def within(starts: Sequence[int], spans: Iterable[Span]) -> list[int]:
    """The starts inside one of `spans` (in order, disjoint)."""
    kept: list[int] = []
    for a, b in spans:
        kept += starts[bisect_left(starts, a) : bisect_left(starts, b)]
    return kept


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order and disjoint; spans that touch become one, empty ones go."""
    done: list[Span] = []
    for a, b in sorted(spans):
        if done and a <= done[-1][1]:
            if b > done[-1][1]:
                done[-1] = (done[-1][0], b)
        elif a < b:
            done.append((a, b))
    return done


def subtracted(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """`spans` (in order) without what lies in `holes`."""
    cuts = merged(holes)
    left: list[Span] = []
    for start, end in spans:
        at = start
        for a, b in cuts:
            if b <= at or a >= end:
                continue
            if a > at:
                left.append((at, a))
            at = b
        if at < end:
            left.append((at, end))
    return left


def overfull(loads: Iterable[tuple[int, int, int]], room: int) -> list[Span]:
    """Where the loads (start, end, size) add up to more than `room` (0 or more)."""
    steps: dict[int, int] = {}
    for start, end, size in loads:
        steps[start] = steps.get(start, 0) + size
        steps[end] = steps.get(end, 0) - size
    found: list[Span] = []
    load, since = 0, None
    for at in sorted(steps):
        load += steps[at]
        if since is None and load > room:
            since = at
        elif since is not None and load <= room:
            found.append((since, at))
            since = None
    return found
