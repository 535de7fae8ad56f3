"""What staff see of a request: the draft or escalation card, in every state, and the modal that corrects it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    SectionBlock,
)

from blocks import text as t
from blocks.elements import (
    Card,
    actions,
    button,
    card,
    confirm,
    context,
    fields,
    header,
    section,
)
from blocks.history import Did, plain_person, small_print
from blocks.ids import ActionId, MenuChoice
from blocks.payloads import Menu, Ref
from blocks.when import headline, resource_name, say_windows, service_name
from handlers.domain.booking import Booking
from handlers.domain.request import Reading, Request, RequestState
from handlers.domain.rules.model import Rules

CHANNELS = {
    "web": "the web form",
    "email": "email",
    "text": "text",
    "voice": "phone",
    "staff": "staff",
}
QUOTED = 1500
"""How much of a message a card shows; the whole of it stands in the inbox."""


def can_propose(rules: Rules, request: Request) -> bool:
    """Whether approving as it stands can lead to an offer: a known service, a party it takes, somebody to answer to."""
    if request.reading is None or not (request.email or request.phone):
        return False
    service = rules.services.get(request.reading.service.value or "")
    if service is None:
        return False
    party = request.reading.party_size.value
    return (
        not isinstance(party, int)
        or service.party.max == 1
        or (service.party.min <= party <= service.party.max)
    )


def request_card(
    rules: Rules, request: Request, booking: Booking | None = None, history: Sequence[Did] = ()
) -> Card:
    """The card of a request as it stands; `booking` is what came of it, where something did."""
    who = request.name or request.message.sender_name or request.message.sender or "somebody"
    text, status = _outcome(rules, request, booking, who)
    message = request.message
    asked = message.subject + "\n" + message.text if message.subject else message.text
    blocks: list[Block] = [
        header(f"{TITLES[request.state]}: {who}"),
        context(_origin(rules, request)),
    ]
    if asked != request.reason:  # else the line below says it
        blocks.append(section(t.quote(asked, QUOTED)))
    if request.reading is not None:
        blocks.append(_understood(rules, request, request.reading))
    blocks.append(section(status))
    about = booking if request.state is RequestState.ESCALATED else None
    if about is not None:
        blocks.append(section(f":calendar: *Their booking:* {t.said(headline(rules, about), 400)}"))
    buttons = request_buttons(rules, request, about)
    if buttons:
        blocks.append(actions(buttons, block_id=f"request-{request.id}"[:255]))
    blocks.extend(small_print(rules, history))
    return card(text, blocks)


TITLES = {
    RequestState.RECEIVED: "New request",
    RequestState.DRAFT: "Please check",
    RequestState.ESCALATED: "Needs a person",
    RequestState.APPROVED: "Approved",
    RequestState.PROPOSED: "Times offered",
    RequestState.DECLINED: "Declined",
    RequestState.DISCARDED: "Discarded",
    RequestState.HANDLED: "Handled",
    RequestState.BOOKED: "Booked",
    RequestState.EXPIRED: "No answer",
}


def request_buttons(rules: Rules, request: Request, about: Booking | None = None) -> list[ButtonElement]:
    """What can be done in this state; the one most likely right is primary. `about`: the booking it is likely about."""
    ref = Ref(id=request.id)
    discard = button(
        "Discard",
        ActionId.REQUEST_DISCARD,
        ref,
        style="danger",
        confirm=confirm(
            "Discard this request?", "Nothing is sent to the customer. It can't be undone.", "Discard"
        ),
    )
    handled = button("I handled it", ActionId.REQUEST_HANDLED, ref)
    reply = (
        [button("Reply to customer", ActionId.REQUEST_REPLY, ref)] if request.email or request.phone else []
    )
    waitlist = [] if request.booking else [button("Put on the waitlist", ActionId.REQUEST_WAITLIST, ref)]
    if request.state is RequestState.DRAFT:
        if can_propose(rules, request):
            approve = button("Approve", ActionId.REQUEST_APPROVE, ref, style="primary")
            return [approve, button("Edit", ActionId.REQUEST_EDIT, ref), *reply, *waitlist, discard]
        edit = button("Edit", ActionId.REQUEST_EDIT, ref, style="primary")
        return [edit, *reply, *waitlist, handled, discard]
    if request.state is RequestState.ESCALATED:
        handled = button("I handled it", ActionId.REQUEST_HANDLED, ref, style="primary")
        edit = button("Fill in and offer times", ActionId.REQUEST_EDIT, ref)
        see = (
            [button("Open the booking", ActionId.BOOKING_MENU, Menu(id=about.id, do=MenuChoice.MORE))]
            if about
            else []
        )
        return [handled, *reply, *see, *([] if request.booking else [edit]), *waitlist, discard]
    return []


def _origin(rules: Rules, request: Request) -> str:
    parts = [f"By {CHANNELS.get(request.channel, request.channel)}"]
    parts += [t.name(c) for c in dict.fromkeys([request.message.sender, request.email, request.phone]) if c]
    parts.append(rules.zone.say(request.created))
    if request.message.attachments:
        parts.append("attachments: " + ", ".join(t.name(a, 40) for a in request.message.attachments[:3]))
    return " \N{MIDDLE DOT} ".join(parts)


def _understood(rules: Rules, request: Request, reading: Reading) -> SectionBlock:
    """Each field with how sure we are and the words it rests on."""
    service = reading.service
    named = t.name(service_name(rules, service.value)) if service.value else ""
    if service.also:
        named += " and " + ", ".join(t.name(service_name(rules, s)) for s in service.also)
    others = [c for c in service.candidates if c not in {service.value, *service.also}]
    if named and "service" in reading.review and others:
        named += " _or_ " + ", ".join(t.name(service_name(rules, s)) for s in others)
    if not named and service.candidates:
        named = "_one of:_ " + ", ".join(t.name(service_name(rules, s)) for s in service.candidates)
    when = say_windows(reading.when) if reading.when else "_no time given_"
    party, resource = reading.party_size, reading.resource
    contact = [t.name(c) for c in (request.name, request.email, request.phone) if c]
    sure = min((w.confidence for w in reading.when), default=0.0)
    said = "; ".join(w.quote for w in reading.when if w.quote)
    checks = set(reading.review)
    return fields(
        {
            "Service": read_field(
                named or "_not clear_",
                service.confidence if service.value else 0,
                service.quote,
                "service" in checks,
            ),
            "When": read_field(t.said(when, 600) if reading.when else when, sure, said, "when" in checks),
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
            else "",
            "Customer": ", ".join(contact) or ":warning: _nobody to answer to_",
        }
    )


def read_field(value: str, confidence: float, quote: str, check: bool) -> str:
    lines = [f":warning: {value}" if check else value]
    if quote:
        lines.append(f"\u201c{t.said(t.one_line(quote), 300)}\u201d")
    if confidence:
        lines.append(f"{round(confidence * 100)}% sure")
    return "\n".join(lines)


def _outcome(rules: Rules, request: Request, booking: Booking | None, who: str) -> tuple[str, str]:
    """(read aloud, mrkdwn) of where it stands and who brought it there."""
    reason = t.said(t.one_line(request.reason), 600) if request.reason else ""
    by, aloud = t.person(request.changed_by), plain_person(rules, request.changed_by)
    when = rules.zone.say(request.changed)
    via = CHANNELS.get(request.channel, request.channel)
    tail = f" {reason}" if reason else ""
    booked = headline(rules, booking) if booking else ""
    agreed = "" if request.changed_by in {"", "system"} else f", approved by {by}"
    says: dict[RequestState, tuple[str, str]] = {
        RequestState.RECEIVED: ("just in", "Being read."),
        RequestState.DRAFT: (
            f"please check it. {request.reason}",
            f":eyes: *{reason or 'Please check what was understood.'}*",
        ),
        RequestState.ESCALATED: (
            f"needs a person. {request.reason}",
            f":raising_hand: *Needs a person.* {reason or 'Please answer by hand.'}",
        ),
        RequestState.APPROVED: (
            f"approved by {aloud}; times are being found.",
            f":white_check_mark: Approved by {by} ({when}). Finding times to offer.",
        ),
        RequestState.PROPOSED: (
            f"times offered by {via}.",
            f":outbox_tray: Times offered by {via} ({when}){agreed}.",
        ),
        RequestState.DECLINED: (
            f"declined by {aloud}. {request.reason}",
            f":no_entry_sign: Declined politely by {by} ({when}).{tail}",
        ),
        RequestState.DISCARDED: (
            f"discarded by {aloud}.",
            f":wastebasket: Discarded by {by} ({when}). Nothing was sent.{tail}",
        ),
        RequestState.HANDLED: (f"handled by {aloud}.", f":ok_hand: Handled by {by} ({when}).{tail}"),
        RequestState.BOOKED: (
            f"booked. {booked}",
            f":tada: *Booked* by {by} ({when})." + (f"\n{t.said(booked, 400)}" if booked else ""),
        ),
        RequestState.EXPIRED: (
            "the offered times ran out.",
            f":hourglass: The offered times ran out without an answer ({when}). If they write again, it starts over.",
        ),
    }
    spoken, shown = says[request.state]
    return f"Request from {who}: {spoken}", shown
