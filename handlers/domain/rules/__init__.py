"""The owner's rules. `load` is the way in; `model` holds what it gives."""

from __future__ import annotations

from handlers.domain.rules.model import Rules


def load(text: str) -> Rules:
    """The rules written in `text` (YAML). Raises RulesError with every fault, each with line and column."""
    from handlers.domain.rules.loader import load as read  # YAML is paid for only by who reads a file

    return read(text)
