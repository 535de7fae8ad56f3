"""How many people come: for two, party of 6, a table for 4, the two of us, 2 adults and 1 kid, me and my wife."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.numbers import cardinal
from handlers.domain.reading.tokens import Tokens
from handlers.domain.request import FieldReading

_PEOPLE = words(
    "people persons person ppl peeps pax guests guest adults adult diners members heads folks humans ladies women men "
    "girls boys gents kids kid children child toddlers babies infants seniors covers patrons attendees participants customers "
    "ppls students"
)
_COUNTED_WITH_ME = words(
    "friends friend others buddies mates colleagues coworkers kids children siblings more guests people"
)
_GROUPS = words("party group family total team crowd table bunch")
_SEATED = words(
    "table tables reservation reservations seats seating seat room spot spots place booking space dinner lunch brunch"
)
_FOR = words("for fit seat seats accommodate host")
_NOT_PEOPLE = words(
    "haircut haircuts appointments appointment night hour minute am pm o'clock oclock dollars percent star stars course "
    "courses inch inches weeks th hundred thousand k pm- free sessions rooms tables"
)
_ENDING_IN_S = words("as this is us yes thanks cheers close across besides always times")
_PARTNERS = words("husband wife partner girlfriend boyfriend fiance fiancé fiancée fiancee spouse hubby")
_ALONE = {
    ("just", "me"),
    ("only", "me"),
    ("by", "myself"),
    ("for", "myself"),
    ("just", "myself"),
    ("my", "own"),
}
_CORRECTING = words("actually sorry no make change instead rather now not")


@dataclass(frozen=True, slots=True)
class Count:
    """One statement of a size; `companions` when people were named but not counted."""

    value: int | None
    confidence: float
    start: int
    end: int
    companions: bool = False


def read_party(tokens: Tokens, taken: Collection[int], *, seats: bool) -> FieldReading:
    """`taken` are the tokens that tell a time. `seats`: the business takes parties, so a lone `for 5` counts people.

    Companions who are named but can't be counted surely (`me and my friends`) give a quote without a value.
    """
    counts = _counts(tokens, taken, seats=seats)
    sure = [count for count in counts if not count.companions]
    if not sure:
        if not counts:
            return FieldReading()
        return FieldReading(value=None, confidence=0.0, quote=tokens.quote(counts[0].start, counts[0].end))
    best = sure[-1] if sure[-1].confidence >= 0.85 else max(sure, key=lambda count: count.confidence)
    confidence = best.confidence
    if len({count.value for count in sure if count.confidence >= 0.85}) > 1 and not _corrected(tokens, sure):
        confidence *= 0.7
    return FieldReading(
        value=best.value, confidence=round(confidence, 2), quote=tokens.quote(best.start, best.end)
    )


def _corrected(tokens: Tokens, counts: list[Count]) -> bool:
    return (
        any(tokens.word(index) in _CORRECTING for index in range(counts[-2].end, counts[-1].start))
        if len(counts) > 1 and counts[-1].start - counts[-2].end < 30
        else False
    )


def _counts(tokens: Tokens, taken: Collection[int], *, seats: bool) -> list[Count]:
    found: list[Count] = []
    index = 0
    while index < tokens.size:
        kind = tokens.kind(index)
        count = None
        if kind in ("num", "cardinal", "tens"):
            count = _number(tokens, index, taken, seats=seats)
        elif kind == "word":
            count = _phrase(tokens, index)
        if count:
            found.append(count)
            index = max(count.end, index + 1)
        else:
            index += 1
    return found[:50]


def _number(tokens: Tokens, at: int, taken: Collection[int], *, seats: bool) -> Count | None:  # noqa: C901, PLR0911 - one return for each form it may take
    number = cardinal(tokens, at)
    if not number or not 1 <= number[0] <= 200 or tokens.word(at - 1) in ("$", "£", "€", "#"):
        return None
    value, after = number
    following = tokens.word(after)
    if following in ("-", "to", "or") and tokens.kind(after + 1) in ("num", "cardinal"):
        wider = cardinal(tokens, after + 1)
        if wider and tokens.word(wider[1]) in _PEOPLE and wider[0] > value:
            return Count(wider[0], 0.6, at, wider[1] + 1)
    if following in ("more", "other", "extra", "additional", "hungry"):
        after += 1
        following = tokens.word(after)
    if following in _PEOPLE:
        return _summed(tokens, at, value, after + 1)
    if following == "of" and tokens.word(after + 1) in ("us", "you", "them"):
        if value == 1 and tokens.word(at - 1) not in ("for", "just", "only"):
            return None
        return Count(value, 0.98, at, after + 2)
    if tokens.word(at - 1) in ("us", "we're", "of") and (
        tokens.word(at - 1) != "of" or tokens.word(at - 2) in _GROUPS
    ):
        return _unless_taken(value, 0.95, at, after, taken, group=tokens.word(at - 1) == "of")
    if tokens.word(at - 1) in ("party", "group") or (
        tokens.word(at - 1) in (":", "size", "is", "=")
        and tokens.word(at - 2) in ("party", "size", "people", "guests", "pax")
    ):
        return _unless_taken(value, 0.93, at, after, taken)
    if following in ("total", "altogether") or (
        following == "in" and tokens.word(after + 1) in ("total", "all")
    ):
        return _unless_taken(value, 0.93, at, after + (1 if following != "in" else 2), taken)
    if tokens.word(at - 1) == "all" and tokens.word(at - 2) in ("", ".", ",", "for"):
        return _unless_taken(value, 0.85, at, after, taken)
    if tokens.word(at - 1) in _FOR or (
        tokens.word(at - 1) in ("just", "only", "about", "around") and tokens.word(at - 2) == "for"
    ):
        return _for_number(tokens, at, value, after, taken, seats=seats)
    return None


def _summed(tokens: Tokens, at: int, value: int, after: int) -> Count:
    """`2 adults and 1 kid`, `5 kids + 2 adults`."""
    total = value
    for _ in range(4):
        index = after
        while tokens.word(index) in ("and", ",", "&", "+", "plus", "with") and index < after + 2:
            index += 1
        more = cardinal(tokens, index) if index > after else None
        if not more or tokens.word(more[1]) not in _PEOPLE:
            break
        total, after = total + more[0], more[1] + 1
    return Count(total, 0.98, at, after)


def _unless_taken(
    value: int, confidence: float, at: int, after: int, taken: Collection[int], *, group: bool = False
) -> Count | None:
    if at in taken and not group:
        return None
    return Count(value, confidence, at, after)


def _for_number(
    tokens: Tokens, at: int, value: int, after: int, taken: Collection[int], *, seats: bool
) -> Count | None:
    """`for two`: people, unless a unit, a clock word or another noun follows the number."""
    following = tokens[after]
    if at in taken or following.kind in ("unit", "ampm", "oclock", "part", "month", "clock", "num", "ord"):
        return None
    if following.text in _NOT_PEOPLE or following.text in (":", "%", "/") or following.text in ("ish", "hrs"):
        return None
    if following.text == "-" and tokens.touching(after):
        return None
    plural = following.kind == "word" and len(following.text) > 3 and following.text.endswith("s")
    if (plural and following.text not in _ENDING_IN_S) or tokens.word(at - 2) == "not":
        return None
    seated = any(tokens.word(index) in _SEATED for index in range(max(0, at - 8), at))
    if not seats and not seated and tokens.kind(at) == "num" and value <= 12:
        return Count(value, 0.6, at - 1, after)
    return Count(value, 0.95 if seated else 0.9, at - 1, after)


def _phrase(tokens: Tokens, at: int) -> Count | None:
    """Sizes told without a number: just me, both of us, me and my husband, myself and 3 others."""
    word, following = tokens.word(at), tokens.word(at + 1)
    if (word, following) in _ALONE:
        if tokens.word(at + 2) in ("and", "&", "+", "plus", ","):
            return None
        return Count(1, 0.9, at, at + 2)
    if word == "both" and following == "of" and tokens.word(at + 2) == "us":
        return Count(2, 0.95, at, at + 3)
    if word in ("me", "myself", "us"):
        return _with_me(tokens, at)
    if word == "my":
        return _with_mine(tokens, at)
    return None


def _with_me(tokens: Tokens, at: int) -> Count | None:
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
    if tokens.word(at + 2) in ("my", "the"):
        who = tokens.word(at + 3)
        goes_on = tokens.word(at + 4) in ("and", "&", "+", "plus") or (
            tokens.word(at + 4) == "," and tokens.word(at + 5) in ("my", "our", "his", "her", "and")
        )
        if who in _PARTNERS and not goes_on:
            return Count(2, 0.9, at, at + 4)
        return Count(None, 0.0, at, min(at + 4, tokens.size), companions=True)
    if tokens.kind(at + 2) == "word" and tokens.word(at - 1) in ("for", "", "."):
        return Count(None, 0.0, at, at + 3, companions=True)
    return None


def _listed(tokens: Tokens, at: int) -> bool:
    return any(tokens.word(index) in ("and", "&") for index in range(at, at + 5))


def _with_mine(tokens: Tokens, at: int) -> Count | None:
    """`my wife and I`."""
    for size in (1, 2, 3):
        if tokens.word(at + size + 1) in ("and", "&") and tokens.word(at + size + 2) in ("i", "me", "myself"):
            if size == 1 and tokens.word(at + 1) in _PARTNERS:
                return Count(2, 0.9, at, at + 4)
            return Count(None, 0.0, at, at + size + 3, companions=True)
    return None
