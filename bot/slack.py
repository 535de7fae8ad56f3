"""Lambda entry: everything Slack sends (`POST /slack/events`)."""

from __future__ import annotations

from functools import cache
from typing import Any

from mangum import Mangum
from slack_bolt.adapter.asgi import SlackRequestHandler

from bot.app import build_app
from handlers.bootstrap import desk


@cache
def front() -> SlackRequestHandler:
    """Built by the first request, from the environment."""
    return SlackRequestHandler(build_app(desk()), path="/slack/events")


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    await front()(scope, receive, send)


handler = Mangum(asgi_app, lifespan="off")
