"""What staff see of an opening: its card in every state, who was asked and how it went, its row on the Home tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from blocks import text as t
from blocks.elements import Card, actions, button, card, confirm, context, header, section
from blocks.history import Did, plain_person, small_print
from blocks.ids import ActionId
from blocks.payloads import OpeningRef, Ref
from blocks.when import headline, resource_name, say_span, service_name
from handlers.domain.booking import Booking
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.opening import OUT, Offer, OfferState, Opening, OpeningState

SHOWN = 12
"""Offers a card tells of, the last ones; the others are counted."""
DOT = " \N{MIDDLE DOT} "
CHANNELS = {"text": "text", "email": "mail"}


@dataclass(frozen=True)
class Story:
    """An opening and all that its card tells. `giver` is whose time it was, `booking` what came of it, `steps` what
    staff did."""

    opening: Opening
    offers: tuple[Offer, ...] = ()
    giver: str = ""
    booking: Booking | None = None
    steps: tuple[Did, ...] = ()

    @property
    def out(self) -> Offer | None:
        """The offer somebody can take now."""
        return next((o for o in self.offers if o.seq == self.opening.live and o.state in OUT), None)

    @property
    def passing_on(self) -> bool:
        """An offer has ended, and the next one is not made yet."""
        return self.opening.live is not None and self.out is None


def opening_card(rules: Rules, story: Story) -> Card:
    spoken, shown = _status(rules, story)
    what = place_of(rules, story.opening)
    blocks: list[Block] = [
        header(f"{_title(story)}: {what}"),
        context(_origin(rules, story)),
        section(shown),
    ]
    if asked := asked_lines(rules, story.offers):
        blocks.append(section(f"*Asked so far*\n{asked}"))
    if buttons := opening_buttons(rules, story):
        blocks.append(actions(buttons, block_id=f"opening-{story.opening.id}"[:255]))
    blocks.extend(small_print(rules, story.steps))
    return card(f"{what}: {spoken}", blocks)


def moved_card(rules: Rules, opening: Opening) -> Card:
    """What stays where the card stood, once it has moved to the end of the channel."""
    what = place_of(rules, opening)
    return card(
        f"{what}: its card is further down.",
        [context(f":arrow_down: {t.said(what, 300)}: handed back to you. The card is further down.")],
    )


def opening_row(rules: Rules, story: Story) -> list[Block]:
    """On the Home tab."""
    what = t.said(place_of(rules, story.opening), 300)
    return [
        section(f"*{what}*\n{_status(rules, story)[1]}", block_id=f"open-{story.opening.id}"[:255]),
        actions(opening_buttons(rules, story), block_id=f"opening-{story.opening.id}"[:255]),
    ]


def place_of(rules: Rules, opening: Opening) -> str:
    """`Tue 5 May, 2:00 pm to 2:45 pm with Jess`, plain."""
    span = say_span(rules, opening.start, opening.end)
    return t.one_line(f"{span} with {resource_name(rules, opening.resource)}")


def until(rules: Rules, at: int) -> str:
    """A time that is waited for, shown to each reader on their own clock."""
    return f"<!date^{at}^{{time}}|{rules.zone.say_time(at)}>"


# --- buttons ---------------------------------------------------------------------------------------------------


def opening_buttons(rules: Rules, story: Story) -> list[ButtonElement]:
    """What staff can do in this state."""
    opening = story.opening
    ref = Ref(id=opening.id)
    match opening.state:
        case OpeningState.OPEN:
            fill = button("Fill by hand", ActionId.OPENING_FILL, ref)
            return [*_next(rules, story), fill, _stop(story)]
        case OpeningState.HANDED_BACK:
            return [
                button("Book someone", ActionId.OPENING_FILL, ref, style="primary"),
                button("Leave open", ActionId.OPENING_LEAVE, ref),
                button("Try again", ActionId.OPENING_AGAIN, ref),
            ]
        case _:
            return []


def _next(rules: Rules, story: Story) -> list[ButtonElement]:
    """Not while it makes no difference: in quiet hours nobody is asked, and the next one is being asked already."""
    opening, out = story.opening, story.out
    if opening.waits == "quiet" or story.passing_on:
        return []
    ref = OpeningRef(id=opening.id, seq=opening.seq)
    if out is None:
        return [button("Offer next now", ActionId.OPENING_NEXT, ref)]
    name = out.name or "The customer"
    left = f" They have until {rules.zone.say_time(out.ends)}." if out.ends else ""
    sure = confirm(
        "Ask the next one now?",
        f"It is on offer to {name}.{left} They are told that it is taken.",
        "Ask the next one",
        f"Wait for {name}",
        danger=False,
    )
    return [button("Offer next now", ActionId.OPENING_NEXT, ref, confirm=sure)]


def _stop(story: Story) -> ButtonElement:
    out = story.out
    told = f" {out.name or 'Whoever holds the offer'} is told that it is taken." if out else ""
    sure = confirm(
        "Stop offering it?", f"It is yours to fill then.{told}", "Stop", "Go on offering", danger=True
    )
    return button("Stop", ActionId.OPENING_STOP, Ref(id=story.opening.id), style="danger", confirm=sure)


# --- words -----------------------------------------------------------------------------------------------------


def _title(story: Story) -> str:
    match story.opening.state:
        case OpeningState.OPEN:
            return "On offer" if story.out else "Opened up"
        case OpeningState.HANDED_BACK:
            return "Yours to fill"
        case OpeningState.FILLED:
            return "Filled"
        case OpeningState.CLOSED:
            return "Closed"


def _origin(rules: Rules, story: Story) -> str:
    """What was there, and why it came free."""
    opening = story.opening
    giver = t.name(story.giver)
    was = t.name(service_name(rules, opening.service))
    by = opening.opened_by
    by_staff = f" by {t.person(by)}" if by not in {"", "customer", "system"} else ""
    whose = f"{giver}'s {was}" if giver and was else giver or was or "a booking"
    match opening.why:
        case "cancelled" if by == "customer" and giver:
            why = f"{giver} cancelled{f': {was}' if was else ''}"
        case "cancelled":
            why = f"Cancelled{by_staff}: {whose}"
        case "no_show":
            why = f"No-show: {whose}"
        case "rescheduled":
            why = f"Moved to another time{by_staff}: {whose}"
        case "completed":
            why = f"Done early: {whose}"
        case "expired":
            why = f"Nobody approved it in time: {whose}"
        case "opening":
            why = f"New opening{by_staff}"
        case "rest":
            why = "Left over from a longer time"
        case other:
            why = t.name(other.replace("_", " ").capitalize()) or "Came free"
    seats = [f"for up to {opening.seats}"] if opening.seats > 1 else []
    return DOT.join([why, *seats, rules.zone.say(opening.created)])


def _status(rules: Rules, story: Story) -> tuple[str, str]:
    """(read aloud, mrkdwn)"""
    opening = story.opening
    by, aloud = t.person(opening.changed_by), plain_person(rules, opening.changed_by)
    match opening.state:
        case OpeningState.OPEN:
            return _open(rules, story)
        case OpeningState.HANDED_BACK:
            stopped = "" if opening.changed_by in {"", "system"} else f" ({by})"
            return (
                f"it is yours to fill. {opening.reason}",
                f":raised_hand: *It is yours to fill.* {t.said(opening.reason, 600)}{stopped}",
            )
        case OpeningState.FILLED:
            claimed = (
                any(o.state is OfferState.CLAIMED for o in story.offers) and opening.changed_by == "customer"
            )
            who = story.booking.name if story.booking and story.booking.name else "somebody"
            booked = f"\n{t.said(headline(rules, story.booking), 600)}" if story.booking else ""
            how = f"by *{t.name(who)}*" if claimed else f"for *{t.name(who)}*, by {by}"
            spoken = f"filled by {who}." if claimed else f"filled for {who} by {aloud}."
            return spoken, f":tada: *Filled* {how} ({rules.zone.say(opening.changed)}).{booked}"
        case OpeningState.CLOSED:
            ended = "" if opening.changed_by in {"", "system"} else f" ({by})"
            reason = opening.reason or "It is not offered any more."
            return f"closed. {reason}", f":white_circle: *Closed.* {t.said(reason, 600)}{ended}"


def _open(rules: Rules, story: Story) -> tuple[str, str]:
    opening, out = story.opening, story.out
    if out is not None:
        return _held(rules, out)
    if story.passing_on:
        return "the next one is being asked.", ":arrow_right: *The next one is being asked.*"
    return _waits(rules, opening)


def _waits(rules: Rules, opening: Opening) -> tuple[str, str]:
    """Nobody holds it: what for."""
    at = rules.zone.say(opening.due) if opening.due else "soon"
    clock = until(rules, opening.due) if opening.due else "soon"
    who = resource_name(rules, opening.resource)
    says = {
        "quiet": (
            f"waits for quiet hours to end, {at}.",
            f":crescent_moon: *Waits for quiet hours to end*, {at}. Nobody holds it until then: it can be booked.",
        ),
        "calendar": (
            f"waits, as the calendar of {who} can't be read.",
            f":warning: *The calendar of {t.name(who)} can't be read*, so nobody is asked. Next look {clock}.",
        ),
        "held": (
            f"somebody is about to book it, and has until {at}.",
            f":hourglass: *Somebody is about to book it* and has until {clock}. If they don't, it is offered.",
        ),
        "offered": (
            "whoever fits holds another offer just now.",
            f":hourglass: *Whoever fits holds another offer just now.* Next look {clock}.",
        ),
    }
    return says.get(opening.waits, ("being looked at.", ":mag: *Looking who on the waitlist fits.*"))


THEN = "If they don't take it, the next one who fits is asked."


def _held(rules: Rules, out: Offer) -> tuple[str, str]:
    name, via = t.name(out.name) or "somebody", CHANNELS[out.channel]
    aloud = out.name or "somebody"
    if out.state is OfferState.LIVE and out.ends is not None:
        return (
            f"on offer to {aloud} until {rules.zone.say_time(out.ends)}.",
            f":hourglass_flowing_sand: *On offer to {name}* by {via}, until *{until(rules, out.ends)}*. {THEN}",
        )
    if out.tries:
        return (
            f"the {via} to {aloud} could not be sent yet.",
            f":warning: *The {via} to {name} could not be sent yet*; it is tried again. {t.said(t.one_line(out.reason), 200)}",
        )
    return f"being offered to {aloud}.", f":outbox_tray: *Being sent to {name}* by {via}."


# --- who was asked ---------------------------------------------------------------------------------------------

MARKS = {
    OfferState.SENDING: ":outbox_tray:",
    OfferState.LIVE: ":hourglass_flowing_sand:",
    OfferState.CLAIMED: ":white_check_mark:",
    OfferState.DECLINED: ":x:",
    OfferState.TIMED_OUT: ":zzz:",
    OfferState.WITHDRAWN: ":leftwards_arrow_with_hook:",
    OfferState.FAILED: ":warning:",
}


def asked_lines(rules: Rules, offers: Sequence[Offer]) -> str:
    """One line an offer, in the order they were made."""
    lines = [f"{MARKS[o.state]} {n}. {_asked(rules, o)}" for n, o in enumerate(offers, start=1)]
    if len(lines) > SHOWN:
        people = "person" if len(lines) - SHOWN == 1 else "people"
        lines = [f"{len(lines) - SHOWN} {people} before them", *lines[-SHOWN:]]
    return "\n".join(lines)


def _asked(rules: Rules, offer: Offer) -> str:
    zone = rules.zone
    sent = f", {CHANNELS[offer.channel]} {zone.say_time(offer.sent)}" if offer.sent else ""
    ended, reason = zone.say_time(offer.changed), _within(offer.reason)
    how = {
        OfferState.SENDING: "being sent",
        OfferState.LIVE: f"has until {zone.say_time(offer.ends)}" if offer.ends else "has it now",
        OfferState.CLAIMED: f"took it {ended}",
        OfferState.DECLINED: f"{reason or 'said no'} {ended}",
        OfferState.TIMED_OUT: f"no answer by {zone.say_time(offer.ends or offer.changed)}",
        OfferState.WITHDRAWN: f"taken back {ended}: {reason or 'by staff'}",
        OfferState.FAILED: f"could not be asked: {reason or 'the message did not leave'}",
    }[offer.state]
    return f"*{t.name(offer.name) or '_no name_'}*{sent}: {t.said(how, 200)}"


def _within(reason: str) -> str:
    """As part of a sentence: `offers were stopped` for "Offers were stopped."."""
    return reason[:1].lower() + reason[1:].rstrip(".")
