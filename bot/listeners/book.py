"""Making a booking: `/book` and its words, "Book from this message", and the modal that finds times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.audit import audit_card
from blocks.bookings import booked_modal, found_card
from blocks.help import help_card
from blocks.ids import ActionId, Field
from blocks.payloads import CardPlace, TimesMeta, Wish
from blocks.text import typed
from blocks.times import slot_value
from blocks.when import service_name
from bot import asking, cards
from bot.turn import Turn
from bot.wishes import block_of, from_reading, from_view, has, read, shorthand, values
from handlers.domain.booking import Booking
from handlers.domain.errors import InputError, NotFound, WrongState
from handlers.domain.events import EventKind
from handlers.domain.request import Proposal, Reading
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import Slot

if TYPE_CHECKING:
    from handlers.services.orchestrator import BookingContext, BookingResult

GONE = {
    "taken": ":warning: *That time was just taken.* These are free:",
    "expired": ":warning: *You looked at those times for a while*, so here they are fresh:",
}
WHY_SERVICES = 6
"""Services explained when none is named."""


def command(turn: Turn) -> None:
    """`/book ...`"""
    text = typed(str(turn.body.get("text") or ""))
    word, _, rest = text.partition(" ")
    match word.lower(), rest.strip():
        case "help", _:
            turn.say(help_card())
        case "find", "":
            turn.say("Whom shall I find? Write a name, the last digits of a phone number, or a booking's id.")
        case "find", wanted:
            turn.say(found_card(turn.rules, wanted, turn.desk.bookings.find(wanted)))
        case "audit", wanted:
            _audit(turn, wanted)
        case "why", question:
            _why(turn, question)
        case _:
            _open(turn, shorthand(text))


def from_message(turn: Turn) -> None:
    """The message shortcut."""
    _open(turn, typed(str(turn.body.get("message", {}).get("text") or "")))


def times_changed(turn: Turn) -> None:
    """Another service, day, time of day, person or party in an open modal."""
    meta = turn.meta(TimesMeta)
    service = turn.desk.bookings.get(meta.booking).slot.service if meta.booking else None
    wish = from_view(turn.view, turn.rules, service=service)
    if meta.booking:
        wish = wish.model_copy(update={"party": turn.desk.bookings.get(meta.booking).party})
    asking.ask_again(turn, wish, meta)


def submitted(turn: Turn) -> None:
    """The booking modal: books one of the times it showed."""
    from handlers.domain.contact import Contact, parse_contact

    meta, wish = turn.meta(TimesMeta), from_view(turn.view, turn.rules)
    faults: dict[str, str] = {}
    contact = Contact()
    try:
        contact = parse_contact(wish.contact, turn.rules.business.country)
    except InputError as fault:
        faults[block_of(turn.view, Field.CONTACT)] = fault.message
    if not wish.name:
        faults[block_of(turn.view, Field.NAME)] = "Who is it for?"
    slot, proposal = _picked(turn, meta, ActionId.TIMES_SERVICE, faults)
    if faults or slot is None or proposal is None:
        turn.errors(faults)
        return
    result = turn.desk.orchestrator.book(
        _staff(turn),
        proposal_id=proposal.id,
        slot=slot,
        name=wish.name,
        email=contact.email,
        phone=contact.phone,
        party=wish.party,
        notes=wish.notes,
    )
    _answered(turn, result, wish, meta, proposal)


def moved(turn: Turn) -> None:
    """The reschedule modal: moves the booking to one of the times it showed."""
    meta = turn.meta(TimesMeta)
    booking = turn.desk.bookings.get(meta.booking or "")
    wish = from_view(turn.view, turn.rules, service=booking.slot.service)
    wish = wish.model_copy(update={"party": booking.party})
    faults: dict[str, str] = {}
    slot, proposal = _picked(turn, meta, ActionId.TIMES_DATE, faults)
    if slot is None or proposal is None:
        turn.errors(faults)
        return
    result = turn.desk.orchestrator.reschedule(_staff(turn), booking.id, proposal_id=proposal.id, slot=slot)
    _answered(turn, result, wish, meta, proposal)


def _staff(turn: Turn) -> BookingContext:
    from handlers.services.orchestrator import BookingContext

    return BookingContext(channel="staff", by=turn.user)


def _answered(turn: Turn, result: BookingResult, wish: Wish, meta: TimesMeta, proposal: Proposal) -> None:
    """Booked; or what stood in the way, beside the times, with others to choose from."""
    booking = result.booking
    if result.ok and booking is not None:
        _done(turn, booking, meta)
    elif result.error == "already" and booking is not None:
        # Another click of this modal booked one of its times, or somebody moved or ended the booking meanwhile.
        if booking.id == proposal.taken or turn.desk.slots.proposal(proposal.id).taken == booking.id:
            _done(turn, booking, meta)
            return
        raise WrongState("booking", booking.id, booking.state, booking.changed_by, booking.changed)
    elif result.error == "invalid":
        turn.errors({block_of(turn.view, Field.SLOT): result.detail})
    else:
        asking.offer_instead(turn, wish, meta, result.alternatives, GONE.get(result.error, GONE["expired"]))


def _done(turn: Turn, booking: Booking, place: CardPlace) -> None:
    turn.become(booked_modal(turn.rules, booking))
    turn.show_booking(booking, place)


def _picked(
    turn: Turn, meta: TimesMeta, beside: str, faults: dict[str, str]
) -> tuple[Slot | None, Proposal | None]:
    """The chosen slot and the offer it is from; otherwise what to do about it is in `faults`."""
    where = block_of(turn.view, Field.SLOT if has(turn.view, Field.SLOT) else beside)
    chosen = values(turn.view).get(Field.SLOT, "")
    if not meta.proposal or not chosen:
        faults[where] = "Wait until the free times are there, then choose one."
        return None, None
    try:
        proposal = turn.desk.slots.proposal(meta.proposal)
    except NotFound:
        faults[where] = "These times are too old. Change the day or the time to look again."
        return None, None
    slot = next((s for s in proposal.slots if slot_value(s) == chosen), None)
    if slot is None:
        faults[where] = "Choose one of these times."
    return slot, proposal


def _open(turn: Turn, text: str) -> None:
    """The modal, filled in from what was written."""
    wish = from_reading(read(turn, text), turn.rules, text) if text else Wish()
    if wish.service is None and len(turn.rules.services) == 1:
        wish = wish.model_copy(update={"service": next(iter(turn.rules.services))})
    asking.open_times(turn, wish, CardPlace())


def _audit(turn: Turn, wanted: str) -> None:
    """The thread of the likeliest booking: its own steps, and those of what led to it."""
    found = turn.desk.bookings.find(wanted) if wanted else ()
    if not found:
        turn.say(
            found_card(turn.rules, wanted, found)
            if wanted
            else "Whose booking? Write a name or a booking's id."
        )
        return
    booking = found[0]
    turn.say(audit_card(turn.rules, booking, cards.thread(turn.desk, booking), len(found) - 1))


def _why(turn: Turn, question: str) -> None:
    """A worker asks the calendars and answers through the response URL."""
    reading = read(turn, question) if question else Reading()
    window = reading.when[0] if reading.when else None
    if window is None or not window.date_from or not window.time_from:
        turn.say('Write a day and a time, like "/book why tue 3pm haircut".')
        return
    day = turn.rules.zone.parse(window.date_from)
    at = turn.rules.zone.instant(turn.rules.zone.date(day), wall_time(window.time_from))
    named = reading.service.value
    services = [named] if named in turn.rules.services else list(turn.rules.services)[:WHY_SERVICES]
    party = reading.party_size.value
    turn.desk.journal.emit(
        EventKind.TIMES_ASKED,
        "why",
        why={
            "at": at,
            "services": services,
            "resource": reading.resource.value,
            "party": party if isinstance(party, int) else None,
        },
        response_url=str(turn.body.get("response_url") or ""),
    )
    what = service_name(turn.rules, services[0]) if len(services) == 1 else "each service"
    turn.say(f"Looking at {turn.rules.zone.say(at)} for {what}.")
