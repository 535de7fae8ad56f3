"""A whole desk on fakes, and what a test does with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from handlers.adapters.signer import ItsdangerousSigner
from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import Desk, build_desk
from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import FrontdeskError
from handlers.domain.events import Event
from handlers.domain.pages import Claim
from handlers.domain.request import Proposal
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.zone import Zone
from handlers.settings import Settings
from tests.fakes import (
    FakeBus,
    FakeCalendar,
    FakeClock,
    FakeFiles,
    FakeIds,
    FakeMailer,
    FakeTexter,
    FakeTimers,
)

RULES = """
version: 1
business: {name: Quay Barbers, timezone: Europe/Lisbon, currency: EUR, country: PT, inbox: ines@quay.example, desk: "#desk"}
mail: {requests: hello@quay.example, confirmations: bookings@quay.example}
staff:
  - {slack: U0INES, name: Ines, role: owner}
hours: {mon-sat: ["09:00-19:00"], sun: []}
resources:
  rui: {name: Rui, calendar: rui@quay.example}
  ana: {name: Ana, calendar: ana@quay.example, daily_cap: 3}
  basin: {name: Basin, kind: room, calendar: basin@quay.example}
  yoga: {name: Yoga room, kind: class, calendar: yoga@quay.example, capacity: 4}
services:
  cut: {name: Haircut, minutes: 30, buffer_after: 15, resources: [rui, ana], reminders: [24h, 1h]}
  wash: {name: Wash, minutes: 30, resources: [rui], needs: [basin]}
  wedding: {name: Wedding style, minutes: 120, resources: [ana], approval: always}
  class: {name: Yoga, minutes: 60, resources: [yoga], party: {min: 1, max: 4}}
booking: {step: 15m, min_notice: 0m, horizon: 60d, hold: 5m, approval_hold: 24h, cancel_until: 4h}
quiet_hours: "21:00-08:00"
"""

ZONE = Zone("Europe/Lisbon")
MONDAY = ZONE.parse("2026-05-04T09:00")
"""The morning on which every history begins."""
HOUR = 3600
STAFF = "U0INES"


@dataclass
class World:
    clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY))
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    mail: FakeMailer = field(default_factory=FakeMailer)
    texts: FakeTexter = field(default_factory=FakeTexter)
    timers: FakeTimers = field(default_factory=FakeTimers)
    bus: FakeBus = field(default_factory=FakeBus)
    store: Any = field(default_factory=lambda: SqliteStore(":memory:"))
    rules: str = RULES
    desk: Desk = field(init=False)
    heard: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = build_desk(
            Settings(base_url="https://quay.example"),
            store=self.store,
            clock=self.clock,
            ids=FakeIds(),
            calendar=self.calendar,
            mailer=self.mail,
            texter=self.texts,
            files=FakeFiles(),
            bus=self.bus,
            timers=self.timers,
            signer=ItsdangerousSigner(["a-key-for-tests-only"]),
        )
        self.desk.rules.update(self.rules, "setup")
        self.events()

    def events(self) -> list[Event]:
        """What is new on the bus."""
        while self.desk.relay.drain():
            pass
        new, self.bus.events = self.bus.events, []
        self.heard += new
        return new

    def settle(self) -> list[str]:
        """Delivers booking events until nothing is new; every kind that was heard."""
        kinds: list[str] = []
        while events := self.events():
            kinds += [e.kind.value for e in events]
            for event in events:
                if event.kind.value.startswith("booking."):
                    self.desk.effects.perform(event)
        return kinds

    def customer(self, name: str = "Bea Cruz", **contact: str) -> Customer:
        given = contact or {"email": "bea@mail.example"}
        return self.desk.customers.resolve(name=name, **given)

    def slot(self, hour: float = 14, *, day: int = 1, service: str = "cut", who: str = "rui") -> Slot:
        """`day` days after Monday, at a wall hour."""
        start = ZONE.instant(ZONE.date(MONDAY + day * 86_400 + 3 * HOUR), int(hour * 60))
        minutes = self.desk.rules.current().services[service].minutes
        needs = ("basin",) if service == "wash" else ()
        return Slot(service=service, resource=who, start=start, end=start + minutes * 60, needs=needs)

    def book(
        self, hour: float = 14, *, day: int = 1, service: str = "cut", who: str = "rui", **more: Any
    ) -> Booking:
        given = {"source": "email", "by": "customer", **more}
        given["customer"] = more.get("customer") or self.customer()
        return self.desk.bookings.take(slot=self.slot(hour, day=day, service=service, who=who), **given)

    def offer(self, service: str = "cut", **more: Any) -> Proposal:
        proposal = self.desk.slots.propose(SlotQuery(service=service), channel="web", **more)
        assert proposal is not None
        return proposal

    def claims(self, slot: Slot, who: str | None = None) -> tuple[Claim, ...]:
        """Live claims on the day of a slot."""
        start, end = ZONE.day(ZONE.date(slot.start))
        return self.desk.ledger.diary(who or slot.resource, start, end, self.clock.now())

    def holders(self, slot: Slot, who: str | None = None) -> list[str]:
        return [c.id for c in self.claims(slot, who)]

    def history(self, booking: Booking) -> list[tuple[str, str]]:
        return [(row.who, row.what) for row in self.desk.journal.thread(keys.booking(booking.id))]

    def reminders(self, booking: Booking) -> dict[int, str]:
        """Seconds before the start -> state, for the time the booking has now; nothing is planned when nothing is due."""
        chain = self.desk.reminders.find(booking.id, self.desk.bookings.get(booking.id).slot.start)
        if chain is None:
            return {}
        over = chain.due is None and not chain.held
        return {r.before: r.state for r in chain.reminders if not (over and r.state == "PLANNED")}


def refused(act: Any) -> FrontdeskError:
    """The error an action ends in; fails when it does not."""
    try:
        done = act()
    except FrontdeskError as error:
        return error
    raise AssertionError(f"was not refused: {done!r}")
