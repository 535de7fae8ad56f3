"""Which days a summary is about, and when it is due.

A period is whole local days, so a week in which the clocks change is an hour shorter or longer, and what happens at
23:59 on Sunday is in another week than what happens a minute later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from handlers.domain.zone import Zone


class Kind(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


DUE = {Kind.WEEKLY: 8 * 60, Kind.MONTHLY: 9 * 60}
"""The wall time, in minutes, at which it is sent: every Monday, and every first Monday of a month."""


@dataclass(frozen=True)
class Period:
    """`first` and `last` are local dates, both inclusive; [`start`, `end`) the same in epoch seconds."""

    kind: Kind
    first: date
    last: date
    start: int
    end: int

    @property
    def id(self) -> str:
        """One summary a period: `weekly-2026-05-04`."""
        return f"{self.kind}-{self.first.isoformat()}"

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def holds(self, instant: int) -> bool:
        return self.start <= instant < self.end

    def say(self) -> str:
        """`4 to 10 May`, `27 April to 3 May`, `May 2026`"""
        if self.kind is Kind.MONTHLY:
            return f"{self.first:%B} {self.first.year}"
        start = f"{self.first.day}" if self.first.month == self.last.month else _day(self.first)
        return f"{start} to {_day(self.last)}"


def past(kind: Kind, zone: Zone, at: int) -> Period:
    """The last whole one at `at`: the week up to last Sunday, or the month before this one."""
    return _ending(kind, zone, _begins(kind, zone.date(at)))


def before(period: Period, zone: Zone) -> Period:
    """The one it is compared with."""
    return _ending(period.kind, zone, period.first)


def moments(kind: Kind, zone: Zone, after: int, until: int) -> Iterator[int]:
    """When summaries were due in (`after`, `until`], oldest first."""
    day, last = zone.date(after), zone.date(until)
    while day <= last:
        if day.weekday() == 0 and (kind is Kind.WEEKLY or day.day <= 7):
            at = zone.instant(day, DUE[kind])
            if after < at <= until:
                yield at
        day += timedelta(days=1)


def _begins(kind: Kind, day: date) -> date:
    """The first day of the period `day` is in."""
    return day.replace(day=1) if kind is Kind.MONTHLY else day - timedelta(days=day.weekday())


def _ending(kind: Kind, zone: Zone, end: date) -> Period:
    last = end - timedelta(days=1)
    first = _begins(kind, last)
    return Period(kind, first, last, zone.instant(first, 0), zone.instant(end, 0))


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
