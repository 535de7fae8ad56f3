"""The stand-in speaks as Google does: status codes, error JSON, paging, ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.local.google_state import GoogleCalendarState
from tests.fakes import FakeClock
from tests.google.conftest import NOW, Google, Web

EVENTS = "/calendar/v3/calendars/jess%40salon.test/events"
TIMES = {
    "start": {"dateTime": "2026-05-05T14:00:00+08:00"},
    "end": {"dateTime": "2026-05-05T15:00:00+08:00"},
}


@pytest.fixture
def web(google: Google) -> Web:
    return Web(google.url)


def error(response: Any) -> tuple[int, str]:
    body = response.json()["error"]
    assert body["code"] == response.status_code
    assert body["errors"][0]["message"] == body["message"]
    return response.status_code, body["errors"][0]["reason"]


def test_an_id_is_taken_for_good(web: Web) -> None:
    made = web.post(EVENTS, json={"id": "fd00001", "summary": "Cut", **TIMES})
    assert (made.status_code, made.json()["status"]) == (200, "confirmed")
    assert error(web.post(EVENTS, json={"id": "fd00001", **TIMES})) == (409, "duplicate")
    assert web.delete(f"{EVENTS}/fd00001").status_code == 204
    assert error(web.delete(f"{EVENTS}/fd00001")) == (410, "deleted")
    assert error(web.post(EVENTS, json={"id": "fd00001", **TIMES})) == (409, "duplicate")
    assert web.get(f"{EVENTS}/fd00001").json()["status"] == "cancelled"
    back = web.patch(f"{EVENTS}/fd00001", json={"status": "confirmed"})
    assert (back.json()["status"], back.json()["summary"]) == ("confirmed", "Cut")


@pytest.mark.parametrize("id_", ["abcd", "UPPER", "with-dash", "wxyz12", "a" * 1025])
def test_an_id_outside_base32hex_is_invalid(web: Web, id_: str) -> None:
    assert error(web.post(EVENTS, json={"id": id_, **TIMES})) == (400, "invalid")


def test_an_event_needs_both_times_in_order(web: Web) -> None:
    assert error(web.post(EVENTS, json={"start": TIMES["start"]})) == (400, "required")
    assert error(web.post(EVENTS, json={"start": TIMES["end"], "end": TIMES["start"]})) == (400, "invalid")
    assert error(web.post(EVENTS, json={**TIMES, "start": {"dateTime": "soon"}})) == (400, "invalid")
    assert error(web.post(EVENTS, content=b"{")) == (400, "parseError")


@pytest.mark.parametrize("verb", ["get", "delete", "patch", "put"])
def test_what_is_not_there_is_not_found(web: Web, verb: str) -> None:
    assert error(web.ask(verb.upper(), f"{EVENTS}/fd99999", json={} if verb == "get" else TIMES)) == (
        404,
        "notFound",
    )


def test_a_list_is_bounded_by_time_and_comes_in_pages(web: Web, state: GoogleCalendarState) -> None:
    ids = [state.add("jess@salon.test", NOW + n * 3600, NOW + n * 3600 + 1800, f"n{n}") for n in range(5)]
    query = {
        "timeMin": "2026-05-05T15:00:00+08:00",
        "singleEvents": "true",
        "orderBy": "startTime",
        "maxResults": "3",
    }
    first = web.get(EVENTS, params=query).json()
    assert [e["id"] for e in first["items"]] == ids[1:4]
    second = web.get(EVENTS, params={**query, "pageToken": first["nextPageToken"]}).json()
    assert [e["id"] for e in second["items"]] == ids[4:]
    assert "nextPageToken" not in second
    assert web.get(EVENTS, params={"timeMax": "2026-05-05T14:00:00+08:00"}).json()["items"] == []
    assert error(web.get(EVENTS, params={"orderBy": "startTime"})) == (400, "invalid")


def test_deleted_events_are_listed_only_when_asked_for(web: Web, state: GoogleCalendarState) -> None:
    gone = state.add("jess@salon.test", NOW, NOW + 3600, "gone")
    state.remove("jess@salon.test", gone)
    assert web.get(EVENTS).json()["items"] == []
    assert [e["status"] for e in web.get(EVENTS, params={"showDeleted": "true"}).json()["items"]] == [
        "cancelled"
    ]


def test_a_sync_token_brings_what_changed_since(web: Web, state: GoogleCalendarState) -> None:
    kept = state.add("jess@salon.test", NOW, NOW + 3600, "kept")
    token = web.get(EVENTS).json()["nextSyncToken"]
    assert web.get(EVENTS, params={"syncToken": token}).json()["items"] == []
    state.remove("jess@salon.test", kept)
    changed = web.get(EVENTS, params={"syncToken": token}).json()
    assert [(e["id"], e["status"]) for e in changed["items"]] == [(kept, "cancelled")]
    assert "start" not in changed["items"][0]
    assert error(web.get(EVENTS, params={"syncToken": token, "timeMin": "2026-05-05T00:00:00Z"})) == (
        400,
        "invalid",
    )
    assert error(web.get(EVENTS, params={"syncToken": "999"})) == (410, "fullSyncRequired")


def test_updated_min_leaves_out_what_is_older(web: Web, state: GoogleCalendarState) -> None:
    state.add("jess@salon.test", NOW, NOW + 3600, "old")
    clock = state.clock
    assert isinstance(clock, FakeClock)
    clock.at += 60
    new = state.add("jess@salon.test", NOW, NOW + 3600, "new")
    found = web.get(EVENTS, params={"updatedMin": "2026-05-05T14:00:30+08:00"}).json()["items"]
    assert [e["id"] for e in found] == [new]


def test_an_update_replaces_and_a_patch_merges(web: Web) -> None:
    web.post(EVENTS, json={"id": "fd00001", "summary": "Cut", "description": "x", **TIMES})
    patched = web.patch(f"{EVENTS}/fd00001", json={"summary": "Trim", "description": None}).json()
    assert patched["summary"] == "Trim"
    assert "description" not in patched
    moved = {**TIMES, "end": {"dateTime": "2026-05-05T16:00:00+08:00"}}
    updated = web.put(f"{EVENTS}/fd00001", json=moved).json()
    assert "summary" not in updated
    assert updated["sequence"] == patched["sequence"] + 1
    assert updated["etag"] != patched["etag"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"timeMin": "2026-05-05T00:00:00Z"}, "required"),
        ({"timeMin": "2026-05-05T00:00:00Z", "timeMax": "2026-05-05T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMin": "2026-05-05T00:00:00Z", "timeMax": "2026-12-05T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMin": "tomorrow", "timeMax": "2026-12-05T00:00:00Z"}, "badRequest"),
    ],
)
def test_freebusy_refuses_a_range_it_cannot_use(web: Web, body: dict[str, str], reason: str) -> None:
    assert error(web.post("/calendar/v3/freeBusy", json=body)) == (400, reason)


def test_freebusy_reads_at_most_fifty_calendars(web: Web) -> None:
    body = {
        "timeMin": "2026-05-05T00:00:00Z",
        "timeMax": "2026-05-06T00:00:00Z",
        "items": [{"id": f"c{n}"} for n in range(51)],
    }
    found = web.post("/calendar/v3/freeBusy", json=body).json()["calendars"]
    assert {c["errors"][0]["reason"] for c in found.values()} == {"tooManyCalendarsRequested"}


def test_faults_are_planted_and_healed_over_http(web: Web) -> None:
    web.post("/_faults", json={"calendar": "jess@salon.test", "status": 500, "times": 2})
    assert web.get("/calendar/v3/calendars/mei%40salon.test/events").status_code == 200
    assert error(web.get(EVENTS)) == (500, "backendError")
    assert error(web.get(EVENTS)) == (500, "backendError")
    assert web.get(EVENTS).status_code == 200
    web.post("/_faults", json={"calendar": "jess@salon.test", "errors": "notFound"})
    assert error(web.get(EVENTS)) == (404, "notFound")
    web.post("/_faults", json={"status": 429, "retry_after": 9, "times": -1})
    limited = web.get(EVENTS)
    assert (limited.headers["Retry-After"], error(limited)) == ("9", (429, "rateLimitExceeded"))
    web.delete("/_faults")
    assert web.get(EVENTS).status_code == 200


def test_what_staff_edit_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    state = GoogleCalendarState(path, FakeClock(NOW), "Asia/Singapore")
    id_ = state.add("jess@salon.test", NOW, NOW + 3600, "Dentist")
    assert state.change("jess@salon.test", id_, end=NOW + 7200, summary="Dentist, long")
    assert not state.change("jess@salon.test", "nothing", summary="x")
    state.close()
    again = GoogleCalendarState(path, FakeClock(NOW), "Asia/Singapore")
    (entry,) = again.events("jess@salon.test", NOW, NOW + 1)
    assert (entry.summary, entry.end, entry.ours) == ("Dentist, long", NOW + 7200, False)
    assert again.calendars() == ("jess@salon.test",)
    assert again.remove("jess@salon.test", id_)
    assert not again.remove("jess@salon.test", id_)
    again.close()
