"""A tick costs what is due, however much is ahead: counted by DynamoDB itself.

`python -m tests.benchmarks.reminders` does the same with 100,000 appointments.
"""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.reminders import on_dynamodb

DUE = 5


def test_a_tick_reads_what_is_due_and_nothing_of_what_is_ahead(tmp_path: Path) -> None:
    few = on_dynamodb(tmp_path / "few", 0, DUE)
    many = on_dynamodb(tmp_path / "many", 2000, DUE)
    assert (many["seen"], many["sent"]) == (DUE, DUE)
    assert many["rows"] == DUE
    assert many["query_units"] == few["query_units"] <= 1.5  # half a unit a query, and what the rows weigh
    assert many["point_reads"] <= 5 * DUE + 8  # the booking and what the customer opted out of; the rules
    assert abs(many["read_units"] - few["read_units"]) <= 8  # the rules are looked at once in a while
    assert many["write_units"] == few["write_units"]
