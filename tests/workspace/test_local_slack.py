from __future__ import annotations

import json

import pytest

from infra.local.slack.door import Answer
from infra.local.slack.people import DESK, STRANGER
from infra.local.slack.state import SlackError

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "A card"}},
    {
        "type": "actions",
        "block_id": "ask",
        "elements": [
            {
                "type": "button",
                "action_id": "yes",
                "value": "v1",
                "text": {"type": "plain_text", "text": "Yes"},
            }
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Go"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}


def seen(slack, user="U0LENA", channel=DESK):
    return [row["text"] for row in slack.state.history(channel, user)]


# --- the Web API ---


def test_a_wrong_token_an_unknown_method_and_an_unknown_channel_are_refused_as_slack_does(slack):
    assert slack.api.call("auth.test", "", {})["error"] == "not_authed"
    assert slack.api.call("auth.test", "xoxb-bad", {})["error"] == "invalid_auth"
    assert slack.call("chat.shout")["error"] == "unknown_method"
    assert slack.call("chat.postMessage", channel="#nowhere", text="x")["error"] == "channel_not_found"


def test_a_card_is_posted_by_channel_name_changed_in_place_and_deleted(slack):
    posted = slack.call("chat.postMessage", channel="#front-desk", text="card", blocks=CARD)
    assert posted["ok"]
    assert posted["channel"] == DESK
    assert slack.call("chat.update", channel=DESK, ts=posted["ts"], text="card, done")["ok"]
    assert seen(slack) == ["card, done"]
    assert slack.call("chat.delete", channel=DESK, ts=posted["ts"])["ok"]
    assert slack.call("chat.update", channel=DESK, ts=posted["ts"], text="x")["error"] == "message_not_found"


def test_blocks_may_come_as_json_text_as_in_a_form(slack):
    assert slack.call("chat.postMessage", channel=DESK, text="card", blocks=json.dumps(CARD))["ok"]
    assert slack.call("chat.postMessage", channel=DESK, text="card", blocks="[{")["error"] == "invalid_json"


def test_a_refused_call_says_why_and_is_kept_for_the_people_watching(slack, db):
    answer = slack.call("chat.postMessage", channel=DESK, text="x", blocks=CARD * 2)
    assert answer["error"] == "invalid_blocks"
    assert "already exists" in answer["response_metadata"]["messages"][0]
    kept = db.one("select * from slack_errors")
    assert (kept["method"], kept["error"]) == ("chat.postMessage", "invalid_blocks")
    assert seen(slack) == []


def test_an_ephemeral_message_is_seen_by_one_person_and_no_update_reaches_it(slack):
    ts = slack.call("chat.postEphemeral", channel=DESK, user="U0MEI", text="psst")["message_ts"]
    assert (seen(slack, "U0MEI"), seen(slack, "U0LENA")) == (["psst"], [])
    assert slack.call("chat.update", channel=DESK, ts=ts, text="x")["error"] == "message_not_found"


def test_nobody_else_s_message_can_be_changed(slack):
    ts = slack.interactions.say("U0LENA", DESK, "hello")["ts"]
    assert slack.call("chat.update", channel=DESK, ts=ts, text="x")["error"] == "cant_update_message"


def test_timestamps_are_unique_and_rise_while_the_clock_stands_still(slack):
    stamps = [slack.call("chat.postMessage", channel=DESK, text=str(n))["ts"] for n in range(30)]
    assert stamps == sorted(set(stamps))


def test_a_trigger_opens_one_view_within_three_seconds(slack):
    trigger = slack.state.trigger("U0LENA")
    opened = slack.call("views.open", trigger_id=trigger, view=MODAL)
    assert opened["view"]["state"] == {"values": {}}
    assert slack.call("views.open", trigger_id=trigger, view=MODAL)["error"] == "exchanged_trigger_id"
    assert slack.call("views.open", trigger_id="made.up", view=MODAL)["error"] == "invalid_trigger_id"
    late = slack.state.trigger("U0LENA")
    slack.state._triggers[late].born -= 3.1
    assert slack.call("views.open", trigger_id=late, view=MODAL)["error"] == "expired_trigger_id"


def test_an_update_with_an_old_hash_conflicts_and_a_closed_view_is_not_found(slack):
    view = slack.call("views.open", trigger_id=slack.state.trigger("U0LENA"), view=MODAL)["view"]
    fresh = slack.call("views.update", view_id=view["id"], hash=view["hash"], view=MODAL)
    assert fresh["ok"]
    again = slack.call("views.update", view_id=view["id"], hash=view["hash"], view=MODAL)
    assert again["error"] == "hash_conflict"
    slack.interactions.close("U0LENA", view["id"])
    assert slack.call("views.update", view_id=view["id"], view=MODAL)["error"] == "not_found"


def test_views_stack_three_deep(slack):
    slack.call("views.open", trigger_id=slack.state.trigger("U0LENA"), view=MODAL)
    for _ in range(2):
        assert slack.call("views.push", trigger_id=slack.state.trigger("U0LENA"), view=MODAL)["ok"]
    deep = slack.call("views.push", trigger_id=slack.state.trigger("U0LENA"), view=MODAL)
    assert deep["error"] == "push_limit_reached"


def test_a_home_is_published_for_each_person(slack):
    home = {"type": "home", "blocks": CARD}
    assert slack.call("views.publish", user_id="U0MEI", view=home)["ok"]
    assert slack.state.home("U0MEI")["blocks"][0]["text"]["text"] == "A card"
    assert slack.state.home("U0LENA") is None
    assert slack.call("views.publish", user_id="U0MEI", view=MODAL)["error"] == "invalid_arguments"
    assert slack.call("views.publish", user_id="U0NOBODY", view=home)["error"] == "user_not_found"


def test_people_come_from_the_rules_and_one_is_a_stranger(slack):
    assert slack.call("users.info", user="U0MEI")["user"]["real_name"] == "Mei"
    assert slack.call("users.info", user=STRANGER)["ok"]
    assert slack.call("users.info", user="U0NOBODY")["error"] == "user_not_found"


# --- what people do ---


def test_a_command_carries_who_where_and_what(slack):
    slack.interactions.command("U0MEI", DESK, "/book colour for Ana Fri 2pm")
    name, fields = slack.door.sent[0]
    assert name == "/book"
    assert (fields["command"], fields["text"]) == ("/book", "colour for Ana Fri 2pm")
    assert (fields["user_id"], fields["channel_id"], fields["channel_name"]) == ("U0MEI", DESK, "front-desk")
    assert fields["response_url"].startswith("http://127.0.0.1:1/_slack/response/")
    assert slack.state.spend_trigger(fields["trigger_id"]) == "U0MEI"


@pytest.mark.parametrize("body", [b"Hello", b'{"text": "Hello"}'])
def test_a_command_s_answer_is_seen_by_the_person_who_asked(slack, body):
    slack.door.answer = Answer(200, body, 5)
    slack.interactions.command("U0MEI", DESK, "/book help")
    assert (seen(slack, "U0MEI"), seen(slack, "U0LENA")) == (["Hello"], [])


def test_a_command_without_an_answer_in_three_seconds_timed_out(slack):
    slack.door.answer = Answer(0, b"", 3001)
    result = slack.interactions.command("U0MEI", DESK, "/book")
    assert "operation_timeout" in result["problem"]
    assert "operation_timeout" in seen(slack, "U0MEI")[0]


def test_a_command_that_is_not_in_the_manifest_never_reaches_the_app(slack):
    assert "not a valid command" in slack.interactions.command("U0MEI", DESK, "/dance")["problem"]
    assert slack.door.sent == []


def click(slack, ts, user="U0MEI", action_id="yes"):
    return slack.interactions.click(
        user,
        block_id="ask",
        action_id=action_id,
        chosen={},
        values={"b": {"a": {"type": "datepicker", "selected_date": "2026-05-05"}}},
        channel=DESK,
        ts=ts,
    )


def test_a_click_carries_the_button_its_message_and_the_state_of_the_inputs(slack):
    ts = slack.call("chat.postMessage", channel=DESK, text="card", blocks=CARD)["ts"]
    assert click(slack, ts) == {"ok": True}
    payload = slack.door.sent[0][1]
    assert payload["type"] == "block_actions"
    assert (payload["actions"][0]["value"], payload["actions"][0]["block_id"]) == ("v1", "ask")
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == ts
    assert payload["state"]["values"]["b"]["a"]["selected_date"] == "2026-05-05"
    assert payload["user"]["id"] == "U0MEI"


def test_a_click_on_a_button_that_is_gone_stays_in_slack(slack):
    ts = slack.call("chat.postMessage", channel=DESK, text="card", blocks=CARD)["ts"]
    assert click(slack, ts, action_id="no")["ok"] is False
    assert slack.door.sent == []


def test_a_response_url_replaces_deletes_or_whispers(slack):
    ts = slack.call("chat.postMessage", channel=DESK, text="card", blocks=CARD)["ts"]
    click(slack, ts)
    url = slack.door.sent[0][1]["response_url"].rpartition("/")[2]
    slack.interactions.respond(url, {"replace_original": True, "text": "done"})
    assert seen(slack) == ["done"]
    slack.interactions.respond(url, {"text": "only you", "response_type": "ephemeral"})
    assert (seen(slack, "U0MEI"), seen(slack)) == (["done", "only you"], ["done"])
    slack.interactions.respond(url, {"delete_original": True})
    assert seen(slack) == []
    for _ in range(2):
        slack.interactions.respond(url, {"text": "more"})
    with pytest.raises(SlackError, match="used_url"):
        slack.interactions.respond(url, {"text": "a sixth time"})


def open_modal(slack, user="U0MEI"):
    return slack.call("views.open", trigger_id=slack.state.trigger(user), view=MODAL)["view"]["id"]


def submit(slack, view, answer):
    slack.door.answer = Answer(200, json.dumps(answer).encode() if answer is not None else b"", 5)
    return slack.interactions.submit("U0MEI", view, {"name": {"name": {"value": "Ana"}}})


def test_a_submission_carries_the_values_and_an_empty_answer_closes_the_modal(slack):
    view = open_modal(slack)
    assert submit(slack, view, None) == {"ok": True}
    payload = slack.door.sent[0][1]
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"]["name"]["name"]["value"] == "Ana"
    assert slack.state.top_view("U0MEI") is None


def test_errors_keep_the_modal_open_beside_their_fields(slack):
    view = open_modal(slack)
    answer = submit(slack, view, {"response_action": "errors", "errors": {"name": "Too short"}})
    assert answer["errors"] == {"name": "Too short"}
    assert slack.state.top_view("U0MEI")["id"] == view


def test_errors_for_a_block_that_is_no_input_are_refused(slack, db):
    answer = submit(slack, open_modal(slack), {"response_action": "errors", "errors": {"other": "?"}})
    assert "trouble" in answer["problem"]
    assert "other" in db.one("select messages from slack_errors")["messages"]


def test_update_push_and_clear_change_the_stack(slack):
    view = open_modal(slack)
    changed = {**MODAL, "title": {"type": "plain_text", "text": "Second"}}
    submit(slack, view, {"response_action": "update", "view": changed})
    assert slack.state.view(view)["title"]["text"] == "Second"
    submit(slack, view, {"response_action": "push", "view": MODAL})
    assert slack.state.top_view("U0MEI")["depth"] == 2
    submit(slack, slack.state.top_view("U0MEI")["id"], {"response_action": "clear"})
    assert slack.state.top_view("U0MEI") is None


def test_a_closed_modal_is_told_when_it_asked_to_be(slack):
    view = open_modal(slack)
    slack.interactions.close("U0MEI", view)
    assert slack.door.sent[0][1]["type"] == "view_closed"
    assert slack.state.top_view("U0MEI") is None


def test_opening_the_home_sends_the_event(slack):
    slack.interactions.open_home("U0LENA")
    assert slack.door.sent[0][0] == "app_home_opened"
    assert slack.door.sent[0][1]["user"] == "U0LENA"
