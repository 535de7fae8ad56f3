"""Mails, texts and files in a folder of this machine: the workspace's mailbox and phone read them there.

`DIR/out/<time>-<id>.eml` is a complete mail, `DIR/texts/<time>-<id>.json` a text. Names sort by sending order; the
last part of a name is made from the message's key, so that a repeat of a key finds its file and sends nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from handlers.adapters import outgoing, utc
from handlers.domain.errors import NotFound
from handlers.ports import Clock, Mail


class Spool:
    """Numbered files in one folder. Safe among threads."""

    def __init__(self, folder: Path, suffix: str, clock: Clock) -> None:
        self._folder, self._suffix, self._clock = folder, suffix, clock
        self._lock = threading.Lock()

    def add(self, key: str, content: bytes) -> Path:
        """The file for `key`; an existing one stays as it is."""
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            names = sorted(path.name for path in self._folder.glob(f"*{self._suffix}"))
            ending = f"-{outgoing.digest(key)}{self._suffix}"
            found = next((name for name in names if key and name.endswith(ending)), None)
            if found:
                return self._folder / found
            name = f"{utc.stamp(self._clock.now())}-{len(names):06d}{ending}"
            path = self._folder / name
            hidden = path.with_name(f".{name}.part")  # whoever watches the folder never sees half a file
            hidden.write_bytes(content)
            hidden.replace(path)
            return path


class SpoolMailer:
    """`sender` writes the mails that name none."""

    def __init__(self, folder: Path | str, clock: Clock, sender: str = "frontdesk@localhost") -> None:
        self._spool = Spool(Path(folder) / "out", ".eml", clock)
        self._clock, self._sender = clock, sender

    def send(self, mail: Mail) -> str:
        now = self._clock.now()
        key = mail.key or _of(repr((mail, now)).encode("utf-8", "replace"))
        return self._spool.add(key, outgoing.build(mail, now=now, key=key, sender=self._sender)).stem

    def forward(self, raw: bytes, *, to: str, sender: str, reply_to: str, headers: Mapping[str, str]) -> str:
        key = _of(raw + b"\0" + to.encode())
        content = outgoing.forward(
            raw, to=to, sender=sender or self._sender, reply_to=reply_to, headers=headers, key=key
        )
        return self._spool.add(key, content).stem


class SpoolTexter:
    """Writes to `folder/texts`, or to `folder` itself when that is its name already."""

    def __init__(self, folder: Path | str, clock: Clock) -> None:
        folder = Path(folder)
        self._spool = Spool(folder if folder.name == "texts" else folder / "texts", ".json", clock)
        self._clock = clock

    def send(self, to: str, text: str, key: str = "") -> str:
        now = self._clock.now()
        content = json.dumps({"to": to, "text": text, "key": key, "at": now}, ensure_ascii=False)
        return self._spool.add(key or _of(f"{to}\0{text}\0{now}".encode()), content.encode()).stem


class DirFiles:
    """Blobs under one folder. A path that would lead out of it is refused with ValueError."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder).resolve()

    def _place(self, path: str) -> Path:
        parts = path.split("/")
        if "\0" in path or "\\" in path or any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"not a path for a file: {path!r}")
        place = self._folder.joinpath(*parts)
        if not place.resolve().is_relative_to(self._folder):  # a link inside the folder that leads out
            raise ValueError(f"not a path for a file: {path!r}")
        return place

    def put(self, path: str, content: bytes) -> None:
        """Readers see the whole file or none; an existing one is replaced."""
        place = self._place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        hidden = place.with_name(f".{secrets.token_hex(8)}.part")
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(place)

    def get(self, path: str) -> bytes:
        try:
            return self._place(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NotFound("file", path) from error


def _of(content: bytes) -> str:
    """A key for a message that came without one: the same message in the same second is one message."""
    return sha256(content).hexdigest()
