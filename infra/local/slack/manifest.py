"""What `manifest.yml` tells Slack: the commands and shortcuts offered to people, the events sent to the app."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MANIFEST = Path(__file__).parents[3] / "manifest.yml"


@dataclass(frozen=True)
class Manifest:
    commands: tuple[dict[str, Any], ...] = ()
    shortcuts: tuple[dict[str, Any], ...] = ()
    events: tuple[str, ...] = ()
    messages_tab: bool = True


@cache
def manifest(path: Path = MANIFEST) -> Manifest:
    """An absent file is an app without commands."""
    if not path.exists():
        return Manifest()
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    features = data.get("features", {})
    subscriptions = data.get("settings", {}).get("event_subscriptions", {})
    return Manifest(
        tuple(features.get("slash_commands", ())),
        tuple(features.get("shortcuts", ())),
        tuple(subscriptions.get("bot_events", ())),
        bool(features.get("app_home", {}).get("messages_tab_enabled")),
    )
