"""When nothing leaves: quiet hours, closed days, and both in a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.quiet import quiet_until, silence
from handlers.domain.rules.model import Closure
from tests.reminders.clinic import DAY, ZONE, at, day, rules, said

RULES = rules()


def told(wall):
    found = silence(RULES, at(wall))
    return tuple(map(said, found)) if found else None


@pytest.mark.parametrize(
    ("wall", "stretch"),
    [
        ("2026-05-05T19:59", None),
        ("2026-05-05T20:00", ("2026-05-05 20:00", "2026-05-06 08:00")),
        ("2026-05-06T07:59", ("2026-05-05 20:00", "2026-05-06 08:00")),
        ("2026-05-06T08:00", None),
        ("2026-11-26T12:00", ("2026-11-25 20:00", "2026-11-27 08:00")),
        ("2026-11-25T23:00", ("2026-11-25 20:00", "2026-11-27 08:00")),
        ("2026-12-28T12:00", ("2026-12-23 20:00", "2027-01-02 08:00")),
        # The night the clocks go forward is an hour shorter, the one they go back an hour longer.
        ("2026-03-08T01:30", ("2026-03-07 20:00", "2026-03-08 08:00")),
        ("2026-11-01T01:30", ("2026-10-31 20:00", "2026-11-01 08:00")),
    ],
)
def test_a_quiet_stretch_runs_from_its_first_quiet_minute_to_its_last(wall, stretch):
    assert told(wall) == stretch


def test_quiet_hours_of_one_day_do_not_run_past_midnight():
    lunch = rules(quiet_hours=(12 * 60, 13 * 60))
    assert silence(lunch, at("2026-05-05T12:30")) == (at("2026-05-05T12:00"), at("2026-05-05T13:00"))
    assert silence(lunch, at("2026-05-05T13:00")) is None


@pytest.mark.parametrize(
    ("wall", "ends"), [("2026-05-05T23:00", 8), ("2026-05-06T06:00", 8), ("2026-05-06T08:00", None)]
)
def test_quiet_hours_alone_end_in_the_morning_of_either_day(wall, ends):
    expected = at("2026-05-06T08:00") if ends else None
    assert quiet_until(ZONE, RULES.quiet_hours, at(wall)) == expected
    assert quiet_until(ZONE, None, at(wall)) is None


def test_a_closure_of_some_hours_is_no_holiday():
    some = Closure(first=day("2026-05-05"), last=day("2026-05-05"), hours=((540, 720),))
    assert silence(rules(closures=(some,)), at("2026-05-05T10:00")) is None


def test_without_quiet_hours_and_closures_there_is_no_silence():
    assert silence(rules(quiet_hours=None, closures=()), at("2026-05-05T03:00")) is None


def test_quiet_hours_of_the_whole_day_come_to_an_answer():
    begin, end = silence(rules(quiet_hours=(0, 1440)), at("2026-05-05T10:00"))
    assert end - begin > 700 * DAY


@given(st.integers(at("2026-01-01T00:00"), at("2027-02-01T00:00")))
def test_a_stretch_is_quiet_throughout_and_no_longer(instant):
    found = silence(RULES, instant)
    if found is None:
        return
    begin, end = found
    assert begin <= instant < end
    assert silence(RULES, begin) == silence(RULES, end - 1) == found
    assert silence(RULES, begin - 1) is None
    assert silence(RULES, end) is None
