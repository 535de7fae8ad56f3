"""Office files are zips of XML: what is in one is measured, and every part looked at, before a library opens it.

A directory may lie and a small file may unpack to terabytes, so each part is unpacked in pieces under one budget. The
format forbids document type declarations (ECMA-376 part 2, 8.1.4), which is where entity bombs and outside references
live: a part that has one is refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from handlers.domain.errors import Unreadable

MOST_UNPACKED = 20_000_000
"""Bytes of all parts together; a confirmation has a few hundred thousand."""
MOST_PARTS = 1_000
MOST_ELEMENTS = 300_000
"""Of all XML together: each costs a library a hundred times its bytes."""
PIECE = 65_536
DAMAGED = "is damaged"
TOO_LARGE_INSIDE = "unpacks to more than can be read"


def checked(content: bytes) -> io.BytesIO:
    """The file, ready for a library to open. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unreadable(TOO_LARGE_INSIDE)
            budget = _Budget()
            for part in parts:
                if part.flag_bits & 0x1:
                    raise Unreadable("is protected by a password")
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Unreadable(DAMAGED)  # the format knows no other (ECMA-376 part 2, C.1)
                with archive.open(part) as stream:
                    budget.look(stream.read, strict=part.filename.endswith((".xml", ".rels")))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Unreadable(DAMAGED) from error
    return io.BytesIO(content)


class _Budget:
    """What may still be unpacked of one file."""

    def __init__(self) -> None:
        self._bytes, self._elements = MOST_UNPACKED, MOST_ELEMENTS

    def look(self, read: Callable[[int], bytes], *, strict: bool) -> None:
        """Unpacks one part. Libraries find parts by other means than their names, so whatever begins like XML is
        looked at; only what is named so has to be sound (old drawings are not)."""
        piece = read(PIECE)
        begins_like_xml = piece.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n").startswith(b"<")
        parser = self._parser() if strict or begins_like_xml else None
        try:
            while piece:
                self._bytes -= len(piece)
                if self._bytes < 0:
                    raise Unreadable(TOO_LARGE_INSIDE)
                parser = _parsed(parser, piece, strict=strict)
                piece = read(PIECE)
            if strict and parser is not None:
                parser.Parse(b"", True)
        except ExpatError as error:
            raise Unreadable(DAMAGED) from error

    def _parser(self) -> XMLParserType:
        parser = ParserCreate()
        parser.StartDoctypeDeclHandler = _no_declarations
        parser.StartElementHandler = self._element
        return parser

    def _element(self, *_: object) -> None:
        self._elements -= 1
        if self._elements < 0:
            raise Unreadable(TOO_LARGE_INSIDE)


def _parsed(parser: XMLParserType | None, piece: bytes, *, strict: bool) -> XMLParserType | None:
    """None once it turns out to be no XML after all."""
    if parser is None:
        return None
    try:
        parser.Parse(piece, False)
    except ExpatError:
        if strict:
            raise
        return None
    return parser


def _no_declarations(*_: object) -> NoReturn:
    raise Unreadable("holds something that office programs never write, so it was not opened")
