"""Properties of the little languages: what is written is what is read, and nothing else crashes."""

from __future__ import annotations

import importlib.resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.rules import iso, words
from handlers.domain.rules.fields import say as say_duration
from handlers.domain.rules.hours import any_range, open_range
from handlers.domain.zone import hhmm

minutes = st.integers(0, 1439)


def refusal(read, value):
    """What the ValueError says; "" when the value is fine."""
    try:
        read(value)
    except ValueError as e:
        return str(e)
    return ""


@given(st.integers(0, 9_999_999), st.sampled_from("smhd"))
def test_a_duration_is_its_number_times_its_unit(number, unit):
    assert words.duration(f"{number}{unit}") == number * words.UNITS[unit]
    assert words.duration(f"{number} {unit}") == number * words.UNITS[unit]


@given(st.integers(0, 10**6).map(lambda n: n * 60))
def test_a_duration_said_is_read_back(seconds):
    said = say_duration(seconds)
    assert (0 if said == "0" else words.duration(said)) == seconds


@given(minutes)
def test_a_wall_time_is_read_back(minute):
    assert words.wall_time(hhmm(minute)) == minute


@given(minutes, st.integers(1, 1440))
def test_an_interval_ends_after_it_starts_even_past_midnight(start, end):
    begins, ends = words.interval(f"{hhmm(start)}-{hhmm(end)}")
    assert begins == start
    assert 0 < ends - begins <= 1440
    assert (ends - end) % 1440 == 0


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_day_range_runs_forward_from_first_to_last_and_wraps(first, last):
    days = words.day_range(f"{words.DAYS[first]}-{words.DAYS[last]}")
    assert (days[0], days[-1]) == (first, last)
    assert all((b - a) % 7 == 1 for a, b in pairwise(days))
    assert len(days) == len(set(days)) <= 7


@given(st.text() | st.none() | st.floats() | st.booleans() | st.lists(st.text()))
def test_anything_else_is_a_value_error_that_says_what_to_write(value):
    for read in (words.duration, words.wall_time, words.wall_times, words.intervals, words.week):
        if said := refusal(read, value):
            assert said.startswith("write")


@pytest.mark.parametrize("text", ["٣h", "1" * 5000 + "h", "-5m", "5", "5 weeks", "1.5h", ""])
def test_odd_durations_are_refused(text):
    with pytest.raises(ValueError, match="15m, 2h or 60d"):
        words.duration(text)


def test_country_codes_are_those_of_the_tz_database():
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    known = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert known == iso.COUNTRIES


def test_currency_codes_are_three_capitals():
    assert {"SGD", "USD", "GBP", "EUR", "JPY"} < iso.CURRENCIES
    assert all(len(c) == 3 and c.isupper() for c in iso.CURRENCIES)


def test_a_whole_day_is_from_midnight_to_24_and_nothing_else_is():
    assert any_range("00:00-24:00") == open_range(" 00:00 - 24:00 ") == (0, 1440)
    for text in ("00:00-00:00", "10:00-10:00"):
        with pytest.raises(ValueError, match="same time"):
            any_range(text)
