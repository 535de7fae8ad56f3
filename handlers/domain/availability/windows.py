"""A customer's windows as spans of start times.

Dates are inclusive. A start must show a wall time in [time_from, time_to) on one of them; an exact time must be met
to the minute. `time_to` at or before `time_from` runs past midnight (20:00-02:00) and belongs to the date it began.
"""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.availability.sweep import Span, merged, within
from handlers.domain.availability.wall import Wall
from handlers.domain.errors import InputError
from handlers.domain.slot import Window


def wanted(windows: tuple[Window, ...], wall: Wall, span: Span) -> list[Span]:
    """Where a start may lie: in some window (anywhere, when there are none) and in `span`; in order, disjoint."""
    if not windows:
        return merged([span])
    return merged(s for w in windows for s in spans(w, wall, span))


def spans(window: Window, wall: Wall, span: Span) -> list[Span]:
    """The starts `window` allows inside `span`."""
    low, high = span
    if low >= high:
        return []
    first, last = wall.zone.date(low) - timedelta(1), wall.zone.date(high - 1)
    first = max(first, _date(window.date_from) or first)
    last = min(last, _date(window.date_to) or last)
    start, end = times(window)
    found: list[Span] = []
    for n in range((last - first).days + 1):
        found += wall.reach(first + timedelta(n), start, end)
    return [(max(a, low), min(b, high)) for a, b in merged(found) if a < high and b > low]


def missed(windows: tuple[Window, ...], wall: Wall, span: Span) -> list[Span]:
    """What to come near to when no window holds a start in `span` (gone by, too far off, in a skipped hour): the same
    times on the date in `span` that is closest."""
    zone = wall.zone
    first, last = zone.date(span[0]), zone.date(span[1] - 1)
    found: list[Span] = []
    for window in windows:
        day = min(max(_date(window.date_from) or first, first), last)
        start, end = times(window)
        found += wall.reach(day, start, end) or [zone.day(day)]
    return merged(found) or [span]


def times(window: Window) -> Span:
    """[from, to) in wall minutes; an exact time is one minute long."""
    start = _minutes(window.time_from) or 0
    if window.exact or (window.time_from and window.time_from == window.time_to):
        return start, start + 1
    end = 1440 if window.time_to is None else _minutes(window.time_to) or 0
    return start, end if end > start else end + 1440


def fits_whole(
    starts: list[int], windows: tuple[Window, ...], wall: Wall, span: Span, seconds: int
) -> set[int]:
    """Those of `starts` whose service also ends by the end of a window (an exact time has no end)."""
    inside: set[int] = set()
    for window in windows:
        for a, b in spans(window, wall, span):
            exact = b - a <= 60
            inside.update(within(starts, [(a, b if exact else max(a, b - seconds + 1))]))
    return inside


def _minutes(text: str | None) -> int | None:
    if text is None:
        return None
    hour, _, minute = text.partition(":")
    if not (
        hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= 1440
    ):
        raise InputError("windows", f"write a time like 14:30, not {text!r}")
    return int(hour) * 60 + int(minute)


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("windows", f"write a date like 2026-05-05, not {text!r}") from None
