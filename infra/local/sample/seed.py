"""What a first start finds: customers with bookings today, made by the real services, and a lived-in calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.domain.errors import Conflict, InputError, Unavailable
from handlers.domain.slot import SlotQuery, Window
from handlers.domain.zone import hhmm

if TYPE_CHECKING:
    from infra.local.workspace import Workspace

GUESTS = (
    ("Priya Raman", "priya@mail.example", "+6581230001", "a quiet chair, please"),
    ("Jonas Weber", "jonas@mail.example", None, ""),
    ("Aiko Tan", None, "+6581230003", "first visit"),
    ("Carmen Ortiz", "carmen@mail.example", "+6581230004", ""),
)
WAITING = (
    ("Wei Ling Koh", "+6581230011", 0),
    ("Omar Haddad", "+6581230012", 0),
    ("Sofia Lindqvist", "+6581230013", 7),
)
"""Name, number, in how many days at the earliest: people who wait for what Jonas has booked."""
OTHERS = (("Dentist", 0, 75, 60), ("Supplier visit", 1, 210, 45), ("School run", 2, 150, 45))
"""Summary, which resource, minutes from now, how long: other people's events."""
SEEDED = "seeded"


def seed(workspace: Workspace) -> None:
    """Only once for each folder. Needs the stand-ins to answer."""
    if workspace.db.setting(SEEDED):
        return
    rules, now = workspace.desk.rules.current(), workspace.clock.now()
    zone = rules.zone
    if workspace.stand_ins.google:
        calendars = [r.calendar for r in rules.resources.values() if r.calendar]
        for summary, number, minutes, length in OTHERS:
            start = (now // 900 + 1) * 900 + minutes * 60
            if number < len(calendars) and zone.date(start) == zone.date(now):
                workspace.google.add(calendars[number], start, start + length * 60, summary)
    services = [id_ for id_, s in rules.services.items() if s.party.min == 1 and s.approval == "never"]
    for number, guest in enumerate(GUESTS):
        if services:
            _book(workspace, services[number % len(services)], guest)
    if len(services) > 1:
        for name, phone, days in WAITING:
            _wait(workspace, services[1], name, phone, days)
    workspace.steps.begin()
    workspace.db.set(SEEDED, "yes")


def _book(workspace: Workspace, service: str, guest: tuple[str, str | None, str | None, str]) -> None:
    """The first free time today; none is fine."""
    desk, zone = workspace.desk, workspace.zone
    now = workspace.clock.now()
    today = zone.date(now).isoformat()
    query = SlotQuery(
        service=service, windows=(Window(date_from=today, date_to=today, time_from=hhmm(zone.minutes(now))),)
    )
    name, email, phone, notes = guest
    try:
        found = desk.slots.search(query).all
        if not found:
            return
        customer = desk.customers.resolve(name=name, email=email, phone=phone, consent="sample")
        slot = found[len(found) // 3]
        desk.bookings.take(slot=slot, customer=customer, source="api", by="system", notes=notes)
    except (Conflict, InputError, Unavailable):
        return  # a rules file of one's own may leave no room for sample data


def _wait(workspace: Workspace, service: str, name: str, phone: str, days: int) -> None:
    desk, zone, now = workspace.desk, workspace.zone, workspace.clock.now()
    earliest = zone.date(now) + timedelta(days=days)
    try:
        desk.entries.join(
            service=service,
            name=name,
            phone=phone,
            earliest=earliest,
            latest=earliest + timedelta(days=6),
            consent="sample",
            source="staff",
            by="system",
        )
    except InputError:
        return  # a service that takes another party, say
