"""Stream, tick and dead letters: nothing that was decided is forgotten."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from handlers.adapters.store_timers import StoreTimers
from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.dead_letter import DeadLetterState
from handlers.domain.errors import WrongState
from handlers.domain.events import Event, EventKind
from handlers.logs import JsonLines
from handlers.ports import Query
from handlers.services.relay import plain
from tests.bookings.world import HOUR, MONDAY, STAFF, World, refused


def typed(value: Any) -> dict[str, Any]:
    """As a DynamoDB stream writes it."""
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case int() | float():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [typed(v) for v in value]}
        case _:
            return {"M": {k: typed(v) for k, v in value.items()}}


def records(world: World) -> list[dict[str, Any]]:
    """The stream of what stands in the outbox, with a page's change before each event."""
    found = world.store.query(Query(keys.OUTBOX, index="gsi3")).items
    stream: list[dict[str, Any]] = []
    for number, item in enumerate(found):
        page = {"pk": "RESOURCE#rui", "sk": "PAGE#2026-05-05", "rev": 1}
        for offset, image in enumerate((page, item)):
            change = {"NewImage": typed(image)["M"], "SequenceNumber": str(number * 2 + offset)}
            stream.append({"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change})
    return [*stream, {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "999"}}]


def test_the_stream_puts_events_on_the_bus_and_marks_them(world: World) -> None:
    booking = world.book()
    stream = records(world)
    assert world.desk.relay.stream(stream) == []
    (event,) = world.bus.events
    assert (event.kind, event.subject, event.data["revision"]) == ("booking.confirmed", booking.id, 0)
    assert world.desk.relay.drain() == 0


def test_the_stream_goes_on_from_the_first_event_that_failed(world: World) -> None:
    world.book(10)
    world.book(12)
    stream = records(world)
    put = world.bus.put

    def fails_second(events: Any) -> None:
        if world.bus.events:
            raise ConnectionError
        put(events)

    world.bus.put = fails_second  # type: ignore[method-assign]
    assert world.desk.relay.stream(stream) == [stream[3]["dynamodb"]["SequenceNumber"]]
    world.bus.put = put  # type: ignore[method-assign]
    assert world.desk.relay.stream(stream[3:]) == []
    assert len({e.id for e in world.bus.events}) == 2


def test_a_typed_image_is_the_item_again() -> None:
    item = {"a": "x", "n": -3, "f": 0.5, "b": True, "z": None, "l": [1, "two"], "m": {"k": [{"d": 1}]}}
    assert plain(typed(item)["M"]) == item


def test_the_tick_resends_only_what_the_stream_has_missed(world: World) -> None:
    world.book()
    assert world.desk.housekeeping.tick()["relayed"] == 0
    world.clock.at += 61
    assert world.desk.housekeeping.tick()["relayed"] == 1
    assert [e.kind for e in world.bus.events] == ["booking.confirmed"]


def test_a_full_outbox_is_emptied_in_one_go(world: World) -> None:
    for n in range(230):
        world.desk.journal.emit(EventKind.HOME_OPENED, str(n))
    assert world.desk.relay.drain() == 230
    assert len({e.subject for e in world.bus.events}) == 230
    assert world.desk.relay.drain() == 0


def test_the_tick_expires_and_reminds(world: World) -> None:
    held, booking = world.book(10, hold=True), world.book(14)
    world.settle()
    world.clock.at = booking.slot.start - 24 * HOUR
    done = world.desk.housekeeping.tick()
    assert (done["expired"], done["reminders"]) == (1, 1)
    assert world.desk.bookings.get(held.id).state is State.EXPIRED


def test_one_broken_part_of_the_tick_does_not_starve_the_others(world: World) -> None:
    held = world.book(10, hold=True)
    world.clock.at += 400
    world.mail.failing = None

    def broken() -> int:
        raise ConnectionError

    world.desk.effects.remind_due = broken  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        world.desk.housekeeping.tick()
    assert world.desk.bookings.get(held.id).state is State.EXPIRED
    assert world.bus.events != []


def test_timers_kept_in_the_store_are_fired_by_the_tick() -> None:
    world = World()
    timers = StoreTimers(world.store)
    world.timers = timers  # type: ignore[assignment]
    vars(world.desk)["timers"] = timers
    booking = world.book()
    world.settle()
    world.clock.at = booking.slot.start - 24 * HOUR
    assert world.desk.housekeeping.tick()["timers"] == 1
    assert timers.due(world.clock.at) == ()
    (event,) = [e for e in world.events() if e.kind is EventKind.REMINDER_DUE]
    assert event.subject == booking.id


# --- dead letters ------------------------------------------------------------------------------------------------


def dead(event: Event | dict[str, Any], message: str = "sqs-1") -> dict[str, Any]:
    body = event
    if isinstance(event, Event):
        body = {
            "detail-type": event.kind.value,
            "source": "frontdesk",
            "detail": event.model_dump(mode="json"),
        }
    return {
        "messageId": message,
        "body": json.dumps(body),
        "messageAttributes": {
            "TARGET_ARN": {
                "stringValue": "arn:aws:lambda:eu-west-1:000000000000:function:frontdesk-bookings"
            },
            "ERROR_MESSAGE": {"stringValue": "CalendarUnavailable: calendar: offline"},
        },
    }


def test_a_dead_letter_is_kept_and_told_once(world: World) -> None:
    booking = world.book()
    (event,) = world.events()
    assert world.desk.dead_letters.receive(dead(event)) is not None
    assert world.desk.dead_letters.receive(dead(event)) is None
    (told,) = world.events()
    assert told.kind is EventKind.DEAD_LETTER
    assert (told.data["kind"], told.data["subject"], told.data["function"]) == (
        "booking.confirmed",
        booking.id,
        "bookings",
    )
    assert [letter.id for letter in world.desk.dead_letters.open()] == ["sqs-1"]


def test_retry_sends_the_same_event_again_and_the_work_is_finished(world: World) -> None:
    booking = world.book()
    (event,) = world.events()
    world.calendar.offline = True
    world.desk.dead_letters.receive(dead(event))
    world.events()
    world.calendar.offline = False
    letter = world.desk.dead_letters.retry("sqs-1", STAFF)
    assert (letter.state, letter.changed_by) == (DeadLetterState.RETRIED, STAFF)
    assert world.settle() == ["booking.confirmed"]
    assert len(world.mail.sent) == 1
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED


def test_only_one_person_decides_on_a_dead_letter(world: World) -> None:
    world.book()
    (event,) = world.events()
    world.desk.dead_letters.receive(dead(event))
    world.desk.dead_letters.handled("sqs-1", STAFF)
    late = refused(lambda: world.desk.dead_letters.retry("sqs-1", "U0OTHER"))
    assert isinstance(late, WrongState)
    assert (late.state, late.by) == (DeadLetterState.HANDLED, STAFF)
    assert [e.kind for e in world.events()] == [EventKind.DEAD_LETTER]
    assert world.desk.dead_letters.open() == ()


def test_the_failure_of_a_failure_is_kept_but_not_announced(world: World) -> None:
    event = Event(id="e1", kind=EventKind.DEAD_LETTER, subject="sqs-0", at=MONDAY)
    world.desk.dead_letters.receive(dead(event))
    assert world.events() == []
    assert len(world.desk.dead_letters.open()) == 1


def test_a_mail_that_could_not_be_read_says_which(world: World) -> None:
    body = {"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": "raw/42"}}}]}
    letter = world.desk.dead_letters.receive(dead(body))
    assert letter is not None
    assert (letter.kind, letter.subject) == ("mail.received", "raw/42")


def test_a_log_line_is_json_and_does_not_quote_an_error() -> None:
    try:
        int("bea@mail.example")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("frontdesk", logging.ERROR, __file__, 1, "failed", None, info)
    record.fields = {"part": "tick"}
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["part"], line["error"]) == ("failed", "tick", "ValueError")
    assert "bea@" not in str(line)
    assert "test_a_log_line" in line["at"][0]
