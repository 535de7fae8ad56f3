"""Lambda entry: the owner has saved rules.yml in the bucket (S3 ObjectCreated)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from handlers.bootstrap import desk
from handlers.domain.errors import RulesError


def handler(event: dict[str, Any], _context: object) -> None:
    """A text that is not valid is done with: staff were told, and reading it again would not help."""
    for record in event["Records"]:
        path = unquote_plus(record["s3"]["object"]["key"])
        try:
            desk().rules.update(desk().files.get(path), by=path)
        except RulesError:
            continue
