"""What a narrator is told of a summary: facts with their units, names, dates. No customer is named.

It may write what it likes; `narrated.py` lets only these numbers and names through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.domain.summaries.report import Report, Summary, Unit


@dataclass(frozen=True)
class Fact:
    """`value` in hundredths for money; `said` is how people read it."""

    label: str
    value: int
    unit: Unit
    said: str


@dataclass(frozen=True)
class Told:
    """`plain` is the paragraph of the plain template. `names` may stand in the words, `dates` too (of the two periods)."""

    about: str
    business: str
    plain: str
    currency: str
    facts: tuple[Fact, ...]
    names: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()


def told(summary: Summary, report: Report, business: str) -> Told:
    facts: list[Fact] = []
    for line in (*report.lines, *report.numbers):
        if line.value is not None:
            facts.append(Fact(line.label, line.value, line.unit, line.said or f"{line.value:,}"))
        if line.value_before is not None and report.against:
            facts.append(Fact(f"{line.label}, in {report.against}", line.value_before, line.unit, line.was))
        if line.value is not None and line.value_before is not None and report.against:
            facts += _change(line.label, line.value, line.value_before, line.unit)
    for bar in report.bars:
        facts.append(Fact(f"{report.chart}, {bar.label}", bar.part, "count", f"{bar.part:,}"))
        if bar.whole != bar.part:
            facts.append(Fact(f"{report.chart}, {bar.label}, of", bar.whole, "count", f"{bar.whole:,}"))
    for title, found in report.lists:
        facts += (Fact(f"{title}, {name}", n, "count", f"{n:,}") for name, n in found)
    names = [business, *(name for _, found in report.lists for name, _ in found)]
    return Told(
        about=report.title,
        business=business,
        plain=report.plain,
        currency=summary.currency,
        facts=tuple(facts),
        names=tuple(dict.fromkeys(names)),
        dates=tuple(map(date.fromisoformat, (summary.first, summary.last, summary.first_before))),
    )


def _change(label: str, now: int, was: int, unit: Unit) -> list[Fact]:
    """The difference, for the kinds of numbers people subtract."""
    if unit != "count" or now == was:
        return []
    return [
        Fact(
            f"{label}, {'more' if now > was else 'fewer'} than before",
            abs(now - was),
            unit,
            f"{abs(now - was):,}",
        )
    ]
