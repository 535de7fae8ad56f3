"""Lambda entry: slot.freed, opening.*, offer.*, entry.* and booking.* events, for the waitlist."""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk
from handlers.domain.events import Event


def handler(event: dict[str, Any], _context: object) -> None:
    desk().waitlist.perform(Event.model_validate(event["detail"]))
