"""Days told by their distance: tomorrow, next week, Friday next week, in 3 days, a week on Tuesday, the week of 5 May,
the end of next month, the first Monday of June, the next few days."""

from __future__ import annotations

from datetime import date

from handlers.domain.reading.dates import holiday
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.lists import listed_day
from handlers.domain.reading.numbers import amount, duration
from handlers.domain.reading.periods import edge_of, nth_of, quarter
from handlers.domain.reading.scan import Days, Scan, add_days, monday, one
from handlers.domain.reading.weekdays import calendar_day, next_weekday
from handlers.domain.reading.weeks import (
    STEPS,
    Found,
    from_now,
    moved,
    stepped,
    typo,
    weekday_day,
    whole_unit,
)

_REST = words("rest remainder later sometime earlier midweek")
_FROM = words("from after of on")
_CALENDAR_KINDS = words("iso dmy pair weekday month ord ordinal tens num cardinal")


def day(scan: Scan, at: int) -> Found:
    """Any day or stretch of days that starts at this token; a day within a day only three deep."""
    if at in scan.seen:
        return scan.seen[at]
    if scan.depth > 3:
        return None
    scan.depth += 1
    found = _first_that_fits(scan, at)
    scan.depth -= 1
    if scan.depth == 0:
        scan.seen[at] = found
    return found


def _first_that_fits(scan: Scan, at: int) -> Found:
    for rule in (
        _distance,
        listed_day,
        _occurrence,
        edge_of,
        nth_of,
        quarter,
        _week_of,
        _relative,
        weekday_day,
        holiday,
        calendar_day,
    ):
        found = rule(scan, at)
        if found:
            return found
    return None


def _relative(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    tokens = scan.tokens
    kind, word = tokens.kind(at), tokens.word(at)
    if kind in ("relative", "tonight"):
        offset = tokens[at].value
        if offset >= 0 and tokens.word(at + 1) == "week" and tokens.kind(at + 2) not in ("num", "of"):
            return one(add_days(scan.today, offset + 7)), at + 2
        return one(add_days(scan.today, offset), past=offset < 0, sure=typo(scan, at)), at + 1
    if kind in STEPS:
        return stepped(scan, at)
    if word in ("the", "day"):
        return _with_article(scan, at)
    if word == "week" and tokens.word(at + 1) == "after":
        return _week_after(scan, at)
    if (
        tokens.word(at + 1) == "after"
        and tokens.kind(at + 2) == "next"
        and word in ("month", "weekend", "year")
    ):
        return whole_unit(scan, word, 2), at + 3
    if kind == "unit" and tokens[at].value in ("weekend", "weekday"):
        return whole_unit(scan, tokens[at].value, 0), at + 1
    return _rest(scan, at) if word in _REST else None


def _with_article(scan: Scan, at: int) -> Found:  # noqa: C901, PLR0911 - one return for each form it may take
    """`the day after tomorrow`, `the next week`, `the weekend`, `the week after`."""
    tokens = scan.tokens
    article = tokens.word(at) == "the"
    index = at + 1 if article else at
    if tokens.word(index) in ("night", "evening") and tokens.word(index + 1) == "before":
        eve = holiday(scan, index + 2) or calendar_day(scan, index + 2)
        return (one(add_days(eve[0].first, -1)), eve[1]) if eve and eve[0].single and eve[0].first else None
    if tokens.word(index) == "day" and tokens.word(index + 1) in ("after", "before"):
        sign = 1 if tokens.word(index + 1) == "after" else -1
        if tokens.kind(index + 2) == "relative":
            offset = tokens[index + 2].value + sign
            return one(add_days(scan.today, offset), past=offset < 0), index + 3
        named = holiday(scan, index + 2) or calendar_day(scan, index + 2)
        if named and named[0].single and named[0].first:
            return one(add_days(named[0].first, sign)), named[1]
        if sign > 0 and article and tokens.kind(index + 2) not in _CALENDAR_KINDS:
            near = scan.named if scan.named and scan.dated > max(at - 4, -1) else None
            return one(add_days(near or scan.today, 1), sure=1.0 if near else 0.8), index + 2
    if not article:
        return None
    again = _the_one_after(scan, index)
    if again:
        return again
    if tokens.kind(index) in ("next", "coming", "this") and tokens.kind(index + 1) != "weekday":
        return stepped(scan, index)
    if tokens.word(index + 1) == "after" and tokens.kind(index + 2) == "next":
        return _relative(scan, index)
    if tokens.kind(index) == "unit" and tokens[index].value in ("weekend", "weekday"):
        return whole_unit(scan, tokens[index].value, 0), index + 1
    if tokens.word(index) == "week" and tokens.word(index + 1) == "after":
        return _week_after(scan, index)
    return None


def _the_one_after(scan: Scan, at: int) -> Found:
    """`not this Friday, the one after`, `Wednesday or failing that the Thursday`: told by the day named before."""
    tokens = scan.tokens
    if scan.named is None or scan.dated < at - 8:
        return None
    if tokens.kind(at) == "weekday" and scan.dated < at - 1 and not calendar_day(scan, at):
        ahead = (tokens[at].value - scan.named.weekday()) % 7
        return one(add_days(scan.named, ahead or 7)), at + 1
    after = at + 2 if (tokens.word(at), tokens.word(at + 1)) == ("one", "after") else None
    if after is None and tokens.word(at) == "following" and tokens.word(at + 1) in ("one", ",", ".", ""):
        after = at + 1 + (tokens.word(at + 1) == "one")
    if after is None or tokens.kind(scan.dated - 1) != "weekday":
        return None
    after += tokens.word(after) == "that"
    return one(add_days(scan.named, 7)), after


def _week_after(scan: Scan, at: int) -> Found:
    """`week after next`, `the week after (that)`, `the week after 5 May`."""
    tokens = scan.tokens
    if tokens.kind(at + 2) == "next":
        return whole_unit(scan, "week", 2), at + 3
    found = day(scan, at + 2) if tokens.kind(at + 2) in _CALENDAR_KINDS else None
    if found and found[0].first:
        start = add_days(monday(found[0].first), 7)
        return Days(start, add_days(start, 6)), found[1]
    base = scan.named or scan.today
    start = add_days(monday(base), 7)
    return Days(start, add_days(start, 6), ("week", 0)), at + 2


def _rest(scan: Scan, at: int) -> Found:
    """`later today`, `the rest of the week`, `later this week`, `midweek`."""
    tokens = scan.tokens
    if tokens.word(at) == "midweek":
        start = monday(scan.today)
        if scan.today.weekday() > 3:
            start = add_days(start, 7)
        return Days(add_days(start, 1), add_days(start, 3)), at + 1
    index = at + 1
    while tokens.word(index) in ("of", "in", "on", "the", "that") and index < at + 5:
        index += 1
    if tokens.word(at) == "later" and tokens.kind(index) == "relative":
        return _relative(scan, index)
    if tokens.word(index) in ("week", "month") and tokens.word(at) in ("rest", "remainder"):
        found: Found = (whole_unit(scan, tokens.word(index), 0), index + 1)
    else:
        found = stepped(scan, index) if tokens.kind(index) in ("this", "next") else None
    if not found:
        return None
    days, after = found
    first = max(days.first or scan.today, scan.today)
    if tokens.word(at) == "later" and days.last and first < days.last and first == scan.today:
        first = add_days(first, 1)
    return Days(first, days.last), after


def _distance(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`in 3 days`, `3 days from now`, `two weeks from Friday`, `a week on Tuesday`, `within 5 days`, `2 weeks ago`."""
    tokens = scan.tokens
    word = tokens.word(at)
    within = word in ("within", "over", "less") or (word == "in" and tokens.word(at + 1) in ("the", "less"))
    index = at + 1 if word in ("in", "within", "over", "about", "less") else at
    while at < index < at + 6 and (
        tokens.word(index) in ("the", "than", "about", "around", "less") or tokens.kind(index) == "next"
    ):
        index += 1
    if tokens.word(index) == "fortnight" or (index == at and tokens.kind(at) == "unit"):
        return None
    counted = duration(tokens, index)
    if not counted or counted[1] == "minute":
        return None
    count, unit, after = counted
    if tokens.word(after) in ("'", "'s") or (tokens.word(after) == "," and tokens.word(after + 1) == "time"):
        after += 1
    if tokens.word(after) == "ago" or (tokens.word(after) == "before" and tokens.word(after + 1) == "now"):
        return one(moved(scan.today, -count, unit), past=True), after + 1
    if within and word != "over":
        beyond = _anchor(scan, after)
        if beyond:
            start = beyond[0]
            return Days(add_days(start, 0), add_days(moved(start, count, unit), -1)), beyond[1]
        first = scan.today if word == "within" else add_days(scan.today, 1)
        return Days(first, moved(scan.today, count, unit)), after
    anchored = _anchor(scan, after)
    if anchored:
        return one(moved(anchored[0], count, unit)), anchored[1]
    if word == "in" or from_now(scan, after):
        end = from_now(scan, after) or after
        return _weekday_of_that_week(scan, moved(scan.today, count, unit), unit, end)
    return None


def _anchor(scan: Scan, at: int) -> tuple[date, int] | None:
    """The day counted from: `from Friday`, `after tomorrow`, `on Tuesday`, or at once: `a week tomorrow`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) in _FROM else at
    if tokens.word(index) == "now" and index > at:
        return None
    if index == at and tokens.kind(index) not in ("relative", "weekday"):
        return None
    if index == at and tokens.kind(index) == "weekday":
        return None
    found = (
        _relative(scan, index)
        or weekday_day(scan, index)
        or holiday(scan, index)
        or calendar_day(scan, index)
    )
    if found and found[0].single and found[0].first:
        return found[0].first, found[1]
    return None


def _weekday_of_that_week(scan: Scan, target: date, unit: str, after: int) -> Found:
    """`in two weeks on Monday` is the Monday of that week."""
    tokens = scan.tokens
    index = after + 1 if tokens.word(after) in ("on", ",") else after
    if unit == "week" and tokens.kind(index) == "weekday" and index > after:
        return one(add_days(monday(target), tokens[index].value)), index + 1
    return one(target), after


def _week_of(scan: Scan, at: int) -> Found:
    """`the week of 5 May`, `week commencing Monday 11th`, `w/c 11 May`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    if tokens.word(index) == "w" and tokens.word(index + 1) == "/" and tokens.word(index + 2) in ("c", "b"):
        index += 3
    elif tokens.word(index) in ("week", "weekend") and tokens.word(index + 1) in (
        "of",
        "commencing",
        "beginning",
        "starting",
    ):
        index += 2
    else:
        return None
    weekend = tokens.word(index - 2) == "weekend"
    if tokens.word(index) in ("of", "on"):
        index += 1
    found = day(scan, index) if tokens.word(index) not in ("week", "weekend") else None
    if not found or not found[0].first:
        return None
    start = monday(found[0].first)
    if weekend:
        return Days(add_days(start, 5), add_days(start, 6)), found[1]
    return Days(start, add_days(start, 6)), found[1]


def _occurrence(scan: Scan, at: int) -> Found:
    """`two Sundays from now`: the second one to come."""
    tokens = scan.tokens
    counted = amount(tokens, at)
    if not counted or tokens.kind(counted[1]) != "weekday" or counted[0] > 60:
        return None
    after = from_now(scan, counted[1] + 1)
    if not after or tokens.word(after - 1) not in ("now", "today"):
        return None
    return one(add_days(next_weekday(scan, tokens[counted[1]].value), 7 * (counted[0] - 1))), after
