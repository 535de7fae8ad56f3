"""A desk with staff in front of it: real Bolt app through the Lambda entry, real services on a store in memory."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mangum import Mangum
from slack_bolt.adapter.asgi import SlackRequestHandler

from bot.app import build_app
from bot.board import Board
from bot.messenger import Messenger
from bot.notices import Notices
from handlers.bootstrap import Desk
from handlers.domain.customer import Customer
from handlers.domain.events import Event
from handlers.domain.items import from_item, to_item
from handlers.domain.request import Request
from handlers.ports import Put, Query
from infra.wiring import NAMED
from tests.slack.fake_slack import FakeSlack
from tests.slack.samples import slot

SECRET = "a-signing-secret"


@dataclass
class Answer:
    status: int
    body: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}


@dataclass
class Office:
    desk: Desk
    slack: FakeSlack
    notices: Notices
    heard: set[str] = field(default_factory=set)
    entry: Any = None

    @classmethod
    def open(cls, desk: Desk, slack: FakeSlack, entry: Callable[..., Any] | None = None) -> Office:
        board = Board(desk.store, desk.clock, Messenger.patient(desk.settings), pause=lambda _: None)
        office = cls(desk, slack, Notices(desk, Messenger.patient(desk.settings), board))
        office.entry = entry or Mangum(SlackRequestHandler(build_app(desk)), lifespan="off")
        return office

    # --- Slack calls us ----------------------------------------------------------------------------------------

    def post(
        self, body: str, content_type: str, *, secret: str = SECRET, age: int = 0, encoded: bool = False
    ) -> Answer:
        """A signed request as the Function URL hands it over (payload v2)."""
        stamp = str(int(time.time()) - age)
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/slack/events",
            "rawQueryString": "",
            "headers": {
                "content-type": content_type,
                "x-slack-request-timestamp": stamp,
                "x-slack-signature": f"v0={digest}",
                "host": "abc.lambda-url.example",
            },
            "requestContext": {
                "http": {
                    "method": "POST",
                    "path": "/slack/events",
                    "sourceIp": "192.0.2.1",
                    "protocol": "HTTP/1.1",
                }
            },
            "body": base64.b64encode(body.encode()).decode() if encoded else body,
            "isBase64Encoded": encoded,
        }
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(self._invoke, event).result()
        body = answer["body"]
        if answer.get("isBase64Encoded"):
            body = base64.b64decode(body).decode()
        return Answer(answer["statusCode"], body)

    def _invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """In a thread of its own, where the loop that Mangum asks for is nobody else's."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            answer: dict[str, Any] = self.entry(event, None)
        finally:
            asyncio.set_event_loop(None)
            loop.close()
        return answer

    def form(self, fields: dict[str, Any], **how: Any) -> Answer:
        return self.post(urlencode(fields), "application/x-www-form-urlencoded", **how)

    def payload(self, payload: dict[str, Any], **how: Any) -> Answer:
        common = {"team": {"id": "T1"}, "api_app_id": "A1", "token": "x", "trigger_id": "tr.1"}
        return self.form({"payload": json.dumps({**common, **payload})}, **how)

    def command(self, text: str, user: str = "U0MEI", *, name: str = "/book", **how: Any) -> Answer:
        return self.form(
            {
                "command": name, "text": text, "user_id": user, "team_id": "T1", "channel_id": "C0DESK",
                "trigger_id": "tr.1", "response_url": self.slack.response_url, "api_app_id": "A1",
            },
            **how,
        )  # fmt: skip

    def click(
        self,
        action: str,
        value: str,
        user: str = "U0MEI",
        *,
        ts: str = "1700000000.000100",
        ephemeral: bool = False,
        **how: Any,
    ) -> Answer:
        """A button on a message."""
        return self.payload(
            {
                "type": "block_actions",
                "user": {"id": user},
                "container": {
                    "type": "message", "channel_id": "C0DESK", "message_ts": ts, "is_ephemeral": ephemeral,
                },
                "channel": {"id": "C0DESK"},
                "message": {"ts": ts},
                "response_url": self.slack.response_url,
                "actions": [
                    {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1.1"}
                ],
            },
            **how,
        )  # fmt: skip

    def choose(self, action: str, value: str, user: str = "U0MEI") -> Answer:
        """An entry of an overflow menu on a message."""
        return self.payload(
            {
                "type": "block_actions",
                "user": {"id": user},
                "container": {"type": "message", "channel_id": "C0DESK", "message_ts": "1.2", "is_ephemeral": True},
                "channel": {"id": "C0DESK"},
                "response_url": self.slack.response_url,
                "actions": [
                    {
                        "type": "overflow", "action_id": action, "block_id": "b", "action_ts": "1.1",
                        "selected_option": {"value": value},
                    }
                ],
            }
        )  # fmt: skip

    def change(
        self, view_id: str, action: str, values: dict[str, str], at: str, user: str = "U0MEI"
    ) -> Answer:
        """An input of an open modal that answers at once."""
        return self.payload(
            {
                "type": "block_actions",
                "user": {"id": user},
                "container": {"type": "view", "view_id": view_id},
                "view": self.filled(view_id, values),
                "actions": [
                    {"type": "static_select", "action_id": action, "block_id": action, "action_ts": at}
                ],
            }
        )

    def press(
        self, view_id: str, action: str, value: str, user: str = "U0MEI", typed: dict[str, str] | None = None
    ) -> Answer:
        """A button, or an entry of a menu, in an open modal; `typed` is what stands in its inputs."""
        found = [e for b in self.slack.views[view_id]["blocks"] for e in elements_of(b)]
        kind = next(e["type"] for e in found if e["action_id"] == action)
        chosen = {"value": value} if kind == "button" else {"selected_option": {"value": value}}
        return self.payload(
            {
                "type": "block_actions",
                "user": {"id": user},
                "container": {"type": "view", "view_id": view_id},
                "view": self.filled(view_id, typed or {}),
                "actions": [
                    {"type": kind, "action_id": action, "block_id": "b", "action_ts": "1.1", **chosen}
                ],
            }
        )

    def submit(self, view_id: str, values: dict[str, str], user: str = "U0MEI", **view: Any) -> Answer:
        filled = {**self.filled(view_id, values), **view}
        return self.payload({"type": "view_submission", "user": {"id": user}, "view": filled})

    def filled(self, view_id: str, values: dict[str, str]) -> dict[str, Any]:
        """The view as Slack sends it back: what was there at first, and what was chosen or typed since."""
        view = self.slack.views[view_id]
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            action = element["action_id"]
            kind, given = element["type"], values.get(action)
            entry: dict[str, Any] = {"type": kind}
            if kind in {"static_select", "radio_buttons"}:
                options = {o["value"]: o for o in element["options"]}
                entry["selected_option"] = options[given] if given else element.get("initial_option")
            elif kind in {"datepicker", "timepicker"}:
                name = kind.removesuffix("picker")
                entry[f"selected_{name}"] = given if given is not None else element.get(f"initial_{name}")
            elif kind == "checkboxes":
                entry["selected_options"] = [o for o in element["options"] if o["value"] == given]
            else:
                entry["value"] = given if given is not None else element.get("initial_value")
            state[block["block_id"]] = {action: entry}
        return {**view, "state": {"values": state}}

    def event(self, event: dict[str, Any], id_: str = "Ev1") -> Answer:
        body = {
            "type": "event_callback",
            "event_id": id_,
            "team_id": "T1",
            "api_app_id": "A1",
            "event": event,
        }
        return self.post(json.dumps(body), "application/json")

    # --- the workers -------------------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """What stands in the outbox and was not worked on yet, in order."""
        found = self.desk.store.query(Query("OUTBOX", index="gsi3", limit=1000)).items
        fresh = [e for e in (from_item(i, Event) for i in found) if e.id not in self.heard]
        self.heard |= {e.id for e in fresh}
        return fresh

    def work(self) -> list[Event]:
        """Lets the notices worker hear everything that happened."""
        heard = self.events()
        for event in heard:
            if event.kind.value.startswith(
                (
                    "request.",
                    "booking.",
                    "gap.",
                    "imports.",
                    "times.",
                    "home.",
                    "rules.",
                    "dead",
                    "deliv",
                    "cal",
                    "sheet.",
                )
            ):
                self.notices.perform(event)
        return heard

    def settle(self) -> None:
        """Lets the waitlist and the notices hear of everything, until nothing more happens."""
        while heard := self.events():
            for event in heard:
                if event.kind in NAMED["waitlist"].events:
                    self.desk.waitlist.perform(event)
                if event.kind in NAMED["notices"].events:
                    self.notices.perform(event)

    # --- what stands -------------------------------------------------------------------------------------------

    def has(self, request: Request) -> Request:
        self.desk.store.transact([Put(to_item(request))])
        return request

    def booked(self, **changes: Any) -> Any:
        customer = Customer(id="", name="Ana Lim", phone="+6581234567")
        given = {"slot": slot(), "customer": customer, "source": "web", "by": "customer"}
        return self.desk.bookings.take(**{**given, **changes})


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The interactive elements of a block."""
    found = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    return [e for e in found if e and "action_id" in e]
