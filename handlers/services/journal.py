"""What happened: events for whoever needs to know (the outbox), audit rows, and effects that must happen once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from handlers.domain import items, keys
from handlers.domain.audit import AuditRow
from handlers.domain.errors import StaleWrite
from handlers.domain.events import Event, EventKind
from handlers.domain.keys import Key
from handlers.ports import Absent, Clock, Ids, Item, Put, Query, Store

SEEN_KEPT = 30 * 86_400
"""Seconds an outside id is remembered: longer than any sender, queue or dead letter tries again (SQS keeps 14 days)."""


class Journal:
    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._rows = count()

    def event(self, kind: EventKind, subject: str, id_: str = "", /, **data: Any) -> Put:
        """An outbox row to add to the transaction that makes it true. `id_` names what may be told twice."""
        return Put(items.to_item(self._event(kind, subject, data, id_)))

    def audit(
        self, subject: Key, who: str, what: str, before: Any = None, after: Any = None, **more: Any
    ) -> Put:
        """An audit row to add to the transaction. Rows of one journal and one second keep their order."""
        at = self._clock.now()
        id_ = f"{next(self._rows) % 1_000_000:06d}{self._ids.new()}"
        row = AuditRow(
            id=id_, subject=subject.pk, at=at, who=who, what=what, before=before, after=after, more=more
        )
        return Put(items.to_item(row))

    def emit(self, kind: EventKind, subject: str, /, **data: Any) -> Event:
        """An event on its own."""
        event = self._event(kind, subject, data)
        self._store.transact([Put(items.to_item(event))])
        return event

    def seen(self, id_: str) -> bool:
        """Claims an outside id (a Slack event, a message): True the first time, False ever after."""
        return self._record(keys.seen(id_), {"ttl": self._clock.now() + SEEN_KEPT})

    def once(self, subject: Key, effect: str, act: Callable[[], str]) -> str:
        """The result of `act`, which runs unless this effect of the subject is recorded.

        A crash between acting and recording makes `act` run again, so it must be harmless to repeat.
        """
        key = keys.effect(subject, effect)
        if done := self._store.get(key):
            return str(done["result"])
        result = act()
        self._record(key, {"effect": effect, "result": result, "at": self._clock.now()})
        return result

    def thread(self, subject: Key) -> tuple[AuditRow, ...]:
        """Every audit row of the subject, oldest first."""
        rows: list[AuditRow] = []
        cursor = None
        while True:
            found = self._store.query(Query(subject.pk, prefix=keys.AUDIT, cursor=cursor))
            rows += (items.from_item(item, AuditRow) for item in found.items)
            if not (cursor := found.cursor):
                return tuple(rows)

    def _event(self, kind: EventKind, subject: str, data: dict[str, Any], id_: str = "") -> Event:
        return Event(id=id_ or self._ids.new(), kind=kind, subject=subject, at=self._clock.now(), data=data)

    def _record(self, key: Key, what: Item) -> bool:
        """Writes the item; False when it stood there already."""
        try:
            self._store.transact([Put({"pk": key.pk, "sk": key.sk, **what}, when=Absent())])
        except StaleWrite as stale:
            if not stale.failed:
                raise
            return False
        return True
