from __future__ import annotations

import json

import pytest

from tests.benchmarks.waitlist import main, measure

MOST = 3
"""A decision checks more than a plain filter does; measured, it takes about one and a half times as long."""


def test_prints_one_line_and_finds_who_a_plain_filter_finds(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--entries", "400", "--rounds", "1"])
    line = json.loads(capsys.readouterr().out)
    assert list(line) == [
        "entries",
        "eligible",
        "decide_ms",
        "plain_ms",
        "of_plain",
        "read_ms",
        "same_first",
    ]
    assert line["entries"] == 400
    assert 0 < line["eligible"] < 400
    assert line["same_first"]


def test_a_decision_takes_hardly_longer_than_a_plain_filter_and_sort() -> None:
    assert measure(3_000, 7)["of_plain"] < MOST
