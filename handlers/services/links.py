"""Links that customers get in mails and texts, and what becomes of them when somebody opens one."""

from __future__ import annotations

from typing import Any

from handlers.domain import keys
from handlers.domain.errors import LinkExpired, LinkInvalid
from handlers.domain.links import ACTIONS, Action, Link
from handlers.ports import Absent, Clock, Ids, Put, Signer, Store

KEPT = 30 * 86_400
"""Seconds a spent nonce and a short link outlive their expiry, so that a late visitor reads the right reason."""


class Links:
    """`base_url` is the public address, with or without a closing slash."""

    def __init__(self, signer: Signer, store: Store, clock: Clock, ids: Ids, base_url: str) -> None:
        self._signer, self._store, self._clock, self._ids = signer, store, clock, ids
        self._base = base_url.rstrip("/")

    def url(self, action: Action, subject: str, expires: int, **data: Any) -> str:
        """A new single-use link, good until `expires` (epoch s). `data` is small JSON that anybody can read."""
        payload: dict[str, Any] = {"s": subject, "n": self._ids.new()}
        if data:
            payload["d"] = data
        return f"{self._base}/l/{action.letter}{self._signer.sign(action.value, payload, expires)}"

    def open(self, token: str) -> Link:
        """What `GET /l/<token>` is about; changes nothing. Raises LinkInvalid, LinkExpired."""
        action = ACTIONS.get(token[:1])
        if action is None:
            raise LinkInvalid(token[:1])
        payload = self._signer.open(action.value, token[1:], self._clock.now())
        return Link(action, payload["s"], payload["n"], payload["exp"], payload.get("d", {}))

    def spent(self, link: Link) -> bool:
        """Whether its one use is gone."""
        return self._store.get(keys.spent(link.nonce)) is not None

    def spend(self, link: Link) -> Put:
        """Add it to the action's transaction: a StaleWrite that names it means LinkSpent."""
        item = {
            **keys.spent(link.nonce)._asdict(),
            "action": link.action.value,
            "subject": link.subject,
            "at": self._clock.now(),
            "ttl": link.expires + KEPT,
        }
        return Put(item, when=Absent())

    def short(self, url: str, expires: int) -> str:
        """A short address for texts that leads to `url` until `expires` (epoch s)."""
        id_ = self._ids.new()
        item = {**keys.short(id_)._asdict(), "url": url, "expires": expires, "ttl": expires + KEPT}
        self._store.transact([Put(item, when=Absent())])
        return f"{self._base}/t/{id_}"

    def follow(self, short_id: str) -> str:
        """Where `GET /t/<short_id>` leads. Raises LinkInvalid, LinkExpired."""
        item = self._store.get(keys.short(short_id)) if short_id.isalnum() else None
        if item is None:
            raise LinkInvalid("short")
        if self._clock.now() >= item["expires"]:
            raise LinkExpired("short")
        return str(item["url"])
