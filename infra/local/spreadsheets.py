"""The sheet panel: the Google Sheets that the rules name, as staff see them and type into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers.domain import appointment_sheet
from handlers.domain.errors import InputError, NotFound
from handlers.domain.rules.model import Rules, SheetPlace
from handlers.domain.sheets import BOT, STATUS, Table
from handlers.domain.waitlist import sheet as waitlist_sheet
from infra.local.sheets_state import COLUMNS, GoogleSheetsState, Rows

TABLES: Mapping[str, Table] = {"waitlist": waitlist_sheet.TABLE, "appointments": appointment_sheet.TABLE}
FIRST_TAB = "Sheet1"
SPARE = 4
"""Empty rows shown below the last one, to type into."""
MOST_ROWS = 500
LONGEST = 2000


class Spreadsheets:
    """Every sheet that the rules name is there, shared with us, and empty at first."""

    def __init__(self, state: GoogleSheetsState, rules: Callable[[], Rules]) -> None:
        self._state, self._rules = state, rules
        state.named = self._named

    @property
    def version(self) -> str:
        """Rises with every change of a sheet."""
        return str(self._state.last_version())

    def shown(self) -> dict[str, Any]:
        return {"sheets": [self._shown(lane, place) for lane, place in self._places().items()]}

    def edit(self, body: Mapping[str, Any]) -> None:
        """Types `text` into a cell of the `lane`'s sheet; `row` and `column` count from 1. Raises InputError."""
        place = self._place(body)
        row, column, text = self._row(body), int(body.get("column", 0)), str(body.get("text", ""))
        if not 1 <= column <= COLUMNS:
            raise InputError("column", "There is no such column.")
        if len(text) > LONGEST:
            raise InputError("text", f"Keep a cell under {LONGEST} characters.")
        self._state.type(place.id, place.tab, row, column, " ".join(text.split()))

    def insert(self, body: Mapping[str, Any]) -> None:
        """An empty row above `row`."""
        place, row = self._place(body), self._row(body)
        self._state.edit(place.id, place.tab, lambda rows: _inserted(rows, row))

    def remove(self, body: Mapping[str, Any]) -> None:
        """Takes `row` out; those below move up."""
        place = self._place(body)
        self._state.delete(place.id, place.tab, self._row(body))

    # --- How ------------------------------------------------------------------------------------------------------

    def _shown(self, lane: str, place: SheetPlace) -> dict[str, Any]:
        found = self._state.find(place.id)
        tab = self._state.tab(place.id, place.tab)
        rows = tab.rows[:MOST_ROWS] if tab else []
        layout = TABLES[lane].find(rows)
        width = max([len(row) for row in rows] + [len(TABLES[lane].headings())])
        ours = [layout.at[c.key] for c in BOT if c.key in layout.at] if layout else []
        return {
            "lane": lane,
            "title": found.title if found else place.id,
            "tab": tab.title if tab else "",
            "heading": layout.number if layout else 0,
            "ours": ours,
            "status": layout.at.get(STATUS.key, 0) if layout else 0,
            "letters": [chr(64 + n) for n in range(1, width + 1)],
            "rows": [[*row, *[""] * (width - len(row))] for row in [*rows, *[[] for _ in range(SPARE)]]],
        }

    def _places(self) -> dict[str, SheetPlace]:
        places = {lane: getattr(self._rules().sheets, lane) for lane in TABLES}
        return {lane: place for lane, place in places.items() if place is not None}

    def _place(self, body: Mapping[str, Any]) -> SheetPlace:
        lane = str(body.get("lane", ""))
        if lane not in (places := self._places()):
            raise NotFound("sheet", lane)
        self._state.find(places[lane].id)  # makes it, the first time
        return places[lane]

    @staticmethod
    def _row(body: Mapping[str, Any]) -> int:
        row = int(body.get("row", 0))
        if not 1 <= row <= MOST_ROWS + SPARE:
            raise InputError("row", "There is no such row.")
        return row

    def _named(self, sheet: str) -> tuple[str, str] | None:
        for lane, place in self._places().items():
            if place.id == sheet:
                return lane.title(), place.tab or FIRST_TAB
        return None


def _inserted(rows: Rows, row: int) -> None:
    if row <= len(rows):
        rows.insert(row - 1, [])
