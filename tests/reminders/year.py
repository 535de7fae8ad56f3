"""A clinic's year, lived through: people book, answer, move, cancel and come; the tick is late, double, or out for
hours; the provider refuses, is lost, or dies in the middle.

The clock jumps from one thing that happens to the next: a tick between them would find nothing due. Ticks stand on
the five-minute grid, plus however late they are.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import Conflict, DeliveryFailed
from handlers.domain.reminders import Chain
from handlers.domain.slot import Slot
from handlers.ports import Query
from tests.bookings.world import World
from tests.reminders.clinic import DAY, HOUR, MINUTE

GRID = 5 * MINUTE


class Crash(RuntimeError):
    """The process dies."""


@dataclass(frozen=True)
class Sent:
    """A reminder that left, or may have: `outcome` is "ok", "refused", "never", "lost" or "died"."""

    booking: str
    start: int
    before: int
    at: int
    outcome: str


@dataclass
class Stay:
    """One booking at one time: promised from `since`; `ends` is when it was answered, moved, cancelled, or begins."""

    booking: str
    start: int
    service: str
    wish: tuple[int, ...] | None
    since: int
    ends: int
    looks: list[int] = field(default_factory=list)
    """When its own timer fired."""


@dataclass
class Provider:
    """Stands in for the words of a booking: no mail is rendered, every reminder is noted."""

    random: Random
    now: Callable[[], int]
    trouble: float
    sent: list[Sent] = field(default_factory=list)

    def send(self, booking: Booking, key: str, *_: Any) -> str:
        return f"email:{key}"

    def again(self, booking: Booking) -> str:
        return ""

    def remind(self, booking: Booking, key: str) -> str:
        before = int(key.split(":")[2])
        kinds = ("refused", "never", "lost", "died")
        outcome = self.random.choice(kinds) if self.random.random() < self.trouble else "ok"
        self.sent.append(Sent(booking.id, booking.slot.start, before, self.now(), outcome))
        match outcome:
            case "refused":
                raise DeliveryFailed("text", "busy")
            case "never":
                raise DeliveryFailed("text", "no such number", permanent=True)
            case "lost":
                raise DeliveryFailed("text", "no answer", unsure=True)
            case "died":
                raise Crash
        return f"text:{key}"


class Year:
    def __init__(
        self,
        rules: str,
        first: date,
        days: int,
        *,
        seed: int,
        a_day: int,
        trouble: float,
        outages: int,
        timers: bool,
    ) -> None:
        self.random = Random(seed)
        self.world = World(rules=rules)
        self.zone = self.world.desk.rules.current().zone
        self.begin, self.end = self.zone.day(first)[0], self.zone.day(first + timedelta(days=days))[0]
        self.world.clock.at = self.begin - 30 * DAY
        self.provider = Provider(self.random, self.world.clock.now, trouble)
        vars(self.world.desk)["booking_messages"] = self.provider
        self.ticks: list[int] = []
        self.stays: list[Stay] = []
        self.alerts: list[tuple[int, str, int]] = []
        self.cards: Counter[str] = Counter()
        self.outages = self._outages(outages)
        self._fire_timers = timers
        self._order = count()
        self._todo: list[tuple[int, int, Callable[[], None]]] = []
        for n in range(days):
            for _ in range(self.random.randint(0, 2 * a_day)):
                self._plan_visit(first + timedelta(days=n))

    # --- what happens ------------------------------------------------------------------------------------------

    def live(self) -> None:
        """From the first booking to the last visit."""
        clock = self.world.clock
        while True:
            todo = self._todo[0][0] if self._todo else self.end + DAY
            due = self._due()
            tick = self._next_tick(due)
            now = min(todo, tick)
            if now > self.end:
                return
            self._idle(min(now, self.end if due is None else due))
            clock.at = max(clock.at, now)
            if todo <= tick:
                heapq.heappop(self._todo)[2]()
                self._settle()
            else:
                self._tick()

    def _idle(self, until: int) -> None:
        """A tick in between, now and then: that is what makes jumping from one thing to the next right."""
        tick = self.world.clock.at // GRID * GRID + GRID
        if tick < until and self.random.random() < 0.05:
            self.world.clock.at = tick
            assert self.world.desk.effects.remind_due() == 0

    def _plan_visit(self, day: date) -> None:
        """Mostly in opening hours, some at dawn; on any day: staff make exceptions."""
        r, rules = self.random, self.world.desk.rules.current()
        if day.weekday() >= 5 and r.random() < 0.7:
            return
        hour = r.choice([6.5, 7, 7.25, 7.5, 8, 8.25, 8.5, 9]) if r.random() < 0.3 else 9 + r.randrange(36) / 4
        start = self.zone.instant(day, int(hour * 60))
        ahead = r.choice([r.randint(0, 6 * HOUR), r.randint(6 * HOUR, 3 * DAY), r.randint(3 * DAY, 29 * DAY)])
        service = r.choice(list(rules.services))
        self._at(start - ahead, lambda: self._book(service, start))

    def _book(self, service: str, start: int) -> None:
        r, desk, now = self.random, self.world.desk, self.world.clock.at
        slot = self._slot(service, start)
        number = next(self._order)
        guest = Customer(id="", name=f"Guest {number}", phone=f"+1202555{number % 10_000:04d}")
        wish = r.choice(["48h, 2h", "7d, 24h, 3h", "90m", "12h, 1h", "none"]) if r.random() < 0.25 else ""
        try:
            made = desk.bookings.take(slot=slot, customer=guest, source="staff", by="U0DESK", approved=True)
        except Conflict:
            return  # the room is taken at that time
        if wish:
            made = desk.bookings.remind(made.id, "U0DESK", wish)
        self._stay(made, now)
        self._settle()
        turn = r.random()
        left = start - now
        if turn < 0.25:
            self._at(now + r.randint(0, left), lambda: self._answer(made.id))
        elif turn < 0.35:
            self._at(now + r.randint(0, left), lambda: self._cancel(made.id))
        elif turn < 0.5:
            self._at(now + r.randint(0, left), lambda: self._move(made.id, service))
        elif turn < 0.6:
            self._at(start - r.randint(0, min(left, HOUR)), lambda: self._arrive(made.id))

    def _slot(self, service: str, start: int) -> Slot:
        kept = self.world.desk.rules.current().services[service]
        needs = tuple(self.random.choice(one) for one in kept.needs)
        return Slot(
            service=service,
            resource=self.random.choice(kept.resources),
            start=start,
            end=start + kept.minutes * 60,
            needs=needs,
        )

    def _answer(self, id_: str) -> None:
        self._ended(self.world.desk.bookings.answer(id_, "customer"))

    def _cancel(self, id_: str) -> None:
        self._ended(self.world.desk.bookings.cancel(id_, "U0DESK"))

    def _arrive(self, id_: str) -> None:
        self._ended(self.world.desk.bookings.arrive(id_, "U0DESK"))

    def _move(self, id_: str, service: str) -> None:
        old = self.world.desk.bookings.get(id_)
        start = old.slot.start + self.random.randint(-2, 9) * DAY + self.random.randint(-8, 8) * HOUR // 2
        if start <= self.world.clock.at:
            return
        try:
            moved = self.world.desk.bookings.reschedule(id_, self._slot(service, start), "U0DESK")
        except Conflict:
            return
        if moved.slot.start != old.slot.start:
            self._ended(old)
            self._stay(moved, self.world.clock.at)

    def _stay(self, booking: Booking, since: int) -> None:
        wish = booking.reminders.windows if booking.reminders else None
        slot = booking.slot
        self.stays.append(Stay(booking.id, slot.start, slot.service, wish, since, slot.start))

    def _ended(self, booking: Booking) -> None:
        for stay in self.stays:
            if stay.booking == booking.id:
                stay.ends = min(stay.ends, self.world.clock.at)

    def _at(self, instant: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._todo, (instant, next(self._order), act))

    # --- the machinery -----------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Events of bookings are delivered; the others are counted."""
        while events := self.world.events():
            for event in events:
                if event.kind.value.startswith("booking."):
                    self.world.desk.effects.perform(event)
                elif event.kind == "gap.alert":
                    self.alerts.append((event.at, event.subject, event.data["start"]))
                elif event.kind == "delivery.failed":
                    self.cards[event.subject] += 1

    def _due(self) -> int | None:
        found = self.world.store.query(Query(keys.REMINDER, index="gsi3", limit=1)).items
        return int(found[0]["due"]) if found else None

    def _next_tick(self, due: int | None) -> int:
        """The first on the grid that finds what is due: some are late, and none comes in an outage."""
        now = self.world.clock.at
        if due is None:
            return self.end + DAY
        tick = -(-max(due, now + 1) // GRID) * GRID
        for begins, ends in self.outages:
            if begins <= tick < ends:
                tick = -(-ends // GRID) * GRID
        late = self.random.random()
        if late < 0.05:
            return tick + self.random.randint(60, 20 * 60)
        return tick + (self.random.randint(1, 59) if late < 0.5 else 0)

    def _tick(self) -> None:
        """Sometimes twice, and sometimes a timer was there before it."""
        r, reminders = self.random, self.world.desk.reminders
        if self._fire_timers:
            for chain in self._chains_due():
                if r.random() < 0.5:
                    self._look(chain)
                    self._guarded(lambda chain=chain: reminders.send(chain.booking, chain.start))
        self.ticks.append(self.world.clock.at)
        self._guarded(self.world.desk.effects.remind_due)
        if r.random() < 0.1:
            self._guarded(self.world.desk.effects.remind_due)
        self._settle()

    def _look(self, chain: Chain) -> None:
        for stay in self.stays:
            if (stay.booking, stay.start) == (chain.booking, chain.start):
                stay.looks.append(self.world.clock.at)

    def _chains_due(self) -> tuple[Chain, ...]:
        return tuple(self.world.desk.reminders._due())

    def _guarded(self, act: Callable[[], object]) -> None:
        """The process starts again after a crash; the next tick goes on."""
        try:
            act()
        except Crash:
            return

    def _outages(self, count_: int) -> list[tuple[int, int]]:
        """Hours, a night, or days in which no tick runs."""
        found = []
        for _ in range(count_):
            begins = self.random.randint(self.begin, self.end)
            found.append((begins, begins + self.random.choice([HOUR, 5 * HOUR, 14 * HOUR, 2 * DAY])))
        return sorted(found)
