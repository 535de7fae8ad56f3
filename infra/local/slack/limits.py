"""Block Kit's limits, checked as Slack checks them. Numbers: docs.slack.dev, reference/block-kit.

Each fault reads like Slack's own: `must be less than 151 characters [json-pointer:/blocks/0/text]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.local.slack.elements import COMPONENTS, check_element, check_text

MESSAGE_BLOCKS, VIEW_BLOCKS, ACTIONS_ELEMENTS, CONTEXT_ELEMENTS, SECTION_FIELDS = 50, 100, 25, 10, 10
SECTION_TEXT, FIELD_TEXT, HEADER_TEXT, ID_LENGTH = 3000, 2000, 150, 255
MODAL_TITLE, PRIVATE_METADATA, INPUT_LABEL, INPUT_HINT, VIDEO_ALT = 24, 3000, 2000, 2000, 2000
MESSAGE_TEXT, CALLBACK_ID = 40_000, 255
TABLES, TABLE_ROWS, TABLE_CELLS = 1, 100, 20

IN_ACTIONS = frozenset(COMPONENTS) - {
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input", "image", "mrkdwn",
    "plain_text",
}  # fmt: skip
IN_INPUT = frozenset(
    {
        "plain_text_input", "email_text_input", "url_text_input", "number_input", "checkboxes", "radio_buttons",
        "datepicker", "timepicker", "datetimepicker", "static_select", "external_select", "users_select",
        "conversations_select", "channels_select", "multi_static_select", "multi_external_select",
        "multi_users_select", "multi_conversations_select", "multi_channels_select", "file_input",
        "rich_text_input",
    }
)  # fmt: skip
AS_ACCESSORY = IN_ACTIONS | {"image"}
IN_MESSAGES = frozenset(
    {
        "section",
        "divider",
        "image",
        "actions",
        "context",
        "header",
        "input",
        "rich_text",
        "video",
        "markdown",
        "table",
    }
)
IN_VIEWS = (IN_MESSAGES - {"markdown", "table"}) | {"alert"}


def check_message(message: Mapping[str, Any]) -> list[str]:
    """Every fault of a message's `text` and `blocks`."""
    faults = []
    if len(str(message.get("text") or "")) > MESSAGE_TEXT:
        faults.append("msg_too_long [json-pointer:/text]")
    return faults + list(_blocks(message.get("blocks") or [], MESSAGE_BLOCKS, IN_MESSAGES))


def check_view(view: Any) -> list[str]:
    """Every fault of a modal or an App Home."""
    if not isinstance(view, Mapping):
        return ["must be an object [json-pointer:/view]"]
    faults: list[str] = []
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        faults.append("must be one of: modal, home [json-pointer:/view/type]")
    if kind == "modal":
        for part in ("title", "submit", "close"):
            if part == "title" or view.get(part) is not None:
                faults += check_text(view.get(part), f"/view/{part}", MODAL_TITLE, plain=True)
    blocks = view.get("blocks")
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        return [*faults, "missing required field: blocks [json-pointer:/view/blocks]"]
    faults += _blocks(blocks, VIEW_BLOCKS, IN_VIEWS, "/view/blocks")
    needs_submit = any(isinstance(b, Mapping) and b.get("type") == "input" for b in blocks)
    if kind == "modal" and needs_submit and not view.get("submit"):
        faults.append("`submit` is required when an `input` block is within the `blocks` array")
    for part, most in (("private_metadata", PRIVATE_METADATA), ("callback_id", CALLBACK_ID)):
        if len(str(view.get(part) or "")) > most:
            faults.append(f"must be less than {most + 1} characters [json-pointer:/view/{part}]")
    return faults


def _blocks(blocks: Any, most: int, allowed: frozenset[str], at: str = "/blocks") -> Iterator[str]:
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        yield f"must be an array [json-pointer:{at}]"
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    if sum(isinstance(b, Mapping) and b.get("type") == "table" for b in blocks) > TABLES:
        yield f"only_one_table_allowed [json-pointer:{at}]"
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"{at}/{number}"
        if not isinstance(block, Mapping):
            yield f"must be an object [json-pointer:{where}]"
            continue
        if block.get("type") not in allowed:
            yield f"unsupported type: {block.get('type')} [json-pointer:{where}/type]"
            continue
        id_ = block.get("block_id")
        if id_ is not None:
            if not 1 <= len(str(id_)) <= ID_LENGTH:
                yield f"must be less than {ID_LENGTH + 1} characters [json-pointer:{where}/block_id]"
            if id_ in seen:
                yield f"`block_id` already exists: {id_} [json-pointer:{where}/block_id]"
            seen.add(str(id_))
        yield from _block(block, where)


def _block(block: Mapping[str, Any], at: str) -> Iterator[str]:
    match block["type"]:
        case "section":
            yield from _section(block, at)
        case "header":
            yield from check_text(block.get("text"), f"{at}/text", HEADER_TEXT, plain=True)
        case "actions":
            yield from _elements(block, at, ACTIONS_ELEMENTS, IN_ACTIONS)
            yield from _unique_actions(block.get("elements"), at)
        case "context":
            yield from _elements(block, at, CONTEXT_ELEMENTS, frozenset({"mrkdwn", "plain_text", "image"}))
        case "input":
            yield from _input(block, at)
        case "image":
            yield from check_element({**block, "type": "image"}, at, frozenset({"image"}))
        case "table":
            yield from _table(block, at)
        case "markdown":
            if not 1 <= len(str(block.get("text") or "")) <= 12_000:
                yield f"must be less than 12001 characters [json-pointer:{at}/text]"


def _section(block: Mapping[str, Any], at: str) -> Iterator[str]:
    text, fields = block.get("text"), block.get("fields")
    if text is None and not fields:
        yield f"missing required field: text or fields [json-pointer:{at}]"
    if text is not None:
        yield from check_text(text, f"{at}/text", SECTION_TEXT)
    if fields is not None:
        if not 1 <= len(fields) <= SECTION_FIELDS:
            yield f"between 1 and {SECTION_FIELDS} items allowed [json-pointer:{at}/fields]"
        for number, field in enumerate(fields):
            yield from check_text(field, f"{at}/fields/{number}", FIELD_TEXT)
    if block.get("accessory") is not None:
        yield from check_element(block["accessory"], f"{at}/accessory", AS_ACCESSORY)


def _table(block: Mapping[str, Any], at: str) -> Iterator[str]:
    rows, settings = block.get("rows"), block.get("column_settings") or ()
    if not isinstance(rows, Sequence) or not 1 <= len(rows) <= TABLE_ROWS:
        yield f"between 1 and {TABLE_ROWS} items allowed [json-pointer:{at}/rows]"
        return
    if len(settings) > TABLE_CELLS:
        yield f"no more than {TABLE_CELLS} items allowed [json-pointer:{at}/column_settings]"
    for number, row in enumerate(rows):
        if not isinstance(row, Sequence) or not 1 <= len(row) <= TABLE_CELLS:
            yield f"between 1 and {TABLE_CELLS} items allowed [json-pointer:{at}/rows/{number}]"
            continue
        for place, cell in enumerate(row):
            kind = cell.get("type") if isinstance(cell, Mapping) else None
            if kind not in {"raw_text", "rich_text"}:
                yield f"unsupported type: {kind} [json-pointer:{at}/rows/{number}/{place}]"
            elif kind == "raw_text" and not cell.get("text"):
                yield f"must be more than 0 characters [json-pointer:{at}/rows/{number}/{place}/text]"


def _elements(block: Mapping[str, Any], at: str, most: int, allowed: frozenset[str]) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, Sequence) or not elements:
        yield f"no fewer than 1 items required [json-pointer:{at}/elements]"
        return
    if len(elements) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}/elements]"
    for number, element in enumerate(elements):
        yield from check_element(element, f"{at}/elements/{number}", allowed)


def _unique_actions(elements: Any, at: str) -> Iterator[str]:
    ids = [str(e["action_id"]) for e in elements or () if isinstance(e, Mapping) and e.get("action_id")]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"`action_id` already exists: {id_} [json-pointer:{at}/elements]"


def _input(block: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from check_text(block.get("label"), f"{at}/label", INPUT_LABEL, plain=True)
    if block.get("hint") is not None:
        yield from check_text(block["hint"], f"{at}/hint", INPUT_HINT, plain=True)
    yield from check_element(block.get("element"), f"{at}/element", IN_INPUT)
