"""The card of a weekly or monthly summary: the paragraph, the numbers, a chart that a phone shows whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, card, context, fields, header, section, table
from handlers.domain.rules.model import Rules
from handlers.domain.summaries.report import Bar, Line, Report, Summary, report

WIDTH = 12
"""Characters of the longest bar: with its label and number it stays on one line of a phone."""
FULL, REST = "\N{FULL BLOCK}", "\N{LIGHT SHADE}"
SHOWN = 10
"""Customers who went quiet that are named, and services or people that are listed."""


def summary_card(rules: Rules, summary: Summary) -> Card:
    shown = report(summary)
    aloud = f"{shown.title}. {shown.paragraph}"
    top: list[Block] = [header(shown.title), section(t.said(shown.paragraph, t.SECTION))]
    if shown.quiet:
        return card(aloud, top)
    rest = [*_chart(shown), *_lists(shown), *_quiet(rules, summary)]
    simpler = [*top, fields({line.label: _number(line, shown) for line in shown.lines}), *rest]
    return card(aloud, [*top, _table(summary, shown), *rest], simpler)


def _table(summary: Summary, shown: Report) -> Block:
    """The numbers in a column of their own, beside those of the period before."""
    rows = [["What", summary.period, shown.against]]
    rows += ([_label(line), line.said, line.was] for line in shown.lines)
    return table(rows if shown.against else [row[:2] for row in rows])


def _label(line: Line) -> str:
    """With its small print."""
    return f"{line.label} ({line.more})" if line.more else line.label


def _number(line: Line, shown: Report) -> str:
    """`12 (April 2026: 9)` and its small print under it."""
    was = f" ({t.name(shown.against)}: {t.said(line.was, 100)})" if shown.against else ""
    more = f"\n{t.said(line.more, 200)}" if line.more else ""
    return f"{t.said(line.said, 100)}{was}{more}"


def _chart(shown: Report) -> Iterator[Block]:
    most = max((bar.whole for bar in shown.bars), default=0)
    if most:
        rows = "\n".join(f"{bar.label} {_bar(bar, most)} {bar.said}" for bar in shown.bars)
        yield section(f"*{t.said(shown.chart, 200)}*\n```\n{rows}\n```")


def _bar(bar: Bar, most: int) -> str:
    whole, part = _length(bar.whole, most), _length(bar.part, most)
    return (FULL * part + REST * (max(whole, part) - part)).ljust(WIDTH)


def _length(number: int, most: int) -> int:
    """What is there is never nothing."""
    return max(1, round(WIDTH * number / most)) if number else 0


def _lists(shown: Report) -> Iterator[Block]:
    lines = [f"{t.name(title)}: {_listed(found)}" for title, found in shown.lists]
    if lines:
        yield context(*lines)


def _listed(found: Sequence[tuple[str, int]]) -> str:
    said = [f"{t.name(name)} {number:,}" for name, number in found[:SHOWN]]
    return ", ".join(said) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def _quiet(rules: Rules, summary: Summary) -> Iterator[Block]:
    if not summary.quiet or summary.weekly is None:
        return
    named = summary.quiet[:SHOWN]
    lines = [
        f"\N{BULLET} {t.name(one.name) or 'Somebody'}, {t.name(one.service)}, {rules.zone.say(one.start)}"
        for one in named
    ]
    if more := summary.weekly.quiet - len(named):
        lines.append(f"and {more:,} more")
    yield section("*Reminded, never answered, not marked as arrived*\n" + "\n".join(lines))
