"""Why did she get it and I didn't? Answered while it is being filled, and long after."""

from __future__ import annotations

from datetime import date

import pytest

from tests.bookings.world import STAFF
from tests.waitlist.waiting import WINDOW, Waiting, join


@pytest.fixture
def world() -> Waiting:
    return Waiting()


def says(world, entry) -> str:
    entry = world.desk.entries.get(entry.id)
    (account,) = world.desk.explaining.about(entry)
    return account.says


def test_while_it_is_on_offer_each_hears_where_they_stand_and_who_comes_first_and_why(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    cid = join(world, "Cid")
    vip = join(world, "Vip")
    world.desk.entries.bump(vip.id, STAFF)
    dora = join(world, "Dora", earliest=date(2026, 5, 20))
    world.cancelled()

    assert says(world, vip) == "Was offered it by mail on Mon 4 May, 9:01 am and has until 9:11 am."
    assert says(world, bea) == "Fits, and is next in line."
    assert (
        says(world, cid) == "Fits, and is second in line: Bea (waits since Mon 4 May, 9:00 am) comes first."
    )
    assert says(world, dora) == "Wants Wed 20 May to Fri 3 Jul; this is on Tue 5 May."


def test_who_comes_first_by_priority_is_told_so(world):
    bea = join(world, "Bea")
    for name in ("Vip", "Wim"):
        world.desk.entries.bump(join(world, name).id, STAFF)
    world.cancelled()
    assert says(world, bea) == "Fits, and is second in line: Wim (priority 1) comes first."


def test_how_every_offer_went_is_told_to_who_had_it(world):
    names = ("Tim", "Nat", "Wil", "Bea", "Cid")
    tim, nat, wil, bea, cid = (join(world, name) for name in names)
    world.cancelled()
    world.pass_time(WINDOW)
    world.desk.offers.decline(world.live().ref)
    world.settle()
    world.desk.offers.roll_on(world.opening().opening.id, STAFF)
    world.settle()
    world.clock.at += 120
    world.desk.offers.claim(world.live().ref)
    world.settle()

    assert says(world, tim) == "Was offered it by mail on Mon 4 May, 9:00 am and had not answered by 9:10 am."
    assert says(world, nat) == "Was offered it by mail on Mon 4 May, 9:10 am and said no."
    assert says(world, wil).endswith("9:10 am; it was taken back at 9:10 am: staff moved on.")
    assert says(world, bea) == "Was offered it by mail on Mon 4 May, 9:10 am and took it."
    assert says(world, cid) == "Was second in line, and it was gone before their turn."


def test_who_joined_after_it_was_gone_or_never_fitted_reads_that(world):
    early = join(world, "Early", resource="ana")
    join(world, "Bea")
    world.cancelled()
    world.desk.offers.claim(world.live().ref)
    world.settle()
    world.clock.at += 60
    late = join(world, "Late")
    assert says(world, late) == "Joined the list later, on Mon 4 May, 9:01 am."
    assert says(world, early) == "Wants Ana; this is with Rui."


def test_an_opening_of_nobody_who_gives_the_service_is_not_explained(world):
    join(world, "Bea")
    yogi = join(world, "Yogi", "class")
    world.cancelled()
    assert world.desk.explaining.about(yogi) == ()


def test_what_was_handed_back_says_what_staff_can_do(world):
    join(world, "Bea")
    world.cancelled()
    world.desk.openings.stop(world.opening().opening.id, STAFF)
    world.settle()
    cid = join(world, "Cid")
    assert "press Try again or Book someone" in says(world, cid)


def test_only_what_is_meant_is_explained_and_what_is_to_be_filled_comes_first(world):
    bea = join(world, "Bea")
    world.cancelled(14)
    world.desk.offers.claim(world.live().ref)
    world.settle()
    cid = join(world, "Cid")
    world.clock.at += 1
    world.cancelled(16)
    found = world.desk.explaining.about(cid)
    assert [a.opening.state.value for a in found] == ["OPEN", "FILLED"]
    start = found[1].opening.start
    (only,) = world.desk.explaining.about(cid, lambda o: o.start == start)
    assert only.opening.booking == world.desk.entries.get(bea.id).booking


def test_calendars_are_not_asked(world):
    bea = join(world, "Bea")
    world.cancelled()
    for calendar in ("rui@quay.example", "ana@quay.example"):
        world.calendar.down[calendar] = "no answer"
    assert "has until" in says(world, bea)
