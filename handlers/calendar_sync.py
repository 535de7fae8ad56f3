"""Lambda entry: EventBridge Scheduler, every five minutes: what people did in the calendars."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    return desk().calendar_sync.run() | {"hours": desk().hours.compare()}
