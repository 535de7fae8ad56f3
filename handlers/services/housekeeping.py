"""Due work, every five minutes: the backstop behind timers and the stream, and the only place that expires things."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from handlers.domain.events import Event
from handlers.domain.items import to_item
from handlers.ports import Clock, Put, Store, Timers
from handlers.services.bookings import Bookings
from handlers.services.effects import Effects
from handlers.services.entries import Entries
from handlers.services.intake import Intake
from handlers.services.offer_news import OfferNews
from handlers.services.openings import Openings
from handlers.services.relay import Relay
from handlers.services.rules import RulesSource

log = logging.getLogger("frontdesk.housekeeping")

MISSED = 60
"""Seconds after which an event still in the outbox was missed by the stream."""


class DueTimer(Protocol):
    @property
    def event(self) -> Event: ...


@runtime_checkable
class OwnTimers(Protocol):
    """Timers that nobody fires for us: those kept in the store."""

    def due(self, now: int) -> tuple[DueTimer, ...]: ...

    def fired(self, due: DueTimer, /) -> bool: ...


class Housekeeping:
    def __init__(
        self,
        *,
        store: Store,
        bookings: Bookings,
        effects: Effects,
        intake: Intake,
        relay: Relay,
        timers: Timers,
        clock: Clock,
        rules: RulesSource,
        openings: Openings,
        news: OfferNews,
        entries: Entries,
    ) -> None:
        self._rules, self._openings, self._news, self._entries = rules, openings, news, entries
        self._store, self._bookings, self._effects, self._intake = store, bookings, effects, intake
        self._relay, self._timers, self._clock = relay, timers, clock

    def tick(self) -> dict[str, int]:
        """How much of each was done. Every part gets its turn; the first error is raised when all had theirs."""
        parts: dict[str, Callable[[], int]] = {
            "rules": self._rules.repack,
            "expired": self._bookings.expire_due,
            "timers": self._fire_timers,
            "imports": self._effects.reminders.release,
            "reminders": self._effects.remind_due,
            "openings": self._openings.due,
            "over": self._openings.tidy,
            "told": self._news.tell_due,
            "entries": self._entries.expire_due,
            "requests": self._intake.resume,
            "offers": self._intake.expire_due,
            "relayed": lambda: self._relay.drain(older_than=MISSED),
        }
        done: dict[str, int] = {}
        failed: list[Exception] = []
        for name, part in parts.items():
            try:
                done[name] = part()
            except Exception as error:
                log.exception("housekeeping failed", extra={"fields": {"part": name}})
                failed.append(error)
        log.info("tick", extra={"fields": done})
        if failed:
            raise failed[0]
        return done

    def _fire_timers(self) -> int:
        """The event first: a timer that fires twice is harmless, one that never does is not."""
        if not isinstance(self._timers, OwnTimers):
            return 0
        due = self._timers.due(self._clock.now())
        for timer in due:
            self._store.transact([Put(to_item(timer.event))])
            self._timers.fired(timer)
        return len(due)
