"""Appointments that were agreed elsewhere, laid into our diary at exactly the time they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from handlers.domain.availability import Diary
from handlers.domain.availability.explain import Asked
from handlers.domain.availability.find import Search, involved, qualified
from handlers.domain.availability.sweep import merged
from handlers.domain.availability.working import Working
from handlers.domain.errors import CalendarUnavailable
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery
from handlers.ports import Calendar, Clock
from handlers.services.ledger import Ledger
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots


class Place(NamedTuple):
    """`taken`: what is booked there already; `unusual`: what else speaks against it (hours, calendars). "" = nothing."""

    slot: Slot
    taken: str
    unusual: str


class Places:
    def __init__(
        self, *, slots: Slots, ledger: Ledger, calendar: Calendar, rules: RulesSource, clock: Clock
    ) -> None:
        self._slots, self._ledger, self._calendar = slots, ledger, calendar
        self._rules, self._clock = rules, clock

    def best(
        self,
        query: SlotQuery,
        start: int,
        end: int,
        *,
        calendars: bool = True,
        besides: tuple[str, str] | None = None,
    ) -> Place:
        """With the one asked for; else with whom nothing speaks against, else who is not booked, else the first.

        Neither notice, horizon nor grid count. Without `calendars` only our own diary and the hours are asked: fast
        enough for a click. `besides` is an event (its calendar and id) that is not in the way.
        """
        rules, now = self._rules.current(), self._clock.now()
        first, last = rules.zone.day(rules.zone.date(start))[0], rules.zone.day(rules.zone.date(end))[1]
        people = involved(rules, query)
        own = {r: Diary(claims=self._ledger.diary(r, first, last, now)) for r in people}
        seen = self._slots.diaries(rules, people, first, last, now) if calendars else own
        if calendars and besides:
            seen = self._besides(rules, seen, besides, first, last)
        working, seconds = Working(rules), end - start
        ours = Asked(Search(rules, query, own, now, working=working, seconds=seconds), start)
        all_ = Asked(Search(rules, query, seen, now, working=working, seconds=seconds), start)
        places = [
            Place(
                Slot(service=query.service, resource=r, start=start, end=end, needs=ours.spare(r) or ()),
                ours.taken(r),
                all_.obstacle(r),
            )
            for r in qualified(rules, query)
        ]
        return min(places, key=lambda place: (bool(place.taken), bool(place.unusual)))

    def _besides(
        self, rules: Rules, seen: Mapping[str, Diary], besides: tuple[str, str], start: int, end: int
    ) -> dict[str, Diary]:
        """As if this one event were not there: what is busy is read event by event."""
        calendar, event = besides
        here = {r for r in seen if rules.resources[r].calendar == calendar and not seen[r].error}
        if not here:
            return dict(seen)
        try:
            there = self._calendar.changes(calendar, "", start, end).events
        except CalendarUnavailable:
            return dict(seen)  # then it is said to be in the way, and a person decides
        busy = merged(
            (e.start, e.end)
            for e in there
            if e.id != event and not (e.transparent or e.cancelled) and e.start < e.end
        )
        return {r: replace(d, busy=tuple(busy)) if r in here else d for r, d in seen.items()}
