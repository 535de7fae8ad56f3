"""Block Kit's elements and composition objects, and their limits (docs.slack.dev, reference/block-kit)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BUTTON_TEXT, BUTTON_VALUE, URL_LENGTH, PLACEHOLDER, ACTION_ID = 75, 2000, 3000, 150, 255
OPTION_TEXT, OPTION_VALUE, OPTIONS, CHOICES, OVERFLOW = 75, 150, 100, 10, 5
CHOICE_TEXT = 3000  # radio buttons and checkboxes: docs say 75, the API takes mrkdwn of any section's length
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON, ALT_TEXT = 100, 300, 30, 2000

COMPONENTS = (
    "button", "static_select", "external_select", "users_select", "conversations_select", "channels_select",
    "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
    "multi_channels_select", "overflow", "datepicker", "timepicker", "datetimepicker", "radio_buttons",
    "checkboxes", "workflow_button", "plain_text_input", "email_text_input", "url_text_input", "number_input",
    "rich_text_input", "file_input", "image", "mrkdwn", "plain_text",
)  # fmt: skip


def check_text(text: Any, at: str, most: int, *, plain: bool = False) -> Iterator[str]:
    """A text object of 1..`most` characters; `plain` allows no mrkdwn."""
    if not isinstance(text, Mapping):
        yield f"missing required field [json-pointer:{at}]"
        return
    kind, content = text.get("type"), text.get("text")
    allowed = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if kind not in allowed:
        yield f"must be one of: {', '.join(sorted(allowed))} [json-pointer:{at}/type]"
    if not isinstance(content, str) or not content:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    elif len(content) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}/text]"


def check_element(element: Any, at: str, allowed: frozenset[str]) -> Iterator[str]:
    if not isinstance(element, Mapping):
        yield f"missing required field [json-pointer:{at}]"
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    if kind in {"mrkdwn", "plain_text"}:
        yield from check_text(element, at, 2000)
        return
    if kind == "image":
        yield from _image(element, at)
        return
    if len(str(element.get("action_id") or "")) > ACTION_ID:
        yield f"must be less than {ACTION_ID + 1} characters [json-pointer:{at}/action_id]"
    if element.get("placeholder") is not None:
        yield from check_text(element["placeholder"], f"{at}/placeholder", PLACEHOLDER, plain=True)
    if element.get("confirm") is not None:
        yield from _confirm(element["confirm"], f"{at}/confirm")
    yield from _own(kind, element, at)


def _own(kind: str, element: Mapping[str, Any], at: str) -> Iterator[str]:
    match kind:
        case "button":
            yield from _button(element, at)
        case "static_select" | "multi_static_select":
            yield from _select(element, at)
        case "radio_buttons" | "checkboxes":
            yield from _options(element.get("options"), f"{at}/options", CHOICES, text=CHOICE_TEXT)
            yield from _initial(element, at)
        case "overflow":
            yield from _options(element.get("options"), f"{at}/options", OVERFLOW)
        case "datepicker":
            yield from _format(element, at, "initial_date", r"\d{4}-\d{2}-\d{2}")
        case "timepicker":
            yield from _format(element, at, "initial_time", r"([01]\d|2[0-3]):[0-5]\d")
        case "number_input" if "is_decimal_allowed" not in element:
            yield f"missing required field: is_decimal_allowed [json-pointer:{at}]"
        case "plain_text_input" if int(element.get("max_length") or 1) > 3000:
            yield f"must be less than 3001 [json-pointer:{at}/max_length]"


def _button(element: Mapping[str, Any], at: str) -> Iterator[str]:
    yield from check_text(element.get("text"), f"{at}/text", BUTTON_TEXT, plain=True)
    for part, most in (("value", BUTTON_VALUE), ("url", URL_LENGTH)):
        if len(str(element.get(part) or "")) > most:
            yield f"must be less than {most + 1} characters [json-pointer:{at}/{part}]"
    if element.get("style") not in {None, "primary", "danger"}:
        yield f"must be one of: primary, danger [json-pointer:{at}/style]"


def _select(element: Mapping[str, Any], at: str) -> Iterator[str]:
    groups = element.get("option_groups")
    if (element.get("options") is None) == (groups is None):
        yield f"exactly one of options and option_groups is needed [json-pointer:{at}]"
        return
    if groups is None:
        yield from _options(element["options"], f"{at}/options", OPTIONS)
    else:
        if not 1 <= len(groups) <= OPTIONS:
            yield f"no more than {OPTIONS} items allowed [json-pointer:{at}/option_groups]"
        for number, group in enumerate(groups):
            where = f"{at}/option_groups/{number}"
            yield from check_text(group.get("label"), f"{where}/label", OPTION_TEXT, plain=True)
            yield from _options(group.get("options"), f"{where}/options", OPTIONS)
    yield from _initial(element, at)


def _options(options: Any, at: str, most: int, text: int = OPTION_TEXT) -> Iterator[str]:
    if not isinstance(options, Sequence) or not options:
        yield f"no fewer than 1 items required [json-pointer:{at}]"
        return
    if len(options) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    values = [str(o.get("value")) for o in options if isinstance(o, Mapping)]
    for number, option in enumerate(options):
        where = f"{at}/{number}"
        if not isinstance(option, Mapping):
            yield f"must be an object [json-pointer:{where}]"
            continue
        yield from check_text(option.get("text"), f"{where}/text", text)
        if option.get("description") is not None:
            yield from check_text(option["description"], f"{where}/description", OPTION_TEXT)
        value = option.get("value")
        if not isinstance(value, str) or not 1 <= len(value) <= OPTION_VALUE:
            yield f"must be between 1 and {OPTION_VALUE} characters [json-pointer:{where}/value]"
        elif values.index(value) != number:
            yield f"option values must be unique: {value} [json-pointer:{where}/value]"


def _initial(element: Mapping[str, Any], at: str) -> Iterator[str]:
    """An initial option has to be exactly one of the options."""
    offered = list(element.get("options") or ())
    offered += [o for group in element.get("option_groups") or () for o in group.get("options") or ()]
    chosen = list(element.get("initial_options") or ())
    if element.get("initial_option") is not None:
        chosen.append(element["initial_option"])
    plain = [_same(o) for o in offered]
    if any(_same(option) not in plain for option in chosen):
        yield f"initial option is not one of the options [json-pointer:{at}/initial_option]"


def _same(option: Any) -> tuple[Any, Any]:
    return option.get("value"), (option.get("text") or {}).get("text")


def _confirm(confirm: Any, at: str) -> Iterator[str]:
    for part, most, plain in (
        ("title", CONFIRM_TITLE, True),
        ("text", CONFIRM_TEXT, False),
        ("confirm", CONFIRM_BUTTON, True),
        ("deny", CONFIRM_BUTTON, True),
    ):
        if part in {"title", "text"} or confirm.get(part) is not None:
            yield from check_text(confirm.get(part), f"{at}/{part}", most, plain=plain)


def _image(element: Mapping[str, Any], at: str) -> Iterator[str]:
    if not element.get("image_url") and not element.get("slack_file"):
        yield f"missing required field: image_url [json-pointer:{at}]"
    if len(str(element.get("image_url") or "")) > URL_LENGTH:
        yield f"must be less than {URL_LENGTH + 1} characters [json-pointer:{at}/image_url]"
    if not 1 <= len(str(element.get("alt_text") or "")) <= ALT_TEXT:
        yield f"must be between 1 and {ALT_TEXT} characters [json-pointer:{at}/alt_text]"


def _format(element: Mapping[str, Any], at: str, name: str, pattern: str) -> Iterator[str]:
    value = element.get(name)
    if value is not None and not re.fullmatch(pattern, str(value)):
        yield f"must match the pattern {pattern} [json-pointer:{at}/{name}]"
