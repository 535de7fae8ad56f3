from __future__ import annotations

import time
from pathlib import Path

from handlers.adapters.clock import FileClock, SystemClock
from handlers.adapters.ids import ALPHABET, RandomIds


def test_the_system_clock_tells_epoch_seconds() -> None:
    assert abs(SystemClock().now() - time.time()) <= 2


def test_a_clock_without_a_file_tells_real_time(tmp_path: Path) -> None:
    assert abs(FileClock(tmp_path / "clock").now() - time.time()) <= 2


def test_a_moved_clock_is_seen_by_everybody_who_reads_the_file(tmp_path: Path) -> None:
    mine, theirs = FileClock(tmp_path / "clock"), FileClock(tmp_path / "clock")
    mine.set_to(1_777_960_800)
    assert 0 <= theirs.now() - 1_777_960_800 <= 2
    theirs.advance(3600)
    assert 0 <= mine.now() - 1_777_964_400 <= 3


def test_the_file_holds_the_offset_in_seconds(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("-86400\n")
    assert abs(FileClock(tmp_path / "clock").now() - (time.time() - 86_400)) <= 2


def test_half_a_file_leaves_the_last_good_offset(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    (tmp_path / "clock").write_text("500")
    assert clock.offset() == 500
    for broken in ("", "5x"):
        (tmp_path / "clock").write_text(broken)
        assert clock.offset() == 500
    (tmp_path / "clock").unlink()
    assert clock.offset() == 0


def test_ids_are_long_enough_and_never_repeat() -> None:
    made = {RandomIds().new() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len(id_) >= 12 and set(id_) <= set(ALPHABET) for id_ in made)
