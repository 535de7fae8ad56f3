"""What a booking's events set off: calendar, messages, reminders.

Every effect is recorded (`Journal.once`), so a redelivery continues at the first one that is not. Events come late,
twice and out of order: each is judged by what the booking is *now*, and its `revision` says whether it still counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import DeliveryFailed, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.request import Channel
from handlers.domain.slot import Slot, SlotQuery, Window
from handlers.ports import Calendar, Clock, Store
from handlers.services.bookings import CUSTOMER, Bookings
from handlers.services.effects_calendar import CalendarBusy, CalendarEffects, written
from handlers.services.effects_messages import BookingMessages
from handlers.services.effects_tagged import TaggedEffects
from handlers.services.journal import Journal
from handlers.services.links import Links
from handlers.services.reminders import REMINDING, Reminders
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
        slots: Slots,
        messages: BookingMessages,
        reminders: Reminders,
        calendar: Calendar,
        tagged: TaggedEffects,
        links: Links,
        clock: Clock,
    ) -> None:
        self._tagged = tagged
        self._journal, self._rules, self._bookings = journal, rules, bookings
        self._slots, self._messages, self._clock = slots, messages, clock
        self.reminders = reminders
        self._calendar = CalendarEffects(
            calendar=calendar,
            bookings=bookings,
            slots=slots,
            rules=rules,
            links=links,
            store=store,
            clock=clock,
        )

    @property
    def calendar(self) -> CalendarEffects:
        return self._calendar

    def perform(self, event: Event) -> None:
        """Does what is left to do for `event`. Raises Unavailable to be tried again; NotFound for an unknown booking."""
        if event.kind in REMINDING:
            self.reminders.perform(event)
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
            EventKind.BOOKING_AMENDED: self._amended,
            EventKind.BOOKING_REMINDERS_SET: self._reminders_set,
            EventKind.BOOKING_ANSWERED: self._answered,
        }
        if act := acts.get(event.kind):
            act(self._bookings.get(event.subject), event)

    def remind_due(self) -> int:
        """Reminders due now; the tick's part."""
        return self.reminders.send_due()

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
            # What was agreed elsewhere stands, and is often in the calendar already: a person saw that and said yes.
            if booking.source != "import" or revision > 0:
                self._give_way(booking)
                return
        self._once(booking, written(revision), lambda: self._calendar.settle(booking.id, also=was))
        self._tagged.replace(booking)
        if booking.state is State.CONFIRMED:
            # Where it was booked elsewhere, they were told there: we tell them when somebody asked us to.
            if booking.source != "import" or revision > 0 or event.data.get("tell"):
                self._tell(booking, f"told:r{revision}", template, ics="REQUEST")
            told = bool(event.data.get("tell"))
            effect = f"reminders:r{revision}"
            self._once(booking, effect, lambda: self.reminders.plan(booking, event.at, told=told))

    def _requested(self, booking: Booking, _event: Event) -> None:
        if booking.state is State.REQUESTED:
            self._tell(booking, f"told:requested:r{booking.revision}", "requested")

    def _cancelled(self, booking: Booking, event: Event) -> None:
        was, by = event.data.get("was", ""), event.data.get("by", "")
        if booking.state is not State.CANCELLED:
            return
        if was == State.CONFIRMED:
            self._clear(booking, event)
            self._tagged.replace(booking)
            self._once(booking, "reminders:dropped", lambda: self.reminders.drop(booking.id))
        if booking.slot.end <= self._clock.now() or was == State.PENDING:
            return  # nobody needs to be told that the past is cancelled, or a hold they never confirmed
        reason = _sentence(str(event.data.get("reason", ""))) if by != CUSTOMER else ""
        values: dict[str, Any] = {"reason": reason, "link": self._messages.again(booking)}
        if was == State.REQUESTED and by != CUSTOMER:
            sorry = f"We are sorry, {self._messages.said(booking)} doesn't work for us."
            values |= {"reason": f"{sorry} {reason}".strip(), **self._messages.about(booking)}
            self._tell(booking, "told:refused", "decline", values)
        else:
            ics: Literal["CANCEL"] | None = "CANCEL" if was == State.CONFIRMED else None
            self._tell(booking, "told:cancelled", "cancellation", values, ics=ics)

    def _expired(self, booking: Booking, event: Event) -> None:
        if event.data.get("was") == State.REQUESTED and booking.state is State.EXPIRED:
            reason = f"We are sorry, we could not confirm {self._messages.said(booking)} in time, so it is not booked."
            values = {
                "reason": reason,
                "link": self._messages.again(booking),
                **self._messages.about(booking),
            }
            self._tell(booking, "told:expired", "decline", values)

    def _conflicted(self, booking: Booking, event: Event) -> None:
        """The calendar was busy: our event goes, and the customer gets other times at once."""
        self._clear(booking, event)
        self._once(booking, "reminders:dropped", lambda: self.reminders.drop(booking.id))
        proposal_id = self._once(booking, "proposed afresh", lambda: self._propose(booking))
        note = f"We are sorry: {self._messages.said(booking)} has just become impossible."
        about = f"Sorry, we need another time for {self._messages.said(booking)}"
        if proposal_id == "none":
            values: dict[str, Any] = {"note": note, "about": about, "link": self._messages.again(booking)}
            self._tell(booking, "told:conflict", "cancellation", values)
            return
        proposal = self._slots.proposal(proposal_id)
        self._tell(
            booking,
            "told:conflict",
            "proposal",
            {"note": note, "about": about, **self._messages.offered(proposal)},
        )

    def _arrived(self, booking: Booking, event: Event) -> None:
        """A no-show who came after all is no longer one in the calendar; who has not come yet is reminded still."""
        if booking.state is State.CONFIRMED:
            self.reminders.look(booking)
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

    def _amended(self, booking: Booking, event: Event) -> None:
        if booking.state in {State.CONFIRMED, State.ARRIVED}:
            self._once(booking, f"calendar:{event.id}", lambda: self._calendar.settle(booking.id))

    # --- reminders ---------------------------------------------------------------------------------------------

    def _reminders_set(self, booking: Booking, event: Event) -> None:
        if booking.state is State.CONFIRMED:
            effect = f"reminders:set:{event.id}"
            self._once(booking, effect, lambda: self.reminders.plan(booking, event.at))

    def _answered(self, booking: Booking, _event: Event) -> None:
        self.reminders.look(booking)

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
            return self._messages.send(booking, f"{booking.id}:{effect}", template, values or {}, ics)

        def give_up(reason: str) -> Callable[[], str]:
            data = {"kind": "booking", "what": template, "reason": reason}
            return lambda: self._journal.emit(EventKind.DELIVERY_FAILED, booking.id, **data).id

        try:
            self._once(booking, effect, send)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            self._once(booking, effect, give_up(failure.reason))

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
