from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.slots import brute_force, engine, main, plain_sweep, prepare

WORK = {
    "name": "small",
    "tz": "Europe/London",
    "staff": 2,
    "days": 7,
    "start": "2027-05-03",
    "hours": [["09:00", "12:00"], ["13:00", "17:00"]],
    "dow": [1, 2, 3, 4, 5],
    "duration": 45,
    "buffer": 10,
    "step": 15,
    "busy": [[0, 1809424800, 1809430200], [0, 1809426000, 1809427000], [1, 1809400000, 1809500000]],
}


def test_engine_yardstick_and_brute_force_agree() -> None:
    ready = prepare(WORK)
    assert engine(ready) == brute_force(WORK) == plain_sweep(WORK, ready.busy)
    assert len(set(map(len, engine(ready)))) == 2


def test_prints_a_line_for_each_workload_and_writes_the_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "work.json").write_text(json.dumps(WORK))
    main([str(tmp_path / "work.json"), "--out", str(tmp_path / "out"), "--rounds", "1"])
    line = json.loads(capsys.readouterr().out)
    per = json.loads((tmp_path / "out" / "small.json").read_text())["per"]
    assert list(line) == ["workload", "starts", "median_ms"]
    assert line["workload"] == "small"
    assert line["starts"] == sum(map(len, per)) > 0
    assert per == brute_force(WORK)


def test_compare_says_whether_all_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "work.json").write_text(json.dumps(WORK))
    main([str(tmp_path / "work.json"), "--compare", "--rounds", "1"])
    line = json.loads(capsys.readouterr().out)
    assert line["equal_to_brute"]
    assert line["sweep_equal_to_brute"]
