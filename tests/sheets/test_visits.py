"""Appointments kept in a sheet: a row is a booking, an edit moves it, a row taken out cancels it."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.domain.booking import State
from handlers.domain.wish import Wish
from tests.bookings.world import HOUR, STAFF, ZONE
from tests.sheets.visits import SHEET, Visits
from tests.waitlist.waiting import Waiting, join

BEA = ("Bea Cruz", "bea@mail.example", "Haircut", "5 May", "14:00")
TOM = ("Tom Reed", "+351 912 345 678", "cut", "2026-05-05", "4 pm", "Rui")
DAY = 86_400


@pytest.fixture
def visits() -> Visits:
    return Visits()


def at(text: str) -> int:
    return ZONE.parse(text)


def stranger(visits: Visits, hour: float = 14, **more: Any) -> Any:
    """Somebody who booked with us."""
    who = visits.world.desk.customers.resolve(name="Eva Sol", email="eva@mail.example")
    booking = visits.world.book(hour, customer=who, **more)
    visits.world.settle()
    visits.world.mail.sent.clear()
    return booking


# --- rows --------------------------------------------------------------------------------------------------------


def test_a_row_is_a_booking_that_nobody_is_told_of_and_that_is_reminded(visits: Visits) -> None:
    number = visits.type(*TOM, "", "window seat", "24h")
    assert visits.sync() == "synced"
    booking = visits.booking()
    assert (booking.name, booking.phone, booking.slot.resource) == ("Tom Reed", "+351912345678", "rui")
    assert (booking.slot.start, booking.slot.end) == (at("2026-05-05T16:00"), at("2026-05-05T16:30"))
    assert (booking.state, booking.source, booking.changed_by) == (State.CONFIRMED, "import", "sheet")
    assert (booking.notes, booking.reminders) == ("window seat", Wish(windows=(DAY,)))
    assert visits.world.reminders(booking) == {DAY: "PLANNED"}
    assert (visits.mails(), visits.world.texts.sent) == ([], [])
    row = visits.row(number)
    assert (row["Status"], row["Id"]) == ("Booked, Rui", booking.id)
    assert (row["Date"], row["Time"]) == ("2026-05-05", "4 pm")
    assert [e.summary for e in visits.world.calendar.events.values()] == ["Haircut: Tom Reed"]


def test_a_second_sync_changes_nothing(visits: Visits) -> None:
    visits.type(*BEA)
    visits.sync()
    before = ([[*row] for row in visits.rows], visits.bookings())
    assert visits.sync() == "unchanged"
    assert visits.later(2 * HOUR) == "synced"
    assert (visits.rows, visits.bookings()) == before


def test_nobody_named_is_whoever_is_free(visits: Visits) -> None:
    stranger(visits, who="rui")
    visits.type(*BEA)
    visits.sync()
    assert [b.slot.resource for b in visits.bookings() if b.source == "import"] == ["ana"]


def test_two_times_that_are_one_cell(visits: Visits) -> None:
    visits = Visits(heading=["Client", "Phone", "Email", "Treatment", "Date", "Status", "Id"])
    visits.type("Bea Cruz", "", "bea@mail.example", "Haircut", "Tue 5 May, 2-3pm")
    visits.sync()
    booking = visits.booking()
    assert (booking.slot.start, booking.slot.end) == (at("2026-05-05T14:00"), at("2026-05-05T15:00"))


def test_an_empty_tab_gets_its_headings() -> None:
    visits = Visits(heading=[])
    visits.sync()
    assert visits.rows[0] == ["Name", "Contact", "Service", "Date", "Time", "With", "Party", "Notes", "Reminders", "Status", "Id"]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Service": "Hairdo"}, "Service: "),
        ({"Date": "tomorrow"}, "Date: write the day like"),
        ({"Date": "Mon 5 May"}, "Date: 5 May 2026 is a Tuesday"),
        ({"Time": "later"}, "Time: write a time"),
        ({"With": "Zoe"}, "With: "),
        ({"Service": "Wedding style", "With": "Rui"}, "Rui doesn't do Wedding style; write Ana, or nobody."),
        ({"Party": "3"}, "Party: Haircut is for 1"),
        ({"Contact": "at home"}, "Contact: write a mobile number"),
        ({"Reminders": "48"}, 'Reminders: 48 has no unit. Write "48h"'),
        ({"Reminders": "by text only"}, "Reminders: for that, the row needs a mobile number."),
        ({"Time": "21:00"}, "outside working hours"),
        ({"Date": "10 May"}, "outside working hours (day off)"),
    ],
)
def test_a_row_that_can_not_be_used_says_what_to_write(
    visits: Visits, cells: dict[str, str], said: str
) -> None:
    number = visits.type(*BEA, **cells)
    good = visits.type(*TOM)
    visits.sync()
    status = visits.row(number)["Status"]
    assert status.startswith("Please fix: ")
    assert said in status
    assert (visits.row(number)["Id"], visits.row(good)["Status"]) == ("", "Booked, Rui")
    assert [fault.who for fault in visits.told().faults] == ["Bea Cruz"]
    visits.edit(
        number, **{title: dict(zip(visits.rows[0], BEA, strict=False)).get(title, "") for title in cells}
    )
    visits.sync()
    assert visits.row(number)["Status"].startswith("Booked")
    assert visits.told().fine


def test_a_time_that_is_taken_is_a_bad_row_and_good_once_it_is_free(visits: Visits) -> None:
    other = stranger(visits)
    number = visits.type(*BEA, "Rui")
    visits.sync()
    assert visits.row(number)["Status"] == "Please fix: Time: Rui is not free at 2:00 pm: booked 14:00-14:30."
    visits.world.desk.bookings.cancel(other.id, STAFF)
    visits.later(600)
    assert visits.row(number)["Status"] == "Booked, Rui"


def test_a_time_that_a_customer_holds_is_not_taken_from_them(visits: Visits) -> None:
    stranger(visits, who="rui", hold=True)
    number = visits.type(*BEA, "Rui")
    visits.sync()
    assert "taken by somebody else" in visits.row(number)["Status"]
    visits.later(600)
    assert visits.row(number)["Status"] == "Booked, Rui"


def test_a_calendar_that_is_busy_then_is_no_obstacle(visits: Visits) -> None:
    """What was agreed elsewhere is often in the calendar already."""
    visits.world.calendar.add("rui@quay.example", at("2026-05-05T14:00"), at("2026-05-05T15:00"), "Bea")
    visits.type(*BEA, "Rui")
    visits.sync()
    assert visits.booking().state is State.CONFIRMED


def test_outside_the_hours_it_takes_an_exclamation_mark(visits: Visits) -> None:
    number = visits.type(*BEA, Time="20:00")
    visits.sync()
    assert "add ! to the time" in visits.row(number)["Status"]
    visits.edit(number, Time="20:00!")
    visits.sync()
    assert visits.booking().slot.start == at("2026-05-05T20:00")


@pytest.mark.parametrize(("typed", "hour"), [("2:00", 14), ("10", 10), ("11-1", 11), ("3 o'clock", 15)])
def test_of_two_times_it_may_mean_the_one_in_the_hours_is_meant(
    visits: Visits, typed: str, hour: int
) -> None:
    visits.type(*BEA, Time=typed)
    visits.sync()
    assert ZONE.local(visits.booking().slot.start).hour == hour


def test_what_is_past_is_left_alone_and_is_no_fault(visits: Visits) -> None:
    number = visits.type(*BEA, Date="3 May")
    visits.sync()
    assert visits.row(number)["Status"] == "Past: not taken over"
    assert (visits.bookings(), visits.told().fine) == ([], True)
    visits.edit(number, Date="6 May")
    visits.sync()
    assert visits.booking().slot.start == at("2026-05-06T14:00")


def test_without_contact_it_is_booked_and_says_that_nobody_can_be_reminded(visits: Visits) -> None:
    number = visits.type("Bea Cruz", "", "Haircut", "5 May", "14:00")
    visits.sync()
    assert visits.row(number)["Status"].endswith("No contact, so no reminders")
    assert visits.booking().state is State.CONFIRMED


def test_a_party_takes_the_places_it_needs(visits: Visits) -> None:
    first = visits.type("Bea", "bea@mail.example", "Yoga", "5 May", "18:00", "", "3")
    second = visits.type("Tom", "tom@mail.example", "Yoga", "5 May", "18:00", "", "2")
    visits.sync()
    assert visits.row(first)["Status"] == "Booked, Yoga room"
    assert "full: fewer than 2 of 4 places left" in visits.row(second)["Status"]
    visits.edit(first, Party="2")
    visits.later()
    visits.later()
    assert [b.party for b in visits.bookings()] == [2, 2]
    visits.edit(second, Party="3")
    visits.later()
    assert "taken by somebody else" in visits.row(second)["Status"]
    assert [b.party for b in visits.bookings()] == [2, 2]


def test_the_same_visit_booked_with_us_already_is_the_same(visits: Visits) -> None:
    other = stranger(visits)
    number = visits.type(
        "Eva Sol", "eva@mail.example", "Haircut", "5 May", "14:00", "", "", "by the window", "none"
    )
    visits.sync()
    booking = visits.booking()
    assert (booking.id, booking.source, booking.notes) == (other.id, "email", "by the window")
    assert str(booking.reminders) == "none"
    assert visits.row(number)["Id"] == other.id


def test_what_is_on_offer_to_somebody_waiting_gives_way_to_what_was_agreed() -> None:
    world = Waiting()
    visits = Visits(world)
    join(world, "Eva Sol", resource="rui")
    world.cancelled(who="rui")
    assert world.offered() == [("Eva Sol", "LIVE")]
    number = visits.type(*BEA, "Rui")
    visits.sync()
    assert visits.row(number)["Status"] == "Booked, Rui"
    assert world.opening().live is None


# --- edits -------------------------------------------------------------------------------------------------------


def test_another_time_moves_the_visit_when_it_still_says_so_at_the_next_look(visits: Visits) -> None:
    number = visits.type(*BEA, "Rui")
    visits.sync()
    first = visits.booking()
    visits.edit(number, Date="6 May")
    visits.sync()
    assert visits.booking() == first
    assert visits.row(number)["Status"] == "Booked, Rui (your edit counts in a few minutes)"
    visits.edit(number, Time="15:30")
    visits.later()
    assert visits.booking() == first
    visits.later()
    booking = visits.booking()
    assert (booking.id, booking.slot.start, booking.revision) == (first.id, at("2026-05-06T15:30"), 1)
    assert booking.changed_by == "sheet"
    assert len(visits.mails()) == 1
    assert "3:30 pm" in visits.world.mail.sent[0].text
    assert visits.row(number)["Status"] == "Booked, Rui"
    assert visits.later() == "unchanged"


def test_an_edit_taken_back_in_time_was_none(visits: Visits) -> None:
    number = visits.type(*BEA, "Rui")
    visits.sync()
    visits.edit(number, Time="16:00")
    visits.sync()
    visits.edit(number, Time="14:00")
    visits.later()
    visits.later()
    assert (visits.booking().revision, visits.mails()) == (0, [])
    assert visits.row(number)["Status"] == "Booked, Rui"


def test_another_service_or_person_moves_it_too(visits: Visits) -> None:
    number = visits.type(*BEA, "Rui")
    visits.sync()
    visits.edit(number, Service="Wedding style")
    visits.later()
    visits.later()
    slot = visits.booking().slot
    assert (slot.service, slot.resource, slot.end - slot.start) == ("wedding", "ana", 2 * HOUR)
    assert (visits.row(number)["With"], visits.row(number)["Status"]) == ("Ana", "Booked, Ana")
    visits.edit(number, With="Rui")
    visits.later()
    visits.later()
    assert "Rui doesn't do Wedding style; write Ana, or nobody." in visits.row(number)["Status"]
    visits.edit(number, Service="cut", With="Rui", Time="14:00-15:00")
    visits.later()
    visits.later()
    slot = visits.booking().slot
    assert (slot.service, slot.resource, slot.end - slot.start) == ("cut", "rui", HOUR)


def test_nobody_named_any_more_leaves_it_with_who_has_it(visits: Visits) -> None:
    number = visits.type(*BEA, "Ana")
    visits.sync()
    visits.edit(number, With="")
    visits.later()
    visits.later()
    assert (visits.booking().slot.resource, visits.booking().revision) == ("ana", 0)


def test_moved_to_a_time_that_is_taken_it_stays_where_it_was(visits: Visits) -> None:
    stranger(visits, 16)
    number = visits.type(*BEA, "Rui")
    visits.sync()
    visits.edit(number, Time="16:00", Notes="new note")
    visits.later()
    visits.later()
    booking = next(b for b in visits.bookings() if b.source == "import")
    assert (booking.slot.start, booking.notes) == (at("2026-05-05T14:00"), "")
    status = visits.row(number)["Status"]
    assert "Rui is not free at 4:00 pm" in status
    assert status.endswith("Until then the row counts as it was.")


def test_moved_into_the_past_it_stays(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    visits.edit(number, Date="3 May")
    visits.later()
    visits.later()
    assert visits.booking().slot.start == at("2026-05-05T14:00")
    assert "has passed" in visits.row(number)["Status"]


def test_name_contact_notes_and_reminders_are_put_right_at_once_and_nobody_is_told(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    visits.edit(
        number, Name="Beatriz Cruz", Contact="beatriz@mail.example", Notes="likes it short", Reminders="2h"
    )
    visits.sync()
    booking = visits.booking()
    assert (booking.name, booking.email, booking.notes) == (
        "Beatriz Cruz",
        "beatriz@mail.example",
        "likes it short",
    )
    assert str(booking.reminders) == "2h"
    assert visits.world.reminders(booking) == {2 * HOUR: "PLANNED"}
    assert visits.mails() == []
    assert [e.summary for e in visits.world.calendar.events.values()] == ["Haircut: Beatriz Cruz"]


def test_a_row_written_over_with_somebody_else_is_no_correction(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    visits.edit(number, Name="Tom Reed", Contact="tom@mail.example")
    visits.sync()
    assert visits.booking().name == "Bea Cruz"
    assert "this row is Bea Cruz's" in visits.row(number)["Status"]


def test_moved_by_the_customer_the_row_says_the_new_time(visits: Visits) -> None:
    number = visits.type(*BEA, "Rui")
    visits.sync()
    visits.world.desk.bookings.reschedule(
        visits.booking().id, visits.world.slot(16, day=2, who="ana"), "customer"
    )
    visits.heard()
    row = visits.row(number)
    assert (row["Date"], row["Time"], row["With"]) == ("2026-05-06", "16:00", "Ana")
    assert row["Status"] == "Booked, Ana"
    assert visits.later() == "unchanged"


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (lambda b, id_: b.answer(id_, "customer"), "Confirmed by the customer"),
        (lambda b, id_: b.cancel(id_, "customer"), "Cancelled by the customer"),
        (lambda b, id_: b.cancel(id_, STAFF), "Cancelled by Ines"),
        (lambda b, id_: b.arrive(id_, STAFF), "Arrived"),
    ],
)
def test_what_becomes_of_it_is_written_back(visits: Visits, act: Any, status: str) -> None:
    number = visits.type(*BEA)
    visits.sync()
    act(visits.world.desk.bookings, visits.booking().id)
    visits.heard()
    assert visits.row(number)["Status"] == status


def test_who_did_not_come_is_written_back_after_the_visit_too(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    id_ = visits.booking().id
    visits.world.clock.at = at("2026-05-05T18:00")
    visits.sync()
    assert visits.row(number)["Status"] == "Past"
    visits.world.desk.bookings.no_show(id_, STAFF)
    visits.heard()
    assert visits.row(number)["Status"] == "No-show"


def test_the_row_of_a_visit_that_is_over_becomes_the_next_visit(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    first = visits.booking()
    visits.world.clock.at = at("2026-05-06T09:00")
    visits.sync()
    visits.edit(number, Date="12 May")
    visits.later()
    visits.later()
    booking = next(b for b in visits.bookings() if b.id != first.id)
    assert booking.slot.start == at("2026-05-12T14:00")
    assert visits.row(number)["Id"] == booking.id
    assert visits.world.desk.bookings.get(first.id).slot == first.slot


def test_bookings_of_other_doors_get_no_row(visits: Visits) -> None:
    visits.sync()
    stranger(visits)
    visits.heard()
    visits.later(2 * HOUR)
    assert len(visits.rows) == 1


# --- rows taken out ----------------------------------------------------------------------------------------------


def test_a_row_taken_out_cancels_the_visit_when_it_is_still_gone_at_the_next_look(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.type(*TOM)
    visits.sync()
    del visits.rows[number - 1]
    visits.sync()
    assert len(visits.bookings()) == 2
    visits.later()
    assert [b.name for b in visits.bookings()] == ["Tom Reed"]
    assert len(visits.mails()) == 1
    assert visits.mails()[0].startswith("Cancelled")
    assert visits.later() == "unchanged"


def test_a_row_cut_and_pasted_was_never_gone(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.type(*TOM)
    visits.sync()
    row = visits.rows.pop(number - 1)
    visits.later()
    visits.rows.append(row)
    visits.later()
    visits.later(HOUR)
    assert [b.revision for b in visits.bookings()] == [0, 0]
    assert visits.mails() == []


def test_put_back_after_the_visit_was_cancelled_it_is_booked_anew(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    first = visits.booking()
    row = visits.rows.pop(number - 1)
    visits.later()
    visits.later()
    assert visits.bookings() == []
    visits.rows.append(row)
    visits.later()
    booking = visits.booking()
    assert booking.id != first.id
    assert visits.row(2)["Id"] == booking.id


def test_an_incomplete_read_cancels_nobody(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    del visits.rows[number - 1]
    visits.sheets.complete = False
    visits.later()
    visits.later(HOUR)
    assert len(visits.bookings()) == 1


def test_old_rows_may_be_cleared_away(visits: Visits) -> None:
    for hour in range(9, 19):
        visits.type(f"Guest {hour}", f"g{hour}@mail.example", "Haircut", "5 May", f"{hour}:00", "Rui")
    visits.sync()
    assert len(visits.bookings()) == 10
    visits.world.clock.at = at("2026-05-06T09:00")
    visits.sync()
    del visits.rows[1:]
    visits.later()
    visits.later()
    assert (visits.told().gone, visits.mails()) == (0, [])
    assert {b.state for b in visits.bookings()} == {State.CONFIRMED}


def test_a_visit_that_has_begun_is_not_cancelled_by_a_tidy_hand(visits: Visits) -> None:
    number = visits.type(*BEA)
    visits.sync()
    visits.world.clock.at = at("2026-05-05T14:10")
    del visits.rows[number - 1]
    visits.later()
    visits.later()
    assert len(visits.bookings()) == 1


def test_go_live_asks_once_about_rows_inside_their_window(visits: Visits) -> None:
    for hour in (10, 11):
        visits.type(f"Guest {hour}", f"g{hour}@mail.example", "Haircut", "4 May", f"{hour}:15")
    visits.sync()
    assert visits.world.desk.go_live.count() == 2
    assert visits.mails() == []


def test_two_sheets_in_one_spreadsheet_go_side_by_side() -> None:
    visits = Visits()
    visits.sheets.tabs[SHEET]["Waiting"] = []
    rules = visits.world.desk.rules
    rules.update(
        rules.text()[1].replace(
            f"appointments: {SHEET}", f"appointments: {SHEET}, waitlist: {{id: {SHEET}, tab: Waiting}}"
        ),
        "setup",
    )
    visits.type(*BEA)
    assert visits.world.desk.sheet_sync.run() == {"waitlist": "synced", "appointments": "synced"}
    assert len(visits.bookings()) == 1
    join(visits.world, "Eva Sol")
    visits.world.desk.bookings.cancel(visits.booking().id, STAFF)
    for event in visits.world.events():
        visits.world.desk.sheet_sync.heard(event)
    assert visits.row(2)["Status"] == "Cancelled by Ines"
    assert [row[0] for row in visits.sheets.tabs[SHEET]["Waiting"]] == ["Name", "Eva Sol"]
