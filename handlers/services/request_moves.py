"""A request and its transitions: state, audit row and event change together, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.errors import NotFound, StaleWrite, WrongState
from handlers.domain.events import EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.request import WAITING, Message, Request, RequestState
from handlers.ports import Absent, Clock, Equals, Ids, Operation, Put, Query, Store
from handlers.services.journal import Journal

SEEN_TTL = 30 * 86_400
TOLD = frozenset({"reason", "proposal", "booking", "entry"})
"""What the audit keeps of a request's changes."""

MOVED: dict[RequestState, EventKind] = {
    RequestState.RECEIVED: EventKind.REQUEST_RECEIVED,
    RequestState.PROPOSED: EventKind.REQUEST_PROPOSED,
    RequestState.DRAFT: EventKind.REQUEST_DRAFTED,
    RequestState.APPROVED: EventKind.REQUEST_APPROVED,
    RequestState.ESCALATED: EventKind.REQUEST_ESCALATED,
    RequestState.DECLINED: EventKind.REQUEST_DECLINED,
    RequestState.DISCARDED: EventKind.REQUEST_DISCARDED,
    RequestState.HANDLED: EventKind.REQUEST_HANDLED,
    RequestState.BOOKED: EventKind.REQUEST_BOOKED,
    RequestState.EXPIRED: EventKind.REQUEST_EXPIRED,
}


def message_digest(message: Message) -> str:
    """One id per message, however often and by whichever path it is delivered."""
    parts = (message.message_id, message.sender, message.subject, message.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


class RequestMoves:
    def __init__(self, *, store: Store, clock: Clock, ids: Ids, journal: Journal) -> None:
        self._store, self._clock, self._ids, self._journal = store, clock, ids, journal

    def get(self, id_: str) -> Request:
        """Raises NotFound."""
        item = self._store.get(keys.request(id_))
        if item is None:
            raise NotFound("request", id_)
        return from_item(item, Request)

    def waiting(self) -> tuple[Request, ...]:
        """Drafts and escalations, oldest first."""
        found = [
            from_item(item, Request)
            for state in WAITING
            for item in self._store.query(Query(keys.request_state(state), index="gsi3")).items
        ]
        return tuple(sorted(found, key=lambda r: (r.created, r.id)))

    def move(
        self,
        request: Request,
        to: RequestState,
        by: str,
        *,
        event_data: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Request:
        """Moves `request` as it was read: state, audit row and event together. Raises WrongState when it moved on."""
        moved, operations = self.moving(request, to, by, event_data=event_data, **changes)
        return self._commit(request, moved, operations)

    def moving(
        self,
        request: Request,
        to: RequestState,
        by: str,
        *,
        event_data: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> tuple[Request, list[Operation]]:
        """The parts of a `move`, for a transaction that does more than that."""
        moved = self._next(request, state=to, changed=self._clock.now(), changed_by=by, **changes)
        before = {"state": request.state}
        after = {"state": to, **{k: v for k, v in changes.items() if k in TOLD}}
        if to is RequestState.DISCARDED and request.message.raw:
            after["raw"] = request.message.raw  # kept: whoever asks later finds what was thrown away
        return moved, [
            Put(to_item(moved), Equals("rev", request.rev)),
            self._journal.audit(keys.request(request.id), by, MOVED[to], before, after),
            self._journal.event(MOVED[to], request.id, **(event_data or {})),
        ]

    def note(self, request: Request, what: str, *, event: EventKind | None = None, **changes: Any) -> Request:
        """Changes `request` without moving it; `what` is the audit's verb. Raises WrongState when it moved on."""
        noted = self._next(request, **changes)
        operations: list[Operation] = [
            Put(to_item(noted), Equals("rev", request.rev)),
            self._journal.audit(keys.request(request.id), "system", what),
        ]
        if event is not None:
            operations.append(self._journal.event(event, request.id))
        return self._commit(request, noted, operations)

    def store_new(
        self,
        message: Message,
        *,
        announce: bool = True,
        by: str = "customer",
        also: Callable[[Request], Sequence[Operation]] | None = None,
        **fields: Any,
    ) -> Request | None:
        """The request and its event in one transaction, with what `also` makes of it; None when this message was stored
        before, or `also` can't be."""
        now, digest = self._clock.now(), message_digest(message)
        request = Request(
            id=self._ids.new(),
            state=fields.pop("state", RequestState.RECEIVED),
            channel=message.channel,
            message=message,
            created=now,
            changed=now,
            changed_by=by,
            **fields,
        )
        seen = keys.seen(f"message:{digest}")
        operations: list[Operation] = [
            Put({"pk": seen.pk, "sk": seen.sk, "request": request.id, "ttl": now + SEEN_TTL}, Absent()),
            Put(to_item(request), Absent()),
            self._journal.audit(keys.request(request.id), by, "received", None, {"channel": message.channel}),
            *(also(request) if also else ()),
        ]
        if announce:
            operations.append(self._journal.event(MOVED[request.state], request.id))
        try:
            self._store.transact(operations)
        except StaleWrite:
            return None
        return request

    def _answer(
        self, id_: str, states: Sequence[RequestState], to: RequestState, by: str, **changes: Any
    ) -> Request:
        request = self.get(id_)
        if request.state not in states:
            raise moved_on(request)
        return self.move(request, to, by, **changes)

    @staticmethod
    def _next(request: Request, **changes: Any) -> Request:
        return request.model_copy(update={"until": None, **changes, "rev": request.rev + 1})

    def _commit(self, request: Request, changed: Request, operations: Sequence[Operation]) -> Request:
        try:
            self._store.transact(operations)
        except StaleWrite:
            raise moved_on(self.get(request.id)) from None
        return changed


def moved_on(request: Request) -> WrongState:
    """What a click on a card is told that shows an older state."""
    return WrongState("request", request.id, request.state, request.changed_by, request.changed)
