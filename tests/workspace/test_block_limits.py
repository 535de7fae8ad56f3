"""Slack's published limits, one good payload at the edge and one bad one past it."""

from __future__ import annotations

import pytest

from infra.local.slack.limits import check_message, check_view


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(text="hi", **more):
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text="Go", **more):
    return {"type": "button", "action_id": "a", "text": plain(text), **more}


def options(count, text="t", value="v"):
    return [{"text": plain(text), "value": f"{value}{n}"} for n in range(count)]


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements), **more}


def select(count, **more):
    return {"type": "static_select", "action_id": "s", "options": options(count), **more}


def field_input(element=None, **more):
    element = element or {"type": "plain_text_input", "action_id": "t"}
    return {"type": "input", "label": plain("L"), "element": element, **more}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": list(blocks), **more}


def table(rows=1, cells=1, **cell):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x", **cell}] * cells] * rows}


GOOD = {
    "100 rows of 20": [table(100, 20)],
    "50 blocks": [{"type": "divider"}] * 50,
    "section of 3000": [section("x" * 3000)],
    "fields of 2000": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "button text of 75": [actions(button("x" * 75, value="v" * 2000, url="u" * 3000))],
    "25 elements": [actions(*[button(action_id=f"a{n}") for n in range(25)])],
    "100 options": [actions(select(100))],
    "option text 75 value 150": [
        actions(
            {
                "type": "static_select",
                "action_id": "s",
                "options": [{"text": plain("x" * 75), "value": "v" * 150}],
            }
        )
    ],
    "10 radio buttons": [actions({"type": "radio_buttons", "action_id": "r", "options": options(10)})],
    "5 overflow options": [actions({"type": "overflow", "action_id": "o", "options": options(5)})],
    "10 context elements": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "ids of 255": [section(block_id="b" * 255, accessory=button(action_id="a" * 255))],
    "initial option among the options": [actions(select(3, initial_option=options(3)[1]))],
    "a date": [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-05-05"})],
}
BAD = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50"),
    "section of 3001": ([section("x" * 3001)], "less than 3001"),
    "empty section": ([section("")], "more than 0"),
    "field of 2001": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001"),
    "11 fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "between 1 and 10"),
    "section of nothing": ([{"type": "section"}], "text or fields"),
    "header of 151": ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "mrkdwn header": ([{"type": "header", "text": mrkdwn("x")}], "plain_text"),
    "button text of 76": ([actions(button("x" * 76))], "less than 76"),
    "button value of 2001": ([actions(button(value="v" * 2001))], "less than 2001"),
    "button url of 3001": ([actions(button(url="u" * 3001))], "less than 3001"),
    "button in a third style": ([actions(button(style="fancy"))], "primary"),
    "26 elements": ([actions(*[button(action_id=f"a{n}") for n in range(26)])], "no more than 25"),
    "no elements": ([actions()], "no fewer than 1"),
    "same action id twice": ([actions(button(), button())], "already exists"),
    "101 options": ([actions(select(101))], "no more than 100"),
    "option text of 76": (
        [actions({"type": "static_select", "action_id": "s", "options": options(1, text="x" * 76)})],
        "less than 76",
    ),
    "option value of 151": (
        [actions({"type": "static_select", "action_id": "s", "options": options(1, value="v" * 150)})],
        "between 1 and 150",
    ),
    "no options": ([actions(select(0))], "no fewer than 1"),
    "11 radio buttons": (
        [actions({"type": "radio_buttons", "action_id": "r", "options": options(11)})],
        "no more than 10",
    ),
    "6 overflow options": (
        [actions({"type": "overflow", "action_id": "o", "options": options(6)})],
        "no more than 5",
    ),
    "11 context elements": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10"),
    "a button in a context": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "block id of 256": ([section(block_id="b" * 256)], "less than 256"),
    "action id of 256": ([actions(button(action_id="a" * 256))], "less than 256"),
    "block id twice": ([section(block_id="b"), section(block_id="b")], "already exists"),
    "initial option from elsewhere": (
        [actions(select(3, initial_option={"text": plain("t"), "value": "elsewhere"}))],
        "not one of the options",
    ),
    "a date in words": (
        [actions({"type": "datepicker", "action_id": "d", "initial_date": "tomorrow"})],
        "pattern",
    ),
    "confirm title of 101": (
        [actions(button(confirm={"title": plain("x" * 101), "text": plain("t")}))],
        "less than 101",
    ),
    "image without alt text": ([{"type": "image", "image_url": "https://x/y.png"}], "alt_text"),
    "a text input in actions": ([actions({"type": "plain_text_input", "action_id": "t"})], "unsupported type"),
    "101 rows": ([table(101)], "between 1 and 100"),
    "no rows": ([table(0)], "between 1 and 100"),
    "21 cells": ([table(1, 21)], "between 1 and 20"),
    "an empty cell": ([table(text="")], "more than 0"),
    "a cell of mrkdwn": ([table(type="mrkdwn")], "unsupported type: mrkdwn"),
    "two tables": ([table(), table()], "only_one_table_allowed"),
    "21 column settings": ([table() | {"column_settings": [{}] * 21}], "no more than 20"),
    "an unknown block": ([{"type": "carousel"}], "unsupported type: carousel"),
    "no array": ("[]", "must be an array"),
}  # fmt: skip


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_a_message_at_the_limit_is_taken(blocks):
    assert check_message({"text": "t", "blocks": blocks}) == []


@pytest.mark.parametrize(("blocks", "says"), BAD.values(), ids=BAD)
def test_a_message_past_the_limit_says_what_is_wrong(blocks, says):
    faults = check_message({"text": "t", "blocks": blocks})
    assert len(faults) == 1
    assert says in faults[0]
    assert "json-pointer:/blocks" in faults[0]


GOOD_VIEWS = {
    "title of 24": modal(
        section(), title=plain("x" * 24), submit=plain("y" * 24), close=plain("z" * 24)
    ),
    "100 blocks": modal(*[{"type": "divider"}] * 100),
    "input with submit": modal(field_input()),
    "metadata of 3000": modal(section(), private_metadata="m" * 3000),
    "home": {"type": "home", "blocks": [section()]},
}  # fmt: skip
BAD_VIEWS = {
    "title of 25": (modal(section(), title=plain("x" * 25)), "less than 25"),
    "submit of 25": (modal(section(), submit=plain("x" * 25)), "less than 25"),
    "close of 25": (modal(section(), close=plain("x" * 25)), "less than 25"),
    "no title": ({"type": "modal", "blocks": []}, "/view/title"),
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "no more than 100"),
    "input without submit": (modal(field_input(), submit=None), "`submit` is required"),
    "metadata of 3001": (modal(section(), private_metadata="m" * 3001), "less than 3001"),
    "a table": (modal(table()), "unsupported type: table"),
    "a button as input": (modal(field_input(button())), "unsupported type: button"),
    "number input that doesn't say if decimal": (
        modal(field_input({"type": "number_input", "action_id": "n"})),
        "is_decimal_allowed",
    ),
    "no view at all": (None, "must be an object"),
    "a third kind": ({"type": "page", "blocks": []}, "modal, home"),
}


@pytest.mark.parametrize("view", GOOD_VIEWS.values(), ids=GOOD_VIEWS)
def test_a_view_at_the_limit_is_taken(view):
    assert check_view(view) == []


@pytest.mark.parametrize(("view", "says"), BAD_VIEWS.values(), ids=BAD_VIEWS)
def test_a_view_past_the_limit_says_what_is_wrong(view, says):
    faults = check_view(view)
    assert len(faults) == 1
    assert says in faults[0]
