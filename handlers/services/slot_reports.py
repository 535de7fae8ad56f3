"""Freed slots that another booking program tells us of: each id once, whatever is sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from handlers.domain import keys
from handlers.domain.availability.freed import Freed
from handlers.domain.errors import Held, IdReused, StaleWrite
from handlers.domain.pages import capacity, peak, weight
from handlers.domain.slot_report import SlotReport, content, parse, report_id
from handlers.domain.waitlist.opening import CLAIM
from handlers.ports import Absent, Clock, Put, Store
from handlers.services.freed import slot_freed
from handlers.services.journal import SEEN_KEPT, Journal
from handlers.services.ledger import Ledger
from handlers.services.rules import RulesSource


class SlotReports:
    def __init__(
        self, *, store: Store, journal: Journal, ledger: Ledger, rules: RulesSource, clock: Clock
    ) -> None:
        self._store, self._journal, self._ledger = store, journal, ledger
        self._rules, self._clock = rules, clock

    def receive(self, fields: Mapping[str, Any]) -> str:
        """The id of the event (and so of the opening) that comes of it; the same for the same report again, also when
        its time has passed by then. Raises ReportFaults, IdReused, Held."""
        id_ = report_id(fields)
        if (known := self._known(id_, fields)) is not None:
            return known
        report = parse(fields, self._rules.current(), self._clock.now())
        self._free(report)
        event = hashlib.sha256(f"reported#{id_}".encode()).hexdigest()[:24]
        freed = Freed(report.start, report.end, report.extent, report.seats)
        now = self._clock.now()
        record = {
            **keys.reported(id_)._asdict(),
            "content": content(fields),
            "event": event,
            "at": now,
            "ttl": now + SEEN_KEPT,
        }
        row = slot_freed(
            self._journal, report.resource, freed, report.kind, service=report.service, id_=event
        )
        try:
            self._store.transact([Put(record, Absent()), row])
        except StaleWrite:
            if (known := self._known(id_, fields)) is None:
                raise
            return known
        return event

    def _known(self, id_: str, fields: Mapping[str, Any]) -> str | None:
        record = self._store.get(keys.reported(id_))
        if record is None:
            return None
        if record["content"] != content(fields):
            raise IdReused(id_)
        return str(record["event"])

    def _free(self, report: SlotReport) -> None:
        """Only the service itself counts: its buffers may meet a neighbour's. What is on offer already is no obstacle."""
        resource = self._rules.current().resources[report.resource]
        claims = self._ledger.diary(report.resource, report.start, report.end, self._clock.now())
        there = [
            c
            for c in claims
            if c.service[0] < report.end and report.start < c.service[1] and not c.id.startswith(CLAIM)
        ]
        load = peak(there, report.start, report.end) + weight(resource, report.seats)
        if load > capacity(resource):
            first = there[0]
            raise Held(report.resource, *first.service, settled=first.until is None)
