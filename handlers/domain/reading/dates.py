"""Days the calendar names: 2026-05-05, 5/5, 5.5., the 5th of May, Tuesday 5 May, the 5th, Sunday 31, May, Christmas."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading import holidays
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal, ordinal
from handlers.domain.reading.scan import Days, Scan, add_days, add_months, month_end, one, safe_date

Found = tuple[Days, int] | None

_TIME_BEFORE = words("at @ around about approx approximately circa ~ by till until")
_MONTH_BEFORE = words(
    "in of this next last early late mid during by until till before after from to end for since coming"
)
_FRACTIONS = words("price off head leg legs portion of inch inches cup arm arms a set sleeve")
_NOT_A_DAY = words(
    "time visit appointment one ones floor option choice birthday anniversary person people session thing things "
    "available slot class grade attempt try half thought thoughts place step party timer date guest of "
    "minute minutes hour hours day days week weeks month months year years weekend weekday"
)
AFTER_THE_NUMBER = words("at from to until till and or in for please works - , . ! ? ; ) & of /")


def calendar_date(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """A day or a month of the calendar that starts at this token."""
    tokens = scan.tokens
    kind = tokens.kind(at)
    if kind == "iso":
        return _iso(scan, at)
    if kind == "dmy":
        return _numeric(scan, at)
    if kind == "pair":
        return pair_day(scan, at)
    if kind == "month":
        return _month_first(scan, at) or _whole_month(scan, at)
    if kind in ("ord", "ordinal", "tens", "num", "cardinal"):
        return (
            day_month(scan, at) or _dash_pair(scan, at) or _bare_ordinal(scan, at) or _of_next_month(scan, at)
        )
    if tokens.word(at) == "the":
        return day_month(scan, at + 1) or _the_day(scan, at + 1)
    return None


def holiday(scan: Scan, at: int) -> Found:
    word = scan.tokens.word(at).removesuffix("'s")
    if word not in holidays.FIRST_WORDS:
        return None
    found = holidays.named_day(scan.tokens, at)
    if not found:
        return None
    rule, after = found
    if scan.tokens.word(after) in ("weekend", "week") and scan.tokens.kind(after) == "unit":
        return _around(holidays.next_occurrence(rule, scan.today), scan.tokens.word(after)), after + 1
    year = year_at(scan, after, strict=True)
    if year:
        return one(rule(year[0])), year[1]
    if scan.tokens.kind(after) == "next" and scan.tokens.word(after + 1) == "year":
        return one(rule(scan.today.year + 1)), after + 2
    return one(holidays.next_occurrence(rule, scan.today)), after


def _around(day: date, unit: str) -> Days:
    """The (long) weekend or the week of a holiday."""
    if unit == "week":
        start = day - timedelta(days=day.weekday())
        return Days(start, start + timedelta(days=6))
    saturday = day + timedelta(days=(5 - day.weekday() + 3) % 7 - 3)
    sunday = saturday + timedelta(days=1)
    return Days(min(day, saturday), max(day, sunday))


def year_at(scan: Scan, at: int, *, strict: bool = False) -> tuple[int, int] | None:
    """A year after a date. Without a comma or "of" it must be near the present: `3 Dec 2125` is a quarter past nine."""
    tokens = scan.tokens
    joined = tokens.word(at) in ("-", "/") and tokens.touching(at) and tokens.touching(at + 1)
    introduced = joined or tokens.word(at) in (",", "of", "in")
    short = tokens[at]
    if (
        short.kind == "num"
        and len(short.text) == 2
        and not strict
        and 13 <= short.value == scan.today.year % 100
    ):
        return (scan.today.year, at + 1) if tokens.kind(at + 1) in ("end", "line", "mark") else None
    index = at + 1 if introduced else at
    token = tokens[index]
    if token.kind != "num" or len(token.text) != 4 or tokens.kind(index + 1) in ("ampm", "oclock"):
        return None
    low, high = scan.today.year - 1, scan.today.year + 3
    by_itself = 1990 <= token.value <= 2059 and (
        token.value % 5 > 0 or tokens.word(index + 1) in ("at", "@") or tokens.kind(index + 1) == "clock"
    )
    if (introduced or by_itself) and not strict:
        low, high = 1900, 2200
    return (token.value, index + 1) if low <= token.value <= high else None


def _iso(scan: Scan, at: int) -> Found:
    text = scan.tokens[at].text
    year, first, second = (int(part) for part in text.replace("/", "-").replace(".", "-").split("-"))
    day = safe_date(year, first, second) or safe_date(year, second, first)
    if not day:
        return None
    after = at + 1
    if scan.tokens.word(after) == "t" and scan.tokens.touching(after):
        after += 1
    return one(day), after


def _numeric(scan: Scan, at: int) -> Found:
    parts = scan.tokens[at].text.replace("/", ".").replace("-", ".").split(".")
    first, second, year = (int(part) for part in parts)
    if year < 100:
        year += 2000 if year + 2000 <= scan.today.year + 20 else 1900
    day = _in_order(scan, year, first, second, dotted="." in scan.tokens[at].text)
    return (one(day, past=day < scan.today), at + 1) if day else None


def _in_order(scan: Scan, year: int, first: int, second: int, *, dotted: bool) -> date | None:
    """Day and month by the habit of the place (a dotted date is always day first), swapped when that can't be."""
    if scan.day_first or dotted:
        return safe_date(year, second, first) or safe_date(year, first, second)
    return safe_date(year, first, second) or safe_date(year, second, first)


def roll(scan: Scan, month: int, day: int) -> date | None:
    """The next such day from today on (29 February looks up to eight years ahead)."""
    for year in range(scan.today.year, scan.today.year + 9):
        found = safe_date(year, month, day)
        if found and found >= scan.today:
            return found
    return None


def pair_day(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`5/5`, `16.8.`; a dotted pair is a time (6.45) unless it reads as day.month and nothing speaks for a time."""
    tokens = scan.tokens
    token = tokens[at]
    if token.text == "24/7" or tokens.kind(at + 1) in ("ampm", "oclock"):
        return None
    dotted = "." in token.text
    first, second = (int(part) for part in token.text.replace("/", ".").split("."))
    closed = tokens.word(at + 1) == "." and tokens.touching(at + 1)
    if dotted:
        behind_a_day = tokens.kind(at - 2) == "pair" or (
            tokens.word(at - 2) == "." and tokens.kind(at - 3) == "pair"
        )
        if not (scan.day_first or closed) or (
            tokens.word(at - 1) in _TIME_BEFORE and not (behind_a_day and closed)
        ):
            return None
        day = safe_date(scan.today.year, second, first) and roll(scan, second, first)
        if not day or not _agrees(scan, at, day):
            return None
        if not scan.day_first and second > 12:
            return None
        return one(day, ("md", 0)), at + 2 if closed else at + 1
    small, large = sorted((first, second))
    if (
        tokens.kind(at + 1) == "unit"
        or tokens.word(at + 1) in _FRACTIONS
        or not 1 <= small <= 12
        or large > 31
    ):
        return None
    day_first = scan.day_first if large <= 12 else first == large
    day = roll(scan, *((second, first) if day_first else (first, second)))
    if not day:
        return None
    if year := year_at(scan, at + 1):
        day = safe_date(year[0], day.month, day.day) or day
        return one(day), year[1]
    return one(day, ("md", 0), sure=_order_is_clear(scan, first, second)), at + 1


def _order_is_clear(scan: Scan, first: int, second: int) -> float:
    """How sure day and month are the right way round: not very, when both orders give a day soon."""
    if first == second or max(first, second) > 12:
        return 1.0
    near = add_days(scan.today, 120)
    ways = [roll(scan, first, second), roll(scan, second, first)]
    return 0.78 if all(way and way <= near for way in ways) else 0.93


def _agrees(scan: Scan, at: int, day: date) -> bool:
    """A dotted pair just behind a day: a weekday or `today` must be that very day; after a full date it's a time."""
    if scan.dated < 0 or not at - 2 < scan.dated <= at:
        return True
    return (
        not scan.absolute
        and scan.named is not None
        and (scan.named == day or scan.named.weekday() == day.weekday())
    )


def _dash_pair(scan: Scan, at: int) -> Found:
    """`2-15`: only when one side can't be an hour and no one counts with it (`10-15 people`)."""
    tokens = scan.tokens
    if tokens.kind(at) != "num" or tokens.word(at + 1) != "-" or tokens.kind(at + 2) != "num":
        return None
    if not (tokens.touching(at + 1) and tokens.touching(at + 2)) or tokens.kind(at + 3) in (
        "unit",
        "word",
        "ampm",
    ):
        return None
    first, second = tokens[at].value, tokens[at + 2].value
    if not (1 <= min(first, second) <= 12 < max(first, second) <= 31) or len(tokens[at].text) > 2:
        return None
    day = roll(scan, *((first, second) if first <= 12 else (second, first)))
    return (one(day, ("md", 0)), at + 3) if day else None


def day_month(scan: Scan, at: int) -> Found:
    """`5 May`, `the 5th of May 2026`, `twenty third day of September`, `29.Sept`."""
    tokens = scan.tokens
    found = ordinal(tokens, at) or cardinal(tokens, at)
    if not found or not 1 <= found[0] <= 31 or (tokens.kind(at) == "num" and len(tokens[at].text) > 2):
        return None
    number, index = found
    plain = tokens.kind(at) in ("num", "cardinal")
    if tokens.word(index) == "day" and tokens.word(index + 1) == "of":
        index += 2
    elif tokens.word(index) in ("of", ".", "-", "/"):
        index += 1
    month = tokens[index]
    if month.kind != "month":
        return None
    if plain and month.text == "may" and tokens.word(index + 1) in ("i", "we", "you", "be", "not"):
        return None
    return _dated(scan, month.value, number, _dot(scan, index + 1))


def _month_first(scan: Scan, at: int) -> Found:
    """`May 5`, `May the 5th, 2026`, `Feb13`, `oct. the seventeenth`."""
    tokens = scan.tokens
    index = _dot(scan, at + 1)
    if tokens.word(index) == "the" or (
        tokens.word(index) in ("-", "/") and tokens.touching(index) and tokens.touching(index + 1)
    ):
        index += 1
    found = ordinal(tokens, index) or cardinal(tokens, index)
    if not found or not 1 <= found[0] <= 31 or (tokens.kind(index) == "num" and len(tokens[index].text) > 2):
        return None
    if tokens.kind(found[1]) in ("ampm", "oclock") and tokens.kind(index) == "num":
        return None
    return _dated(scan, tokens[at].value, found[0], found[1])


def _dated(scan: Scan, month: int, number: int, after: int) -> Found:
    year = year_at(scan, after)
    if year:
        day = safe_date(year[0], month, number)
        return (one(day, past=day < scan.today), year[1]) if day else None
    shift = {"next": 1, "last": -1, "this": 0}.get(scan.tokens.kind(after))
    if shift is not None and scan.tokens.word(after + 1) == "year":
        day = safe_date(scan.today.year + shift, month, number)
        return (one(day, past=day < scan.today), after + 2) if day else None
    day = roll(scan, month, number)
    return (one(day, ("md", 0)), after) if day else None


def _whole_month(scan: Scan, at: int) -> Found:
    tokens = scan.tokens
    month = tokens[at].value
    year = year_at(scan, _dot(scan, at + 1))
    if year and month:
        return Days(date(year[0], month, 1), month_end(year[0], month)), year[1]
    before = tokens[at - 1]
    if before.text not in _MONTH_BEFORE and before.kind not in ("this", "next", "last", "coming"):
        if tokens[at].weak or tokens[at].edits:
            return None
        if tokens.kind(at + 1) == "word":
            return None
    number = scan.today.year + (month < scan.today.month)
    sure = 0.5 if before.kind in ("ord", "num", "ordinal") else 1.0  # the day before it does not exist
    return Days(date(number, month, 1), month_end(number, month), ("month", month), sure=sure), _dot(
        scan, at + 1
    )


def _dot(scan: Scan, index: int) -> int:
    """Past the full stop of an abbreviation (`Feb. 15`), when something follows it on the line."""
    tokens = scan.tokens
    if (
        tokens.word(index) == "."
        and tokens.touching(index)
        and tokens.kind(index + 1)
        in (
            "num",
            "ord",
            "tens",
            "ordinal",
            "cardinal",
        )
    ) or (tokens.word(index) == "." and tokens.word(index + 1) == "the"):
        return index + 1
    return index


def _the_day(scan: Scan, at: int) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`the 24th`, `the 24`, `the first` - of this month or the next."""
    tokens = scan.tokens
    found = ordinal(tokens, at)
    if found:
        number, after = found
        if tokens.word(after) in _NOT_A_DAY and tokens.word(after) != "of":
            return None
        if (
            tokens.kind(at) != "ord"
            and tokens.kind(after) == "word"
            and tokens.word(after) not in AFTER_THE_NUMBER
        ):
            return None
        return of_month(scan, number, after)
    token = tokens[at]
    if token.kind != "num" or not 1 <= token.value <= 31 or len(token.text) > 2:
        return None
    after = at + 1
    if after < tokens.size and tokens.word(after) not in AFTER_THE_NUMBER and tokens.kind(after) != "line":
        return None
    if tokens.word(after) == "of" and tokens.word(after + 1) not in ("this", "next", "the"):
        return None
    return of_month(scan, number=token.value, after=after)


def _bare_ordinal(scan: Scan, at: int) -> Found:
    """`24th` in digits stands for itself; `first` and `second` only with an article."""
    tokens = scan.tokens
    if tokens.kind(at) != "ord":
        return None
    found = ordinal(tokens, at)
    if not found or tokens.kind(found[1]) == "month":
        return None  # 30 February
    if tokens.word(found[1]) in _NOT_A_DAY and tokens.word(found[1]) != "of":
        return None
    return of_month(scan, *found)


def _of_next_month(scan: Scan, at: int) -> Found:
    """`20 of next month`: a plain number, when the month is told by its place."""
    tokens = scan.tokens
    token = tokens[at]
    if token.kind != "num" or not 1 <= token.value <= 31 or tokens.word(at + 1) != "of":
        return None
    index = at + 2 + (tokens.word(at + 2) == "the")
    told = tokens.kind(index) in ("this", "next", "coming") and tokens.word(index + 1) == "month"
    return of_month(scan, token.value, at + 1) if told else None


def of_month(scan: Scan, number: int, after: int) -> Found:
    """A day of the month, with `of this month`, `next month` ... behind it if given."""
    tokens = scan.tokens
    index = after + 1 if tokens.word(after) == "of" else after
    if tokens.word(index) == "the" and tokens.kind(index + 1) in ("this", "next", "coming") and index > after:
        index += 1
    if tokens.word(index) == "the" and tokens.word(index + 1) == "month":
        day = next_numbered(scan, number)
        return (one(day), index + 2) if day else None
    shift = {"this": 0, "next": 1, "coming": 1, "last": -1}.get(tokens.kind(index))
    if shift is not None and tokens.word(index + 1) == "month":
        month = add_months(scan.today.replace(day=1), shift)
        day = safe_date(month.year, month.month, number)
        return (one(day, past=day < scan.today), index + 2) if day else None
    if tokens.word(after) == "of":
        return None
    day = next_numbered(scan, number)
    return (one(day, ("dom", number)), after) if day else None


def next_numbered(
    scan: Scan, number: int, weekday: int | None = None, start: date | None = None
) -> date | None:
    """The next day with this number of the month (and weekday); up to six years ahead."""
    start = start or scan.today
    month = start.replace(day=1)
    for _ in range(72):
        day = safe_date(month.year, month.month, number)
        if day and day >= start and (weekday is None or day.weekday() == weekday):
            return day
        month = add_months(month, 1)
    return None
