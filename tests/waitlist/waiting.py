"""A business with people waiting, and what a test does with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.items import from_item
from handlers.domain.waitlist import Entry, Offer, Opening, OpeningState
from handlers.ports import Query
from handlers.services.offer_steps import Seen
from tests.bookings.world import STAFF, World

WINDOW = 600
"""Seconds of a claim window, by default."""


def join(world: World, name: str, service: str = "cut", **more: Any) -> Entry:
    """Someone with a mail address of their own; `phone` makes them reachable by text."""
    address = f"{name.split(maxsplit=1)[0].lower()}@mail.example"
    given = {"email": address, "source": "web", "by": "customer", **more}
    return world.desk.entries.join(service=service, name=name, **given).entry


@dataclass
class Waiting(World):
    """Delivers waitlist events too, and fires timers when the clock is moved."""

    def settle(self) -> list[str]:
        kinds: list[str] = []
        while events := self.events():
            kinds += [e.kind.value for e in events]
            for event in events:
                if event.kind.value.startswith("booking."):
                    self.desk.effects.perform(event)
                if not event.kind.value.startswith("reminder."):
                    self.desk.waitlist.perform(event)
        return kinds

    def pass_time(self, seconds: int) -> None:
        """Moves the clock, stopping at every timer on the way."""
        end = self.clock.at + seconds
        while due := sorted((at, name) for name, (at, _) in self.timers.waiting.items() if at <= end):
            at, name = due[0]
            _, event = self.timers.waiting.pop(name)
            self.clock.at = max(self.clock.at, at)
            if event.kind.value.startswith(("opening.", "offer.")):
                self.desk.waitlist.perform(event)
            if event.kind.value.startswith("reminder."):
                self.desk.effects.perform(event)
            self.settle()
        self.clock.at = end

    def cancelled(self, hour: float = 14, *, by: str = STAFF, **more: Any) -> Booking:
        """A booking that was made and is cancelled; everything that follows from it has happened."""
        booking = self.book(hour, customer=self.customer("Gone", email="gone@mail.example"), **more)
        self.settle()
        self.desk.bookings.cancel(booking.id, by, force=True)
        self.settle()
        return booking

    def opening(self) -> Seen:
        """The newest one."""
        return self.desk.openings.get(max(self.openings(), key=lambda o: (o.created, o.id)).id)

    def openings(self) -> list[Opening]:
        rows = [
            i
            for s in OpeningState
            for i in self.store.query(Query(keys.opening_state(s), index="gsi3")).items
        ]
        return [from_item(row, Opening) for row in rows]

    def offered(self) -> list[tuple[str, str]]:
        """(name, state) of every offer of the newest opening."""
        return [(o.name, o.state.value) for o in self.opening().offers]

    def live(self) -> Offer:
        offer = self.opening().live
        assert offer is not None
        return offer

    def said_to(self, contact: str) -> list[str]:
        """What was sent to an address or number."""
        mails = [m.text for m in self.mail.sent if contact in m.to]
        return mails + [text for to, text in self.texts.sent if to == contact]

    def told(self, seen: Seen) -> list[tuple[str, str]]:
        rows = self.desk.journal.thread(keys.opening(seen.opening.id))
        return [(row.who, row.what) for row in rows]
