"""Parts of longer stretches: the end of next month, early March, the first Monday of June, Q3, the second half of May."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading.holidays import nth_weekday
from handlers.domain.reading.numbers import ordinal
from handlers.domain.reading.scan import Days, Scan, add_days, add_months, month_end, one
from handlers.domain.reading.weekdays import calendar_day
from handlers.domain.reading.weeks import STEPS, Found, stepped, stepped_month, whole_unit

_EDGES = {
    "beginning": 0, "start": 0, "early": 0, "first": 0, "second": 2,
    "middle": 1, "mid": 1,
    "end": 2, "late": 2, "back": 2,
}  # fmt: skip


def quarter(scan: Scan, at: int) -> Found:
    """`this quarter`, `the third quarter of 2026`, `Q3`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    if tokens.kind(index) in STEPS and tokens.word(index + 1) in ("quarter", "qtr"):
        return whole_unit(scan, "quarter", STEPS[tokens.kind(index)]), index + 2
    if tokens.word(index) == "q" and tokens.touching(index + 1) and tokens.kind(index + 1) == "num":
        number, after = tokens[index + 1].value, index + 2
    else:
        found = ordinal(tokens, index)
        if not found or tokens.word(found[1]) not in ("quarter", "qtr"):
            return None
        number, after = found[0], found[1] + 1
    if not 1 <= number <= 4:
        return None
    after += tokens.word(after) == "of"
    year = scan.today.year + (number * 3 < scan.today.month)
    if tokens.kind(after) == "num" and 1900 <= tokens[after].value <= 2200:
        year, after = tokens[after].value, after + 1
    return Days(date(year, number * 3 - 2, 1), month_end(year, number * 3)), after


def edge_of(scan: Scan, at: int) -> Found:
    """`the end of next week`, `early March`, `mid-June`, `start of the month`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    edge = _EDGES.get(tokens.word(index))
    if edge is None:
        return None
    index += 1
    half = tokens.word(index) == "half"
    if tokens.word(index - 1) in ("first", "second") and not half:
        return None
    while tokens.word(index) in ("-", "half", "of", "in", "on", "part", "to", "the") and index < at + 6:
        index += 1
    if tokens.word(index) in ("week", "month", "year") and tokens.kind(index) == "unit":
        whole: Found = (whole_unit(scan, tokens.word(index), 0), index + 1)
    elif tokens.kind(index) in ("this", "next", "coming", "last"):
        whole = stepped(scan, index)
    elif tokens.kind(index) == "month":
        whole = (
            calendar_day(scan, index)
            if not tokens[index].weak
            else stepped_month(scan, "this", tokens[index].value, index + 1)
        )
    else:
        return None
    if not whole or not whole[0].first or not whole[0].last:
        return None
    days, after = whole
    return (_half(days, edge) if half else _slice(days, edge)), after


def _half(days: Days, edge: int) -> Days:
    """The first or second half of a stretch; months are cut after the 15th."""
    first, last = days.first, days.last
    if not first or not last:
        return days
    length = (last - first).days + 1
    middle = add_days(first, 14 if 28 <= length <= 31 else length // 2 - 1)
    return Days(first, middle) if edge == 0 else Days(add_days(middle, 1), last)


def _slice(days: Days, edge: int) -> Days:
    """A third of a week, month or year, as people mean it: Mon-Wed, Wed-Thu, Fri-Sun; 1-10, 11-20, 21-end."""
    first, last = days.first, days.last
    if not first or not last:
        return days
    length = (last - first).days + 1
    if length <= 2:
        return Days(first, first) if edge == 0 else Days(last, last)
    if length == 7:
        low, high = ((0, 2), (2, 3), (4, 6))[edge]
        return Days(add_days(first, low), add_days(first, high), past=days.past)
    if length <= 31:
        low, high = ((0, 9), (10, 19), (20, length - 1))[edge]
        return Days(add_days(first, low), add_days(first, high), past=days.past)
    third = length // 3
    return (
        Days(first, add_days(first, third)),
        Days(add_days(first, third), add_days(first, 2 * third)),
        Days(date(last.year, last.month, 1), last),
    )[edge]


def nth_of(scan: Scan, at: int) -> Found:
    """`the first Monday of June`, `last Friday of the month`, `the second week of May`, `the last day of March`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    if tokens.kind(index) == "last" and tokens.word(index) == "last":
        nth, after = -1, index + 1
    else:
        found = ordinal(tokens, index)
        if not found or found[0] > 5:
            return None
        nth, after = found
    target = tokens[after]
    if target.kind != "weekday" and target.text not in ("day", "week", "weekend"):
        return None
    after += 1
    if tokens.word(after) not in ("of", "in"):
        return None
    after += 1
    while tokens.word(after) == "the" and after < at + 8:
        after += 1
    rolls = tokens.word(after) == "month"
    if rolls:
        whole: Found = (whole_unit(scan, "month", 0), after + 1)
    elif tokens.kind(after) == "month":
        whole = calendar_day(scan, after)
        whole = (
            whole
            if whole and not whole[0].single
            else stepped_month(scan, "this", tokens[after].value, after + 1)
        )
    else:
        whole = stepped(scan, after) if tokens.kind(after) in ("this", "next", "coming") else None
    if not whole or not whole[0].first or whole[0].single:
        return None
    return _nth_in(scan, whole[0].first, nth, target.kind, target.value, rolls=rolls), whole[1]


def _nth_in(scan: Scan, first: date, nth: int, kind: str, value: int | str, *, rolls: bool) -> Days:
    if kind == "weekday" and isinstance(value, int):
        found = nth_weekday(first.year, first.month, value, nth)
        if rolls and found < scan.today:
            later = add_months(first, 1)
            found = nth_weekday(later.year, later.month, value, nth)
        return one(found)
    last = month_end(first.year, first.month)
    if value == "day":
        return one(last if nth < 0 else first + timedelta(days=nth - 1))
    if value == "weekend":
        saturday = nth_weekday(first.year, first.month, 5, nth)
        return Days(saturday, add_days(saturday, 1))
    start = last - timedelta(days=6) if nth < 0 else first + timedelta(days=7 * (nth - 1))
    return Days(start, min(add_days(start, 6), last))
