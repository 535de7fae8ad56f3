"""Wall time against a look at the clock every minute, around the days it changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers.domain.availability.wall import Wall
from handlers.domain.availability.windows import spans
from handlers.domain.slot import Window
from handlers.domain.zone import Zone
from tests.availability.oracle import instant, wall
from tests.availability.strategies import CHANGES

AROUND = [
    (z, date.fromisoformat(d) + timedelta(n))
    for z, days in CHANGES.items()
    for d in days
    for n in (-2, -1, 0, 1)
]
PARTS = ((0, 1440), (30, 90), (60, 180), (1390, 1430), (1380, 1500), (1430, 1560), (1200, 2890), (2830, 2870))


def shown(zone: str, day: date, start: int, end: int) -> list[int]:
    """Every minute at which the wall shows a time in [start, end) of `day`."""
    first, last = instant(zone, day, start - 300), instant(zone, day, end + 300)
    minutes = ((t, *wall(zone, t)) for t in range(first, last, 60))
    return [t for t, on, at in minutes if start <= (on - day).days * 1440 + at < end]


def minutes_of(found: list[tuple[int, int]]) -> list[int]:
    return [t for a, b in found for t in range(a, b, 60)]


@pytest.mark.parametrize(("zone", "day"), AROUND, ids=str)
def test_a_part_of_a_day_is_every_minute_at_which_the_wall_shows_it(zone: str, day: date) -> None:
    known = Wall(Zone(zone))
    for start, end in PARTS:
        assert minutes_of(known.reach(day, start, end)) == shown(zone, day, start, end), (start, end)


@pytest.mark.parametrize(("zone", "day"), AROUND, ids=str)
def test_clocks_are_said_to_stand_still_only_where_they_do(zone: str, day: date) -> None:
    known = Wall(Zone(zone))
    for start, end in PARTS:
        opens, closes, calm = known.span(day, start, end)
        assert (opens, closes) == (instant(zone, day, start), instant(zone, day, end))
        if calm:
            walls = [wall(zone, t) for t in range(opens, closes, 60)]
            assert [(on - day).days * 1440 + at for on, at in walls] == list(range(start, end))


@pytest.mark.parametrize("zone", CHANGES)
def test_on_other_days_the_zone_is_not_asked_again(zone: str) -> None:
    known = Wall(Zone(zone))
    assert known.span(date(2027, 6, 15), 540, 1020)[2]
    assert known.span(date(2027, 6, 15), 1320, 1560)[2]
    assert known.calm(date(2027, 6, 15)) == instant(zone, date(2027, 6, 15), 0)


@pytest.mark.parametrize(("zone", "day"), AROUND, ids=str)
def test_a_window_is_every_minute_of_it_in_reach(zone: str, day: date) -> None:
    known = Wall(Zone(zone))
    low, high = instant(zone, day, -1500), instant(zone, day, 2 * 1440)
    for window, start, end in (
        (Window(time_from="23:10", time_to="23:50"), 1390, 1430),
        (Window(time_from="22:00", time_to="02:30"), 1320, 1590),
        (Window(time_to="01:40"), 0, 100),
    ):
        dates = [day + timedelta(n) for n in range(-4, 4)]
        wanted = {t for d in dates for t in shown(zone, d, start, end) if low <= t < high}
        assert minutes_of(spans(window, known, (low, high))) == sorted(wanted)
