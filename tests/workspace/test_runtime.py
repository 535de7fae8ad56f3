from __future__ import annotations

import base64
import json

import pytest

from handlers.domain.events import Event, EventKind
from infra.local import runtime
from infra.wiring import Function


def url_event(**given):
    usual = {
        "method": "POST", "path": "/forms/book", "query": "", "headers": [("Host", "127.0.0.1:8000")], "body": b"",
        "source_ip": "192.0.2.7",
    }  # fmt: skip
    return runtime.url_event(**{**usual, **given})


def test_a_request_becomes_a_function_url_payload_of_version_2():
    event = url_event(
        path="/l/a%20b",
        query="a=1&b=&a=2",
        headers=[("Host", "h:1"), ("User-Agent", "ua"), ("Accept", "x"), ("Accept", "y")],
    )
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/l/a%20b"
    assert event["rawQueryString"] == "a=1&b=&a=2"
    assert event["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert event["headers"]["accept"] == "x,y"
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["sourceIp"], http["userAgent"]) == (
        "POST", "/l/a%20b", "192.0.2.7", "ua",
    )  # fmt: skip
    assert "body" not in event
    assert "cookies" not in event


def test_cookies_stand_apart_from_the_headers():
    event = url_event(headers=[("Cookie", "a=1; b=2")])
    assert event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]


def test_json_is_text_and_a_posted_form_is_base64_as_on_aws():
    text = url_event(headers=[("Content-Type", "application/json")], body='{"ä":1}'.encode())
    assert (text["body"], text["isBase64Encoded"]) == ('{"ä":1}', False)
    form = url_event(headers=[("Content-Type", "application/x-www-form-urlencoded")], body=b"a=1&b=%20")
    assert form["isBase64Encoded"] is True
    assert base64.b64decode(form["body"]) == b"a=1&b=%20"


def test_bytes_that_are_no_text_survive():
    event = url_event(headers=[("Content-Type", "image/png")], body=b"\x89PNG\xff")
    assert base64.b64decode(event["body"]) == b"\x89PNG\xff"


def test_a_result_becomes_a_response_with_its_cookies():
    answer = runtime.url_response(
        {
            "statusCode": 303,
            "headers": {"Location": "/x"},
            "cookies": ["a=1", "b=2"],
            "body": base64.b64encode(b"\x00\x01").decode(),
            "isBase64Encoded": True,
        }
    )
    assert answer.status == 303
    assert answer.headers == (("location", "/x"), ("set-cookie", "a=1"), ("set-cookie", "b=2"))
    assert answer.body == b"\x00\x01"


def test_a_result_without_a_status_is_json_with_200():
    answer = runtime.url_response({"hello": "there"})
    assert (answer.status, json.loads(answer.body)) == (200, {"hello": "there"})


def test_an_event_travels_as_eventbridge_sends_it():
    event = Event(
        id="e1", kind=EventKind.BOOKING_CONFIRMED, subject="b1", at=1_777_960_800, data={"by": "U1"}
    )
    sent = runtime.bridge_event(event)
    assert (sent["detail-type"], sent["source"], sent["time"]) == (
        "booking.confirmed", "frontdesk", "2026-05-05T06:00:00Z",
    )  # fmt: skip
    assert Event.model_validate(sent["detail"]) == event


def test_stored_mails_received_texts_and_dead_letters_have_aws_shapes():
    s3 = runtime.s3_event("inbound/1", b"raw", 0)["Records"][0]["s3"]
    assert (s3["object"]["key"], s3["object"]["size"]) == ("inbound/1", 3)
    sns = runtime.sns_event({"messageBody": "hi"}, 0)["Records"][0]["Sns"]
    assert json.loads(sns["Message"]) == {"messageBody": "hi"}
    letter = runtime.dead_letter_event("{}", function="notices", error="boom", attempts=3, at=0)["Records"][0]
    assert letter["eventSource"] == "aws:sqs"
    assert letter["messageAttributes"]["ERROR_MESSAGE"]["stringValue"] == "boom"
    assert letter["messageAttributes"]["TARGET_ARN"]["stringValue"].endswith(":frontdesk-notices")


def echo(event, context):
    event["seen"] = True
    return {
        "event": event,
        "name": context.function_name,
        "left": context.get_remaining_time_in_millis() > 1000,
    }


def broken(_event, _context):
    raise RuntimeError("boom")


@pytest.fixture
def running():
    made = runtime.Runtime(threads=2)
    yield made
    made.close()


def test_an_entry_is_called_by_its_name_with_a_context_and_a_copy_of_the_event(running):
    function = Function("echo", f"{__name__}.echo", "events", "")
    event = {"a": [1]}
    assert running.call(function, event) == {
        "event": {"a": [1], "seen": True},
        "name": "frontdesk-echo",
        "left": True,
    }
    assert event == {"a": [1]}


def test_what_an_entry_raises_reaches_the_caller(running):
    with pytest.raises(RuntimeError, match="boom"):
        running.call(Function("broken", f"{__name__}.broken", "events", ""), {})
