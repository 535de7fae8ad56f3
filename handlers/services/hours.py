"""Working hours that were added by an edit of the rules are openings like any other."""

from __future__ import annotations

import logging

from handlers.domain import keys
from handlers.domain.availability.freed import Freed, came_free
from handlers.domain.availability.sweep import Span, merged, subtracted
from handlers.domain.availability.working import Working
from handlers.domain.errors import RulesError, StaleWrite
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.ports import Absent, Clock, Equals, Item, Put, Store
from handlers.services.freed import nearest, slot_freed
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

log = logging.getLogger("frontdesk.sync")

MOST_FREED = 90
"""Openings of one edit: with the record of it, one transaction (DynamoDB: 100 operations)."""


class Hours:
    def __init__(
        self, *, store: Store, rules: RulesSource, slots: Slots, journal: Journal, clock: Clock
    ) -> None:
        self._store, self._rules, self._slots = store, rules, slots
        self._journal, self._clock = journal, clock

    def compare(self) -> int:
        """Compares the live rules with those compared last; how many openings that made, each announced once.

        The first rules open nothing: they are what later ones are compared with.
        """
        version, text = self._rules.text()
        before = self._store.get(keys.COMPARED)
        if before is not None and int(before["version"]) >= version:
            return 0
        found = nearest(self._added(before, load(text)), MOST_FREED) if before else []
        item = {**keys.COMPARED._asdict(), "version": version, "text": text, "at": self._clock.now()}
        when = Equals("version", before["version"]) if before else Absent()
        freed = [slot_freed(self._journal, resource, f, "opening") for resource, f in found]
        try:
            self._store.transact([Put(item, when), *freed])
        except StaleWrite:
            return 0  # another process compared them at this moment
        log.info("hours compared", extra={"fields": {"version": version, "freed": len(found)}})
        return len(found)

    def _added(self, before: Item, new: Rules) -> list[tuple[str, Freed]]:
        try:
            old = load(str(before["text"]))
        except RulesError:
            return []  # stricter checks by now: there is nothing to compare with
        if old.zone != new.zone:
            return []  # every hour moved; that is not an opening
        now = self._clock.now()
        days = new.zone.dates(now, now + new.booking.horizon)
        was, works = Working(old), Working(new)
        added: dict[str, list[Span]] = {}
        for id_ in new.resources:
            known = merged(was.pieces(id_, days)) if id_ in old.resources else []
            if more := subtracted(merged(works.pieces(id_, days)), known):
                added[id_] = more
        if not added:
            return []
        start, end = new.zone.day(days[0])[0], new.zone.day(days[-1])[1]
        diaries = self._slots.diaries(new, added, start, end, now)
        return [(id_, f) for id_ in added for f in came_free(works, id_, added[id_], diaries[id_], now)]
