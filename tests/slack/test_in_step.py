"""Ids, routes, what is rendered, help and manifest say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from blocks.help import help_card
from blocks.ids import ActionId, Command, EntryChoice, EventName, MenuChoice, ShortcutId, ViewId
from bot.listeners.bookings import MENU
from bot.listeners.waitlist import MENU as ROW
from bot.routes import ROUTES
from tests.slack import rendered
from tests.slack.samples import booking, request, rules

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
LISTENED = [*ActionId, *ViewId, *Command, *ShortcutId, *EventName]


@pytest.fixture(scope="module")
def sent() -> str:
    cards = [rendered.plain(c) for c in rendered.cards(rules(), request(), booking(), "words")]
    views = [v.to_dict() for v in rendered.views(rules(), request(), booking(), "words")]
    return json.dumps([cards, views])


def test_every_id_is_routed_and_nothing_else_is() -> None:
    assert set(ROUTES) == set(LISTENED)


@pytest.mark.parametrize("id_", [*ActionId, *ViewId])
def test_every_action_and_modal_is_rendered_somewhere(sent: str, id_: str) -> None:
    key = "action_id" if isinstance(id_, ActionId) else "callback_id"
    assert f'"{key}": "{id_}"' in sent


def test_every_action_that_is_rendered_is_an_id_of_ours(sent: str) -> None:
    from blocks.ids import Field

    found = set(re.findall(r'"action_id": "([^"]+)"', sent))
    assert found <= {*ActionId, *Field}


def test_every_menu_entry_does_something() -> None:
    assert set(MENU) == set(MenuChoice)


def test_every_choice_of_a_row_in_the_waitlist_does_something(sent: str) -> None:
    assert set(ROW) == set(EntryChoice)
    for choice in EntryChoice:
        assert f'\\"do\\":\\"{choice}\\"' in sent


def test_every_command_is_in_the_manifest_and_in_its_help() -> None:
    declared = {c["command"] for c in MANIFEST["features"]["slash_commands"]}
    assert declared == {*Command}
    for command in Command:
        assert f"`{command}" in str(rendered.plain(help_card()))


def test_every_shortcut_is_in_the_manifest() -> None:
    assert {s["callback_id"] for s in MANIFEST["features"]["shortcuts"]} == {*ShortcutId}


def test_every_event_is_in_the_manifest() -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == {*EventName}


def test_every_method_of_slack_we_call_has_its_scope() -> None:
    needs = {
        "chat.postMessage": "chat:write",
        "chat.update": "chat:write",
        "chat.postEphemeral": "chat:write",
        "conversations.history": "channels:history",
        "views.open": None,
        "views.push": None,
        "views.update": None,
        "views.publish": None,
    }
    code = (ROOT / "bot" / "messenger.py").read_text(encoding="utf-8")
    called = set(re.findall(r'"((?:chat|views|conversations)\.[A-Za-z]+)"', code))
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert called == set(needs)
    assert {s for s in needs.values() if s} <= scopes
    assert scopes == {"commands", "chat:write", "channels:history", "groups:history"}


TEXTS = [
    ("display_information.name", 1, 35),
    ("display_information.description", 1, 140),
    ("display_information.long_description", 174, 4000),
    ("features.bot_user.display_name", 1, 80),
    ("features.slash_commands.0.command", 2, 32),
    ("features.slash_commands.0.description", 1, 2000),
    ("features.slash_commands.0.usage_hint", 1, 1000),
    ("features.slash_commands.1.command", 2, 32),
    ("features.slash_commands.1.description", 1, 2000),
    ("features.slash_commands.1.usage_hint", 1, 1000),
    ("features.shortcuts.0.name", 1, 24),
    ("features.shortcuts.0.callback_id", 1, 255),
    ("features.shortcuts.0.description", 1, 150),
]
"""Lengths Slack's manifest schema (2.0.0) asks for."""


@pytest.mark.parametrize(("path", "least", "most"), TEXTS)
def test_texts_of_the_manifest_have_the_length_slack_takes(path: str, least: int, most: int) -> None:
    assert least <= len(_at(path)) <= most


SHAPE: dict[str, set[str]] = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "_metadata": {"major_version", "minor_version"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "features.shortcuts.0": {"name", "type", "callback_id", "description"},
    "features.slash_commands.0": {"command", "url", "description", "usage_hint", "should_escape"},
    "features.slash_commands.1": {"command", "url", "description", "usage_hint", "should_escape"},
    "oauth_config": {"scopes"},
    "oauth_config.scopes": {"bot"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "settings.event_subscriptions": {"request_url", "bot_events"},
    "settings.interactivity": {"is_enabled", "request_url"},
}


@pytest.mark.parametrize("path", SHAPE)
def test_the_manifest_has_the_parts_slack_knows_and_no_other(path: str) -> None:
    assert set(_at(path)) == SHAPE[path]


def test_all_of_slack_comes_to_one_address() -> None:
    settings = MANIFEST["settings"]
    urls = {settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    urls |= {c["url"] for c in MANIFEST["features"]["slash_commands"]}
    assert urls == {"https://frontdesk.example/slack/events"}
    assert re.fullmatch(r"#[0-9a-f]{6}", MANIFEST["display_information"]["background_color"])
    assert not settings["socket_mode_enabled"]
    assert not settings["token_rotation_enabled"]
    assert not settings["org_deploy_enabled"]


def _at(path: str) -> Any:
    found: Any = MANIFEST
    for part in filter(None, path.split(".")):
        found = found[int(part)] if part.isdigit() else found[part]
    return found
