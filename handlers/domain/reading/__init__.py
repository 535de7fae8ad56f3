"""The grammar that reads requests: plain text in, a `Reading` out. Deterministic, pure, linear in the text's length.

threads -> contact -> tokens -> (services | dates, times -> pieces -> groups -> windows | people, parties) -> confidence
"""

from handlers.domain.reading.reader import Grammar, grammar, read_message, read_when

__all__ = ["Grammar", "grammar", "read_message", "read_when"]
