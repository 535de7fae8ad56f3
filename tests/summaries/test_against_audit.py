"""Whatever happens, in whatever order: the numbers are those of a plain count over everything there is."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from random import Random
from statistics import median

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import State
from handlers.domain.errors import FrontdeskError
from handlers.domain.items import from_item
from handlers.domain.summaries import Kind
from handlers.domain.summaries.periods import moments, past
from handlers.services.summary_facts import SummaryFacts
from tests.bookings.world import HOUR, RULES, STAFF, ZONE
from tests.waitlist.waiting import Waiting, join

PRICED = RULES.replace("name: Haircut,", "name: Haircut, price: 22,").replace(
    'quiet_hours: "21:00-08:00"', ""
)
START = ZONE.parse("2026-10-05T09:00")
"""Three weeks before the clocks change."""
STEPS = (
    "book", "hold", "ask", "confirm", "approve", "cancel", "cancelled by them", "move", "moved by them", "no-show",
    "arrive", "answer", "join", "claim", "decline", "fill", "passed on", "let go",
)  # fmt: skip
PAUSES = (60, 60, 700, 5 * HOUR, 26 * HOUR)
OFTEN = {
    "book": 6,
    "join": 4,
    "claim": 4,
    "arrive": 2,
    "no-show": 3,
    "cancel": 3,
    "answer": 2,
    "passed on": 3,
}


class History(Waiting):
    """Does one step after another; what is refused did not happen."""

    def do(self, step: str, number: int, seconds: int) -> None:
        with suppress(FrontdeskError):
            self._do(step, number)
        self.settle()
        self.pass_time(seconds)
        self.desk.housekeeping.tick()
        self.settle()

    def _do(self, step: str, number: int) -> None:
        desk, hour, day = self.desk, 9 + number % 9, 1 + number % 5
        day += (self.clock.at - ZONE.parse("2026-05-04T09:00")) // 86_400
        who = self.customer(f"P{number}", email=f"p{number}@mail.example")
        match step:
            case "book" | "hold":
                person = "rui" if number % 2 else "ana"
                self.book(hour, hold=step == "hold", who=person, day=day, customer=who)
            case "ask":
                self.book(hour, service="wedding", who="ana", day=day, customer=who)
            case "confirm":
                desk.bookings.confirm(self.one(number, State.PENDING), "customer")
            case "approve":
                desk.bookings.approve(self.one(number, State.REQUESTED), STAFF)
            case "cancel":
                desk.bookings.cancel(self.one(number, State.CONFIRMED, State.REQUESTED), STAFF)
            case "cancelled by them":
                desk.bookings.cancel(self.one(number, State.CONFIRMED, State.PENDING), "customer", force=True)
            case "move":
                desk.bookings.reschedule(self.one(number, State.CONFIRMED), self.slot(hour, day=day), STAFF)
            case "moved by them":
                desk.bookings.reschedule(
                    self.one(number, State.CONFIRMED), self.slot(hour, day=day), "customer"
                )
            case "no-show":
                desk.bookings.no_show(self.one(0, State.CONFIRMED), STAFF)
            case "arrive":
                desk.bookings.arrive(self.one(0, State.NO_SHOW, State.CONFIRMED), STAFF)
            case "answer":
                desk.bookings.answer(self.one(-1, State.CONFIRMED), "customer")
            case "join":
                join(self, f"W{number}")
            case "claim" | "decline":
                seen = [desk.openings.get(o.id) for o in self.openings()]
                for live in [s.live for s in seen if s.live][:1]:
                    (desk.offers.claim if step == "claim" else desk.offers.decline)(live.ref)
            case "passed on" | "let go":
                join(self, f"V{number}")
                desk.bookings.cancel(self.one(-1, State.CONFIRMED), STAFF)
                self.settle()
                self.pass_time(60 * (number % 9))
                self._do("claim" if step == "passed on" else "decline", number)
            case "fill":
                for opening in [o for o in self.openings() if o.state in {"OPEN", "HANDED_BACK"}][:1]:
                    desk.offers.fill(opening.id, STAFF, service="cut", customer=who)

    def one(self, number: int, *states: State) -> str:
        """A booking in one of these states, "" when there is none; 0 is the earliest, -1 the latest."""
        found = [b for b in map(self.desk.bookings.get, self.made()) if b.state in states]
        found.sort(key=lambda b: (b.slot.start, b.id))
        return found[number % len(found)].id if found else ""

    def made(self) -> set[str]:
        return {row["id"] for row in self.all("booking")}

    def all(self, entity: str) -> list[dict]:
        """Every item of a kind there is, whatever index it stands in."""
        there = (self.store.get(key) for key in self.store.written)
        return [item for item in there if item and item.get("entity") == entity]


class Remembering(SqliteStore):
    """Knows every key that was ever written."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.written: dict[keys.Key, None] = {}

    def transact(self, operations, token="") -> None:
        super().transact(operations, token)
        self.written |= dict.fromkeys(o.key for o in operations)


def opened() -> History:
    world = History(store=Remembering())
    world.desk.rules.update(PRICED, "setup")
    world.clock.at = START
    return world


def state(told: object) -> str | None:
    return told.get("state") if isinstance(told, dict) else None


def weekly_by_hand(world: History, start: int, end: int) -> dict[str, int]:
    threads = {id_: world.desk.journal.thread(keys.booking(id_)) for id_ in world.made()}
    rows = [(r, state(r.before), state(r.after)) for thread in threads.values() for r in thread]
    now = [(r, was, is_) for r, was, is_ in rows if start <= r.at < end]
    moves = [r for r, was, _ in now if r.what == "rescheduled" and was == "CONFIRMED"]
    gone = [r for r, was, is_ in now if (was, is_) == ("CONFIRMED", "CANCELLED")]
    missed = Counter(r.subject for r, was, is_ in now if was != "NO_SHOW" and is_ == "NO_SHOW")
    missed.subtract(r.subject for r, was, is_ in now if was == "NO_SHOW" and is_ != "NO_SHOW")
    slots = [o for o in world.openings() if o.why != "rest"]
    filled = [o for o in slots if o.state == "FILLED" and start <= o.changed < end]
    claims = {o.id for o in filled if "CLAIMED" in [x.state for x in world.desk.openings.get(o.id).offers]}
    bookings = [world.desk.bookings.get(id_) for id_ in world.made()]
    lost = {State.CANCELLED, State.EXPIRED, State.PENDING, State.REQUESTED}
    return {
        "visits": sum(start <= b.slot.start < end and b.state not in lost for b in bookings),
        "confirmed": sum(is_ == "CONFIRMED" and was not in {"CONFIRMED", "ARRIVED"} for _, was, is_ in now),
        "answered": sum(r.what == "confirmed coming" for r, _, _ in now),
        "rescheduled": len(moves),
        "rescheduled_by_customers": sum(r.who == "customer" for r in moves),
        "cancelled": len(gone),
        "cancelled_by_customers": sum(r.who == "customer" for r in gone),
        "no_shows": sum(n > 0 for n in missed.values()),
        "freed": sum(start <= o.created < end for o in slots),
        "filled": len(filled),
        "filled_from_waitlist": len(claims),
    }


def monthly_by_hand(world: History, start: int, end: int) -> dict[str, int | None]:
    freed = [o for o in world.openings() if start <= o.created < end]
    offers = {o.id: [x for x in world.desk.openings.get(o.id).offers if x.handed] for o in freed}
    states = Counter(x.state for found in offers.values() for x in found)
    slots = [o for o in freed if o.why != "rest"]
    filled = [o for o in slots if o.state == "FILLED"]
    won = {o.id for o in freed if any(x.state == "CLAIMED" for x in offers[o.id])}
    took = [o.changed - o.created for o in filled if o.id in won]
    paid = [
        world.desk.bookings.get(x.booking) for found in offers.values() for x in found if x.state == "CLAIMED"
    ]
    stands = [b for b in paid if b.state not in {"CANCELLED", "NO_SHOW"} and b.slot.service == "cut"]
    return {
        "freed": len(slots),
        "filled": len(filled),
        "by_waitlist": sum(o.id in won for o in filled),
        "minutes": int(median(took) + 30) // 60 if took else None,
        "recovered": 2200 * len(stands),
        "offers": sum(n for state, n in states.items() if state != "FAILED"),
        "claimed": states["CLAIMED"],
        "declined": states["DECLINED"],
        "timed_out": states["TIMED_OUT"],
    }


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_numbers_are_a_plain_count_over_everything(seed):
    chance, world = Random(seed), opened()
    for step in chance.choices(STEPS, [OFTEN.get(s, 1) for s in STEPS], k=100):
        world.do(step, chance.randrange(40), chance.choice(PAUSES))
    seen: Counter[str] = Counter()
    for at in moments(Kind.WEEKLY, ZONE, START, world.clock.at + 7 * 86_400):
        period, summary = past(Kind.WEEKLY, ZONE, at), world.desk.summaries.send(Kind.WEEKLY, at)
        by_hand = weekly_by_hand(world, period.start, period.end)
        counted = summary.weekly.model_dump(include=set(by_hand)) if summary else dict.fromkeys(by_hand, 0)
        assert counted == by_hand
        seen.update(by_hand)
    for at in moments(Kind.MONTHLY, ZONE, START, world.clock.at + 40 * 86_400):
        period, summary = past(Kind.MONTHLY, ZONE, at), world.desk.summaries.send(Kind.MONTHLY, at)
        by_hand = monthly_by_hand(world, period.start, period.end)
        empty = {**dict.fromkeys(by_hand, 0), "minutes": None}
        assert (summary.monthly.model_dump(include=set(by_hand)) if summary else empty) == by_hand
        seen.update({f"month's {name}": number or 0 for name, number in by_hand.items()})
    never = [name for name, number in seen.items() if not number]
    assert len(never) <= 3, f"a history that shows too little: {never}"


def test_every_audit_row_is_found_by_its_day():
    world = opened()
    for number, step in enumerate(STEPS * 2):
        world.do(step, number, 3 * HOUR)
    rows = [from_item(i, AuditRow) for i in world.all("audit")]
    facts = SummaryFacts(world.store)
    found = [r for kind in ("BOOKING", "OPENING") for r in facts.done(kind, START, world.clock.at + 1)]
    there = [r for r in rows if r.subject.startswith(("BOOKING#", "OPENING#"))]
    assert len(there) > 20
    assert sorted(found, key=lambda r: r.id) == sorted(there, key=lambda r: r.id)
