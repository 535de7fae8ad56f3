"""The spreadsheets of the local Google: what the stand-in keeps, and what the workspace shows and edits as staff would.

A tab is a list of rows of texts, without empty ones at its end. `version` rises with every change, as Drive's does.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handlers.ports import Clock

SCHEMA = """
create table if not exists google_sheets (
    id text primary key, title text not null, version integer not null, modified integer not null,
    trashed integer not null default 0
);
create table if not exists google_tabs (
    sheet text not null, gid integer not null, title text not null, rows text not null, primary key (sheet, gid)
);
"""
COLUMNS = 26
GRID_ROWS = 1000

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    id: str
    title: str
    version: int
    modified: int
    trashed: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """`grid` is how many rows the grid has, empty ones included."""

    gid: int
    title: str
    rows: Rows

    @property
    def grid(self) -> int:
        return max(GRID_ROWS, len(self.rows))


class GoogleSheetsState:
    """Kept in the SQLite file at `path` (":memory:" works). What `named` gives a title and a tab for is there, once it
    is asked for."""

    def __init__(self, path: Path | str, clock: Clock) -> None:
        self.clock = clock
        self.named: Callable[[str], tuple[str, str] | None] = lambda _: None
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    # --- What there is -----------------------------------------------------------------------------------------

    def create(self, sheet: str, title: str, *tabs: str) -> None:
        """A spreadsheet with empty tabs, unless it is there."""
        with self._transaction():
            if self._row(sheet) is None:
                self._db.execute(
                    "insert into google_sheets (id, title, version, modified) values (?, ?, 1, ?)",
                    (sheet, title, self.clock.now()),
                )
                for gid, name in enumerate(tabs or ("Sheet1",)):
                    self._db.execute("insert into google_tabs values (?, ?, ?, '[]')", (sheet, gid, name))

    def find(self, sheet: str) -> Spreadsheet | None:
        row = self._row(sheet)
        if row is None and (named := self.named(sheet)):
            title, tab = named
            self.create(sheet, title, tab)
            row = self._row(sheet)
        if row is None:
            return None
        return Spreadsheet(row["id"], row["title"], row["version"], row["modified"], bool(row["trashed"]))

    def _row(self, sheet: str) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(
                "select * from google_sheets where id = ?", (sheet,)
            ).fetchone()
            return row

    def tabs(self, sheet: str) -> tuple[Tab, ...]:
        with self._lock:
            rows = self._db.execute(
                "select * from google_tabs where sheet = ? order by gid", (sheet,)
            ).fetchall()
        return tuple(Tab(row["gid"], row["title"], json.loads(row["rows"])) for row in rows)

    def tab(self, sheet: str, title: str = "") -> Tab | None:
        """By its title as the API takes it (letter case does not matter); "" is the first."""
        wanted = title.casefold()
        return next((t for t in self.tabs(sheet) if not title or t.title.casefold() == wanted), None)

    def rows(self, sheet: str, title: str = "") -> Rows:
        """Empty for a tab that does not exist."""
        found = self.tab(sheet, title)
        return found.rows if found else []

    def last_version(self) -> int:
        """Rises with every change of any sheet."""
        with self._lock:
            return int(self._db.execute("select coalesce(sum(version), 0) from google_sheets").fetchone()[0])

    # --- As staff edit it --------------------------------------------------------------------------------------

    def edit(self, sheet: str, title: str, change: Callable[[Rows], None]) -> None:
        """Changes the rows in one step. Raises KeyError when there is no such tab."""
        with self._transaction():
            found = self.tab(sheet, title)
            if found is None:
                raise KeyError(f"{sheet} {title}")
            rows = [list(row) for row in found.rows]
            change(rows)
            for row in rows:
                while row and not row[-1]:
                    row.pop()
            while rows and not rows[-1]:
                rows.pop()
            if rows == found.rows:
                return
            self._db.execute(
                "update google_tabs set rows = ? where sheet = ? and gid = ?",
                (json.dumps(rows), sheet, found.gid),
            )
            self._touch(sheet)

    def type(self, sheet: str, title: str, row: int, column: int, text: str) -> None:
        """Into one cell; `row` and `column` count from 1."""
        self.edit(sheet, title, lambda rows: put(rows, row, column, text))

    def add(self, sheet: str, title: str, cells: Sequence[str]) -> None:
        """A row below the last one."""
        self.edit(sheet, title, lambda rows: rows.append(list(cells)))

    def delete(self, sheet: str, title: str, row: int) -> None:
        """A row, and the ones below move up."""
        self.edit(sheet, title, lambda rows: rows.__delitem__(slice(row - 1, row)))

    def rename(self, sheet: str, title: str, new: str) -> None:
        with self._transaction():
            found = self.tab(sheet, title)
            if found is not None:
                self._db.execute(
                    "update google_tabs set title = ? where sheet = ? and gid = ?", (new, sheet, found.gid)
                )
                self._touch(sheet)

    def trash(self, sheet: str, *, trashed: bool = True) -> None:
        with self._transaction():
            self._db.execute("update google_sheets set trashed = ? where id = ?", (int(trashed), sheet))
            self._touch(sheet)

    def _touch(self, sheet: str) -> None:
        self._db.execute(
            "update google_sheets set version = version + 1, modified = ? where id = ?",
            (self.clock.now(), sheet),
        )


def put(rows: Rows, row: int, column: int, text: str) -> None:
    """Sets one cell, making the rows and cells before it."""
    while len(rows) < row:
        rows.append([])
    cells = rows[row - 1]
    cells += [""] * (column - len(cells))
    cells[column - 1] = text
