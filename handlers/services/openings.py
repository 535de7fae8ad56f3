"""Openings: freed slots, from the moment they come free until somebody has them or staff say what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from handlers.domain import keys
from handlers.domain.availability.fit import shortest
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.errors import StaleWrite, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.pages import by_visit
from handlers.domain.quiet import quiet_until
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.eligible import soonest
from handlers.domain.waitlist.opening import ACTIVE, Offer, OfferState, Opening, OpeningState
from handlers.ports import Absent, Clock, Operation, Put, Query, Store
from handlers.services.every import each, every
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.offer_steps import OfferSteps, Seen, seats_of
from handlers.services.offering import TRIES, Offering
from handlers.services.rules import RulesSource

FAR = 10**11
"""Later than any opening (epoch s)."""


class Openings:
    def __init__(
        self,
        *,
        store: Store,
        steps: OfferSteps,
        offering: Offering,
        ledger: Ledger,
        journal: Journal,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._store, self._steps, self._offering, self._ledger = store, steps, offering, ledger
        self._journal, self._rules, self._clock = journal, rules, clock

    # --- opened ------------------------------------------------------------------------------------------------

    def freed(self, event: Event) -> Opening | None:
        """The opening of a `slot.freed` event, looked at for the first time; None when there is nothing to fill.

        The same event again finds its opening. What lies inside another opening of the same person or table is that one.
        """
        item = self._store.get(keys.opening(event.id))
        if item is None:
            opening = self._opening(event)
            if opening is None:
                return None
            if around := self._around(opening):
                return self._freed_more(around)
            operations: list[Operation] = [
                Put(to_item(opening), Absent()),
                self._journal.audit(
                    keys.opening(opening.id),
                    "system",
                    "opened",
                    None,
                    {"why": opening.why, "start": opening.start},
                ),
                self._journal.event(
                    EventKind.OPENING_CHANGED, opening.id, state=opening.state, was="", by="system"
                ),
            ]
            with suppress(StaleWrite):  # the same event, delivered twice at this moment
                self._store.transact(operations)
        return self._offering.advance(event.id)

    def _opening(self, event: Event) -> Opening | None:
        data, rules, now = event.data, self._rules.current(), self._clock.now()
        resource, end, why = str(data["resource"]), int(data["end"]), str(data.get("why", ""))
        if data.get("was") == "PENDING" or resource not in rules.resources:
            return None  # a hold that ran out was never anybody's
        start = self._from(rules, resource, max(now, int(data["start"])), end)
        least = shortest(rules, resource)
        if least is None or end - start < least:
            return None
        extent = data.get("extent") or [start, end]
        return Opening(
            id=event.id,
            resource=resource,
            start=start,
            end=end,
            extent=(min(start, max(now, int(extent[0]))), max(end, int(extent[1]))),
            seats=seats_of(rules, resource, int(data.get("seats", 1))),
            service=str(data.get("service", "")),
            why=why,
            freed_by=data.get("customer"),
            opened_by=str(data.get("by", "")),
            due=now,
            created=now,
            changed=now,
            changed_by="system",
        )

    def _around(self, opening: Opening) -> Opening | None:
        """One that is still to be filled and has this inside it, where one person or party is taken at a time."""
        if not by_visit(self._rules.current().resources[opening.resource]):
            return None
        found = self._steps.on(opening.resource, opening.start, opening.end, ACTIVE)
        around = [o for o in found if o.start <= opening.start and opening.end <= o.end]
        now = (self._steps.opening(o.id) for o in around)  # the index may not know yet that it is over
        return next((o for o in now if o.state in ACTIVE), None)

    def _freed_more(self, opening: Opening) -> Opening:
        """What stood in its way may be gone: it is looked at now, unless it waits for the morning."""
        if (
            opening.state is OpeningState.OPEN
            and opening.live is None
            and opening.waits in {"held", "calendar"}
        ):
            _, moved = self._steps.moved(opening, "system", "freed again", due=self._clock.now())
            with suppress(StaleWrite):  # somebody looks at it at this moment
                self._store.transact(moved)
        return self._offering.advance(opening.id)

    def _from(self, rules: Rules, resource: str, start: int, end: int) -> int:
        """Where it can still be offered from: later than it came free, when that is too close for anybody to answer."""
        now = self._clock.now()
        sends = quiet_until(rules.zone, rules.quiet_hours, now) or now
        earliest = soonest(rules, sends)
        least = shortest(rules, resource) or 0
        if start >= earliest:
            return start
        step = rules.booking.step
        midnight = rules.zone.day(rules.zone.date(earliest))[0]
        later = midnight + -(-(earliest - midnight) // step) * step
        return later if end - later >= least else start

    # --- waking ------------------------------------------------------------------------------------------------

    def due(self) -> int:
        """Looks at everything that is due, the backstop behind the timers; how many."""
        query = Query(keys.opening_state(OpeningState.OPEN), index="gsi3", high=keys.at(self._clock.now()))
        return each([str(item["id"]) for item in every(self._store, query)], self._offering.advance)

    # --- what happens around it --------------------------------------------------------------------------------

    def overtaken(self, booking: Booking) -> int:
        """A booking stands where something was still to be filled: it is filled. How many openings that ended."""
        if booking.state not in HOLDING or booking.until is not None:
            return 0
        done = 0
        for extent in booking.extents:
            rules = self._rules.current()
            if extent.resource not in rules.resources or not by_visit(rules.resources[extent.resource]):
                continue
            for opening in self._steps.on(extent.resource, booking.slot.start, booking.slot.end, ACTIVE):
                done += self._overtaken(opening.id, booking)
        return done

    def _overtaken(self, id_: str, booking: Booking) -> bool:
        for _ in range(TRIES):
            seen = self._steps.seen(id_)
            opening, offer = seen.opening, seen.live
            if opening.state not in ACTIVE or (offer is not None and not _meet(offer, booking)):
                return False  # an offer of another part of it stands: its end is what comes next
            by = booking.changed_by or "system"
            # A hold keeps everybody out but staff, who end the offer themselves: this one has run out.
            ended = self._steps.ended(offer, OfferState.TIMED_OUT, "system") if offer else []
            try:
                self._ledger.commit(
                    release=self._steps.release(offer),
                    operations=[*ended, *self._steps.filled(opening, booking, by)],
                )
            except StaleWrite:
                continue
            return True
        raise StaleWrite

    def met(self, resource: str, start: int, end: int) -> list[Seen]:
        """What is still to be filled in [start, end) of a resource, with its offers."""
        found = [self._steps.seen(o.id) for o in self._steps.on(resource, start, end, ACTIVE)]
        return [seen for seen in found if seen.opening.state in ACTIVE]

    def gone(self, seen: Seen) -> None:
        """A slot staff have back, and nothing fits into it any more: somebody filled it in the calendar."""
        opening = seen.opening
        if self._offering.fits(seen):
            return
        with suppress(WrongState):
            self._close(opening.id, "calendar", "filled", "Filled in the calendar.")

    def tidy(self) -> int:
        """What staff never came back to is closed once it has begun; how many."""
        high = keys.at(self._clock.now())
        query = Query(keys.opening_state(OpeningState.HANDED_BACK), index="gsi3", high=high)
        over = [str(item["id"]) for item in every(self._store, query)]
        return each(over, lambda id_: self._close(id_, "system", "over", "It has begun."))

    def get(self, id_: str) -> Seen:
        """Raises NotFound."""
        return self._steps.seen(id_)

    def active(self) -> tuple[Opening, ...]:
        """What is being offered or waits for staff, soonest first."""
        found = [
            from_item(item, Opening)
            for state in sorted(ACTIVE)
            for item in every(self._store, Query(keys.opening_state(state), index="gsi3"))
        ]
        return tuple(sorted(found, key=lambda o: (o.start, o.id)))

    def over(self, resources: Iterable[str], since: int) -> list[Opening]:
        """What somebody got or nobody did, of these people and tables, and began after `since` (epoch s) or will; the
        latest change first. Without what was never offered to anybody."""
        ends = frozenset(OpeningState) - ACTIVE
        found = [o for r in resources for o in self._steps.on(r, since, FAR, ends)]
        told = [o for o in found if o.seq or o.state is OpeningState.FILLED]
        return sorted(told, key=lambda o: (-o.changed, o.id))

    # --- staff -------------------------------------------------------------------------------------------------

    def stop(self, id_: str, by: str) -> Opening:
        """No more offers; the slot is staff's. Whoever holds one is told. Raises WrongState."""
        return self._by_staff(
            id_,
            {OpeningState.OPEN},
            lambda s: self._offering.leave(
                s, OpeningState.HANDED_BACK, "stopped", "Offers were stopped.", by
            ),
        )

    def leave_open(self, id_: str, by: str) -> Opening:
        """Staff keep it for a walk-in. Raises WrongState."""
        return self._close(id_, by, "left open", "Left open for a walk-in.")

    def try_again(self, id_: str, by: str) -> Opening:
        """Offered once more, to those who have not been asked; the event does the rest. Raises WrongState."""

        def again(seen: Seen) -> None:
            changes = {"state": OpeningState.OPEN, "tried": 0, "reason": "", "due": self._clock.now()}
            self._store.transact(self._steps.moved(seen.opening, by, "tries again", **changes)[1])

        return self._by_staff(id_, {OpeningState.HANDED_BACK}, again)

    def _close(self, id_: str, by: str, what: str, reason: str) -> Opening:
        return self._by_staff(
            id_,
            {OpeningState.HANDED_BACK},
            lambda s: self._offering.leave(s, OpeningState.CLOSED, what, reason, by),
        )

    def _by_staff(self, id_: str, states: set[OpeningState], act: Callable[[Seen], None]) -> Opening:
        for _ in range(TRIES):
            seen = self._steps.seen(id_)
            opening = seen.opening
            if opening.state not in states:
                raise WrongState("opening", id_, opening.state, opening.changed_by, opening.changed)
            try:
                act(seen)
            except StaleWrite:
                continue
            return self._steps.opening(id_)
        raise StaleWrite


def _meet(offer: Offer, booking: Booking) -> bool:
    return any(
        a.resource == b.resource and a.start < b.end and b.start < a.end
        for a in offer.extents
        for b in booking.extents
    )
