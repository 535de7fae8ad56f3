"""Openings, entries and rules for the pure part: a barber's, a restaurant's tables and a class."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist import Entry, Opening
from handlers.domain.waitlist.eligible import Place
from handlers.domain.zone import Zone

ZONE = Zone("Europe/Lisbon")
RULES = """
version: 1
business: {name: Quay, timezone: Europe/Lisbon, currency: EUR, country: PT, inbox: ines@quay.example, desk: "#desk"}
mail: {requests: hello@quay.example}
hours: {mon-sun: ["09:00-19:00"]}
resources:
  rui: {name: Rui}
  ana: {name: Ana}
  four: {name: Table 4, kind: table, seats: 4}
  six: {name: Table 6, kind: table, seats: 6}
  yoga: {name: Yoga room, kind: class, capacity: 6}
services:
  cut: {name: Haircut, minutes: 30, resources: [rui, ana]}
  colour: {name: Colour, minutes: 90, resources: [rui]}
  dinner: {name: Dinner, minutes: 90, resources: [four, six], party: {min: 1, max: 6}}
  class: {name: Yoga, minutes: 60, resources: [yoga], party: {min: 1, max: 4}}
booking: {down_fit: 2}
waitlist: {cutoff: 30m, claim_window: 10m, tries: 3}
"""
DAY = date(2026, 5, 5)
NINE = ZONE.instant(DAY, 9 * 60)
TWO = ZONE.instant(DAY, 14 * 60)


def rules(**waitlist: Any) -> Rules:
    made = load(RULES)
    return made.model_copy(update={"waitlist": made.waitlist.model_copy(update=waitlist)})


def entry(id_: str = "w1", **more: Any) -> Entry:
    given = {"service": "cut", "customer": f"c-{id_}", "earliest": DAY, "latest": DAY, "joined": 100, **more}
    return Entry(id=id_, **given)


def place(
    resource: str = "rui",
    minutes: int = 60,
    start: int = TWO,
    *,
    seats: int = 1,
    freed_by: str | None = None,
    seq: int = 0,
    asked: int = 0,
    waitlist: dict[str, Any] | None = None,
    **more: Any,
) -> Place:
    """Every service of `resource` that is short enough fits, from the start; `asked` people were offered it."""
    known, end = rules(**(waitlist or {})), start + minutes * 60
    opening = Opening(
        id="o1",
        resource=resource,
        start=start,
        end=end,
        extent=(start, end),
        seats=seats,
        freed_by=freed_by,
        seq=seq,
        tried=asked,
    )
    given = {name: s for name, s in known.services.items() if resource in s.resources}
    slots = {
        name: Slot(service=name, resource=resource, start=start, end=start + s.minutes * 60)
        for name, s in given.items()
        if s.minutes <= minutes
    }
    made = Place(
        opening=opening,
        rules=known,
        day=DAY,
        send_at=NINE,
        slots=slots,
        misfits={name: f"it takes {s.minutes} minutes" for name, s in given.items() if name not in slots},
    )
    return replace(made, **more)
