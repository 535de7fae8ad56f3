"""What every rule of the grammar sees: the tokens, the moment, and the habits of the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, datetime, timedelta

from handlers.domain.reading.tokens import Tokens

_HEDGES = frozenset(("early", "late"))
LAST_DAY = date(MAXYEAR - 1, 12, 31)


@dataclass(slots=True)
class Scan:
    """`now` is the wall time of the business (naive: the grammar reckons on the wall).

    `parts` maps a part of the day to minutes after midnight; `opens` and `closes` are the earliest opening and the latest closing time in minutes, or None.
    """

    tokens: Tokens
    now: datetime
    day_first: bool
    parts: Mapping[str, tuple[int, int]]
    opens: int | None = None
    closes: int | None = None
    today: date = field(init=False)
    dated: int = -1
    """Index after the last token of the newest day named; rules for bare numbers ask whether it is just behind."""
    depth: int = 0
    """How many day rules are inside one another."""
    seen: dict[int, tuple[Days, int] | None] = field(default_factory=dict)
    """Days already looked for, by token index, since the last piece was found."""
    timed: int = -1
    """Index after the last token of the newest time of day."""
    absolute: bool = False
    """That day was given by the calendar (12 March), not by a weekday or a relation."""
    named: date | None = None
    """That day, when it is a single one."""

    part_words: frozenset[str] = field(init=False)
    """First words of the business's own names for parts of the day, and of those of several words."""

    def __post_init__(self) -> None:
        self.today = self.now.date()
        self.part_words = frozenset(name.split()[0] for name in self.parts) - _HEDGES


@dataclass(slots=True)
class Days:
    """Days `first`..`last`, both included; None = open.

    `loose` says how little was said, so that a neighbour may complete it: ("weekday", 0), ("dom", 13) or ("", 0).
    """

    first: date | None
    last: date | None
    loose: tuple[str, int] = ("", 0)
    past: bool = False
    sure: float = 1.0
    every: bool = False
    """`any Wednesday`, `Wednesdays`: inside a longer stretch, each of them."""

    @property
    def single(self) -> bool:
        return self.first is not None and self.first == self.last


def one(day: date, loose: tuple[str, int] = ("", 0), *, past: bool = False, sure: float = 1.0) -> Days:
    return Days(day, day, loose, past, sure)


def safe_date(year: int, month: int, day: int) -> date | None:
    if 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2200:
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return None


def add_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST_DAY


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year < MAXYEAR:
        return LAST_DAY
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
