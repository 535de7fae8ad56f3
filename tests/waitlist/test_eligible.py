"""Who may have an opening, and in which order: each reason against, its order, and brute force beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.slot import Slot
from handlers.domain.waitlist import EntryState, Offer
from handlers.domain.waitlist.eligible import (
    Why,
    against,
    eligible,
    explain,
    in_order,
    refusal,
    soonest,
    suits,
    too_soon,
)
from tests.waitlist.lists import DAY, NINE, TWO, ZONE, entry, place, rules

BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)
LATE = TWO - 29 * 60


def test_who_waits_for_it_may_have_it():
    assert refusal(place(), entry()) is None
    assert explain(place(), entry()) == "Fits: it is offered in the order of the list."


@pytest.mark.parametrize(
    ("why", "there", "who", "said"),
    [
        (Why.GONE, {}, {"state": EntryState.BOOKED}, "Not on the list any more (booked)."),
        (Why.GONE, {}, {"state": EntryState.REMOVED}, "Not on the list any more (removed)."),
        (Why.GONE, {}, {"state": EntryState.EXPIRED}, "Not on the list any more (expired)."),
        (
            Why.PAUSED,
            {},
            {"state": EntryState.PAUSED},
            "Asked not to be offered times; still on the list for you to call.",
        ),
        (Why.SERVICE, {}, {"service": "dinner"}, "Waits for Dinner, which Rui does not give."),
        (Why.FIT, {}, {"service": "colour"}, "Colour does not fit: it takes 90 minutes."),
        (
            Why.PARTY,
            {"resource": "four", "minutes": 90, "seats": 4},
            {"service": "dinner", "party": 5},
            "A party of 5 does not suit: party of 5 is more than 4 seats.",
        ),
        (
            Why.PARTY,
            {"resource": "four", "minutes": 90, "seats": 4},
            {"service": "dinner", "party": 1},
            "A party of 1 does not suit: 4 seats are too many for a party of 1 (at most 2 to spare).",
        ),
        (
            Why.PARTY,
            {"resource": "yoga", "seats": 2},
            {"service": "class", "party": 3},
            "A party of 3 does not suit: only 2 of the places came free.",
        ),
        (Why.PARTY, {}, {"party": 2}, "A party of 2 does not suit: Haircut is for 1 person."),
        (
            Why.DATE,
            {},
            {"earliest": AFTER, "latest": AFTER + timedelta(3)},
            "Wants Wed 6 May to Sat 9 May; this is on Tue 5 May.",
        ),
        (Why.DATE, {}, {"earliest": BEFORE, "latest": BEFORE}, "Wants Mon 4 May; this is on Tue 5 May."),
        (Why.RESOURCE, {}, {"resource": "ana"}, "Wants Ana; this is with Rui."),
        (Why.RESOURCE, {}, {"resource": "left"}, "Wants left; this is with Rui."),
        (
            Why.EARLIER,
            {},
            {"replaces": "b1", "before": TWO},
            "Has a booking at Tue 5 May, 2:00 pm; this is not earlier.",
        ),
        (Why.OWN, {"freed_by": "c-w1"}, {}, "It was theirs: they gave it back."),
        (Why.TRIED, {"tried": {"w1"}}, {}, "Was offered it already."),
        (
            Why.SOON,
            {"send_at": LATE},
            {},
            "Too close to the start: a message would not leave them the time to answer.",
        ),
        (Why.OFFERED, {}, {"offer": "o9.1"}, "Holds another offer right now; one at a time."),
        (
            Why.UNREACHABLE,
            {"unreachable": lambda _: True},
            {},
            "Can't be reached: no mobile number or address, or asked for no messages.",
        ),
    ],
)
def test_each_reason_is_found_and_said(why, there, who, said):
    here, person = place(**there), entry(**who)
    expected = None if why is Why.UNREACHABLE else why
    assert refusal(here, person) is expected
    assert explain(here, person) == said


ALL_WRONG = {
    "state": EntryState.PAUSED,
    "service": "dinner",
    "party": 9,
    "earliest": AFTER,
    "latest": AFTER,
    "resource": "ana",
    "before": TWO - 60,
    "customer": "back",
    "offer": "o9.1",
}


def test_the_first_reason_is_the_one_that_counts():
    """Everything is wrong at first, and is put right one thing after the other."""
    wrong = dict(ALL_WRONG)
    here = place(freed_by="back", send_at=LATE)
    here = replace(here, tried=frozenset({"w1"}))
    found = [refusal(here, entry(**wrong))]
    for right in (
        {"state": EntryState.WAITING},
        {"service": "colour"},
        {"service": "cut"},
        {"party": 1},
        {"earliest": DAY},
        {"resource": None},
        {"before": None},
        {"customer": "c-w1"},
    ):
        wrong |= right
        found.append(refusal(here, entry(**wrong)))
    here = replace(here, tried=frozenset())
    found.append(refusal(here, entry(**wrong)))
    here = replace(here, send_at=NINE)
    found += [refusal(here, entry(**wrong)), refusal(here, entry(**{**wrong, "offer": None}))]
    assert found == [
        Why.PAUSED,
        Why.SERVICE,
        Why.FIT,
        Why.PARTY,
        Why.DATE,
        Why.RESOURCE,
        Why.EARLIER,
        Why.OWN,
        Why.TRIED,
        Why.SOON,
        Why.OFFERED,
        None,
    ]


# --- edges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earliest", "latest", "fits"),
    [
        (DAY, DAY, True),
        (BEFORE, DAY, True),
        (DAY, AFTER, True),
        (BEFORE, BEFORE, False),
        (AFTER, AFTER, False),
    ],
)
def test_the_first_and_the_last_day_count(earliest, latest, fits):
    assert (refusal(place(), entry(earliest=earliest, latest=latest)) is None) is fits


def test_the_day_is_that_of_the_start_they_would_get_by_the_wall():
    """What came free before midnight may begin after it."""
    night = place(start=ZONE.instant(DAY, 23 * 60 + 30), minutes=120)
    slot = night.slots["cut"].model_copy(update={"start": ZONE.instant(AFTER, 15)})
    night = replace(night, slots={"cut": slot})
    assert refusal(night, entry(earliest=AFTER, latest=AFTER)) is None
    assert refusal(night, entry()) is Why.DATE


@pytest.mark.parametrize(
    ("party", "fits"), [(1, False), (2, True), (3, True), (4, True), (5, False), (6, False)]
)
def test_a_party_may_leave_as_many_seats_empty_as_the_owner_allows(party, fits):
    table = place("four", 90, seats=4)
    assert (refusal(table, entry(service="dinner", party=party)) is None) is fits


def test_without_a_limit_any_table_that_is_large_enough_will_do():
    table = place("four", 90, seats=4)
    loose = table.rules.model_copy(
        update={"booking": table.rules.booking.model_copy(update={"down_fit": None})}
    )
    table = replace(table, rules=loose)
    assert refusal(table, entry(service="dinner", party=1)) is None
    assert refusal(table, entry(service="dinner", party=5)) is Why.PARTY


@pytest.mark.parametrize(("party", "fits"), [(1, True), (2, True), (3, False)])
def test_no_more_may_come_to_a_class_than_places_came_free(party, fits):
    assert (refusal(place("yoga", seats=2), entry(service="class", party=party)) is None) is fits


@pytest.mark.parametrize(("send_at", "fits"), [(TWO - 30 * 60, True), (TWO - 30 * 60 + 1, False)])
def test_the_cutoff_counts_to_the_second(send_at, fits):
    assert too_soon(place(send_at=send_at), place().slots["cut"]) is not fits
    assert (refusal(place(send_at=send_at), entry()) is None) is fits


def test_a_window_longer_than_the_cutoff_decides_how_close_is_too_close():
    long = {"claim_window": 3600, "cutoff": 600}
    assert refusal(place(waitlist=long, send_at=TWO - 3600), entry()) is None
    assert refusal(place(waitlist=long, send_at=TWO - 3599), entry()) is Why.SOON
    assert soonest(rules(**long), 100) == 3700


def test_only_a_start_before_their_booking_is_earlier():
    assert refusal(place(), entry(before=TWO + 1)) is None
    assert refusal(place(), entry(before=TWO)) is Why.EARLIER


def test_staff_who_ask_in_person_mind_neither_messages_nor_turns():
    here = place(send_at=TWO + 60)
    here = replace(here, tried=frozenset({"w1"}))
    assert against(here, entry(offer="o9.1", state=EntryState.PAUSED)) is None
    assert against(here, entry(state=EntryState.BOOKED)) is Why.GONE
    assert against(here, entry(party=2)) is Why.PARTY


# --- order -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (("priority", "joined"), ["vip-early", "vip-late", "early", "late"]),
        (("joined", "priority"), ["early", "vip-early", "late", "vip-late"]),
        (("joined",), ["early", "vip-early", "late", "vip-late"]),
        (("priority",), ["vip-early", "vip-late", "early", "late"]),
        ((), ["early", "vip-early", "late", "vip-late"]),
    ],
)
def test_the_owner_says_what_comes_first(order, ids):
    people = [
        entry("late", joined=30),
        entry("vip-late", joined=40, priority=2),
        entry("vip-early", joined=20, priority=2),
        entry("early", joined=10),
    ]
    assert [e.id for e in in_order(people, order)] == ids


def test_who_joined_at_the_same_second_stands_in_the_order_of_their_ids():
    assert [e.id for e in in_order([entry("b"), entry("a"), entry("c")], ("priority", "joined"))] == [*"abc"]


ids = st.text("abcdefgh", min_size=1, max_size=2)
days = st.integers(-2, 2).map(lambda n: DAY + timedelta(n))
people = st.builds(
    lambda id_, dates, **more: entry(id_, earliest=min(dates), latest=max(dates), **more),
    ids,
    st.tuples(days, days),
    state=st.sampled_from([EntryState.WAITING, EntryState.WAITING, *EntryState]),
    service=st.sampled_from(["cut", "cut", "colour", "dinner", "class"]),
    party=st.integers(1, 3),
    resource=st.sampled_from([None, None, "rui", "ana"]),
    priority=st.integers(0, 2),
    joined=st.integers(0, 3),
    before=st.sampled_from([None, None, TWO, TWO + 60]),
    offer=st.sampled_from([None, None, "o9.1"]),
    customer=st.sampled_from(["c1", "c2", "back"]),
)
lists = st.lists(people, max_size=12, unique_by=lambda e: e.id)
orders = st.sampled_from([(), ("priority",), ("joined",), ("priority", "joined"), ("joined", "priority")])
places = st.builds(
    lambda resource, tried, send_at: place(resource, seats=2, freed_by="back", tried=tried, send_at=send_at),
    st.sampled_from(["rui", "yoga"]),
    st.frozensets(ids, max_size=3),
    st.sampled_from([NINE, TWO - 1800, LATE]),
)


@given(lists, st.randoms(use_true_random=False), orders)
def test_the_order_is_total_and_does_not_depend_on_how_they_are_given(everyone, chance, order):
    shuffled = list(everyone)
    chance.shuffle(shuffled)
    found = in_order(everyone, order)
    assert in_order(shuffled, order) == found
    assert sorted(found, key=lambda e: e.id) == sorted(everyone, key=lambda e: e.id)
    for a, b in pairwise(found):
        if order[:1] == ("priority",):
            assert a.priority >= b.priority
        if order[:1] == ("joined",) or not order:
            assert a.joined <= b.joined
        if (a.priority, a.joined) == (b.priority, b.joined):
            assert a.id < b.id


@given(places, lists, st.randoms(use_true_random=False))
def test_who_is_eligible_is_what_brute_force_finds(here, everyone, chance):
    expected = []
    for one in everyone:
        ok = one.state == "WAITING" and one.service in here.slots
        ok = ok and one.earliest <= DAY <= one.latest
        ok = ok and (one.resource is None or one.resource == here.opening.resource)
        ok = ok and (one.before is None or one.before > TWO)
        ok = ok and one.customer != "back" and one.id not in here.tried and one.offer is None
        ok = ok and one.party <= (1 if one.service == "cut" else 2)
        ok = ok and here.send_at <= TWO - 1800
        if ok:
            expected.append(one)
    expected.sort(key=lambda e: (-e.priority, e.joined, e.id))
    shuffled = list(everyone)
    chance.shuffle(shuffled)
    assert eligible(here, shuffled) == expected


# --- an offer that is out --------------------------------------------------------------------------------------------


def offer(**more):
    slot = Slot(service="cut", resource="rui", start=TWO, end=TWO + 1800)
    given = {"party": 1, "slot": slot, **more}
    return Offer(opening="o1", seq=1, entry="w1", customer="c1", channel="text", extents=(), **given)


@pytest.mark.parametrize(
    ("who", "still"),
    [
        ({}, True),
        ({"notes": "left", "priority": 3, "name": "Bea", "resource": "rui", "before": TWO + 60}, True),
        ({"service": "colour"}, False),
        ({"party": 2}, False),
        ({"resource": "ana"}, False),
        ({"earliest": AFTER, "latest": AFTER}, False),
        ({"earliest": BEFORE, "latest": BEFORE}, False),
        ({"before": TWO}, False),
    ],
)
def test_an_offer_stands_while_its_entry_asks_for_just_that(who, still):
    assert suits(offer(), entry(**who), DAY) is still
