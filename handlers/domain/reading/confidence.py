"""Which fields a human must look at, and the move that follows. A number is earned by how a thing was said; see each reader."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.domain.reading.intent import Intent
from handlers.domain.request import FieldReading, Move, ServiceReading
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window

_SURE_MOVES: dict[Intent, Move] = {
    "spam": "decline",
    "out_of_scope": "decline",
    "handoff": "escalate",
    "complaint": "escalate",
    "change": "escalate",
    "question": "escalate",
}
_MOST_WINDOWS = 6
"""More alternatives than this and a human should ask what is meant."""


def fields_to_review(
    rules: Rules,
    today: date,
    *,
    service: ServiceReading,
    when: tuple[Window, ...],
    party: FieldReading,
    resource: FieldReading,
    doubtful_when: bool,
) -> tuple[str, ...]:
    """Fields below `booking.confidence`, contradictory, in the past, beyond the horizon, or not offered."""
    least = rules.booking.confidence
    review = []
    if service.value is None or service.confidence < least:
        review.append("service")
    if doubtful_when or len(when) > _MOST_WINDOWS or any(_odd(rules, window, today) for window in when):
        review.append("when")
    if _odd_party(rules, party, service):
        review.append("party_size")
    offered = rules.services[service.value].resources if service.value else ()
    wrong_person = resource.value is not None and bool(offered) and resource.value not in offered
    if wrong_person or (resource.quote and resource.confidence < least):
        review.append("resource")
    return tuple(review)


def _odd(rules: Rules, window: Window, today: date) -> bool:
    if window.confidence < rules.booking.confidence:
        return True
    if window.date_to is not None and window.date_to < today.isoformat():
        return True
    horizon = today + timedelta(seconds=rules.booking.horizon)
    return window.date_from is not None and window.date_from > horizon.isoformat()


def _odd_party(rules: Rules, party: FieldReading, service: ServiceReading) -> bool:
    seats = any(s.party.max > 1 for s in rules.services.values())
    if party.value is None:
        return bool(party.quote) and seats
    if party.confidence < rules.booking.confidence:
        return True
    limits = rules.services[service.value].party if service.value else None
    return limits is not None and not limits.min <= int(party.value) <= limits.max


def move_for(intent: Intent, review: tuple[str, ...], *, anything_read: bool) -> Move:
    """propose: a service, and nothing to look at. draft: a booking request with something to look at.
    escalate: a person is needed, or nothing was understood. decline: spam, or a service we don't offer."""
    certain = _SURE_MOVES.get(intent)
    if certain:
        return certain
    if not review:
        return "propose"
    return "draft" if intent == "booking" or anything_read else "escalate"
