"""Stretches of the day: a point, a range, an open side, a part of the day; and moments counted from now."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from handlers.domain.reading.clock import Clock, clock
from handlers.domain.reading.hours import ABOUT, AFTER_HOUR, between, clock_range, joins
from handlers.domain.reading.lexicon import CORRECTING, CORRECTING_PAIRS, words
from handlers.domain.reading.numbers import duration
from handlers.domain.reading.parts import Span, Timed, by_part, day_part, own_part
from handlers.domain.reading.scan import Days, Scan, one
from handlers.domain.reading.tokens import Tokens

_LOWER = words("after since past post from starting")
_UPPER = words("before by until till til untill pre to")
_REACHING = words(
    "i we they she he you can could do make manage come get there arrive for me us is would be it to time at : 's"
)
_FILLER = words(
    "any anytime sometime some time the a bit shortly just only available free start starts starting be"
)


def time(scan: Scan, at: int) -> Timed | None:  # noqa: C901, PLR0911 - one return for each form it may take
    """The time of day that starts at this token, with what qualifies it in front and behind."""
    tokens = scan.tokens
    word = tokens.word(at)
    if word == "between":
        return between(scan, at + 1)
    phrase = own_part(scan, at)
    if phrase and phrase[2]:
        return Span(*scan.parts[phrase[0]], vague=True, name=phrase[0]), phrase[1]
    start, bound = _qualifier(scan, at)
    if bound == "from":
        found = clock_range(scan, start, introduced=True)
        if found:
            return found
        bound = "at" if _seated(scan, at) else "after"
    elif bound in ("at", ""):
        found = clock_range(scan, start, introduced=bound == "at" or _invited(scan, at))
        if found:
            return found
    point = clock(scan, start)
    lasting = (
        duration(tokens, point.after + 1)
        if point and tokens.word(point.after) == "for" and word == "from"
        else None
    )
    if point and lasting and lasting[1] == "minute":
        return Span(point.minutes, min(point.minutes + lasting[0], 1440), known=point.known), lasting[2]
    if point and (point.strong or bound or _invited(scan, at)) and not _held_back(scan, at, point, bound):
        return _bounded(scan, point, bound)
    named = day_part(scan, start, qualified=bool(bound))
    if not named:
        return None
    span, after = named
    if bound == "after" and span.hi:
        return Span(span.hi, None), after
    if bound == "before" and span.lo is not None and word != "by":
        return Span(None, span.lo), after
    return span, after


def _invited(scan: Scan, at: int) -> bool:
    """A bare number counts as an hour right behind a day or a part of the day (`tmr 3`, `evening 6`)."""
    tokens = scan.tokens
    if tokens.kind(at - 1) in ("part", "tonight"):
        return True
    if tokens.word(at - 1) == "," and scan.dated == at - 1 > 0 > scan.timed and _ends_the_phrase(scan, at):
        return True  # "tomorrow, 7"
    if scan.timed > at - 8 and scan.timed >= 0 and _corrected(tokens, scan.timed, at):
        return True  # "at 10 - strike that, 11"
    if tokens.word(at - 1) in ("or", ",", "/") and scan.timed == at - 1 > 0:
        return True  # "at 3 or 4"
    return scan.dated == at > 0 or _before_another(scan, at)


def _before_another(scan: Scan, at: int) -> bool:
    """`7 or 7.30`: a number that shares an "or" with a clock time just after it."""
    tokens = scan.tokens
    if (
        tokens.kind(at) != "num"
        or tokens.word(at + 1) not in ("or", "/")
        or tokens.word(at - 1) in ("for", "of")
    ):
        return False
    if tokens.kind(at + 2) not in ("pair", "clock"):
        return False
    second = clock(scan, at + 2)
    return second is not None and second.strong and 0 < second.minutes - tokens[at].value * 60 <= 180


def _ends_the_phrase(scan: Scan, at: int) -> bool:
    """Nothing behind the number that it could count; `Friday, 2 till 5` goes on as a stretch."""
    tokens = scan.tokens
    following = tokens[at + 1]
    return following.kind in ("end", "line") or following.text in (
        ".",
        ",",
        "!",
        "?",
        "-",
        "till",
        "til",
        "to",
        "until",
    )


def _corrected(tokens: Tokens, left: int, right: int) -> bool:
    gap = [tokens.word(index) for index in range(left, right)]
    return any(word in CORRECTING for word in gap) or any(pair in CORRECTING_PAIRS for pair in pairwise(gap))


def _held_back(scan: Scan, at: int, point: Clock, bound: str) -> bool:
    """A bare number after `about`, `like`, `by` must not count a noun: `about 3 friends`, `from 5 reviews`."""
    tokens = scan.tokens
    if point.strong or tokens.word(at) in ("at", "@") or bound == "":
        return (
            bound == ""
            and not point.strong
            and tokens.kind(point.after) == "word"
            and point.bare
            and (tokens.word(point.after) not in AFTER_HOUR)
        )
    return tokens.kind(point.after) == "word" and tokens.word(point.after) not in AFTER_HOUR


def _qualifier(scan: Scan, at: int) -> tuple[int, str]:  # noqa: C901, PLR0912 - one return for each form it may take
    """(index of the time itself, "" | at | after | before | from)."""
    tokens = scan.tokens
    index, bound = at, ""
    word = tokens.word(index)
    if word in ("no", "not", "nothing") and tokens.word(index + 1) in (
        "later",
        "earlier",
        "before",
        "after",
        "until",
        "till",
    ):
        follows = tokens.word(index + 1)
        bound = "before" if follows in ("later", "after") else "after"
        index += 2 + (tokens.word(index + 2) == "than")
    elif word in ("later", "earlier") and tokens.word(index + 1) == "than":
        bound, index = ("after" if word == "later" else "before"), index + 2
    elif word in ("anytime", "any", "sometime", "some") and _opens(scan, index):
        index += 2 if word in ("any", "some") else 1
        if tokens.word(index) in ("any", "some", "anytime", "sometime"):
            return index, ""
        return _qualifier(scan, index)
    elif word in _LOWER and tokens[index].edits == 0:
        bound, index = ("from" if word in ("from", "starting") else "after"), index + 1
        if word == "starting" and tokens.word(index) in ("at", "@"):
            bound = "at"
    elif word == "up" and tokens.word(index + 1) in ("to", "till", "until"):
        bound, index = "before", index + 2
    elif (
        word in ("earliest", "latest")
        and (tokens.kind(index + 1) in ("clock", "pair") or scan.timed >= 0)
        and clock(scan, index + 1)
    ):
        bound, index = ("after" if word == "earliest" else "before"), index + 1
    elif word in ("earliest", "latest") and (reached := _said_later(tokens, index)):
        bound, index = ("after" if word == "earliest" else "before"), reached
    elif word in _UPPER:
        bound, index = "before", index + 1
        if word == "to":
            return at, ""
    for _ in range(3):
        if tokens.word(index) == "like" and tokens.word(index - 1) in (
            "i'd",
            "we'd",
            "would",
            "i",
            "we",
            "'d",
            "id",
        ):
            break  # "I'd like one on Friday"
        if tokens.word(index) in ABOUT:
            bound, index = bound or "at", index + 1
        elif (
            bound and tokens.word(index) in ("the", "latest", "earliest") and tokens.kind(index + 1) != "part"
        ):
            index += 1
    if bound and tokens.word(at) in ("like", "say", "exactly") and index == at + 1 and not clock(scan, index):
        return at, ""
    return index, bound


def _said_later(tokens: Tokens, at: int) -> int | None:
    """`the earliest I can do is 10am`: where the time stands, when only such words lie between."""
    index = at + 1
    while tokens.word(index) in _REACHING and index < at + 9:
        index += 1
    return index if index > at + 1 and tokens.word(index - 1) in ("is", "be", ":", "at", "'s") else None


def _seated(scan: Scan, at: int) -> bool:
    """`a table from 7` starts at 7, unlike `free from 7`."""
    words_before = [scan.tokens.word(index) for index in range(max(0, at - 8), at)]
    return any(word in ("table", "reservation", "reserve") for word in words_before) and not any(
        word in ("any", "anytime", "free", "available", "time") for word in words_before[-3:]
    )


def _opens(scan: Scan, at: int) -> bool:
    tokens = scan.tokens
    if tokens.word(at) in ("any", "some"):
        return tokens.word(at + 1) == "time"
    return True


def _bounded(scan: Scan, point: Clock, bound: str) -> Timed:  # noqa: C901 - one return for each form it may take
    """A point with its open side, from words before or behind it (`or later`, `onwards`, `at the latest`)."""
    tokens = scan.tokens
    after, minutes = point.after, point.minutes
    known, bare = point.known, point.bare
    half = None
    if not known:
        half = day_part(scan, after, qualified=False) if joins(scan, after) else None
        if half:
            minutes, known = by_part(minutes, half[0]), True
            after = half[1]
    elif joins(scan, after) and tokens.kind(after) != "tonight":
        half = day_part(scan, after, qualified=False)
        if half and _inside(minutes, half[0]):
            after = half[1]
    seated = clock(scan, after + 1) if tokens.word(after) == "for" and not bound else None
    if seated and seated.strong and 0 < seated.minutes - point.minutes <= 60:
        after = seated.after  # "8 for 8.30"
    word, following = tokens.word(after), tokens.word(after + 1)
    if (
        word in ("or", "and")
        and following in ("later", "after", "onwards", "past", "beyond", "thereafter")
        and not clock(scan, after + 2)
    ) or (word == "at" and following == "the" and tokens.word(after + 2) == "earliest"):
        bound, after = "after", after + (3 if word == "at" else 2)
    elif word in ("onwards", "onward", "forward", "+", "plus", "earliest"):
        bound, after = "after", after + 1
    elif (
        word in ("or", "and")
        and following in ("earlier", "before", "sooner")
        and not clock(scan, after + 2)  # "after 2 and before 5"
    ) or (word == "at" and following == "the" and tokens.word(after + 2) == "latest"):
        bound, after = "before", after + (3 if word == "at" else 2)
    elif word == "latest":
        bound, after = "before", after + 1
    if bound in ("after", "from"):
        return Span(minutes, None, known=known, bare=bare), after
    if bound == "before":
        return Span(None, minutes, known=known, bare=bare), after
    return Span(minutes, minutes, known=known, bare=bare), after


def _inside(minutes: int, span: Span) -> bool:
    return span.lo is not None and span.hi is not None and span.lo - 180 <= minutes <= span.hi + 60


def moment(scan: Scan, at: int) -> tuple[Days, Span, int] | None:
    """A moment counted in minutes or hours from now: `in 5 minutes`, `2 hours from now`, `within 2h`, `30 min later`."""
    tokens = scan.tokens
    word = tokens.word(at)
    index = at + 1 if word in ("in", "within", "about") else at
    while at < index < at + 5 and tokens.word(index) in ("about", "the", "next", "around"):
        index += 1
    counted = duration(tokens, index)
    if not counted or counted[1] != "minute":
        return None
    minutes, _, after = counted
    follows = tokens.word(after)
    later = follows in ("later", "hence") or (
        follows == "from" and tokens.word(after + 1) in ("now", "right")
    )
    if later:
        after += 1 if follows in ("later", "hence") else 2
    elif word not in ("in", "within") or index == at:
        return None
    target = scan.now + timedelta(minutes=min(minutes, 10_000_000))
    end = target.hour * 60 + target.minute
    if word == "within" or tokens.kind(index - 1) == "next":
        start = scan.now.hour * 60 + scan.now.minute
        high = end if target.date() == scan.today else 1440
        return one(scan.today), Span(start, high), after
    return one(target.date()), Span(end, end), after
