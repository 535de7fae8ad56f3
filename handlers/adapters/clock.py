"""The only place that asks the machine for the time."""

from __future__ import annotations

import os
import time
from pathlib import Path


class SystemClock:
    def now(self) -> int:
        """Epoch seconds."""
        return int(time.time())


class FileClock:
    """Real time plus the offset (whole seconds, may be negative) that `path` holds; no file means no offset.

    The file is read on every call (about 10 µs), so that several processes share one clock.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._offset = 0

    def now(self) -> int:
        """Epoch seconds on the shared clock."""
        return int(time.time()) + self.offset()

    def offset(self) -> int:
        """Seconds ahead of real time. A file that can't be understood leaves the last good offset in place."""
        try:
            self._offset = int(self._path.read_bytes().strip() or str(self._offset))
        except FileNotFoundError:
            self._offset = 0
        except ValueError:
            pass
        return self._offset

    def set_to(self, instant: int) -> None:
        """Makes it `instant` (epoch s) now, for every process that reads the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        fresh.write_text(str(instant - int(time.time())))
        fresh.replace(self._path)

    def advance(self, seconds: int) -> None:
        self.set_to(self.now() + seconds)
