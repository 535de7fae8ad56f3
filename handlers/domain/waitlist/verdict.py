"""Why somebody was, or was not, given an opening: one sentence for staff, also when it is over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from handlers.domain.availability.fit import fitting
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.eligible import Place, eligible, explain, refusal
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import ACTIVE, IN_LINE, Offer, OfferState, Opening, OpeningState

NAMED = 3
"""How many of those who come first are named."""
CHANNELS = {"text": "text", "email": "mail"}
ORDINALS = ("first", "second", "third")


def verdict(
    place: Place,
    entry: Entry,
    *,
    offers: Sequence[Offer] = (),
    waiting: Sequence[Entry] = (),
    orders: Sequence[Sequence[str]] = (),
) -> str:
    """`offers` were made of it. While it is still to be filled `place` is as things are and `waiting` who waits; of one
    that is over `place` is as it was (`as_it_was`), and `orders` names who was in line at each offer."""
    mine = next((o for o in reversed(offers) if o.entry == entry.id), None)
    if mine is not None:
        return _went(place.rules, mine)
    if place.opening.state not in ACTIVE:
        return _then(place, entry, orders)
    if refusal(place, entry) is not None or place.unreachable(entry):
        return explain(place, entry)
    if place.opening.state is OpeningState.HANDED_BACK:
        return "Fits. Offers have ended: press Try again or Book someone on its card."
    return _in_line(place, entry, waiting)


def as_it_was(rules: Rules, opening: Opening) -> Place:
    """The opening before anybody had it, as far as it can be known later: what fits into its length."""
    found = fitting(rules, opening.resource, opening.start, opening.end, diaries={}, now=opening.created)
    return Place(
        opening=opening,
        rules=rules,
        day=rules.zone.date(opening.start),
        send_at=opening.created,
        slots=found.slots,
        misfits=found.misfits,
    )


def _went(rules: Rules, offer: Offer) -> str:  # noqa: PLR0911 - an ending a line
    """How an offer to them went."""
    if offer.state is OfferState.FAILED:
        return f"Was next, but could not be given it: {offer.reason or 'the message could not be delivered'}."
    if offer.sent is None:
        return "Is being sent the offer at this moment." if offer.state is OfferState.SENDING else "Was next."
    zone = rules.zone
    was = f"Was offered it by {CHANNELS[offer.channel]} on {zone.say(offer.sent)}"
    until = zone.say_time(offer.ends or offer.changed)
    match offer.state:
        case OfferState.CLAIMED:
            return f"{was} and took it."
        case OfferState.DECLINED:
            return f"{was} and {offer.reason or 'said no'}."
        case OfferState.TIMED_OUT:
            return f"{was} and had not answered by {until}."
        case OfferState.WITHDRAWN:
            why = offer.reason[:1].lower() + offer.reason[1:].rstrip(".")
            return f"{was}; it was taken back at {zone.say_time(offer.changed)}: {why}."
        case _:
            return f"{was} and has until {until}."


def _in_line(place: Place, entry: Entry, waiting: Sequence[Entry]) -> str:
    ahead = list(takewhile(lambda e: e.id != entry.id, eligible(place, waiting)))
    if not ahead:
        return "Fits, and is next in line."
    names = [f"{e.name or 'somebody'} ({_rank(place.rules, e, entry)})" for e in ahead[:NAMED]]
    if len(ahead) > NAMED:
        names.append(f"{len(ahead) - NAMED} more")
    come = "comes" if len(ahead) == 1 else "come"
    return f"Fits, and is {_nth(len(ahead) + 1)} in line: {', '.join(names)} {come} first."


def _rank(rules: Rules, ahead: Entry, entry: Entry) -> str:
    """What puts `ahead` before `entry`, by the owner's order."""
    for by in (*rules.waitlist.order, "joined"):
        if by == "priority" and ahead.priority != entry.priority:
            return f"priority {ahead.priority}"
        if by == "joined" and ahead.joined != entry.joined:
            return f"waits since {rules.zone.say(ahead.joined)}"
    return "joined at the same time"


def _then(place: Place, entry: Entry, orders: Sequence[Sequence[str]]) -> str:  # noqa: PLR0911 - a case a line
    lines = [list(order) for order in orders if entry.id in order]
    if lines:
        number = lines[-1].index(entry.id) + 1
        if number == 1:
            return "Was in line for it, and it was gone before they were asked."
        return f"Was {_nth(number)} in line, and it was gone before their turn."
    if entry.created > place.opening.created:
        return f"Joined the list later, on {place.rules.zone.say(entry.created)}."
    if refusal(place, entry) is not None:
        return explain(place, entry)
    if any(len(order) >= IN_LINE for order in orders):
        return f"Was further back in line than the first {IN_LINE}."
    if not orders:
        return "Fits, but it was gone before anybody was offered it."
    return "Was not in line when it was offered; what they wish for has changed since."


def _nth(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"number {number}"
