"""A business whose events come late, twice and in any order, and what must hold in it whatever happens.

The checks read the store as it is and trust nothing the engine says about itself: who should have been offered a time is
filtered and sorted here once more, in plain Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.errors import FrontdeskError
from handlers.domain.events import Event
from handlers.domain.items import from_item
from handlers.domain.pages import Claim, Page, peak
from handlers.domain.waitlist import Entry, EntryState, Offer, OfferState, Opening, OpeningState
from handlers.domain.waitlist.opening import ACTIVE, CLAIM, OUT
from handlers.domain.zone import Zone
from handlers.ports import Mail, Operation, Put
from handlers.services.bookings import WAITING
from tests.bookings.world import RULES
from tests.fakes import FakeMailer
from tests.waitlist.storm import Died, Phones, Storm
from tests.waitlist.waiting import WINDOW, Waiting

ZONE = Zone("Europe/Lisbon")
NIGHT = (21 * 60, 8 * 60)
"""Quiet hours of the rules, in minutes."""
TOWN = f"{RULES}waitlist: {{tries: 3}}\n"
ONE_AT_A_TIME = ("rui", "ana", "basin")


@dataclass
class Letters(FakeMailer):
    """As `Phones`, for mail."""

    gone: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    phones: Phones = field(default_factory=Phones)

    def send(self, mail: Mail) -> str:
        to = mail.to.rpartition("<")[2].strip(">")
        self.phones.gone, self.phones.busy = self.gone, self.busy
        self.phones.send(to, mail.text, mail.key)
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"


@dataclass
class Left:
    """A message as it left."""

    at: int
    to: str
    key: str
    silent: bool
    """Whether its receiver had opted out by then."""


@dataclass
class Town(Waiting):
    store: Any = field(default_factory=Storm)
    texts: Any = field(default_factory=Phones)
    mail: Any = field(default_factory=Letters)
    pending: list[tuple[str, Event]] = field(default_factory=list)
    """What each consumer has yet to hear."""
    told: list[Left] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What was seen to go wrong between two steps."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk.rules.update(TOWN, "owner")
        self.events()
        for phones in (self.texts, self.mail.phones):
            phones.left = self._left
        self.store.seen = self._armed

    # --- what goes out -----------------------------------------------------------------------------------------

    def _left(self, to: str, key: str) -> None:
        known = self.desk.customers.known(email=to, phone=to)
        silent = known is not None and ("email" if "@" in to else "text") in known.opted_out
        self.told.append(Left(self.clock.at, to, key, silent))

    def offers_told(self) -> list[Left]:
        return [t for t in self.told if t.key.endswith(":offer")]

    # --- what comes in -----------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What it came to: a value, or the error or end it met. What it set off is on its way then."""
        try:
            return act()
        except (FrontdeskError, Died) as end:
            return end
        finally:
            self.store.calm()
            self.texts.dies = self.mail.phones.dies = ""
            self.hear()

    def hear(self) -> None:
        for event in self.events():
            if event.kind.value.startswith("booking."):
                self.pending.append(("effects", event))
            if not event.kind.value.startswith("reminder."):
                self.pending.append(("waitlist", event))

    def deliver(self, which: int, *, again: bool = False) -> None:
        """One event to one consumer; it stays on its way when that fails, or when it comes twice."""
        if not self.pending:
            return
        consumer, event = self.pending[which % len(self.pending)]
        service = self.desk.effects if consumer == "effects" else self.desk.waitlist
        ended = self.attempt(lambda: service.perform(event))
        if not again and not isinstance(ended, (FrontdeskError, Died)):
            self.pending.remove((consumer, event))

    def fire(self) -> None:
        """Every timer that is due."""
        for name, (at, event) in list(self.timers.waiting.items()):
            if at <= self.clock.at:
                del self.timers.waiting[name]
                self.pending.append(("waitlist", event))

    def tick(self) -> None:
        self.attempt(self.desk.housekeeping.tick)

    # --- reading -----------------------------------------------------------------------------------------------

    def all(self, prefix: str, sk: str) -> list[dict[str, Any]]:
        import json

        with self.store.inner._connection() as db:
            rows = db.execute(
                "SELECT body FROM items WHERE pk >= ? AND pk < ? AND sk >= ? AND sk < ?",
                (prefix, prefix[:-1] + "$", sk, sk + "\x7f"),
            ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def every_opening(self) -> list[Opening]:
        return [from_item(i, Opening) for i in self.all("OPENING#", "OPENING")]

    def every_offer(self) -> list[Offer]:
        return [from_item(i, Offer) for i in self.all("OPENING#", "OFFER#")]

    def every_entry(self) -> list[Entry]:
        return [from_item(i, Entry) for i in self.all("ENTRY#", "ENTRY")]

    def every_booking(self) -> list[Booking]:
        return [from_item(i, Booking) for i in self.all("BOOKING#", "BOOKING")]

    def every_page(self) -> list[Page]:
        return [from_item(i, Page) for i in self.all("RESOURCE#", "PAGE#")]

    def night(self, at: int) -> bool:
        minutes = ZONE.minutes(at)
        return minutes >= NIGHT[0] or minutes < NIGHT[1]

    # --- what is judged at the moment it happens -----------------------------------------------------------------

    def _armed(self, operations: Sequence[Operation]) -> None:
        """An offer was made: was it that person's turn?"""
        for item in [o.item for o in operations if isinstance(o, Put)]:
            if item.get("entity") == "offer" and item["rev"] == 0 and item["state"] == "SENDING":
                offer = from_item(item, Offer)
                first = self._first(offer)
                if first != offer.entry:
                    self.wrong.append(f"{offer.ref} went to {offer.entry}, not to {first}")

    def _first(self, offer: Offer) -> str | None:
        """Whose turn it was, as things stood before."""
        opening = self.desk.openings.get(offer.opening).opening
        found = self.desk.slots.fitting(opening.resource, opening.start, opening.end, exclude=offer.claim)
        tried = {o.entry for o in self.every_offer() if o.opening == opening.id and o.seq != offer.seq}
        turn = []
        for entry in self.every_entry():
            slot = found.slots.get(entry.service)
            fits = (
                slot is not None
                and entry.state is EntryState.WAITING
                and entry.earliest <= ZONE.date(slot.start) <= entry.latest
                and entry.resource in (None, slot.resource)
                and (entry.before is None or slot.start < entry.before)
                and entry.customer != opening.freed_by
                and entry.id not in tried
                and entry.offer in (None, offer.ref)
                and (opening.resource != "yoga" or entry.party <= opening.seats)
                and self.clock.at + 1800 <= slot.start
                and self._reachable(entry)
            )
            if fits:
                turn.append((-entry.priority, entry.joined, entry.id))
        return min(turn)[2] if turn else None

    def _reachable(self, entry: Entry) -> bool:
        """Every number here is a mobile one."""
        ways = []
        for contact, channel in ((entry.phone, "text"), (entry.email, "email")):
            if contact:
                owners = {
                    entry.customer,
                    getattr(self.desk.customers.known(email=contact, phone=contact), "id", ""),
                }
                silent = {c for o in owners - {""} for c in self.desk.customers.get(o).opted_out}
                ways.append(channel not in silent)
        return any(ways)

    # --- what always holds -------------------------------------------------------------------------------------

    def check(self) -> None:
        assert not self.wrong, self.wrong
        openings = {o.id: o for o in self.every_opening()}
        offers, entries = self.every_offer(), self.every_entry()
        self._one_offer_at_a_time(openings, offers)
        self._entries_know_their_offer(offers, entries)
        self._pages_are_right(openings, offers)
        self._messages_are_right(offers)

    def _one_offer_at_a_time(self, openings: dict[str, Opening], offers: list[Offer]) -> None:
        out = [o for o in offers if o.state in OUT]
        assert max(Counter(o.opening for o in out).values(), default=0) <= 1
        for offer in out:
            opening = openings[offer.opening]
            assert (opening.state, opening.live) == (OpeningState.OPEN, offer.seq)
        for opening in openings.values():
            mine = [o for o in offers if o.opening == opening.id]
            assert len({o.entry for o in mine}) == len(mine), "somebody was tried twice"
            reached = [o for o in mine if o.state is not OfferState.FAILED]
            assert opening.tried <= 3
            assert len(reached) >= opening.tried
            assert all(o.seq <= opening.seq for o in mine)
            if opening.state is OpeningState.OPEN:
                assert opening.due is not None
                assert opening.due <= max(opening.start, self.clock.at + 300)
            else:
                assert opening.live is None
            if opening.state is OpeningState.FILLED:
                assert opening.booking
        for offer in offers:
            if offer.state is OfferState.LIVE:
                assert offer.ends - offer.sent == WINDOW
            assert (offer.state is OfferState.CLAIMED) == (offer.booking is not None)

    def _entries_know_their_offer(self, offers: list[Offer], entries: list[Entry]) -> None:
        holding = {e.offer: e.id for e in entries if e.offer is not None}
        assert holding == {o.ref: o.entry for o in offers if o.state in OUT}
        standing = Counter((e.customer, e.service) for e in entries if e.on_the_list)
        assert max(standing.values(), default=0) <= 1
        pointers = {(i["pk"], i["sk"], i["entry"]) for i in self.all("CUSTOMER#", "WAITING#")}
        assert pointers == {(*keys.waiting(e.customer, e.service), e.id) for e in entries if e.on_the_list}

    def _pages_are_right(self, openings: dict[str, Opening], offers: list[Offer]) -> None:
        """Nobody overlaps; every claim is somebody's, and everybody who is promised a time has theirs."""
        now, claims = self.clock.at, list(self._claims())
        for resource in ONE_AT_A_TIME:
            spans = sorted({(c.start, c.end, c.id) for r, c in claims if r == resource})
            assert all(a[1] <= b[0] for a, b in pairwise(spans)), (resource, spans)
        yoga = list({c.id: c for r, c in claims if r == "yoga"}.values())
        assert peak(yoga, 0, 2**40) <= 4
        holding = {
            (e.resource, b.id, e.start, e.end, b.until)
            for b in self.every_booking()
            if b.state in HOLDING and (b.until is None or b.until > now)
            for e in b.extents
        }
        booked = {(r, c.id, c.start, c.end, c.until) for r, c in claims if not c.id.startswith(CLAIM)}
        assert booked == {h for h in holding if h[3] > now} | {
            b for b in booked if b[3] <= now and b in holding
        }
        by_claim = {o.claim: o for o in offers}
        for _, claim in claims:
            if claim.id.startswith(CLAIM):
                offer = by_claim[claim.id]
                assert openings[offer.opening].live == offer.seq
        held = {c.id for _, c in claims}
        for offer in offers:
            until = offer.ends or offer.created + WINDOW
            if offer.state in OUT and now < until:
                assert offer.claim in held
            one = openings[offer.opening].resource in ONE_AT_A_TIME
            assert not one or offer.reason != "not free for them", (
                "somebody lost their turn to a hold of ours"
            )

    def _claims(self) -> Iterator[tuple[str, Claim]]:
        for page in self.every_page():
            for claim in page.live(self.clock.at):
                yield page.resource, claim

    def _messages_are_right(self, offers: list[Offer]) -> None:
        told = self.offers_told()
        assert max(Counter(t.key for t in told).values(), default=0) <= 1, "an offer was sent twice"
        unasked = [t for t in self.told if t.key.endswith((":offer", ":withdrawn"))]
        assert not [t for t in unasked if self.night(t.at)], "a message left in quiet hours"
        assert not [t for t in self.told if t.silent], "a message left for who opted out"
        sent = {t.key: t.at for t in told}
        for offer in offers:
            if offer.ends is not None and (left := sent.get(f"{offer.ref}:offer")) is not None:
                assert offer.ends - left >= WINDOW
            if not self._claimable(offer):
                assert not self.desk.offers.look(offer.ref).open

    def _claimable(self, offer: Offer) -> bool:
        return offer.state in OUT and (offer.ends is None or self.clock.at < offer.ends)

    # --- what holds in the end ---------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """The storm is over: everything arrives, providers answer, and the tick comes every five minutes."""
        for phones in (self.texts, self.mail):
            phones.gone, phones.busy = set(), set()
        self.calendar.down.clear()
        for _ in range(3):
            self._all_arrives()
            self.clock.at += 300
            self.tick()
        self._all_arrives()
        for opening in self.every_opening():
            if opening.state is OpeningState.OPEN:
                assert opening.due is not None
                assert opening.due > self.clock.at, f"stuck: {opening}"
        self.check()
        for _ in range(200):
            active = [o.due or o.start for o in self.every_opening() if o.state in ACTIVE]
            held = [b.until for b in self.every_booking() if b.state in WAITING and b.until]
            if not active and not held:
                break
            self.clock.at = max(self.clock.at + 300, min(active + held))
            self.tick()
            self._all_arrives()
        self.clock.at = ZONE.parse(f"{ZONE.date(self.clock.at + 86_400)}T09:00")
        self.tick()
        self._all_arrives()
        self._nothing_is_left()

    def _all_arrives(self) -> None:
        for n in range(500):
            if not self.pending:
                return
            self.deliver(n)
        raise AssertionError(f"never settles: {self.pending}")

    def _nothing_is_left(self) -> None:
        self.check()
        self._every_transition_is_written_down()
        assert {o.state for o in self.every_opening()} <= {OpeningState.FILLED, OpeningState.CLOSED}
        offers = self.every_offer()
        assert not [o for o in offers if o.state in OUT or o.untold]
        assert not [c for _, c in self._claims() if c.id.startswith(CLAIM)]
        for offer in offers:
            if offer.state is OfferState.CLAIMED:
                entry = self.desk.entries.get(offer.entry)
                assert (
                    entry.booking == offer.booking
                    or entry.on_the_list
                    or entry.state is not EntryState.BOOKED
                )

    def _every_transition_is_written_down(self) -> None:
        for opening in self.every_opening():
            rows = self.desk.journal.thread(keys.opening(opening.id))
            states = [r for r in rows if isinstance(r.before, dict) and "state" in r.before]
            assert rows[0].what == "opened"
            for earlier, later in pairwise(states):
                assert later.before["state"] == earlier.after["state"]
            if states:
                assert states[0].before["state"] == "OPEN"
                assert states[-1].after["state"] == opening.state
            ends = [(r.more["seq"], r.after["offer"]) for r in rows if "seq" in r.more and r.after]
            mine = [o for o in self.every_offer() if o.opening == opening.id]
            passed = sum(r.what == "passed over" and "reason" in (r.after or {}) for r in rows)
            gone = {o.seq: o.state.value for o in mine if o.state is not OfferState.CLAIMED}
            assert dict(ends) == {s: e for s, e in gone.items() if s in dict(ends)}
            assert len(gone) - len(ends) <= passed
            assert all(r.who for r in rows)
        for entry in self.every_entry():
            rows = [
                r for r in self.desk.journal.thread(keys.entry(entry.id)) if r.after and "state" in r.after
            ]
            for earlier, later in pairwise(rows):
                assert later.before["state"] == earlier.after["state"]
