"""Who has claimed what: commits claims together with the records they belong to, in one transaction.

Every page is read, decided on in memory, and written on condition that its `rev` is still the one read. A race lost on
a page is no refusal: the page is read and decided on again, and only a real overlap means *taken*.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from handlers.domain import items, keys
from handlers.domain.errors import NotFound, StaleWrite, Taken, Unavailable
from handlers.domain.pages import Claim, Page, capacity, weight
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Extent
from handlers.ports import Absent, Check, Clock, Equals, Operation, Put, Query, Store

ATTEMPTS = 40
"""Enough for a hundred at once on one page: of those who race, one wins every time, and the waits spread the rest."""
FIRST_WAIT, LONGEST_WAIT = 0.01, 1.0
"""Seconds; a wait is anything up to a bound that triples from the first to the longest (full jitter): measured with 64 racers for 64 free slots."""
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
    ) -> None:
        """`chance` gives a number in [0, 1)."""
        self._store, self._rules, self._clock = store, rules, clock
        self._sleep, self._chance = sleep, chance

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
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(self._chance() * min(LONGEST_WAIT, FIRST_WAIT * 3 ** (attempt - 1)))
            try:
                pages = self._decide(take, release)
            except Taken:
                if token and self._store.get(done[0].key):
                    return
                raise
            try:
                self._store.transact([*operations, *done, *pages])
            except StaleWrite as stale:
                if done and len(operations) in stale.failed:
                    return
                if own := [n for n in stale.failed if n < len(operations)]:
                    raise StaleWrite(own) from None
            else:
                return
        raise Unavailable("the diary", "many people are booking this day right now", retry_after=1)

    def diary(self, resource: str, start: int, end: int, now: int) -> tuple[Claim, ...]:
        """Live claims that meet [start, end), whole, by start. Strongly consistent."""
        days = self._rules.current().zone.dates(start, end)
        first, last = (keys.page(resource, d) for d in (days[0], days[-1]))
        found: dict[str, Claim] = {}
        cursor = None
        while True:
            part = self._store.query(Query(first.pk, low=first.sk, high=last.sk, cursor=cursor))
            for item in part.items:
                live = items.from_item(item, Page).live(now)
                found |= {c.id: c for c in live if c.meets(start, end)}
            if not (cursor := part.cursor):
                return tuple(sorted(found.values(), key=lambda c: (c.start, c.end, c.id)))

    def _decide(
        self, take: Sequence[tuple[Extent, Claim]], release: Sequence[tuple[Extent, str]]
    ) -> list[Operation]:
        """One operation per page that changes, or that must stay as it is because a claim stands there already."""
        rules, now = self._rules.current(), self._clock.now()
        read: dict[tuple[str, date], Page] = {}
        pages: dict[tuple[str, date], Page] = {}
        taken: set[tuple[str, date]] = set()

        def page(resource: str, day: date) -> Page:
            if (resource, day) not in pages:
                item = self._store.get(keys.page(resource, day))
                found = items.from_item(item, Page) if item else Page(resource=resource, day=day)
                read[resource, day] = pages[resource, day] = found
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
        changed: list[Operation] = [_write(new.pruned(now)) for key, new in pages.items() if new != read[key]]
        return changed + [_keep(new) for key, new in pages.items() if new == read[key] and key in taken]


def _whole(claim: Claim, extent: Extent, party: int) -> Claim:
    """The claim as it stands on a page: over the extent, the service named where it is smaller."""
    service = None if claim.service == (extent.start, extent.end) else claim.service
    return claim.model_copy(
        update={"start": extent.start, "end": extent.end, "party": party, "core": service}
    )


def _write(page: Page) -> Operation:
    """The page's next revision, if it is still as it was read."""
    when = Equals("rev", page.rev) if page.rev else Absent()
    return Put(items.to_item(page.model_copy(update={"rev": page.rev + 1})), when=when)


def _keep(page: Page) -> Operation:
    return Check(items.key_of(page), when=Equals("rev", page.rev))


def _mark(token: str, now: int) -> dict[str, str | int]:
    key = keys.seen(f"commit#{token}")
    return {"pk": key.pk, "sk": key.sk, "ttl": now + TOKEN_KEPT}
