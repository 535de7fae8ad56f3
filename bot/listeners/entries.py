"""The modals that put somebody on the waitlist and change what they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from blocks.entry_modals import added_modal
from blocks.ids import Field
from blocks.payloads import EntryMeta
from blocks.text import name
from blocks.times import ANYONE
from bot import waiting
from bot.turn import Turn
from bot.wishes import block_of, changed, has, values
from handlers.domain.errors import InputError, StaleWrite, WrongState
from handlers.domain.request import WAITING, Channel, Request, RequestState
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.check import dates
from handlers.domain.waitlist.entry import Entry, Source
from handlers.ports import Operation

BESIDE = {
    "service": Field.SERVICE,
    "party": Field.PARTY,
    "earliest": Field.DATE_FROM,
    "latest": Field.DATE_TO,
    "staff": Field.RESOURCE,
    "name": Field.NAME,
    "contact": Field.PHONE,
}
"""The input a fault belongs to."""
SOURCES: dict[Channel, Source] = {
    "web": "web",
    "email": "email",
    "text": "text",
    "voice": "staff",
    "staff": "staff",
}


@dataclass(frozen=True)
class Contact:
    email: str | None
    phone: str | None


def added(turn: Turn) -> None:
    """Somebody is put on the list, and the request they made is done with it."""
    meta, written = turn.meta(EntryMeta), values(turn.view)
    request = turn.desk.intake.get(meta.request) if meta.request else None
    if request is not None:
        _still_waits(request)
    faults = _missing(written)
    contact = _contact(turn, written, faults)
    if faults:
        turn.errors(_placed(turn, faults))
        return
    first, last = written.get(Field.DATE_FROM), written.get(Field.DATE_TO)
    try:
        joined = turn.desk.entries.join(
            service=written.get(Field.SERVICE, ""),
            name=written[Field.NAME],
            email=contact.email,
            phone=contact.phone,
            party=_party(turn.rules, written),
            earliest=date.fromisoformat(first) if first else None,
            latest=date.fromisoformat(last) if last else None,
            resource=_resource(written),
            priority=int(written.get(Field.PRIORITY) or 0),
            notes=written.get(Field.NOTES, ""),
            source=SOURCES[request.channel] if request else "staff",
            by=turn.user,
            also=_settles(turn, request, written) if request else (),
        )
    except InputError as fault:
        turn.errors(_placed(turn, {BESIDE.get(fault.field, Field.SERVICE): fault.message}))
        return
    except StaleWrite:
        if request is not None:
            _still_waits(turn.desk.intake.get(request.id))
        raise
    _shown(turn, meta, joined.entry, new=joined.new)


def _shown(turn: Turn, meta: EntryMeta, entry: Entry, *, new: bool) -> None:
    """The list it was opened from with them in it; else what came of it."""
    unreached = "" if turn.desk.waitlist_messages.channel(entry) else UNREACHED
    if meta.listed is not None:
        what = "is on the waitlist" if new else "was on it already, and is changed"
        note = f":white_check_mark: *{name(entry.name)}* {what}.{unreached}"
        below = str(turn.view.get("previous_view_id") or "")
        turn.slack.update_view(below, waiting.view(turn.desk, meta.listed, entry, note))
        return
    if meta.request and not new:
        unreached += " They were on it already, so no message goes out: tell them."
    number = waiting.line(turn.desk.entries.waiting([entry.service])).get(entry.id)
    turn.become(added_modal(turn.rules, entry, number, new=new, note=unreached.strip()))
    if meta.request:
        turn.show_request(turn.desk.intake.get(meta.request), meta)


UNREACHED = " :warning: Texts don't reach this number and there is no mail address: call them yourself."


def edited(turn: Turn) -> None:
    """Only what was changed in the modal is: what somebody else changed meanwhile stays."""
    meta, written, new = turn.meta(EntryMeta), values(turn.view), changed(turn.view)
    faults = _missing(written)
    contact = _contact(turn, written, faults)
    if faults:
        turn.errors(_placed(turn, faults))
        return
    try:
        changes = _changes(turn, written, new, contact)
        entry = turn.desk.entries.change(meta.id, turn.user, **changes)
    except InputError as fault:
        turn.errors(_placed(turn, {BESIDE.get(fault.field, Field.SERVICE): fault.message}))
        return
    if meta.listed is not None:
        below = str(turn.view.get("previous_view_id") or "")
        note = f":white_check_mark: *{name(entry.name)}* is changed; the place stays."
        turn.slack.update_view(below, waiting.view(turn.desk, meta.listed, entry, note))


def _changes(
    turn: Turn, written: Mapping[str, str], new: Mapping[str, str], contact: Contact
) -> dict[str, Any]:
    rules, today = turn.rules, turn.desk.clock.now()
    first, last = written.get(Field.DATE_FROM), written.get(Field.DATE_TO)
    earliest, latest = dates(
        rules,
        today,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
        None,
    )
    everything: dict[str, Any] = {
        Field.SERVICE: ("service", written.get(Field.SERVICE)),
        Field.PARTY: ("party", _party(rules, written) or 1),
        Field.DATE_FROM: ("earliest", earliest),
        Field.DATE_TO: ("latest", latest),
        Field.RESOURCE: ("resource", _resource(written)),
        Field.NAME: ("name", written.get(Field.NAME)),
        Field.EMAIL: ("email", contact.email),
        Field.PHONE: ("phone", contact.phone),
        Field.PRIORITY: ("priority", int(written.get(Field.PRIORITY) or 0)),
        Field.NOTES: ("notes", written.get(Field.NOTES, "")),
    }
    return dict(pair for action, pair in everything.items() if action in new)


# --- parts -----------------------------------------------------------------------------------------------------


def _still_waits(request: Request) -> None:
    """Raises WrongState when somebody has dealt with it."""
    if request.state not in WAITING:
        raise WrongState("request", request.id, request.state, request.changed_by, request.changed)


def _settles(turn: Turn, request: Request, written: Mapping[str, str]) -> Sequence[Operation]:
    service = turn.rules.services.get(written.get(Field.SERVICE, ""))
    reason = f"Put on the waitlist for {service.name}." if service else "Put on the waitlist."
    return turn.desk.intake.moving(request, RequestState.HANDLED, turn.user, reason=reason)[1]


def _missing(written: Mapping[str, str]) -> dict[Field, str]:
    faults = {}
    if not written.get(Field.NAME):
        faults[Field.NAME] = "Who is it?"
    if not (written.get(Field.EMAIL) or written.get(Field.PHONE)):
        faults[Field.PHONE] = "Give a phone number or a mail address, or they can't be told."
    return faults


def _contact(turn: Turn, written: Mapping[str, str], faults: dict[Field, str]) -> Contact:
    from handlers.domain.contact import parse_email, parse_phone

    email = phone = None
    try:
        email = parse_email(written[Field.EMAIL]) if written.get(Field.EMAIL) else None
    except InputError as fault:
        faults[Field.EMAIL] = fault.message
    try:
        country = turn.rules.business.country
        phone = parse_phone(written[Field.PHONE], country) if written.get(Field.PHONE) else None
    except InputError as fault:
        faults[Field.PHONE] = fault.message
    return Contact(email, phone)


def _party(rules: Rules, written: Mapping[str, str]) -> int | None:
    """None for a service that is for one person, whatever the input was left at."""
    service = rules.services.get(written.get(Field.SERVICE, ""))
    if service is not None and service.party.max == 1:
        return 1
    return int(written[Field.PARTY]) if written.get(Field.PARTY) else None


def _resource(written: Mapping[str, str]) -> str | None:
    chosen = written.get(Field.RESOURCE) or ANYONE
    return None if chosen == ANYONE else chosen


def _placed(turn: Turn, faults: Mapping[Field, str]) -> dict[str, str]:
    """Beside their inputs; what has none stands beside the service."""
    return {
        block_of(turn.view, f if has(turn.view, f) else Field.SERVICE): message
        for f, message in faults.items()
    }
