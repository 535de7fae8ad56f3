"""Lambda entry: SES has stored a raw message in the bucket (S3 ObjectCreated)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> None:
    for record in event["Records"]:
        desk().intake.receive_mail(unquote_plus(record["s3"]["object"]["key"]))
