"""A slot that came free, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.domain.booking import Booking
from handlers.domain.waitlist.opening import ACTIVE, Offer, OfferState, Opening, OpeningState

FilledBy = Literal["waitlist", "staff", "customer"]
"""`customer`: somebody booked it themselves, by the form, say."""


@dataclass(frozen=True)
class Freed:
    """`offers` are all made of the opening, `claimed` the booking that came of one, as it is now."""

    opening: Opening
    offers: tuple[Offer, ...] = ()
    claimed: Booking | None = None

    @property
    def counts(self) -> bool:
        """What is left over of a slot that was filled is no slot of its own."""
        return self.opening.why != "rest"

    @property
    def filled_at(self) -> int | None:
        return self.opening.changed if self.opening.state is OpeningState.FILLED else None

    @property
    def by(self) -> FilledBy | None:
        """Who filled it."""
        if self.opening.state is not OpeningState.FILLED:
            return None
        if any(offer.state is OfferState.CLAIMED for offer in self.offers):
            return "waitlist"
        return "customer" if self.opening.changed_by == "customer" else "staff"

    @property
    def open(self) -> bool:
        """Still to be filled."""
        return self.opening.state in ACTIVE

    @property
    def made(self) -> tuple[Offer, ...]:
        """Offers that reached somebody."""
        return tuple(o for o in self.offers if o.handed is not None and o.state is not OfferState.FAILED)
