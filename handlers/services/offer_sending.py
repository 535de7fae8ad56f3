"""Gate four: an offer's message leaves once, and its claim window starts when it has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed, Taken
from handlers.domain.events import EventKind
from handlers.domain.quiet import quiet_until
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.opening import SPARE, Channel, Offer, OfferState, Opening
from handlers.ports import Check, Clock, Delete, Equals, Operation, Store
from handlers.services.entries import Entries
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.offer_steps import OfferSteps
from handlers.services.rules import RulesSource

LEASE = 300
"""Seconds a worker has for sending. One that died in it has sent the message, as far as anybody can know."""
AGAIN = 60
"""Seconds until a failed send is tried again."""
SENDS = 3
"""Tries to send one offer before the next person gets it."""


class Postman(Protocol):
    """Tells people; `channel` is how one is reached, None when there is none."""

    def channel(self, entry: Entry) -> Channel | None: ...

    def offer(self, offer: Offer) -> str:
        """Sends it. "" when they can't be reached any more. Raises DeliveryFailed."""
        ...


class Sending:
    """Every method is one transition, or raises StaleWrite: then somebody else was faster."""

    def __init__(
        self,
        *,
        store: Store,
        steps: OfferSteps,
        ledger: Ledger,
        journal: Journal,
        rules: RulesSource,
        entries: Entries,
        postman: Callable[[], Postman],
        clock: Clock,
    ) -> None:
        self._store, self._steps, self._ledger, self._journal = store, steps, ledger, journal
        self._rules, self._entries, self._postman, self._clock = rules, entries, postman, clock

    def send(self, opening: Opening, offer: Offer) -> bool:
        """Sends an armed offer, or settles one whose worker died; False when there is nothing to do now.

        Whoever died after handing the message over may have sent it: so it counts as sent, and the window is counted
        from now.
        """
        now, rules = self._clock.now(), self._rules.current()
        if offer.handed is not None:
            if offer.handed + LEASE > now:
                return False
            self._live(opening, offer, "unknown")
            return True
        if offer.tries and opening.due is not None and opening.due > now:
            return False  # the last try failed a moment ago
        quiet, entry = quiet_until(rules.zone, rules.quiet_hours, now), self._entries.get(offer.entry)
        if reason := self._void(offer, entry, rules):
            self._failed(opening, offer, reason)
        elif quiet is not None or now + rules.waitlist.claim_window > offer.slot.start:
            self._recall(opening, offer, quiet or now)
        else:
            self._hand(opening, offer, entry, rules)
        return True

    def _void(self, offer: Offer, entry: Entry, rules: Rules) -> str:
        """Why it must not leave any more: things have changed since it was armed."""
        if entry.state is not EntryState.WAITING or not self._steps.suits(offer, entry):
            return "no longer waits for it"
        known = offer.slot.service in rules.services and offer.slot.resource in rules.resources
        return "" if known else "no longer in the rules"

    def _hand(self, opening: Opening, offer: Offer, entry: Entry, rules: Rules) -> None:
        """Only one worker gives it to the provider, and only while the time is held and the entry is as it was looked at."""
        now = self._clock.now()
        handed = self._steps.changed(offer, handed=now)
        ours, moved = self._steps.moved(opening, "system", "sending", due=now + LEASE)
        hold = self._steps.hold(handed, now + rules.waitlist.claim_window + SPARE)
        late = now > offer.created + AGAIN  # armed a while ago: the hold may have run out
        same = Check(keys.entry(entry.id), Equals("rev", entry.rev))
        operations: list[Operation] = [self._steps.put(handed), moved[0], same]
        try:
            self._ledger.commit(take=hold if late else (), operations=operations)
        except Taken:
            self._failed(opening, offer, "the time was taken meanwhile")
            return
        try:
            sent = self._postman().offer(handed)
        except DeliveryFailed as failure:
            self._unsent(ours, handed, failure)
            return
        if sent:
            self._live(ours, handed, sent)
        else:
            self._failed(ours, handed, "can't be reached any more")

    def _live(self, opening: Opening, offer: Offer, sent: str) -> None:
        """Sent: the window runs its full length from now, and the hold with it."""
        now = self._clock.now()
        ends = now + self._rules.current().waitlist.claim_window
        live = self._steps.changed(offer, state=OfferState.LIVE, sent=now, ends=ends)
        _, moved = self._steps.moved(opening, "system", "sent", due=ends)
        event = self._journal.event(EventKind.OFFER_SENT, opening.id, seq=offer.seq, ends=ends, message=sent)
        try:
            self._ledger.commit(
                take=self._steps.hold(live, ends + SPARE), operations=[self._steps.put(live), *moved, event]
            )
        except Taken:
            self._ends(opening, offer, OfferState.WITHDRAWN, "the time was taken meanwhile")

    def _unsent(self, opening: Opening, offer: Offer, failure: DeliveryFailed) -> None:
        """Back to pending for another try; after the last, the next person gets it."""
        if failure.permanent or offer.tries + 1 >= SENDS:
            self._failed(opening, offer, failure.reason or "the message could not be delivered")
            return
        due = self._clock.now() + max(AGAIN, int(failure.retry_after))
        again = self._steps.changed(offer, handed=None, tries=offer.tries + 1, reason=failure.reason)
        _, moved = self._steps.moved(opening, "system", "not sent", due=due)
        self._store.transact([self._steps.put(again), *moved])

    def _failed(self, opening: Opening, offer: Offer, reason: str) -> None:
        """It reached nobody, so it does not count as a try."""
        self._ends(opening, offer, OfferState.FAILED, reason, tried=opening.tried - 1)

    def _ends(self, opening: Opening, offer: Offer, state: OfferState, reason: str, **changes: int) -> None:
        due = self._clock.now()
        _, moved = self._steps.moved(opening, "system", "rolls on", due=due, **changes)
        self._store.transact([*self._steps.ended(offer, state, "system", reason), *moved])

    def _recall(self, opening: Opening, offer: Offer, due: int) -> None:
        """An armed offer that may not leave now (quiet hours began, or it is too late): as if it had not been made."""
        entry, waits = self._entries.get(offer.entry), "quiet" if due > self._clock.now() else ""
        freed = [self._entries.freed(entry)] if entry.offer == offer.ref else []
        _, moved = self._steps.moved(
            opening, "system", "waits", live=None, tried=opening.tried - 1, waits=waits, due=due
        )
        gone: list[Operation] = [Delete(keys.offer(offer.opening, offer.seq), Equals("rev", offer.rev))]
        self._ledger.commit(release=self._steps.release(offer), operations=[*gone, *freed, *moved])
