"""The list: one entry per person and service, edited, paused and left, with a trail of who did it."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.domain import keys
from handlers.domain.errors import InputError, LinkSpent, WrongState
from handlers.domain.links import Action
from handlers.domain.waitlist import EntryState
from tests.bookings.world import HOUR, MONDAY, STAFF, World, refused
from tests.waitlist.waiting import join


@pytest.fixture
def world() -> World:
    return World()


def test_joining_again_changes_the_entry_and_keeps_the_place(world):
    first = join(world, "Bea", "cut")
    world.clock.at += HOUR
    again = join(world, "Bea", "cut", resource="rui", notes="any morning")

    assert again.id == first.id
    assert (again.joined, again.resource, again.notes) == (first.joined, "rui", "any morning")
    assert [e.id for e in world.desk.entries.waiting()] == [first.id]


def test_a_person_may_wait_for_two_services(world):
    assert join(world, "Bea", "cut").id != join(world, "Bea", "wedding").id


def test_the_order_is_priority_then_who_joined_first(world):
    early = join(world, "Early", "cut")
    world.clock.at += 60
    late = join(world, "Late", "cut")
    world.clock.at += 60
    vip = join(world, "Vip", "wedding")
    world.desk.entries.bump(vip.id, STAFF)

    assert [e.id for e in world.desk.entries.waiting()] == [vip.id, early.id, late.id]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service": "piercing"}, "service"),
        ({"service": "cut", "party": 2}, "party"),
        ({"service": "wedding", "resource": "rui"}, "staff"),
        ({"earliest": date(2026, 5, 9), "latest": date(2026, 5, 8)}, "latest"),
        ({"earliest": date(2026, 5, 1), "latest": date(2026, 5, 2)}, "latest"),
        ({"email": None}, "contact"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(world, wrong, field):
    given = {"service": "cut", "name": "Bea", "email": "bea@mail.example", "source": "web", "by": "customer"}
    error = refused(lambda: world.desk.entries.join(**{**given, **wrong}))
    assert isinstance(error, InputError)
    assert error.field == field
    assert world.desk.entries.waiting() == ()


def test_a_removed_entry_can_be_put_back_where_it_was(world):
    entry = join(world, "Bea", "cut")
    world.desk.entries.remove(entry.id, STAFF)
    assert world.desk.entries.waiting() == ()

    back = world.desk.entries.restore(entry.id, STAFF)

    assert (back.state, back.joined) == (EntryState.WAITING, entry.joined)
    assert [e.id for e in world.desk.entries.waiting()] == [entry.id]


def test_an_entry_is_not_put_back_beside_a_newer_one_of_the_same_person(world):
    old = join(world, "Bea", "cut")
    world.desk.entries.remove(old.id, STAFF)
    new = join(world, "Bea", "cut")

    assert isinstance(refused(lambda: world.desk.entries.restore(old.id, STAFF)), WrongState)
    assert [e.id for e in world.desk.entries.waiting()] == [new.id]


def test_who_asks_for_no_offers_stays_on_the_list(world):
    entry = join(world, "Bea", "cut")
    assert world.desk.entries.pause(entry.id, "customer").state is EntryState.PAUSED
    assert [e.id for e in world.desk.entries.waiting()] == [entry.id]
    assert world.desk.entries.resume(entry.id, "customer").state is EntryState.WAITING


def test_a_leave_link_works_once(world):
    entry = join(world, "Bea", "cut")
    url = world.desk.links.url(Action.LEAVE, entry.id, world.clock.at + HOUR)
    link = world.desk.links.open(url.rpartition("/")[2])

    assert world.desk.entries.remove(entry.id, "customer", spend=link).state is EntryState.REMOVED
    world.desk.entries.restore(entry.id, STAFF)

    assert isinstance(refused(lambda: world.desk.entries.remove(entry.id, "customer", spend=link)), LinkSpent)


def test_an_edit_to_a_service_they_wait_for_already_is_refused(world):
    join(world, "Bea", "cut")
    other = join(world, "Bea", "wash")
    error = refused(lambda: world.desk.entries.change(other.id, STAFF, service="cut"))
    assert isinstance(error, InputError)
    assert error.field == "service"
    assert world.desk.entries.change(other.id, STAFF, service="wedding").service == "wedding"
    assert {e.service for e in world.desk.entries.waiting()} == {"cut", "wedding"}


def test_entries_whose_last_day_has_passed_leave_the_list(world):
    gone = join(world, "Gone", "cut", latest=date(2026, 5, 4))
    stays = join(world, "Stays", "cut", latest=date(2026, 5, 5))
    world.clock.at = MONDAY + 24 * HOUR

    assert world.desk.entries.expire_due() == 1
    assert world.desk.entries.get(gone.id).state is EntryState.EXPIRED
    assert [e.id for e in world.desk.entries.waiting()] == [stays.id]
    assert world.desk.entries.expire_due() == 0


def test_who_books_the_service_themselves_leaves_the_list(world):
    entry = join(world, "Bea", "cut")
    other = join(world, "Bea", "wedding")
    booking = world.book(service="cut", customer=world.customer("Bea", email="bea@mail.example"))

    assert world.desk.entry_follow.follow(booking) == 1
    ended = world.desk.entries.get(entry.id)
    assert (ended.state, ended.booking) == (EntryState.BOOKED, booking.id)
    assert world.desk.entries.get(other.id).on_the_list


def test_who_wants_an_earlier_time_follows_their_booking(world):
    booking = world.book(day=4, customer=world.customer("Bea", email="bea@mail.example"))
    entry = join(world, "Bea", "cut", replaces=booking)
    assert entry.before == booking.slot.start
    assert world.desk.entry_follow.follow(booking) == 0

    moved = world.desk.bookings.reschedule(booking.id, world.slot(day=2), STAFF)
    world.desk.entry_follow.follow(moved)
    assert world.desk.entries.get(entry.id).before == moved.slot.start

    cancelled = world.desk.bookings.cancel(booking.id, "customer")
    world.desk.entry_follow.follow(cancelled)
    assert world.desk.entries.get(entry.id).state is EntryState.REMOVED


def test_when_we_cancel_their_booking_they_still_wait(world):
    booking = world.book(day=4, customer=world.customer("Bea", email="bea@mail.example"))
    entry = join(world, "Bea", "cut", replaces=booking)
    world.desk.entry_follow.follow(world.desk.bookings.cancel(booking.id, STAFF))

    now = world.desk.entries.get(entry.id)
    assert (now.state, now.replaces, now.before) == (EntryState.WAITING, None, None)


def test_every_change_says_who_what_and_what_it_was(world):
    entry = join(world, "Bea", "cut")
    world.desk.entries.bump(entry.id, STAFF)
    world.desk.entries.remove(entry.id, "customer")

    thread = world.desk.journal.thread(keys.entry(entry.id))
    assert [(r.who, r.what) for r in thread] == [
        ("customer", "joined"),
        (STAFF, "changed the priority"),
        ("customer", "removed"),
    ]
    assert (thread[1].before["priority"], thread[1].after["priority"]) == (0, 1)


def test_staff_find_people_by_name_or_number(world):
    entry = join(world, "Beatriz Cruz", "cut", phone="+351912345678")
    assert [e.id for e in world.desk.entries.find("beat")] == [entry.id]
    assert [e.id for e in world.desk.entries.find("5678")] == [entry.id]
    assert world.desk.entries.find("nobody") == ()
