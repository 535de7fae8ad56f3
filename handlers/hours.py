"""Lambda entry: rules.changed. Hours that were added are offered to the waitlist."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(_event: dict[str, Any], _context: object) -> None:
    desk().hours.compare()
