"""Finding bookings: by id, day, customer, or whatever staff type into `/book find`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from handlers.domain import keys
from handlers.domain.booking import HOLDING, Booking, State
from handlers.domain.errors import NotFound
from handlers.domain.items import from_item
from handlers.ports import Clock, Query, Store
from handlers.services.customers import Customers
from handlers.services.every import every
from handlers.services.rules import RulesSource

FOUND = 20
"""How many bookings `find` answers with at most."""

GONE = frozenset({State.CANCELLED, State.EXPIRED})


class BookingQueries:
    def __init__(self, *, store: Store, rules: RulesSource, customers: Customers, clock: Clock) -> None:
        self._store, self._rules, self._customers, self._clock = store, rules, customers, clock

    def get(self, id_: str) -> Booking:
        """Strongly consistent. Raises NotFound."""
        item = self._store.get(keys.booking(id_))
        if item is None:
            raise NotFound("booking", id_)
        return from_item(item, Booking)

    def holds(self, booking: Booking) -> bool:
        """Whether it has its slot now: one whose time ran out does not, swept or not."""
        running = booking.until is None or booking.until > self._clock.now()
        return booking.state in HOLDING and running

    def day(self, day: date, resource: str | None = None) -> tuple[Booking, ...]:
        """What starts on a local date (and was not cancelled or expired), by time; of one resource or of all."""
        rules = self._rules.current()
        start, end = rules.zone.day(day)
        found = [
            from_item(item, Booking)
            for id_ in ([resource] if resource else rules.resources)
            for item in every(
                self._store,
                Query(keys.of_resource(id_), index="gsi2", low=keys.at(start), high=keys.at(end - 1)),
            )
        ]
        shown = (b for b in found if b.state not in GONE and (b.state not in HOLDING or self.holds(b)))
        return tuple(sorted(shown, key=lambda b: (b.slot.start, b.slot.resource, b.id)))

    def of_customer(self, id_: str) -> tuple[Booking, ...]:
        """Every booking of a customer, latest start first."""
        found = self._store.query(Query(keys.of_customer(id_), index="gsi1", backwards=True))
        return tuple(from_item(i, Booking) for i in found.items if i.get("entity") == "booking")

    def find(self, text: str) -> tuple[Booking, ...]:
        """By booking id, name (whole words, beginnings, small typos) or the last digits of a phone number (three
        or more): what is coming first, soonest first, then the past, latest first."""
        text = text.strip().lstrip("#")
        if re.fullmatch(r"[0-9a-z]{12,}", text) and (item := self._store.get(keys.booking(text))):
            return (from_item(item, Booking),)
        found = {b.id: b for c in self._customers.find(text) for b in self.of_customer(c.id)}
        return tuple(_by_relevance(found.values(), self._clock.now()))[:FOUND]

    def due(self, now: int) -> Iterator[str]:
        """Ids of holds and requests whose time may have run out; the index lags, so look again."""
        for state in (State.PENDING, State.REQUESTED):
            for item in every(self._store, Query(keys.booking_state(state), index="gsi3", high=keys.at(now))):
                yield str(item["id"])


def _by_relevance(bookings: Iterable[Booking], now: int) -> list[Booking]:
    def order(b: Booking) -> tuple[int, int, str]:
        coming = b.state in HOLDING and b.slot.end > now
        return (0, b.slot.start, b.id) if coming else (1, -b.slot.start, b.id)

    return sorted(bookings, key=order)
