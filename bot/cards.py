"""The current card of a thing, from the state as it is now. Clicks and events render through these same functions."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from slack_sdk.models.views import View

from blocks.alerts import dead_letter_card
from blocks.bookings import booking_card, booking_modal
from blocks.drafts import draft_card
from blocks.elements import Card
from blocks.gaps import gap_card, imports_card
from blocks.history import Did
from blocks.openings import Story, opening_card
from blocks.payloads import About, CardPlace
from blocks.requests import request_card
from handlers.bootstrap import Desk
from handlers.domain import keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.customer import Customer, way_to
from handlers.domain.dead_letter import DeadLetter
from handlers.domain.errors import NotFound
from handlers.domain.go_live import Answer
from handlers.domain.keys import Key
from handlers.domain.request import Request, RequestState
from handlers.domain.wish import Way

if TYPE_CHECKING:
    from handlers.services.offer_steps import Seen


def of_request(desk: Desk, request: Request) -> Card:
    booking, steps = _booking_about(desk, request), history(desk, keys.request(request.id))
    if request.desk != "requests":
        entry = desk.entries.get(request.entry) if request.entry else None
        return draft_card(desk.rules.current(), request, booking, entry, steps)
    return request_card(desk.rules.current(), request, booking, steps)


def _booking_about(desk: Desk, request: Request) -> Booking | None:
    """What came of it; for one that waits for a person, the next visit of whoever writes: often it is about that."""
    try:
        if request.booking:
            return desk.bookings.get(request.booking)
        if request.state is not RequestState.ESCALATED:
            return None
        known = desk.customers.known(email=request.email, phone=request.phone)
    except NotFound:
        return None
    now = desk.clock.now()
    coming = [
        b
        for b in (desk.bookings.of_customer(known.id) if known else ())
        if b.state in HOLDING and b.slot.end > now
    ]
    return min(coming, key=lambda b: b.slot.start, default=None)


def of_booking(desk: Desk, booking: Booking) -> Card:
    return booking_card(desk.rules.current(), booking, history(desk, keys.booking(booking.id)))


def of_gap(desk: Desk, about: About) -> tuple[int, Card]:
    """Of the alert for the time it is about: (revision of all it shows, card). Raises NotFound."""
    booking, chain = desk.bookings.get(about.id), desk.reminders.find(about.id, about.start)
    if chain is None:
        raise NotFound("gap alert", about.id)
    try:
        customer = desk.customers.get(booking.customer)
    except NotFound:
        customer = None
    return booking.rev * 1000 + chain.rev, gap_card(desk.rules.current(), booking, chain, customer)


def of_imports(desk: Desk) -> tuple[int, Card]:
    """Of the question about appointments taken over: (its revision, card). Raises NotFound."""
    question = desk.go_live.question()
    count = desk.go_live.count() if question.answer is Answer.OPEN else question.count
    return question.rev, imports_card(desk.rules.current(), question, count)


def way_to_remind(desk: Desk, booking: Booking) -> Way | None:
    """How its reminders reach the customer."""
    opted_out = desk.customers.opted_out(booking.customer, email=booking.email, phone=booking.phone)
    person = Customer(id="", email=booking.email, phone=booking.phone, opted_out=opted_out)
    only = booking.reminders.way if booking.reminders else None
    return way_to(person, only or "text", only=only is not None)


ENDS = frozenset({"withdrawn", "claimed", "declined"})
"""What becomes of an offer stands on its own line; the small print tells the click that did it."""


def of_opening(desk: Desk, seen: Seen) -> Card:
    return opening_card(desk.rules.current(), story(desk, seen))


def story(desk: Desk, seen: Seen) -> Story:
    """What the card of an opening tells: who gave it back, what came of it, what staff did."""
    opening = seen.opening
    giver, booking = "", None
    if opening.freed_by:
        with suppress(NotFound):
            giver = desk.customers.get(opening.freed_by).name
    if opening.booking:
        with suppress(NotFound):
            booking = desk.bookings.get(opening.booking)
    steps = history(desk, keys.opening(opening.id))
    by_staff = tuple(
        did for did in steps if did.who not in {"", "system", "customer"} and did.what not in ENDS
    )
    return Story(opening, seen.offers, giver, booking, by_staff)


def revision(seen: Seen) -> int:
    """Rises with every change of an opening or its offers."""
    return seen.opening.rev + sum(1 + offer.rev for offer in seen.offers)


def of_dead_letter(desk: Desk, letter: DeadLetter) -> Card:
    return dead_letter_card(desk.rules.current(), letter)


def booking_view(desk: Desk, booking: Booking, place: CardPlace) -> View:
    return booking_modal(desk.rules.current(), booking, place, history(desk, keys.booking(booking.id)))


def thread(desk: Desk, booking: Booking) -> tuple[AuditRow, ...]:
    """Everything that happened to a booking, and to the request it came from, oldest first."""
    subjects = [keys.booking(booking.id)]
    if booking.request:
        subjects.append(keys.request(booking.request))
    rows = [row for subject in subjects for row in desk.journal.thread(subject)]
    return tuple(sorted(rows, key=lambda row: (row.at, row.id)))


def history(desk: Desk, subject: Key) -> tuple[Did, ...]:
    return tuple(Did(row.who, row.what, row.at) for row in desk.journal.thread(subject))
