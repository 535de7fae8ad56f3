from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.cli import run

RULES = """
version: 1
business: {name: Test, timezone: Asia/Singapore, inbox: owner@example.com, desk: "#desk"}
mail: {requests: requests@example.com}
hours: {mon-sun: ["10:00-18:00"]}
resources:
  jess: {name: Jess, calendar: jess@example.com, breaks: ["13:00-14:00"]}
  mei: {name: Mei, calendar: mei@example.com}
services:
  haircut: {name: Haircut, minutes: 45, buffer_after: 15, resources: [jess, mei]}
"""
REQUEST = {
    "service": "haircut",
    "party": 1,
    "resource": None,
    "usual_resource": None,
    "windows": [
        {"date_from": "2026-05-05", "date_to": "2026-05-05", "time_from": "13:00", "time_to": "13:30"}
    ],
}
BUSY = {"mei@example.com": [["2026-05-05T12:30:00+08:00", "2026-05-05T13:15:00+08:00"]]}


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def asked(*more: str, request=REQUEST, busy=None, rules=RULES, at="2026-05-04T09:00:00+08:00"):
        (tmp_path / "rules.yml").write_text(rules)
        (tmp_path / "req.json").write_text(request if isinstance(request, str) else json.dumps(request))
        args = [
            "slots",
            "--rules",
            f"{tmp_path}/rules.yml",
            "--at",
            at,
            "--request",
            f"{tmp_path}/req.json",
            *more,
        ]
        if busy is not None:
            (tmp_path / "busy.json").write_text(json.dumps(busy))
            args += ["--busy", f"{tmp_path}/busy.json"]
        code = run(args)
        return code, *capsys.readouterr()

    return asked


def test_answers_as_the_design_says(ask) -> None:
    code, out, _ = ask("--explain", "2026-05-05T13:00:00+08:00", busy=BUSY)
    assert code == 0
    assert json.loads(out) == {
        "slots": [
            {
                "service": "haircut",
                "resource": "mei",
                "start": "2026-05-05T13:15:00+08:00",
                "end": "2026-05-05T14:00:00+08:00",
                "needs": [],
            }
        ],
        "explain": {
            "at": "2026-05-05T13:00:00+08:00",
            "jess": "break 13:00-14:00",
            "mei": "calendar busy 12:30-13:15",
        },
    }


def test_nothing_that_fits_is_told_apart_from_what_is_near(ask) -> None:
    code, out, _ = ask(request=REQUEST | {"resource": "jess"})
    assert code == 0
    answer = json.loads(out)
    assert answer["slots"] == []
    assert answer["nearest"][0]["start"] == "2026-05-05T14:00:00+08:00"
    assert "explain" not in answer


def test_a_date_beyond_the_horizon_gets_the_last_that_can_be_booked(ask) -> None:
    far = {"date_from": "2027-05-05", "date_to": "2027-05-05", "time_from": "15:00", "time_to": "16:00"}
    _, out, _ = ask("--explain", "2027-05-05T15:00", request=REQUEST | {"windows": [far]})
    answer = json.loads(out)
    assert answer["nearest"][0]["start"] == "2026-07-02T15:00:00+08:00"
    assert answer["explain"]["jess"] == "beyond the 60-day horizon"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"request": "nonsense"}, "is not JSON"),
        ({"request": REQUEST | {"service": "massage"}}, "choose from: haircut"),
        ({"request": REQUEST | {"resource": "ana"}}, "choose from: jess, mei"),
        ({"request": {}}, "service: Field required"),
        ({"request": []}, 'write an object like {"service": "haircut"'),
        ({"request": REQUEST | {"windows": [{"date_from": "5 May"}]}}, "write a date like 2026-05-05"),
        ({"request": REQUEST | {"windows": [{"time_from": "2pm"}]}}, "write a time like 14:30"),
        ({"busy": {"mei@example.com": ["monday"]}}, "with ISO instants"),
        ({"busy": []}, "with ISO instants"),
        ({"busy": {"mei@example.com": [BUSY["mei@example.com"][0][::-1]]}}, "end after it starts"),
        ({"at": "noon"}, "write an instant like"),
        ({"rules": "version: 1"}, "rules are not valid"),
    ],
)
def test_bad_input_is_one_line_and_exit_1(ask, what: dict, said: str) -> None:
    code, out, err = ask(**what)
    assert code == 1
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
