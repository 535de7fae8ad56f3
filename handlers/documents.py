"""Lambda entry: Textract has read a document (by SNS)."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> None:
    desk().inbound.document(event)
