"""Stretches of the day: a point, a range, an open side, a part of the day; and moments counted from now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers.domain.reading.clock import Clock, clock
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import duration
from handlers.domain.reading.scan import Days, Scan, one

DAY_PARTS: Mapping[str, tuple[int, int]] = {
    name: (int(60 * low), int(60 * high))
    for name, low, high in (
        ("morning", 6, 12),
        ("early morning", 6, 9),
        ("late morning", 10, 12),
        ("breakfast", 7, 10),
        ("brunch", 10, 13),
        ("lunch", 12, 14),
        ("afternoon", 12, 17),
        ("early afternoon", 12, 14.5),
        ("late afternoon", 15, 18),
        ("tea", 15, 17),
        ("evening", 17, 22),
        ("early evening", 16.5, 19),
        ("late evening", 20, 23),
        ("dinner", 18, 21),
        ("night", 18, 24),
        ("early night", 18, 21),
        ("late night", 21, 24),
        ("after work", 17, 21),
        ("after school", 15, 18),
        ("after hours", 18, 21),
    )
}
"""Minutes after midnight. A business's own `day_parts` come first."""

_ABOUT = words("at @ around about approx approximately circa ~ roughly say like exactly ard")
_LOWER = words("after since past post from starting")
_UPPER = words("before by until till til untill pre to")
_FILLER = words(
    "any anytime sometime some time the a bit shortly just only available free start starts starting be"
)
_SEPARATORS = words("- to til till until untill thru through")
_HEDGES = words("early earlier late later mid")


@dataclass(slots=True)
class Span:
    """Wall minutes `lo`..`hi`, None = open. `vague` is a part of the day (a clock time beside it wins).

    Unless `known`, both are hours of an unnamed half of the day. `today` when it only makes sense today.
    """

    lo: int | None
    hi: int | None
    vague: bool = False
    known: bool = True
    bare: bool = False
    sure: float = 1.0
    name: str = ""

    @property
    def exact(self) -> bool:
        return self.lo is not None and self.lo == self.hi and not self.vague


Timed = tuple[Span, int]


def time(scan: Scan, at: int) -> Timed | None:
    """The time of day that starts at this token, with what qualifies it in front and behind."""
    tokens = scan.tokens
    word = tokens.word(at)
    if word == "between":
        return _between(scan, at + 1)
    phrase = _own_part(scan, at)
    if phrase and phrase[2]:
        return Span(*scan.parts[phrase[0]], vague=True, name=phrase[0]), phrase[1]
    start, bound = _qualifier(scan, at)
    if bound == "from":
        found = _range(scan, start, introduced=True)
        if found:
            return found
        bound = "at" if _seated(scan, at) else "after"
    elif bound in ("at", ""):
        found = _range(scan, start, introduced=bound == "at" or _invited(scan, at))
        if found:
            return found
    point = clock(scan, start)
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
    if tokens.word(at - 1) in ("or", ",", "/") and scan.timed == at - 1 > 0:
        return True  # "at 3 or 4"
    return scan.dated == at > 0


def _held_back(scan: Scan, at: int, point: Clock, bound: str) -> bool:
    """A bare number after `about`, `like`, `by` must not count a noun: `about 3 friends`, `from 5 reviews`."""
    tokens = scan.tokens
    if point.strong or tokens.word(at) in ("at", "@") or bound == "":
        return (
            bound == ""
            and not point.strong
            and tokens.kind(point.after) == "word"
            and point.bare
            and (tokens.word(point.after) not in _AFTER_HOUR)
        )
    return tokens.kind(point.after) == "word" and tokens.word(point.after) not in _AFTER_HOUR


_AFTER_HOUR = words(
    "on in at for with or and to till until if please works work would is will but so works thanks cheers onwards "
    "onward then latest earliest tho though i as because works- instead can could should sharp ideally"
)


def _qualifier(scan: Scan, at: int) -> tuple[int, str]:
    """(index of the time itself, "" | at | after | before | from)."""
    tokens = scan.tokens
    index, bound = at, ""
    word = tokens.word(index)
    if word in ("no", "not") and tokens.word(index + 1) in (
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
        return (
            _qualifier(scan, index) if tokens.word(index) not in ("any", "some", "anytime") else (index, "")
        )
    elif word in _LOWER and tokens[index].edits == 0:
        bound, index = ("from" if word in ("from", "starting") else "after"), index + 1
    elif word in _UPPER:
        bound, index = "before", index + 1
        if word == "to":
            return at, ""
    for _ in range(3):
        if tokens.word(index) in _ABOUT:
            bound, index = bound or "at", index + 1
        elif (
            bound and tokens.word(index) in ("the", "latest", "earliest") and tokens.kind(index + 1) != "part"
        ):
            index += 1
    if bound and tokens.word(at) in ("like", "say", "exactly") and index == at + 1 and not clock(scan, index):
        return at, ""
    return index, bound


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


def _bounded(scan: Scan, point: Clock, bound: str) -> Timed:
    """A point with its open side, from words before or behind it (`or later`, `onwards`, `at the latest`)."""
    tokens = scan.tokens
    after, minutes = point.after, point.minutes
    known, bare = point.known, point.bare
    half = None
    if not known:
        half = day_part(scan, after, qualified=False) if _joins(scan, after) else None
        if half:
            minutes, known = by_part(minutes, half[0]), True
            after = half[1]
    elif _joins(scan, after) and tokens.kind(after) != "tonight":
        half = day_part(scan, after, qualified=False)
        if half and _inside(minutes, half[0]):
            after = half[1]
    word, following = tokens.word(after), tokens.word(after + 1)
    if (
        word in ("or", "and") and following in ("later", "after", "onwards", "past", "beyond", "thereafter")
    ) or (word == "at" and following == "the" and tokens.word(after + 2) == "earliest"):
        bound, after = "after", after + (3 if word == "at" else 2)
    elif word in ("onwards", "onward", "forward", "+", "plus", "earliest"):
        bound, after = "after", after + 1
    elif (word in ("or", "and") and following in ("earlier", "before", "sooner")) or (
        word == "at" and following == "the" and tokens.word(after + 2) == "latest"
    ):
        bound, after = "before", after + (3 if word == "at" else 2)
    elif word == "latest":
        bound, after = "before", after + 1
    if bound in ("after", "from"):
        return Span(minutes, None, known=known, bare=bare), after
    if bound == "before":
        return Span(None, minutes, known=known, bare=bare), after
    return Span(minutes, minutes, known=known, bare=bare), after


def _joins(scan: Scan, at: int) -> bool:
    """A part of the day right behind a clock time names its half; `this evening` and `tonight` are days as well."""
    tokens = scan.tokens
    if tokens.kind(at) == "part" or tokens.word(at) in ("in", "at", "early", "late"):
        return True
    return False


def _inside(minutes: int, span: Span) -> bool:
    return span.lo is not None and span.hi is not None and span.lo - 180 <= minutes <= span.hi + 60


def _between(scan: Scan, at: int) -> Timed | None:
    tokens = scan.tokens
    if tokens.word(at) == "now":
        end = clock(scan, at + 2) if tokens.word(at + 1) in ("and", "to", "-") else None
        if not end:
            return None
        now = scan.now.hour * 60 + scan.now.minute
        return Span(now, _next_after(end, now), name="now"), end.after
    return _range(scan, at, introduced=True, joined=True)


def _range(scan: Scan, at: int, *, introduced: bool, joined: bool = False) -> Timed | None:
    """`3-5pm`, `9:30 to 11`, `1440-1825`; `introduced` by at / from / between, or by standing next to a day."""
    tokens = scan.tokens
    first = clock(scan, at)
    if not first:
        return None
    index = first.after
    part = None
    if not first.known and _joins(scan, index):
        part = day_part(scan, index, qualified=False)
        index = part[1] if part else index
    separator = tokens.word(index)
    if separator not in _SEPARATORS and not (joined and separator in ("and", "&")):
        return None
    index += 1 + (tokens.word(index + 1) in _ABOUT)
    second = clock(scan, index)
    if not second:
        return None
    if not _credible_range(scan, at, first, second, introduced=introduced):
        return None
    after = second.after
    behind = day_part(scan, after, qualified=False) if _joins(scan, after) and not second.known else None
    if behind:
        second.minutes, second.known, after = by_part(second.minutes, behind[0]), True, behind[1]
    if part:
        first.minutes, first.known = by_part(first.minutes, part[0]), True
    return _paired(first, second), after


def _credible_range(scan: Scan, at: int, first: Clock, second: Clock, *, introduced: bool) -> bool:
    tokens = scan.tokens
    if (
        second.bare
        and tokens.kind(second.after) in ("word", "unit", "month")
        and (tokens.kind(second.after) != "word" or tokens.word(second.after) not in _AFTER_HOUR)
    ):
        return False
    if first.strong or (second.strong and second.known):
        return True
    if len(tokens.word(at)) == 4 and len(tokens.word(second.after - 1)) == 4:
        return tokens.kind(at) == "num" and first.known is not None
    if tokens.kind(at) == "pair" or tokens.kind(second.after - 1) == "pair":
        return introduced or tokens.kind(at - 1) == "part" or scan.dated == at
    if introduced or second.strong:
        return True
    return tokens.kind(second.after) in ("weekday", "next", "this", "relative", "tonight", "part") or (
        tokens.word(second.after) in ("on", "tomorrow", "today")
    )


def _paired(first: Clock, second: Clock) -> Span:
    """Both ends in the same reading of the day: the one that names its half decides for the other."""
    bare = first.bare or second.bare
    low, high = first.minutes, second.minutes
    if first.known and second.known:
        return Span(low, high if high or not low else 1440)
    if first.known:
        return Span(low, _next_after(second, low))
    if second.known:
        twelve = low % 720
        candidates = [t for t in (twelve + 720, twelve) if t < (high or 1440)]
        return Span(candidates[0] if candidates else low, high or 1440)
    return Span(low, high, known=False, bare=bare)


def _next_after(point: Clock, start: int) -> int:
    if point.known:
        return point.minutes
    twelve = point.minutes % 720
    return next((t for t in (twelve, twelve + 720) if t > start), point.minutes)


def by_part(minutes: int, part: Span) -> int:
    """The half of the day that a part names: 3 in the afternoon, one in the morning, 12 at night."""
    twelve = minutes % 720
    if minutes >= 780:
        return minutes
    low = part.lo or 0
    if low >= 1080:  # night
        return twelve if twelve < 300 else twelve + 720
    if low >= 720:
        return twelve + 720
    return twelve if minutes < 720 else minutes


def day_part(scan: Scan, at: int, *, qualified: bool) -> Timed | None:
    """`in the morning`, `late afternoon`, `early in the day`, `lunchtime`, `at night`, the business's own parts."""
    tokens = scan.tokens
    index = at
    while tokens.word(index) in ("in", "the", "at", "during", "over", "on") and index < at + 2:
        index += 1
    introduced = index > at or qualified
    hedge = ""
    if tokens.word(index) in _HEDGES:
        hedge = {"e": "early", "l": "late", "m": ""}[tokens.word(index)[0]]
        index += 1
        while tokens.word(index) in ("in", "the", "-", "on") and index < at + 5:
            index += 1
        if tokens.word(index) == "day" and hedge:
            span = scan.parts["morning" if hedge == "early" else "late afternoon"]
            return Span(*span, vague=True, name=hedge), index + 1
    token = tokens[index]
    own = _own_part(scan, index)
    if own and (own[2] or introduced):
        low, high = scan.parts[own[0]]
        return Span(low, high, vague=True, name=own[0]), own[1]
    name = None
    if token.kind == "part":
        name = _part_name(scan, index, introduced=introduced)
    elif token.kind == "meal" and _meal_is_a_time(scan, at, index, qualified=qualified):
        name = token.value
    elif token.text == "first" and tokens.word(index + 1) == "thing":
        return Span(*scan.parts["early morning"], vague=True, name="first thing"), index + 2
    if not name:
        return None
    after = index + 1
    if tokens.word(after) == "time" and token.kind == "meal":
        after += 1
    if not hedge and tokens.word(after) in ("early", "late"):
        hedge, after = tokens.word(after), after + 1
    low, high = scan.parts.get(f"{hedge} {name}".strip()) or scan.parts.get(name) or DAY_PARTS[name]
    return Span(
        low, high, vague=True, name=f"{hedge} {name}".strip(), sure=0.97 if token.edits else 1.0
    ), after


def _part_name(scan: Scan, at: int, *, introduced: bool) -> str | None:
    """A part's name unless it is a greeting (`good evening`), an event (`Yahtzee night`) or an abbreviation alone."""
    tokens = scan.tokens
    token, before = tokens[at], tokens[at - 1]
    if before.text in ("good", "gud", "gd", "g'd") or (
        token.weak and not introduced and before.kind == "word"
    ):
        return None
    if token.text == "morning" and at == 0 and tokens.word(1) in (",", "!") and tokens.size > 3:
        return None
    if (
        token.value == "night"
        and before.kind == "word"
        and not introduced
        and before.text not in ("at", "or", "late")
    ):
        return None
    if token.value == "night" and before.kind == "unit":
        return None
    if token.text in ("nights", "night") and before.kind in ("num", "cardinal"):
        return None
    return str(token.value)


def _own_part(scan: Scan, at: int) -> tuple[str, int, bool] | None:
    """The longest of the business's part names that starts here (`after school`): (name, after, several words)."""
    tokens = scan.tokens
    if tokens.kind(at) == "end":
        return None
    for size in (3, 2):
        name = " ".join(tokens.word(at + n) for n in range(size))
        if name in scan.parts and tokens.word(at) not in _HEDGES:
            return name, at + size, True
    word = tokens.word(at)
    if word in scan.parts and tokens.kind(at) == "word":
        return word, at + 1, False
    return None


_MEAL_CUES = words("at around about before after until till by over during @")


def _meal_is_a_time(scan: Scan, at: int, index: int, *, qualified: bool) -> bool:
    """`around dinner`, `lunch time`, `Saturday lunch` are times; `a lunch meeting`, `dinner with Amy` are not."""
    tokens = scan.tokens
    if tokens.word(index + 1) == "time":
        return True
    following = tokens[index + 1]
    if following.kind == "word" and following.text not in (
        "on",
        "at",
        "please",
        "or",
        "and",
        "would",
        "for",
        "if",
        "works",
    ):
        return False
    if qualified and tokens.word(index - 1) in _MEAL_CUES:
        return True
    if index > at and tokens.word(at) in ("over", "during", "at"):
        return True
    return scan.dated == index and tokens.kind(index - 1) != "opaque"


def moment(scan: Scan, at: int) -> tuple[Days, Span, int] | None:
    """A moment counted in minutes or hours from now: `in 5 minutes`, `2 hours from now`, `within 2h`, `30 min later`."""
    tokens = scan.tokens
    word = tokens.word(at)
    index = at + 1 if word in ("in", "within", "about") else at
    while index > at and tokens.word(index) in ("about", "the", "next", "around"):
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
