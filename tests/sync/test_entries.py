"""The Lambda entries, given what AWS sends, with the real adapter over the local Google."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import calendar_sync, hours
from handlers.adapters.clock import FileClock
from handlers.bootstrap import Desk, desk
from handlers.domain.events import Event, EventKind
from infra.local.runtime import bridge_event, tick_event
from tests.fakes import FakeBus
from tests.google.conftest import NOW, Google, files, google, state
from tests.sync.office import said
from tests.workspace.conftest import SAMPLE

__all__ = ["files", "google", "state"]
HOUR = 3600
MEI = "mei@marigold.example"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: Google) -> Iterator[Desk]:
    monkeypatch.setenv("FRONTDESK_STORE", f"sqlite:{tmp_path / 'frontdesk.db'}")
    monkeypatch.setenv("FRONTDESK_CLOCK", f"file:{tmp_path / 'clock'}")
    monkeypatch.setenv("GOOGLE_API_URL", google.url)
    monkeypatch.delenv("GOOGLE_CREDENTIALS", raising=False)
    FileClock(tmp_path / "clock").set_to(NOW)
    desk.cache_clear()
    made = desk()
    made.rules.update(SAMPLE.read_text(), "setup")
    made.bus = FakeBus()
    yield made
    desk.cache_clear()


def told(here: Desk) -> list[str]:
    assert isinstance(here.bus, FakeBus)
    here.relay.drain()
    events, here.bus.events = here.bus.events, []
    return said(events)


def test_the_schedule_finds_what_staff_deleted_and_wrote(here: Desk, google: Google) -> None:
    dentist = google.state.add(MEI, NOW + 2 * HOUR, NOW + 4 * HOUR, "Dentist")
    assert calendar_sync.handler(tick_event(NOW, "calendar-sync"), None) == {
        "calendars": 4,
        "changes": 1,
        "freed": 0,
        "filled": 0,
        "unreadable": 0,
        "hours": 0,
    }
    google.state.remove(MEI, dentist)
    google.state.add(MEI, NOW + 5 * HOUR, NOW + 6 * HOUR, "School")
    google.state.plant({"status": 500}, method="list", times=1)  # passes with the second try
    done = calendar_sync.handler(tick_event(NOW + 300, "calendar-sync"), None)
    assert (done["freed"], done["filled"]) == (1, 1)
    assert len(told(here)) == 2


def test_a_token_that_google_no_longer_takes_means_reading_everything_anew(
    here: Desk, google: Google
) -> None:
    dentist = google.state.add(MEI, NOW + 2 * HOUR, NOW + 4 * HOUR, "Dentist")
    calendar_sync.handler(tick_event(NOW), None)
    google.state.remove(MEI, dentist)
    google.state.plant({"status": 410, "reason": "fullSyncRequired"}, calendar=MEI, method="list", times=1)
    assert calendar_sync.handler(tick_event(NOW + 300), None)["freed"] == 1


def test_new_hours_are_found_when_the_rules_change_and_by_the_schedule_at_the_latest(here: Desk) -> None:
    calendar_sync.handler(tick_event(NOW), None)
    event = Event(id="e1", kind=EventKind.RULES_CHANGED, subject="rules", at=NOW, data={"version": 2})
    text = SAMPLE.read_text()
    here.rules.update(text.replace('sat-sun: ["09:00-18:00"]', 'sat-sun: ["09:00-19:00"]'), "owner")
    hours.handler(bridge_event(event), None)
    hours.handler(bridge_event(event), None)
    first = told(here)
    assert len(first) == len(set(first)) > 10
    here.rules.update(text.replace('sat-sun: ["09:00-18:00"]', 'sat-sun: ["09:00-20:00"]'), "owner")
    assert calendar_sync.handler(tick_event(NOW), None)["hours"] > 10
