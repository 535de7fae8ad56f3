"""The business's time zone, applied here and nowhere else.

Inside, an instant is an `int` of epoch seconds, a wall time is minutes after local midnight (0..1440, more when
an interval crosses midnight) on a local `date`. Words for people are made here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import date as Date  # noqa: N812 - `Zone.date` is the name people look for
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = 86_400
SECOND = timedelta(seconds=1)
EPOCH = Date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Zone:
    """A tz database zone, by name ("Asia/Singapore")."""

    name: str

    @cached_property
    def info(self) -> ZoneInfo:
        return ZoneInfo(self.name)

    def instant(self, day: Date, minutes: int, fold: int = 0) -> int:
        """Epoch seconds of a wall time; a time in a spring gap counts as if the old offset still held (PEP 495)."""
        days, minutes = divmod(minutes, 1440)
        wall = datetime.combine(day + timedelta(days=days), datetime.min.time(), tzinfo=self.info)
        return int(wall.replace(hour=minutes // 60, minute=minutes % 60, fold=fold).timestamp())

    def instants(self, day: Date, minutes: int) -> tuple[int, ...]:
        """Every instant at which the wall shows this time: none in a spring gap, two in an autumn fold."""
        found = {self.instant(day, minutes, fold) for fold in (0, 1)}
        wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
        return tuple(sorted(t for t in found if self.local(t).replace(tzinfo=None) == wanted))

    def midnight(self, day: Date) -> int:
        """`instant(day, 0)`, for those who ask for many."""
        ahead = datetime(day.year, day.month, day.day, tzinfo=self.info).utcoffset()
        return (day.toordinal() - EPOCH) * DAY - (ahead // SECOND if ahead else 0)

    def stretches(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """[start, end) cut where the clocks change: (from, to, seconds ahead of UTC) each."""
        found: list[tuple[int, int, int]] = []
        while start < end:
            ahead = self._ahead(start)
            low = start
            while low < end and self._ahead(min(low + 3600, end)) == ahead:
                low += 3600
            high = min(low + 3600, end)  # the change, if there is one, lies in (low, high]
            while low < end and high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._ahead(middle) == ahead else (low, middle)
            found.append((start, min(high, end), ahead))
            start = min(high, end)
        return tuple(found)

    def stands(self, start: int, end: int) -> bool:
        """Whether the wall is equally far ahead of UTC at both."""
        return self._ahead(start) == self._ahead(end)

    def _ahead(self, instant: int) -> int:
        return int((self.local(instant).utcoffset() or timedelta()).total_seconds())

    def wall(self, instant: int) -> int:
        """What the wall shows, in seconds as if it hung in Greenwich: for differences of wall time."""
        return instant + self._ahead(instant)

    def local(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self.info)

    def date(self, instant: int) -> Date:
        return self.local(instant).date()

    def minutes(self, instant: int) -> int:
        """Wall minutes after midnight."""
        t = self.local(instant)
        return t.hour * 60 + t.minute

    def day(self, day: Date) -> tuple[int, int]:
        """[start, end) of a local date; 23 or 25 hours long when the clocks change."""
        return self.instant(day, 0), self.instant(day + timedelta(days=1), 0)

    def dates(self, start: int, end: int) -> tuple[Date, ...]:
        """The local dates that [start, end) touches, in order."""
        first, last = self.date(start), self.date(max(start, end - 1))
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    def iso(self, instant: int) -> str:
        """`2026-05-05T14:00:00+08:00`"""
        return self.local(instant).isoformat()

    def parse(self, text: str) -> int:
        """An ISO 8601 instant; without an offset it is wall time here. Raises ValueError."""
        at = datetime.fromisoformat(text)
        return int((at if at.tzinfo else at.replace(tzinfo=self.info)).timestamp())

    def say_date(self, instant: int) -> str:
        """`Tue 5 May`"""
        t = self.local(instant)
        return f"{t:%a} {t.day} {t:%b}"

    def say_time(self, instant: int) -> str:
        """`2:00 pm`"""
        return say_minutes(self.minutes(instant))

    def say(self, instant: int) -> str:
        """`Tue 5 May, 2:00 pm`, and the offset where that wall time comes twice."""
        twice = len(self.instants(self.date(instant), self.minutes(instant))) > 1
        return f"{self.say_date(instant)}, {self.say_time(instant)}" + (
            f" ({self.local(instant):%Z})" if twice else ""
        )


def say_minutes(minutes: int) -> str:
    """`2:00 pm` for 840."""
    hour, minute = divmod(minutes % 1440, 60)
    return f"{hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'}"


def say_duration(seconds: int) -> str:
    """`10 minutes`, `1 hour`, `90 minutes`, `2 hours 30 minutes`; whole minutes, never more than there is."""
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    parts = [(minutes, "minute")] if minutes < 120 and rest else [(hours, "hour"), (rest, "minute")]
    said = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n]
    return " ".join(said) or "less than a minute"


def hhmm(minutes: int) -> str:
    """`14:00` for 840; `24:00` for 1440."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def utc_iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
