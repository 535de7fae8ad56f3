"""Signed, timed tokens by itsdangerous. The expiry is judged by the clock of whoever opens them, not the machine's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from handlers.domain.errors import LinkExpired, LinkInvalid

LONGEST = 4096
"""Characters. Longer ones are refused unread; ours are below 400."""


class ItsdangerousSigner:
    """HMAC-SHA256 tokens. `keys` are newest first: the first signs, every one of them opens (rotation)."""

    def __init__(self, keys: Sequence[str]) -> None:
        usable = [key for key in keys if key]
        if not usable:
            raise ValueError("at least one signing key is needed")
        self._keys = usable[::-1]  # itsdangerous wants the newest last

    def _serializer(self, audience: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._keys,
            salt=f"frontdesk.{audience}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def sign(self, audience: str, data: Mapping[str, Any], expires: int) -> str:
        """`data` is JSON; the key `exp` is ours."""
        return str(self._serializer(audience).dumps({**data, "exp": expires}))

    def open(self, audience: str, token: str, now: int) -> dict[str, Any]:
        """What was signed, with `exp` (epoch s, the first second at which it no longer works).

        Raises LinkInvalid (forged, cut, for another audience) and LinkExpired.
        """
        try:
            if len(token) > LONGEST:
                raise LinkInvalid(audience)
            data = self._serializer(audience).loads(token)
            signature = token.rpartition(".")[2]
            # Base64 has spare bits at the end: without this, four spellings of one signature would open.
            if base64_encode(base64_decode(signature)) != signature.encode():
                raise LinkInvalid(audience)
        except (BadData, UnicodeError) as error:
            raise LinkInvalid(audience) from error
        if not isinstance(data, dict) or not isinstance(data.get("exp"), int):
            raise LinkInvalid(audience)
        if now >= data["exp"]:
            raise LinkExpired(audience)
        return data
