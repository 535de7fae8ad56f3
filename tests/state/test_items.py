"""Every entity goes into the store and comes back the same, and stands in the indexes it is looked up by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import items, keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from handlers.domain.events import Event, EventKind
from handlers.domain.keys import Key
from handlers.domain.pages import Claim, Page
from handlers.domain.reminders import Chain, Gap, Reminder
from handlers.domain.request import (
    CustomerReading,
    FieldReading,
    Message,
    Proposal,
    Reading,
    Request,
    RequestState,
    ServiceReading,
)
from handlers.domain.slot import Extent, Slot, Window
from handlers.domain.waitlist import Entry, EntryState, Offer, OfferState, Opening, OpeningState
from handlers.domain.wish import Wish
from handlers.ports import Put, Query

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=16)
maybe_id = st.none() | ids
instant = st.integers(0, 4_000_000_000)
share = st.integers(0, 1000).map(lambda n: n / 1000)
wire = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text.filter(bool), inner, max_size=3),
    max_leaves=8,
)
data = st.dictionaries(text.filter(bool), wire, max_size=4)
slots = st.builds(
    Slot,
    service=ids,
    resource=ids,
    start=instant,
    end=instant,
    needs=st.lists(ids, max_size=2).map(tuple),
)
bookings = st.builds(
    Booking,
    id=ids,
    state=st.sampled_from(State),
    slot=slots,
    extent=st.tuples(instant, instant),
    party=st.integers(1, 20),
    customer=ids,
    name=text,
    email=st.none() | text,
    phone=st.none() | text,
    notes=text,
    request=maybe_id,
    until=st.none() | instant,
    reminders=st.none() | st.builds(Wish, windows=st.sampled_from([None, (), (172_800, 7200)])),
    answered=st.none() | instant,
    rev=st.integers(0, 99),
)
chains = st.builds(
    Chain,
    booking=ids,
    start=instant,
    reminders=st.lists(st.builds(Reminder, before=instant, due=instant, sent=text), max_size=3).map(tuple),
    held=st.booleans(),
    due=st.none() | instant,
    gap=st.sampled_from(Gap),
)
windows = st.builds(Window, date_from=st.none() | text, quote=text, confidence=share)
readings = st.builds(
    Reading,
    service=st.builds(ServiceReading, value=maybe_id, confidence=share, quote=text),
    when=st.lists(windows, max_size=2).map(tuple),
    party_size=st.builds(FieldReading, value=st.none() | st.integers(1, 99), confidence=share),
    customer=st.builds(CustomerReading, name=st.none() | text),
)
requests = st.builds(
    Request,
    id=ids,
    state=st.sampled_from(RequestState),
    lane=st.just("read"),
    channel=st.just("email"),
    message=st.builds(Message, channel=st.just("email"), text=text, subject=text, received=instant),
    reading=st.none() | readings,
    customer=maybe_id,
    created=instant,
)
proposals = st.builds(
    Proposal,
    id=ids,
    channel=st.just("web"),
    slots=st.lists(slots, max_size=3).map(tuple),
    customer=maybe_id,
    taken=maybe_id,
    created=instant,
)
phones = st.from_regex(r"\+[0-9]{8,14}", fullmatch=True)
customers = st.builds(Customer, id=ids, name=text, phone=st.none() | phones, email=st.none() | text)
events = st.builds(Event, id=ids, kind=st.sampled_from(EventKind), subject=ids, at=instant, data=data)
claims = st.builds(
    lambda id_, start, length, party, until, counted, core: Claim(
        id=id_, start=start, end=start + length, party=party, until=until, counted=counted, core=core
    ),
    ids,
    instant,
    st.integers(1, 9999),
    st.integers(1, 9),
    st.none() | instant,
    st.booleans(),
    st.none() | st.tuples(instant, instant),
)
pages = st.builds(
    Page,
    resource=ids,
    day=st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    claims=st.lists(claims, max_size=4).map(tuple),
    rev=st.integers(0, 99),
)
rows = st.builds(
    AuditRow, id=ids, subject=ids, at=instant, who=text, what=text, before=wire, after=wire, more=data
)
days = st.dates(date(2020, 1, 1), date(2090, 1, 1))
entries = st.builds(
    lambda dates, **given: Entry(earliest=min(dates), latest=max(dates), **given),
    dates=st.tuples(days, days),
    id=ids,
    state=st.sampled_from(EntryState),
    service=ids,
    party=st.integers(1, 20),
    customer=ids,
    name=text,
    email=st.none() | text,
    phone=st.none() | phones,
    resource=maybe_id,
    priority=st.integers(0, 9),
    joined=instant,
    source=st.sampled_from(["web", "email", "text", "staff", "sheet", "api"]),
    notes=text,
    replaces=maybe_id,
    before=st.none() | instant,
    offer=maybe_id,
    booking=maybe_id,
    changed_by=text,
    rev=st.integers(0, 99),
)
openings = st.builds(
    Opening,
    id=ids,
    state=st.sampled_from(OpeningState),
    resource=ids,
    start=instant,
    end=instant,
    extent=st.tuples(instant, instant),
    seats=st.integers(1, 20),
    service=text,
    why=text,
    freed_by=maybe_id,
    live=st.none() | st.integers(1, 99),
    seq=st.integers(0, 99),
    waits=st.sampled_from(["", "quiet", "calendar", "held", "offered"]),
    due=st.none() | instant,
    booking=maybe_id,
    reason=text,
    rev=st.integers(0, 99),
)
offers = st.builds(
    Offer,
    opening=ids,
    seq=st.integers(1, 999_999),
    state=st.sampled_from(OfferState),
    entry=ids,
    customer=ids,
    name=text,
    email=st.none() | text,
    phone=st.none() | phones,
    channel=st.sampled_from(["text", "email"]),
    slot=slots,
    extents=st.lists(st.builds(Extent, ids, instant, instant), max_size=3).map(tuple),
    party=st.integers(1, 20),
    tries=st.integers(0, 3),
    handed=st.none() | instant,
    sent=st.none() | instant,
    ends=st.none() | instant,
    booking=maybe_id,
    reason=text,
    untold=st.booleans(),
    changed=instant,
    rev=st.integers(0, 99),
)
entities = st.one_of(
    bookings, requests, proposals, customers, events, pages, rows, chains, entries, openings, offers
)


@pytest.fixture(scope="module")
def memory() -> SqliteStore:
    return SqliteStore(":memory:")


@settings(deadline=None, max_examples=80)
@given(entity=entities)
def test_an_entity_comes_back_the_same(memory: SqliteStore, entity: items.Entity) -> None:
    memory.transact([Put(items.to_item(entity))])
    found = memory.get(items.key_of(entity))
    assert found is not None
    assert items.from_item(found) == entity
    assert items.from_item(found, type(entity)) == entity


def test_an_item_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="is a customer"):
        items.from_item(items.to_item(Customer(id="c1")), Booking)


def test_a_field_that_is_none_is_absent() -> None:
    """So that a condition can say `Absent("taken")`."""
    item = items.to_item(Proposal(id="p1", channel="web", slots=()))
    assert "taken" not in item
    assert item["rev"] == 0


def waiting(**more: Any) -> Entry:
    given = {"earliest": date(2026, 5, 4), "latest": date(2026, 5, 9), "joined": 7, **more}
    return Entry(id="w1", service="cut", customer="c1", **given)


def opened(**more: Any) -> Opening:
    return Opening(id="o1", resource="jess", start=2000, end=3000, extent=(1900, 3100), **more)


def offered(**more: Any) -> Offer:
    slot = Slot(service="cut", resource="jess", start=2000, end=3000)
    given = {"channel": "text", "slot": slot, "extents": (), "created": 5, "changed": 9, **more}
    return Offer(opening="o1", seq=2, entry="w1", customer="c1", **given)


def held(until: int | None = None) -> Booking:
    slot = Slot(service="cut", resource="jess", start=2000, end=3000)
    return Booking(
        id="b1", state=State.PENDING, slot=slot, extent=(1900, 3100), customer="c1", name="Ana", until=until
    )


@pytest.mark.parametrize(
    ("entity", "query"),
    [
        (held(until=1500), Query("CUSTOMER#c1", "gsi1", low=keys.at(2000), high=keys.at(2000))),
        (held(until=1500), Query("RESOURCE#jess", "gsi2", low=keys.at(2000), high=keys.at(2000))),
        (held(until=1500), Query("BOOKING#PENDING", "gsi3", high=keys.at(1500))),
        (held(), Query("BOOKING#PENDING", "gsi3", low=keys.at(2000))),
        (
            Request(
                id="r1",
                state=RequestState.DRAFT,
                lane="read",
                channel="web",
                message=Message(channel="web", text=""),
                customer="c1",
                created=7,
            ),
            Query("REQUEST#DRAFT", "gsi3", low=keys.at(7)),
        ),
        (Proposal(id="p1", channel="web", slots=(), customer="c1", created=7), Query("CUSTOMER#c1", "gsi1")),
        (Customer(id="c1", phone="+6581234567"), Query("PHONE#4567", "gsi1")),
        (Customer(id="c1", name="  Ana  MÜLLER "), Query("CUSTOMERS", "gsi2", prefix="ana mü")),
        (
            Event(id="e1", kind=EventKind.SLOT_FREED, subject="x", at=7),
            Query("OUTBOX", "gsi3", high=keys.at(7)),
        ),
        (waiting(), Query("CUSTOMER#c1", "gsi1", low=keys.at(7), high=keys.at(7))),
        (waiting(), Query("WAITLIST#cut", "gsi2", low=keys.at(7), high=keys.at(7))),
        (waiting(state=EntryState.PAUSED), Query("WAITLIST#cut", "gsi2")),
        (waiting(), Query("ENTRY#WAITING", "gsi3", low="2026-05-09", high="2026-05-09")),
        (waiting(state=EntryState.BOOKED), Query("CUSTOMER#c1", "gsi1")),
        (opened(due=1500), Query("OPENINGS#jess", "gsi2", low=keys.at(2000), high=keys.at(2000))),
        (opened(due=1500), Query("OPENING#OPEN", "gsi3", low=keys.at(1500), high=keys.at(1500))),
        (
            opened(state=OpeningState.HANDED_BACK),
            Query("OPENING#HANDED_BACK", "gsi3", low=keys.at(2000), high=keys.at(2000)),
        ),
        (offered(), Query("CUSTOMER#c1", "gsi1", low=keys.at(5), high=keys.at(5))),
        (offered(), Query("OPENING#o1", prefix="OFFER#")),
        (offered(untold=True), Query("OFFER#UNTOLD", "gsi3", low=keys.at(9), high=keys.at(9))),
    ],
    ids=lambda v: type(v).__name__,
)
def test_an_entity_is_found_by_its_index(entity: items.Entity, query: Query) -> None:
    store = SqliteStore(":memory:")
    store.transact([Put(items.to_item(entity))])
    assert [items.from_item(i) for i in store.query(query).items] == [entity]


@pytest.mark.parametrize(
    ("entity", "query"),
    [
        (waiting(state=EntryState.BOOKED), Query("WAITLIST#cut", "gsi2")),
        (waiting(state=EntryState.REMOVED), Query("WAITLIST#cut", "gsi2")),
        (waiting(state=EntryState.EXPIRED), Query("WAITLIST#cut", "gsi2")),
        (offered(), Query("OFFER#UNTOLD", "gsi3")),
    ],
    ids=["booked", "removed", "expired", "told"],
)
def test_what_is_over_leaves_the_index(entity: items.Entity, query: Query) -> None:
    store = SqliteStore(":memory:")
    store.transact([Put(items.to_item(entity))])
    assert store.query(query).items == ()


def test_offers_stand_in_the_order_in_which_they_were_made() -> None:
    assert keys.offer("o1", 9) < keys.offer("o1", 10) < keys.offer("o1", 100)


def test_audit_rows_stand_beside_their_subject_in_order() -> None:
    subject = keys.booking("b1")
    row = AuditRow(id="a1", subject=subject.pk, at=7, who="mei", what="confirmed")
    assert items.key_of(row) == keys.audit(subject, 7, "a1") == Key("BOOKING#b1", "AUDIT#000000000007#a1")
