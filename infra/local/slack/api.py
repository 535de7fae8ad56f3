"""The Web API: `/_slack/api/<method>`. Answers as Slack does, with status 200 and `{"ok": false, "error": ...}`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.slack.people import APP, TEAM, Channel, Directory
from infra.local.slack.state import SlackError, SlackState

Arguments = Mapping[str, Any]
Answer = dict[str, Any]


class WebApi:
    def __init__(self, state: SlackState, people: Directory, token: str, base_url: str) -> None:
        self._state, self._people, self._token, self._base_url = state, people, token, base_url
        self._methods: dict[str, Callable[[Arguments], Answer]] = {
            "api.test": lambda _: {},
            "auth.test": self._auth_test,
            "bots.info": self._bots_info,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "conversations.list": self._conversations,
            "conversations.info": lambda a: {"channel": self._channel(a).as_slack()},
            "conversations.open": self._open,
            "conversations.join": lambda a: {"channel": self._channel(a).as_slack()},
            "conversations.history": self._history,
            "reactions.add": self._react,
            "reactions.remove": self._unreact,
            "users.info": self._user,
            "users.list": self._users,
            "views.open": lambda a: {"view": self._open_view(a, push=False)},
            "views.push": lambda a: {"view": self._open_view(a, push=True)},
            "views.update": self._update_view,
            "views.publish": self._publish,
        }

    def call(self, method: str, token: str, arguments: Arguments) -> Answer:
        """One call. A refusal is remembered for the people watching (`slack_errors`)."""
        try:
            if not token:
                raise SlackError("not_authed")  # noqa: TRY301 - one way out for every refusal
            if token != self._token:
                raise SlackError("invalid_auth")  # noqa: TRY301
            if method not in self._methods:
                raise SlackError("unknown_method")  # noqa: TRY301
            return {"ok": True, **self._methods[method](arguments)}
        except SlackError as refusal:
            self.remember(method, refusal, arguments)
            answer: Answer = {"ok": False, "error": refusal.code}
            if refusal.messages:
                answer["response_metadata"] = {"messages": list(refusal.messages)}
                answer["errors"] = [m.removeprefix("[ERROR] ") for m in refusal.messages]
            return answer

    def remember(self, method: str, refusal: SlackError, arguments: Any) -> None:
        self._state.db.run(
            "insert into slack_errors (at, method, error, messages, payload) values (?, ?, ?, ?, ?)",
            self._state.now(),
            method,
            refusal.code,
            json.dumps(list(refusal.messages)),
            json.dumps(arguments, default=str)[:20_000],
        )

    # --- who and where ---------------------------------------------------------------------------------------

    def _auth_test(self, _: Arguments) -> Answer:
        return {
            "url": self._base_url + "/",
            "team": self._people.team_name,
            "user": "frontdesk",
            "team_id": TEAM,
            "user_id": self._people.bot_user,
            "bot_id": self._people.bot_id,
            "is_enterprise_install": False,
        }

    def _bots_info(self, _: Arguments) -> Answer:
        bot = {
            "id": self._people.bot_id,
            "app_id": APP,
            "user_id": self._people.bot_user,
            "name": "Frontdesk",
        }
        return {"bot": bot}

    def _user(self, arguments: Arguments) -> Answer:
        person = self._people.person(_needed(arguments, "user", "user_not_found"))
        if person is None:
            raise SlackError("user_not_found")
        return {"user": person.as_slack(self._people.timezone)}

    def _users(self, _: Arguments) -> Answer:
        zone = self._people.timezone
        return {"members": [p.as_slack(zone) for p in self._people.staff()], **_no_cursor()}

    def _conversations(self, _: Arguments) -> Answer:
        return {"channels": [c.as_slack() for c in self._people.channels()], **_no_cursor()}

    def _channel(self, arguments: Arguments) -> Channel:
        channel = self._people.channel(_needed(arguments, "channel", "channel_not_found"))
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def _open(self, arguments: Arguments) -> Answer:
        wanted = str(arguments.get("users") or arguments.get("channel") or "").split(",")[0]
        return {"channel": self._channel({"channel": wanted}).as_slack()}

    # --- messages --------------------------------------------------------------------------------------------

    def _post(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        ts = self._state.post(
            channel=channel.id,
            user=self._people.bot_user,
            text=str(arguments.get("text") or ""),
            blocks=arguments.get("blocks") or [],
            attachments=arguments.get("attachments") or [],
            thread_ts=str(arguments.get("thread_ts") or ""),
        )
        return {"channel": channel.id, "ts": ts, "message": self.message(channel.id, ts)}

    def _post_ephemeral(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        user = _needed(arguments, "user", "user_not_in_channel")
        if self._people.person(user) is None:
            raise SlackError("user_not_in_channel")
        ts = self._state.post(
            channel=channel.id,
            user=self._people.bot_user,
            text=str(arguments.get("text") or ""),
            blocks=arguments.get("blocks") or [],
            only_for=user,
        )
        return {"message_ts": ts}

    def _own(self, arguments: Arguments, problem: str) -> tuple[Channel, str]:
        channel, ts = self._channel(arguments), str(arguments.get("ts") or "")
        row = self._state.message(channel.id, ts)
        if row is None or row["only_for"]:
            raise SlackError("message_not_found")
        if row["user"] != self._people.bot_user:
            raise SlackError(problem)
        return channel, ts

    def _update(self, arguments: Arguments) -> Answer:
        channel, ts = self._own(arguments, "cant_update_message")
        text = str(arguments.get("text") or "")
        self._state.update(channel.id, ts, text=text, blocks=arguments.get("blocks") or [])
        return {"channel": channel.id, "ts": ts, "text": text, "message": self.message(channel.id, ts)}

    def _delete(self, arguments: Arguments) -> Answer:
        channel, ts = self._own(arguments, "cant_delete_message")
        self._state.delete(channel.id, ts)
        return {"channel": channel.id, "ts": ts}

    def _permalink(self, arguments: Arguments) -> Answer:
        channel, ts = self._channel(arguments), str(arguments.get("message_ts") or "")
        if not self._state.message(channel.id, ts):
            raise SlackError("message_not_found")
        link = f"{self._base_url}/workspace#slack/{channel.id}/{ts}"
        return {"channel": channel.id, "permalink": link}

    def _history(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        rows = self._state.history(channel.id, self._people.bot_user, int(arguments.get("limit") or 100))
        found = [self.message(channel.id, row["ts"]) for row in reversed(rows)]
        return {"messages": found, "has_more": False, **_no_cursor()}

    def message(self, channel: str, ts: str) -> Answer:
        """A message object as apps see it. Raises SlackError("message_not_found")."""
        row = self._state.message(channel, ts)
        if row is None:
            raise SlackError("message_not_found")
        found: Answer = {
            "type": "message",
            "ts": ts,
            "user": row["user"],
            "text": row["text"],
            "team": TEAM,
            "blocks": json.loads(row["blocks"]),
        }
        if row["user"] == self._people.bot_user:
            found |= {"bot_id": self._people.bot_id, "app_id": APP}
        if row["thread_ts"]:
            found["thread_ts"] = row["thread_ts"]
        return found

    def _react(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        name = _needed(arguments, "name", "invalid_name")
        self._state.react(channel.id, str(arguments.get("timestamp")), name, self._people.bot_user)
        return {}

    def _unreact(self, arguments: Arguments) -> Answer:
        channel = self._channel(arguments)
        name = _needed(arguments, "name", "invalid_name")
        timestamp = str(arguments.get("timestamp"))
        self._state.react(channel.id, timestamp, name, self._people.bot_user, add=False)
        return {}

    # --- views -----------------------------------------------------------------------------------------------

    def _open_view(self, arguments: Arguments, *, push: bool) -> Answer:
        user = self._state.spend_trigger(str(arguments.get("trigger_id") or ""))
        return self.app_view(self._state.open_view(user, arguments.get("view") or {}, push=push))

    def _update_view(self, arguments: Arguments) -> Answer:
        id_ = str(arguments.get("view_id") or arguments.get("external_id") or "")
        view = self._state.update_view(id_, arguments.get("view") or {}, str(arguments.get("hash") or ""))
        return {"view": self.app_view(view)}

    def _publish(self, arguments: Arguments) -> Answer:
        user = _needed(arguments, "user_id", "invalid_arguments")
        if self._people.person(user) is None:
            raise SlackError("user_not_found")
        view = self._state.publish(user, arguments.get("view") or {}, str(arguments.get("hash") or ""))
        return {"view": self.app_view(view)}

    def app_view(self, view: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> Answer:
        """The view with everything Slack adds for apps; `values` is the state of its inputs."""
        return {
            **view,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": self._people.bot_id,
            "state": {"values": dict(values or {})},
        }


def _needed(arguments: Arguments, name: str, problem: str) -> str:
    value = str(arguments.get(name) or "")
    if not value:
        raise SlackError(problem)
    return value


def _no_cursor() -> Answer:
    return {"response_metadata": {"next_cursor": ""}}
