"""A weekday with its date: Tuesday 5 May, Tue, the 5th, Sunday 31; and the weekday alone."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading.dates import (
    AFTER_THE_NUMBER,
    Found,
    calendar_date,
    day_month,
    next_numbered,
    of_month,
)
from handlers.domain.reading.numbers import ordinal
from handlers.domain.reading.scan import Days, Scan, one, safe_date


def calendar_day(scan: Scan, at: int) -> Found:
    """A day or a month of the calendar that starts at this token, with or without its weekday."""
    return weekday_date(scan, at) if scan.tokens.kind(at) == "weekday" else calendar_date(scan, at)


def next_weekday(scan: Scan, weekday: int) -> date:
    """The next such day. Before four in the morning people still mean the day that has just begun."""
    ahead = (weekday - scan.today.weekday()) % 7
    if ahead == 0 and scan.now.hour >= 4:
        ahead = 7
    return scan.today + timedelta(days=ahead)


def weekday_date(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`Tuesday 5 May`, `Tue, the 5th`, `Sunday 31`; a date beats a weekday that does not agree with it."""
    tokens = scan.tokens
    weekday = tokens[at].value
    index = at + 1
    while tokens.word(index) in (",", ".", "(") and index < at + 3:
        if tokens.word(index) == "." and tokens.word(at).endswith("day") and tokens.word(index + 1) == "the":
            return None  # "See you Friday. The 8th ..."
        index += 1
    if tokens.word(index) in ("on", "the") and tokens.word(index + 1) == "the":
        index += 1
    kind = tokens.kind(index)
    if kind in ("iso", "dmy", "month", "pair"):
        return _checked(scan, weekday, index)
    number_at = index + 1 if tokens.word(index) == "the" else index
    full = day_month(scan, number_at)
    if full:
        return _marked(scan, full, weekday)
    if tokens.kind(number_at) in ("ord", "ordinal", "tens"):
        return _weekday_numbered(scan, weekday, number_at)
    if kind == "num" and index == at + 1:
        return _weekday_bare_number(scan, weekday, index)
    if tokens.word(index) == "the" and tokens.kind(number_at) == "num" and tokens[number_at].value <= 31:
        day = next_numbered(scan, tokens[number_at].value, weekday)
        return (one(day), number_at + 1) if day else None
    return None


def _checked(scan: Scan, weekday: int, index: int) -> Found:
    before = scan.dated, scan.absolute, scan.named
    scan.dated, scan.absolute, scan.named = index, False, next_weekday(scan, weekday)
    found = calendar_date(scan, index)
    scan.dated, scan.absolute, scan.named = before
    if not found or not found[0].single:
        return None
    return _marked(scan, found, weekday)


def _marked(scan: Scan, found: tuple[Days, int], weekday: int) -> Found:
    days, after = found
    if days.first and days.first.weekday() != weekday and days.loose[0] == "md":
        before = safe_date(days.first.year - 1, days.first.month, days.first.day)
        if before and before.weekday() == weekday and before + timedelta(days=60) >= scan.today:
            return one(before, past=True), after
    if days.first and days.first.weekday() != weekday:
        days = Days(days.first, days.last, days.loose, days.past, sure=0.7)
    return days, after


def _weekday_numbered(scan: Scan, weekday: int, index: int) -> Found:
    found = ordinal(scan.tokens, index)
    if not found:
        return None
    numbered = of_month(scan, *found)
    if numbered and numbered[0].loose[0] != "dom":
        return _marked(scan, numbered, weekday)
    day = next_numbered(scan, found[0], weekday)
    nearby = next_numbered(scan, found[0])
    if day and nearby and (day - nearby).days > 400:
        return one(nearby, sure=0.6), found[1]
    return (one(day), found[1]) if day else None


def _weekday_bare_number(scan: Scan, weekday: int, index: int) -> Found:
    """`Sunday 31`; a number that could be an hour is a day only when that weekday really is near."""
    tokens = scan.tokens
    number = tokens[index].value
    following = tokens.kind(index + 1)
    if (
        not 1 <= number <= 31
        or len(tokens[index].text) > 2
        or following in ("ampm", "oclock", "unit", "part")
    ):
        return None
    if tokens.word(index + 1) in ("-", "ish", ":", "to") and number <= 12:
        return None
    day = next_numbered(scan, number, weekday)
    if not day or (number <= 12 and (day - scan.today).days > 27):
        return None
    if following == "word" and tokens.word(index + 1) not in AFTER_THE_NUMBER and number <= 24:
        return None
    return one(day), index + 1
