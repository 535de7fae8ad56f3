"""What a booking was promised and what it must have got, worked out slowly and another way: minute by minute, with
the standard library's clock on the wall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from handlers.domain.rules.model import Rules
from tests.reminders.year import Stay

MINUTE = 60


class Oracle:
    def __init__(self, rules: Rules) -> None:
        self.rules, self.zone = rules, ZoneInfo(rules.business.timezone)
        self.quiet: Callable[[int], bool] = cache(self._quiet)

    def _quiet(self, instant: int) -> bool:
        """Whether a message must not leave at this instant."""
        wall = datetime.fromtimestamp(instant, self.zone)
        minutes = wall.hour * 60 + wall.minute
        if self.rules.quiet_hours is not None:
            begins, ends = self.rules.quiet_hours
            if begins <= minutes < ends or minutes < ends - 1440:
                return True
        closed = [c for c in self.rules.closures if not c.hours]
        return any(c.first <= wall.date() <= c.last for c in closed)

    def windows(self, stay: Stay) -> tuple[int, ...]:
        if stay.wish is not None:
            return stay.wish
        own = self.rules.services[stay.service].reminders
        return self.rules.reminders.default if own is None else own

    def due(self, start: int, before: int) -> tuple[int, bool]:
        """When the reminder leaves; whether it was put off."""
        days, hours = divmod(before, 86_400)
        wall = datetime.fromtimestamp(start, self.zone).replace(tzinfo=None) - timedelta(days=days)
        at = int(wall.replace(tzinfo=self.zone).timestamp()) - hours if days else start - before
        if not self.quiet(at):
            return at, False
        later = at - at % MINUTE
        while self.quiet(later):
            later += MINUTE
        if later <= start - min(before, 30 * MINUTE):
            return later, True
        earlier = at - at % MINUTE
        while self.quiet(earlier - MINUTE):
            earlier -= MINUTE
        return earlier - 15 * MINUTE, False

    def promised(self, stay: Stay) -> dict[int, int]:
        """Window -> when, of those that are ahead when it is booked; two that fall together are the later one."""
        kept: dict[int, int] = {}
        following = stay.start
        for before in sorted(self.windows(stay)):
            at, put_off = self.due(stay.start, before)
            if at < following and not (put_off and kept and at + 30 * MINUTE > following):
                kept[before] = following = at
        return {before: at for before, at in kept.items() if at > stay.since}

    def story(
        self, stay: Stay, ticks: Sequence[int], gap_after: int
    ) -> tuple[list[tuple[int, int]], int | None]:
        """(when, window) of every reminder, and when the gap alert is raised, as the ticks went, if nothing fails."""
        left, sent, alert = self.promised(stay), [], None
        last = min(left, default=0)
        for now in sorted({*ticks, *stay.looks}):
            if now <= stay.since or now >= stay.ends:
                continue
            crossed = [before for before, at in left.items() if at <= now]
            if crossed and not self.quiet(now):
                sent.append((now, min(crossed)))
                for before in crossed:
                    del left[before]
            elif alert is None and any(before == last and at <= now - gap_after for at, before in sent):
                alert = now
            elif crossed and self._too_late(now, stay.start):
                del left[min(crossed)]
        return sent, alert

    def _too_late(self, now: int, start: int) -> bool:
        """Quiet from now until the visit has begun."""
        return all(self.quiet(t) for t in range(now, start, MINUTE))
