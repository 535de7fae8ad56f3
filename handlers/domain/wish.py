"""What was wished for the reminders of one appointment, in the words people write: "48h, 2h", "24h by text", "none",
"remind me by email only". What isn't said is as the service has it.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handlers.domain.errors import InputError

FIELD = "reminders"
MINUTE, HOUR, DAY = 60, 3600, 86_400
SHORTEST, LONGEST = 5 * MINUTE, 30 * DAY
MOST = 5
"""Reminders one appointment may have."""
LONG = 200
"""Characters of a wish."""
EXAMPLES = 'Write how long before, like "48h, 2h", or how, like "by email only", or "none".'

Way = Literal["text", "email"]


def say_length(seconds: int) -> str:
    """`48h`, `90m`, `7d`: what an owner would write."""
    for unit, name, least in ((DAY, "d", 4), (HOUR, "h", 1), (MINUTE, "m", 0)):
        if seconds % unit == 0 and seconds >= unit * least:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"


class Wish(BaseModel):
    """`windows` are seconds before the start, longest first; None = as the service has it, () = no reminder.
    `way` is the only way they may go; None = by text to a mobile, else by mail."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    windows: tuple[int, ...] | None = None
    way: Way | None = None

    def __str__(self) -> str:
        """As a person would write it; `parse` reads it back."""
        if self.windows == ():
            return "none"
        before = ", ".join(say_length(window) for window in self.windows or ())
        how = f"by {self.way}" if self.way else ""
        return " ".join(filter(None, (before, how)))


def parse(text: str) -> Wish | None:
    """None when nothing special is wished. Raises InputError for field "reminders"."""
    if len(text) > LONG:
        raise InputError(FIELD, f"That is too long. {EXAMPLES}")
    rest = " ".join(text.casefold().replace("\u2019", "'").split()).strip(" .!,;")
    if _USUAL.fullmatch(rest):
        return None
    if _NONE.fullmatch(rest):
        return Wish(windows=())
    windows: list[int] = []
    ways: set[Way] = set()
    while rest:
        if found := _LENGTH.match(rest):
            windows.append(_seconds(found))
        elif found := _BY.match(rest):
            ways.add("email" if "mail" in found[0] else "text")
        else:
            found = _FILLER.match(rest) or _unclear(rest)
        rest = rest[found.end() :]
    if len(ways) > 1:
        raise InputError(FIELD, "Choose one way: by text, or by email.")
    if not windows and not ways:
        raise InputError(FIELD, EXAMPLES)
    if len(set(windows)) > MOST:
        raise InputError(FIELD, f"That is more than {MOST} reminders. Please write fewer.")
    return Wish(windows=tuple(sorted(set(windows), reverse=True)) or None, way=next(iter(ways), None))


_USUAL = re.compile(r"(?:(?:as )?(?:usual|default|normal|standard))?")
_NONE = re.compile(
    r"(?:none|no|no reminders?|off|never|nothing|(?:please )?(?:don't|do not|dont) (?:remind|text|send)\b[a-z ]*)"
)
_UNITS = {"w": 7 * DAY, "d": DAY, "h": HOUR, "m": MINUTE}
_LENGTH = re.compile(
    r"(?:(?P<n>\d{1,6}) ?|(?P<word>an?|the|one|two|three) )(?P<unit>weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)\b"
)
_NUMBERS = {"a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "three": 3}
_BY = re.compile(
    r"(?:only )?(?:(?:by|via|per|with an?) )?(?:texts?|sms|e-?mails?|mail)(?: messages?)?\b(?: only)?"
)
_FILLER = re.compile(
    r"[ ,;.+&/]+|(?:please|remind(?: me| us| them| her| him)?|reminders?:?|send(?: me)?|me|us|only|and|then|before|ahead|prior"
    r"|earlier|in advance|at|it|the visit|the appointment)(?![\w'])"
)


def _seconds(found: re.Match[str]) -> int:
    number = int(found["n"]) if found["n"] else _NUMBERS[found["word"]]
    seconds = number * _UNITS[found["unit"][0]]
    if not SHORTEST <= seconds <= LONGEST:
        limits = f"{say_length(SHORTEST)} to {say_length(LONGEST)}"
        raise InputError(FIELD, f"{found[0]} can't be: a reminder goes out {limits} before.")
    return seconds


def _unclear(rest: str) -> re.Match[str]:
    part = re.split(r"[,;&+/]", rest)[0].strip()
    if found := re.match(r"(\d+)(?= (?:by|only|before)\b|$)", part):
        word = found[1]
        raise InputError(FIELD, f'{word} has no unit. Write "{word}h" for hours, or "{word}m" for minutes.')
    if re.match(r"(?:by )?(?:phone|call|whatsapp|voice|post|letter)", part):
        raise InputError(FIELD, "Reminders go by text or by email. Write one of them.")
    raise InputError(FIELD, f'"{part[:40]}" isn\'t clear. {EXAMPLES}')
