"""When nothing may leave for a customer: quiet hours, and whole days on which the business is closed.

Stretches that touch are one: quiet hours that run into a holiday end with the quiet hours after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers.domain.rules.model import Interval, Rules
from handlers.domain.zone import Zone

DAY = 86_400
FAR = 400 * DAY
"""A stretch is followed no further than this (seconds) to either side: quiet hours may be the whole day."""

Stretch = tuple[int, int]
"""[from, to) in epoch seconds."""


def silence(rules: Rules, at: int) -> Stretch | None:
    """The quiet stretch that `at` lies in; None when a message may leave."""
    found = _covering(rules, at)
    if found is None:
        return None
    begin, end = found
    while end - at < FAR and (after := _covering(rules, end)):
        end = after[1]
    while at - begin < FAR and (before := _covering(rules, begin - 1)):
        begin = before[0]
    return begin, end


def quiet_until(zone: Zone, quiet: Interval | None, now: int) -> int | None:
    """When the quiet hours that `now` is in end; None outside them. They may run past midnight."""
    return max((b for a, b in _nights(zone, quiet, now) if a <= now < b), default=None)


def _covering(rules: Rules, at: int) -> Stretch | None:
    """What is quiet around `at`, as far as the pieces that hold it reach."""
    pieces = [(a, b) for a, b in _pieces(rules, at) if a <= at < b]
    return (min(a for a, _ in pieces), max(b for _, b in pieces)) if pieces else None


def _pieces(rules: Rules, at: int) -> Iterator[Stretch]:
    """Quiet hours around `at`, and the closures its date is in."""
    zone, today = rules.zone, rules.zone.date(at)
    yield from _nights(zone, rules.quiet_hours, at)
    for closure in rules.closures:
        if not closure.hours and closure.first <= today <= closure.last:
            yield zone.day(closure.first)[0], zone.day(closure.last)[1]


def _nights(zone: Zone, quiet: Interval | None, at: int) -> Iterator[Stretch]:
    """The quiet hours of today and of the day before, which may reach into it."""
    if quiet is not None:
        for day in zone.dates(at - DAY, at + 1):
            yield zone.instant(day, quiet[0]), zone.instant(day, quiet[1])
