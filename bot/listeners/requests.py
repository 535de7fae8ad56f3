"""Clicks on a request's card: approve, edit, discard, reply, handled."""

from __future__ import annotations

from datetime import date

from blocks.entry_modals import add_modal
from blocks.ids import Field
from blocks.payloads import CardPlace, EntryMeta, Ref
from blocks.request_modal import edit_modal, reply_modal
from blocks.requests import can_propose
from blocks.times import ANYONE, window_times
from bot.turn import Turn
from bot.wishes import asked_for, values
from handlers.domain.errors import InputError, WrongState
from handlers.domain.request import WAITING, Request, RequestState
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window


def approve(turn: Turn) -> None:
    request = turn.desk.intake.get(turn.payload(Ref).id)
    if request.state is RequestState.DRAFT and not can_propose(turn.rules, request):
        turn.say("Something is still missing before times can be offered. Press Edit and fill it in.")
        return
    turn.show_request(turn.desk.intake.approve(request.id, turn.user))


def edit(turn: Turn) -> None:
    request = turn.desk.intake.get(turn.payload(Ref).id)
    if request.state not in WAITING:
        raise WrongState("request", request.id, request.state, request.changed_by, request.changed)
    turn.open(edit_modal(turn.rules, request, turn.place))


def discard(turn: Turn) -> None:
    turn.show_request(turn.desk.intake.discard(turn.payload(Ref).id, turn.user))


def handled(turn: Turn) -> None:
    turn.show_request(turn.desk.intake.handled(turn.payload(Ref).id, turn.user))


def put_on_waitlist(turn: Turn) -> None:
    """Opens the form that adds them to the list, filled in from what they wrote; the request is done with it."""
    request = turn.desk.intake.get(turn.payload(Ref).id)
    if request.state not in WAITING:
        raise WrongState("request", request.id, request.state, request.changed_by, request.changed)
    meta = EntryMeta(**turn.place.model_dump(), request=request.id)
    turn.open(add_modal(turn.rules, asked_for(request, turn.rules, turn.desk.clock.now()), meta, request))


def reply(turn: Turn) -> None:
    """Opens the only way in which words of staff reach a customer."""
    request = turn.desk.intake.get(turn.payload(Ref).id)
    if request.state not in WAITING:
        raise WrongState("request", request.id, request.state, request.changed_by, request.changed)
    contact = turn.desk.triage.answers_to(request)
    if contact is None:
        turn.say("They asked for no messages this way, and there is no other address. Please call them.")
        return
    turn.open(reply_modal(request, turn.place, contact))


def replied(turn: Turn) -> None:
    place = turn.meta(CardPlace)
    try:
        request = turn.desk.intake.reply(place.id, turn.user, values(turn.view).get(Field.REPLY, ""))
    except InputError as fault:
        turn.errors({str(Field.REPLY): fault.message})
        return
    turn.show_request(request, place)


def edited(turn: Turn) -> None:
    """The edit modal was submitted: saves the correction and approves it."""
    from handlers.domain.contact import parse_contact

    place = turn.meta(CardPlace)
    chosen, faults = values(turn.view), {}
    service = turn.rules.services.get(chosen[Field.SERVICE])
    if service is None:
        turn.errors({Field.SERVICE: "This service is no longer in the rules. Choose another."})
        return
    request = turn.desk.intake.get(place.id)
    first, last = chosen.get(Field.DATE_FROM) or None, chosen.get(Field.DATE_TO) or None
    if first and last and date.fromisoformat(last) < date.fromisoformat(first):
        faults[Field.DATE_TO] = "This is before the first day."
    party = int(chosen.get(Field.PARTY) or service.party.min)
    if Field.PARTY in chosen and not service.party.min <= party <= service.party.max:
        limits = service.party
        size = f"{limits.min} to {limits.max}" if limits.min < limits.max else str(limits.max)
        faults[Field.PARTY] = f"{service.name} is for {size}."
    resource = chosen.get(Field.RESOURCE) or ANYONE
    if resource != ANYONE and resource not in service.resources:
        names = " or ".join(turn.rules.resources[r].name for r in service.resources)
        faults[Field.RESOURCE] = f"They don't do this. Choose {names}, or anyone."
    email, phone = request.email, request.phone
    written = chosen.get(Field.CONTACT, "")
    if written not in {email, phone} or not written:
        try:
            email, phone = parse_contact(written, turn.rules.business.country)
        except InputError as fault:
            faults[Field.CONTACT] = fault.message
    if faults:
        turn.errors({str(k): v for k, v in faults.items()})
        return
    corrected = turn.desk.intake.edit(
        request.id,
        turn.user,
        service=chosen[Field.SERVICE],
        windows=_windows(turn.rules, request, first, last, chosen.get(Field.TIME) or "any"),
        party=party,
        resource=None if resource == ANYONE else resource,
        name=chosen.get(Field.NAME) or request.name,
        email=email,
        phone=phone,
    )
    turn.show_request(corrected, place)


def _windows(
    rules: Rules, request: Request, first: str | None, last: str | None, part: str
) -> tuple[Window, ...]:
    """What was corrected; the other times somebody asked for stay when the first was left as it is."""
    low, high, exact = window_times(rules, part)
    if not (first or last or low or high):
        return ()
    window = Window(date_from=first, date_to=last, time_from=low, time_to=high, exact=exact)
    asked = request.reading.when if request.reading else ()
    if asked and _same(asked[0], window):
        return (window, *asked[1:])
    return (window,)


def _same(a: Window, b: Window) -> bool:
    return (a.date_from, a.date_to, a.time_from, a.time_to) == (
        b.date_from,
        b.date_to,
        b.time_from,
        b.time_to,
    )
