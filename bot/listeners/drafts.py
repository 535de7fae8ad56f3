"""Clicks on the card of something forwarded: approve, edit, and the modals that fill in what is missing."""

from __future__ import annotations

from datetime import date

from blocks.drafts import can_join
from blocks.ids import ActionId, Field
from blocks.payloads import CardPlace, Ref, Seen
from blocks.times import ANYONE
from bot.turn import Turn
from bot.wishes import values
from handlers.domain.errors import InputError, WrongState
from handlers.domain.request import WAITING, Request, RequestState
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import Window

FIELDS = {
    "service": Field.SERVICE,
    "time": Field.TIME,
    "party": Field.PARTY,
    "resource": Field.RESOURCE,
    "name": Field.NAME,
}
"""Where a fault of the service belongs in the modal."""


def approve(turn: Turn) -> None:
    """Books the appointment (the tick on the card says whether the customer is told), or puts them on the list."""
    seen = turn.payload(Seen)
    request = turn.desk.intake.get(seen.id)
    if request.state is RequestState.DRAFT and seen.rev not in (-1, request.rev):
        turn.show_request(request)
        turn.say("The event was changed meanwhile. The card shows how it stands now: please look again.")
        return
    if request.desk == "confirmations":
        tell = values(turn.body).get(ActionId.DRAFT_TELL) == "yes"
        turn.desk.imports.approve(request.id, turn.user, tell=tell)
        turn.show_request(turn.desk.intake.get(request.id))
        return
    if request.state is RequestState.DRAFT and not can_join(turn.rules, request):
        turn.say("Something is still missing before they can be put on the list. Press Edit and fill it in.")
        return
    turn.show_request(turn.desk.intake.approve(request.id, turn.user))


def tell(turn: Turn) -> None:
    """The tick stays in Slack; it is read when somebody approves."""


def edit(turn: Turn) -> None:
    from blocks.draft_modals import appointment_modal, entry_modal

    request = _waiting(turn, turn.payload(Ref).id)
    if request.desk == "confirmations":
        turn.open(appointment_modal(turn.rules, request, turn.place))
    else:
        today = turn.rules.zone.date(turn.desk.clock.now()).isoformat()
        turn.open(entry_modal(turn.rules, request, turn.place, today))


def _waiting(turn: Turn, id_: str) -> Request:
    request = turn.desk.intake.get(id_)
    if request.state not in WAITING:
        raise WrongState("request", request.id, request.state, request.changed_by, request.changed)
    return request


def appointment(turn: Turn) -> None:
    """The appointment modal was submitted: booked as filled in."""
    place, chosen = turn.meta(CardPlace), values(turn.view)
    request = _waiting(turn, place.id)
    email, phone, faults = _contact(turn, chosen)
    day, time = chosen.get(Field.DATE), chosen.get(Field.TIME)
    if not day:
        faults[Field.DATE] = "Which day?"
    if not time:
        faults[Field.TIME] = "What time?"
    if faults or not day or not time:
        turn.errors({str(k): v for k, v in faults.items()})
        return
    service = turn.rules.services.get(chosen[Field.SERVICE])
    resource = chosen.get(Field.RESOURCE) or ANYONE
    try:
        turn.desk.imports.edit(
            request.id,
            turn.user,
            service=chosen[Field.SERVICE],
            start=turn.rules.zone.instant(date.fromisoformat(day), wall_time(time)),
            resource=None if resource == ANYONE else resource,
            party=1 if service and service.party.max == 1 else int(chosen.get(Field.PARTY) or 1),
            name=chosen.get(Field.NAME, ""),
            email=email,
            phone=phone,
            tell=chosen.get(Field.TELL) == "yes",
            unusual=chosen.get(Field.UNUSUAL) == "yes",
        )
    except InputError as fault:
        turn.errors({str(FIELDS.get(fault.field, Field.TIME)): fault.message})
        return
    turn.show_request(turn.desk.intake.get(request.id), place)


def entry(turn: Turn) -> None:
    """The waitlist modal was submitted: saved as filled in, and approved."""
    place, chosen = turn.meta(CardPlace), values(turn.view)
    request = _waiting(turn, place.id)
    email, phone, faults = _contact(turn, chosen)
    if not (email or phone or faults):
        faults[Field.PHONE] = "Give a mail address or a phone number, or they can't be told."
    if not chosen.get(Field.NAME):
        faults[Field.NAME] = "Who is it?"
    first, last = chosen.get(Field.DATE_FROM) or None, chosen.get(Field.DATE_TO) or None
    if first and last and last < first:
        faults[Field.DATE_TO] = "This is before the first day."
    elif last and last < turn.rules.zone.date(turn.desk.clock.now()).isoformat():
        faults[Field.DATE_TO] = "That day has passed."
    service = turn.rules.services.get(chosen[Field.SERVICE])
    resource = chosen.get(Field.RESOURCE) or ANYONE
    party = 1 if service and service.party.max == 1 else int(chosen.get(Field.PARTY) or 1)
    if service is None:
        faults[Field.SERVICE] = "This service is no longer in the rules. Choose another."
    else:
        if not service.party.min <= party <= service.party.max:
            faults[Field.PARTY] = f"{service.name} is for {service.party.min} to {service.party.max}."
        if resource != ANYONE and resource not in service.resources:
            names = " or ".join(turn.rules.resources[r].name for r in service.resources)
            faults[Field.RESOURCE] = f"They don't do this. Choose {names}, or anyone."
    if faults:
        turn.errors({str(k): v for k, v in faults.items()})
        return
    corrected = turn.desk.intake.edit(
        request.id,
        turn.user,
        service=chosen[Field.SERVICE],
        windows=(Window(date_from=first, date_to=last),) if first or last else (),
        party=party,
        resource=None if resource == ANYONE else resource,
        name=chosen[Field.NAME],
        email=email,
        phone=phone,
    )
    turn.show_request(corrected, place)


def _contact(turn: Turn, chosen: dict[str, str]) -> tuple[str | None, str | None, dict[Field, str]]:
    """Address and number in the form we keep; what is wrong with them, beside each."""
    from handlers.domain.contact import parse_email, parse_phone

    email = phone = None
    faults: dict[Field, str] = {}
    try:
        email = parse_email(chosen[Field.EMAIL]) if chosen.get(Field.EMAIL) else None
    except InputError as fault:
        faults[Field.EMAIL] = fault.message
    try:
        phone = (
            parse_phone(chosen[Field.PHONE], turn.rules.business.country) if chosen.get(Field.PHONE) else None
        )
    except InputError as fault:
        faults[Field.PHONE] = fault.message
    return email, phone, faults
