"""Cards that stand in the desk's channel: posted once, then kept true in place.

Where a card stands is recorded in the store under its subject. Posting is claimed first, so that a redelivery or a
second worker updates rather than posts twice; a claim whose worker died is taken over, and what it posted is found
again by its marker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from blocks.elements import Card
from bot.messenger import Messenger, Place
from handlers.domain import keys
from handlers.domain.errors import StaleWrite, Unavailable
from handlers.domain.keys import Key
from handlers.ports import Absent, Clock, Equals, Item, Put, Store

log = logging.getLogger(__name__)

CLAIM = 30
"""Seconds a worker has for posting before another may take over."""
LOOKS = 20
"""How often we look whether the other worker has posted, a fifth of a second apart."""


class Moves(NamedTuple):
    """A card that has something new to say to everybody stands anew, at the end of the channel, where people are told
    of it: when its `stage` is another than the one it was posted in, and not "". `left` is what stays in its place."""

    stage: str
    left: Card


class Board:
    """`pause` waits a number of seconds for another worker."""

    def __init__(
        self, store: Store, clock: Clock, slack: Messenger, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._store, self._clock, self._slack, self._pause = store, clock, slack, pause

    def standing(self, subject: Key, kind: str) -> Item | None:
        """What is recorded of the card; `channel` and `ts` once it is posted."""
        return self._store.get(keys.notice(subject, kind))

    def show(
        self,
        subject: Key,
        kind: str,
        channel: str,
        render: Callable[[], tuple[int, Card]],
        *,
        post: bool = True,
        moves: Moves | None = None,
    ) -> None:
        """Posts the card, or brings the one that stands to what `render` gives: (revision of the state, card).

        Without `post`, only a card that stands is updated. With `moves` it may move to the end of the channel. Another worker may write an older card over ours, or we
        over its: whoever wrote looks again, and writes again when the state has moved on.
        """
        for _ in range(3):
            revision, card = render()
            if not self._once(subject, kind, channel, card, post=post, moves=moves):
                return
            if render()[0] == revision:
                return

    def close(self, subject: Key, kind: str) -> None:
        """Forgets where the card stands: the next one is posted anew."""
        item = self.standing(subject, kind)
        if item is not None:
            self._record(item, {**item, "closed": True})

    def _once(
        self, subject: Key, kind: str, channel: str, card: Card, *, post: bool, moves: Moves | None
    ) -> bool:
        """False when there was nothing to do."""
        key = keys.notice(subject, kind)
        item = self._store.get(key)
        stage = moves.stage if moves else ""
        if item is None:
            return post and self._post(None, key, channel, card, marker=f"{key.pk}/{key.sk}", stage=stage)
        if not item.get("ts"):
            return self._adopt(item, key, channel, card)
        if moves is not None and not item.get("closed") and stage not in {"", item.get("stage")}:
            self._slack.update(_place(item), moves.left)
        elif not item.get("closed") and self._slack.update(_place(item), card):
            self._settle(item, key, moves)
            return True
        return post and self._post(item, key, channel, card, marker=f"{item['marker']}+", stage=stage)

    def _settle(self, written: Item, key: Key, moves: Moves | None) -> None:
        """The card may have moved while we wrote where it stood before: there it must not come back."""
        if moves is not None and (now := self._store.get(key)) and now["turn"] != written["turn"]:
            self._slack.update(_place(written), moves.left)

    def _adopt(self, item: Item, key: Key, channel: str, card: Card) -> bool:
        """A worker claimed this card and has not recorded where it stands: it is at it, or it died."""
        claimed = int(item["claimed"])
        if self._clock.now() - claimed < CLAIM:
            return self._wait(key, card)
        found = self._slack.find(self._channel_id(channel), str(item["marker"]), claimed - CLAIM)
        if found is None:
            return self._post(
                item, key, channel, card, marker=str(item["marker"]), stage=str(item.get("stage", ""))
            )
        self._record(item, _placed(item, found))
        return self._slack.update(found, card)

    def _post(
        self, before: Item | None, key: Key, channel: str, card: Card, *, marker: str, stage: str = ""
    ) -> bool:
        claim = {**key._asdict(), "marker": marker, "claimed": self._clock.now(), "turn": 1, "stage": stage}
        if before is not None:
            claim["turn"] = int(before["turn"]) + 1
        if not self._record(before, claim):
            return self._wait(key, card)
        place = self._slack.post(channel, card, marker)
        self._record(claim, _placed(claim, place))
        if place.channel != self._channel_id(channel):
            self._store.transact([Put({**_channel_key(channel)._asdict(), "channel": place.channel})])
        return True

    def _channel_id(self, channel: str) -> str:
        """The id of "#front-desk", once something was posted there: only posting takes a name."""
        item = self._store.get(_channel_key(channel))
        return str(item["channel"]) if item else channel

    def _wait(self, key: Key, card: Card) -> bool:
        """Another worker is posting this card: once it stands, ours may be newer."""
        for _ in range(LOOKS):
            self._pause(0.2)
            item = self._store.get(key)
            if item is not None and item.get("ts"):
                return self._slack.update(_place(item), card)
        raise Unavailable("notice", "another worker is posting it", retry_after=CLAIM)

    def _record(self, before: Item | None, after: dict[str, Any]) -> bool:
        """False when somebody else changed the record meanwhile."""
        turn = int(before["turn"]) if before else 0
        when = Equals("turn", turn) if before else Absent()
        try:
            self._store.transact([Put({**after, "turn": turn + 1}, when)])
        except StaleWrite:
            return False
        after["turn"] = turn + 1
        return True


def _channel_key(channel: str) -> Key:
    return keys.notice(Key(f"CHANNEL#{channel}", ""), "channel")


def _place(item: Item) -> Place:
    return Place(str(item["channel"]), str(item["ts"]))


def _placed(item: Item, place: Place) -> Item:
    return {**item, "channel": place.channel, "ts": place.ts}
