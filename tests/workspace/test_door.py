from __future__ import annotations

import base64
import hashlib
import hmac
import json
from concurrent.futures import Future
from urllib.parse import parse_qs

from infra.local.slack.door import Door


class Runtime:
    """Answers with the next of `answers`: a status, an error, or None for never."""

    def __init__(self, *answers):
        self.answers, self.events = list(answers), []

    def submit(self, function, event):
        self.events.append(event)
        answer, future = self.answers.pop(0), Future()
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result({"statusCode": answer, "body": '{"text": "hi"}'})
        return future


def door_of(db, clock, *answers):
    runtime = Runtime(*answers)
    return Door(
        runtime, db, clock, secret="s3cret", host="h", patience=0.05, retries=(0.0, 0.0, 0.0)
    ), runtime


def body_of(event):
    return base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()


def test_a_post_is_signed_as_slack_signs(db, clock):
    door, runtime = door_of(db, clock, 200)
    answer = door.payload("click", {"type": "block_actions"})
    event = runtime.events[0]
    stamp = event["headers"]["x-slack-request-timestamp"]
    digest = hmac.new(b"s3cret", f"v0:{stamp}:".encode() + body_of(event), hashlib.sha256).hexdigest()
    assert event["headers"]["x-slack-signature"] == f"v0={digest}"
    assert (event["rawPath"], event["requestContext"]["http"]["method"]) == ("/slack/events", "POST")
    assert json.loads(parse_qs(body_of(event).decode())["payload"][0]) == {"type": "block_actions"}
    assert answer.json() == {"text": "hi"}


def test_no_answer_in_time_is_a_time_out_and_an_error_a_failed_dispatch(db, clock):
    door, _ = door_of(db, clock, None, RuntimeError("boom"), 401)
    assert door.payload("click", {}).problem == "operation_timeout"
    assert door.payload("click", {}).problem == "dispatch_failed"
    assert door.payload("click", {}).problem == "dispatch_failed"
    assert [row["ok"] for row in db.rows("select ok from calls")] == [0, 0, 0]


def test_an_event_is_sent_again_with_its_id_until_it_is_answered(db, clock):
    door, runtime = door_of(db, clock, None, 500, 200)
    door.event({"type": "app_home_opened", "user": "U1"}).join(timeout=5)
    headers = [event["headers"] for event in runtime.events]
    assert [h.get("x-slack-retry-num") for h in headers] == [None, "1", "2"]
    assert [h.get("x-slack-retry-reason") for h in headers] == [None, "http_timeout", "http_error"]
    assert len({json.loads(body_of(event))["event_id"] for event in runtime.events}) == 1
    assert json.loads(body_of(runtime.events[0]))["event"]["user"] == "U1"


def test_an_event_nobody_answers_is_given_up_after_three_retries(db, clock):
    door, runtime = door_of(db, clock, 500, 500, 500, 500)
    door.event({"type": "app_home_opened"}).join(timeout=5)
    assert len(runtime.events) == 4
