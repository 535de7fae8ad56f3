"""A clinic in New York, and appointments in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.domain.booking import Booking, State
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.zone import Zone

RULES = """
version: 1
business: {name: Harbor Clinic, timezone: America/New_York, currency: USD, country: US, inbox: desk@harbor.example, desk: "#desk"}
mail: {requests: appointments@harbor.example, confirmations: bookings@harbor.example}
staff: [{slack: U0OWNER, name: Dr Osei, role: owner}, {slack: U0DESK, name: Mia, role: staff}]
hours: {mon-fri: ["07:00-18:00"]}
closures: [{date: 2026-11-26, reason: Thanksgiving}, {from: 2026-12-24, to: 2027-01-01, reason: Holidays}]
resources:
  osei: {name: Dr Osei, calendar: osei@harbor.example}
  park: {name: Dr Park, calendar: park@harbor.example}
services:
  checkup: {name: Check-up, minutes: 30, resources: [osei, park], reminders: [48h, 2h]}
  consult: {name: Consult, minutes: 60, resources: [osei], reminders: [72h, 24h, 3h]}
  walk: {name: Walk-in, minutes: 15, resources: [park], reminders: []}
  plain: {name: Plain, minutes: 30, resources: [park]}
booking: {step: 30m, min_notice: 0m, horizon: 365d, cancel_until: 4h}
reminders: {default: [24h, 1h], gap_alert_after: 30m}
quiet_hours: "20:00-08:00"
"""
ZONE = Zone("America/New_York")
MINUTE, HOUR, DAY = 60, 3600, 86_400


def rules(**changes: Any) -> Rules:
    return load(RULES).model_copy(update=changes)


def at(wall: str) -> int:
    """`2026-05-05T14:00`, on the clinic's wall."""
    return ZONE.parse(wall)


def said(instant: int) -> str:
    return f"{ZONE.local(instant):%Y-%m-%d %H:%M}"


def appointment(wall: str = "2026-05-05T14:00", service: str = "checkup", **changes: Any) -> Booking:
    start = at(wall)
    slot = Slot(service=service, resource="osei", start=start, end=start + 1800)
    given: dict[str, Any] = {
        "id": "bk0000000001",
        "state": State.CONFIRMED,
        "slot": slot,
        "extent": (start, start + 1800),
        "customer": "cu0000000001",
        "name": "Ana Lim",
        "phone": "+12025550123",
        "email": "ana@mail.example",
    }
    return Booking(**{**given, **changes})


def day(text: str) -> date:
    return date.fromisoformat(text)
