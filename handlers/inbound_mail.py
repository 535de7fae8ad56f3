"""Lambda entry: SES has stored a raw message in the bucket (S3 ObjectCreated)."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> None:
    desk().inbound.mail(event)
