"""What events mean for the waitlist: each is judged by the state as it is now, so late and repeated ones are harmless."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from handlers.domain import keys
from handlers.domain.errors import NotFound, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.opening import OUT, OpeningState, of_ref
from handlers.ports import Timers
from handlers.services.bookings import Bookings
from handlers.services.entries import Entries
from handlers.services.entry_follow import EntryFollow
from handlers.services.journal import Journal
from handlers.services.offer_news import OfferNews, told_once
from handlers.services.offering import Offering, timer
from handlers.services.offers import Offers
from handlers.services.openings import Openings

TOLD = frozenset({"web", "email", "text"})
"""Sources of entries whose people asked by themselves: they are told that they are on the list."""


class Teller(Protocol):
    def joined(self, entry: Entry) -> str: ...


class Waitlist:
    def __init__(
        self,
        *,
        openings: Openings,
        offering: Offering,
        offers: Offers,
        news: OfferNews,
        entries: Entries,
        follow: EntryFollow,
        bookings: Bookings,
        journal: Journal,
        teller: Callable[[], Teller],
        timers: Timers,
    ) -> None:
        self._openings, self._offering, self._offers = openings, offering, offers
        self._news, self._entries, self._follow = news, entries, follow
        self._bookings, self._journal = bookings, journal
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
                self._news.tell(event.subject, int(event.data["seq"]))
            case EventKind.OFFER_CLAIMED:
                self._timers.cancel(timer(event.subject))
            case EventKind.ENTRY_JOINED:
                self._joined(event)
            case EventKind.ENTRY_CHANGED | EventKind.ENTRY_ENDED:
                self._left(event)
            case EventKind.CALENDAR_FILLED:
                self._filled(event.subject, int(event.data["start"]), int(event.data["end"]))
            case _ if event.kind.startswith("booking."):
                self._booked(event)
            case _:
                pass

    def _joined(self, event: Event) -> None:
        entry = self._entries.get(event.subject)
        if entry.source in TOLD and entry.on_the_list:
            key, tell = keys.entry(entry.id), partial(self._teller().joined, entry)
            told_once(self._journal, key, "told:joined", tell)

    def _left(self, event: Event) -> None:
        """Who left the list, wants no offers, or waits for something else now, gives back the one they hold."""
        entry = self._entries.get(event.subject)
        if entry.offer is None:
            return
        try:
            if self._offers.look(entry.offer).wanted:
                return
            reason = "changed what they wait for" if entry.state is EntryState.WAITING else "left the list"
            self._offers.decline(entry.offer, "system", reason=reason)
        except (WrongState, NotFound):
            return
        self._offering.advance(of_ref(entry.offer)[0])

    def _filled(self, resource: str, start: int, end: int) -> None:
        """Somebody put an event into the calendar there: an offer of that very time is taken back, and what waits is
        looked at anew."""
        for seen in self._openings.met(resource, start, end):
            offer = seen.live
            if offer is not None and offer.state in OUT and offer.meets(resource, start, end):
                with suppress(WrongState):  # answered at this moment
                    self._offers.withdraw(offer.ref, "calendar", "filled in the calendar")
            if seen.opening.state is OpeningState.OPEN:
                self._offering.advance(seen.opening.id)
            else:
                self._openings.gone(seen)

    def _booked(self, event: Event) -> None:
        booking = self._bookings.get(event.subject)
        self._openings.overtaken(booking)
        self._follow.follow(booking, str(event.data.get("was", "")))
