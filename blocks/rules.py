"""Cards about rules.yml: an edit that was refused, and that it was put right."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, card, context, header, section
from handlers.domain.errors import Fault

SHOWN = 8


def rules_refused_card(faults: Sequence[Fault], by: str, more: int = 0) -> Card:
    """`more` faults were found than are given."""
    more += max(0, len(faults) - SHOWN)
    lines = [f"*Line {f.line}:* {t.said(f.message, 280)}" for f in faults[:SHOWN]]
    if more:
        lines.append(f"and {more} more. `frontdesk rules check rules.yml` lists them all.")
    total = min(len(faults), SHOWN) + more
    count = "one thing" if total == 1 else f"{total} things"
    blocks: list[Block] = [
        header("rules.yml was not taken over"),
        section(f":warning: The edit by {t.person(by)} has *{count}* to put right:"),
        section("\n".join(lines) or "The file could not be read."),
        context("The last good rules stay live. Save the file again once it is right."),
    ]
    first = f" Line {faults[0].line}: {faults[0].message}" if faults else ""
    return card(f"The edit of rules.yml was not taken over.{first}", blocks)


def rules_resolved_card(version: int, by: str) -> Card:
    return card(
        "rules.yml is in order again; the new rules are live.",
        [
            header("rules.yml is in order again"),
            section(f":white_check_mark: Version {version} by {t.person(by)} is live."),
        ],
    )
