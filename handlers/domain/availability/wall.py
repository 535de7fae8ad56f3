"""Wall time to instants for many dates: the zone is asked once per date, except where the clocks change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from handlers.domain.availability.sweep import Span, merged
from handlers.domain.zone import DAY, EPOCH, Zone

ONE = timedelta(days=1)


class Wall:
    """A zone with what it said about each date remembered. Wall times are minutes after midnight, over 1440 on
    the dates that follow."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._midnights: dict[date, int] = {}
        self._calm: dict[date, int | None] = {}

    def calm(self, day: date, until: int = 1440) -> int | None:
        """The instant of midnight, when the clocks stand still from there up to wall time `until`; None when they
        change on those dates or the one after (a change just past midnight repeats the evening before)."""
        midnight = self._calm[day] if day in self._calm else self._learn(day)
        if until > 1440 and any(self.calm(day + ONE * n) is None for n in range(1, (until + 1439) // 1440)):
            return None
        return midnight

    def _learn(self, day: date) -> int | None:
        next_day = day + ONE
        start, end, after = self._midnight(day), self._midnight(next_day), self._midnight(next_day + ONE)
        found = self._calm[day] = start if end - start == DAY == after - end else None
        return found

    def _midnight(self, day: date) -> int:
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = self.zone.midnight(day)
        return found

    def span(self, day: date, opens: int, closes: int) -> tuple[int, int, bool]:
        """Instants of opening and closing: the first reading of a repeated wall time; one that does not exist counts
        as if the clocks had not changed yet. And whether the clocks stand still in between."""
        midnight = self.calm(day, closes)
        if midnight is not None:
            return midnight + opens * 60, midnight + closes * 60, True
        start, end = self.zone.instant(day, opens), self.zone.instant(day, closes)
        shown = opens % 1440 == self.zone.minutes(start)
        return start, end, shown and end - start == (closes - opens) * 60 and self.zone.stands(start, end)

    def reach(self, day: date, start: int, end: int) -> list[Span]:
        """Every instant at which the wall shows a time in [start, end) of `day`: both readings of a repeated hour,
        nothing of one that does not exist."""
        midnight = self.calm(day, end)
        if midnight is not None:
            return [(midnight + start * 60, midnight + end * 60)]
        local = (day.toordinal() - EPOCH) * DAY
        low, high = local + start * 60, local + end * 60
        around = self.zone.stretches(low - 2 * DAY, high + 2 * DAY)
        return merged((max(a, low - ahead), min(b, high - ahead)) for a, b, ahead in around)

    def starts(self, day: date, minutes: Iterable[int], inside: Iterable[Span], seconds: int) -> list[int]:
        """Every instant t at which the wall shows one of these times, with [t, t + seconds) in one span of `inside`:
        a repeated time gives both, one that does not exist none."""
        spans = list(inside)
        found = {t for m in minutes for t in self.zone.instants(day, m)}
        return sorted(t for t in found if any(a <= t and t + seconds <= b for a, b in spans))
