"""Businesses, diaries and questions around the days the clocks change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from handlers.domain.availability import Diary
from handlers.domain.pages import Claim
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery
from handlers.domain.zone import DAY, Zone
from tests.availability.business import business

CHANGES = {
    "America/New_York": ("2027-03-14", "2027-11-07"),
    "Europe/London": ("2027-03-28", "2027-10-31"),
    "Europe/Lisbon": ("2027-03-28", "2027-10-31"),
    "Australia/Lord_Howe": ("2027-10-03", "2027-04-04"),
    "America/Santiago": ("2027-09-05", "2027-04-03"),
    "America/Havana": ("2027-03-14", "2027-11-07"),
    "America/St_Johns": ("2011-03-13", "2010-11-06"),
    "Asia/Singapore": ("2027-05-05", "2027-12-24"),
}
"""A spring and an autumn date of each; Lord Howe moves by half an hour, Santiago at midnight, St John's then at 0:01."""


@dataclass(frozen=True)
class Case:
    rules: Rules
    query: SlotQuery
    diaries: dict[str, Diary]
    now: int
    first: int
    last: int


def fives(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 5, high // 5).map(lambda n: n * 5)


@st.composite
def ranges(
    draw: st.DrawFn, most: int = 2, latest: int = 1440 + 360, least: int = 0
) -> tuple[tuple[int, int], ...]:
    """Disjoint ranges of wall minutes in order; the last may run past midnight."""
    cuts = sorted(draw(st.sets(fives(0, 1435), min_size=2 * least, max_size=2 * most)))
    found = list(zip(cuts[::2], cuts[1::2], strict=False))
    if found and draw(st.booleans()):
        found[-1] = found[-1][0], draw(fives(1440, latest))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    name = draw(st.sampled_from(sorted(CHANGES)))
    zone, change = Zone(name), date.fromisoformat(draw(st.sampled_from(CHANGES[name])))
    first, last = zone.day(change - timedelta(1))[0], zone.day(change + timedelta(1))[1]
    now = first + draw(fives(0, 600)) * 60 - 6 * 3600
    capacity = draw(st.sampled_from((1, 1, 3)))
    seats = draw(st.sampled_from((None, None, 2, 4))) if capacity == 1 else None
    closures = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "first": st.just(change),
                    "last": st.sampled_from((change, change + timedelta(1))),
                    "hours": st.one_of(ranges(1), ranges(2)),
                }
            ),
            max_size=2,
        )
    )
    main = {
        "name": "Main",
        "capacity": capacity,
        "seats": seats,
        "breaks": draw(st.one_of(st.just(()), ranges(1, 1500))),
        "daily_cap": draw(st.sampled_from((None, None, 1, 2))),
        "overrides": [{"date": change, "hours": draw(ranges())}] if draw(st.booleans()) else [],
    }
    other = {"name": "Other", "hours": dict.fromkeys(range(7), draw(ranges())), "capacity": capacity}
    room = {"name": "Room", "daily_cap": draw(st.sampled_from((None, 1)))}
    rules = business(
        zone=name,
        hours=dict.fromkeys(range(7), draw(ranges(least=1))),
        closures=closures,
        resources={"main": main, "other": other, "room": room},
        services={
            "visit": {
                "name": "Visit",
                "minutes": draw(fives(5, 120)),
                "buffer_before": draw(fives(0, 30)),
                "buffer_after": draw(fives(0, 30)),
                "resources": ("main", "other"),
                "needs": draw(
                    st.sampled_from(
                        ((), (), (), (("room",),), (("room", "other"),), (("other", "room"), ("room",)))
                    )
                ),
                "party": {"min": 1, "max": 4},
                "starts": draw(st.one_of(st.just(()), st.lists(fives(0, 1435), max_size=4).map(tuple))),
            }
        },
        booking={
            "step": draw(st.sampled_from((5, 15, 20, 30))) * 60,
            "min_notice": draw(st.sampled_from((0, 3600, 7200))),
            "horizon": draw(st.sampled_from((1, 2, 4))) * DAY,
            "down_fit": draw(st.sampled_from((None, 1))),
        },
    )
    query = SlotQuery(
        service="visit",
        party=draw(st.integers(1, 3)),
        resource=draw(st.sampled_from((None, None, "main"))),
        exclude=draw(st.sampled_from((None, "c0"))),
    )
    diaries = {r: draw(diary_of(first, last, now)) for r in rules.resources}
    return Case(rules, query, diaries, now, first, last)


@st.composite
def diary_of(draw: st.DrawFn, first: int, last: int, now: int) -> Diary:
    def span(longest: int) -> tuple[int, int]:
        start = first + draw(fives(0, (last - first) // 60)) * 60
        return start, start + draw(fives(5, longest)) * 60

    claims = []
    for n in range(draw(st.integers(0, 4))):
        start, end = span(180)
        core = (start + 300, end) if draw(st.booleans()) and end - start > 300 else None
        until = draw(st.sampled_from((None, None, now, now + 600)))
        party, counted = draw(st.integers(1, 3)), draw(st.booleans())
        claims.append(
            Claim(id=f"c{n}", start=start, end=end, core=core, until=until, party=party, counted=counted)
        )
    busy = [span(draw(st.sampled_from((60, 240, 9000)))) for _ in range(draw(st.integers(0, 3)))]
    busy += [c.service for c in claims if draw(st.booleans())]
    error = draw(st.sampled_from(("",) * 19 + ("notFound",)))
    return Diary(busy=tuple(sorted(busy)), claims=tuple(claims), error=error)
