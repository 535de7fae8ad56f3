"""Who has claimed what: commits claims together with the records they belong to, in one transaction.

Every page is read, decided on in memory, and written on condition that its `rev` is still the one read. A race lost on
a page is no refusal: it is decided on again, at once on the page the store found instead (which ends most lost races
without another read), then after a wait on the page as it is by then; only a real overlap means *taken*.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from handlers.domain import items, keys
from handlers.domain.errors import NotFound, StaleWrite, Taken, Unavailable
from handlers.domain.keys import Key
from handlers.domain.pages import Claim, Page, capacity, weight
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Extent
from handlers.ports import Absent, Check, Clock, Equals, Operation, Put, Query, Store

ATTEMPTS = 40
"""Enough for a hundred at once on one page: of those who race, one wins every time, and the waits spread the rest."""
LONGEST_WAIT = 1.0
"""Seconds. A wait is anything up to a bound (full jitter): as long as the lost attempt took, twice that after the first
loss, and twice as often with every further one. So the bound follows the contention that is there: many at once make an
attempt long, and whoever meets few waits little."""
TOKEN_KEPT = 86_400
"""Seconds a commit with a token is remembered."""


class CurrentRules(Protocol):
    def current(self) -> Rules: ...


class Ledger:
    def __init__(
        self,
        store: Store,
        rules: CurrentRules,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        """`chance` gives a number in [0, 1), `stopwatch` seconds that only ever grow."""
        self._store, self._rules, self._clock = store, rules, clock
        self._sleep, self._chance, self._stopwatch = sleep, chance, stopwatch

    def commit(
        self,
        *,
        take: Sequence[tuple[Extent, Claim]] = (),
        release: Sequence[tuple[Extent, str]] = (),
        operations: Sequence[Operation] = (),
        token: str = "",
    ) -> None:
        """Releases, takes and does `operations`, all or nothing.

        Releasing comes first, so a booking may take what it gives up; what isn't there is released already. The extent
        (buffers included) is what is claimed; a claim smaller than it names the service inside it.

        Raises Taken, StaleWrite with indexes into `operations`, or Unavailable when too many want the page at once.
        With `token`, a repeat of a commit that went through does nothing, whatever the store has become since.
        """
        done = [Put(_mark(token, self._clock.now()), when=Absent())] if token else []
        for attempt in range(1, ATTEMPTS + 1):
            began = self._stopwatch()
            known: dict[Key, Page] = {}
            try:
                changes = self._decide(take, release, known)
                if (stale := self._write([*operations, *done, *changes])) is None:
                    return
                if done and len(operations) in stale.failed:
                    return
                if own := [n for n in stale.failed if n < len(operations)]:
                    raise StaleWrite(own)
                known |= _found(stale)
                self._decide(take, release, known)
            except Taken:
                if done and self._store.get(done[0].key):
                    return
                raise
            if attempt < ATTEMPTS:
                took = self._stopwatch() - began
                self._sleep(self._chance() * min(LONGEST_WAIT, took * 2**attempt))
        raise Unavailable("the diary", "many people are booking this day right now", retry_after=1)

    def diary(self, resource: str, start: int, end: int, now: int) -> tuple[Claim, ...]:
        """Live claims that meet [start, end), whole, by start. Strongly consistent.

        One that crosses midnight is given once, and is `counted` when any of its pages that were read counts it."""
        days = self._rules.current().zone.dates(start, end)
        first, last = (keys.page(resource, d) for d in (days[0], days[-1]))
        found: dict[str, Claim] = {}
        cursor = None
        while True:
            part = self._store.query(Query(first.pk, low=first.sk, high=last.sk, cursor=cursor))
            for item in part.items:
                for claim in items.from_item(item, Page).live(now):
                    if claim.meets(start, end) and not (claim.id in found and found[claim.id].counted):
                        found[claim.id] = claim
            if not (cursor := part.cursor):
                return tuple(sorted(found.values(), key=lambda c: (c.start, c.end, c.id)))

    def _write(self, operations: Sequence[Operation]) -> StaleWrite | None:
        """Why it was refused; None when it was done."""
        try:
            self._store.transact(operations)
        except StaleWrite as stale:
            return stale
        return None

    def _decide(
        self,
        take: Sequence[tuple[Extent, Claim]],
        release: Sequence[tuple[Extent, str]],
        known: dict[Key, Page],
    ) -> list[Operation]:
        """One operation per page that changes, or that must stay as it is because a claim stands there already.

        Pages that are not in `known` are read, and noted there."""
        rules, now = self._rules.current(), self._clock.now()
        read: dict[tuple[str, date], Page] = {}
        pages: dict[tuple[str, date], Page] = {}
        taken: set[tuple[str, date]] = set()

        def page(resource: str, day: date) -> Page:
            if (resource, day) not in pages:
                if (key := keys.page(resource, day)) not in known:
                    item = self._store.get(key)
                    known[key] = items.from_item(item, Page) if item else Page(resource=resource, day=day)
                read[resource, day] = pages[resource, day] = known[key]
            return pages[resource, day]

        for extent, claim_id in release:
            for day in rules.zone.dates(extent.start, extent.end):
                pages[extent.resource, day] = page(extent.resource, day).release(claim_id)
        for extent, claim in take:
            if (resource := rules.resources.get(extent.resource)) is None:
                raise NotFound("resource", extent.resource)
            whole = _whole(claim, extent, weight(resource, claim.party))
            day_of_service = rules.zone.date(whole.service[0])
            for day in rules.zone.dates(extent.start, extent.end):
                here = whole.model_copy(update={"counted": claim.counted and day == day_of_service})
                taken.add((extent.resource, day))
                pages[extent.resource, day] = page(extent.resource, day).claim(
                    here, now=now, capacity=capacity(resource), daily_cap=resource.daily_cap
                )
        changed: list[Operation] = [_next(new.pruned(now)) for key, new in pages.items() if new != read[key]]
        return changed + [_keep(new) for key, new in pages.items() if new == read[key] and key in taken]


def _whole(claim: Claim, extent: Extent, party: int) -> Claim:
    """The claim as it stands on a page: over the extent, the service named where it is smaller."""
    service = None if claim.service == (extent.start, extent.end) else claim.service
    return claim.model_copy(
        update={"start": extent.start, "end": extent.end, "party": party, "core": service}
    )


def _found(stale: StaleWrite) -> dict[Key, Page]:
    """The pages that stood in the way."""
    pages = [items.from_item(item, Page) for item in stale.found.values()]
    return {items.key_of(page): page for page in pages}


def _next(page: Page) -> Operation:
    """The page's next revision, if it is still as it was read."""
    when = Equals("rev", page.rev) if page.rev else Absent()
    return Put(items.to_item(page.model_copy(update={"rev": page.rev + 1})), when=when)


def _keep(page: Page) -> Operation:
    return Check(items.key_of(page), when=Equals("rev", page.rev))


def _mark(token: str, now: int) -> dict[str, str | int]:
    key = keys.seen(f"commit#{token}")
    return {"pk": key.pk, "sk": key.sk, "ttl": now + TOKEN_KEPT}
