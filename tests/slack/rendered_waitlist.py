"""What `blocks/` renders of the waitlist, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from typing import get_args

from slack_sdk.models.views import View

from blocks.elements import Card
from blocks.entry_modals import Wanted, add_modal, added_modal, edit_modal, why_modal
from blocks.history import Did
from blocks.opening_modal import Filling, fill_modal, no_fit_modal
from blocks.openings import Story, moved_card, opening_card
from blocks.payloads import CardPlace, EntryMeta, ListMeta
from blocks.waitlist import Listing, list_modal
from handlers.domain.booking import Booking
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Extent
from handlers.domain.waitlist import Entry, EntryState, Offer, OfferState, Opening, OpeningState
from handlers.domain.waitlist.eligible import Place
from handlers.domain.waitlist.opening import ACTIVE, Waits
from handlers.services.explaining import Account
from tests.slack.samples import NOW, message, request, slot

PLACE = CardPlace(channel="C0DESK", ts="1.2")


def opening(state: OpeningState = OpeningState.OPEN, **changes: object) -> Opening:
    at = slot()
    given = {
        "id": "op0000000001", "state": state, "resource": "jess", "start": at.start, "end": at.end,
        "extent": (at.start, at.end + 900), "service": "haircut", "why": "cancelled", "freed_by": "cu1",
        "opened_by": "customer", "created": NOW, "changed": NOW, "changed_by": "system", "due": NOW + 600,
    }  # fmt: skip
    return Opening(**{**given, **changes})


def entry(n: int = 1, **changes: object) -> Entry:
    given = {
        "id": f"en{n:010d}", "service": "haircut", "customer": f"cu{n}", "name": f"Person {n}", "joined": NOW + n,
        "phone": "+6581234567", "earliest": date(2026, 5, 5), "latest": date(2026, 5, 9),
    }  # fmt: skip
    return Entry(**{**given, **changes})


def offer(n: int, state: OfferState, **changes: object) -> Offer:
    at = slot()
    given = {
        "opening": "op0000000001", "seq": n, "state": state, "entry": f"en{n:010d}", "customer": f"cu{n}",
        "name": f"Person {n}", "channel": "text", "slot": at, "extents": (Extent("jess", at.start, at.end + 900),),
        "handed": NOW, "sent": NOW, "ends": NOW + 600, "changed": NOW,
    }  # fmt: skip
    return Offer(**{**given, **changes})


def offers(count: int, last: OfferState, words: str = "") -> tuple[Offer, ...]:
    ends = [s for s in OfferState if s not in {OfferState.LIVE, OfferState.SENDING}]
    states = [*(ends[n % len(ends)] for n in range(count - 1)), last]
    texts = {"name": words, "reason": words} if words else {}
    return tuple(offer(n, state, **texts) for n, state in enumerate(states, start=1))


def stories(booking: Booking, words: str) -> Iterator[Story]:
    steps = (Did("U0MEI", words or "stopped", NOW),) * 8
    for state, last in product(OpeningState, OfferState):
        made = offers(50, last, words)
        live = 50 if state is OpeningState.OPEN else None
        for by in ("system", "customer", "U0MEI", words):
            it = opening(state, seq=50, live=live, reason=words, changed_by=by, why="no_show")
            yield Story(it, made, words, booking if state is OpeningState.FILLED else None, steps)
    for waits in get_args(Waits):
        yield Story(opening(waits=waits, service=words, why=words, opened_by=words))
    for why in ("cancelled", "rescheduled", "completed", "expired", "opening", "rest"):
        yield Story(opening(why=why, seats=4), giver=words)
    unsent = offer(
        1, OfferState.SENDING, tries=2, sent=None, ends=None, handed=None, reason=words, name=words
    )
    yield Story(opening(live=1, seq=1), (unsent,))


def shown(booking: Booking, count: int) -> tuple[Story, ...]:
    """As many as the Home tab might be given, each with an id of its own."""
    found = [s for s in stories(booking, "words") if s.opening.state in ACTIVE][:count]
    return tuple(
        replace(s, opening=s.opening.model_copy(update={"id": f"op{n:010d}"})) for n, s in enumerate(found)
    )


def cards(rules: Rules, booking: Booking, words: str) -> Iterator[Card]:
    for story in stories(booking, words):
        yield opening_card(rules, story)
    yield moved_card(rules, opening(resource=words))


def views(rules: Rules, booking: Booking, words: str) -> Iterator[View]:
    slots = {s: slot(service=s) for s in ("haircut", "facial", "party", "gone")}
    place = Place(
        opening(), rules, date(2026, 5, 5), NOW, slots=slots, misfits={words: words, "colour": "too long"}
    )
    many = tuple(
        entry(
            n,
            name=words,
            notes=words,
            email=words[:200] or None,
            state=EntryState.PAUSED if n % 2 else EntryState.WAITING,
            priority=n % 3,
            offer="op2.1" if n % 5 == 0 else None,
        )
        for n in range(1, 130)
    )
    live = Story(opening(live=2, seq=2), offers(2, OfferState.LIVE, words))
    for story, chosen in product(
        (live, Story(opening(OpeningState.HANDED_BACK))), (None, many[0], many[1], many[120])
    ):
        left_out = tuple((e, words) for e in many[:20])
        yield fill_modal(rules, Filling(story, place, many, left_out, chosen), PLACE)
    replaces = entry(replaces="bk1", before=NOW)
    yield fill_modal(rules, Filling(live, place, chosen=replaces), PLACE)
    yield no_fit_modal(rules, live, place)
    yield no_fit_modal(rules, live, Place(opening(), rules, date(2026, 5, 5), NOW))
    yield from lists(rules, many, words)
    for meta in (
        EntryMeta(**PLACE.model_dump()),
        EntryMeta(listed=ListMeta(find=words[:80], removed=("a",) * 5)),
    ):
        yield add_modal(rules, Wanted(), meta)
        wanted = Wanted("party", 4, "2026-05-05", "2026-05-09", "mei", words, words, words, 9, words)
        yield add_modal(rules, wanted, meta, request(message=message(text=words)))
        yield edit_modal(rules, many[2], meta)
    for new in (True, False):
        yield added_modal(
            rules, many[3], 3 if new else None, new=new, note="" if new else ":warning: Call them."
        )
    accounts = [Account(s.opening, s.offers, words) for s in stories(booking, words)][::9][:6]
    yield why_modal(rules, [(many[4], accounts), (many[5], ())])


def lists(rules: Rules, many: tuple[Entry, ...], words: str) -> Iterator[View]:
    gone = many[7].model_copy(update={"state": EntryState.REMOVED})
    booked = many[8].model_copy(update={"state": EntryState.BOOKED})
    rows = (*many[:7], gone, booked, *many[9:])
    full = Listing(
        rows,
        {"haircut": 120, "gone": 3},
        {e.id: n for n, e in enumerate(rows)},
        {"en0000000005": NOW},
        ":star: *Bo*",
    )
    for page in (0, 2, 99):
        yield list_modal(rules, full, ListMeta(service="haircut", find=words[:80], page=page))
    yield list_modal(rules, Listing(), ListMeta())
    yield list_modal(rules, Listing(total={"haircut": 1}), ListMeta(service="gone", find=words[:80]))
