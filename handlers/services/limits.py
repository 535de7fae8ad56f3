"""How often one address may knock: token buckets in the store, shared by every process."""

from __future__ import annotations

from handlers.domain import bucket, keys
from handlers.domain.errors import StaleWrite
from handlers.ports import Absent, Clock, Equals, Put, Store

FORM_RATE, FORM_BURST = 1 / 20, 12
"""Forms from one IP address: twelve at once, then one every 20 seconds."""

DAY = 86_400


class Limits:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def wait(self, name: str, *, rate: float = FORM_RATE, burst: int = FORM_BURST) -> float:
        """Takes a token of `name`'s bucket; the seconds to wait before trying again, 0 = go ahead.

        Under contention the last try counts as refused: whoever races their own bucket is too fast.
        """
        key, now = keys.bucket(name), self._clock.now()
        left = 0.0
        for _ in range(4):
            item = self._store.get(key)
            before = None if item is None else bucket.Bucket(item["tokens"], item["at"])
            after, left = bucket.take(before, now, rate=rate, burst=burst)
            if left:
                return left
            row = {"pk": key.pk, "sk": key.sk, "tokens": after.tokens, "at": after.at, "ttl": now + DAY}
            row["rev"] = 1 if item is None else item["rev"] + 1
            try:
                self._store.transact([Put(row, Absent() if item is None else Equals("rev", item["rev"]))])
            except StaleWrite:
                continue
            return 0.0
        return max(left, 1 / rate)
