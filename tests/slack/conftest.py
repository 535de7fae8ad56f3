from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import slack as entry
from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import build_desk
from handlers.settings import Settings
from tests.fakes import FakeCalendar, FakeClock, FakeFiles, FakeIds, FakeMailer, FakeTexter
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import SECRET, Office
from tests.slack.samples import NOW, RULES


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def office(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Everything comes in through the Lambda entry; only the desk behind it is the test's own."""
    settings = Settings(
        store=("sqlite", ":memory:"),
        secrets=("a-key-for-links-that-is-long-enough",),
        slack_bot_token="xoxb-1",
        slack_signing_secret=SECRET,
        slack_api_url=slack.url + "api/",
    )
    desk = build_desk(
        settings,
        store=SqliteStore(":memory:"),
        clock=FakeClock(NOW),
        ids=FakeIds(),
        calendar=FakeCalendar(),
        mailer=FakeMailer(),
        texter=FakeTexter(),
        files=FakeFiles(),
    )
    desk.rules.update(RULES, "U0ROSA")
    monkeypatch.setattr(entry, "desk", lambda: desk)
    entry.front.cache_clear()
    office = Office.open(desk, slack, entry.handler)
    office.events()
    yield office
    entry.front.cache_clear()
