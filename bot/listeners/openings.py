"""Clicks on an opening's card, and the modal that fills it by hand."""

from __future__ import annotations

from blocks.bookings import booked_modal
from blocks.ids import ActionId, Field
from blocks.opening_modal import NOBODY
from blocks.payloads import FillMeta, OpeningRef, Ref
from bot import filling
from bot.turn import Turn
from bot.wishes import block_of, has, values
from handlers.domain.booking import Booking
from handlers.domain.contact import Contact
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, Taken, WrongState
from handlers.domain.waitlist.entry import Entry


def next_now(turn: Turn) -> None:
    ref = turn.payload(OpeningRef)
    turn.desk.offers.roll_on(ref.id, turn.user, ref.seq)
    turn.show_opening(ref.id)


def stop(turn: Turn) -> None:
    turn.show_opening(turn.desk.openings.stop(turn.payload(Ref).id, turn.user).id)


def leave_open(turn: Turn) -> None:
    turn.show_opening(turn.desk.openings.leave_open(turn.payload(Ref).id, turn.user).id)


def try_again(turn: Turn) -> None:
    turn.show_opening(turn.desk.openings.try_again(turn.payload(Ref).id, turn.user).id)


def fill(turn: Turn) -> None:
    """Fill by hand, or Book someone."""
    turn.open(filling.view(turn.desk, turn.payload(Ref).id, turn.place))


def who_changed(turn: Turn) -> None:
    """Somebody else was chosen in the open modal."""
    meta, who = turn.meta(FillMeta), values(turn.view).get(ActionId.FILL_WHO, NOBODY)
    chosen = None if who == NOBODY else turn.desk.entries.get(who)
    turn.slack.update_view(str(turn.view["id"]), filling.view(turn.desk, meta.id, meta, chosen))


def filled(turn: Turn) -> None:
    meta, written = turn.meta(FillMeta), values(turn.view)
    who = written.get(ActionId.FILL_WHO) or NOBODY
    try:
        if who == NOBODY:
            booking = _anybody(turn, meta, written)
        else:
            booking = _from_the_list(turn, meta, turn.desk.entries.get(who))
    except InputError as fault:
        turn.errors({_beside(turn, fault.field): fault.message})
        return
    except WrongState as gone:
        if gone.kind != "entry":
            raise
        turn.errors({_beside(turn, ""): "They are not on the waitlist any more. Choose somebody else."})
        return
    except Taken:
        turn.errors({_beside(turn, ""): "Somebody has this time just now. Close this and look at its card."})
        return
    if booking is not None:
        turn.become(booked_modal(turn.rules, booking))
        turn.show_opening(meta.id, meta)


def _from_the_list(turn: Turn, meta: FillMeta, entry: Entry) -> Booking:
    customer = Customer(id=entry.customer, name=entry.name, email=entry.email, phone=entry.phone)
    return turn.desk.offers.fill(
        meta.id,
        turn.user,
        service=entry.service,
        customer=customer,
        party=entry.party,
        notes=entry.notes,
        entry=entry,
    )


def _anybody(turn: Turn, meta: FillMeta, written: dict[str, str]) -> Booking | None:
    """None when there are faults, which stand beside their inputs."""
    from handlers.domain.contact import parse_contact

    contact, faults = Contact(), {}
    if has(turn.view, Field.NAME) and not written.get(Field.NAME):
        faults[str(Field.NAME)] = "Who is it for?"
    try:
        contact = parse_contact(written.get(Field.CONTACT, ""), turn.rules.business.country)
    except InputError as fault:
        faults[str(Field.CONTACT)] = fault.message
    if faults:
        turn.errors(faults)
        return None
    service = written.get(Field.SERVICE, "")
    offered = turn.rules.services.get(service)
    return turn.desk.offers.fill(
        meta.id,
        turn.user,
        service=service,
        customer=Customer(id="", name=written[Field.NAME], email=contact.email, phone=contact.phone),
        party=int(written.get(Field.PARTY) or (offered.party.min if offered else 1)),
        notes=written.get(Field.NOTES, ""),
    )


def _beside(turn: Turn, field: str) -> str:
    """The input a fault belongs to; whatever is there when it has none."""
    inputs = {"service": Field.SERVICE, "party": Field.PARTY, "contact": Field.CONTACT, "name": Field.NAME}
    wanted = [inputs.get(field, Field.SERVICE), Field.SERVICE, ActionId.FILL_WHO]
    return block_of(turn.view, next(str(i) for i in wanted if has(turn.view, str(i))))
