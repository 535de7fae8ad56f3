"""Which two or three of many slots to offer: ranked as the owner says, and usefully spread.

The rule: the first is the best by rank. Each next is the best by rank among those that start at least two hours from
every one picked (on whatever day); if there are none, an hour; then any other start; then the same start on another
resource. When three or more are offered and those picked so far are all on one date, the last comes from another date
if there is one. They are returned in the order picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from handlers.domain.availability.diary import NO_DIARY, Diary, counting
from handlers.domain.availability.sweep import Span, merged
from handlers.domain.availability.windows import fits_whole
from handlers.domain.availability.working import Working
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery

APART = (2 * 3600, 3600, 1)
"""Seconds between the starts of two offers, as wished for, step by step."""


def pick(
    rules: Rules,
    query: SlotQuery,
    slots: Sequence[Slot],
    diaries: Mapping[str, Diary],
    limit: int | None = None,
) -> tuple[Slot, ...]:
    """The best `limit` (the owner's `proposals` by default) of `slots`, best first. Same slots, same answer."""
    return _spread(rules, ranking(rules, query, slots, diaries), limit)


def nearest(
    rules: Rules, slots: Sequence[Slot], wanted: Sequence[Span], limit: int | None = None
) -> tuple[Slot, ...]:
    """Like `pick`, for slots that miss the wanted starts: those closest to them first."""

    def miss(slot: Slot) -> tuple[int, int, int]:
        far = min((max(a - slot.start, slot.start - b + 1, 0) for a, b in wanted), default=0)
        return far, slot.start, _order(rules, slot)

    return _spread(rules, sorted(slots, key=miss), limit)


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
    rules: Rules, query: SlotQuery, slots: Sequence[Slot], diaries: Mapping[str, Diary]
) -> list[Slot]:
    """All of `slots`, best first by `booking.rank`; ties go to the earlier, then the owner's order of resources."""
    if not slots:
        return []
    scores = Scores(rules, query, slots, diaries)
    order = rules.booking.rank

    def key(slot: Slot) -> tuple[float, ...]:
        return (*(getattr(scores, name)(slot) for name in order), slot.start, _order(rules, slot))

    return sorted(slots, key=key)


class Scores:
    """One method per name an owner may write in `rank`; lower is better."""

    def __init__(
        self, rules: Rules, query: SlotQuery, slots: Sequence[Slot], diaries: Mapping[str, Diary]
    ) -> None:
        self.rules, self.query, self.diaries = rules, query, diaries
        self.working = Working(rules)
        starts = sorted({s.start for s in slots})
        reach = starts[0], starts[-1] + 1
        seconds = slots[0].end - slots[0].start
        self._whole = fits_whole(starts, query.windows, self.working.wall, reach, seconds)
        self._share: dict[tuple[str, date], float] = {}

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
        diary = self.diaries.get(resource, NO_DIARY)
        claims = counting(diary, 0, self.query.exclude)
        taken = merged([*diary.busy, *((c.start, c.end) for c in claims)])
        working = self.working.pieces(resource, [day])
        total = sum(b - a for a, b in working)
        met = sum(max(0, min(b, d) - max(a, c)) for a, b in working for c, d in taken)
        return met / total if total else 0.0

    def best_fit(self, slot: Slot) -> float:
        """Seats (or places) to spare."""
        found = self.rules.resources[slot.resource]
        seats = found.capacity if found.seats is None else found.seats
        return max(0, seats - self.query.party)


def _order(rules: Rules, slot: Slot) -> int:
    return rules.services[slot.service].resources.index(slot.resource)
