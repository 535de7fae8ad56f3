"""Whom the text names: the member of staff asked for, and the customer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.threads import is_closing
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
_NOT_NAMES = words(
    "looking free available interested after hoping trying sorry just happy glad new a an the not here very so really "
    "good fine writing going coming away back busy booked flexible ok okay keen able unable running late in on at from "
    "regarding about for to my your is it what thinking wondering excited afraid booking pregnant getting also only "
    "contacting calling emailing texting interested having still sure open urgent important great perfect correct wrong "
    "right monday tuesday wednesday thursday friday saturday sunday tomorrow today tonight due i we thanks thank cheers"
)
_WORD = r"[^\W\d_][^\W\d_'’\-]{0,30}(?:['’\-][^\W\d_]{1,30})?"
_NAME = rf"(?P<name>{_WORD}(?:[ \t]{{1,3}}{_WORD}){{0,2}})"
_INTRODUCTIONS = (
    (
        re.compile(
            rf"\b(?:my name is|my name's|my names|the name is|name's|name is|name\s{{0,3}}[:=])\s{{0,3}}{_NAME}",
            re.IGNORECASE,
        ),
        True,
    ),
    (
        re.compile(
            rf"\b(?:under the name(?: of)?|in the name(?: of)?|under name|call me)\s{{0,3}}:?\s{{0,3}}{_NAME}",
            re.IGNORECASE,
        ),
        True,
    ),
    (re.compile(rf"\b(?:[Ii]['’]?m|[Ii] am|[Tt]his is|[Ii]t['’]?s|IT'S|THIS IS)\s{{1,3}}{_NAME}"), False),
    (re.compile(rf"(?:^|[.!\n]\s{{0,3}}){_NAME}\s{{1,3}}(?:here|speaking)\b"), False),
    (re.compile(rf"(?:^|[.!?\n]\s{{0,3}}){_NAME}\s{{1,3}}is (?:my|the) name\b"), True),
)
_SIGN_OFF = re.compile(
    r"(?:thanks|thank you|thx|cheers|regards|best|best wishes|love|ta|sincerely|yours)\s{0,3}[,.!\-–—\n]\s{0,3}"
    rf"{_NAME}\s{{0,3}}[x.!]*\s{{0,3}}$",
    re.IGNORECASE,
)
_DASH_NAME = re.compile(rf"(?:^|\s)[-–—~]\s?{_NAME}\s{{0,3}}[x.!]*\s{{0,3}}$")
_LINE_NAME = re.compile(rf"^\s{{0,3}}[-–—~]?\s{{0,3}}{_NAME}\s{{0,3}}[x.,]*\s{{0,3}}$")


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


def read_name(body: str, signature: str, staff: Staff) -> str | None:
    """The customer's own name, from an introduction or the way they sign."""
    for pattern, any_case in _INTRODUCTIONS:
        for match in pattern.finditer(body):
            name = _cleaned(match["name"], any_case=any_case)
            if name:
                return name
    if signature:
        name = _signed(signature)
        if name:
            return name
    tail = body[-2000:].rstrip()[-80:]
    for pattern in (_SIGN_OFF, _DASH_NAME):
        found = pattern.search(tail)
        name = _cleaned(found["name"], any_case=False) if found else None
        if name and not (
            name.lower() in staff.names and "," not in tail[-len(name) - 4 :] and "\n" not in tail
        ):
            return name
    return None


def _signed(signature: str) -> str | None:
    for number, line in enumerate(signature[:2000].split("\n")[:6]):
        line = line[:120]  # noqa: PLW2901 - a name stands early
        if is_closing(line):
            continue
        found = _SIGN_OFF.search(line) or _DASH_NAME.search(line)
        if not found and number < 5:
            found = _LINE_NAME.match(line)
        name = _cleaned(found["name"], any_case=False) if found else None
        if name:
            return name
    return None


def _cleaned(name: str, *, any_case: bool) -> str | None:
    """The leading words that can be a name; None when there is none."""
    kept: list[str] = []
    for word in name.split():
        lower = word.lower().replace("’", "'")
        if lower in _NOT_NAMES or lower in _STOPS or (not any_case and not word[0].isupper()):
            break
        kept.append(word)
    if not kept or is_closing(" ".join(kept)) or len(kept[0]) < 2:
        return None
    if any_case and all(word.islower() for word in kept):
        kept = [word.capitalize() for word in kept]
    return " ".join(kept)


_STOPS = words(
    "and or but with who whose can could would i'd i've i'll is are was want wanted need please would like have "
    "booked if as by of this that we you our sent he she they do did does may might will shall because since when "
    "phone tel mobile mob email cell contact number from subject re"
)
