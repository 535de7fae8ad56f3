"""What 64 racers fight over, and what must be true when they are done.

A booking is kept as small as can be: an item with its state, its extent and a `rev`, all of a round in one partition.
A round has days of its own, so rounds don't meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from handlers.domain.errors import StaleWrite, Taken
from handlers.domain.keys import Key
from handlers.domain.pages import Claim
from handlers.domain.rules.model import Business, Mail, Resource, Rules
from handlers.domain.slot import Extent
from handlers.ports import Absent, Equals, Item, Put, Query, Store, Update
from handlers.services.ledger import Ledger
from tests.fakes import FakeClock
from tests.races import offers

RACERS = 64
HOUR = 3600
RULES = Rules(
    business=Business(name="Race", timezone="Asia/Singapore", inbox="race@example.com", desk="#desk"),
    mail=Mail(requests="ask@example.com"),
    hours={},
    resources={
        "jess": Resource(name="Jess"),
        "counter": Resource(name="Counter", kind="seats", capacity=8),
        "capped": Resource(name="Capped", daily_cap=5),
    },
    services={},
)
NOW = RULES.zone.instant(date(2026, 1, 1), 0)
HELD_UNTIL = NOW + 300


class Live:
    def current(self) -> Rules:
        return RULES


@dataclass(frozen=True)
class Round:
    scenario: str
    number: int
    store: Store

    def ledger(self, now: int = NOW) -> Ledger:
        return Ledger(self.store, Live(), FakeClock(now))

    def at(self, minutes: int = 600, day: int = 0) -> int:
        return RULES.zone.instant(date(2026, 2, 1) + timedelta(days=3 * self.number + day), minutes)

    def booking(self, name: str) -> Key:
        return Key(f"RACE#{self.scenario}#{self.number}", name)

    def bookings(self) -> dict[str, Item]:
        found = self.store.query(Query(self.booking("").pk, limit=200))
        return {item["sk"]: item for item in found.items}

    def take(
        self, name: str, extent: Extent, *, party: int = 1, until: int | None = None, now: int = NOW
    ) -> str:
        """Makes a booking that was not there before."""
        key = self.booking(name)
        item = {
            "pk": key.pk,
            "sk": key.sk,
            "state": "PENDING" if until else "CONFIRMED",
            "extent": list(extent),
            "rev": 0,
        }
        claim = Claim(id=name, start=extent.start, end=extent.end, party=party, until=until)
        return outcome(
            lambda: self.ledger(now).commit(take=[(extent, claim)], operations=[Put(item, Absent())])
        )

    def move(self, name: str, old: Extent, new: Extent) -> str:
        """Reschedules the booking from where it was at the start of the round."""
        claim = Claim(id=name, start=new.start, end=new.end)
        change = Update(self.booking(name), {"extent": list(new), "rev": 1}, when=Equals("rev", 0))
        return outcome(
            lambda: self.ledger().commit(release=[(old, name)], take=[(new, claim)], operations=[change])
        )

    def settle(self, name: str, extent: Extent, state: str, now: int) -> str:
        """Confirms a held booking, or expires it."""
        claim = Claim(id=name, start=extent.start, end=extent.end)
        change = Update(self.booking(name), {"state": state}, when=Equals("state", "PENDING"))
        take = [(extent, claim)] if state == "CONFIRMED" else []
        return outcome(
            lambda: self.ledger(now).commit(release=[(extent, name)], take=take, operations=[change])
        )


def outcome(act: Callable[[], None]) -> str:
    try:
        act()
    except Taken as taken:
        return taken.reason
    except StaleWrite as stale:
        return f"stale {stale.failed}"
    return "won"


def jess(start: int) -> Extent:
    return Extent("jess", start, start + HOUR)


@dataclass(frozen=True)
class Scenario:
    """`race` is one racer's attempt; `winners` says who may have won. Both count racers from 0. `agree` looks at what is
    left, where that is more than pages and bookings; `share` of the usual rounds fit into a test run."""

    race: Callable[[Round, int], str]
    winners: Callable[[Round, list[str]], bool]
    prepare: Callable[[Round], None] = field(default=lambda _: None)
    resource: str = "jess"
    agree: Callable[[Round], None] | None = None
    share: float = 1


def exactly(count: int) -> Callable[[Round, list[str]], bool]:
    return lambda _, results: results.count("won") == count


def five_seated(race: Round) -> None:
    assert race.take("early", Extent("counter", race.at(), race.at(660)), party=5) == "won"


def held(race: Round) -> None:
    assert race.take("held", jess(race.at()), until=HELD_UNTIL) == "won"


def hold_confirm_expire(race: Round, racer: int) -> str:
    """Clocks differ a little, as on several machines: some see the hold live, some see it run out."""
    slot, now = jess(race.at()), HELD_UNTIL + (racer // 3 % 2) * 2 - 1
    if racer % 3 == 0:
        return race.settle("held", slot, "CONFIRMED", HELD_UNTIL - 1)
    if racer % 3 == 1:
        return race.settle("held", slot, "EXPIRED", HELD_UNTIL + 1)
    return race.take(f"{racer:02}", slot, now=now)


def one_holder(race: Round, results: list[str]) -> bool:
    """The slot is confirmed to who held it, or someone else's, never both; the hold ended in one way at most."""
    confirmed, expired = (results[n::3].count("won") for n in (0, 1))
    taken = results[2::3].count("won")
    return confirmed + taken == 1 and confirmed + expired <= 1


def two_booked(race: Round, day: int) -> None:
    """P is at A, Q at B; C is free. With `day`, each on a day of its own."""
    for name, place in (("P", 0), ("Q", 1)):
        assert race.take(name, swap_slot(race, place, day)) == "won"


def swap_slot(race: Round, place: int, day: int) -> Extent:
    return jess(race.at(600 + 60 * place, day * place))


def swap(race: Round, racer: int, day: int) -> str:
    """A -> B and B -> A, and both -> C."""
    a, b, c = (swap_slot(race, place, day) for place in range(3))
    name, old, new = [("P", a, b), ("Q", b, a), ("P", a, c), ("Q", b, c)][racer % 4]
    return race.move(name, old, new)


def moved_once(race: Round, results: list[str]) -> bool:
    """C went to exactly one; each moved once at most."""
    p, q = (results[n::4].count("won") + results[n + 2 :: 4].count("won") for n in (0, 1))
    return p <= 1 and q <= 1 and results[2::4].count("won") + results[3::4].count("won") == 1


SCENARIOS: dict[str, Scenario] = {
    "one slot": Scenario(lambda r, n: r.take(f"{n:02}", jess(r.at())), exactly(1)),
    "overlapping slots": Scenario(lambda r, n: r.take(f"{n:02}", jess(r.at(600 + n % 12 * 5))), exactly(1)),
    "last seats": Scenario(
        lambda r, n: r.take(f"{n:02}", Extent("counter", r.at(), r.at(660))),
        exactly(3),
        five_seated,
        resource="counter",
    ),
    "daily cap": Scenario(
        lambda r, n: r.take(f"{n:02}", Extent("capped", r.at(n * 15), r.at(n * 15 + 15))),
        exactly(5),
        resource="capped",
    ),
    "hold, confirm, expiry": Scenario(hold_confirm_expire, one_holder, held),
    "swaps on one day": Scenario(lambda r, n: swap(r, n, 0), moved_once, lambda r: two_booked(r, 0)),
    "swaps across days": Scenario(lambda r, n: swap(r, n, 1), moved_once, lambda r: two_booked(r, 1)),
    "free slots": Scenario(
        lambda r, n: r.take(f"{n:02}", Extent("jess", r.at(n * 15), r.at(n * 15 + 15))), exactly(RACERS)
    ),
    "one offer, every end": Scenario(
        offers.answer,
        offers.one_answer,
        lambda r: offers.waiting(r, live=True),
        agree=offers.all_agree,
        share=0.3,
    ),
    "one offer, many taps": Scenario(
        offers.tap,
        offers.one_tap,
        lambda r: offers.waiting(r, live=True),
        agree=offers.all_agree,
        share=0.1,
    ),
    "one opening, many workers": Scenario(
        offers.arm,
        offers.all_looked,
        lambda r: offers.waiting(r, live=False),
        agree=offers.all_agree,
        share=0.1,
    ),
}


def agree(race: Round, scenario: Scenario) -> None:
    """Pages and bookings tell the same story, and nobody stands in anybody's way."""
    if scenario.agree is not None:
        scenario.agree(race)
        return
    resource = RULES.resources[scenario.resource]
    claims = race.ledger().diary(scenario.resource, race.at(0), race.at(0, day=3), HELD_UNTIL + 1)
    holding = {n: b for n, b in race.bookings().items() if b["state"] == "CONFIRMED"}
    on_pages = {c.id: [scenario.resource, c.start, c.end] for c in claims}
    assert on_pages == {n: b["extent"] for n, b in holding.items()}
    instants = sorted({c.start for c in claims} | {c.end for c in claims})
    assert all(load(claims, a) <= resource.capacity for a, _ in pairwise(instants))


def load(claims: Iterable[Claim], instant: int) -> int:
    return sum(c.party for c in claims if c.start <= instant < c.end)
