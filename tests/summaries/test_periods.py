from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.summaries.periods import Kind, before, moments, past
from handlers.domain.zone import Zone

LISBON, NEW_YORK = Zone("Europe/Lisbon"), Zone("America/New_York")
HOUR = 3600
ZONES = st.sampled_from([LISBON, NEW_YORK, Zone("Asia/Singapore"), Zone("Australia/Lord_Howe"), Zone("UTC")])
KINDS = st.sampled_from(list(Kind))
INSTANTS = st.integers(LISBON.parse("2025-01-01"), LISBON.parse("2028-01-01"))


@pytest.mark.parametrize("at", ["2026-05-11T08:00", "2026-05-11T00:00", "2026-05-17T23:59"])
def test_the_past_week_is_monday_to_sunday(at):
    week = past(Kind.WEEKLY, LISBON, LISBON.parse(at))
    assert (week.first, week.last) == (date(2026, 5, 4), date(2026, 5, 10))
    assert (week.start, week.end) == (LISBON.parse("2026-05-04"), LISBON.parse("2026-05-11"))
    assert (week.id, week.say()) == ("weekly-2026-05-04", "4 to 10 May")
    assert before(week, LISBON).say() == "27 April to 3 May"


@pytest.mark.parametrize("at", ["2026-06-01T09:00", "2026-06-30T23:59"])
def test_the_past_month_is_the_one_before_this(at):
    month = past(Kind.MONTHLY, LISBON, LISBON.parse(at))
    assert (month.first, month.last) == (date(2026, 5, 1), date(2026, 5, 31))
    assert (month.id, month.say()) == ("monthly-2026-05-01", "May 2026")
    assert before(month, LISBON).say() == "April 2026"


def test_a_year_has_an_end():
    assert past(Kind.MONTHLY, LISBON, LISBON.parse("2027-01-04T09:00")).say() == "December 2026"
    assert past(Kind.WEEKLY, LISBON, LISBON.parse("2027-01-04T08:00")).say() == "28 December to 3 January"


@pytest.mark.parametrize(
    ("zone", "monday", "hours"),
    [
        (LISBON, "2026-03-30", 7 * 24 - 1),
        (LISBON, "2026-10-26", 7 * 24 + 1),
        (NEW_YORK, "2026-03-09", 7 * 24 - 1),
        (NEW_YORK, "2026-11-02", 7 * 24 + 1),
        (NEW_YORK, "2026-06-01", 7 * 24),
    ],
)
def test_a_week_in_which_the_clocks_change_is_as_long_as_its_days(zone, monday, hours):
    week = past(Kind.WEEKLY, zone, zone.parse(f"{monday}T08:00"))
    assert week.end - week.start == hours * HOUR
    assert not week.holds(week.start - 1)
    assert week.holds(week.start)
    assert week.holds(week.end - 1)
    assert not week.holds(week.end)


def test_the_weekly_summary_is_due_on_mondays_at_eight_also_across_a_clock_change():
    found = list(moments(Kind.WEEKLY, LISBON, LISBON.parse("2026-03-20"), LISBON.parse("2026-04-07")))
    assert [LISBON.iso(t) for t in found] == [
        "2026-03-23T08:00:00+00:00",
        "2026-03-30T08:00:00+01:00",
        "2026-04-06T08:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("month", "day"), [("2026-06", 1), ("2026-09", 7), ("2026-05", 4), ("2027-02", 1), ("2026-11", 2)]
)
def test_the_monthly_summary_is_due_on_the_first_monday_be_it_the_1st_or_the_7th(month, day):
    zone = NEW_YORK
    (found,) = moments(Kind.MONTHLY, zone, zone.parse(f"{month}-01") - 1, zone.parse(f"{month}-28"))
    assert zone.local(found).isoformat()[:16] == f"{month}-{day:02d}T09:00"


@given(KINDS, ZONES, INSTANTS)
def test_periods_follow_each_other_without_gap_or_overlap(kind, zone, at):
    period = past(kind, zone, at)
    earlier = before(period, zone)
    assert period.end <= at
    assert (earlier.end, earlier.last < period.first) == (period.start, True)
    assert len(period.days) in ({7} if kind is Kind.WEEKLY else {28, 29, 30, 31})
    assert past(kind, zone, period.end) == period
    assert past(kind, zone, period.end - 1) == earlier


@given(KINDS, ZONES, INSTANTS, st.lists(st.integers(0, 90 * 86_400), max_size=5))
def test_however_the_clock_jumps_every_moment_comes_once_and_is_about_another_period(kind, zone, at, steps):
    found, clock = [], at
    for step in steps:
        found += moments(kind, zone, clock, clock + step)
        clock += step
    assert found == list(moments(kind, zone, at, clock))
    assert all(a < b for a, b in pairwise(found))
    assert len({past(kind, zone, t).id for t in found}) == len(found)
