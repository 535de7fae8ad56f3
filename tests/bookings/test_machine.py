"""Any order of book, hold, confirm, approve, move, cancel, visit and expiry, against a plain model of the diary."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from handlers.domain import keys
from handlers.domain.booking import HOLDING, State
from handlers.domain.errors import Conflict, Taken
from tests.bookings.world import HOUR, STAFF, World

hours = st.sampled_from([9 + n / 4 for n in range(16)])
people = st.sampled_from(["rui", "ana"])
services = st.sampled_from(["cut", "wedding"])
DAY = 3
"""Days ahead: far enough that no hold is cut short by its own start."""


class Diary(RuleBasedStateMachine):
    """The model: for each booking its state, its extent, and until when it holds. Nothing else is believed."""

    bookings = Bundle("bookings")

    @initialize()
    def open(self) -> None:
        self.world = World()
        self.model: dict[str, tuple[State, str, int, int, int | None]] = {}
        self.steps: dict[str, int] = {}

    # --- what the model knows ----------------------------------------------------------------------------------

    def holding(self, id_: str) -> bool:
        state, _, _, _, until = self.model[id_]
        return state in HOLDING and (until is None or until > self.world.clock.at)

    def free(self, who: str, start: int, end: int, but: str = "") -> bool:
        """No other live claim meets it, and Ana has no more than three a day."""
        others = [m for i, m in self.model.items() if i != but and m[1] == who and self.holding(i)]
        counted = [i for i in self.model if i != but and self.model[i][1] == who and self.holding(i)]
        return all(m[3] <= start or m[2] >= end for m in others) and (who != "ana" or len(counted) < 3)

    def note(self, id_: str, after: object) -> None:
        booking = self.world.desk.bookings.get(id_)
        assert booking == after
        self.model[id_] = (booking.state, booking.slot.resource, *booking.extent, booking.until)
        self.steps[id_] = self.steps.get(id_, 0) + 1

    # --- what people do ----------------------------------------------------------------------------------------

    @rule(target=bookings, hour=hours, who=people, service=services, hold=st.booleans())
    def take(self, hour: float, who: str, service: str, hold: bool) -> str:
        who = "ana" if service == "wedding" else who
        slot = self.world.slot(hour, day=DAY, service=service, who=who)
        after = 900 if service == "cut" else 0
        free = self.free(who, slot.start, slot.end + after)
        try:
            booking = self.world.book(hour, day=DAY, service=service, who=who, hold=hold)
        except Taken:
            assert not free
            return ""
        assert free
        self.note(booking.id, booking)
        return booking.id

    @rule(id_=bookings)
    def confirm(self, id_: str) -> None:
        if not id_:
            return
        state, who, start, end, _ = self.model[id_]
        fits = state is State.PENDING and (self.holding(id_) or self.free(who, start, end, id_))
        try:
            booking = self.world.desk.bookings.confirm(id_, "customer")
        except Conflict:
            assert not fits
            return
        assert fits
        self.note(id_, booking)

    @rule(id_=bookings)
    def approve(self, id_: str) -> None:
        if not id_:
            return
        state, who, start, end, _ = self.model[id_]
        fits = state is State.REQUESTED and (self.holding(id_) or self.free(who, start, end, id_))
        try:
            booking = self.world.desk.bookings.approve(id_, STAFF)
        except Conflict:
            assert not fits
            return
        assert fits
        self.note(id_, booking)

    @rule(id_=bookings, hour=hours)
    def move(self, id_: str, hour: float) -> None:
        if not id_:
            return
        state, who, _, _, _ = self.model[id_]
        old = self.world.desk.bookings.get(id_)
        slot = self.world.slot(hour, day=DAY, service=old.slot.service, who=who)
        extent = (slot.start, slot.end + old.extent[1] - old.slot.end)
        open_ = state in {State.PENDING, State.REQUESTED, State.CONFIRMED}
        same = slot == old.slot
        fits = open_ and (same or (self.holding(id_) and self.free(who, *extent, id_)))
        try:
            booking = self.world.desk.bookings.reschedule(id_, slot, STAFF)
        except Conflict:
            assert not fits
            return
        assert fits
        if booking != old:
            assert booking.revision == old.revision + 1
            self.note(id_, booking)

    @rule(id_=bookings)
    def cancel(self, id_: str) -> None:
        self.end(id_, {State.PENDING, State.REQUESTED, State.CONFIRMED}, self.world.desk.bookings.cancel)

    @rule(id_=bookings)
    def arrive(self, id_: str) -> None:
        if id_ and self.model[id_][0] is State.NO_SHOW:
            return  # whether they get the slot back is told in a history of its own
        self.end(id_, {State.CONFIRMED}, self.world.desk.bookings.arrive)

    @rule(id_=bookings)
    def undo_arrive(self, id_: str) -> None:
        self.end(id_, {State.ARRIVED}, self.world.desk.bookings.undo_arrive)

    @rule(id_=bookings)
    def no_show(self, id_: str) -> None:
        """Looked at from its start: before, nobody is late. A hold would run out by then, and not come back."""
        if not id_ or any(m[0] in {State.PENDING, State.REQUESTED} for m in self.model.values()):
            return
        now = self.world.clock.at
        self.world.clock.at = self.world.desk.bookings.get(id_).slot.start
        self.end(id_, {State.CONFIRMED}, self.world.desk.bookings.no_show)
        self.world.clock.at = now

    @rule(id_=bookings)
    def complete(self, id_: str) -> None:
        self.end(id_, {State.CONFIRMED, State.ARRIVED}, self.world.desk.bookings.complete)

    def end(self, id_: str, may: set[State], act) -> None:
        if not id_:
            return
        allowed = self.model[id_][0] in may
        try:
            booking = act(id_, STAFF)
        except Conflict:
            assert not allowed
            return
        assert allowed
        self.note(id_, booking)

    @rule(seconds=st.sampled_from([60, 299, 300, 6 * HOUR]))
    def wait(self, seconds: int) -> None:
        # The day itself never comes: what time does to a visit is told elsewhere.
        if self.world.clock.at + seconds < self.world.slot(9, day=DAY).start:
            self.world.clock.at += seconds

    @rule()
    def sweep(self) -> None:
        now = self.world.clock.at
        due = [
            i
            for i, m in self.model.items()
            if m[0] in {State.PENDING, State.REQUESTED} and (m[4] or 0) <= now
        ]
        assert self.world.desk.bookings.expire_due() == len(due)
        for id_ in due:
            booking = self.world.desk.bookings.get(id_)
            assert booking.state is State.EXPIRED
            self.note(id_, booking)

    # --- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def claims_are_exactly_the_extents_of_those_who_hold(self) -> None:
        for who in ("rui", "ana"):
            live = {c.id: (c.start, c.end) for c in self.world.claims(self.world.slot(12, day=DAY), who)}
            held = {i: m[2:4] for i, m in self.model.items() if m[1] == who and self.holding(i)}
            assert live == held

    @invariant()
    def claims_never_overlap(self) -> None:
        for who in ("rui", "ana"):
            spans = sorted((c.start, c.end) for c in self.world.claims(self.world.slot(12, day=DAY), who))
            assert all(a[1] <= b[0] for a, b in pairwise(spans))

    @invariant()
    def every_transition_has_its_audit_row(self) -> None:
        for id_, steps in self.steps.items():
            rows = self.world.desk.journal.thread(keys.booking(id_))
            assert len(rows) == steps
            for earlier, later in pairwise(rows):
                assert later.before["state"] == earlier.after["state"]
                assert later.who
                assert later.what


Diary.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDiary = Diary.TestCase
