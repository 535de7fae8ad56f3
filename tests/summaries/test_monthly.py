"""The waitlist's month, told as histories, and the exact numbers of each."""

from __future__ import annotations

import pytest

from handlers.domain.booking import Booking, State
from handlers.domain.errors import DeliveryFailed
from handlers.domain.rules import load
from handlers.domain.slot import Slot
from handlers.domain.summaries import Kind
from handlers.domain.summaries.monthly import MonthlyFacts, percent, price
from handlers.domain.waitlist import OpeningState
from tests.bookings.world import HOUR, RULES, STAFF, ZONE
from tests.waitlist.waiting import WINDOW, Waiting, join

JUNE = ZONE.parse("2026-06-01T09:00")
PRICED = RULES.replace("name: Haircut,", "name: Haircut, price: 22.5,").replace(
    "name: Yoga,", "name: Yoga, price: 12,"
)


@pytest.fixture
def world() -> Waiting:
    made = Waiting()
    made.desk.rules.update(PRICED, "setup")
    return made


def month(world: Waiting, at: int = JUNE) -> MonthlyFacts:
    summary = world.desk.summaries.send(Kind.MONTHLY, at)
    assert summary is not None
    assert summary.monthly is not None
    return summary.monthly


def test_a_month_of_the_waitlist(world):
    """Five slots come free: two are claimed, one is filled by staff, one by a customer, one by nobody."""
    join(world, "Bea")
    join(world, "Cid", phone="+351912000003")

    world.cancelled(10)  # Bea lets it run out, Cid takes it two minutes later
    world.pass_time(WINDOW + 120)
    world.desk.offers.claim(world.live().ref)
    world.settle()

    world.cancelled(11)  # Bea declines: nobody is left
    world.desk.offers.decline(world.live().ref)
    world.settle()

    join(world, "Dov")
    world.cancelled(12)  # Bea takes this one after four minutes
    world.pass_time(240)
    assert world.live().name == "Bea"
    world.desk.offers.claim(world.live().ref)
    world.settle()

    world.cancelled(14)  # Dov holds an offer, but staff book somebody
    world.book(14, source="staff", by=STAFF, customer=world.customer("Eve", email="eve@mail.example"))
    world.settle()

    world.desk.entries.remove(next(iter(world.desk.entries.waiting({"cut"}))).id, STAFF)
    world.settle()
    world.cancelled(16)  # the list is empty; a customer books it by the form
    world.book(16, customer=world.customer("Fay", email="fay@mail.example"))
    world.settle()

    facts = month(world)

    assert facts == MonthlyFacts(
        freed=5,
        filled=4,
        by_waitlist=2,
        by_staff=1,
        by_customers=1,
        still_open=1,
        rate=80,
        minutes=8,  # of 12 and 4
        recovered=4500,
        offers=5,
        claimed=2,
        declined=1,
        timed_out=1,
        by_weekday=((0, 0), (5, 4), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)),
    )


def test_the_month_before_stands_beside_it(world):
    join(world, "Bea")
    world.cancelled(10)
    world.desk.offers.claim(world.live().ref)
    world.settle()
    world.clock.at = ZONE.parse("2026-06-10T10:00")
    world.cancelled(10, day=40)
    world.cancelled(11, day=40)
    summary = world.desk.summaries.send(Kind.MONTHLY, ZONE.parse("2026-07-06T09:00"))
    assert (summary.monthly.freed, summary.monthly.filled) == (2, 0)
    assert (summary.monthly_before.freed, summary.monthly_before.filled) == (1, 1)
    assert "In May, 1 of 1 were filled (100%)." in world.mail.sent[-1].text
    assert "2 slots came free in June, and none was filled." in world.mail.sent[-1].text
    assert "Slots freed: 2 (2 still open); before: 1\n" in world.mail.sent[-1].text


def test_a_slot_belongs_to_the_month_it_came_free_in_whenever_it_is_filled(world):
    """Free on 31 May at 8:58 pm, claimed after midnight: filled, and May's."""
    join(world, "Bea")
    world.desk.rules.update(PRICED.replace('quiet_hours: "21:00-08:00"', ""), "setup")
    world.clock.at = ZONE.parse("2026-05-31T23:58")
    world.cancelled(10, day=40)
    world.pass_time(180)
    world.desk.offers.claim(world.live().ref)
    world.clock.at = ZONE.parse("2026-06-01T00:05")
    world.cancelled(12, day=40)
    may, june = month(world), month(world, ZONE.parse("2026-07-06T09:00"))
    assert (may.freed, may.filled, may.minutes) == (1, 1, 3)
    assert (june.freed, june.filled, june.minutes) == (1, 0, None)


def test_what_is_left_over_of_a_filled_slot_is_no_slot_of_its_own_but_brings_in_its_revenue(world):
    """Two hours come free; two haircuts fit into them."""
    join(world, "Bea")
    join(world, "Cid")
    world.cancelled(10, service="wedding", who="ana", approved=True)
    world.desk.offers.claim(world.live().ref)
    world.settle()
    assert world.opening().opening.why == "rest"
    world.desk.offers.claim(world.live().ref)
    world.settle()
    facts = month(world)
    assert (facts.freed, facts.filled, facts.claimed, facts.recovered) == (1, 1, 2, 4500)


def test_a_claim_that_was_lost_again_recovered_nothing(world):
    join(world, "Bea")
    world.cancelled(10)
    made = world.desk.offers.claim(world.live().ref)
    world.settle()
    world.desk.bookings.cancel(made.id, STAFF)
    world.settle()
    facts = month(world)
    assert (facts.freed, facts.filled, facts.claimed, facts.recovered) == (2, 1, 1, 0)


def test_who_moved_to_an_earlier_time_brought_in_nothing_new(world):
    booking = world.book(15, day=4)
    join(world, "Bea", replaces=booking)
    world.cancelled(10, day=2)
    world.desk.offers.claim(world.live().ref)
    world.settle()
    assert world.desk.bookings.get(booking.id).slot.start < booking.slot.start
    facts = month(world)
    assert (facts.freed, facts.filled, facts.recovered) == (2, 1, 0)  # the time they gave up is free now


def test_a_claim_without_a_price_is_counted_and_said_to_have_none(world):
    join(world, "Bea", service="wedding")
    world.cancelled(10, service="wedding", who="ana", approved=True)
    world.desk.offers.claim(world.live().ref)
    world.settle()
    facts = month(world)
    assert (facts.claimed, facts.recovered, facts.unpriced) == (1, 0, 1)
    assert "Revenue recovered: EUR 0 (1 without a price)" in world.mail.sent[-1].text


def test_an_offer_that_reached_nobody_is_no_offer_made(world):
    join(world, "Bea")
    booking = world.book(10, customer=world.customer("Gone", phone="+351912000001"), source="text")
    world.settle()
    world.mail.failing = DeliveryFailed("mail", "no such mailbox", permanent=True)
    world.desk.bookings.cancel(booking.id, STAFF, force=True)
    world.settle()
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    world.mail.failing = None
    facts = month(world)
    assert (facts.freed, facts.offers, facts.still_open) == (1, 0, 1)


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [
        (0, 0, None),
        (0, 5, 0),
        (5, 5, 100),
        (1, 8, 13),
        (1, 3, 33),
        (2, 3, 67),
        (1, 1000, 1),
        (999, 1000, 99),
        (1, 2, 50),
    ],
)
def test_a_rate_is_rounded_and_all_or_nothing_only_when_it_is(part, whole, rate):
    assert percent(part, whole) == rate


def booked(service: str, resource: str, party: int) -> Booking:
    slot = Slot(service=service, resource=resource, start=JUNE, end=JUNE + HOUR)
    return Booking(
        id="b",
        state=State.CONFIRMED,
        slot=slot,
        extent=(JUNE, JUNE + HOUR),
        party=party,
        customer="c",
        name="",
    )


def test_a_price_is_for_the_visit_or_for_each_person_where_people_are_counted():
    rules = load(PRICED)
    assert price(rules, booked("cut", "rui", 1)) == 2250
    assert price(rules, booked("class", "yoga", 3)) == 3600
    assert price(rules, booked("wedding", "ana", 1)) is None
    assert price(rules, booked("gone", "rui", 1)) is None
