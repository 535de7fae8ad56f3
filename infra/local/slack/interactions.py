"""What people do in the local Slack, told to the product as Slack tells it; and what its answers change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.local.slack.api import WebApi
from infra.local.slack.door import Answer, Door
from infra.local.slack.manifest import Manifest
from infra.local.slack.people import APP, TEAM, Channel, Directory, Person
from infra.local.slack.state import SlackError, SlackState, with_ids

Result = dict[str, Any]
"""For the page: `{"ok": true}`, or `problem` (a sentence) and, for a modal, `errors` by block id."""

TROUBLE = {
    "operation_timeout": "failed because the app did not respond in time (operation_timeout).",
    "dispatch_failed": "failed with the error “dispatch_failed”.",
}


class Interactions:
    def __init__(
        self, state: SlackState, people: Directory, api: WebApi, door: Door, manifest: Callable[[], Manifest]
    ) -> None:
        self._state, self._people, self._api, self._door = state, people, api, door
        self._manifest = manifest
        self.response_base = ""
        """Where response URLs point to; set once the port is known."""

    # --- messages and commands -------------------------------------------------------------------------------

    def say(self, user: str, channel: str, text: str) -> Result:
        """A message typed by a person; the app hears of it when its manifest asks for it."""
        place = self._place(channel)
        ts = self._state.post(channel=place.id, user=user, text=text)
        kind = "message.im" if place.user else "message.channels"
        if kind in self._manifest().events:
            event = {"type": "message", "user": user, "text": text, "ts": ts, "channel": place.id}
            self._door.event({**event, "channel_type": "im" if place.user else "channel", "event_ts": ts})
        return {"ok": True, "ts": ts}

    def command(self, user: str, channel: str, line: str) -> Result:
        """`/book colour for Ana Fri 2pm`."""
        person, place = self._person(user), self._place(channel)
        name, _, text = line.strip().partition(" ")
        response_id = self._state.response_url(place.id, user)
        known = {c["command"] for c in self._manifest().commands}
        if name not in known:
            return self._tell(
                place, user, f"{name} is not a valid command. Try one of: {', '.join(sorted(known))}"
            )
        fields = {
            "token": "local", "team_id": TEAM, "team_domain": "frontdesk", "channel_id": place.id,
            "channel_name": "directmessage" if place.user else place.name, "user_id": user,
            "user_name": person.handle, "command": name, "text": text.strip(), "api_app_id": APP,
            "is_enterprise_install": "false", "response_url": self._response_url(response_id),
            "trigger_id": self._state.trigger(user),
        }  # fmt: skip
        answer = self._door.form(name, fields)
        if not answer.ok:
            return self._tell(place, user, f"{name} {TROUBLE[answer.problem]}")
        body = answer.json() or ({"text": answer.body.decode()} if answer.body.strip() else {})
        if body.get("text") or body.get("blocks"):
            self._respond(place.id, user, body)
        return {"ok": True}

    def shortcut(self, user: str, callback: str, channel: str = "", ts: str = "") -> Result:
        """A global shortcut, or one on a message."""
        payload = {
            **self._envelope(user),
            "type": "shortcut",
            "callback_id": callback,
            "trigger_id": self._state.trigger(user),
            "action_ts": f"{self._state.now()}.000001",
        }
        if ts:
            place = self._place(channel)
            response_id = self._state.response_url(place.id, user, ts)
            payload |= {
                "type": "message_action",
                "message_ts": ts,
                "message": self._api.message(place.id, ts),
                "channel": {"id": place.id, "name": place.name},
                "response_url": self._response_url(response_id),
            }
        return self._result(self._door.payload(f"shortcut {callback}", payload), "This shortcut")

    def open_home(self, user: str, tab: str = "home") -> Result:
        event = {"type": "app_home_opened", "user": user, "channel": "D" + user[1:], "tab": tab}
        home = self._state.home(user)
        if home:
            event["view"] = self._api.app_view(home)  # type: ignore[assignment]  # an object among strings
        self._door.event({**event, "event_ts": f"{self._state.now()}.000001"})
        return {"ok": True}

    # --- clicks ----------------------------------------------------------------------------------------------

    def click(
        self,
        user: str,
        *,
        block_id: str,
        action_id: str,
        chosen: Mapping[str, Any],
        values: Mapping[str, Any],
        channel: str = "",
        ts: str = "",
        view: str = "",
    ) -> Result:
        """A button, a select, a date ... `chosen` is what the element reports (`selected_option` ...)."""
        payload = {
            **self._envelope(user),
            "type": "block_actions",
            "trigger_id": self._state.trigger(user),
            "state": {"values": values},
        }
        if view:
            found = self._state.view(view)
            payload |= {
                "container": {"type": "view", "view_id": view},
                "view": self._api.app_view(found, values),
            }
            blocks = found["blocks"]
        else:
            place = self._place(channel)
            row = self._state.message(place.id, ts)
            if row is None:
                return {"ok": False, "problem": "That message is gone."}
            payload |= self._message_part(place, row, user)
            blocks = json.loads(row["blocks"])
        element = _element(blocks, block_id, action_id)
        if element is None:
            return {"ok": False, "problem": "That has changed in the meantime."}
        action = {"type": element["type"], "action_id": action_id, "block_id": block_id}
        for part in ("text", "value", "style", "placeholder"):
            if part in element:
                action[part] = element[part]
        payload["actions"] = [{**action, **chosen, "action_ts": f"{self._state.now()}.000001"}]
        return self._result(self._door.payload(f"click {action_id}", payload), "This action")

    def options(self, user: str, *, view: str, block_id: str, action_id: str, typed: str) -> Result:
        """The choices of an external select."""
        found = self._state.view(view)
        payload = {
            **self._envelope(user), "type": "block_suggestion", "action_id": action_id, "block_id": block_id,
            "value": typed, "container": {"type": "view", "view_id": view}, "view": self._api.app_view(found),
        }  # fmt: skip
        answer = self._door.payload(f"options {action_id}", payload)
        return {"ok": answer.ok, **answer.json()}

    def submit(self, user: str, view: str, values: Mapping[str, Any]) -> Result:
        """A modal's submit button; its answer may show errors, change the view, push one or clear all."""
        try:
            found = self._state.view(view)
        except SlackError:
            return {"ok": False, "problem": "This dialog was closed in the meantime."}
        payload = {
            **self._envelope(user),
            "type": "view_submission",
            "trigger_id": self._state.trigger(user),
            "view": self._api.app_view(found, values),
            "response_urls": [],
        }
        answer = self._door.payload(f"submit {found.get('callback_id') or 'modal'}", payload)
        if not answer.ok:
            return {"ok": False, "problem": "We had some trouble connecting. Try again?"}
        return self._after_submit(user, view, found, answer)

    def _after_submit(self, user: str, view: str, found: Mapping[str, Any], answer: Answer) -> Result:
        body = answer.json()
        try:
            match body.get("response_action"):
                case "errors":
                    errors = body.get("errors") or {}
                    inputs = {b["block_id"] for b in found["blocks"] if b["type"] == "input"}
                    strange = [f"[ERROR] no input block {b!r} in the view" for b in errors if b not in inputs]
                    if strange or not errors:
                        raise SlackError("invalid_errors", strange)  # noqa: TRY301 - refusals leave one way
                    return {"ok": False, "errors": errors}
                case "update":
                    self._state.update_view(view, body.get("view"))
                case "push":
                    self._state.open_view(user, body.get("view"), push=True)
                case "clear":
                    self._state.close_all(user)
                case None:
                    self._state.close_view(view)
                case other:
                    raise SlackError("invalid_response_action", [str(other)])  # noqa: TRY301
        except SlackError as refusal:
            self._api.remember("view_submission response", refusal, body)
            return {"ok": False, "problem": "We had some trouble connecting. Try again?"}
        return {"ok": True}

    def close(self, user: str, view: str, *, cleared: bool = False) -> Result:
        try:
            found = self._state.view(view)
        except SlackError:
            return {"ok": True}
        for row in self._state.db.rows(
            "select id from views where user = ? and kind = 'modal' and open = 1", user
        ):
            if cleared or row["id"] == view:
                self._state.close_view(row["id"])
        if found.get("notify_on_close"):
            payload = {
                **self._envelope(user),
                "type": "view_closed",
                "view": self._api.app_view(found),
                "is_cleared": cleared,
            }
            self._door.payload(f"closed {found.get('callback_id') or 'modal'}", payload)
        return {"ok": True}

    # --- response URLs -----------------------------------------------------------------------------------------

    def respond(self, id_: str, body: Mapping[str, Any]) -> None:
        """A POST to a response URL. Raises SlackError."""
        row = self._state.use_response_url(id_)
        self._respond(row["channel"], row["user"], body, row["ts"])

    def _respond(self, channel: str, user: str, body: Mapping[str, Any], ts: str = "") -> None:
        text, blocks = str(body.get("text") or ""), body.get("blocks") or []
        if ts and body.get("delete_original"):
            self._state.delete(channel, ts)
        elif ts and body.get("replace_original"):
            self._state.update(channel, ts, text=text, blocks=blocks)
        else:
            public = body.get("response_type") == "in_channel"
            self._state.post(
                channel=channel,
                user=self._people.bot_user,
                text=text,
                blocks=blocks,
                only_for="" if public else user,
            )

    # --- parts -----------------------------------------------------------------------------------------------

    def _envelope(self, user: str) -> dict[str, Any]:
        person = self._person(user)
        who = {"id": user, "username": person.handle, "name": person.handle, "team_id": TEAM}
        return {
            "token": "local", "api_app_id": APP, "team": {"id": TEAM, "domain": "frontdesk"}, "user": who,
            "enterprise": None, "is_enterprise_install": False,
        }  # fmt: skip

    def _message_part(self, place: Channel, row: sqlite3.Row, user: str) -> dict[str, Any]:
        ts, hidden = row["ts"], bool(row["only_for"])
        response_id = self._state.response_url(place.id, user, ts, row["only_for"])
        part: dict[str, Any] = {
            "container": {
                "type": "message", "message_ts": ts, "channel_id": place.id, "is_ephemeral": hidden,
            },
            "channel": {"id": place.id, "name": place.name},
            "response_url": self._response_url(response_id),
        }  # fmt: skip
        # Slack leaves the message out of clicks on an ephemeral one.
        return part if hidden else {**part, "message": self._api.message(place.id, ts)}

    def _result(self, answer: Answer, what: str) -> Result:
        if answer.ok:
            return {"ok": True}
        return {"ok": False, "problem": f"{what} {TROUBLE[answer.problem]}"}

    def _tell(self, place: Channel, user: str, text: str) -> Result:
        blocks = with_ids([{"type": "section", "text": {"type": "mrkdwn", "text": f":warning: {text}"}}])
        self._state.post(channel=place.id, user="USLACKBOT", text=text, blocks=blocks, only_for=user)
        return {"ok": False, "problem": text}

    def _response_url(self, id_: str) -> str:
        return f"{self.response_base}/_slack/response/{id_}"

    def _person(self, user: str) -> Person:
        return self._people.person(user) or Person(user, user)

    def _place(self, channel: str) -> Channel:
        place = self._people.channel(channel)
        if place is None:
            raise SlackError("channel_not_found")
        return place


def _element(blocks: Any, block_id: str, action_id: str) -> dict[str, Any] | None:
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in _elements(block):
                if element.get("action_id") == action_id:
                    return element
    return None


def _elements(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from block.get("elements") or ()
    for place in ("accessory", "element"):
        if block.get(place):
            yield block[place]
