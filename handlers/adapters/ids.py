"""Ids nobody can guess and a person can read out."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without i, l, o and u, which are misread on the telephone."""
LENGTH = 13
"""65 bits."""


class RandomIds:
    def new(self) -> str:
        return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
