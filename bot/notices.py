"""Lambda entry: domain events -> cards posted or updated in Slack, times for open modals, the App Home.

Order is not kept on the bus: every card is rendered from the state as it is now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from blocks import alerts
from blocks.elements import Card
from blocks.help import why_card
from blocks.openings import moved_card
from blocks.payloads import About
from blocks.rules import rules_refused_card, rules_resolved_card
from blocks.sheets import sheet_card, sheet_fine_card
from blocks.summaries import summary_card
from bot import asking, cards, homes
from bot.board import Board, Moves
from bot.messenger import Messenger
from handlers.bootstrap import Desk, desk
from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.errors import Fault, NotFound
from handlers.domain.events import Event, EventKind
from handlers.domain.keys import Key
from handlers.domain.reminders import Gap, stands
from handlers.domain.request import RequestState
from handlers.domain.slot import SlotQuery
from handlers.domain.waitlist import Opening, OpeningState
from handlers.services.offering import concerns_staff

log = logging.getLogger(__name__)

CARD = "card"
REFUSED = "refused"
POSTS_REQUEST = frozenset({RequestState.DRAFT, RequestState.ESCALATED})
"""A request that needs nobody gets no card of its own; the card of one that did follows it to its end."""
POSTS_BOOKING = frozenset(
    {
        EventKind.BOOKING_REQUESTED,
        EventKind.BOOKING_CONFIRMED,
    }
)
"""Other events only bring the card that stands up to date: holds come and go without one."""


class Notices:
    def __init__(self, desk: Desk, slack: Messenger, board: Board | None = None) -> None:
        self._desk, self._slack = desk, slack
        self._board = board or Board(desk.store, desk.clock, slack)

    def perform(self, event: Event) -> None:
        """Idempotent. Raises Unavailable to be tried again."""
        by_kind: dict[EventKind, Callable[[Event], None]] = {
            EventKind.GAP_ALERT: self._gap_alert,
            EventKind.GAP_KEPT: self._gap,
            EventKind.IMPORTS_WAITING: self._imports,
            EventKind.IMPORTS_DECIDED: self._imports,
            EventKind.TIMES_ASKED: self._times,
            EventKind.HOME_OPENED: lambda e: homes.publish(self._desk, self._slack, e.subject),
            EventKind.RULES_REFUSED: self._rules_refused,
            EventKind.RULES_CHANGED: self._rules_changed,
            EventKind.SHEET_FAULTS: self._sheet,
            EventKind.CALENDAR_UNREADABLE: self._calendar_unreadable,
            EventKind.CALENDAR_EMPTIED: self._calendar_emptied,
            EventKind.DELIVERY_FAILED: self._delivery_failed,
            EventKind.DEAD_LETTER: self._dead_letter,
            EventKind.SUMMARY_READY: self._summary,
        }
        if event.kind in by_kind:
            by_kind[event.kind](event)
        elif event.kind.startswith("request."):
            self._request(event)
        elif event.kind.startswith("booking."):
            self._booking(event)
        elif event.kind.startswith(("opening.", "offer.")):
            self._opening(event)
        else:
            log.info("no card for %s", event.kind)

    # --- requests and bookings ---------------------------------------------------------------------------------

    def _request(self, event: Event) -> None:
        subject = keys.request(event.subject)
        request = self._desk.intake.get(event.subject)

        def render() -> tuple[int, Card]:
            now = self._desk.intake.get(event.subject)
            return now.rev, cards.of_request(self._desk, now)

        self._board.show(subject, CARD, self._channel(), render, post=request.state in POSTS_REQUEST)

    def _booking(self, event: Event) -> None:
        subject = keys.booking(event.subject)

        def render() -> tuple[int, Card]:
            now = self._desk.bookings.get(event.subject)
            return now.rev, cards.of_booking(self._desk, now)

        self._board.show(subject, CARD, self._channel(), render, post=event.kind in POSTS_BOOKING)
        if event.kind is EventKind.BOOKING_CONFLICTED:
            booking = self._desk.bookings.get(event.subject)
            self._alert(event, alerts.conflict_card(self._desk.rules.current(), booking))
        self._gaps(event.subject)

    # --- reminders ---------------------------------------------------------------------------------------------

    def _gap_alert(self, event: Event) -> None:
        """Nothing when they have answered, moved or cancelled meanwhile."""
        about = About(id=event.subject, start=int(event.data["start"]))
        booking = self._desk.bookings.get(about.id)
        chain = self._desk.reminders.find(about.id, about.start)
        unanswered = chain is not None and stands(chain, booking, self._desk.clock.now())
        self._show_gap(about, post=unanswered and booking.answered is None)

    def _gap(self, event: Event) -> None:
        self._show_gap(About(id=event.subject, start=int(event.data["start"])))

    def _gaps(self, booking: str) -> None:
        """Alerts about any time the booking had say what has become of it."""
        for chain in self._desk.reminders.chains(booking):
            if chain.gap is not Gap.NONE:
                self._show_gap(About(id=booking, start=chain.start))

    def _show_gap(self, about: About, *, post: bool = False) -> None:
        subject, kind = keys.booking(about.id), f"gap#{about.start}"
        self._board.show(subject, kind, self._channel(), lambda: cards.of_gap(self._desk, about), post=post)

    def _imports(self, event: Event) -> None:
        asked = event.kind is EventKind.IMPORTS_WAITING
        self._board.show(
            keys.GO_LIVE, CARD, self._channel(), lambda: cards.of_imports(self._desk), post=asked
        )

    # --- the waitlist ------------------------------------------------------------------------------------------

    def _opening(self, event: Event) -> None:
        """One card for each opening, in place; handed back, it moves to the end of the channel, where staff are told."""
        subject = keys.opening(event.subject)
        opening = self._desk.openings.get(event.subject).opening

        def render() -> tuple[int, Card]:
            seen = self._desk.openings.get(event.subject)
            return cards.revision(seen), cards.of_opening(self._desk, seen)

        left = moved_card(self._desk.rules.current(), opening)
        moves = Moves(stage=_stage(opening), left=left)
        self._board.show(subject, CARD, self._channel(), render, post=concerns_staff(opening), moves=moves)

    # --- summaries ---------------------------------------------------------------------------------------------

    def _summary(self, event: Event) -> None:
        summary = self._desk.summaries.get(event.subject)
        card = summary_card(self._desk.rules.current(), summary)
        self._board.show(keys.summary(summary.id), CARD, self._channel(), lambda: (0, card))

    # --- questions ---------------------------------------------------------------------------------------------

    def _times(self, event: Event) -> None:
        data = event.data
        if "why" in data:
            self._why(data["why"], str(data["response_url"]))
            return
        asked = int(data["asked"])
        asking.answer(self._desk, self._slack, str(data["view_id"]), asked, str(data.get("hash") or ""))

    def _why(self, why: dict[str, Any], url: str) -> None:
        rules, at, reasons = self._desk.rules.current(), int(why["at"]), {}
        for service in why["services"]:
            if service not in rules.services:
                continue
            party = why.get("party") or rules.services[service].party.min
            resource = why.get("resource")
            known = resource if resource in rules.services[service].resources else None
            query = SlotQuery(service=service, party=party, resource=known)
            reasons[service] = self._desk.slots.explain(query, at)
        self._slack.respond(url, why_card(rules, at, reasons), replace=False)

    # --- rules and alerts --------------------------------------------------------------------------------------

    def _rules_refused(self, event: Event) -> None:
        faults = [Fault(int(f["line"]), int(f["column"]), str(f["message"])) for f in event.data["faults"]]
        card = rules_refused_card(faults, str(event.data.get("by", "")), int(event.data.get("more", 0)))
        self._board.show(keys.RULES, REFUSED, self._channel(), lambda: (0, card))

    def _rules_changed(self, event: Event) -> None:
        """The card of a refused edit, if one stands, says that it was put right."""
        card = rules_resolved_card(int(event.data["version"]), str(event.data.get("by", "")))
        self._board.show(keys.RULES, REFUSED, self._channel(), lambda: (0, card), post=False)
        self._board.close(keys.RULES, REFUSED)

    def _calendar_unreadable(self, event: Event) -> None:
        rules, why = self._desk.rules.current(), str(event.data.get("reason", ""))
        self._alert(event, alerts.calendar_unreadable_card(rules, event.subject, why, event.at))

    def _sheet(self, event: Event) -> None:
        """One card a sheet while something is wrong with it; it says when all is well."""
        lane, subject = event.subject, keys.sheet_notice(event.subject)

        def render() -> tuple[int, Card]:
            told = self._desk.sheet_sync.told(lane)
            fine = sheet_fine_card(lane, told) if told.fine else None
            return told.rev, fine or sheet_card(self._desk.rules.current(), lane, told)

        fine = self._desk.sheet_sync.told(lane).fine
        self._board.show(subject, CARD, self._channel(), render, post=not fine)
        if fine:
            self._board.close(subject, CARD)

    def _calendar_emptied(self, event: Event) -> None:
        self._alert(event, alerts.calendar_emptied_card(self._desk.rules.current(), event.subject, event.at))

    def _delivery_failed(self, event: Event) -> None:
        who, contact, booking = "", str(event.data.get("to") or ""), None
        if event.data.get("kind") == "summary":
            what, reason = str(event.data["what"]), str(event.data.get("reason", ""))
            self._alert(event, alerts.unmailed_card(what, contact, reason))
            return
        if event.data.get("kind") == "request":
            request = self._desk.intake.get(event.subject)
            who, contact = request.name, contact or request.email or request.phone or ""
        else:
            booking = self._find_booking(event.subject)
            if booking is not None:
                who, contact = booking.name, contact or booking.email or booking.phone or ""
        card = alerts.delivery_failed_card(
            self._desk.rules.current(),
            who=who,
            contact=contact,
            what=str(event.data.get("what", "message")),
            reason=str(event.data.get("reason", "")),
            booking=booking,
        )
        self._alert(event, card)

    def _dead_letter(self, event: Event) -> None:
        subject = keys.dead_letter(event.subject)

        def render() -> tuple[int, Card]:
            letter = self._desk.dead_letters.get(event.subject)
            return letter.changed, cards.of_dead_letter(self._desk, letter)

        self._board.show(subject, CARD, self._channel(), render)

    def _find_booking(self, id_: str) -> Booking | None:
        try:
            return self._desk.bookings.get(id_)
        except NotFound:
            return None

    def _alert(self, event: Event, card: Card) -> None:
        """One card an event: a redelivery finds it standing."""
        self._board.show(Key(f"EVENT#{event.id}", ""), CARD, self._channel(), lambda: (0, card))

    def _channel(self) -> str:
        return self._desk.rules.current().business.desk


def _stage(opening: Opening) -> str:
    """Handed back by ourselves: news that nobody sees in a card that stands far up."""
    back = opening.state is OpeningState.HANDED_BACK and opening.changed_by == "system"
    return f"back:{opening.seq}" if back else ""


@cache
def notices() -> Notices:
    here = desk()
    return Notices(here, Messenger.patient(here.settings))


def handler(event: dict[str, Any], _context: object) -> None:
    notices().perform(Event.model_validate(event["detail"]))
