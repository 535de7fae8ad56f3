"""Days told by their distance: tomorrow, next week, Friday next week, in 3 days, a week on Tuesday, the week of 5 May,
the end of next month, the first Monday of June, the next few days."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading.dates import calendar_day, holiday, next_weekday
from handlers.domain.reading.holidays import nth_weekday
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import amount, duration, ordinal
from handlers.domain.reading.scan import Days, Scan, add_days, add_months, monday, month_end, one

Found = tuple[Days, int] | None

_STEPS = {"this": 0, "next": 1, "coming": 1, "last": -1}
_EDGES = {
    "beginning": 0, "start": 0, "early": 0, "first": 0,
    "middle": 1, "mid": 1,
    "end": 2, "late": 2, "back": 2,
}  # fmt: skip
_FROM = words("from after of on")
_CALENDAR_KINDS = words("iso dmy pair weekday month ord ordinal tens num cardinal")


def day(scan: Scan, at: int) -> Found:
    """Any day or stretch of days that starts at this token."""
    for rule in (_distance, _edge, _nth, _week_of, _relative, _weekday, holiday, calendar_day):
        found = rule(scan, at)
        if found:
            return found
    return None


def _relative(scan: Scan, at: int) -> Found:
    tokens = scan.tokens
    kind, word = tokens.kind(at), tokens.word(at)
    if kind == "relative":
        offset = tokens[at].value
        return one(add_days(scan.today, offset), past=offset < 0, sure=_typo(scan, at)), at + 1
    if kind == "tonight":
        return one(scan.today), at + 1
    if word in ("the", "day"):
        index = at + 1 if word == "the" else at
        if tokens.word(index) == "day" and tokens.word(index + 1) in ("after", "before"):
            sign = 1 if tokens.word(index + 1) == "after" else -1
            if tokens.kind(index + 2) == "relative":
                offset = tokens[index + 2].value + sign
                return one(add_days(scan.today, offset), past=offset < 0), index + 3
            if sign > 0 and word == "the" and tokens.kind(index + 2) not in _CALENDAR_KINDS:
                return one(add_days(scan.today, 1), sure=0.8), index + 2
        if (
            index > at
            and tokens.kind(index) in ("next", "coming", "this")
            and tokens.kind(index + 1) != "weekday"
        ):
            return _stepped(scan, index)
        if word == "the" and tokens[index].value in ("weekend", "weekday") and tokens.kind(index) == "unit":
            return _unit(scan, tokens[index].value, 0), index + 1
        if word == "the" and tokens.word(index) == "week" and tokens.word(index + 1) == "after":
            return _week_after(scan, index)
        return None
    if kind in _STEPS:
        return _stepped(scan, at)
    if word == "week" and tokens.word(at + 1) == "after":
        return _week_after(scan, at)
    if kind == "unit" and tokens[at].value in ("weekend", "weekday"):
        return _unit(scan, tokens[at].value, 0), at + 1
    if word in ("rest", "remainder", "later", "sometime", "earlier") or word == "midweek":
        return _rest(scan, at)
    return None


def _typo(scan: Scan, at: int) -> float:
    return 0.97 if scan.tokens[at].edits else 1.0


def _week_after(scan: Scan, at: int) -> Found:
    """`week after next`, `the week after (that)`, `the week after 5 May`."""
    tokens = scan.tokens
    if tokens.kind(at + 2) == "next":
        return _unit(scan, "week", 2), at + 3
    found = day(scan, at + 2) if tokens.kind(at + 2) in _CALENDAR_KINDS else None
    if found and found[0].first:
        start = add_days(monday(found[0].first), 7)
        return Days(start, add_days(start, 6)), found[1]
    return _unit(scan, "week", 1), at + 2


def _rest(scan: Scan, at: int) -> Found:
    """`later today`, `the rest of the week`, `later this week`, `midweek`."""
    tokens = scan.tokens
    if tokens.word(at) == "midweek":
        start = monday(scan.today)
        if scan.today.weekday() > 3:
            start = add_days(start, 7)
        return Days(add_days(start, 1), add_days(start, 3)), at + 1
    index = at + 1
    while tokens.word(index) in ("of", "in", "on", "the", "that"):
        index += 1
    if tokens.word(at) == "later" and tokens.kind(index) == "relative":
        return _relative(scan, index)
    if tokens.word(index) in ("week", "month") and tokens.word(at) in ("rest", "remainder"):
        found: Found = (_unit(scan, tokens.word(index), 0), index + 1)
    else:
        found = _stepped(scan, index) if tokens.kind(index) in ("this", "next") else None
    if not found:
        return None
    days, after = found
    first = max(days.first or scan.today, scan.today)
    if tokens.word(at) == "later" and days.last and first < days.last and first == scan.today:
        first = add_days(first, 1)
    return Days(first, days.last), after


def _stepped(scan: Scan, at: int) -> Found:
    """`this / next / coming / last` with a weekday, a unit, a month, a holiday, or so many units."""
    tokens = scan.tokens
    step, index = _STEPS[tokens.kind(at)], at + 1
    kind = tokens.kind(at)
    if kind == "this" and tokens.kind(index) in ("coming", "next", "last"):
        kind, step, index = tokens.kind(index), _STEPS[tokens.kind(index)], index + 1
        if kind == "next":
            kind, step = "this", 0
    if kind == "last" and tokens.word(at) == "past" and tokens.kind(index) != "unit":
        return None
    token = tokens[index]
    if token.kind == "weekday":
        return _stepped_weekday(scan, kind, token.value, index + 1)
    if token.kind == "unit" and token.text not in (
        "second",
        "min",
        "sec",
        "mins",
        "secs",
        "hr",
        "hour",
        "minute",
    ):
        return _unit(scan, token.value, step), index + 1
    if token.kind == "month":
        return _stepped_month(scan, kind, token.value, index + 1)
    if kind == "last" and token.kind != "num":
        return None
    counted = duration(tokens, index)
    if counted and kind != "this" and counted[1] != "minute" and (counted[0] > 1 or token.kind != "num"):
        return _stretch(scan, counted[0] * (-1 if kind == "last" else 1), counted[1]), counted[2]
    named = holiday(scan, index)
    if named and kind in ("this", "coming", "next"):
        return named
    dated = calendar_day(scan, index) if kind in ("this", "coming") else None
    return dated if dated and token.kind != "num" else None


def _stretch(scan: Scan, count: int, unit: str) -> Days:
    """The next (or last) so many units, without today."""
    if count < 0:
        return Days(_moved(scan.today, count, unit), add_days(scan.today, -1), past=True)
    return Days(add_days(scan.today, 1), _moved(scan.today, count, unit))


def _moved(start: date, count: int, unit: str) -> date:
    count = max(-5000, min(count, 5000))
    if unit == "month":
        return add_months(start, count)
    if unit == "year":
        return add_months(start, 12 * min(count, 100))
    return add_days(start, count * (7 if unit == "week" else 1))


def _stepped_weekday(scan: Scan, kind: str, weekday: int, after: int) -> Found:
    today = scan.today
    ahead = (weekday - today.weekday()) % 7
    week = _following_week(scan, after)
    if week:
        return one(add_days(week[0], weekday)), week[1]
    full = calendar_day(scan, after - 1) if kind in ("this", "coming", "next") else None
    if full and full[0].single and full[1] > after:
        return full
    if kind == "this":
        return one(add_days(today, ahead), ("this", weekday)), after
    if kind == "coming":
        return one(add_days(today, ahead or 7)), after
    if kind == "next":
        return one(
            add_days(monday(today), 7 + weekday), sure=0.9 if 0 < ahead <= 6 - today.weekday() else 1.0
        ), after
    return one(add_days(today, -((today.weekday() - weekday) % 7 or 7)), past=True), after


def _stepped_month(scan: Scan, kind: str, month: int, after: int) -> Found:
    today = scan.today
    year = today.year
    if kind == "last":
        year -= month >= today.month
    elif month < today.month or (month == today.month and kind == "next"):
        year += 1
    first = date(year, month, 1)
    return Days(first, month_end(year, month), ("month", month), past=kind == "last"), after


def _unit(scan: Scan, unit: str, step: int) -> Days:
    """This (0), next (1), the one after (2), last (-1) day, week, month ... whole."""
    today, past = scan.today, step < 0
    if unit in ("week", "fortnight"):
        start = add_days(monday(today), 7 * step)
        return Days(start, add_days(start, 6 if unit == "week" else 13), ("week", 0), past)
    if unit == "weekend":
        start = add_days(monday(today), 7 * step + 5)
        return Days(start, add_days(start, 1), ("weekend", 0), past)
    if unit == "weekday":
        start = add_days(monday(today), 7 * step)
        if step == 0 and today.weekday() > 3:
            start = add_days(start, 7)
        return Days(max(start, today), add_days(start, 4), ("weekdays", 0), past)
    if unit == "month":
        first = add_months(today.replace(day=1), step)
        return Days(first, month_end(first.year, first.month), ("month", 0), past)
    if unit == "quarter":
        first = add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * step)
        last = add_months(first, 2)
        return Days(first, month_end(last.year, last.month), past=past)
    if unit == "year":
        return Days(date(today.year + step, 1, 1), date(today.year + step, 12, 31), past=past)
    return one(add_days(today, step), past=past)


def _following_week(scan: Scan, at: int) -> tuple[date, int] | None:
    """The Monday meant by `next week`, `of this week`, `in two weeks`, `the week after next`, `two weeks from now`."""
    tokens = scan.tokens
    index = at
    while tokens.word(index) in ("of", "in", "the", ",", "on") and index < at + 2:
        index += 1
    if tokens.kind(index) in ("this", "next", "coming") and tokens.word(index + 1) in ("week", "wk"):
        return add_days(monday(scan.today), 7 * _STEPS[tokens.kind(index)]), index + 2
    if tokens.word(index) == "week" and tokens.word(index + 1) == "after":
        steps = 2 if tokens.kind(index + 2) == "next" else 1
        return add_days(monday(scan.today), 7 * steps), index + 2 + (steps == 2)
    counted = duration(tokens, index)
    if counted and counted[1] == "week":
        after = _from_now(scan, counted[2])
        if after or tokens.word(index - 1) == "in":
            return add_days(monday(scan.today), 7 * counted[0]), after or counted[2]
    return None


def _from_now(scan: Scan, at: int) -> int | None:
    tokens = scan.tokens
    if tokens.word(at) == "from" and tokens.word(at + 1) in ("now", "today"):
        return at + 2
    if tokens.word(at) in ("time", "later", "hence", "away"):
        return at + 1
    return None


def _weekday(scan: Scan, at: int) -> Found:
    """`Friday`, `Friday next week`, `Tuesday week`, `Monday two weeks from now`."""
    tokens = scan.tokens
    token = tokens[at]
    if token.kind != "weekday":
        return None
    week = _following_week(scan, at + 1)
    if week:
        return one(add_days(week[0], token.value)), week[1]
    if tokens.word(at + 1) in ("week", "fortnight") and tokens.kind(at + 2) not in ("num", "of"):
        step = 7 if tokens.word(at + 1) == "week" else 14
        return one(add_days(next_weekday(scan, token.value), step), sure=0.9), at + 2
    if tokens.word(at + 1) == "after" and tokens.kind(at + 2) == "next":
        return one(add_days(next_weekday(scan, token.value), 7), sure=0.8), at + 3
    full = calendar_day(scan, at)
    if full:
        return full
    if token.weak and not _plausible_abbreviation(scan, at):
        return None
    return one(next_weekday(scan, token.value), ("weekday", token.value), sure=_typo(scan, at)), at + 1


def _plausible_abbreviation(scan: Scan, at: int) -> bool:
    """`sat`, `sun`, `wed`, `mon` are days when written like one or standing where a day stands."""
    tokens = scan.tokens
    before, after = tokens[at - 1], tokens[at + 1]
    if tokens.text[tokens[at].start].isupper() and at > 0 and before.text not in (".", "!", "?"):
        return True
    if before.text in words("on this next for coming by every or and until till from not to - & /") or (
        before.text == "," and at > 1
    ):
        return True
    if before.kind in ("weekday", "this", "next", "coming", "part", "clock", "ampm"):
        return True
    return after.kind in ("part", "num", "clock", "ord", "weekday", "hour12", "month") or (
        at == 0 and after.kind in ("end", "mark", "line") or after.text in ("or", "at", "after", "-")
    )


def _distance(scan: Scan, at: int) -> Found:
    """`in 3 days`, `3 days from now`, `two weeks from Friday`, `a week on Tuesday`, `within 5 days`, `2 weeks ago`."""
    tokens = scan.tokens
    word = tokens.word(at)
    within = word in ("within", "over", "less") or (word == "in" and tokens.word(at + 1) in ("the", "less"))
    index = at + 1 if word in ("in", "within", "over", "about", "less") else at
    while index > at and (
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
        return one(_moved(scan.today, -count, unit), past=True), after + 1
    if within and word != "over":
        beyond = _anchor(scan, after)
        if beyond:
            start = beyond[0]
            return Days(add_days(start, 0), add_days(_moved(start, count, unit), -1)), beyond[1]
        first = scan.today if word == "within" else add_days(scan.today, 1)
        return Days(first, _moved(scan.today, count, unit)), after
    anchored = _anchor(scan, after)
    if anchored:
        return one(_moved(anchored[0], count, unit)), anchored[1]
    if word == "in" or _from_now(scan, after):
        end = _from_now(scan, after) or after
        return _weekday_of_that_week(scan, _moved(scan.today, count, unit), unit, end)
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
    found = _relative(scan, index) or _weekday(scan, index) or calendar_day(scan, index)
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
    elif tokens.word(index) == "week" and tokens.word(index + 1) in (
        "of",
        "commencing",
        "beginning",
        "starting",
    ):
        index += 2
    else:
        return None
    if tokens.word(index) in ("of", "on"):
        index += 1
    found = day(scan, index) if tokens.word(index) != "week" else None
    if not found or not found[0].first:
        return None
    start = monday(found[0].first)
    return Days(start, add_days(start, 6)), found[1]


def _edge(scan: Scan, at: int) -> Found:
    """`the end of next week`, `early March`, `mid-June`, `start of the month`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    edge = _EDGES.get(tokens.word(index))
    if edge is None:
        return None
    index += 1
    if tokens.word(index - 1) == "first" and tokens.word(index) != "half":
        return None
    while tokens.word(index) in ("-", "half", "of", "in", "on", "part", "to", "the") and index < at + 6:
        index += 1
    if tokens.word(index) in ("week", "month", "year") and tokens.kind(index) == "unit":
        whole: Found = (_unit(scan, tokens.word(index), 0), index + 1)
    elif tokens.kind(index) in ("this", "next", "coming", "last"):
        whole = _stepped(scan, index)
    elif tokens.kind(index) == "month":
        whole = (
            calendar_day(scan, index)
            if not tokens[index].weak
            else _stepped_month(scan, "this", tokens[index].value, index + 1)
        )
    else:
        return None
    if not whole or not whole[0].first or not whole[0].last:
        return None
    days, after = whole
    return _slice(days, edge), after


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


def _nth(scan: Scan, at: int) -> Found:
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
    while tokens.word(after) == "the":
        after += 1
    if tokens.word(after) == "month":
        whole: Found = (_unit(scan, "month", 0), after + 1)
    elif tokens.kind(after) == "month":
        whole = calendar_day(scan, after)
        whole = (
            whole
            if whole and not whole[0].single
            else _stepped_month(scan, "this", tokens[after].value, after + 1)
        )
    else:
        whole = _stepped(scan, after) if tokens.kind(after) in ("this", "next", "coming") else None
    if not whole or not whole[0].first or whole[0].single:
        return None
    return _nth_in(scan, whole[0].first, nth, target.kind, target.value), whole[1]


def _nth_in(scan: Scan, first: date, nth: int, kind: str, value: int | str) -> Days:
    rolls = first.year == scan.today.year and first.month == scan.today.month
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
