"""Small businesses to look for times in."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery

SINGAPORE = "Asia/Singapore"
EVERY_DAY = dict.fromkeys(range(7), ((600, 1200),))
"""10:00-20:00"""


def business(*, zone: str = SINGAPORE, **parts: Any) -> Rules:
    """Jess and Mei cut hair in 45 minutes with 15 after; `parts` replace parts of that."""
    plain: dict[str, Any] = {
        "business": {"name": "Test", "timezone": zone, "inbox": "owner@example.com", "desk": "#desk"},
        "mail": {"requests": "requests@example.com"},
        "hours": EVERY_DAY,
        "resources": {"jess": {"name": "Jess"}, "mei": {"name": "Mei"}},
        "services": {"haircut": service()},
        "booking": {"min_notice": 0},
    }
    return Rules.model_validate(plain | parts)


def service(**parts: Any) -> dict[str, Any]:
    plain = {"name": "Haircut", "minutes": 45, "buffer_after": 15, "resources": ("jess", "mei")}
    return plain | parts


def at(rules: Rules, day: str, time: str = "00:00", fold: int = 0) -> int:
    hour, minute = map(int, time.split(":"))
    return rules.zone.instant(date.fromisoformat(day), hour * 60 + minute, fold)


def query(**parts: Any) -> SlotQuery:
    return SlotQuery.model_validate({"service": "haircut"} | parts)


def times(rules: Rules, slots: Any, resource: str | None = None) -> list[str]:
    """`05-05 14:00` of each slot."""
    chosen = (s for s in slots if resource in (None, s.resource))
    return [f"{rules.zone.local(s.start):%m-%d %H:%M}" for s in chosen]
