"""Notes each call to a stand-in for the log."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from handlers.ports import Clock
from infra.local.database import Database

LONGEST = 20_000
"""Characters of a body that the log keeps."""


class Heard:
    def __init__(self, app: ASGIApp, db: Database, clock: Clock, direction: str) -> None:
        self._app, self._db, self._clock, self._direction = app, db, clock, direction

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, answered, status = bytearray(), bytearray(), 500
        started = time.monotonic()

        async def listen() -> MutableMapping[str, Any]:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def speak(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, listen, speak)
        finally:
            if scope["type"] == "http":
                self._db.run(
                    "insert into calls (at, direction, name, ok, milliseconds, request, response)"
                    " values (?, ?, ?, ?, ?, ?, ?)",
                    self._clock.now(),
                    self._direction,
                    f"{scope['method']} {scope['path'].removeprefix('/_google/calendar/v3')}",
                    # A conflict is an answer like any other: the event is there already.
                    int(status < 400 or status == 409),
                    int((time.monotonic() - started) * 1000),
                    asked.decode(errors="replace")[:LONGEST],
                    f"{status} {answered.decode(errors='replace')[:LONGEST]}".strip(),
                )
