"""What changed events of a calendar mean for the resources on it: time that came free, and time that was filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from handlers.domain.availability import Diary
from handlers.domain.availability.freed import Freed, came_free
from handlers.domain.availability.sweep import Span, merged, subtracted
from handlers.domain.availability.working import Working
from handlers.domain.booking import booking_of
from handlers.domain.events import EventKind
from handlers.domain.rules.model import Rules
from handlers.ports import CalendarEvent, Clock, Put
from handlers.services.freed import nearest, slot_freed
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger

MOST_FREED = 50
"""Openings of one change."""


class Known(NamedTuple):
    """An event as it was read last. `busy`: it is somebody else's, and blocks."""

    start: int
    end: int
    busy: bool


class Step(NamedTuple):
    """One event before and after; None = it is not there."""

    event: str
    old: Known | None
    new: Known | None


def known_of(event: CalendarEvent) -> Known | None:
    if event.cancelled:
        return None
    busy = not event.transparent and event.start < event.end and booking_of(event.id) is None
    return Known(event.start, event.end, busy)


class BusyTimes:
    def __init__(self, *, journal: Journal, ledger: Ledger, clock: Clock) -> None:
        self._journal, self._ledger, self._clock = journal, ledger, clock

    def meaning(
        self, rules: Rules, name: str, known: Mapping[str, Known], steps: Sequence[Step], reach: int
    ) -> list[Put]:
        """The events to be written: slot.freed for what can be given to somebody, calendar.filled {resource, start,
        end} for other people's new time. `known` is what stood in the calendar before, up to `reach` (epoch s; 0
        = nothing was read before): what begins later may have been there for long."""
        now = self._clock.now()
        here = [id_ for id_, resource in rules.resources.items() if resource.calendar == name]
        changed = {step.event for step in steps}
        kept = [old for id_, old in known.items() if id_ not in changed]
        before, after = _busy(known.values()), _busy([*kept, *(s.new for s in steps)])
        vacated = _busy(s.old for s in steps)
        filled = subtracted(_busy(s.new for s in steps), before)
        freed = [(id_, f) for id_ in here for f in self._freed(rules, id_, vacated, after, now)]
        return [
            *(slot_freed(self._journal, id_, f, "opening") for id_, f in nearest(freed, MOST_FREED)),
            *(
                self._journal.event(EventKind.CALENDAR_FILLED, id_, resource=id_, start=max(a, now), end=b)
                for id_ in here
                for a, b in filled
                if b > now and a < reach
            ),
        ]

    def _freed(
        self, rules: Rules, resource: str, spans: Iterable[Span], busy: Sequence[Span], now: int
    ) -> list[Freed]:
        """Our claims are read for whole dates, as caps count by date."""
        horizon, zone = now + rules.booking.horizon, rules.zone
        near = [(max(a, now), min(b, horizon)) for a, b in spans if b > now and a < horizon]
        if not near:
            return []
        low, high = zone.day(zone.date(near[0][0]))[0], zone.day(zone.date(near[-1][1]))[1]
        diary = Diary(tuple(busy), self._ledger.diary(resource, low, high, now))
        return came_free(Working(rules), resource, near, diary, now)


def _busy(known: Iterable[Known | None]) -> list[Span]:
    return merged((k.start, k.end) for k in known if k is not None and k.busy)
