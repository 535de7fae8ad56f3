"""One transition of a booking: page, booking, audit row and outbox events change together, or not at all.

A transition is decided on the booking as it was read and committed on condition that nobody changed it since; a
lost race reads again and decides again, and then finds the other's state (WrongState names who moved it there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import HOLDING, MOVES, Booking, State
from handlers.domain.customer import Customer
from handlers.domain.errors import LinkSpent, NotFound, StaleWrite, WrongState
from handlers.domain.events import EventKind
from handlers.domain.items import from_item, to_item
from handlers.domain.links import Link
from handlers.domain.pages import Claim
from handlers.domain.request import Proposal, Request, RequestState
from handlers.domain.slot import Extent
from handlers.ports import Absent, AllOf, Clock, Equals, Operation, Put, Store, Update
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.links import Links

TRIES = 8
"""How often a transition is decided anew when others keep changing the same booking."""


@dataclass(frozen=True)
class Step:
    """What a transition does besides moving the state. `what` is the audit's verb, `event` what happened.

    `release` gives up what the booking holds; `claim` takes its (new) extents, in place of the old ones.
    `gives_up` are claims of others that end with it: the hold of the offer it comes from.
    """

    what: str
    event: EventKind
    changes: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    release: bool = False
    claim: tuple[tuple[Extent, Claim], ...] = ()
    gives_up: tuple[tuple[Extent, str], ...] = ()
    operations: tuple[Operation, ...] = ()


class BookingMoves:
    """`links` is asked only when a customer's link is spent: staff's clicks never build the signer."""

    def __init__(
        self, *, store: Store, ledger: Ledger, journal: Journal, links: Callable[[], Links], clock: Clock
    ) -> None:
        self._store, self._ledger, self._journal = store, ledger, journal
        self._links, self._clock = links, clock

    def read(self, id_: str) -> Booking:
        """Raises NotFound."""
        item = self._store.get(keys.booking(id_))
        if item is None:
            raise NotFound("booking", id_)
        return from_item(item, Booking)

    def move(
        self,
        id_: str,
        to: State | None,
        by: str,
        decide: Callable[[Booking], Step | None],
        *,
        allowed: Iterable[State] | None = None,
        spend: Link | None = None,
    ) -> Booking:
        """The booking after the transition; as it is when `decide` answers None.

        `to=None` keeps the state; `allowed` narrows the states it may start from. Raises NotFound, WrongState,
        LinkSpent, and what `decide` and the pages raise (Taken).
        """
        for _ in range(TRIES):
            old = self.read(id_)
            step = self._decided(old, to, decide, allowed)
            if step is None:
                return old
            new = self._after(old, to or old.state, by, step)
            operations = [
                Put(to_item(new), AllOf((Equals("rev", old.rev), Equals("state", old.state.value)))),
                self._journal.audit(
                    keys.booking(id_), by, step.what, _told(old), _told(new), **_small(step.data)
                ),
                self._journal.event(step.event, id_, **self._data(old, new, by, step)),
                *self._freed(old, new, step),
                *_strays(old, new),
                *step.operations,
            ]
            if spend is not None:
                operations.append(self._links().spend(spend))
            try:
                self._ledger.commit(
                    take=step.claim,
                    release=[
                        *([(e, id_) for e in old.extents] if step.release or step.claim else ()),
                        *step.gives_up,
                    ],
                    operations=operations,
                )
            except StaleWrite:
                if spend is not None and self._links().spent(spend) and self.read(id_).rev == old.rev:
                    raise LinkSpent(spend.nonce) from None
                continue
            return new
        raise StaleWrite

    def _decided(
        self,
        old: Booking,
        to: State | None,
        decide: Callable[[Booking], Step | None],
        allowed: Iterable[State] | None,
    ) -> Step | None:
        if (to is not None and to not in MOVES[old.state]) or (
            allowed is not None and old.state not in allowed
        ):
            raise already(old)
        return decide(old)

    def _after(self, old: Booking, to: State, by: str, step: Step) -> Booking:
        update = {
            "until": None,
            **step.changes,
            "state": to,
            "changed": self._clock.now(),
            "changed_by": by,
            "rev": old.rev + 1,
        }
        return old.model_copy(update=update)

    def _data(self, old: Booking, new: Booking, by: str, step: Step) -> dict[str, Any]:
        return {"revision": new.revision, "rev": new.rev, "was": old.state.value, "by": by, **step.data}

    def _freed(self, old: Booking, new: Booking, step: Step) -> list[Operation]:
        """The event for what can be booked again: nothing that is over, and only the rest of what has begun."""
        now = self._clock.now()
        moved = new.slot != old.slot
        if not (step.release or moved) or step.data.get("conflict") or old.slot.end <= now:
            return []
        return [
            self._journal.event(
                EventKind.SLOT_FREED,
                old.id,
                why="rescheduled" if moved else new.state.value.lower(),
                by=new.changed_by,
                was=old.state.value,
                customer=old.customer,
                service=old.slot.service,
                resource=old.slot.resource,
                needs=list(old.slot.needs),
                start=max(now, old.slot.start),
                end=old.slot.end,
                extent=[max(now, old.extent[0]), old.extent[1]],
                seats=old.party,
            )
        ]

    # --- parts of a transition ---------------------------------------------------------------------------------

    def proposal(self, id_: str) -> Proposal:
        """As it stands now. Raises NotFound."""
        item = self._store.get(keys.proposal(id_))
        if item is None:
            raise NotFound("proposal", id_)
        return from_item(item, Proposal)

    def take_proposal(self, proposal: Proposal, booking: str) -> Update:
        """A proposal books once."""
        return Update(
            keys.proposal(proposal.id),
            set={"taken": booking, "rev": proposal.rev + 1},
            when=AllOf((Absent("taken"), Equals("rev", proposal.rev))),
        )

    def book_request(self, id_: str, booking: str, by: str) -> list[Operation]:
        """The request a booking came from is BOOKED with it; nothing when it is unknown, or has a booking that stands."""
        item = self._store.get(keys.request(id_))
        if item is None:
            return []
        old = from_item(item, Request)
        if old.booking and self.read(old.booking).state in HOLDING:
            return []
        new = old.model_copy(
            update={
                "state": RequestState.BOOKED,
                "booking": booking,
                "until": None,
                "changed": self._clock.now(),
                "changed_by": by,
                "rev": old.rev + 1,
            }
        )
        return [
            Put(to_item(new), Equals("rev", old.rev)),
            self._journal.audit(
                keys.request(id_),
                by,
                "booked",
                {"state": old.state.value},
                {"state": new.state.value, "booking": booking},
            ),
            self._journal.event(EventKind.REQUEST_BOOKED, id_, booking=booking, by=by),
        ]

    def count(self, customer: str, *, visits: int = 0, no_shows: int = 0, usual: str = "") -> list[Operation]:
        """The customer's counters move with the booking; nothing for a customer who is gone."""
        item = self._store.get(keys.customer(customer))
        if item is None:
            return []
        old = from_item(item, Customer)
        new = old.model_copy(
            update={
                "visits": max(0, old.visits + visits),
                "no_shows": max(0, old.no_shows + no_shows),
                "usual_resource": usual or old.usual_resource,
                "rev": old.rev + 1,
            }
        )
        return [Put(to_item(new), Equals("rev", old.rev))]


def _strays(old: Booking, new: Booking) -> list[Put]:
    """Until our event has left the calendar, whoever takes the slot next must not see it as somebody else's."""
    if old.state not in {State.CONFIRMED, State.ARRIVED} or (
        new.slot == old.slot and new.state in {State.CONFIRMED, State.ARRIVED}
    ):
        return []
    return [
        Put(
            {
                **keys.stray(resource, old.id, new.rev)._asdict(),
                "booking": old.id,
                "start": old.extent[0],
                "end": old.extent[1],
                "ttl": old.extent[1] + 7 * 86_400,
            }
        )
        for resource in (old.slot.resource, *old.slot.needs)
    ]


def claims(
    id_: str, extents: Sequence[Extent], core: tuple[int, int], party: int, until: int | None
) -> tuple[tuple[Extent, Claim], ...]:
    """The claims of one booking, one per resource it takes."""
    return tuple(
        (e, Claim(id=id_, start=e.start, end=e.end, party=party, until=until, core=core)) for e in extents
    )


def already(booking: Booking, state: State | None = None) -> WrongState:
    """What a click on something that has moved on is told."""
    return WrongState("booking", booking.id, state or booking.state, booking.changed_by, booking.changed)


def _told(booking: Booking) -> dict[str, Any]:
    """What the audit keeps of a booking before and after."""
    told: dict[str, Any] = {
        "state": booking.state.value,
        "resource": booking.slot.resource,
        "start": booking.slot.start,
        "revision": booking.revision,
    }
    return told if booking.until is None else {**told, "until": booking.until}


def _small(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in data.items() if k in {"reason", "changed", "reminders"} and v}
