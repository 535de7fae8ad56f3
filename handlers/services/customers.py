"""Customers: one per person we can reach. The same address or number leads to the same customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from handlers.domain import keys
from handlers.domain.contact import parse_email, parse_phone
from handlers.domain.customer import Customer
from handlers.domain.errors import NotFound, StaleWrite
from handlers.domain.items import from_item, to_item
from handlers.ports import Absent, Clock, Delete, Equals, Ids, Operation, Put, Query, Store
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource

TRIES = 5
SCANNED = 5_000
"""How many customers a search for a misspelt name looks through at most."""

LIKE = 82
"""How alike (0-100) every word of a search must be to a word of the name; 82 forgives one slip in five letters."""


class Customers:
    def __init__(self, *, store: Store, journal: Journal, rules: RulesSource, clock: Clock, ids: Ids) -> None:
        self._store, self._journal, self._rules, self._clock, self._ids = store, journal, rules, clock, ids

    def get(self, id_: str) -> Customer:
        """Raises NotFound."""
        item = self._store.get(keys.customer(id_))
        if item is None:
            raise NotFound("customer", id_)
        return from_item(item, Customer)

    def known(self, *, email: str | None = None, phone: str | None = None) -> Customer | None:
        """Who this address or number (as kept: lower case, E.164) belongs to."""
        for value in (email, phone):
            if value and (row := self._store.get(keys.contact(value))):
                return self.get(str(row["customer"]))
        return None

    def opted_out(self, id_: str, *, email: str | None, phone: str | None) -> tuple[str, ...]:
        """The channels that stay silent for this customer at this address and number. An opt-out holds for the address
        or number itself, whoever else gave it."""
        owners = [self._store.get(keys.contact(value)) if value else None for value in (email, phone)]
        named = (str(o["customer"]) if o else "" for o in owners)
        silent = dict(zip(("email", "text"), named, strict=True))
        return tuple(
            channel
            for channel, owner in silent.items()
            if any(channel in self._silent(known) for known in {id_, owner} - {""})
        )

    def _silent(self, id_: str) -> tuple[str, ...]:
        item = self._store.get(keys.customer(id_))
        return from_item(item, Customer).opted_out if item else ()

    def resolve(
        self, *, name: str, email: str | None = None, phone: str | None = None, consent: str = ""
    ) -> Customer:
        """Finds or creates. The answer carries the name and contact given now, which a booking keeps as its own;
        what is on record is filled up where it was empty, never overwritten. Raises InputError."""
        email, phone = self._clean(email, phone)
        for _ in range(TRIES):
            known = self.known(email=email, phone=phone)
            if known is None:
                kept = Customer(
                    id=self._ids.new(),
                    name=name,
                    email=email,
                    phone=phone,
                    consent=consent,
                    created=self._clock.now(),
                )
                operations: list[Operation] = [
                    Put(to_item(kept), Absent()),
                    *self._contacts(kept.id, email, phone),
                    self._journal.audit(
                        keys.customer(kept.id), "system", "created", None, {"consent": consent}
                    ),
                ]
            else:
                kept, operations = self._filled(known, name, email, phone, consent)
            try:
                if operations:
                    self._store.transact(operations)
            except StaleWrite:
                continue  # the same person, at the same moment, by another door
            given = {"name": name or kept.name, "email": email or kept.email, "phone": phone or kept.phone}
            return kept.model_copy(update=given)
        raise StaleWrite

    def correct(self, id_: str, by: str, *, email: str | None = None, phone: str | None = None) -> Customer:
        """Puts a mistyped address or number right. The wrong one no longer leads here; when the right one is known
        to be somebody's already, that is who the customer is. Raises InputError, NotFound."""
        email, phone = self._clean(email, phone)
        for _ in range(TRIES):
            customer = self.get(id_)
            changes = {
                name: value
                for name, value in (("email", email), ("phone", phone))
                if value and value != getattr(customer, name)
            }
            if not changes:
                return customer
            owners = [self._store.get(keys.contact(value)) for value in changes.values()]
            other = next((str(o["customer"]) for o in owners if o and o["customer"] != id_), None)
            if other is not None:
                if wrong := self._forget(customer, changes):
                    self._store.transact(wrong)
                return self.get(other).model_copy(update=changes)
            new = customer.model_copy(update={**changes, "rev": customer.rev + 1})
            operations: list[Operation] = [
                Put(to_item(new), self._unchanged(customer)),
                *(
                    self._point(id_, value)
                    for value, owner in zip(changes.values(), owners, strict=True)
                    if owner is None
                ),
                *self._forget(customer, changes),
                self._journal.audit(keys.customer(id_), by, "corrected the contact", changed=sorted(changes)),
            ]
            try:
                self._store.transact(operations)
            except StaleWrite:
                continue
            return new
        raise StaleWrite

    def find(self, text: str) -> tuple[Customer, ...]:
        """By the last three or more digits of the number, a mail address, or the words of the name: beginnings
        first, then small typos."""
        text = text.strip().casefold()
        digits = "".join(c for c in text if c.isdigit())
        if digits and not any(c.isalpha() for c in text):
            return tuple(self._by_digits(digits))
        if "@" in text:
            found = self.known(email=text)
            return (found,) if found else ()
        words = text.split()
        if not words:
            return ()
        everyone = list(self._everyone())
        by_start = [c for c in everyone if _starts(words, c.name)]
        return tuple(by_start or [c for c in everyone if _alike(words, c.name)])

    def silence(self, value: str, channel: Literal["text", "email"], *, silent: bool = True) -> Customer:
        """Opts an address or number out of (or back into) a channel; a stranger is remembered for it."""
        for _ in range(TRIES):
            known = self.known(email=value, phone=value)
            if known is None:
                email, phone = (value, None) if channel == "email" else (None, value)
                known = self.resolve(name="", email=email, phone=phone)
            kept = tuple(c for c in known.opted_out if c != channel)
            opted_out = (*kept, channel) if silent else kept
            new = known.model_copy(update={"opted_out": opted_out, "rev": known.rev + 1})
            what = f"opted {'out of' if silent else 'into'} {channel}"
            audit = self._journal.audit(keys.customer(known.id), "customer", what)
            try:
                self._store.transact([Put(to_item(new), self._unchanged(known)), audit])
            except StaleWrite:
                continue
            return new
        raise StaleWrite

    # --- parts -------------------------------------------------------------------------------------------------

    def _clean(self, email: str | None, phone: str | None) -> tuple[str | None, str | None]:
        country = self._rules.current().business.country if phone else ""
        return parse_email(email) if email else None, parse_phone(phone, country) if phone else None

    def _filled(
        self, known: Customer, name: str, email: str | None, phone: str | None, consent: str
    ) -> tuple[Customer, list[Operation]]:
        """What is on record, filled up. A number that leads to somebody else is left with them. Where a further
        address or number came from stands beside where the first did."""
        given = {"name": name, "email": email, "phone": phone}
        changes = {
            field: value
            for field, value in given.items()
            if value
            and not getattr(known, field)
            and (field == "name" or self._store.get(keys.contact(value)) is None)
        }
        added = sorted(changes.keys() & {"email", "phone"})
        if consent and consent not in known.consent and (added or not known.consent):
            changes["consent"] = "; ".join(filter(None, (known.consent, consent)))
        if not changes:
            return known, []
        new = known.model_copy(update={**changes, "rev": known.rev + 1})
        operations: list[Operation] = [
            Put(to_item(new), self._unchanged(known)),
            *self._contacts(known.id, changes.get("email"), changes.get("phone")),
        ]
        if added:
            subject = keys.customer(known.id)
            operations.append(
                self._journal.audit(subject, "system", "added a contact", changed=added, consent=consent)
            )
        return new, operations

    def _unchanged(self, customer: Customer) -> Equals:
        return Equals("rev", customer.rev)

    def _contacts(self, id_: str, *values: str | None) -> list[Operation]:
        return [self._point(id_, value) for value in values if value]

    def _point(self, id_: str, value: str) -> Put:
        return Put({**keys.contact(value)._asdict(), "customer": id_}, Absent())

    def _forget(self, customer: Customer, changes: dict[str, str]) -> list[Operation]:
        old = [getattr(customer, name) for name in changes]
        rows = {v: self._store.get(keys.contact(v)) for v in old if v}
        mine = [v for v, row in rows.items() if row and row["customer"] == customer.id]
        return [Delete(keys.contact(v), Equals("customer", customer.id)) for v in mine]

    def _by_digits(self, digits: str) -> Iterator[Customer]:
        if len(digits) < 3:
            return
        if len(digits) >= 4:
            found = self._store.query(Query(keys.of_phone(digits[-4:]), index="gsi1"))
            candidates: Iterator[Customer] = (from_item(i, Customer) for i in found.items)
        else:
            candidates = self._everyone()
        yield from (c for c in candidates if (c.phone or "").endswith(digits))

    def _everyone(self) -> Iterator[Customer]:
        cursor, seen = None, 0
        while True:
            found = self._store.query(Query(keys.CUSTOMERS, index="gsi2", limit=500, cursor=cursor))
            yield from (from_item(i, Customer) for i in found.items)
            cursor, seen = found.cursor, seen + len(found.items)
            if cursor is None or seen >= SCANNED:
                return


def _starts(words: list[str], name: str) -> bool:
    """Whether every word begins a word of the name."""
    parts = name.casefold().split()
    return all(any(p.startswith(w) for p in parts) for w in words)


def _alike(words: list[str], name: str) -> bool:
    from rapidfuzz import fuzz

    parts = name.casefold().split()
    return all(any(fuzz.ratio(w, p) >= LIKE for p in parts) for w in words)
