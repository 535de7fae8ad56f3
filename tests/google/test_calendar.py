from __future__ import annotations

import socket
import threading
from dataclasses import replace

import pytest

from handlers.domain.errors import CalendarUnavailable
from handlers.ports import CalendarEvent
from tests.google.conftest import NOW, Google

HOUR = 3600
CUT = CalendarEvent(
    id="fd6162636465",
    calendar="jess@salon.test",
    start=NOW,
    end=NOW + HOUR,
    timezone="Asia/Singapore",
    summary="Haircut: Ana Lim",
    description="+65 8123 4567",
)


def shown(google: Google, calendar: str = CUT.calendar) -> list[tuple[str, int, int, str]]:
    return [(e.id, e.start, e.end, e.summary) for e in google.state.events(calendar, 0, 2**40)]


# --- free_busy ---


def test_busy_spans_of_several_calendars_come_merged_and_sorted(google: Google) -> None:
    google.state.add("mei@salon.test", NOW, NOW + HOUR, "Dentist")
    google.state.add("mei@salon.test", NOW + HOUR, NOW + 2 * HOUR, "Bank")
    google.state.add("jess@salon.test", NOW - HOUR, NOW - 1, "Past")
    found = google.calendar().free_busy(["jess@salon.test", "mei@salon.test"], NOW, NOW + 8 * HOUR)
    assert found.busy == {"jess@salon.test": (), "mei@salon.test": ((NOW, NOW + 2 * HOUR),)}
    assert found.errors == {}
    assert google.sign_in.asked == ["freeBusy"]


def test_more_than_fifty_calendars_are_asked_in_chunks(google: Google) -> None:
    names = [f"c{n}@salon.test" for n in range(120)]
    google.state.add("c119@salon.test", NOW, NOW + HOUR, "x")
    found = google.calendar().free_busy(names, NOW, NOW + HOUR)
    assert len(found.busy) == 120
    assert found.errors == {}
    assert found.busy["c119@salon.test"] == ((NOW, NOW + HOUR),)
    assert google.sign_in.asked == ["freeBusy"] * 3


def test_a_range_longer_than_google_allows_is_asked_in_pieces_and_joined(google: Google) -> None:
    day = 86_400
    google.state.add("jess@salon.test", NOW + 80 * day, NOW + 100 * day, "Leave")
    found = google.calendar().free_busy(["jess@salon.test"], NOW, NOW + 200 * day)
    assert found.busy["jess@salon.test"] == ((NOW + 80 * day, NOW + 100 * day),)


def test_transparent_events_leave_the_time_free_and_all_day_events_do_not(google: Google) -> None:
    google.state.add("jess@salon.test", NOW, NOW + HOUR, "Seats", transparent=True)
    assert google.calendar().free_busy(["jess@salon.test"], NOW, NOW + HOUR).busy["jess@salon.test"] == ()
    body = {"id": "allday", "start": {"date": "2026-05-05"}, "end": {"date": "2026-05-06"}}
    with google.state.transaction():
        google.state.save("jess@salon.test", body)
    assert google.calendar().free_busy(["jess@salon.test"], NOW, NOW + HOUR).busy["jess@salon.test"] == (
        (NOW, NOW + HOUR),
    )


def test_a_calendar_that_cannot_be_read_is_an_error_and_the_others_are_read(google: Google) -> None:
    google.state.trouble("mei@salon.test", "notFound")
    google.state.trouble("room@salon.test", "internalError")
    google.state.add("jess@salon.test", NOW, NOW + HOUR, "x")
    found = google.calendar().free_busy(
        ["jess@salon.test", "mei@salon.test", "room@salon.test"], NOW, NOW + HOUR
    )
    assert found.busy["jess@salon.test"] == ((NOW, NOW + HOUR),)
    assert "shared with" in found.errors["mei@salon.test"]
    assert "internalError" in found.errors["room@salon.test"]


def test_no_calendars_need_no_call() -> None:
    found = Google("http://127.0.0.1:9", None).calendar().free_busy([], NOW, NOW + HOUR)  # type: ignore[arg-type]
    assert (found.busy, found.errors) == ({}, {})


# --- put, move, remove ---


def test_an_event_is_written_with_our_id_and_all_we_know(google: Google) -> None:
    google.calendar().put(replace(CUT, attendees=("ana@example.com",)))
    written = google.state.find(CUT.calendar, CUT.id)
    assert written is not None
    assert written["start"] == {"dateTime": "2026-05-05T14:00:00+08:00", "timeZone": "Asia/Singapore"}
    assert written["attendees"] == [{"email": "ana@example.com"}]
    assert shown(google) == [(CUT.id, NOW, NOW + HOUR, "Haircut: Ana Lim")]
    assert google.state.events(CUT.calendar, 0, 2**40)[0].ours


def test_putting_again_brings_the_event_to_the_new_content(google: Google) -> None:
    google.calendar().put(CUT)
    google.calendar().put(replace(CUT, start=NOW + HOUR, end=NOW + 2 * HOUR, summary="Later"))
    assert shown(google) == [(CUT.id, NOW + HOUR, NOW + 2 * HOUR, "Later")]


def test_putting_a_deleted_event_brings_it_back(google: Google) -> None:
    google.calendar().put(CUT)
    google.state.remove(CUT.calendar, CUT.id)
    assert shown(google) == []
    google.calendar().put(CUT)
    assert shown(google) == [(CUT.id, NOW, NOW + HOUR, "Haircut: Ana Lim")]


def test_putting_a_cancelled_event_removes_it(google: Google) -> None:
    google.calendar().put(CUT)
    google.calendar().put(replace(CUT, cancelled=True))
    assert shown(google) == []


def test_an_event_moves_to_another_calendar_once_and_back(google: Google) -> None:
    calendar = google.calendar()
    calendar.put(CUT)
    for _ in range(2):
        calendar.move(CUT.id, CUT.calendar, "mei@salon.test")
        assert shown(google) == []
        assert shown(google, "mei@salon.test") == [(CUT.id, NOW, NOW + HOUR, "Haircut: Ana Lim")]
    calendar.move(CUT.id, "mei@salon.test", CUT.calendar)
    assert shown(google) == [(CUT.id, NOW, NOW + HOUR, "Haircut: Ana Lim")]
    assert shown(google, "mei@salon.test") == []


def test_a_move_onto_a_calendar_that_has_it_already_leaves_one(google: Google) -> None:
    calendar = google.calendar()
    calendar.put(CUT)
    calendar.put(replace(CUT, calendar="mei@salon.test"))
    calendar.move(CUT.id, CUT.calendar, "mei@salon.test")
    assert (shown(google), len(shown(google, "mei@salon.test"))) == ([], 1)


def test_removing_is_done_when_there_is_none(google: Google) -> None:
    calendar = google.calendar()
    calendar.put(CUT)
    calendar.remove(CUT.calendar, CUT.id)
    calendar.remove(CUT.calendar, CUT.id)  # Google: 410
    calendar.remove(CUT.calendar, "fd00never")  # Google: 404
    assert shown(google) == []


def test_guests_are_left_out_where_the_account_may_not_invite(google: Google) -> None:
    google.state.plant({"status": 403, "reason": "forbiddenForServiceAccounts"}, method="insert")
    google.calendar().put(replace(CUT, attendees=("ana@example.com",)))
    written = google.state.find(CUT.calendar, CUT.id)
    assert written is not None
    assert written["attendees"] == []


# --- Trouble ---


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429},
        {"status": 403, "reason": "rateLimitExceeded"},
        {"status": 403, "reason": "userRateLimitExceeded"},
        {"status": 500},
        {"status": 503},
    ],
    ids=str,
)
def test_trouble_that_passes_is_tried_again(google: Google, fault: dict[str, object]) -> None:
    google.state.plant(fault, method="insert", times=2)
    google.calendar().put(CUT)
    assert len(shown(google)) == 1
    assert len(google.slept) == 2
    assert all(0 <= seconds <= 8 for seconds in google.slept)


def test_retry_after_is_honoured(google: Google) -> None:
    google.state.plant({"status": 429, "retry_after": 7}, method="insert")
    google.calendar().put(CUT)
    assert len(google.slept) == 1
    assert google.slept[0] >= 7


def test_a_retry_after_beyond_patience_is_handed_on(google: Google) -> None:
    google.state.plant({"status": 429, "retry_after": 3600}, times=-1)
    with pytest.raises(CalendarUnavailable) as caught:
        google.calendar().put(CUT)
    assert caught.value.retry_after == 3600
    assert google.slept == []


def test_trouble_that_stays_is_unavailable_after_a_few_tries(google: Google) -> None:
    google.state.plant({"status": 500}, times=-1)
    calendar = google.calendar(attempts=4)
    for call in (
        lambda: calendar.put(CUT),
        lambda: calendar.remove(CUT.calendar, CUT.id),
        lambda: calendar.move(CUT.id, CUT.calendar, "mei@salon.test"),
        lambda: calendar.free_busy([CUT.calendar], NOW, NOW + HOUR),
    ):
        google.slept.clear()
        with pytest.raises(CalendarUnavailable, match="busy"):
            call()
        assert len(google.slept) == 3


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ({"status": 403, "reason": "requiredAccessLevel"}, "share it with"),
        ({"status": 404, "reason": "notFound"}, "check its id in the rules"),
        ({"status": 401}, "GOOGLE_CREDENTIALS"),
        ({"status": 403, "reason": "accessNotConfigured"}, "turn on the Google Calendar API"),
        ({"status": 403, "reason": "dailyLimitExceeded"}, "quota"),
    ],
    ids=str,
)
def test_a_refusal_says_what_the_owner_can_do(google: Google, fault: dict[str, object], advice: str) -> None:
    google.state.plant(fault, method="insert", times=-1)
    with pytest.raises(CalendarUnavailable, match=advice):
        google.calendar().put(CUT)
    assert google.slept == []


def test_a_refused_reading_is_unavailable_too(google: Google) -> None:
    google.state.plant({"status": 403, "reason": "accessNotConfigured"}, method="freebusy", times=-1)
    with pytest.raises(CalendarUnavailable, match="turn on"):
        google.calendar().free_busy([CUT.calendar], NOW, NOW + HOUR)


def test_nobody_at_home_is_unavailable() -> None:
    slept: list[float] = []
    google = Google("http://127.0.0.1:9", None, slept=slept)  # type: ignore[arg-type]
    with pytest.raises(CalendarUnavailable, match="did not answer"):
        google.calendar(attempts=2).put(CUT)
    assert len(slept) == 1


def test_silence_ends_in_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        google = Google(f"http://127.0.0.1:{silent.getsockname()[1]}", None)  # type: ignore[arg-type]
        with pytest.raises(CalendarUnavailable, match="did not answer"):
            google.calendar(attempts=1, timeout=0.2).put(CUT)


@pytest.mark.parametrize("credentials", ['{"type": "x"}', "{", "/nowhere/key.json"])
def test_credentials_that_cannot_be_used_say_so(credentials: str) -> None:
    from handlers.adapters.google_calendar import GoogleCalendar

    with pytest.raises(CalendarUnavailable, match="GOOGLE_CREDENTIALS"):
        GoogleCalendar("http://127.0.0.1:9", credentials).put(CUT)


def test_one_adapter_serves_many_threads(google: Google) -> None:
    calendar = google.calendar()
    failed: list[BaseException] = []

    def book(n: int) -> None:
        try:
            for m in range(5):
                calendar.put(replace(CUT, id=f"fd{n:05d}{m}", summary=f"{n}-{m}"))
        except BaseException as error:  # noqa: BLE001 - the main thread asserts there was none
            failed.append(error)

    threads = [threading.Thread(target=book, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(shown(google)) == 40
