"""What staff see of a forwarded confirmation or a wish for the waitlist: the card that asks for their yes."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from blocks import text as t
from blocks.elements import Card, actions, button, card, confirm, context, fields, header, section, tick
from blocks.history import Did, plain_person, small_print
from blocks.ids import ActionId
from blocks.payloads import Ref, Seen
from blocks.requests import QUOTED, read_field
from blocks.when import headline, resource_name, say_date, say_span, say_windows, service_name
from handlers.domain.booking import Booking
from handlers.domain.days import span_of
from handlers.domain.request import Plan, Reading, Request, RequestState
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.entry import Entry

REMARKS = 6
"""Attachments that a card speaks of."""
QUESTIONS = {"confirmations": "Book this appointment?", "waitlist": "Add to the waitlist?"}


def can_book(rules: Rules, request: Request) -> bool:
    """Whether the appointment can be booked as it was read."""
    plan = request.plan
    return bool(plan and request.name and not plan.taken and plan.slot.service in rules.services)


def can_join(rules: Rules, request: Request) -> bool:
    """Whether they can be put on the list as it was read."""
    reading = request.reading or Reading()
    service, party = rules.services.get(reading.service.value or ""), reading.party_size.value
    fits = service is not None and (
        not isinstance(party, int)
        or service.party.max == 1
        or service.party.min <= party <= service.party.max
    )
    return fits and bool(request.name and (request.email or request.phone))


def draft_card(
    rules: Rules,
    request: Request,
    booking: Booking | None = None,
    entry: Entry | None = None,
    history: Sequence[Did] = (),
) -> Card:
    """The card as it stands; `booking` or `entry` is what came of it."""
    who = request.name or "somebody"
    spoken, shown = _outcome(rules, request, booking, entry)
    blocks: list[Block] = [header(f"{_title(request)} {who}"), context(_origin(rules, request))]
    if request.note:
        blocks.append(context(f":memo: {t.said(t.one_line(request.note), 600)}"))
    blocks.append(section(t.quote(request.excerpt or request.message.text, QUOTED)))
    if request.reading is not None:
        blocks.append(_understood(rules, request, request.reading))
    remarks = [d.note for d in request.documents if d.note]
    if remarks:
        blocks.append(section("\n".join(f":paperclip: {t.said(r, 300)}" for r in remarks[:REMARKS])))
    blocks.append(section(shown))
    waits = (
        request.state is RequestState.DRAFT and request.desk == "confirmations" and can_book(rules, request)
    )
    if waits and (request.email or request.phone):
        box = tick(
            ActionId.DRAFT_TELL,
            "Send the customer a confirmation",
            "They usually have one from where they booked.",
        )
        blocks.append(actions([box], block_id=f"tell-{request.id}"[:255]))
    if buttons := draft_buttons(rules, request):
        blocks.append(actions(buttons, block_id=f"draft-{request.id}"[:255]))
    blocks.extend(small_print(rules, history))
    return card(f"{_title(request)} {who}. {spoken}", blocks)


def draft_buttons(rules: Rules, request: Request) -> list[ButtonElement]:
    """What can be done in this state; the one most likely right is primary."""
    ref = Ref(id=request.id)
    discard = button(
        "Discard",
        ActionId.REQUEST_DISCARD,
        ref,
        style="danger",
        confirm=confirm("Discard this?", f"Nobody is told. {_kept(request)} It can't be undone.", "Discard"),
    )
    handled = button("I handled it", ActionId.REQUEST_HANDLED, ref)
    if request.state is RequestState.ESCALATED:
        return [button("I handled it", ActionId.REQUEST_HANDLED, ref, style="primary"), discard]
    if request.state is not RequestState.DRAFT:
        return []
    ready = can_book(rules, request) if request.desk == "confirmations" else can_join(rules, request)
    if not ready:
        return [button("Edit", ActionId.DRAFT_EDIT, ref, style="primary"), handled, discard]
    against = request.plan.unusual if request.plan else ""
    seen = Seen(id=request.id, rev=request.rev)  # an event may be edited while somebody looks at the card
    approve = (
        button(
            "Approve anyway",
            ActionId.DRAFT_APPROVE,
            seen,
            confirm=confirm(
                "Book it all the same?", t.said(against, 250), "Book it", "Not yet", danger=False
            ),
        )
        if against
        else button("Approve", ActionId.DRAFT_APPROVE, seen, style="primary")
    )
    edit = button("Edit", ActionId.DRAFT_EDIT, ref, style="primary" if against else None)
    return [edit, approve, discard] if against else [approve, edit, discard]


def _title(request: Request) -> str:  # noqa: PLR0911 - one return for each state
    match request.state:
        case RequestState.RECEIVED | RequestState.DRAFT:
            return QUESTIONS.get(request.desk, "")
        case RequestState.APPROVED:
            return "Approved:"
        case RequestState.BOOKED:
            return "Booked:"
        case RequestState.HANDLED if request.entry:
            return "On the waitlist:"
        case RequestState.HANDLED:
            return "Handled:"
        case RequestState.ESCALATED:
            return "Needs a person:"
        case RequestState.DISCARDED if request.tagged and request.reason:
            return "Closed:"
        case _:
            return "Discarded:"


def _kept(request: Request) -> str:
    return "The event stays in the calendar." if request.tagged else "The mail is kept."


def _origin(rules: Rules, request: Request) -> str:
    message = request.message
    if request.tagged is not None:
        names = (r.name for r in rules.resources.values() if r.calendar == request.tagged.calendar)
        whose = " and ".join(t.name(name) for name in names) or t.name(request.tagged.calendar)
        return f"Tagged in the calendar of {whose} \N{MIDDLE DOT} {rules.zone.say(request.created)}"
    sender = (
        [t.name(message.sender_name), t.name(message.sender)]
        if message.sender_name
        else [t.name(message.sender)]
    )
    parts = [f"Forwarded to {'the waitlist' if request.desk == 'waitlist' else 'the confirmations address'}"]
    parts += [f"from {' '.join(filter(None, sender))}", rules.zone.say(request.created)]
    if request.documents:
        parts.append("attachments: " + ", ".join(t.name(d.name, 40) for d in request.documents[:3]))
    if not message.authenticated:
        parts.append("sender not verified")
    return " \N{MIDDLE DOT} ".join(parts)


def _understood(rules: Rules, request: Request, reading: Reading) -> SectionBlock:
    """Each field with how sure we are and the words it rests on."""
    service, checks, plan = reading.service, set(reading.review), request.plan
    named = t.name(service_name(rules, service.value)) if service.value else ""
    if not named and service.candidates:
        named = "_one of:_ " + ", ".join(t.name(service_name(rules, s)) for s in service.candidates)
    sure = min((w.confidence for w in reading.when), default=0.0)
    said = "; ".join(dict.fromkeys(w.quote for w in reading.when if w.quote))
    party, resource = reading.party_size, reading.resource
    contact = [t.name(c) for c in (request.name, request.email, request.phone) if c]
    pairs = {
        "Service": read_field(
            named or "_not clear_",
            service.confidence if service.value else 0,
            service.quote,
            "service" in checks,
        ),
        _when(request): read_field(
            _times(rules, request, reading), sure, said, "when" in checks and bool(reading.when)
        ),
        "Party": read_field(str(party.value), party.confidence, party.quote, "party_size" in checks)
        if party.value is not None
        else "",
        "With": read_field(
            t.name(resource_name(rules, str(resource.value))),
            resource.confidence,
            resource.quote,
            "resource" in checks,
        )
        if resource.value is not None
        else _anyone(rules, plan),
        "Customer": ", ".join(contact) or ":warning: _not named_",
    }
    return fields(pairs)


def _when(request: Request) -> str:
    return "Days" if request.desk == "waitlist" else "When"


def _times(rules: Rules, request: Request, reading: Reading) -> str:
    if request.desk == "waitlist":
        first, last = span_of(reading.when, rules.zone.date(request.created), rules.booking.horizon)
        days = (
            f"{say_date(first.isoformat())} to {say_date(last.isoformat())}"
            if first < last
            else say_date(first.isoformat())
        )
        return days if reading.when else f"any, {days}"
    if request.plan is not None:
        return t.said(say_span(rules, request.plan.slot.start, request.plan.slot.end), 200)
    return t.said(say_windows(reading.when), 600) if reading.when else "_no time named_"


def _anyone(rules: Rules, plan: Plan | None) -> str:
    return f"{t.name(resource_name(rules, plan.slot.resource))} (nobody was named)" if plan else ""


def _outcome(  # noqa: PLR0911 - one return for each state
    rules: Rules, request: Request, booking: Booking | None, entry: Entry | None
) -> tuple[str, str]:
    """(read aloud, mrkdwn) of where it stands and who brought it there."""
    reason = t.said(t.one_line(request.reason), 900) if request.reason else ""
    by, aloud, when = (
        t.person(request.changed_by),
        plain_person(rules, request.changed_by),
        rules.zone.say(request.changed),
    )
    match request.state:
        case RequestState.DRAFT:
            mark = ":warning:" if reason else ":eyes:"
            return request.reason or "Please check it.", f"{mark} *{reason or _ready(request)}*"
        case RequestState.APPROVED:
            return f"Approved by {aloud}.", f":white_check_mark: Approved by {by} ({when})."
        case RequestState.BOOKED:
            said = headline(rules, booking) if booking else ""
            return f"Booked. {said}", f":tada: *Booked* by {by} ({when})." + (
                f"\n{t.said(said, 400)}" if said else ""
            )
        case RequestState.HANDLED if entry is not None:
            said = f"{service_name(rules, entry.service)}, {say_date(entry.earliest.isoformat())} to {say_date(entry.latest.isoformat())}"
            return (
                f"On the list. {said}",
                f":clipboard: *On the waitlist*, by {by} ({when}).\n{t.said(said, 400)}",
            )
        case RequestState.HANDLED:
            return f"Handled by {aloud}.", f":ok_hand: Handled by {by} ({when}). {reason}".strip()
        case RequestState.ESCALATED:
            return f"Needs a person. {request.reason}", f":raising_hand: *Needs a person.* {reason}"
        case RequestState.DISCARDED if request.tagged and reason:
            return f"Closed. {request.reason}", f":wastebasket: *Closed.* {reason} ({when})"
        case RequestState.DISCARDED:
            return f"Discarded by {aloud}.", f":wastebasket: Discarded by {by} ({when}). {_kept(request)}"
        case _:
            return "Being read.", "Being read."


def _ready(request: Request) -> str:
    if request.desk == "waitlist":
        return "Nothing is missing. Approve puts them on the list."
    return "Nothing stands in the way. Approve books it at exactly this time."
