"""The sheet and the list are the same list: whoever changes one finds it in the other after a sync."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.domain.waitlist import EntryState
from tests.bookings.world import HOUR, STAFF, World
from tests.sheets.office import ID, SHEET, TAB, Office
from tests.waitlist.waiting import join

ANA = ("Ana Lim", "ana@mail.example", "Haircut")
BEN = ("Ben Ong", "+351 912 345 678", "cut")


@pytest.fixture
def office() -> Office:
    return Office()


def won(office: Office, booking: str) -> None:
    """The one who waits got what they waited for."""
    (entry,) = office.waiting()
    office.world.store.transact(office.world.desk.entries.won(entry, booking, "system"))


# --- From the sheet to the list ---


def test_a_row_typed_by_staff_is_an_entry_after_one_sync_and_has_its_status_and_id(office: Office) -> None:
    number = office.type(*BEN, "", "5/5/2026", "9 May", "Rui", "yes", "", "mornings")
    assert office.sync() == "synced"
    (entry,) = office.waiting()
    assert (entry.name, entry.phone, entry.service, entry.resource) == (
        "Ben Ong",
        "+351912345678",
        "cut",
        "rui",
    )
    assert (entry.earliest, entry.latest) == (date(2026, 5, 5), date(2026, 5, 9))
    assert (entry.priority, entry.notes, entry.source, entry.changed_by) == (1, "mornings", "sheet", "sheet")
    row = office.row(number)
    assert (row["Status"], row["Id"]) == ("Waiting", entry.id)
    assert (row["Earliest"], row["Latest"], row["Joined"]) == ("5/5/2026", "9 May", "")


def test_a_second_sync_changes_nothing_and_reads_nothing(office: Office) -> None:
    office.type(*ANA)
    office.sync()
    before = ([list(row) for row in office.rows], office.waiting())
    office.sheets.calls.clear()
    assert office.sync() == "unchanged"
    assert office.sheets.calls == ["changed"]
    assert (office.rows, office.waiting()) == before


def test_an_edit_of_staff_changes_the_entry_and_nothing_else_of_it(office: Office) -> None:
    number = office.type(*ANA, Latest="9 May", Joined="2026-05-01 10:30")
    office.sync()
    (before,) = office.waiting()
    office.edit(number, With="Rui", Latest="20 May")
    office.sync()
    (after,) = office.waiting()
    assert after == before.model_copy(
        update={"resource": "rui", "latest": date(2026, 5, 20), "rev": after.rev, "changed": after.changed}
    )
    assert office.row(number)["Latest"] == "20 May"


def test_an_emptied_cell_is_an_edit_too(office: Office) -> None:
    number = office.type(*ANA, With="Rui", Latest="9 May", Priority="3")
    office.sync()
    office.edit(number, With="", Latest="", Priority="")
    office.sync()
    (entry,) = office.waiting()
    assert (entry.resource, entry.priority, entry.latest) == (None, 0, date(2026, 7, 3))


def test_a_row_taken_out_takes_the_entry_off_the_list(office: Office) -> None:
    office.type(*ANA)
    ben = office.type(*BEN)
    office.sync()
    del office.rows[ben - 1]
    office.sync()
    assert office.names() == ["Ana Lim"]


def test_a_row_that_was_cleared_counts_as_taken_out_and_loses_what_we_wrote(office: Office) -> None:
    number = office.type(*ANA)
    office.sync()
    office.edit(number, Name="", Contact="", Service="")
    office.sync()
    assert office.names() == []
    assert not any(office.row(number).values())


def test_a_row_put_back_puts_the_entry_back_in_its_place(office: Office) -> None:
    number = office.type(*ANA)
    office.sync()
    (before,) = office.waiting()
    row = office.rows.pop(number - 1)
    office.sync()
    office.later(HOUR)
    office.rows.append(row)
    office.sync()
    (after,) = office.waiting()
    assert (after.id, after.joined, office.row(number)["Status"]) == (before.id, before.joined, "Waiting")


def test_rows_may_be_sorted_moved_and_parted(office: Office) -> None:
    for n in range(6):
        office.type(f"Guest {n}", f"g{n}@mail.example", "cut")
    office.sync()
    before = {entry.id: entry for entry in office.waiting()}
    office.rows[1:] = [*reversed(office.rows[1:4]), [], *reversed(office.rows[4:])]
    office.sync()
    assert {entry.id: entry for entry in office.waiting()} == before
    assert office.told().fine


def test_an_id_that_was_deleted_or_overwritten_is_put_right(office: Office) -> None:
    ana, ben = office.type(*ANA), office.type(*BEN)
    office.sync()
    ids = [office.row(n)["Id"] for n in (ana, ben)]
    office.edit(ana, Id="", Status="done??")
    office.edit(ben, Id=ids[0])
    office.sync()
    assert [office.row(n)["Id"] for n in (ana, ben)] == ids
    assert office.row(ana)["Status"] == "Waiting"
    assert office.names() == ["Ana Lim", "Ben Ong"]


def test_ids_that_are_no_ids_are_nobodys(office: Office) -> None:
    first = office.type(*ANA, Id="x" * 5000)
    second = office.type(*BEN, Id="#REF!")
    office.sync()
    assert sorted(office.row(n)["Id"] for n in (first, second)) == sorted(e.id for e in office.waiting())


def test_a_copied_row_that_was_edited_is_another_entry(office: Office) -> None:
    number = office.type(*ANA)
    office.sync()
    office.rows.append([*office.rows[number - 1]])
    office.edit(number + 1, Name="Cai Tan", Contact="cai@mail.example")
    office.sync()
    assert office.names() == ["Ana Lim", "Cai Tan"]
    assert office.row(number)["Id"] != office.row(number + 1)["Id"]


def test_the_same_row_twice_is_one_entry(office: Office) -> None:
    first, second = office.type(*ANA), office.type(*ANA)
    office.sync()
    (entry,) = office.waiting()
    assert (office.row(first)["Id"], office.row(second)["Id"]) == (entry.id, "")
    assert "delete this one" in office.row(second)["Status"]
    del office.rows[first - 1]
    office.sync()
    assert [e.id for e in office.waiting()] == [entry.id]
    assert office.row(first)["Id"] == entry.id


def test_the_same_person_for_the_same_service_is_one_entry_and_the_other_row_says_so(office: Office) -> None:
    first = office.type(*ANA)
    second = office.type("Ana", "ana@mail.example", "Haircut", With="Rui")
    office.sync()
    (entry,) = office.waiting()
    assert (office.row(first)["Id"], office.row(first)["With"]) == (entry.id, "Rui")
    assert office.row(second)["Id"] == ""
    assert "On the list already" in office.row(second)["Status"]
    office.edit(first, With="Ana")
    office.sync()
    assert office.waiting()[0].resource == "ana"
    del office.rows[first - 1]
    office.sync()
    assert [e.id for e in office.waiting()] == [entry.id]
    assert office.row(first)["Id"] == entry.id


def test_a_row_for_somebody_on_the_list_leaves_what_it_does_not_say(office: Office) -> None:
    booking = office.world.book(14)
    bea = join(office.world, "Bea Cruz", "cut", replaces=booking, notes="mornings", priority=2)
    office.world.desk.entries.pause(bea.id, "customer")
    number = office.type("Bea", "bea@mail.example", "Haircut", With="Rui")
    office.sync()
    (entry,) = office.waiting()
    assert (entry.id, entry.replaces, entry.notes, entry.priority) == (bea.id, booking.id, "mornings", 2)
    assert (entry.resource, entry.state) == ("rui", EntryState.PAUSED)
    assert (office.row(number)["Id"], office.row(number)["Notes"]) == (bea.id, "mornings")


# --- From the list to the sheet ---


def test_who_joins_by_another_door_gets_a_row(office: Office) -> None:
    office.type(*ANA)
    office.sync()
    bea = join(office.world, "Bea Cruz", "class", party=3, phone="+351912345679", notes="ring\nfirst")
    office.world.desk.sheet_sync.heard(office.events(lambda e: e.subject == bea.id)[0])
    row = office.row(3)
    assert row["Name"] == "Bea Cruz"
    assert row["Contact"] == "+351 912 345 679, bea@mail.example"
    assert (row["Service"], row["Party"], row["Notes"]) == ("Yoga", "3", "ring first")
    assert (row["Earliest"], row["Joined"]) == ("2026-05-04", "2026-05-04 09:00")
    assert (row["Status"], row["Id"]) == ("Waiting", bea.id)
    assert office.sync() == "unchanged"


def test_what_is_edited_in_slack_is_written_where_nobody_edited_the_sheet(office: Office) -> None:
    number = office.type(*ANA, Latest="9 May", Notes="old")
    office.sync()
    (entry,) = office.waiting()
    office.world.desk.entries.change(entry.id, STAFF, latest=date(2026, 5, 30), notes="slack", resource="rui")
    office.edit(number, Notes="sheet")
    office.sync()
    row, (after,) = office.row(number), office.waiting()
    assert (row["Latest"], row["With"], row["Notes"]) == ("2026-05-30", "Rui", "sheet")
    assert (after.latest, after.resource, after.notes) == (date(2026, 5, 30), "rui", "sheet")


def test_status_and_id_are_ours_whatever_people_type_there(office: Office) -> None:
    number = office.type(*ANA, Status="urgent!")
    office.sync()
    assert office.row(number)["Status"] == "Waiting"


def test_the_row_follows_the_entry_to_its_end_and_stays(office: Office) -> None:
    number = office.type(*ANA)
    office.sync()
    (entry,) = office.waiting()
    office.world.desk.entries.pause(entry.id, "customer")
    office.edit(number, Notes="rang her")
    office.sync()
    assert office.row(number)["Status"].startswith("Paused")
    office.world.book(14, customer=office.world.desk.customers.get(entry.customer))
    booking = office.world.desk.bookings.of_customer(entry.customer)[0]
    won(office, booking.id)
    for event in office.events(lambda e: e.kind == "entry.ended"):
        office.world.desk.sheet_sync.heard(event)
    assert office.row(number)["Status"] == "Booked Tue 5 May, 2:00 pm"
    assert office.row(number)["Name"] == "Ana Lim"
    del office.rows[number - 1]
    office.sync()
    assert office.world.desk.entries.get(entry.id).state is EntryState.BOOKED


def test_an_entry_removed_in_slack_keeps_its_row_and_a_new_edit_asks_again(office: Office) -> None:
    number = office.type(*ANA, Latest="9 May")
    office.sync()
    (entry,) = office.waiting()
    office.world.desk.entries.remove(entry.id, STAFF)
    office.edit(number, Status="?")
    office.sync()
    assert (office.row(number)["Status"], office.names()) == ("Off the list", [])
    office.edit(number, Latest="12 May")
    office.sync()
    (again,) = office.waiting()
    assert (again.latest, again.id == entry.id) == (date(2026, 5, 12), False)
    assert (office.row(number)["Id"], office.row(number)["Status"]) == (again.id, "Waiting")


def test_a_booked_row_is_history_and_the_same_words_in_a_new_row_ask_again(office: Office) -> None:
    number = office.type(*ANA)
    office.sync()
    (entry,) = office.waiting()
    won(office, "b1")
    office.edit(number, Status="")
    office.sync()
    office.edit(number, Notes="lovely")
    office.sync()
    assert "type a new row" in office.row(number)["Status"]
    office.edit(number, Notes="")
    office.sync()
    assert office.row(number)["Status"] == "Booked"
    second = office.type(*ANA)
    office.sync()
    assert [e.id for e in office.waiting()] == [office.row(second)["Id"]]
    assert office.row(number)["Id"] == entry.id


def test_what_came_out_of_the_sheet_wakes_nobody(office: Office) -> None:
    office.type(*ANA)
    office.sync()
    office.sheets.calls.clear()
    for event in office.events(lambda e: e.kind.startswith("entry.")):
        assert office.world.desk.sheet_sync.heard(event) == {}
    assert office.sheets.calls == []


# --- Headings ---


def test_an_empty_tab_gets_its_headings(office: Office) -> None:
    office.rows.clear()
    office.sync()
    assert office.rows[0][:3] == ["Name", "Contact", "Service"]
    assert office.rows[0][-2:] == ["Status", "Id"]


def test_headings_may_be_peoples_own_in_any_order_below_a_title(office: Office) -> None:
    office.rows[:] = [
        ["Waiting list 2026"],
        [],
        ["treatment", "CUSTOMER", "Phone no", "mobile number", "E-mail", "until", "Colour of hair"],
        ["Haircut", "Ana Lim", "", "912345678", "ana@mail.example", "9/5/2026", "red"],
    ]
    office.sync()
    (entry,) = office.waiting()
    assert (entry.name, entry.phone, entry.email) == ("Ana Lim", "+351912345678", "ana@mail.example")
    assert entry.latest == date(2026, 5, 9)
    assert office.rows[2][7:] == ["Status", "Id"]
    assert office.rows[3][6:] == ["red", "Waiting", entry.id]


def test_a_column_added_later_shows_what_the_list_knows(office: Office) -> None:
    office.rows[0] = ["Name", "Contact", "Service", "Status", "Id"]
    office.rows.append(["Ana Lim", "ana@mail.example", "Haircut"])
    office.sync()
    (entry,) = office.waiting()
    office.world.desk.entries.change(entry.id, STAFF, notes="from slack")
    office.rows[0].append("Notes")
    office.sync()
    assert office.rows[1][5] == "from slack"
    office.rows[0].append("With")
    office.rows[1].append("Rui")
    office.sync()
    assert (office.waiting()[0].resource, office.waiting()[0].notes) == ("rui", "from slack")


def test_a_heading_row_that_is_gone_removes_nobody_and_is_told(office: Office) -> None:
    office.type(*ANA)
    office.sync()
    kept = [list(row) for row in office.rows]
    office.rows.clear()
    assert office.sync() == "in trouble"
    assert "lacks Name, Contact" in office.told().trouble
    assert (office.names(), office.rows) == (["Ana Lim"], [])
    office.rows[:] = kept
    assert office.sync() == "synced"
    assert office.told().fine


# --- Several sheets, and none ---


def test_another_sheet_in_the_rules_empties_no_list(office: Office) -> None:
    office.type(*ANA)
    office.sync()
    other = SHEET.replace("sheet", "other")
    office.sheets.tabs[other] = {"People": []}
    text = office.world.desk.rules._fresh().text.replace(SHEET, f"{{id: {other}, tab: people}}")
    office.world.desk.rules.update(text, "setup")
    office.sync()
    assert office.names() == ["Ana Lim"]
    office.sync()
    assert office.sheets.tabs[other]["People"][1][0] == "Ana Lim"
    assert office.sheets.tabs[SHEET][TAB][1][ID] == office.sheets.tabs[other]["People"][1][ID]


def test_no_sheet_in_the_rules_is_no_work() -> None:
    world = World()
    assert world.desk.sheet_sync.run() == {}
