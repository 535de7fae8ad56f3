"""Reminders of a booking: rows found by the time they are due, each sent at most once.

PLANNED -> SENDING -> SENT | FAILED;  PLANNED -> SKIPPED. A row left SENDING by a crash is never sent again: whether
the message went out can't be known, so a card asks staff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import Conflict, DeliveryFailed, NotFound, StaleWrite
from handlers.domain.events import Event, EventKind
from handlers.domain.rules.model import Interval, Rules
from handlers.domain.zone import Zone
from handlers.ports import AllOf, Clock, Delete, Equals, Item, Operation, Put, Query, Store, Timers, Update
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource

LEASE = 600
"""Seconds after which a row still SENDING counts as left behind."""
AGAIN = 300
"""Seconds until another try when the provider did not answer."""
TRIES = 3

Send = Callable[[Booking, str], str]
"""Sends the reminder of a booking under a key; the message id, or "" when the customer can't be reached."""


class Reminders:
    def __init__(
        self, *, store: Store, journal: Journal, rules: RulesSource, timers: Timers, clock: Clock, send: Send
    ) -> None:
        self._store, self._journal, self._rules, self._timers = store, journal, rules, timers
        self._clock, self._send = clock, send

    def plan(self, booking: Booking) -> str:
        """Rows for every reminder still ahead, in place of those for another time. Harmless to repeat."""
        now, wanted = self._clock.now(), set(schedule(booking, self._rules.current()))
        rows = {int(row["before"]): row for row in self._rows(booking.id)}
        ahead = {before for before in wanted if booking.slot.start - before > now}
        stale = [b for b, row in rows.items() if b not in ahead and row["state"] == "PLANNED"]
        new = [b for b in ahead if b not in rows or rows[b]["start"] != booking.slot.start]
        operations: list[Operation] = [Delete(keys.reminder(booking.id, b)) for b in stale]
        operations += [Put(_row(booking, before)) for before in new]
        if operations:
            self._store.transact(operations)
        for before in stale:
            self._timers.cancel(_timer(booking.id, before))
        for before in sorted(ahead):
            self._set_timer(booking.id, before, booking.slot.start - before)
        return ",".join(map(str, sorted(ahead))) or "none"

    def drop(self, booking_id: str) -> str:
        """No reminder of it goes out any more."""
        planned = [int(r["before"]) for r in self._rows(booking_id) if r["state"] == "PLANNED"]
        if planned:
            self._store.transact([Delete(keys.reminder(booking_id, before)) for before in planned])
        for before in planned:
            self._timers.cancel(_timer(booking_id, before))
        return str(len(planned))

    def send_due(self, read: Callable[[str], Booking]) -> int:
        """Everything due now, the backstop behind the timers; how many rows were looked at."""
        seen = 0
        for row in self._due():
            self.send(str(row["booking"]), int(row["before"]), read)
            seen += 1
        return seen

    def send(self, booking_id: str, before: int, read: Callable[[str], Booking]) -> None:
        """Reserve, send, record; nothing when it isn't due, was sent, or the booking has moved on."""
        row, now = self._store.get(keys.reminder(booking_id, before)), self._clock.now()
        if row is None:
            return
        if row["state"] == "SENDING" and int(row["lease"]) <= now:
            self._left_behind(row)
        if row["state"] != "PLANNED" or int(row["due"]) > now:
            return
        try:
            booking = read(booking_id)
        except NotFound:
            return
        if not self._stands(booking, row) or self._overtaken(row) or self._deferred(row):
            return
        if self._change(row, state="SENDING", lease=now + LEASE, gsi3sk=keys.at(now + LEASE)):
            self._deliver(booking, {**row, "state": "SENDING"})

    # --- steps of a send ---------------------------------------------------------------------------------------

    def _stands(self, booking: Booking, row: Item) -> bool:
        coming = booking.state is State.CONFIRMED and booking.slot.start > self._clock.now()
        if coming and booking.slot.start == row["start"]:
            return True
        self._end(row, "SKIPPED")
        return False

    def _overtaken(self, row: Item) -> bool:
        """Whether a later reminder of the same booking is due too, or out (we were down): one message is enough."""
        now = self._clock.now()
        later = [
            r
            for r in self._rows(str(row["booking"]))
            if r["state"] in {"PLANNED", "SENDING", "SENT"}
            and int(r["before"]) < int(row["before"])
            and int(r["due"]) <= now
        ]
        if later:
            self._end(row, "SKIPPED")
        return bool(later)

    def _deferred(self, row: Item) -> bool:
        """In quiet hours it waits for their end; one that would then come too late is dropped."""
        rules = self._rules.current()
        until = quiet_until(rules.zone, rules.quiet_hours, self._clock.now())
        if until is None:
            return False
        if until >= int(row["start"]):
            self._end(row, "SKIPPED")
        elif self._change(row, due=until, gsi3sk=keys.at(until)):
            self._set_timer(str(row["booking"]), int(row["before"]), until)
        return True

    def _deliver(self, booking: Booking, row: Item) -> None:
        before = int(row["before"])
        key = f"{booking.id}:reminder:{before}:{booking.slot.start}:{row['tries']}"
        try:
            sent = self._send(booking, key)
        except DeliveryFailed as failure:
            self._failed(row, failure)
            return
        news: list[Operation] = []
        if sent:
            news = [
                self._journal.audit(keys.booking(booking.id), "system", "reminded", before=before, sent=sent),
                self._journal.event(
                    EventKind.BOOKING_REMINDED, booking.id, before=before, revision=booking.revision
                ),
            ]
        self._end(row, "SENT" if sent else "SKIPPED", news)

    def _failed(self, row: Item, failure: DeliveryFailed) -> None:
        tries, due = int(row["tries"]) + 1, self._clock.now() + AGAIN
        if failure.permanent or tries >= TRIES or due >= int(row["start"]):
            self._end(row, "FAILED", [self._card(row, failure.reason)])
        elif self._change(row, state="PLANNED", tries=tries, due=due, gsi3sk=keys.at(due)):
            self._set_timer(str(row["booking"]), int(row["before"]), due)

    def _left_behind(self, row: Item) -> None:
        reason = "We don't know whether the reminder went out. Please check with the customer."
        self._end(row, "FAILED", [self._card(row, reason)])

    def _card(self, row: Item, reason: str) -> Put:
        return self._journal.event(
            EventKind.DELIVERY_FAILED, str(row["booking"]), kind="booking", what="reminder", reason=reason
        )

    # --- rows --------------------------------------------------------------------------------------------------

    def _change(self, row: Item, **changes: Any) -> bool:
        """False when somebody else moved the row first."""
        same = AllOf((Equals("state", row["state"]), Equals("start", row["start"])))
        try:
            self._store.transact([Update(_key(row), set=changes, when=same)])
        except StaleWrite:
            return False
        return True

    def _end(self, row: Item, state: str, news: list[Operation] | None = None) -> None:
        same = AllOf((Equals("state", row["state"]), Equals("start", row["start"])))
        ended = Update(_key(row), set={"state": state}, remove=("gsi3pk", "gsi3sk"), when=same)
        try:
            self._store.transact([ended, *(news or [])])
        except Conflict:
            return  # planned anew meanwhile

    def _rows(self, booking_id: str) -> tuple[Item, ...]:
        return self._store.query(Query(keys.booking(booking_id).pk, prefix="REMINDER#")).items

    def _due(self) -> Iterator[Item]:
        high, cursor = keys.at(self._clock.now()), None
        while True:
            found = self._store.query(Query(keys.REMINDER, index="gsi3", high=high, cursor=cursor))
            yield from found.items
            if (cursor := found.cursor) is None:
                return

    def _set_timer(self, booking_id: str, before: int, at: int) -> None:
        event = Event(
            id=f"{_timer(booking_id, before)}-{at}",
            kind=EventKind.REMINDER_DUE,
            subject=booking_id,
            at=at,
            data={"before": before},
        )
        self._timers.set(_timer(booking_id, before), at, event)


def schedule(booking: Booking, rules: Rules) -> tuple[int, ...]:
    """Seconds before the start, by the service's own schedule or the default one."""
    service = rules.services.get(booking.slot.service)
    if service is None or service.reminders is None:
        return rules.reminders.default
    return service.reminders


def quiet_until(zone: Zone, quiet: Interval | None, now: int) -> int | None:
    """When the quiet hours that `now` is in end; None outside them. They may run past midnight."""
    if quiet is None:
        return None
    for day in zone.dates(now - 86_400, now + 1):
        start, end = zone.instant(day, quiet[0]), zone.instant(day, quiet[1])
        if start <= now < end:
            return end
    return None


def _row(booking: Booking, before: int) -> Item:
    due = booking.slot.start - before
    return {
        **keys.reminder(booking.id, before)._asdict(),
        "entity": "reminder",
        "booking": booking.id,
        "before": before,
        "start": booking.slot.start,
        "due": due,
        "state": "PLANNED",
        "tries": 0,
        "gsi3pk": keys.REMINDER,
        "gsi3sk": keys.at(due),
        "ttl": booking.slot.start + 30 * 86_400,
    }


def _key(row: Item) -> keys.Key:
    return keys.Key(row["pk"], row["sk"])


def _timer(booking_id: str, before: int) -> str:
    return f"reminder-{booking_id}-{before}"
