"""What is remembered of a sheet: how each row was when sheet and store last agreed, and whose turn it is to sync.

One process syncs a sheet at a time: it holds a lease, and whatever it writes here is refused once the lease is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.errors import StaleWrite
from handlers.domain.keys import Key
from handlers.domain.sheets import Base
from handlers.ports import (
    Absent,
    AnyOf,
    Check,
    Clock,
    Delete,
    Equals,
    Ids,
    Item,
    Less,
    Operation,
    Put,
    Query,
    Store,
    Update,
)
from handlers.services.every import every

LEASE = 120
"""Seconds after which a sync that does not come back is given up: more than a function may run."""
TOGETHER = 40
"""Rows saved in one transaction (a transaction takes 100)."""
TRIES = 6


class SheetBook:
    """Of one tab of one sheet. Methods that write raise StaleWrite once another process has taken over."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, key: Key) -> None:
        self._store, self._clock, self._key = store, clock, key
        self._token = ids.new()

    def state(self) -> Item:
        """Empty for a sheet that was never synced."""
        return self._store.get(self._key) or {}

    # --- Whose turn it is -----------------------------------------------------------------------------------------

    def acquire(self) -> bool:
        now = self._clock.now()
        free = AnyOf((Absent("lease"), Less("lease_until", now + 1)))
        try:
            self._store.transact(
                [Update(self._key, set={"lease": self._token, "lease_until": now + LEASE}, when=free)]
            )
        except StaleWrite:
            return False
        return True

    def release(self) -> None:
        """Done as well when it was lost."""
        try:
            self._write(Update(self._key, remove=("lease", "lease_until"), when=Equals("lease", self._token)))
        except StaleWrite:
            return

    def want(self, token: str) -> None:
        """The store has something to write back; whoever syncs next, or is at it, has to look again."""
        self._store.transact([Update(self._key, set={"wanted": token})])

    def note(self, *more: Operation, **values: Any) -> None:
        """Of the state, by the holder of the lease, with `more` in the same transaction."""
        self._write(Update(self._key, set=values, when=Equals("lease", self._token)), *more)

    def note_failure(self, *more: Operation, **values: Any) -> None:
        """The same, for one that could not even begin."""
        self._store.transact([Update(self._key, set=values), *more])

    # --- Rows -----------------------------------------------------------------------------------------------------

    def bases(self) -> list[Base]:
        return [_base(item) for item in every(self._store, Query(self._key.pk, prefix=keys.SHEET_ROW))]

    def knows(self, id_: str) -> bool:
        """Whether a record has a row."""
        return self._store.get(self._row(id_)) is not None

    def save(self, bases: Iterable[Base] = (), forget: Iterable[str] = ()) -> None:
        kept = {base.id: base for base in bases}
        writes: list[Operation] = [Put(self._item(base)) for base in kept.values()]
        writes += [Delete(self._row(id_)) for id_ in set(forget) - kept.keys()]
        for first in range(0, len(writes), TOGETHER):
            self._write(Check(self._key, Equals("lease", self._token)), *writes[first : first + TOGETHER])

    def _write(self, *operations: Operation) -> None:
        """Two writes at one moment are no loss of the lease: `wanted` may be noted while we work."""
        for attempt in range(TRIES):
            try:
                self._store.transact(operations)
            except StaleWrite as stale:
                if stale.failed or attempt == TRIES - 1:
                    raise
            else:
                return

    def _row(self, id_: str) -> Key:
        return Key(self._key.pk, f"{keys.SHEET_ROW}{id_}")

    def _item(self, base: Base) -> Item:
        return {
            **self._row(base.id)._asdict(),
            "id": base.id,
            "cells": dict(base.cells),
            "held": dict(base.held),
            "number": base.number,
            "shown": base.shown,
            "ended": base.ended,
            "twin": base.twin,
            "pending": base.pending,
            "since": base.since,
        }


def _base(item: Item) -> Base:
    names: Sequence[str] = (
        "id",
        "cells",
        "held",
        "number",
        "shown",
        "ended",
        "twin",
        "pending",
        "since",
    )
    return Base(**{name: item[name] for name in names if name in item})
