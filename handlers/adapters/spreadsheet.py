"""The text of a spreadsheet: the visible sheets, row by row, with dates and times as people write them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from datetime import time as wall_time
from typing import Any

from handlers.adapters import zipped
from handlers.domain.documents import MOST_CELLS, MOST_TEXT, Words, lines_of
from handlers.domain.errors import Unreadable

MOST_COLUMNS = 60
MOST_ROWS_READ = 2_000
SECONDS = 10.0
BEGINNING = "only the beginning was read"


def words(content: bytes, stopwatch: Callable[[], float] = time.monotonic) -> Words:
    """Raises Unreadable. `stopwatch` gives seconds that only ever grow."""
    file = zipped.checked(content)
    from openpyxl import load_workbook

    budget = _Budget(stopwatch)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that mean nothing here
            # Streamed, and with the results of formulas as they were saved.
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                sheets = [s for s in workbook.worksheets if s.sheet_state == "visible"]
                tables = [list(_rows(sheet, budget)) for sheet in sheets]
            finally:
                workbook.close()
    except Unreadable:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        raise Unreadable(zipped.DAMAGED) from error
    read = [lines_of(table) for table in tables]
    text = "\n\n".join(text for text, _ in read if text)
    rows = max((rows for _, rows in read), key=len, default=())
    return Words(text[:MOST_TEXT], rows, left_out=BEGINNING if budget.spent or len(text) > MOST_TEXT else "")


class _Budget:
    """Cells and seconds for one workbook."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch, self._until = stopwatch, stopwatch() + SECONDS
        self._cells = MOST_CELLS
        self.spent = False

    def take(self, cells: int) -> bool:
        self._cells -= cells
        self.spent = self.spent or self._cells < 0 or self._stopwatch() > self._until
        return not self.spent


def _rows(sheet: Any, budget: _Budget) -> Iterator[list[str]]:
    """What a sheet says of its own size is not believed: rows and columns are counted here."""
    sheet.reset_dimensions()
    rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(
        max_row=MOST_ROWS_READ + 1, max_col=MOST_COLUMNS, values_only=True
    )
    for number, row in enumerate(rows):
        if number >= MOST_ROWS_READ or not budget.take(sum(cell is not None for cell in row) + 1):
            budget.spent = True
            return
        yield [said(cell) for cell in row]


def said(cell: Any) -> str:  # noqa: PLR0911 - one return for each kind of value
    """A cell's value in words: `5 May 2026`, `14:00`, `81234567` for 81234567.0."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime() if (cell.hour, cell.minute) != (0, 0):
            return f"{cell.day} {cell:%B} {cell.year} {cell:%H:%M}"
        case datetime() | date():
            return f"{cell.day} {cell:%B} {cell.year}"
        case wall_time():
            return f"{cell:%H:%M}"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case _:
            return " ".join(str(cell)[:1000].split())
