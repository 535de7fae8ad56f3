"""Words of the commands: help, explanations, and kind answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, card, context, section
from blocks.ids import Command
from blocks.when import resource_name, service_name
from handlers.domain.rules.model import Rules
from handlers.domain.zone import say_minutes

USES = {
    "": "open the booking form",
    "colour for Ana Fri 2pm +65 8123 4567": "open it filled in from what you write",
    "find <name | last digits | id>": "find a booking and act on it",
    "why <when> [service]": 'why a time isn\'t offered, e.g. "why tue 3pm haircut"',
    "audit <name | id>": "everything that happened to a booking, and who did it",
    "help": "this",
}
WAITLIST_USES = {
    "": "the list: find, edit, bump, pause, remove, and why",
    "add colour for Ana sat +65 8123 4567": "put somebody on it, filled in from what you write",
    "find <name | last digits>": "the list, with them alone",
    "why <name> [when]": 'why they were, or were not, given a time, e.g. "why ana sat 2pm"',
    "help": "this",
}
COMMANDS = {Command.BOOK: USES, Command.WAITLIST: WAITLIST_USES}


def help_card() -> Card:
    lines = [
        f"`{command}{' ' if use else ''}{t.said(use)}` \N{EM DASH} {t.said(what)}"
        for command, uses in COMMANDS.items()
        for use, what in uses.items()
    ]
    blocks: list[Block] = [
        section("*What I can do*\n" + "\n".join(lines)),
        context(
            "Also: open the *Home* tab for today and what waits for you; use *Book from this message* in a message's menu."
        ),
    ]
    return card(
        f"{Command.BOOK} opens the booking form. {Command.BOOK} find, why, audit and help do what they say. "
        f"{Command.WAITLIST} opens the waitlist. {Command.WAITLIST} add, find, why and help do what they say.",
        blocks,
    )


_CLOCK = re.compile(r"\b([01]\d|2[0-4]):([0-5]\d)\b")
_LENGTH = re.compile(r"\b(\d+)([hmd])\b")
_UNITS = {"h": "hour", "m": "minute", "d": "day"}


def _spoken(why: str) -> str:
    """`break 13:00-14:00` -> `break 1:00 pm to 2:00 pm`; `minimum notice 1h` -> `minimum notice 1 hour`."""
    why = re.sub(r"(?<=:\d\d)-(?=\d\d:)", " to ", why)
    why = _CLOCK.sub(lambda m: say_minutes(int(m[1]) * 60 + int(m[2])), why)
    return _LENGTH.sub(lambda m: f"{m[1]} {_UNITS[m[2]]}{'' if m[1] == '1' else 's'}", why)


def why_card(rules: Rules, at: int, reasons: Mapping[str, Mapping[str, str]]) -> Card:
    """`reasons` per service: resource -> why it can't be booked there at `at`; "free" means it can."""
    when = rules.zone.say(at)
    blocks: list[Block] = [section(f"*{when}*")]
    for service, by_resource in list(reasons.items())[:20]:
        lines = [
            f"{':white_check_mark:' if why == 'free' else ':no_entry_sign:'} {t.name(resource_name(rules, r))}: "
            f"{t.said(_spoken(t.one_line(why)), 200)}"
            for r, why in list(by_resource.items())[:12]
        ]
        blocks.append(
            section(f"*{t.name(service_name(rules, service))}*\n" + ("\n".join(lines) or "nobody does this"))
        )
    aloud = "; ".join(
        f"{resource_name(rules, r)}: {_spoken(why)}" for by in reasons.values() for r, why in by.items()
    )
    return card(f"{when}. {aloud}", blocks)
