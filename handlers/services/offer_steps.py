"""The records of an opening and its offers, and the operations that change them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from handlers.domain import keys
from handlers.domain.availability.fit import shortest
from handlers.domain.booking import Booking
from handlers.domain.errors import NotFound
from handlers.domain.events import EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.pages import Claim, by_visit
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Extent
from handlers.domain.waitlist.eligible import suits
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import OUT, Offer, OfferState, Opening, OpeningState
from handlers.ports import Clock, Equals, Operation, Put, Query, Store
from handlers.services.entries import Entries
from handlers.services.every import every
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource

DAY = 86_400


class Seen(NamedTuple):
    """An opening with its offers, oldest first."""

    opening: Opening
    offers: tuple[Offer, ...]

    @property
    def live(self) -> Offer | None:
        """The last offer, while the opening has not moved on from it; it may have ended already."""
        return next((o for o in self.offers if o.seq == self.opening.live), None)


class OfferSteps:
    def __init__(
        self, *, store: Store, journal: Journal, rules: RulesSource, entries: Entries, clock: Clock
    ) -> None:
        self._store, self._journal, self._rules = store, journal, rules
        self._entries, self._clock = entries, clock

    # --- reading -----------------------------------------------------------------------------------------------

    def opening(self, id_: str) -> Opening:
        """Raises NotFound."""
        item = self._store.get(keys.opening(id_))
        if item is None:
            raise NotFound("opening", id_)
        return from_item(item, Opening)

    def offer(self, id_: str, seq: int) -> Offer:
        """Raises NotFound."""
        item = self._store.get(keys.offer(id_, seq))
        if item is None:
            raise NotFound("offer", f"{id_}.{seq}")
        return from_item(item, Offer)

    def seen(self, id_: str) -> Seen:
        """Raises NotFound. The offers are read after the opening, so none it knows of is missing."""
        opening = self.opening(id_)
        rows = every(self._store, Query(keys.opening(id_).pk, prefix=keys.OFFER))
        return Seen(opening, tuple(from_item(row, Offer) for row in rows))

    def on(self, resource: str, start: int, end: int, states: frozenset[OpeningState]) -> Iterator[Opening]:
        """Openings of a resource that meet [start, end), as the index has them: it may lag behind."""
        query = Query(
            keys.openings(resource), index="gsi2", low=keys.at(max(0, start - DAY)), high=keys.at(end)
        )
        for item in every(self._store, query):
            opening = from_item(item, Opening)
            if opening.state in states and opening.start < end and start < opening.end:
                yield opening

    def suits(self, offer: Offer, entry: Entry) -> bool:
        """Whether the entry, as it is now, still asks for what it was offered."""
        return suits(offer, entry, self._rules.current().zone.date(offer.slot.start))

    # --- operations ----------------------------------------------------------------------------------------------

    def moved(
        self, opening: Opening, by: str, what: str, /, **changes: Any
    ) -> tuple[Opening, list[Operation]]:
        """The opening after `changes`, if nobody changed it since it was read."""
        now = self._clock.now()
        new = opening.model_copy(update={**changes, "rev": opening.rev + 1, "changed": now, "changed_by": by})
        told = {"state": new.state, "tried": new.tried, "reason": new.reason, "waits": new.waits}
        return new, [
            Put(to_item(new), Equals("rev", opening.rev)),
            self._journal.audit(
                keys.opening(opening.id),
                by,
                what,
                {"state": opening.state},
                {k: v for k, v in told.items() if v},
            ),
            self._journal.event(
                EventKind.OPENING_CHANGED, opening.id, state=new.state, was=opening.state, by=by
            ),
        ]

    def filled(self, opening: Opening, booking: Booking, by: str, what: str = "filled") -> list[Operation]:
        """Somebody has it; what is left over becomes a new opening."""
        _, operations = self.moved(
            opening, by, what, state=OpeningState.FILLED, live=None, due=None, waits="", booking=booking.id
        )
        return [*operations, *self._rest(opening, booking.extents, booking.party)]

    def ended(self, offer: Offer, state: OfferState, by: str, reason: str = "") -> list[Operation]:
        """An offer that is out ends in `state`, and its entry may be offered others. Nothing when it has ended."""
        if offer.state not in OUT:
            return []
        untold = state is OfferState.WITHDRAWN and offer.handed is not None
        new = self.changed(offer, state=state, reason=reason, changed_by=by, untold=untold)
        entry = self._entries.get(offer.entry)
        freed = [self._entries.freed(entry)] if entry.offer == offer.ref else []
        more = {"seq": offer.seq, "entry": offer.entry, "name": offer.name}
        return [
            self.put(new),
            *freed,
            self._journal.audit(
                keys.opening(offer.opening),
                by,
                state.value.lower().replace("_", " "),
                {"offer": offer.state},
                {"offer": state, **({"reason": reason} if reason else {})},
                **more,
            ),
            self._journal.event(EventKind.OFFER_ENDED, offer.opening, seq=offer.seq, state=state, by=by),
        ]

    def changed(self, offer: Offer, **changes: Any) -> Offer:
        """Its next revision."""
        return offer.model_copy(update={"changed": self._clock.now(), **changes, "rev": offer.rev + 1})

    @staticmethod
    def put(new: Offer) -> Put:
        return Put(to_item(new), Equals("rev", new.rev - 1))

    def hold(self, offer: Offer, until: int) -> list[tuple[Extent, Claim]]:
        """The claims of an offer, live until `until` (epoch s), on what is still in the rules."""
        core, resources = (offer.slot.start, offer.slot.end), self._rules.current().resources
        return [
            (e, Claim(id=offer.claim, start=e.start, end=e.end, party=offer.party, until=until, core=core))
            for e in offer.extents
            if e.resource in resources
        ]

    @staticmethod
    def release(offer: Offer | None) -> list[tuple[Extent, str]]:
        return [(e, offer.claim) for e in offer.extents] if offer else []

    def _rest(self, opening: Opening, taken: Sequence[Extent], party: int) -> list[Operation]:
        """What is left over when `taken` goes: a new opening, where something still fits in."""
        rules = self._rules.current()
        resource = rules.resources.get(opening.resource)
        here = [e for e in taken if e.resource == opening.resource]
        least = shortest(rules, opening.resource)
        if resource is None or not here or least is None:
            return []
        if not by_visit(resource):
            left = opening.seats - party
            return [self._freed(opening, opening.start, opening.end, left)] if left > 0 else []
        extent = here[0]
        parts = [(opening.start, extent.start), (extent.end, opening.end)]
        return [self._freed(opening, a, b, opening.seats) for a, b in parts if b - a >= least]

    def _freed(self, opening: Opening, start: int, end: int, seats: int) -> Put:
        low = opening.extent[0] if start == opening.start else start
        high = opening.extent[1] if end == opening.end else end
        return self._journal.event(
            EventKind.SLOT_FREED,
            opening.id,
            why="rest",
            service="",
            resource=opening.resource,
            needs=[],
            start=start,
            end=end,
            extent=[low, high],
            seats=seats,
            customer=opening.freed_by,
        )


def seats_of(rules: Rules, resource: str, freed: int) -> int:
    """How many people may come: a table is free whole, whoever sat there; elsewhere as many as left."""
    found = rules.resources[resource]
    return (found.seats or max(1, freed)) if by_visit(found) else max(1, min(freed, found.capacity))
