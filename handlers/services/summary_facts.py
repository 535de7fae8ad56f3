"""What summaries count, read from the store by time: what was done on the days of the period, the visits that start in
it, and the openings that were opened or filled in it. Nothing else is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from handlers.domain import keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import Booking, State
from handlers.domain.items import from_item
from handlers.domain.rules.model import Rules
from handlers.domain.summaries.freed import Freed
from handlers.domain.summaries.monthly import MonthlyFacts, month
from handlers.domain.summaries.periods import Period
from handlers.domain.summaries.weekly import CAME, WeeklyFacts, quiet, threads_of, week
from handlers.domain.waitlist.opening import Offer, OfferState, Opening, OpeningState
from handlers.ports import Query, Store
from handlers.services.every import every

PAGE = 1000
"""Items of one answer; DynamoDB ends an answer at 1 MB anyway."""
AHEAD = 7 * 86_400
"""Seconds before a week in which a reminder of its visits may have gone out."""


class SummaryFacts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def weeks(
        self, rules: Rules, now: Period, was: Period
    ) -> tuple[WeeklyFacts, WeeklyFacts, tuple[Booking, ...]]:
        """The facts of both weeks, and the visits of the later one whose customers went quiet."""
        rows = list(self.done("BOOKING", was.start - AHEAD, now.end))
        visits = list(self._visits(was.start, now.end))
        touched = self.done("OPENING", was.start, now.end)
        freed = self._freed(r.subject for r in touched if _opened(r) or _filled(r))
        silent = quiet(now, visits, threads_of(rows))
        return week(now, rules, visits, rows, freed), week(was, rules, visits, rows, freed), tuple(silent)

    def months(self, rules: Rules, now: Period, was: Period) -> tuple[MonthlyFacts, MonthlyFacts]:
        rows = self.done("OPENING", was.start, now.end)
        freed = self._freed(r.subject for r in rows if _opened(r))
        return month(now, rules, freed), month(was, rules, freed)

    def begun(self, end: int) -> bool:
        """Whether there was any booking before `end`: before that there is nothing to sum up."""
        return any(
            int(item["created"]) < end
            for state in State
            for item in every(self._store, Query(keys.booking_state(state), index="gsi3"))
        )

    def done(self, kind: str, start: int, end: int) -> Iterator[AuditRow]:
        """Audit rows of subjects of a kind with `start` <= at < `end`."""
        day, last = (datetime.fromtimestamp(at, UTC).date() for at in (start, end - 1))
        while day <= last:
            query = Query(
                keys.done(kind, day), index="gsi3", low=keys.at(start), high=keys.at(end - 1), limit=PAGE
            )
            yield from (from_item(item, AuditRow) for item in every(self._store, query))
            day += timedelta(days=1)

    def _visits(self, start: int, end: int) -> Iterator[Booking]:
        """Those that start in [start, end) and were to take place."""
        for state in sorted(CAME):
            query = Query(
                keys.booking_state(state), index="gsi3", low=keys.at(start), high=keys.at(end - 1), limit=PAGE
            )
            yield from (from_item(item, Booking) for item in every(self._store, query))

    def _freed(self, partitions: Iterable[str]) -> tuple[Freed, ...]:
        """Openings by their partitions, each with its offers and what was claimed."""
        return tuple(self._opening(pk) for pk in dict.fromkeys(partitions))

    def _opening(self, pk: str) -> Freed:
        items = [from_item(item) for item in every(self._store, Query(pk, prefix="O", limit=PAGE))]
        opening = next(i for i in items if isinstance(i, Opening))
        offers = tuple(i for i in items if isinstance(i, Offer))
        claimed = next((o.booking for o in offers if o.state is OfferState.CLAIMED), None)
        item = self._store.get(keys.booking(claimed)) if claimed else None
        return Freed(opening, offers, from_item(item, Booking) if item else None)


def _opened(row: AuditRow) -> bool:
    return row.what == "opened"


def _filled(row: AuditRow) -> bool:
    return isinstance(row.after, dict) and row.after.get("state") == OpeningState.FILLED
