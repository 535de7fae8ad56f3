"""Which two or three of many slots to offer: ranked as the owner says, and usefully spread.

The rule: the first is the best by rank. Each next is the best by rank among those that start at least two hours from
every one picked (on whatever day); if there are none, an hour; then any other start; then the same start on another
resource. When three or more are offered and those picked so far are all on one date, the last comes from another date
if there is one. They are returned in the order picked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter

from handlers.domain.availability.diary import NO_DIARY, Diary, counting
from handlers.domain.availability.sweep import Span, merged, subtracted
from handlers.domain.availability.windows import fits_whole
from handlers.domain.availability.working import Working, too_small
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.zone import DAY

APART = (2 * 3600, 3600, 1)
"""Seconds between the starts of two offers, as wished for, step by step."""
OTHER_DAY = 4 * 3600
"""The right time on the next date is as near as the right date so many seconds off."""


def pick(
    rules: Rules,
    query: SlotQuery,
    slots: Sequence[Slot],
    diaries: Mapping[str, Diary],
    limit: int | None = None,
    *,
    working: Working | None = None,
) -> tuple[Slot, ...]:
    """The best `limit` (the owner's `proposals` by default) of `slots`, best first. Same slots, same answer.
    `working` as in `find_slots`."""
    return _spread(rules, ranking(rules, query, slots, diaries, working=working), limit)


def settled(rules: Rules, query: SlotQuery, slots: Sequence[Slot], limit: int | None = None) -> bool:
    """Whether `pick` would choose the same if later slots were added to these.

    So it is when those who rank first whatever the start have some on twice as many dates as are offered, and the
    earliest is next: a slot picked keeps others within two hours away, on two dates at most, so all are found here.
    """
    limit = rules.booking.proposals if limit is None else limit
    first = _ranked_first(rules, query)
    return len({rules.zone.date(s.start) for s in slots if s.resource in first}) >= 2 * limit


def _ranked_first(rules: Rules, query: SlotQuery) -> set[str]:
    """The resources whose slots rank before all others', by start among themselves; none when that can't be said."""
    booking, party = rules.booking, query.party
    who = {r for r in rules.services[query.service].resources if query.resource in (None, r)}
    who = {r for r in who if not too_small(rules.resources[r], party, booking.down_fit)}
    for name in booking.rank:
        if name == "earliest":
            break
        if name == "utilisation" or query.windows:
            return set()
        if name == "usual_resource":
            who = who & {query.usual_resource} or who
        if name == "best_fit":
            least = min((_spare(rules, r, party) for r in who), default=0)
            who = {r for r in who if _spare(rules, r, party) == least}
    return who


def nearest(
    rules: Rules, slots: Sequence[Slot], wanted: Sequence[Span], limit: int | None = None
) -> tuple[Slot, ...]:
    """Like `pick`, for slots that miss the wanted starts: those closest to them first. Closeness is seen on the wall:
    who asked for Tuesday at five rather comes on Wednesday at five than when the doors open."""
    zone = rules.zone
    spans = [(zone.wall(a), zone.wall(b - 1) + 1) for a, b in wanted]

    def miss(slot: Slot) -> tuple[int, int, int]:
        at = zone.wall(slot.start)
        return min((_far(at, *s) for s in spans), default=0), slot.start, _order(rules, slot)

    return _spread(rules, sorted(slots, key=miss), limit)


def _far(at: int, start: int, end: int) -> int:
    """How far `at` misses [start, end), in seconds of wall time, each whole day counting as `OTHER_DAY`.
    Where any time of the day was wanted, only the days count."""
    gap = max(start - at, at - end + 1, 0)
    days, rest = divmod(gap, DAY)
    if end - start >= DAY:
        return (days + (rest > 0)) * OTHER_DAY
    other_side = max(0, DAY - rest - (end - start - 1))
    return min(days * OTHER_DAY + rest, (days + 1) * OTHER_DAY + other_side) if gap else 0


def _spread(rules: Rules, ranked: Sequence[Slot], limit: int | None) -> tuple[Slot, ...]:
    limit = rules.booking.proposals if limit is None else limit
    picked: list[Slot] = []
    while len(picked) < min(limit, len(ranked)):
        picked.append(_next(rules, ranked, picked, last=len(picked) == limit - 1 >= 2))
    return tuple(picked)


def _next(rules: Rules, ranked: Sequence[Slot], picked: Sequence[Slot], *, last: bool) -> Slot:
    zone = rules.zone
    if last and len({zone.date(s.start) for s in picked}) == 1:
        start, end = zone.day(zone.date(picked[0].start))
        elsewhere = next((s for s in ranked if not start <= s.start < end), None)
        if elsewhere:
            return elsewhere
    for apart in APART:
        for slot in ranked:
            if all(abs(slot.start - p.start) >= apart for p in picked):
                return slot
    return next(s for s in ranked if s not in picked)


def ranking(
    rules: Rules,
    query: SlotQuery,
    slots: Sequence[Slot],
    diaries: Mapping[str, Diary],
    *,
    working: Working | None = None,
) -> list[Slot]:
    """All of `slots`, best first by `booking.rank`; ties go to the earlier, then the owner's order of resources."""
    if not slots:
        return []
    scores = Scores(rules, query, slots, diaries, working or Working(rules))
    order = rules.booking.rank

    def key(slot: Slot) -> tuple[float, ...]:
        return (*(getattr(scores, name)(slot) for name in order), slot.start, _order(rules, slot))

    return sorted(slots, key=key)


class Scores:
    """One method per name an owner may write in `rank`; lower is better."""

    def __init__(
        self,
        rules: Rules,
        query: SlotQuery,
        slots: Sequence[Slot],
        diaries: Mapping[str, Diary],
        working: Working,
    ) -> None:
        self.rules, self.query, self.diaries, self.working = rules, query, diaries, working
        starts = sorted({s.start for s in slots})
        reach = starts[0], starts[-1] + 1
        seconds = slots[0].end - slots[0].start
        self._whole = fits_whole(starts, query.windows, self.working.wall, reach, seconds)
        self._share: dict[tuple[str, date], float] = {}
        self._busy: dict[str, list[Span]] = {}

    def preference(self, slot: Slot) -> float:
        """The one asked for, and over before the customer's window is."""
        other = self.query.resource not in (None, slot.resource)
        return 2 * other + bool(self.query.windows and slot.start not in self._whole)

    def earliest(self, slot: Slot) -> float:
        return slot.start

    def usual_resource(self, slot: Slot) -> float:
        return slot.resource != self.query.usual_resource

    def utilisation(self, slot: Slot) -> float:
        """The share of that date's working time that is taken already."""
        key = slot.resource, self.rules.zone.date(slot.start)
        if key not in self._share:
            self._share[key] = self._taken(*key)
        return self._share[key]

    def _taken(self, resource: str, day: date) -> float:
        working = self.working.pieces(resource, [day])
        total = sum(b - a for a, b in working)
        busy = self._busy.get(resource)
        if busy is None:
            diary = self.diaries.get(resource, NO_DIARY)
            claims = counting(diary, 0, self.query.exclude)
            busy = self._busy[resource] = merged([*diary.busy, *((c.start, c.end) for c in claims)])
        left = sum(b - a for a, b in subtracted(working, _meeting(busy, working)))
        return 1 - left / total if total else 0.0

    def best_fit(self, slot: Slot) -> float:
        """Seats (or places) to spare."""
        return _spare(self.rules, slot.resource, self.query.party)


def _meeting(busy: Sequence[Span], pieces: Sequence[Span]) -> Sequence[Span]:
    """Those of `busy` (in order, disjoint) that can meet one of `pieces` (in order)."""
    if not pieces:
        return ()
    return busy[bisect_right(busy, pieces[0][0], key=itemgetter(1)) : bisect_left(busy, (pieces[-1][1],))]


def _spare(rules: Rules, resource: str, party: int) -> int:
    found = rules.resources[resource]
    seats = found.capacity if found.seats is None else found.seats
    return max(0, seats - party)


def _order(rules: Rules, slot: Slot) -> int:
    return rules.services[slot.service].resources.index(slot.resource)
