"""Entities as items of the table, and back. `keys.py` spells the keys; the indexes are filled in here.

An item is the entity's own JSON, flat, so that conditions can name its fields (`state`, `rev`, `taken`), plus `pk`,
`sk`, `entity` and the index attributes. A field that is None is left out: `Absent("taken")` means just that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ConfigDict, TypeAdapter

from handlers.domain import keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.events import Event
from handlers.domain.keys import Key
from handlers.domain.pages import Claim, Page
from handlers.domain.reminders import Chain
from handlers.domain.request import Proposal, Request
from handlers.domain.waitlist import Entry, Offer, Opening

E = TypeVar("E", bound=BaseModel)
Entity = Booking | Request | Proposal | Customer | Event | Page | AuditRow | Entry | Opening | Offer | Chain

KINDS: dict[str, type[Entity]] = {
    "booking": Booking,
    "request": Request,
    "proposal": Proposal,
    "customer": Customer,
    "event": Event,
    "page": Page,
    "audit": AuditRow,
    "entry": Entry,
    "opening": Opening,
    "offer": Offer,
    "chain": Chain,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_KEYS: dict[type[BaseModel], Callable[[str], Key]] = {
    Booking: keys.booking,
    Request: keys.request,
    Proposal: keys.proposal,
    Customer: keys.customer,
    Event: keys.event,
    Entry: keys.entry,
    Opening: keys.opening,
}

_CLAIMS = TypeAdapter(tuple[Claim, ...], config=ConfigDict(defer_build=True))
"""A page's claims stand in its item as one JSON text: half the time of a claim, as no store looks into them."""

CHAIN_KEPT = 90 * 86_400
"""Seconds after an appointment for which its reminders stand beside it; the audit keeps what was sent."""

EVENT_KEPT = 30 * 86_400
"""Seconds after which the store may clean an event up; by then it was relayed or is a dead letter."""


def to_item(entity: Entity) -> dict[str, Any]:
    plain = {k: v for k, v in entity.model_dump(mode="json").items() if v is not None}
    if isinstance(entity, Page):
        plain["claims"] = _CLAIMS.dump_json(entity.claims, exclude_defaults=True).decode()
    key = key_of(entity)
    return {"pk": key.pk, "sk": key.sk, "entity": _NAMES[type(entity)], **plain, **index(entity)}


@overload
def from_item(item: dict[str, Any]) -> Entity: ...
@overload
def from_item(item: dict[str, Any], kind: type[E]) -> E: ...
def from_item(item: dict[str, Any], kind: type[BaseModel] | None = None) -> BaseModel:
    """The entity of an item; `kind` says which one the caller expects (ValueError when it is another)."""
    made = KINDS[item["entity"]]
    if kind not in (None, made):
        raise ValueError(f"{item['pk']} is a {item['entity']}")
    if made is Page and isinstance(claims := item["claims"], str):
        item = {**item, "claims": _CLAIMS.validate_json(claims)}
    return made.model_validate(item)


def key_of(entity: Entity) -> Key:
    if isinstance(entity, Page):
        return keys.page(entity.resource, entity.day)
    if isinstance(entity, Chain):
        return keys.chain(entity.booking, entity.start)
    if isinstance(entity, AuditRow):
        return keys.audit(Key(entity.subject, ""), entity.at, entity.id)
    if isinstance(entity, Offer):
        return keys.offer(entity.opening, entity.seq)
    return _KEYS[type(entity)](entity.id)


def index(entity: Entity) -> dict[str, Any]:  # noqa: C901, PLR0911 - one answer for each kind
    """Its index attributes and `ttl`, for those who change an item with an `Update`.

    A booking or request that nothing waits for stands under its state at its start (its creation).
    """
    match entity:
        case Booking(slot=slot):
            return (
                _in("gsi1", keys.of_customer(entity.customer), keys.at(slot.start))
                | _in("gsi2", keys.of_resource(slot.resource), keys.at(slot.start))
                | _in("gsi3", keys.booking_state(entity.state), keys.at(entity.until or slot.start))
            )
        case Request():
            mine = (
                _in("gsi1", keys.of_customer(entity.customer), keys.at(entity.created))
                if entity.customer
                else {}
            )
            return mine | _in(
                "gsi3", keys.request_state(entity.state), keys.at(entity.until or entity.created)
            )
        case Proposal(customer=str() as customer):
            return _in("gsi1", keys.of_customer(customer), keys.at(entity.created))
        case Customer():
            phone = _in("gsi1", keys.of_phone(entity.phone[-4:]), entity.id) if entity.phone else {}
            name = fold(entity.name)
            return phone | (_in("gsi2", keys.CUSTOMERS, name) if name else {})
        case Entry():
            there = (
                _in("gsi2", keys.waitlist(entity.service), keys.at(entity.joined))
                if entity.on_the_list
                else {}
            )
            mine = _in("gsi1", keys.of_customer(entity.customer), keys.at(entity.joined))
            return mine | there | _in("gsi3", keys.entry_state(entity.state), entity.latest.isoformat())
        case Opening():
            due = keys.at(entity.start if entity.due is None else entity.due)
            return _in("gsi2", keys.openings(entity.resource), keys.at(entity.start)) | _in(
                "gsi3", keys.opening_state(entity.state), due
            )
        case Offer():
            news = _in("gsi3", keys.UNTOLD, keys.at(entity.changed)) if entity.untold else {}
            return _in("gsi1", keys.of_customer(entity.customer), keys.at(entity.created)) | news
        case Chain():
            return _due(entity) | {"ttl": entity.start + CHAIN_KEPT}
        case AuditRow(at=at):
            done = keys.done(entity.subject.partition("#")[0], datetime.fromtimestamp(at, UTC).date())
            return _in("gsi3", done, keys.at(at))
        case Event():
            return _in("gsi3", keys.OUTBOX, keys.at(entity.at)) | {"ttl": entity.at + EVENT_KEPT}
        case _:
            return {}


def _due(chain: Chain) -> dict[str, Any]:
    """Where a chain stands that has something to do, or waits for staff."""
    if chain.held:
        return _in("gsi3", keys.HELD, keys.at(chain.start))
    return {} if chain.due is None else _in("gsi3", keys.REMINDER, keys.at(chain.due))


def fold(name: str) -> str:
    """A name as it stands in the index of customers: a prefix of it, folded too, finds it."""
    return " ".join(name.casefold().split())[:100]


def _in(name: str, pk: str, sk: str) -> dict[str, str]:
    return {f"{name}pk": pk, f"{name}sk": sk}
