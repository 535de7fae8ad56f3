"""Who and where: the local Slack's users and channels, taken from the live rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from handlers.domain.rules.model import Rules

TEAM, APP, BOT, BOT_USER = "T0FRONTDESK", "A0FRONTDESK", "BFRONTDESK", "UFRONTDESK"
STRANGER = "U0STRANGER"
DESK, GENERAL = "C0FRONTDESK", "C0GENERAL"


@dataclass(frozen=True)
class Person:
    """`role` is "owner", "staff", "" for somebody the rules don't know, or "bot"."""

    id: str
    name: str
    role: str = ""

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")

    def as_slack(self, timezone: str) -> dict[str, Any]:
        """A user object as `users.info` gives it."""
        profile = {"real_name": self.name, "display_name": self.name, "email": f"{self.handle}@staff.example"}
        return {
            "id": self.id,
            "team_id": TEAM,
            "name": self.handle,
            "real_name": self.name,
            "tz": timezone,
            "is_bot": self.role == "bot",
            "deleted": False,
            "profile": profile,
        }


@dataclass(frozen=True)
class Channel:
    """`user` is the person at the other end of a direct message with the bot."""

    id: str
    name: str
    user: str = ""

    def as_slack(self) -> dict[str, Any]:
        if self.user:
            return {"id": self.id, "is_im": True, "is_channel": False, "user": self.user}
        return {
            "id": self.id, "name": self.name, "is_channel": True, "is_im": False, "is_member": True,
            "is_archived": False, "is_private": False,
        }  # fmt: skip


class Directory:
    def __init__(self, rules: Callable[[], Rules], bot_user: str = BOT_USER, bot_id: str = BOT) -> None:
        self._rules = rules
        self.bot_user, self.bot_id = bot_user, bot_id

    @property
    def timezone(self) -> str:
        return self._rules().business.timezone

    @property
    def team_name(self) -> str:
        return self._rules().business.name

    def staff(self) -> tuple[Person, ...]:
        """Everybody one can act as: the staff of the rules, then a colleague the rules don't know."""
        known = tuple(Person(p.slack, p.name, p.role) for p in self._rules().staff)
        return (*known, Person(STRANGER, "Sam Visitor"))

    def person(self, id_: str) -> Person | None:
        if id_ == self.bot_user:
            return Person(id_, "Frontdesk", "bot")
        return next((p for p in self.staff() if p.id == id_), None)

    def channels(self) -> tuple[Channel, ...]:
        desk = self._rules().business.desk
        named = desk.startswith("#")
        return (
            Channel(DESK if named else desk, desk[1:] if named else "front-desk"),
            Channel(GENERAL, "general"),
        )

    def channel(self, wanted: str) -> Channel | None:
        """By id, by name with or without `#`, or a user id (their direct message with the bot)."""
        bare = wanted.removeprefix("#")
        for channel in self.channels():
            if bare in {channel.id, channel.name}:
                return channel
        if wanted.startswith(("U", "D")):
            person = self.person("U" + wanted[1:])
            if person and person.role != "bot":
                return Channel("D" + person.id[1:], person.handle, person.id)
        return None
