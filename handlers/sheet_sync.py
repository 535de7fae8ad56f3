"""Lambda entry: EventBridge Scheduler, every three minutes; and entry.*, offer.* and rules.changed."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk
from handlers.domain.events import Event


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """What became of each list that has a sheet."""
    sync = desk().sheet_sync
    heard = isinstance(event.get("detail"), dict) and "kind" in event["detail"]
    return sync.heard(Event.model_validate(event["detail"])) if heard else sync.run()
