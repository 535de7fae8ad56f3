"""How long the owner's texts become: each template with values as they usually are.

The longest names of the rules stand for service and resource, so what is told here is rarely exceeded.
"""

from __future__ import annotations

from typing import NamedTuple

from handlers.domain.rules import voice
from handlers.domain.rules.model import Rules
from handlers.domain.segments import Length, measure

MANY = 3
"""Texts a message may become before an owner is warned."""

LINK = "https://book.example.com/t/0123456789abc"
"""A short link as it usually is."""

USUAL = {
    "name": "Alexandra",
    "date": "Wed 30 Sep",
    "time": "10:30 am",
    "dates": "Wed 30 Sep to Sun 4 Oct",
    "party": "2",
    "window": "10 minutes",
    "slots": "Wed 30 Sep, 10:30 am with Alexandra; Thu 1 Oct, 11:00 am with Alexandra",
    "reason": "We are closed that day.",
    "answer": "Yes, that works well for us. See you then!",
}


class TextLength(NamedTuple):
    template: str
    length: Length

    def __str__(self) -> str:
        """`reminder: 1 text (142 of 160 characters)`"""
        long = self.length
        count = f"{long.texts} text{'' if long.texts == 1 else 's'}"
        said = f"{self.template}: {count} ({long.used} of {long.room} characters)"
        if long.odd:
            shown = " ".join(long.odd[:5])
            said += f"; {shown} {'is' if len(long.odd) == 1 else 'are'} not in a text's alphabet, so only 70 fit into one"
        return f"warning: {said}; shorten it, you pay for each" if long.texts >= MANY else said


def text_lengths(rules: Rules) -> tuple[TextLength, ...]:
    """Every template as a text."""
    values = {
        **USUAL,
        "service": max((s.name for s in rules.services.values()), key=len, default=""),
        "resource": max((r.name for r in rules.resources.values()), key=len, default=""),
        "reply": voice.answering(rules),
    }
    found = []
    for name, template in voice.TEMPLATES.items():
        known = {field: value for field, value in values.items() if field in template.fields}
        links = {field: LINK for field in voice.LINKS if field in template.fields}
        found.append(TextLength(name, measure(voice.text(rules, name, known, links))))
    return tuple(found)
