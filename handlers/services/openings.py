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
from handlers.domain.waitlist.opening import ACTIVE, Opening, OpeningState
from handlers.ports import Absent, Clock, Operation, Put, Query, Store
from handlers.services.every import every
from handlers.services.journal import Journal
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
        journal: Journal,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._store, self._steps, self._offering = store, steps, offering
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
        if by_visit(rules.resources[resource]):
            for other in self._steps.on(resource, start, end, ACTIVE):
                if other.start <= start and end <= other.end:
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

    def _from(self, rules: Rules, resource: str, start: int, end: int) -> int:
        """Where it can still be offered from: later than it came free, when that is too close for anybody to answer."""
        now = self._clock.now()
        sends = quiet_until(rules.zone, rules.quiet_hours, now) or now
        soonest = sends + max(rules.waitlist.cutoff, rules.waitlist.claim_window)
        least = shortest(rules, resource) or 0
        if start >= soonest:
            return start
        step = rules.booking.step
        midnight = rules.zone.day(rules.zone.date(soonest))[0]
        later = midnight + -(-(soonest - midnight) // step) * step
        return later if end - later >= least else start

    # --- waking ------------------------------------------------------------------------------------------------

    def due(self) -> int:
        """Looks at everything that is due, the backstop behind the timers; how many."""
        query = Query(keys.opening_state(OpeningState.OPEN), index="gsi3", high=keys.at(self._clock.now()))
        found = [str(item["id"]) for item in every(self._store, query)]
        for id_ in found:
            self._offering.advance(id_)
        return len(found)

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
            for found in self._steps.on(extent.resource, booking.slot.start, booking.slot.end, ACTIVE):
                opening = self._steps.opening(found.id)
                if opening.state in ACTIVE and opening.live is None:
                    self._store.transact(self._steps.filled(opening, booking, booking.changed_by or "system"))
                    done += 1
        return done

    def tidy(self) -> int:
        """What staff never came back to is closed once it has begun; how many."""
        high = keys.at(self._clock.now())
        query = Query(keys.opening_state(OpeningState.HANDED_BACK), index="gsi3", high=high)
        over = [str(item["id"]) for item in every(self._store, query)]
        for id_ in over:
            with suppress(WrongState):
                self._close(id_, "system", "over", "It has begun.")
        return len(over)

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
