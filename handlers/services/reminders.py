"""Reminders as they happen: chains planned, found by the time they are due, and moved on, each move one transaction.

A reminder is reserved, sent, recorded: PLANNED -> SENDING -> SENT | FAILED | SKIPPED. One that a crash left SENDING
is never sent again: whether it went out can't be known, so a card asks staff.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import DeliveryFailed, NotFound, StaleWrite, Unavailable, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.reminders import (
    AGAIN,
    LEASE,
    TRIES,
    Chain,
    Gap,
    Move,
    Reminder,
    decide,
    next_due,
    plan,
)
from handlers.ports import Absent, Clock, Equals, Operation, Put, Query, Store, Timers
from handlers.services.go_live import GoLive
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource

log = logging.getLogger("frontdesk.reminders")

REMINDING = frozenset(
    {
        EventKind.REMINDER_DUE,
        EventKind.IMPORTS_DECIDED,
        EventKind.RULES_CHANGED,
        EventKind.REMINDERS_OUTDATED,
    }
)
"""Events that are about reminders themselves."""
MOVES = 4
"""Moves of one chain in one go at most: one left behind, one missed, one that is due, and then nothing more."""
PAGE = 100
"""Bookings whose reminders follow changed rules in one go."""
RACES = 8
"""How often a lost race over one chain is decided anew."""


class Words(Protocol):
    def remind(self, booking: Booking, key: str) -> str:
        """Sends the reminder; the message id, or "" when the customer can't be reached. Raises DeliveryFailed."""
        ...


class Reminders:
    """`timers` and `messages` are asked for when they are needed: a click in Slack needs neither."""

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        rules: RulesSource,
        clock: Clock,
        read: Callable[[str], Booking],
        timers: Callable[[], Timers],
        messages: Callable[[], Words],
        go_live: GoLive,
    ) -> None:
        self._store, self._journal, self._rules, self._clock = store, journal, rules, clock
        self._read, self._timers, self._messages, self._go_live = read, timers, messages, go_live

    def perform(self, event: Event) -> None:
        """Does what is left to do for one of `REMINDING`. Harmless to repeat; raises Unavailable to be tried again."""
        match event.kind:
            case EventKind.REMINDER_DUE:
                self.send(event.subject, int(event.data["start"]))
            case EventKind.IMPORTS_DECIDED:
                self.release()
                self.send_due()
            case EventKind.RULES_CHANGED | EventKind.REMINDERS_OUTDATED:
                self.follow_rules(int(event.data.get("since", event.at)), event.data.get("cursor"))

    # --- a booking's chains ------------------------------------------------------------------------------------

    def plan(self, booking: Booking, since: int, *, told: bool = False) -> str:
        """The chain of a booking that is confirmed for its time since `since`; one for another time ends. Harmless
        to repeat. Of one taken over from elsewhere `told` says that we have just confirmed it. The times at which
        reminders go out, for the record."""
        for other in self.chains(booking.id):
            if other.start != booking.slot.start:
                self._end(other)
        for _ in range(RACES):
            old = self.find(booking.id, booking.slot.start)
            new = plan(booking, self._rules.current(), since, old)
            if old is None and booking.source == "import" and booking.revision == 0 and not told:
                new = self._go_live.judge(booking, new, since)
            if written := self._write(old, new, booking):
                self._set_timer(written)
                return ",".join(str(r.due) for r in written.planned) or "none"
        raise StaleWrite

    def follow_rules(self, since: int, cursor: str | None = None, *, page: int = PAGE) -> None:
        """Rules changed at `since` (epoch s): what is planned for coming bookings becomes what they say now, a page of
        bookings at a time. Harmless to repeat."""
        coming = keys.booking_state(State.CONFIRMED)
        low = keys.at(self._clock.now())
        found = self._store.query(Query(coming, index="gsi3", low=low, limit=page, cursor=cursor))
        for item in found.items:
            booking = self._read(str(item["id"]))  # the index lags
            chain = self.find(booking.id, booking.slot.start)
            if (
                booking.state is State.CONFIRMED and chain is not None
            ):  # without one, its own event is on the way
                self.plan(booking, since)
        if found.cursor:
            self._journal.emit(EventKind.REMINDERS_OUTDATED, "rules", since=since, cursor=found.cursor)

    def drop(self, booking_id: str) -> str:
        """No reminder of it goes out any more."""
        live = [chain for chain in self.chains(booking_id) if chain.due is not None or chain.held]
        for chain in live:
            self._end(chain)
        return str(len(live))

    def look(self, booking: Booking) -> str:
        """Something about the booking has changed that decides on what it still gets."""
        chain = self.find(booking.id, booking.slot.start)
        if chain is not None and (written := self._write(chain, chain, booking)):
            self._set_timer(written)
        return str(chain.due if chain else None)

    def outlook(self, booking: Booking) -> Chain:
        """What has been and will be sent, also where nothing was planned yet."""
        old = self.find(booking.id, booking.slot.start)
        return plan(booking, self._rules.current(), self._clock.now(), old)

    def chains(self, booking_id: str) -> tuple[Chain, ...]:
        found = self._store.query(Query(keys.booking(booking_id).pk, prefix=keys.CHAIN))
        return tuple(from_item(item, Chain) for item in found.items)

    def find(self, booking_id: str, start: int) -> Chain | None:
        item = self._store.get(keys.chain(booking_id, start))
        return from_item(item, Chain) if item else None

    def keep(self, booking_id: str, start: int, by: str) -> Chain:
        """Staff vouch for somebody who did not answer: the gap alert is closed. Raises NotFound, WrongState."""
        for _ in range(RACES):
            chain = self.find(booking_id, start)
            if chain is None:
                raise NotFound("gap alert", booking_id)
            if chain.gap is not Gap.RAISED:
                raise WrongState("gap alert", booking_id, chain.gap, chain.gap_by, chain.gap_at)
            kept = {"gap": Gap.KEPT, "gap_by": by, "gap_at": self._clock.now()}
            news = [
                self._journal.audit(keys.booking(booking_id), by, "kept without an answer"),
                self._journal.event(EventKind.GAP_KEPT, booking_id, start=start, by=by),
            ]
            if written := self._write(chain, chain.model_copy(update=kept), self._read(booking_id), *news):
                return written
        raise StaleWrite

    # --- what is due -------------------------------------------------------------------------------------------

    def send_due(self) -> int:
        """Everything due now, the backstop behind the timers; how many chains were looked at. One that fails does
        not stop the others; the first error is raised when all had their turn."""
        seen, failed = 0, []
        for chain in self._due():
            seen += 1
            try:
                self._advance(chain)
            except Exception as error:
                log.exception("a reminder failed", extra={"fields": {"booking": chain.booking}})
                failed.append(error)
        if failed:
            raise failed[0]
        return seen

    def send(self, booking_id: str, start: int) -> None:
        """The same for one chain, by its timer; nothing when it isn't due."""
        chain = self.find(booking_id, start)
        if chain is not None and chain.due is not None and chain.due <= self._clock.now():
            self._advance(chain)

    def release(self) -> int:
        """Chains held for staff go on once these have decided; how many did."""
        return self._go_live.release(self._released)

    def _released(self, chain: Chain, *, send: bool) -> None:
        try:
            booking = self._read(chain.booking)
        except NotFound:
            self._end(chain)
            return
        passed = () if send else chain.crossed(self._clock.now())
        freed = chain.change(passed, state="SKIPPED", at=self._clock.now())
        if written := self._write(chain, freed.model_copy(update={"held": False}), booking):
            self._set_timer(written)

    # --- one move ----------------------------------------------------------------------------------------------

    def _advance(self, chain: Chain) -> None:
        try:
            booking = self._read(chain.booking)
        except NotFound:
            self._end(chain)
            return
        for _ in range(MOVES):
            move = decide(chain, booking, self._rules.current(), self._clock.now())
            after, news = self._after(chain, booking, move)
            written = self._write(chain, after, booking, *news)
            if written is None:
                return  # somebody else is at it
            chain = written
            if move.kind == "reminder" and move.reminder is not None:
                self._deliver(booking, chain, move.reminder)
                return
            if move.kind in {"scheduled", "held", "over"}:
                self._set_timer(chain)
                return

    def _after(self, chain: Chain, booking: Booking, move: Move) -> tuple[Chain, list[Operation]]:
        now, its = self._clock.now(), [move.reminder] if move.reminder else []
        match move.kind:
            case "reminder":
                after = chain.change(move.crossed, state="SKIPPED", at=now)
                return after.change(its, state="SENDING", at=now + LEASE), []
            case "overtaken":
                return chain.change(move.crossed, state="SKIPPED", at=now), []
            case "missed":
                reason = "It was due while reminders did not run, and now it would arrive in quiet hours."
                return chain.change(its, state="SKIPPED", at=now), [self._card(booking, reason)]
            case "unknown":
                reason = "We don't know whether the reminder went out. Please check with the customer."
                return chain.change(its, state="FAILED", at=now), [self._card(booking, reason)]
            case "gap alert":
                reminded, last = len(chain.sent), chain.sent[-1].at
                news: list[Operation] = [
                    self._journal.audit(
                        keys.booking(booking.id), "system", "did not answer", reminded=reminded
                    ),
                    self._journal.event(
                        EventKind.GAP_ALERT, booking.id, start=chain.start, reminded=reminded, last=last
                    ),
                ]
                return chain.model_copy(update={"gap": Gap.RAISED, "gap_at": now}), news
            case _:
                return chain, []

    def _deliver(self, booking: Booking, chain: Chain, reminder: Reminder) -> None:
        key = f"{booking.id}:reminder:{reminder.before}:{chain.start}:{reminder.tries}"
        try:
            sent = self._messages().remind(booking, key)
        except Unavailable as failure:
            changes, news = self._failed(booking, reminder, failure)
        else:
            changes = {"state": "SENT" if sent else "SKIPPED", "at": self._clock.now(), "sent": sent}
            news = self._news(booking, chain, reminder, sent)
        self._record(booking, chain, reminder, changes, news)

    def _news(self, booking: Booking, chain: Chain, reminder: Reminder, sent: str) -> list[Operation]:
        subject, before = keys.booking(booking.id), reminder.before
        if not sent:
            return [self._journal.audit(subject, "system", "could not be reminded", before=before)]
        number = chain.reminders.index(next(r for r in chain.reminders if r.before == before)) + 1
        return [
            self._journal.audit(subject, "system", "reminded", before=before, number=number, sent=sent),
            self._journal.event(
                EventKind.BOOKING_REMINDED,
                booking.id,
                before=before,
                number=number,
                revision=booking.revision,
            ),
        ]

    def _failed(
        self, booking: Booking, reminder: Reminder, failure: Unavailable
    ) -> tuple[dict[str, Any], list[Operation]]:
        """Tried again soon, or given up with a card: what may have arrived is not sent twice. That too much was to be
        sent at once (`retry_after`) is nobody's failure, and counts as no try."""
        now, tries = self._clock.now(), reminder.tries + (0 if failure.retry_after else 1)
        final = isinstance(failure, DeliveryFailed) and (failure.permanent or failure.unsure)
        if final or tries >= TRIES or now + AGAIN >= booking.slot.start:
            return {"state": "FAILED", "at": now}, [self._card(booking, failure.reason)]
        return {"state": "PLANNED", "at": 0, "tries": tries, "due": now + AGAIN}, []

    def _record(
        self,
        booking: Booking,
        chain: Chain,
        reminder: Reminder,
        changes: dict[str, Any],
        news: list[Operation],
    ) -> None:
        """What became of the reminder we reserved in `chain`, in the chain as it is by now."""
        reserved = next(r for r in chain.reminders if r.before == reminder.before)
        now: Chain | None = chain
        for _ in range(RACES):
            if now is None or reserved not in now.reminders:
                return  # taken from us: the lease ran out, and staff were asked
            if written := self._write(now, now.change([reserved], **changes), booking, *news):
                self._set_timer(written)
                return
            now = self.find(chain.booking, chain.start)
        raise StaleWrite

    # --- rows --------------------------------------------------------------------------------------------------

    def _write(self, old: Chain | None, new: Chain, booking: Booking, *news: Operation) -> Chain | None:
        """The chain as written, due when the next move is; None when somebody else changed it first."""
        due = next_due(new, booking, self._rules.current(), self._clock.now())
        new = new.model_copy(update={"due": due, "rev": old.rev + 1 if old else 0})
        if old is not None and new == old.model_copy(update={"rev": new.rev}):
            return old
        same = Absent() if old is None else Equals("rev", old.rev)
        try:
            self._store.transact([Put(to_item(new), same), *news])
        except StaleWrite:
            return None
        return new

    def _end(self, chain: Chain) -> None:
        """Nothing of it is due any more; it stays as a record."""
        for _ in range(RACES):
            ended = chain.model_copy(update={"due": None, "held": False, "rev": chain.rev + 1})
            try:
                self._store.transact([Put(to_item(ended), Equals("rev", chain.rev))])
            except StaleWrite:
                fresh = self.find(chain.booking, chain.start)
                if fresh is None:
                    return
                chain = fresh
            else:
                self._set_timer(ended)
                return
        raise StaleWrite

    def _due(self) -> Iterator[Chain]:
        high, cursor = keys.at(self._clock.now()), None
        while True:
            found = self._store.query(Query(keys.REMINDER, index="gsi3", high=high, cursor=cursor))
            yield from (from_item(item, Chain) for item in found.items)
            if (cursor := found.cursor) is None:
                return

    def _set_timer(self, chain: Chain) -> None:
        """The tick is behind it, so timers that can't be set are no failure."""
        name = f"reminder-{chain.booking}"
        try:
            if chain.due is None:
                self._timers().cancel(name)
                return
            event = Event(
                id=f"{name}-{chain.due}",
                kind=EventKind.REMINDER_DUE,
                subject=chain.booking,
                at=chain.due,
                data={"start": chain.start},
            )
            self._timers().set(name, chain.due, event)
        except Unavailable as problem:
            log.warning("no timer, the tick will do: %s", problem)

    def _card(self, booking: Booking, reason: str) -> Put:
        return self._journal.event(
            EventKind.DELIVERY_FAILED, booking.id, kind="booking", what="reminder", reason=reason
        )
