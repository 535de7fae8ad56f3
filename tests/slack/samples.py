"""A small salon, and things that happen in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.domain.booking import Booking, State
from handlers.domain.request import (
    CustomerReading,
    FieldReading,
    Message,
    Reading,
    Request,
    RequestState,
    ServiceReading,
)
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, Window
from handlers.domain.zone import Zone

RULES = """
version: 1
business: {name: Willow Salon, timezone: Asia/Singapore, currency: SGD, country: SG, inbox: rosa@willow.example, desk: "#front-desk"}
mail: {requests: hello@willow.example}
staff:
  - {slack: U0ROSA, name: Rosa, role: owner}
  - {slack: U0MEI, name: Mei, role: staff}
  - {slack: U0JESS, name: Jess, role: staff}
hours: {mon: [], tue-sat: ["10:00-20:00"], sun: ["11:00-17:00"]}
resources:
  jess: {name: Jess, kind: staff, calendar: jess@willow.example}
  mei: {name: Mei, kind: staff, calendar: mei@willow.example}
  room: {name: Treatment room, kind: room, calendar: room@willow.example}
  sofa: {name: Sofa corner, kind: table, seats: 6, calendar: sofa@willow.example}
services:
  haircut: {name: Haircut, aliases: [trim, cut], minutes: 45, buffer_after: 15, price: 58, resources: [jess, mei]}
  colour: {name: Full colour, aliases: [color, dye], minutes: 120, buffer_after: 15, price: 180, resources: [mei]}
  facial: {name: Facial, minutes: 60, resources: [mei], needs: [room], approval: always}
  party: {name: Hen party, minutes: 90, resources: [sofa], party: {min: 2, max: 6}}
booking:
  day_parts: {morning: "09:00-12:00", afternoon: "12:00-17:00", evening: "17:00-20:00"}
"""
ZONE = Zone("Asia/Singapore")
NOW = ZONE.instant(date(2026, 5, 4), 9 * 60)
"""Mon 4 May 2026, 9:00 am"""
TUESDAY_2PM = ZONE.instant(date(2026, 5, 5), 14 * 60)


def rules() -> Rules:
    return load(RULES)


def slot(**changes: Any) -> Slot:
    given = {"service": "haircut", "resource": "jess", "start": TUESDAY_2PM, "end": TUESDAY_2PM + 45 * 60}
    return Slot(**{**given, **changes})


def booking(state: State = State.CONFIRMED, **changes: Any) -> Booking:
    given: dict[str, Any] = {
        "id": "bk0000000001",
        "state": state,
        "slot": slot(),
        "extent": (TUESDAY_2PM, TUESDAY_2PM + 3600),
        "customer": "cu0000000001",
        "name": "Ana Lim",
        "phone": "+6581234567",
        "source": "email",
        "created": NOW,
        "changed": NOW,
        "changed_by": "customer",
        "until": NOW + 3600 if state in {State.REQUESTED, State.PENDING} else None,
    }
    return Booking(**{**given, **changes})


def message(**changes: Any) -> Message:
    given: dict[str, Any] = {
        "channel": "email",
        "text": "Could I get a trim next Tuesday afternoon with Jess?",
        "sender": "ana@mail.example",
        "sender_name": "Ana Lim",
        "subject": "Appointment",
        "received": NOW,
    }
    return Message(**{**given, **changes})


def reading(**changes: Any) -> Reading:
    given: dict[str, Any] = {
        "service": ServiceReading(value="haircut", confidence=0.97, quote="trim", candidates=("haircut",)),
        "when": (
            Window(
                date_from="2026-05-05", date_to="2026-05-05", time_from="12:00", time_to="17:00",
                confidence=0.72, quote="next Tuesday afternoon",
            ),
        ),
        "resource": FieldReading(value="jess", confidence=0.99, quote="with Jess"),
        "customer": CustomerReading(name="Ana Lim", email="ana@mail.example"),
        "review": ("when",),
    }  # fmt: skip
    return Reading(**{**given, **changes})


def request(state: RequestState = RequestState.DRAFT, **changes: Any) -> Request:
    given: dict[str, Any] = {
        "id": "rq0000000001",
        "state": state,
        "lane": "read",
        "channel": "email",
        "message": message(),
        "reading": reading(),
        "name": "Ana Lim",
        "email": "ana@mail.example",
        "reason": "Please check: when.",
        "created": NOW,
        "changed": NOW,
        "changed_by": "U0MEI",
    }
    return Request(**{**given, **changes})
