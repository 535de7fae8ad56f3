"""The grammar that reads requests: plain text in, a `Reading` out. Deterministic, pure, linear in the text's length.

threads -> contact -> tokens -> (services | dates, times -> pieces -> groups -> windows | people, parties) -> confidence

The grammar is large: it is loaded when something is read, not when a neighbour of its modules is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handlers.domain.reading.reader import Grammar, grammar, read_message, read_when

__all__ = ["Grammar", "grammar", "read_message", "read_when"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from handlers.domain.reading import reader

    return getattr(reader, name)
