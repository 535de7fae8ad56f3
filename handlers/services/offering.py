"""What is done with an opening, one look after another.

`advance` looks at an opening as it stands and does the next thing, whatever woke it: a freed slot, a timer, the tick, an
answer, a click. Its gates: the next untried entry and its channel; quiet hours; arm; and `offer_sending` composes and sends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.availability.fit import Fitting, shortest
from handlers.domain.errors import StaleWrite, Taken
from handlers.domain.events import Event, EventKind
from handlers.domain.items import to_item
from handlers.domain.quiet import quiet_until
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist.eligible import Place, soonest
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.moves import Decision, decide
from handlers.domain.waitlist.opening import IN_LINE, SPARE, Offer, OfferState, Opening, OpeningState, Waits
from handlers.ports import Absent, Clock, Operation, Put, Timers
from handlers.services.entries import Entries
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.offer_sending import AGAIN, Postman, Sending
from handlers.services.offer_steps import OfferSteps, Seen
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

TRIES = 8
"""How often others may be faster before a worker gives up."""
STEPS = 100
"""Transitions of one opening in one go; the tick goes on from there."""
UNREADABLE = 300
"""Seconds until a calendar that could not be read is looked at again."""
FILLED = ("calendar busy", "booked", "full", "daily cap")
"""How `explain` begins when somebody has the time."""
QUIET_KINDS = frozenset({"opening", "rest"})
"""Openings nobody gave back: when nobody fits, staff need not be told."""


class Offering:
    def __init__(
        self,
        *,
        steps: OfferSteps,
        sending: Sending,
        ledger: Ledger,
        journal: Journal,
        rules: RulesSource,
        slots: Slots,
        entries: Entries,
        postman: Callable[[], Postman],
        timers: Timers,
        clock: Clock,
    ) -> None:
        self._steps, self._sending, self._ledger = steps, sending, ledger
        self._journal, self._rules, self._slots, self._entries = journal, rules, slots, entries
        self._postman, self._timers, self._clock = postman, timers, clock

    def advance(self, id_: str) -> Opening:
        """Does what is to be done now; the opening as it is then. Harmless to repeat, and safe among workers. Raises
        NotFound."""
        lost = 0
        for _ in range(STEPS):
            seen = self._steps.seen(id_)
            if seen.opening.state is not OpeningState.OPEN:
                return seen.opening
            try:
                if not self._step(seen):
                    return self._woken(seen.opening)
            except StaleWrite:
                lost += 1  # somebody else looked, answered or clicked at this moment
                if lost == TRIES:
                    raise
        return self._steps.opening(id_)

    def _step(self, seen: Seen) -> bool:
        """One transition; False when there is nothing to do now."""
        opening, offer, now = seen.opening, seen.live, self._clock.now()
        if offer is not None and offer.state is OfferState.SENDING:
            return self._sending.send(opening, offer)
        if offer is not None and offer.state is OfferState.LIVE and now < (offer.ends or 0):
            return False
        if offer is None and opening.due is not None and opening.due > now:
            return False  # it waits, and holds nothing
        self._next(seen, now)
        return True

    def _next(self, seen: Seen, now: int) -> None:
        """The offer that was out has ended, if there was one: on to the next person, or back to staff."""
        opening, rules = seen.opening, self._rules.current()
        if opening.start <= now:
            self.leave(seen, OpeningState.CLOSED, "over", "It has begun.")
            return
        found = self._fitting(seen)
        place = self._place(rules, seen, found)
        decision = self._decided(place, self._entries.waiting(found.slots))
        if decision.entry is not None and place.send_at > now:
            self._wait(seen, "quiet", place.send_at)
        elif decision.entry is not None:
            self._arm(seen, decision, decision.entry, place.slots[decision.entry.service])
        elif decision.final or self._too_late(place):
            self._give_back(seen, decision, found)
        elif found.unreadable:
            self._wait(seen, "calendar", now + UNREADABLE)
        elif found.held is not None:
            self._wait(seen, "held", found.held)
        elif decision.busy:
            self._wait(seen, "offered", now + rules.waitlist.claim_window)
        else:
            self._give_back(seen, decision, found)

    def _decided(self, place: Place, entries: Sequence[Entry]) -> Decision:
        """Indexes lag behind: whoever is chosen is looked at as they are now, and chosen again."""
        while True:
            decision = decide(place, entries)
            if decision.entry is None:
                return decision
            chosen = self._entries.get(decision.entry.id)
            if chosen == decision.entry:
                return decision
            entries = [chosen if e.id == chosen.id else e for e in entries]

    @staticmethod
    def _too_late(place: Place) -> bool:
        """Whether no start in it can be offered any more, whatever becomes free or readable."""
        last = place.opening.end - (shortest(place.rules, place.opening.resource) or 0)
        return soonest(place.rules, place.send_at) > last

    def place(self, id_: str) -> Place:
        """The opening as the engine sees it now; for explaining. Raises NotFound."""
        seen = self._steps.seen(id_)
        return self._place(self._rules.current(), seen, self._fitting(seen, calendars=False))

    def fits(self, seen: Seen) -> bool:
        """Whether anything can still be booked in it, by the calendars too; also while they can't be read."""
        found = self._fitting(seen)
        return bool(found.slots or found.unreadable)

    def _fitting(self, seen: Seen, *, calendars: bool = True) -> Fitting:
        opening, last = seen.opening, seen.live
        return self._slots.fitting(
            opening.resource,
            opening.start,
            opening.end,
            exclude=last.claim if last else None,
            calendars=calendars,
        )

    def _place(self, rules: Rules, seen: Seen, found: Fitting) -> Place:
        now = self._clock.now()
        return Place(
            opening=seen.opening,
            rules=rules,
            day=rules.zone.date(seen.opening.start),
            send_at=quiet_until(rules.zone, rules.quiet_hours, now) or now,
            slots=found.slots,
            misfits=found.misfits,
            tried=frozenset(o.entry for o in seen.offers),
            unreachable=lambda entry: self._postman().channel(entry) is None,
        )

    # --- gate 3: arm -------------------------------------------------------------------------------------------

    def _arm(self, seen: Seen, decision: Decision, entry: Entry, slot: Slot) -> None:
        """The offer stands and holds its time before its message leaves; the hold passes on without a gap."""
        opening, last, rules, now = seen.opening, seen.live, self._rules.current(), self._clock.now()
        service = rules.services[slot.service]
        channel = self._postman().channel(entry) or "email"
        offer = Offer(
            opening=opening.id,
            seq=opening.seq + 1,
            entry=entry.id,
            customer=entry.customer,
            name=entry.name,
            email=entry.email,
            phone=entry.phone,
            channel=channel,
            slot=slot,
            extents=slot.extents(service.buffer_before, service.buffer_after),
            party=entry.party,
            created=now,
            changed=now,
            changed_by="system",
        )
        until = now + rules.waitlist.claim_window + SPARE
        armed = {
            "seq": offer.seq,
            "live": offer.seq,
            "tried": opening.tried + 1,
            "waits": "",
            "due": now + AGAIN,
        }
        operations: list[Operation] = [
            *self._ending(last),
            *self._steps.moved(opening, "system", decision.move.replace("_", " "), **armed)[1],
            Put(to_item(offer), Absent()),
            self._entries.holding(entry, offer.ref),
            self._journal.audit(
                keys.opening(opening.id),
                "system",
                "offered",
                None,
                {"seq": offer.seq, "entry": entry.id, "channel": channel},
                order=list(decision.order[:IN_LINE]),
                name=entry.name,
            ),
        ]
        try:
            self._ledger.commit(
                take=self._steps.hold(offer, until), release=self._steps.release(last), operations=operations
            )
        except Taken:
            if self._fitting(seen, calendars=False).slots.get(slot.service) != slot:
                raise StaleWrite from None  # somebody took the time at this moment: look again
            self._unfit(seen, offer)

    def _unfit(self, seen: Seen, offer: Offer) -> None:
        """What fits in the diary does not fit this person (too few places): passed over, and not asked again. The last
        hold stays, for whoever comes next."""
        reason, last = "not free for them", seen.live
        failed = offer.model_copy(update={"state": OfferState.FAILED, "reason": reason})
        _, moved = self._steps.moved(
            seen.opening, "system", "passed over", seq=offer.seq, waits="", due=self._clock.now()
        )
        row = self._journal.audit(
            keys.opening(offer.opening), "system", "passed over", None, {"reason": reason}, name=offer.name
        )
        operations = [*self._ending(last), *moved, Put(to_item(failed), Absent()), row]
        self._ledger.commit(operations=operations)

    def _ending(self, last: Offer | None) -> list[Operation]:
        """The window of the offer that was out has run out; what has ended by itself stays as it is."""
        return self._steps.ended(last, OfferState.TIMED_OUT, "system") if last else []

    # --- nobody holds it ---------------------------------------------------------------------------------------

    def _wait(self, seen: Seen, why: Waits, until: int) -> None:
        """Until then, or its start, nobody holds it: others may book it meanwhile."""
        due = min(until, seen.opening.start)
        _, moved = self._steps.moved(seen.opening, "system", "waits", live=None, waits=why, due=due)
        self._ledger.commit(
            release=self._steps.release(seen.live), operations=[*self._ending(seen.live), *moved]
        )

    def _give_back(self, seen: Seen, decision: Decision, found: Fitting) -> None:
        """To staff; quietly closed when there is nothing for them to do."""
        quiet = seen.opening.why in QUIET_KINDS and decision.move == "nobody_fits"
        filled = not found.slots and any(m.startswith(FILLED) for m in found.misfits.values())
        state = OpeningState.CLOSED if quiet or filled else OpeningState.HANDED_BACK
        self.leave(seen, state, decision.move.replace("_", " "), decision.reason)

    def leave(self, seen: Seen, state: OpeningState, what: str, reason: str, by: str = "system") -> None:
        """Ends it in `state`: the hold is released, and whoever holds an offer that staff end is told by its event."""
        changes: dict[str, Any] = {"state": state, "live": None, "waits": "", "due": None, "reason": reason}
        _, moved = self._steps.moved(seen.opening, by, what, **changes)
        ended = self._ending(seen.live)
        if by != "system" and seen.live is not None:
            ended = self._steps.ended(seen.live, OfferState.WITHDRAWN, by, reason)
        self._ledger.commit(release=self._steps.release(seen.live), operations=[*ended, *moved])

    def _woken(self, opening: Opening) -> Opening:
        """A timer for the next look. It may be lost: the tick is behind it."""
        name = timer(opening.id)
        if opening.due is not None:
            at = opening.due
            self._timers.set(
                name, at, Event(id=f"{name}-{at}", kind=EventKind.OPENING_DUE, subject=opening.id, at=at)
            )
        return opening


def timer(opening: str) -> str:
    """The name of the timer that wakes an opening."""
    return f"opening-{opening}"


def concerns_staff(opening: Opening) -> bool:
    """Whether staff have something to see or do. Not with what nobody gave back, before it is offered; not with what is over."""
    if opening.state is OpeningState.HANDED_BACK:
        return True
    waits = bool(opening.waits) and opening.why not in QUIET_KINDS
    return opening.state is OpeningState.OPEN and (opening.seq > 0 or waits)
