"""What only the embedded store promises: it survives `kill -9`, and any number of processes and threads share a file."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.errors import StaleWrite, Unavailable
from handlers.domain.keys import Key
from handlers.ports import Absent, Equals, Put, Query, Update

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from handlers.adapters.sqlite import SqliteStore
from handlers.ports import Put
store = SqliteStore(sys.argv[1])
for n in range(1_000_000):
    store.transact([Put({"pk": "A", "sk": f"{n:07}"}), Put({"pk": "B", "sk": f"{n:07}"})])
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 25, 60])
def test_what_was_reported_as_committed_survives_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "frontdesk.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        reported = [int(child.stdout.readline()) for _ in range(after)]
        child.send_signal(signal.SIGKILL)
        reported += map(int, child.stdout)
    store = SqliteStore(path)
    first, second = ([i["sk"] for i in store.query(Query(pk, limit=10_000)).items] for pk in "AB")
    assert first == second  # no half of a transaction
    assert set(first) >= {f"{n:07}" for n in reported}
    store.transact([Put({"pk": "A", "sk": "after"})])
    store.close()


def test_state_survives_a_restart(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "frontdesk.db")
    store.transact([Put({"pk": "A", "sk": "1", "n": 1})], token="once")
    store.close()
    again = SqliteStore(tmp_path / "frontdesk.db")
    again.transact([Update(Key("A", "1"), {"n": 2})])
    again.transact([Put({"pk": "A", "sk": "1", "n": 1})], token="once")
    assert again.get(Key("A", "1")) == {"pk": "A", "sk": "1", "n": 2}
    again.close()


@pytest.mark.parametrize("where", [":memory:", "frontdesk.db"])
def test_threads_that_count_lose_no_step(tmp_path: Path, where: str) -> None:
    store = SqliteStore(where if where == ":memory:" else tmp_path / where)
    key = Key("COUNT", "1")
    store.transact([Put({"pk": key.pk, "sk": key.sk, "n": 0})])

    def count() -> None:
        done = 0
        while done < 25:
            item = store.get(key)
            assert item is not None
            try:
                store.transact([Update(key, {"n": item["n"] + 1}, when=Equals("n", item["n"]))])
            except StaleWrite:
                continue
            done += 1

    threads = [Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(key) == {"pk": key.pk, "sk": key.sk, "n": 150}
    store.close()


def test_a_token_is_kept_ten_minutes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "frontdesk.db")
    once = [Put({"pk": "A", "sk": "1"}, when=Absent())]
    store.transact(once, token="once")
    db = sqlite3.connect(tmp_path / "frontdesk.db")
    for age in (590, 20):
        db.execute("UPDATE tokens SET at = at - ?", (age,))
        db.commit()
        if age == 590:
            store.transact(once, token="once")
    db.close()
    with pytest.raises(StaleWrite):
        store.transact(once, token="once")
    store.close()


def test_a_database_of_a_newer_frontdesk_is_refused(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "frontdesk.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ValueError, match="newer Frontdesk"):
        SqliteStore(tmp_path / "frontdesk.db")


def test_a_database_that_stays_busy_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.adapters.sqlite.PATIENCE", 0.05)
    store = SqliteStore(tmp_path / "frontdesk.db")
    hog = sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None)
    hog.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        store.transact([Put({"pk": "A", "sk": "1"})])
    assert store.get(Key("A", "1")) is None  # readers never wait
    hog.close()
    store.transact([Put({"pk": "A", "sk": "1"})])
    store.close()


def test_every_commit_reaches_the_disk_before_it_is_reported(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "frontdesk.db")
    with store._connection() as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    store.close()


def test_the_file_is_for_our_eyes_only(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "new" / "frontdesk.db").close()
    assert (tmp_path / "new" / "frontdesk.db").stat().st_mode & 0o077 == 0
