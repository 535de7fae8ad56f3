"""Lists of numbered days that share one month: `2, 3 or 4 June`, `June 2nd, 3rd or 4th`, `the 5th and 6th of May`."""

from __future__ import annotations

from handlers.domain.reading.clock import NOT_CLOCK_NOUNS
from handlers.domain.reading.dates import Found, roll, year_at
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import ordinal
from handlers.domain.reading.scan import Scan, one, safe_date

_JOINS = words(", or and & /")
_MOST = 8


def listed_day(scan: Scan, at: int) -> Found:
    """One day of such a list; its neighbours are read in their turn."""
    return _month_ahead(scan, at) or _month_behind(scan, at)


def _small(scan: Scan, at: int) -> tuple[int, int] | None:
    """(day of the month, after) of a number or ordinal, with or without its article."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "the" else at
    token = tokens[index]
    if token.kind == "num":
        return (token.value, index + 1) if len(token.text) <= 2 and 1 <= token.value <= 31 else None
    return ordinal(tokens, index)


def _next_in_list(scan: Scan, at: int) -> int | None:
    """Past the comma, the "or", or both; None when the list ends here."""
    index = at
    while scan.tokens.word(index) in _JOINS and index < at + 2:
        index += 1
    return index if index > at else None


def _month_ahead(scan: Scan, at: int) -> Found:
    """`2` of `2, 3 or 4 June`: the month stands behind the last number."""
    first = _small(scan, at)
    if not first:
        return None
    index, reached, last = first[1], 0, 0
    for _ in range(_MOST):
        following = _next_in_list(scan, index)
        number = _small(scan, following) if following else None
        if not number:
            break
        last, index = number
        reached += 1
    tokens = scan.tokens
    index += tokens.word(index) == "of"
    if not reached or tokens.kind(index) != "month" or last <= first[0]:
        return None
    month = tokens[index].value
    year = year_at(scan, index + 1)
    final = safe_date(year[0], month, last) if year else roll(scan, month, last)
    day = final and safe_date(final.year, month, first[0])
    return (one(day, ("md", 0)), first[1]) if day else None


def _month_behind(scan: Scan, at: int) -> Found:
    """`3rd` of `June 2nd, 3rd or 4th`: the day named just before, in a list, gives the month."""
    tokens = scan.tokens
    if scan.named is None or not scan.absolute or not at - 3 <= scan.dated < at:
        return None
    joint = [tokens.word(index) for index in range(scan.dated, at)]
    if not set(joint) <= _JOINS:
        return None
    number = _small(scan, at)
    if not number or number[0] <= scan.named.day:
        return None
    plain = tokens.kind(number[1] - 1) == "num"
    if plain and not (_goes_on(scan, number[1]) if joint == [","] else _ends_as_a_day(scan, number[1])):
        return None
    day = safe_date(scan.named.year, scan.named.month, number[0])
    return (one(day, ("md", 0)), number[1]) if day else None


def _goes_on(scan: Scan, at: int) -> bool:
    """Behind a comma alone a plain number is a day only when the list goes on: `May 12, 13, or 14`."""
    following = _next_in_list(scan, at)
    number = _small(scan, following) if following else None
    return number is not None and scan.tokens.kind(number[1]) not in ("ampm", "oclock")


def _ends_as_a_day(scan: Scan, at: int) -> bool:
    tokens = scan.tokens
    if tokens.kind(at) in ("ampm", "oclock", "unit", "month", "num", "part", "weekday"):
        return False
    return tokens.word(at) not in NOT_CLOCK_NOUNS and tokens.word(at) not in (":", "-")
