"""Finding who waits: by id, service, customer, or whatever staff type."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.domain import keys
from handlers.domain.errors import NotFound
from handlers.domain.items import from_item
from handlers.domain.waitlist.eligible import in_order
from handlers.domain.waitlist.entry import Entry
from handlers.ports import Query, Store
from handlers.services.customers import Customers
from handlers.services.every import every
from handlers.services.rules import RulesSource

PAGE = 1_000
"""Entries read at once: a list may be long, and DynamoDB gives a megabyte in one go."""


class EntryQueries:
    def __init__(self, *, store: Store, rules: RulesSource, customers: Customers) -> None:
        self._store, self._rules, self._customers = store, rules, customers

    def get(self, id_: str) -> Entry:
        """Strongly consistent. Raises NotFound."""
        item = self._store.get(keys.entry(id_))
        if item is None:
            raise NotFound("entry", id_)
        return from_item(item, Entry)

    def standing(self, customer: str, service: str) -> Entry | None:
        """The entry this person has for the service, while it is on the list."""
        row = self._store.get(keys.waiting(customer, service))
        if row is None:
            return None
        entry = self.get(str(row["entry"]))
        return entry if entry.on_the_list else None

    def waiting(self, services: Iterable[str] | None = None) -> tuple[Entry, ...]:
        """Everyone on the list (paused ones too) for these services, or for all, in the fair order."""
        rules = self._rules.current()
        wanted = rules.services if services is None else services
        found = [
            from_item(i, Entry)
            for s in wanted
            for i in every(self._store, Query(keys.waitlist(s), index="gsi2", limit=PAGE))
        ]
        return tuple(in_order(found, rules.waitlist.order))

    def of_customer(self, id_: str) -> tuple[Entry, ...]:
        """The entries of one person that are on the list."""
        found = self._store.query(Query(keys.of_customer(id_), prefix=keys.WAITING))
        entries = [self.get(str(row["entry"])) for row in found.items]
        return tuple(e for e in entries if e.on_the_list)

    def find(self, text: str) -> tuple[Entry, ...]:
        """By entry id, name or the last digits of a number, as bookings are found: on the list, in order."""
        item = self._store.get(keys.entry(text)) if text.isalnum() else None
        if item is not None:
            return (from_item(item, Entry),)
        found = [e for c in self._customers.find(text) for e in self.of_customer(c.id)]
        return tuple(in_order(found, self._rules.current().waitlist.order))
