"""Which of the business's services a text asks for: its words, their inflections and typos, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import OSA

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.tokens import Tokens
from handlers.domain.request import ServiceReading
from handlers.domain.rules.model import Service

_WORD = re.compile(r"[^\W_]+")
_ARTICLES = words("a an the my your our some of for and with to in")
_GENERAL = words(
    "full half new quick first second treatment appointment session service visit consult consultation classic express "
    "deluxe basic standard just special premium mini small large long short hair face body nail nails patient party menu "
    "class lesson test check up out dry only therapy care follow ladies mens men women kids child adult"
)
"""Words that say too little to name a service alone; they count inside a longer name."""
_NEGATORS = words("no not without except never don't dont didn't doesn't won't skip nor minus")
_PAST = words("had was were came got loved did")
_WANTING = words("like want need book could can love would get same another i'd please for- looking schedule")
_CORRECTING = words("actually sorry mean meant rather instead scratch oops correction")
_LONGEST = 5
_MOST = 40
"""Mentions looked at."""
_CACHE_LIMIT = 50_000


@dataclass(slots=True)
class Match:
    """One mention: which services it may mean (best first), how surely, and where (token indexes)."""

    services: tuple[str, ...]
    score: float
    start: int
    end: int
    negative: bool = False


@dataclass(slots=True)
class Catalogue:
    """The names and aliases of all services, ready for look-up. Made once per version of the rules."""

    phrases: dict[str, tuple[str, ...]]
    """Squashed stems of a whole name or alias -> services."""
    heads: dict[str, tuple[str, ...]]
    """One telling word of a longer name -> services."""
    by_letter: dict[str, list[tuple[str, tuple[str, ...], float]]]
    """What a misspelt word may have meant, by its first letter: (word, services, score without typos)."""
    words: frozenset[str]
    """Every word of the names and aliases, as written and as stems: these are never somebody's name."""
    longest: int
    """Words of the longest name, and one more for a name written apart (`hair cut`)."""
    _near: dict[str, tuple[tuple[str, ...], float]] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Mapping[str, Service]) -> Catalogue:
        phrases: dict[str, list[str]] = {}
        heads: dict[str, list[str]] = {}
        for id_, service in services.items():
            for name in (service.name, *service.aliases):
                stems = [stem(word) for word in _WORD.findall(name.lower()) if word not in _ARTICLES]
                if not stems:
                    continue
                _put(phrases, "".join(stems), id_)
                if len(stems) > 1:
                    for word in stems:
                        if len(word) > 3 and word not in _GENERAL and stem(word) not in _GENERAL:
                            _put(heads, word, id_)
        by_letter: dict[str, list[tuple[str, tuple[str, ...], float]]] = {}
        for table, base in ((phrases, 0.94), (heads, 0.88)):
            for known, ids in table.items():
                if len(known) >= 5:
                    by_letter.setdefault(known[0], []).append((known, tuple(ids), base))
        names = [name for service in services.values() for name in (service.name, *service.aliases)]
        return cls(
            phrases={k: tuple(v) for k, v in phrases.items()},
            heads={k: tuple(v) for k, v in heads.items()},
            by_letter=by_letter,
            words=frozenset(
                form
                for name in names
                for word in _WORD.findall(name.lower())
                if word not in _ARTICLES
                for form in (word, stem(word), f"{word}s")
            ),
            longest=min(_LONGEST, 1 + max((len(_WORD.findall(name)) for name in names), default=1)),
        )

    def find(self, key: str) -> tuple[tuple[str, ...], float]:
        """Services of a squashed phrase and how well it fits: 1.0 exact, less for a partial name or a typo, 0 none."""
        exact = self.phrases.get(key)
        if exact:
            return exact, 1.0
        found = self._near.get(key)
        if found is None:
            if len(self._near) > _CACHE_LIMIT:
                self._near.clear()
            found = self._near[key] = self._approximate(key)
        return found

    def _approximate(self, key: str) -> tuple[tuple[str, ...], float]:
        if key in self.heads:
            return self.heads[key], 0.93
        if len(key) < 5 or key in _COMMON:
            return (), 0.0
        best: tuple[tuple[str, ...], float] = ((), 0.0)
        for known, services, base in self.by_letter.get(key[0], ()):
            allowed = 1 if len(known) < 8 else 2
            if abs(len(known) - len(key)) > allowed:
                continue
            edits = OSA.distance(known, key, score_cutoff=allowed)
            if edits <= allowed and base - 0.04 * edits > best[1]:
                best = services, base - 0.04 * edits
        return best


_COMMON = words(
    "trip trail train trick tried cute cuts court count route boots books cooler colony collar facing faces fatal "
    "called color table tables stable cable exams example clean clears counter center dinner winner inner thinner "
    "there their these those where which would could should about after again"
)


def _put(table: dict[str, list[str]], key: str, id_: str) -> None:
    ids = table.setdefault(key, [])
    if id_ not in ids:
        ids.append(id_)


def stem(word: str) -> str:
    """A word without its inflection: cuts, cutting -> cut; colours, colouring -> colour; dyed -> dye."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > 5 and word.endswith("ing"):
        root = word[:-3]
        return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl" else root
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    if len(word) > 5 and word.endswith("ed"):
        root = word[:-2]
        return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl" else root
    return word


def matches(tokens: Tokens, catalogue: Catalogue) -> list[Match]:
    """Every mention in order; a longer or better one hides what it overlaps."""
    places = [n for n in range(tokens.size) if _is_word(tokens, n) and tokens.word(n) not in _ARTICLES]
    stems = [stem(tokens.word(n)) for n in places]
    found: list[Match] = []
    index = 0
    while index < len(places) and len(found) < _MOST:
        best: Match | None = None
        size_of_best = 0
        for size in range(min(catalogue.longest, len(places) - index), 0, -1):
            if places[index + size - 1] - places[index] > size + 2:
                continue
            key = "".join(stems[index : index + size])
            if len(key) > 40:
                continue
            services, score = catalogue.find(key) if size < 3 else (catalogue.phrases.get(key, ()), 1.0)
            if services and (best is None or score > best.score + 0.03):
                best, size_of_best = Match(services, score, places[index], places[index + size - 1] + 1), size
        if best:
            best.negative = _refused(tokens, best.start)
            found.append(best)
            index += size_of_best
        else:
            index += 1
    return found


def _is_word(tokens: Tokens, index: int) -> bool:
    kind = tokens.kind(index)
    return (
        kind not in ("mark", "line", "opaque", "clock", "iso", "dmy", "pair", "end")
        and len(tokens.word(index)) < 30
    )


def _refused(tokens: Tokens, start: int) -> bool:
    """`no colour`, `without the trim`, `instead of a cut`, and what was had before (`I was in for a cut last week`)."""
    past = False
    for back in range(1, 10):
        word = tokens.word(start - back)
        if word in ("", ".", "!", "?", ",", ";", "but", "just") or tokens.kind(start - back) == "line":
            return past
        if word in _WANTING:
            return False
        past = past or word in _PAST
        if back > 4:
            continue
        if word in _NEGATORS:
            return tokens.word(start - back + 1) not in ("only", "just", "sure")
        if word in ("of", "than") and tokens.word(start - back - 1) in ("instead", "rather", "other"):
            return True
    return past


def read_service(tokens: Tokens, catalogue: Catalogue) -> ServiceReading:
    """The service asked for, first mentioned first; `also` has the others, `candidates` those worth asking about."""
    found = matches(tokens, catalogue)
    wanted = [match for match in found if not match.negative]
    if not wanted:
        return ServiceReading()
    refused = {service for match in found if match.negative for service in match.services}
    wanted = _after_correction(tokens, wanted)
    main = max(wanted, key=lambda match: round(match.score - 0.02 * wanted.index(match), 3))
    if len(wanted) > 1 and wanted[0].score >= 0.84:
        main = wanted[0]
    choices = [service for service in main.services if service not in refused] or list(main.services)
    others = [m for m in wanted if m is not main and m.score >= 0.84 and not set(m.services) & set(choices)]
    listed = [m for m in others if len(m.services) == 1]
    confidence = main.score * (0.99 if len(choices) == 1 else 0.6)
    candidates = list(choices)
    if listed and not _together(tokens, [main, *listed]):
        confidence *= 0.7
        candidates += [m.services[0] for m in listed]
        listed = []
    for match in others:
        if len(match.services) > 1:
            candidates += match.services
    return ServiceReading(
        value=choices[0],
        confidence=round(confidence, 2),
        quote=tokens.quote(main.start, main.end),
        candidates=tuple(dict.fromkeys(candidates))[:3],
        also=tuple(dict.fromkeys(m.services[0] for m in listed)),
    )


def _after_correction(tokens: Tokens, wanted: list[Match]) -> list[Match]:
    """`a colour, sorry, I mean a cut` asks for the cut."""
    for index in range(len(wanted) - 1, 0, -1):
        gap = range(wanted[index - 1].end, wanted[index].start)
        if len(gap) <= 8 and any(tokens.word(n) in _CORRECTING for n in gap):
            return wanted[index:]
    return wanted


def _together(tokens: Tokens, found: list[Match]) -> bool:
    """Several services are one visit unless an "or" or a question stands between them."""
    ordered = sorted(found, key=lambda match: match.start)
    for left, right in pairwise(ordered):
        gap = [tokens.word(n) for n in range(left.end, min(right.start, left.end + 12))]
        if "or" in gap:
            return False
    return True
