"""Whose appointment a calendar title is about: `Ana Lim - trim`, `Haircut: Ana`, `Mei / Ana Lim 8123 4567`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from handlers.domain.reading.lexicon import words
from handlers.domain.reading.names import cleaned

_BETWEEN = re.compile(r"[–—|/:,;()\[\]{}<>+&•·~*=\"“”?!#@\n]|\s-+\s|-\s|\s-|\b\d[\d\s().-]*|\.\s")
_NO_NAME = words(
    "appt appts appointment appointments consult consultation session visit treatment tentative confirmed confirm booked "
    "client customer guest patient walk-in walkin reminder deposit paid unpaid vip regular birthday check follow up first "
    "second new returning class lesson table party group for"
)
_MOST_WORDS = 4


class Named(NamedTuple):
    """`sure` when it looks like a whole name; what is left is a guess."""

    name: str
    sure: bool


def named_in(title: str, *, quotes: Iterable[str], services: frozenset[str], others: frozenset[str]) -> Named:
    """`quotes` are words of the title that say something else; `services` and `others` (lower case words of staff and
    business) are nobody's name."""
    rest = title
    for quote in sorted(filter(None, quotes), key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(quote)}(?!\w)", "|", rest, flags=re.IGNORECASE)
    pieces = [piece.split() for piece in _BETWEEN.split(rest) if piece.strip()]
    for any_case in (False, True):
        found = [name for piece in pieces if (name := _first(piece, services, others, any_case=any_case))]
        if found:
            whole = [name for name in found if " " in name]
            return Named((whole or found)[0], bool(whole) and not any_case)
    return Named("", sure=False)


def _first(piece: list[str], services: frozenset[str], others: frozenset[str], *, any_case: bool) -> str:
    """The first run of words in it that can be a name."""
    if any_case and len(piece) > _MOST_WORDS:
        return ""  # a sentence
    for at in range(len(piece)):
        run = piece[at : at + _MOST_WORDS]
        stop = next((n for n, word in enumerate(run) if _bare(word) in _NO_NAME), len(run))
        name = cleaned(" ".join(run[:stop]), services, any_case=any_case) if stop else None
        if name and not {_bare(word) for word in name.split()} & others:
            return name.strip(".'’")
    return ""


def _bare(word: str) -> str:
    return word.lower().strip(".'’-")
