"""Timers kept in the store itself: whoever ticks asks for the due ones. The workspace and single boxes use them."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.domain import keys
from handlers.domain.errors import StaleWrite
from handlers.domain.events import Event
from handlers.ports import AllOf, Delete, Equals, Put, Query, Store


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose time (`at`, epoch s) has come."""

    name: str
    at: int
    event: Event


class StoreTimers:
    def __init__(self, store: Store) -> None:
        self._store = store

    def set(self, name: str, at: int, event: Event) -> None:
        """A timer of the same name is replaced."""
        item = {
            **keys.timer(name)._asdict(),
            "gsi3pk": keys.TIMER,
            "gsi3sk": keys.at(at),
            "name": name,
            "at": at,
            "event_id": event.id,
            "event": event.model_dump(mode="json"),
        }
        self._store.transact([Put(item)])

    def cancel(self, name: str) -> None:
        self._store.transact([Delete(keys.timer(name))])

    def due(self, now: int) -> tuple[Due, ...]:
        """Every timer at or before `now` that has not fired, by time."""
        found: list[Due] = []
        query = Query(keys.TIMER, index="gsi3", high=keys.at(now))
        while True:
            page = self._store.query(query)
            found.extend(Due(i["name"], i["at"], Event.model_validate(i["event"])) for i in page.items)
            if page.cursor is None:
                return tuple(found)
            query = Query(keys.TIMER, index="gsi3", high=keys.at(now), cursor=page.cursor)

    def fired(self, due: Due) -> bool:
        """Call it once the event is safely on its way. False when somebody else did, or the timer was set anew."""
        same = AllOf((Equals("at", due.at), Equals("event_id", due.event.id)))
        try:
            self._store.transact([Delete(keys.timer(due.name), when=same)])
        except StaleWrite:
            return False
        return True
