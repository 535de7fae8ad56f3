"""`t=<epoch s>,v1=<hex>`: HMAC-SHA256 of "t.body" under a shared secret, by the standard library (RFC 2104)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from handlers.domain.errors import NotSigned
from handlers.ports import Clock

TOLERANCE = 300
"""Seconds between signing and receiving, in either direction: clocks differ, and a message heard once is worth nothing later."""

HEADER = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-fA-F]{64}){1,8})")
"""Several signatures while the sender changes its secret."""


class HmacSignatures:
    """`secrets` are newest first: the first signs, every one of them is accepted."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        self._secrets = [secret.encode() for secret in secrets if secret]
        self._clock = clock

    def sign(self, body: bytes) -> str:
        if not self._secrets:
            raise NotSigned("off")
        at = str(self._clock.now())
        return f"t={at},v1={_digest(self._secrets[0], at, body)}"

    def check(self, header: str, body: bytes) -> None:
        """Every secret is compared with every signature, in constant time. Raises NotSigned."""
        if not self._secrets:
            raise NotSigned("off")
        if not header:
            raise NotSigned("missing")
        found = HEADER.fullmatch(header.replace(" ", ""))
        if found is None:
            raise NotSigned("malformed")
        at, given = found[1], found[2].lower().split(",v1=")[1:]
        expected = [_digest(secret, at, body) for secret in self._secrets]
        if not any([hmac.compare_digest(one, other) for one in expected for other in given]):  # noqa: C419 - all of them
            raise NotSigned("mismatch")
        if abs(self._clock.now() - int(at)) > TOLERANCE:
            raise NotSigned("stale")


def _digest(secret: bytes, at: str, body: bytes) -> str:
    return hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
