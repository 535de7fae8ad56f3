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
    """`taken`: what is booked there already; `held`: only a hold is in the way, which may be on offer to somebody, and
    then gives way; `unusual`: what else speaks against it (hours, calendars). "" = nothing."""

    slot: Slot
    taken: str
    held: str
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
        firm, settled = _without_holds(own), _without_holds(seen)
        working, seconds = Working(rules), end - start

        def asked(diaries: Mapping[str, Diary]) -> Asked:
            return Asked(Search(rules, query, diaries, now, working=working, seconds=seconds), start)

        whole, ours, all_ = asked(own), asked(firm), asked(settled)
        places = []
        for r in qualified(rules, query):
            spare = whole.spare(r)
            needs = spare if spare is not None else ours.spare(r)
            slot = Slot(service=query.service, resource=r, start=start, end=end, needs=needs or ())
            taken = ours.taken(r)
            places.append(Place(slot, taken, "" if taken else whole.taken(r), all_.obstacle(r)))
        return min(places, key=lambda place: (bool(place.taken), bool(place.held), bool(place.unusual)))

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


def _without_holds(diaries: Mapping[str, Diary]) -> dict[str, Diary]:
    return {
        r: replace(diary, claims=tuple(c for c in diary.claims if c.until is None))
        for r, diary in diaries.items()
    }
