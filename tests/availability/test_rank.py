from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain.availability import Diary, find_slots, pick
from handlers.domain.availability.rank import nearest, ranking, settled
from handlers.domain.availability.wall import Wall
from handlers.domain.availability.windows import wanted
from tests.availability.business import at, business, query, service, times

DAY = "2026-05-05"
ONE_DAY = [{"date_from": DAY, "date_to": DAY}]
WEEK = [{"date_from": DAY, "date_to": "2026-05-11"}]


def picked(rules, asked, diaries=None, limit=None):
    diaries = diaries or {}
    found = find_slots(rules, asked, diaries, at(rules, DAY))
    return pick(rules, asked, found, diaries, limit)


def ranked_by(*rank: str, **more):
    return business(booking={"min_notice": 0, "rank": rank, **more})


def test_offers_are_hours_apart_not_quarters() -> None:
    rules = ranked_by("earliest")
    assert times(rules, picked(rules, query(windows=ONE_DAY))) == [
        "05-05 10:00",
        "05-05 12:00",
        "05-05 14:00",
    ]


def test_the_last_of_three_is_on_another_day_where_there_is_one() -> None:
    rules = ranked_by("earliest")
    found = times(rules, picked(rules, query(windows=WEEK)))
    assert found == ["05-05 10:00", "05-05 12:00", "05-06 10:00"]
    assert times(rules, picked(rules, query(windows=WEEK), limit=2)) == ["05-05 10:00", "05-05 12:00"]


def test_a_narrow_window_still_fills_the_places() -> None:
    rules = ranked_by("earliest")
    tight = [{**ONE_DAY[0], "time_from": "14:00", "time_to": "15:00"}]
    assert times(rules, picked(rules, query(windows=tight))) == ["05-05 14:00", "05-05 14:15", "05-05 14:30"]
    exact = [{**ONE_DAY[0], "time_from": "14:00", "time_to": "14:00", "exact": True}]
    found = picked(rules, query(windows=exact))
    assert [(s.resource, s.start) for s in found] == [
        ("jess", at(rules, DAY, "14:00")),
        ("mei", at(rules, DAY, "14:00")),
    ]


def test_the_usual_one_comes_first_when_the_owner_ranks_so() -> None:
    asked = query(windows=ONE_DAY, usual_resource="mei")
    assert {s.resource for s in picked(ranked_by("usual_resource", "earliest"), asked)} == {"mei"}
    assert picked(ranked_by("earliest", "usual_resource"), asked)[0].resource == "mei"
    assert picked(ranked_by("earliest"), asked)[0].resource == "jess"


def test_the_one_with_less_to_do_comes_first() -> None:
    rules = ranked_by("utilisation", "earliest")
    busy = {"jess": Diary(busy=((at(rules, DAY, "18:00"), at(rules, DAY, "20:00")),))}
    assert picked(rules, query(windows=ONE_DAY), busy)[0].resource == "mei"
    quiet = ranked_by("earliest", "utilisation")
    assert picked(quiet, query(windows=ONE_DAY), busy)[0].resource == "mei"


def test_the_table_that_fits_best_comes_first() -> None:
    tables = {f"t{n}": {"name": f"Table {n}", "kind": "table", "seats": n} for n in (6, 4, 2)}
    rules = business(
        resources=tables,
        services={"haircut": service(resources=("t6", "t4", "t2"), party={"max": 6})},
        booking={"min_notice": 0, "rank": ("best_fit", "earliest")},
    )
    assert [picked(rules, query(party=n, windows=ONE_DAY))[0].resource for n in (2, 3, 4, 5)] == [
        "t2",
        "t4",
        "t4",
        "t6",
    ]


def test_preference_is_for_being_done_by_the_end_of_the_window() -> None:
    rules = ranked_by("preference", "utilisation", "earliest")
    window = [{**ONE_DAY[0], "time_from": "14:00", "time_to": "15:15"}]
    busy = {r: Diary(busy=((at(rules, DAY, "13:00"), at(rules, DAY, "14:20")),)) for r in ("jess", "mei")}
    found = picked(rules, query(windows=window), busy)
    assert times(rules, found) == ["05-05 14:30", "05-05 14:45", "05-05 15:00"]


def test_nearest_are_those_closest_to_what_was_wanted() -> None:
    rules = ranked_by("earliest")
    slots = find_slots(rules, query(resource="jess"), {}, at(rules, DAY))
    asked = [(at(rules, "2026-05-07", "07:00"), at(rules, "2026-05-07", "08:00"))]
    assert times(rules, nearest(rules, slots, asked)) == ["05-07 10:00", "05-07 12:00", "05-06 10:00"]


def near(rules, taken_until: str, *, windows):
    """The nearest to `windows` when Jess is away from 5 May until then."""
    away = {"jess": Diary(busy=((at(rules, DAY), at(rules, taken_until)),))}
    slots = find_slots(rules, query(resource="jess"), away, at(rules, "2026-05-03"))
    reach = at(rules, "2026-05-03"), at(rules, "2026-07-01")
    return times(
        rules, nearest(rules, slots, wanted(query(windows=windows).windows, Wall(rules.zone), reach))
    )


def test_the_nearest_on_another_day_are_at_the_time_asked_for() -> None:
    rules = ranked_by("earliest")
    at_three = [{**ONE_DAY[0], "time_from": "15:00", "time_to": "15:00"}]
    assert near(rules, "2026-05-06", windows=at_three) == ["05-04 15:00", "05-06 15:00", "05-04 17:00"]
    assert near(rules, "2026-05-06", windows=ONE_DAY) == ["05-04 10:00", "05-04 12:00", "05-06 10:00"]
    late = [{**ONE_DAY[0], "time_from": "17:00", "time_to": "19:00"}]
    assert near(rules, "2026-05-09", windows=late)[0] == "05-04 17:00"


def test_four_hours_off_weigh_as_much_as_a_day() -> None:
    rules = ranked_by("earliest", horizon=86_400 * 30)
    away = {"jess": Diary(busy=((at(rules, "2026-05-01"), at(rules, DAY, "13:45")),))}

    def first(diaries):
        slots = find_slots(rules, query(resource="jess"), diaries, at(rules, DAY))
        return times(rules, nearest(rules, slots, [(at(rules, DAY, "10:00"), at(rules, DAY, "10:00") + 60)]))[
            0
        ]

    assert first(away) == "05-05 13:45"
    away = {"jess": Diary(busy=((at(rules, "2026-05-01"), at(rules, DAY, "14:15")),))}
    assert first(away) == "05-06 10:00"


def test_the_time_asked_for_is_the_walls_where_the_clocks_change_between() -> None:
    rules = business(zone="Europe/London", booking={"min_notice": 0})
    saturday, sunday = "2027-03-27", "2027-03-28"  # at 1:00 the clocks go forward
    slots = find_slots(rules, query(resource="jess"), {}, at(rules, sunday))
    found = nearest(rules, slots, [(at(rules, saturday, "15:00"), at(rules, saturday, "15:00") + 60)])
    assert times(rules, found)[0] == "03-28 15:00"


@settings(max_examples=30, deadline=None)
@given(st.permutations(("preference", "earliest", "usual_resource", "utilisation", "best_fit")), st.randoms())
def test_the_order_of_what_was_found_does_not_matter(rank: list[str], chance: random.Random) -> None:
    rules = ranked_by(*rank)
    asked = query(windows=WEEK, usual_resource="mei")
    diaries = {"jess": Diary(busy=((at(rules, DAY, "12:00"), at(rules, DAY, "15:00")),))}
    found = list(find_slots(rules, asked, diaries, at(rules, DAY)))
    first = pick(rules, asked, found, diaries)
    order = ranking(rules, asked, found, diaries)
    chance.shuffle(found)
    assert pick(rules, asked, found, diaries) == first
    assert ranking(rules, asked, found, diaries) == order
    assert first[0] == order[0]
    assert len(set(first)) == 3


RANKS = ("preference", "earliest", "usual_resource", "utilisation", "best_fit")


@settings(max_examples=60, deadline=None)
@given(
    rank=st.lists(st.sampled_from(RANKS), max_size=3, unique=True),
    wished=st.sampled_from((None, "jess", "mei")),
    usual=st.sampled_from((None, "jess", "mei")),
    limit=st.integers(1, 4),
    seats=st.integers(1, 4),
    party=st.integers(1, 3),
    busy=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 23), st.integers(1, 40)), max_size=8),
    days=st.integers(1, 12),
)
def test_what_is_settled_does_not_change_with_later_slots(
    *, rank, wished, usual, limit, seats, party, busy, days
) -> None:
    tables = {
        "jess": {"name": "Jess", "seats": seats, "kind": "table"},
        "mei": {"name": "Mei", "seats": 3, "kind": "table"},
    }
    rules = business(
        resources=tables,
        services={"haircut": service(party={"max": 3})},
        hours=dict.fromkeys(range(6), ((0, 60), (1300, 1440))),
        booking={"min_notice": 0, "step": 3600, "horizon": 12 * 86_400, "rank": tuple(rank)},
    )
    asked = query(resource=wished, usual_resource=usual, party=party)
    low = at(rules, DAY)
    spans = tuple(
        sorted((low + d * 86_400 + h * 3600, low + d * 86_400 + (h + n) * 3600) for d, h, n in busy)
    )
    diaries = {"jess": Diary(busy=spans), "mei": Diary(busy=spans[::2])}
    everything = find_slots(rules, asked, diaries, low)
    soon = tuple(s for s in everything if s.start < low + days * 86_400)
    if settled(rules, asked, soon, limit):
        assert pick(rules, asked, soon, diaries, limit) == pick(rules, asked, everything, diaries, limit)


def test_the_plainest_question_is_settled_by_a_week() -> None:
    rules = business(
        booking={"min_notice": 0, "rank": ("preference", "usual_resource", "best_fit", "earliest")}
    )
    slots = find_slots(rules, query(), {}, at(rules, DAY), (at(rules, DAY), at(rules, "2026-05-11")))
    assert settled(rules, query(), slots)
    assert not settled(rules, query(), slots, limit=4)
    assert settled(rules, query(resource="mei", usual_resource="mei"), slots)
    assert settled(rules, query(usual_resource="mei"), slots)
    assert not settled(rules, query(usual_resource="mei"), [s for s in slots if s.resource == "jess"])
    assert settled(rules, query(usual_resource="ana"), [s for s in slots if s.resource == "jess"])
    assert not settled(rules, query(windows=WEEK), slots)
    assert not settled(ranked_by("utilisation"), query(), slots)


def test_a_table_too_small_for_the_party_does_not_keep_the_choice_open() -> None:
    rules = business(
        resources={f"t{n}": {"name": f"Table {n}", "kind": "table", "seats": n} for n in (2, 4)},
        services={"haircut": service(resources=("t2", "t4"), party={"max": 4})},
        booking={"min_notice": 0, "rank": ("best_fit", "earliest")},
    )
    reach = at(rules, DAY), at(rules, "2026-05-11")
    for party in (1, 4):
        slots = find_slots(rules, query(party=party), {}, reach[0], reach)
        assert settled(rules, query(party=party), slots)


def test_a_share_counts_what_is_taken_of_the_working_time_only() -> None:
    """Both are taken half: one by an event that runs on past closing, one by three that overlap."""
    rules = ranked_by("utilisation")
    day = (at(rules, DAY, "15:00"), at(rules, "2026-05-06", "08:00"))
    parts = [(at(rules, DAY, a), at(rules, DAY, b)) for a, b in (("11:00", "14:00"), ("13:00", "15:00"))]
    early = (at(rules, DAY, "08:00"), at(rules, DAY, "11:00"))
    asked = query(windows=ONE_DAY)
    even = {"jess": Diary(busy=(day,)), "mei": Diary(busy=(early, *parts))}
    assert picked(rules, asked, even)[0].resource == "jess"  # 10:00 comes before 15:00
    fuller = {"jess": Diary(busy=((day[0] - 60, day[1]),)), "mei": Diary(busy=(early, *parts))}
    assert picked(rules, asked, fuller)[0].resource == "mei"


def test_nothing_found_is_nothing_picked() -> None:
    rules = business()
    assert pick(rules, query(), (), {}) == ()


def test_only_the_last_place_is_for_another_day() -> None:
    rules = ranked_by("earliest")
    found = times(rules, picked(rules, query(windows=WEEK), limit=4))
    assert found == ["05-05 10:00", "05-05 12:00", "05-05 14:00", "05-06 10:00"]
