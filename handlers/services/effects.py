"""What a booking's events set off: calendar, messages, reminders.

Every effect is recorded (`Journal.once`), so a redelivery continues at the first one that is not. Events come late,
twice and out of order: each is judged by what the booking is *now*, and its `revision` says whether it still counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from handlers.domain.errors import DeliveryFailed, NotFound, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.links import Action
from handlers.domain.request import Channel, Proposal, Request
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery, Window
from handlers.ports import Calendar, Clock, Invitations, Store, Timers
from handlers.services.bookings import CUSTOMER, Bookings
from handlers.services.customers import Customers
from handlers.services.effects_calendar import CalendarBusy, CalendarEffects, written
from handlers.services.effects_reminders import Reminders
from handlers.services.journal import Journal
from handlers.services.links import Links
from handlers.services.messages import Messages
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

AFRESH = 7
"""Days after the lost one in which other times are looked for."""


class Effects:
    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        rules: RulesSource,
        bookings: Bookings,
        customers: Customers,
        slots: Slots,
        messages: Messages,
        calendar: Calendar,
        invitations: Invitations,
        links: Links,
        timers: Timers,
        clock: Clock,
    ) -> None:
        self._store, self._journal, self._rules, self._bookings = store, journal, rules, bookings
        self._customers, self._slots, self._messages = customers, slots, messages
        self._invitations, self._links, self._clock = invitations, links, clock
        self._calendar = CalendarEffects(
            calendar=calendar,
            bookings=bookings,
            slots=slots,
            rules=rules,
            links=links,
            store=store,
            clock=clock,
        )
        self.reminders = Reminders(
            store=store, journal=journal, rules=rules, timers=timers, clock=clock, send=self._remind
        )

    def perform(self, event: Event) -> None:
        """Does what is left to do for `event`. Raises Unavailable to be tried again; NotFound for an unknown booking."""
        if event.kind is EventKind.REMINDER_DUE:
            self.reminders.send(event.subject, int(event.data["before"]), self._bookings.get)
            return
        acts: dict[EventKind, Callable[[Booking, Event], None]] = {
            EventKind.BOOKING_CONFIRMED: self._confirmed,
            EventKind.BOOKING_RESCHEDULED: self._rescheduled,
            EventKind.BOOKING_REQUESTED: self._requested,
            EventKind.BOOKING_CANCELLED: self._cancelled,
            EventKind.BOOKING_EXPIRED: self._expired,
            EventKind.BOOKING_CONFLICTED: self._conflicted,
            EventKind.BOOKING_ARRIVED: self._arrived,
            EventKind.BOOKING_COMPLETED: self._gone,
            EventKind.BOOKING_NO_SHOW: self._gone,
            EventKind.BOOKING_RESEND: self._resend,
            EventKind.BOOKING_CONTACT_CORRECTED: self._contact_corrected,
        }
        if act := acts.get(event.kind):
            act(self._bookings.get(event.subject), event)

    def remind_due(self) -> int:
        """Reminders due now; the tick's part."""
        return self.reminders.send_due(self._bookings.get)

    # --- one handler per kind of event -------------------------------------------------------------------------

    def _confirmed(self, booking: Booking, event: Event) -> None:
        self._settle(booking, event, "confirmation")

    def _rescheduled(self, booking: Booking, event: Event) -> None:
        before = Slot.model_validate(event.data["from"])
        self._settle(booking, event, "reschedule", before)
        if event.data.get("was") == State.CONFIRMED:
            self._once(booking, f"tidy:{event.data['rev']}", lambda: self._tidy(booking, before, event))

    def _settle(self, booking: Booking, event: Event, template: str, was: Slot | None = None) -> None:
        """Calendar, message, reminders: for the state this event made, unless the booking has moved on."""
        revision = event.data.get("revision", 0)
        if booking.revision != revision:
            return  # moved again: that event does all of this
        if booking.state is State.REQUESTED:
            self._requested(booking, event)
        if booking.state not in {State.CONFIRMED, State.ARRIVED}:
            return
        try:
            if booking.state is State.CONFIRMED:
                self._once(booking, f"looked:r{revision}", lambda: self._calendar.look(booking, was))
        except CalendarBusy:
            self._give_way(booking)
            return
        self._once(booking, written(revision), lambda: self._calendar.settle(booking.id, also=was))
        if booking.state is State.CONFIRMED:
            self._tell(booking, f"told:r{revision}", template, ics="REQUEST")
            self._once(booking, f"reminders:r{revision}", lambda: self.reminders.plan(booking))

    def _requested(self, booking: Booking, _event: Event) -> None:
        if booking.state is State.REQUESTED:
            self._tell(booking, f"told:requested:r{booking.revision}", "requested")

    def _cancelled(self, booking: Booking, event: Event) -> None:
        was, by = event.data.get("was", ""), event.data.get("by", "")
        if booking.state is not State.CANCELLED:
            return
        if was == State.CONFIRMED:
            self._clear(booking, event)
            self._once(booking, "reminders:dropped", lambda: self.reminders.drop(booking.id))
        if booking.slot.end <= self._clock.now() or was == State.PENDING:
            return  # nobody needs to be told that the past is cancelled, or a hold they never confirmed
        reason = _sentence(str(event.data.get("reason", ""))) if by != CUSTOMER else ""
        values: dict[str, Any] = {"reason": reason, "link": self._again(booking)}
        if was == State.REQUESTED and by != CUSTOMER:
            sorry = f"We are sorry, {self._said(booking)} doesn't work for us."
            values |= {"reason": f"{sorry} {reason}".strip(), **self._about(booking)}
            self._tell(booking, "told:refused", "decline", values)
        else:
            ics: Literal["CANCEL"] | None = "CANCEL" if was == State.CONFIRMED else None
            self._tell(booking, "told:cancelled", "cancellation", values, ics=ics)

    def _expired(self, booking: Booking, event: Event) -> None:
        if event.data.get("was") == State.REQUESTED and booking.state is State.EXPIRED:
            reason = f"We are sorry, we could not confirm {self._said(booking)} in time, so it is not booked."
            values = {"reason": reason, "link": self._again(booking), **self._about(booking)}
            self._tell(booking, "told:expired", "decline", values)

    def _conflicted(self, booking: Booking, event: Event) -> None:
        """The calendar was busy: our event goes, and the customer gets other times at once."""
        self._clear(booking, event)
        self._once(booking, "reminders:dropped", lambda: self.reminders.drop(booking.id))
        proposal_id = self._once(booking, "proposed afresh", lambda: self._propose(booking))
        note = f"We are sorry: {self._said(booking)} has just become impossible."
        about = f"Sorry, we need another time for {self._said(booking)}"
        if proposal_id == "none":
            values: dict[str, Any] = {"note": note, "about": about, "link": self._again(booking)}
            self._tell(booking, "told:conflict", "cancellation", values)
            return
        proposal = self._slots.proposal(proposal_id)
        self._tell(
            booking, "told:conflict", "proposal", {"note": note, "about": about, **self._offered(proposal)}
        )

    def _arrived(self, booking: Booking, event: Event) -> None:
        """A no-show who came after all is no longer one in the calendar."""
        if event.data.get("was") == State.NO_SHOW:
            effect = f"calendar:arrived:{event.data['rev']}"
            self._once(booking, effect, lambda: self._calendar.settle(booking.id))

    def _gone(self, booking: Booking, event: Event) -> None:
        if booking.state in {State.COMPLETED, State.NO_SHOW}:
            self._clear(booking, event)
            self._once(booking, "reminders:dropped", lambda: self.reminders.drop(booking.id))

    def _resend(self, booking: Booking, event: Event) -> None:
        if booking.state is State.CONFIRMED:
            self._tell(booking, f"told:again:{event.id}", "confirmation", ics="REQUEST")
        elif booking.state is State.REQUESTED:
            self._tell(booking, f"told:again:{event.id}", "requested")

    def _contact_corrected(self, booking: Booking, event: Event) -> None:
        if booking.state in {State.CONFIRMED, State.ARRIVED}:
            self._once(booking, f"calendar:{event.id}", lambda: self._calendar.settle(booking.id))
        self._resend(booking, event)

    # --- calendar ----------------------------------------------------------------------------------------------

    def _clear(self, booking: Booking, event: Event) -> None:
        """The calendar shows what has become of it, and the slot is nobody's any more."""
        self._once(booking, f"calendar:cleared:{event.data['rev']}", lambda: self._cleared(booking, event))

    def _cleared(self, booking: Booking, event: Event) -> str:
        result = self._calendar.settle(booking.id)
        self._calendar.tidied(booking, booking.slot, int(event.data["rev"]))
        return result

    def _tidy(self, booking: Booking, before: Slot, event: Event) -> str:
        """Where it stood before, nothing is left: also when it has moved again since."""
        self._calendar.leave(booking.id, before)
        now = self._bookings.get(booking.id)
        if now.state is State.CONFIRMED and not self._calendar.arrived(now):
            return "on its way"  # our event still stands there; the later move takes it along
        self._calendar.tidied(booking, before, int(event.data["rev"]))
        return "tidy"

    def _give_way(self, booking: Booking) -> None:
        try:
            self._bookings.conflicted(booking.id, booking.revision)
        except WrongState:
            return  # it moved on by itself; the event of that does the rest

    def _propose(self, booking: Booking) -> str:
        zone, slot = self._rules.current().zone, booking.slot
        first = zone.date(slot.start).isoformat()
        last = zone.date(slot.start + AFRESH * 86_400).isoformat()
        query = SlotQuery(
            service=slot.service,
            party=booking.party,
            usual_resource=slot.resource,
            windows=(Window(date_from=first, date_to=last),),
        )
        proposal = self._slots.propose(
            query, channel=_channel(booking), customer=booking.customer, request=booking.request
        )
        return proposal.id if proposal else "none"

    # --- words -------------------------------------------------------------------------------------------------

    def _tell(
        self,
        booking: Booking,
        effect: str,
        template: str,
        values: dict[str, Any] | None = None,
        *,
        ics: Literal["REQUEST", "CANCEL"] | None = None,
    ) -> None:
        """One message, once. An address that can't be reached becomes a card, not endless tries."""

        def send() -> str:
            return self._send(booking, f"{booking.id}:{effect}", template, values or {}, ics)

        def give_up(reason: str) -> Callable[[], str]:
            data = {"kind": "booking", "what": template, "reason": reason}
            return lambda: self._journal.emit(EventKind.DELIVERY_FAILED, booking.id, **data).id

        try:
            self._once(booking, effect, send)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            self._once(booking, effect, give_up(failure.reason))

    def _send(
        self,
        booking: Booking,
        key: str,
        template: str,
        values: dict[str, Any],
        ics: Literal["REQUEST", "CANCEL"] | None = None,
    ) -> str:
        rules = self._rules.current()
        view = self._links.url(Action.VIEW, booking.id, booking.slot.end)
        told = {**self._visit(booking, rules), **({"link": view} if "link" not in values else {}), **values}
        if template in {"confirmation", "reschedule", "reminder"}:
            told["actions"] = self._changes(booking)
        return self._messages.send(
            to=self._recipient(booking),
            template=template,
            values=told,
            channel=booking.source,
            ics=self._ics(booking, rules, ics, view) if ics else b"",
            ics_method=ics or "REQUEST",
            key=key,
            thread=self._thread(booking),
        )

    def _remind(self, booking: Booking, key: str) -> str:
        return self._send(booking, key, "reminder", {})

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

    def _changes(self, booking: Booking) -> list[dict[str, str]]:
        end = booking.slot.end
        return [
            {"text": "Choose another time", "link": self._links.url(Action.RESCHEDULE, booking.id, end)},
            {"text": "Cancel this booking", "link": self._links.url(Action.CANCEL, booking.id, end)},
        ]

    def _offered(self, proposal: Proposal) -> dict[str, Any]:
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
            "details": [],
        }

    def _said(self, booking: Booking) -> str:
        rules = self._rules.current()
        service = rules.services.get(booking.slot.service)
        return f"{service.name if service else booking.slot.service} on {rules.zone.say(booking.slot.start)}"

    def _about(self, booking: Booking) -> dict[str, Any]:
        return {"about": f"About your request: {self._said(booking)}", "details": []}

    def _again(self, booking: Booking) -> str:
        return self._messages.form_url(service=booking.slot.service)

    def _ics(self, booking: Booking, rules: Rules, method: Literal["REQUEST", "CANCEL"], link: str) -> bytes:
        return self._invitations.render(booking, rules, method=method, link=link, now=self._clock.now())

    def _recipient(self, booking: Booking) -> Customer:
        """The address and name this booking was made with; what the customer opted out of holds for all."""
        try:
            opted_out = self._customers.get(booking.customer).opted_out
        except NotFound:
            opted_out = ()
        return Customer(
            id=booking.customer,
            name=booking.name,
            email=booking.email,
            phone=booking.phone,
            opted_out=opted_out,
        )

    def _thread(self, booking: Booking) -> tuple[str, ...]:
        """The mail that asked for this booking, so that our answers stand below it."""
        item = self._store.get(keys.request(booking.request)) if booking.request else None
        message = Request.model_validate(item).message if item else None
        if message is None or message.channel != "email" or not message.message_id:
            return ()
        return (*message.references, message.message_id)

    def _once(self, booking: Booking, effect: str, act: Callable[[], str]) -> str:
        return self._journal.once(keys.booking(booking.id), effect, act)


def _channel(booking: Booking) -> Channel:
    """How slow the answer may be: as slow as the way the booking came."""
    if booking.source in {"text", "voice"}:
        return "text"
    return "email"


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?" else f"{text}."
