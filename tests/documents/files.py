"""Small real files, made by the libraries that office programs' files come nearest to, and hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docx import Document
from openpyxl import Workbook

BOOKING = (
    "Service: Full colour",
    "Date: Tuesday, 5 May 2026",
    "Time: 2:00 PM - 4:00 PM",
    "Staff: Mei",
    "Client: Ana Lim",
    "Phone: +65 8123 4567",
)
CLIENTS = [
    ["Client", "Mobile", "Service", "Date", "Time", "Stylist"],
    ["Ana Lim", 81234567, "Haircut", "5 May 2026", "14:00", "Mei"],
    ["Ben Ong", 81234568, "Full colour", "6 May 2026", "10:00", "Mei"],
]


def word(lines: Sequence[str] = BOOKING, table: Sequence[Sequence[str]] = ()) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = str(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(rows: Iterable[Sequence[Any]] = CLIENTS, *, hidden: Iterable[Sequence[Any]] = ()) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    if hidden:
        other = workbook.create_sheet("prices")
        other.sheet_state = "hidden"
        for row in hidden:
            other.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def changed(office: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same file with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


def part(office: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        return archive.read(name)


def bomb(office: bytes, name: str = "word/media/image1.png", size: int = 60_000_000) -> bytes:
    """A part that unpacks to `size` bytes of nothing."""
    return changed(office, {name: bytes(size)})


def lying(office: bytes, name: str, size: int) -> bytes:
    """The same, but its directory says that it is small: the sizes in both headers are overwritten."""
    content = bytearray(bomb(office, name, size))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(name.encode(), 0 if mark == b"PK\x03\x04" else content.rfind(b"PK\x01\x02"))
        start = content.rfind(mark, 0, at)
        content[start + offset : start + offset + 4] = (100).to_bytes(4, "little")
    return bytes(content)


def laughs(word_file: bytes) -> bytes:
    """Entities that name entities: a billion laughs from a few lines."""
    lines = ['<!DOCTYPE x [<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    declared = "\n".join([*lines, "]>"]).encode()
    document = part(word_file, "word/document.xml")
    head, _, rest = document.partition(b"?>")
    return changed(
        word_file, {"word/document.xml": head + b"?>" + declared + rest.replace(b"Ana Lim", b"&a9;")}
    )


def locked_office() -> bytes:
    """What Office writes for a file with a password: an OLE container around an encrypted package."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(1000)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(1000)
    )


def locked_pdf(pdf: bytes) -> bytes:
    return pdf.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R")
