"""Appointments that were agreed elsewhere: a confirmation is laid into our diary, and booked once a person says yes.

They stand as they are: at exactly the time they name, whatever notice, grid or horizon say. What is booked already is in
the way of every booking; hours and calendars are said, and a person may book all the same.
"""

from __future__ import annotations

from handlers.domain import drafts
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, Taken
from handlers.domain.request import WAITING, Plan, Reading, Request, Tagged
from handlers.domain.rules.model import Rules, Service
from handlers.domain.slot import Slot, SlotQuery
from handlers.ports import Clock, Operation
from handlers.services.bookings import Bookings
from handlers.services.customers import Customers
from handlers.services.places import Places
from handlers.services.request_moves import RequestMoves, moved_on
from handlers.services.rules import RulesSource


class Imports:
    def __init__(
        self,
        *,
        requests: RequestMoves,
        bookings: Bookings,
        customers: Customers,
        places: Places,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._requests, self._bookings, self._customers = requests, bookings, customers
        self._places, self._rules, self._clock = places, rules, clock

    # --- what it would be --------------------------------------------------------------------------------------

    def plan(
        self, reading: Reading, *, email: str | None, phone: str | None, tagged: Tagged | None = None
    ) -> Plan | None:
        """The appointment as it would be booked, and what stands in the way; None while service or time are missing.

        Reads the calendars. `tagged` is the event it stands in already: at exactly its time, and not in its own way."""
        rules = self._rules.current()
        service = rules.services.get(reading.service.value or "")
        span = _span(reading, service, rules, tagged) if service else None
        if service is None or span is None:
            return None
        party = drafts.party_of(reading, service)
        named = reading.resource.value if reading.resource.value in service.resources else None
        resource = named if isinstance(named, str) else None
        query = SlotQuery(service=reading.service.value or "", party=party, resource=resource)
        besides = (tagged.calendar, tagged.event) if tagged else None
        slot, taken, held, unusual = self._places.best(query, *span, besides=besides)
        unusual = held or unusual
        name = rules.resources[slot.resource].name
        if known := self._known(span[0], email, phone):
            taken = f"They are booked at that time already: {self._said(known, rules)}."
        elif span[0] <= self._clock.now():
            taken = "That time has passed."
        elif taken:
            taken = f"{name} is not free then: {taken}."
        return Plan(slot=slot, party=party, taken=taken, unusual=f"{name}: {unusual}." if unusual else "")

    def _known(self, start: int, email: str | None, phone: str | None) -> Booking | None:
        """The same appointment, where it is in our diary already: forwarded twice, or booked with us."""
        known = self._customers.known(email=email, phone=phone)
        found = self._bookings.of_customer(known.id) if known else ()
        return next((b for b in found if b.state in HOLDING and b.slot.start == start), None)

    @staticmethod
    def _said(booking: Booking, rules: Rules) -> str:
        service, resource = (
            rules.services.get(booking.slot.service),
            rules.resources.get(booking.slot.resource),
        )
        what = service.name if service else booking.slot.service
        return f"{what}, {rules.zone.say(booking.slot.start)} with {resource.name if resource else booking.slot.resource}"

    # --- a person said yes -------------------------------------------------------------------------------------

    def approve(self, id_: str, by: str, *, tell: bool = False) -> Booking:
        """Books what the draft says. `tell`: the customer gets a confirmation. Raises WrongState, NotFound; InputError
        when something is missing or in the way."""
        request = self._waiting(id_)
        plan = request.plan
        if plan is None or not request.name:
            raise InputError("", "Something is still missing. Press Edit and fill it in.")
        service = self._rules.current().services.get(plan.slot.service)
        if service is None or plan.slot.resource not in service.resources:
            raise InputError("", "The rules have changed since it was read. Press Edit and choose once more.")
        if plan.taken or plan.slot.start <= self._clock.now():
            raise InputError(
                "", f"{plan.taken or 'That time has passed.'} Press Edit and choose another time."
            )
        try:
            return self._book(
                request,
                plan.slot,
                plan.party,
                by,
                name=request.name,
                email=request.email,
                phone=request.phone,
                tell=tell,
            )
        except Taken:
            again = self._places.best(self._query(plan), plan.slot.start, plan.slot.end, calendars=False)
            name = self._rules.current().resources[plan.slot.resource].name
            raise InputError(
                "",
                f"{name} is not free then: {again.taken or again.held or 'just taken'}. Press Edit and choose another time.",
            ) from None

    @staticmethod
    def _query(plan: Plan) -> SlotQuery:
        return SlotQuery(service=plan.slot.service, party=plan.party, resource=plan.slot.resource)

    def edit(
        self,
        id_: str,
        by: str,
        *,
        service: str,
        start: int,
        resource: str | None = None,
        party: int = 1,
        name: str,
        email: str | None = None,
        phone: str | None = None,
        tell: bool = False,
        unusual: bool = False,
    ) -> Booking:
        """Books what a person filled in. `unusual`: outside the hours as well. Raises WrongState, NotFound; InputError
        for "service", "name", "party", "resource" or "time"."""
        request, rules = self._waiting(id_), self._rules.current()
        offered = rules.services.get(service)
        if offered is None:
            raise InputError("service", "This service is no longer in the rules. Choose another.")
        if not offered.party.min <= party <= offered.party.max:
            low, high = offered.party.min, offered.party.max
            raise InputError("party", f"{offered.name} is for {f'{low} to {high}' if low < high else high}.")
        if resource is not None and resource not in offered.resources:
            names = " or ".join(rules.resources[r].name for r in offered.resources)
            raise InputError("resource", f"They don't do this. Choose {names}, or anyone.")
        if not name.strip():
            raise InputError("name", "Whose appointment is it?")
        if start <= self._clock.now():
            raise InputError("time", "That time has passed.")
        query = SlotQuery(service=service, party=party, resource=resource)
        end = start + self._length(request, service, start)
        slot, taken, held, against = self._places.best(query, start, end, calendars=False)
        who = rules.resources[slot.resource].name
        if taken:
            raise InputError("time", f"{who} is not free then: {taken}. Choose another time or person.")
        if (against := held or against) and not unusual:
            raise InputError("time", f"{who}: {against}. Choose another time, or tick the box below.")
        try:
            return self._book(
                request, slot, party, by, name=name.strip(), email=email, phone=phone, tell=tell
            )
        except Taken:
            raise InputError(
                "time", f"{who} was booked for then just now. Choose another time or person."
            ) from None

    def _length(self, request: Request, service: str, start: int) -> int:
        """Seconds: what was read, where the appointment is still the one that was read."""
        plan = request.plan
        if plan is not None and (plan.slot.service, plan.slot.start) == (service, start):
            return plan.slot.end - plan.slot.start
        return self._rules.current().services[service].minutes * 60

    def _waiting(self, id_: str) -> Request:
        request = self._requests.get(id_)
        if request.state not in WAITING:
            raise moved_on(request)
        return request

    def _book(
        self,
        request: Request,
        slot: Slot,
        party: int,
        by: str,
        *,
        name: str,
        email: str | None,
        phone: str | None,
        tell: bool,
    ) -> Booking:
        """The booking, and the request that became it, in one transaction."""

        def still_waiting(_: Booking) -> tuple[Operation, ...]:
            now = self._waiting(request.id)  # discarded, or booked by somebody else, at this very moment
            if now.rev != request.rev:
                raise moved_on(now)
            return ()

        came = "calendar event tagged" if request.tagged else "confirmation forwarded"
        customer = Customer(id="", name=name, email=email, phone=phone, consent=f"{came}, approved by {by}")
        return self._bookings.take(
            slot=slot,
            customer=customer,
            party=party,
            source="import",
            by=by,
            notes=request.message.text if request.tagged else "",
            request=request.id,
            approved=True,
            tell=tell,
            also=still_waiting,
            token=f"import:{request.id}",
        )


def _span(reading: Reading, service: Service, rules: Rules, tagged: Tagged | None) -> tuple[int, int] | None:
    """[start, end) in epoch seconds; an event without an end takes as long as the service."""
    if tagged is None or tagged.all_day:
        return drafts.time_of(reading, service, rules)
    return tagged.start, tagged.end if tagged.end > tagged.start else tagged.start + service.minutes * 60
