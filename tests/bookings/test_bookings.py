"""Transitions, told as histories: what is claimed, what is said, and who is told no."""

from __future__ import annotations

from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.errors import Forbidden, InputError, LinkSpent, NotOffered, Taken, WrongState
from handlers.domain.links import Action
from tests.bookings.world import HOUR, STAFF, World, refused


def test_a_taken_slot_is_claimed_audited_and_announced_together(world: World) -> None:
    booking = world.book()
    assert booking.state is State.CONFIRMED
    assert world.holders(booking.slot) == [booking.id]
    assert world.history(booking) == [("customer", "booked")]
    assert [e.kind.value for e in world.events()] == ["booking.confirmed"]


def test_buffers_are_part_of_what_is_taken(world: World) -> None:
    world.book(14)
    assert isinstance(refused(lambda: world.book(14.5)), Taken)  # 14:30 lies in the 15 minutes after
    assert world.book(14.75).state is State.CONFIRMED


def test_a_needed_room_is_claimed_too(world: World) -> None:
    wash = world.book(service="wash")
    assert world.holders(wash.slot, "basin") == [wash.id]
    world.desk.bookings.cancel(wash.id, STAFF)
    assert world.holders(wash.slot, "basin") == []


def test_a_refused_booking_leaves_nothing_behind(world: World) -> None:
    first = world.book()
    world.events()
    assert isinstance(refused(world.book), Taken)
    assert world.holders(first.slot) == [first.id]
    assert world.events() == []


def test_a_proposal_books_once_and_the_same_click_twice_is_one_booking(world: World) -> None:
    proposal, customer = world.offer(), world.customer()

    def pick(n: int):
        return world.desk.bookings.take(
            slot=proposal.slots[n], customer=customer, source="web", by="customer", proposal=proposal
        )

    booking = pick(0)
    assert pick(0).id == booking.id
    other = refused(lambda: pick(1))
    assert isinstance(other, WrongState)
    assert other.id == booking.id
    assert len(world.desk.bookings.of_customer(customer.id)) == 1


def test_only_offered_slots_are_booked_and_only_in_time(world: World) -> None:
    proposal = world.offer()
    take = world.desk.bookings.take
    given = {"customer": world.customer(), "source": "web", "by": "customer", "proposal": proposal}
    wrong = refused(lambda: take(slot=world.slot(17, day=9), **given))
    assert isinstance(wrong, NotOffered)
    assert wrong.reason == "mismatch"
    world.clock.at = proposal.expires
    assert proposal.slots[-1].start > proposal.expires  # the slot itself is still ahead
    late = refused(lambda: take(slot=proposal.slots[-1], **given))
    assert isinstance(late, NotOffered)
    assert late.reason == "expired"


def test_a_retry_with_the_same_token_books_once(world: World) -> None:
    assert world.book(token="modal-1").id == world.book(token="modal-1").id
    assert isinstance(refused(lambda: world.book(token="modal-2")), Taken)


def test_a_link_books_once(world: World) -> None:
    links = world.desk.links
    token = links.url(Action.PICK, "p", world.clock.at + HOUR).rpartition("/")[2]
    link = links.open(token)
    world.book(14, spend=link)
    assert isinstance(refused(lambda: world.book(16, spend=link)), LinkSpent)
    assert len(world.holders(world.slot())) == 1


def test_a_party_the_service_does_not_take_is_refused(world: World) -> None:
    assert isinstance(refused(lambda: world.book(party=2)), InputError)


def test_a_class_takes_people_up_to_its_capacity(world: World) -> None:
    world.book(10, service="class", who="yoga", party=3)
    assert isinstance(refused(lambda: world.book(10, service="class", who="yoga", party=2)), Taken)
    assert world.book(10, service="class", who="yoga", party=1).party == 1


# --- holds -------------------------------------------------------------------------------------------------------


def test_a_hold_keeps_the_slot_until_it_runs_out(world: World) -> None:
    held = world.book(hold=True)
    assert (held.state, held.until) == (State.PENDING, world.clock.at + 300)
    assert isinstance(refused(world.book), Taken)
    world.clock.at += 300
    assert world.book().state is State.CONFIRMED  # nothing has swept the hold yet


def test_a_confirmed_hold_stays(world: World) -> None:
    held = world.book(hold=True)
    confirmed = world.desk.bookings.confirm(held.id, "customer")
    assert (confirmed.state, confirmed.until) == (State.CONFIRMED, None)
    world.clock.at += 10 * HOUR
    assert world.holders(held.slot) == [held.id]
    assert world.desk.bookings.expire_due() == 0


def test_a_late_confirm_takes_the_slot_anew_when_it_is_still_free(world: World) -> None:
    held = world.book(hold=True)
    world.clock.at += HOUR
    assert world.desk.bookings.confirm(held.id, "customer").state is State.CONFIRMED
    assert world.holders(held.slot) == [held.id]


def test_a_late_confirm_loses_to_whoever_took_the_slot_meanwhile(world: World) -> None:
    held = world.book(hold=True)
    world.clock.at += 301
    other = world.book()
    lost = refused(lambda: world.desk.bookings.confirm(held.id, "customer"))
    assert isinstance(lost, WrongState)
    assert lost.state == State.EXPIRED
    assert world.holders(held.slot) == [other.id]
    assert world.desk.bookings.expire_due() == 1
    assert world.holders(held.slot) == [other.id]


def test_what_ran_out_expires_once(world: World) -> None:
    held = world.book(hold=True)
    assert world.desk.bookings.expire_due() == 0
    world.clock.at += 300
    assert world.desk.bookings.expire_due() == 1
    assert world.desk.bookings.expire_due() == 0
    assert world.desk.bookings.get(held.id).state is State.EXPIRED
    assert world.history(held)[-1] == ("system", "expired")


def test_a_service_with_approval_waits_for_staff(world: World) -> None:
    asked = world.book(service="wedding", who="ana")
    assert asked.state is State.REQUESTED
    assert world.holders(asked.slot) == [asked.id]
    assert world.desk.bookings.approve(asked.id, STAFF).state is State.CONFIRMED
    again = refused(lambda: world.desk.bookings.approve(asked.id, "U0OTHER"))
    assert isinstance(again, WrongState)
    assert (again.state, again.by) == (State.CONFIRMED, STAFF)


def test_staff_who_book_it_themselves_approve_it_by_that(world: World) -> None:
    assert world.book(service="wedding", who="ana", by=STAFF, approved=True).state is State.CONFIRMED


def test_a_held_service_with_approval_is_asked_for_when_it_is_confirmed(world: World) -> None:
    held = world.book(service="wedding", who="ana", hold=True)
    asked = world.desk.bookings.confirm(held.id, "customer")
    assert asked.state is State.REQUESTED
    assert asked.until == world.clock.at + 24 * HOUR


# --- moves and ends ----------------------------------------------------------------------------------------------


def test_a_move_frees_the_old_slot_as_it_takes_the_new_one(world: World) -> None:
    booking = world.book(14)
    moved = world.desk.bookings.reschedule(
        booking.id, world.slot(14.5), "customer"
    )  # overlaps its own old place
    assert (moved.id, moved.revision, moved.state) == (booking.id, 1, State.CONFIRMED)
    (claim,) = world.claims(moved.slot)
    assert (claim.start, claim.id) == (moved.slot.start, booking.id)
    assert world.book(13.75).slot.end == booking.slot.start + 900


def test_a_move_to_a_taken_slot_changes_nothing(world: World) -> None:
    booking, other = world.book(14), world.book(16)
    assert isinstance(refused(lambda: world.desk.bookings.reschedule(booking.id, other.slot, STAFF)), Taken)
    assert world.desk.bookings.get(booking.id) == booking
    assert sorted(world.holders(booking.slot)) == sorted([booking.id, other.id])


def test_a_repeated_move_is_one_move(world: World) -> None:
    booking = world.book(14)
    for _ in range(2):
        moved = world.desk.bookings.reschedule(booking.id, world.slot(16), "customer")
    assert moved.revision == 1


def test_two_can_change_places_through_a_third(world: World) -> None:
    a, b = world.book(10), world.book(11)
    world.desk.bookings.reschedule(a.id, world.slot(12), STAFF)
    world.desk.bookings.reschedule(b.id, a.slot, STAFF)
    world.desk.bookings.reschedule(a.id, b.slot, STAFF)
    assert {c.id: c.start for c in world.claims(a.slot)} == {b.id: a.slot.start, a.id: b.slot.start}


def test_a_held_booking_keeps_its_deadline_when_it_moves(world: World) -> None:
    held = world.book(hold=True)
    moved = world.desk.bookings.reschedule(held.id, world.slot(16), "customer")
    assert (moved.state, moved.until) == (State.PENDING, held.until)


def test_a_cancelled_slot_is_free_and_says_so(world: World) -> None:
    booking = world.book()
    world.events()
    world.desk.bookings.cancel(booking.id, "customer", "ill")
    assert world.holders(booking.slot) == []
    cancelled, freed = sorted(world.events(), key=lambda e: e.kind)
    assert (cancelled.kind, freed.kind) == ("booking.cancelled", "slot.freed")
    assert (freed.data["resource"], freed.data["start"], freed.data["end"]) == (
        "rui",
        booking.slot.start,
        booking.slot.end,
    )


def test_a_customer_can_not_cancel_late_but_staff_can(world: World) -> None:
    booking = world.book()
    world.clock.at = booking.slot.start - 4 * HOUR + 1
    assert isinstance(refused(lambda: world.desk.bookings.cancel(booking.id, "customer")), Forbidden)
    assert world.desk.bookings.cancel(booking.id, STAFF).state is State.CANCELLED


def test_the_second_of_two_clicks_reads_who_was_first(world: World) -> None:
    held = world.book(hold=True)
    world.desk.bookings.cancel(held.id, "U0FIRST")
    lost = refused(lambda: world.desk.bookings.confirm(held.id, "customer"))
    assert isinstance(lost, WrongState)
    assert (lost.state, lost.by) == (State.CANCELLED, "U0FIRST")


def test_a_no_show_frees_the_rest_of_the_slot_and_is_counted(world: World) -> None:
    booking = world.book()
    world.events()
    world.clock.at = booking.slot.start + 600
    world.desk.bookings.no_show(booking.id, STAFF)
    freed = next(e for e in world.events() if e.kind == "slot.freed")
    assert (freed.data["start"], freed.data["end"]) == (world.clock.at, booking.slot.end)
    assert world.desk.customers.get(booking.customer).no_shows == 1
    assert world.holders(booking.slot) == []


def test_nobody_is_late_for_what_has_not_begun(world: World) -> None:
    booking = world.book()
    world.clock.at = booking.slot.start - 1
    assert isinstance(refused(lambda: world.desk.bookings.no_show(booking.id, STAFF)), InputError)
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED


def test_what_is_over_frees_nothing(world: World) -> None:
    booking = world.book()
    world.events()
    world.clock.at = booking.slot.end
    world.desk.bookings.no_show(booking.id, STAFF)
    assert [e.kind.value for e in world.events()] == ["booking.no_show"]


def test_a_no_show_who_comes_after_all_is_no_no_show(world: World) -> None:
    booking = world.book()
    world.clock.at = booking.slot.start + 600
    world.desk.bookings.no_show(booking.id, STAFF)
    assert world.desk.bookings.arrive(booking.id, STAFF).state is State.ARRIVED
    assert world.desk.customers.get(booking.customer).no_shows == 0
    assert world.holders(booking.slot) == [booking.id]


def test_an_accidental_arrival_is_undone(world: World) -> None:
    booking = world.book()
    world.desk.bookings.arrive(booking.id, STAFF)
    assert world.desk.bookings.undo_arrive(booking.id, STAFF).state is State.CONFIRMED
    assert world.holders(booking.slot) == [booking.id]


def test_an_early_finish_frees_the_rest_but_counts_for_the_day(world: World) -> None:
    """Ana's daily cap is three."""
    for hour in (10, 12, 14):
        booking = world.book(hour, who="ana")
    world.clock.at = booking.slot.start + 600
    world.desk.bookings.arrive(booking.id, STAFF)
    world.desk.bookings.complete(booking.id, STAFF)
    (last,) = [c for c in world.claims(booking.slot, "ana") if c.id == booking.id]
    assert last.end == world.clock.at
    full = refused(lambda: world.book(16, who="ana"))
    assert isinstance(full, Taken)
    assert full.reason == "daily_cap"
    customer = world.desk.customers.get(booking.customer)
    assert (customer.visits, customer.usual_resource) == (1, "ana")


# --- contact and finding -----------------------------------------------------------------------------------------


def test_a_corrected_address_leads_to_the_customer_and_the_wrong_one_does_not(world: World) -> None:
    booking = world.book(customer=world.customer("Bea Cruz", email="bae@mail.example"))
    fixed = world.desk.bookings.correct_contact(booking.id, STAFF, email="Bea@Mail.example")
    assert fixed.email == "bea@mail.example"
    known = world.desk.customers.known(email="bea@mail.example")
    assert known is not None
    assert known.id == fixed.customer
    assert world.desk.customers.known(email="bae@mail.example") is None
    assert world.history(booking)[-1] == (STAFF, "corrected the contact")


def test_an_address_corrected_to_a_known_one_makes_it_that_customer_s_booking(world: World) -> None:
    known = world.customer("Bea Cruz", email="bea@mail.example")
    booking = world.book(customer=world.customer("Bea", email="bae@mail.example"))
    fixed = world.desk.bookings.correct_contact(booking.id, STAFF, email="bea@mail.example")
    assert fixed.customer == known.id
    assert world.desk.customers.known(email="bae@mail.example") is None


def test_an_impossible_number_is_refused_with_words(world: World) -> None:
    booking = world.book()
    error = refused(lambda: world.desk.bookings.correct_contact(booking.id, STAFF, phone="12"))
    assert isinstance(error, InputError)


def test_the_same_contact_is_the_same_customer(world: World) -> None:
    first = world.customer("Bea Cruz", email="bea@mail.example")
    again = world.customer("Beatriz", email="BEA@mail.example", phone="912 345 678")
    assert again.id == first.id
    assert again.name == "Beatriz"  # the name this booking is made under
    assert world.desk.customers.get(first.id).name == "Bea Cruz"
    assert world.customer("", phone="+351912345678").id == first.id


def test_bookings_are_found_by_name_digits_and_id(world: World) -> None:
    bea = world.customer("Beatriz Cruz", email="bea@mail.example", phone="+351912345678")
    booking = world.book(customer=bea)
    world.book(16, customer=world.customer("Otto Lang", email="otto@mail.example"))
    for text in ("beat", "cruz", "Beatris", "5678", "345678", booking.id, "bea@mail.example"):
        assert [b.id for b in world.desk.bookings.find(text)] == [booking.id], text
    assert world.desk.bookings.find("9999") == ()
    assert world.desk.bookings.find("  ") == ()


def test_a_day_shows_what_holds_or_happened_by_time(world: World) -> None:
    late, early = world.book(16), world.book(10, who="ana")
    gone = world.book(12)
    world.desk.bookings.cancel(gone.id, STAFF)
    world.book(17, hold=True)
    world.clock.at += 400  # the hold has run out
    day = world.desk.rules.current().zone.date(late.slot.start)
    assert [b.id for b in world.desk.bookings.day(day)] == [early.id, late.id]
    assert [b.id for b in world.desk.bookings.day(day, "ana")] == [early.id]


def test_every_transition_says_who_what_before_and_after(world: World) -> None:
    booking = world.book(hold=True)
    world.desk.bookings.confirm(booking.id, "customer")
    world.desk.bookings.reschedule(booking.id, world.slot(16), STAFF)
    rows = world.desk.journal.thread(keys.booking(booking.id))
    assert [(r.who, r.what) for r in rows] == [
        ("customer", "held"),
        ("customer", "confirmed"),
        (STAFF, "rescheduled"),
    ]
    assert (rows[1].before["state"], rows[1].after["state"]) == ("PENDING", "CONFIRMED")
    assert (rows[2].before["start"], rows[2].after["start"]) == (booking.slot.start, world.slot(16).start)
