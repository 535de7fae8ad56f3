"""The real adapter against the stand-in, over real HTTP on a free loopback port."""

from __future__ import annotations

import json as jsons
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from functools import partialmethod
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from handlers.adapters.google_calendar import GoogleCalendar
from infra.local.google import app
from infra.local.google_state import GoogleCalendarState
from tests.fakes import FakeClock

NOW = 1_777_960_800  # 2026-05-05 14:00 in Singapore


@dataclass
class Google:
    url: str
    state: GoogleCalendarState
    slept: list[float] = field(default_factory=list)

    def calendar(self, **more: object) -> GoogleCalendar:
        return GoogleCalendar(self.url, "", sleep=self.slept.append, **{"timeout": 5, **more})


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Message
    content: bytes

    def json(self) -> Any:
        return jsons.loads(self.content)


@dataclass(frozen=True)
class Web:
    """A small HTTP client for one server."""

    base: str

    def ask(
        self,
        verb: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, str] | None = None,
        content: bytes = b"",
    ) -> Answer:
        where = urlsplit(self.base + path)
        body = content if json is None else jsons.dumps(json).encode()
        with closing(HTTPConnection(where.netloc, timeout=5)) as connection:
            connection.request(verb, f"{where.path}?{urlencode(params or {})}", body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    get = partialmethod(ask, "GET")
    post = partialmethod(ask, "POST")
    put = partialmethod(ask, "PUT")
    patch = partialmethod(ask, "PATCH")
    delete = partialmethod(ask, "DELETE")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[GoogleCalendarState]:
    held = GoogleCalendarState(tmp_path / "workspace.db", FakeClock(NOW), "Asia/Singapore")
    yield held
    held.close()


@pytest.fixture
def google(state: GoogleCalendarState) -> Iterator[Google]:
    outer = Starlette(routes=[Mount("/_google", app(state))])
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(outer, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield Google(f"http://127.0.0.1:{listener.getsockname()[1]}/_google", state)
    server.should_exit = True
    thread.join(5)
    listener.close()
