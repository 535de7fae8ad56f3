"""Taking a slot: the claim, the booking, the proposal and request it came from, and the news of it, all at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from handlers.domain import keys
from handlers.domain.booking import Booking, Source, State
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, LinkSpent, NotOffered, StaleWrite, Taken
from handlers.domain.events import EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.links import Link
from handlers.domain.request import Proposal, Request
from handlers.domain.rules.model import Service
from handlers.domain.slot import Extent, Slot
from handlers.domain.wish import Wish
from handlers.ports import Absent, Clock, Ids, Operation, Put, Store
from handlers.services.booking_moves import TRIES, BookingMoves, already, claims
from handlers.services.booking_queries import BookingQueries
from handlers.services.customers import Customers
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.links import Links
from handlers.services.rules import RulesSource

TOKEN_KEPT = 86_400
"""Seconds for which a repeated idempotency token finds the booking it made."""


Also = Callable[[Booking], Sequence[Operation]]
"""What else changes with a booking, asked anew before each attempt; it may refuse by raising."""
Release = Sequence[tuple[Extent, str]]


class Holds(Protocol):
    """What is on offer to somebody on the waitlist: staff may take it all the same."""

    def yielded(
        self, booking: Booking, by: str, besides: Collection[str] = ()
    ) -> tuple[Release, Sequence[Operation]]:
        """The holds where `booking` would be but those of `besides`, and what ends their offers; nothing when there
        are none."""
        ...


class NewBookings(BookingQueries):
    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        journal: Journal,
        rules: RulesSource,
        customers: Customers,
        links: Callable[[], Links],
        holds: Callable[[], Holds],
        clock: Clock,
        ids: Ids,
    ) -> None:
        super().__init__(store=store, rules=rules, customers=customers, clock=clock)
        self._ledger, self._journal, self._links, self._ids = ledger, journal, links, ids
        self._holds = holds
        self._moves = BookingMoves(store=store, ledger=ledger, journal=journal, links=links, clock=clock)

    def take(
        self,
        *,
        slot: Slot,
        customer: Customer,
        party: int | None = None,
        source: Source,
        by: str,
        notes: str = "",
        reminders: Wish | None = None,
        request: Request | str | None = None,
        proposal: Proposal | None = None,
        hold: bool = False,
        approved: bool = False,
        spend: Link | None = None,
        token: str = "",
        gives_up: Release = (),
        also: Also | None = None,
        tell: bool = False,
        id_: str = "",
    ) -> Booking:
        """CONFIRMED; PENDING with `hold`; REQUESTED when the service needs approval and it isn't `approved`.

        The same pick of the same proposal, or the same `token`, gives the same booking again. A proposal that
        booked something else raises WrongState for that booking. `reminders` is what was wished for its reminders.
        `gives_up` are holds that make room for it, `also` what changes with it. Staff may take what is on offer to somebody: the offer ends in the same transaction; so may
        what was agreed elsewhere ("import"), which is confirmed to the customer only with `tell`. `id_` is for doors that
        have to know the id first: the booking that has it is the answer.
        Raises Taken, NotOffered, LinkSpent, InputError.
        """
        if proposal is not None:
            proposal = self._moves.proposal(proposal.id)
        party = party or (proposal.party if proposal else 1)
        service = self._service(slot, party)
        customer = self._known(customer, f"{source} {by}")
        given = {
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "party": party,
            "source": source,
            "notes": notes,
            "reminders": reminders,
            "request": _id(request) or (proposal.request if proposal else None),
            "changed_by": by,
        }
        id_, yields = id_ or self._ids.new(), False
        for _ in range(TRIES):
            if made := self._made_before(slot, proposal, token):
                return made
            self._offered(slot, party, proposal)
            booking = self._new(
                slot, service, hold=hold, approved=approved, id=id_, customer=customer.id, name=customer.name
            )
            booking = booking.model_copy(update=given)
            operations = [
                *self._taking(booking, proposal, token, spend, tell=tell),
                *(also(booking) if also else ()),
            ]
            held, ends = self._holds().yielded(booking, by, named(gives_up)) if yields else ((), ())
            try:
                self._ledger.commit(
                    take=claims(id_, booking.extents, (slot.start, slot.end), party, booking.until),
                    release=[*gives_up, *held],
                    operations=[*operations, *ends],
                )
            except (StaleWrite, Taken) as lost:
                if item := self._store.get(keys.booking(id_)):
                    return from_item(item, Booking)  # ours: the first attempt was committed after all
                if made := self._made_before(slot, proposal, token):
                    return made  # the other click of the same person took it
                if isinstance(lost, Taken) and (yields or source not in {"staff", "import"}):
                    raise
                yields = yields or isinstance(lost, Taken)
                if spend is not None and self._links().spent(spend):
                    raise LinkSpent(spend.nonce) from None
                proposal = self._moves.proposal(proposal.id) if proposal else None
            else:
                return booking
        raise StaleWrite

    def _known(self, customer: Customer, consent: str) -> Customer:
        if customer.id:
            return customer
        return self._customers.resolve(
            name=customer.name,
            email=customer.email,
            phone=customer.phone,
            consent=customer.consent or consent,
        )

    def _service(self, slot: Slot, party: int) -> Service:
        rules = self._rules.current()
        service = rules.services.get(slot.service)
        if service is None:
            raise InputError("service", "That service is not offered any more. Please choose another.")
        if not service.party.min <= party <= service.party.max:
            raise InputError(
                "party", f"{service.name} is for {service.party.min} to {service.party.max} people."
            )
        return service

    def _made_before(self, slot: Slot, proposal: Proposal | None, token: str) -> Booking | None:
        id_ = None
        if token and (seen := self._store.get(keys.seen(f"take:{token}"))):
            id_ = str(seen["booking"])
        elif proposal is not None:
            proposal = self._moves.proposal(proposal.id)
            id_ = proposal.taken
        if id_ is None:
            return None
        made = self.get(id_)
        if proposal is not None and (made.slot != slot or not self.holds(made)):
            raise already(made)
        return made

    def _offered(
        self, slot: Slot, party: int, proposal: Proposal | None, replaces: str | None = None
    ) -> None:
        """Raises NotOffered; without a proposal (staff) nothing was promised."""
        if proposal is None:
            return
        if proposal.replaces is not None and proposal.replaces != replaces:
            raise NotOffered("mismatch")
        if slot not in proposal.slots or party > proposal.party:
            raise NotOffered("mismatch")
        if proposal.expires <= self._clock.now() or slot.start < self._clock.now():
            raise NotOffered("expired")

    def _new(self, slot: Slot, service: Service, *, hold: bool, approved: bool, **ids: str) -> Booking:
        now = self._clock.now()
        if hold:
            state, until = State.PENDING, now + self._rules.current().booking.hold
        elif service.approval == "always" and not approved:
            state, until = State.REQUESTED, self._approve_by(slot)
        else:
            state, until = State.CONFIRMED, None
        before, after = service.buffer_before * 60, service.buffer_after * 60
        extent = (slot.start - before, slot.end + after)
        return Booking(**ids, state=state, slot=slot, extent=extent, until=until, created=now, changed=now)

    def _approve_by(self, slot: Slot) -> int:
        """A request is held for `approval_hold`, but never past the start it asks for."""
        now = self._clock.now()
        return max(now + 60, min(now + self._rules.current().booking.approval_hold, slot.start))

    def _taking(
        self, booking: Booking, proposal: Proposal | None, token: str, spend: Link | None, *, tell: bool
    ) -> list[Operation]:
        by = booking.changed_by
        after: dict[str, Any] = {
            "state": booking.state.value,
            "resource": booking.slot.resource,
            "start": booking.slot.start,
        }
        news = {"revision": 0, "was": "", "by": by, **({"tell": True} if tell else {})}
        operations: list[Operation] = [
            Put(to_item(booking), Absent()),
            self._journal.audit(keys.booking(booking.id), by, _TAKEN[booking.state][0], None, after),
            self._journal.event(_TAKEN[booking.state][1], booking.id, **news),
        ]
        if proposal is not None:
            operations.append(self._moves.take_proposal(proposal, booking.id))
        if booking.request:
            operations += self._moves.book_request(booking.request, booking.id, by)
        if token:
            key = keys.seen(f"take:{token}")
            ttl = self._clock.now() + TOKEN_KEPT
            operations.append(Put({**key._asdict(), "booking": booking.id, "ttl": ttl}, Absent()))
        if spend is not None:
            operations.append(self._links().spend(spend))
        return operations


_TAKEN = {
    State.CONFIRMED: ("booked", EventKind.BOOKING_CONFIRMED),
    State.PENDING: ("held", EventKind.BOOKING_HELD),
    State.REQUESTED: ("asked for", EventKind.BOOKING_REQUESTED),
}


def named(release: Release) -> frozenset[str]:
    """The ids of claims that are given up."""
    return frozenset(claim for _, claim in release)


def _id(request: Request | str | None) -> str | None:
    return request.id if isinstance(request, Request) else request
