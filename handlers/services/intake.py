"""From an inbound message to one of four moves. Whatever arrives is stored before anything else happens.

`Intake` is the front: what came in, and what a person said of it. `triage.py` does the slow part, driven by
events: lane, reading, move, slots, and the answer to the customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from handlers.domain import keys, mime
from handlers.domain.booking import Booking
from handlers.domain.contact import is_mobile
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, NotFound, WrongState
from handlers.domain.events import EventKind
from handlers.domain.forms import BookForm
from handlers.domain.items import from_item
from handlers.domain.request import (
    Desk,
    FieldReading,
    Message,
    Proposal,
    Reading,
    Request,
    RequestState,
    ServiceReading,
)
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window
from handlers.domain.texts import is_opt_out
from handlers.ports import Clock, Files, Ids, Query, Store
from handlers.services.customers import Customers
from handlers.services.journal import Journal
from handlers.services.request_moves import RequestMoves
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots


@dataclass(frozen=True)
class FormOutcome:
    """`proposed` carries slots; `received` means a person or the reader looks at the notes; `full` = nothing free."""

    kind: Literal["proposed", "received", "full"]
    request: Request
    proposal: Proposal | None = None


class Intake(RequestMoves):
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        journal: Journal,
        rules: RulesSource,
        slots: Slots,
        files: Files,
        customers: Customers,
    ) -> None:
        super().__init__(store=store, clock=clock, ids=ids, journal=journal)
        self._rules, self._slots, self._files, self._customers = rules, slots, files, customers

    # --- What arrives ------------------------------------------------------------------------------------------

    def receive_mail(self, path: str) -> Request | None:
        """A raw message that stands in `Files` already. None when it was seen before or needs no answer."""
        from handlers.domain.reading.forwards import answers_us  # only mails pay for its patterns

        now = self._clock.now()
        mail = mime.parse(self._files.get(path), received=now)
        rules = self._rules.current()
        message = mail.message.model_copy(update={"raw": path})
        if mail.calendar_reply is not None:
            return self._escalate_reply(message, mail.calendar_reply)
        desk = desk_of(mail.recipients, rules)
        ours = frozenset(_own_addresses(rules.mail.model_dump()))
        if desk != "requests" and answers_us(message, ours, automatic=mail.automatic):
            desk = "requests"  # our confirmations and offers come from these addresses; their answers are requests
        unwanted = mail.automatic and not (desk != "requests" and mail.notice)
        if unwanted or message.sender in ours:
            return None
        if _listed(message.sender, rules.direct):
            return self.store_new(
                message, lane="direct", email=message.sender or None, name=message.sender_name
            )
        if desk != "requests":  # whoever sent it need not be whom it is about
            return self.store_new(message, lane="read", desk=desk)
        return self.store_new(message, lane="read", email=message.sender or None, name=message.sender_name)

    def receive_text(
        self, *, id_: str, sender: str, recipient: str, text: str, reason: str = ""
    ) -> Request | None:
        """A text; `id_` is the provider's, delivered at least once and unordered. `reason` is why a person must look
        at it, where that is known already."""
        message = Message(
            channel="text",
            text=text,
            sender=sender,
            recipient=recipient,
            message_id=id_,
            received=self._clock.now(),
        )
        self._files.put(f"texts/{id_}", text.encode())
        if is_opt_out(text):
            self._customers.silence(sender, "text")
            reason = f"Wants no more texts (wrote “{text.strip()}”). We stay silent; a booking they have still stands."
            return self.store_new(
                message, lane="read", phone=sender, state=RequestState.ESCALATED, reason=reason
            )
        if reason:
            return self.store_new(
                message, lane="read", phone=sender, state=RequestState.ESCALATED, reason=reason
            )
        return self.store_new(message, lane="read", phone=sender)

    def receive_form(self, form: BookForm) -> FormOutcome:
        """Slots come back at once for a complete form; one that only has notes is read like a mail.

        Every form is stored first; should we die before the answer, `resume` finds it and answers by mail or text.
        """
        message = Message(
            channel="web",
            text=form.notes,
            sender=form.email or form.phone or "",
            sender_name=form.name,
            message_id=self._ids.new(),
            received=self._clock.now(),
        )
        contact: dict[str, Any] = {"name": form.name, "email": form.email, "phone": form.phone}
        if form.service is None:
            request = self.store_new(message, lane="read", **contact)
            if request is None:
                raise NotFound("request", message.message_id)
            return FormOutcome("received", request)
        reading = Reading(
            lane="form",
            move="propose",
            service=ServiceReading(value=form.service, confidence=1.0, candidates=(form.service,)),
            when=form.windows,
            party_size=FieldReading(value=form.party, confidence=1.0),
            resource=FieldReading(value=form.resource, confidence=1.0),
        )
        request = self.store_new(message, lane="form", reading=reading, announce=False, **contact)
        if request is None:
            raise NotFound("request", message.message_id)
        proposal = self._slots.propose(form.query(), channel="web", request=request.id)
        if proposal is None:
            moved = self.move(
                request, RequestState.ESCALATED, "system", reason="Nothing is free for this form's wishes."
            )
            return FormOutcome("full", moved)
        # The slots are in the response: no mail repeats them.
        moved = self.move(
            request,
            RequestState.PROPOSED,
            "system",
            event_data={"answered": True},
            proposal=proposal.id,
            until=proposal.expires,
        )
        return FormOutcome("proposed", moved, proposal)

    def ask_staff(self, booking: Booking, text: str) -> Request | None:
        """A customer wants something of a booking that only staff may do; asked twice, it is one card."""
        message = Message(
            channel="web",
            text=text,
            sender=booking.email or booking.phone or "",
            sender_name=booking.name,
            message_id=f"ask:{booking.id}:{booking.revision}",
            received=self._clock.now(),
        )
        return self.store_new(
            message,
            lane="form",
            state=RequestState.ESCALATED,
            customer=booking.customer,
            booking=booking.id,
            name=booking.name,
            email=booking.email,
            phone=booking.phone,
            reason=text,
        )

    def resume(self, older_than: int = 60) -> int:
        """Forms and messages stored but never moved (a crash between the two): announced again. How many."""
        high = keys.at(self._clock.now() - older_than)
        found = self._store.query(Query(keys.request_state(RequestState.RECEIVED), index="gsi3", high=high))
        for item in found.items:
            self._journal.emit(EventKind.REQUEST_RECEIVED, from_item(item, Request).id)
        return len(found.items)

    def expire_due(self) -> int:
        """PROPOSED -> EXPIRED for offers that have run out; how many."""
        high = keys.at(self._clock.now())
        due = self._store.query(
            Query(keys.request_state(RequestState.PROPOSED), index="gsi3", high=high)
        ).items
        for item in due:
            with suppress(WrongState):  # booked this very moment
                self.move(from_item(item, Request), RequestState.EXPIRED, "system")
        return len(due)

    # --- What people say of it ---------------------------------------------------------------------------------

    def approve(self, id_: str, by: str) -> Request:
        """DRAFT -> APPROVED; the slots are found and sent by the event. Raises WrongState, NotFound."""
        return self._answer(id_, (RequestState.DRAFT,), RequestState.APPROVED, by)

    def edit(
        self,
        id_: str,
        by: str,
        *,
        service: str,
        windows: Sequence[Window] = (),
        party: int = 1,
        resource: str | None = None,
        name: str = "",
        email: str | None = None,
        phone: str | None = None,
    ) -> Request:
        """What a person corrected is certain; it is approved as corrected. Raises WrongState, NotFound."""
        reading = Reading(
            lane="read",
            move="propose",
            service=ServiceReading(value=service, confidence=1.0, candidates=(service,)),
            when=tuple(windows),
            party_size=FieldReading(value=party, confidence=1.0),
            resource=FieldReading(value=resource, confidence=1.0),
        )
        states = (RequestState.DRAFT, RequestState.ESCALATED)
        return self._answer(
            id_, states, RequestState.APPROVED, by, reading=reading, name=name, email=email, phone=phone
        )

    def discard(self, id_: str, by: str, reason: str = "") -> Request:
        """What was sent is kept; the audit says where."""
        states = (RequestState.DRAFT, RequestState.ESCALATED)
        return self._answer(id_, states, RequestState.DISCARDED, by, reason=reason)

    def handled(self, id_: str, by: str) -> Request:
        """A person dealt with it outside Frontdesk."""
        return self._answer(id_, (RequestState.ESCALATED, RequestState.DRAFT), RequestState.HANDLED, by)

    def reply(self, id_: str, by: str, text: str) -> Request:
        """What a person writes back, word for word; the event sends it. The request is handled with it. Raises
        InputError, WrongState, NotFound."""
        text = text.strip()
        if not text:
            raise InputError("reply", "Write something first.")
        states = (RequestState.ESCALATED, RequestState.DRAFT)
        reason = f"Answered: {text}"
        return self._answer(id_, states, RequestState.HANDLED, by, reason=reason, event_data={"reply": text})

    def _escalate_reply(self, message: Message, reply: mime.CalendarReply) -> Request | None:
        """An answer to an invitation is never a request; a "no" is something staff should know."""
        if reply.status != "DECLINED":
            return None
        reason = (
            f"Declined the calendar invitation ({reply.uid}). Ask whether the booking should be cancelled."
        )
        return self.store_new(
            message,
            lane="read",
            state=RequestState.ESCALATED,
            email=message.sender or None,
            name=message.sender_name,
            reason=reason,
        )


def answerable(request: Request) -> bool:
    """Whether we can reach whoever asked."""
    return bool(request.email or (request.phone and is_mobile(request.phone)))


def as_customer(request: Request) -> Customer:
    """Whom to write to before there is a customer record."""
    return Customer(id=request.customer or "", name=request.name, email=request.email, phone=request.phone)


def conversation(sender: str) -> str:
    """The name under which the times offered by text to this number are remembered."""
    return f"text:{sender}"


def _listed(sender: str, allowed: Sequence[str]) -> bool:
    sender = sender.lower()
    return (
        any(sender == a.lower() or (a.startswith("@") and sender.endswith(a.lower())) for a in allowed)
        if sender
        else False
    )


def desk_of(recipients: Sequence[str], rules: Rules) -> Desk:
    """The first of our desks it was addressed to (lower case)."""
    desks: dict[str, Desk] = {
        rules.mail.requests.lower(): "requests",
        rules.mail.waitlist.lower(): "waitlist",
        rules.mail.confirmations.lower(): "confirmations",
    }
    desks.pop("", None)
    return next((desks[address] for address in recipients if address in desks), "requests")


def _own_addresses(mail: Mapping[str, str]) -> set[str]:
    return {address.lower() for address in mail.values() if address}
