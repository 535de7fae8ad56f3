"""A slot comes free, and what becomes of it, told from beginning to end."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.domain.booking import State
from handlers.domain.customer import Customer
from handlers.domain.errors import DeliveryFailed, WrongState
from handlers.domain.waitlist import EntryState, OfferState, OpeningState
from tests.bookings.world import HOUR, STAFF, ZONE, refused
from tests.waitlist.waiting import WINDOW, Waiting, join


@pytest.fixture
def world() -> Waiting:
    return Waiting()


def gone(world):
    return world.customer("Gone", email="gone@mail.example")


def test_cancelled_slot_goes_to_first_in_waitlist(world):
    first = join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")

    booking = world.cancelled()

    assert world.offered() == [("Bea", "LIVE")]
    offer = world.live()
    assert (offer.slot, offer.ends) == (booking.slot, world.clock.at + WINDOW)
    assert "Haircut" in world.said_to("bea@mail.example")[-1]
    assert not any("opened up" in said for said in world.said_to("cid@mail.example"))

    made = world.desk.offers.claim(offer.ref)
    world.settle()

    assert (made.state, made.slot, made.source, made.name) == (
        State.CONFIRMED,
        booking.slot,
        "waitlist",
        "Bea",
    )
    assert world.holders(booking.slot) == [made.id]
    assert world.desk.entries.get(first.id).state is EntryState.BOOKED
    assert world.opening().opening.state is OpeningState.FILLED
    assert (
        "You're booked" in world.said_to("bea@mail.example")[-1]
        or "you're booked" in world.said_to("bea@mail.example")[-1]
    )
    assert ("rui@quay.example", made.calendar_event) in world.calendar.events


def test_the_saturday_story(world):
    """Three wait: one wants somebody who isn't in, the first doesn't look, the second takes it in two minutes."""
    rules = world.desk.rules.current()
    assert rules.waitlist.claim_window == WINDOW
    one = join(world, "Una", phone="+351912000001")
    world.clock.at += 60
    join(world, "Picky", resource="ana", phone="+351912000002")
    world.clock.at += 60
    two = join(world, "Duo", phone="+351912000003")

    booking = world.cancelled()
    first = world.live()
    assert (first.name, first.channel) == ("Una", "text")
    assert [to for to, text in world.texts.sent if "opened up" in text] == ["+351912000001"]

    world.pass_time(WINDOW)
    second = world.live()
    assert (second.name, second.seq) == ("Duo", 2)
    assert world.holders(booking.slot) == [second.claim]
    assert isinstance(refused(lambda: world.desk.offers.claim(first.ref)), WrongState)

    world.pass_time(120)
    made = world.desk.offers.claim(second.ref)
    world.settle()

    assert world.offered() == [("Una", "TIMED_OUT"), ("Duo", "CLAIMED")]
    assert made.slot == booking.slot
    assert world.desk.entries.get(one.id).state is EntryState.WAITING
    assert world.desk.entries.get(two.id).booking == made.id
    assert not any("opened up" in said for said in world.said_to("+351912000002"))
    assert f"opening-{world.opening().opening.id}" not in world.timers.waiting


def test_the_window_is_its_full_length_after_the_message_left_not_after_it_was_held(world):
    join(world, "Bea")
    world.clock.at = ZONE.parse("2026-05-04T22:00")
    world.cancelled(day=1)

    assert world.offered() == []
    assert (world.opening().opening.waits, world.opening().opening.seq) == ("quiet", 0)
    assert world.holders(world.slot(day=1)) == []

    world.pass_time(ZONE.parse("2026-05-05T08:00") - world.clock.at)
    assert world.live().sent == ZONE.parse("2026-05-05T08:00")
    assert world.live().ends == world.live().sent + WINDOW


def test_who_declines_passes_it_on_at_once_and_stays_on_the_list(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    booking = world.cancelled()

    world.desk.offers.decline(world.live().ref)
    assert world.holders(booking.slot) == [f"offer:{world.opening().opening.id}.1"]
    world.settle()

    assert world.offered() == [("Bea", "DECLINED"), ("Cid", "LIVE")]
    assert world.holders(booking.slot) == [world.live().claim]
    entry = world.desk.entries.get(bea.id)
    assert (entry.state, entry.offer) == (EntryState.WAITING, None)


def test_a_list_that_is_spent_hands_the_slot_back(world):
    join(world, "Bea")
    booking = world.cancelled()
    world.pass_time(WINDOW)

    opening = world.opening().opening
    assert opening.state is OpeningState.HANDED_BACK
    assert opening.reason == "1 person was offered it, and nobody else on the list fits."
    assert world.holders(booking.slot) == []


def test_no_more_people_are_tried_than_the_rules_allow(world):
    for n in range(7):
        join(world, f"P{n}")
        world.clock.at += 1
    world.cancelled()
    for _ in range(6):
        world.pass_time(WINDOW)

    opening = world.opening().opening
    assert (opening.state, opening.tried) == (OpeningState.HANDED_BACK, 5)
    assert [name for name, _ in world.offered()] == [f"P{n}" for n in range(5)]

    world.desk.openings.try_again(opening.id, STAFF)
    world.settle()
    assert world.live().name == "P5"


def test_nobody_fits_and_staff_are_told_why(world):
    join(world, "Late", earliest=date(2026, 5, 20), latest=date(2026, 5, 21))
    world.cancelled()
    opening = world.opening().opening
    assert opening.state is OpeningState.HANDED_BACK
    assert opening.reason == "Nobody on the list fits. 1 waits for it: 1 wants other days."
    assert ("system", "nobody fits") in world.told(world.opening())


def test_who_gave_it_back_is_not_offered_it(world):
    booking = world.book(customer=world.customer("Bea", email="bea@mail.example"))
    world.settle()
    join(world, "Bea", replaces=None)
    world.desk.bookings.reschedule(booking.id, world.slot(day=3), STAFF)
    world.settle()
    assert world.offered() == []


def test_an_earlier_time_moves_the_booking_it_is_for_and_passes_the_old_one_on(world):
    later = world.book(11, day=4, customer=world.customer("Bea", email="bea@mail.example"))
    world.settle()
    bea = join(world, "Bea", replaces=later)
    cid = join(world, "Cid", earliest=date(2026, 5, 8), latest=date(2026, 5, 8))
    freed = world.cancelled(day=1)

    moved = world.desk.offers.claim(world.live().ref)
    world.settle()

    assert (moved.id, moved.slot, moved.revision) == (later.id, freed.slot, 1)
    assert world.desk.entries.get(bea.id).state is EntryState.BOOKED
    assert world.holders(freed.slot) == [later.id]
    assert world.live().entry == cid.id
    assert world.live().slot == later.slot


def test_a_later_time_is_not_offered_to_who_wants_an_earlier_one(world):
    soon = world.book(11, day=1, customer=world.customer("Bea", email="bea@mail.example"))
    world.settle()
    join(world, "Bea", replaces=soon, latest=date(2026, 5, 9))
    world.cancelled(day=2)
    assert world.offered() == []


def test_staff_may_take_a_time_that_is_on_offer_and_who_held_it_is_told(world):
    bea = join(world, "Bea", phone="+351912000001")
    booking = world.cancelled()
    offer = world.live()

    made = world.book(14, customer=world.customer("Walk In", phone="+351912000009"), source="staff", by=STAFF)
    world.settle()

    assert world.holders(booking.slot) == [made.id]
    assert world.offered() == [("Bea", "WITHDRAWN")]
    opening = world.opening().opening
    assert (opening.state, opening.booking, opening.changed_by) == (OpeningState.FILLED, made.id, STAFF)
    assert "taken" in world.said_to("+351912000001")[-1]
    assert world.desk.entries.get(bea.id).state is EntryState.WAITING
    assert isinstance(refused(lambda: world.desk.offers.claim(offer.ref)), WrongState)


def test_no_customer_channel_takes_a_time_that_is_on_offer(world):
    join(world, "Bea")
    booking = world.cancelled()
    from handlers.domain.errors import Taken

    assert isinstance(refused(lambda: world.book(14)), Taken)
    assert world.holders(booking.slot) == [world.live().claim]


def test_a_booking_made_while_it_waits_ends_it(world):
    join(world, "Bea")
    world.clock.at = ZONE.parse("2026-05-04T22:00")
    world.cancelled(day=1)
    made = world.book(14, day=1)
    world.settle()

    opening = world.opening().opening
    assert (opening.state, opening.booking) == (OpeningState.FILLED, made.id)
    world.pass_time(12 * HOUR)
    assert world.offered() == []


def test_what_is_left_over_becomes_a_new_opening(world):
    first = join(world, "Bea")
    world.clock.at += 60
    second = join(world, "Cid")
    booking = world.book(14, service="wedding", who="ana", approved=True, customer=gone(world))
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()

    world.desk.offers.claim(world.live().ref)
    world.clock.at += 1
    world.settle()

    assert world.desk.entries.get(first.id).state is EntryState.BOOKED
    opening, offer = world.opening().opening, world.live()
    assert (opening.why, offer.entry) == ("rest", second.id)
    assert (offer.slot.start, offer.slot.resource) == (booking.slot.start + 45 * 60, "ana")
    assert opening.end == booking.slot.end


def test_a_no_show_frees_the_rest_of_its_slot(world):
    join(world, "Bea")
    booking = world.book(10, day=0, service="wedding", who="ana", approved=True, customer=gone(world))
    world.settle()
    world.clock.at = booking.slot.start + 7 * 60
    world.desk.bookings.no_show(booking.id, STAFF)
    world.settle()

    offer = world.live()
    assert ZONE.say(offer.slot.start) == "Mon 4 May, 10:45 am"
    assert offer.slot.end <= booking.slot.end


def test_a_time_too_close_to_offer_goes_back_to_staff_at_once(world):
    join(world, "Bea")
    booking = world.book(10, day=0, customer=gone(world))
    world.settle()
    world.clock.at = booking.slot.start - 20 * 60
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()

    opening = world.opening().opening
    assert opening.state is OpeningState.HANDED_BACK
    assert "too close" in opening.reason
    assert world.offered() == []


def test_a_send_that_fails_is_tried_again_then_the_next_one_gets_it(world):
    join(world, "Bea", phone="+351912000001")
    world.clock.at += 60
    join(world, "Cid")
    world.settle()
    world.texts.failing = DeliveryFailed("text", "provider is down")
    world.cancelled()
    assert world.offered() == [("Bea", "SENDING")]

    world.pass_time(200)

    assert world.offered() == [("Bea", "FAILED"), ("Cid", "LIVE")]
    assert world.opening().opening.tried == 1


def test_a_send_that_works_the_second_time_opens_the_full_window(world):
    join(world, "Bea", phone="+351912000001")
    world.settle()
    world.texts.failing = DeliveryFailed("text", "provider is down")
    world.cancelled()
    world.texts.failing = None
    world.pass_time(60)
    offer = world.live()
    assert offer.state is OfferState.LIVE
    assert offer.ends == offer.sent + WINDOW
    assert sum("opened up" in text for _, text in world.texts.sent) == 1


def test_who_leaves_the_list_gives_their_offer_back(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    world.cancelled()
    world.desk.entries.remove(bea.id, "customer")
    world.settle()

    assert world.offered() == [("Bea", "DECLINED"), ("Cid", "LIVE")]
    assert world.desk.entries.get(bea.id).state is EntryState.REMOVED


def test_a_person_holds_one_offer_at_a_time(world):
    join(world, "Bea")
    world.cancelled(14)
    world.clock.at += 1
    world.cancelled(16)
    assert world.opening().opening.waits == "offered"
    first = next(o for o in world.openings() if o.live)
    world.desk.offers.decline(f"{first.id}.{first.live}")
    world.settle()
    world.pass_time(WINDOW)
    assert world.live().name == "Bea"


def test_staff_stop_it_and_the_time_is_free_at_once(world):
    join(world, "Bea")
    booking = world.cancelled()
    world.desk.openings.stop(world.opening().opening.id, STAFF)
    world.settle()
    assert world.offered() == [("Bea", "WITHDRAWN")]
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    assert world.holders(booking.slot) == []
    assert "taken" in world.said_to("bea@mail.example")[-1]


def test_staff_ask_the_next_one_now(world):
    join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    booking = world.cancelled()
    world.desk.offers.roll_on(world.opening().opening.id, STAFF)
    world.settle()
    assert world.offered() == [("Bea", "WITHDRAWN"), ("Cid", "LIVE")]
    assert world.holders(booking.slot) == [world.live().claim]


def test_a_late_click_on_next_does_not_take_the_offer_from_the_one_after(world):
    for name in ("Bea", "Cid", "Dora"):
        join(world, name)
        world.clock.at += 60
    world.cancelled()
    opening = world.opening().opening.id

    world.desk.offers.roll_on(opening, STAFF, seq=1)
    early = refused(lambda: world.desk.offers.roll_on(opening, "U0RUI", seq=1))
    world.settle()
    late = refused(lambda: world.desk.offers.roll_on(opening, "U0RUI", seq=1))

    assert world.offered() == [("Bea", "WITHDRAWN"), ("Cid", "LIVE")]
    for refusal in (early, late):
        assert isinstance(refusal, WrongState)
        assert (refusal.kind, refusal.state, refusal.by) == ("offer", "WITHDRAWN", STAFF)


def filled(world, entry, **more):
    """Staff give the newest opening to somebody on the list."""
    who = Customer(id=entry.customer, name=entry.name, email=entry.email, phone=entry.phone)
    given = {"service": entry.service, "customer": who, "party": entry.party, "entry": entry, **more}
    made = world.desk.offers.fill(world.opening().opening.id, STAFF, **given)
    world.settle()
    return made


def test_staff_give_it_to_somebody_on_the_list_who_leaves_the_list_with_it(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    cid = join(world, "Cid")
    world.cancelled()

    made = filled(world, cid)

    assert (made.name, made.state) == ("Cid", State.CONFIRMED)
    assert world.offered() == [("Bea", "WITHDRAWN")]
    assert world.opening().opening.booking == made.id
    assert world.holders(made.slot) == [made.id]
    assert world.desk.entries.get(cid.id).booking == made.id
    assert world.desk.entries.waiting(["cut"]) == (world.desk.entries.get(bea.id),)
    assert "taken" in world.said_to("bea@mail.example")[-1]


def test_staff_say_yes_for_who_holds_the_offer(world):
    bea = join(world, "Bea")
    world.cancelled()

    made = filled(world, bea)

    assert world.offered() == [("Bea", "CLAIMED")]
    assert world.holders(made.slot) == [made.id]
    assert world.desk.entries.get(bea.id).state is EntryState.BOOKED
    assert not any("taken" in said for said in world.said_to("bea@mail.example"))


def test_who_is_given_a_time_by_hand_gives_back_the_other_they_were_offered(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    join(world, "Cid")
    world.cancelled(14)
    first = world.opening().opening.id
    world.clock.at += 1
    world.cancelled(16)
    assert world.live().name == "Cid"

    filled(world, bea)

    assert [(o.name, o.state.value) for o in world.desk.openings.get(first).offers] == [
        ("Bea", "DECLINED"),
        ("Cid", "LIVE"),
    ]
    assert world.desk.entries.get(bea.id).offer is None


def test_who_wanted_an_earlier_time_has_their_booking_moved_by_hand(world):
    later = world.book(11, day=4, customer=world.customer("Bea", email="bea@mail.example"))
    world.settle()
    join(world, "Cid")
    world.clock.at += 60
    bea = join(world, "Bea", replaces=later)
    freed = world.cancelled(day=1)
    assert world.live().name == "Cid"

    moved = filled(world, bea)

    assert (moved.id, moved.slot, moved.revision) == (later.id, freed.slot, 1)
    assert world.holders(freed.slot) == [later.id]
    assert ("Cid", "WITHDRAWN") in [
        (o.name, o.state.value) for s in world.openings() for o in world.desk.openings.get(s.id).offers
    ]


def test_who_left_the_list_at_this_moment_is_not_booked(world):
    bea = join(world, "Bea")
    world.clock.at += 60
    cid = join(world, "Cid")
    booking = world.cancelled()
    world.desk.entries.remove(cid.id, "customer")
    refusal = refused(lambda: filled(world, cid))
    assert isinstance(refusal, WrongState)
    assert refusal.kind == "entry"
    assert world.offered() == [("Bea", "LIVE")]
    assert world.holders(booking.slot) == [world.live().claim]
    assert world.desk.entries.get(bea.id).offer == world.live().ref


def test_by_hand_it_is_filled_though_the_hold_has_run_out_and_nobody_looked(world):
    join(world, "Bea")
    booking = world.cancelled()
    world.clock.at += WINDOW + HOUR
    dora = world.customer("Dora", email="dora@mail.example")
    made = world.desk.offers.fill(world.opening().opening.id, STAFF, service="cut", customer=dora)
    world.settle()
    opening = world.opening().opening
    assert (opening.state, opening.booking) == (OpeningState.FILLED, made.id)
    assert world.holders(booking.slot) == [made.id]
    assert world.offered() == [("Bea", "WITHDRAWN")]


def test_by_hand_a_place_in_a_class_that_is_on_offer_is_taken_back(world):
    join(world, "Bea", "class")
    seat = world.book(service="class", who="yoga", customer=gone(world))
    world.settle()
    world.desk.bookings.cancel(seat.id, STAFF)
    world.settle()
    dora = world.customer("Dora", email="dora@mail.example")
    made = world.desk.offers.fill(world.opening().opening.id, STAFF, service="class", customer=dora)
    world.settle()
    assert world.offered() == [("Bea", "WITHDRAWN")]
    assert world.opening().opening.booking == made.id


def test_staff_fill_it_by_hand(world):
    join(world, "Bea")
    world.cancelled()
    made = world.desk.offers.fill(
        world.opening().opening.id,
        STAFF,
        service="cut",
        customer=world.customer("Dora", email="dora@mail.example"),
    )
    world.settle()
    assert world.opening().opening.booking == made.id
    assert world.holders(made.slot) == [made.id]
    assert isinstance(
        refused(
            lambda: world.desk.offers.fill(
                world.opening().opening.id,
                STAFF,
                service="cut",
                customer=world.customer("Eve", email="e@mail.example"),
            )
        ),
        WrongState,
    )


def test_an_unreadable_calendar_waits_rather_than_guesses(world):
    join(world, "Bea")
    booking = world.book(customer=gone(world))
    world.settle()
    world.calendar.down["rui@quay.example"] = "no answer"
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    assert world.opening().opening.waits == "calendar"
    world.calendar.down.clear()
    world.pass_time(300)
    assert world.live().name == "Bea"


def test_our_own_event_that_is_just_leaving_the_calendar_is_no_obstacle(world):
    join(world, "Bea")
    booking = world.book(customer=gone(world))
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    for event in world.events():  # the waitlist hears of it first
        world.desk.waitlist.perform(event)
    assert world.live().name == "Bea"


def test_a_hold_that_was_never_confirmed_opens_nothing(world):
    join(world, "Bea")
    world.book(hold=True)
    world.settle()
    world.clock.at += HOUR
    world.desk.bookings.expire_due()
    world.settle()
    assert world.openings() == []


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_event_delivered_again_makes_no_second_opening_or_offer(world, times):
    join(world, "Bea")
    booking = world.book(customer=gone(world))
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    events = world.events()
    for _ in range(times):
        for event in events:
            world.desk.waitlist.perform(event)
    assert len(world.openings()) == 1
    assert world.offered() == [("Bea", "LIVE")]
    assert sum("opened up" in said for said in world.said_to("bea@mail.example")) == 1


def test_places_of_a_class_are_offered_until_they_are_gone(world):
    for name in ("Bea", "Cid"):
        join(world, name, "class")
        world.clock.at += 60
    booking = world.book(
        service="class", who="yoga", party=2, customer=world.customer("Gone", email="g@mail.example")
    )
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()

    world.desk.offers.claim(world.live().ref)
    world.clock.at += 1
    world.settle()

    assert world.opening().opening.seats == 1
    assert world.live().name == "Cid"


def test_everything_that_happened_is_written_down(world):
    join(world, "Bea")
    world.cancelled()
    world.desk.offers.claim(world.live().ref)
    world.settle()
    assert [what for _, what in world.told(world.opening())] == [
        "opened",
        "make offer",
        "offered",
        "sent",
        "claimed",
    ]
