"""What may be offered, found out the slow way: five minutes at a time, asking the wall clock at every tick.

It shares no code with the engine; instants, walls and counting are done anew, so that both can't be wrong alike.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

from handlers.domain.availability import Diary
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery

TICK = 300


@cache
def wall(zone: str, t: int) -> tuple[date, int]:
    local = datetime.fromtimestamp(t, UTC).astimezone(ZoneInfo(zone))
    return local.date(), local.hour * 60 + local.minute


def instant(zone: str, day: date, minutes: int) -> int:
    """First reading; a skipped time as if the clocks had not changed."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - the zone follows
    return int(local.replace(tzinfo=ZoneInfo(zone)).timestamp())


class Oracle:
    def __init__(self, rules: Rules, query: SlotQuery, diaries: dict[str, Diary], now: int) -> None:
        self.rules, self.query, self.diaries, self.now = rules, query, diaries, now
        self.zone = rules.business.timezone
        self.service = rules.services[query.service]

    def slots(self, first: int, last: int) -> set[tuple[int, str]]:
        """(start, resource) of all that may be offered in [first, last]."""
        if not self.service.party.min <= self.query.party <= self.service.party.max:
            return set()
        return {
            (t, r)
            for t in range(first, last + 1, TICK)
            for r in self.service.resources
            if self.query.resource in (None, r) and self.may(r, t)
        }

    def may(self, resource: str, t: int) -> bool:
        notice, horizon = self.rules.booking.min_notice, self.rules.booking.horizon
        return (
            self.now + notice <= t <= self.now + horizon
            and self.takes(resource, t, main=True)
            and any(
                len({resource, *chosen}) == len(chosen) + 1
                and all(self.takes(r, t, main=False) for r in chosen)
                for chosen in product(*self.service.needs)
            )
        )

    def takes(self, resource: str, t: int, *, main: bool) -> bool:
        found, party = self.rules.resources[resource], self.query.party
        if found.seats is not None:
            spare = self.rules.booking.down_fit if main else None
            if not 0 <= found.seats - party <= (99 if spare is None else spare):
                return False
        return (
            not self.diaries[resource].error
            and self.works(resource, t, on_grid=main)
            and self.is_clear(resource, t)
            and not self.capped(resource, t)
        )

    def works(self, resource: str, t: int, *, on_grid: bool) -> bool:
        today, _ = wall(self.zone, t)
        for day in (today - timedelta(2), today - timedelta(1), today):
            if any(not c.hours and c.first <= day <= c.last for c in self.rules.closures):
                continue
            for opens, closes in self.hours(resource, day):
                low, high = instant(self.zone, day, opens), instant(self.zone, day, closes)
                if low <= t and t + self.service.minutes * 60 <= high:
                    if on_grid and not self.on_grid(t, day, opens, closes):
                        continue
                    if not any(self.cut(resource, u) for u in self.ticks(t, 0, 0)):
                        return True
        return False

    def hours(self, resource: str, day: date) -> tuple[tuple[int, int], ...]:
        found = self.rules.resources[resource]
        special = [o.hours for o in found.overrides if o.date == day]
        week = self.rules.hours if found.hours is None else found.hours
        return special[-1] if special else week.get(day.weekday(), ())

    def on_grid(self, t: int, day: date, opens: int, closes: int) -> bool:
        today, minutes = wall(self.zone, t)
        since = (today - day).days * 1440 + minutes
        if self.service.starts:
            return opens <= since < closes and minutes in self.service.starts
        return opens <= since < closes and (since - opens) % (self.rules.booking.step // 60) == 0

    def cut(self, resource: str, u: int) -> bool:
        """Whether the wall shows a break or a partial closure."""
        today, minutes = wall(self.zone, u)
        for a, b in self.rules.resources[resource].breaks:
            if a <= minutes < b or a <= minutes + 1440 < b:
                return True
        for c in self.rules.closures:
            for a, b in c.hours:
                if c.first <= today <= c.last and a <= minutes < b:
                    return True
                if c.first <= today - timedelta(1) <= c.last and a <= minutes + 1440 < b:
                    return True
        return False

    def ticks(self, t: int, before: int, after: int) -> range:
        return range(t - before * 60, t + (self.service.minutes + after) * 60, TICK)

    def is_clear(self, resource: str, t: int) -> bool:
        found, diary = self.rules.resources[resource], self.diaries[resource]
        for u in self.ticks(t, self.service.buffer_before, self.service.buffer_after):
            theirs = any(a <= u < b for a, b in diary.busy)
            moved = [c for c in diary.claims if c.id == self.query.exclude and c.until is None]
            if theirs and found.capacity == 1 and any(a <= u < b for a, b in (c.service for c in moved)):
                theirs = False
            here = [c.party for c in self.live(resource) if c.start <= u < c.end]
            if theirs or (here and found.capacity == 1):
                return False
            if found.capacity > 1 and sum(here) + self.query.party > found.capacity:
                return False
        return True

    def live(self, resource: str) -> list:
        claims = self.diaries[resource].claims
        return [c for c in claims if c.id != self.query.exclude and (c.until is None or c.until > self.now)]

    def capped(self, resource: str, t: int) -> bool:
        cap = self.rules.resources[resource].daily_cap
        today, _ = wall(self.zone, t)
        same = [c for c in self.live(resource) if c.counted and wall(self.zone, c.service[0])[0] == today]
        return cap is not None and len(same) >= cap
