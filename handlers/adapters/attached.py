"""The `Documents` that reads office files, plain texts and calendar files here and now."""

from __future__ import annotations

import csv
import io
from itertools import islice

from handlers.adapters import calendar_file, spreadsheet, word
from handlers.domain.documents import LARGEST, MOST_TEXT, WHY, Words, kind_of, lines_of, say_size
from handlers.domain.errors import Unreadable
from handlers.domain.mime_body import from_html, tidy
from handlers.domain.mime_headers import text_of
from handlers.domain.zone import Zone
from handlers.ports import Attachment

MOST_LINES = 2_000


class AttachedDocuments:
    def words(self, attachment: Attachment, zone: Zone) -> Words:
        content = attachment.content
        if len(content) > LARGEST:
            raise Unreadable(f"is too large to read ({say_size(len(content))})")
        match kind := kind_of(attachment.name, attachment.content_type, content):
            case "word":
                found = word.words(content)
            case "excel":
                found = spreadsheet.words(content)
            case "calendar":
                found = calendar_file.words(content, zone)
            case "csv":
                found = _table(_decoded(content))
            case "html":
                found = _cut(from_html(_decoded(content)))
            case "text":
                found = _cut(_decoded(content))
            case _:
                raise Unreadable(WHY.get(kind, WHY["other"]))
        if not found.text.strip():
            raise Unreadable("has no text that could be read")
        return Words(tidy(found.text), tuple(map(tidy, found.rows)), found.sure, found.left_out)


def _decoded(content: bytes) -> str:
    """Text files say their encoding with a mark at the start, or not at all."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16", "replace") if marked else text_of(content, "")


def _cut(text: str) -> Words:
    return Words(text[:MOST_TEXT], left_out="only the beginning was read" if len(text) > MOST_TEXT else "")


def _table(text: str) -> Words:
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4000], ",;\t|")
    except csv.Error:
        dialect = "excel"
    try:
        rows = list(islice(csv.reader(io.StringIO(text[: 10 * MOST_TEXT]), dialect), MOST_LINES + 1))
    except csv.Error:
        return _cut(text)
    said, records = lines_of(rows[:MOST_LINES])
    cut = len(rows) > MOST_LINES or len(said) > MOST_TEXT
    return Words(said[:MOST_TEXT], records, left_out="only the beginning was read" if cut else "")
