"""Attachments: what kind each is, how much of one is read, and how its tables become lines.

A kind is told by the first bytes, never by the name. Whatever can't be read becomes a sentence for staff: nothing
an attachment holds is an error of ours.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LARGEST = 10_000_000
"""Bytes of one attachment (Textract takes pictures of at most 10 MB)."""
MOST_ATTACHMENTS = 10
MOST_PAGES = 30
"""Pages of a PDF: a confirmation has one or two, and each costs."""
MOST_PARAGRAPHS = 5_000
MOST_CELLS = 20_000
MOST_TEXT = 60_000
"""Characters kept of one document."""
MOST_ROWS = 25
"""Rows of a table that each become a card of their own."""
EXCERPT = 1_200
"""Characters that stand on the card."""

Kind = Literal["word", "excel", "text", "csv", "html", "calendar", "scan", "locked", "old", "other", "empty"]
"""`scan`: read by text recognition (PDF, picture). `locked`: protected by a password. `old`: .doc, .xls and the like."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a document says. `rows`: those of its table with headings, each as `Heading: value` lines.
    `sure` (0 to 1) is how well it could be seen; `left_out` says what was not read, as half a sentence."""

    text: str
    rows: tuple[str, ...] = ()
    sure: float = 1.0
    left_out: str = ""


def kind_of(name: str, content_type: str, content: bytes) -> Kind:
    """By its first bytes; the name and the declared type only tell plain texts apart."""
    if not content.strip(b"\0 \t\r\n"):
        return "empty"
    head = content[:1024]
    if b"%PDF-" in head:
        return "locked" if _PDF_LOCKED.search(content) else "scan"
    if head.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")):
        return "scan"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "locked" if "EncryptedPackage".encode("utf-16-le") in content else "old"
    if head.startswith(b"PK\3\4"):
        return _office(content)
    return _plain(name.lower(), content_type.lower(), head)


_PDF_LOCKED = re.compile(rb"/Encrypt\s+\d{1,9}\s+\d{1,5}\s+R|/Encrypt\s*<<")


def _office(content: bytes) -> Kind:
    """By the names in its directory; of a broken one, by what can be seen of them."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
        seen = {
            b"word/document.xml": "word/document.xml" in names,
            b"xl/workbook.": any(n.startswith("xl/workbook.") for n in names),
        }
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        seen = {mark: mark in content for mark in (b"word/document.xml", b"xl/workbook.")}
    if seen[b"word/document.xml"]:
        return "word"
    return "excel" if seen[b"xl/workbook."] else "other"


def _plain(name: str, content_type: str, head: bytes) -> Kind:
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "other"
    if head.lstrip(b"\xef\xbb\xbf\r\n ").upper().startswith(b"BEGIN:VCALENDAR"):
        return "calendar"
    if content_type == "text/csv" or name.endswith((".csv", ".tsv")):
        return "csv"
    if content_type == "text/html" or name.endswith((".html", ".htm")):
        return "html"
    if content_type.startswith("text/") or name.endswith((".txt", ".text", ".md")):
        return "text"
    return "other"


WHY: dict[Kind, str] = {
    "locked": "is protected by a password",
    "old": "is in an old Office format",
    "other": "is of a kind that can't be read",
    "empty": "is empty",
}
"""Kinds that are never read, and why."""


def not_read(name: str, why: str) -> str:
    """`The attachment booking.xlsx is too large to read (12 MB); please open it by hand.`"""
    return f"The attachment {name} {why}; please open it by hand."


def in_part(name: str, left_out: str) -> str:
    return f"Of the attachment {name}, {left_out}; please look at it by hand."


def say_size(size: int) -> str:
    """`12 MB`, `640 kB`"""
    return f"{size / 1_000_000:.0f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


# --- PDF -------------------------------------------------------------------------------------------------------

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_UNPACKED = 2_000_000
"""Bytes looked at of one stream of objects."""
_PACKED_MOST = 4_000_000
_STREAMS = 100


def pages_of(pdf: bytes) -> int | None:
    """How many pages it seems to have; None when that can't be told. Bounded: it never unpacks a whole file.

    Only an estimate, made before anything is paid for: old versions of a page may still stand in the file.
    """
    found = len(_PAGE.findall(pdf))
    for number, match in enumerate(_PACKED.finditer(pdf)):
        if number >= _STREAMS:
            break
        try:
            objects = zlib.decompressobj().decompress(
                pdf[match.end() : match.end() + _PACKED_MOST], _UNPACKED
            )
        except zlib.error:
            continue
        found += len(_PAGE.findall(objects))
    return found or None


# --- tables ----------------------------------------------------------------------------------------------------

_HEADINGS = frozenset(
    {
        "appointment", "booking", "client", "comment", "comments", "contact", "covers", "customer", "date", "day", "e-mail",
        "earliest", "email", "employee", "end", "first", "from", "guest", "guests", "last", "latest", "mail", "mobile", "name",
        "note", "notes", "number", "party", "patient", "pax", "people", "phone", "practitioner", "provider", "resource",
        "service", "size", "staff", "start", "status", "stylist", "surname", "tel", "telephone", "therapist", "time", "to",
        "treatment", "when", "with",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'-]*")
LABEL = re.compile(r"^[^\W\d_][\w '/&().-]{0,38}$")


def lines_of(table: Sequence[Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    """A table as text, and its rows when it has headings. Empty rows and cells say nothing."""
    rows = [[cell.strip() for cell in row] for row in table]
    rows = [row for row in rows if any(row)]
    headings = next((n for n, row in enumerate(rows[:5]) if _is_heading(row)), None)
    if headings is None:
        return "\n".join(map(line_of, rows)), ()
    names = rows[headings]
    above = [line_of(row) for row in rows[:headings]]
    records = tuple(filter(None, (_record(names, row) for row in rows[headings + 1 :])))
    return "\n\n".join(filter(None, ["\n".join(above), *records])), records


def _is_heading(row: Sequence[str]) -> bool:
    """At least two of its cells are words that head such columns, and none has digits."""
    cells = [cell for cell in row if cell]
    known = [cell for cell in cells if _HEADINGS & {w.lower() for w in _WORD.findall(cell)}]
    return len(known) >= 2 and 2 * len(known) >= len(cells) and all(LABEL.match(cell) for cell in cells)


def _record(names: Sequence[str], row: Sequence[str]) -> str:
    pairs = [(names[n] if n < len(names) else "", cell) for n, cell in enumerate(row) if cell]
    return "\n".join(f"{name}: {cell}" if name else cell for name, cell in _spans(pairs))


_STARTS = {
    "from": "to",
    "start": "end",
    "start time": "end time",
    "begin": "end",
    "starts": "ends",
    "starts at": "ends at",
}


def _spans(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Two columns for one stretch of time as one: `From: 14:00`, `To: 16:00` as `Time: 14:00 - 16:00`."""
    by_name = {name.lower(): cell for name, cell in pairs}
    for start, end in _STARTS.items():
        if start in by_name and end in by_name:
            first, last = by_name[start].split(), by_name[end].split()
            while len(last) > 1 and first[:1] == last[:1]:
                first, last = first[1:], last[1:]  # the same day is said once
            said = f"{by_name[start]} - {' '.join(last)}"
            return [("Time", said) if n.lower() == start else (n, c) for n, c in pairs if n.lower() != end]
    return list(pairs)


_COLUMNS = re.compile(r"^([^\W\d_][\w '/&().-]{0,38}?)[ \t]{2,}(?=\S)", re.MULTILINE)


def labelled(text: str) -> str:
    """`Time   14:00` as `Time: 14:00`, where the first words head such a column."""
    return _COLUMNS.sub(
        lambda m: f"{m[1]}: " if _HEADINGS & {w.lower() for w in _WORD.findall(m[1])} else m[0], text
    )


def line_of(row: Sequence[str]) -> str:
    """A label and its value as `Label: value`, anything else side by side."""
    cells = [cell for cell in row if cell]
    if len(cells) == 2 and LABEL.match(cells[0].rstrip(":")):
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return "  ".join(cells)
