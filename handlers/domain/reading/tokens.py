"""Text into typed tokens. One pass, bounded patterns: the time is linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.domain.reading.lexicon import WEAK, look_up

_TOKEN = re.compile(
    r"""
    (?P<iso>(?:19|20)\d\d(?P<s1>[-/.])\d{1,2}(?P=s1)\d{1,2}(?!\d))
  | (?P<dmy>\d{1,2}(?P<s2>[-/.])\d{1,2}(?P=s2)(?:(?:19|20)\d\d|\d\d)(?![\d:]))
  | (?P<clock>\d{1,2}[:|]\d\d(?::\d\d)?(?!\d))
  | (?P<hclock>\d{1,2}[hH](?:\d\d)?(?!\w))
  | (?P<pair>\d{1,2}[/.]\d{1,2}(?!\d|[:/]\d))
  | (?P<ord>\d{1,3}(?:st|nd|rd|th|ST|ND|RD|TH)(?!\w))
  | (?P<slang>2(?:mor{1,2}ow|mor{1,2}o|mrw|mro|day|nite|night)(?!\w))
  | (?P<num>\d+)
  | (?P<word>(?:['’](?=til))?[^\W\d_]+(?:['’"][^\W\d_]+)*)
  | (?P<line>\n)
  | (?P<mark>[^\w\s]|_)
    """,
    re.VERBOSE,
)
_DASHES = dict.fromkeys("-–—‐‑‒―−", "-")


@dataclass(slots=True)
class Token:
    """`kind` is the lexicon's kind for a known word, "word" for another, else the pattern's name.
    `edits` counts the typos forgiven, `weak` marks a word that needs company to be about time."""

    kind: str
    text: str
    value: Any
    start: int
    end: int
    edits: int = 0
    weak: bool = False


END = Token("end", "", None, 0, 0)


class Tokens:
    """The tokens of a text; indexing past either end gives an end token, so that rules need no bounds checks."""

    __slots__ = ("items", "size", "text")

    def __init__(self, text: str, items: list[Token]) -> None:
        self.text = text
        self.items = items
        self.size = len(items)

    def __getitem__(self, index: int) -> Token:
        return self.items[index] if 0 <= index < self.size else END

    def word(self, index: int) -> str:
        return self.items[index].text if 0 <= index < self.size else ""

    def kind(self, index: int) -> str:
        return self.items[index].kind if 0 <= index < self.size else "end"

    def touching(self, index: int) -> bool:
        """No space between this token and the one before."""
        return 0 < index < self.size and self.items[index - 1].end == self.items[index].start

    def quote(self, first: int, after: int) -> str:
        return self.text[self.items[first].start : self.items[after - 1].end]


def tokenise(text: str, blocked: Sequence[tuple[int, int]] = (), original: str | None = None) -> Tokens:
    """`blocked` spans (phone numbers, addresses, prices), sorted, become one opaque token each.

    Quotes are taken from `original`, the same text before parts of it were blanked.
    """
    items: list[Token] = []
    position = 0
    for start, end in (*blocked, (len(text), len(text))):
        if start > position:
            items.extend(_scan(text, position, start))
        if end > start >= position:
            items.append(Token("opaque", "", None, start, end))
        position = max(position, end)
    return Tokens(text if original is None else original, items)


def _scan(text: str, start: int, end: int) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup or ""
        if kind in ("s1", "s2"):
            kind = "iso" if match["iso"] else "dmy"
        raw = match[0]
        edits, weak, value = 0, False, None
        if kind in ("word", "slang"):
            raw = raw.lower().replace("’", "'").lstrip("'")
            kind, value, edits = look_up(raw)
            weak = raw in WEAK
            kind = kind or "word"
        elif kind == "num":
            value = int(raw) if len(raw) <= 8 else -1
        elif kind == "ord":
            value = int(raw[:-2])
        elif kind == "mark":
            raw = _DASHES.get(raw, raw)
        found.append(Token(kind, raw, value, match.start(), match.end(), edits, weak))
    return found
