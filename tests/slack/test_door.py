"""What comes through the door: signatures, duplicates, strangers, and errors answered kindly."""

from __future__ import annotations

import json
from typing import Any

from blocks.payloads import Ref
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import request


def test_a_signed_command_is_answered(office: Office) -> None:
    answer = office.command("help")
    assert answer.status == 200
    assert answer.json["response_type"] == "ephemeral"
    assert "/book" in answer.json["text"]


def test_a_base64_body_is_the_same(office: Office) -> None:
    assert office.command("help", encoded=True).json == office.command("help").json


def test_a_bad_signature_is_turned_away(office: Office) -> None:
    assert office.command("help", secret="another").status == 401


def test_an_old_request_is_turned_away(office: Office) -> None:
    assert office.command("help", age=301).status == 401


def test_slack_can_check_the_address(office: Office) -> None:
    answer = office.post(json.dumps({"type": "url_verification", "challenge": "c1"}), "application/json")
    assert answer.status == 200
    assert "c1" in answer.body


def test_starting_up_calls_nobody(office: Office, slack: FakeSlack) -> None:
    office.command("help")
    assert slack.calls == []


def test_an_event_sent_twice_counts_once(office: Office) -> None:
    opened = {"type": "app_home_opened", "user": "U0MEI", "tab": "home", "channel": "D1"}
    assert [office.event(opened).status for _ in range(3)] == [200, 200, 200]
    assert [e.kind.value for e in office.events()] == ["home.opened"]


def test_the_messages_tab_asks_for_nothing(office: Office) -> None:
    office.event({"type": "app_home_opened", "user": "U0MEI", "tab": "messages", "channel": "D1"})
    assert office.events() == []


def test_a_stranger_is_told_whom_to_ask(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    answer = office.click("request.approve", Ref(id="rq0000000001").pack(), user="U0NEW")
    assert answer.status == 200
    assert slack.responses[0]["response_type"] == "ephemeral"
    assert "slack: U0NEW" in slack.responses[0]["text"]
    assert office.events() == []


def test_a_strangers_command_is_answered_in_place(office: Office) -> None:
    assert "Ask an owner" in office.command("", user="U0NEW").json["text"]


def test_a_fault_of_ours_is_kind_and_has_a_reference(office: Office, caplog: Any) -> None:
    class Broken:
        def find(self, text: str) -> None:
            raise RuntimeError("no such luck")

    vars(office.desk)["bookings"] = Broken()
    answer = office.command("find ana")
    assert answer.status == 200
    reference = answer.json["text"].split()[-1].rstrip(".")
    assert f"reference {reference}" in caplog.text
    assert "no such luck" not in answer.json["text"]


def test_a_click_nobody_answers_is_not_found(office: Office) -> None:
    assert office.click("unknown.action", "{}").status == 404


def test_a_card_of_an_older_version_is_answered_kindly(office: Office, slack: FakeSlack) -> None:
    office.click("request.approve", '{"v":9,"id":"x"}')
    assert "older version" in slack.responses[0]["text"]


def test_the_waiting_path_never_retries(office: Office, slack: FakeSlack) -> None:
    slack.answer("views.open", (429, {"Retry-After": "30"}, {"ok": False, "error": "ratelimited"}))
    answer = office.command("")
    assert answer.status == 200
    assert "try once more" in answer.json["text"]
    assert len(slack.of("views.open")) == 1
