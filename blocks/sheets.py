"""The card about a Google Sheet that staff keep: which rows can't be used and what to write, until all is well."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, card, context, header, section
from handlers.domain.rules.model import Rules
from handlers.domain.sheets import RowFault, Told

SHOWN = 8
LISTS = {"waitlist": "waitlist", "appointments": "appointments"}
"""What people call each list."""


def sheet_card(rules: Rules, lane: str, told: Told) -> Card:
    name = LISTS.get(lane, lane)
    blocks: list[Block] = [header(f"The sheet of the {name} needs a look")]
    if told.trouble:
        blocks += [
            section(f":warning: It can't be synced: {t.said(told.trouble, 600)}"),
            context(f"The {name} goes on as it was. The sheet is tried again every few minutes."),
        ]
    if told.gone:
        blocks.append(section(f":warning: {_gone(rules, told, name)}"))
    if told.faults:
        blocks += [
            section(f":warning: {_count(told)}:"),
            section("\n".join(_line(fault) for fault in told.faults[:SHOWN])),
            context("The column Status says the same. All other rows are in use."),
        ]
    blocks += _foot(told)
    return card(f"The sheet of the {name} needs a look. {_first(rules, told, name)}".strip(), blocks)


def sheet_fine_card(lane: str, told: Told) -> Card:
    name = LISTS.get(lane, lane)
    return card(
        f"The sheet of the {name} is in order again.",
        [
            header(f"The sheet of the {name} is in order"),
            section(":white_check_mark: Every row is in use."),
            *_foot(told),
        ],
    )


def _count(told: Told) -> str:
    count = len(told.faults) + told.more
    return "*One row* can't be used as it is" if count == 1 else f"*{count} rows* can't be used as they are"


def _line(fault: RowFault) -> str:
    who = f", {t.name(fault.who, 80)}" if fault.who else ""
    return f"*Row {fault.number}{who}:* {t.said(t.one_line(fault.message), 280)}"


def _gone(rules: Rules, told: Told, name: str) -> str:
    return (
        f"*{told.gone} rows are missing* all at once. If that was a slip, take it back in the sheet (Ctrl+Z, or File > "
        f"Version history). If it is meant, leave it: they are taken off the {name} at {rules.zone.say_time(told.until)}."
    )


def _first(rules: Rules, told: Told, name: str) -> str:
    if told.trouble:
        return f"It can't be synced: {told.trouble}"
    if told.gone:
        return _gone(rules, told, name).replace("*", "")
    return f"Row {told.faults[0].number}: {told.faults[0].message}" if told.faults else ""


def _foot(told: Told) -> list[Block]:
    more = max(0, len(told.faults) - SHOWN) + told.more
    rest = [f"and {more} more rows"] if more else []
    link = [f"<https://docs.google.com/spreadsheets/d/{told.sheet}|Open the sheet>"] if told.sheet else []
    return [context(" \N{MIDDLE DOT} ".join([*rest, *link]))] if rest or link else []
