"""How many texts a message is, and what makes it more.

Letters of the GSM alphabet (3GPP TS 23.038, formerly GSM 03.38) take seven bits: 160 fit into one text, 153 into each
part of a longer one, and a few count twice. One letter outside it makes the whole message UCS-2: 70, or 67 a part.
Carriers charge by the part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a letter, never parted."""
GSM, UCS = (160, 153), (70, 67)
"""Room for a message of one text, and in each part of a longer one: septets, or UTF-16 code units."""

STRAIGHT = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2026": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
        "\u200b": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip


class Length(NamedTuple):
    """`used` of `room` in `texts` parts. `odd` are the characters that are not of the GSM alphabet, each once."""

    encoding: Literal["GSM-7", "UCS-2"]
    texts: int
    used: int
    room: int
    odd: tuple[str, ...] = ()


def straight(text: str) -> str:
    """The same words with typewriter quotes, dashes and spaces, which cost nothing extra."""
    return text.translate(STRAIGHT)


def measure(text: str) -> Length:
    odd = tuple(dict.fromkeys(c for c in text if c not in ALPHABET and c not in TWICE))
    if odd:
        return _length("UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text], *UCS, odd)
    return _length("GSM-7", [2 if c in TWICE else 1 for c in text], *GSM, odd)


def _length(
    encoding: Literal["GSM-7", "UCS-2"], sizes: list[int], one: int, part: int, odd: tuple[str, ...]
) -> Length:
    used = sum(sizes)
    if used <= one:
        return Length(encoding, 1, used, one, odd)
    texts = _parts(sizes, part)
    return Length(encoding, texts, used, texts * part, odd)


def _parts(sizes: Iterable[int], room: int) -> int:
    """A character of two stands whole in one part."""
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
