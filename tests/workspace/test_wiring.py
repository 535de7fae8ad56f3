from __future__ import annotations

import pytest

from handlers.domain.events import EventKind
from handlers.domain.zone import Zone
from infra.wiring import FUNCTIONS, NAMED, SCHEDULES, function_for, subscribers


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/slack/events", "slack"),
        ("/", "site"),
        ("/forms/book", "site"),
        ("/l/some.signed-token", "site"),
        ("/t/abc", "site"),
        ("/webhooks/slots", "webhooks"),
        ("/forms-of-address", None),
        ("/slack/events-and-more", None),
        ("/elsewhere", None),
    ],
)
def test_a_path_leads_to_the_function_whose_prefix_covers_it(path, name):
    found = function_for(path)
    assert (found.name if found else None) == name


def test_every_event_that_can_happen_is_heard_by_somebody():
    assert [k.value for k in EventKind if not subscribers(k)] == []


def test_a_received_request_is_read_and_not_yet_a_card():
    assert [f.name for f in subscribers(EventKind.REQUEST_RECEIVED)] == ["intake"]


def test_a_confirmed_booking_reaches_calendar_cards_and_sheets():
    assert {f.name for f in subscribers(EventKind.BOOKING_CONFIRMED)} == {
        "bookings",
        "waitlist",
        "notices",
        "sheet_sync",
    }


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s.name)
def test_a_schedule_s_cron_says_what_its_moments_are(schedule):
    """`cron(minutes hours day-of-month month day-of-week year)`; 2#1 is the first Monday."""
    minute, hour, *rest = schedule.cron.removeprefix("cron(").removesuffix(")").split(" ")
    firsts = {("?", "*", "MON", "*"): False, ("?", "*", "2#1", "*"): True}[tuple(rest)]
    zone = Zone("America/New_York")
    found = [
        zone.local(t) for t in schedule.moments(zone, zone.parse("2026-01-01"), zone.parse("2027-01-01"))
    ]
    assert len(found) == (12 if firsts else 52)
    assert {(t.weekday(), t.hour, t.minute) for t in found} == {(0, int(hour), int(minute))}
    assert not firsts or all(t.day <= 7 for t in found)
    assert NAMED[schedule.function].trigger == "schedule"
    assert schedule.event("2026-06-01T12:00:00Z")["at"] == "2026-06-01T12:00:00Z"


def test_names_are_unique_and_http_functions_have_paths():
    assert len({f.name for f in FUNCTIONS}) == len(FUNCTIONS)
    assert all(bool(f.paths) == (f.trigger == "http") for f in FUNCTIONS)
    assert all(bool(f.events) == (f.trigger == "events") for f in FUNCTIONS)
