"""Texts that answer us: opt-outs first, then a word that settles the one question that is open; the rest is read.

A question is open while a reminder waits for its answer, an offer can be claimed, or times were offered by text. Where
two are open, nobody can know which one a "1" is meant for: a person asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.domain import keys
from handlers.domain.answers import Answer, answer_of
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from handlers.domain.errors import (
    Conflict,
    DeliveryFailed,
    FrontdeskError,
    InputError,
    NotFound,
    StaleWrite,
    Unavailable,
    WrongState,
)
from handlers.domain.items import from_item
from handlers.domain.request import Proposal
from handlers.domain.texts import is_opt_out
from handlers.domain.waitlist.opening import Offer, OfferState
from handlers.ports import Clock, Query, Store
from handlers.services.bookings import CUSTOMER, Bookings
from handlers.services.customers import Customers
from handlers.services.effects_messages import BookingMessages
from handlers.services.intake import Intake, conversation
from handlers.services.journal import Journal
from handlers.services.offers import Offers
from handlers.services.reminders import Reminders
from handlers.services.slots import Slots
from handlers.services.waitlist_messages import WaitlistMessages

LATE = 12 * 3600
"""Seconds after an offer ended in which an answer to it is told so."""
NEWEST = 20
"""Offers looked at, the newest first."""


@dataclass(frozen=True)
class Question:
    """What a customer was asked by us and has not answered."""

    kind: Literal["reminder", "offer", "times"]
    about: Booking | Offer | Proposal
    words: str


class Replies:
    def __init__(
        self,
        *,
        store: Store,
        intake: Intake,
        bookings: Bookings,
        reminders: Reminders,
        offers: Offers,
        slots: Slots,
        customers: Customers,
        booking_messages: BookingMessages,
        waitlist_messages: WaitlistMessages,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store, self._intake, self._bookings, self._reminders = store, intake, bookings, reminders
        self._offers, self._slots, self._customers = offers, slots, customers
        self._booking_messages, self._waitlist_messages = booking_messages, waitlist_messages
        self._journal, self._clock = journal, clock

    def receive(self, *, id_: str, sender: str, recipient: str, text: str) -> None:
        """A text from `sender` (E.164); `id_` is the provider's, delivered at least once and unordered.

        A redelivery goes on where the last attempt stopped. Raises Unavailable to be tried again.
        """
        subject = keys.seen(f"text:{id_}")
        silence = is_opt_out(text)
        answer = None if silence else answer_of(text)
        if answer is None:
            self._intake.receive_text(id_=id_, sender=sender, recipient=recipient, text=text)
            if silence:
                self._follow_up(subject, sender)
            return
        settled = self._journal.once(subject, "settled", lambda: self._settle(sender, answer))
        what, _, rest = settled.partition(":")
        if what in {"answered", "change", "late"}:
            self._tell(subject, what, rest)
        elif what in {"open", "ask"}:
            reason = rest if what == "ask" else ""
            self._intake.receive_text(id_=id_, sender=sender, recipient=recipient, text=text, reason=reason)

    # --- what it settles -----------------------------------------------------------------------------------------

    def _settle(self, sender: str, answer: Answer) -> str:
        """What was done, for the record: `answered:<booking>` and so on; `ask:<why>` when a person must."""
        known = self._customers.known(phone=sender)
        questions = self._open(sender, known)
        if len(questions) > 1:
            asked = "; ".join(q.words for q in questions)
            return f"ask:Answered in a word, but more than one question is open: {asked}. Please ask which is meant."
        if not questions:
            late = self._late(known) if known else None
            return f"late:{late.ref}" if late else "open:"
        question = questions[0]
        try:
            return self._act(question, answer, known or Customer(id="", phone=sender, consent="text"))
        except (Conflict, NotFound, InputError) as error:
            return f"ask:Answered {question.words}, but it could not be done: {_why(error)}"

    def _act(self, question: Question, answer: Answer, customer: Customer) -> str:
        match question.about:
            case Booking() as booking:
                if answer in {"yes", 1}:
                    self._bookings.answer(booking.id, CUSTOMER, start=booking.slot.start)
                    return f"answered:{booking.id}"
                if answer in {"no", "move", 2}:
                    return f"change:{booking.id}"
            case Offer() as offer:
                if answer in {"yes", 1}:
                    self._offers.claim(offer.ref)
                    return f"claimed:{offer.ref}"
                if answer in {"no", 2}:
                    self._offers.decline(offer.ref)
                    return f"declined:{offer.ref}"
            case Proposal() as proposal:
                listed = [slot for _, slot in proposal.by_start]
                number = 1 if answer == "yes" and len(listed) == 1 else answer
                if isinstance(number, int) and number <= len(listed):
                    booking = self._bookings.take(
                        slot=listed[number - 1],
                        customer=customer,
                        source="text",
                        by=CUSTOMER,
                        proposal=proposal,
                    )
                    return f"booked:{booking.id}"
        return f"ask:Answered {question.words}, but it is not clear how. Please ask."

    # --- what is open --------------------------------------------------------------------------------------------

    def _open(self, sender: str, known: Customer | None) -> list[Question]:
        mine = [*self._asked(known), *self._offered(known)] if known else []
        return [*mine, *self._times(sender)]

    def _asked(self, customer: Customer) -> list[Question]:
        """Coming bookings that were reminded and wait for an answer, soonest first."""
        now, found = self._clock.now(), []
        for booking in self._bookings.of_customer(customer.id):
            if booking.state is not State.CONFIRMED or booking.answered or booking.slot.start <= now:
                continue
            chain = self._reminders.find(booking.id, booking.slot.start)
            if chain is not None and chain.sent:
                found.append(
                    Question("reminder", booking, f"the reminder of {self._booking_messages.said(booking)}")
                )
        return sorted(found, key=lambda q: q.about.slot.start if isinstance(q.about, Booking) else 0)

    def _offered(self, customer: Customer) -> list[Question]:
        open_ = [o for o in self._recent(customer) if self._offers.look(o.ref).open]
        return [Question("offer", o, f"the offer of {o.slot.service}") for o in open_]

    def _late(self, customer: Customer) -> Offer | None:
        """The offer they must mean, when it has just ended without them."""
        since = self._clock.now() - LATE
        ended = {OfferState.TIMED_OUT, OfferState.WITHDRAWN}
        return next((o for o in self._recent(customer) if o.state in ended and o.changed >= since), None)

    def _recent(self, customer: Customer) -> list[Offer]:
        query = Query(keys.of_customer(customer.id), index="gsi1", backwards=True, limit=NEWEST)
        rows = [row for row in self._store.query(query).items if row.get("entity") == "offer"]
        return [from_item(row, Offer) for row in rows if row["channel"] == "text"]

    def _times(self, sender: str) -> list[Question]:
        row = self._store.get(keys.conversation(conversation(sender)))
        if row is None:
            return []
        try:
            proposal = self._slots.proposal(str(row["proposal"]))
        except NotFound:
            return []
        live = proposal.taken is None and self._clock.now() < proposal.pick_until
        return [Question("times", proposal, "the times we offered")] if live else []

    # --- what is said to it ----------------------------------------------------------------------------------------

    def _follow_up(self, subject: keys.Key, sender: str) -> None:
        """Who wants no more texts and has a visit coming up reads in a mail that it stands."""
        known, now = self._customers.known(phone=sender), self._clock.now()
        coming = [
            b
            for b in (self._bookings.of_customer(known.id) if known else ())
            if b.state is State.CONFIRMED and b.slot.start > now and b.email
        ]
        if coming:
            soonest = min(coming, key=lambda b: b.slot.start)
            self._tell(subject, "opted_out", soonest.id, way="email")

    def _tell(self, subject: keys.Key, what: str, about: str, way: str = "text") -> None:
        def send() -> str:
            if what == "late":
                return self._waitlist_messages.withdrawn(self._offers.look(about).offer)
            booking = self._bookings.get(about)
            return self._booking_messages.send(booking, f"{subject.pk}:{what}", what, {}, way=way)

        try:
            self._journal.once(subject, "told", send)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise


def _why(error: FrontdeskError) -> str:
    match error:
        case WrongState():
            return f"it is {error.state.lower().replace('_', ' ')} by now."
        case InputError():
            return error.message
        case StaleWrite():
            raise Unavailable("booking", "many changes at this moment", retry_after=1) from error
        case _:
            return "somebody else has it by now."
