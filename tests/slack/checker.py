"""Slack's published limits, as a strict reader of what we send (docs.slack.dev, Block Kit reference)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MESSAGE = 50
VIEW = 100
ELEMENT_LIMITS = {"actions": 25, "context": 10}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def faults_of_message(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    found = list(_blocks(blocks, MESSAGE))
    if not text.strip():
        found.append("a message needs a text that makes sense read aloud")
    if units(text) > 4000:
        found.append("fallback text too long")
    if re.search(r"<[@!#]|:[a-z_]+:", text):
        found.append(f"fallback text is not plain: {text!r}")
    return found


def faults_of_view(view: dict[str, Any]) -> list[str]:
    found = list(_blocks(view["blocks"], VIEW))
    if view["type"] == "modal":
        for part in ("title", "submit", "close"):
            if part in view:
                found += _text(view[part], 24, part)
        if any(b["type"] == "input" for b in view["blocks"]) and "submit" not in view:
            found.append("inputs need a submit button")
    if len(view.get("private_metadata") or "") > 3000:
        found.append("private_metadata too long")
    return found


def _blocks(blocks: list[dict[str, Any]], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    if sum(b["type"] == "table" for b in blocks) > 1:
        yield "more than one table"
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(ids) != len(set(ids)):
        yield f"block ids are not unique: {ids}"
    for block in blocks:
        yield from _block(block)


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if len(block.get("block_id", "")) > 255:
        yield "block id too long"
    match kind:
        case "section":
            if "text" not in block and not block.get("fields"):
                yield "a section needs text or fields"
            if "text" in block:
                yield from _text(block["text"], 3000, kind)
            if len(block.get("fields", [])) > 10:
                yield "too many fields"
            for field in block.get("fields", []):
                yield from _text(field, 2000, "field")
        case "header":
            yield from _text(block["text"], 150, kind)
        case "context" | "actions":
            if not 1 <= len(block["elements"]) <= ELEMENT_LIMITS[kind]:
                yield f"{len(block['elements'])} elements in {kind}"
        case "input":
            yield from _text(block["label"], 2000, "label")
            if block.get("hint"):
                yield from _text(block["hint"], 2000, "hint")
        case "divider":
            pass
        case "table":
            if not 1 <= len(block["rows"]) <= 100 or not all(1 <= len(row) <= 20 for row in block["rows"]):
                yield "table too large"
            if not all(c["type"] == "raw_text" and c["text"].strip() for row in block["rows"] for c in row):
                yield "an empty cell"
        case _:
            yield f"unexpected block {kind}"
    elements = block.get("elements", []) + [block[k] for k in ("element", "accessory") if block.get(k)]
    actions = [e["action_id"] for e in elements if "action_id" in e]
    if len(actions) != len(set(actions)):
        yield f"action ids of a block are not unique: {actions}"
    for element in elements:
        yield from _element(element)


def _element(element: dict[str, Any]) -> Iterator[str]:
    kind = element["type"]
    match kind:
        case "mrkdwn" | "plain_text":
            yield from _text(element, 2000, "context")
        case "button":
            yield from _text(element["text"], 75, kind)
            if len(element.get("value", "")) > 2000:
                yield "button value too long"
        case "overflow":
            yield from _options(element["options"], 5)
        case "static_select":
            yield from _options(element["options"], 100)
            if element.get("initial_option") and element["initial_option"] not in element["options"]:
                yield "the initial option is not among the options"
        case "radio_buttons" | "checkboxes":
            yield from _options(element["options"], 10)
        case "plain_text_input":
            if units(element.get("initial_value", "")) > element.get("max_length", 3000):
                yield "initial value too long"
        case "datepicker":
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2026-01-01")):
                yield "initial date"
        case "timepicker":
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "10:00")):
                yield "initial time"
        case _:
            yield f"unexpected element {kind}"
    if element.get("placeholder"):
        yield from _text(element["placeholder"], 150, "placeholder")
    if element.get("confirm"):
        limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        for part, limit in limits.items():
            yield from _text(element["confirm"][part], limit, f"confirm {part}")


def _options(options: list[dict[str, Any]], most: int) -> Iterator[str]:
    if not 1 <= len(options) <= most:
        yield f"{len(options)} options"
    values = [o["value"] for o in options]
    if len(values) != len(set(values)):
        yield f"option values are not unique: {values}"
    for option in options:
        yield from _text(option["text"], 75, "option")
        if units(option["value"]) > 150:
            yield "option value too long"
        if option.get("description"):
            yield from _text(option["description"], 75, "description")


OUR_LINK = r"https://docs\.google\.com/spreadsheets/d/[A-Za-z0-9_-]+\|Open the sheet"
UNTIL = r"<!date\^\d+\^\{time\}\|[^<>|]+>"
"""A time that is waited for; all others are wall time."""
"""Words of others never make a link; this one is made of the rules' own sheet."""


def _text(text: dict[str, Any], most: int, where: str) -> Iterator[str]:
    if not text["text"].strip():
        yield f"{where}: empty text"
    if units(text["text"]) > most:
        yield f"{where}: {units(text['text'])} units"
    if text["type"] == "mrkdwn":
        if text.get("verbatim") is not True:
            yield f"{where}: mrkdwn that is not verbatim"
        for token in re.findall(r"<[^>]*>?", text["text"]):
            if not re.fullmatch(rf"<@[UW][A-Z0-9]+>|<{OUR_LINK}>|{UNTIL}", token):
                yield f"{where}: unexpected token {token!r}"
        if re.search(r"&(?!amp;|lt;|gt;)", text["text"]):
            yield f"{where}: broken entity"
