"""Rules as JSON, so that a fresh process need not read YAML.

A pack is good for the code that made it: `fingerprint` changes when the model does, and the text is read again.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from handlers.domain.rules import model, words
from handlers.domain.rules.model import Rules


def pack(rules: Rules) -> str:
    return rules.model_dump_json()


def unpack(packed: str) -> Rules:
    """Equal to what was packed."""
    return Rules.model_validate_json(packed)


@cache
def fingerprint() -> str:
    """Of the code that gives a pack its meaning."""
    digest = sha256()
    for module in (model, words):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:16]
