"""The engine against brute force: what the reference does not cover, and the reference itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from handlers.domain.availability import Diary, explain, find_slots
from handlers.domain.availability.working import Working
from tests.availability.business import at, business, query, service
from tests.availability.oracle import TICK, Oracle
from tests.availability.strategies import CHANGES, Case, cases
from tests.benchmarks.slots import brute_force, engine, prepare

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@thorough
@given(cases())
def test_offers_exactly_what_brute_force_allows(case: Case) -> None:
    found = find_slots(case.rules, case.query, case.diaries, case.now, (case.first, case.last + 1))
    wanted = Oracle(case.rules, case.query, case.diaries, case.now).slots(case.first, case.last)
    assert {(s.start, s.resource) for s in found} == wanted
    assert [s.start for s in found] == sorted(s.start for s in found)
    assert len(found) == len(wanted)


@thorough
@given(cases())
def test_explain_says_free_exactly_where_it_is_offered(case: Case) -> None:
    offered = {(s.start, s.resource) for s in find_slots(case.rules, case.query, case.diaries, case.now)}
    inside = [t for t, _ in offered if case.first <= t <= case.last]
    edges = {t + d for t in inside for d in (-TICK, 0, TICK)}  # where a filter begins or ends to remove
    working = Working(case.rules)
    for t in sorted(edges.union(range(case.first, case.last + 1, 7 * TICK))):
        found = explain(case.rules, case.query, case.diaries, case.now, t, working=working)
        for resource, why in found.items():
            assert why
            assert (why == "free") == ((t, resource) in offered)


@thorough
@given(cases())
def test_needed_resources_are_distinct_and_free_for_the_whole_extent(case: Case) -> None:
    oracle = Oracle(case.rules, case.query, case.diaries, case.now)
    needs = oracle.service.needs
    for slot in find_slots(case.rules, case.query, case.diaries, case.now, (case.first, case.last)):
        assert len({slot.resource, *slot.needs}) == len(needs) + 1
        for chosen, group in zip(slot.needs, needs, strict=True):
            assert chosen in group
            assert oracle.takes(chosen, slot.start, main=False)


HOURS = (
    ((0, 1440),),
    ((1200, 1680),),
    ((1380, 1500),),
    ((1320, 1560),),
    ((30, 90), (95, 400)),
    ((90, 150),),
    ((125, 160),),
    ((60, 120), (120, 240)),
)


@pytest.mark.parametrize("hours", HOURS, ids=str)
@pytest.mark.parametrize(("zone", "day"), [(z, d) for z, days in CHANGES.items() for d in days])
def test_every_kind_of_shift_is_right_where_the_clocks_change(zone: str, day: str, hours: tuple) -> None:
    rules = business(
        zone=zone,
        hours=dict.fromkeys(range(7), hours),
        services={"haircut": service(minutes=15, buffer_after=0)},
        resources={"jess": {"name": "Jess"}, "mei": {"name": "Mei", "breaks": ((90, 100), (1430, 1450))}},
    )
    change = date.fromisoformat(day)
    first, last = at(rules, str(change - timedelta(1))), at(rules, str(change + timedelta(2)))
    diaries = {"jess": Diary(), "mei": Diary()}
    found = find_slots(rules, query(), diaries, first, (first, last + 1))
    assert {(s.start, s.resource) for s in found} == Oracle(rules, query(), diaries, first).slots(first, last)


WORKLOADS = (
    "empty_spring",
    "night_fall",
    "s1_b200_d30",
    "unaligned_s1_b200_d30",
    "s10_b2000_d90",
    "s50_b10000_d90",
)


@pytest.mark.parametrize("name", WORKLOADS)
def test_equals_the_reference(shared: Path, name: str) -> None:
    folder = shared / "data" / "slots"
    work = json.loads((folder / f"{name}.json").read_text())
    source = (folder / "reference.py").read_text()
    reference: dict = {"__name__": "reference"}
    exec(compile(source, "reference.py", "exec"), reference)  # noqa: S102 - the reference is the contract
    assert engine(prepare(work)) == reference["slots"](work)


SAMPLES = [
    {"tz": "Europe/London", "start": "2027-03-26", "hours": [["00:15", "03:30"], ["22:00", "24:00"]]},
    {"tz": "Europe/London", "start": "2027-10-29", "hours": [["00:15", "03:30"]]},
    {"tz": "Australia/Lord_Howe", "start": "2027-04-02", "hours": [["01:10", "05:00"]]},
    {"tz": "Australia/Lord_Howe", "start": "2027-10-01", "hours": [["01:10", "05:00"]]},
    {"tz": "America/New_York", "start": "2027-11-05", "hours": [["00:00", "01:30"], ["01:30", "06:00"]]},
    {"tz": "America/Santiago", "start": "2027-09-03", "hours": [["00:00", "06:00"]]},
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s['tz']} {s['start']}")
def test_equals_brute_force_where_the_clocks_change(sample: dict) -> None:
    work = {
        "name": "sample",
        "staff": 1,
        "days": 5,
        "dow": [0, 1, 2, 3, 4, 5, 6],
        "duration": 45,
        "buffer": 10,
        "step": 15,
        "busy": [[0, 1822540800, 1822548000]],
        **sample,
    }
    assert engine(prepare(work)) == brute_force(work)
