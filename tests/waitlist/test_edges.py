"""What happens at the edges: at the same moment, after a crash, when the rules or the people change meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from handlers.domain.booking import State
from handlers.domain.errors import Unavailable, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.waitlist import EntryState, OfferState, OpeningState
from tests.bookings.world import HOUR, RULES, STAFF, ZONE, refused
from tests.waitlist.storm import Died, Phones, Storm, putting
from tests.waitlist.waiting import WINDOW, Waiting, join

TICK = 300


@pytest.fixture
def world() -> Waiting:
    return Waiting(store=Storm(), texts=Phones())


def queue(world: Waiting, count: int, service: str = "cut", **more) -> list[str]:
    """People join a minute apart, each with a number; the numbers."""
    numbers = [f"+3519120000{n:02}" for n in range(count)]
    for n, phone in enumerate(numbers):
        join(world, f"P{n:02}", service, phone=phone, **more)
        world.clock.at += 60
    world.settle()
    return numbers


def dies(act) -> None:
    with pytest.raises(Died):
        act()


def lost(world: Waiting) -> None:
    """Timers and events that were on their way are gone."""
    world.timers.waiting.clear()
    world.events()


# --- the next in line ------------------------------------------------------------------------------------------------


def test_however_many_numbers_are_dead_the_first_live_one_is_reached_in_one_go(world):
    numbers = queue(world, 12)
    world.texts.gone = set(numbers[:11])
    world.cancelled()
    assert world.offered() == [*((f"P{n:02}", "FAILED") for n in range(11)), ("P11", "LIVE")]
    assert world.opening().opening.tried == 1


def test_one_opening_that_fails_keeps_no_other_waiting(world):
    queue(world, 2)
    world.cancelled(10)
    world.clock.at += 1
    world.cancelled(16)
    first, second = sorted(world.openings(), key=lambda o: o.start)
    lost(world)
    world.clock.at += WINDOW

    class Broken(type(world.timers)):
        def set(self, name, at, event):
            if name == f"opening-{first.id}":
                raise Unavailable("timers")
            super().set(name, at, event)

    world.timers.__class__ = Broken
    assert isinstance(refused(world.desk.openings.due), Unavailable)
    assert [o.state.value for o in world.desk.openings.get(second.id).offers] == ["TIMED_OUT", "LIVE"]


def test_who_takes_the_time_at_that_moment_costs_nobody_their_turn(world):
    """A hold that then runs out: whoever was to be offered it is still first."""
    queue(world, 1)
    world.store.when = putting("offer")
    world.store.meanwhile = lambda: world.book(hold=True, source="web")
    world.cancelled()
    opening = world.opening().opening
    assert (opening.waits, opening.seq) == ("held", 0)

    world.pass_time(301)
    assert world.offered() == [("P00", "LIVE")]


def test_staff_who_stop_it_as_the_next_is_chosen_have_the_last_word(world):
    queue(world, 2)
    world.cancelled()
    world.store.when = putting("offer", seq=2)
    world.store.meanwhile = lambda: world.desk.openings.stop(world.opening().opening.id, STAFF)
    world.pass_time(WINDOW)
    opening = world.opening().opening
    assert (opening.state, opening.changed_by, opening.seq) == (OpeningState.HANDED_BACK, STAFF, 1)
    assert [state for _, state in world.offered()] == ["WITHDRAWN"]


@pytest.mark.parametrize("answer", ["claim", "decline"])
def test_who_answers_as_time_runs_out_is_heard_or_is_late_but_never_both(world, answer):
    queue(world, 2)
    world.cancelled()
    held = world.live()
    world.clock.at += WINDOW - 1
    world.store.when = putting("offer", seq=1)

    def runs_out() -> None:
        world.clock.at += 1
        world.desk.openings.due()

    world.store.meanwhile = runs_out
    assert isinstance(refused(lambda: getattr(world.desk.offers, answer)(held.ref)), WrongState)
    world.settle()
    assert world.offered() == [("P00", "TIMED_OUT"), ("P01", "LIVE")]
    assert world.holders(held.slot) == [world.live().claim]


def test_two_times_that_come_free_at_once_are_not_both_offered_to_one_person(world):
    queue(world, 1)
    first = world.book(10, customer=world.customer("G", email="g@x.pt"))
    second = world.book(16, customer=world.customer("H", email="h@x.pt"))
    world.settle()
    for booking in (first, second):
        world.desk.bookings.cancel(booking.id, STAFF)
    one, two = [e for e in world.events() if e.kind is EventKind.SLOT_FREED]
    world.store.when = putting("offer")
    world.store.meanwhile = lambda: world.desk.waitlist.perform(two)
    world.desk.waitlist.perform(one)
    assert sorted((o.waits, o.seq) for o in world.openings()) == [("", 1), ("offered", 0)]


def test_a_party_there_are_too_few_places_for_is_passed_over_without_a_gap_in_the_hold(world):
    join(world, "One", "class")
    world.clock.at += 60
    join(world, "Pair", "class", party=2)
    world.clock.at += 60
    join(world, "Last", "class")
    gone = world.book(
        service="class", who="yoga", party=2, customer=world.customer("G", email="g@mail.example")
    )
    world.book(service="class", who="yoga", party=2)
    world.settle()
    world.desk.bookings.cancel(gone.id, STAFF)
    world.settle()
    world.book(service="class", who="yoga", party=1, customer=world.customer("W", email="w@mail.example"))
    assert len(world.holders(gone.slot, "yoga")) == 3

    free = []
    world.store.watch = lambda: free.append(sum(c.party for c in world.claims(gone.slot, "yoga")) < 4)
    world.desk.offers.decline(world.live().ref)
    world.settle()
    assert world.offered() == [("One", "DECLINED"), ("Pair", "FAILED"), ("Last", "LIVE")]
    assert not any(free)


def test_who_joined_and_left_at_that_moment_is_looked_at_as_they_are_now(world):
    """An index that lags behind never makes an offer to somebody who has left."""
    queue(world, 2)
    first = world.desk.entries.find("P00")[0]
    stale = world.desk.entries.waiting

    class Lagging(type(world.desk.entries)):
        def waiting(self, services=None):
            return tuple({e.id: e for e in (*stale(services), first)}.values())

    world.desk.entries.remove(first.id, STAFF)
    world.desk.entries.__class__ = Lagging
    world.cancelled()
    assert world.offered() == [("P01", "LIVE")]


def test_who_is_the_last_the_rules_allow_is_the_last_also_when_others_hold_offers(world):
    world.desk.rules.update(f"{RULES}waitlist: {{tries: 1}}\n", "owner")
    join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    world.cancelled(10)  # Bea's
    world.clock.at += 1
    world.cancelled(16)  # Cid's
    world.desk.offers.decline(world.live().ref)
    world.settle()
    assert world.opening().opening.state is OpeningState.HANDED_BACK


# --- what changes while an offer is out --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "wash"},
        {"earliest": date(2026, 5, 8)},
        {"latest": date(2026, 5, 4)},
        {"resource": "ana"},
    ],
    ids=lambda c: next(iter(c)),
)
def test_who_waits_for_something_else_now_gives_back_what_they_hold(world, changes):
    queue(world, 2)
    world.cancelled()
    held = world.live()
    world.desk.entries.change(held.entry, "customer", **changes)
    assert not world.desk.offers.look(held.ref).open
    assert isinstance(refused(lambda: world.desk.offers.claim(held.ref)), WrongState)
    world.settle()

    assert world.offered() == [("P00", "DECLINED"), ("P01", "LIVE")]
    assert world.desk.entries.get(held.entry).offer is None
    assert world.opening().offers[0].reason == "changed what they wait for"


def test_a_change_that_leaves_it_what_they_want_takes_nothing_from_them(world):
    queue(world, 1)
    world.cancelled()
    held = world.live()
    world.desk.entries.change(held.entry, "customer", notes="left side", latest=date(2026, 5, 30), name="Pia")
    world.settle()
    assert world.desk.offers.claim(held.ref).name == "Pia"


def test_late_news_of_a_pause_takes_nothing_from_who_waits_again(world):
    numbers = queue(world, 1)
    entry = world.desk.entries.find("P00")[0]
    world.desk.entries.pause(entry.id, "customer")
    late = world.events()
    world.desk.entries.resume(entry.id, "customer")
    world.cancelled()
    for event in late:
        world.desk.waitlist.perform(event)
    assert world.offered() == [("P00", "LIVE")]
    assert sum("opened up" in text for to, text in world.texts.sent if to == numbers[0]) == 1


def test_nobody_who_left_after_it_was_armed_is_written_to(world):
    numbers = queue(world, 2)
    world.store.when = putting("offer", seq=1, rev=1)
    world.store.meanwhile = lambda: world.desk.entries.remove(world.live().entry, STAFF)
    world.cancelled()
    assert world.offered() == [("P00", "FAILED"), ("P01", "LIVE")]
    assert [to for to, text in world.texts.sent if "opened up" in text] == [numbers[1]]


def test_a_number_that_opted_out_stays_silent_whoever_gave_it(world):
    """Bea is known by her address and gives a number that is another person's."""
    world.customer("Ana", phone="+351912000000")
    join(world, "Bea", phone="+351912000000")
    world.desk.customers.silence("+351912000000", "text")
    world.cancelled()
    assert world.texts.sent == []
    assert world.live().channel == "email"


def test_a_person_taken_out_of_the_rules_ends_what_was_on_offer_with_them(world):
    queue(world, 1)
    world.texts.dies = "after"
    dies(world.cancelled)
    lost(world)
    without = RULES.replace("  rui: {name: Rui, calendar: rui@quay.example}\n", "").replace(
        "[rui, ana]", "[ana]"
    )
    without = without.replace("[rui], needs: [basin]", "[ana], needs: [basin]")
    world.desk.rules.update(without, "owner")

    world.clock.at += 2 * TICK
    world.desk.openings.due()
    held = world.live()
    assert held.state is OfferState.LIVE
    assert isinstance(refused(lambda: world.desk.offers.claim(held.ref)), WrongState)
    world.clock.at += WINDOW
    world.desk.openings.due()
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    assert world.offered() == [("P00", "TIMED_OUT")]


def test_an_armed_offer_with_somebody_no_longer_in_the_rules_never_leaves(world):
    queue(world, 1)
    world.store.when = putting("offer", seq=1, rev=1)
    world.store.meanwhile = lambda: setattr(world.store, "before", 0)
    dies(world.cancelled)
    lost(world)
    without = RULES.replace("  rui: {name: Rui, calendar: rui@quay.example}\n", "").replace(
        "[rui, ana]", "[ana]"
    )
    world.desk.rules.update(without.replace("[rui], needs: [basin]", "[ana], needs: [basin]"), "owner")
    world.clock.at += TICK
    world.desk.openings.due()
    assert world.offered() == [("P00", "FAILED")]
    assert not any("opened up" in text for _, text in world.texts.sent)


# --- what else happens to the time ---------------------------------------------------------------------------------


def test_a_booking_made_when_a_forgotten_hold_had_run_out_fills_it(world):
    queue(world, 2)
    world.cancelled()
    lost(world)
    world.clock.at += WINDOW + 121
    made = world.book()
    world.settle()
    opening = world.opening().opening
    assert (opening.state, opening.booking) == (OpeningState.FILLED, made.id)
    assert world.offered() == [("P00", "TIMED_OUT")]
    assert world.holders(made.slot) == [made.id]


def test_a_booking_beside_the_time_on_offer_leaves_the_offer_alone(world):
    queue(world, 1)
    booking = world.book(
        14, service="wedding", who="ana", approved=True, customer=world.customer("G", email="g@x.pt")
    )
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    beside = world.book(15, who="ana")
    world.settle()
    held = world.live()
    assert held.state is OfferState.LIVE

    made = world.desk.offers.claim(held.ref)
    world.settle()
    assert world.holders(made.slot) == [made.id, beside.id]


def test_a_customers_hold_does_not_take_them_off_the_list(world):
    entry = join(world, "Bea")
    bea = world.customer("Bea", email="bea@mail.example")
    held = world.book(hold=True, customer=bea)
    world.settle()
    assert world.desk.entries.get(entry.id).on_the_list
    world.desk.bookings.confirm(held.id, "customer")
    world.settle()
    assert world.desk.entries.get(entry.id).state is EntryState.BOOKED


@pytest.mark.parametrize("end", ["refused", "not confirmed in time"])
def test_who_claimed_what_we_could_not_give_them_is_back_where_they_were(world, end):
    entry = join(world, "Bea", "wedding")
    booking = world.book(
        14, service="wedding", who="ana", approved=True, customer=world.customer("G", email="g@x.pt")
    )
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    asked = world.desk.offers.claim(world.live().ref)
    world.settle()
    assert asked.state is State.REQUESTED
    assert world.desk.entries.get(entry.id).state is EntryState.BOOKED

    if end == "refused":
        world.desk.bookings.cancel(asked.id, STAFF)
    else:
        world.clock.at += 25 * HOUR
        world.desk.bookings.expire_due()
    world.settle()
    now = world.desk.entries.get(entry.id)
    assert (now.state, now.booking, now.joined) == (EntryState.WAITING, None, entry.joined)
    assert [e.id for e in world.desk.entries.waiting()] == [entry.id]
    world.desk.waitlist.perform(
        Event(id="again", kind=EventKind.BOOKING_CANCELLED, subject=asked.id, at=0, data={"was": "REQUESTED"})
    )
    assert world.desk.entries.get(entry.id) == now


def test_a_request_that_is_refused_frees_the_time_for_who_waits_at_once(world):
    queue(world, 1, "wedding")
    world.store.when = putting("offer")
    world.store.meanwhile = lambda: world.book(14, service="wedding", who="ana")
    gone = world.book(
        14, service="wedding", who="ana", approved=True, customer=world.customer("G", email="g@x.pt")
    )
    world.settle()
    world.desk.bookings.cancel(gone.id, STAFF)
    world.settle()
    assert world.opening().opening.waits == "held"

    (asked,) = [b for b in world.desk.bookings.find("Bea") if b.state is State.REQUESTED]
    world.clock.at += HOUR
    world.desk.bookings.cancel(asked.id, STAFF)
    world.settle()
    assert len(world.openings()) == 1
    assert world.offered() == [("P00", "LIVE")]


def test_a_room_that_is_held_for_a_moment_is_waited_for(world):
    queue(world, 1, "wash")
    gone = world.book(service="wash", customer=world.customer("G", email="g@x.pt"))
    world.settle()
    world.desk.rules.update(RULES.replace("resources: [rui], needs", "resources: [rui, ana], needs"), "owner")
    world.desk.bookings.cancel(gone.id, STAFF)
    world.book(service="wash", who="ana", hold=True)
    world.settle()
    assert world.opening().opening.waits == "held"
    world.pass_time(301)
    assert world.offered() == [("P00", "LIVE")]


def test_a_room_whose_calendar_cannot_be_read_is_waited_for(world):
    queue(world, 1, "wash")
    gone = world.book(service="wash", customer=world.customer("G", email="g@x.pt"))
    world.settle()
    world.calendar.down["basin@quay.example"] = "no answer"
    world.desk.bookings.cancel(gone.id, STAFF)
    world.settle()
    assert world.opening().opening.waits == "calendar"
    world.calendar.down.clear()
    world.pass_time(TICK)
    assert world.offered() == [("P00", "LIVE")]


def test_a_calendar_that_stays_unreadable_does_not_keep_the_time_from_staff(world):
    queue(world, 1)
    gone = world.book(14, day=0, customer=world.customer("G", email="g@x.pt"))
    world.settle()
    world.calendar.down["rui@quay.example"] = "no answer"
    world.desk.bookings.cancel(gone.id, STAFF, force=True)
    world.settle()
    world.pass_time(gone.slot.start - 20 * 60 - world.clock.at)
    opening = world.opening().opening
    assert opening.state is OpeningState.HANDED_BACK
    assert "calendar can't be read" in opening.reason


def test_what_has_begun_when_somebody_looks_again_is_over(world):
    queue(world, 1)
    world.clock.at = ZONE.parse("2026-05-04T22:00")
    world.cancelled(10, day=1)
    lost(world)
    world.clock.at = ZONE.parse("2026-05-05T10:00")
    world.desk.openings.due()
    opening = world.opening().opening
    assert (opening.state, opening.reason) == (OpeningState.CLOSED, "It has begun.")
    assert world.offered() == []


def test_a_class_that_is_full_by_then_is_quietly_closed(world):
    world.clock.at = ZONE.parse("2026-05-04T22:00")
    gone = world.book(service="class", who="yoga", party=1, customer=world.customer("G", email="g@x.pt"))
    world.book(service="class", who="yoga", party=3)
    world.settle()
    queue(world, 1, "class")
    world.desk.bookings.cancel(gone.id, STAFF)
    world.settle()
    assert world.opening().opening.waits == "quiet"
    world.book(service="class", who="yoga", party=1, customer=world.customer("W", email="w@mail.example"))
    world.pass_time(12 * HOUR)
    assert world.opening().opening.state is OpeningState.CLOSED


# --- what is said ----------------------------------------------------------------------------------------------------


def test_the_loss_of_a_time_is_told_when_quiet_hours_are_over(world):
    (number,) = queue(world, 1)
    world.clock.at = ZONE.parse("2026-05-04T20:58")
    world.cancelled(14, day=1)
    world.clock.at += 180
    world.desk.openings.stop(world.opening().opening.id, STAFF)
    world.settle()
    assert "opened up" in world.said_to(number)[-1]

    world.pass_time(12 * HOUR)
    told = world.said_to(number)
    assert "just taken" in told[-1]
    assert sum("just taken" in text for text in told) == 1


def test_the_loss_of_a_time_is_told_although_every_event_and_timer_was_lost(world):
    (number,) = queue(world, 1)
    world.cancelled()
    world.desk.openings.stop(world.opening().opening.id, STAFF)
    lost(world)
    world.clock.at += TICK
    world.desk.housekeeping.tick()
    world.desk.housekeeping.tick()
    assert sum("just taken" in text for text in world.said_to(number)) == 1


def test_who_is_given_the_time_by_staff_is_not_told_that_it_is_gone(world):
    (number,) = queue(world, 1)
    world.cancelled()
    person = world.desk.customers.known(phone=number)
    world.book(customer=person, source="staff", by=STAFF)
    for event in reversed(world.events()):
        with suppress(WrongState):
            world.desk.waitlist.perform(event)
    world.settle()
    assert not any("just taken" in text for text in world.said_to(number))
