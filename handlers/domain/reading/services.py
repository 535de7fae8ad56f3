"""Which of the business's services a text asks for: its words, their inflections and typos, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.senses import sense
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
_WANTING = words(
    "like want need book can could love would get same another i'd please looking schedule hoping wondering thinking "
    "interested wanted"
)
_AGAIN = words("again another same repeat usual redo come book")
_OURS_BEFORE = 0.79
"""Only a past visit is named, and another asked for: a person looks."""
_CORRECTING = words("actually sorry mean meant rather instead scratch oops correction")
_ODD = 0.79
"""A mention qualified by a word we don't know: a person looks (`fusion haircut`)."""
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
    past: bool = False


@dataclass(slots=True)
class Catalogue:
    """The names and aliases of all services, ready for look-up. Made once per version of the rules."""

    phrases: dict[str, tuple[str, ...]]
    """Squashed stems of a whole name or alias -> services."""
    heads: dict[str, tuple[str, ...]]
    """The noun of a longer name (`cleaning` of `dental cleaning`) -> services."""
    hints: dict[str, tuple[str, ...]]
    """Another telling word of a longer name (`dental`): worth asking about, never enough."""
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
        hints: dict[str, list[str]] = {}
        raw: dict[str, list[str]] = {}
        raw_heads: dict[str, list[str]] = {}
        for id_, name, found in _names(services):
            _put(phrases, "".join(map(stem, found)), id_)
            _put(raw, "".join(found), id_)
            nouns = _nouns(name) if len(found) > 1 else set()
            for word in nouns:
                _put(heads, stem(word), id_)
                _put(raw_heads, word, id_)
            for word in set(found) - nouns - _GENERAL:
                _put(hints, stem(word), id_)
        by_letter: dict[str, list[tuple[str, tuple[str, ...], float]]] = {}
        for table, base in ((phrases, 0.94), (raw, 0.94), (heads, 0.88), (raw_heads, 0.88)):
            for known, ids in table.items():
                if len(known) >= 5:
                    by_letter.setdefault(known[0], []).append((known, tuple(ids), base))
        names = [name for service in services.values() for name in (service.name, *service.aliases)]
        return cls(
            phrases={k: tuple(v) for k, v in phrases.items()},
            heads={k: tuple(v) for k, v in heads.items()},
            hints={k: tuple(v) for k, v in hints.items() if k not in heads and k not in phrases},
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

    def find(self, key: str, raw: str = "") -> tuple[tuple[str, ...], float]:
        """Services of a squashed phrase and how well it fits: 1.0 exact, less for a partial name or a typo, 0 none.

        `raw` is the phrase with its inflections: a misspelt one may hide what was inflected.
        """
        exact = self.phrases.get(key)
        if exact:
            return exact, 1.0
        whole = f"{key} {raw}"
        found = self._near.get(whole)
        if found is None:
            if len(self._near) > _CACHE_LIMIT:
                self._near.clear()
            found = self._near[whole] = self._approximate(key, raw)
        return found

    def _approximate(self, key: str, raw: str) -> tuple[tuple[str, ...], float]:
        if key in self.heads:
            return self.heads[key], 0.93
        for shorter in (key[:-1] if key.endswith("ed") else "", _DOUBLED.sub(r"\1", key)):  # dyed, trimm
            if len(shorter) >= 3 and shorter != key and shorter in self.phrases:
                return self.phrases[shorter], 0.95
        by_stem = self._misspelt(key)
        by_word = self._misspelt(raw) if raw and raw != key else by_stem
        return max(by_stem, by_word, key=lambda found: found[1])

    def _misspelt(self, key: str) -> tuple[tuple[str, ...], float]:
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


_DOUBLED = re.compile(r"(.)\1+")
_JOINS = re.compile(r"\s(?:and|or|n)\s|[&+/,]")


def _names(services: Mapping[str, Service]) -> Iterator[tuple[str, str, list[str]]]:
    """Each service's id, name or alias, and its words."""
    for id_, service in services.items():
        for name in (service.name, *service.aliases):
            found = [word for word in _WORD.findall(name.lower()) if word not in _ARTICLES]
            if found:
                yield id_, name, found


def _telling(word: str) -> bool:
    return len(word) > 3 and word not in _GENERAL and stem(word) not in _GENERAL


def _nouns(name: str) -> set[str]:
    """The last telling word of each part: `scale and polish` has two."""
    nouns = set()
    for part in _JOINS.split(name.lower()):
        telling = [word for word in _WORD.findall(part) if word not in _ARTICLES and _telling(word)]
        nouns.update(telling[-1:])
    return nouns


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
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > 5 and word.endswith(ending):
            root = word.removesuffix(ending)
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl" else root
    return word


def matches(tokens: Tokens, catalogue: Catalogue) -> list[Match]:
    """Every mention in order; a longer or better one hides what it overlaps. Words used in another sense are none."""
    places = [n for n in range(tokens.size) if _is_word(tokens, n) and tokens.word(n) not in _ARTICLES]
    raws = [tokens.word(n).replace("'", "") for n in places]
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
            if size < 3:
                services, score = catalogue.find(key, "".join(raws[index : index + size]))
            else:
                services, score = catalogue.phrases.get(key, ()), 1.0
            if services and (best is None or score > best.score + 0.03):
                best, size_of_best = Match(services, score, places[index], places[index + size - 1] + 1), size
        if best is None:
            index += 1
            continue
        index += size_of_best
        how = sense(tokens, best.start, best.end, catalogue.words)
        if how != "other":
            best.negative, had = _refused(tokens, best.start)
            best.past = had or how == "past"
            if how == "odd":
                best.score *= _ODD
            found.append(best)
    return found


def hinted(tokens: Tokens, catalogue: Catalogue) -> tuple[str, ...]:
    """Services of which only a lesser word is named: `dental` of `dental cleaning`."""
    ids = [
        id_ for n in range(min(tokens.size, 2000)) for id_ in catalogue.hints.get(stem(tokens.word(n)), ())
    ]
    return tuple(dict.fromkeys(ids))[:3]


def _is_word(tokens: Tokens, index: int) -> bool:
    kind = tokens.kind(index)
    return (
        kind not in ("mark", "line", "opaque", "clock", "iso", "dmy", "pair", "end")
        and len(tokens.word(index)) < 30
    )


def _refused(tokens: Tokens, start: int) -> tuple[bool, bool]:
    """Whether it is refused (`no colour`, `without the trim`, `instead of a cut`) or was had before (`I was in for a cut`)."""
    past = near = False
    for back in range(1, 10):
        word, before = tokens.word(start - back), tokens.word(start - back - 1)
        if word in ("", ".", "!", "?", ",", ";", "but", "just") or tokens.kind(start - back) == "line":
            break
        if word in _WANTING:
            return before in _NEGATORS and back < 4, False
        past = past or (word in _PAST and not (word == "got" and before in ("you", "have", "you've")))
        if back > 4:
            continue
        if word in _NEGATORS:
            return tokens.word(start - back + 1) not in ("only", "just", "sure"), False
        if word in ("of", "than") and before in ("instead", "rather", "other"):
            return not near, False
        near = near or word not in _ARTICLES
    return False, past


def read_service(tokens: Tokens, catalogue: Catalogue) -> ServiceReading:
    """The service asked for, first mentioned first; `also` has the others, `candidates` those worth asking about."""
    found = matches(tokens, catalogue)
    wanted = [match for match in found if not match.negative and not match.past]
    if not wanted:
        had = [match for match in found if match.past and not match.negative]
        if not had or not any(tokens.word(n) in _AGAIN for n in range(tokens.size)):
            return ServiceReading(candidates=hinted(tokens, catalogue))
        wanted = [replace(match, score=match.score * _OURS_BEFORE) for match in had]
    wanted = _less_meals(tokens, wanted)
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


def _less_meals(tokens: Tokens, wanted: list[Match]) -> list[Match]:
    """`dinner at the counter` asks for the counter: a meal is a time of day as well."""
    others = [match for match in wanted if tokens.kind(match.start) != "meal"]
    return others or wanted


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
