from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain.errors import Taken
from handlers.domain.pages import Claim, Page, by_visit, capacity, peak, weight
from handlers.domain.rules.model import Resource

DAY = date(2026, 5, 5)
EMPTY = Page(resource="jess", day=DAY)
NOW = 1000


def claim(
    name: str, start: int, end: int, *, party: int = 1, until: int | None = None, counted: bool = True
) -> Claim:
    return Claim(id=name, start=start, end=end, party=party, until=until, counted=counted)


def put(page: Page, *claims: Claim, capacity: int = 1, daily_cap: int | None = None, now: int = NOW) -> Page:
    for c in claims:
        page = page.claim(c, now=now, capacity=capacity, daily_cap=daily_cap)
    return page


def refused(page: Page, c: Claim, capacity: int = 1, daily_cap: int | None = None, now: int = NOW) -> str:
    with pytest.raises(Taken) as caught:
        page.claim(c, now=now, capacity=capacity, daily_cap=daily_cap)
    assert caught.value.resource == page.resource
    return caught.value.reason


@pytest.mark.parametrize(("start", "end"), [(10, 20), (5, 11), (19, 30), (12, 13), (0, 99), (10, 11)])
def test_an_overlap_is_refused_not_only_an_equal_start(start: int, end: int) -> None:
    assert refused(put(EMPTY, claim("a", 10, 20)), claim("b", start, end)) == "overlap"


@pytest.mark.parametrize(("start", "end"), [(0, 10), (20, 30)])
def test_touching_is_fine(start: int, end: int) -> None:
    assert len(put(EMPTY, claim("a", 10, 20), claim("b", start, end)).claims) == 2


def test_a_hold_that_ran_out_blocks_nobody() -> None:
    page = put(EMPTY, claim("held", 10, 20, until=NOW))
    assert {c.id for c in put(page, claim("b", 10, 20)).live(NOW)} == {"b"}
    assert refused(page, claim("b", 10, 20), now=NOW - 1) == "overlap"


def test_pruning_drops_what_ran_out_and_nothing_else() -> None:
    page = put(
        EMPTY, claim("gone", 10, 20, until=NOW), claim("held", 30, 40, until=NOW + 1), claim("b", 50, 60)
    )
    assert [c.id for c in page.pruned(NOW).claims] == ["held", "b"]


def test_capacity_counts_everyone_present_at_one_instant() -> None:
    """Two that follow each other never sit there together."""
    page = put(EMPTY, claim("a", 0, 10, party=5), claim("b", 10, 20, party=5), capacity=8)
    assert put(page, claim("c", 0, 20, party=3), capacity=8)
    assert refused(page, claim("c", 0, 20, party=4), capacity=8) == "capacity"


def test_a_party_larger_than_the_capacity_is_refused_on_an_empty_page() -> None:
    assert refused(EMPTY, claim("a", 0, 10, party=9), capacity=8) == "capacity"


def test_the_daily_cap_counts_live_claims_that_count_here() -> None:
    page = put(
        EMPTY, claim("a", 0, 10), claim("late", 10, 20, counted=False), claim("old", 20, 30, until=NOW)
    )
    page = put(page, claim("b", 30, 40), daily_cap=2)
    assert refused(page, claim("c", 50, 60), daily_cap=2) == "daily_cap"
    assert put(page, claim("c", 50, 60, counted=False), daily_cap=2)


def test_a_claim_replaces_its_own() -> None:
    page = put(EMPTY, claim("a", 10, 20, until=NOW + 5), daily_cap=1)
    assert put(page, claim("a", 15, 25), daily_cap=1).claims == (claim("a", 15, 25),)


def test_one_claim_can_be_ignored() -> None:
    page = put(EMPTY, claim("a", 10, 20))
    both = page.claim(claim("b", 10, 20), now=NOW, capacity=1, daily_cap=None, ignoring="a")
    assert {c.id for c in both.claims} == {"a", "b"}


def test_a_claim_takes_time() -> None:
    with pytest.raises(ValueError, match="ends after"):
        claim("a", 10, 10)


@pytest.mark.parametrize(
    ("resource", "visits", "most"),
    [
        (Resource(name="Jess"), True, 1),
        (Resource(name="Table", kind="table", seats=4), True, 1),
        (Resource(name="Booth", kind="other", seats=6, capacity=3), True, 1),
        (Resource(name="Counter", kind="seats", capacity=8), False, 8),
    ],
)
def test_a_table_takes_one_party_and_a_counter_takes_people(
    resource: Resource, visits: bool, most: int
) -> None:
    assert (by_visit(resource), capacity(resource), weight(resource, 3)) == (visits, most, 1 if visits else 3)


# --- properties ------------------------------------------------------------------------------------------------

claims = st.builds(
    lambda n, start, length, party, until, counted: Claim(
        id=f"c{n}", start=start, end=start + length, party=party, until=until, counted=counted
    ),
    st.integers(0, 15),
    st.integers(0, 40),
    st.integers(1, 12),
    st.integers(1, 4),
    st.none() | st.integers(0, 60),
    st.booleans(),
)
steps = st.lists(st.tuples(claims, st.booleans(), st.integers(0, 3)), max_size=40)


def brute_peak(page: Page, now: int) -> int:
    return max(sum(c.party for c in page.live(now) if c.start <= t < c.end) for t in range(60))


@settings(deadline=None)
@given(steps, st.integers(1, 5), st.none() | st.integers(1, 4))
def test_live_claims_never_exceed_capacity_or_cap(
    history: list[tuple[Claim, bool, int]], capacity: int, daily_cap: int | None
) -> None:
    page, now = EMPTY, 0
    for c, taking, passed in history:
        now += passed
        try:
            page = (
                put(page, c, capacity=capacity, daily_cap=daily_cap, now=now)
                if taking
                else page.release(c.id)
            )
        except Taken:
            assert brute_peak(page.release(c.id), now) + c.party > capacity or daily_cap is not None
        page = page.pruned(now) if passed == 3 else page
        assert brute_peak(page, now) <= capacity
        assert daily_cap is None or sum(x.counted for x in page.live(now)) <= daily_cap
        assert list(page.claims) == sorted(page.claims, key=lambda x: (x.start, x.end, x.id))


@settings(deadline=None)
@given(st.lists(claims, max_size=12), claims)
def test_releasing_undoes_claiming(before: list[Claim], c: Claim) -> None:
    page = EMPTY
    for other in before:
        page = put(page, other, capacity=99, now=0)
    page = page.release(c.id)
    assert put(page, c, capacity=999, now=0).release(c.id) == page
    assert page.release("nobody") is page


@settings(deadline=None)
@given(st.lists(claims, max_size=12), st.integers(0, 50), st.integers(1, 20))
def test_the_sweep_equals_looking_at_every_instant(some: list[Claim], start: int, length: int) -> None:
    end = start + length
    brute = max(sum(c.party for c in some if c.start <= t < c.end) for t in range(start, end))
    assert peak(some, start, end) == brute
