"""From Slack to the product: signed v0 POSTs to `/slack/events`, through the Lambda entry."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from handlers.adapters.clock import SystemClock
from handlers.ports import Clock
from infra.local.database import Database
from infra.local.runtime import Response, Runtime, url_event, url_response
from infra.local.slack.people import APP, TEAM
from infra.wiring import NAMED

PATIENCE = 3.0
"""Seconds Slack waits for an answer."""
RETRIES = (0.5, 5.0, 30.0)
"""Seconds before an unanswered event is sent again (Slack: at once, after 1 minute, after 5)."""


@dataclass(frozen=True)
class Answer:
    """`status` 0 means that no answer came in time."""

    status: int
    body: bytes
    milliseconds: int

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def problem(self) -> str:
        """What Slack would say went wrong; "" when nothing did."""
        if self.ok:
            return ""
        return "operation_timeout" if self.status == 0 else "dispatch_failed"

    def json(self) -> dict[str, Any]:
        """The body as an object; {} when it is empty or something else."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Door:
    def __init__(
        self,
        runtime: Runtime,
        db: Database,
        clock: Clock,
        *,
        secret: str,
        host: str,
        patience: float = PATIENCE,
        retries: Sequence[float] = RETRIES,
    ) -> None:
        self._runtime, self._db, self._clock = runtime, db, clock
        self._secret, self._host = secret, host
        self._patience, self._retries = patience, tuple(retries)

    def form(self, name: str, fields: Mapping[str, str]) -> Answer:
        return self._post(name, "application/x-www-form-urlencoded", urlencode(fields).encode(), {})

    def payload(self, name: str, payload: Mapping[str, Any]) -> Answer:
        return self.form(name, {"payload": json.dumps(payload)})

    def event(self, event: Mapping[str, Any]) -> threading.Thread:
        """An events_api callback, sent in the background (by the thread that is returned) and again when it isn't
        answered."""
        body = json.dumps(
            {
                "token": "local",
                "team_id": TEAM,
                "api_app_id": APP,
                "event": event,
                "type": "event_callback",
                "event_id": "Ev" + secrets.token_hex(6).upper(),
                "event_time": self._clock.now(),
                "authorizations": [
                    {"team_id": TEAM, "user_id": "UFRONTDESK", "is_bot": True, "is_enterprise_install": False}
                ],
            }
        ).encode()
        thread = threading.Thread(target=self._send_event, args=(str(event["type"]), body), daemon=True)
        thread.start()
        return thread

    def _send_event(self, name: str, body: bytes) -> None:
        answer = self._post(name, "application/json", body, {})
        for number, pause in enumerate(self._retries, start=1):
            if answer.ok:
                return
            time.sleep(pause)
            reason = "http_timeout" if answer.status == 0 else "http_error"
            again = {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason}
            answer = self._post(name, "application/json", body, again)

    def _post(self, name: str, content_type: str, body: bytes, more: Mapping[str, str]) -> Answer:
        stamp = str(SystemClock().now())
        digest = hmac.new(self._secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        headers = {
            "host": self._host,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "content-type": content_type,
            "content-length": str(len(body)),
            "accept": "application/json,*/*",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": "v0=" + digest.hexdigest(),
            **more,
        }
        event = url_event(
            "POST", "/slack/events", "", list(headers.items()), body, source_ip="127.0.0.1"
        )  # Slack's own address on AWS
        started = time.monotonic()
        future = self._runtime.submit(NAMED["slack"], event)
        problem = ""
        try:
            response = url_response(future.result(timeout=self._patience))
        except TooLate:
            response, problem = Response(0, (), b""), f"no answer within {self._patience:g} seconds"
        except Exception as error:  # noqa: BLE001 - a function that raises answers 502 on AWS
            response, problem = Response(502, (), b""), f"{type(error).__name__}: {error}"
        answer = Answer(response.status, response.body, int((time.monotonic() - started) * 1000))
        self._db.run(
            "insert into calls (at, direction, name, ok, milliseconds, request, response)"
            " values (?, 'slack', ?, ?, ?, ?, ?)",
            self._clock.now(),
            name,
            int(answer.ok),
            answer.milliseconds,
            body.decode()[:20_000],
            problem or f"{answer.status} {answer.body.decode(errors='replace')[:20_000]}".strip(),
        )
        return answer
