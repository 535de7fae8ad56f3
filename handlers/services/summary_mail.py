"""A summary as a mail to the owner: the paragraph, the numbers as a table, the chart as bars."""

from __future__ import annotations

import re
from typing import Any

from handlers.domain.rules.model import Rules
from handlers.domain.summaries.report import Bar, Report, Summary, report
from handlers.ports import Mail, Mailer, Pages
from handlers.services.rules import RulesSource

WIDTH = 20
"""Characters of the longest bar in the text part."""


class SummaryMail:
    def __init__(self, *, rules: RulesSource, mailer: Mailer, pages: Pages) -> None:
        self._rules, self._mailer, self._pages = rules, mailer, pages

    def send(self, summary: Summary) -> str:
        """The provider's message id. Raises DeliveryFailed."""
        rules, shown = self._rules.current(), report(summary)
        business = re.sub(r'[<>"\r\n]', " ", rules.business.name).strip()
        subject = f"{shown.title}: {shown.headline}" if shown.headline else shown.title
        layout = {"subject": subject, **self._layout(rules, summary, shown)}
        return self._mailer.send(
            Mail(
                to=rules.business.inbox,
                sender=f"{business} <{rules.mail.confirmations or rules.mail.requests}>",
                subject=subject,
                text=re.sub(r"\n{3,}", "\n\n", self._pages.render("mail/summary.txt", **layout)).strip()
                + "\n",
                html=self._pages.render("mail/summary.html", **layout),
                headers={"Auto-Submitted": "auto-generated"},
                key=f"summary:{summary.id}",
            )
        )

    def _layout(self, rules: Rules, summary: Summary, shown: Report) -> dict[str, Any]:
        most = max((bar.whole for bar in shown.bars), default=0)
        return {
            "business": rules.business.name,
            "place": rules.zone.name.rpartition("/")[2].replace("_", " "),
            "title": shown.title,
            "words": shown.paragraph,
            "preview": shown.paragraph,
            "period": summary.period,
            "against": shown.against,
            "lines": shown.lines,
            "chart": shown.chart if most else "",
            "bars": [
                {"label": b.label, "said": b.said, "text": _bar(b, most), **_shares(b, most)}
                for b in shown.bars
            ]
            if most
            else [],
            "lists": shown.lists,
            "quiet": [
                {"name": q.name or "Somebody", "about": f"{q.service}, {rules.zone.say(q.start)}"}
                for q in summary.quiet
            ],
            "more_quiet": max(0, (summary.weekly.quiet if summary.weekly else 0) - len(summary.quiet)),
        }


def _bar(bar: Bar, most: int) -> str:
    """`#####---`: what is filled, and the rest of the whole."""
    whole, part = round(WIDTH * bar.whole / most), round(WIDTH * bar.part / most)
    return "#" * part + "-" * (whole - part)


def _shares(bar: Bar, most: int) -> dict[str, int]:
    """Per cent of the width: filled, and the rest of the whole."""
    part = round(100 * bar.part / most)
    return {"part": part, "rest": round(100 * bar.whole / most) - part}
