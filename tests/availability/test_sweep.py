from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.availability.sweep import (
    MARGIN,
    Grid,
    clear,
    merged,
    overfull,
    subtracted,
    within,
)

BASE = 1_800_000_000
spans = st.lists(
    st.tuples(st.integers(-400, 9000), st.integers(1, 600)).map(
        lambda p: (BASE + p[0] * 60, BASE + (p[0] + p[1]) * 60)
    ),
    max_size=12,
).map(sorted)
runs = st.lists(
    st.one_of(
        st.builds(
            lambda a, n, step: range(BASE + a * 300, BASE + a * 300 + n * step, step),
            st.integers(0, 900),
            st.integers(0, 12),
            st.sampled_from((300, 900, 1200)),
        ),
        st.lists(st.integers(0, 4000).map(lambda n: BASE + n * 60), max_size=5, unique=True).map(sorted),
    ),
    max_size=6,
)
HALF_HOUR = 1800


@given(runs, spans, st.integers(0, 720), st.integers(0, 1440 + 720))
def test_grid_keeps_what_a_plain_look_at_every_start_keeps(
    runs: list, blocked: list, before: int, after: int
) -> None:
    starts = sorted({t for r in runs for t in r})
    before, after = before * 60, after * 60 + 60
    free = [t for t in starts if not any(a < t + after and b > t - before for a, b in blocked)]
    grid = Grid(runs)
    assert grid.starts == starts
    assert grid.free(blocked, before, after) == free
    assert clear(starts, blocked, before, after) == free


def test_a_block_of_months_takes_everything_and_one_far_away_nothing() -> None:
    grid = Grid([range(BASE, BASE + 7200, 900)])
    assert grid.free([(BASE - 40 * MARGIN, BASE + 40 * MARGIN)], 0, 900) == []
    assert grid.free([(BASE - 40 * MARGIN, BASE - 39 * MARGIN)], 0, 900) == grid.starts
    assert grid.free([(BASE - MARGIN - 7200, BASE + 900)], 0, 900) == grid.starts[1:]
    assert grid.free([(BASE + 39 * MARGIN, BASE + 40 * MARGIN)], 0, 900) == grid.starts


def test_touching_is_not_meeting() -> None:
    grid = Grid([[BASE, BASE + 900, BASE + 1800]])
    assert grid.free([(BASE + 900, BASE + 1800)], 0, 900) == [BASE, BASE + 1800]
    assert grid.free([(BASE + 900, BASE + 1800)], 1, 900) == [BASE]
    assert grid.free([(BASE + 900, BASE + 1800)], 0, 901) == [BASE + 1800]


def test_no_starts_need_no_table() -> None:
    assert Grid([]).free([(0, 1)], 0, 60) == []
    assert Grid([range(5, 5)]).starts == []


def test_overfull_is_where_the_sizes_add_up_to_more_than_there_is_room_for() -> None:
    loads = [(0, 10, 2), (5, 15, 3), (10, 20, 2)]
    assert overfull(loads, 4) == [(5, 15)]
    assert overfull(loads, 5) == []
    assert overfull(loads, 1) == [(0, 20)]
    assert overfull([(0, 10, 1), (10, 20, 1)], 0) == [(0, 20)]


def test_merged_joins_what_touches_and_drops_what_is_empty() -> None:
    assert merged([(5, 6), (1, 3), (3, 4), (2, 3), (9, 9)]) == [(1, 4), (5, 6)]


def test_subtracted_leaves_the_rest() -> None:
    assert subtracted([(0, 10), (20, 30)], [(2, 3), (8, 22), (30, 40)]) == [(0, 2), (3, 8), (22, 30)]
    assert subtracted([(0, 10)], []) == [(0, 10)]
    assert subtracted([(0, 10)], [(-5, 50)]) == []


def test_within_takes_the_start_of_a_span_and_not_its_end() -> None:
    assert within([1, 2, 3, 4, 5], [(2, 3), (4, 9)]) == [2, 4, 5]
