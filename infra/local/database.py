"""`workspace.db`: what the stand-ins remember (Slack's messages, deliveries on the way). Survives `kill -9`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, RLock
from typing import Any

SCHEMA = """
create table if not exists settings (name text primary key, value text not null);
create table if not exists deliveries (
    id integer primary key, event_id text not null, kind text not null, function text not null,
    payload text not null, attempts integer not null default 0, due real not null,
    state text not null default 'waiting', error text not null default '', at integer not null
);
create index if not exists deliveries_due on deliveries (state, due);
create table if not exists calls (
    id integer primary key, at integer not null, direction text not null, name text not null,
    ok integer not null, milliseconds integer not null, request text not null, response text not null
);
create table if not exists messages (
    ts text primary key, channel text not null, user text not null, text text not null, blocks text not null,
    only_for text not null default '', thread_ts text not null default '', edited integer not null default 0,
    reactions text not null default '{}', attachments text not null default '[]'
);
create index if not exists messages_channel on messages (channel, ts);
create table if not exists views (
    id text primary key, kind text not null, user text not null, root text not null, previous text not null,
    hash text not null, body text not null, open integer not null, depth integer not null
);
create table if not exists response_urls (
    id text primary key, channel text not null, user text not null, ts text not null, only_for text not null,
    uses integer not null, expires real not null
);
create table if not exists slack_errors (
    id integer primary key, at integer not null, method text not null, error text not null,
    messages text not null, payload text not null
);
create table if not exists channels (id text primary key, name text not null, user text not null default '');
create table if not exists texts_in (
    id text primary key, at integer not null, sender text not null, recipient text not null, body text not null
);
create table if not exists textract_jobs (
    id text primary key, token text not null, asked text not null, status text not null, pages text not null
);
create table if not exists mails_in (
    id text primary key, at integer not null, path text not null, sender text not null, recipient text not null,
    subject text not null
);
"""


class Database:
    """One connection behind a lock. `version` rises with every change; `changed` wakes whoever waits for work."""

    def __init__(self, path: Path | str) -> None:
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(SCHEMA)
        self.version = 0
        self.changed = Condition()

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return row

    def run(self, sql: str, *values: Any) -> int:
        """Runs one change; the new row's id for an insert."""
        with self._lock:
            cursor = self._db.execute(sql, values)
            self._changed()
            return cursor.lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside commits together, or not at all."""
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
            self._changed()

    def _changed(self) -> None:
        self.version += 1
        with self.changed:
            self.changed.notify_all()

    def setting(self, name: str, default: str = "") -> str:
        row = self.one("select value from settings where name = ?", name)
        return row["value"] if row else default

    def set(self, name: str, value: str) -> None:
        if self.setting(name, "\0") != value:
            self.run("insert or replace into settings values (?, ?)", name, value)

    def close(self) -> None:
        with self._lock:
            self._db.close()
