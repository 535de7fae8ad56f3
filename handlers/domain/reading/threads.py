"""What the sender wrote just now: quoted threads are cut away, the signature is set aside.

Nothing is moved: the body is the text with everything else blanked, so that its offsets are those of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.domain.reading.lexicon import words

_WROTE = re.compile(
    r"^\s*(?:>\s*)?(?:on|le|am|el)\b.{4,200}?\b(?:wrote|a écrit|schrieb|escribió)\s*:?\s*$", re.IGNORECASE
)
_OPENS_WROTE = re.compile(r"^\s*on\b.{4,200}$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*[-_*]{2,}\s*(?:original message|forwarded message|original appointment|reply above this line).{0,40}$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(?:from|sent|date|to|cc|subject|reply-to)\s*:\*?\s?.{0,400}$", re.IGNORECASE)
_FROM = re.compile(r"^\s*\*?from\s*:\*?\s?.{0,400}$", re.IGNORECASE)
_DEVICE = re.compile(
    r"^\s*(?:sent from (?:my|mail|yahoo|outlook|samsung|proton)|sent via|sent with|get outlook for|sent on the go|"
    r"envoyé de mon|von meinem iphone).{0,80}$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^\s*(?:--|—|__+|\*\*+|==+)\s*$")
_CLOSING_WORDS = (
    r"(?:many thanks|thanks so much|thanks a lot|thanks again|thanks in advance|thank you so much|thank you|thanks|thx|ta|"
    r"cheers|kind regards|kindest regards|best regards|warm regards|warmest regards|with regards|regards|best wishes|"
    r"all the best|best|sincerely|yours sincerely|yours faithfully|yours truly|yours|love|lots of love|xoxo|xx|x|"
    r"talk soon|see you soon|see you then|speak soon|have a good day|have a great day|kr|br)"
)
_CLOSING = re.compile(rf"^\s*{_CLOSING_WORDS}\s*[,.!~\-–—x]*\s*$", re.IGNORECASE)
_CLOSING_NAMED = re.compile(rf"^\s*{_CLOSING_WORDS}\s*[,.!\-–—]+\s*(?P<name>\S.{{0,50}})$", re.IGNORECASE)
_NAME_LINE = re.compile(
    r"^\s*[-–—~]?\s*[^\W\d_][\w'’.\-]{0,30}(?:\s+[^\W\d_][\w'’.\-]{0,30}){0,3}\s*[x.,]*\s*$"
)
_POSTSCRIPT = re.compile(r"^\s*p\.?\s?s\.?\b", re.IGNORECASE)
_ASKING = words(
    "can could would will want need like please book is are do does have tuesday monday wednesday thursday friday saturday "
    "sunday tomorrow today tonight morning afternoon evening at for on or no yes not i we you see"
)
_SIGNATURE_LINES = 14


@dataclass(frozen=True, slots=True)
class Parts:
    """`body` is as long as the text. `signature` is its (start, end), end exclusive, or None."""

    body: str
    signature: tuple[int, int] | None = None


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    text: str


def split(text: str) -> Parts:
    """Blanks quoted lines, mail headers of earlier messages, device footers and the signature."""
    lines = _lines(text)
    if len(lines) == 1:
        return Parts(text)
    keep = [True] * len(lines)
    _cut_quotes(lines, keep)
    if not any(kept and line.text.strip() for line, kept in zip(lines, keep, strict=True)):
        keep = [not line.text.lstrip().startswith(">") and not _HEADER.match(line.text) for line in lines]
    signature = _signature(lines, keep)
    pieces = []
    for line, kept in zip(lines, keep, strict=True):
        pieces.append(line.text if kept else " " * len(line.text))
        pieces.append(text[line.end : line.end + 1])
    return Parts("".join(pieces), signature)


def _lines(text: str) -> list[_Line]:
    found, start = [], 0
    for part in text.split("\n"):
        found.append(_Line(start, start + len(part), part))
        start += len(part) + 1
    return found


def _cut_quotes(lines: list[_Line], keep: list[bool]) -> None:
    index = 0
    while index < len(lines):
        line = lines[index].text
        if line.lstrip().startswith((">", "&gt;")):
            keep[index] = False
        elif (wrote := _wrote(lines, index)) > 0:
            following = next(
                (lines[n].text for n in range(index + wrote, len(lines)) if lines[n].text.strip()), ""
            )
            last = index + wrote if following.lstrip().startswith(">") else len(lines)
            keep[index:last] = [False] * (last - index)
            index = last
            continue
        elif _ORIGINAL.match(line) or _is_header_block(lines, index):
            keep[index:] = [False] * (len(lines) - index)
            return
        index += 1


def _wrote(lines: list[_Line], index: int) -> int:
    """How many lines an `On ... wrote:` takes (mail programs wrap it): 1, 2 or 0."""
    line = lines[index].text
    if len(line) > 250:
        return 0
    if _WROTE.match(line):
        return 1
    if index + 1 < len(lines) and _OPENS_WROTE.match(line) and len(lines[index + 1].text) < 120:
        return 2 if _WROTE.match(f"{line.rstrip()} {lines[index + 1].text.strip()}") else 0
    return 0


def _is_header_block(lines: list[_Line], index: int) -> bool:
    if not _FROM.match(lines[index].text):
        return False
    following = [lines[n].text for n in range(index + 1, min(index + 5, len(lines)))]
    return sum(bool(_HEADER.match(line)) for line in following) >= 2


def _signature(lines: list[_Line], keep: list[bool]) -> tuple[int, int] | None:
    """From a `-- ` line, a device footer, or a closing (`Kind regards,`) to the end of what was written."""
    written = [n for n, kept in enumerate(keep) if kept and lines[n].text.strip()]
    first: int | None = None
    for place, n in enumerate(written):
        line = lines[n].text
        if _DASHES.match(line) and place > 0:
            first = n
            break
        if _DEVICE.match(line):
            first = n
            break
        if place > 0 and len(written) - place <= _SIGNATURE_LINES and _closes(lines, written, place):
            first = n
            break
    if first is None:
        return None
    last = written[-1]
    for n in range(first, last + 1):
        if _POSTSCRIPT.match(lines[n].text):
            last = n - 1
            break
        keep[n] = False
    return lines[first].start, lines[last].end


def is_closing(line: str) -> bool:
    """`Kind regards,` on a line of its own."""
    return len(line) < 90 and bool(_CLOSING.match(line) or _DEVICE.match(line))


def _closes(lines: list[_Line], written: list[int], place: int) -> bool:
    line = lines[written[place]].text
    if len(line) > 90:
        return False
    following = lines[written[place + 1]].text if place + 1 < len(written) else ""
    if _CLOSING.match(line):
        return not following or _looks_like_a_name(following)
    named = _CLOSING_NAMED.match(line)
    return bool(named and _looks_like_a_name(named["name"]) and (not following or len(following) < 90))


def _looks_like_a_name(line: str) -> bool:
    if len(line) > 60 or not _NAME_LINE.match(line):
        return False
    return not any(word.strip(".,!?").lower() in _ASKING for word in line.split())
