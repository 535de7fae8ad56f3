"""Cards for when something outside went wrong: what it means, and what to do next."""

from __future__ import annotations

from typing import Literal

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, actions, button, card, confirm, context, header, section
from blocks.ids import ActionId
from blocks.payloads import Ref
from blocks.when import headline, resource_name
from handlers.domain.booking import Booking
from handlers.domain.rules.model import Rules

MESSAGES = {
    "proposal": "the offered times",
    "confirmation": "the confirmation",
    "requested": "the note that it waits for approval",
    "reschedule": "the new time",
    "cancellation": "the cancellation",
    "reminder": "a reminder",
    "decline": "the polite no",
    "draft_received": "the note that it arrived",
}


def calendar_unreadable_card(rules: Rules, resource: str, why: str, at: int) -> Card:
    name = resource_name(rules, resource)
    calendar = rules.resources[resource].calendar if resource in rules.resources else ""
    blocks: list[Block] = [
        header("A calendar can't be read"),
        section(
            f":warning: The calendar of *{t.name(name)}* can't be read, so *nothing is offered for them* until it can."
        ),
        context(
            f"{t.name(calendar, 200) or 'No calendar is set'} \N{MIDDLE DOT} {t.said(t.one_line(why), 300) or 'no answer'} "
            f"\N{MIDDLE DOT} {rules.zone.say(at)}"
        ),
        section("Check that the calendar is shared with Frontdesk. It is tried again with every search."),
    ]
    return card(f"The calendar of {name} can't be read; nothing is offered for them until it can.", blocks)


def delivery_failed_card(
    rules: Rules, *, who: str, contact: str, what: str, reason: str, booking: Booking | None = None
) -> Card:
    message = MESSAGES.get(what, what.replace("_", " "))
    blocks: list[Block] = [
        header("A message did not arrive"),
        section(
            f":warning: *{t.name(who) or 'A customer'}* did not get {t.name(message)}"
            + (f" at {t.name(contact, 254)}." if contact else ".")
        ),
    ]
    if booking is not None:
        blocks.append(section(t.said(headline(rules, booking), 600)))
    if reason:
        blocks.append(context(t.said(t.one_line(reason), 600)))
    blocks.append(
        section(
            "Please reach them another way, and correct the address on the booking's card if it is wrong."
        )
    )
    return card(f"{who or 'A customer'} did not get {message}. Please reach them another way.", blocks)


def conflict_card(rules: Rules, booking: Booking, *, offered: bool) -> Card:
    """The calendar had something there after all when the booking was written."""
    next_step = (
        "They were offered other times."
        if offered
        else "Please call them, or reschedule from the booking's card."
    )
    return card(
        f"Calendar conflict: {headline(rules, booking)}.",
        [
            header("Calendar conflict"),
            section(
                f":warning: Somebody put an event into the calendar of "
                f"*{t.name(resource_name(rules, booking.slot.resource))}* at the time of this booking:\n"
                f"{t.said(headline(rules, booking), 600)}"
            ),
            section(next_step),
        ],
    )


def dead_letter_card(
    rules: Rules,
    id_: str,
    *,
    what: str,
    error: str,
    at: int,
    outcome: Literal["", "retried", "handled"] = "",
    by: str = "",
) -> Card:
    """Work that failed every attempt; `outcome` says how a person ended it."""
    blocks: list[Block] = [
        header("Something could not be finished"),
        section(f":rotating_light: *{t.name(what.replace('.', ' '))}* failed three times and was set aside."),
        context(f"{t.said(t.one_line(error), 600) or 'no reason given'} \N{MIDDLE DOT} {rules.zone.say(at)}"),
    ]
    if outcome:
        done = "Tried again" if outcome == "retried" else "Handled"
        blocks.append(section(f":ok_hand: {done} by {t.person(by)}."))
    else:
        ref = Ref(id=id_)
        blocks.append(
            actions(
                [
                    button("Retry", ActionId.DEAD_LETTER_RETRY, ref, style="primary"),
                    button(
                        "I handled it",
                        ActionId.DEAD_LETTER_HANDLED,
                        ref,
                        confirm=confirm(
                            "Set it aside for good?",
                            "Frontdesk won't try it again.",
                            "I handled it",
                            "Back",
                            danger=False,
                        ),
                    ),
                ],
                block_id=f"dead-{id_}"[:255],
            )
        )
    aloud = {"": "Please look.", "retried": "It is being tried again.", "handled": "A person handled it."}[
        outcome
    ]
    return card(f"{what} could not be finished. {aloud}", blocks)
