"""What of the time that came free can be given to somebody."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain.availability import Diary
from handlers.domain.availability.freed import came_free
from handlers.domain.availability.working import Working
from handlers.domain.pages import Claim
from handlers.domain.zone import DAY
from tests.availability.business import at, business, service
from tests.availability.oracle import TICK, Oracle
from tests.availability.strategies import Case, cases, fives

MONDAY = "2026-05-04"
HOUR = 3600


def freed(rules, *spans, busy=(), claims=(), now="00:00", resource="jess"):
    """`14:00-16:00` spans of Monday -> the same for what can be given."""

    def instants(span):
        start, end = span.split("-")
        return at(rules, MONDAY, start), at(rules, MONDAY, end)

    diary = Diary(tuple(instants(b) for b in busy), claims)
    found = came_free(Working(rules), resource, map(instants, spans), diary, at(rules, MONDAY, now))
    return [f"{rules.zone.local(f.start):%H:%M}-{rules.zone.local(f.end):%H:%M}" for f in found]


def test_a_gap_is_cut_to_working_hours_breaks_and_now():
    rules = business(resources={"jess": {"name": "Jess", "breaks": ["13:00-14:00"]}, "mei": {"name": "Mei"}})
    assert freed(rules, "08:00-22:00") == ["10:00-13:00", "14:00-20:00"]
    assert freed(rules, "08:00-22:00", now="14:52") == ["15:00-20:00"]
    assert freed(rules, "08:00-22:00", now="19:20") == []
    assert freed(rules, "13:00-14:00") == []


def test_other_peoples_time_and_live_claims_stay_out_of_it():
    rules = business()
    mine = Claim(id="b1", start=at(rules, MONDAY, "15:00"), end=at(rules, MONDAY, "16:00"))
    over = Claim(id="h1", start=at(rules, MONDAY, "17:00"), end=at(rules, MONDAY, "18:00"), until=1)
    assert freed(rules, "14:00-18:00", busy=["14:00-14:30"], claims=(mine, over)) == ["16:00-18:00"]
    assert freed(rules, "12:00-18:00", busy=["14:00-14:30"], claims=(mine, over)) == [
        "12:00-14:00",
        "16:00-18:00",
    ]


def test_a_gap_too_short_for_every_service_is_none():
    rules = business(services={"haircut": service(), "long": service(name="Long", minutes=120)})
    assert freed(rules, "14:00-14:45") == ["14:00-14:45"]
    assert freed(rules, "14:00-14:40") == []
    assert freed(rules, "14:00-14:45", busy=["14:50-15:30"]) == []  # no room for the buffer


def test_it_begins_where_a_service_can_begin():
    assert freed(business(), "14:07-16:00") == ["14:15-16:00"]
    fixed = business(services={"class": service(starts=["15:30"])})
    assert freed(fixed, "14:07-17:00") == ["15:30-17:00"]
    assert freed(fixed, "15:35-17:00") == []


def test_the_extent_reaches_as_far_as_the_buffers_may():
    rules = business(services={"haircut": service(buffer_before=30, buffer_after=15)})
    spans, now = [(at(rules, MONDAY, "14:00"), at(rules, MONDAY, "15:30"))], at(rules, MONDAY)
    (alone,) = came_free(Working(rules), "jess", spans, Diary(), now)
    assert alone.extent == (at(rules, MONDAY, "13:30"), at(rules, MONDAY, "15:45"))
    busy = (at(rules, MONDAY, "15:35"), at(rules, MONDAY, "16:00"))
    (cut,) = came_free(Working(rules), "jess", spans, Diary((busy,)), now)
    assert cut.extent == (at(rules, MONDAY, "13:30"), at(rules, MONDAY, "15:35"))


def test_seats_are_those_of_the_table_or_what_is_left_of_the_places():
    table = business(resources={"jess": {"name": "T1", "seats": 4}, "mei": {"name": "Mei"}})
    yoga = business(resources={"jess": {"name": "Yoga", "capacity": 6}, "mei": {"name": "Mei"}})
    spans, now = [(at(yoga, MONDAY, "14:00"), at(yoga, MONDAY, "16:00"))], at(yoga, MONDAY)
    two = Claim(id="b1", start=at(yoga, MONDAY, "15:00"), end=at(yoga, MONDAY, "17:00"), party=2)
    assert [f.seats for f in came_free(Working(table), "jess", spans, Diary(), now)] == [4]
    assert [f.seats for f in came_free(Working(yoga), "jess", spans, Diary(claims=(two,)), now)] == [4]
    full = two.model_copy(update={"party": 6})
    left = came_free(Working(yoga), "jess", spans, Diary(claims=(full,)), now)
    assert [(f.end, f.seats) for f in left] == [(at(yoga, MONDAY, "15:00"), 6)]


def test_a_full_day_a_room_and_an_unreadable_calendar_give_nothing():
    rules = business(
        resources={"jess": {"name": "Jess", "daily_cap": 1}, "mei": {"name": "Mei"}, "room": {"name": "Room"}}
    )
    spans = [(at(rules, MONDAY, "14:00"), at(rules, MONDAY, "16:00"))]
    morning = Claim(id="b1", start=at(rules, MONDAY, "10:00"), end=at(rules, MONDAY, "11:00"))
    now = at(rules, MONDAY)
    assert came_free(Working(rules), "jess", spans, Diary(claims=(morning,)), now) == []
    assert came_free(Working(rules), "room", spans, Diary(), now) == []
    assert came_free(Working(rules), "mei", spans, Diary(error="gone"), now) == []
    assert came_free(Working(rules), "mei", spans, Diary(), now) != []


@pytest.mark.parametrize(
    ("zone", "day"), [("America/New_York", "2026-11-01"), ("Europe/Lisbon", "2026-10-25")]
)
def test_the_repeated_hour_is_one_gap_of_two_hours(zone, day):
    rules = business(zone=zone, hours=dict.fromkeys(range(7), ((0, 360),)))
    spans = [(at(rules, day, "01:00"), at(rules, day, "01:00", fold=1) + HOUR)]
    (found,) = came_free(Working(rules), "jess", spans, Diary(), at(rules, day) - DAY)
    assert found[:2] == spans[0]
    assert found.end - found.start == 2 * HOUR


@st.composite
def gaps(draw):
    case = draw(cases())
    spans = []
    for _ in range(draw(st.integers(1, 3))):
        start = case.first + draw(fives(0, (case.last - case.first) // 60)) * 60
        spans.append((start, start + draw(fives(5, draw(st.sampled_from((60, 300, 3000))))) * 60))
    return case, spans


@settings(max_examples=150, deadline=None)
@given(gaps())
def test_exactly_the_starts_that_lie_in_it_can_be_had_on_days_the_clocks_change_too(drawn):
    """Against the oracle, five minutes at a time: no start that can't be booked, and none left out."""
    case, spans = drawn
    case = replace(case, query=case.query.model_copy(update={"party": 1, "exclude": None}))
    rules, minutes = case.rules, case.rules.services["visit"].minutes
    oracle = Oracle(rules, case.query, case.diaries, case.now)
    for resource in ("main", "other"):
        if oracle.diaries[resource].error:
            continue
        found = came_free(Working(rules), resource, spans, case.diaries[resource], case.now)
        if _apart(rules, resource, case):
            assert all(a.end <= b.start for a, b in pairwise(found))
        assert all(_starts(case, oracle, resource, f)[:1] == [f.start] for f in found)
        given_ = {t for f in found for t in _starts(case, oracle, resource, f)}
        reach = [(max(a, case.now), min(b, case.now + rules.booking.horizon)) for a, b in spans]
        covered = {t for a, b in reach for t in range(-(-a // TICK) * TICK, b, TICK)}
        wanted = {
            t
            for t in covered
            if all(u in covered for u in range(t, t + minutes * 60, TICK)) and _takes(oracle, resource, t)
        }
        assert given_ == wanted


def _apart(rules, resource, case: Case) -> bool:
    """Whether no night runs into the opening of the next day (rules.yml refuses those; overrides may)."""
    days = rules.zone.dates(case.first - 2 * DAY, case.last + 2 * DAY)
    shifts = sorted((s.start, s.end) for d in days for s in Working(rules).shifts(resource, d))
    return all(a[1] <= b[0] for a, b in pairwise(shifts))


def _takes(oracle: Oracle, resource: str, t: int) -> bool:
    """As `Oracle.takes`, whatever the size of the table."""
    return (
        oracle.works(resource, t, on_grid=True)
        and oracle.is_clear(resource, t)
        and not oracle.capped(resource, t)
    )


def _starts(case: Case, oracle: Oracle, resource: str, found) -> list[int]:
    """The starts on the grid with the service in [start, end) and its buffers in the extent."""
    visit = case.rules.services["visit"]
    return [
        t
        for t in range(found.start, found.end - visit.minutes * 60 + 1, TICK)
        if found.extent[0] <= t - visit.buffer_before * 60
        and t + (visit.minutes + visit.buffer_after) * 60 <= found.extent[1]
        and oracle.works(resource, t, on_grid=True)
        and not oracle.capped(resource, t)
    ]
