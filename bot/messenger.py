"""The only user of Slack's Web API.

`quick` is for the path in which a person waits: it never retries, because Slack gives us three seconds.
`patient` is for workers: it retries broken connections and 5xx, and waits as long as a 429 asks for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from blocks import text as t
from blocks.elements import Card
from handlers.domain.errors import Conflict, DeliveryFailed
from handlers.settings import Settings

log = logging.getLogger(__name__)

EVENT_TYPE = "frontdesk_notice"
"""The metadata type our posts carry, with their marker."""
CLOSED = frozenset({"not_found", "expired", "view_not_found", "expired_trigger_id", "trigger_expired"})
GONE = frozenset({"message_not_found", "cant_update_message", "message_not_owned_by_app"})
NO_CHANNEL = frozenset({"channel_not_found", "not_in_channel", "is_archived", "invalid_channel"})


class Place(NamedTuple):
    """Where a message stands."""

    channel: str
    ts: str


class Shown(NamedTuple):
    """An open view; `hash` changes with every update."""

    id: str
    hash: str


class ViewMoved(Conflict):
    """The view changed since the hash we hold."""


class Messenger:
    """Raises DeliveryFailed; `permanent` when the channel or the message itself is the problem."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    @classmethod
    def quick(cls, settings: Settings) -> Messenger:
        return cls(_client(settings, seconds=3, retries=[]))

    @classmethod
    def patient(cls, settings: Settings) -> Messenger:
        retries: list[RetryHandler] = [
            ConnectionErrorRetryHandler(max_retry_count=2),
            RateLimitErrorRetryHandler(max_retry_count=3),
            ServerErrorRetryHandler(max_retry_count=2),
        ]
        return cls(_client(settings, seconds=10, retries=retries))

    # --- messages ----------------------------------------------------------------------------------------------

    def post(self, channel: str, card: Card, marker: str) -> Place:
        """A new message in a channel. `marker` is deterministic, so that `find` sees it after a crash."""
        answer = self._show(
            "chat.postMessage",
            card,
            channel=channel,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"marker": marker}},
        )
        return Place(answer["channel"], answer["ts"])

    def update(self, place: Place, card: Card) -> bool:
        """False when there is no such message (any more)."""
        try:
            self._show("chat.update", card, channel=place.channel, ts=place.ts)
        except DeliveryFailed as failed:
            if failed.reason in GONE:
                return False
            raise
        return True

    def find(self, channel: str, marker: str, since: int) -> Place | None:
        """The message of ours that carries `marker`, posted at or after `since` (epoch s); None also when the
        history can't be read."""
        try:
            answer = self._call(
                "conversations.history",
                channel=channel,
                oldest=str(since),
                limit=100,
                include_all_metadata=True,
            )
        except DeliveryFailed:
            return None
        for message in answer.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("marker") == marker:
                return Place(channel, message["ts"])
        return None

    def respond(self, url: str, card: Card, *, replace: bool) -> None:
        """Answers an interaction through its response URL: replaces its message, or speaks to the person alone."""
        hook = WebhookClient(url, timeout=self._client.timeout, retry_handlers=self._client.retry_handlers)
        answer = hook.send_dict(
            {
                "text": t.escaped(card.text),
                "blocks": _plain(card.blocks),
                "replace_original": replace,
                **({} if replace else {"response_type": "ephemeral"}),
            }
        )
        if answer.status_code != 200:
            raise DeliveryFailed("slack", f"response_url answered {answer.status_code}")

    def ephemeral(self, channel: str, user: str, card: Card) -> None:
        self._call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            text=t.escaped(card.text),
            blocks=_plain(card.blocks),
        )

    # --- views -------------------------------------------------------------------------------------------------

    def open(self, trigger: str, view: View, *, push: bool = False) -> Shown | None:
        """None when the trigger is older than three seconds: the person has to click again."""
        try:
            answer = self._call(
                "views.push" if push else "views.open", trigger_id=trigger, view=view.to_dict()
            )
        except DeliveryFailed as failed:
            if failed.reason in CLOSED:
                return None
            raise
        return Shown(answer["view"]["id"], answer["view"].get("hash", ""))

    def update_view(self, view_id: str, view: View, hash_: str = "") -> Shown | None:
        """None when the view was closed. Raises ViewMoved when it is no longer the one with `hash_`."""
        extra = {"hash": hash_} if hash_ else {}
        try:
            answer = self._call("views.update", view_id=view_id, view=view.to_dict(), **extra)
        except DeliveryFailed as failed:
            if failed.reason in CLOSED:
                return None
            if failed.reason == "hash_conflict":
                raise ViewMoved from failed
            raise
        return Shown(answer["view"]["id"], answer["view"].get("hash", ""))

    def publish_home(self, user: str, view: View) -> None:
        self._call("views.publish", user_id=user, view=view.to_dict())

    def _show(self, method: str, card: Card, **arguments: Any) -> Mapping[str, Any]:
        """With its simpler blocks where Slack does not take the others (yet)."""
        arguments["text"] = t.escaped(card.text)
        try:
            return self._call(method, blocks=_plain(card.blocks), **arguments)
        except DeliveryFailed as failed:
            if failed.reason != "invalid_blocks" or not card.simpler:
                raise
        return self._call(method, blocks=_plain(card.simpler), **arguments)

    # --- the call ----------------------------------------------------------------------------------------------

    def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        try:
            answer = self._client.api_call(method, json=arguments)
        except SlackApiError as refused:
            reason = str(refused.response.get("error", "unknown"))
            if reason in NO_CHANNEL:
                log.error(  # noqa: TRY400 - the cause is the channel, not our code: one clear line
                    "Slack has no channel %r for us: invite the bot to it, or correct business.desk in rules.yml (%s)",
                    arguments.get("channel"),
                    reason,
                )
            wait = float((refused.response.headers or {}).get("Retry-After", 0) or 0)
            permanent = reason in NO_CHANNEL | GONE
            raise DeliveryFailed("slack", reason, wait, permanent=permanent) from refused
        except OSError as broken:
            raise DeliveryFailed("slack", str(broken)) from broken
        data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        return data


def _client(settings: Settings, *, seconds: int, retries: list[RetryHandler]) -> WebClient:
    url = settings.slack_api_url.rstrip("/") + "/"
    return WebClient(
        token=settings.slack_bot_token or None, base_url=url, timeout=seconds, retry_handlers=retries
    )


def _plain(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in blocks]
