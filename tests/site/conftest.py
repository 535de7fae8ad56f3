from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from mangum import Mangum

from handlers.web.app import build_site
from tests.intake.conftest import World, world

__all__ = ["world"]


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def text(self) -> str:
        """What a person reads."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.body.partition("<main")[2])).split())

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def forms(self) -> list[tuple[str, dict[str, str], str]]:
        """(action, hidden fields, button text) of every form."""
        return Forms.of(self.body)

    def links(self) -> dict[str, str]:
        return {
            unescape(re.sub(r"<[^>]+>", "", t)).strip(): unescape(h)
            for h, t in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.body, re.DOTALL)
        }


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.open: tuple[str, dict[str, str], list[str]] | None = None
        self.button = False

    @classmethod
    def of(cls, html: str) -> list[tuple[str, dict[str, str], str]]:
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.open = (given["action"], {}, [])
        elif tag == "input" and self.open and given.get("type") == "hidden":
            self.open[1][given["name"]] = given["value"]
        elif tag == "button":
            self.button = True

    def handle_endtag(self, tag):
        if tag == "button":
            self.button = False
        if tag == "form" and self.open:
            self.found.append((self.open[0], self.open[1], " ".join("".join(self.open[2]).split())))
            self.open = None

    def handle_data(self, data):
        if self.open and self.button:
            self.open[2].append(data + " ")


class Browser:
    """Opens pages through the Lambda entry's own event shape (Function URL, payload v2)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.handler = Mangum(build_site(world.desk), lifespan="off")
        self.ip = "203.0.113.7"

    def get(self, url: str, accept: str = "text/html") -> Page:
        return self._go("GET", url, None, {"accept": accept})

    def post(
        self, url: str, fields: dict[str, str] | None = None, *, as_json: bool = False, accept: str = ""
    ) -> Page:
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        body = json.dumps(fields or {}) if as_json else urlencode(fields or {})
        return self._go(
            "POST",
            url,
            body,
            {"content-type": kind, "accept": accept or ("application/json" if as_json else "text/html")},
        )

    def follow(self, page: Page) -> Page:
        assert page.status == 303, page.text
        return self.get(page.headers["location"])

    def _go(self, method: str, url: str, body: str | None, headers: dict[str, str]) -> Page:
        parts = urlsplit(url)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path or "/",
            "rawQueryString": parts.query,
            "headers": {"host": "fig.example", "content-length": str(len(body or "")), **headers},
            "requestContext": {
                "http": {
                    "method": method,
                    "path": parts.path or "/",
                    "sourceIp": self.ip,
                    "protocol": "HTTP/1.1",
                },
                "domainName": "fig.example",
            },
            "body": base64.b64encode((body or "").encode()).decode(),
            "isBase64Encoded": True,
        }
        answer = self.handler(event, None)
        text = answer.get("body", "")
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        return Page(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, text)


@pytest.fixture
def browser(world) -> Browser:
    return Browser(world)
