"""The member of staff a text asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.tokens import Tokens
from handlers.domain.request import FieldReading
from handlers.domain.rules.model import Resource

_TITLES = words("dr doctor mr mrs ms miss prof professor sir the")
_ASKING = words(
    "with see by for want prefer preferably w request requesting ask asking having seeing book get"
)
_REFUSING = words(
    "not except without avoid anyone anybody but besides than no don't dont never rather instead"
)
_THANKING = words("thanks thank you thx cheers regards best love")
_ADDRESSING = words("hi hello hey dear thanks thx cheers ta morning afternoon evening hiya to thank you")


_RELATIVES = words(
    "friend friends daughter son sister brother wife husband mother mum mom mam dad father kid child girl boy niece nephew aunt "
    "uncle cousin partner girlfriend boyfriend colleague boss neighbour neighbor grandma grandmother granddad grandfather fiance "
    "fiancee flatmate roommate stepdaughter stepson baby"
)
_PLACES = words(
    "street st road rd avenue ave lane drive place square hotel station mall centre center court gardens house"
)
_NO_NAME_AFTER = words(
    "i we you they i'll we'll you'll i'd to the a an this that your our my near at in free car"
)
_PLAIN = words(
    "please thanks thank thx cheers hi hello hey dear can could would is are does do did has have if when on at in for with or and "
    "but not no yes the my i we any also then only best regards kind love may will service date time name phone day appointment "
    "request stylist re fwd free available preferred again who what where just this that haircut trim"
)
_SAW = words("saw seen had")
_UNSURE = 0.7
_BESIDE = words("with see by prefer w")
_WAS = words("was went came been seen had")
_CORRECTING = words("actually sorry rather scratch correction wait")


@dataclass(frozen=True, slots=True)
class Staff:
    """The words by which each member of staff may be named, ready for look-up."""

    names: Mapping[str, str]
    """One lower-case word of a name -> resource id; words that two share are left out."""
    titled: frozenset[str] = frozenset()
    """Those known by a title and surname (`Dr Park`): `Linda Park` is somebody else."""

    @classmethod
    def of(cls, resources: Mapping[str, Resource]) -> Staff:
        names: dict[str, str] = {}
        shared: set[str] = set()
        for id_, resource in resources.items():
            if resource.kind != "staff":
                continue
            for word in re.findall(r"[^\W\d_]+", resource.name.lower()):
                if word in _TITLES or len(word) < 2:
                    continue
                if names.get(word, id_) != id_:
                    shared.add(word)
                names[word] = id_
        titled = frozenset(
            id_
            for id_, resource in resources.items()
            if resource.name.split()[0].lower().strip(".") in _TITLES
        )
        return cls({word: id_ for word, id_ in names.items() if word not in shared}, titled)


@dataclass(frozen=True, slots=True)
class Mention:
    id: str
    confidence: float
    start: int
    end: int
    negative: bool
    past: bool = False
    """Who it was last time: said, but not asked for."""


def mentions(tokens: Tokens, staff: Staff) -> list[Mention]:
    """Every member of staff named as such, in order.

    Greetings (`Hi Mei`), introductions (`I'm Ana`), signatures, relatives (`my daughter Jess`), other people's full names
    (`Jess Wong`), streets and verbs name somebody or something else.
    """
    if not staff.names:
        return []
    found = []
    for index in range(tokens.size):
        token = tokens[index]
        if token.kind not in ("word", "month", "weekday", "part", "ordinal"):
            continue
        id_, score = _who(token.text.removesuffix("'s"), staff, near=_asked_for(tokens, index))
        if not id_ or (token.kind != "word" and not _asked_for(tokens, index)):
            continue
        start = index - 1 if tokens.word(index - 1) in _TITLES - {"the"} else index
        start = start - 1 if tokens.word(start) == "." else start
        if tokens.word(index - 1) == "." and tokens.word(index - 2) in _TITLES:
            start = index - 2
        if _addressed(tokens, index) or _somebody_else(tokens, start, index, staff, id_):
            continue
        first = start - 1 if tokens.word(start - 1) in ("with", "see") else start
        past = _last_time(tokens, start, index + 1)
        if _is_name(tokens, index + 1) and staff.names.get(tokens.word(index + 1)) != id_:
            score = min(score, _UNSURE)  # "with Mei Chen": ours perhaps
        if tokens.word(start - 1) == "for" or _alone_at_the_end(tokens, start, index + 1):
            score = min(score, _UNSURE)  # whom it is for, or who does it
        found.append(Mention(id_, score, first, index + 1, _refused(tokens, start), past=past))
    return found[:20]


def _somebody_else(tokens: Tokens, start: int, index: int, staff: Staff, id_: str) -> bool:  # noqa: PLR0911 - one return for each way
    before, after = tokens.word(start - 1), tokens.word(index + 1)
    if before in _RELATIVES or (before in (",", "(") and tokens.word(start - 2) in _RELATIVES):
        return True
    if after in _PLACES or before in ("near", "car"):
        return True
    if tokens.word(index).endswith("'s") and (after in _RELATIVES or after in ("receptionist", "assistant")):
        return True
    if before in ("tell", "thank") or after in ("recommended", "referred", "told", "sent", "suggested"):
        return True
    if after == "is" and tokens.word(index + 2) in ("my", "the") and tokens.word(index + 3) == "name":
        return True
    if (
        after in ("here", "speaking")
        or before in ("name", "names")
        or (before in (":", "=") and tokens.word(start - 2) == "name")
    ):
        return True
    titled = start < index
    if tokens.text[tokens[index].start].islower() and not titled and not _asked_for(tokens, index):
        return before in _NO_NAME_AFTER or (after in ("my", "the", "your", "a"))
    follows = tokens[index + 1]
    if _is_name(tokens, index + 1) and staff.names.get(follows.text) != id_ and before not in _BESIDE:
        return True
    return bool(
        not titled
        and id_ in staff.titled
        and tokens.kind(index - 1) == "word"
        and _is_name(tokens, index - 1)
    )


def _alone_at_the_end(tokens: Tokens, start: int, end: int) -> bool:
    return tokens.kind(start - 1) == "line" and all(tokens.kind(n) in ("line", "end") for n in (end, end + 1))


def _is_name(tokens: Tokens, index: int) -> bool:
    """A word with a capital, right here, that is not one of those a sentence starts with."""
    token = tokens[index]
    if (
        token.kind != "word"
        or len(token.text) < 2
        or token.text in _PLAIN
        or token.text in _ASKING
        or token.text in _REFUSING
    ):
        return False
    written = tokens.text[token.start : token.end]
    return written[0].isupper() and not written.isupper()


def _last_time(tokens: Tokens, start: int, end: int) -> bool:
    """`I saw Dr Park last year`, `Jess did my hair last time`."""
    if tokens.word(start - 1) in _SAW or (
        tokens.word(start - 1) in ("with", "by") and tokens.word(start - 2) in _WAS
    ):
        return True
    for index in range(end, end + 8):
        word = tokens.word(index)
        if word in (".", "!", "?", ",", ";", "but") or tokens.kind(index) in ("line", "end"):
            return False
        if word == "last" and tokens.word(index - 1) not in ("like", "as", "than", "from"):
            return tokens.word(index + 1) in ("time", "year", "week", "month", "visit")
    return False


def _who(word: str, staff: Staff, *, near: bool) -> tuple[str, float]:
    exact = staff.names.get(word)
    if exact:
        return exact, 0.98 if near else 0.9
    if not near or len(word) < 4:
        return "", 0.0
    for name, id_ in staff.names.items():
        if len(name) >= 4 and name[0] == word[0] and OSA.distance(name, word, score_cutoff=1) <= 1:
            return id_, 0.86
    return "", 0.0


def _asked_for(tokens: Tokens, index: int) -> bool:
    before = index - 1
    if tokens.word(before) == ".":
        before -= 1
    if tokens.word(before) in _TITLES:
        before -= 1
    return (
        tokens.word(before) in _ASKING
        or tokens.word(before) in _REFUSING
        or tokens.word(index + 1) == "please"
    )


def _after_correction(tokens: Tokens, asked: list[Mention]) -> list[Mention]:
    """`with Mei - actually Jess` asks for Jess."""
    for index in range(len(asked) - 1, 0, -1):
        gap = range(asked[index - 1].end, asked[index].start)
        if len(gap) <= 8 and any(tokens.word(n) in _CORRECTING for n in gap):
            return asked[index:]
    return asked


def _addressed(tokens: Tokens, index: int) -> bool:
    before = tokens.word(index - 1)
    if before in ("i'm", "im", "it's") or (before == "am" and tokens.word(index - 2) == "i"):
        return True
    if before == "is" and tokens.word(index - 2) in ("this", "name", "it"):
        return True
    if (
        before in (".", "!", "-")
        and tokens.word(index - 2) in _THANKING
        and tokens.kind(index + 1) in ("end", "line")
    ):
        return True
    if before in _ADDRESSING and before not in ("for", "to"):
        return tokens.word(index + 1) in ("", ",", "!", ".", "-", "and") or tokens.kind(index + 1) in (
            "line",
            "end",
            "word",
        )
    return before == "," and tokens.word(index - 2) in ("thanks", "cheers", "regards", "best", "hi", "hello")


def _refused(tokens: Tokens, start: int) -> bool:
    for back in range(1, 4):
        word = tokens.word(start - back)
        if word in _REFUSING:
            return True
        if word not in ("with", "see", "to", "want", "by", "for", "have", "of"):
            return False
    return False


def read_staff(tokens: Tokens, staff: Staff, offered_by: tuple[str, ...]) -> FieldReading:
    """The one asked for. A refusal names the other when only one other offers the service; else only the quote stands."""
    found = mentions(tokens, staff)
    asked = [m for m in found if not m.negative and not m.past]
    if not asked:
        asked = [m for m in found if not m.negative]
        if asked and not any(m.negative for m in found):
            first = asked[0]
            return FieldReading(value=None, confidence=0.5, quote=tokens.quote(first.start, first.end))
    wanted = {m.id: m for m in _after_correction(tokens, asked)}
    refused = {m.id for m in found if m.negative}
    for id_ in refused:
        wanted.pop(id_, None)
    if len(wanted) == 1:
        (only,) = wanted.values()
        return FieldReading(
            value=only.id, confidence=only.confidence, quote=tokens.quote(only.start, only.end)
        )
    if wanted:
        first, *_, last = wanted.values()
        either = set(offered_by) <= set(wanted) and bool(offered_by)
        quote = (
            tokens.quote(first.start, last.end)
            if last.end - first.start < 20
            else tokens.quote(first.start, first.end)
        )
        return FieldReading(value=None, confidence=0.95 if either else 0.5, quote=quote)
    if refused:
        mention = next(m for m in found if m.negative)
        left = [id_ for id_ in offered_by if id_ not in refused]
        quote = tokens.quote(max(0, mention.start - 1), mention.end)
        if len(left) == 1:
            return FieldReading(value=left[0], confidence=0.9, quote=quote)
        return FieldReading(value=None, confidence=0.5, quote=quote)
    return FieldReading()
