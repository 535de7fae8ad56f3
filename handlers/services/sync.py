"""What happens in the calendars: read since the last time, told to whoever cares, and what came free or was filled.

Every calendar has a record of how far it was read, and one of each event as it was then. A pass first hands every changed
event to the readers, where acting twice is harmless. Then what the changes mean for free time is written in the same
transaction as the events as they are now, on condition that no other pass was faster: so it is said once. The token
moves on when every reader has done its part; until then the same changes come again, and mean nothing new.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import booking_of
from handlers.domain.errors import CalendarUnavailable, StaleWrite, Unavailable
from handlers.domain.rules.model import Rules
from handlers.domain.zone import DAY
from handlers.ports import (
    Absent,
    Calendar,
    CalendarEvent,
    Changes,
    Clock,
    Delete,
    Equals,
    Item,
    Operation,
    Put,
    Query,
    Store,
    Update,
)
from handlers.services.every import every
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots
from handlers.services.sync_busy import BusyTimes, Known, Step, known_of

log = logging.getLogger("frontdesk.sync")

AHEAD = 30 * DAY
"""Seconds read beyond the horizon: while they last, only changes are read; then everything anew."""
OVER = DAY
"""Seconds for which an event that is over still matters."""
BATCH = 90
"""Events noted in one transaction; fewer when they mean much."""
MOST = 100
"""Operations in one transaction (DynamoDB)."""
PATIENCE = 900
"""Seconds a calendar may be unreadable before staff are told: most trouble passes."""

Reader = Callable[[CalendarEvent], None]
"""Hears of every event that changed, deleted ones as `cancelled` (then only the id is sure). Acts by the state as it is now."""


class CalendarSync:
    """`readers` by name, for the log."""

    def __init__(
        self,
        *,
        store: Store,
        calendar: Calendar,
        rules: RulesSource,
        slots: Slots,
        busy: BusyTimes,
        clock: Clock,
        readers: Mapping[str, Reader],
    ) -> None:
        self._store, self._calendar, self._rules, self._slots = store, calendar, rules, slots
        self._busy, self._clock, self._readers = busy, clock, readers

    def run(self) -> dict[str, int]:
        """One pass over every calendar of the rules; how much of each was found.

        Every calendar gets its turn. One that can't be read is read next time; any other error is raised when all had
        theirs.
        """
        rules = self._rules.current()
        done = dict.fromkeys(("calendars", "changes", "freed", "filled", "unreadable"), 0)
        failed: list[Exception] = []
        for name in sorted({r.calendar for r in rules.resources.values()} - {""}):
            done["calendars"] += 1
            try:
                failed += self._pass(rules, name, done)
            except CalendarUnavailable as error:
                done["unreadable"] += 1
                self._unreadable(rules, name, error)
            except Exception as error:
                log.exception("calendar sync failed", extra={"fields": {"calendar": name}})
                failed.append(error)
        log.info("calendar sync", extra={"fields": done})
        if failed:
            raise failed[0]
        return done

    # --- one calendar ------------------------------------------------------------------------------------------

    def _pass(self, rules: Rules, name: str, done: dict[str, int]) -> list[Exception]:
        """The errors of readers that must be looked at. Raises CalendarUnavailable."""
        record = self._store.get(keys.synced(name)) or {}
        now = self._clock.now()
        begin, horizon = now - OVER, now + rules.booking.horizon
        token = str(record.get("token", "")) if int(record.get("until", 0)) >= horizon else ""
        found = self._calendar.changes(name, token, begin, horizon + AHEAD)
        quiet = not found.full and not found.events and "failing" not in record
        if quiet and int(record.get("at", 0)) > now - DAY:
            return []  # the token is good for weeks
        known = self._known(name)
        until = horizon + AHEAD if found.full else int(record["until"])
        events = _told(name, found, known, begin, until)
        done["changes"] += len(events)
        failed = self._hand_out(events)
        mark = {} if failed else {"token": found.token, "until": until}
        steps = [Step(e.id, known.get(e.id), new) for e in events if (new := known_of(e)) != known.get(e.id)]
        self._note(rules, name, steps, record=record, known=known, mark=mark, done=done)
        return [error for error in failed if not isinstance(error, Unavailable)]

    def _known(self, name: str) -> dict[str, Known]:
        rows = every(self._store, Query(keys.synced(name).pk, prefix=keys.KNOWN))
        return {str(r["event"]): Known(int(r["start"]), int(r["end"]), bool(r["busy"])) for r in rows}

    def _hand_out(self, events: Sequence[CalendarEvent]) -> list[Exception]:
        """Every reader hears of every event, whatever another one met."""
        failed: list[Exception] = []
        for who, read in self._readers.items():
            for event in events:
                try:
                    read(event)
                except Exception as error:
                    fields = {"reader": who, "calendar": event.calendar, "event": event.id}
                    log.exception("a calendar event was not acted on", extra={"fields": fields})
                    failed.append(error)
        return failed

    def _note(
        self,
        rules: Rules,
        name: str,
        steps: Sequence[Step],
        *,
        record: Item,
        known: dict[str, Known],
        mark: Mapping[str, Any],
        done: dict[str, int],
    ) -> None:
        """Writes what changed and what that means, some events at a time, then `mark`; stops when another pass has."""
        rev, reach = int(record.get("rev", 0)), int(record.get("until", 0))
        size = BATCH
        while True:
            batch, rest = steps[:size], steps[size:]
            meaning = self._busy.meaning(rules, name, known, batch, reach)
            operations: list[Operation] = [*(_row(name, step) for step in batch), *meaning]
            if len(operations) >= MOST and size > 1:
                size //= 2
                continue
            values = {"rev": rev + 1, **({} if rest else {"at": self._clock.now(), **mark})}
            when = Equals("rev", rev) if rev else Absent("rev")
            mine = Update(keys.synced(name), set=values, remove=() if rest else ("failing",), when=when)
            try:
                self._store.transact([mine, *operations])
            except StaleWrite:
                return
            self._count(meaning, done)
            if not rest:
                return
            known = _after(known, batch)
            steps, rev = rest, rev + 1

    @staticmethod
    def _count(meaning: Sequence[Put], done: dict[str, int]) -> None:
        for operation in meaning:
            done["freed" if operation.item["kind"] == "slot.freed" else "filled"] += 1

    def _unreadable(self, rules: Rules, name: str, error: CalendarUnavailable) -> None:
        """Staff are told when it lasts."""
        record, now = self._store.get(keys.synced(name)) or {}, self._clock.now()
        if "failing" not in record:
            self._store.transact([Update(keys.synced(name), set={"failing": now})])
        elif now - int(record["failing"]) >= PATIENCE:
            for resource, found in rules.resources.items():
                if found.calendar == name:
                    self._slots.announce(resource, name, error.reason or "no answer")


def _told(
    name: str, found: Changes, known: Mapping[str, Known], begin: int, until: int
) -> list[CalendarEvent]:
    """What matters of it, each event once. A series runs on for decades: what begins after `until` comes when everything
    is read anew. Then, too, what was deleted shows by its absence. A series that is deleted takes its events along: their
    ids are its own and a time."""
    news = {
        e.id: e
        for e in found.events
        if e.id in known or (booking_of(e.id) if e.cancelled else e.end > begin and e.start < until)
    }
    series = tuple(f"{e.id}_" for e in found.events if e.cancelled and e.id not in known)
    gone = [
        CalendarEvent(id_, name, old.start, old.end, "UTC", "", cancelled=True)
        for id_, old in known.items()
        if id_ not in news
        and (found.full or id_.startswith(series))
        and old.end > begin
        and old.start < until
    ]
    return sorted([*news.values(), *gone], key=lambda e: (e.start, e.id))


def _after(known: dict[str, Known], batch: Sequence[Step]) -> dict[str, Known]:
    changed = {step.event: step.new for step in batch}
    kept = {id_: old for id_, old in known.items() if id_ not in changed}
    return kept | {id_: new for id_, new in changed.items() if new is not None}


def _row(name: str, step: Step) -> Put | Delete:
    key = keys.known(name, step.event)
    if step.new is None:
        return Delete(key)
    return Put({**key._asdict(), "event": step.event, **step.new._asdict(), "ttl": step.new.end + AHEAD})
