"""What events mean for the waitlist: each is judged by the state as it is now, so late and repeated ones are harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed, NotFound, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import Offer, OfferState, of_ref
from handlers.ports import Timers
from handlers.services.bookings import COMING, Bookings
from handlers.services.entries import Entries
from handlers.services.journal import Journal
from handlers.services.offer_sending import Postman
from handlers.services.offering import Offering, timer
from handlers.services.offers import Offers
from handlers.services.openings import Openings

TOLD = frozenset({"web", "email"})
"""Sources of entries whose people asked by themselves: they are told that they are on the list."""


class Teller(Postman, Protocol):
    def withdrawn(self, offer: Offer) -> str: ...

    def joined(self, entry: Entry) -> str: ...


class Waitlist:
    def __init__(
        self,
        *,
        openings: Openings,
        offering: Offering,
        offers: Offers,
        entries: Entries,
        bookings: Bookings,
        journal: Journal,
        teller: Callable[[], Teller],
        timers: Timers,
    ) -> None:
        self._openings, self._offering, self._offers = openings, offering, offers
        self._entries, self._bookings, self._journal = entries, bookings, journal
        self._teller, self._timers = teller, timers

    def perform(self, event: Event) -> None:
        """Does what is left to do for `event`. Raises Unavailable to be tried again."""
        match event.kind:
            case EventKind.SLOT_FREED:
                self._openings.freed(event)
            case EventKind.OPENING_DUE:
                self._offering.advance(event.subject)
            case EventKind.OPENING_CHANGED if event.data.get("by") != "system":
                self._offering.advance(event.subject)  # staff want it offered again, or the next one asked
            case EventKind.OFFER_ENDED:
                self._offering.advance(event.subject)  # the next person first
                self._withdrawn(event)
            case EventKind.OFFER_CLAIMED:
                self._timers.cancel(timer(event.subject))
            case EventKind.ENTRY_JOINED:
                self._joined(event)
            case EventKind.ENTRY_CHANGED | EventKind.ENTRY_ENDED:
                self._left(event)
            case _ if event.kind.startswith("booking."):
                self._booked(event)
            case _:
                pass

    def _withdrawn(self, event: Event) -> None:
        """Whoever had a message about a time that we took back is told kindly."""
        if event.data.get("state") != OfferState.WITHDRAWN or event.data.get("handed") is None:
            return
        id_, seq = event.subject, int(event.data["seq"])
        offer = self._offers.look(f"{id_}.{seq}").offer
        self._once(keys.opening(id_), f"withdrawn:{seq}", lambda: self._teller().withdrawn(offer))

    def _joined(self, event: Event) -> None:
        entry = self._entries.get(event.subject)
        if entry.source in TOLD and entry.on_the_list:
            self._once(keys.entry(entry.id), "told:joined", lambda: self._teller().joined(entry))

    def _left(self, event: Event) -> None:
        """Who left the list, or wants no offers, gives back the one they hold."""
        entry = self._entries.get(event.subject)
        if entry.offer is None or event.data.get("state") not in {"PAUSED", "REMOVED", "EXPIRED", "BOOKED"}:
            return
        try:
            self._offers.decline(entry.offer, "system", reason="left the list")
        except (WrongState, NotFound):
            return
        self._offering.advance(of_ref(entry.offer)[0])

    def _booked(self, event: Event) -> None:
        booking = self._bookings.get(event.subject)
        self._openings.overtaken(booking)
        self._entries.follow(booking, coming=booking.state in COMING and self._bookings.holds(booking))

    def _once(self, subject: keys.Key, effect: str, act: Callable[[], str]) -> None:
        """One message, once; an address that can't be reached is noted, not tried for ever."""
        try:
            self._journal.once(subject, effect, act)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            reason = failure.reason
            self._journal.once(subject, effect, lambda: f"failed: {reason}")
