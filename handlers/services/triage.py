"""The slow half of intake, driven by events: lane, reading, move, slots, and the answer to the customer.

Every step starts from the stored state and ends in one conditional transition, so a redelivery continues where
the last one stopped, and a late one finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from handlers.domain import keys
from handlers.domain.customer import Customer
from handlers.domain.errors import DeliveryFailed, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.links import PICK_KEPT, Action
from handlers.domain.moves import Decision, decide, query_of
from handlers.domain.request import Proposal, Request, RequestState
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.ports import Clock, Files, Mailer, Reader
from handlers.services.customers import Customers
from handlers.services.intake import Intake, answerable, as_customer, conversation
from handlers.services.journal import Journal
from handlers.services.limits import Limits
from handlers.services.links import Links
from handlers.services.messages import Messages
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

if TYPE_CHECKING:
    from handlers.services.drafts import Drafts

DIRECT_LANE = "X-Assistant-Lane"
SORRY = "We are sorry, this is not something we can help with."
NEAREST = "Nothing is free at the time you asked for; these are the nearest we have."

ANSWER_RATE, ANSWER_BURST = 1 / 1800, 6
"""Automatic answers to one sender: six at once, then one every half hour."""


class Triage:
    def __init__(
        self,
        *,
        intake: Intake,
        reader: Reader,
        rules: RulesSource,
        slots: Slots,
        customers: Customers,
        messages: Messages,
        links: Links,
        mailer: Mailer,
        files: Files,
        journal: Journal,
        limits: Limits,
        clock: Clock,
        drafts: Callable[[], Drafts],
    ) -> None:
        """`drafts` is only asked for what is forwarded to us."""
        self._limits, self._drafts = limits, drafts
        self._intake, self._reader, self._rules, self._slots = intake, reader, rules, slots
        self._customers, self._messages, self._links = customers, messages, links
        self._mailer, self._files, self._journal, self._clock = mailer, files, journal, clock

    def perform(self, event: Event) -> None:
        """Does what `event` asks of the request it names. Idempotent; raises Unavailable to be tried again."""
        request = self._intake.get(event.subject)
        try:
            match event.kind:
                case EventKind.REQUEST_RECEIVED if request.state is RequestState.RECEIVED:
                    self._sort(request)
                case EventKind.REQUEST_APPROVED if request.state is RequestState.APPROVED:
                    if request.desk == "waitlist":
                        self._drafts().join(request)
                    elif request.desk == "requests":
                        self._propose(request)
                case EventKind.REQUEST_PROPOSED if not event.data.get("answered"):
                    self._send_proposal(request)
                case EventKind.REQUEST_DECLINED:
                    self._send_decline(request)
                case EventKind.REQUEST_HANDLED if event.data.get("reply"):
                    self._send(request, "reply", "reply", {"answer": str(event.data["reply"])})
                case _:
                    pass  # late: the request has moved on, and so has its answer
        except WrongState:
            return  # somebody moved it meanwhile; their event says the rest

    def answers_to(self, request: Request) -> str | None:
        """The address or number an answer goes to, for people; None when there is no way they want."""
        from handlers.domain.contact import say_phone

        person = self._person(request)
        way = self._messages.channel(person, "email" if request.email else "text")
        if way is None:
            return None
        return str(person.email) if way == "email" else say_phone(str(person.phone))

    def _person(self, request: Request) -> Customer:
        """Whom to write to, with what they opted out of."""
        known = self._customers.known(email=request.email, phone=request.phone)
        return as_customer(request).model_copy(update={"opted_out": known.opted_out if known else ()})

    def _sort(self, request: Request) -> None:
        rules = self._rules.current()
        if request.lane == "direct":
            self._forward(request, rules)
        elif request.lane == "form":
            self._propose(request)
        elif request.desk != "requests":
            self._drafts().sort(request)
        else:
            self._read(request, rules)

    def _forward(self, request: Request, rules: Rules) -> None:
        """The direct lane: people's mail goes to people, and no model sees it."""
        message = request.message
        if not message.authenticated:
            reason = f"Says it is from {message.sender}, who has the direct lane, but the mail could not be authenticated."
            self._intake.move(request, RequestState.ESCALATED, "system", reason=reason)
            return
        self._journal.once(
            keys.request(request.id),
            "forward",
            lambda: self._mailer.forward(
                self._files.get(message.raw),
                to=rules.business.inbox,
                sender=rules.mail.requests,
                reply_to=message.sender,
                headers={DIRECT_LANE: "direct"},
            ),
        )
        reason = f"Direct lane: forwarded to {rules.business.inbox}."
        self._intake.move(request, RequestState.HANDLED, "system", reason=reason)

    def _read(self, request: Request, rules: Rules) -> None:
        reading = self._reader.read(request.message, rules, self._clock.now())
        named = reading.customer
        read = request.model_copy(
            update={
                "reading": reading,
                "name": request.name or named.name or "",
                "email": request.email or named.email,
                "phone": request.phone or named.phone,
            }
        )
        decision = self._unless_too_many(request, decide(reading, rules, reachable=answerable(read)))
        reading = reading.model_copy(update={"lane": "read", "move": decision.move})
        fields: dict[str, Any] = {
            "reading": reading,
            "name": read.name,
            "email": read.email,
            "phone": read.phone,
        }
        match decision.move:
            case "propose":
                self._propose(request, **fields)
            case "draft":
                self._intake.move(request, RequestState.DRAFT, "system", reason=decision.reason, **fields)
            case "decline":
                self._intake.move(request, RequestState.DECLINED, "system", reason=decision.reason, **fields)
            case _:
                self._intake.move(request, RequestState.ESCALATED, "system", reason=decision.reason, **fields)

    def _unless_too_many(self, request: Request, decision: Decision) -> Decision:
        """Two robots must not talk to each other for ever, whatever their headers say: after a few automatic answers
        in an hour a person looks first."""
        if decision.move not in {"propose", "decline"}:
            return decision
        sender = request.message.sender or request.id
        if not self._limits.wait(f"answers:{sender}", rate=ANSWER_RATE, burst=ANSWER_BURST):
            return decision
        return Decision(
            "escalate", "Many messages from this sender in a short time, so this one was not answered."
        )

    def _propose(self, request: Request, **fields: Any) -> None:
        rules = self._rules.current()
        read = request.model_copy(update=fields)
        if read.reading is None or read.reading.service.value not in rules.services:
            self._intake.move(
                request,
                RequestState.ESCALATED,
                "system",
                reason="The service it asks for is no longer in the rules.",
                **fields,
            )
            return
        known = self._customers.known(email=read.email, phone=read.phone)
        query = query_of(read.reading, rules, usual_resource=known.usual_resource if known else None)
        proposal = self._slots.propose(
            query, channel=request.channel, request=request.id, customer=known.id if known else None
        )
        if proposal is None:
            reason = self._why_nothing(self._slots.search(query).unreadable, rules)
            self._intake.move(request, RequestState.ESCALATED, "system", reason=reason, **fields)
            return
        by = request.changed_by if request.state is RequestState.APPROVED else "system"
        self._intake.move(
            request, RequestState.PROPOSED, by, proposal=proposal.id, until=proposal.expires, **fields
        )

    @staticmethod
    def _why_nothing(unreadable: Mapping[str, str], rules: Rules) -> str:
        if not unreadable:
            return "Nothing is free for what was asked. Please answer by hand."
        names = " and ".join(rules.resources[r].name for r in unreadable)
        return (
            f"No times were found, because the calendar of {names} can't be read just now. "
            "Once it can be, fill in and offer times."
        )

    def _send_proposal(self, request: Request) -> None:
        if request.proposal is None or request.state is not RequestState.PROPOSED:
            return
        proposal, rules = self._slots.proposal(request.proposal), self._rules.current()
        by_text = request.email is None
        if by_text:
            self._slots.remember(conversation(str(request.phone)), proposal)
        self._send(
            request,
            f"proposal:{proposal.id}",
            "proposal",
            {
                "service": rules.services[proposal.slots[0].service].name,
                "slots": voice_slots(proposal, rules, numbered=by_text),
                "options": [self._option(proposal, n, slot, rules) for n, slot in proposal.by_start],
                "link": self._links.url(Action.PICK, proposal.id, proposal.expires + PICK_KEPT),
                "until": rules.zone.say(proposal.pick_until),
                "note": NEAREST if proposal.outside else "",
                "actions": self._messages.none_suits(proposal),
            },
        )

    def _option(self, proposal: Proposal, number: int, slot: Slot, rules: Rules) -> dict[str, str]:
        return {
            "when": rules.zone.say(slot.start),
            "resource": rules.resources[slot.resource].name,
            "link": self._links.url(Action.PICK, proposal.id, proposal.expires + PICK_KEPT, slot=number),
        }

    def _send_decline(self, request: Request) -> None:
        self._send(request, "decline", "decline", {"reason": SORRY, "link": self._messages.form_url()})

    def _send(self, request: Request, effect: str, template: str, values: dict[str, object]) -> None:
        """Sends once; an address that can't be reached becomes a card, not endless tries."""
        if not answerable(request):
            return
        message = request.message
        references = (*message.references, message.message_id) if message.channel == "email" else ()
        key = f"{request.id}:{effect}"
        try:
            self._journal.once(
                keys.request(request.id),
                effect,
                lambda: self._messages.send(
                    to=self._person(request),
                    template=template,
                    values=values,
                    channel="email" if request.email else "text",
                    key=key,
                    thread=references,
                    subject=message.subject,
                ),
            )
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            self._journal.emit(
                EventKind.DELIVERY_FAILED,
                request.id,
                kind="request",
                what=template,
                reason=failure.reason,
            )


def voice_slots(proposal: Proposal, rules: Rules, *, numbered: bool = False) -> str:
    """In words: `Tue 5 May, 2:00 pm with Jess; Wed 6 May, 10:00 am with Mei`; numbered where a number answers."""
    return "; ".join(
        f"{f'{n}) ' if numbered else ''}{rules.zone.say(s.start)} with {rules.resources[s.resource].name}"
        for n, (_, s) in enumerate(proposal.by_start, 1)
    )
