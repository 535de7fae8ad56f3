"""What a booking's customer is told: the values a voice template may use, and the links that go with them."""

from __future__ import annotations

from typing import Any, Literal

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.links import Action
from handlers.domain.request import Proposal, Request
from handlers.domain.rules import voice
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.eligible import soonest
from handlers.ports import Clock, Invitations, Store
from handlers.services.customers import Customers
from handlers.services.links import Links
from handlers.services.messages import Messages
from handlers.services.rules import RulesSource


class BookingMessages:
    def __init__(
        self,
        *,
        store: Store,
        rules: RulesSource,
        customers: Customers,
        messages: Messages,
        invitations: Invitations,
        links: Links,
        clock: Clock,
    ) -> None:
        self._store, self._rules, self._customers, self._messages = store, rules, customers, messages
        self._invitations, self._links, self._clock = invitations, links, clock

    def send(
        self,
        booking: Booking,
        key: str,
        template: str,
        values: dict[str, Any],
        ics: Literal["REQUEST", "CANCEL"] | None = None,
        *,
        way: str = "",
    ) -> str:
        """`way` is how they spoke to us last, where that is not how they booked. `email:<id>` or `text:<id>`, "" when the customer can't be reached. Raises DeliveryFailed."""
        rules = self._rules.current()
        view = self._links.url(Action.VIEW, booking.id, booking.slot.end)
        told = {**self._visit(booking, rules), **({"link": view} if "link" not in values else {}), **values}
        if template in {"confirmation", "reschedule"}:
            told["actions"] = [*self._changes(booking), *self._earlier(booking, rules)]
        return self._messages.send(
            to=self.recipient(booking),
            template=template,
            values=told,
            channel=way or ("text" if booking.source == "waitlist" else booking.source),
            ics=self._ics(booking, rules, ics, view) if ics else b"",
            ics_method=ics or "REQUEST",
            key=key,
            thread=self._thread(booking),
        )

    def remind(self, booking: Booking, key: str) -> str:
        """By text to a mobile, else by mail, or only as was wished; the link asks whether they will be there."""
        rules = self._rules.current()
        ask = self._links.url(Action.CONFIRM, booking.id, booking.slot.end)
        told = {
            **self._visit(booking, rules),
            "reply": voice.answering(rules),
            "link": ask,
            "actions": self._changes(booking),
        }
        return self._messages.send(
            to=self.recipient(booking),
            template="reminder",
            values=told,
            channel="text",
            only=booking.reminders.way if booking.reminders else None,
            key=key,
            thread=self._thread(booking),
        )

    def offered(self, proposal: Proposal) -> dict[str, Any]:
        """The times of a proposal, each with its link."""
        rules = self._rules.current()
        said = [
            (number, rules.zone.say(s.start), rules.resources[s.resource].name)
            for number, s in proposal.by_start
        ]
        return {
            "slots": "; ".join(f"{when} with {resource}" for _, when, resource in said),
            "options": [
                {
                    "when": when,
                    "resource": resource,
                    "link": self._links.url(Action.PICK, proposal.id, proposal.expires, slot=number),
                }
                for number, when, resource in said
            ],
            "link": self._links.url(Action.PICK, proposal.id, proposal.expires),
            "until": rules.zone.say(proposal.pick_until),
            "actions": self._messages.none_suits(proposal),
            "details": [],
        }

    def said(self, booking: Booking) -> str:
        """`Haircut on Tue 5 May, 2:00 pm`"""
        rules = self._rules.current()
        service = rules.services.get(booking.slot.service)
        return f"{service.name if service else booking.slot.service} on {rules.zone.say(booking.slot.start)}"

    def about(self, booking: Booking) -> dict[str, Any]:
        return {"about": f"About your request: {self.said(booking)}", "details": []}

    def again(self, booking: Booking) -> str:
        """Where the customer can ask for the same service anew."""
        return self._messages.form_url(service=booking.slot.service)

    def recipient(self, booking: Booking) -> Customer:
        """The address and name this booking was made with; what was opted out of holds for all."""
        opted_out = self._customers.opted_out(booking.customer, email=booking.email, phone=booking.phone)
        return Customer(
            id=booking.customer,
            name=booking.name,
            email=booking.email,
            phone=booking.phone,
            opted_out=opted_out,
        )

    def _visit(self, booking: Booking, rules: Rules) -> dict[str, Any]:
        slot, zone = booking.slot, rules.zone
        service, resource = rules.services.get(slot.service), rules.resources.get(slot.resource)
        details = [("When", f"{zone.say(slot.start)} to {zone.say_time(slot.end)}")]
        if resource:
            details.append(("With", resource.name))
        if booking.party > 1:
            details.append(("For", f"{booking.party} people"))
        return {
            "name": booking.name.split(" ")[0],
            "service": service.name if service else slot.service,
            "resource": resource.name if resource else "",
            "date": zone.say_date(slot.start),
            "time": zone.say(slot.start).partition(", ")[2],
            "party": str(booking.party),
            "details": details,
        }

    def _earlier(self, booking: Booking, rules: Rules) -> list[dict[str, str]]:
        """Onto the waitlist, while a time before theirs could still be offered."""
        if booking.slot.start <= soonest(rules, self._clock.now()):
            return []
        link = self._links.url(Action.EARLIER, booking.id, booking.slot.end)
        return [{"text": "Want an earlier time?", "link": link}]

    def _changes(self, booking: Booking) -> list[dict[str, str]]:
        end = booking.slot.end
        return [
            {"text": "Choose another time", "link": self._links.url(Action.RESCHEDULE, booking.id, end)},
            {"text": "Cancel this booking", "link": self._links.url(Action.CANCEL, booking.id, end)},
        ]

    def _ics(self, booking: Booking, rules: Rules, method: Literal["REQUEST", "CANCEL"], link: str) -> bytes:
        return self._invitations.render(booking, rules, method=method, link=link, now=self._clock.now())

    def _thread(self, booking: Booking) -> tuple[str, ...]:
        """The mail that asked for this booking, so that our answers stand below it."""
        item = self._store.get(keys.request(booking.request)) if booking.request else None
        request = Request.model_validate(item) if item else None
        if request is None or request.channel != "email" or request.desk != "requests":
            return ()  # what a colleague forwarded is no letter of the customer's
        message = request.message
        if not message.message_id:
            return ()
        return (*message.references, message.message_id)
