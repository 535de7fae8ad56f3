"""Weekdays and whole weeks, months, quarters: Friday, next Tuesday, Friday next week, this weekend, next 3 days, Tuesday week."""

from __future__ import annotations

from datetime import date

from handlers.domain.reading.dates import holiday
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import duration
from handlers.domain.reading.scan import Days, Scan, add_days, add_months, monday, month_end, one
from handlers.domain.reading.weekdays import calendar_day, next_weekday

Found = tuple[Days, int] | None
STEPS = {"this": 0, "next": 1, "coming": 1, "last": -1}
_BESIDE = words(
    "or at @ after past by - to till thru through until and & / , before between around about from for please if :"
)
_NO_DAY_BEHIND = words(
    "damage damaged cream screen kissed bleached tan tanned burn burnt spots exposure hat in down there nav"
)


def typo(scan: Scan, at: int) -> float:
    return 0.97 if scan.tokens[at].edits else 1.0


def whole_unit(scan: Scan, unit: str, step: int) -> Days:  # noqa: PLR0911 - one return for each form it may take
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


def stepped(scan: Scan, at: int) -> Found:  # noqa: C901, PLR0911 - one return for each form it may take
    """`this / next / coming / last` with a weekday, a unit, a month, a holiday, or so many units."""
    tokens = scan.tokens
    step, index = STEPS[tokens.kind(at)], at + 1
    kind = tokens.kind(at)
    if kind == "this" and tokens.kind(index) in ("coming", "next", "last"):
        kind, step, index = tokens.kind(index), STEPS[tokens.kind(index)], index + 1
        if kind == "next":
            kind, step = "this", 0
    if kind == "last" and tokens.word(at) == "past" and tokens.kind(index) != "unit":
        return None
    token = tokens[index]
    if kind == "next" and token.kind in ("word", "mark", "line", "end"):
        again = _the_next_such(scan, at)
        if again:
            return again
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
        return whole_unit(scan, token.value, step), index + 1
    if token.kind == "month":
        return stepped_month(scan, kind, token.value, index + 1)
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


def _the_next_such(scan: Scan, at: int) -> Found:
    """`this weekend or next`, `this Friday or the following one`: one step on from what was named before."""
    tokens = scan.tokens
    joined = tokens.word(at - 1 - (tokens.word(at - 1) == "the")) in ("or", "and", "but", "/")
    if not joined or not 0 <= at - scan.dated <= 3 or scan.tokens.kind(scan.dated - 2) not in STEPS:
        return None
    named = tokens[scan.dated - 1]
    after = at + 1 + (tokens.word(at + 1) == "one")
    if named.kind == "unit" and named.value in ("week", "weekend", "month"):
        return whole_unit(scan, named.value, STEPS[tokens.kind(scan.dated - 2)] + 1), after
    if named.kind == "weekday" and scan.named:
        return one(add_days(scan.named, 7)), after
    return None


def _stretch(scan: Scan, count: int, unit: str) -> Days:
    """The next (or last) so many units, without today."""
    if count < 0:
        return Days(moved(scan.today, count, unit), add_days(scan.today, -1), past=True)
    return Days(add_days(scan.today, 1), moved(scan.today, count, unit))


def moved(start: date, count: int, unit: str) -> date:
    count = max(-5000, min(count, 5000))
    if unit == "month":
        return add_months(start, count)
    if unit == "year":
        return add_months(start, 12 * min(count, 100))
    return add_days(start, count * (7 if unit == "week" else 1))


def _stepped_weekday(scan: Scan, kind: str, weekday: int, after: int) -> Found:
    today = scan.today
    ahead = (weekday - today.weekday()) % 7
    week = following_week(scan, after)
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


def stepped_month(scan: Scan, kind: str, month: int, after: int) -> Found:
    today = scan.today
    year = today.year
    if kind == "last":
        year -= month >= today.month
    elif month < today.month or (month == today.month and kind == "next"):
        year += 1
    first = date(year, month, 1)
    return Days(first, month_end(year, month), ("month", month), past=kind == "last"), after


def following_week(scan: Scan, at: int) -> tuple[date, int] | None:
    """The Monday meant by `next week`, `of this week`, `in two weeks`, `the week after next`, `two weeks from now`."""
    tokens = scan.tokens
    index = at
    while tokens.word(index) in ("of", "in", "the", ",", "on", "from") and index < at + 2:
        index += 1
    if tokens.kind(index) in STEPS and tokens.word(index + 1) in ("week", "wk"):
        return add_days(monday(scan.today), 7 * STEPS[tokens.kind(index)]), index + 2
    if tokens.word(index) == "week" and tokens.word(index + 1) == "after":
        steps = 2 if tokens.kind(index + 2) == "next" else 1
        return add_days(monday(scan.today), 7 * steps), index + 2 + (steps == 2)
    counted = duration(tokens, index)
    if counted and counted[1] == "week":
        after = from_now(scan, counted[2])
        if after or tokens.word(index - 1) == "in":
            return add_days(monday(scan.today), 7 * counted[0]), after or counted[2]
    return None


def from_now(scan: Scan, at: int) -> int | None:
    tokens = scan.tokens
    if tokens.word(at) == "from" and tokens.word(at + 1) in ("now", "today"):
        return at + 2
    if tokens.word(at) in ("time", "later", "hence", "away"):
        return at + 1
    return None


def weekday_day(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`Friday`, `Friday next week`, `Tuesday week`, `Monday two weeks from now`."""
    tokens = scan.tokens
    token = tokens[at]
    if token.kind != "weekday":
        return None
    week = following_week(scan, at + 1)
    if week:
        return one(add_days(week[0], token.value)), week[1]
    if tokens.word(at + 1) in ("week", "fortnight") and tokens.kind(at + 2) not in ("num", "of"):
        step = 7 if tokens.word(at + 1) == "week" else 14
        return one(add_days(next_weekday(scan, token.value), step), sure=0.9), at + 2
    if tokens.word(at + 1) == "after" and tokens.kind(at + 2) == "next":
        return one(add_days(next_weekday(scan, token.value), 7), sure=0.8), at + 3
    full = calendar_day(scan, at) or _beside_a_named_day(scan, at)
    if full:
        return full
    if token.weak and not _plausible_abbreviation(scan, at):
        return None
    found = one(next_weekday(scan, token.value), ("weekday", token.value), sure=typo(scan, at))
    found.every = tokens.word(at - 1) in ("any", "every", "each") or token.text.endswith("days")
    return found, at + 1


def _beside_a_named_day(scan: Scan, at: int) -> Found:
    """`the Monday after Thanksgiving`, `the Friday before 20 June`."""
    tokens = scan.tokens
    if tokens.word(at + 1) not in ("after", "before"):
        return None
    named = holiday(scan, at + 2)
    if not named and tokens.kind(at + 2) in ("num", "ord", "month", "iso", "dmy", "pair"):
        dated = calendar_day(scan, at + 2)
        named = dated if dated and (tokens.kind(at + 2) != "pair" or "/" in tokens.word(at + 2)) else None
    if not named or not named[0].single or not named[0].first:
        return None
    ahead = (tokens[at].value - named[0].first.weekday()) % 7
    if tokens.word(at + 1) == "after":
        return one(add_days(named[0].first, ahead or 7)), named[1]
    return one(add_days(named[0].first, ahead - 7)), named[1]


def _plausible_abbreviation(scan: Scan, at: int) -> bool:
    """`sat`, `sun`, `wed`, `mon` are days when written like one or standing where a day stands."""
    tokens = scan.tokens
    before, after = tokens[at - 1], tokens[at + 1]
    if before.text in ("i", "we", "he", "she", "they", "you", "had", "was", "were"):
        return False
    behind = at + 2 if after.text == "-" and tokens.touching(at + 1) and tokens.touching(at + 2) else at + 1
    if tokens.word(behind) in _NO_DAY_BEHIND or (behind > at + 1 and tokens.kind(behind) == "word"):
        return False
    if tokens.text[tokens[at].start].isupper() and at > 0 and before.text not in (".", "!", "?"):
        return True
    if before.text in words("on this next for coming by every or and until till from not to - & /") or (
        before.text == "," and at > 1
    ):
        return True
    if before.kind in ("weekday", "this", "next", "coming", "part", "clock", "ampm"):
        return True
    return after.kind in (
        "part",
        "num",
        "clock",
        "pair",
        "hclock",
        "ampm",
        "ord",
        "weekday",
        "hour12",
        "month",
    ) or ((at == 0 and after.kind in ("end", "mark", "line")) or after.text in _BESIDE)
