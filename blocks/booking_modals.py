"""Modals that change a booking: make one, move it, cancel it, mark a no-show, correct its contact."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import context, field, line, modal, section
from blocks.ids import Field, ViewId
from blocks.payloads import CardPlace, TimesMeta, Wish
from blocks.times import Times, answer, question
from blocks.when import headline, say_reminders
from handlers.domain.booking import Booking
from handlers.domain.forms import LIMITS
from handlers.domain.reminders import Chain, windows
from handlers.domain.rules.model import Rules
from handlers.domain.wish import LONG, Way, say_length


def book_modal(rules: Rules, wish: Wish, times: Times, meta: TimesMeta) -> View:
    """`/book`: what, when, what is free, and for whom."""
    blocks: list[Block] = [
        *question(rules, wish, with_service=True),
        *answer(rules, times, meta.asked),
        DividerBlock(),
        field(Field.NAME, "Customer's name", line(Field.NAME, wish.name, limit=LIMITS["name"])),
        field(
            Field.CONTACT,
            "Mail address or phone number",
            line(
                Field.CONTACT,
                wish.contact,
                limit=LIMITS["contact"],
                placeholder="ana@mail.example or +65 8123 4567",
            ),
            hint="The confirmation goes here.",
        ),
        field(
            Field.NOTES,
            "Notes",
            line(Field.NOTES, wish.notes, limit=LIMITS["notes"], multiline=True),
            optional=True,
        ),
    ]
    return modal("New booking", blocks, callback=ViewId.BOOK, submit="Book", close="Cancel", meta=meta)


def reschedule_modal(rules: Rules, booking: Booking, wish: Wish, times: Times, meta: TimesMeta) -> View:
    blocks: list[Block] = [
        section(f"Moving *{t.said(headline(rules, booking), 600)}*"),
        *question(rules, wish, with_service=False),
        *answer(rules, times, meta.asked),
        context("The customer gets the new time at once."),
    ]
    return modal(
        "Reschedule", blocks, callback=ViewId.RESCHEDULE, submit="Move it", close="Keep it", meta=meta
    )


def cancel_modal(rules: Rules, booking: Booking, place: CardPlace, *, decline: bool = False) -> View:
    """`decline` words it for a booking that waits for approval."""
    blocks: list[Block] = [
        section(f"{'Decline' if decline else 'Cancel'} *{t.said(headline(rules, booking), 600)}*?"),
        field(
            Field.REASON,
            "Reason",
            line(Field.REASON, limit=300, multiline=True),
            optional=True,
            hint="Kept with the booking.",
        ),
        context("The customer is told at once and the time is free again."),
    ]
    return modal(
        "Decline request" if decline else "Cancel booking",
        blocks,
        callback=ViewId.CANCEL,
        submit="Decline it" if decline else "Cancel it",
        close="Keep it",
        meta=place.model_copy(update={"id": booking.id}),
    )


def no_show_modal(rules: Rules, booking: Booking, place: CardPlace) -> View:
    return modal(
        "No-show?",
        [
            section(
                f"*{t.said(headline(rules, booking), 600)}* did not come? It counts on the customer's record."
            )
        ],
        callback=ViewId.NO_SHOW,
        submit="No-show",
        close="Not yet",
        meta=place.model_copy(update={"id": booking.id}),
    )


def reminders_modal(rules: Rules, booking: Booking, chain: Chain, way: Way | None, place: CardPlace) -> View:
    """`way` is how the customer is reached; None = not at all."""
    usual = windows(booking.model_copy(update={"reminders": None}), rules)
    as_usual = ", ".join(map(say_length, usual)) or "none"
    blocks: list[Block] = [
        section(f"*{t.said(headline(rules, booking), 600)}*"),
        _outlook(rules, booking, chain, way),
        field(
            Field.REMINDERS,
            "Reminders of this booking",
            line(
                Field.REMINDERS, str(booking.reminders or ""), limit=LONG, placeholder=f"as usual: {as_usual}"
            ),
            optional=True,
            hint='How long before, like "48h, 2h"; how, like "by text" or "by email only"; or "none". '
            f"Leave it empty for the usual ones ({as_usual}).",
        ),
        context("In quiet hours and on closed days nothing leaves: a reminder waits, or goes out before."),
    ]
    return modal(
        "Reminders",
        blocks,
        callback=ViewId.REMINDERS,
        submit="Save",
        close="Cancel",
        meta=place.model_copy(update={"id": booking.id}),
    )


def reminders_set_modal(rules: Rules, booking: Booking, chain: Chain, way: Way | None) -> View:
    """After they were saved: what will happen."""
    wish = f"Saved: {t.said(str(booking.reminders), 200)}" if booking.reminders else "Saved: as usual"
    return modal(
        "Reminders",
        [
            section(f":white_check_mark: *{wish}*\n{t.said(headline(rules, booking), 600)}"),
            _outlook(rules, booking, chain, way),
        ],
    )


def _outlook(rules: Rules, booking: Booking, chain: Chain, way: Way | None) -> Block:
    lines = [t.said(said, 200) for said in say_reminders(rules, booking, chain, way)]
    return section("Reminders: " + lines[0] if len(lines) == 1 else "Reminders:\n" + "\n".join(lines))


def contact_modal(booking: Booking, place: CardPlace) -> View:
    blocks: list[Block] = [
        section(f"How to reach *{t.name(booking.name) or 'this customer'}*"),
        field(
            Field.EMAIL,
            "Mail address",
            line(Field.EMAIL, booking.email or "", limit=254),
            optional=True,
        ),
        field(
            Field.PHONE,
            "Phone number",
            line(Field.PHONE, booking.phone or "", limit=40),
            optional=True,
            hint="With the country code if it is abroad.",
        ),
        context("The confirmation is sent again to what you write here."),
    ]
    return modal(
        "Correct contact",
        blocks,
        callback=ViewId.CONTACT,
        submit="Save",
        close="Cancel",
        meta=place.model_copy(update={"id": booking.id}),
    )
