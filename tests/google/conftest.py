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
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from handlers.adapters.google_calendar import GoogleCalendar
from handlers.adapters.google_sheets import GoogleSheets
from infra.local import sheets
from infra.local.google import app
from infra.local.google_state import GoogleCalendarState
from infra.local.sheets_state import GoogleSheetsState
from tests.fakes import FakeClock

NOW = 1_777_960_800  # 2026-05-05 14:00 in Singapore


@dataclass
class SignIn:
    """Google's token endpoint, and what reached the calendar: paths asked for, Authorization headers."""

    status: int = 200
    tokens: int = 0
    seen: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def token(self, request: Request) -> Response:
        form = await request.body()
        assert b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer" in form
        self.tokens += 1
        if self.status != 200:
            return JSONResponse({"error": "invalid_grant", "error_description": "Invalid JWT"}, self.status)
        return JSONResponse({"access_token": f"t{self.tokens}", "expires_in": 3600, "token_type": "Bearer"})


@dataclass
class Google:
    url: str
    state: GoogleCalendarState
    sign_in: SignIn = field(default_factory=SignIn)
    slept: list[float] = field(default_factory=list)
    files: GoogleSheetsState | None = None

    def calendar(self, credentials: str = "", **more: object) -> GoogleCalendar:
        return GoogleCalendar(self.url, credentials, sleep=self.slept.append, **{"timeout": 5, **more})

    def sheets(self, credentials: str = "", **more: object) -> GoogleSheets:
        return GoogleSheets(self.url, credentials, sleep=self.slept.append, **{"timeout": 5, **more})


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
def files(tmp_path: Path) -> Iterator[GoogleSheetsState]:
    held = GoogleSheetsState(tmp_path / "workspace.db", FakeClock(NOW))
    yield held
    held.close()


@pytest.fixture
def google(state: GoogleCalendarState, files: GoogleSheetsState) -> Iterator[Google]:
    sign_in, inner = SignIn(), app(state, sheets.routes(files, state))

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        sign_in.asked.append(scope["path"].rpartition("/")[2])
        sign_in.seen += [v.decode() for k, v in scope["headers"] if k == b"authorization"]
        await inner(scope, receive, send)

    outer = Starlette(routes=[Mount("/_google", noted), Route("/token", sign_in.token, methods=["POST"])])
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(outer, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield Google(f"http://127.0.0.1:{listener.getsockname()[1]}/_google", state, sign_in, files=files)
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture(scope="session")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def account(google: Google, key: str) -> str:
    return jsons.dumps(
        {
            "type": "service_account",
            "client_email": "desk@project.iam.gserviceaccount.com",
            "private_key_id": "1",
            "private_key": key,
            "token_uri": google.url.replace("/_google", "/token"),
        }
    )
