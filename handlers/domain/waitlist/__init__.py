"""The waitlist's rules: who waits, what opened up, who may have it, and what happens next. Pure."""

from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.opening import Offer, OfferState, Opening, OpeningState

__all__ = ["Entry", "EntryState", "Offer", "OfferState", "Opening", "OpeningState"]
