"""`POST /webhooks/slots`, as a Function URL gives it to the entry."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mangum import Mangum

from handlers.adapters.signatures import HmacSignatures
from handlers.adapters.sqlite import SqliteStore
from handlers.domain.keys import Key
from handlers.domain.zone import DAY
from handlers.ports import Item
from handlers.web.webhooks import build_webhooks
from tests.bookings.world import MONDAY
from tests.fakes import FakeClock
from tests.sync.office import Office, at, said
from tests.waitlist.waiting import Waiting, join

HOUR = 3600
GONE = {
    "id": "their-1",
    "kind": "cancelled",
    "service": "cut",
    "resource": "rui",
    "start": "2026-05-05T14:00",
    "end": "2026-05-05T14:30",
    "seats": 1,
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    json: Any


@dataclass
class Door(Office):
    """The business with its webhook; `outside` is the clock of whoever signs."""

    outside: FakeClock = field(default_factory=lambda: FakeClock(MONDAY))
    secrets: tuple[str, ...] = ("shared",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk.signatures = HmacSignatures(self.secrets, FakeClock(MONDAY))
        self.handler = Mangum(build_webhooks(self.desk), lifespan="off")

    def post(
        self, body: Any = None, *, path: str = "/webhooks/slots", method: str = "POST", **headers: str
    ) -> Answer:
        """Signed, unless a signature is given."""
        raw = body if isinstance(body, bytes) else json.dumps(GONE if body is None else body).encode()
        signed = HmacSignatures(("shared",), self.outside).sign(raw)
        given_ = {"content-type": "application/json", "x-frontdesk-signature": signed} | headers
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "quay.example", **{k: v for k, v in given_.items() if v}},
            "requestContext": {
                "http": {"method": method, "path": path, "sourceIp": "203.0.113.9", "protocol": "HTTP/1.1"},
                "domainName": "quay.example",
            },
            "body": base64.b64encode(raw).decode(),
            "isBase64Encoded": True,
        }
        answer = self.handler(event, None)
        text = answer.get("body", "")
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        headers = {k.lower(): v for k, v in answer["headers"].items()}
        return Answer(answer["statusCode"], headers, json.loads(text) if text else None)

    def faults(self, **changes: Any) -> dict[str, str]:
        answer = self.post({**GONE, **changes})
        assert answer.status == 422, answer
        assert self.events() == []
        return answer.json["errors"]


@pytest.fixture
def door() -> Door:
    return Door()


# --- what it does ---


def test_a_report_becomes_the_event_that_every_freed_slot_becomes(door: Door) -> None:
    answer = door.post()
    assert (answer.status, list(answer.json)) == (202, ["opening"])
    assert answer.headers["cache-control"] == "no-store"
    (freed,) = door.events()
    assert (freed.kind, freed.id, freed.subject) == ("slot.freed", answer.json["opening"], "rui")
    assert freed.data == {
        "why": "cancelled",
        "service": "cut",
        "resource": "rui",
        "needs": [],
        "start": at("14:00"),
        "end": at("14:30"),
        "extent": [at("14:00"), at("14:45")],
        "seats": 1,
    }


def test_it_is_offered_to_the_waitlist() -> None:
    waiting = Waiting()
    waiting.desk.signatures = HmacSignatures(("shared",), FakeClock(MONDAY))
    join(waiting, "Bea")
    opening = waiting.desk.slot_reports.receive(GONE)
    waiting.settle()
    assert waiting.opening().opening.id == opening
    assert waiting.offered() == [("Bea", "LIVE")]
    assert (
        waiting.desk.slot_reports.receive({**GONE, "id": "their-2"}) != opening
    )  # on offer: nothing in the way
    waiting.settle()
    assert len(waiting.openings()) == 1


def test_sent_again_it_is_the_same_answer_and_no_second_event(door: Door) -> None:
    first = door.post()
    door.events()
    door.clock.at = at("16:00")  # it is over by now
    again = door.post({**dict(reversed(GONE.items())), "note": "retried"})
    assert (again.status, again.json) == (202, first.json)
    assert door.events() == []


def test_a_replay_within_the_five_minutes_does_nothing_and_later_is_refused(door: Door) -> None:
    raw = json.dumps(GONE).encode()
    old = HmacSignatures(("shared",), FakeClock(MONDAY - 299)).sign(raw)
    assert door.post(raw, **{"x-frontdesk-signature": old}).status == 202
    assert len(door.events()) == 1
    assert door.post(raw, **{"x-frontdesk-signature": old}).status == 202
    assert door.events() == []
    older = HmacSignatures(("shared",), FakeClock(MONDAY - 301)).sign(raw)
    assert door.post(raw, **{"x-frontdesk-signature": older}).status == 401


@pytest.mark.parametrize(
    "change", [{"start": "2026-05-05T13:30"}, {"seats": None}, {"kind": "no_show"}, {"service": "wash"}]
)
def test_the_same_id_for_something_else_is_a_conflict(door: Door, change: dict[str, Any]) -> None:
    door.post()
    door.events()
    answer = door.post({**GONE, **change})
    assert (answer.status, list(answer.json)) == (409, ["error"])
    assert "'their-1'" in answer.json["error"]
    assert door.events() == []


def test_two_at_once_are_one(tmp_path: Path) -> None:
    for turn in range(10):
        door = Door(store=SqliteStore(tmp_path / f"{turn}.db"))
        together = threading.Barrier(4, timeout=20)
        found: list[str] = []

        def send(door: Door = door, together: threading.Barrier = together, found: list[str] = found) -> None:
            together.wait()
            found.append(door.desk.slot_reports.receive(GONE))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len(set(found)) == 1
        assert said(door.events()) == ["slot.freed rui 05 14:00-14:30"]
        door.store.close()


def test_one_that_came_a_moment_later_finds_the_first(door: Door) -> None:
    """It looked before the first was written, and writes after that has gone out."""
    opening = door.desk.slot_reports.receive(GONE)
    assert len(door.events()) == 1
    get, looked = door.store.get, []

    def early(key: Key) -> Item | None:
        looked.append(key)
        return None if len(looked) == 1 else get(key)

    door.store.get = early
    assert door.desk.slot_reports.receive(GONE) == opening
    assert door.events() == []


def test_a_no_show_frees_the_rest(door: Door) -> None:
    door.clock.at = at("14:10")
    assert door.post({**GONE, "kind": "no_show"}).status == 202
    (freed,) = door.events()
    assert said([freed]) == ["slot.freed rui 05 14:10-14:30"]
    assert freed.data["extent"] == [at("14:10"), at("14:45")]


def test_an_opening_needs_no_service_and_a_service_no_end(door: Door) -> None:
    free = {
        "id": "2",
        "kind": "opening",
        "resource": "ana",
        "start": "2026-05-05T14:00",
        "end": "2026-05-05T17:00",
    }
    assert door.post(free).status == 202
    assert door.post({**GONE, "id": "3", "end": None, "seats": None}).status == 202
    opening, cut = sorted(door.events(), key=lambda e: e.data["resource"])
    assert (opening.data["service"], opening.data["extent"]) == ("", [at("14:00"), at("17:00")])
    assert (cut.data["end"], cut.data["seats"]) == (at("14:30"), 1)


def test_times_are_the_businesss_or_have_an_offset(door: Door) -> None:
    for n, start in enumerate(
        ("2026-05-05T14:00", "2026-05-05 14:00:00", "2026-05-05T13:00Z", "2026-05-05T21:00:00+08:00")
    ):
        assert door.post({**GONE, "id": str(n), "start": start, "end": None}).status == 202
    assert {e.data["start"] for e in door.events()} == {at("14:00")}


def test_our_own_booking_in_that_slot_is_a_conflict(door: Door) -> None:
    door.book(14)
    door.events()
    answer = door.post()
    assert (answer.status, door.events()) == (409, [])
    assert answer.json["error"].startswith("Our own booking has Rui then (Tue 5 May, 2:00 pm to 2:30 pm).")
    assert (
        door.post({**GONE, "id": "next", "start": "2026-05-05T14:30", "end": "2026-05-05T15:00"}).status
        == 202
    )
    door.desk.bookings.take(
        slot=door.slot(16), customer=door.customer(), source="web", by="customer", hold=True
    )
    held = door.post({**GONE, "id": "held", "start": "2026-05-05T16:00", "end": "2026-05-05T16:30"})
    assert (held.status, "has yet to confirm" in held.json["error"]) == (409, True)
    assert door.post({**GONE, "id": "ana", "resource": "ana"}).status == 202


def test_a_class_has_room_beside_our_bookings_or_not(door: Door) -> None:
    door.book(10, service="class", who="yoga", party=3)
    place = {
        **GONE,
        "service": "class",
        "resource": "yoga",
        "start": "2026-05-05T10:00",
        "end": "2026-05-05T11:00",
    }
    assert door.post({**place, "id": "one", "seats": 1}).status == 202
    assert door.post({**place, "id": "two", "seats": 2}).status == 409


# --- what it refuses ---


def test_every_wrong_field_has_its_sentence(door: Door) -> None:
    faults = door.faults(kind="gone", service="perm", resource="zoe", start="soon", end=7, seats="two")
    assert set(faults) == {"kind", "service", "resource", "start", "end"}
    assert faults["kind"] == "Send one of cancelled, no_show and opening."
    assert faults["service"] == "There is no service 'perm'. There are cut, wash, wedding and class."
    assert faults["resource"] == "There is no resource 'zoe'. There are rui, ana, basin and yoga."
    assert "2026-05-05T14:00 (Europe/Lisbon)" in faults["start"]


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"id": ""}, "id", "1 to 200 visible ASCII"),
        ({"id": 7}, "id", "1 to 200 visible ASCII"),
        ({"id": "x" * 201}, "id", "1 to 200 visible ASCII"),
        ({"id": "with space"}, "id", "1 to 200 visible ASCII"),
        ({"service": ""}, "service", "Say which service"),
        ({"service": "wedding"}, "service", "'rui' does not give 'wedding', only cut and wash."),
        ({"service": "cut", "resource": "basin"}, "service", "'basin' does not give 'cut', only none."),
        ({"start": None}, "start", "ISO 8601"),
        ({"start": "2026-05-05"}, "start", "ISO 8601"),
        ({"start": "2026-13-05T14:00"}, "start", "ISO 8601"),
        ({"start": "0001-01-01T00:00+14:00"}, "end", "longer than a day"),
        ({"start": "2026-05-05T14:30"}, "end", "It ends before it starts."),
        ({"end": "2026-05-07T14:30"}, "end", "longer than a day"),
        (
            {"start": "2026-05-03T14:00", "end": "2026-05-03T14:30"},
            "end",
            "It was over at Sun 3 May, 2:30 pm",
        ),
        ({"start": "2062-05-05T14:00", "end": "2062-05-05T14:30"}, "end", "check the year"),
        ({"start": "9999-12-31T23:00", "end": "9999-12-31T23:30"}, "end", "check the year"),
        ({"seats": 0}, "seats", "'rui' has 99 places"),
        ({"seats": True}, "seats", "whole number"),
        ({"seats": 1.5}, "seats", "whole number"),
        ({"seats": 5, "service": "class", "resource": "yoga"}, "seats", "'yoga' has 4 places"),
    ],
)
def test_one_wrong_field_is_named(door: Door, changes: dict[str, Any], where: str, words: str) -> None:
    faults = door.faults(**changes)
    assert list(faults) == [where]
    assert words in faults[where]


def test_a_wall_time_that_the_clocks_skip_is_asked_for_with_an_offset() -> None:
    door = Door()
    door.clock.at = at("12:00", "2027-03-27")
    faults = door.faults(start="2027-03-28T01:30", end="2027-03-28T02:30")
    assert list(faults) == ["start"]
    assert "The clocks skip" in faults["start"]
    assert door.post({**GONE, "start": "2027-03-28T01:30Z", "end": None}).status == 202


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"\xff", b"[" * 5000, b"null"])
def test_a_body_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    assert door.post(body).status == 400


def test_a_long_body_is_refused_unread(door: Door) -> None:
    answer = door.post({**GONE, "note": "x" * 17_000})
    assert (answer.status, answer.json) == (413, {"error": "A report has at most 16384 bytes."})


@pytest.mark.parametrize(
    ("signature", "words"),
    [("", "Sign the request"), ("v1", "64 hex digits"), (f"t={MONDAY},v1={'0' * 64}", "does not match")],
)
def test_without_a_right_signature_nothing_happens(door: Door, signature: str, words: str) -> None:
    answer = door.post(**{"x-frontdesk-signature": signature})
    assert answer.status == 401
    assert words in answer.json["error"]
    assert door.events() == []


def test_a_clock_that_is_off_is_said(door: Door) -> None:
    door.outside.at += HOUR
    answer = door.post()
    assert answer.status == 401
    assert "Check the clock" in answer.json["error"]


def test_unset_it_is_off_and_says_so() -> None:
    door = Door(secrets=())
    answer = door.post()
    assert (answer.status, answer.json) == (
        503,
        {"error": "Webhooks are off here: FRONTDESK_WEBHOOK_SECRETS is not set."},
    )
    assert door.events() == []


def test_too_many_at_once_have_to_wait_and_strangers_take_nobodys_turn(door: Door) -> None:
    for _ in range(100):
        door.post(**{"x-frontdesk-signature": "v1"})
    codes = [door.post({**GONE, "id": str(n)}).status for n in range(61)]
    assert codes == [202] * 60 + [429]
    answer = door.post({**GONE, "id": "61"})
    assert answer.headers["retry-after"] == "2"
    door.clock.at += 60
    assert door.post({**GONE, "id": "61"}).status == 202


def test_other_addresses_and_methods_are_told_where_to_go(door: Door) -> None:
    assert door.post(path="/webhooks/other").status == 404
    assert door.post(path="/webhooks").status == 404
    answer = door.post(method="GET")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.sampled_from(list(GONE.values()))
LOCAL = st.datetimes().map(lambda d: d.isoformat()) | st.datetimes(timezones=st.timezones()).map(
    lambda d: d.isoformat()
)


@pytest.fixture(scope="module")
def shared() -> Door:
    return Door()


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("id", "kind", "service", "resource", "start", "end", "seats"), VALUES | LOCAL
        ),
    )
)
def test_whatever_is_sent_is_answered_with_a_sentence(shared: Door, body: dict[str, Any]) -> None:
    door = shared
    door.clock.at += 2  # nobody has to wait
    answer = door.post({**GONE, **body} if len(body) % 2 else body)
    assert answer.status in {202, 409, 422}, answer
    if answer.status != 202:
        assert all(answer.json.values())
    events = door.events()
    assert len(events) <= 1
    for event in events:
        assert door.clock.at <= event.data["start"] < event.data["end"] <= event.data["start"] + DAY
