from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from handlers.domain.rules import load
from infra.local.database import Database
from infra.local.slack.api import WebApi
from infra.local.slack.door import Answer
from infra.local.slack.interactions import Interactions
from infra.local.slack.manifest import Manifest
from infra.local.slack.people import Directory
from infra.local.slack.state import SlackState
from tests.fakes import FakeClock

SAMPLE = Path(__file__).parents[2] / "infra/local/sample/rules.yml"
NOON = 1_777_953_600  # Tue 5 May 2026, 12:00 in Singapore


@pytest.fixture
def clock():
    return FakeClock(NOON)


@pytest.fixture
def db(tmp_path):
    made = Database(tmp_path / "workspace.db")
    yield made
    made.close()


@dataclass
class FakeDoor:
    """The product's side: remembers what it was sent, answers what it was told to."""

    answer: Answer = field(default_factory=lambda: Answer(200, b"", 5))
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def form(self, name, fields):
        self.sent.append((name, dict(fields)))
        return self.answer

    def payload(self, name, payload):
        self.sent.append((name, dict(payload)))
        return self.answer

    def event(self, event):
        self.sent.append((event["type"], dict(event)))


@dataclass
class LocalSlack:
    state: SlackState
    api: WebApi
    people: Directory
    door: FakeDoor
    interactions: Interactions

    def call(self, method, **arguments):
        return self.api.call(method, "xoxb-good", arguments)


@pytest.fixture
def slack(db, clock):
    rules = load(SAMPLE.read_text())
    state, people, door = SlackState(db, clock), Directory(lambda: rules), FakeDoor()
    api = WebApi(state, people, "xoxb-good", "http://127.0.0.1:1")
    manifest = Manifest(({"command": "/book", "description": "Book"},), (), ())
    interactions = Interactions(state, people, api, door, lambda: manifest)
    interactions.response_base = "http://127.0.0.1:1"
    return LocalSlack(state, api, people, door, interactions)
