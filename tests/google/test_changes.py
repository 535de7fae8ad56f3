"""The change feed of the `Calendar` port: one suite for the fake and for the real adapter over the stand-in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import pytest

from handlers.domain.errors import CalendarUnavailable
from handlers.ports import Calendar, CalendarEvent
from tests.fakes import FakeCalendar
from tests.google.conftest import NOW, Google
from tests.google.test_calendar import CUT, HOUR

JESS, MEI = "jess@salon.test", "mei@salon.test"
WEEK = NOW + 7 * 86_400


class Staff(Protocol):
    """What people do in the calendar themselves."""

    def add(self, calendar: str, start: int, end: int, summary: str, **more: Any) -> str: ...
    def delete(self, calendar: str, id_: str) -> None: ...
    def forget(self) -> None:
        """Google forgets the tokens it gave."""
        ...


class StaffOfFake:
    def __init__(self, calendar: FakeCalendar) -> None:
        self.calendar, self.add, self.delete = calendar, calendar.add, calendar.delete

    def forget(self) -> None:
        self.calendar.tokens.clear()


class StaffOfStandIn:
    def __init__(self, google: Google) -> None:
        self.google, self.add = google, google.state.add

    def delete(self, calendar: str, id_: str) -> None:
        assert self.google.state.remove(calendar, id_)

    def forget(self) -> None:
        fault = {"status": 410, "reason": "fullSyncRequired"}
        self.google.state.plant(fault, method="list", times=1)


@pytest.fixture(params=["fake", "google"])
def both(request: pytest.FixtureRequest) -> tuple[Calendar, Staff]:
    if request.param == "fake":
        calendar = FakeCalendar()
        return calendar, StaffOfFake(calendar)
    google: Google = request.getfixturevalue("google")
    return google.calendar(), StaffOfStandIn(google)


def told(events: tuple[CalendarEvent, ...]) -> list[tuple[str, int, int, str, bool]]:
    return [(e.id, e.start, e.end, e.summary, e.transparent) for e in events]


def test_without_a_token_everything_in_the_window_is_told(both: tuple[Calendar, Staff]) -> None:
    calendar, staff = both
    staff.add(JESS, NOW - 2 * HOUR, NOW - HOUR, "Over")
    staff.add(JESS, WEEK, WEEK + HOUR, "Much later")
    staff.add(MEI, NOW, NOW + HOUR, "Somebody else's")
    gone = staff.add(JESS, NOW, NOW + HOUR, "Gone")
    staff.delete(JESS, gone)
    dentist = staff.add(JESS, NOW + HOUR, NOW + 2 * HOUR, "Dentist")
    note = staff.add(JESS, NOW + 3 * HOUR, NOW + 4 * HOUR, "Note", transparent=True, description="ring Ana")
    calendar.put(CUT)
    found = calendar.changes(JESS, "", NOW, WEEK)
    assert found.full
    assert told(found.events) == [
        (CUT.id, NOW, NOW + HOUR, "Haircut: Ana Lim", False),
        (dentist, NOW + HOUR, NOW + 2 * HOUR, "Dentist", False),
        (note, NOW + 3 * HOUR, NOW + 4 * HOUR, "Note", True),
    ]
    assert [e.description for e in found.events] == ["+65 8123 4567", "", "ring Ana"]
    assert {(e.calendar, e.cancelled, e.all_day, e.series) for e in found.events} == {
        (JESS, False, False, "")
    }


def test_a_token_brings_what_changed_since_wherever_it_lies_and_what_was_deleted(
    both: tuple[Calendar, Staff],
) -> None:
    calendar, staff = both
    calendar.put(CUT)
    gone = staff.add(JESS, NOW, NOW + HOUR, "Gone")
    staff.add(JESS, NOW, NOW + HOUR, "Stays")
    token = calendar.changes(JESS, "", NOW, WEEK).token
    quiet = calendar.changes(JESS, token, NOW, WEEK)
    assert (quiet.events, quiet.full) == ((), False)
    staff.delete(JESS, gone)
    far = staff.add(JESS, WEEK, WEEK + HOUR, "Much later")
    staff.add(MEI, NOW, NOW + HOUR, "Somebody else's")
    calendar.put(replace(CUT, summary="Moved", start=NOW + HOUR, end=NOW + 2 * HOUR))
    for since in (token, quiet.token):
        found = calendar.changes(JESS, since, NOW, WEEK)
        assert not found.full
        assert {e.id: e.cancelled for e in found.events} == {gone: True, far: False, CUT.id: False}
        assert {e.id: e.start for e in found.events if not e.cancelled} == {far: WEEK, CUT.id: NOW + HOUR}
    assert calendar.changes(JESS, found.token, NOW, WEEK).events == ()


def test_a_token_that_no_longer_works_brings_everything(both: tuple[Calendar, Staff]) -> None:
    calendar, staff = both
    stays = staff.add(JESS, NOW, NOW + HOUR, "Stays")
    token = calendar.changes(JESS, "", NOW, WEEK).token
    staff.forget()
    found = calendar.changes(JESS, token, NOW, WEEK)
    assert (found.full, [e.id for e in found.events]) == (True, [stays])
    assert calendar.changes(JESS, "no token of ours", NOW, WEEK).full


def test_an_event_is_found_as_it_is_now(both: tuple[Calendar, Staff]) -> None:
    calendar, staff = both
    assert calendar.find(JESS, CUT.id) is None
    calendar.put(CUT)
    found = calendar.find(JESS, CUT.id)
    assert found is not None
    assert (found.start, found.end, found.summary, found.cancelled) == (NOW, NOW + HOUR, CUT.summary, False)
    staff.delete(JESS, CUT.id)
    gone = calendar.find(JESS, CUT.id)
    assert gone is not None
    assert gone.cancelled
    calendar.put(CUT)
    back = calendar.find(JESS, CUT.id)
    assert back is not None
    assert not back.cancelled


# --- What only Google does ---


def test_many_events_come_in_pages_and_only_the_last_has_the_token(google: Google) -> None:
    calendar = google.calendar(page=3)
    ids = [google.state.add(JESS, NOW + n * HOUR, NOW + n * HOUR + 60, f"n{n}") for n in range(8)]
    found = calendar.changes(JESS, "", NOW, WEEK)
    assert [e.id for e in found.events] == ids
    assert google.sign_in.asked == ["events"] * 3
    for id_ in ids[:4]:
        google.state.remove(JESS, id_)
    assert {e.id for e in calendar.changes(JESS, found.token, NOW, WEEK).events} == set(ids[:4])


def test_a_page_that_fails_for_good_fails_the_whole(google: Google) -> None:
    for n in range(8):
        google.state.add(JESS, NOW + n * HOUR, NOW + n * HOUR + 60, f"n{n}")
    calendar = google.calendar(attempts=2, page=3)
    google.state.plant({"status": 500}, method="list", times=1)
    assert len(calendar.changes(JESS, "", NOW, WEEK).events) == 8
    google.state.plant({"status": 500}, times=-1)
    with pytest.raises(CalendarUnavailable, match="busy"):
        calendar.changes(JESS, "", NOW, WEEK)
    with pytest.raises(CalendarUnavailable, match="busy"):
        calendar.find(JESS, "fd00")


def test_a_calendar_that_is_not_shared_says_what_to_do(google: Google) -> None:
    google.state.trouble(JESS, "notFound")
    for token in ("", "3"):
        with pytest.raises(CalendarUnavailable, match="shared with"):
            google.calendar().changes(JESS, token, NOW, WEEK)


def test_all_day_events_begin_where_the_calendar_is(google: Google) -> None:
    with google.state.transaction():
        day = {
            "id": "allday",
            "summary": "Leave",
            "start": {"date": "2026-05-06"},
            "end": {"date": "2026-05-08"},
        }
        google.state.save(JESS, day)
    (leave,) = google.calendar().changes(JESS, "", NOW, WEEK).events
    midnight = NOW + 10 * HOUR  # it is 14:00 there
    assert (leave.start, leave.end, leave.all_day) == (midnight, midnight + 48 * HOUR, True)
    assert leave.timezone == "Asia/Singapore"


def test_an_invitation_that_was_declined_blocks_nobody(google: Google) -> None:
    guests = [{"email": JESS, "self": True, "responseStatus": "declined"}, {"email": "ana@example.com"}]
    body = {
        "id": "party",
        "start": {"dateTime": "2026-05-05T14:00:00+08:00"},
        "end": {"dateTime": "2026-05-05T15:00:00+08:00"},
        "attendees": guests,
        "recurringEventId": "parties",
    }
    with google.state.transaction():
        google.state.save(JESS, body)
    (party,) = google.calendar().changes(JESS, "", NOW, WEEK).events
    assert (party.transparent, party.attendees, party.series) == (True, ("ana@example.com",), "parties")
