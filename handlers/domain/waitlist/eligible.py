"""Who on the list may have an opening, and in which order. The same inputs give the same answer.

The checks, in the owner's order: service, party size, dates, staff preference; then what only we know: whether they were
tried already, can be reached in time, or hold another offer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from handlers.domain.availability.working import too_small
from handlers.domain.pages import by_visit
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.opening import Offer, Opening


class Why(StrEnum):
    """Why an entry is not offered an opening; the first that applies."""

    GONE = "not on the list"
    PAUSED = "asked not to be offered times"
    SERVICE = "another service"
    FIT = "the service does not fit"
    PARTY = "party size"
    DATE = "dates"
    RESOURCE = "staff preference"
    EARLIER = "no earlier than their booking"
    OWN = "gave it back themselves"
    TRIED = "was offered it already"
    SOON = "too soon to reach"
    OFFERED = "holds another offer"
    UNREACHABLE = "no way to reach them"


class Terms(NamedTuple):
    """`day` is the local date of the start, `parties` the sizes that suit, `soon` whether it is too close to offer."""

    slot: Slot
    day: date
    parties: frozenset[int]
    soon: bool


@dataclass(frozen=True)
class Place:
    """An opening as the engine sees it: `slots` is what each service would get, `misfits` why a service can't."""

    opening: Opening
    rules: Rules
    day: date
    """The local date it starts on."""
    send_at: int
    """When a message could leave (epoch s): now, or the end of quiet hours."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    misfits: Mapping[str, str] = field(default_factory=dict)
    tried: Collection[str] = ()
    """Entry ids."""
    unreachable: Callable[[Entry], bool] = lambda _: False
    """Asked last: it may have to look."""

    @cached_property
    def terms(self) -> Mapping[str, Terms]:
        """What each service that fits asks of an entry; worked out once for a list of thousands."""
        return {
            service: Terms(
                slot=slot,
                day=self.rules.zone.date(slot.start),
                parties=frozenset(n for n in self._sizes(service) if not _party(self, service, n)),
                soon=too_soon(self, slot),
            )
            for service, slot in self.slots.items()
        }

    def _sizes(self, service: str) -> range:
        party = self.rules.services[service].party
        return range(party.min, party.max + 1)


def refusal(place: Place, entry: Entry) -> Why | None:  # noqa: PLR0911 - the list of checks, one a line
    """The first reason against offering; None when the entry may have it, if they can be reached."""
    if entry.state is not EntryState.WAITING:
        return Why.PAUSED if entry.state is EntryState.PAUSED else Why.GONE
    terms = place.terms.get(entry.service)
    if terms is None:
        return Why.FIT if entry.service in place.misfits else Why.SERVICE
    slot, day, parties, soon = terms
    if entry.party not in parties:
        return Why.PARTY
    if not entry.earliest <= day <= entry.latest:
        return Why.DATE
    if entry.resource is not None and entry.resource != slot.resource:
        return Why.RESOURCE
    if entry.before is not None and slot.start >= entry.before:
        return Why.EARLIER
    if entry.customer == place.opening.freed_by:
        return Why.OWN
    if entry.id in place.tried:
        return Why.TRIED
    if soon:
        return Why.SOON
    return Why.OFFERED if entry.offer is not None else None


def against(place: Place, entry: Entry) -> Why | None:
    """As `refusal`, for staff who ask them in person: what only concerns messages and turns does not count."""
    if not entry.on_the_list:
        return Why.GONE
    asked = replace(place, tried=(), send_at=0)
    return refusal(asked, entry.model_copy(update={"state": EntryState.WAITING, "offer": None}))


def eligible(place: Place, entries: Iterable[Entry]) -> list[Entry]:
    """Everyone who may have it, in the fair order; whether they can be reached is asked one by one, later."""
    return in_order([e for e in entries if refusal(place, e) is None], place.rules.waitlist.order)


def in_order(entries: Iterable[Entry], order: Sequence[str]) -> list[Entry]:
    """By the owner's order; who joined first and then the id decide what it leaves open."""
    if order and order[0] == "priority":
        return sorted(entries, key=lambda e: (-e.priority, e.joined, e.id))
    if "priority" in order:
        return sorted(entries, key=lambda e: (e.joined, -e.priority, e.id))
    return sorted(entries, key=lambda e: (e.joined, e.id))


def too_soon(place: Place, slot: Slot) -> bool:
    """No offer leaves closer to the start than the owner's cutoff, nor one whose window would outlast the start."""
    return soonest(place.rules, place.send_at) > slot.start


def soonest(rules: Rules, send_at: int) -> int:
    """The earliest start that a message sent at `send_at` can still offer (epoch s)."""
    return send_at + max(rules.waitlist.cutoff, rules.waitlist.claim_window)


def suits(offer: Offer, entry: Entry, day: date) -> bool:
    """Whether the entry, as it is now, still asks for what it was offered; `day` is the local date of its start."""
    slot = offer.slot
    return (
        (entry.service, entry.party) == (slot.service, offer.party)
        and entry.earliest <= day <= entry.latest
        and entry.resource in (None, slot.resource)
        and (entry.before is None or slot.start < entry.before)
    )


def explain(place: Place, entry: Entry) -> str:
    """Why this entry was, or was not, offered this opening: one sentence for staff."""
    why = refusal(place, entry) or (Why.UNREACHABLE if place.unreachable(entry) else None)
    if why is None:
        return "Fits: it is offered in the order of the list."
    rules, opening = place.rules, place.opening
    resource = rules.resources.get(opening.resource)
    who = resource.name if resource else opening.resource
    told: dict[Why, Callable[[], str]] = {
        Why.GONE: lambda: f"Not on the list any more ({entry.state.value.lower()}).",
        Why.PAUSED: lambda: "Asked not to be offered times; still on the list for you to call.",
        Why.SERVICE: lambda: f"Waits for {_service(rules, entry.service)}, which {who} does not give.",
        Why.FIT: lambda: f"{_service(rules, entry.service)} does not fit: {place.misfits[entry.service]}.",
        Why.PARTY: lambda: (
            f"A party of {entry.party} does not suit: {_party(place, entry.service, entry.party)}."
        ),
        Why.DATE: lambda: f"Wants {_days(entry)}; this is on {_day(place.terms[entry.service].day)}.",
        Why.RESOURCE: lambda: f"Wants {_name(rules, entry.resource)}; this is with {who}.",
        Why.EARLIER: lambda: f"Has a booking at {rules.zone.say(entry.before or 0)}; this is not earlier.",
        Why.OWN: lambda: "It was theirs: they gave it back.",
        Why.TRIED: lambda: "Was offered it already.",
        Why.OFFERED: lambda: "Holds another offer right now; one at a time.",
        Why.SOON: lambda: "Too close to the start: a message would not leave them the time to answer.",
        Why.UNREACHABLE: lambda: "Can't be reached: no mobile number or address, or asked for no messages.",
    }
    return told[why]()


def _party(place: Place, service_id: str, party: int) -> str:
    """What is wrong with a party's size; "" when nothing is."""
    rules, opening = place.rules, place.opening
    service, resource = rules.services[service_id], rules.resources[opening.resource]
    if not service.party.min <= party <= service.party.max:
        low, high = service.party.min, service.party.max
        return f"{service.name} is for {f'{low} to {high}' if low < high else low} {'people' if high > 1 else 'person'}"
    if not by_visit(resource) and party > opening.seats:
        return f"only {opening.seats} of the places came free"
    return too_small(resource, party, rules.booking.down_fit)


def _service(rules: Rules, id_: str) -> str:
    return rules.services[id_].name if id_ in rules.services else id_


def _name(rules: Rules, id_: str | None) -> str:
    return rules.resources[id_].name if id_ in rules.resources else str(id_)


def _days(entry: Entry) -> str:
    first, last = _day(entry.earliest), _day(entry.latest)
    return first if first == last else f"{first} to {last}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
