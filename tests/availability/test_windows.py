from __future__ import annotations

import pytest

from handlers.domain.availability.wall import Wall
from handlers.domain.availability.windows import fits_whole, missed, spans, times, wanted
from handlers.domain.errors import InputError
from handlers.domain.slot import Window
from handlers.domain.zone import Zone

ZONE = Zone("Asia/Singapore")
WALL = Wall(ZONE)


def at(text: str) -> int:
    return ZONE.parse(f"2026-05-{text}")


@pytest.mark.parametrize(
    ("window", "minutes"),
    [
        (Window(), (0, 1440)),
        (Window(time_from="14:00", time_to="14:00"), (840, 841)),
        (Window(time_from="14:00", exact=True), (840, 841)),
        (Window(time_from="14:00", time_to="15:00"), (840, 900)),
        (Window(time_to="10:30"), (0, 630)),
        (Window(time_from="19:00"), (1140, 1440)),
        (Window(time_from="19:00", time_to="24:00"), (1140, 1440)),
        (Window(time_from="20:00", time_to="02:00"), (1200, 1560)),
        (Window(time_from="20:00", time_to="00:00"), (1200, 1440)),
        (Window(time_to="00:00"), (0, 1440)),
    ],
)
def test_times_of_a_window(window: Window, minutes: tuple[int, int]) -> None:
    assert times(window) == minutes


@pytest.mark.parametrize("text", ["12:60", "24:01", "25:00", "noon", "-1:00", "12"])
def test_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        times(Window(time_from=text))


def test_a_window_is_cut_to_what_can_be_booked() -> None:
    reach = at("05T10:00"), at("07T12:00")
    days = Window(time_from="09:00", time_to="13:00")
    assert spans(days, WALL, reach) == [
        (at("05T10:00"), at("05T13:00")),
        (at("06T09:00"), at("06T13:00")),
        (at("07T09:00"), at("07T12:00")),
    ]
    assert spans(Window(time_from="22:00", time_to="11:00"), WALL, reach)[0] == (
        at("05T10:00"),
        at("05T11:00"),
    )
    assert spans(Window(time_from="08:00", time_to="10:00"), WALL, (at("05T10:00"), at("06T08:00"))) == []
    assert spans(days, WALL, (at("05T10:00"), at("05T10:00"))) == []
    assert wanted((), WALL, reach) == [reach]
    assert wanted((), WALL, reach[::-1]) == []


def test_what_fits_whole_is_over_by_the_end_of_the_window() -> None:
    reach = at("05T00:00"), at("06T00:00")
    starts = [at(f"05T{t}") for t in ("13:45", "14:00", "14:30", "14:45")]
    narrow = Window(time_from="14:00", time_to="15:15")
    assert fits_whole(starts, (narrow,), WALL, reach, 2700) == {at("05T14:00"), at("05T14:30")}
    exact = Window(time_from="14:00", time_to="14:00", exact=True)
    assert fits_whole(starts, (exact,), WALL, reach, 2700) == {at("05T14:00")}


def test_a_window_out_of_reach_is_brought_to_the_closest_date() -> None:
    reach = at("05T10:00"), at("07T12:00")
    three = {"time_from": "15:00", "time_to": "16:00"}
    gone = missed((Window(date_from="2026-04-01", date_to="2026-04-02", **three),), WALL, reach)
    assert gone == [(at("05T15:00"), at("05T16:00"))]
    far = missed((Window(date_from="2027-04-01", **three),), WALL, reach)
    assert far == [(at("07T15:00"), at("07T16:00"))]
    assert missed((), WALL, reach) == [reach]
    london = Wall(Zone("Europe/London"))
    spring = london.zone.parse("2027-03-28T00:00"), london.zone.parse("2027-03-29T00:00")
    skipped = Window(date_from="2027-03-28", time_from="01:30", time_to="01:30")
    assert missed((skipped,), london, spring) == [spring]
