"""What fits into a time that came free: from its first start, inside working hours, buffers wherever the diary is free."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.availability.diary import Diary
from handlers.domain.availability.fit import first_start, fitting, shortest
from handlers.domain.errors import Taken
from handlers.domain.pages import Claim, Page
from handlers.domain.rules import load
from handlers.domain.rules.model import Closure
from handlers.domain.zone import Zone

ZONE = Zone("Europe/Lisbon")
RULES = load("""
version: 1
business: {name: Quay, timezone: Europe/Lisbon, currency: EUR, country: PT, inbox: ines@quay.example, desk: "#desk"}
mail: {requests: hello@quay.example}
hours: {mon-sun: ["09:00-19:00"]}
resources:
  rui: {name: Rui, breaks: ["13:00-14:00"]}
  ana: {name: Ana, daily_cap: 2}
  late: {name: Late, hours: {mon-sun: ["22:00-03:00"]}}
  basin: {name: Basin, kind: room}
  chair: {name: Chair, kind: chair}
  yoga: {name: Yoga room, kind: class, capacity: 4}
services:
  cut: {name: Haircut, minutes: 30, buffer_after: 15, resources: [rui, ana]}
  colour: {name: Colour, minutes: 90, buffer_before: 15, resources: [rui, ana]}
  wash: {name: Wash, minutes: 30, resources: [rui], needs: [[basin, chair]]}
  set: {name: Set menu, minutes: 60, resources: [ana], starts: ["10:00", "12:30"]}
  show: {name: Show, minutes: 60, resources: [late], starts: ["23:30", "01:30"]}
  class: {name: Yoga, minutes: 60, resources: [yoga], party: {min: 2, max: 4}}
""")


def at(text: str) -> int:
    return ZONE.parse(text if "T" in text else f"2026-05-05T{text}")


NOW = at("08:00")


def fit(resource, start, end, *, now=NOW, exclude=None, rules=RULES, **diaries):
    return fitting(rules, resource, at(start), at(end), diaries=diaries, now=now, exclude=exclude)


def starts(found):
    return {name: f"{ZONE.local(s.start):%H:%M}" for name, s in found.slots.items()}


def claim(start, end, id_="b1", until=None, party=1):
    return Claim(id=id_, start=at(start), end=at(end), until=until, party=party)


def test_every_service_of_the_resource_that_is_short_enough_begins_at_once():
    assert starts(fit("rui", "10:00", "11:00")) == {"cut": "10:00", "wash": "10:00"}
    assert starts(fit("rui", "10:00", "11:30")) == {"cut": "10:00", "colour": "10:00", "wash": "10:00"}
    assert fit("rui", "10:00", "11:00").misfits == {"colour": "it takes 90 minutes and 60 came free"}


def test_it_need_not_begin_on_the_grid_nor_after_the_minimum_notice():
    """A time that came free by itself is offered from where it begins, today as well."""
    assert starts(fit("rui", "10:07", "10:40", now=at("10:00"))) == {"cut": "10:07", "wash": "10:07"}


def test_fixed_starts_are_kept_to():
    assert starts(fit("ana", "09:30", "11:30"))["set"] == "10:00"
    assert starts(fit("ana", "10:01", "14:00"))["set"] == "12:30"
    found = fit("ana", "10:01", "13:29")
    assert "set" not in found.slots
    assert found.misfits["set"] == "it has fixed start times, and none falls into it"


def test_a_fixed_start_after_midnight_is_on_the_next_date():
    assert starts(fit("late", "23:00", "2026-05-06T01:00")) == {"show": "23:30"}
    found = fit("late", "23:45", "2026-05-06T03:00")
    assert found.slots["show"].start == at("2026-05-06T01:30")


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("12:45", "13:45", "break 13:00-14:00"),
        ("13:15", "13:45", "break 13:00-14:00"),
        ("18:45", "19:30", "outside working hours: ends 19:15, after closing 19:00"),
        ("20:00", "21:00", "outside working hours (09:00-19:00)"),
    ],
)
def test_the_service_itself_keeps_to_working_hours(start, end, why):
    assert fit("rui", start, end).misfits["cut"] == why


def test_buffers_may_pass_closing_time_and_breaks():
    assert starts(fit("rui", "12:30", "13:00"))["cut"] == "12:30"
    assert starts(fit("rui", "18:30", "19:00"))["cut"] == "18:30"
    assert starts(fit("rui", "09:00", "10:30"))["colour"] == "09:00"


def test_buffers_may_not_lie_on_what_others_have():
    after = Diary(claims=(claim("10:30", "11:00"),))
    assert (
        fit("rui", "10:00", "10:30", rui=after).misfits["cut"]
        == "booked 10:30-11:00 (too close, with buffers)"
    )
    before = Diary(busy=((at("09:50"), at("10:00")),))
    found = fit("rui", "10:00", "11:30", rui=before)
    assert found.misfits["colour"] == "calendar busy 09:50-10:00 (too close, with buffers)"
    assert set(found.slots) == {"cut", "wash"}


def test_the_hold_of_the_offer_that_ends_is_not_in_the_way():
    held = Diary(claims=(claim("10:00", "10:45", "offer:o1.1", until=at("12:00")),))
    assert "cut" not in fit("rui", "10:00", "11:00", rui=held).slots
    assert "cut" in fit("rui", "10:00", "11:00", rui=held, exclude="offer:o1.1").slots


def test_one_of_the_rooms_it_needs_is_free_for_all_of_it():
    basin = Diary(claims=(claim("10:00", "11:00"),))
    found = fit("rui", "10:00", "11:00", basin=basin)
    assert found.slots["wash"].needs == ("chair",)
    both = fit("rui", "10:00", "11:00", basin=basin, chair=basin)
    assert "wash" not in both.slots
    assert both.misfits["wash"] == "needs Basin: booked 10:00-11:00; Chair: booked 10:00-11:00"
    assert fit("rui", "10:00", "11:00").slots["wash"].needs == ("basin",)


def test_a_class_counts_places():
    three = Diary(claims=(claim("10:00", "11:00", party=3),))
    two = Diary(claims=(claim("10:00", "11:00", party=2),))
    assert fit("yoga", "10:00", "11:00", yoga=three).misfits["class"].startswith("full")
    assert set(fit("yoga", "10:00", "11:00", yoga=two).slots) == {"class"}


def test_a_daily_cap_counts_what_is_there_without_the_offer_that_ends():
    day = Diary(
        claims=(claim("15:00", "16:00", "a"), claim("17:00", "17:30", "offer:o1.1", until=at("18:00")))
    )
    assert fit("ana", "10:00", "11:00", ana=day).misfits["cut"] == "daily cap 2 reached"
    assert "cut" in fit("ana", "10:00", "11:00", ana=day, exclude="offer:o1.1").slots


def test_closures_count():
    day = ZONE.date(NOW)
    closed = RULES.model_copy(update={"closures": (Closure(first=day, last=day, reason="Inventory"),)})
    assert fit("rui", "10:00", "11:00", rules=closed).misfits["cut"] == "closed: Inventory"


# --- what may change by itself -----------------------------------------------------------------------------------


def test_a_hold_in_the_way_says_when_it_runs_out():
    held = Diary(claims=(claim("10:00", "10:45", until=at("08:05")), claim("10:45", "11:00", "b2")))
    found = fit("rui", "10:00", "11:00", rui=held)
    assert (found.slots, found.held) == ({}, at("08:05"))


def test_a_hold_on_the_only_room_says_when_it_runs_out():
    held = Diary(claims=(claim("10:00", "10:30", until=at("08:05")),))
    booked = Diary(claims=(claim("10:00", "10:30"),))
    found = fit("rui", "10:00", "11:00", basin=held, chair=booked)
    assert ("wash" in found.slots, found.held) == (False, at("08:05"))


def test_a_hold_that_counts_towards_the_cap_says_when_it_runs_out():
    day = Diary(claims=(claim("15:00", "16:00", "a"), claim("17:00", "17:30", "h", until=at("08:05"))))
    assert fit("ana", "10:00", "11:00", ana=day).held == at("08:05")


@pytest.mark.parametrize(
    "diary",
    [
        Diary(),
        Diary(claims=(claim("10:00", "10:45"),)),
        Diary(claims=(claim("15:00", "15:45", until=at("08:05")),)),
        Diary(claims=(claim("10:00", "10:45", until=at("07:55")),)),
    ],
    ids=["free", "booked", "held elsewhere", "ran out"],
)
def test_where_no_hold_is_in_the_way_nothing_is_waited_for(diary):
    assert fit("rui", "10:00", "11:00", rui=diary).held is None


def test_a_hold_beside_what_fits_is_nothing_to_wait_for():
    beside = Diary(claims=(claim("11:00", "11:30", until=at("08:05")),))
    assert fit("rui", "10:00", "10:45", rui=beside).held is None


def test_an_unreadable_calendar_makes_everything_doubtful():
    found = fit("rui", "10:00", "11:00", rui=Diary(error="no answer"))
    assert (found.slots, found.unreadable) == ({}, "no answer")


def test_the_unreadable_calendar_of_a_room_makes_only_what_needs_it_doubtful():
    down = Diary(error="no answer")
    found = fit("rui", "10:00", "11:00", basin=down, chair=down)
    assert (set(found.slots), found.unreadable) == ({"cut"}, "no answer")
    other = fit("rui", "10:00", "11:00", basin=down)
    assert (other.slots["wash"].needs, other.unreadable) == (("chair",), "")


# --- clock changes ---------------------------------------------------------------------------------------------------


def test_a_service_is_as_long_as_it_is_on_the_night_the_clocks_go_back():
    """00:30 to 01:30 by the wall are two hours then; the show that begins at 1:30 the first time fits in."""
    day = ZONE.date(at("2026-10-25T12:00"))
    first, second = ZONE.instants(day, 90)
    found = fitting(RULES, "late", first - 3600, second, diaries={}, now=first - 7200)
    (show,) = found.slots.values()
    assert (show.start, show.end) == (first, second)
    assert fitting(RULES, "late", first - 3600, second - 60, diaries={}, now=first - 7200).slots == {}


def test_a_fixed_start_in_the_repeated_hour_is_the_first_that_is_free():
    day = ZONE.date(at("2026-10-25T12:00"))
    first, second = ZONE.instants(day, 90)
    assert second - first == 3600
    service = RULES.services["show"]
    assert first_start(RULES, service, first, second + 7200) == first
    assert first_start(RULES, service, first + 60, second + 7200) == second


def test_a_fixed_start_that_the_clock_skips_does_not_exist():
    day = ZONE.date(at("2026-03-29T12:00"))
    start, end = ZONE.day(day)
    assert ZONE.instants(day, 90) == ()
    service = RULES.services["show"].model_copy(update={"starts": (90,)})
    assert first_start(RULES, service, start, end) is None


def test_the_shortest_service_is_what_makes_an_opening_worth_looking_at():
    assert (shortest(RULES, "rui"), shortest(RULES, "late"), shortest(RULES, "basin")) == (1800, 3600, None)


# --- against the page ------------------------------------------------------------------------------------------------

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8), st.booleans()), max_size=4)


@given(spans, st.integers(4, 36), st.integers(2, 12))
def test_what_fits_could_be_claimed_and_what_is_booked_could_not(made, first, length):
    """The page has the last word, so it and `fitting` must never differ."""
    nine, page = at("09:00"), Page(resource="rui", day=ZONE.date(NOW))
    for n, (a, size, held) in enumerate(made):
        start = nine + a * 900
        until = NOW + 300 if held else None
        taken = Claim(id=f"b{n}", start=start, end=start + size * 900, until=until)
        try:
            page = page.claim(taken, now=NOW, capacity=1, daily_cap=None)
        except Taken:
            continue
    start = nine + first * 900
    found = fitting(
        RULES, "rui", start, start + length * 900, diaries={"rui": Diary(claims=page.claims)}, now=NOW
    )
    for name, slot in found.slots.items():
        service = RULES.services[name]
        extent = slot.extents(service.buffer_before, service.buffer_after)[0]
        page.claim(Claim(id="new", start=extent.start, end=extent.end), now=NOW, capacity=1, daily_cap=None)
    for name, why in found.misfits.items():
        if why.startswith(("booked", "held")):
            service = RULES.services[name]
            a, b = start - service.buffer_before * 60, start + (service.minutes + service.buffer_after) * 60
            with pytest.raises(Taken):
                page.claim(Claim(id="new", start=a, end=b), now=NOW, capacity=1, daily_cap=None)
            assert (found.held is not None) or why.startswith("booked")
