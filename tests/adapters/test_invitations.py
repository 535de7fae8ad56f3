from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from handlers.adapters.invitations import IcsInvitations
from handlers.domain.booking import Booking, State
from handlers.domain.rules.model import Business, Mail, Resource, Rules, Service
from handlers.domain.slot import Slot

NOW = 1_777_000_000
START = 1_777_960_800
LINK = "https://desk.test/l/" + "t" * 150
RULES = Rules(
    business=Business(
        name="Wash; Cut, & Go", timezone="Asia/Singapore", inbox="inbox@salon.test", desk="#front-desk"
    ),
    mail=Mail(requests="hello@salon.test"),
    hours={},
    resources={"jess": Resource(name="Jess")},
    services={"cut": Service(name="Cut, wash", minutes=45, resources=("jess",))},
)


def booking(**more: Any) -> Booking:
    slot = Slot(service="cut", resource="jess", start=START, end=START + 2700)
    return Booking(
        **{
            "id": "b1",
            "state": State.CONFIRMED,
            "slot": slot,
            "extent": (START, START + 2700),
            "customer": "c1",
            "name": "Ana Lim",
            "email": "ana@example.com",
            "revision": 2,
            **more,
        }
    )


def rendered(method: Any = "REQUEST", link: str = LINK, **more: Any) -> tuple[Any, Any, bytes]:
    raw = IcsInvitations().render(booking(**more), RULES, method=method, link=link, now=NOW)
    calendar = Calendar.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    assert not event.errors
    return calendar, event, raw


def test_an_invitation_reads_back_as_it_was_meant() -> None:
    calendar, event, _ = rendered()
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("b1@frontdesk", 2, "CONFIRMED")
    assert event["SUMMARY"] == "Cut, wash at Wash; Cut, & Go"
    assert event["LOCATION"] == "Wash; Cut, & Go"
    assert event["DESCRIPTION"].startswith("Cut, wash with Jess\n\n")
    assert event["DESCRIPTION"].endswith(LINK)
    assert event["ORGANIZER"] == "mailto:hello@salon.test"
    assert event["ATTENDEE"] == "mailto:ana@example.com"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert not event.walk("VALARM")


def test_times_are_in_utc() -> None:
    _, event, raw = rendered()
    assert event["DTSTART"].dt == datetime(2026, 5, 5, 6, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 5, 5, 6, 45, tzinfo=UTC)
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(NOW, UTC)
    assert b"DTSTART:20260505T060000Z\r\n" in raw


def test_lines_are_folded_and_end_as_the_standard_wants() -> None:
    _, _, raw = rendered(name="Ünïcödé " * 30)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_a_cancellation_is_later_than_every_invitation_of_the_booking() -> None:
    calendar, event, _ = rendered("CANCEL")
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", "b1@frontdesk")
    assert event["SEQUENCE"] > rendered()[1]["SEQUENCE"]
    assert event["DESCRIPTION"] == "This booking was cancelled."


def test_a_reschedule_keeps_its_uid_and_raises_its_sequence() -> None:
    _, before, _ = rendered(revision=0)
    _, after, _ = rendered(revision=1)
    assert (before["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (after["UID"], 0, 1)


def test_somebody_without_mail_is_no_attendee() -> None:
    _, event, _ = rendered(email=None, party=3)
    assert "ATTENDEE" not in event
    assert "For 3 people" in event["DESCRIPTION"]


@pytest.mark.parametrize("name", ['Ana "the" Lim', "Ana\r\nATTENDEE:mailto:x@y.z", "", "a;b:c,d"])
def test_a_name_cannot_break_the_object(name: str) -> None:
    _, event, _ = rendered(name=name)
    assert event["ATTENDEE"] == "mailto:ana@example.com"
    assert event["ATTENDEE"].params["CN"]


def test_a_service_that_has_left_the_rules_still_has_a_name() -> None:
    gone = Slot(service="perm", resource="mei", start=START, end=START + 60)
    _, event, _ = rendered(slot=gone, link="")
    assert event["SUMMARY"] == "perm at Wash; Cut, & Go"
