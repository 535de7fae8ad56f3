"""What the local Slack remembers: messages, views, triggers and response URLs."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.ports import Clock
from infra.local.database import Database
from infra.local.slack.limits import check_message, check_view

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS, RESPONSE_URL_USES = 30 * 60, 5
STACK = 3
"""Views a modal can be deep."""


class SlackError(Exception):
    """An `{"ok": false}` answer: Slack's error code, and what it says about the blocks."""

    def __init__(self, code: str, messages: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code, self.messages = code, tuple(messages)


@dataclass
class Trigger:
    user: str
    born: float
    used: bool = False


class SlackState:
    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self._clock = db, clock
        self._triggers: dict[str, Trigger] = {}
        newest = db.one("select max(ts) as ts from messages")
        self._last_ts = newest["ts"] if newest and newest["ts"] else "0.000000"

    def now(self) -> int:
        return self._clock.now()

    # --- messages --------------------------------------------------------------------------------------------

    def post(
        self,
        *,
        channel: str,
        user: str,
        text: str,
        blocks: Any = (),
        only_for: str = "",
        thread_ts: str = "",
        attachments: Any = (),
    ) -> str:
        """The new message's ts. Raises SlackError for content Slack refuses."""
        blocks = parsed(blocks)
        _check_content(text, blocks, attachments)
        with self.db.transaction():
            ts = self._new_ts()
            self.db.run(
                "insert into messages (ts, channel, user, text, blocks, only_for, thread_ts, attachments)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                ts,
                channel,
                user,
                text,
                json.dumps(with_ids(blocks)),
                only_for,
                thread_ts,
                json.dumps(parsed(attachments)),
            )
        return ts

    def update(self, channel: str, ts: str, *, text: str, blocks: Any = ()) -> None:
        """Raises SlackError("message_not_found") and for content Slack refuses."""
        blocks = parsed(blocks)
        _check_content(text, blocks, ())
        if not self.message(channel, ts):
            raise SlackError("message_not_found")
        self.db.run(
            "update messages set text = ?, blocks = ?, edited = 1 where ts = ?",
            text,
            json.dumps(with_ids(blocks)),
            ts,
        )

    def delete(self, channel: str, ts: str) -> None:
        if not self.message(channel, ts):
            raise SlackError("message_not_found")
        self.db.run("delete from messages where ts = ?", ts)

    def message(self, channel: str, ts: str) -> sqlite3.Row | None:
        return self.db.one("select * from messages where ts = ? and channel = ?", ts, channel)

    def history(self, channel: str, user: str, limit: int = 200) -> list[sqlite3.Row]:
        """What `user` sees there, oldest first: everybody's messages and those only for them."""
        found = self.db.rows(
            "select * from messages where channel = ? and only_for in ('', ?) order by ts desc limit ?",
            channel,
            user,
            limit,
        )
        return found[::-1]

    def react(self, channel: str, ts: str, name: str, user: str, *, add: bool = True) -> None:
        row = self.message(channel, ts)
        if row is None:
            raise SlackError("message_not_found")
        reactions: dict[str, list[str]] = json.loads(row["reactions"])
        who = reactions.setdefault(name, [])
        if add == (user in who):
            raise SlackError("already_reacted" if add else "no_reaction")
        who.append(user) if add else who.remove(user)
        self.db.run(
            "update messages set reactions = ? where ts = ?",
            json.dumps({k: v for k, v in reactions.items() if v}),
            ts,
        )

    def _new_ts(self) -> str:
        """Seconds on the business's clock, made unique and rising by the digits after the point."""
        second, _, micro = self._last_ts.partition(".")
        now = max(self._clock.now(), int(second))
        self._last_ts = f"{now}.{int(micro) + 1 if now == int(second) else 1:06d}"
        return self._last_ts

    # --- triggers and response URLs ----------------------------------------------------------------------------

    def trigger(self, user: str) -> str:
        id_ = f"{secrets.randbelow(10**12)}.{secrets.token_hex(12)}"
        if len(self._triggers) > 500:
            self._triggers = {k: t for k, t in self._triggers.items() if time.monotonic() - t.born < 60}
        self._triggers[id_] = Trigger(user, time.monotonic())
        return id_

    def spend_trigger(self, id_: str) -> str:
        """The user who clicked. Raises SlackError: a trigger lives three seconds and opens one view."""
        trigger = self._triggers.get(id_)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.born > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def response_url(self, channel: str, user: str, ts: str = "", only_for: str = "") -> str:
        """The id of a new response URL; `ts` is the message it answers to."""
        id_ = secrets.token_hex(16)
        self.db.run(
            "insert into response_urls values (?, ?, ?, ?, ?, 0, ?)",
            id_,
            channel,
            user,
            ts,
            only_for,
            self._clock.now() + RESPONSE_URL_SECONDS,
        )
        return id_

    def use_response_url(self, id_: str) -> sqlite3.Row:
        row = self.db.one("select * from response_urls where id = ?", id_)
        if row is None:
            raise SlackError("invalid_url")
        if row["expires"] < self._clock.now() or row["uses"] >= RESPONSE_URL_USES:
            raise SlackError("used_url" if row["uses"] >= RESPONSE_URL_USES else "expired_url")
        self.db.run("update response_urls set uses = uses + 1 where id = ?", id_)
        return row

    # --- views -----------------------------------------------------------------------------------------------

    def open_view(self, user: str, view: Any, *, push: bool = False) -> dict[str, Any]:
        """A modal on top of the stack (`push`), or in place of whatever is open."""
        view = self._checked(view, "modal")
        with self.db.transaction():
            top = self.top_view(user)
            if push and top is None:
                raise SlackError("not_found")
            if push and top is not None and top["depth"] >= STACK:
                raise SlackError("push_limit_reached")
            if not push:
                self.db.run("update views set open = 0 where user = ? and kind = 'modal'", user)
                top = None
            id_ = "V" + secrets.token_hex(6).upper()
            self._save_view(
                id_,
                user,
                view,
                root=top["root"] if top else id_,
                previous=top["id"] if top else "",
                depth=top["depth"] + 1 if top else 1,
            )
        return self.view(id_)

    def publish(self, user: str, view: Any, expected: str = "") -> dict[str, Any]:
        view = self._checked(view, "home")
        id_ = "VH" + user[1:]
        with self.db.transaction():
            held = self.db.one("select * from views where id = ?", id_)
            if expected and held and held["hash"] != expected:
                raise SlackError("hash_conflict")
            self._save_view(id_, user, view, root=id_, previous="", depth=1)
        return self.view(id_)

    def update_view(self, id_: str, view: Any, expected: str = "") -> dict[str, Any]:
        """`id_` may be an external id. Raises SlackError: not_found for a closed one, hash_conflict."""
        held = self.find_view(id_)
        if held is None or not held["open"]:
            raise SlackError("not_found")
        view = self._checked(view, held["kind"])
        if expected and expected != held["hash"]:
            raise SlackError("hash_conflict")
        with self.db.transaction():
            self._save_view(
                held["id"],
                held["user"],
                view,
                root=held["root"],
                previous=held["previous"],
                depth=held["depth"],
            )
        return self.view(held["id"])

    def find_view(self, id_: str) -> sqlite3.Row | None:
        for row in self.db.rows("select * from views where id = ? or open = 1", id_):
            if row["id"] == id_ or json.loads(row["body"]).get("external_id") == id_:
                return row
        return None

    def top_view(self, user: str) -> sqlite3.Row | None:
        return self.db.one(
            "select * from views where user = ? and kind = 'modal' and open = 1 order by depth desc limit 1",
            user,
        )

    def close_view(self, id_: str) -> None:
        self.db.run("update views set open = 0 where id = ?", id_)

    def close_all(self, user: str) -> None:
        self.db.run("update views set open = 0 where user = ? and kind = 'modal'", user)

    def home(self, user: str) -> dict[str, Any] | None:
        return self.view("VH" + user[1:]) if self.find_view("VH" + user[1:]) else None

    def view(self, id_: str) -> dict[str, Any]:
        """The view as Slack gives it to apps, without `state`. Raises SlackError("not_found")."""
        row = self.find_view(id_)
        if row is None:
            raise SlackError("not_found")
        body: dict[str, Any] = json.loads(row["body"])
        return {
            **body,
            "id": row["id"],
            "hash": row["hash"],
            "root_view_id": row["root"],
            "previous_view_id": row["previous"] or None,
        }

    def _save_view(
        self, id_: str, user: str, view: Mapping[str, Any], *, root: str, previous: str, depth: int
    ) -> None:
        body = {
            "private_metadata": "",
            "callback_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            "external_id": "",
            **view,
            "blocks": with_ids(view["blocks"]),
        }
        self.db.run(
            "insert or replace into views values (?, ?, ?, ?, ?, ?, ?, 1, ?)",
            id_,
            view["type"],
            user,
            root,
            previous,
            f"{self._clock.now()}.{secrets.token_hex(4)}",
            json.dumps(body),
            depth,
        )

    @staticmethod
    def _checked(view: Any, kind: str) -> dict[str, Any]:
        view = parsed(view)
        faults = check_view(view)
        if not faults and view["type"] != kind:
            faults = [f"must be a {kind} view [json-pointer:/view/type]"]
        if faults:
            raise SlackError("invalid_arguments", [f"[ERROR] {fault}" for fault in faults])
        return dict(view)


def parsed(value: Any) -> Any:
    """Blocks and views arrive as JSON, or as JSON inside a form field. Raises SlackError("invalid_json")."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "[]")
    except ValueError as problem:
        raise SlackError("invalid_json") from problem


def _check_content(text: str, blocks: Any, attachments: Any) -> None:
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    faults = check_message({"text": text, "blocks": blocks})
    if faults:
        raise SlackError("invalid_blocks", [f"[ERROR] {fault}" for fault in faults])


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Slack names blocks and elements that the app left unnamed."""
    named = []
    for block in blocks:
        fresh = {"block_id": secrets.token_hex(3), **block}
        for place in ("accessory", "element"):
            if isinstance(fresh.get(place), Mapping):
                fresh[place] = {"action_id": secrets.token_hex(3), **fresh[place]}
        if fresh.get("type") == "actions":
            fresh["elements"] = [{"action_id": secrets.token_hex(3), **e} for e in fresh["elements"]]
        named.append(fresh)
    return named
