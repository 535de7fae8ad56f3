"""The card when nobody answered a reminder, and the one that asks about appointments taken over."""

from __future__ import annotations

from typing import NamedTuple

from slack_sdk.models.blocks import Block, InteractiveElement

from blocks import text as t
from blocks.elements import Card, actions, button, card, confirm, fields, header, section
from blocks.history import plain_person
from blocks.ids import ActionId
from blocks.payloads import About, Ref
from blocks.when import headline, say_span, service_name, with_whom
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from handlers.domain.go_live import Answer, Question
from handlers.domain.reminders import Chain, Gap
from handlers.domain.rules.model import Rules

OVER = {
    State.ARRIVED: (":wave:", "arrived"),
    State.COMPLETED: (":checkered_flag:", "was here"),
    State.NO_SHOW: (":ghost:", "did not come"),
    State.CANCELLED: (":x:", "cancelled"),
}
WAYS = {"text": "by text", "email": "by email"}


class _Told(NamedTuple):
    aloud: str
    shown: str
    open: bool = False


def gap_card(rules: Rules, booking: Booking, chain: Chain, customer: Customer | None = None) -> Card:
    """`chain` is that of the time the alert was about; `booking` as it is now."""
    told = _told(rules, booking, chain)
    who = booking.name or "somebody"
    blocks: list[Block] = [
        header(f"No answer: {service_name(rules, booking.slot.service)} for {who}"),
        section(told.shown),
        fields(
            {
                "When": say_span(rules, chain.start, chain.start + booking.slot.end - booking.slot.start),
                "With": t.name(with_whom(rules, booking.slot), 400),
                "Reminded": t.said(_reminded(rules, chain), 200),
                "Before this": _record(customer),
            }
        ),
    ]
    if told.open:
        blocks.append(actions(_choices(booking, chain), block_id=f"gap-{booking.id}"[:255]))
    return card(told.aloud, blocks)


def _told(rules: Rules, booking: Booking, chain: Chain) -> _Told:
    who, name = booking.name or "The customer", t.name(booking.name) or "The customer"
    by, aloud = t.person(booking.changed_by), plain_person(rules, booking.changed_by)
    when = rules.zone.say(booking.changed)
    if booking.state in OVER:
        mark, what = OVER[booking.state]
        if booking.state is State.CANCELLED:
            return _Told(
                f"Cancelled by {aloud}: {headline(rules, booking)}.",
                f"{mark} *Cancelled* by {by} ({when}). The time is free again.",
            )
        return _Told(f"{who} {what}.", f"{mark} *{name}* {what}, says {by} ({when}).")
    if booking.slot.start != chain.start:
        now = rules.zone.say(booking.slot.start)
        return _Told(
            f"{who} comes {now} now.", f":calendar: *Moved* by {by} ({when}): {name} comes *{now}* now."
        )
    if booking.answered is not None:
        at = rules.zone.say(booking.answered)
        return _Told(f"{who} will be there.", f":white_check_mark: *{name} will be there*, they say ({at}).")
    if chain.gap is Gap.KEPT:
        keeper, at = t.person(chain.gap_by), rules.zone.say(chain.gap_at)
        return _Told(
            f"Kept by {plain_person(rules, chain.gap_by)}: {headline(rules, booking)}.",
            f":handshake: *Kept* by {keeper} ({at}) without an answer.",
        )
    return _Told(
        f"No answer yet: {headline(rules, booking)}.",
        f":bell: *{name} hasn't answered.* Please ask whether they come.",
        open=True,
    )


def _reminded(rules: Rules, chain: Chain) -> str:
    """`2 times, last Tue 5 May, 1:00 pm by text`"""
    if not chain.sent:
        return "not at all"
    last = chain.sent[-1]
    count = "once" if len(chain.sent) == 1 else f"{len(chain.sent)} times"
    way = WAYS.get(last.sent.partition(":")[0], "")
    return f"{count}, last {rules.zone.say(last.at)} {way}".strip()


def _record(customer: Customer | None) -> str:
    """`3 visits, 1 no-show`"""
    if customer is None:
        return ""
    visits, missed = customer.visits, customer.no_shows
    if not visits and not missed:
        return "no visit yet"
    parts = [f"{visits} visit{'' if visits == 1 else 's'}"] if visits else []
    if missed:
        parts.append(f":ghost: *{missed} no-show{'' if missed == 1 else 's'}*")
    return ", ".join(parts) if missed else f"{parts[0]}, never missed"


def _choices(booking: Booking, chain: Chain) -> list[InteractiveElement]:
    about = About(id=booking.id, start=chain.start)
    who = booking.name or "The customer"
    sure = confirm(
        "Offer it to the waitlist?",
        f"This cancels the booking. {t.plain(who, 80)} is told that we had no answer, and the time is offered to the "
        "next person who waits for one like it.",
        "Cancel and offer",
    )
    return [
        *([button("Call", ActionId.GAP_CALL, about, style="primary")] if booking.phone else []),
        button("Keep", ActionId.GAP_KEEP, about),
        button("Offer to waitlist", ActionId.GAP_OFFER, about, confirm=sure),
        button("Cancel it", ActionId.GAP_CANCEL, about, style="danger"),
    ]


def imports_card(rules: Rules, question: Question, count: int) -> Card:
    """`count` appointments taken over from elsewhere are inside their reminder window; who said what of them."""
    plural = count != 1
    many = f"{count} imported appointment{'s' if plural else ''} {'are' if plural else 'is'}"
    inside = f"{many} inside {'their' if plural else 'its'} reminder window"
    if question.answer is Answer.OPEN:
        sure = confirm(
            "Send reminders?",
            "Each of these customers gets one reminder now (in quiet hours, when they end), and later ones as usual.",
            "Send reminders",
            "Not yet",
            danger=False,
        )
        ref = Ref(id="go-live")
        blocks: list[Block] = [
            header("Send reminders for imported appointments?"),
            section(f":inbox_tray: *{inside}.* Nobody gets a reminder before you decide."),
            actions(
                [
                    button("Send reminders", ActionId.IMPORTS_SEND, ref, style="primary", confirm=sure),
                    button("Skip these", ActionId.IMPORTS_SKIP, ref),
                ],
                block_id="imports",
            ),
        ]
        return card(f"{inside}. Send reminders, or skip these?", blocks)
    who, when = t.person(question.by), rules.zone.say(question.at)
    if question.answer is Answer.SEND:
        mark, what, more = ":white_check_mark:", "Reminders go out", ""
    else:
        mark, what = ":zipper_mouth_face:", "No reminder for what has passed"
        more = " Reminders that are still ahead go out as usual."
    return card(
        f"{inside}. {what}, says {plain_person(rules, question.by)}.",
        [
            header("Imported appointments"),
            section(f"{mark} {inside}. *{what}*, says {who} ({when}).{more}"),
        ],
    )
