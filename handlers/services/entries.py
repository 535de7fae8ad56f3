"""The list of people waiting: joining, editing, leaving. Every method is one transition, committed whole or not at all.

`by` is who did it: a Slack user id, "customer", "sheet" or "system". A person has one entry per service; joining again
changes it and keeps their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, LinkSpent, StaleWrite, WrongState
from handlers.domain.events import EventKind
from handlers.domain.items import to_item
from handlers.domain.links import Link
from handlers.domain.waitlist.check import check, dates
from handlers.domain.waitlist.entry import ON_THE_LIST, PRIORITIES, Entry, EntryState, Source
from handlers.ports import Absent, Clock, Delete, Equals, Ids, Operation, Put, Query, Store
from handlers.services.customers import Customers
from handlers.services.entry_queries import EntryQueries
from handlers.services.every import every
from handlers.services.journal import Journal
from handlers.services.links import Links
from handlers.services.rules import RulesSource

TRIES = 8
CUSTOMER = "customer"
EDITABLE = frozenset(
    {
        "service",
        "party",
        "earliest",
        "latest",
        "resource",
        "priority",
        "notes",
        "name",
        "email",
        "phone",
        "joined",
    }
)


class Joined(NamedTuple):
    """`new` is False when they were on the list for this service already and it was changed."""

    entry: Entry
    new: bool


class Entries(EntryQueries):
    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        rules: RulesSource,
        customers: Customers,
        links: Callable[[], Links],
        clock: Clock,
        ids: Ids,
    ) -> None:
        super().__init__(store=store, rules=rules, customers=customers)
        self._journal, self._links, self._clock, self._ids = journal, links, clock, ids

    # --- joining -----------------------------------------------------------------------------------------------

    def join(
        self,
        *,
        service: str,
        name: str,
        email: str | None = None,
        phone: str | None = None,
        party: int | None = None,
        earliest: date | None = None,
        latest: date | None = None,
        resource: str | None = None,
        priority: int = 0,
        notes: str = "",
        replaces: Booking | None = None,
        joined: int | None = None,
        consent: str = "",
        source: Source,
        by: str,
        spend: Link | None = None,
        also: Sequence[Operation] = (),
        id_: str = "",
    ) -> Joined:
        """Onto the list. Dates left out are today and the last day that can be booked.

        `replaces` is a booking of theirs they want an earlier time for. `joined` (epoch s) is for lists kept elsewhere
        before. `also` changes with it (StaleWrite when it can't); `id_` is for doors that have to know the id first: that of
        a new entry, and of none there is. Raises LinkSpent; InputError naming the field: "service", "name", "contact",
        "party", "earliest", "latest", "staff".
        """
        rules, now = self._rules.current(), self._clock.now()
        first, last = dates(rules, now, earliest, latest, replaces)
        offered = rules.services.get(service)
        wanted: dict[str, Any] = {
            "service": service,
            "party": party or (offered.party.min if offered else 1),
            "earliest": first,
            "latest": last,
            "resource": resource,
            "notes": notes,
            "replaces": replaces.id if replaces else None,
            "before": replaces.slot.start if replaces else None,
        }
        check(rules, rules.zone.date(now), wanted)
        if not (email or phone):
            raise InputError("contact", "Give a mail address or a phone number, or they can't be told.")
        customer = self._customers.resolve(name=name, email=email, phone=phone, consent=consent)
        return self._joined(
            customer,
            wanted=wanted,
            priority=priority,
            joined=now if joined is None else joined,
            source=source,
            by=by,
            spend=spend,
            also=also,
            id_=id_ or self._ids.new(),
        )

    def _joined(
        self,
        customer: Customer,
        *,
        wanted: dict[str, Any],
        priority: int,
        joined: int,
        source: Source,
        by: str,
        spend: Link | None,
        also: Sequence[Operation],
        id_: str,
    ) -> Joined:
        contact = {"name": customer.name, "email": customer.email, "phone": customer.phone}
        for _ in range(TRIES):
            if spend is not None and self._links().spent(spend):
                raise LinkSpent(spend.nonce)
            now = self._clock.now()
            standing = self.standing(customer.id, wanted["service"])
            if standing is not None:
                more: dict[str, Any] = {
                    "state": EntryState.WAITING,
                    "priority": max(priority, standing.priority),
                }
                try:
                    changes = {**wanted, **contact, **more}
                    again = self._change(standing, by, "joined again", changes, spend=spend, also=also)
                    return Joined(again, new=False)
                except StaleWrite:
                    continue
            entry = Entry(
                id=id_,
                customer=customer.id,
                **contact,
                **wanted,
                priority=priority,
                joined=joined,
                source=source,
                created=now,
                changed=now,
                changed_by=by,
            )
            operations: list[Operation] = [
                Put(to_item(entry), Absent()),
                self._point(entry),
                self._journal.audit(keys.entry(entry.id), by, "joined", None, _told(entry)),
                self._journal.event(EventKind.ENTRY_JOINED, entry.id, by=by, source=source),
                *also,
            ]
            if spend is not None:
                operations.append(self._links().spend(spend))
            try:
                self._store.transact(operations)
            except StaleWrite:
                continue  # joined by another door at this moment
            return Joined(entry, new=True)
        raise StaleWrite

    # --- changing ----------------------------------------------------------------------------------------------

    def change(self, id_: str, by: str, *, spend: Link | None = None, **changes: Any) -> Entry:
        """Edits `EDITABLE` fields of an entry on the list. Raises InputError, WrongState, NotFound, TypeError."""
        if unknown := changes.keys() - EDITABLE:
            raise TypeError(f"an entry has no {', '.join(sorted(unknown))} to edit")

        def decide(old: Entry) -> dict[str, Any]:
            rules = self._rules.current()
            today = rules.zone.date(self._clock.now())
            check(rules, today, {**old.model_dump(), **changes}, was=old)
            return changes

        return self.move(id_, by, "edited", decide, spend=spend)

    def bump(self, id_: str, by: str, step: int = 1) -> Entry:
        """One priority tier up (or down)."""
        return self.move(
            id_,
            by,
            "changed the priority",
            lambda e: {"priority": min(max(e.priority + step, 0), PRIORITIES)},
        )

    def pause(self, id_: str, by: str, *, spend: Link | None = None) -> Entry:
        """Stays on the list, but is offered nothing. Done as well when it is paused already."""
        return self.move(id_, by, "paused", lambda _: {"state": EntryState.PAUSED}, spend=spend)

    def resume(self, id_: str, by: str, *, spend: Link | None = None) -> Entry:
        return self.move(id_, by, "resumed", lambda _: {"state": EntryState.WAITING}, spend=spend)

    def remove(self, id_: str, by: str, *, spend: Link | None = None) -> Entry:
        """Off the list. Raises WrongState when it is off already."""
        return self.move(id_, by, "removed", lambda _: {"state": EntryState.REMOVED}, spend=spend)

    def restore(self, id_: str, by: str) -> Entry:
        """Undoes `remove`, with their place as it was. Raises WrongState: also when they joined anew meanwhile."""
        old = self.get(id_)
        if old.state is not EntryState.REMOVED or self.standing(old.customer, old.service):
            raise self._already(old)
        return self._change(old, by, "put back", {"state": EntryState.WAITING})

    def back(self, id_: str, booking: str) -> Entry:
        """As it was before it left the list for `booking`, which came to nothing. Raises WrongState: also when they
        joined anew meanwhile."""
        old = self.get(id_)
        gone = (old.state, old.booking) != (EntryState.BOOKED, booking)
        if gone or self.standing(old.customer, old.service):
            raise self._already(old)
        changes = {"state": EntryState.WAITING, "booking": None, "replaces": None, "before": None}
        return self._change(old, "system", "put back", changes)

    def expire_due(self) -> int:
        """Entries whose last date has passed leave the list; how many."""
        rules, done = self._rules.current(), 0
        yesterday = rules.zone.date(self._clock.now()) - timedelta(days=1)

        def over(entry: Entry) -> dict[str, Any]:
            return {"state": EntryState.EXPIRED} if entry.latest <= yesterday else {}

        for state in sorted(ON_THE_LIST):
            query = Query(keys.entry_state(state), index="gsi3", high=yesterday.isoformat())
            for id_ in [str(item["id"]) for item in every(self._store, query)]:
                try:
                    done += self.move(id_, "system", "expired", over).state is EntryState.EXPIRED
                except (WrongState, StaleWrite):
                    continue
        return done

    # --- parts of an offer's transaction -------------------------------------------------------------------------

    def holding(self, entry: Entry, ref: str) -> Put:
        """The entry holds offer `ref` from now on, if nobody changed it and it holds no other."""
        return self._put(entry, {"offer": ref})

    def freed(self, entry: Entry, **changes: Any) -> Put:
        """The entry holds no offer any more."""
        return self._put(entry, {"offer": None, **changes})

    def won(self, entry: Entry, booking: str, by: str, offer: str | None = None) -> list[Operation]:
        """The entry got what it waited for, and leaves the list; an `offer` of another time it goes on holding is
        given back by its event."""
        new = {"offer": offer, "state": EntryState.BOOKED, "booking": booking}
        return [
            self._put(entry, new, by),
            Delete(keys.waiting(entry.customer, entry.service)),
            self._journal.audit(keys.entry(entry.id), by, "booked", _told(entry), {"booking": booking}),
            self._journal.event(
                EventKind.ENTRY_ENDED, entry.id, by=by, state=EntryState.BOOKED, booking=booking
            ),
        ]

    def _put(self, entry: Entry, changes: dict[str, Any], by: str = "") -> Put:
        update = {**changes, "rev": entry.rev + 1}
        if by:
            update |= {"changed": self._clock.now(), "changed_by": by}
        return Put(to_item(entry.model_copy(update=update)), Equals("rev", entry.rev))

    # --- one transition ----------------------------------------------------------------------------------------

    def move(
        self,
        id_: str,
        by: str,
        what: str,
        decide: Callable[[Entry], dict[str, Any]],
        *,
        spend: Link | None = None,
    ) -> Entry:
        """One transition, decided on the entry as it is; nothing when that changes nothing. Raises WrongState when it is
        off the list."""
        for _ in range(TRIES):
            old = self.get(id_)
            if not old.on_the_list:
                raise self._already(old)
            try:
                return self._change(old, by, what, decide(old), spend=spend)
            except StaleWrite:
                if spend is not None and self._links().spent(spend) and self.get(id_).rev == old.rev:
                    raise LinkSpent(spend.nonce) from None
        raise StaleWrite

    def _change(
        self,
        old: Entry,
        by: str,
        what: str,
        changes: dict[str, Any],
        *,
        spend: Link | None = None,
        also: Sequence[Operation] = (),
    ) -> Entry:
        """Raises StaleWrite; InputError when the new service has an entry of theirs already."""
        if all(getattr(old, name) == value for name, value in changes.items()):
            if also:
                self._store.transact(list(also))
            return old
        update = {**changes, "rev": old.rev + 1, "changed": self._clock.now(), "changed_by": by}
        new = Entry.model_validate({**old.model_dump(), **update})
        kind = EventKind.ENTRY_CHANGED if new.on_the_list else EventKind.ENTRY_ENDED
        operations: list[Operation] = [
            Put(to_item(new), Equals("rev", old.rev)),
            *self._pointers(old, new),
            self._journal.audit(keys.entry(old.id), by, what, _told(old), _told(new)),
            self._journal.event(kind, old.id, by=by, state=new.state, was=old.state),
            *also,
        ]
        if spend is not None:
            operations.append(self._links().spend(spend))
        try:
            self._store.transact(operations)
        except StaleWrite:
            if new.service != old.service and self.standing(old.customer, new.service):
                raise InputError("service", "They are on the list for that service already.") from None
            raise
        return new

    def _pointers(self, old: Entry, new: Entry) -> list[Operation]:
        if old.on_the_list and new.on_the_list and old.service == new.service:
            return []
        leave = [Delete(keys.waiting(old.customer, old.service), Equals("entry", old.id))]
        operations: list[Operation] = [*leave] if old.on_the_list else []
        return [*operations, self._point(new)] if new.on_the_list else operations

    def _point(self, entry: Entry) -> Put:
        row = {**keys.waiting(entry.customer, entry.service)._asdict(), "entry": entry.id}
        return Put(row, Absent())

    def _already(self, entry: Entry) -> WrongState:
        return WrongState("entry", entry.id, entry.state, entry.changed_by, entry.changed)


def _told(entry: Entry) -> dict[str, Any]:
    """What the audit keeps of an entry before and after."""
    kept: Sequence[str] = ("state", "service", "party", "earliest", "latest", "resource", "priority")
    return entry.model_dump(mode="json", include=set(kept))
