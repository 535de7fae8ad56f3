"""Any order of what people, staff, providers, clocks and crashes can do to the waitlist, checked after every step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handlers.domain.booking import State
from handlers.domain.errors import FrontdeskError
from handlers.domain.events import EventKind
from handlers.domain.waitlist import OpeningState
from handlers.domain.waitlist.opening import OUT
from tests.bookings.world import HOUR, MONDAY, STAFF
from tests.waitlist.storm import Died
from tests.waitlist.town import ZONE, Town

NAMES = ("Ana", "Bea", "Cid", "Duo", "Eva")
which = st.integers(0, 999)
people = st.sampled_from(range(len(NAMES)))
services = st.sampled_from(["cut", "cut", "cut", "wash", "class", "wedding"])
WHO = {"cut": ("rui", "ana"), "wash": ("rui",), "class": ("yoga",), "wedding": ("ana",)}
TODAY = ZONE.date(MONDAY)
COMING = (State.REQUESTED, State.PENDING, State.CONFIRMED)


class Waitlist(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.desk = self.town.desk

    @initialize()
    def open(self) -> None:
        """A few wait, and a time comes free."""
        for n in range(3):
            self.join(n, "cut", 0, 0, 5, None)
            self.town.clock.at += 60
        self.book(0, "cut", "rui", 14, 1, hold=False)
        self.arrive()

    # --- help --------------------------------------------------------------------------------------------------

    def contact(self, n: int) -> dict[str, str]:
        """Some are reached by text, some by mail, some by either."""
        mail, phone = {"email": f"p{n}@mail.example"}, {"phone": f"+35191200000{n}"}
        return [mail, phone, {**mail, **phone}][n % 3]

    def do(self, act) -> Any:
        return self.town.attempt(act)

    def picked(self, found: list[Any], n: int) -> Any:
        return sorted(found, key=lambda x: getattr(x, "ref", "") or x.id)[n % len(found)] if found else None

    def person(self, n: int) -> Any:
        return self.desk.customers.resolve(name=NAMES[n], **self.contact(n))

    # --- people on the list ------------------------------------------------------------------------------------

    @rule(
        n=people,
        service=services,
        priority=st.integers(0, 1),
        first=st.integers(0, 2),
        days=st.integers(0, 5),
        who=st.sampled_from([None, None, "rui", "ana"]),
    )
    def join(  # noqa: PLR0917 - a rule is called by name
        self, n: int, service: str, priority: int, first: int, days: int, who: str | None
    ) -> None:
        earliest = TODAY + timedelta(first)
        self.do(
            lambda: self.desk.entries.join(
                service=service,
                name=NAMES[n],
                **self.contact(n),
                earliest=earliest,
                latest=earliest + timedelta(days),
                resource=who if who in WHO[service] else None,
                priority=priority,
                source="web",
                by="customer",
            )
        )

    @rule(n=which)
    def ask_for_an_earlier_time(self, n: int) -> None:
        booking = self.picked([b for b in self.town.every_booking() if b.state is State.CONFIRMED], n)
        if booking is not None and booking.slot.start > self.town.clock.at:
            contact = {"email": booking.email, "phone": booking.phone}
            self.do(
                lambda: self.desk.entries.join(
                    service=booking.slot.service,
                    name=booking.name,
                    **contact,
                    party=booking.party,
                    replaces=booking,
                    source="web",
                    by="customer",
                )
            )

    @rule(n=which, what=st.sampled_from(["pause", "resume", "remove", "restore", "bump"]))
    def change_place(self, n: int, what: str) -> None:
        if entry := self.picked(self.town.every_entry(), n):
            self.do(lambda: getattr(self.desk.entries, what)(entry.id, "customer"))

    @rule(n=which, service=services, first=st.integers(0, 3), who=st.sampled_from([None, "rui", "ana"]))
    def edit(self, n: int, service: str, first: int, who: str | None) -> None:
        if entry := self.picked(self.town.every_entry(), n):
            day = TODAY + timedelta(first)
            changes = {"service": service, "earliest": day, "latest": day + timedelta(2), "resource": who}
            self.do(lambda: self.desk.entries.change(entry.id, "customer", **changes))

    @rule(n=people, silent=st.booleans())
    def opt_out(self, n: int, silent: bool) -> None:
        for kind, value in self.contact(n).items():
            channel = "text" if kind == "phone" else "email"
            self.do(lambda v=value, c=channel: self.desk.customers.silence(v, c, silent=silent))

    # --- bookings ----------------------------------------------------------------------------------------------

    @rule(
        n=people,
        service=services,
        who=st.sampled_from(["rui", "ana"]),
        hour=st.sampled_from([9, 13.5, 14, 14.75, 16]),
        day=st.integers(0, 2),
        hold=st.booleans(),
    )
    def book(  # noqa: PLR0917 - a rule is called by name
        self, n: int, service: str, who: str, hour: float, day: int, hold: bool
    ) -> None:
        who = who if who in WHO[service] else WHO[service][0]
        slot = self.town.slot(hour, day=day, service=service, who=who)
        if slot.start > self.town.clock.at:
            given = {"customer": self.person(n), "party": 1 + (service == "class" and n % 2)}
            self.do(
                lambda: self.desk.bookings.take(slot=slot, source="web", by="customer", hold=hold, **given)
            )

    @rule(
        n=people,
        who=st.sampled_from(["rui", "ana"]),
        hour=st.sampled_from([13.75, 14, 14.5]),
        day=st.integers(0, 2),
    )
    def staff_book(self, n: int, who: str, hour: float, day: int) -> None:
        """Over whatever is on offer there."""
        slot = self.town.slot(hour, day=day, who=who)
        if slot.start > self.town.clock.at:
            self.do(
                lambda: self.desk.bookings.take(slot=slot, customer=self.person(n), source="staff", by=STAFF)
            )

    @rule(n=which, by=st.sampled_from(["customer", STAFF]))
    def cancel(self, n: int, by: str) -> None:
        if booking := self.picked([b for b in self.town.every_booking() if b.state in COMING], n):
            self.do(lambda: self.desk.bookings.cancel(booking.id, by, force=True))

    @rule(
        n=which,
        hour=st.sampled_from([10, 14, 14.25, 15]),
        day=st.integers(1, 3),
        by=st.sampled_from(["customer", STAFF]),
    )
    def reschedule(self, n: int, hour: float, day: int, by: str) -> None:
        if booking := self.picked([b for b in self.town.every_booking() if b.state in COMING], n):
            old = booking.slot
            slot = self.town.slot(hour, day=day, service=old.service, who=old.resource)
            if slot.start > self.town.clock.at:
                self.do(lambda: self.desk.bookings.reschedule(booking.id, slot, by))

    @rule(
        who=st.sampled_from(["rui", "ana", "yoga"]),
        hour=st.sampled_from([9, 13.5, 14, 15]),
        minutes=st.sampled_from([30, 45, 120, 240]),
        day=st.integers(0, 2),
    )
    def free_up(self, who: str, hour: float, minutes: int, day: int) -> None:
        """Somewhere else they know of time that is free, or think so: it may lie across what we know of."""
        start = self.town.slot(hour, day=day).start
        event = self.desk.journal.emit(
            EventKind.SLOT_FREED,
            who,
            why="opening",
            resource=who,
            start=start,
            end=start + minutes * 60,
            seats=2,
        )
        assert event.subject == who
        self.town.hear()

    @rule(n=which, what=st.sampled_from(["confirm", "approve", "no_show", "arrive"]))
    def settle_booking(self, n: int, what: str) -> None:
        if booking := self.picked([b for b in self.town.every_booking() if b.state in COMING], n):
            self.do(lambda: getattr(self.desk.bookings, what)(booking.id, STAFF))

    # --- answers -----------------------------------------------------------------------------------------------

    @rule(n=which, twice=st.booleans(), late=st.booleans())
    def claim(self, n: int, twice: bool, late: bool) -> None:
        """Anybody who was ever offered anything."""
        offers = [o for o in self.town.every_offer() if late or o.state in OUT]
        offer = self.picked([o for o in offers if o.handed], n)
        for _ in range(1 + twice) if offer else ():
            before = self.desk.offers.look(offer.ref)
            made = self.do(lambda: self.desk.offers.claim(offer.ref))
            after = self.desk.offers.look(offer.ref)
            if not isinstance(made, (FrontdeskError, Died)):
                assert before.open
                assert (made.slot, made.customer) == (offer.slot, offer.customer)
                assert after.opening.state is OpeningState.FILLED
                assert (after.offer.booking, after.entry.booking) == (made.id, made.id)
            elif not before.open:
                assert (after.offer, after.opening) == (before.offer, before.opening)

    @rule(n=which, late=st.booleans())
    def decline(self, n: int, late: bool) -> None:
        offers = [o for o in self.town.every_offer() if late or o.state in OUT]
        if offer := self.picked([o for o in offers if o.handed], n):
            self.do(lambda: self.desk.offers.decline(offer.ref))

    # --- staff -------------------------------------------------------------------------------------------------

    @rule(n=which, what=st.sampled_from(["stop", "try_again", "leave_open"]))
    def steer(self, n: int, what: str) -> None:
        if opening := self.picked(self.town.every_opening(), n):
            self.do(lambda: getattr(self.desk.openings, what)(opening.id, STAFF))

    @rule(n=which, seen=st.booleans())
    def offer_next(self, n: int, seen: bool) -> None:
        if opening := self.picked(self.town.every_opening(), n):
            seq = opening.seq if seen else None
            self.do(lambda: self.desk.offers.roll_on(opening.id, STAFF, seq))

    @rule(n=which, who=people, service=services, listed=st.booleans())
    def fill(self, n: int, who: int, service: str, listed: bool) -> None:
        opening = self.picked(self.town.every_opening(), n)
        if opening is None or opening.start <= self.town.clock.at:
            return
        person = self.person(who)
        entry = self.desk.entries.standing(person.id, service) if listed else None
        self.do(
            lambda: self.desk.offers.fill(opening.id, STAFF, service=service, customer=person, entry=entry)
        )

    # --- time and deliveries -----------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([30, 59, 60, 299, 300, 599, 600, 601, 721, 3 * HOUR]))
    def wait(self, seconds: int) -> None:
        self.town.clock.at += seconds

    @rule(at=st.sampled_from(["20:50", "20:59", "21:01", "07:55", "08:00"]))
    def jump(self, at: str) -> None:
        """Into quiet hours, and out of them."""
        now = self.town.clock.at
        times = (ZONE.parse(f"{ZONE.date(now + n * 86_400)}T{at}") for n in (0, 1))
        self.town.clock.at = min(t for t in times if t >= now)

    @rule()
    def tick(self) -> None:
        self.town.tick()

    @rule()
    def fire(self) -> None:
        self.town.fire()

    @rule()
    def lose_timers(self) -> None:
        self.town.timers.waiting.clear()

    @precondition(lambda self: self.town.pending)
    @rule(n=which, again=st.booleans())
    def deliver(self, n: int, again: bool) -> None:
        self.town.deliver(n, again=again)

    @precondition(lambda self: self.town.pending)
    @rule()
    def arrive(self) -> None:
        """All that is on its way, once."""
        for _ in range(len(self.town.pending)):
            self.town.deliver(0)

    # --- trouble -----------------------------------------------------------------------------------------------

    @rule(n=people, how=st.sampled_from(["gone", "busy"]), on=st.booleans())
    def number(self, n: int, how: str, on: bool) -> None:
        for kind, value in self.contact(n).items():
            bad = getattr(self.town.texts if kind == "phone" else self.town.mail, how)
            (bad.add if on else bad.discard)(value)

    @rule(who=st.sampled_from(["rui", "ana", "basin"]), down=st.booleans())
    def calendar(self, who: str, down: bool) -> None:
        if down:
            self.town.calendar.down[f"{who}@quay.example"] = "no answer"
        else:
            self.town.calendar.down.pop(f"{who}@quay.example", None)

    @rule(count=st.integers(0, 7), after=st.booleans(), n=which)
    def die_at_a_transaction(self, count: int, after: bool, n: int) -> None:
        """In the middle of whatever comes next."""
        if after:
            self.town.store.after = count
        else:
            self.town.store.before = count
        self._next(n)

    @rule(when=st.sampled_from(["before", "after"]), n=which)
    def die_while_sending(self, when: str, n: int) -> None:
        self.town.texts.dies = self.town.mail.phones.dies = when
        self._next(n)

    def _next(self, n: int) -> None:
        if self.town.pending:
            self.town.deliver(n)
        else:
            self.town.tick()

    @rule(
        n=which,
        answer=st.sampled_from(["claim", "decline"]),
        act=st.sampled_from(["claim", "decline", "stop", "next", "tick"]),
    )
    def at_the_same_moment(self, n: int, answer: str, act: str) -> None:
        """One is done while the other is about to be."""
        offer = self.picked([o for o in self.town.every_offer() if o.state in OUT and o.handed], n)
        if offer is None:
            return
        offers, openings = self.desk.offers, self.desk.openings
        acts = {
            "claim": lambda: offers.claim(offer.ref),
            "decline": lambda: offers.decline(offer.ref),
            "stop": lambda: openings.stop(offer.opening, STAFF),
            "next": lambda: offers.roll_on(offer.opening, STAFF, offer.seq),
            "tick": openings.due,
        }
        ends: list[Any] = []

        def first() -> None:
            try:
                ends.append(acts[act]())
            except FrontdeskError as error:
                ends.append(error)

        self.town.store.meanwhile, self.town.store.when = first, lambda _: True
        ends.append(self.do(acts[answer]))
        self.town.store.meanwhile = None
        after = self.desk.offers.look(offer.ref)
        claims = [e for e in ends if not isinstance(e, (FrontdeskError, Died)) and getattr(e, "source", "")]
        assert len(claims) <= 1
        assert bool(claims) == (after.offer.booking is not None)

    # --- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        self.town.check()

    def teardown(self) -> None:
        self.town.settle_down()


Waitlist.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWaitlist = Waitlist.TestCase
