"""Epoch seconds in the spellings that services outside want."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(instant: int) -> datetime:
    """Aware, in UTC."""
    return datetime.fromtimestamp(instant, UTC)


def stamp(instant: int) -> str:
    """`20260505T060000Z`: sorts by time, and fits into a file name."""
    return f"{moment(instant):%Y%m%dT%H%M%SZ}"
