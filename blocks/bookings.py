"""What staff see of a booking: its card in every state, its row in a list, the results of `/book find`."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ConfirmObject, DividerBlock, InteractiveElement, SectionBlock
from slack_sdk.models.views import View

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
    menu,
    modal,
    section,
)
from blocks.history import Did, plain_person, small_print
from blocks.ids import ActionId, MenuChoice
from blocks.payloads import CardPlace, Ref
from blocks.when import headline, resource_name, say_span, service_name, with_whom
from handlers.domain.booking import Booking, State
from handlers.domain.rules.model import Rules

SOURCES = {
    "web": "web form",
    "email": "email",
    "text": "text",
    "voice": "phone",
    "staff": "staff",
    "api": "another program",
    "waitlist": "waitlist",
    "import": "taken over",
}
MARKS = {
    State.REQUESTED: ":raised_hand:",
    State.PENDING: ":hourglass_flowing_sand:",
    State.CONFIRMED: ":white_check_mark:",
    State.ARRIVED: ":wave:",
    State.COMPLETED: ":checkered_flag:",
    State.NO_SHOW: ":ghost:",
    State.CANCELLED: ":x:",
    State.EXPIRED: ":hourglass:",
}
ROWS = 10
"""How many results `/book find` shows."""


def booking_card(rules: Rules, booking: Booking, history: Sequence[Did] = ()) -> Card:
    text, status = _status(rules, booking)
    blocks: list[Block] = [
        header(f"{service_name(rules, booking.slot.service)} for {booking.name or 'somebody'}"),
        section(status),
        _details(rules, booking),
    ]
    if booking.notes:
        blocks.append(section(f"*Notes*\n{t.quote(booking.notes, 1200)}"))
    buttons = booking_buttons(booking)
    if buttons:
        blocks.append(actions(buttons, block_id=f"booking-{booking.id}"[:255]))
    blocks.extend(small_print(rules, history))
    return card(text, blocks)


def booking_modal(rules: Rules, booking: Booking, place: CardPlace, history: Sequence[Did] = ()) -> View:
    """The same card, opened from a list."""
    return modal("Booking", booking_card(rules, booking, history).blocks, meta=place)


def booking_buttons(booking: Booking) -> list[InteractiveElement]:
    """Only what can be done in this state."""
    ref = Ref(id=booking.id)
    cancel = button("Cancel", ActionId.BOOKING_CANCEL, ref, style="danger")
    match booking.state:
        case State.REQUESTED:
            return [
                button("Approve", ActionId.BOOKING_APPROVE, ref, style="primary"),
                button("Decline", ActionId.BOOKING_DECLINE, ref, style="danger"),
                menu(booking.id, [MenuChoice.CONTACT, MenuChoice.REMINDERS]),
            ]
        case State.PENDING:
            return [cancel]
        case State.CONFIRMED:
            return [
                button("Arrived", ActionId.BOOKING_ARRIVED, ref, style="primary"),
                button("No-show", ActionId.BOOKING_NO_SHOW, ref, confirm=_sure_no_show(booking)),
                button("Reschedule", ActionId.BOOKING_RESCHEDULE, ref),
                cancel,
                menu(booking.id, [MenuChoice.RESEND, MenuChoice.CONTACT, MenuChoice.REMINDERS]),
            ]
        case State.ARRIVED:
            return [
                button("Completed", ActionId.BOOKING_COMPLETED, ref, style="primary"),
                button("Not here yet", ActionId.BOOKING_UNDO_ARRIVED, ref),
            ]
        case State.NO_SHOW:
            return [button("They came after all", ActionId.BOOKING_ARRIVED, ref)]
        case _:
            return []


def _sure_no_show(booking: Booking) -> ConfirmObject:
    return confirm(
        "Mark as no-show?",
        f"{booking.name or 'The customer'} did not come. It counts on their record.",
        "No-show",
    )


def _details(rules: Rules, booking: Booking) -> SectionBlock:
    contact = " \N{MIDDLE DOT} ".join(t.name(c, 254) for c in (booking.phone, booking.email) if c)
    limit = rules.services.get(booking.slot.service)
    party = str(booking.party) if booking.party > 1 or (limit and limit.party.max > 1) else ""
    return fields(
        {
            "When": say_span(rules, booking.slot.start, booking.slot.end),
            "With": t.name(with_whom(rules, booking.slot), 400),
            "Who": t.name(booking.name) or "_no name_",
            "Contact": contact or ":warning: _none_",
            "How many": party,
            "Came by": SOURCES.get(booking.source, booking.source),
            "Answer": f"will be there ({rules.zone.say(booking.answered)})" if booking.answered else "",
            "Reminders": t.said(str(booking.reminders or ""), 200) if booking.reminders else "",
        }
    )


def _status(rules: Rules, booking: Booking) -> tuple[str, str]:
    """(read aloud, mrkdwn)"""
    by, aloud = t.person(booking.changed_by), plain_person(rules, booking.changed_by)
    when = rules.zone.say(booking.changed)
    held = f" The time is held until {rules.zone.say(booking.until)}." if booking.until else ""
    moved = booking.revision > 0
    says: dict[State, tuple[str, str]] = {
        State.REQUESTED: ("Please approve", f"*Waits for your approval.*{held}"),
        State.PENDING: ("On hold", f"*On hold* until the customer confirms.{held}"),
        State.CONFIRMED: (
            f"{'Rescheduled' if moved else 'Booked'} by {aloud}",
            f"*Confirmed*; last changed by {by} ({when})." if moved else f"*Confirmed* by {by} ({when}).",
        ),
        State.ARRIVED: ("Arrived", f"*Arrived*, says {by} ({when})."),
        State.COMPLETED: ("Completed", f"*Completed*, says {by} ({when})."),
        State.NO_SHOW: ("No-show", f"*No-show*, says {by} ({when})."),
        State.CANCELLED: (f"Cancelled by {aloud}", f"*Cancelled* by {by} ({when}). The time is free again."),
        State.EXPIRED: ("Expired", f"*Ran out* without an answer ({when}). The time is free again."),
    }
    spoken, shown = says[booking.state]
    return f"{spoken}: {headline(rules, booking)}.", f"{MARKS[booking.state]} {shown}"


def booking_row(rules: Rules, booking: Booking, *, dated: bool = False) -> SectionBlock:
    """One line in a list, with its actions in a menu."""
    at = rules.zone.say(booking.slot.start) if dated else rules.zone.say_time(booking.slot.start)
    party = f" \N{MIDDLE DOT} party of {booking.party}" if booking.party > 1 else ""
    who = f" \N{MIDDLE DOT} with {t.name(resource_name(rules, booking.slot.resource))}" if dated else ""
    text = (
        f"{MARKS[booking.state]} *{at}* \N{MIDDLE DOT} {t.name(booking.name) or '_no name_'} \N{MIDDLE DOT} "
        f"{t.name(service_name(rules, booking.slot.service))}{party}{who}"
    )
    return section(
        text, accessory=menu(booking.id, menu_choices(booking)), block_id=f"row-{booking.id}"[:255]
    )


def menu_choices(booking: Booking) -> list[MenuChoice]:
    if booking.state is State.CONFIRMED:
        return [
            MenuChoice.ARRIVED,
            MenuChoice.NO_SHOW,
            MenuChoice.RESCHEDULE,
            MenuChoice.CANCEL,
            MenuChoice.MORE,
        ]
    return [MenuChoice.MORE]


def found_card(rules: Rules, wanted: str, found: Sequence[Booking]) -> Card:
    """Results of `/book find`: the coming ones first, as given."""
    shown = t.said(t.one_line(wanted), 80)
    if not found:
        return card(
            f"No booking found for {wanted}.",
            [
                section(
                    f"No booking found for \u201c{shown}\u201d. Try part of the name, the last four digits of the "
                    "phone number, or the booking's id."
                )
            ],
        )
    count = f"{len(found)} booking{'' if len(found) == 1 else 's'}"
    blocks: list[Block] = [section(f"*{count}* for \u201c{shown}\u201d")]
    blocks += [booking_row(rules, b, dated=True) for b in found[:ROWS]]
    if len(found) > ROWS:
        blocks.append(context(f"{len(found) - ROWS} more. Write more of the name to see fewer."))
    aloud = "; ".join(headline(rules, b) for b in found[:3])
    return card(f"{count} found for {wanted}: {aloud}", blocks)


def booked_modal(rules: Rules, booking: Booking) -> View:
    """After a booking was made or moved in a modal."""
    what = t.said(headline(rules, booking), 600)
    waits = booking.state is State.REQUESTED
    says = (
        ":raised_hand: *Requested.* It waits for approval: the card is in the channel."
        if waits
        else ":tada: *Booked.*"
    )
    told = [t.name(c, 254) for c in (booking.email, booking.phone) if c]
    return modal(
        "Requested" if waits else "Booked",
        [
            section(f"{says}\n{what}"),
            DividerBlock(),
            context(
                f"The confirmation goes to {' and '.join(told)}."
                if told
                else "There is no contact to write to."
            ),
        ],
    )
