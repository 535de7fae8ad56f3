"""Settings, the desk they make, and the entries that stand in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers import bookings, bootstrap, dead_letters, relay, tick
from handlers.bootstrap import build_desk
from handlers.domain.booking import State
from handlers.domain.events import EventKind
from handlers.settings import Settings
from tests.bookings.world import RULES, World
from tests.fakes import FakeBus, FakeCalendar, FakeClock


def test_an_empty_environment_is_the_folder_one_stands_in() -> None:
    settings = Settings.from_env({"FRONTDESK_STORE": ""})
    assert settings == Settings()
    assert settings.store == ("sqlite", "frontdesk.db")


def test_every_variable_is_read() -> None:
    settings = Settings.from_env(
        {
            "FRONTDESK_STORE": "dynamodb:frontdesk-state",
            "FRONTDESK_FILES": "s3:inbound",
            "FRONTDESK_MAIL": "ses",
            "FRONTDESK_TEXT": "aws:+6581234567",
            "FRONTDESK_BUS": "eventbridge:desk",
            "FRONTDESK_TIMERS": "scheduler:desk",
            "FRONTDESK_CLOCK": "file:/var/desk/clock",
            "FRONTDESK_BASE_URL": "https://book.example/",
            "FRONTDESK_SECRETS": "new, old",
            "SLACK_BOT_TOKEN": "xoxb-1",
            "FRONTDESK_BOT_ID": "B1",
        }
    )
    assert settings.store == ("dynamodb", "frontdesk-state")
    assert (settings.files, settings.mail) == (("s3", "inbound"), ("ses", ""))
    assert settings.text == ("aws", "+6581234567")
    assert (settings.bus[0], settings.timers[0], settings.clock[1]) == (
        "eventbridge",
        "scheduler",
        "/var/desk/clock",
    )
    assert settings.base_url == "https://book.example"
    assert settings.secrets == ("new", "old")
    assert (settings.slack_bot_token, settings.bot_id) == ("xoxb-1", "B1")


@pytest.mark.parametrize("part", ["store", "files", "mail", "text", "bus", "timers", "clock"])
def test_an_unknown_choice_names_its_variable(part: str) -> None:
    desk = build_desk(Settings(**{part: ("paper", "")}))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"FRONTDESK_{part.upper()} does not know 'paper'"):
        getattr(desk, {"mail": "mailer", "text": "texter"}.get(part, part))


def test_a_desk_has_only_the_parts_it_has() -> None:
    with pytest.raises(TypeError, match="no part kalendar"):
        build_desk(Settings(), kalendar=FakeCalendar())


def test_links_need_a_secret() -> None:
    with pytest.raises(ValueError, match="FRONTDESK_SECRETS"):
        build_desk(Settings()).signer  # noqa: B018 - asking for it is the test


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bootstrap.Desk]:
    """The desk of a process that was started with this environment, on a fake calendar and bus."""
    for name, value in {
        "FRONTDESK_STORE": f"sqlite:{tmp_path / 'desk.db'}",
        "FRONTDESK_FILES": f"dir:{tmp_path / 'files'}",
        "FRONTDESK_MAIL": f"dir:{tmp_path / 'mail'}",
        "FRONTDESK_TEXT": f"dir:{tmp_path}",
        "FRONTDESK_BASE_URL": "https://quay.example",
        "FRONTDESK_SECRETS": "only-for-tests",
    }.items():
        monkeypatch.setenv(name, value)
    bootstrap.desk.cache_clear()
    desk = bootstrap.desk()
    vars(desk).update(calendar=FakeCalendar(), bus=FakeBus(), clock=FakeClock(World().clock.at))
    desk.rules.update(RULES, "setup")
    desk.relay.drain()
    yield desk
    bootstrap.desk.cache_clear()


def bridged(desk: bootstrap.Desk) -> list[dict[str, Any]]:
    """The new events as EventBridge gives them to a function."""
    bus: Any = desk.bus
    new, bus.events = bus.events, []
    return [{"detail-type": e.kind.value, "detail": e.model_dump(mode="json")} for e in new]


def test_a_booking_goes_through_the_entries(deployed: bootstrap.Desk, tmp_path: Path) -> None:
    slot = World().slot()
    customer = deployed.customers.resolve(name="Bea Cruz", email="bea@mail.example")
    held = deployed.bookings.take(slot=slot, customer=customer, source="web", by="customer", hold=True)
    deployed.bookings.confirm(held.id, "customer")
    clock: Any = deployed.clock
    bridged(deployed)
    clock.at += 61
    assert tick.handler({}, None)["relayed"] == 2  # the stream was down
    for event in bridged(deployed):
        bookings.handler(event, None)
    assert len(list((tmp_path / "mail" / "out").glob("*.eml"))) == 1
    assert deployed.bookings.get(held.id).state is State.CONFIRMED


def test_the_stream_entry_reports_what_it_could_not_send(deployed: bootstrap.Desk) -> None:
    event = deployed.journal.event(EventKind.HOME_OPENED, "x").item
    image = {k: {"N": str(v)} if isinstance(v, int) else {"S": v} for k, v in event.items() if k != "data"}
    image["data"] = {"M": {}}  # type: ignore[dict-item]
    record = {"dynamodb": {"NewImage": image, "SequenceNumber": "7"}}
    vars(deployed).pop("relay")
    vars(deployed)["bus"] = None
    assert relay.handler({"Records": [record]}, None) == {"batchItemFailures": [{"itemIdentifier": "7"}]}


def test_a_dead_letter_comes_in_by_its_entry(deployed: bootstrap.Desk) -> None:
    dead_letters.handler({"Records": [{"messageId": "m1", "body": "not even JSON"}]}, None)
    (letter,) = deployed.dead_letters.open()
    assert (letter.kind, letter.body) == ("unknown", {"text": "not even JSON"})
