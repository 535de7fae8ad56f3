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
_ADDRESSING = words("hi hello hey dear thanks thx cheers ta morning afternoon evening hiya to thank you")


@dataclass(frozen=True, slots=True)
class Staff:
    """The words by which each member of staff may be named, ready for look-up."""

    names: Mapping[str, str]
    """One lower-case word of a name -> resource id; words that two share are left out."""

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
        return cls({word: id_ for word, id_ in names.items() if word not in shared})


@dataclass(frozen=True, slots=True)
class Mention:
    id: str
    confidence: float
    start: int
    end: int
    negative: bool


def mentions(tokens: Tokens, staff: Staff) -> list[Mention]:
    """Every member of staff named, in order; greetings (`Hi Mei`) and introductions (`I'm Ana`) don't ask for them."""
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
        if _addressed(tokens, index):
            continue
        start = index - 1 if tokens.word(index - 1) in _TITLES - {"the"} else index
        start = start - 1 if tokens.word(start) == "." else start
        first = start - 1 if tokens.word(start - 1) in ("with", "see") else start
        negative = _refused(tokens, start)
        found.append(Mention(id_, score, first, index + 1, negative))
    return found[:20]


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


def _addressed(tokens: Tokens, index: int) -> bool:
    before = tokens.word(index - 1)
    if before in ("i'm", "im", "am", "name", "is") and tokens.word(index - 2) in (
        "",
        "i",
        "this",
        "name",
        "my",
        ".",
        ",",
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
    wanted = {m.id: m for m in found if not m.negative}
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
