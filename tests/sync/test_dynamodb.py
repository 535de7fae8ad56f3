"""The same passes on a local DynamoDB: its transactions, its conditions, its limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.adapters.dynamodb import DynamoStore, create_table
from handlers.domain.booking import State
from handlers.domain.zone import DAY
from tests.state import dynoxide
from tests.sync.office import RUI, Office, at
from tests.webhooks.test_slots import GONE

TABLE = "frontdesk-state"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with dynoxide.running(tmp_path) as url:
        client = dynoxide.client(url)
        create_table(client, TABLE)
        yield Office(store=DynamoStore(TABLE, client))
        client.close()


def test_calendars_hours_and_reports_on_dynamodb(office: Office) -> None:
    booking = office.book(10)
    office.settle()
    series = [office.calendar.add(RUI, at("14:00") + d * DAY, at("15:00") + d * DAY) for d in range(120)]
    assert office.told() == []
    assert office.desk.hours.compare() == 0
    office.calendar.down[RUI] = "busy"
    assert office.told() == []
    office.calendar.down.clear()
    for id_ in series[:60]:
        office.calendar.delete(RUI, id_)
    office.calendar.delete(RUI, booking.calendar_event)
    starts = [e.data["start"] for e in office.sync() if e.kind == "slot.freed"]
    assert len(starts) == len(set(starts)) > 40
    assert min(starts) == booking.slot.start
    assert office.desk.bookings.get(booking.id).state is State.CANCELLED
    assert office.told() == []
    office.desk.rules.update(office.desk.rules.text()[1].replace("sun: []", 'sun: ["10:00-16:00"]'), "owner")
    assert (office.desk.hours.compare(), office.desk.hours.compare()) == (24, 0)
    office.events()
    opening = office.desk.slot_reports.receive(GONE)
    assert [e.id for e in office.events()] == [opening]
    assert office.desk.slot_reports.receive(GONE) == opening
    assert office.events() == []
