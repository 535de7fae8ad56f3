"""Putting people on the list."""

from __future__ import annotations

from typing import Any

from handlers.domain.waitlist import Entry
from tests.bookings.world import World


def join(world: World, name: str, service: str, **more: Any) -> Entry:
    """Someone with a mail address of their own; `phone` makes them reachable by text."""
    given = {
        "email": f"{name.split(maxsplit=1)[0].lower()}@mail.example",
        "source": "web",
        "by": "customer",
        **more,
    }
    return world.desk.entries.join(service=service, name=name, **given).entry
