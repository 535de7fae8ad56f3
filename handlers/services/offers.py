"""What becomes of an offer: claimed or declined by its customer, or ended by staff who take the time themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from handlers.domain.availability.working import too_small
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, NotFound, StaleWrite, Taken, WrongState
from handlers.domain.events import EventKind
from handlers.domain.links import Link
from handlers.domain.slot import Extent, Slot
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.opening import (
    ACTIVE,
    CLAIM,
    OUT,
    Offer,
    OfferState,
    Opening,
    OpeningState,
    of_ref,
    offer_ref,
)
from handlers.ports import Clock, Operation, Store
from handlers.services.bookings import COMING, CUSTOMER, Bookings
from handlers.services.entries import Entries
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.links import Links
from handlers.services.offer_steps import OfferSteps, Seen
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

TRIES = 8


@dataclass(frozen=True)
class OfferView:
    """An offer and what it stands in; `open`: it can be claimed right now; `wanted`: its entry still asks for it."""

    offer: Offer
    opening: Opening
    entry: Entry
    open: bool
    wanted: bool = True


class Offers:
    def __init__(
        self,
        *,
        store: Store,
        steps: OfferSteps,
        ledger: Ledger,
        rules: RulesSource,
        slots: Slots,
        bookings: Callable[[], Bookings],
        entries: Entries,
        journal: Journal,
        links: Callable[[], Links],
        clock: Clock,
    ) -> None:
        self._store, self._steps, self._bookings, self._entries = store, steps, bookings, entries
        self._ledger, self._rules, self._slots = ledger, rules, slots
        self._journal, self._links, self._clock = journal, links, clock

    def look(self, ref: str) -> OfferView:
        """Changes nothing. Raises NotFound."""
        try:
            id_, seq = of_ref(ref)
        except ValueError:
            raise NotFound("offer", ref) from None
        offer, opening = self._steps.offer(id_, seq), self._steps.opening(id_)
        entry = self._entries.get(offer.entry)
        wanted = entry.state is EntryState.WAITING and self._steps.suits(offer, entry)
        live = opening.state is OpeningState.OPEN and opening.live == seq and wanted
        return OfferView(offer, opening, entry, live and offer.claimable(self._clock.now()), wanted)

    def claim(self, ref: str, by: str = CUSTOMER, *, spend: Link | None = None) -> Booking:
        """The time is theirs: opening, offer, entry, pages and booking change together, once.

        Who has an appointment that this is an earlier time for moves it. Raises WrongState (the offer is over: by whom
        and when), LinkSpent, NotFound.
        """
        view = self._open(ref)
        offer = view.offer

        def also(booking: Booking) -> list[Operation]:
            return self._claimed(self._open(ref), booking, by)

        try:
            if view.entry.replaces and self._comes(view.entry.replaces):
                return self._bookings().reschedule(
                    view.entry.replaces,
                    offer.slot,
                    by,
                    spend=spend,
                    gives_up=self._steps.release(offer),
                    also=also,
                )
            return self._bookings().take(
                slot=offer.slot,
                customer=_customer(view.entry),
                party=offer.party,
                source="waitlist",
                by=by,
                notes=view.entry.notes,
                spend=spend,
                gives_up=self._steps.release(offer),
                also=also,
            )
        except (Taken, InputError, NotFound):  # booked over, or no longer in the rules
            raise self._over(self.look(ref)) from None

    def decline(self, ref: str, by: str = CUSTOMER, *, spend: Link | None = None, reason: str = "") -> Offer:
        """They don't want it: the next one gets it at once. Raises WrongState, LinkSpent, NotFound."""
        return self._end(ref, OfferState.DECLINED, by, reason, spend=spend)

    def withdraw(self, ref: str, by: str, reason: str) -> Offer:
        """We take it back, and whoever held it is told; the next one gets it. Raises WrongState, NotFound."""
        return self._end(ref, OfferState.WITHDRAWN, by, reason)

    def roll_on(self, opening_id: str, by: str, seq: int | None = None) -> Opening:
        """Staff want the next one asked now; `seq` is the offer they saw, so that a late click ends no later one.
        Raises WrongState when it is not being offered, or not to that one any more."""
        for _ in range(TRIES):
            opening = self._steps.opening(opening_id)
            if opening.state is not OpeningState.OPEN:
                raise _already(opening)
            offer = self._steps.offer(opening.id, opening.live) if opening.live else None
            if seq is not None and (seq != opening.seq or (offer is not None and offer.state not in OUT)):
                raise self._over(self.look(offer_ref(opening.id, seq))) if seq else _already(opening)
            ended = self._steps.ended(offer, OfferState.WITHDRAWN, by, "staff moved on") if offer else []
            new, moved = self._steps.moved(opening, by, "asked for the next", due=self._clock.now())
            try:
                self._store.transact([*ended, *moved])
            except StaleWrite:
                continue
            return new
        raise StaleWrite

    def fill(
        self,
        opening_id: str,
        by: str,
        *,
        service: str,
        customer: Customer,
        party: int = 1,
        notes: str = "",
        token: str = "",
        entry: Entry | None = None,
    ) -> Booking:
        """Staff book somebody into it, also while it is on offer to another, who is told.

        `entry` is theirs on the waitlist: they leave it with this, and an appointment they wanted an earlier time for
        moves. Raises WrongState, InputError, Taken.
        """
        for _ in range(TRIES):
            seen = self._steps.seen(opening_id)
            slot, gives_up = self._slot(seen, service, party), self._steps.release(seen.live)
            also = partial(self._filled, seen, entry, by)
            try:
                if entry is not None and entry.replaces and self._comes(entry.replaces):
                    return self._bookings().reschedule(entry.replaces, slot, by, gives_up=gives_up, also=also)
                return self._bookings().take(
                    slot=slot,
                    customer=customer,
                    party=party,
                    source="staff",
                    by=by,
                    notes=notes,
                    approved=True,
                    token=token,
                    gives_up=gives_up,
                    also=also,
                )
            except _MovedOn:
                continue
        raise StaleWrite

    def _slot(self, seen: Seen, service: str, party: int) -> Slot:
        """What `service` would get of it. Raises WrongState, InputError."""
        last, opening = seen.live, _to_fill(seen.opening)
        found = self._slots.fitting(
            opening.resource,
            opening.start,
            opening.end,
            exclude=last.claim if last else None,
            calendars=False,
        )
        if service not in found.slots:
            _to_fill(self._steps.opening(opening.id))  # who has it since says more than what is in the way
            why = found.misfits.get(service, "it is not given here")
            raise InputError("service", f"It does not fit: {why}.")
        if why := too_small(self._rules.current().resources[opening.resource], party, None):
            raise InputError("party", f"It does not suit them: {why}.")
        return found.slots[service]

    def _filled(self, seen: Seen, entry: Entry | None, by: str, booking: Booking) -> list[Operation]:
        """What changes as staff fill what they have `seen`. Raises WrongState, _MovedOn."""
        now = self._steps.seen(seen.opening.id)
        opening, offer = _to_fill(now.opening), now.live
        if (offer and offer.seq) != (seen.live and seen.live.seq):
            raise _MovedOn  # another offer was armed meanwhile: its hold is to be released, not the last one's
        if entry is not None:
            entry = self._entries.get(entry.id)
            if not entry.on_the_list:
                raise WrongState("entry", entry.id, entry.state, entry.changed_by, entry.changed)
            if offer is not None and offer.entry == entry.id and offer.state in OUT:
                return self._claimed(OfferView(offer, opening, entry, open=True), booking, by)
        ended = self._steps.ended(offer, OfferState.WITHDRAWN, by, "filled by staff") if offer else []
        won = self._entries.won(entry, booking.id, by, offer=entry.offer) if entry else []
        return [*ended, *self._steps.filled(opening, booking, by), *won]

    def yielded(
        self, booking: Booking, by: str, besides: Collection[str] = ()
    ) -> tuple[list[tuple[Extent, str]], list[Operation]]:
        """Offers that hold what `booking` needs end, as staff book there: what to release, and what changes with it.
        `besides` names claims that are given up already."""
        release: list[tuple[Extent, str]] = []
        operations: list[Operation] = []
        for opening, offer in self._held(booking.extents):
            if offer.claim in besides:
                continue
            release += self._steps.release(offer)
            if opening.live == offer.seq and opening.state is OpeningState.OPEN:
                operations += self._steps.filled(opening, booking, by)
                operations += self._steps.ended(offer, OfferState.WITHDRAWN, by, "filled by staff")
        return release, operations

    # --- parts -------------------------------------------------------------------------------------------------

    def _held(self, extents: Sequence[Extent]) -> Iterator[tuple[Opening, Offer]]:
        """The offers that hold something of these extents."""
        now = self._clock.now()
        claims = (c for e in extents for c in self._ledger.diary(e.resource, e.start, e.end, now))
        for id_ in dict.fromkeys(c.id for c in claims if c.id.startswith(CLAIM)):
            opening, seq = of_ref(id_.removeprefix(CLAIM))
            yield self._steps.opening(opening), self._steps.offer(opening, seq)

    def _open(self, ref: str) -> OfferView:
        view = self.look(ref)
        if not view.open:
            raise self._over(view)
        return view

    @staticmethod
    def _over(view: OfferView) -> WrongState:
        """Why it can't be had; an offer that only ran out, or whose time was booked over, reads as timed out."""
        offer, state = view.offer, view.offer.state
        shown = OfferState.TIMED_OUT if state in OUT else state
        return WrongState("offer", offer.ref, shown, offer.changed_by, offer.changed)

    def _comes(self, booking: str) -> bool:
        bookings = self._bookings()
        found = bookings.get(booking)
        return found.state in COMING and bookings.holds(found) and found.slot.start > self._clock.now()

    def _claimed(self, view: OfferView, booking: Booking, by: str) -> list[Operation]:
        offer, opening = view.offer, view.opening
        claimed = self._steps.changed(offer, state=OfferState.CLAIMED, booking=booking.id, changed_by=by)
        return [
            self._steps.put(claimed),
            *self._steps.filled(opening, booking, by, "claimed" if by == CUSTOMER else "filled"),
            *self._entries.won(view.entry, booking.id, by),
            self._journal.event(
                EventKind.OFFER_CLAIMED, opening.id, seq=offer.seq, booking=booking.id, sent=offer.sent
            ),
        ]

    def _end(self, ref: str, state: OfferState, by: str, reason: str, *, spend: Link | None = None) -> Offer:
        for _ in range(TRIES):
            view = self._open(ref) if by == CUSTOMER else self._out(ref)
            # The hold stays until the next offer takes it over: the opening is looked at again at once.
            operations = [
                *self._steps.ended(view.offer, state, by, reason),
                *self._steps.moved(view.opening, by, "rolls on", due=self._clock.now())[1],
            ]
            if spend is not None:
                operations.append(self._links().spend(spend))
            try:
                self._store.transact(operations)
            except StaleWrite:
                if spend is not None and self._links().spent(spend):
                    raise self._over(self.look(ref)) from None
                continue
            return self.look(ref).offer
        raise StaleWrite

    def _out(self, ref: str) -> OfferView:
        view = self.look(ref)
        if view.opening.live != view.offer.seq or view.offer.state not in OUT:
            raise self._over(view)
        return view


class _MovedOn(StaleWrite):
    """What was seen of an opening is over: look again."""


def _customer(entry: Entry) -> Customer:
    """Who waits, reached as they are now."""
    return Customer(id=entry.customer, name=entry.name, email=entry.email, phone=entry.phone)


def _to_fill(opening: Opening) -> Opening:
    """Raises WrongState when somebody has it, or nobody wants it filled any more."""
    if opening.state not in ACTIVE:
        raise _already(opening)
    return opening


def _already(opening: Opening) -> WrongState:
    return WrongState("opening", opening.id, opening.state, opening.changed_by, opening.changed)
