"""A PDF like those that booking sites attach: lines of text on pages, and nothing else (ISO 32000-1)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

LEFT, TOP, LEADING, SIZE = 72, 770, 18, 12
"""Points; the page is A4."""


def pdf(pages: Sequence[Sequence[str]], *, packed: bool = False) -> bytes:
    """One page for each list of lines. `packed` keeps the objects in a compressed stream, as newer programs do."""
    first_page = 4
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    streams: dict[int, bytes] = {}
    for number, lines in enumerate(pages):
        page = first_page + 2 * number
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {page + 1} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        ).encode()
        streams[page + 1] = _written(lines)
    return _packed(objects, streams) if packed else _plain(objects, streams)


def _written(lines: Sequence[str]) -> bytes:
    shown = [f"BT /F1 {SIZE} Tf {LEFT} {TOP} Td {LEADING} TL".encode()]
    for line in lines:
        text = line.encode("cp1252", "replace")
        for mark in (b"\\", b"(", b")"):
            text = text.replace(mark, b"\\" + mark)
        shown.append(b"(" + text + b") Tj T*")
    return b"\n".join([*shown, b"ET"])


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode{more} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _plain(objects: dict[int, bytes], streams: dict[int, bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: dict[int, int] = {}
    for number, content in sorted((objects | {n: _stream(s) for n, s in streams.items()}).items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    for _, place in sorted(places.items()):
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def _packed(objects: dict[int, bytes], streams: dict[int, bytes]) -> bytes:
    """Objects in an object stream, and the cross-reference table in a stream too (PDF 1.5)."""
    out = bytearray(b"%PDF-1.5\n")
    rows: dict[int, bytes] = {0: b"\0" + (0).to_bytes(4) + b"\xff\xff"}
    for number, content in streams.items():
        rows[number] = b"\1" + len(out).to_bytes(4) + b"\0\0"
        out += f"{number} 0 obj\n".encode() + _stream(content) + b"\nendobj\n"
    holder = max(objects | streams) + 1
    head, body = "", b""
    for index, (number, content) in enumerate(sorted(objects.items())):
        head += f"{number} {len(body)} "
        rows[number] = b"\2" + holder.to_bytes(4) + index.to_bytes(2)
        body += content + b" "
    rows[holder] = b"\1" + len(out).to_bytes(4) + b"\0\0"
    more = f" /Type /ObjStm /N {len(objects)} /First {len(head)}"
    out += f"{holder} 0 obj\n".encode() + _stream(head.encode() + body, more) + b"\nendobj\n"
    table = len(out)
    rows[holder + 1] = b"\1" + table.to_bytes(4) + b"\0\0"
    places = b"".join(rows[n] for n in sorted(rows))
    more = f" /Type /XRef /Size {len(rows)} /W [1 4 2] /Root 1 0 R"
    out += f"{holder + 1} 0 obj\n".encode() + _stream(places, more) + b"\nendobj\n"
    out += f"startxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
