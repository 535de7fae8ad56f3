"""The calendars of the local Google: what the stand-in keeps, and what the workspace shows and edits as staff would.

Every calendar exists; a row in `google_troubles` makes one unreadable. Events are kept as Google's own JSON, beside
the few columns that are searched. `seq` counts changes (for incremental sync).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from handlers.domain.zone import Zone
from handlers.ports import Busy, Clock

SCHEMA = """
create table if not exists google_events (
    calendar text not null, id text not null, status text not null, start integer not null, end integer not null,
    updated integer not null, seq integer not null, body text not null, primary key (calendar, id)
);
create index if not exists google_events_time on google_events (calendar, start);
create index if not exists google_events_seq on google_events (calendar, seq);
create table if not exists google_faults (
    n integer primary key, calendar text not null, method text not null, times integer not null, body text not null
);
create table if not exists google_troubles (calendar text primary key, reason text not null);
"""
ID_LETTERS = "0123456789abcdefghijklmnopqrstuv"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of a day view. Times in epoch seconds; `ours` when Frontdesk wrote it."""

    id: str
    calendar: str
    start: int
    end: int
    summary: str
    description: str = ""
    transparent: bool = False
    all_day: bool = False
    ours: bool = False


class GoogleCalendarState:
    """Kept in the SQLite file at `path` (":memory:" works). `timezone` is where all-day events begin."""

    def __init__(self, path: Path | str, clock: Clock, timezone: str = "UTC") -> None:
        self.zone = Zone(timezone)
        self.clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    # --- As staff see it ---------------------------------------------------------------------------------------

    def events(self, calendar: str, start: int, end: int) -> tuple[CalendarEntry, ...]:
        """What touches [start, end), by start; deleted ones are gone."""
        return tuple(_entry(calendar, row) for row in self.rows(calendar, start, end))

    def add(
        self,
        calendar: str,
        start: int,
        end: int,
        summary: str,
        *,
        description: str = "",
        transparent: bool = False,
    ) -> str:
        """Puts an event into somebody's calendar; its id."""
        id_ = self.new_id()
        body = {
            "id": id_,
            "summary": summary,
            "description": description,
            "transparency": "transparent" if transparent else "opaque",
            "start": {"dateTime": self.zone.iso(start), "timeZone": self.zone.name},
            "end": {"dateTime": self.zone.iso(end), "timeZone": self.zone.name},
        }
        with self.transaction():
            self.save(calendar, body)
        return id_

    def change(
        self,
        calendar: str,
        id_: str,
        *,
        start: int | None = None,
        end: int | None = None,
        summary: str | None = None,
    ) -> bool:
        """Moves or renames an event; False when there is none."""
        with self.transaction():
            body = self.find(calendar, id_)
            if body is None or body["status"] == "cancelled":
                return False
            if start is not None:
                body["start"] = {"dateTime": self.zone.iso(start), "timeZone": self.zone.name}
            if end is not None:
                body["end"] = {"dateTime": self.zone.iso(end), "timeZone": self.zone.name}
            if summary is not None:
                body["summary"] = summary
            self.save(calendar, body)
        return True

    def remove(self, calendar: str, id_: str) -> bool:
        """Deletes an event the way Google does: its id stays taken. False when there is none."""
        with self.transaction():
            body = self.find(calendar, id_)
            if body is None or body["status"] == "cancelled":
                return False
            self.save(calendar, body | {"status": "cancelled"})
        return True

    def calendars(self) -> tuple[str, ...]:
        """Those that hold, or held, an event."""
        with self._lock:
            rows = self._db.execute(
                "select distinct calendar from google_events order by calendar"
            ).fetchall()
        return tuple(row["calendar"] for row in rows)

    def busy(self, calendar: str, start: int, end: int) -> tuple[Busy, ...]:
        """Merged busy spans within [start, end); transparent events leave the time free."""
        spans: list[Busy] = []
        for row in self.rows(calendar, start, end):
            if json.loads(row["body"]).get("transparency") == "transparent" or row["end"] <= row["start"]:
                continue
            first, last = max(start, row["start"]), min(end, row["end"])
            if spans and first <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], last))
            else:
                spans.append((first, last))
        return tuple(spans)

    # --- What can go wrong -------------------------------------------------------------------------------------

    def trouble(self, calendar: str, reason: str = "") -> None:
        """Makes a calendar unreadable (freeBusy answers `reason` for it); "" makes it readable again."""
        with self.transaction():
            self._db.execute("delete from google_troubles where calendar = ?", (calendar,))
            if reason:
                self._db.execute("insert into google_troubles values (?, ?)", (calendar, reason))

    def trouble_of(self, calendar: str) -> str:
        with self._lock:
            row = self._db.execute(
                "select reason from google_troubles where calendar = ?", (calendar,)
            ).fetchone()
        return str(row["reason"]) if row else ""

    def plant(self, fault: dict[str, Any], *, calendar: str = "", method: str = "", times: int = 1) -> None:
        """The next `times` calls (-1: all) of `method` on `calendar` ("" = any) answer with `fault`."""
        with self.transaction():
            self._db.execute(
                "insert into google_faults (calendar, method, times, body) values (?, ?, ?, ?)",
                (calendar, method, times, json.dumps(fault)),
            )

    def take_fault(self, calendar: str, method: str) -> dict[str, Any] | None:
        """The fault this call has to answer with, used up by one."""
        with self.transaction():
            row = self._db.execute(
                "select * from google_faults where calendar in ('', ?) and method in ('', ?) and times != 0"
                " order by n limit 1",
                (calendar, method),
            ).fetchone()
            if row is None:
                return None
            if row["times"] > 0:
                self._db.execute("update google_faults set times = times - 1 where n = ?", (row["n"],))
        fault: dict[str, Any] = json.loads(row["body"])
        return fault

    def heal(self) -> None:
        """No more faults and no more troubles."""
        with self.transaction():
            self._db.execute("delete from google_faults")
            self._db.execute("delete from google_troubles")

    # --- What the wire protocol needs --------------------------------------------------------------------------

    def new_id(self) -> str:
        return "".join(secrets.choice(ID_LETTERS) for _ in range(26))

    def find(self, calendar: str, id_: str) -> dict[str, Any] | None:
        """Google's JSON of an event, deleted ones included."""
        with self._lock:
            row = self._db.execute(
                "select body from google_events where calendar = ? and id = ?", (calendar, id_)
            ).fetchone()
        found: dict[str, Any] | None = json.loads(row["body"]) if row else None
        return found

    def save(self, calendar: str, body: dict[str, Any]) -> dict[str, Any]:
        """Inside a transaction: writes the event and fills in what Google fills in. Raises ValueError for bad times."""
        now = self.clock.now()
        start, end = self.instant(body["start"]), self.instant(body["end"])
        if end < start:
            raise ValueError("The specified time range is empty.")
        (seq,) = self._db.execute("select coalesce(max(seq), 0) + 1 from google_events").fetchone()
        stamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        before = self.find(calendar, body["id"])
        moved = before is not None and (before["start"], before["end"]) != (body["start"], body["end"])
        full = {
            "kind": "calendar#event",
            "status": "confirmed",
            "htmlLink": f"https://calendar.google.com/calendar/event?eid={body['id']}",
            "created": stamp,
            "creator": {"email": calendar},
            "organizer": {"email": calendar, "self": True},
            "iCalUID": f"{body['id']}@google.com",
            "sequence": 0,
            "reminders": {"useDefault": True},
            "eventType": "default",
            **body,
            "etag": f'"{seq:016d}"',
            "updated": stamp,
        }
        full["sequence"] += moved
        self._db.execute(
            "insert or replace into google_events values (?, ?, ?, ?, ?, ?, ?, ?)",
            (calendar, full["id"], full["status"], start, end, now, seq, json.dumps(full)),
        )
        return full

    def rows(
        self,
        calendar: str,
        start: int | None = None,
        end: int | None = None,
        *,
        deleted: bool = False,
        after_seq: int = -1,
        updated: int = 0,
    ) -> list[sqlite3.Row]:
        """By start, then id."""
        with self._lock:
            return self._db.execute(
                "select * from google_events where calendar = ? and end > ? and start < ? and seq > ? and updated >= ?"
                " and (? or status != 'cancelled') order by start, id",
                (
                    calendar,
                    -(2**62) if start is None else start,
                    2**62 if end is None else end,
                    after_seq,
                    updated,
                    deleted,
                ),
            ).fetchall()

    def last_seq(self) -> int:
        with self._lock:
            return int(self._db.execute("select coalesce(max(seq), 0) from google_events").fetchone()[0])

    def instant(self, when: dict[str, Any]) -> int:
        """Epoch seconds of Google's `{"dateTime", "timeZone"?}` or `{"date"}`. Raises ValueError."""
        if when.get("dateTime"):
            zone = Zone(when["timeZone"]) if when.get("timeZone") else self.zone
            at = datetime.fromisoformat(when["dateTime"])
            if at.tzinfo is None and not when.get("timeZone"):
                raise ValueError("Missing time zone definition for start time.")
            return int((at if at.tzinfo else at.replace(tzinfo=zone.info)).timestamp())
        if when.get("date"):
            return self.zone.instant(date.fromisoformat(when["date"]), 0)
        raise ValueError("Missing time.")


def _entry(calendar: str, row: sqlite3.Row) -> CalendarEntry:
    body = json.loads(row["body"])
    return CalendarEntry(
        id=row["id"],
        calendar=calendar,
        start=row["start"],
        end=row["end"],
        summary=body.get("summary", ""),
        description=body.get("description", ""),
        transparent=body.get("transparency") == "transparent",
        all_day="date" in body["start"],
        ours="frontdesk" in body.get("extendedProperties", {}).get("private", {}),
    )
