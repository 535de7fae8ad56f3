from __future__ import annotations

import pytest

from handlers.domain.events import EventKind
from infra.wiring import FUNCTIONS, function_for, subscribers


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


def test_a_confirmed_booking_reaches_calendar_and_cards():
    assert {f.name for f in subscribers(EventKind.BOOKING_CONFIRMED)} == {"bookings", "waitlist", "notices"}


def test_names_are_unique_and_http_functions_have_paths():
    assert len({f.name for f in FUNCTIONS}) == len(FUNCTIONS)
    assert all(bool(f.paths) == (f.trigger == "http") for f in FUNCTIONS)
    assert all(bool(f.events) == (f.trigger == "events") for f in FUNCTIONS)
