"""The races: 64 at once, in eight processes, on SQLite and on a local DynamoDB.

`FRONTDESK_RACE_ROUNDS=200` runs every race that often; without it, as often as fits into a test run.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.races.field import Field, field
from tests.races.scenarios import SCENARIOS

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("race")]

ROUNDS = {"sqlite": 200, "dynamodb": 25}
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Races are about who comes first, not about disks: where there is a disk in memory, they are run on it."""


@pytest.fixture(scope="module", params=["sqlite", "dynamodb"])
def racing(request: pytest.FixtureRequest) -> Iterator[Field]:
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        field(request.param, Path(folder)) as made,
    ):
        yield made


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_right_racers_win_every_round_and_pages_agree_with_bookings(racing: Field, name: str) -> None:
    usual = max(3, round(ROUNDS[racing.where.partition(":")[0]] * SCENARIOS[name].share))
    for _ in range(int(os.environ.get("FRONTDESK_RACE_ROUNDS", usual))):
        racing.round(name)
