"""What the sender wrote just now: quoted threads are cut away, the signature is set aside.

Nothing is moved: the body is the text with everything else blanked, so that its offsets are those of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.domain.reading.lexicon import words

_SAID = r"(?:wrote|a écrit|schrieb|escribió|ha scritto|schreef|escreveu)"
_WROTE = re.compile(
    rf"^\s*(?:>\s*)?(?:(?:on|le|am|el|il|op|em)\b.{{4,200}}?\b{_SAID}\b.{{0,100}}?:?|.{{4,200}}?(?:写道|寫道|のメール|님이 작성)\s*[:：]?)\s*$",
    re.IGNORECASE,
)
_OPENS_WROTE = re.compile(r"^\s*(?:on|le|am|el|il|op|em)\b.{4,200}$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*[-_*]{2,}\s*(?:original message|forwarded message|original appointment|reply above this line|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|message transféré|mensaje original).{0,40}$",
    re.IGNORECASE,
)
_SENDER = r"(?:from|von|de|da|van|发件人|寄件者)"
_HEADER = re.compile(
    rf"^\s*\*?(?:{_SENDER}|sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|"
    r"发送时间|收件人|主题)\s*[:：]\*?\s?.{0,400}$",
    re.IGNORECASE,
)
_FROM = re.compile(rf"^\s*\*?{_SENDER}\s*[:：]\*?\s?.{{0,400}}$", re.IGNORECASE)
_PASSED_ON = re.compile(r"^\s*(?:(?:fwd?|fw)\s*:.{0,200}|fyi|(?:please )?see below)\W{0,3}$", re.IGNORECASE)
_DEVICE = re.compile(
    r"^\s*(?:sent from (?:my|mail|yahoo|outlook|samsung|proton)|sent via|sent with|get outlook for|sent on the go|"
    r"envoyé de mon|von meinem iphone).{0,80}$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"^\W{0,3}(?:confidential(?:ity)?\b|disclaimer\b|(?:please )?consider the environment|registered in\b|"
    r"(?:important|note)\s?:?.{0,20}\bthis (?:e-?mail|message)\b|this (?:e-?mail|message) (?:and|is|may|contains)\b)",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^\s*(?:--|—|__+|\*\*+|==+)\s*$")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLOSING_CORE = words(
    "thanks thank thx tq ta cheers regards regard rgds rgd wishes sincerely faithfully truly respectfully cordially love "
    "xoxo xxx xx x yours kr br best care soon forward have ciao"
)
_CLOSING_FILL = words(
    "many so much a lot lots again in advance you and with kind kindest warm warmest very my all the of for your help time "
    "consideration attention assistance to i we hearing from seeing look looking talk see speak good great lovely nice day "
    "weekend week evening take then until sir madam hugs reply response back"
)
"""A closing has nothing but these words, and one of the core: `Many thanks for your help`, `With kind regards`."""
_CLOSING_MARKS = re.compile(r"[\d?:;@|/]")
_CLOSING_NAMED = re.compile(r"^(?P<closing>[^,.!\-–—]{1,60})[,.!\-–—]{1,3}\s*(?P<name>\S.{0,50})$")
_NAME_LINE = re.compile(
    r"^\s*\*?[-–—~]?\s*(?:x{1,4}\s+)?[^\W\d_][\w'’.\-]{0,30}(?:\s+[^\W\d_][\w'’.\-]{0,30}){0,3}\s*[x.,]{0,4}\*?\s*$"
)
_POSTSCRIPT = re.compile(r"^\s*p\.?\s?s\.?\b", re.IGNORECASE)
_REACHED = re.compile(
    r"(?:\+|\d[\d\s().\-]{6,})\d|@\w|\bwww\.|https?://|\b(?:hours|open)\b\s?:", re.IGNORECASE
)
"""A line of a signature: a number, an address, opening hours."""
_ASKING = words(
    "can could would will want need like please book is are do does have tuesday monday wednesday thursday friday saturday "
    "sunday tomorrow today tonight morning afternoon evening at for on or no yes not i we you see any anytime asap hi hello "
    "hey dear fri sat sun mon tue wed thu outside inside urgent booking reservation appointment"
)
_SIGNATURE_LINES = 14


@dataclass(frozen=True, slots=True)
class Parts:
    """`body` is as long as the text. `signature` is its (start, end), end exclusive, or None.

    `sender` is the `From:` line of a message passed on, or pasted with its headers, or None.
    """

    body: str
    signature: tuple[int, int] | None = None
    sender: tuple[int, int] | None = None


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    text: str


_NOBODY: frozenset[str] = frozenset()


def split(text: str, known: frozenset[str] = _NOBODY, ours: frozenset[str] = _NOBODY) -> Parts:
    """Blanks quoted lines, mail headers of earlier messages, device footers and the signature.

    `known` words (lower case) are services, never names; `ours` are our own addresses: what they sent is never the request.
    """
    lines = _lines(text)
    if len(lines) == 1:
        return Parts(text)
    keep = [True] * len(lines)
    sender = _cut_quotes(lines, keep, ours)
    signature = _signature(lines, keep, known)
    pieces = []
    for line, kept in zip(lines, keep, strict=True):
        pieces.append(line.text if kept else " " * len(line.text))
        pieces.append(text[line.end : line.end + 1])
    return Parts("".join(pieces), signature, sender)


def _lines(text: str) -> list[_Line]:
    found, start = [], 0
    for part in text.split("\n"):
        found.append(_Line(start, start + len(part), part))
        start += len(part) + 1
    return found


def _cut_quotes(lines: list[_Line], keep: list[bool], ours: frozenset[str]) -> tuple[int, int] | None:
    """What is left in `keep` was written by the sender, or passed on with nothing of their own: then that sender's line."""
    index, own, sender = 0, False, None
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
        elif (
            _ORIGINAL.match(line)
            or _is_header_block(lines, index)
            or (not own and _FROM.match(line) and "@" in line)
        ):
            passed_on = None if own or sender else _headers(lines, index, ours)
            if not passed_on:
                keep[index:] = [False] * (len(lines) - index)
                return sender
            after, sender = passed_on
            keep[index:after] = [False] * (after - index)
            index = after
            continue
        elif line.strip() and not _PASSED_ON.match(line):
            own = True
        index += 1
    return sender


def _headers(lines: list[_Line], index: int, ours: frozenset[str]) -> tuple[int, tuple[int, int]] | None:
    """Where the headers of a message passed on end, and its `From:` line; None without one, or when we sent it."""
    sender = None
    for n in range(index, min(index + 14, len(lines))):
        line = lines[n]
        if _FROM.match(line.text):
            if any(address in line.text.lower() for address in ours):
                return None
            sender = line.start, line.end
        if sender and not _HEADER.match(line.text):
            return n, sender
    return None


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


def _signature(lines: list[_Line], keep: list[bool], known: frozenset[str]) -> tuple[int, int] | None:
    """From a `-- ` line, a device footer, a closing (`Kind regards,`) or a name above a number to the end of what was written."""
    written = [n for n, kept in enumerate(keep) if kept and lines[n].text.strip()]
    first: int | None = None
    for place, n in enumerate(written):
        line = lines[n].text
        if _DASHES.match(line) and place > 0:
            first = n
            break
        if _DEVICE.match(line) or _NOTICE.match(line):
            first = n
            break
        near_the_end = place > 0 and len(written) - place <= _SIGNATURE_LINES
        if near_the_end and (_closes(lines, written, place, known) or _is_card(lines, written, place, known)):
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
    return len(line) < 90 and (_is_farewell(line) or bool(_DEVICE.match(line)))


def _is_farewell(line: str) -> bool:
    found = [word.lower() for word in _LETTERS.findall(line[:90])]
    return (
        0 < len(found) <= 9
        and any(word in _CLOSING_CORE for word in found)
        and all(word in _CLOSING_CORE or word in _CLOSING_FILL for word in found)
        and not _CLOSING_MARKS.search(line)
    )


def _closes(lines: list[_Line], written: list[int], place: int, known: frozenset[str]) -> bool:
    line = lines[written[place]].text
    if len(line) > 90:
        return False
    following = lines[written[place + 1]].text if place + 1 < len(written) else ""
    if _is_farewell(line):
        return (
            not following
            or is_closing(following)
            or _looks_like_a_name(re.split(r"[|,•·]", following, maxsplit=1)[0], known)
        )
    named = _CLOSING_NAMED.match(line.strip())
    return bool(
        named
        and _is_farewell(named["closing"])
        and _looks_like_a_name(named["name"], known)
        and (not following or len(following) < 90)
    )


def _is_card(lines: list[_Line], written: list[int], place: int, known: frozenset[str]) -> bool:
    """A name alone on a line, and how to reach them below: a signature without a closing."""
    line = lines[written[place]].text
    if not _looks_like_a_name(line, known) or not line.strip(" *-–—~x")[:1].isupper():
        return False
    return any(
        len(lines[n].text) < 160 and _REACHED.search(lines[n].text) for n in written[place + 1 : place + 4]
    )


def _looks_like_a_name(line: str, known: frozenset[str]) -> bool:
    if len(line) > 60 or not _NAME_LINE.match(line):
        return False
    found = [word.strip(".,!?*-–—~").lower() for word in line.split()]
    return not any(word in _ASKING or word in known for word in found)
