from __future__ import annotations

import json

import pytest

from handlers.adapters import google_sheets
from handlers.domain.errors import SheetsUnavailable
from handlers.ports import SheetCell
from infra.local.sheets_state import GoogleSheetsState
from tests.fakes import FakeClock
from tests.google.conftest import NOW, Google, Web

SHEET = "1AbC-list"
VALUES = f"/v4/spreadsheets/{SHEET}/values"


@pytest.fixture(autouse=True)
def book(files: GoogleSheetsState) -> GoogleSheetsState:
    files.create(SHEET, "Waitlist", "Waitlist", "Old")
    files.add(SHEET, "Waitlist", ["Name", "Contact"])
    return files


@pytest.fixture
def web(google: Google) -> Web:
    return Web(google.url)


# --- Trouble ---


@pytest.mark.parametrize(
    "fault", [{"status": 429, "reason": "RATE_LIMIT_EXCEEDED"}, {"status": 500}, {"status": 503}], ids=str
)
@pytest.mark.parametrize("method", ["files.get", "values.get", "values.batchUpdate", "spreadsheets.get"])
def test_trouble_that_passes_is_tried_again(google: Google, fault: dict[str, object], method: str) -> None:
    google.state.plant(fault, method=method, times=2)
    sheets = google.sheets()
    sheets.changed(SHEET)
    sheets.write(SHEET, "", [SheetCell(2, 1, "Ana")])
    assert sheets.read(SHEET, "").rows == (("Name", "Contact"), ("Ana",))
    assert len(google.slept) == 2


def test_an_append_is_said_once_since_twice_would_stand_there_twice(google: Google) -> None:
    google.state.plant({"status": 500, "late": True}, method="batchUpdate")
    sheets = google.sheets()
    with pytest.raises(SheetsUnavailable, match="busy"):
        sheets.append(SHEET, "", [["Ana"]])
    assert sheets.read(SHEET, "").rows == (("Name", "Contact"), ("Ana",))
    assert google.slept == []


def test_trouble_that_stays_is_unavailable_with_its_retry_after(google: Google) -> None:
    google.state.plant({"status": 429, "retry_after": 3600}, times=-1)
    with pytest.raises(SheetsUnavailable, match="busy") as caught:
        google.sheets().changed(SHEET)
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ({"status": 403}, "as an editor"),
        ({"status": 404}, "check its id in the rules"),
        ({"status": 401}, "GOOGLE_CREDENTIALS"),
        ({"status": 403, "reason": "SERVICE_DISABLED"}, "turn on the Google Sheets API"),
        ({"status": 400}, "Google refused"),
    ],
    ids=str,
)
def test_a_refusal_says_what_the_owner_can_do(google: Google, fault: dict[str, object], advice: str) -> None:
    google.state.plant(fault, method="values.get", times=-1)
    with pytest.raises(SheetsUnavailable, match=advice):
        google.sheets().read(SHEET, "")
    assert google.slept == []


def test_a_sheet_in_the_bin_is_unavailable(google: Google, book: GoogleSheetsState) -> None:
    book.trash(SHEET)
    with pytest.raises(SheetsUnavailable, match="bin"):
        google.sheets().changed(SHEET)


def test_a_renamed_first_tab_is_still_the_first(google: Google, book: GoogleSheetsState) -> None:
    sheets = google.sheets()
    assert len(sheets.read(SHEET, "").rows) == 1
    book.rename(SHEET, "Waitlist", "List")
    assert len(sheets.read(SHEET, "").rows) == 1
    sheets.write(SHEET, "", [SheetCell(2, 1, "x")])
    assert book.rows(SHEET, "List")[1] == ["x"]


def test_a_renamed_tab_that_the_rules_name_is_missing(google: Google, book: GoogleSheetsState) -> None:
    sheets = google.sheets()
    sheets.read(SHEET, "Waitlist")
    book.rename(SHEET, "Waitlist", "List")
    with pytest.raises(SheetsUnavailable, match="its tabs are: List, Old"):
        sheets.read(SHEET, "Waitlist")


def test_the_tabs_are_looked_up_once(google: Google) -> None:
    sheets = google.sheets()
    for _ in range(3):
        sheets.read(SHEET, "")
    assert google.sign_in.asked.count(SHEET) == 1


def test_a_tab_longer_than_we_read_is_not_complete(
    google: Google, book: GoogleSheetsState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_sheets, "MOST_ROWS", 2)
    sheets = google.sheets()
    book.add(SHEET, "Waitlist", ["Ana"])
    assert sheets.read(SHEET, "").complete
    book.add(SHEET, "Waitlist", ["Ben"])
    page = sheets.read(SHEET, "")
    assert (page.rows, page.complete) == ((("Name", "Contact"), ("Ana",)), False)


def test_many_cells_are_written_in_few_calls(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_sheets, "MOST_RANGES", 4)
    sheets = google.sheets()
    cells = [SheetCell(row, column, f"{row}.{column}") for row in range(2, 12) for column in (3, 4)]
    sheets.write(SHEET, "", cells)
    assert google.sign_in.asked.count("values:batchUpdate") == 3
    assert sheets.read(SHEET, "").rows[11 - 1] == ("", "", "11.3", "11.4")


def test_sheets_and_drive_sign_in_each_with_the_one_scope_it_needs(google: Google, account: str) -> None:
    sheets = google.sheets(account)
    sheets.changed(SHEET)
    sheets.read(SHEET, "")
    assert google.sign_in.seen == ["Bearer t1", "Bearer t2", "Bearer t2"]
    assert sheets._drive.credentials.scopes == google_sheets.DRIVE_SCOPES
    assert sheets._sheets.credentials.scopes == google_sheets.SHEETS_SCOPES


def test_advice_names_the_account_to_share_with(google: Google, account: str) -> None:
    google.state.plant({"status": 403}, method="values.get")
    with pytest.raises(SheetsUnavailable, match=json.loads(account)["client_email"]):
        google.sheets(account).read(SHEET, "")


# --- The stand-in ---


def test_the_stand_in_answers_as_google_does(web: Web, book: GoogleSheetsState) -> None:
    about = web.get(f"/v4/spreadsheets/{SHEET}").json()
    assert [s["properties"]["title"] for s in about["sheets"]] == ["Waitlist", "Old"]
    assert web.get(f"{VALUES}/Waitlist!B1:B9").json()["values"] == [["Contact"]]
    assert "values" not in web.get(f"{VALUES}/Old").json()
    missing = web.get("/v4/spreadsheets/other/values/A1")
    assert (missing.status_code, missing.json()["error"]["status"]) == (404, "NOT_FOUND")
    for range_ in ("Nope!A1", "Waitlist!A", "A0:?", ""):
        assert web.get(f"{VALUES}/{range_}").status_code in (400, 404)
    far = web.get(f"{VALUES}/Waitlist!A1:AB2")
    assert (far.status_code, "exceeds grid limits" in far.json()["error"]["message"]) == (400, True)
    file = web.get(f"/drive/v3/files/{SHEET}", params={"fields": "version,trashed"}).json()
    assert file == {"version": str(book.last_version()), "trashed": False}
    gone = web.get("/drive/v3/files/other")
    assert (gone.status_code, gone.json()["error"]["errors"][0]["reason"]) == (404, "notFound")


@pytest.mark.parametrize(
    "body",
    [
        {"valueInputOption": "USER_ENTERED", "data": [{"range": "A1", "values": [["=1+1"]]}]},
        {"data": [{"range": "A1", "values": [["x"]]}]},
        {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [[1]]}]},
        {"valueInputOption": "RAW", "data": [{"range": "A9999", "values": [["x"]]}]},
        {"valueInputOption": "RAW", "data": [{"range": "A1:A1", "values": [["x", "y"]]}]},
    ],
    ids=str,
)
def test_the_stand_in_refuses_what_would_be_parsed_or_lie_outside(web: Web, body: dict[str, object]) -> None:
    answer = web.post(f"{VALUES}:batchUpdate", json=body)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert web.get(f"{VALUES}/Waitlist").json()["values"] == [["Name", "Contact"]]


@pytest.mark.parametrize("value", [{"formulaValue": "=1+1"}, {"numberValue": 1}])
def test_the_stand_in_appends_no_formula(web: Web, value: dict[str, object]) -> None:
    rows = [{"values": [{"userEnteredValue": value}]}]
    append = {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}}
    assert web.post(f"/v4/spreadsheets/{SHEET}:batchUpdate", json={"requests": [append]}).status_code == 400


def test_faults_planted_over_http_hit_one_sheet(web: Web, book: GoogleSheetsState) -> None:
    book.create("other", "Other", "A")
    web.post("/_faults", json={"calendar": SHEET, "status": 429, "retry_after": 9})
    assert web.get("/v4/spreadsheets/other").status_code == 200
    limited = web.get(f"/v4/spreadsheets/{SHEET}")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "9")
    assert limited.json()["error"]["status"] == "RESOURCE_EXHAUSTED"


def test_what_staff_type_survives_a_restart(files: GoogleSheetsState, tmp_path: object) -> None:
    files.delete(SHEET, "Waitlist", 1)
    files.add(SHEET, "Waitlist", ["Ana"])
    before = files.last_version()
    again = GoogleSheetsState(tmp_path / "workspace.db", FakeClock(NOW))  # type: ignore[operator]
    assert (again.rows(SHEET), again.last_version()) == ([["Ana"]], before)
    again.type(SHEET, "Waitlist", 1, 1, "Ana")
    assert again.last_version() == before
    again.close()
