"""What the waitlist made of a month: the slots that came free in it, and what became of each of them by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

from handlers.domain.booking import Booking, State
from handlers.domain.pages import by_visit
from handlers.domain.rules.model import Rules
from handlers.domain.summaries.freed import Freed
from handlers.domain.summaries.periods import Period
from handlers.domain.waitlist.opening import OfferState

LOST = frozenset({State.CANCELLED, State.EXPIRED, State.NO_SHOW})
"""A booking in one of these brings in nothing."""


class MonthlyFacts(BaseModel):
    """Of the slots that came free in the month. Money is in hundredths of the business's currency."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    freed: int = 0
    filled: int = 0
    by_waitlist: int = 0
    by_staff: int = 0
    by_customers: int = 0
    """Booked by somebody who came by the form, say, and not by an offer."""
    still_open: int = 0
    rate: int | None = None
    """Filled, in per cent; 0 and 100 only when it is none and all."""
    minutes: int | None = None
    """The median from free to claimed."""
    recovered: int = 0
    """What was claimed and is still booked or took place, at the prices in the rules."""
    unpriced: int = 0
    """Claims whose service has no price."""
    offers: int = 0
    claimed: int = 0
    declined: int = 0
    timed_out: int = 0
    by_weekday: tuple[tuple[int, int], ...] = ((0, 0),) * 7
    """(came free, filled) by the weekday of the slot, Monday first."""

    @property
    def nothing(self) -> bool:
        return self == MonthlyFacts()


def month(period: Period, rules: Rules, all_freed: Iterable[Freed]) -> MonthlyFacts:
    freed = [f for f in all_freed if period.holds(f.opening.created)]
    slots = [f for f in freed if f.counts]
    filled = [f for f in slots if f.by is not None]
    offers = [o.state for f in freed for o in f.made]
    worth = [price(rules, b) for f in freed if (b := _brought_in(f)) is not None]
    return MonthlyFacts(
        freed=len(slots),
        filled=len(filled),
        by_waitlist=sum(f.by == "waitlist" for f in filled),
        by_staff=sum(f.by == "staff" for f in filled),
        by_customers=sum(f.by == "customer" for f in filled),
        still_open=sum(f.open for f in slots),
        rate=percent(len(filled), len(slots)),
        minutes=_median_minutes([f for f in filled if f.by == "waitlist"]),
        recovered=sum(w for w in worth if w is not None),
        unpriced=sum(w is None for w in worth),
        offers=len(offers),
        claimed=offers.count(OfferState.CLAIMED),
        declined=offers.count(OfferState.DECLINED),
        timed_out=offers.count(OfferState.TIMED_OUT),
        by_weekday=tuple(_of_day(rules, slots, day) for day in range(7)),
    )


def price(rules: Rules, booking: Booking) -> int | None:
    """What a booking brings in, in hundredths: the service's price, for each person where the resource counts people.
    None when the rules name no price."""
    service = rules.services.get(booking.slot.service)
    if service is None or service.price is None:
        return None
    resource = rules.resources.get(booking.slot.resource)
    people = 1 if resource is None or by_visit(resource) else booking.party
    return round(service.price * 100) * people


def percent(part: int, whole: int) -> int | None:
    """Rounded half up; never 0 for some nor 100 for not all. None of nothing."""
    if not whole:
        return None
    rounded = (200 * part + whole) // (2 * whole)
    return min(99, max(1, rounded)) if 0 < part < whole else rounded


def _brought_in(freed: Freed) -> Booking | None:
    """The new booking a claim made, unless it was lost again. One that only moved to an earlier time is no new one."""
    booking = freed.claimed
    if booking is None or booking.state in LOST:
        return None
    made_here = booking.source == "waitlist" and booking.created >= freed.opening.created
    return booking if made_here else None


def _median_minutes(claimed: Sequence[Freed]) -> int | None:
    took = [f.filled_at - f.opening.created for f in claimed if f.filled_at is not None]
    return int(median(took) + 30) // 60 if took else None


def _of_day(rules: Rules, slots: Sequence[Freed], day: int) -> tuple[int, int]:
    here = [f for f in slots if rules.zone.date(f.opening.start).weekday() == day]
    return len(here), sum(f.by is not None for f in here)
