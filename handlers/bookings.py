"""Lambda entry: booking.* events and reminder.due."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk
from handlers.domain.events import Event


def handler(event: dict[str, Any], _context: object) -> None:
    desk().effects.perform(Event.model_validate(event["detail"]))
