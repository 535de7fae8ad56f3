"""The sheet's story once more, on a local DynamoDB, and through Google's wire protocol."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from handlers.adapters.dynamodb import DynamoStore, create_table
from infra.local.sheets_state import GoogleSheetsState
from tests.bookings.world import STAFF, World
from tests.fakes import FakeSheets
from tests.google.conftest import Google, files, google, state  # noqa: F401 - fixtures
from tests.sheets.office import HEADING, SHEET, TAB, Office
from tests.state import dynoxide
from tests.waitlist.waiting import join


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    with dynoxide.running(tmp_path) as endpoint:
        client = dynoxide.client(endpoint)
        create_table(client, "frontdesk-state")
        yield World(store=DynamoStore("frontdesk-state", client))
        client.close()


def test_typed_edited_joined_marked_and_removed_on_dynamodb(world: World) -> None:
    office = Office(world, FakeSheets({SHEET: {TAB: []}}))
    number = office.type("Ana", "ana@mail.example", "cut", Latest="9 May")
    bad = office.type("Ben", "ben@mail.example", "nothing")
    assert office.sync() == "synced"
    (entry,) = office.waiting()
    assert (office.row(number)["Id"], office.told().faults[0].number) == (entry.id, bad)
    world.desk.entries.change(entry.id, STAFF, notes="from slack")
    office.edit(number, Latest="12 May")
    eve = join(world, "Eve", "wedding")
    office.sync()
    (after,) = [e for e in office.waiting() if e.id == entry.id]
    assert (after.latest, after.notes, office.row(number)["Notes"]) == (
        date(2026, 5, 12),
        "from slack",
        "from slack",
    )
    assert office.row(4)["Id"] == eve.id
    del office.rows[1:3]
    office.sync()
    assert (office.names(), office.told().fine) == (["Eve"], True)
    assert office.sync() == "unchanged"


def test_the_same_through_google_with_stumbles(google: Google) -> None:  # noqa: F811
    book: GoogleSheetsState | None = google.files
    assert book is not None
    book.create(SHEET, "Waitlist", TAB)
    office = Office()
    office.world.desk.sheets = google.sheets()
    for fault in ({"status": 429}, {"status": 503}):
        for method in ("files.get", "values.get", "values.batchUpdate"):
            google.state.plant(fault, method=method)
    assert office.sync() == "synced"
    assert book.rows(SHEET)[0] == [*HEADING, "Status", "Id"]
    book.add(SHEET, TAB, ["Ana", "ana@mail.example", "cut", "", "", "", "", "", "", "=1+1"])
    google.state.plant({"status": 500, "late": True}, method="values.batchUpdate")
    assert office.sync() == "synced"
    (entry,) = office.waiting()
    assert (entry.notes, book.rows(SHEET)[1][10:]) == ("=1+1", ["Waiting", entry.id])
    join(office.world, "Eve", "wedding", notes='=HYPERLINK("http://evil.example")')
    google.state.plant({"status": 500, "late": True}, method="batchUpdate")
    office.world.desk.sheet_sync._jobs()[0].book.want("eve")
    assert office.sync() == "unavailable"
    assert office.sync() == "synced"
    assert [row[0] for row in book.rows(SHEET)] == ["Name", "Ana", "Eve"]
    assert book.rows(SHEET)[2][9].startswith("=HYPERLINK")
    google.state.plant({"status": 403}, method="values.get", times=-1)
    book.type(SHEET, TAB, 2, 1, "Anna")
    assert office.sync() == "unavailable"
    assert "as an editor" in office.told().trouble
    google.state.heal()
    assert office.sync() == "synced"
    assert (office.names(), office.told().fine) == (["Anna", "Eve"], True)
