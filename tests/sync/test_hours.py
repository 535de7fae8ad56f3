"""Hours that an owner adds are openings; hours that were there, or go, are not."""

from __future__ import annotations

from handlers.domain.zone import DAY
from tests.bookings.world import MONDAY
from tests.sync.office import ANA, RUI, Office, at, said


def edited(office: Office, *changes: tuple[str, str]) -> list[str]:
    """The owner edits the rules; what the comparison says of anybody's time."""
    text = office.desk.rules.text()[1]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    office.desk.rules.update(text, "owner")
    assert "rules.changed" in [e.kind.value for e in office.events()]
    office.desk.hours.compare()
    return said(office.events())


def first(office: Office) -> Office:
    assert office.desk.hours.compare() == 0
    assert office.events() == []
    return office


def of(told: list[str], who: str) -> list[str]:
    return [line.removeprefix(f"slot.freed {who} ") for line in told if line.startswith(f"slot.freed {who} ")]


def test_the_first_rules_open_nothing(office: Office) -> None:
    first(office)


def test_an_edit_that_adds_no_hours_opens_nothing(office: Office) -> None:
    first(office)
    assert edited(office, ("Quay Barbers", "Quay & Sons")) == []
    assert edited(office, ('"09:00-19:00"', '"10:00-18:00"')) == []
    assert edited(office, ("minutes: 30, buffer_after: 15", "minutes: 20, buffer_after: 15")) == []


def test_longer_hours_open_what_was_added_on_every_day_to_the_horizon(office: Office) -> None:
    first(office)
    told = edited(
        office,
        ("calendar: rui@quay.example}", 'calendar: rui@quay.example, hours: {mon-fri: ["09:00-20:00"]}}'),
    )
    assert of(told, "rui")[:2] == ["04 19:00-20:00", "05 19:00-20:00"]
    assert len(told) == len(of(told, "rui")) == 44  # Mondays to Fridays in 60 days
    assert office.desk.hours.compare() == 0


def test_a_break_given_up_and_a_day_opened_after_all(office: Office) -> None:
    text = office.desk.rules.text()[1]
    office.desk.rules.update(
        text.replace("calendar: rui@quay.example}", 'calendar: rui@quay.example, breaks: ["13:00-14:00"]}')
        + "closures: [{date: 2026-05-08, reason: away}]\n",
        "owner",
    )
    office.events()
    first(office)
    told = edited(office, ("closures: [{date: 2026-05-08, reason: away}]", ""))
    assert of(told, "rui") == ["08 09:00-13:00", "08 14:00-19:00"]
    assert of(told, "ana") == ["08 09:00-19:00"]
    told = edited(office, (', breaks: ["13:00-14:00"]', ""))
    assert told[:2] == ["slot.freed rui 04 13:00-14:00", "slot.freed rui 05 13:00-14:00"]


def test_sundays_for_two_months_are_one_opening_a_day_and_person(office: Office) -> None:
    first(office)
    told = edited(office, ("sun: []", 'sun: ["10:00-16:00"]'))
    assert len(of(told, "rui")) == len(of(told, "ana")) == 8
    assert len(of(told, "yoga")) == 8
    assert len(told) == 24


def test_somebody_new_opens_no_flood(office: Office) -> None:
    first(office)
    more = "  zoe: {name: Zoe, calendar: zoe@quay.example}\n  noa: {name: Noa, calendar: noa@quay.example}\n  basin:"
    told = edited(office, ("  basin:", more), ("resources: [rui, ana]", "resources: [rui, ana, zoe, noa]"))
    assert len(told) == 90
    assert (of(told, "zoe")[0], of(told, "noa")[0]) == ("04 09:00-19:00", "04 09:00-19:00")


def test_what_is_taken_in_the_new_hours_is_not_open(office: Office) -> None:
    first(office)
    office.calendar.busy[RUI] = [(at("10:00", "2026-05-10"), at("12:00", "2026-05-10"))]
    office.calendar.down[ANA] = "not shared"
    told = edited(office, ("sun: []", 'sun: ["10:00-16:00"]'), ("horizon: 60d", "horizon: 7d"))
    assert told == ["slot.freed yoga 10 10:00-16:00", "slot.freed rui 10 12:00-16:00"]


def test_on_a_day_the_clocks_change_the_added_hours_are_those_of_the_wall() -> None:
    office = Office()
    office.clock.at = at("09:00", "2026-10-20")
    first(office)
    told = edited(office, ("sun: []", 'sun: ["00:00-04:00"]'), ("horizon: 60d", "horizon: 7d"))
    assert of(told, "rui") == ["25 00:00-04:00"]
    (freed,) = [e for e in office.heard if e.kind == "slot.freed" and e.data["resource"] == "rui"]
    assert freed.data["end"] - freed.data["start"] == 5 * 3600


def test_another_zone_is_no_opening(office: Office) -> None:
    first(office)
    assert edited(office, ("Europe/Lisbon", "Asia/Tokyo")) == []
    assert len(edited(office, ("sun: []", 'sun: ["10:00-16:00"]'))) == 24


def test_two_who_compare_at_once_tell_it_once(office: Office) -> None:
    first(office)
    diaries = office.desk.slots.diaries
    inner: list[int] = []

    def meanwhile(*asked):
        office.desk.slots.diaries = diaries  # type: ignore[method-assign]
        inner.append(office.desk.hours.compare())
        return diaries(*asked)

    text = office.desk.rules.text()[1].replace("sun: []", 'sun: ["10:00-16:00"]')
    office.desk.rules.update(text, "owner")
    office.events()
    office.desk.slots.diaries = meanwhile  # type: ignore[method-assign]
    assert office.desk.hours.compare() == 0
    assert inner == [24]
    assert len(said(office.events())) == 24


def test_edits_while_nobody_compared_count_together(office: Office) -> None:
    first(office)
    rules = office.desk.rules
    rules.update(rules.text()[1].replace("sun: []", 'sun: ["10:00-16:00"]'), "owner")
    rules.update(rules.text()[1].replace('sun: ["10:00-16:00"]', "sun: []"), "owner")
    office.events()
    assert office.desk.hours.compare() == 0
    rules.update(rules.text()[1].replace("sun: []", 'sun: ["10:00-16:00"]'), "owner")
    office.clock.at = MONDAY + DAY
    assert office.desk.hours.compare() == 24


def test_a_text_that_no_longer_passes_the_checks_is_compared_with_nothing(office: Office) -> None:
    from handlers.domain import keys
    from handlers.ports import Update

    first(office)
    office.store.transact([Update(keys.COMPARED, set={"text": "version: 0"})])
    assert edited(office, ("sun: []", 'sun: ["10:00-16:00"]')) == []
