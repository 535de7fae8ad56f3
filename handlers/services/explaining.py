"""Answers to "why did she get it and I didn't?": from the list as it is, and from what was written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.domain import keys
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import ACTIVE, Offer, Opening, OpeningState
from handlers.domain.waitlist.verdict import as_it_was, verdict
from handlers.ports import Clock
from handlers.services.entries import Entries
from handlers.services.journal import Journal
from handlers.services.offer_steps import Seen
from handlers.services.offering import Offering
from handlers.services.openings import Openings
from handlers.services.rules import RulesSource

RECENT = 7 * 86_400
"""Seconds for which an opening that is over is still asked about, after its start."""
MOST = 6
"""Openings explained at once."""


@dataclass(frozen=True)
class Account:
    """What became of an opening, and what that was for one entry."""

    opening: Opening
    offers: tuple[Offer, ...]
    says: str


class Explaining:
    def __init__(
        self,
        *,
        openings: Openings,
        offering: Offering,
        entries: Entries,
        journal: Journal,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._openings, self._offering, self._entries = openings, offering, entries
        self._journal, self._rules, self._clock = journal, rules, clock

    def about(
        self, entry: Entry, meant: Callable[[Opening], bool] = lambda _: True, most: int = MOST
    ) -> tuple[Account, ...]:
        """What is to be filled, soonest first, then what is over, the latest first: of the people and tables that
        give the service they wait for, and only what is `meant`. Asks no calendar."""
        service = self._rules.current().services.get(entry.service)
        given = set(service.resources) if service else set()
        active = [o for o in self._openings.active() if o.resource in given and meant(o)]
        over = [o for o in self._openings.over(given, self._clock.now() - RECENT) if meant(o)]
        return tuple(self.one(entry, o.id) for o in [*active, *over][:most])

    def one(self, entry: Entry, opening_id: str) -> Account:
        """Raises NotFound."""
        seen = self._openings.get(opening_id)
        return Account(seen.opening, seen.offers, self._says(entry, seen))

    def _says(self, entry: Entry, seen: Seen) -> str:
        opening, offers = seen.opening, seen.offers
        if opening.state in ACTIVE:
            place = self._offering.place(opening.id)
            waiting = self._entries.waiting(place.slots) if opening.state is OpeningState.OPEN else ()
            return verdict(place, entry, offers=offers, waiting=waiting)
        rows = self._journal.thread(keys.opening(opening.id))
        orders = [row.more["order"] for row in rows if row.more.get("order")]
        return verdict(as_it_was(self._rules.current(), opening), entry, offers=offers, orders=orders)
