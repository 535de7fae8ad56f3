"""Ranges on the clock: 3-5pm, from 9:30 to 11, between 2 and 4, 1440-1825, between now and eight."""

from __future__ import annotations

from handlers.domain.reading.clock import Clock, clock
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.parts import Span, Timed, by_part, day_part
from handlers.domain.reading.scan import Scan

ABOUT = words("at @ around about approx approximately circa ~ roughly say like exactly ard")
AFTER_HOUR = words(
    "on in at for with or and to till until if please works work would is will but so works thanks cheers onwards "
    "onward then latest earliest tho though i as because works- instead can could should sharp ideally"
)
_SEPARATORS = words("- to til till until untill thru through")


def between(scan: Scan, at: int) -> Timed | None:
    tokens = scan.tokens
    if tokens.word(at) == "now":
        end = clock(scan, at + 2) if tokens.word(at + 1) in ("and", "to", "-") else None
        if not end:
            return None
        now = scan.now.hour * 60 + scan.now.minute
        return Span(now, _next_after(end, now), name="now"), end.after
    return clock_range(scan, at, introduced=True, joined=True)


def clock_range(scan: Scan, at: int, *, introduced: bool, joined: bool = False) -> Timed | None:
    """`3-5pm`, `9:30 to 11`, `1440-1825`; `introduced` by at / from / between, or by standing next to a day."""
    tokens = scan.tokens
    first = clock(scan, at)
    if not first:
        return None
    index = first.after
    part = None
    if not first.known and joins(scan, index):
        part = day_part(scan, index, qualified=False)
        index = part[1] if part else index
    index += tokens.word(index) == "up" and tokens.word(index + 1) in ("to", "until", "till")
    separator = tokens.word(index)
    if separator not in _SEPARATORS and not (joined and separator in ("and", "&")):
        return None
    index += 1 + (tokens.word(index + 1) in ABOUT)
    second = clock(scan, index)
    if not second:
        return None
    if not _credible_range(scan, at, first, second, introduced=introduced):
        return None
    after = second.after
    behind = day_part(scan, after, qualified=False) if joins(scan, after) and not second.known else None
    if behind:
        second.minutes, second.known, after = by_part(second.minutes, behind[0]), True, behind[1]
    if part:
        first.minutes, first.known = by_part(first.minutes, part[0]), True
    return _paired(first, second), after


def _credible_range(scan: Scan, at: int, first: Clock, second: Clock, *, introduced: bool) -> bool:  # noqa: PLR0911 - one return for each form it may take
    tokens = scan.tokens
    if (
        second.bare
        and tokens.kind(second.after) in ("word", "unit", "month")
        and (tokens.kind(second.after) != "word" or tokens.word(second.after) not in AFTER_HOUR)
    ):
        return False
    if first.strong or (second.strong and second.known):
        return True
    if tokens.kind(at) == "num" and len(tokens.word(at)) == 3 and not introduced:
        return False
    if len(tokens.word(at)) == 4 and len(tokens.word(second.after - 1)) == 4:
        return tokens.kind(at) == "num" and first.known is not None
    if tokens.kind(at) == "pair" or tokens.kind(second.after - 1) == "pair":
        return introduced or tokens.kind(at - 1) == "part" or scan.dated == at
    if introduced or second.strong:
        return True
    return tokens.kind(second.after) in ("weekday", "next", "this", "relative", "tonight", "part") or (
        tokens.word(second.after) in ("on", "tomorrow", "today")
    )


def _paired(first: Clock, second: Clock) -> Span:
    """Both ends in the same reading of the day: the one that names its half decides for the other."""
    bare = first.bare or second.bare
    low, high = first.minutes, second.minutes
    if first.known and second.known:
        return Span(low, high if high or not low else 1440)
    if first.known:
        return Span(low, _next_after(second, low))
    if second.known:
        twelve = low % 720
        candidates = [t for t in (twelve + 720, twelve) if t < (high or 1440)]
        return Span(candidates[0] if candidates else low, high or 1440)
    return Span(low, high, known=False, bare=bare)


def _next_after(point: Clock, start: int) -> int:
    if point.known:
        return point.minutes
    twelve = point.minutes % 720
    return next((t for t in (twelve, twelve + 720) if t > start), point.minutes)


def joins(scan: Scan, at: int) -> bool:
    """A part of the day right behind a clock time names its half; `this evening` and `tonight` are days as well."""
    tokens = scan.tokens
    return tokens.kind(at) == "part" or tokens.word(at) in ("in", "at", "early", "late")
