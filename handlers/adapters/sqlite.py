"""The embedded store: SQLite in a file (WAL, full sync; survives `kill -9`), or in memory, where it is the tests' store.

Writers of all processes take turns (`BEGIN IMMEDIATE`), so a condition is always judged on what will be overwritten.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from handlers.adapters.table import bounds, check, check_item, cursor_after, fingerprint, place_of
from handlers.domain.errors import StaleWrite, Unavailable
from handlers.domain.keys import Key
from handlers.ports import (
    Absent,
    AllOf,
    AnyOf,
    Check,
    Condition,
    Delete,
    Equals,
    Found,
    Item,
    Less,
    Operation,
    Put,
    Query,
    Update,
)

VERSION = 1
PATIENCE = 30.0
"""Seconds a writer waits for its turn."""
GLANCE = 3
"""Milliseconds of that in one go; left to itself SQLite sleeps for up to 100."""
TOKENS_KEPT = 600
"""Seconds, by the database's own clock: the business's may be set by hand."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, ttl INTEGER,
    gsi1pk TEXT, gsi1sk TEXT, gsi2pk TEXT, gsi2sk TEXT, gsi3pk TEXT, gsi3sk TEXT,
    PRIMARY KEY (pk, sk)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gsi1 ON items (gsi1pk, gsi1sk, pk, sk) WHERE gsi1pk IS NOT NULL AND gsi1sk IS NOT NULL;
CREATE INDEX IF NOT EXISTS gsi2 ON items (gsi2pk, gsi2sk, pk, sk) WHERE gsi2pk IS NOT NULL AND gsi2sk IS NOT NULL;
CREATE INDEX IF NOT EXISTS gsi3 ON items (gsi3pk, gsi3sk, pk, sk) WHERE gsi3pk IS NOT NULL AND gsi3sk IS NOT NULL;
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
"""
COLUMNS = ("pk", "sk", "ttl", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk")
WRITE = f"INSERT OR REPLACE INTO items ({', '.join(COLUMNS)}, body) VALUES ({', '.join('?' * 10)})"  # noqa: S608 - our own column names
NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


class SqliteStore:
    """A `Store` in the file `path` (made when missing), or in memory. Any number of threads and processes."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._in_memory = self._path == ":memory:"
        self._turn = Lock()
        self._our_turn = Lock()
        """Threads of one process wait here, and are woken when it is their turn; processes ask SQLite again and again."""
        self._idle: list[sqlite3.Connection] = []
        if not self._in_memory:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # customers' names: for our eyes only
        self._idle.append(_open(self._path))
        self.close = weakref.finalize(self, _close, self._idle)
        """Call it when nobody uses the store any more; the garbage collector does otherwise."""

    def get(self, key: Key) -> Item | None:
        with self._connection() as db:
            return _read(db, key)

    def query(self, query: Query) -> Found:
        low, high = bounds(query)
        pk, sk = (f"{query.index}pk", f"{query.index}sk") if query.index else ("pk", "sk")
        order = ", ".join(
            f"{c} {'DESC' if query.backwards else 'ASC'}" for c in dict.fromkeys((sk, "pk", "sk"))
        )
        where, values = f"{pk} = ? AND {sk} BETWEEN ? AND ?", [query.pk, low, high]
        if query.index:
            where += f" AND {sk} IS NOT NULL"
        if query.cursor:
            last = place_of(query.cursor)
            there = last if query.index else last[2:]
            columns = f"({sk}, pk, sk)" if query.index else "(sk)"
            where += f" AND {columns} {'<' if query.backwards else '>'} ({', '.join('?' * len(there))})"
            values += there
        sql = f"SELECT body FROM items WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - our own column names
        with self._connection() as db:
            rows = db.execute(sql, (*values, query.limit + 1)).fetchall()
        items = tuple(json.loads(body) for (body,) in rows[: query.limit])
        return Found(items, cursor_after(items[-1], query) if len(rows) > query.limit else None)

    def transact(self, operations: Sequence[Operation], token: str = "") -> None:
        check(operations)
        mark = fingerprint(operations, token) if token else ""
        with self._connection() as db:
            _look(db, () if mark else operations)
            with self._our_turn, _writing(db, () if mark else operations):
                if mark and _known(db, mark):
                    return
                before = _judge(db, operations)
                for operation, item in zip(operations, before, strict=True):
                    _apply(db, operation, item)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One connection for one thread at a time; in memory there is only the one."""
        if self._in_memory:
            with self._turn, _told():
                yield self._idle[0]
            return
        with _told():
            try:
                db = self._idle.pop()
            except IndexError:
                db = _open(self._path)
            try:
                yield db
            finally:
                self._idle.append(db)


def holds(condition: Condition, item: Item | None) -> bool:
    """Whether a condition is met, as DynamoDB judges it: types never mix, and None is a value."""
    match condition:
        case Absent(""):
            return item is None
        case Absent(attribute):
            return item is None or attribute not in item
        case Equals(attribute, value):
            return item is not None and attribute in item and _same(item[attribute], value)
        case Less(attribute, value):
            found = None if item is None else item.get(attribute)
            return _kind(found) is _kind(value) and found < value  # type: ignore[operator] # both text or both numbers
        case AllOf(of):
            return all(holds(c, item) for c in of)
        case AnyOf(of):
            return any(holds(c, item) for c in of)


def _same(found: Any, value: str | int | bool) -> bool:
    return _kind(found) is _kind(value) and bool(found == value)


def _kind(value: Any) -> type | None:
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float):
        return float
    return str if isinstance(value, str) else None


def _began(db: sqlite3.Connection, *, last: bool) -> bool:
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _look(db: sqlite3.Connection, operations: Sequence[Operation]) -> None:
    """Refuses what has lost already, without waiting for a turn to write. All is read as of one moment."""
    if not operations:
        return
    db.execute("BEGIN")
    try:
        _judge(db, operations)
    finally:
        db.execute("ROLLBACK")


def _judge(db: sqlite3.Connection, operations: Sequence[Operation]) -> list[Item | None]:
    """The items before the transaction; raises StaleWrite when a condition is not met."""
    before = [_read(db, o.key) for o in operations]
    failed = [n for n, o in enumerate(operations) if o.when is not None and not holds(o.when, before[n])]
    if failed:
        raise StaleWrite(failed, {n: item for n in failed if (item := before[n]) is not None})
    return before


def _apply(db: sqlite3.Connection, operation: Operation, before: Item | None) -> None:
    match operation:
        case Put(item):
            _write(db, item)
        case Update(key, changes, remove):
            kept = {k: v for k, v in (before or {"pk": key.pk, "sk": key.sk}).items() if k not in remove}
            item = {**kept, **changes}
            check_item(item)
            _write(db, item)
        case Delete(key):
            db.execute("DELETE FROM items WHERE pk = ? AND sk = ?", key)
        case Check():
            pass


def _read(db: sqlite3.Connection, key: Key) -> Item | None:
    row = db.execute("SELECT body FROM items WHERE pk = ? AND sk = ?", key).fetchone()
    return None if row is None else json.loads(row[0])


def _write(db: sqlite3.Connection, item: Item) -> None:
    db.execute(WRITE, (*(item.get(c) for c in COLUMNS), json.dumps(item, separators=(",", ":"))))


def _known(db: sqlite3.Connection, mark: str) -> bool:
    """Whether this very transaction was committed already; notes it when not."""
    db.execute(f"DELETE FROM tokens WHERE at < {NOW} - ?", (TOKENS_KEPT,))  # noqa: S608 - a constant
    return db.execute(f"INSERT OR IGNORE INTO tokens VALUES (?, {NOW})", (mark,)).rowcount == 0  # noqa: S608 - a constant


@contextmanager
def _writing(db: sqlite3.Connection, operations: Sequence[Operation]) -> Iterator[None]:
    """Waits for the turn to write; whoever lost meanwhile needs no turn any more."""
    db.execute(f"PRAGMA busy_timeout = {GLANCE}")
    try:
        until = time.monotonic() + PATIENCE
        _look(db, operations)
        while not _began(db, last=time.monotonic() > until):
            _look(db, operations)
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


@contextmanager
def _told() -> Iterator[None]:
    """Says in our words that the database is busy or its disk is full."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in BUSY:
            raise Unavailable("the database", str(error), retry_after=1) from error
        raise


def _open(path: str) -> sqlite3.Connection:
    for patience in range(100, -1, -1):
        db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            _prepare(db)
        except sqlite3.OperationalError as error:
            db.close()
            if error.sqlite_errorcode & 0xFF not in BUSY or not patience:
                raise
            time.sleep(
                0.05
            )  # going to WAL mode does not wait for its turn when several processes start at once
        except BaseException:
            db.close()
            raise
        else:
            return db
    raise AssertionError("the loop returns or raises")


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise ValueError("this database was made by a newer Frontdesk; please run that one")
    if version < VERSION:
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")


def _close(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
