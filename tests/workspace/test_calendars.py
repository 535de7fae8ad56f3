"""What staff do in the workspace's calendar reaches bookings and openings by itself."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.workspace.process import get, post, running, until

pytestmark = pytest.mark.xdist_group("workspace")


def kinds(address, kind, since=0):
    events = [e for e in get(address, "log")["events"] if e["kind"] == kind]
    return [e["payload"]["detail"] for e in events if e["payload"]["detail"]["at"] >= since]


def test_a_deleted_visit_is_cancelled_and_a_deleted_appointment_is_an_opening(tmp_path):
    with running(tmp_path) as (address, _):
        ours = until(lambda: [e for e in entries(address) if e["ours"]])
        theirs = next(e for e in entries(address) if e["summary"] == "Dentist")
        post(address, "calendar/remove", calendar=ours[0]["calendar"], id=ours[0]["id"])
        (cancelled,) = until(lambda: kinds(address, "booking.cancelled"))
        assert cancelled["data"]["by"] == "calendar"
        until(lambda: ours[0]["id"] not in {e["id"] for e in entries(address)})
        text = until(lambda: [m for m in cards(address) if "Cancelled by somebody in the calendar" in m])
        assert len(text) == 1
        post(address, "calendar/remove", calendar=theirs["calendar"], id=theirs["id"])
        until(lambda: [e for e in kinds(address, "slot.freed") if e["data"]["why"] == "opening"])


def test_an_event_tagged_as_an_appointment_is_a_card_in_slack(tmp_path):
    with running(tmp_path) as (address, _):
        panel = get(address, "calendar")
        column = next(c for c in panel["columns"] if c["events"])
        post(
            address, "calendar/add", calendar=column["calendar"], date=panel["after"],
            **{"from": "19:00", "to": "19:30"}, summary="Zoe Quill 8123 4567 #appt",
        )  # fmt: skip
        until(lambda: [m for m in cards(address) if "Book this appointment? Zoe Quill" in m])


def entries(address):
    return [e for column in get(address, "calendar")["columns"] for e in column["events"]]


def cards(address):
    channel = quote(get(address, "slack?user=U0LENA&channel=")["channels"][0]["id"])
    return [m["text"] for m in get(address, f"slack?user=U0LENA&channel={channel}")["messages"]]
