"""What becomes of a person's entries on the waitlist when a booking of theirs is made, moves or ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import InputError, StaleWrite, WrongState
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.ports import Clock, Query, Store
from handlers.services.bookings import COMING, CUSTOMER, Bookings
from handlers.services.entries import Entries
from handlers.services.every import every
from handlers.services.rules import RulesSource


class EntryFollow:
    def __init__(
        self, *, store: Store, entries: Entries, bookings: Bookings, rules: RulesSource, clock: Clock
    ) -> None:
        self._store, self._entries, self._bookings = store, entries, bookings
        self._rules, self._clock = rules, clock

    def follow(self, booking: Booking, was: str = "") -> int:
        """Judged by what the booking is now; `was` is the state the event of its end speaks of. How many entries changed.

        Who booked the service themselves has what they waited for. Who wants an earlier time waits for earlier than the
        booking is now, and no longer when they cancelled it; when we did, they still wait. Who left the list for a
        booking that we could not give them after all is put back where they were.
        """
        done = 0
        for entry in self._entries.of_customer(booking.customer):
            try:
                done += self._follow(entry, booking)
            except WrongState:
                continue  # it left the list at this moment
        if self._taken_back(booking, was):
            done += sum(self._put_back(entry, booking) for entry in self._left_for(booking))
        return done

    def _follow(self, entry: Entry, booking: Booking) -> bool:
        what, changes = self._due(entry, booking)
        if not changes:
            return False
        by = CUSTOMER if changes.get("state") is EntryState.REMOVED else "system"
        self._entries.move(entry.id, by, what, lambda now: self._due(now, booking)[1])
        return True

    def _due(self, entry: Entry, booking: Booking) -> tuple[str, dict[str, Any]]:
        """What the booking changes about an entry, and what the audit calls it."""
        coming = booking.state in COMING and self._bookings.holds(booking)
        if entry.replaces == booking.id and coming:
            moved = entry.before != booking.slot.start
            return "follows the booking", {"before": booking.slot.start} if moved else {}
        if entry.replaces == booking.id and booking.changed_by == CUSTOMER:
            return "removed", {"state": EntryState.REMOVED}
        if entry.replaces == booking.id:
            return "lost the booking", {"replaces": None, "before": None}
        settled = coming and booking.until is None  # a hold may run out, a request be refused
        got = settled and entry.replaces is None and self._fits(entry, booking)
        return "booked", {"state": EntryState.BOOKED, "booking": booking.id} if got else {}

    def _fits(self, entry: Entry, booking: Booking) -> bool:
        day = self._rules.current().zone.date(booking.slot.start)
        wanted = entry.service == booking.slot.service and entry.earliest <= day <= entry.latest
        return wanted and booking.created >= entry.joined

    # --- back on the list --------------------------------------------------------------------------------------

    @staticmethod
    def _taken_back(booking: Booking, was: str) -> bool:
        """Whether it ended by us, before it ever came to anything: refused, not confirmed in time, or in conflict with the
        calendar."""
        refused = booking.state is State.CANCELLED and was == State.REQUESTED
        ours = refused or booking.changed_by == "system"
        return booking.state in {State.CANCELLED, State.EXPIRED} and ours and booking.changed_by != CUSTOMER

    def _left_for(self, booking: Booking) -> list[Entry]:
        """The index only names them: it may not know yet that they left."""
        query = Query(keys.of_customer(booking.customer), index="gsi1")
        found = [str(i["id"]) for i in every(self._store, query) if i["entity"] == "entry"]
        mine = [self._entries.get(id_) for id_ in found]
        return [e for e in mine if e.booking == booking.id and e.state is EntryState.BOOKED]

    def _put_back(self, entry: Entry, booking: Booking) -> bool:
        if entry.latest < self._today():
            return False
        try:
            self._entries.back(entry.id, booking.id)
        except (WrongState, StaleWrite, InputError):
            return False  # they joined anew meanwhile
        return True

    def _today(self) -> date:
        return self._rules.current().zone.date(self._clock.now())
