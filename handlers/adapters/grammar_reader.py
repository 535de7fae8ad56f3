"""The `Reader` that understands by grammar alone: no network, no model."""

from __future__ import annotations

from handlers.domain.reading import read_message
from handlers.domain.request import Message, Reading
from handlers.domain.rules.model import Rules


class GrammarReader:
    def read(self, message: Message, rules: Rules, now: int) -> Reading:
        """`now` in epoch seconds. Never raises on any text."""
        return read_message(message, rules, now)
