"""What can't be used is said in the row and on a card, and everything else goes on."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.errors import SheetsUnavailable
from handlers.domain.waitlist import EntryState
from tests.bookings.world import STAFF, World
from tests.fakes import FakeSheets
from tests.sheets.office import SHEET, TAB, Office
from tests.waitlist.waiting import join


@pytest.fixture
def office() -> Office:
    return Office()


def guests(office: Office, count: int) -> None:
    for n in range(count):
        office.type(f"Guest {n}", f"g{n}@mail.example", "cut")


# --- Bad rows ---


def test_a_bad_row_is_marked_and_told_and_the_rest_load(office: Office) -> None:
    bad = office.type("Ana", "ana@mail.example", "hair cutt", Latest="some day", With="Bob")
    office.type("Ben", "ben@mail.example", "cut")
    office.sync()
    assert office.names() == ["Ben"]
    status = office.row(bad)["Status"]
    assert status.startswith("Please fix: Service: ")
    assert 'did you mean "Haircut"?' in status
    assert "Latest: " in status
    assert "With: " in status
    assert office.row(bad)["Id"] == ""
    (fault,) = office.told().faults
    assert (fault.number, fault.who) == (bad, "Ana")
    assert fault.message in status
    (event,) = office.events()
    assert (event.subject, event.data["fine"]) == ("waitlist", False)


def test_it_is_told_once_and_again_when_it_changes_and_when_all_is_well(office: Office) -> None:
    bad = office.type("Ana", "ana@mail.example", "hair cutt")
    office.sync()
    office.type("Ben", "ben@mail.example", "cut")
    office.sync()
    assert len(office.events()) == 1
    office.edit(bad, Service="massage")
    office.sync()
    assert [e.data["fine"] for e in office.events()] == [False]
    office.edit(bad, Service="cut")
    office.sync()
    assert [e.data["fine"] for e in office.events()] == [True]
    assert office.told().fine
    assert office.names() == ["Ana", "Ben"]
    assert office.row(bad)["Status"] == "Waiting"


def test_a_row_gone_bad_counts_as_it_was_until_it_is_right(office: Office) -> None:
    number = office.type("Ana", "ana@mail.example", "cut", Latest="9 May")
    office.sync()
    office.edit(number, Latest="1 January 2020", Notes="new")
    office.sync()
    (entry,) = office.waiting()
    assert (entry.latest, entry.notes) == (date(2026, 5, 9), "")
    row = office.row(number)
    assert (row["Id"], row["Status"].startswith("Please fix: Latest: ")) == (entry.id, True)
    assert "counts as it was" in row["Status"]
    office.edit(number, Latest="12 May")
    office.sync()
    (entry,) = office.waiting()
    assert (entry.latest, entry.notes) == (date(2026, 5, 12), "new")


def test_fields_that_do_not_fit_together_are_said_beside_the_row(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut", "2")
    office.type("Ben", "ben@mail.example", "cut", Earliest="9 May", Latest="8 May")
    office.type("Cai", "cai@mail.example", "wedding", With="Rui")
    office.sync()
    assert [office.row(n)["Status"].split(":")[1].strip() for n in (2, 3, 4)] == ["Party", "Latest", "With"]


def test_a_half_typed_row_is_asked_for_the_rest_and_told_only_when_it_stays_so(office: Office) -> None:
    number = office.type("Ana")
    office.sync()
    assert office.row(number)["Status"] == (
        "Still missing: Contact: write a mobile number or a mail address. Service: write what they are waiting for."
    )
    assert office.told().fine
    office.later(660)
    office.sync()
    assert [fault.who for fault in office.told().faults] == ["Ana"]
    office.edit(number, Contact="ana@mail.example", Service="cut")
    office.sync()
    assert (office.told().fine, office.names()) == (True, ["Ana"])


def test_many_bad_rows_are_counted(office: Office) -> None:
    for n in range(50):
        office.type(f"G{n}", "no contact at all", "cut")
    office.sync()
    told = office.told()
    assert (len(told.faults), told.more) == (20, 30)


def test_a_service_that_the_rules_learn_makes_its_rows_good(office: Office) -> None:
    number = office.type("Ana", "ana@mail.example", "Shave")
    office.sync()
    assert "Please fix" in office.row(number)["Status"]
    rules = office.world.desk.rules._fresh().text.replace(
        "  class:", "  shave: {name: Shave, minutes: 30, resources: [rui]}\n  class:"
    )
    office.world.desk.rules.update(rules, "setup")
    changed = office.events(lambda e: e.kind == "rules.changed")[-1]
    office.world.desk.sheet_sync.heard(changed)
    assert office.row(number)["Status"] == "Waiting"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2", "@SUM(A1:A9)"])
def test_what_customers_write_stays_text_in_the_sheet(office: Office, text: str) -> None:
    join(office.world, "Eve", "wedding", notes=text)
    office.sync()
    assert office.row(2)["Notes"] == text
    office.world.desk.entries.change(office.waiting()[0].id, STAFF, notes=f"{text} again")
    office.world.desk.sheet_sync._jobs()[0].book.want("x")
    office.sync()
    assert office.row(2)["Notes"] == f"{text} again"


# --- Incomplete and empty reads ---


def test_an_incomplete_read_removes_and_adds_nobody(office: Office) -> None:
    guests(office, 3)
    office.sync()
    del office.rows[3]
    office.sheets.complete = False
    join(office.world, "Eve", "wedding")
    office.type("Dee", "dee@mail.example", "cut")
    office.sync()
    assert office.names() == ["Dee", "Eve", "Guest 0", "Guest 1", "Guest 2"]
    assert [row[0] for row in office.rows[1:]] == ["Guest 0", "Guest 1", "Dee"]
    office.sheets.complete = True
    office.edit(2, Notes="x")
    office.sync()
    assert office.names() == ["Dee", "Eve", "Guest 0", "Guest 1"]
    assert [row[0] for row in office.rows[1:]] == ["Guest 0", "Guest 1", "Dee", "Eve"]


def test_most_rows_gone_at_once_is_asked_about_before_it_is_believed(office: Office) -> None:
    guests(office, 10)
    office.sync()
    kept = [list(row) for row in office.rows]
    del office.rows[3:]
    office.sync()
    assert len(office.waiting()) == 10
    told = office.told()
    assert (told.gone, told.until, told.fine) == (8, office.world.clock.at + 900, False)
    office.rows[:] = kept
    office.sync()
    assert office.told().fine
    del office.rows[3:]
    office.sync()
    office.later(899)
    office.sync()
    assert len(office.waiting()) == 10
    office.later(1)
    office.sync()
    assert office.names() == ["Guest 0", "Guest 1"]
    assert office.told().fine
    assert len(office.rows) == 3


def test_a_few_rows_gone_from_a_short_list_are_meant(office: Office) -> None:
    guests(office, 5)
    office.sync()
    del office.rows[1:]
    office.sync()
    assert office.names() == []


# --- Google's trouble ---


def test_a_refusal_is_told_at_once_with_what_to_do_and_taken_back(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut")
    rows = office.sheets.tabs.pop(SHEET)
    real = office.sheets._call

    def refused(name: str, sheet: str) -> None:
        raise SheetsUnavailable(f"sheet {sheet}", "share it with desk@x as an editor", permanent=True)

    office.sheets._call = refused  # type: ignore[method-assign]
    assert office.sync() == "unavailable"
    assert office.sync() == "unavailable"
    assert "share it" in office.told().trouble
    assert len(office.events()) == 1
    office.sheets._call = real  # type: ignore[method-assign]
    office.sheets.tabs[SHEET] = rows
    assert office.sync() == "synced"
    assert (office.told().fine, office.names()) == (True, ["Ana"])


def test_silence_is_told_only_when_it_lasts(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut")
    office.sync()
    office.sheets.offline = True
    office.sync()
    office.later(600)
    office.sync()
    assert office.told().fine
    office.later(600)
    office.sync()
    assert office.told().trouble
    office.sheets.offline = False
    office.sync()
    assert office.told().fine


def test_trouble_in_the_middle_leaves_the_rest_to_the_next_sync(office: Office) -> None:
    guests(office, 3)
    plain, calls = office.sheets.write, []

    def write(*given: object) -> None:
        calls.append(given)
        if len(calls) == 1:
            raise SheetsUnavailable("sheet", "Google is busy")
        plain(*given)  # type: ignore[arg-type]

    office.sheets.write = write  # type: ignore[method-assign]
    assert office.sync() == "unavailable"
    ids = {entry.id for entry in office.waiting()}
    assert office.sync() == "synced"
    assert {office.row(n)["Id"] for n in (2, 3, 4)} == ids == {entry.id for entry in office.waiting()}


def test_a_sheet_that_keeps_nothing_is_told_and_left_alone(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut")
    office.sheets.write = lambda *_: None  # type: ignore[method-assign]
    assert office.sync() == "in trouble"
    assert "formula" in office.told().trouble
    assert len(office.waiting()) == 1


# --- When, and how much ---


def test_a_sheet_is_read_now_and_then_though_drive_tells_of_no_change(office: Office) -> None:
    office.sync()
    office.sheets.changed = lambda _: "same"  # type: ignore[method-assign]
    office.sync()
    office.type("Ana", "ana@mail.example", "cut")
    assert office.sync() == "unchanged"
    office.later(3600)
    assert office.sync() == "synced"
    assert office.names() == ["Ana"]


def test_a_long_list_is_taken_in_over_several_rounds_and_syncs(office: Office) -> None:
    guests(office, 450)
    while office.sync() == "not yet":
        pass
    assert len(office.waiting()) == 450
    assert {row[11] for row in office.rows[1:]} == {entry.id for entry in office.waiting()}


def test_several_processes_at_once_make_one_list(tmp_path) -> None:
    stores = [SqliteStore(str(tmp_path / "desk.db")) for _ in range(4)]
    sheets = FakeSheets({SHEET: {TAB: []}})
    offices = [Office(World(store=store), sheets) for store in stores]
    del sheets.tabs[SHEET][TAB][1:]
    guests(offices[0], 20)
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda office=office: said.append(office.sync())) for office in offices
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while offices[0].sync() == "busy":
        pass
    assert set(said) <= {"synced", "busy", "unchanged"}
    assert len(offices[0].waiting()) == 20
    assert {row[11] for row in sheets.tabs[SHEET][TAB][1:]} == {e.id for e in offices[0].waiting()}


def test_a_change_while_a_sync_runs_is_not_forgotten(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut")
    office.sync()
    plain, once = office.sheets.changed, iter([True])

    def changed(sheet: str) -> str:
        mark = plain(sheet)
        if next(once, False):
            return mark
        if next(second, False):
            entry = join(office.world, "Eve", "wedding")
            office.world.desk.sheet_sync._jobs()[0].book.want(entry.id)
        return mark

    second = iter([True])
    office.edit(2, Notes="x")
    office.sheets.changed = changed  # type: ignore[method-assign]
    office.sync()
    office.sync()
    assert [row[0] for row in office.rows[1:]] == ["Ana", "Eve"]


# --- The last good copy ---


def test_the_last_good_copy_of_a_day_is_kept_without_formulas(office: Office) -> None:
    office.type("Ana", "ana@mail.example", "cut", Notes="=1+1")
    office.type("Ben", "+351912345678", "cut")
    office.sync()
    kept = office.world.desk.files.get("sheets/waitlist/2026-05-04.csv").decode()
    assert kept.splitlines()[1].startswith("Ana,ana@mail.example,cut")
    assert "'=1+1" in kept
    assert "'+351912345678" in kept
    office.rows.clear()
    office.sync()
    assert office.world.desk.files.get("sheets/waitlist/2026-05-04.csv").decode() == kept


def test_an_entry_with_a_past_last_day_expires_and_its_row_says_so(office: Office) -> None:
    number = office.type("Ana", "ana@mail.example", "cut", Latest="5 May")
    office.sync()
    office.later(3 * 86_400)
    office.world.desk.entries.expire_due()
    office.world.desk.sheet_sync._jobs()[0].book.want("x")
    office.sync()
    assert office.row(number)["Status"] == "Off the list: the last day has passed"
    office.edit(number, Latest="20 May")
    office.sync()
    (entry,) = office.waiting()
    assert (entry.latest, entry.state) == (date(2026, 5, 20), EntryState.WAITING)
