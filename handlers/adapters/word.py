"""The text of a Word document: its paragraphs and tables, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.adapters import zipped
from handlers.domain.documents import MOST_CELLS, MOST_PARAGRAPHS, MOST_TEXT, Words, lines_of
from handlers.domain.errors import Unreadable

if TYPE_CHECKING:
    from docx.table import Table


def words(content: bytes) -> Words:
    """Raises Unreadable."""
    file = zipped.checked(content)
    from docx import Document
    from docx.table import Table

    try:
        blocks = Document(file).iter_inner_content()
        texts: list[str] = []
        rows: tuple[str, ...] = ()
        paragraphs, cells, size = 0, 0, 0
        for block in blocks:
            if isinstance(block, Table):
                table = _cells(block, MOST_CELLS - cells)
                cells += sum(map(len, table))
                text, records = lines_of(table)
                rows = max(rows, records, key=len)
            else:
                paragraphs, text = paragraphs + 1, block.text
            texts.append(text)
            size += len(text)
            if paragraphs > MOST_PARAGRAPHS or cells >= MOST_CELLS or size > MOST_TEXT:
                return Words("\n".join(texts)[:MOST_TEXT], rows, left_out="only the beginning was read")
    except Unreadable:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        raise Unreadable(zipped.DAMAGED) from error
    return Words("\n".join(texts), rows)


def _cells(table: Table, most: int) -> list[list[str]]:
    """Row by row as it stands in the file: a merged cell once. At most `most` cells."""
    from docx.text.paragraph import Paragraph

    found: list[list[str]] = []
    for row in table._tbl.tr_lst:  # noqa: SLF001 - `row.cells` is quadratic, and repeats merged cells
        if most <= 0:
            break
        cells = [" ".join(Paragraph(p, table).text for p in cell.p_lst).strip() for cell in row.tc_lst[:most]]
        most -= len(cells)
        found.append(cells)
    return found
