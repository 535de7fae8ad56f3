"""Whether a day or time is wanted: `not Monday`, `any day but Friday`, `can't do Tuesday`, `Wednesday is no good`."""

from __future__ import annotations

from itertools import pairwise

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.tokens import Tokens

_NO = words(
    "not except excluding excl without never besides bar avoid skip unable unavailable busy away cannot can't cant "
    "don't dont won't wont couldn't couldnt isn't isnt wouldn't neither nor n't doesn't unless"
)
_EXCEPT = words("except excluding excl besides bar but without")
_ABSENT = words("away busy working unavailable booked out abroad travelling traveling off tied")
_DUTIES = words("meeting meetings work class classes school shift college training lectures")
_SELF = words("i i'm im i've we we're we've")
_BETWEEN = words(
    "on in the for at any a of come do make be free available work working manage attend want is it during have "
    "this next get good great able to really from every until before after book me us put schedule sit down start "
    "arrive there eat time leave"
)
_TWO_WORDS = {
    ("other", "than"), ("apart", "from"), ("instead", "of"), ("rather", "than"), ("aside", "from"), ("anything", "but"), ("better", "than"),
    ("anytime", "but"), ("anyday", "but"), ("everyday", "but"), ("whenever", "but"), ("on", "leave"), ("on", "holiday"), ("on", "vacation"),
}  # fmt: skip
_ALL = words("any every anything anytime all whenever each everyday")
_VERBS = words(
    "does do will is would are am's isn't doesn't won't don't wouldn't doesnt wont isnt aren't can't cant"
)
_DENIALS = words("isn't doesn't won't don't wouldn't doesnt wont isnt aren't can't cant not no")
_GOOD = words(
    "work works suit suits good possible ideal great option available ok okay fine happen happening doable do me able"
)
_LISTED = words("or nor / and & ,")


def unwanted(tokens: Tokens, start: int, end: int, negative_until: int = -1) -> bool:
    """`negative_until` is where the last unwanted piece ended: a list goes on being unwanted (`not Mon or Tue`)."""
    if tokens.word(start) in ("not", "no", "nothing"):
        return False  # "not after 6" carries its own meaning
    if start > negative_until >= 0 and start - negative_until <= 3:
        gap = [tokens.word(index) for index in range(negative_until, start)]
        if (
            gap
            and any(word in ("or", "nor", "/", "and", "&") for word in gap)
            and all(word in _LISTED or word in ("on", "the", "at", "in") for word in gap)
        ):
            return _left_out(tokens, negative_until) or not _praised(tokens, end)
    return _denied_before(tokens, start) or _denied_after(tokens, end)


def _left_out(tokens: Tokens, at: int) -> bool:
    """`any day except Tuesday or Thursday is fine`: the praise is for the other days."""
    behind = [tokens.word(index) for index in range(max(0, at - 8), at)]
    return any(word in _EXCEPT for word in behind) or any(pair in _TWO_WORDS for pair in pairwise(behind))


def _praised(tokens: Tokens, end: int) -> bool:
    return tokens.word(end) in ("works", "is", "would", "suits") and tokens.word(end + 1) not in _DENIALS


def _denied_before(tokens: Tokens, start: int) -> bool:  # noqa: C901, PLR0911 - one return for each form it may take
    index = start - 1
    if tokens.word(start) == "from" and tokens.word(index) in ("apart", "aside"):
        return True
    if tokens.word(start) in ("until", "till", "til") and tokens.word(index) in _DUTIES:
        return bool(_SELF & {tokens.word(index - back) for back in range(1, 5)})
    if (
        tokens.word(index) == "no"
        and tokens.kind(index - 1) in ("end", "line", "word", "mark")
        and (tokens.word(index - 1) != "," or tokens.kind(start) != "relative")
    ):
        return tokens.word(index - 1) not in ("oh", "actually")
    for steps in range(6):
        word = tokens.word(index - steps)
        if not word or tokens.kind(index - steps) == "line":
            return False
        if word == "not" and tokens.word(index - steps - 1) == "if":
            return False
        if word in _NO:
            return word != "busy" or tokens.word(index - steps - 1) != "as"
        if (tokens.word(index - steps - 1), word) in _TWO_WORDS:
            return True
        if word == "but":
            return any(tokens.word(index - steps - back) in _ALL for back in range(1, 6))
        if word in ("work", "working", "works") and tokens.word(index - steps - 1) in (
            "i",
            "i'm",
            "im",
            "am",
            "we",
        ):
            return True
        if word not in _BETWEEN:
            return False
    return False


def _absent(tokens: Tokens, at: int) -> bool:
    """`Saturday I'm away`, `Friday unavailable`, `Monday I can't`."""
    word, following = tokens.word(at), tokens.word(at + 1)
    if word == "unavailable" or (word in ("i'm", "im", "we're") and following in _ABSENT):
        return True
    if word not in ("i", "we") or tokens.word(at + 2) in ("wait", "tell", "say"):
        return False
    if following in ("can't", "cant", "cannot", "work"):
        return True
    return following in ("am", "are", "will") and bool(_ABSENT & {tokens.word(at + 2), tokens.word(at + 3)})


def _denied_after(tokens: Tokens, end: int) -> bool:
    """`Tuesday doesn't work`, `Monday is no good`, `Friday is out`."""
    index = end
    while index < end + 4 and (
        tokens.kind(index) in ("part", "clock", "weekday", "ampm")
        or tokens.word(index) in ("slot", "appointment", "booking", "one", "session")
    ):
        index += 1
    if tokens.word(index) in (":", ",", "-") and tokens.word(index + 1) in ("not", "no", "unavailable", "n"):
        index += 1
    if _absent(tokens, index):
        return True
    if tokens.word(index) in ("is", "are", "'s", "was") and tokens.word(index + 1) in (
        "out",
        "impossible",
        "bad",
        "tricky",
    ):
        return True
    if tokens.word(index) not in _VERBS and tokens.word(index) not in ("not", "no"):
        return False
    denied = False
    for steps in range(5):
        word = tokens.word(index + steps)
        if word in _DENIALS:
            denied = True
        elif denied and word in _GOOD:
            return True
        elif word not in _VERBS and word not in (
            "really",
            "be",
            "an",
            "for",
            "the",
            "a",
            "so",
            "going",
            "to",
            "too",
        ):
            return False
    return False
