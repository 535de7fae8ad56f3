"""What AWS does on its own: the stream that relays the outbox, one-off timers, the five-minute tick, the syncs of
calendars and sheets, and what is scheduled by the business's clock."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Protocol

from handlers.adapters.store_timers import Due
from handlers.domain.errors import NotFound
from handlers.domain.zone import Zone, utc_iso
from handlers.ports import Clock
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.local.runtime import Runtime, tick_event
from infra.wiring import NAMED, SCHEDULES, SHEET_MINUTES, SYNC_MINUTES, TICK_MINUTES

CAUGHT_UP = 8
"""Moments of one schedule that are made up for at most, when the clock jumps far."""


class Timers(Protocol):
    def due(self, now: int) -> tuple[Due, ...]: ...
    def fired(self, due: Due) -> bool: ...


class Loops:
    """Six loops in threads of their own. A loop that fails says so in the log and goes on."""

    def __init__(
        self,
        db: Database,
        bus: LocalBus,
        runtime: Runtime,
        clock: Clock,
        *,
        drain: Callable[[], int],
        timers: Timers | None,
        zone: Callable[[], Zone],
        pause: float = 0.1,
    ) -> None:
        """`pause` is how often (s) the outbox is looked at while nothing is known to have happened."""
        self._db, self._bus, self._runtime, self._clock = db, bus, runtime, clock
        self._drain, self._timers, self._zone, self._pause = drain, timers, zone, pause
        self._stopping = threading.Event()
        self._clock_moved = threading.Event()
        self._edited = threading.Event()
        self._sheet_edited = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for name, turn, pause in (
            ("relay", self.relay, self._wait_for_news),
            ("timers", self.fire_timers, lambda: self._stopping.wait(self._pause * 10)),
            ("tick", self.tick, lambda: self._clock_moved.wait(1.0)),
            ("calendars", self.sync_calendars, lambda: self._edited.wait(1.0)),
            ("sheets", self.sync_sheets, lambda: self._sheet_edited.wait(1.0)),
            ("schedules", self.schedules, lambda: self._stopping.wait(1.0)),
        ):
            thread = threading.Thread(target=self._run, args=(name, turn, pause), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopping.set()
        self._clock_moved.set()
        self._edited.set()
        self._sheet_edited.set()
        self._bus.delivered.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def clock_moved(self) -> None:
        """Due work is looked for at once."""
        self._db.set("last_tick", "0")
        self._clock_moved.set()
        self._edited.set()
        self._sheet_edited.set()

    def calendar_edited(self) -> None:
        """Somebody changed a calendar: it is read at once, where AWS would wait for the next five minutes."""
        self._edited.set()

    def sheet_edited(self) -> None:
        """Somebody typed into a sheet: it is read at once, where AWS would wait for the next three minutes."""
        self._sheet_edited.set()

    def _wait_for_news(self) -> bool:
        self._bus.delivered.wait(self._pause)
        self._bus.delivered.clear()
        return True

    def _run(self, name: str, turn: Callable[[], None], pause: Callable[[], bool]) -> None:
        complained = ""
        while not self._stopping.is_set():
            try:
                turn()
                complained = ""
            except Exception as problem:  # noqa: BLE001 - a loop outlives what it meets; the log shows it
                said = f"{type(problem).__name__}: {problem}"
                if said != complained:
                    self._db.run(
                        "insert into calls (at, direction, name, ok, milliseconds, request, response)"
                        " values (?, 'deliver', ?, 0, 0, '', ?)",
                        self._clock.now(),
                        name,
                        "".join(traceback.format_exception(problem)[-4:]),
                    )
                complained = said
                self._stopping.wait(1.0)
            pause()

    def relay(self) -> None:
        while self._drain():
            pass

    def fire_timers(self) -> None:
        if self._timers is None:
            return
        for due in self._timers.due(self._clock.now()):
            # The event first: a timer that fires twice is harmless, one that never does is not.
            self._bus.put([due.event])
            self._timers.fired(due)

    def schedules(self) -> None:
        """Every schedule whose moment the business's clock has passed, each moment once; also when it was jumped over."""
        now, zone = self._clock.now(), self._zone()
        for schedule in SCHEDULES:
            name = f"schedule:{schedule.name}"
            if not self._db.setting(name):
                self._db.set(name, str(now))  # what was due before a first start is nobody's
            since = int(self._db.setting(name))
            for due in list(schedule.moments(zone, since, now))[-CAUGHT_UP:]:
                self._runtime.call(NAMED[schedule.function], schedule.event(utc_iso(due)))
                self._db.set(name, str(due))

    def tick(self) -> None:
        """Every five minutes of the business's clock, and right after the clock was moved."""
        self._clock_moved.clear()
        now = self._clock.now()
        if now - int(self._db.setting("last_tick", "0")) < TICK_MINUTES * 60:
            return
        try:
            self._runtime.call(NAMED["tick"], tick_event(now))
        except NotFound:
            self._db.set("last_tick", "0")
            raise
        self._db.set("last_tick", str(now))

    def sync_calendars(self) -> None:
        """Every five minutes of the business's clock, and when somebody is watching for it."""
        self._sync("calendar_sync", SYNC_MINUTES, self._edited, "last_sync")

    def sync_sheets(self) -> None:
        """Every three minutes of the business's clock, and when somebody is watching for it."""
        self._sync("sheet_sync", SHEET_MINUTES, self._sheet_edited, "last_sheet_sync")

    def _sync(self, function: str, minutes: int, watched: threading.Event, last: str) -> None:
        edited, now = watched.is_set(), self._clock.now()
        watched.clear()
        if self._stopping.is_set():
            return
        if edited or now - int(self._db.setting(last, "0")) >= minutes * 60:
            self._runtime.call(NAMED[function], tick_event(now, function.replace("_", "-")))
            self._db.set(last, str(now))
            self._bus.delivered.set()
