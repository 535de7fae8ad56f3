"""Clicks on a booking's card or row, and the modals they open."""

from __future__ import annotations

from collections.abc import Callable

from blocks.booking_modals import (
    cancel_modal,
    contact_modal,
    no_show_modal,
    reminders_modal,
    reminders_set_modal,
)
from blocks.ids import Field, MenuChoice
from blocks.payloads import CardPlace, Menu, Ref
from bot import cards
from bot.asking import open_times
from bot.turn import Turn
from bot.wishes import to_move, values
from handlers.domain.booking import Booking, State
from handlers.domain.errors import InputError, WrongState


def approve(turn: Turn) -> None:
    turn.show_booking(turn.desk.bookings.approve(turn.payload(Ref).id, turn.user))


def arrived(turn: Turn) -> None:
    _arrived(turn, turn.payload(Ref).id)


def undo_arrived(turn: Turn) -> None:
    turn.show_booking(turn.desk.bookings.undo_arrive(turn.payload(Ref).id, turn.user))


def completed(turn: Turn) -> None:
    turn.show_booking(turn.desk.bookings.complete(turn.payload(Ref).id, turn.user))


def no_show(turn: Turn) -> None:
    """The button asked already whether they are sure."""
    _no_show(turn, turn.payload(Ref).id, turn.place)


def decline(turn: Turn) -> None:
    booking = _coming(turn, turn.payload(Ref).id, State.REQUESTED)
    turn.open(cancel_modal(turn.rules, booking, turn.place, decline=True))


def cancel(turn: Turn) -> None:
    _cancel(turn, turn.payload(Ref).id)


def reschedule(turn: Turn) -> None:
    _reschedule(turn, turn.payload(Ref).id)


def menu(turn: Turn) -> None:
    """The overflow menu, on a card or in a list."""
    chosen = turn.payload(Menu)
    MENU[chosen.do](turn, chosen.id)


# --- modals that were submitted --------------------------------------------------------------------------------


def cancelled(turn: Turn) -> None:
    place = turn.meta(CardPlace)
    reason = values(turn.view).get(Field.REASON, "")
    turn.show_booking(turn.desk.bookings.cancel(place.id, turn.user, reason, force=True), place)


def did_not_show(turn: Turn) -> None:
    place = turn.meta(CardPlace)
    _no_show(turn, place.id, place)


def contact_corrected(turn: Turn) -> None:
    from handlers.domain.contact import parse_email, parse_phone

    place, written = turn.meta(CardPlace), values(turn.view)
    email, phone, faults = None, None, {}
    try:
        email = parse_email(written[Field.EMAIL]) if written.get(Field.EMAIL) else None
    except InputError as fault:
        faults[str(Field.EMAIL)] = fault.message
    try:
        country = turn.rules.business.country
        phone = parse_phone(written[Field.PHONE], country) if written.get(Field.PHONE) else None
    except InputError as fault:
        faults[str(Field.PHONE)] = fault.message
    if not faults and email is None and phone is None:
        faults[str(Field.EMAIL)] = "Give a mail address or a phone number."
    if faults:
        turn.errors(faults)
        return
    booking = turn.desk.bookings.correct_contact(place.id, turn.user, email=email, phone=phone)
    turn.show_booking(booking, place)


def reminders_set(turn: Turn) -> None:
    """Saved, and told what will happen."""
    place = turn.meta(CardPlace)
    try:
        booking = turn.desk.bookings.remind(place.id, turn.user, values(turn.view).get(Field.REMINDERS, ""))
    except InputError as fault:
        turn.errors({str(Field.REMINDERS): fault.message})
        return
    turn.show_booking(booking, place)
    chain = turn.desk.reminders.outlook(booking)
    turn.become(reminders_set_modal(turn.rules, booking, chain, cards.way_to_remind(turn.desk, booking)))


# --- menu entries ----------------------------------------------------------------------------------------------


def _coming(turn: Turn, id_: str, *states: State) -> Booking:
    """The booking, if it is in one of `states`. Raises WrongState."""
    booking = turn.desk.bookings.get(id_)
    if booking.state not in states:
        raise WrongState("booking", id_, booking.state, booking.changed_by, booking.changed)
    return booking


def _arrived(turn: Turn, id_: str) -> None:
    turn.show_booking(turn.desk.bookings.arrive(id_, turn.user))


def _no_show(turn: Turn, id_: str, place: CardPlace) -> None:
    if not _too_soon(turn, turn.desk.bookings.get(id_)):
        turn.show_booking(turn.desk.bookings.no_show(id_, turn.user), place)


def _ask_no_show(turn: Turn, id_: str) -> None:
    booking = _coming(turn, id_, State.CONFIRMED)
    if not _too_soon(turn, booking):
        turn.open(no_show_modal(turn.rules, booking, turn.place))


def _too_soon(turn: Turn, booking: Booking) -> bool:
    """Nobody is late for what has not begun; who pressed the wrong button is told so."""
    if booking.state is not State.CONFIRMED or booking.slot.start <= turn.desk.clock.now():
        return False
    begins = turn.rules.zone.say(booking.slot.start)
    turn.say(f"It begins {begins}: until then nobody is a no-show. If they can't come, press Cancel.")
    return True


def _cancel(turn: Turn, id_: str) -> None:
    booking = _coming(turn, id_, State.REQUESTED, State.PENDING, State.CONFIRMED)
    turn.open(cancel_modal(turn.rules, booking, turn.place))


def _reschedule(turn: Turn, id_: str) -> None:
    booking = _coming(turn, id_, State.REQUESTED, State.PENDING, State.CONFIRMED)
    open_times(turn, to_move(booking), turn.place.model_copy(update={"id": id_}))


def _resend(turn: Turn, id_: str) -> None:
    turn.desk.bookings.resend(id_, turn.user)
    turn.say("The confirmation is on its way again.")


def _contact(turn: Turn, id_: str) -> None:
    turn.open(contact_modal(_coming(turn, id_, State.REQUESTED, State.CONFIRMED, State.PENDING), turn.place))


def _reminders(turn: Turn, id_: str) -> None:
    booking = _coming(turn, id_, State.REQUESTED, State.PENDING, State.CONFIRMED)
    chain, way = turn.desk.reminders.outlook(booking), cards.way_to_remind(turn.desk, booking)
    turn.open(reminders_modal(turn.rules, booking, chain, way, turn.place))


def _more(turn: Turn, id_: str) -> None:
    place = turn.place
    if (
        turn.action.get("type") == "button"
    ):  # on the card of a request, which must not turn into the booking's
        place = CardPlace(home=place.home)
    turn.open(cards.booking_view(turn.desk, turn.desk.bookings.get(id_), place))


MENU: dict[MenuChoice, Callable[[Turn, str], None]] = {
    MenuChoice.ARRIVED: _arrived,
    MenuChoice.NO_SHOW: _ask_no_show,
    MenuChoice.RESCHEDULE: _reschedule,
    MenuChoice.CANCEL: _cancel,
    MenuChoice.RESEND: _resend,
    MenuChoice.CONTACT: _contact,
    MenuChoice.REMINDERS: _reminders,
    MenuChoice.MORE: _more,
}
