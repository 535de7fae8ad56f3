"""Staff keep the waitlist in the workspace's Google Sheet, and see what Frontdesk makes of it."""

from __future__ import annotations

import pytest

from handlers.domain.errors import InputError, NotFound
from handlers.domain.rules import load
from infra.local.sheets_state import GoogleSheetsState
from infra.local.spreadsheets import Spreadsheets
from tests.workspace.conftest import SAMPLE
from tests.workspace.process import get, post, running, until
from tests.workspace.test_calendars import cards


def sheet(address):
    return get(address, "sheet")["sheets"][0]


def rows(address):
    """Below the heading, by column, with the row's number."""
    shown = sheet(address)
    titles = shown["rows"][shown["heading"] - 1] if shown["heading"] else []
    numbered = enumerate(shown["rows"][shown["heading"] :], shown["heading"] + 1)
    return [{"number": n, **dict(zip(titles, row, strict=True))} for n, row in numbered if any(row)]


def type_row(address, number, **cells):
    titles = sheet(address)["rows"][0]
    for title, text in cells.items():
        post(address, "sheet/edit", lane="waitlist", row=number, column=titles.index(title) + 1, text=text)


def of(address, name):
    return next((row for row in rows(address) if row["Name"] == name), {})


@pytest.mark.xdist_group("workspace")
def test_a_row_is_typed_marked_put_right_and_taken_out(tmp_path):
    with running(tmp_path) as (address, _):
        sample = {"Wei Ling Koh", "Omar Haddad", "Sofia Lindqvist"}
        until(lambda: sample <= {r["Name"] for r in rows(address) if r["Status"] == "Waiting" and r["Id"]})
        number = rows(address)[-1]["number"] + 1
        type_row(address, number, Name="Nadia Lim", Contact="+65 8123 9999", Service="hair cutt")
        until(lambda: of(address, "Nadia Lim")["Status"].startswith("Please fix: Service: "))
        until(lambda: [m for m in cards(address) if f"Row {number}: Service" in m])
        type_row(address, number, Service="Haircut", Latest="in two weeks")
        until(lambda: of(address, "Nadia Lim")["Status"] == "Waiting")
        until(lambda: [m for m in cards(address) if "sheet of the waitlist is in order" in m])
        post(address, "sheet/remove", lane="waitlist", row=of(address, "Omar Haddad")["number"])
        until(lambda: "entry.ended" in [e["kind"] for e in get(address, "log")["events"]])
        assert not of(address, "Omar Haddad")
        calls = [call for call in get(address, "log")["calls"] if call["direction"] == "google"]
        assert calls
        assert not [call for call in calls if not call["ok"]]


@pytest.mark.xdist_group("workspace")
def test_an_appointment_typed_into_its_sheet_is_booked(tmp_path):
    def shown():
        return get(address, "sheet")["sheets"][1]

    with running(tmp_path) as (address, _):
        titles = until(lambda: shown()["rows"][0] if any(shown()["rows"][0]) else [])
        cells = {
            "Name": "Zoe Quill", "Contact": "zoe@mail.example", "Service": "Haircut",
            "Date": get(address, "calendar")["after"], "Time": "7:15 am!",
        }  # fmt: skip
        for title, text in cells.items():
            column = titles.index(title) + 1
            post(address, "sheet/edit", lane="appointments", row=2, column=column, text=text)
        until(lambda: any(text.startswith("Booked") for text in shown()["rows"][1]))
        until(lambda: [m for m in cards(address) if "Zoe Quill" in m])


@pytest.fixture
def spreadsheets(clock):
    state = GoogleSheetsState(":memory:", clock)
    rules = load(SAMPLE.read_text(encoding="utf-8"))
    yield Spreadsheets(state, lambda: rules)
    state.close()


def test_the_sheet_that_the_rules_name_is_there_and_empty(spreadsheets):
    shown, _ = spreadsheets.shown()["sheets"]
    assert (shown["lane"], shown["tab"], shown["heading"]) == ("waitlist", "Sheet1", 0)
    assert not any(any(row) for row in shown["rows"])


def test_staff_type_insert_and_delete(spreadsheets):
    before = spreadsheets.version
    for row, name in enumerate(("Name", "Ana", "Ben"), 1):
        spreadsheets.edit({"lane": "waitlist", "row": row, "column": 1, "text": f"  {name} "})
    spreadsheets.edit({"lane": "waitlist", "row": 1, "column": 2, "text": "Status"})
    spreadsheets.insert({"lane": "waitlist", "row": 2})
    spreadsheets.remove({"lane": "waitlist", "row": 4})
    shown, _ = spreadsheets.shown()["sheets"]
    assert [row[0] for row in shown["rows"][:4]] == ["Name", "", "Ana", ""]
    assert (shown["heading"], shown["ours"], shown["status"]) == (1, [2], 2)
    assert spreadsheets.version != before


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"lane": "waitlist", "row": 0, "column": 1}, InputError),
        ({"lane": "waitlist", "row": 10_000, "column": 1}, InputError),
        ({"lane": "waitlist", "row": 1, "column": 27}, InputError),
        ({"lane": "waitlist", "row": 1, "column": 1, "text": "x" * 3000}, InputError),
        ({"lane": "payroll", "row": 1, "column": 1}, NotFound),
    ],
)
def test_what_cannot_be_typed_is_refused(spreadsheets, body, error):
    with pytest.raises(error):
        spreadsheets.edit(body)
