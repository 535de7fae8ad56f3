"""Times of day as people type them into a cell: `2pm`, `14:00`, `2.30 PM`, `1400`, `2-3pm`, `noon`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.domain.errors import InputError
from handlers.domain.zone import hhmm

HALF = 12 * 60
_ONE = r"(?P<h{0}>\d{{1,2}})(?:[:.h](?P<m{0}>\d{{2}}))?(?::\d{{2}})?\s?(?P<half{0}>[ap]\.?m?\.?)?"
_SPAN = re.compile(
    rf"(?:at\s)?{_ONE.format(1)}(?:\s?(?:-|–|—|to|until)\s?{_ONE.format(2)})?(?:\s?h|\s?uhr|\s?o'clock)?"
)
_BARE = re.compile(r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)")
_WORDS = {"noon": HALF, "midday": HALF, "12 noon": HALF}
EXAMPLE = 'write a time like 14:00 or "2 pm".'


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes of the day. `ends` only where it was said. `vague`: it may be twelve hours later as well. `anyway`: it
    was typed with an exclamation mark, to be booked outside the hours too."""

    minutes: int
    ends: int | None = None
    vague: bool = False
    anyway: bool = False


def parse_clock(text: str) -> Clock:
    """Raises InputError."""
    said = text.casefold().replace("\u202f", " ").strip()
    anyway = said.endswith("!")
    said = said.rstrip("! ").rstrip()
    if said in _WORDS:
        return Clock(_WORDS[said], anyway=anyway)
    if bare := _BARE.fullmatch(said):
        return Clock(int(bare["h"]) * 60 + int(bare["m"]), anyway=anyway)
    found = _SPAN.fullmatch(said)
    if found is None:
        raise InputError("time", EXAMPLE)
    first, last = _minutes(found, 1), _minutes(found, 2) if found["h2"] else None
    if first is None or (found["h2"] and last is None):
        raise InputError("time", EXAMPLE)
    if (
        last is not None
        and not found["half1"]
        and found["half2"]
        and first < HALF <= last
        and last - first > HALF
    ):
        first += HALF  # 2-3pm
    if last is not None and last <= first:
        if found["half2"] or last >= HALF or last + HALF <= first:
            raise InputError("time", f"{hhmm(first)} to {hhmm(last)} ends before it begins.")
        last += HALF  # 11-1
    vague = not found["half1"] and not found["half2"] and first < HALF and not found["h1"].startswith("0")
    return Clock(first, last, vague=vague, anyway=anyway)


def _minutes(found: re.Match[str], which: int) -> int | None:
    hour, minute = int(found[f"h{which}"]), int(found[f"m{which}"] or 0)
    half = (found[f"half{which}"] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * half.startswith("p")
    return hour * 60 + minute if hour < 24 and minute < 60 else None
