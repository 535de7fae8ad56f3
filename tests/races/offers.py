"""What is raced over an offer of the waitlist: whoever answers, whatever ends it, and whoever arms the next.

A round has a day of its own, one opening on it, and two who wait for that day. Their messages are noted in the store, so
that every process's count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from threading import local
from typing import TYPE_CHECKING, Any

from handlers.adapters.ids import RandomIds
from handlers.adapters.signer import ItsdangerousSigner
from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import Desk, build_desk
from handlers.domain import keys
from handlers.domain.customer import Customer
from handlers.domain.errors import LinkSpent, StaleWrite, Taken, WrongState
from handlers.domain.items import from_item, to_item
from handlers.domain.links import Action, Link
from handlers.domain.slot import Extent, Slot
from handlers.domain.waitlist import Entry, EntryState, Offer, OfferState, Opening, OpeningState
from handlers.domain.zone import Zone
from handlers.ports import Absent, Mail, Operation, Put, Query, Store
from handlers.settings import Settings
from tests.fakes import FakeBus, FakeCalendar, FakeFiles, FakeTexter, FakeTimers

if TYPE_CHECKING:
    from tests.races.scenarios import Round

RULES = """
version: 1
business: {name: Race, timezone: Europe/Lisbon, currency: EUR, country: PT, inbox: race@example.com, desk: "#desk"}
mail: {requests: ask@example.com}
hours: {mon-sun: ["09:00-19:00"]}
resources: {rui: {name: Rui}}
services: {cut: {name: Haircut, minutes: 30, buffer_after: 15, resources: [rui]}}
"""
ZONE = Zone("Europe/Lisbon")
FIRST = date(2026, 2, 1)
NOW = ZONE.instant(date(2026, 1, 1), 12 * 60)
ENDS = NOW + 600
STAFF = "U0STAFF"
RUNNERS = 12
"""Of the 64, how many run for one offer in their different ways; each is a dozen reads and writes."""


class OwnClock:
    """What each racer's watch shows: they differ a little, as on several machines."""

    def __init__(self) -> None:
        self._own = local()

    def set(self, at: int) -> None:
        self._own.at = at

    def now(self) -> int:
        return getattr(self._own, "at", NOW)


@dataclass
class NotedMail:
    store: Store

    def send(self, mail: Mail) -> str:
        opening = mail.key.partition(".")[0]
        self.store.transact(
            [Put({"pk": f"MAILS#{opening}", "sk": RandomIds().new(), "key": mail.key}, Absent())]
        )
        return "sent"

    def forward(self, *_: Any, **__: Any) -> str:
        raise NotImplementedError


@cache
def desk(store: Store) -> tuple[Desk, OwnClock]:
    clock = OwnClock()
    made = build_desk(
        Settings(base_url="https://race.example"),
        store=store,
        clock=clock,
        ids=RandomIds(),
        calendar=FakeCalendar(),
        mailer=NotedMail(store),
        texter=FakeTexter(),
        files=FakeFiles(),
        bus=FakeBus(),
        timers=FakeTimers(),
        signer=ItsdangerousSigner(["a-key-for-races-only"]),
    )
    return made, clock


def warm(store: Store) -> None:
    """Imports and builds what threads would fall over each other for, by a round of its own."""
    from tests.races.scenarios import Round

    memory = SqliteStore(":memory:")
    for number in range(len(KINDS)):
        race = Round("warm", number, memory)
        waiting(race, live=True)
        answer(race, number)
        arm(race, 0)
    desk(store)


@dataclass(frozen=True)
class Scene:
    """One round, as it is named in the store."""

    race: Round

    @property
    def opening(self) -> str:
        return f"{self.race.scenario.replace(' ', '')}{self.race.number:05}"

    @property
    def ref(self) -> str:
        return f"{self.opening}.1"

    @property
    def day(self) -> date:
        return FIRST + timedelta(days=self.race.number)

    @property
    def slot(self) -> Slot:
        start = ZONE.instant(self.day, 14 * 60)
        return Slot(service="cut", resource="rui", start=start, end=start + 1800)

    @property
    def link(self) -> Link:
        return Link(Action.CLAIM, self.ref, f"n{self.opening}", self.slot.end)

    def entry(self, n: int, **more: Any) -> Entry:
        id_ = f"{self.opening}w{n}"
        return Entry(
            id=id_,
            service="cut",
            customer=f"c{id_}",
            name=f"W{n}",
            email=f"w{n}@{self.opening}.example".lower(),
            earliest=self.day,
            latest=self.day,
            joined=n,
            **more,
        )


def waiting(race: Round, *, live: bool) -> None:
    """Two wait; with `live`, the first of them holds an offer that ends at `ENDS`."""
    made, clock = desk(race.store)
    clock.set(NOW)
    if race.store.get(keys.RULES) is None:
        made.rules.update(RULES, "setup")
    scene, slot = Scene(race), Scene(race).slot
    extent = Extent("rui", slot.start, slot.end + 900)
    opening = Opening(
        id=scene.opening,
        resource="rui",
        start=slot.start,
        end=slot.end,
        extent=(extent.start, extent.end),
        why="cancelled",
        due=NOW,
    )
    offer = Offer(
        opening=scene.opening,
        seq=1,
        state=OfferState.LIVE,
        entry=scene.entry(1).id,
        customer=scene.entry(1).customer,
        name="W1",
        email=scene.entry(1).email,
        channel="email",
        slot=slot,
        extents=(extent,),
        handed=NOW,
        sent=NOW,
        ends=ENDS,
    )
    people = [scene.entry(1, offer=scene.ref if live else None), scene.entry(2)]
    operations: list[Operation] = [
        *(Put(to_item(e)) for e in people),
        *(Put({**keys.waiting(e.customer, e.service)._asdict(), "entry": e.id}) for e in people),
    ]
    if live:
        out = opening.model_copy(update={"live": 1, "seq": 1, "tried": 1, "due": ENDS})
        operations += [Put(to_item(out)), Put(to_item(offer))]
    else:
        operations.append(Put(to_item(opening)))
    hold = made.offer_steps.hold(offer, ENDS + 120) if live else ()
    made.ledger.commit(take=hold, operations=operations)


def outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except (WrongState, LinkSpent, Taken, StaleWrite) as lost:
        return type(lost).__name__
    return "won"


def answer(race: Round, racer: int) -> str:
    """By turns: claim, run out, decline, be filled by staff, be stopped, be passed on."""
    if racer >= RUNNERS:
        return "watched"
    made, clock = desk(race.store)
    scene, kind = Scene(race), KINDS[racer % len(KINDS)]
    clock.set(ENDS if kind == "run out" else ENDS - 1)
    acts: dict[str, Callable[[], Any]] = {
        "claim": lambda: made.offers.claim(scene.ref, spend=scene.link),
        "run out": lambda: made.offering.advance(scene.opening),
        "decline": lambda: made.offers.decline(scene.ref),
        "fill": lambda: made.offers.fill(
            scene.opening,
            STAFF,
            service="cut",
            customer=Customer(id=f"walk{racer}{scene.opening}", name="Walk In"),
        ),
        "stop": lambda: made.openings.stop(scene.opening, STAFF),
        "next": lambda: made.offers.roll_on(scene.opening, STAFF, 1),
    }
    return outcome(acts[kind])


KINDS = ("claim", "run out", "decline", "fill", "stop", "next")


def tap(race: Round, racer: int) -> str:
    """The same link, tapped again and again, and the same claim by other links."""
    made, clock = desk(race.store)
    clock.set(ENDS - 1)
    scene = Scene(race)
    link = (
        scene.link if racer % 2 else Link(Action.CLAIM, scene.ref, f"n{racer}{scene.opening}", scene.slot.end)
    )
    return outcome(lambda: made.offers.claim(scene.ref, spend=link))


def arm(race: Round, racer: int) -> str:
    """Timer, tick and events wake many workers at once."""
    if racer >= RUNNERS:
        return "watched"
    made, clock = desk(race.store)
    clock.set(NOW)
    return outcome(lambda: made.offering.advance(Scene(race).opening))


# --- what must be true afterwards --------------------------------------------------------------------------------


def one_answer(race: Round, outcomes: list[str]) -> bool:
    """Each kind of end is told as won at most once, as far as it ends this very offer."""
    won = Counter(KINDS[n % len(KINDS)] for n in range(RUNNERS) if outcomes[n] == "won")
    state = _offers(race)[0].state
    return (
        won["claim"] == (state is OfferState.CLAIMED)
        and won["decline"] == (state is OfferState.DECLINED)
        and won["next"] <= 1
        and won["claim"] + won["fill"] <= 1
        and not (won["claim"] and (won["next"] or won["stop"]))
    )


def one_tap(race: Round, outcomes: list[str]) -> bool:
    return outcomes.count("won") == 1 and _offers(race)[0].state is OfferState.CLAIMED


def all_looked(_race: Round, outcomes: list[str]) -> bool:
    return outcomes[:RUNNERS].count("won") == RUNNERS


def all_agree(race: Round) -> None:
    """Opening, offers, entries, page, bookings, audit and messages tell one story."""
    made, clock = desk(race.store)
    clock.set(ENDS - 1)
    scene, offers = Scene(race), _offers(race)
    opening = made.offer_steps.opening(scene.opening)
    out = [o for o in offers if o.state in {OfferState.SENDING, OfferState.LIVE}]
    assert [o.seq for o in out] == ([opening.live] if opening.live in {o.seq for o in out} else [])
    held = {c.id for c in made.ledger.diary("rui", *ZONE.day(scene.day), ENDS - 1)}
    bookings = _bookings(race.store, scene)
    assert len(held) <= 1
    assert len(bookings) <= 1
    if opening.state is OpeningState.FILLED:
        assert held == {opening.booking} == set(bookings)
        assert not out
    elif opening.state is OpeningState.HANDED_BACK:
        assert not held
        assert not out
    else:
        assert held == {offers[opening.live - 1].claim}
    for entry in (made.entries.get(scene.entry(n).id) for n in (1, 2)):
        assert entry.offer == next((o.ref for o in out if o.entry == entry.id), None)
        claimed = [o.booking for o in offers if o.entry == entry.id and o.state is OfferState.CLAIMED]
        assert (entry.state is EntryState.BOOKED) == bool(claimed)
        assert entry.booking == (claimed[0] if claimed else None)
    mails = Counter(str(i["key"]) for i in race.store.query(Query(f"MAILS#{scene.opening}")).items)
    assert max(mails.values(), default=0) <= 1
    assert {f"{o.ref}:offer" for o in offers if o.sent and o.created} <= set(mails)
    ends = [
        r.after["offer"]
        for r in made.journal.thread(keys.opening(scene.opening))
        if "offer" in (r.after or {})
    ]
    over = [
        o.state.value
        for o in offers
        if o.state not in {OfferState.SENDING, OfferState.LIVE, OfferState.CLAIMED}
    ]
    assert sorted(ends) == sorted(over)
    assert len(offers) <= 2


def _offers(race: Round) -> list[Offer]:
    pk = keys.opening(Scene(race).opening).pk
    return [from_item(i, Offer) for i in race.store.query(Query(pk, prefix=keys.OFFER)).items]


def _bookings(store: Store, scene: Scene) -> list[str]:
    """Of this day, by the index."""
    start, end = ZONE.day(scene.day)
    query = Query(keys.of_resource("rui"), index="gsi2", low=keys.at(start), high=keys.at(end))
    return [str(i["id"]) for i in store.query(query).items]
