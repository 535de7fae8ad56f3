"""Two statements about the same visit: the narrower wins, halves are completed, contradictions give None."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading.parts import Span, by_part
from handlers.domain.reading.scan import Days, Scan, add_days, safe_date


def meet_days(scan: Scan, left: Days, right: Days) -> Days | None:
    """`next week` with `Tuesday`, `Monday` with `1 April`, `the 5th` with `June`, `after Tuesday` with `before Friday`."""
    kinds = left.loose[0], right.loose[0]
    for loose, whole in ((left, right), (right, left)):
        if loose.loose[0] in ("weekday", "this") and not whole.single and whole.first and whole.last:
            return _weekday_inside(scan, loose, whole)
        if loose.loose[0] in ("weekdays", "weekend") and whole.loose[0] in ("week", "month") and whole.first:
            return Days(
                whole.first, whole.last, (f"{loose.loose[0]} of", 0), sure=min(loose.sure, whole.sure)
            )
        exact = whole.single and whole.loose[0] != "weekday"
        if loose.loose[0] == "weekday" and exact and whole.first and whole.first.weekday() == loose.loose[1]:
            return whole
        if loose.loose[0] == "dom" and whole.loose[0] == "month" and whole.first:
            found = safe_date(whole.first.year, whole.first.month, loose.loose[1])
            return Days(found, found) if found else None
    if kinds == ("month", "month"):
        return left if left.first == right.first else None
    return _overlap(left, right)


def _weekday_inside(scan: Scan, loose: Days, whole: Days) -> Days | None:
    if not whole.first or not whole.last:
        return None
    if loose.every and (whole.last - whole.first).days > 7:
        return Days(max(whole.first, scan.today), whole.last, ("each", loose.loose[1]), sure=loose.sure)
    start = max(whole.first, scan.today) if whole.last >= scan.today else whole.first
    day = start + timedelta(days=(loose.loose[1] - start.weekday()) % 7)
    return Days(day, day, sure=min(loose.sure, whole.sure)) if day <= whole.last else None


def _overlap(left: Days, right: Days) -> Days | None:
    first = max(filter(None, (left.first, right.first)), default=None)
    last = min(filter(None, (left.last, right.last)), default=None)
    if first and last and first > last:
        return None
    keep = left if (left.first, left.last) == (first, last) else right
    return Days(first, last, keep.loose, left.past or right.past, min(left.sure, right.sure))


def meet_spans(left: Span, right: Span) -> Span | None:
    """`this morning` with `at 10`, `after 3` with `before 6`; two different points give None."""
    for part, point in ((left, right), (right, left)):
        if part.vague and not point.vague:
            return _placed(part, point)
    if left.vague and right.vague:
        low, high = max(left.lo or 0, right.lo or 0), min(left.hi or 1440, right.hi or 1440)
        return Span(low, high, vague=True, name=right.name) if low < high else None
    opens = (left.lo is None) + (left.hi is None) + (right.lo is None) + (right.hi is None)
    if opens == 2 and (left.lo is None) != (right.lo is None):
        lo = left.lo if left.lo is not None else right.lo
        hi = left.hi if left.hi is not None else right.hi
        return Span(lo, hi, known=left.known and right.known, bare=left.bare or right.bare)
    if (left.lo, left.hi) == (right.lo, right.hi):
        return left if left.known else right
    return None


def _placed(part: Span, point: Span) -> Span | None:
    """A clock time inside a part of the day takes its half of the day; a part against an am/pm loses."""
    if point.known:
        return point
    low = by_part(point.lo, part) if point.lo is not None else None
    high = by_part(point.hi, part) if point.hi is not None else None
    if low is not None and high is not None and high < low:
        high += 720
    if high is not None and high > 1440:
        return None
    if low is None and high is not None:
        low = part.lo if part.lo is not None and part.lo < high else None
    elif high is None and low is not None:
        high = part.hi if part.hi is not None and part.hi > low else None
    return Span(low, high, bare=point.bare)


def without(days: Days, banned: list[Days], today: date, *, most: int) -> list[Days]:
    """`days` less the banned ones, as stretches. An open end is cut two weeks on so that a banned weekday stays out."""
    first = days.first or today
    recurring = any(ban.loose[0] in ("weekday", "weekend", "weekdays") for ban in banned)
    horizon = add_days(max(first, today), 13)
    last = days.last or (horizon if recurring else None)
    found: list[Days] = []
    start: date | None = first
    day = first
    end = min(last, add_days(first, 370)) if last else max([b.last for b in banned if b.last], default=first)
    while day <= end and len(found) < most:
        if any(_bans(ban, day) for ban in banned):
            if start and start < day:
                found.append(Days(start, add_days(day, -1), sure=days.sure))
            start = None
        elif start is None:
            start = day
        day = add_days(day, 1)
    if last is None:
        found.append(Days(start or day, None, sure=days.sure))
    elif start and start <= last:
        found.append(Days(start, last, sure=days.sure))
    return found


def _bans(ban: Days, day: date) -> bool:
    kind, value = ban.loose
    if kind == "weekday":
        return day.weekday() == value
    if kind == "weekend":
        return day.weekday() > 4
    if kind == "weekdays":
        return day.weekday() < 5
    return (ban.first is None or ban.first <= day) and (ban.last is None or day <= ban.last)
