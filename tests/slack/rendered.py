"""Everything `blocks/` can render, once, for the tests that look at all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from slack_sdk.models.views import View

from blocks import alerts
from blocks.booking_modals import (
    book_modal,
    cancel_modal,
    contact_modal,
    no_show_modal,
    reminders_modal,
    reminders_set_modal,
    reschedule_modal,
)
from blocks.bookings import booked_modal, booking_card, booking_modal, found_card
from blocks.draft_modals import appointment_modal, entry_modal
from blocks.drafts import draft_card
from blocks.elements import Card, notice
from blocks.gaps import gap_card, imports_card
from blocks.help import help_card, why_card
from blocks.history import Did
from blocks.home import HomePage, home_view, no_rules_home, stranger_home
from blocks.payloads import CardPlace, TimesMeta, Wish
from blocks.request_modal import edit_modal, reply_modal
from blocks.requests import request_card
from blocks.rules import rules_refused_card, rules_resolved_card
from blocks.sheets import sheet_card, sheet_fine_card
from blocks.summaries import summary_card
from blocks.times import Times
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from handlers.domain.dead_letter import DeadLetter, DeadLetterState
from handlers.domain.errors import Fault
from handlers.domain.go_live import Answer, Question
from handlers.domain.reminders import Chain, Gap, Reminder
from handlers.domain.request import Document, Plan, Request, RequestState, Tagged
from handlers.domain.rules.model import Rules
from handlers.domain.sheets import RowFault, Told
from handlers.domain.summaries.monthly import MonthlyFacts
from handlers.domain.summaries.report import Quiet
from handlers.domain.summaries.weekly import WeeklyFacts
from handlers.domain.waitlist.entry import Entry
from handlers.domain.wish import parse
from tests.slack import rendered_waitlist
from tests.slack.samples import NOW, slot
from tests.summaries.samples import WEEK, monthly, weekly

PLACE = CardPlace(channel="C0DESK", ts="1.2")


def cards(rules: Rules, request: Request, booking: Booking, words: str) -> Iterator[Card]:
    history = [Did("U0MEI", "request.approved", NOW), Did(words, words, NOW)]
    for state in RequestState:
        yield request_card(rules, request.model_copy(update={"state": state}), booking, history)
    yield request_card(rules, request.model_copy(update={"reading": None}))
    for one in drafts(request, words):
        for state in RequestState:
            yield draft_card(
                rules, one.model_copy(update={"state": state}), booking, waiting_entry(words), history
            )
        yield draft_card(rules, one.model_copy(update={"reading": None, "excerpt": "", "name": ""}))
    for kept in State:
        until = NOW if kept in {State.REQUESTED, State.PENDING} else None
        yield booking_card(rules, booking.model_copy(update={"state": kept, "until": until}), history)
    yield found_card(rules, words, [])
    yield found_card(rules, words, many(booking, 20))
    yield help_card()
    yield why_card(rules, NOW, {"haircut": {"jess": words, "mei": "free"}, words: {}})
    yield rules_refused_card([Fault(n, 1, words or "?") for n in range(1, 20)], words)
    yield rules_resolved_card(3, words)
    bad = tuple(RowFault(number=n, who=words, message=words or "?") for n in range(2, 22))
    for told in (Told(sheet="x" * 44, faults=bad, more=3, gone=9, until=NOW), Told(trouble=words or "?")):
        yield sheet_card(rules, "waitlist", told)
    yield sheet_fine_card("waitlist", Told(sheet="x" * 44))
    yield alerts.calendar_unreadable_card(rules, "jess", words, NOW)
    yield alerts.calendar_unreadable_card(rules, "gone", words, NOW)
    yield alerts.calendar_emptied_card(rules, "jess", NOW)
    yield alerts.delivery_failed_card(
        rules, who=words, contact=words, what="confirmation", reason=words, booking=booking
    )
    yield alerts.conflict_card(rules, booking)
    yield from _gaps(rules, booking, words)
    yield from _summaries(rules, words)
    yield alerts.unmailed_card("weekly summary", words, words)
    for answer in Answer:
        yield imports_card(rules, Question(answer=answer, by=words, at=NOW), 12)
    for end in DeadLetterState:
        letter = DeadLetter(
            id="dl1", kind="booking.confirmed", error=words, at=NOW, state=end, changed_by=words
        )
        yield alerts.dead_letter_card(rules, letter)
    yield from rendered_waitlist.cards(rules, booking, words)


def _gaps(rules: Rules, booking: Booking, words: str) -> Iterator[Card]:
    start = booking.slot.start
    sent = Reminder(before=3600, due=start - 3600, state="SENT", at=start - 3600, sent="text:1")
    chain = Chain(booking=booking.id, start=start, reminders=(sent,), gap=Gap.RAISED)
    customer = Customer(id=booking.customer, visits=3, no_shows=1)
    yield gap_card(rules, booking, chain, customer)
    yield gap_card(rules, booking.model_copy(update={"phone": None}), chain)
    yield gap_card(rules, booking, chain.model_copy(update={"gap": Gap.KEPT, "gap_by": words}), customer)
    yield gap_card(rules, booking.model_copy(update={"answered": NOW}), chain, customer)
    yield gap_card(rules, booking, chain.model_copy(update={"start": start - 3600, "reminders": ()}))
    for state in (State.CANCELLED, State.ARRIVED, State.NO_SHOW, State.COMPLETED):
        yield gap_card(rules, booking.model_copy(update={"state": state}), chain, Customer(id="c"))


def _summaries(rules: Rules, words: str) -> Iterator[Card]:
    """With numbers, words and names of any length; quiet ones; first ones."""
    named = tuple(Quiet(booking=f"b{n}", name=words, service=words, start=NOW) for n in range(20))
    lists = tuple((f"{words}{n}", n) for n in range(30))
    facts = WEEK.model_copy(
        update={"by_service": lists, "by_resource": lists, "visits": 1_000_000, "quiet": 35}
    )
    yield summary_card(rules, weekly(quiet=named, weekly=facts, words=words, period=words or "?"))
    yield summary_card(rules, weekly(weekly_before=None, quiet=()))
    yield summary_card(rules, weekly(weekly=WeeklyFacts(), quiet=()))
    yield summary_card(rules, monthly(words=words, currency=words))
    yield summary_card(rules, monthly(monthly=MonthlyFacts()))


def _reminders(rules: Rules, booking: Booking) -> Iterator[View]:
    start = booking.slot.start
    planned = Reminder(before=3600, due=start - 3600)
    chains = [
        Chain(booking=booking.id, start=start),
        Chain(booking=booking.id, start=start, reminders=(planned,)),
        Chain(booking=booking.id, start=start, reminders=(planned,), held=True),
        Chain(booking=booking.id, start=start, reminders=(planned.model_copy(update={"state": "SENT"}),)),
    ]
    for wish in (None, parse("48h, 2h by email"), parse("none")):
        wished = booking.model_copy(update={"reminders": wish})
        for chain in chains:
            for way in ("text", "email", None):
                yield reminders_modal(rules, wished, chain, way, PLACE)
                yield reminders_set_modal(rules, wished, chain, way)
    answered = booking.model_copy(update={"answered": NOW})
    yield reminders_modal(rules, answered, chains[3], "text", PLACE)


def views(rules: Rules, request: Request, booking: Booking, words: str) -> Iterator[View]:
    yield reply_modal(request, PLACE, "ana@mail.example")
    yield edit_modal(rules, request, PLACE)
    yield edit_modal(rules, request.model_copy(update={"reading": None}), PLACE)
    for one in (*drafts(request, words), request.model_copy(update={"reading": None})):
        yield appointment_modal(rules, one, PLACE)
        yield entry_modal(rules, one, PLACE, "2026-05-04")
    yield booking_modal(rules, booking, PLACE)
    yield booked_modal(rules, booking)
    yield booked_modal(rules, booking.model_copy(update={"state": State.REQUESTED}))
    yield cancel_modal(rules, booking, PLACE)
    yield cancel_modal(rules, booking, PLACE, decline=True)
    yield no_show_modal(rules, booking, PLACE)
    yield contact_modal(booking, PLACE)
    yield from _reminders(rules, booking)
    yield notice(words or "?", words or "?")
    found = tuple(slot(start=slot().start + n * 3600, end=slot().end + n * 3600) for n in range(12))
    for service in (None, "haircut", "party", "facial", "gone"):
        wish = Wish(
            service=service,
            name=words,
            contact=words,
            notes=words,
            windows=(request.reading.when if request.reading else ())[:4],
        )
        for times in (
            Times(),
            Times("looking"),
            Times("none", note=":warning: *Just taken.*"),
            Times("unreadable"),
            Times("found", found, note="Just taken.", outside=True),
        ):
            meta = TimesMeta(asked=2, proposal="pr0000000001", **PLACE.model_dump())
            yield book_modal(rules, wish, times, meta)
            yield reschedule_modal(rules, booking, wish, times, meta)
    yield from rendered_waitlist.views(rules, booking, words)
    for page in pages(request, booking):
        yield home_view(rules, page)
    yield no_rules_home()
    yield stranger_home(words)


def drafts(request: Request, words: str) -> Iterator[Request]:
    """A confirmation that can be booked, one that can't, one that is unusual, a tagged event, and a wish for the waitlist."""
    attached = tuple(Document(name=words, note=words) for _ in range(9))
    given = {"desk": "confirmations", "documents": attached, "note": words, "excerpt": words}
    plan = Plan(slot=slot())
    for taken, unusual in (("", ""), (words, ""), ("", words)):
        found = plan.model_copy(update={"taken": taken, "unusual": unusual})
        yield request.model_copy(update={**given, "plan": found})
    event = Tagged(calendar=words, event=words, start=NOW, end=NOW + 60)
    yield request.model_copy(update={**given, "plan": plan, "tagged": event})
    yield request.model_copy(update={**given, "desk": "waitlist"})


def waiting_entry(words: str) -> Entry:
    return Entry(
        id="en0000000001",
        customer="cu1",
        name=words,
        service=words,
        earliest=date(2026, 5, 4),
        latest=date(2026, 6, 1),
    )


def pages(request: Request, booking: Booking) -> Iterator[HomePage]:
    yield HomePage(NOW)
    waiting = [
        request.model_copy(update={"id": f"rq{n:010d}", "state": state})
        for n in range(12)
        for state in (RequestState.DRAFT, RequestState.ESCALATED)
    ]
    waiting = [r.model_copy(update={"id": f"{r.id}{r.state}"}) for r in waiting]
    waiting += [r.model_copy(update={"id": f"dr{n}"}) for n, r in enumerate(drafts(request, "words"))]
    waiting.reverse()
    for count in (1, 60, 300):
        yield HomePage(
            NOW,
            many(booking, count),
            tuple(waiting),
            openings=rendered_waitlist.shown(booking, 12),
            opened=12,
            waitlist={"haircut": 3, "gone": 2},
            free=(slot(),) * 20,
            unreadable=("jess", "gone"),
        )
    yield HomePage(NOW, waitlist={"haircut": 1})


def many(booking: Booking, count: int) -> tuple[Booking, ...]:
    resources = ("jess", "mei", "room", "left_us")
    return tuple(
        booking.model_copy(
            update={
                "id": f"bk{n:010d}",
                "slot": booking.slot.model_copy(update={"resource": resources[n % 4]}),
            }
        )
        for n in range(count)
    )


def plain(card: Card) -> list[dict[str, Any]]:
    return [b.to_dict() for b in card.blocks]
