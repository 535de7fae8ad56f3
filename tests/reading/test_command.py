"""`frontdesk read`, as other programs call it."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper

import pytest

from infra.cli import run

RULES = """
version: 1
business: {name: Fern, timezone: Europe/London, country: GB, inbox: desk@fern.example, desk: "#desk"}
mail: {requests: hello@fern.example}
hours: {mon-sat: ["10:00-20:00"]}
resources: {jess: {name: Jess, kind: staff, calendar: jess@fern.example}}
services: {haircut: {name: Haircut, aliases: [trim], minutes: 45, resources: [jess]}}
"""


@pytest.fixture
def rules_file(tmp_path):
    file = tmp_path / "rules.yml"
    file.write_text(RULES)
    return str(file)


def test_one_text_from_standard_input(rules_file, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO("A trim on 5/6 at 3pm – with Jess".encode())))
    assert run(["read", "--rules", rules_file, "--at", "2026-05-01T09:00:00"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["service"]["value"] == "haircut"
    assert found["when"][0]["date_from"] == "2026-06-05"


def test_a_batch_keeps_ids_order_zones_and_habits(rules_file, tmp_path):
    rows = [
        {"id": "a", "text": "tomorrow", "at": "2026-05-01T09:00:00"},
        {"id": 7, "text": "tomorrow", "at": "2026-05-01T23:30:00Z"},
        {"id": "c", "text": "tomorrow", "at": "2026-05-01T23:30:00Z", "tz": "America/New_York"},
        {"id": "d", "text": "5/6", "at": "2026-05-01T09:00:00", "day_first": False},
        {"id": "e", "text": "tomorrow", "at": "2026-05-01T23:30:00Z", "tz": "-02:00"},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["read", "--rules", rules_file, "--batch", str(source), "--out", str(target)]) == 0
    found = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(row["id"], row["when"][0]["date_from"]) for row in found] == [
        ("a", "2026-05-02"), (7, "2026-05-03"), ("c", "2026-05-02"), ("d", "2026-05-06"), ("e", "2026-05-02"),
    ]  # fmt: skip
    assert list(found[0])[:3] == ["id", "lane", "move"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{nonsense", "not JSON"),
        ("[1]", "write an object"),
        ('{"id": "a", "at": "2026-05-01T09:00:00"}', '"text" is missing'),
        ('{"id": "a", "text": "x"}', '"at" is missing'),
        ('{"id": "a", "text": "x", "at": "soon"}', "not a time"),
        ('{"id": "a", "text": "x", "at": "2026-05-01T09:00:00Z", "tz": "Mars"}', "not a time zone"),
        ('{"id": "a", "text": "x", "at": "2026-05-01T09:00:00", "day_first": 1}', "true or false"),
    ],
)
def test_a_bad_line_is_named_and_ends_the_batch(rules_file, tmp_path, capsys, line, says):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "ok", "text": "x", "at": "2026-05-01T09:00:00"}\n' + line + "\n")
    assert (
        run(["read", "--rules", rules_file, "--batch", str(source), "--out", str(tmp_path / "out.jsonl")])
        == 1
    )
    error = capsys.readouterr().err
    assert f"{source}:2: " in error
    assert says in error
    assert error.count("\n") == 1
