"""Clicks on the card of somebody who did not answer, and on the one about appointments taken over."""

from __future__ import annotations

from blocks.booking_modals import cancel_modal
from blocks.payloads import About, CardPlace
from bot.turn import Turn
from handlers.domain.booking import Booking, State
from handlers.domain.contact import say_phone
from handlers.domain.errors import WrongState

NO_ANSWER = "We had no answer from you"


def call(turn: Turn) -> None:
    """The number, to whoever calls and nobody else."""
    booking = turn.desk.bookings.get(turn.payload(About).id)
    who = booking.name or "The customer"
    turn.say(f"{who}: {say_phone(booking.phone)}" if booking.phone else f"There is no phone number of {who}.")


def keep(turn: Turn) -> None:
    about = turn.payload(About)
    turn.desk.reminders.keep(about.id, about.start, turn.user)
    turn.show_gap(about)


def offer(turn: Turn) -> None:
    """Cancelling frees the time, and that brings the waitlist."""
    about = turn.payload(About)
    try:
        turn.desk.bookings.cancel(about.id, turn.user, NO_ANSWER, start=about.start, force=True)
    except WrongState as stale:
        raise _of_the_alert(stale) from None
    turn.show_gap(about)


def cancel(turn: Turn) -> None:
    """The card stays that of the alert: the modal doesn't know of it, the event of the cancellation brings it up to date."""
    booking = _coming(turn, turn.payload(About))
    turn.open(cancel_modal(turn.rules, booking, CardPlace()))


def send_imports(turn: Turn) -> None:
    turn.desk.go_live.answer(turn.user, send=True)
    turn.show_imports()


def skip_imports(turn: Turn) -> None:
    turn.desk.go_live.answer(turn.user, send=False)
    turn.show_imports()


def _coming(turn: Turn, about: About) -> Booking:
    booking = turn.desk.bookings.get(about.id)
    if booking.state is not State.CONFIRMED or booking.slot.start != about.start:
        stale = WrongState("booking", booking.id, booking.state, booking.changed_by, booking.changed)
        raise _of_the_alert(stale)
    return booking


def _of_the_alert(stale: WrongState) -> WrongState:
    """So that the clicked card is brought up to date as what it is."""
    moved = "MOVED" if stale.state == State.CONFIRMED else stale.state
    return WrongState("gap alert", stale.id, moved, stale.by, stale.at)
