"""The owner's `rules.yml`, watched: an edit is swapped in, or refused while the last good version stays."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Protocol

from handlers.domain.errors import RulesError
from handlers.domain.rules.model import Rules

PAUSE = 0.5


class Source(Protocol):
    def update(self, text: str, by: str) -> Rules: ...


class RulesFile:
    def __init__(self, path: Path, source: Source) -> None:
        self.path, self._source = path, source
        self._seen: bytes | None = None
        self._faults: list[dict[str, Any]] = []
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self.version = 0

    def start(self) -> None:
        """Takes the file as it is now, then watches it. Raises RulesError, OSError."""
        self._take(self.path.read_bytes(), "the rules file")
        self._thread = threading.Thread(target=self._watch, name="rules", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        while not self._stopping.wait(PAUSE):
            try:
                content = self.path.read_bytes()
                if content != self._seen:
                    self._take(content, "the rules file")
            except (RulesError, OSError):
                # Refused: the source has told people why. Missing: an editor is replacing it.
                continue

    def _take(self, content: bytes, by: str) -> None:
        with self._turn:
            if content == self._seen:
                return
            self._seen = content
            self.version += 1
            try:
                self._source.update(content.decode("utf-8", "replace"), by)
                self._faults = []
            except RulesError as refused:
                self._faults = [
                    {"line": f.line, "column": f.column, "message": f.message} for f in refused.faults
                ]
                raise

    def save(self, text: str, by: str) -> list[dict[str, Any]]:
        """Writes the file as an editor would, and takes it at once; the faults when it is refused."""
        fresh = self.path.with_name(f".{self.path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.path)
        try:
            self._take(text.encode(), by)
        except RulesError:
            return self._faults
        return []

    def shown(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "text": self.path.read_text(encoding="utf-8", errors="replace") if self.path.exists() else "",
            "faults": self._faults,
            "version": self.version,
        }
