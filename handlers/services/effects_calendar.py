"""A booking in Google Calendar: one event on its resource's calendar and on each further resource's."""

from __future__ import annotations

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import CalendarUnavailable, NotFound
from handlers.domain.links import Action
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.ports import Calendar, CalendarEvent, Clock, Delete, Item, Put, Query, Store
from handlers.services.bookings import Bookings
from handlers.services.links import Links
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots

WRITTEN = frozenset({State.CONFIRMED, State.ARRIVED, State.COMPLETED, State.NO_SHOW})
"""The states whose booking stands in the calendar."""

PAST = frozenset({State.COMPLETED, State.NO_SHOW})
"""Of these, the ones that no longer keep anybody out."""

OURS = 86_400
"""Seconds within which an event found missing may be one that we took away."""
ROUNDS = 5
"""How often a write is followed up when the booking keeps changing under it."""


def written(revision: int) -> str:
    """The effect that has put this revision of a booking into the calendar."""
    return f"calendar:r{revision}"


class CalendarBusy(Exception):
    """Somebody wrote into the calendar between the offer and our write."""


class CalendarEffects:
    def __init__(
        self,
        *,
        calendar: Calendar,
        bookings: Bookings,
        slots: Slots,
        rules: RulesSource,
        links: Links,
        store: Store,
        clock: Clock,
    ) -> None:
        self._calendar, self._bookings, self._slots, self._rules = calendar, bookings, slots, rules
        self._links, self._store, self._clock = links, store, clock

    def look(self, booking: Booking, was: Slot | None = None) -> str:
        """The last look before we write. `was` is where our event for this booking stands until then.

        Raises CalendarBusy for somebody else's event; CalendarUnavailable, to look again soon, while an event of
        another booking of ours is still on its way out.
        """
        if booking.slot.start <= self._clock.now() or self._slots.check(booking.slot, booking.id, was):
            return "free"
        moving = False
        for stray in self._strays(booking):
            other = self._bookings.get(str(stray["booking"]))
            if other.state not in {State.CONFIRMED, State.ARRIVED}:
                self.settle(other.id)
            elif not self.arrived(other):
                moving = True
        if moving:
            # Two that change places would wait for each other for ever: ours makes room first.
            for calendar in sorted(self.calendars(was) if was else ()):
                self._remove(booking, calendar)
            raise CalendarUnavailable("calendar", "another booking is just moving away", retry_after=1)
        if not self._slots.check(booking.slot, booking.id, was):
            raise CalendarBusy
        return "free"

    def _strays(self, booking: Booking) -> list[Item]:
        """Events of ours that may still stand where this booking now is."""
        return [
            row
            for e in booking.extents
            for row in self._store.query(Query(keys.of_resource(e.resource), prefix=keys.STRAY)).items
            if row["start"] < e.end and e.start < row["end"] and row["booking"] != booking.id
        ]

    def leave(self, id_: str, slot: Slot) -> None:
        """Off the calendars of `slot` that the booking no longer needs."""
        booking = self._bookings.get(id_)
        here = self.calendars(booking.slot) if booking.state in WRITTEN else set()
        for calendar in sorted(self.calendars(slot) - here):
            self._remove(booking, calendar)

    def arrived(self, booking: Booking) -> bool:
        """Whether its event stands where the booking is now."""
        return self._store.get(keys.effect(keys.booking(booking.id), written(booking.revision))) is not None

    def tidied(self, booking: Booking, slot: Slot, rev: int) -> None:
        """The event that write `rev` left behind at `slot` is gone."""
        resources = (slot.resource, *slot.needs)
        self._store.transact([Delete(keys.stray(r, booking.id, rev)) for r in resources])

    def settle(self, id_: str, *, also: Slot | None = None) -> str:
        """Brings the calendars to what the booking is now; harmless to repeat. `also` is where it stood before.

        Reads the booking again after writing: whoever changed it meanwhile may have tidied up before us, and must
        not find the event back afterwards. Raises CalendarUnavailable.
        """
        strays = self.calendars(also) if also else set()
        for _ in range(ROUNDS):
            booking, rules = self._bookings.get(id_), self._rules.current()
            here = self.calendars(booking.slot) if booking.state in WRITTEN else set()
            for calendar in sorted(here):
                self._calendar.put(self._event(booking, calendar, rules))
            for calendar in sorted((strays | self.calendars(booking.slot)) - here):
                self._remove(booking, calendar)
            again = self._bookings.get(id_)
            if (again.state, again.slot) == (booking.state, booking.slot):
                return ",".join(sorted(here)) or "removed"
            strays |= here
        raise NotFound("settled booking", id_)

    def took_off(self, booking: Booking, calendar: str) -> bool:
        """Whether we took its event off this calendar ourselves not long ago: a move away, and perhaps back."""
        mark = self._store.get(keys.left(booking.id, calendar))
        return mark is not None and int(mark["at"]) > self._clock.now() - OURS

    def _remove(self, booking: Booking, calendar: str) -> None:
        """Noted first, while the booking stands: whoever finds the event gone must not think that staff deleted it."""
        if booking.state in WRITTEN:
            now = self._clock.now()
            mark = {**keys.left(booking.id, calendar)._asdict(), "at": now, "ttl": now + OURS}
            self._store.transact([Put(mark)])
        self._calendar.remove(calendar, booking.calendar_event)

    def calendars(self, slot: Slot) -> set[str]:
        """Those on which a booking of this slot stands."""
        resources = self._rules.current().resources
        named = (resources[r].calendar for r in (slot.resource, *slot.needs) if r in resources)
        return {calendar for calendar in named if calendar}

    def _event(self, booking: Booking, calendar: str, rules: Rules) -> CalendarEvent:
        slot = booking.slot
        service = rules.services.get(slot.service)
        mark = "No-show: " if booking.state is State.NO_SHOW else ""
        shared = any(
            r.calendar == calendar and r.capacity > 1
            for r in (rules.resources[id_] for id_ in (slot.resource, *slot.needs) if id_ in rules.resources)
        )
        people = f" ({booking.party} people)" if booking.party > 1 else ""
        return CalendarEvent(
            id=booking.calendar_event,
            calendar=calendar,
            start=slot.start,
            end=slot.end,
            timezone=rules.zone.name,
            summary=f"{mark}{service.name if service else slot.service}: {booking.name or 'a guest'}{people}",
            description=self._description(booking),
            transparent=shared or booking.state in PAST,
        )

    def _description(self, booking: Booking) -> str:
        lines = [
            booking.name,
            booking.phone or "",
            booking.email or "",
            f"Notes: {booking.notes}" if booking.notes else "",
            f"Change or cancel: {self._links.url(Action.VIEW, booking.id, booking.slot.end)}",
            f"Booking {booking.id}",
        ]
        return "\n".join(line for line in lines if line)
