"""The figures of `docs/reading.md`, on labelled text other people wrote (skipped where it is missing)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime

import pytest

from handlers.domain.reading import Grammar
from tests.reading.desk import rules

TARGETS = {
    "sgd_dev": 99.5,
    "smcalflow": 96.0,
    "duckling": 97.0,
    "ctparse_en": 92.0,
    "recognizers_dev": 85.0,
    "snips_book": 97.0,
}


@pytest.mark.parametrize("name", TARGETS)
def test_rows_fully_right_reach_the_target(name, shared, tmp_path):
    data, scorer = shared / "data" / "reading" / f"{name}.jsonl", shared / "tools" / "score_reading.py"
    if not data.exists() or not scorer.exists():
        pytest.skip("the labelled text or its scorer is missing")
    cases = subprocess.run(
        [sys.executable, scorer, "cases", data], capture_output=True, text=True, check=True
    ).stdout
    grammar = Grammar.of(rules(country="US", timezone="America/New_York"))
    out = tmp_path / "out.jsonl"
    with out.open("w", encoding="utf-8") as target:
        for case in map(json.loads, cases.splitlines()):
            now = datetime.fromisoformat(case["at"])
            found = grammar.read(case["text"], now, day_first=case.get("day_first"))
            target.write(json.dumps({"id": case["id"], **found.model_dump(mode="json")}) + "\n")
    said = subprocess.run(
        [sys.executable, scorer, "score", data, out], capture_output=True, text=True, check=True
    ).stdout
    assert float(said.split(": ")[1].split(" %")[0]) >= TARGETS[name], said
