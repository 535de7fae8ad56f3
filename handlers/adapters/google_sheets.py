"""Google Sheets v4, and Drive v3 for whether a sheet has changed.

Values go out as RAW strings only. Addresses are positions: Google has no conditional write, so whoever writes to a
row looks afterwards whether people moved it meanwhile (`services/sheet_sync.py` does).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from handlers.adapters.google_client import GoogleClient
from handlers.adapters.google_errors import Refused
from handlers.domain.errors import SheetsUnavailable
from handlers.ports import SheetCell, SheetPage

MOST_ROWS = 20_000
"""That are read of one tab."""
MOST_RANGES = 2_000
"""In one write: keeps the request well under the 2 MB that Google recommends."""
SHEETS_SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
DRIVE_SCOPES = ("https://www.googleapis.com/auth/drive.metadata.readonly",)


class _Tab(NamedTuple):
    id: int
    title: str

    @property
    def quoted(self) -> str:
        return "'" + self.title.replace("'", "''") + "'"


class GoogleSheets:
    """`base_url`, `credentials` and `how` (timeout, attempts, sleep) as GoogleClient takes them."""

    def __init__(self, base_url: str = "", credentials: str = "", **how: Any) -> None:
        same: dict[str, Any] = {
            "error": SheetsUnavailable,
            "base_url": base_url,
            "credentials": credentials,
            **how,
        }
        self._sheets = GoogleClient(
            "sheets", "v4", path="", product="Google Sheets API", scopes=SHEETS_SCOPES, **same
        )
        self._drive = GoogleClient(
            "drive", "v3", path="drive/v3/", product="Google Drive API", scopes=DRIVE_SCOPES, **same
        )
        self._lock = threading.Lock()
        self._tabs: dict[tuple[str, str], _Tab] = {}

    # --- The port ---------------------------------------------------------------------------------------------

    def changed(self, sheet: str) -> str:
        found = self._asked(
            self._drive,
            sheet,
            lambda g: g.files().get(
                fileId=sheet, fields="version,modifiedTime,trashed", supportsAllDrives=True
            ),
        )
        if found.get("trashed"):
            raise _lasting(sheet, "it lies in the bin of Google Drive: put it back")
        return f"{found.get('version', '')} {found.get('modifiedTime', '')}".strip()

    def read(self, sheet: str, tab: str) -> SheetPage:
        found = self._on_tab(
            sheet,
            tab,
            lambda g, t: g.values().get(
                spreadsheetId=sheet,
                range=t.quoted,
                majorDimension="ROWS",
                valueRenderOption="FORMATTED_VALUE",
            ),
        )
        rows = [tuple(str(cell) for cell in row) for row in found.get("values", ())]
        return SheetPage(tuple(rows[:MOST_ROWS]), complete=len(rows) <= MOST_ROWS)

    def write(self, sheet: str, tab: str, cells: Sequence[SheetCell]) -> None:
        runs = _runs(cells)
        for first in range(0, len(runs), MOST_RANGES):
            self._write(sheet, tab, runs[first : first + MOST_RANGES])

    def append(self, sheet: str, tab: str, rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        data = [
            {"values": [{"userEnteredValue": {"stringValue": text}} if text else {} for text in row]}
            for row in rows
        ]
        self._on_tab(
            sheet,
            tab,
            lambda g, t: g.batchUpdate(
                spreadsheetId=sheet,
                body={
                    "requests": [
                        {"appendCells": {"sheetId": t.id, "rows": data, "fields": "userEnteredValue"}}
                    ]
                },
            ),
            again=False,  # said twice, it would stand there twice
        )

    # --- How --------------------------------------------------------------------------------------------------

    def _write(self, sheet: str, tab: str, runs: Sequence[Sequence[SheetCell]]) -> None:
        def request(g: Any, t: _Tab) -> Any:
            data = [
                {"range": f"{t.quoted}!{_address(run[0])}", "values": [[cell.text for cell in run]]}
                for run in runs
            ]
            body = {"valueInputOption": "RAW", "data": data}
            return g.values().batchUpdate(spreadsheetId=sheet, body=body)

        self._on_tab(sheet, tab, request)

    def _on_tab(
        self, sheet: str, tab: str, request: Callable[[Any, _Tab], Any], *, again: bool = True
    ) -> Any:
        """Of what is remembered of the tabs, one that was renamed or replaced is looked up anew."""
        found, fresh = self._tab(sheet, tab)
        try:
            return self._spreadsheets(sheet, lambda g: request(g, found), again=again)
        except Refused as refused:
            if refused.status != 400 or fresh:
                raise self._explained(self._sheets, refused, sheet) from refused
        with self._lock:
            self._tabs.pop((sheet, tab), None)
        found, _ = self._tab(sheet, tab)
        try:
            return self._spreadsheets(sheet, lambda g: request(g, found), again=again)
        except Refused as refused:
            raise self._explained(self._sheets, refused, sheet) from refused

    def _tab(self, sheet: str, tab: str) -> tuple[_Tab, bool]:
        """The tab, and whether it was looked up just now."""
        with self._lock:
            known = self._tabs.get((sheet, tab))
        if known:
            return known, False
        answer = self._asked(
            self._sheets,
            sheet,
            lambda g: g.spreadsheets().get(spreadsheetId=sheet, fields="sheets.properties(sheetId,title)"),
        )
        tabs = [
            _Tab(int(one["properties"].get("sheetId", 0)), str(one["properties"]["title"]))
            for one in answer.get("sheets", ())
        ]
        wanted = tab.strip().casefold()
        found = next((t for t in tabs if not wanted or t.title.strip().casefold() == wanted), None)
        if found is None:
            names = ", ".join(t.title for t in tabs)
            raise _lasting(sheet, f'it has no tab "{tab}"; its tabs are: {names}')
        with self._lock:
            self._tabs[sheet, tab] = found
        return found, True

    def _spreadsheets(self, sheet: str, request: Callable[[Any], Any], *, again: bool) -> Any:
        return self._sheets.call(f"sheet {sheet}", lambda g: request(g.spreadsheets()), again=again)

    def _asked(self, client: GoogleClient, sheet: str, request: Callable[[Any], Any]) -> Any:
        try:
            return client.call(f"sheet {sheet}", request)
        except Refused as refused:
            raise self._explained(client, refused, sheet) from refused

    @staticmethod
    def _explained(client: GoogleClient, refused: Refused, sheet: str) -> SheetsUnavailable:
        by_status = {
            403: f"share it with {client.account} as an editor",
            404: f"not found: check its id in the rules, and that it is shared with {client.account} as an editor",
        }
        reason = client.advice(refused) or by_status.get(refused.status, "Google refused")
        return _lasting(sheet, f"{reason} ({refused})")


def _lasting(sheet: str, reason: str) -> SheetsUnavailable:
    return SheetsUnavailable(f"sheet {sheet}", reason, permanent=True)


def _runs(cells: Sequence[SheetCell]) -> list[list[SheetCell]]:
    """Neighbours of one row together; of two texts for one cell the later one."""
    last = {(c.row, c.column): c for c in cells}
    ordered = sorted(last.values(), key=lambda c: (c.row, c.column))
    numbered = enumerate(ordered)
    return [
        [cell for _, cell in run]
        for _, run in groupby(numbered, key=lambda n: (n[1].row, n[1].column - n[0]))
    ]


def _address(cell: SheetCell) -> str:
    """`C5`: A1 notation, in which Z is followed by AA."""
    letters, left = "", cell.column
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{cell.row}"
