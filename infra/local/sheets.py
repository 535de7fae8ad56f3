"""A Google Sheets v4 and as much of Drive v3 as tells a change, at wire protocol: `routes` are mounted with the
calendar's under `/_google`, and the faults planted there hit these methods too (`calendar` names the sheet).

It answers what Google answers, errors in the newer shape of Sheets included. Cells are texts: what is written RAW
stays a string, and what would be parsed (USER_ENTERED, formulas, numbers) is refused: nothing here may send it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.google import Problem, take_body
from infra.local.google_state import GoogleCalendarState
from infra.local.sheets_state import COLUMNS, GoogleSheetsState, Rows, Tab, put

Json = dict[str, Any]
RANGE = re.compile(r"(?:('(?:[^']|'')*'|[^'!]+)!)?([A-Z]{1,3})([0-9]+)?(?::([A-Z]{1,3})([0-9]+)?)?\Z")
STATUS = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    404: ("NOT_FOUND", "Requested entity was not found."),
    429: ("RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests' of sheets.googleapis.com."),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
}


class SheetProblem(Exception):
    """An error in the shape of Google's newer APIs. `reason` stands in its details."""

    def __init__(self, status: int, message: str = "", *, reason: str = "", retry_after: int = 0) -> None:
        super().__init__(message)
        self.status, self.message, self.reason, self.retry_after = status, message, reason, retry_after

    def response(self) -> JSONResponse:
        name, said = STATUS.get(self.status, STATUS[500])
        error: Json = {"code": self.status, "message": self.message or said, "status": name}
        if self.reason:
            info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": self.reason}
            error["details"] = [{**info, "domain": "googleapis.com"}]
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return JSONResponse({"error": error}, self.status, headers)


class SheetsApi:
    """One method of Google's API per method here; each gets the sheet, the range, the query and the body."""

    def __init__(self, state: GoogleSheetsState) -> None:
        self._state = state

    def file(self, sheet: str, _range: str, query: Json, _body: Json) -> Json:
        found = self._state.find(sheet)
        if found is None:
            raise Problem(404, "notFound", f"File not found: {sheet}.")
        at = datetime.fromtimestamp(found.modified, UTC)
        full = {
            "kind": "drive#file",
            "id": found.id,
            "name": found.title,
            "mimeType": "application/vnd.google-apps.spreadsheet",
            "version": str(found.version),
            "modifiedTime": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
            "trashed": found.trashed,
        }
        wanted = [name.strip() for name in query.get("fields", "kind,id,name,mimeType").split(",")]
        return full if wanted == ["*"] else {name: full[name] for name in wanted if name in full}

    def get(self, sheet: str, _range: str, _query: Json, _body: Json) -> Json:
        self._found(sheet)
        return {
            "spreadsheetId": sheet,
            "sheets": [
                {
                    "properties": {
                        "sheetId": tab.gid,
                        "title": tab.title,
                        "index": n,
                        "sheetType": "GRID",
                        "gridProperties": {"rowCount": tab.grid, "columnCount": COLUMNS},
                    }
                }
                for n, tab in enumerate(self._state.tabs(sheet))
            ],
        }

    def values_get(self, sheet: str, range_: str, query: Json, _body: Json) -> Json:
        if query.get("majorDimension", "ROWS") != "ROWS":
            raise SheetProblem(400, "This stand-in reads by rows only.")
        self._found(sheet)
        tab, first, last = self._range(sheet, range_)
        kept = [row[first[1] - 1 : last[1]] for row in tab.rows[first[0] - 1 : last[0]]]
        while kept and not any(kept[-1]):
            kept.pop()
        said = f"'{tab.title}'!A{first[0]}:Z{min(last[0], tab.grid)}"
        return {
            "range": said,
            "majorDimension": "ROWS",
            **({"values": [_trimmed(row) for row in kept]} if kept else {}),
        }

    def values_batch_update(self, sheet: str, _range: str, _query: Json, body: Json) -> Json:
        if body.get("valueInputOption") != "RAW":
            raise SheetProblem(400, "'valueInputOption' must be RAW: this stand-in parses nothing.")
        self._found(sheet)
        writes: list[tuple[Tab, int, int, str]] = []
        for part in body.get("data", []):
            tab, first, last = self._range(sheet, str(part.get("range", "")))
            for y, row in enumerate(part.get("values", [])):
                for x, value in enumerate(row):
                    at = (first[0] + y, first[1] + x)
                    single = ":" not in str(part["range"])
                    if not single and (at[0] > last[0] or at[1] > last[1]):
                        raise SheetProblem(
                            400, f"Requested writing within range [{part['range']}], but more."
                        )
                    self._within(tab, *at, str(part["range"]))
                    if value is not None:
                        writes.append((tab, *at, _text(value)))
        for title in dict.fromkeys(tab.title for tab, *_ in writes):
            own = [(row, column, text) for tab, row, column, text in writes if tab.title == title]

            def change(rows: Rows, own: list[tuple[int, int, str]] = own) -> None:
                for row, column, text in own:
                    put(rows, row, column, text)

            self._state.edit(sheet, title, change)
        return {"spreadsheetId": sheet, "totalUpdatedCells": len(writes), "responses": []}

    def batch_update(self, sheet: str, _range: str, _query: Json, body: Json) -> Json:
        self._found(sheet)
        for request in body.get("requests", []):
            (kind,) = request
            if kind != "appendCells":
                raise SheetProblem(400, f"This stand-in does not know {kind}.")
            asked = request[kind]
            tab = next((t for t in self._state.tabs(sheet) if t.gid == asked.get("sheetId", 0)), None)
            if tab is None:
                raise SheetProblem(400, f"No grid with id: {asked.get('sheetId')}")
            if asked.get("fields") != "userEnteredValue":
                raise SheetProblem(400, "This stand-in appends userEnteredValue only.")
            new = [[_cell(cell) for cell in row.get("values", [])] for row in asked.get("rows", [])]

            def change(rows: Rows, new: list[list[str]] = new) -> None:
                rows.extend(new)

            self._state.edit(sheet, tab.title, change)
        return {"spreadsheetId": sheet, "replies": [{} for _ in body.get("requests", [])]}

    # --- Shared -----------------------------------------------------------------------------------------------

    def _found(self, sheet: str) -> None:
        if self._state.find(sheet) is None:
            raise SheetProblem(404)

    def _range(self, sheet: str, text: str) -> tuple[Tab, tuple[int, int], tuple[int, int]]:
        """The tab, and the first and last cell as (row, column) from 1; an open side reaches far."""
        whole = self._state.tab(sheet, _unquoted(text)) if text else None
        if whole:
            return whole, (1, 1), (10**6, COLUMNS)
        found = RANGE.match(text)
        tab = self._state.tab(sheet, _unquoted(found[1] or "")) if found else None
        if found is None or tab is None:
            raise SheetProblem(400, f"Unable to parse range: {text}")
        first = (int(found[3] or 1), _number(found[2]))
        last = first
        if ":" in text:
            last = (int(found[5] or 10**6), _number(found[4]))
        elif not found[3]:
            raise SheetProblem(400, f"Unable to parse range: {text}")
        self._within(tab, min(first[0], tab.grid), max(first[1], last[1]), text)
        return tab, first, last

    @staticmethod
    def _within(tab: Tab, row: int, column: int, text: str) -> None:
        if row > tab.grid or column > COLUMNS:
            limits = f"Max rows: {tab.grid}, max columns: {COLUMNS}"
            raise SheetProblem(400, f"Range ({text}) exceeds grid limits. {limits}")


def routes(state: GoogleSheetsState, faults: GoogleCalendarState) -> list[Route]:
    api = SheetsApi(state)

    def route(method: str, path: str, name: str, act: Callable[[str, str, Json, Json], Json]) -> Route:
        async def endpoint(request: Request) -> Response:
            text = await request.body()
            return await run_in_threadpool(_answer, faults, name, act, request, text)

        endpoint.__name__ = name
        return Route(path, endpoint, methods=[method])

    one = "/v4/spreadsheets/{sheet}"
    return [
        route("GET", "/drive/v3/files/{sheet}", "files.get", api.file),
        route("POST", one + "/values:batchUpdate", "values.batchUpdate", api.values_batch_update),
        route("GET", one + "/values/{range:path}", "values.get", api.values_get),
        route("POST", one + ":batchUpdate", "batchUpdate", api.batch_update),
        route("GET", one, "spreadsheets.get", api.get),
    ]


def _answer(
    faults: GoogleCalendarState,
    name: str,
    act: Callable[[str, str, Json, Json], Json],
    request: Request,
    text: bytes,
) -> Response:
    sheet = request.path_params["sheet"]
    fault = faults.take_fault(sheet, name) or {}
    try:
        if fault and not fault.get("late"):
            raise _planted(fault)
        answer = act(sheet, request.path_params.get("range", ""), dict(request.query_params), take_body(text))
        if fault:
            raise _planted(fault)
    except (Problem, SheetProblem) as problem:
        return problem.response()
    except ValueError:
        return SheetProblem(400, "Invalid JSON payload received.").response()
    return JSONResponse(answer)


def _planted(fault: Json) -> SheetProblem:
    """`late` ones answer so after the work was done, as a broken connection does."""
    return SheetProblem(
        int(fault.get("status", 500)),
        str(fault.get("message", "")),
        reason=str(fault.get("reason", "")),
        retry_after=int(fault.get("retry_after", 0)),
    )


def _cell(cell: Json) -> str:
    value = cell.get("userEnteredValue", {})
    if value and set(value) != {"stringValue"}:
        raise SheetProblem(400, "This stand-in takes strings only.")
    return _text(value.get("stringValue", ""))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise SheetProblem(400, "This stand-in takes strings only.")
    if len(value) > 50_000:
        raise SheetProblem(
            400, "Your input contains more than the maximum of 50000 characters in a single cell."
        )
    return value


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == "'":
        return name[1:-1].replace("''", "'")
    return name


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _trimmed(row: list[str]) -> list[str]:
    kept = list(row)
    while kept and not kept[-1]:
        kept.pop()
    return kept
