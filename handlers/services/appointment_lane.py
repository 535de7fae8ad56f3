"""Appointments as a list that people keep in a sheet: a row is a booking that was agreed elsewhere.

Only what came from the sheet stands in it. Nobody is told of a new row; whoever is moved or cancelled by an edit is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

from handlers.domain.appointment_sheet import TABLE, cells_of, read_row, status_of
from handlers.domain.booking import Booking, State
from handlers.domain.contact import Contact
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, NotFound, Taken, WrongState
from handlers.domain.events import EventKind
from handlers.domain.reading.guests import name_words
from handlers.domain.sheets import Held, RowFaults, RowSkipped, Table
from handlers.domain.sheets.times import HALF, Clock
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.wish import Wish
from handlers.domain.zone import DAY
from handlers.ports import Clock as Now
from handlers.services.booking_moves import already
from handlers.services.bookings import COMING, Bookings
from handlers.services.customers import Customers
from handlers.services.places import Place, Places
from handlers.services.rules import RulesSource

BY: Final = "sheet"
LONGEST_ID = 40
PATIENCE = 120
"""Seconds that a row must be missing, or say another time, before a customer is told: rows are cut and pasted, and a
day is typed before its time."""
SETTLES = 7 * DAY
"""Seconds after a visit in which staff may still say who came."""
FINAL = frozenset({State.CANCELLED, State.EXPIRED, State.COMPLETED})
TIMES = frozenset({"service", "date", "time", "when", "resource"})
"""Columns whose change moves the visit."""
COLUMN_OF = {"staff": "resource", "email": "contact", "phone": "contact"}
PAST = "Past: not taken over"


class AppointmentLane:
    name, whole = "appointments", False

    def __init__(
        self,
        *,
        bookings: Bookings,
        customers: Customers,
        places: Places,
        rules: RulesSource,
        clock: Now,
    ) -> None:
        self._bookings, self._customers, self._places = bookings, customers, places
        self._rules, self._clock = rules, clock

    @property
    def table(self) -> Table:
        return TABLE

    def shows(self, kind: EventKind) -> bool:
        return kind.startswith("booking.") or kind is EventKind.RULES_CHANGED

    def patience(self, changed: frozenset[str]) -> int:
        return PATIENCE if not changed or changed & TIMES else 0

    def live(self) -> Mapping[str, Held]:
        return {}  # what was booked by another door gets no row

    def find(self, id_: str) -> Held | None:
        booking = self._booking(id_)
        return self._held(booking) if booking else None

    def check(self, cells: Mapping[str, str]) -> None:
        fields = read_row(cells, self._rules.current(), self._clock.now())
        if max(self._starts(fields["day"], fields["clock"])) <= self._clock.now():
            raise RowSkipped(PAST)

    def create(self, id_: str, cells: Mapping[str, str]) -> Held:
        fields = read_row(cells, self._rules.current(), self._clock.now())
        booking = self._booking(id_)
        if booking is None:
            return self._held(self._book(id_, fields))
        if booking.state in COMING and self._bookings.holds(booking):
            return self._held(self._brought(booking, fields))
        return self._held(self._anew(booking, fields))

    def change(self, id_: str, cells: Mapping[str, str], changed: frozenset[str]) -> Held:
        rules, now = self._rules.current(), self._clock.now()
        booking = self._bookings.get(id_)
        if self._coming(booking) or (booking.state is State.ARRIVED and not changed & TIMES):
            self._same_person(booking, cells, changed)
            return self._held(self._brought(booking, read_row(cells, rules, now, changed)))
        if not changed & TIMES:
            return self._held(booking)  # what is noted on a visit that is over
        self.check(cells)
        return self._held(self._anew(booking, read_row(cells, rules, now)))

    def remove(self, id_: str) -> None:
        booking = self._bookings.get(id_)
        if not self._coming(booking):
            raise already(booking)
        self._bookings.cancel(id_, BY, revision=booking.revision)

    # --- how -----------------------------------------------------------------------------------------------------

    def _booking(self, id_: str) -> Booking | None:
        if not (id_.isalnum() and id_.isascii() and len(id_) <= LONGEST_ID):
            return None  # whatever people typed there
        try:
            return self._bookings.get(id_)
        except NotFound:
            return None

    def _coming(self, booking: Booking) -> bool:
        return (
            booking.state in COMING
            and self._bookings.holds(booking)
            and booking.slot.start > self._clock.now()
        )

    def _anew(self, over: Booking, fields: Mapping[str, Any]) -> Booking:
        """The row of a visit that is over says another time: a visit of its own. Its id follows from the old one's, so that
        a second attempt finds what the first has made. Raises RowFaults."""
        id_ = sha256(f"{over.id}:{over.rev}".encode()).hexdigest()[:24]
        made = self._booking(id_)
        return self._brought(made, fields) if made else self._book(id_, fields)

    def _book(self, id_: str, fields: Mapping[str, Any]) -> Booking:
        """Raises RowFaults."""
        given, contact = dict(fields), Contact(fields.get("email"), fields.get("phone"))
        party = given.get("party") or self._rules.current().services[given["service"]].party.min
        wish = self._wished(given.get("reminders"), contact)
        place = self._place(given, party, given.get("resource"))
        if known := self._known(place.slot.start, contact):
            return self._brought(known, {k: given[k] for k in ("notes", "reminders") if given.get(k)})
        person = Customer(id="", name=given["name"], **contact._asdict(), consent="the sheet of appointments")
        return self._asked(
            lambda: self._bookings.take(
                slot=self._free(place, given["clock"]),
                customer=person,
                party=party,
                source="import",
                by=BY,
                notes=given.get("notes") or "",
                approved=True,
                reminders=wish,
                id_=id_,
            )
        )

    def _known(self, start: int, contact: Contact) -> Booking | None:
        """The same visit, where it is in our diary already: booked with us as well, say."""
        known = self._customers.known(**contact._asdict())
        found = self._bookings.of_customer(known.id) if known else ()
        return next((b for b in found if b.slot.start == start and self._coming(b)), None)

    def _brought(self, booking: Booking, fields: Mapping[str, Any]) -> Booking:
        """The booking, brought to what people typed. The time first: if that can't be, nothing of the row counts.
        Raises RowFaults."""
        given = dict(fields)
        if given.keys() & {"service", "day", "clock", "resource"}:
            booking = self._moved(booking, given)
        contact = Contact(
            given.get("email", booking.email) if "email" in given else booking.email,
            given.get("phone", booking.phone) if "phone" in given else booking.phone,
        )
        wish = self._wished(given["reminders"], contact) if "reminders" in given else None
        party = given["party"] or self._party(booking) if "party" in given else None
        id_ = booking.id
        booking = self._asked(
            lambda: self._bookings.amend(
                id_, BY, name=given.get("name"), notes=given.get("notes"), party=party, contact=contact
            )
        )
        if "reminders" in given and booking.state in COMING:
            booking = self._asked(lambda: self._bookings.remind(id_, BY, str(wish or "")))
        return booking

    def _moved(self, booking: Booking, given: Mapping[str, Any]) -> Booking:
        zone, slot = self._rules.current().zone, booking.slot
        length = slot.end - slot.start
        at = zone.minutes(slot.start)
        fields = {
            "service": slot.service,
            "day": zone.date(slot.start),
            "clock": Clock(at, at + length // 60 if "service" not in given else None),
            **{key: value for key, value in given.items() if key in {"service", "day", "clock"}},
        }
        service = self._rules.current().services.get(fields["service"])
        wanted = given.get("resource") or slot.resource
        if not given.get("resource") and service is not None and wanted not in service.resources:
            wanted = None
        place = self._place(fields, booking.party, wanted, exclude=booking.id)
        if place.slot == slot:
            return booking
        if place.slot.start <= self._clock.now():
            raise RowFaults({"time": "that time has passed; to cancel the visit, delete the row."})
        target = self._free(place, fields["clock"])
        return self._asked(lambda: self._bookings.reschedule(booking.id, target, BY))

    def _place(
        self, fields: Mapping[str, Any], party: int, resource: str | None, *, exclude: str | None = None
    ) -> Place:
        """Of the two times that "2:00" may be, the one in the working hours. Raises RowFaults."""
        rules, clock = self._rules.current(), fields["clock"]
        service = rules.services[fields["service"]]
        if resource is not None and resource not in service.resources:
            who = rules.resources[resource].name
            names = " or ".join(rules.resources[r].name for r in service.resources)
            raise RowFaults({"resource": f"{who} doesn't do {service.name}; write {names}, or nobody."})
        query = SlotQuery(service=fields["service"], party=party, resource=resource, exclude=exclude)
        length = (clock.ends - clock.minutes) * 60 if clock.ends else service.minutes * 60
        starts = self._starts(fields["day"], clock)
        places = [self._places.best(query, start, start + length, calendars=False) for start in starts]
        return min(places, key=lambda place: bool(place.unusual and not place.taken))

    def _starts(self, day: date, clock: Clock) -> list[int]:
        zone = self._rules.current().zone
        minutes = [clock.minutes, clock.minutes + HALF] if clock.vague else [clock.minutes]
        return [zone.instant(day, m) for m in minutes]

    def _free(self, place: Place, clock: Clock) -> Slot:
        """Raises RowFaults."""
        rules = self._rules.current()
        who, at = rules.resources[place.slot.resource].name, rules.zone.say_time(place.slot.start)
        if place.taken:
            raise RowFaults({"time": f"{who} is not free at {at}: {place.taken}."})
        if place.unusual and not clock.anyway:
            raise RowFaults(
                {
                    "time": f"{at}, {who}: {place.unusual}. Correct it, or add ! to the time to book it all the same."
                }
            )
        return place.slot

    def _party(self, booking: Booking) -> int:
        service = self._rules.current().services.get(booking.slot.service)
        return service.party.min if service else 1

    @staticmethod
    def _wished(wish: Wish | None, contact: Contact) -> Wish | None:
        """Raises RowFaults."""
        if wish and wish.way and not (contact.email if wish.way == "email" else contact.phone):
            missing = "a mail address" if wish.way == "email" else "a mobile number"
            raise RowFaults({"reminders": f"for that, the row needs {missing}."})
        return wish

    @staticmethod
    def _same_person(booking: Booking, cells: Mapping[str, str], changed: frozenset[str]) -> None:
        """A row written over with somebody else is no correction: whoever it was would not be told. Raises RowFaults."""
        reached = {"contact", "phone", "email"} & changed or not (booking.email or booking.phone)
        if "name" in changed and reached and not name_words(cells.get("name", "")) & name_words(booking.name):
            raise RowFaults(
                {
                    "name": f"this row is {booking.name}'s. Type a new row for somebody else; deleting this one cancels "
                    f"{booking.name}'s visit."
                }
            )

    def _asked(self, act: Callable[[], Booking]) -> Booking:
        """Raises RowFaults."""
        try:
            return act()
        except InputError as error:
            raise RowFaults({COLUMN_OF.get(error.field, error.field): error.message}) from error
        except Taken:
            raise RowFaults({"time": "taken by somebody else; write another time."}) from None
        except WrongState as moved:
            raise RowFaults({"": "it was changed at this moment; this row is looked at again."}) from moved

    # --- what the row says ---------------------------------------------------------------------------------------

    def _held(self, booking: Booking) -> Held:
        rules, now = self._rules.current(), self._clock.now()
        live = self._coming(booking)
        back = booking.state is State.CANCELLED and booking.changed_by == BY and booking.slot.start > now
        settled = booking.state in FINAL or booking.slot.end + SETTLES <= now
        status = status_of(booking, rules, now)
        return Held(booking.id, cells_of(booking, rules), status, live=live, back=back, final=settled)
