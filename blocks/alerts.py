"""Cards for when something outside went wrong: what it means, and what to do next."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from blocks import text as t
from blocks.elements import Card, actions, button, card, confirm, context, header, section
from blocks.ids import ActionId
from blocks.payloads import Ref
from blocks.when import headline, resource_name
from handlers.domain.booking import Booking
from handlers.domain.dead_letter import DeadLetter, DeadLetterState
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


def calendar_emptied_card(rules: Rules, resource: str, at: int) -> Card:
    name = resource_name(rules, resource)
    blocks: list[Block] = [
        header("Many visits left a calendar at once"),
        section(
            f":warning: Somebody deleted many visits from the calendar of *{t.name(name)}*. The first few were cancelled as "
            "usual; *the others still stand*, and their events were put back."
        ),
        context(rules.zone.say(at)),
        section("If they are to be cancelled, do it here, on their cards: `/book find` finds them."),
    ]
    return card(
        f"Many visits were deleted from the calendar of {name} at once; most still stand and were put back.",
        blocks,
    )


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


def unmailed_card(what: str, contact: str, reason: str) -> Card:
    """A summary that stands in Slack and did not reach the owner's inbox."""
    return card(
        f"The {what} could not be mailed to {contact}. It stands here in Slack.",
        [
            header("A summary was not mailed"),
            section(
                f":warning: The {t.name(what)} could not be mailed to {t.name(contact, 254)}. It stands here in Slack."
            ),
            context(t.said(t.one_line(reason), 600) or "no reason given"),
            section("If the address is wrong, correct `inbox` in `rules.yml`."),
        ],
    )


def conflict_card(rules: Rules, booking: Booking) -> Card:
    """The calendar had something there after all when the booking was written; the booking gave way."""
    return card(
        f"Calendar conflict: {headline(rules, booking)}.",
        [
            header("Calendar conflict"),
            section(
                f":warning: Somebody put an event into the calendar of "
                f"*{t.name(resource_name(rules, booking.slot.resource))}* at the time of this booking, so it gave way:\n"
                f"{t.said(headline(rules, booking), 600)}"
            ),
            section("The customer is told and offered other times. Please call them if it is soon."),
        ],
    )


def dead_letter_card(rules: Rules, letter: DeadLetter) -> Card:
    """Work that failed every attempt, and how a person ended it."""
    what = letter.kind.replace(".", " ").replace("_", " ")
    blocks: list[Block] = [
        header("Something could not be finished"),
        section(f":rotating_light: *{t.name(what)}* failed every time it was tried and was set aside."),
        context(
            f"{t.said(t.one_line(letter.error), 600) or 'no reason given'} \N{MIDDLE DOT} "
            f"{rules.zone.say(letter.at)} \N{MIDDLE DOT} {t.name(letter.subject, 60)}"
        ),
    ]
    by = t.person(letter.changed_by)
    match letter.state:
        case DeadLetterState.OPEN:
            blocks.append(_choices(letter.id))
            aloud = "Please look."
        case DeadLetterState.RETRIED:
            blocks.append(section(f":repeat: Tried again by {by}."))
            aloud = "It is being tried again."
        case DeadLetterState.HANDLED:
            blocks.append(section(f":ok_hand: Handled by {by}."))
            aloud = "A person handled it."
    return card(f"{what} could not be finished. {aloud}", blocks)


def _choices(id_: str) -> Block:
    ref = Ref(id=id_)
    sure = confirm(
        "Set it aside for good?", "Frontdesk won't try it again.", "I handled it", "Back", danger=False
    )
    return actions(
        [
            button("Retry", ActionId.DEAD_LETTER_RETRY, ref, style="primary"),
            button("I handled it", ActionId.DEAD_LETTER_HANDLED, ref, confirm=sure),
        ],
        block_id=f"dead-{id_}"[:255],
    )
