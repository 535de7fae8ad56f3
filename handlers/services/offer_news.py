"""What people hear of an offer after it: whoever had a message about a time that was taken back is told kindly.

That answers nothing they did, so it waits for the end of quiet hours. An offer taken back stands in an index until its
customer was told, and the tick looks there: a lost event or timer only makes it later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed, StaleWrite
from handlers.domain.events import Event, EventKind
from handlers.domain.quiet import quiet_until
from handlers.domain.waitlist.opening import Offer, Opening
from handlers.ports import Clock, Query, Store, Timers
from handlers.services.bookings import Bookings
from handlers.services.every import each, every
from handlers.services.journal import Journal
from handlers.services.offer_steps import OfferSteps
from handlers.services.rules import RulesSource


class Teller(Protocol):
    def withdrawn(self, offer: Offer) -> str: ...


class OfferNews:
    def __init__(
        self,
        *,
        store: Store,
        steps: OfferSteps,
        bookings: Bookings,
        journal: Journal,
        rules: RulesSource,
        teller: Callable[[], Teller],
        timers: Timers,
        clock: Clock,
    ) -> None:
        self._store, self._steps, self._bookings, self._journal = store, steps, bookings, journal
        self._rules, self._teller, self._timers, self._clock = rules, teller, timers, clock

    def tell(self, opening_id: str, seq: int) -> bool:
        """Tells whoever is to be told about the end of this offer; False while it has to wait. Harmless to repeat.
        Raises DeliveryFailed, NotFound."""
        offer, opening = self._steps.offer(opening_id, seq), self._steps.opening(opening_id)
        if not offer.untold:
            return True
        if self._matters(offer, opening):
            if until := self._quiet():
                self._later(offer, until)
                return False
            told_once(
                self._journal,
                keys.opening(opening_id),
                f"withdrawn:{seq}",
                lambda: self._teller().withdrawn(offer),
            )
        try:
            self._store.transact([self._steps.put(self._steps.changed(offer, untold=False))])
        except StaleWrite:
            return True  # somebody else told them at this moment
        return True

    def tell_due(self) -> int:
        """Everybody who was not told yet; how many were looked at. In quiet hours nobody is."""
        if self._quiet():
            return 0
        query = Query(keys.UNTOLD, index="gsi3", high=keys.at(self._clock.now()))
        found = [(str(i["opening"]), int(i["seq"])) for i in every(self._store, query)]
        return each(found, lambda offer: self.tell(*offer))

    def _quiet(self) -> int | None:
        rules = self._rules.current()
        return quiet_until(rules.zone, rules.quiet_hours, self._clock.now())

    def _matters(self, offer: Offer, opening: Opening) -> bool:
        """Not to who has the time themselves, nor when it is over."""
        if offer.slot.start <= self._clock.now():
            return False
        return not opening.booking or self._bookings.get(opening.booking).customer != offer.customer

    def _later(self, offer: Offer, at: int) -> None:
        name = f"told-{offer.ref}"
        data = {"seq": offer.seq, "state": offer.state, "by": offer.changed_by}
        event = Event(id=f"{name}-{at}", kind=EventKind.OFFER_ENDED, subject=offer.opening, at=at, data=data)
        self._timers.set(name, at, event)


def told_once(journal: Journal, subject: keys.Key, effect: str, act: Callable[[], str]) -> None:
    """One message, once; an address that can't be reached is noted, not tried for ever. Raises DeliveryFailed."""
    try:
        journal.once(subject, effect, act)
    except DeliveryFailed as failure:
        if not failure.permanent:
            raise
        reason = failure.reason
        journal.once(subject, effect, lambda: f"failed: {reason}")
