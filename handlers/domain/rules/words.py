"""The little languages of a rules file: durations, wall-time intervals, weeks. Each raises ValueError saying what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration(value: Any) -> int:
    """Seconds of `15m`, `2h`, `60d`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"([0-9]{1,7})\s*([smhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError("write a length of time like 15m, 2h or 60d")
    return int(found[1]) * UNITS[found[2]]


def wall_time(value: Any) -> int:
    """Minutes after midnight of `"09:30"`; `"24:00"` closes a day."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", value) if isinstance(value, str) else None
    if not found or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 1440:
        raise ValueError('write a time in quotes, like "09:30"')
    return int(found[1]) * 60 + int(found[2])


def wall_times(value: Any) -> tuple[int, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(v if isinstance(v, int) else wall_time(v) for v in value)
    raise ValueError('write a list of times, like ["18:00", "20:30"]')


def interval(value: Any) -> tuple[int, int]:
    """`"10:00-20:00"`; `"18:00-02:00"` runs past midnight (to = 1560)."""
    if isinstance(value, (tuple, list)) and [type(v) for v in value] == [int, int]:
        return value[0], value[1]  # minutes already, as in packed rules
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2:
        raise ValueError('write a range of times in quotes, like "10:00-20:00"')
    start, end = (wall_time(p.strip()) for p in parts)
    return (start, end) if end > start else (start, end + 1440)


def intervals(value: Any) -> tuple[tuple[int, int], ...]:
    if isinstance(value, (list, tuple)):
        return tuple(sorted(interval(v) for v in value))
    raise ValueError('write a list of ranges, like ["10:00-13:00", "14:00-20:00"]')


def week(value: Any) -> dict[int, tuple[tuple[int, int], ...]]:
    """`{mon: [], tue-fri: ["10:00-20:00"]}` by weekday number; a day not named is closed."""
    if not isinstance(value, Mapping):
        raise ValueError('write days and hours, like {tue-fri: ["10:00-20:00"]}')
    found: dict[int, tuple[tuple[int, int], ...]] = dict.fromkeys(range(7), ())
    for name, hours in value.items():
        days = [int(name)] if str(name).isdecimal() else day_range(str(name))
        found.update(dict.fromkeys(days, intervals(hours)))
    return found


def day_range(name: str) -> list[int]:
    """`tue-fri` -> [1, 2, 3, 4]; `sat-mon` wraps."""
    first, _, last = name.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError("write days like mon, tue-fri or sat")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [(start + n) % 7 for n in range((end - start) % 7 + 1)]
