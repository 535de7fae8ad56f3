"""What people type into cells, and what it means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.errors import InputError
from handlers.domain.rules import load
from handlers.domain.sheets import RowFaults
from handlers.domain.sheets.words import parse_count, parse_day, parse_moment, say_moment
from handlers.domain.waitlist import Entry
from handlers.domain.waitlist.sheet import TABLE, cells_of, read_row
from tests.bookings.world import MONDAY, RULES, ZONE

LISBON = load(RULES)
BOSTON = load(RULES.replace("country: PT", "country: US").replace("Europe/Lisbon", "America/New_York"))
GIVEN = {"name": "Ana Lim", "contact": "ana@mail.example", "service": "Haircut"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-05-06", "2026-05-06"),
        ("2026/5/6", "2026-05-06"),
        ("6/5/2026", "2026-05-06"),
        ("06.05.26", "2026-05-06"),
        ("6-5-2026", "2026-05-06"),
        ("6/5", "2026-05-06"),
        ("6 May", "2026-05-06"),
        ("6th of may", "2026-05-06"),
        ("Wed 6 May", "2026-05-06"),
        ("Wednesday, May 6, 2026", "2026-05-06"),
        ("6-May-26", "2026-05-06"),
        ("May 6th '26", "2026-05-06"),
        ("6/5/2026 0:00:00", "2026-05-06"),
        ("1 May", "2026-05-01"),  # last Friday, not next year
        ("3 Jan", "2027-01-03"),
        ("29 Feb", "2028-02-29"),
        ("1 January 2020", "2020-01-01"),
        ("tomorrow", "2026-05-05"),
        ("next Friday", "2026-05-15"),
    ],
)
def test_a_day_is_read_as_people_type_it(text: str, said: str) -> None:
    assert parse_day(text, LISBON, MONDAY) == (date.fromisoformat(said), date.fromisoformat(said))


def test_the_country_says_whether_the_day_comes_first() -> None:
    assert parse_day("5/6/2026", LISBON, MONDAY)[0] == date(2026, 6, 5)
    assert parse_day("5/6/2026", BOSTON, MONDAY)[0] == date(2026, 5, 6)
    assert parse_day("25/5/2026", BOSTON, MONDAY)[0] == date(2026, 5, 25)


def test_a_longer_time_has_a_first_and_a_last_day() -> None:
    assert parse_day("June", LISBON, MONDAY) == (date(2026, 6, 1), date(2026, 6, 30))
    assert parse_day("next week", LISBON, MONDAY) == (date(2026, 5, 11), date(2026, 5, 17))


@pytest.mark.parametrize("text", ["", "-", "any time", "ASAP", "now", "flexible"])
def test_no_bound_is_said_in_many_ways(text: str) -> None:
    assert parse_day(text, LISBON, MONDAY) == (None, None)


@pytest.mark.parametrize("text", ["31/2/2026", "30 Feb", "13/13/2026", "soonish", "12", "€5"])
def test_what_is_no_day_says_what_to_write(text: str) -> None:
    with pytest.raises(InputError, match=r"write a date like 2026-05-04|not in the calendar"):
        parse_day(text, LISBON, MONDAY)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"]))
def test_every_date_is_read_back(day: date, form: str) -> None:
    assert parse_day(day.strftime(form), LISBON, MONDAY) == (day, day)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-05-01 14:00", "2026-05-01T14:00"),
        ("1/5/2026 14:00:00", "2026-05-01T14:00"),
        ("1 May 2:05 pm", "2026-05-01T14:05"),
        ("1 May at 2pm", "2026-05-01T14:00"),
        ("1 May", "2026-05-01T00:00"),
        ("2026-05-01", "2026-05-01T00:00"),
    ],
)
def test_a_moment_is_a_day_with_or_without_a_time(text: str, said: str) -> None:
    assert parse_moment(text, LISBON, MONDAY) == ZONE.parse(said)


def test_a_moment_is_said_so_that_it_is_read_back() -> None:
    assert parse_moment(say_moment(MONDAY, ZONE), LISBON, MONDAY) == MONDAY


@pytest.mark.parametrize(
    ("text", "count"), [("2", 2), ("2 people", 2), ("party of 4", 4), ("two", 2), ("3.0", 3)]
)
def test_a_count_is_read(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["0", "-1", "many", "2 or 3", "1.5"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_count(text)


# --- Rows ---


def read(**cells: str) -> dict[str, object]:
    return read_row({**GIVEN, **cells}, LISBON, MONDAY)


@pytest.mark.parametrize(
    ("contact", "email", "phone"),
    [
        ("ANA@Mail.example", "ana@mail.example", None),
        ("912 345 678", None, "+351912345678"),
        ("351912345678", None, "+351912345678"),  # a spreadsheet eats the plus
        ("+65 8123 4567, ana@mail.example", "ana@mail.example", "+6581234567"),
        ("<ana@mail.example> / +65 8123 4567", "ana@mail.example", "+6581234567"),
    ],
)
def test_a_contact_is_a_number_an_address_or_both(contact: str, email: str | None, phone: str | None) -> None:
    found = read(contact=contact)
    assert (found["email"], found["phone"]) == (email, phone)


@pytest.mark.parametrize("service", ["Haircut", "haircuts", " HAIR-CUT", "cut"])
def test_a_service_is_known_by_name_id_or_alias(service: str) -> None:
    assert read(service=service)["service"] == "cut"


@pytest.mark.parametrize(("text", "who"), [("Rui", "rui"), ("ana", "ana"), ("anyone", None), ("", None)])
def test_staff_are_known_by_name_or_id(text: str, who: str | None) -> None:
    assert read(resource=text)["resource"] == who


@pytest.mark.parametrize(
    ("text", "tier"), [("", 0), ("no", 0), ("x", 1), ("YES", 1), ("TRUE", 1), ("VIP", 1), ("4", 4)]
)
def test_priority_is_a_mark_or_a_number(text: str, tier: int) -> None:
    assert read(priority=text)["priority"] == tier


@pytest.mark.parametrize(
    ("cells", "key", "said"),
    [
        ({"contact": "81234"}, "contact", "country code"),
        ({"contact": "ana at home"}, "contact", "mobile number"),
        ({"contact": "#ERROR!"}, "contact", "Plain text"),
        ({"service": "Hair cutt"}, "service", "Haircut"),
        ({"service": "Piercing"}, "service", "write one of: Haircut, Wash"),
        ({"resource": "Roi"}, "resource", 'did you mean "Rui"?'),
        ({"party": "lots"}, "party", "number"),
        ({"priority": "12"}, "priority", "1 to 9"),
        ({"joined": "2027-01-01"}, "joined", "still to come"),
        ({"name": "x" * 81}, "name", "80"),
    ],
)
def test_what_is_wrong_is_said_beside_its_column(cells: dict[str, str], key: str, said: str) -> None:
    with pytest.raises(RowFaults) as caught:
        read(**cells)
    assert set(caught.value.faults) == {key}
    assert said in caught.value.faults[key]


def test_every_fault_of_a_row_is_named_and_a_needed_cell_left_empty_makes_it_half() -> None:
    with pytest.raises(RowFaults) as caught:
        read(service="", latest="soonish", party="lots")
    assert set(caught.value.faults) == {"service", "latest", "party"}
    assert caught.value.half


@given(
    st.builds(
        Entry,
        id=st.just("e1"),
        service=st.sampled_from(sorted(LISBON.services)),
        party=st.integers(1, 9),
        customer=st.just("c1"),
        name=st.sampled_from(["Ana Lim", "Zoë O'Neil-Sørensen"]),
        email=st.sampled_from([None, "ana@mail.example"]),
        phone=st.sampled_from(["+351912345678", "+6581234567"]),
        earliest=st.dates(date(2026, 1, 1), date(2026, 6, 1)),
        latest=st.dates(date(2026, 6, 1), date(2027, 6, 1)),
        resource=st.sampled_from([None, "rui", "ana"]),
        priority=st.integers(0, 9),
        joined=st.integers(0, MONDAY // 60).map(lambda n: n * 60),
        notes=st.sampled_from(["", "=1+1", "ring first"]),
    )
)
def test_what_we_write_of_an_entry_is_read_back_as_it_was(entry: Entry) -> None:
    shown = {c.key: c for c in TABLE.columns if c.new}
    cells = {key: text for key, text in cells_of(entry, LISBON).items() if key in shown and text}
    found = read_row(cells, LISBON, MONDAY)
    empty = {"resource": None, "priority": 0, "notes": ""}
    for name in (
        "name",
        "service",
        "party",
        "email",
        "phone",
        "earliest",
        "latest",
        "resource",
        "priority",
        "joined",
        "notes",
    ):
        assert found.get(name, empty.get(name)) == getattr(entry, name)
