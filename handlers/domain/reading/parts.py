"""Parts of the day: in the morning, late afternoon, lunchtime, after work, and the business's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.scan import Scan

_HEDGES = words("early earlier late later mid")
_MEAL_CUES = words("at around about before after until till by over during @")


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
        ("before work", 7, 9),
        ("before school", 7, 9),
        ("after work", 17, 21),
        ("after school", 15, 18),
        ("after hours", 18, 21),
    )
}
"""Minutes after midnight. A business's own `day_parts` come first."""


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


def day_part(scan: Scan, at: int, *, qualified: bool) -> Timed | None:  # noqa: C901 - one return for each form it may take
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
    half = _half_day(scan, index) or _end_of_the_day(scan, index)
    if half:
        return half
    own = own_part(scan, index)
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
    if tokens.word(after) in ("time", "break", "hour") and token.kind == "meal":
        after += 1
    if not hedge and tokens.word(after) in ("early", "late"):
        hedge, after = tokens.word(after), after + 1
    low, high = scan.parts.get(f"{hedge} {name}".strip()) or scan.parts.get(name) or DAY_PARTS[name]
    return Span(
        low, high, vague=True, name=f"{hedge} {name}".strip(), sure=0.97 if token.edits else 1.0
    ), after


def _half_day(scan: Scan, at: int) -> Timed | None:
    """`Friday PM`, `Sat AM`: a half of the day, right behind a day."""
    tokens = scan.tokens
    if tokens.kind(at) != "ampm" or scan.dated != at:
        return None
    low, high = scan.parts["morning"] if tokens[at].value == 0 else (720, None)
    return Span(low, high, vague=True, name=tokens.word(at)), at + 1


def _end_of_the_day(scan: Scan, at: int) -> Timed | None:
    """`last thing on Friday`, `Friday, end of the day`: the last hours, where it is not `by the end of the day`."""
    tokens = scan.tokens
    after = 0
    if tokens.word(at) == "last" and tokens.word(at + 1) == "thing":
        after = at + 2
    elif tokens.word(at) == "end" and tokens.word(at + 1) == "of":
        index = at + 2 + (tokens.word(at + 2) == "the")
        after = index + 1 if tokens.word(index) == "day" else 0
    if not after or {"by", "before"} & {tokens.word(at - 1), tokens.word(at - 2)}:
        return None
    low, high = (scan.closes - 180, scan.closes) if scan.closes else scan.parts["late afternoon"]
    return Span(low, high, vague=True, name="end of the day"), after


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


def own_part(scan: Scan, at: int) -> tuple[str, int, bool] | None:
    """The longest of the business's part names that starts here (`after school`): (name, after, several words)."""
    tokens = scan.tokens
    if tokens.word(at) not in scan.part_words:
        return None
    for size in (3, 2):
        name = " ".join(tokens.word(at + n) for n in range(size))
        if name in scan.parts and tokens.word(at) not in _HEDGES:
            return name, at + size, True
    word = tokens.word(at)
    if word in scan.parts and tokens.kind(at) == "word":
        return word, at + 1, False
    return None


def _meal_is_a_time(scan: Scan, at: int, index: int, *, qualified: bool) -> bool:
    """`around dinner`, `lunch time`, `Saturday lunch` are times; `a lunch meeting`, `dinner with Amy` are not."""
    tokens = scan.tokens
    if tokens.word(index + 1) in ("time", "break", "hour"):
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
    if (
        scan.dated == index - 1
        and tokens.word(index - 1) == ","
        and following.kind in ("mark", "line", "end")
    ):
        return True  # "Sunday 17th, lunch, four of us"
    return scan.dated == index and tokens.kind(index - 1) != "opaque"
