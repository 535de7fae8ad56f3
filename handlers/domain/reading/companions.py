"""Party sizes told by who comes along: just me, me and my wife, my two kids and I, a couple of us."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal
from handlers.domain.reading.tokens import Tokens

_COUNTED_WITH_ME = words(
    "friends friend others buddies mates colleagues coworkers kids children siblings more guests people"
)
_PARTNERS = words("husband wife partner girlfriend boyfriend fiance fiancé fiancée fiancee spouse hubby")
_ALONE = {
    ("just", "me"),
    ("only", "me"),
    ("by", "myself"),
    ("for", "myself"),
    ("just", "myself"),
    ("my", "own"),
}
_ONE = _PARTNERS | words(
    "friend sister brother mother mum mom mam father dad son daughter aunt uncle cousin niece nephew colleague partner flatmate "
    "boss neighbour neighbor grandmother grandfather grandma grandad kid child guest date mate"
)


@dataclass(frozen=True, slots=True)
class Count:
    """One statement of a size; `companions` when people were named but not counted."""

    value: int | None
    confidence: float
    start: int
    end: int
    companions: bool = False
    part: bool = False
    """Some of them (`two of us are vegetarian`): it counts only when nothing else does."""


def told(tokens: Tokens, at: int, services: Collection[str]) -> Count | None:  # noqa: PLR0911 - one return for each form it may take
    """Sizes told without a number: just me, both of us, me and my husband, myself and 3 others, half a dozen of us.

    `services` are the words of the services: one for each is meant by their plural (`haircuts for me and my sister`).
    """
    word, following = tokens.word(at), tokens.word(at + 1)
    if (word, following) in _ALONE:
        if tokens.word(at + 2) in ("and", "&", "+", "plus") or (
            tokens.word(at + 2) == "," and _listed(tokens, at + 3)
        ):
            return None
        return Count(1, 0.9, at, at + 2)
    if word == "both" and following == "of" and tokens.word(at + 2) == "us":
        return Count(2, 0.95, at, at + 3)
    if word == "both" and (
        following in _COUNTED_WITH_ME
        or (following in ("my", "our", "the") and tokens.word(at + 2) in _COUNTED_WITH_ME)
    ):
        return Count(2, 0.9, at, at + 2 + (following in ("my", "our", "the")))
    if word == "solo" and following in ("diner", "dining", "guest", "traveller", "seat"):
        return Count(1, 0.9, at, at + 2)
    if following == "of" or tokens.word(at + 1) in _COUNTED_WITH_ME:
        return _dozen(tokens, at)
    if word in ("me", "myself", "us"):
        return _with_me(tokens, at, services)
    if word == "my":
        return _with_mine(tokens, at, services)
    return None


def _dozen(tokens: Tokens, at: int) -> Count | None:
    """`a couple of us`, `half a dozen of us`, `a dozen people`."""
    word = tokens.word(at)
    if word not in ("couple", "dozen"):
        return None
    after = at + 1 + (tokens.word(at + 1) == "of")
    if tokens.word(after) != "us" and tokens.word(after) not in _COUNTED_WITH_ME:
        return None
    if word == "couple":
        return Count(2, 0.86, at, after + 1)
    half = tokens.word(at - 1) == "half" or (tokens.word(at - 1) == "a" and tokens.word(at - 2) == "half")
    return Count(6 if half else 12, 0.9, at, after + 1)


def _each(tokens: Tokens, start: int, end: int, services: Collection[str]) -> bool:
    """`haircuts for me and my sister`, `my daughter and I both need a trim`: one each."""
    if any(tokens.word(n) == "both" for n in range(end, end + 3)):
        return True
    near = (*range(start - 3, start), *range(end, end + 5))
    return any(tokens.word(n).endswith("s") and tokens.word(n)[:-1] in services for n in near)


def _with_me(tokens: Tokens, at: int, services: Collection[str]) -> Count | None:  # noqa: PLR0911 - one return for each form it may take
    joined = tokens.word(at + 1) in ("and", "&", "+", "plus", "with")
    if not joined:
        return (
            Count(None, 0.0, at, at + 2, companions=True)
            if tokens.word(at + 1) == "," and _listed(tokens, at + 2)
            else None
        )
    number = cardinal(tokens, at + 2)
    if number and tokens.word(at) != "us":
        index = number[1] + (tokens.word(number[1]) in ("other", "more", "of"))
        if tokens.word(index) in _COUNTED_WITH_ME or tokens.word(at + 1) in ("+", "plus"):
            return Count(number[0] + 1, 0.95, at, min(index + 1, tokens.size))
    if (
        tokens.word(at + 2) in ("a", "one", "another")
        and tokens.word(at + 3) in _ONE
        and tokens.word(at) != "us"
    ):
        return Count(2, 0.9, at, at + 4)
    if tokens.word(at + 2) in ("my", "the"):
        who = tokens.word(at + 3)
        many = cardinal(tokens, at + 3)
        if many and tokens.word(many[1]) in _COUNTED_WITH_ME and tokens.word(at) != "us":
            return Count(many[0] + 1, 0.93, at, many[1] + 1)
        goes_on = tokens.word(at + 4) in ("and", "&", "+", "plus") or (
            tokens.word(at + 4) == "," and tokens.word(at + 5) in ("my", "our", "his", "her", "and")
        )
        if not goes_on and (who in _PARTNERS or (who in _ONE and _each(tokens, at, at + 4, services))):
            return Count(2, 0.9, at, at + 4)
        return Count(None, 0.0, at, min(at + 4, tokens.size), companions=True)
    if tokens.kind(at + 2) == "word" and tokens.word(at - 1) in ("for", "", "."):
        return Count(None, 0.0, at, at + 3, companions=True)
    return None


def _listed(tokens: Tokens, at: int) -> bool:
    return any(tokens.word(index) in ("and", "&") for index in range(at, at + 5))


def _with_mine(tokens: Tokens, at: int, services: Collection[str]) -> Count | None:
    """`my wife and I`."""
    for size in (1, 2, 3):
        if tokens.word(at + size + 1) in ("and", "&") and tokens.word(at + size + 2) in ("i", "me", "myself"):
            who, end = tokens.word(at + 1), at + size + 3
            if size == 1 and who in _PARTNERS:
                return Count(2, 0.9, at, end)
            if who in _ONE and size < 3 and _each(tokens, at, end, services):
                return Count(2, 0.9, at, end)
            return Count(None, 0.0, at, at + size + 3, companions=True)
    return None
