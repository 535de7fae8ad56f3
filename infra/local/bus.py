"""The workspace's EventBridge: persisted deliveries, three attempts each, then the dead-letter queue."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import traceback
from collections.abc import Sequence
from typing import Any

from handlers.adapters.clock import SystemClock
from handlers.domain.errors import Unavailable
from handlers.domain.events import Event
from handlers.ports import Clock
from infra.local.database import Database
from infra.local.runtime import Runtime, bridge_event, dead_letter_event
from infra.wiring import ATTEMPTS, NAMED, Function, subscribers

BACK_OFF = (1.0, 4.0)
"""Seconds before the second and the third attempt. AWS waits minutes; here a person is watching, so it is sooner,
but never sooner than the error itself asks for (`Unavailable.retry_after`), which minutes would cover."""
KEEP = 2_000
"""Deliveries kept for the log."""


class LocalBus:
    """`put` returns once the deliveries are stored; workers make them, also after a restart. An event may be
    delivered twice (the process died in between), as on AWS."""

    def __init__(
        self, db: Database, runtime: Runtime, clock: Clock, back_off: Sequence[float] = BACK_OFF
    ) -> None:
        self._db, self._runtime, self._clock, self._back_off = db, runtime, clock, tuple(back_off)
        self._claim = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.delivered = threading.Event()
        """Set after each delivery: there may be news in the outbox."""

    def put(self, events: Sequence[Event]) -> None:
        with self._db.transaction():
            for event in events:
                payload = json.dumps(bridge_event(event))
                for function in subscribers(event.kind):
                    self._insert(function, event.kind.value, payload, event.id)

    def send(self, function: Function, kind: str, payload: dict[str, Any], event_id: str) -> None:
        """Any other asynchronous event: S3, SNS, SQS."""
        self._insert(function, kind, json.dumps(payload), event_id)

    def _insert(self, function: Function, kind: str, payload: str, event_id: str) -> None:
        self._db.run(
            "insert into deliveries (event_id, kind, function, payload, due, at) values (?, ?, ?, ?, ?, ?)",
            event_id,
            kind,
            function.name,
            payload,
            float(SystemClock().now()),
            self._clock.now(),
        )

    def retry(self, delivery: int) -> bool:
        """Starts a dead delivery over. False when there is no such dead delivery."""
        with self._db.transaction():
            row = self._db.one("select id from deliveries where id = ? and state = 'dead'", delivery)
            if row:
                self._db.run(
                    "update deliveries set state = 'waiting', attempts = 0, due = 0 where id = ?", delivery
                )
        return row is not None

    def idle(self) -> bool:
        """Nothing waits or runs now (deliveries that wait for their next attempt count as waiting)."""
        return not self._db.one("select 1 from deliveries where state in ('waiting', 'running') limit 1")

    # --- workers ---------------------------------------------------------------------------------------------

    def start(self, workers: int = 4) -> None:
        # Whatever ran when the process died is delivered again.
        self._db.run("update deliveries set state = 'waiting' where state = 'running'")
        for number in range(workers):
            thread = threading.Thread(target=self._work, name=f"bus-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopping.set()
        with self._db.changed:
            self._db.changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stopping.is_set():
            if not self.deliver_one():
                with self._db.changed:
                    self._db.changed.wait(timeout=0.25)

    def deliver_one(self) -> bool:
        """Makes one delivery that is due. False when none is."""
        row = self._next()
        if row is None:
            return False
        function = NAMED[row["function"]]
        started = time.monotonic()
        error, wait = "", 0.0
        try:
            self._runtime.call(function, json.loads(row["payload"]))
        except Exception as problem:  # noqa: BLE001 - whatever an entry raises is a failed delivery, as on Lambda
            error = "".join(traceback.format_exception(problem)[-4:]).strip()
            wait = problem.retry_after if isinstance(problem, Unavailable) else 0.0
        self._finish(row, error, wait, int((time.monotonic() - started) * 1000))
        self.delivered.set()
        return True

    def _next(self) -> sqlite3.Row | None:
        with self._claim:
            row = self._db.one(
                "select * from deliveries where state = 'waiting' and due <= ? order by due, id limit 1",
                SystemClock().now() + 0.999,
            )
            if row is not None:
                self._db.run("update deliveries set state = 'running' where id = ?", row["id"])
            return row

    def _finish(self, row: sqlite3.Row, error: str, wait: float, milliseconds: int) -> None:
        attempts = row["attempts"] + 1
        state, due = "done", row["due"]
        if error and attempts < ATTEMPTS:
            state = "waiting"
            pause = max(wait, self._back_off[min(attempts, len(self._back_off)) - 1])
            due = SystemClock().now() + pause + 0.999
        elif error:
            state = "dead"
        with self._db.transaction():
            self._db.run(
                "update deliveries set state = ?, attempts = ?, due = ?, error = ? where id = ?",
                state,
                attempts,
                due,
                error or row["error"],
                row["id"],
            )
            self._db.run(
                "insert into calls (at, direction, name, ok, milliseconds, request, response)"
                " values (?, 'deliver', ?, ?, ?, ?, ?)",
                self._clock.now(),
                f"{row['kind']} → {row['function']}",
                int(not error),
                milliseconds,
                row["payload"],
                error,
            )
            if state == "dead" and row["function"] != "dead_letters":
                letter = dead_letter_event(
                    row["payload"],
                    function=row["function"],
                    error=error.splitlines()[-1] if error else "",
                    attempts=attempts,
                    at=self._clock.now(),
                )
                self.send(NAMED["dead_letters"], "dead letter", letter, row["event_id"])
            if row["id"] % 100 == 0:
                self._db.run("delete from deliveries where state = 'done' and id < ?", row["id"] - KEEP)
                self._db.run("delete from calls where id < (select max(id) from calls) - ?", KEEP)
