"""Stretches of days: from 13 to 15 July, Monday-Wednesday, 29 / 30 August, after Tuesday, by Friday, for 3 days from today."""

from __future__ import annotations

from datetime import date

from handlers.domain.reading.dates import next_numbered, roll, year_at
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal, duration, ordinal
from handlers.domain.reading.relative import day
from handlers.domain.reading.scan import Days, Scan, add_days, add_months, one, safe_date

Found = tuple[Days, int] | None

_JOINS = words("- to til till until untill thru through")
_FROM = words("from starting since beginning")
_CHANGES = words("move change reschedule switch shift push swap rebook moved changed moving changing bring")


def days(scan: Scan, at: int) -> Found:  # noqa: C901, PLR0911 - one return for each form it may take
    """The days that start at this token, with their open side or far end."""
    tokens = scan.tokens
    word = tokens.word(at)
    index = at + 1
    while tokens.word(index) in ("on", "from", "the") and tokens.kind(index + 1) != "unit" and index < at + 3:
        if tokens.word(index) == "the" and tokens.word(index + 1) in ("end", "beginning", "start", "middle"):
            break
        index += 1
    if word in ("between", *_FROM) and not (
        word in ("starting", "beginning") and tokens.word(at + 1) == "of"
    ):
        found = _stretch(scan, index, both=word == "between")
        if found:
            return _moved_to(scan, at, found) if word == "from" else found
        if word == "between":
            return None
        single = _known(scan, index)
        return _from(scan, single, word) if single else None
    if word in ("no", "not") and (tokens.word(at + 1), tokens.word(at + 2)) == ("later", "than"):
        single = _known(scan, at + 3)
        return (Days(None, single[0].last, sure=single[0].sure), single[1]) if single else None
    if word == "up" and tokens.word(at + 1) in ("to", "until", "till"):
        single = _known(scan, at + 2 + (tokens.word(at + 2) == "the" and tokens.kind(at + 3) == "weekday"))
        return (Days(None, single[0].last, sure=single[0].sure), single[1]) if single else None
    if word in ("after", "before", "by", "until", "till", "til"):
        single = _known(scan, index)
        if single and tokens.word(at - 1) == "or" and tokens.word(at - 2) == "on":  # "on or after the 20th"
            first, last = (single[0].first, None) if word == "after" else (None, single[0].last)
            return Days(first, last, sure=single[0].sure), single[1]
        return _open(scan, word, index, single) if single else None
    if word == "for":
        return _lasting(scan, at + 1)
    found = _stretch(scan, at, both=False) or day(scan, at)
    if found and tokens.word(found[1]) in ("onwards", "onward", "forward", "forwards") and found[0].first:
        return Days(found[0].first, None, sure=found[0].sure), found[1] + 1
    return found


def _known(scan: Scan, at: int) -> Found:
    found = day(scan, at)
    return found if found and (found[0].first or found[0].last) else None


def _from(scan: Scan, found: tuple[Days, int], word: str) -> Found:
    """`from Monday` is open-ended; `from October` means October; `from 18 Dec for 10 days` ends."""
    days_, after = found
    tokens = scan.tokens
    lasts = duration(tokens, after + 1) if tokens.word(after) == "for" else None
    if lasts and days_.first and lasts[1] != "minute":
        return Days(days_.first, add_days(_end(days_.first, lasts[0], lasts[1]), -1)), lasts[2]
    if tokens.word(after) in ("onwards", "onward", "forward", "on"):
        return Days(days_.first, None, sure=days_.sure), after + 1
    if not days_.single and word != "since":
        return found
    if tokens.kind(after) in ("clock", "pair") or tokens.word(after) in ("at", "@"):
        return found  # "from Tuesday at 3": the time is the open side
    return Days(days_.first, None, sure=days_.sure), after


def _open(scan: Scan, word: str, index: int, found: tuple[Days, int]) -> Found:
    days_, after = found
    edge = scan.tokens.word(index) if scan.tokens.word(index) != "the" else scan.tokens.word(index + 1)
    if word == "after":
        if edge in ("beginning", "start"):
            return Days(days_.first, None), after
        return Days(add_days(days_.last, 1) if days_.last else None, None, sure=days_.sure), after
    tokens = scan.tokens
    if word == "by" and days_.single and (tokens.word(after) in ("at", "@") or tokens.kind(after) == "clock"):
        return found
    if word == "before" and edge != "end" and days_.first:
        return Days(None, add_days(days_.first, -1), sure=days_.sure), after
    return Days(None, days_.last, sure=days_.sure), after


def _lasting(scan: Scan, at: int) -> Found:
    """`for 3 days from today`, `for a week starting Friday`."""
    lasts = duration(scan.tokens, at)
    if not lasts or lasts[1] == "minute":
        return None
    index = lasts[2]
    if scan.tokens.word(index) not in _FROM:
        return None
    index += 1 + (scan.tokens.word(index + 1) in ("on", "from"))
    start = _known(scan, index)
    if not start or not start[0].first:
        return None
    return Days(start[0].first, add_days(_end(start[0].first, lasts[0], lasts[1]), -1)), start[1]


def _end(start: date, count: int, unit: str) -> date:
    if unit in ("month", "year"):
        return add_months(start, min(count, 1000) * (12 if unit == "year" else 1))
    return add_days(start, min(count, 5000) * (7 if unit == "week" else 1))


def _moved_to(scan: Scan, at: int, found: tuple[Days, int]) -> Found:
    """`move it from Tuesday to Thursday` asks for Thursday."""
    if any(scan.tokens.word(index) in _CHANGES for index in range(max(0, at - 8), at)) and found[0].last:
        return Days(found[0].last, found[0].last), found[1]
    return found


def _stretch(scan: Scan, at: int, *, both: bool) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`A to B`; with `both`, `A and B` too."""
    tokens = scan.tokens
    short = _numbers_then_month(scan, at, both=both)
    if short:
        return short
    left = (one(scan.today), at + 1) if tokens.word(at) == "now" else day(scan, at)
    if not left or not left[0].first:
        return None
    index = left[1]
    word = tokens.word(index)
    if word == "/" and left[0].loose[0] != "weekday":
        return None
    if word not in _JOINS and not (both and word in ("and", "&")):
        return None
    after = _month_day_to_number(scan, left[0], left[1] + 1, at)
    if after:
        return after
    right = day(scan, index + 1 + (tokens.word(index + 1) in ("on", "from")))
    if not right or not right[0].last:
        return None
    last = _on_or_after(scan, left[0].first, right[0])
    return (Days(left[0].first, last, sure=min(left[0].sure, right[0].sure)), right[1]) if last else None


def _on_or_after(scan: Scan, start: date, right: Days) -> date | None:
    """The end of a stretch: `Fri-Sun` and `the 28th to the 2nd` look ahead from the start, not from today."""
    kind, value = right.loose
    if kind in ("weekday", "this"):
        return add_days(start, (value - start.weekday()) % 7 or 7)
    if kind == "dom":
        return next_numbered(scan, value, start=start)
    if right.last and right.last < start and kind == "md":
        return safe_date(start.year + 1, right.last.month, right.last.day)
    return right.last if right.last and right.last >= start else None


def _small(scan: Scan, at: int) -> tuple[int, int] | None:
    """A day number, with or without its article."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    found = ordinal(tokens, index) or (
        cardinal(tokens, index) if tokens.kind(index) in ("num", "cardinal") else None
    )
    if found and 1 <= found[0] <= 31 and not (tokens.kind(index) == "num" and len(tokens[index].text) > 2):
        return found
    return None


def _numbers_then_month(scan: Scan, at: int, *, both: bool) -> Found:  # noqa: PLR0911 - one return for each form it may take
    """`13 to 15 July`, `the 13th to the 15th of July`, `29 / 30 August`, `between 21 and 22.11.2017`."""
    tokens = scan.tokens
    if tokens.kind(at) == "pair":
        return _pair_then_month(scan, at)
    first = _small(scan, at)
    if not first:
        return None
    index = first[1]
    if tokens.word(index) == "." and tokens.word(index + 1) in _JOINS:
        index += 1
    if (
        tokens.word(index) not in _JOINS
        and tokens.word(index) != "/"
        and not (both and tokens.word(index) == "and")
    ):
        return None
    index += 1
    if tokens.kind(index) in ("pair", "dmy"):
        end = day(scan, index)
        start = end and end[0].last and safe_date(end[0].last.year, end[0].last.month, first[0])
        return (Days(start, end[0].last), end[1]) if end and start else None
    second = _small(scan, index)
    if not second:
        return None
    index = second[1] + (tokens.word(second[1]) in ("of", "."))
    if tokens.kind(index) != "month":
        return None
    month = tokens[index].value
    year = year_at(scan, index + 1)
    last = safe_date(year[0], month, second[0]) if year else roll(scan, month, second[0])
    start = last and (safe_date(last.year, month, first[0]) if first[0] <= second[0] else None)
    return (Days(start, last), year[1] if year else index + 1) if start else None


def _pair_then_month(scan: Scan, at: int) -> Found:
    """`16/17 March`: two days that follow each other."""
    tokens = scan.tokens
    left, slash, right = tokens.word(at).partition("/")
    index = at + 1 + (tokens.word(at + 1) == "of")
    if (
        not slash
        or tokens.kind(index) != "month"
        or tokens.word(index) == "may"
        or int(right) - int(left) != 1
    ):
        return None
    last = roll(scan, tokens[index].value, int(right))
    start = last and safe_date(last.year, last.month, int(left))
    return (Days(start, last), index + 1) if start else None


def _month_day_to_number(scan: Scan, left: Days, index: int, at: int) -> Found:
    """`July 13 through 15`: the second number shares the month."""
    tokens = scan.tokens
    second = _small(scan, index)
    if not second or not left.first or left.loose[0] != "md" or tokens.kind(at) in ("pair", "num"):
        return None
    following = tokens.kind(second[1])
    if following in ("month", "ampm", "oclock", "clock") or tokens.word(second[1]) in ("of", ":"):
        return None
    last = safe_date(left.first.year, left.first.month, second[0])
    if not last or last <= left.first:
        return None
    year = year_at(scan, second[1])
    if year:
        start = safe_date(year[0], left.first.month, left.first.day)
        last = safe_date(year[0], last.month, last.day)
        return (Days(start, last), year[1]) if start and last else None
    return Days(left.first, last), second[1]
