from __future__ import annotations

import pytest

from handlers.domain.availability import Diary, explain
from handlers.domain.pages import Claim
from tests.availability.business import at, business, query, service

DAY = "2026-05-05"
CLOSED = [
    {"first": "2026-05-06", "last": "2026-05-06", "reason": "Vesak Day"},
    {"first": "2026-05-07", "last": "2026-05-07", "hours": ((900, 1200),), "reason": "Stocktaking"},
]
RULES = business(
    resources={
        "jess": {"name": "Jess", "breaks": ((780, 840),), "daily_cap": 2},
        "room": {"name": "Treatment room"},
        "counter": {"name": "Counter", "kind": "seats", "capacity": 4},
        "table": {"name": "Table", "kind": "table", "seats": 6},
    },
    services={
        "haircut": service(resources=("jess",)),
        "facial": service(name="Facial", resources=("jess",), needs=(("room",),)),
        "tasting": service(name="Tasting", resources=("counter",), starts=(1080, 1130), party={"max": 6}),
        "dinner": service(name="Dinner", resources=("table",), party={"max": 9}),
    },
    closures=CLOSED,
    booking={"min_notice": 7200, "horizon": 60 * 86_400, "down_fit": 2},
)
NOW = at(RULES, DAY, "09:00")


def why(day: str, time: str, diaries: dict | None = None, **asked: object) -> str:
    reasons = explain(RULES, query(**asked), diaries or {}, NOW, at(RULES, day, time))
    assert len(reasons) == 1
    return next(iter(reasons.values()))


def span(start: str, end: str) -> tuple[int, int]:
    return at(RULES, DAY, start), at(RULES, DAY, end)


@pytest.mark.parametrize(
    ("day", "time", "reason"),
    [
        (DAY, "14:00", "free"),
        (DAY, "13:00", "break 13:00-14:00"),
        (DAY, "12:30", "break 13:00-14:00"),
        (DAY, "14:10", "not on the 15-minute grid"),
        (DAY, "09:00", "outside working hours (10:00-20:00)"),
        (DAY, "19:30", "outside working hours: ends 20:15, after closing 20:00"),
        (DAY, "10:45", "too soon: minimum notice 2h"),
        (DAY, "08:45", "in the past"),
        ("2026-05-04", "14:00", "in the past"),
        ("2026-05-01", "03:00", "in the past"),
        ("2026-05-06", "14:00", "closed: Vesak Day"),
        ("2026-05-07", "14:30", "closed: Stocktaking 15:00-20:00"),
        ("2026-08-05", "14:00", "beyond the 60-day horizon"),
    ],
)
def test_the_rule_that_removed_it_is_named(day: str, time: str, reason: str) -> None:
    assert why(day, time) == reason


def test_what_stands_in_the_calendar_or_our_diary_is_named() -> None:
    assert why(DAY, "15:00", {"jess": Diary(busy=(span("14:30", "15:30"),))}) == "calendar busy 14:30-15:30"
    near = why(DAY, "15:00", {"jess": Diary(busy=(span("15:50", "16:00"),))})
    assert near == "calendar busy 15:50-16:00 (too close, with buffers)"
    held = Claim(id="h", start=span("15:00", "16:00")[0], end=span("15:00", "16:00")[1], until=NOW + 300)
    assert why(DAY, "15:00", {"jess": Diary(claims=(held,))}) == "held until 09:05"
    booked = held.model_copy(update={"until": None, "core": span("15:00", "15:45")})
    assert why(DAY, "15:00", {"jess": Diary(claims=(booked,))}) == "booked 15:00-15:45"


def test_a_busy_time_of_several_days_says_which() -> None:
    holiday = (at(RULES, "2026-05-04"), at(RULES, "2026-05-20", "08:00"))
    found = why(DAY, "15:00", {"jess": Diary(busy=(holiday,))})
    assert found == "calendar busy 4 May 00:00-20 May 08:00"


def test_a_busy_time_to_the_end_of_the_day_ends_at_24() -> None:
    evening = (at(RULES, DAY, "15:00"), at(RULES, "2026-05-06"))
    assert why(DAY, "15:00", {"jess": Diary(busy=(evening,))}) == "calendar busy 15:00-24:00"


def test_an_unreadable_calendar_and_a_full_day_are_named() -> None:
    assert why(DAY, "15:00", {"jess": Diary(error="notFound")}) == "calendar can't be read: notFound"
    day = [
        Claim(id=i, start=span(a, b)[0], end=span(a, b)[1])
        for i, a, b in (("a", "10:00", "11:00"), ("b", "11:00", "12:00"))
    ]
    assert why(DAY, "15:00", {"jess": Diary(claims=tuple(day))}) == "daily cap 2 reached"


def test_what_it_needs_besides_is_named_with_its_own_reason() -> None:
    busy = {"room": Diary(busy=(span("14:30", "15:30"),))}
    found = why(DAY, "15:00", busy, service="facial")
    assert found == "needs Treatment room: calendar busy 14:30-15:30"


def test_sizes_are_named() -> None:
    assert why(DAY, "15:00", service="dinner", party=7) == "party of 7 is more than 6 seats"
    assert why(DAY, "15:00", service="dinner", party=3) == (
        "6 seats are too many for a party of 3 (at most 2 to spare)"
    )
    assert why(DAY, "18:00", service="tasting", party=5) == "party of 5 is more than 4 places"
    assert why(DAY, "18:00", service="tasting", party=7) == "Tasting is for parties of 1 to 6, not 7"
    assert why(DAY, "15:00", party=2) == "Haircut is for parties of 1 only, not 2"
    taken = Claim(id="a", start=span("18:00", "19:00")[0], end=span("18:00", "19:00")[1], party=2)
    full = why(DAY, "18:00", {"counter": Diary(claims=(taken,))}, service="tasting", party=3)
    assert full == "full: fewer than 3 of 4 places left"


def test_fixed_starts_are_named() -> None:
    assert why(DAY, "18:15", service="tasting", party=2) == "Tasting starts at 18:00 or 18:50"
    assert why(DAY, "18:50", service="tasting", party=2) == "free"


def test_somebody_who_does_not_do_it_is_named() -> None:
    assert why(DAY, "15:00", resource="room") == "does not do Haircut"


def test_the_second_reading_of_a_repeated_hour_is_explained_as_itself() -> None:
    rules = business(
        zone="America/New_York",
        hours={6: ((0, 240),)},
        services={"haircut": service(minutes=30, buffer_after=0, resources=("jess",))},
        booking={"min_notice": 0, "step": 1800},
    )
    day = "2027-11-07"
    first, second = at(rules, day, "01:00"), at(rules, day, "01:00", fold=1)
    busy = {"jess": Diary(busy=((first, first + 1800),))}
    now = at(rules, "2027-11-06")
    assert explain(rules, query(), busy, now, first) == {"jess": "calendar busy 01:00-01:30"}
    assert explain(rules, query(), busy, now, second) == {"jess": "free"}


def test_notice_and_horizon_are_explained_to_the_minute() -> None:
    horizon = 60 * 86_400

    def said(now: int, start: int) -> str:
        return explain(RULES, query(), {}, now, start)["jess"]

    start = at(RULES, DAY, "15:00")
    assert said(start - 7200, start) == "free"
    assert said(start - 7199, start) == "too soon: minimum notice 2h"
    assert said(start - horizon, start) == "free"
    assert said(start - horizon - 1, start) == "beyond the 60-day horizon"
    assert said(start, start) == "too soon: minimum notice 2h"
    assert said(start + 1, start) == "in the past"


NIGHT = business(
    hours=dict.fromkeys(range(7), ((600, 660), (1200, 1560))),
    resources={
        "jess": {"name": "Jess", "breaks": ((1260, 1290),)},
        "counter": {"name": "Counter", "capacity": 2},
    },
    services={
        "haircut": service(resources=("jess",), minutes=30, buffer_before=0, buffer_after=15),
        "tasting": service(name="Tasting", resources=("counter",), party={"max": 2}, starts=(30, 1350)),
        "lesson": service(name="Lesson", resources=("counter",), starts=(780,)),
    },
)


def at_night(time: str, diary: Diary | None = None, day: str = DAY, **asked: object) -> str:
    found = query(**asked)
    name = NIGHT.services[found.service].resources[0]
    now = at(NIGHT, "2026-05-04")
    return explain(NIGHT, found, {name: diary or Diary()}, now, at(NIGHT, day, time))[name]


def test_reasons_hold_to_the_minute() -> None:
    assert at_night("10:30") == "free"  # ends as the shift does
    assert at_night("10:45") == "outside working hours: ends 11:15, after closing 11:00"
    assert at_night("20:30") == "free"  # ends as the break begins
    assert at_night("21:30") == "free"
    assert at_night("21:25") == "break 21:00-21:30"
    assert at_night("01:45") == "outside working hours: ends 02:15, after closing 02:00"
    assert at_night("15:00") == "outside working hours (10:00-11:00, 20:00-02:00)"


def test_what_only_touches_is_not_blamed() -> None:
    def span(start: str, end: str) -> tuple[int, int]:
        return at(NIGHT, DAY, start), at(NIGHT, DAY, end)

    touching = (span("22:30", "23:00"), span("23:10", "23:20"), span("23:45", "23:50"))
    assert at_night("23:00", Diary(busy=touching)) == "calendar busy 23:10-23:20"
    assert at_night("23:00", Diary(busy=(span("23:30", "23:50"),))) == (
        "calendar busy 23:30-23:50 (too close, with buffers)"
    )


def test_a_move_is_not_blamed_on_itself_nor_on_a_hold_that_ran_out() -> None:
    start, end = at(NIGHT, DAY, "23:00"), at(NIGHT, DAY, "23:30")
    own = Claim(id="own", start=start, end=end)
    meeting = end, end + 900
    diary = Diary(busy=((start, end), meeting), claims=(own,))
    assert at_night("23:15", diary, exclude="own") == "calendar busy 23:30-23:45"
    old = own.model_copy(update={"id": "old", "until": at(NIGHT, "2026-05-04")})
    assert at_night("23:15", Diary(busy=(meeting,), claims=(old,))) == "calendar busy 23:30-23:45"


def test_fixed_starts_after_midnight_are_said_as_the_clock_shows_them() -> None:
    assert at_night("22:45", service="tasting") == "Tasting starts at 00:30 or 22:30"
    assert at_night("10:15", service="lesson") == "no start on this day"


def test_what_is_needed_is_blamed_for_its_own_hours_diary_and_cap() -> None:
    rules = business(
        resources={
            "jess": {"name": "Jess"},
            "room": {"name": "Room", "hours": {1: ((660, 780),)}, "daily_cap": 1},
        },
        services={"haircut": service(resources=("jess",), needs=(("room", "jess"),))},
    )

    def said(time: str, **diaries: Diary) -> str:
        return explain(rules, query(), diaries, at(rules, "2026-05-04"), at(rules, DAY, time))["jess"]

    itself = "; Jess: is the one booked"
    assert said("11:00") == "free"
    assert said("15:00") == "needs Room: outside working hours (11:00-13:00)" + itself
    claim = Claim(id="x", start=at(rules, DAY, "12:00"), end=at(rules, DAY, "12:30"))
    full = Diary(claims=(claim,))
    assert said("11:00", room=full) == "needs Room: daily cap 1 reached" + itself
    assert said("12:00", room=full) == "needs Room: booked 12:00-12:30" + itself
