"""Lambda entry: the table's stream. What failed is reported, and the stream goes on from there."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    failed = desk().relay.stream(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
