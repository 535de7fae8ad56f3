"""Lambda entry: the dead-letter queue."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> None:
    for record in event["Records"]:
        desk().dead_letters.receive(record)
