from __future__ import annotations

import pytest

from handlers.domain.availability import Diary, explain, find_slots
from handlers.domain.errors import NotFound
from handlers.domain.pages import Claim
from tests.availability.business import at, business, query, service, times

DAY = "2026-05-05"


def window(**parts):
    return {"date_from": DAY, "date_to": DAY, **parts}


def offered(rules, asked=None, diaries=None, now=None):
    now = at(rules, DAY) if now is None else now
    asked = asked or query(resource="jess", windows=[window()])
    return times(rules, find_slots(rules, asked, diaries or {}, now))


def hours(*found: str) -> list[str]:
    return [f"05-05 {t}" for t in found]


def test_breaks_do_not_move_the_grid_and_the_service_fits_around_them() -> None:
    jess = {"name": "Jess", "breaks": ((13 * 60 + 5, 14 * 60 - 5),)}
    rules = business(
        resources={"jess": jess}, services={"haircut": service(resources=("jess",))}, hours={1: ((720, 900),)}
    )
    assert offered(rules) == hours("12:00", "12:15", "14:00", "14:15")


def test_each_range_of_a_split_shift_counts_from_its_own_opening() -> None:
    rules = business(hours={1: ((600, 660), (1000, 1060))})
    assert offered(rules) == hours("10:00", "10:15", "16:40", "16:55")


def test_two_partial_closures_do_not_close_the_day() -> None:
    closures = [
        {"first": DAY, "last": DAY, "hours": ((600, 720),), "reason": "Training"},
        {"first": DAY, "last": DAY, "hours": ((840, 1200),)},
    ]
    assert offered(business(closures=closures)) == hours("12:00", "12:15", "12:30", "12:45", "13:00", "13:15")


def test_a_whole_closure_beats_an_override() -> None:
    closures = [{"first": DAY, "last": DAY, "reason": "Holiday"}]
    jess = {"name": "Jess", "overrides": [{"date": DAY, "hours": ((600, 700),)}]}
    rules = business(resources={"jess": jess, "mei": {"name": "Mei"}}, closures=closures)
    assert offered(rules) == []
    assert offered(business(resources={"jess": jess, "mei": {"name": "Mei"}})) == hours(
        "10:00", "10:15", "10:30", "10:45"
    )


def test_a_night_shift_belongs_to_the_date_it_began() -> None:
    night = dict.fromkeys(range(7), ((1320, 1560),))
    rules = business(hours=night, closures=[{"first": DAY, "last": DAY}])
    found = offered(rules, query(resource="jess", windows=[{"date_from": DAY, "date_to": "2026-05-06"}]))
    assert found[0] == "05-05 00:00"
    assert found[-1] == "05-06 23:45"
    assert not any("05-05 01:15" < t < "05-06 22:00" for t in found)


def test_buffers_may_pass_closing_but_the_service_may_not() -> None:
    rules = business(hours={1: ((600, 660),)})
    assert offered(rules) == hours("10:00", "10:15")


def test_the_buffered_extent_meets_neither_calendar_nor_claims() -> None:
    rules = business(hours={1: ((600, 840),)})
    busy = Diary(busy=((at(rules, DAY, "11:00"), at(rules, DAY, "11:30")),))
    assert offered(rules, diaries={"jess": busy})[:3] == hours("10:00", "11:30", "11:45")
    claim = Claim(id="b", start=at(rules, DAY, "11:00"), end=at(rules, DAY, "11:30"))
    assert offered(rules, diaries={"jess": Diary(claims=(claim,))})[:2] == hours("10:00", "11:30")


def test_an_expired_hold_is_in_nobodys_way() -> None:
    rules = business(hours={1: ((600, 660),)})
    start, end = at(rules, DAY, "10:00"), at(rules, DAY, "12:00")
    held = {"jess": Diary(claims=(Claim(id="h", start=start, end=end, until=at(rules, DAY) + 300),))}
    assert offered(rules, diaries=held) == []
    assert offered(rules, diaries=held, now=at(rules, DAY) + 300) == hours("10:00", "10:15")


def test_a_moved_booking_does_not_stand_in_its_own_way_but_its_neighbours_do() -> None:
    rules = business(hours={1: ((600, 720),)})
    core = at(rules, DAY, "10:00"), at(rules, DAY, "10:45")
    private = at(rules, DAY, "10:45"), at(rules, DAY, "11:00")
    claim = Claim(id="b1", start=core[0], end=core[1] + 900, core=core)
    asked = query(resource="jess", exclude="b1", windows=[window()])
    own = Diary(busy=(core,), claims=(claim,))
    assert offered(rules, asked, {"jess": own})[0] == "05-05 10:00"
    beside = Diary(busy=(core, private), claims=(claim,))
    assert offered(rules, asked, {"jess": beside}) == hours("11:00", "11:15")


def test_a_counter_counts_the_people_at_every_instant() -> None:
    counter = {"name": "Counter", "kind": "seats", "capacity": 8}
    rules = business(
        resources={"counter": counter},
        services={
            "haircut": service(
                minutes=120, buffer_after=0, resources=("counter",), party={"max": 8}, starts=(1080, 1230)
            )
        },
        hours={1: ((1020, 1380),)},
    )
    claims = (
        Claim(id="a", start=at(rules, DAY, "18:00"), end=at(rules, DAY, "19:00"), party=4),
        Claim(id="b", start=at(rules, DAY, "19:00"), end=at(rules, DAY, "20:00"), party=5),
    )
    diaries = {"counter": Diary(claims=claims)}
    assert offered(rules, query(party=3, windows=[window()]), diaries) == hours("18:00", "20:30")
    assert offered(rules, query(party=4, windows=[window()]), diaries) == hours("20:30")
    assert offered(rules, query(party=9, windows=[window()]), diaries) == []


def test_a_party_gets_a_table_that_fits_and_is_not_far_too_large() -> None:
    tables = {f"t{n}": {"name": f"Table for {n}", "kind": "table", "seats": n} for n in (2, 4, 6)}
    rules = business(
        resources=tables,
        services={"haircut": service(resources=tuple(tables), party={"max": 6})},
        booking={"min_notice": 0, "down_fit": 2},
        hours={1: ((600, 660),)},
    )

    def tables_for(party):
        found = find_slots(rules, query(party=party, windows=[window()]), {}, at(rules, DAY))
        return sorted({s.resource for s in found})

    assert [tables_for(n) for n in (1, 2, 3, 4, 5, 6, 7)] == [
        ["t2"],
        ["t2", "t4"],
        ["t4"],
        ["t4", "t6"],
        ["t6"],
        ["t6"],
        [],
    ]


def test_a_full_day_offers_no_more() -> None:
    rules = business(resources={"jess": {"name": "Jess", "daily_cap": 1}, "mei": {"name": "Mei"}})
    claim = Claim(id="b", start=at(rules, DAY, "10:00"), end=at(rules, DAY, "11:00"))
    asked = query(resource="jess", windows=[{"date_from": DAY, "date_to": "2026-05-06"}])
    assert offered(rules, asked, {"jess": Diary(claims=(claim,))})[0] == "05-06 10:00"
    free = Diary(claims=(claim.model_copy(update={"counted": False}),))
    assert offered(rules, asked, {"jess": free})[0] == "05-05 11:00"


def test_needs_take_the_owners_first_choice_that_is_free() -> None:
    rules = business(
        resources={n: {"name": n} for n in ("jess", "chair_1", "chair_2")},
        services={"haircut": service(resources=("jess",), needs=(("chair_1", "chair_2"),))},
        hours={1: ((600, 720),)},
    )
    busy = {"chair_1": Diary(busy=((at(rules, DAY, "10:30"), at(rules, DAY, "10:40")),))}
    found = find_slots(rules, query(windows=[window()]), busy, at(rules, DAY))
    assert [s.needs for s in found] == [("chair_2",)] * 3 + [("chair_1",)] * 3
    both = busy | {"chair_2": Diary(error="notFound")}
    assert offered(rules, query(windows=[window()]), both) == hours("10:45", "11:00", "11:15")


def test_notice_and_horizon_bound_the_start() -> None:
    rules = business(
        booking={"min_notice": 7200, "horizon": 86_400}, hours={1: ((600, 780),), 2: ((600, 780),)}
    )
    found = offered(rules, query(resource="jess"), now=at(rules, DAY, "09:00"))
    assert found[0] == "05-05 11:00"
    assert found[-1] == "05-05 12:15"
    assert offered(rules, query(resource="jess"), now=at(rules, DAY, "10:30"))[-1] == "05-06 10:30"


def test_a_skipped_hour_is_not_offered_and_a_repeated_one_is_offered_twice() -> None:
    rules = business(
        zone="America/New_York",
        hours=dict.fromkeys(range(7), ((60, 240),)),
        services={"haircut": service(minutes=30, buffer_after=0)},
        booking={"min_notice": 0, "step": 1800},
    )
    spring = query(resource="jess", windows=[{"date_from": "2027-03-14", "date_to": "2027-03-14"}])
    found = times(rules, find_slots(rules, spring, {}, at(rules, "2027-03-13")))
    assert [t[6:] for t in found] == ["01:00", "01:30", "03:00", "03:30"]
    autumn = query(resource="jess", windows=[{"date_from": "2027-11-07", "date_to": "2027-11-07"}])
    slots = find_slots(rules, autumn, {}, at(rules, "2027-11-06"))
    found = [t[6:] for t in times(rules, slots)]
    assert found == ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    assert len({s.start for s in slots}) == 8


def test_a_break_in_the_repeated_hour_is_kept_both_times() -> None:
    rules = business(
        zone="America/New_York",
        hours={6: ((0, 240),)},
        resources={"jess": {"name": "Jess", "breaks": ((60, 120),)}, "mei": {"name": "Mei"}},
        services={"haircut": service(minutes=60, buffer_after=0)},
        booking={"min_notice": 0, "step": 3600},
    )
    asked = query(resource="jess", windows=[{"date_from": "2027-11-07", "date_to": "2027-11-07"}])
    found = times(rules, find_slots(rules, asked, {}, at(rules, "2027-11-06")))
    assert found == ["11-07 00:00", "11-07 02:00", "11-07 03:00"]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"time_from": "14:00", "time_to": "14:00", "exact": True}, ["14:00"]),
        ({"time_from": "14:10", "time_to": "14:10", "exact": True}, []),
        ({"time_from": "18:30", "time_to": None}, ["18:30", "18:45", "19:00", "19:15"]),
        ({"time_from": None, "time_to": "10:30"}, ["10:00", "10:15"]),
        ({"time_from": "10:30", "time_to": "11:00"}, ["10:30", "10:45"]),
        ({"time_from": "18:45", "time_to": "02:00"}, ["18:45", "19:00", "19:15"]),
        ({"time_from": "19:00", "time_to": "24:00"}, ["19:00", "19:15"]),
    ],
)
def test_a_window_bounds_the_start(wish: dict, found: list[str]) -> None:
    assert offered(business(), query(resource="jess", windows=[window(**wish)])) == hours(*found)


def test_a_night_out_past_midnight_belongs_to_the_evening_it_began() -> None:
    rules = business(hours=dict.fromkeys(range(7), ((1320, 1560),)))
    asked = query(resource="jess", windows=[window(time_from="23:30", time_to="01:00")])
    assert offered(rules, asked)[:4] == ["05-05 23:30", "05-05 23:45", "05-06 00:00", "05-06 00:15"]
    assert offered(rules, asked)[-1] == "05-06 00:45"


def test_several_windows_add_up() -> None:
    two = [window(time_from="10:00", time_to="10:20"), window(time_from="10:15", time_to="10:40")]
    assert offered(business(), query(resource="jess", windows=two)) == hours("10:00", "10:15", "10:30")


def test_an_unknown_service_is_not_found() -> None:
    rules = business()
    with pytest.raises(NotFound):
        find_slots(rules, query(service="massage"), {}, 0)
    with pytest.raises(NotFound):
        explain(rules, query(service="massage"), {}, 0, 0)


@pytest.mark.parametrize(
    ("break_", "found"),
    [
        ((1410, 1470), "00:30"),  # 23:30-00:30, begun the evening before
        ((0, 30), "00:30"),
        ((1440, 1500), "01:00"),  # written past midnight, so it belongs to the evening before
    ],
)
def test_a_break_that_runs_past_midnight_is_kept_the_morning_after(break_: tuple, found: str) -> None:
    rules = business(
        hours=dict.fromkeys(range(7), ((0, 120),)),
        resources={"jess": {"name": "Jess", "breaks": (break_,)}},
        services={"haircut": service(resources=("jess",), minutes=30, buffer_after=0)},
    )
    assert offered(rules)[0] == f"05-05 {found}"


def test_a_night_shift_keeps_the_breaks_of_the_morning_it_runs_into() -> None:
    rules = business(
        hours={1: ((1380, 1560),)},
        resources={"jess": {"name": "Jess", "breaks": ((30, 60),)}},
        services={"haircut": service(resources=("jess",), minutes=30, buffer_after=0)},
        booking={"min_notice": 0, "step": 1800},
    )
    asked = query(windows=[window(date_to="2026-05-06")])
    assert offered(rules, asked) == [
        "05-05 23:00",
        "05-05 23:30",
        "05-06 00:00",
        "05-06 01:00",
        "05-06 01:30",
    ]


def test_a_closure_of_a_few_hours_reaches_into_the_shift_of_the_night_before_only_on_its_date() -> None:
    rules = business(
        hours=dict.fromkeys(range(7), ((1380, 1560),)),
        services={"haircut": service(resources=("jess",), minutes=30, buffer_after=0)},
        booking={"min_notice": 0, "step": 1800},
        closures=[{"first": "2026-05-06", "last": "2026-05-06", "hours": ((0, 60),)}],
    )
    asked = query(windows=[window(date_to="2026-05-07", time_from="00:00", time_to="02:00")])
    early = {
        d: [t[6:] for t in offered(rules, asked) if t.startswith(d)] for d in ("05-05", "05-06", "05-07")
    }
    assert early == {
        "05-05": ["00:00", "00:30", "01:00", "01:30"],
        "05-06": ["01:00", "01:30"],
        "05-07": ["00:00", "00:30", "01:00", "01:30"],
    }


def test_moving_a_hold_leaves_the_calendar_as_it_is() -> None:
    """A hold has no event yet: what stands in the calendar there is somebody else's."""
    rules = business(hours={1: ((600, 660),)})
    core = at(rules, DAY, "10:00"), at(rules, DAY, "10:45")
    claim = Claim(id="h", start=core[0], end=core[1] + 900, core=core, until=at(rules, DAY) + 600)
    asked = query(resource="jess", exclude="h", windows=[window()])
    assert offered(rules, asked, {"jess": Diary(claims=(claim,))}) == hours("10:00", "10:15")
    assert offered(rules, asked, {"jess": Diary(busy=(core,), claims=(claim,))}) == []


def test_a_daily_cap_counts_by_the_date_the_service_starts() -> None:
    rules = business(
        hours=dict.fromkeys(range(7), ((0, 1440),)),
        resources={"jess": {"name": "Jess", "daily_cap": 1}},
        services={"haircut": service(resources=("jess",), buffer_before=15)},
    )
    asked = query(windows=[{"date_from": "2026-05-04", "date_to": "2026-05-06"}])
    midnight = at(rules, DAY)

    def dates(start, end, core):
        claim = Claim(id="b", start=start, end=end, core=core)
        found = offered(rules, asked, {"jess": Diary(claims=(claim,))}, now=at(rules, "2026-05-04"))
        return sorted({t[:5] for t in found})

    assert dates(midnight - 900, midnight + 3600, (midnight, midnight + 2700)) == ["05-04", "05-06"]
    late = midnight - 1800, midnight + 900
    assert dates(late[0] - 900, late[1] + 900, late) == ["05-05", "05-06"]


def test_a_service_takes_the_parties_it_is_for() -> None:
    rules = business(
        resources={"table": {"name": "Table", "kind": "table", "seats": 9}},
        services={"haircut": service(resources=("table",), party={"min": 2, "max": 4})},
        hours={1: ((600, 645),)},
    )
    assert [bool(offered(rules, query(party=n))) for n in (1, 2, 3, 4, 5)] == [False, True, True, True, False]


def test_slots_come_by_start_and_then_in_the_services_order_of_resources() -> None:
    rules = business(hours={1: ((600, 660),)}, services={"haircut": service(resources=("mei", "jess"))})
    found = find_slots(rules, query(windows=[window()]), {}, at(rules, DAY))
    ten, quarter = at(rules, DAY, "10:00"), at(rules, DAY, "10:15")
    assert [(s.start, s.resource) for s in found] == [
        (ten, "mei"),
        (ten, "jess"),
        (quarter, "mei"),
        (quarter, "jess"),
    ]


def test_the_time_before_a_service_has_to_be_free_too() -> None:
    rules = business(
        hours={1: ((600, 690),)}, services={"haircut": service(resources=("jess",), buffer_before=15)}
    )
    busy = {"jess": Diary(busy=((at(rules, DAY, "09:50"), at(rules, DAY, "10:05")),))}
    assert offered(rules, diaries=busy) == hours("10:30", "10:45")


def test_a_span_to_look_in_does_not_undo_notice_and_horizon() -> None:
    rules = business(booking={"min_notice": 7200, "horizon": 6 * 3600})
    wide = at(rules, "2026-05-01"), at(rules, "2026-05-20")
    found = times(rules, find_slots(rules, query(resource="jess"), {}, at(rules, DAY, "09:00"), wide))
    assert (found[0], found[-1]) == ("05-05 11:00", "05-05 15:00")
    narrow = at(rules, DAY, "12:00"), at(rules, DAY, "12:30")
    found = times(rules, find_slots(rules, query(resource="jess"), {}, at(rules, DAY, "09:00"), narrow))
    assert found == hours("12:00", "12:15")


def visit(needs: tuple, **others: dict):
    """Jess works 10:00-12:00 and takes what a visit `needs` of the others besides."""
    return business(
        resources={"jess": {"name": "Jess"}} | {n: {"name": n} | parts for n, parts in others.items()},
        services={
            "haircut": service(
                resources=("jess",), minutes=60, buffer_before=15, needs=needs, party={"max": 4}
            )
        },
        hours={1: ((600, 720),)},
        booking={"min_notice": 0, "step": 1800, "down_fit": 1},
    )


def visits(rules, **diaries: Diary) -> list[tuple[str, ...]]:
    found = find_slots(rules, query(windows=[window()]), diaries, at(rules, DAY))
    return [(times(rules, [s])[0][6:], *s.needs) for s in found]


def test_what_is_needed_has_to_work_for_the_whole_service() -> None:
    rules = visit((("room",),), room={"hours": {1: ((630, 700),)}})
    assert visits(rules) == [("10:30", "room")]


def test_what_is_needed_has_to_be_free_for_the_buffers_as_well() -> None:
    rules = visit((("room",),), room={})
    late = Diary(busy=((at(rules, DAY, "11:40"), at(rules, DAY, "11:50")),))
    assert visits(rules, room=late) == [("10:00", "room")]
    early = Diary(busy=((at(rules, DAY, "09:50"), at(rules, DAY, "10:00")),))
    assert visits(rules, room=early) == [("10:30", "room"), ("11:00", "room")]


def test_what_is_needed_keeps_its_own_daily_cap() -> None:
    rules = visit((("room",),), room={"daily_cap": 1})
    claim = Claim(id="x", start=at(rules, DAY, "18:00"), end=at(rules, DAY, "19:00"))
    assert visits(rules, room=Diary(claims=(claim,))) == []
    assert len(visits(rules)) == 3


def test_what_is_needed_may_be_larger_than_the_party_but_not_smaller() -> None:
    assert len(visits(visit((("room",),), room={"seats": 9}))) == 3
    rules = visit((("room",),), room={"seats": 1})
    assert find_slots(rules, query(party=2, windows=[window()]), {}, at(rules, DAY)) == ()


def test_one_resource_never_serves_two_needs_nor_the_booked_one_its_own() -> None:
    rules = visit((("a", "b"), ("a",)), a={}, b={})
    assert visits(rules)[0] == ("10:00", "b", "a")
    assert visits(visit((("a",), ("a",)), a={})) == []
    assert visits(visit((("jess",),))) == []
    assert visits(visit((("jess", "a"),), a={}))[0] == ("10:00", "a")


def test_a_full_day_is_full_to_its_last_start_and_no_starts_are_no_error() -> None:
    jess = {"name": "Jess", "daily_cap": 1}
    rules = business(resources={"jess": jess}, services={"haircut": service(resources=("jess",))})
    full = Diary(claims=(Claim(id="b", start=at(rules, DAY, "10:00"), end=at(rules, DAY, "11:00")),))
    assert offered(rules, diaries={"jess": full}) == []
    day_off = business(resources={"jess": jess}, services={"haircut": service(resources=("jess",))}, hours={})
    assert offered(day_off, diaries={"jess": full}) == []
