"""One point on the clock: 15:30, 3.30pm, 3 o'clock, half past three, quarter to 4, noon, 0930, 16h, seven thirty, 7ish."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal
from handlers.domain.reading.scan import Scan

NOT_CLOCK_NOUNS = words(
    "people persons person ppl pax guests guest adults adult kids kid children friends diners members us times "
    "more other others seats tables table rooms room bookings chairs appointments dollars euros pounds percent "
    "st street road rd ave avenue lane drive boulevard th nd k kg cm weeks of"
)
_STREET_WORDS = words(
    "st street road rd ave avenue lane ln drive blvd boulevard way close court crescent square"
)
_SEATED = words("table tables party group seats spot seating room seat")
_PART_NOUNS = words("appointments appointment slots slot classes class sessions session bookings shifts")
_QUARTERS = words("00 15 30 45")
_MEASURES = words(
    "% stars star km cm mm m miles mile kg g grams points per each x litres out train bus flight ferry film screening"
)
_PAST = words("past after gone")
_TO = words("to till til before of")


@dataclass(slots=True)
class Clock:
    """`minutes` after midnight as written. Unless `known`, it may be either half of the day.

    `strong` needs no introduction ("at"); `after` is the index behind it.
    """

    minutes: int
    known: bool
    strong: bool
    after: int
    bare: bool = False


def half_of_day(scan: Scan, at: int, *, touching: bool = False) -> tuple[int, int] | None:
    """`am`, `p.m.`, `p . m .`, `in the PM`; with `touching` also a lone `a` or `p` (`9p`). -> (0 or 720, after)."""
    tokens = scan.tokens
    token = tokens[at]
    if token.kind == "ampm":
        after = at + 1
        if "." in token.text and tokens.word(after) == "." and tokens.touching(after):
            after += 1
        return token.value * 60, after
    if token.text in ("a", "p"):
        value = 720 if token.text == "p" else 0
        index = at + 1 + (tokens.word(at + 1) == ".")
        if tokens.word(index) == "m":
            return value, index + 1 + (
                tokens.word(index + 1) == "." and tokens.word(index) == "m" and index > at + 1
            )
        if touching and tokens.touching(at):
            return value, at + 1
    if token.text == "in" and tokens.word(at + 1) == "the" and tokens.kind(at + 2) == "ampm":
        return tokens[at + 2].value * 60, at + 3
    return None


def clock(scan: Scan, at: int) -> Clock | None:  # noqa: PLR0911 - one return for each form it may take
    """The point of time that starts here; the caller decides whether a weak one counts."""
    tokens = scan.tokens
    kind = tokens.kind(at)
    if kind == "hour12":
        return Clock(tokens[at].value, known=True, strong=True, after=_ish(scan, at + 1))
    if kind == "clock":
        return _digital(scan, at)
    if kind == "hclock":
        return _french(scan, at)
    if kind == "pair":
        return _dotted(scan, at)
    if kind == "num":
        return _spoken_fraction(scan, at) or _number(scan, at)
    if kind in ("cardinal", "tens") or tokens.word(at) in ("half", "quarter", "a"):
        return _spoken_fraction(scan, at) or (_words(scan, at) if kind == "cardinal" else None)
    return None


def _finish(
    scan: Scan, hour: int, minute: int, after: int, *, strong: bool, literal: bool = False
) -> Clock | None:
    """Adds am/pm, o'clock and -ish behind the digits."""
    tokens = scan.tokens
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    total = hour % 24 * 60 + minute
    if tokens.kind(after) == "oclock" or (tokens.word(after) == "o" and tokens.word(after + 1) == "clock"):
        after, strong = after + (1 if tokens.kind(after) == "oclock" else 2), True
    elif tokens.word(after) in ("hrs", "hours", "hr", "uhr") and (minute or hour > 12 or literal):
        return Clock(total, known=True, strong=True, after=after + 1)
    behind = _ish(scan, after)
    strong, after = strong or behind > after, behind
    index = after
    if tokens.word(index) in (":", ".", "-") and tokens.touching(index) and tokens.touching(index + 1):
        index += 1
    half = half_of_day(scan, index, touching=True)
    if half and hour <= 12:
        total = hour % 12 * 60 + minute + half[0]
        return Clock(total, known=True, strong=True, after=_ish(scan, half[1]))
    if half and hour <= 24:
        after = half[1]
    return Clock(total, known=hour == 0 or hour > 12 or literal, strong=strong, after=after)


def _ish(scan: Scan, at: int) -> int:
    tokens = scan.tokens
    if tokens.word(at) == "ish":
        return at + 1
    if tokens.word(at) == "-" and tokens.word(at + 1) == "ish":
        return at + 2
    return at


def _digital(scan: Scan, at: int) -> Clock | None:
    text = scan.tokens[at].text.replace("|", ":")
    parts = [int(part) for part in text.split(":")]
    return _finish(
        scan, parts[0], parts[1], at + 1, strong=True, literal=text.startswith("0") and parts[0] > 5
    )


def _french(scan: Scan, at: int) -> Clock | None:
    hour, _, minute = scan.tokens[at].text.lower().partition("h")
    found = _finish(scan, int(hour), int(minute or 0), at + 1, strong=bool(minute), literal=True)
    if found and not minute:
        found.strong = scan.tokens.word(at - 1) in ("at", "@", "around", "from", "after", "before", "by")
    return found


def _dotted(scan: Scan, at: int) -> Clock | None:
    text = scan.tokens[at].text
    hour, dot, minute = text.partition(".")
    if not dot or len(minute) != 2:
        return None
    if scan.tokens.kind(at + 1) == "unit":
        return None
    beside = scan.tokens.kind(at + 1) in ("weekday", "relative", "part", "tonight", "this", "next") or (
        scan.tokens.word(at + 1) in ("on", "please", "pls")
        or (minute in _QUARTERS and 0 < int(hour) < 24 and not _measured(scan, at))
    )
    return _finish(scan, int(hour), int(minute), at + 1, strong=beside, literal=text.startswith("0"))


def _measured(scan: Scan, at: int) -> bool:
    """`2.30 stars`, `version 2.15`: a number with a unit is no time."""
    tokens = scan.tokens
    return tokens.word(at + 1) in _MEASURES or tokens.word(at - 1) in (
        "version",
        "v",
        "x",
        "rated",
        "paid",
        "no",
    )


def _number(scan: Scan, at: int) -> Clock | None:  # noqa: C901, PLR0911 - one return for each form it may take
    tokens = scan.tokens
    token = tokens[at]
    value, size = token.value, len(token.text)
    if size in (3, 4):
        if size == 4 and 1990 <= value <= 2059 and _is_a_year(scan, at):
            return None
        hour, minute = divmod(value, 100)
        if hour > 24 or minute > 59:
            return None
        return _finish(
            scan,
            hour,
            minute,
            at + 1,
            strong=size == 4
            and minute % 5 == 0
            and (
                _alone_on_its_line(scan, at)
                or (tokens.word(at + 1) == "on" and tokens.kind(at + 2) == "weekday")
            ),
            literal=token.text[0] == "0" or (size == 4 and hour > 12),
        )
    if size > 2 or value > 24:
        return None
    following = tokens[at + 1]
    if following.kind == "num" and len(following.text) == 2 and following.value < 60 and 0 < value <= 12:
        spaced = _finish(scan, value, following.value, at + 2, strong=False)
        if spaced and (spaced.strong or _part_behind(scan, at, at + 2)):
            spaced.strong = True
            return spaced
    if following.kind == "tens" and 0 < value <= 12 and not tokens.touching(at + 1):
        spoken = cardinal(tokens, at + 1)
        spaced = _finish(scan, value, spoken[0], spoken[1], strong=False) if spoken else None
        if spaced and spaced.strong:
            return spaced  # "3 thirty pm"
    if following.text == "%" or (
        following.kind == "unit" and following.text not in ("weekdays", "weekends", "weekday")
    ):
        return None
    found = _finish(scan, value, 0, at + 1, strong=False)
    if found and not found.strong:
        if _counts_something(scan, at):
            return None
        found.bare = True
        found.strong = _part_behind(scan, at, found.after)
    return found


def _alone_on_its_line(scan: Scan, at: int) -> bool:
    """A line that says `1930`, behind lines that named a day."""
    tokens = scan.tokens
    return tokens.kind(at - 1) == "line" and tokens.kind(at + 1) in ("line", "end") and scan.dated > at - 12


def _is_a_year(scan: Scan, at: int) -> bool:
    """`since 2019`: hardly anybody means 20:19, and nobody after "since" or "in"."""
    tokens = scan.tokens
    if tokens.kind(at + 1) == "ampm" or tokens.word(at + 1) in ("hrs", "hours"):
        return False
    return tokens[at].value % 5 > 0 or tokens.word(at - 1) in ("since", "in", "year", "of")


def _words(scan: Scan, at: int) -> Clock | None:
    """`seven`, `seven thirty`, `five-thirty`, `four oh five`."""
    tokens = scan.tokens
    hour = tokens[at].value
    if not 1 <= hour <= 12:
        return None
    index = at + 1 + (tokens.word(at + 1) == "-")
    minute = 0
    after = at + 1
    strong = False
    if tokens.word(index) in ("oh", "o") and tokens.kind(index + 1) == "cardinal":
        minute, after, strong = tokens[index + 1].value, index + 2, True
    else:
        spoken = cardinal(tokens, index) if tokens.kind(index) in ("tens", "cardinal") else None
        if (
            spoken
            and 10 <= spoken[0] <= 59
            and tokens.kind(spoken[1]) != "unit"
            and not _noun(scan, spoken[1])
        ):
            minute, after, strong = spoken[0], spoken[1], True
    if not strong and (tokens.kind(after) == "unit" or _counts_something(scan, at)):
        return None
    found = _finish(scan, hour, minute, after, strong=strong)
    if found and not found.strong:
        found.bare = True
        found.strong = _part_behind(scan, at, found.after)
    return found


def _spoken_fraction(scan: Scan, at: int) -> Clock | None:  # noqa: PLR0911 - one return for each form it may take
    """`half past 3`, `half 3`, `a quarter to four`, `20 minutes past 6`, `twenty after 3pm`, `15 to noon`."""
    tokens = scan.tokens
    index = at + 1 if tokens.word(at) == "a" else at
    word = tokens.word(index)
    if word == "half":
        past = tokens.word(index + 1) in _PAST
        hour = clock_hour(scan, index + 2 if past else index + 1)
        if not hour or (not past and tokens.kind(index + 1) not in ("num", "cardinal")):
            return None
        if not past and tokens.word(at - 1) in ("a", "and", "for"):
            return None
        return _shifted(hour, 30)
    if word == "quarter":
        amount, index = 15, index + 1
    else:
        found = cardinal(tokens, index) if tokens.kind(index) in ("num", "cardinal", "tens") else None
        if not found or not 1 <= found[0] <= 59 or tokens.word(at) == "a":
            return None
        amount, index = found
        if tokens.word(index) in ("minutes", "min", "mins", "minute"):
            index += 1
        elif amount not in (5, 10, 15, 20, 25) or not _relates(scan, index, amount):
            return None
    relation = tokens.word(index)
    hour = clock_hour(scan, index + 1) if relation in _PAST or relation in _TO else None
    if not hour:
        return None
    return _shifted(hour, amount if relation in _PAST else -amount)


def _relates(scan: Scan, index: int, amount: int) -> bool:
    """`5 to 7` is a stretch unless it follows "at"; `20 to 7` and, in words, `ten to four` are minutes."""
    tokens = scan.tokens
    if tokens.word(index) in ("past", "after") or amount > 12:
        return True
    if tokens.word(index) not in ("to", "till", "til"):
        return False
    if tokens.word(index - 2) in ("at", "@", "its", "it's"):
        return True
    spelt = tokens.kind(index - 1) == tokens.kind(index + 1) == "cardinal" and amount in (5, 10)
    return (
        spelt
        and amount > tokens[index + 1].value
        and tokens.word(index - 2) not in ("from", "between", "open", "work", "hours")
    )


def clock_hour(scan: Scan, at: int) -> Clock | None:
    """A whole hour, as `half past` and `quarter to` need it."""
    tokens = scan.tokens
    if tokens.kind(at) == "hour12":
        return Clock(tokens[at].value, known=True, strong=True, after=at + 1)
    if tokens.kind(at) == "num" and tokens[at].value <= 24 and len(tokens[at].text) <= 2:
        return _finish(scan, tokens[at].value, 0, at + 1, strong=True)
    if tokens.kind(at) == "cardinal" and 1 <= tokens[at].value <= 12:
        return _finish(scan, tokens[at].value, 0, at + 1, strong=True)
    return None


def _shifted(hour: Clock, minutes: int) -> Clock:
    total = hour.minutes + minutes
    if not hour.known and total < 60:
        total += 720  # a quarter to one is 12:45
    return Clock(total % 1440, hour.known, strong=True, after=hour.after)


def _part_behind(scan: Scan, start: int, at: int) -> bool:
    """A part of the day right behind makes a plain number an hour: `eight tonight`, `3 in the afternoon`.

    Behind "for" the number counts people (`a table for two tonight`), unless it is no table and says `in the`.
    """
    tokens = scan.tokens
    index = at
    spelt = tokens.word(index) in ("in", "at") and tokens.word(index + 1) in ("the", "night")
    if spelt:
        index += 2 if tokens.word(index + 1) == "the" else 1
    elif tokens.kind(index) in ("this", "relative"):
        index += 1
    if tokens.word(start - 1) in ("for", "of") and (not spelt or tokens.word(start - 2) in _SEATED):
        return False
    if tokens.word(index) in ("early", "late"):
        index += 1
    if tokens.kind(index) not in ("part", "tonight"):
        return False
    return spelt or tokens.kind(index + 1) != "word" or tokens.word(index + 1) not in _PART_NOUNS


def _noun(scan: Scan, at: int) -> bool:
    return scan.tokens.word(at) in NOT_CLOCK_NOUNS


def _counts_something(scan: Scan, at: int) -> bool:
    """The number belongs to a noun (`3 people`, `4 of us`) or an address (`12 Oak Lane`)."""
    tokens = scan.tokens
    if _noun(scan, at + 1):
        return not (tokens.word(at + 1) == "of" and tokens.word(at + 2) not in ("us", "them"))
    if tokens.kind(at + 1) != "word" or not tokens.text[tokens[at + 1].start].isupper():
        return False
    return any(tokens.word(index) in _STREET_WORDS for index in range(at + 2, at + 5))
