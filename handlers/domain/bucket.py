"""A token bucket: `burst` at once, then `rate` a second. Pure; the state is two numbers."""

from __future__ import annotations

from typing import NamedTuple


class Bucket(NamedTuple):
    tokens: float
    at: int
    """Epoch seconds of the last change."""


def take(bucket: Bucket | None, now: int, *, rate: float, burst: int) -> tuple[Bucket, float]:
    """The bucket afterwards, and how many seconds to wait: 0 when a token was taken."""
    tokens = float(burst) if bucket is None else min(burst, bucket.tokens + max(0, now - bucket.at) * rate)
    if tokens >= 1:
        return Bucket(tokens - 1, now), 0.0
    return Bucket(tokens, now), (1 - tokens) / rate
