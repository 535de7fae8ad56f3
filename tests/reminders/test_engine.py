"""What becomes of a booking's reminders: told as histories."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.errors import DeliveryFailed, InputError, NotFound, Unavailable, WrongState
from handlers.domain.go_live import Answer
from handlers.domain.reminders import LEASE, Gap
from handlers.domain.wish import parse
from tests.bookings.world import HOUR, MONDAY, STAFF, World, refused

MOBILE = "+351912345678"
MINUTE = 60


def tick(world: World, instant: int) -> list[str]:
    """The subjects and texts that went out at this tick."""
    world.clock.at = instant
    mails, texts = len(world.mail.sent), len(world.texts.sent)
    world.desk.housekeeping.tick()
    return [m.subject for m in world.mail.sent[mails:]] + [t for _, t in world.texts.sent[texts:]]


def chain(world: World, booking: Any) -> Any:
    found = world.desk.reminders.find(booking.id, world.desk.bookings.get(booking.id).slot.start)
    assert found is not None
    return found


# --- the customer answers ------------------------------------------------------------------------------------------


def test_whoever_said_they_come_is_left_alone(world: World) -> None:
    booking = world.book()
    world.settle()
    assert tick(world, booking.slot.start - 24 * HOUR)
    answered = world.desk.bookings.answer(booking.id, "customer")
    assert answered.answered == world.clock.at
    assert "booking.answered" in world.settle()
    assert world.timers.waiting == {}
    assert tick(world, booking.slot.start - HOUR) == []
    assert tick(world, booking.slot.start - 20 * MINUTE) == []
    assert ("customer", "confirmed coming") in world.history(booking)


def test_answering_twice_is_one_answer(world: World) -> None:
    booking = world.book()
    first = world.desk.bookings.answer(booking.id, "customer")
    world.clock.at += 60
    assert world.desk.bookings.answer(booking.id, "customer") == first
    assert [w for w in world.history(booking) if w[1] == "confirmed coming"] == [
        ("customer", "confirmed coming")
    ]


def test_an_answer_about_another_time_or_a_cancelled_visit_is_refused(world: World) -> None:
    booking = world.book()
    moved = world.desk.bookings.reschedule(booking.id, world.slot(16), STAFF)
    error = refused(lambda: world.desk.bookings.answer(booking.id, "customer", start=booking.slot.start))
    assert isinstance(error, WrongState)
    world.desk.bookings.answer(booking.id, "customer", start=moved.slot.start)
    world.desk.bookings.cancel(booking.id, STAFF)
    assert isinstance(refused(lambda: world.desk.bookings.answer(booking.id, "customer")), WrongState)


def test_a_new_time_is_asked_about_anew_and_the_old_reminders_stay_on_record(world: World) -> None:
    booking = world.book(14, day=3)
    world.settle()
    old = booking.slot.start
    tick(world, old - 24 * HOUR)
    world.desk.bookings.answer(booking.id, "customer")
    moved = world.desk.bookings.reschedule(booking.id, world.slot(16, day=7), "customer")
    assert moved.answered is None
    world.settle()
    first = world.desk.reminders.find(booking.id, old)
    assert first is not None
    assert (first.due, [r.state for r in first.reminders]) == (None, ["SENT", "PLANNED"])
    assert tick(world, moved.slot.start - 24 * HOUR) == ["Reminder: Haircut, Mon 11 May, 4:00 pm"]


def test_moved_away_and_back_sends_no_reminder_twice(world: World) -> None:
    booking = world.book(14, day=3)
    world.settle()
    start = booking.slot.start
    tick(world, start - 24 * HOUR)
    world.desk.bookings.reschedule(booking.id, world.slot(16, day=4), STAFF)
    world.settle()
    world.desk.bookings.reschedule(booking.id, booking.slot, STAFF)
    world.settle()
    assert [r.state for r in chain(world, booking).reminders] == ["SENT", "PLANNED"]
    assert tick(world, start - 23 * HOUR) == []
    assert tick(world, start - HOUR) == ["Reminder: Haircut, Thu 7 May, 2:00 pm"]


# --- nobody answers ------------------------------------------------------------------------------------------------


def test_no_answer_after_the_last_reminder_alerts_staff_once(world: World) -> None:
    booking = world.book()
    world.settle()
    tick(world, booking.slot.start - 24 * HOUR)
    tick(world, booking.slot.start - HOUR)
    tick(world, booking.slot.start - 31 * MINUTE)
    assert "gap.alert" not in [e.kind for e in world.events()]
    tick(world, booking.slot.start - 30 * MINUTE)
    tick(world, booking.slot.start - 25 * MINUTE)
    (alert,) = [e for e in world.events() if e.kind == "gap.alert"]
    assert alert.subject == booking.id
    assert alert.data == {
        "start": booking.slot.start,
        "reminded": 2,
        "last": booking.slot.start - HOUR,
    }
    assert ("system", "did not answer") in world.history(booking)
    assert chain(world, booking).gap is Gap.RAISED


def test_staff_vouch_for_a_customer_once(world: World) -> None:
    booking = world.book()
    world.settle()
    start = booking.slot.start
    assert isinstance(refused(lambda: world.desk.reminders.keep(booking.id, start, STAFF)), WrongState)
    tick(world, start - HOUR)
    tick(world, start - 30 * MINUTE)
    world.events()
    kept = world.desk.reminders.keep(booking.id, start, STAFF)
    assert (kept.gap, kept.gap_by) == (Gap.KEPT, STAFF)
    assert [e.kind.value for e in world.events()] == ["gap.kept"]
    assert (STAFF, "kept without an answer") in world.history(booking)
    error = refused(lambda: world.desk.reminders.keep(booking.id, start, "U0TWO"))
    assert isinstance(error, WrongState)
    assert (error.by, error.state) == (STAFF, Gap.KEPT)


def test_who_could_not_be_reached_is_not_alarmed_about(world: World) -> None:
    booking = world.book(customer=world.customer("Lin", phone="+351212345678"))  # a landline
    world.settle()
    assert tick(world, booking.slot.start - 24 * HOUR) == []
    assert tick(world, booking.slot.start - HOUR) == []
    assert world.reminders(booking) == {24 * HOUR: "SKIPPED", HOUR: "SKIPPED"}
    assert ("system", "could not be reminded") in world.history(booking)
    tick(world, booking.slot.start - 20 * MINUTE)
    assert "gap.alert" not in [e.kind for e in world.events()]


# --- ways and wishes -----------------------------------------------------------------------------------------------


def test_a_reminder_goes_by_text_to_a_mobile_however_they_booked(world: World) -> None:
    booking = world.book(
        source="web", customer=world.customer("Bea Cruz", email="bea@mail.example", phone=MOBILE)
    )
    world.settle()
    mails = len(world.mail.sent)
    (text,) = tick(world, booking.slot.start - 24 * HOUR)
    assert len(world.mail.sent) == mails
    assert "Haircut with Rui, Tue 5 May at 2:00 pm" in text
    path = text.split("https://quay.example")[1].split(" ")[0].rstrip(".")
    link = world.desk.links.follow(path.removeprefix("/t/")).partition("/l/")[2]
    assert world.desk.links.open(link).action == "confirm"


def test_who_opted_out_of_texts_is_reminded_by_mail(world: World) -> None:
    booking = world.book(customer=world.customer("Bea Cruz", email="bea@mail.example", phone=MOBILE))
    world.settle()
    world.desk.customers.silence(MOBILE, "text")
    assert tick(world, booking.slot.start - 24 * HOUR) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]
    assert world.texts.sent == []


def test_by_email_only_means_so(world: World) -> None:
    booking = world.book(customer=world.customer("Bea Cruz", email="bea@mail.example", phone=MOBILE))
    world.settle()
    world.desk.bookings.remind(booking.id, STAFF, "by email only")
    world.settle()
    assert tick(world, booking.slot.start - 24 * HOUR) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]
    world.desk.customers.silence("bea@mail.example", "email")
    assert tick(world, booking.slot.start - HOUR) == []
    assert world.texts.sent == []


def test_reminders_as_wished_for_one_appointment(world: World) -> None:
    booking = world.book(14, day=4)
    world.settle()
    wished = world.desk.bookings.remind(booking.id, STAFF, "48h, 3h")
    assert str(wished.reminders) == "48h, 3h"
    world.settle()
    assert world.reminders(booking) == {48 * HOUR: "PLANNED", 3 * HOUR: "PLANNED"}
    assert [at for at, _ in world.timers.waiting.values()] == [booking.slot.start - 48 * HOUR]
    tick(world, booking.slot.start - 48 * HOUR)
    world.desk.bookings.remind(booking.id, STAFF, "none")
    world.settle()
    assert world.reminders(booking) == {48 * HOUR: "SENT"}
    (row,) = [
        r for r in world.desk.journal.thread(keys.booking(booking.id)) if r.more.get("reminders") == "none"
    ]
    assert (row.who, row.what) == (STAFF, "set the reminders")
    back = world.desk.bookings.remind(booking.id, STAFF, "")
    assert back.reminders is None
    world.settle()
    assert world.reminders(booking) == {48 * HOUR: "SENT", 24 * HOUR: "PLANNED", HOUR: "PLANNED"}


def test_a_wish_that_is_unclear_or_impossible_changes_nothing(world: World) -> None:
    booking = world.book()
    for text, why in (("soon", "isn't clear"), ("by text", "no phone number")):
        error = refused(lambda text=text: world.desk.bookings.remind(booking.id, STAFF, text))
        assert isinstance(error, InputError)
        assert (error.field, why in error.message) == ("reminders", True)
    assert world.desk.bookings.get(booking.id) == booking


def test_a_hold_keeps_its_deadline_and_its_wish(world: World) -> None:
    held = world.book(hold=True)
    wished = world.desk.bookings.remind(held.id, STAFF, "3h")
    assert (wished.state, wished.until) == (State.PENDING, held.until)
    world.desk.bookings.confirm(held.id, "customer")
    world.settle()
    assert world.reminders(held) == {3 * HOUR: "PLANNED"}


def test_the_outlook_is_what_will_be_sent(world: World) -> None:
    booking = world.book()
    assert [r.due for r in world.desk.reminders.outlook(booking).planned] == [
        booking.slot.start - 24 * HOUR,
        booking.slot.start - HOUR,
    ]
    world.settle()
    tick(world, booking.slot.start - 24 * HOUR)
    assert [r.state for r in world.desk.reminders.outlook(booking).reminders] == ["SENT", "PLANNED"]


# --- when things go wrong ------------------------------------------------------------------------------------------


def test_a_confirmation_handled_late_promises_what_was_ahead_when_it_was_made(world: World) -> None:
    booking = world.book(14, day=1)
    events = world.events()
    world.clock.at = booking.slot.start - 20 * HOUR  # the bus was down for nine hours
    for event in events:
        world.desk.effects.perform(event)
    assert tick(world, world.clock.at) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]


def test_a_send_whose_answer_was_lost_is_not_repeated(world: World) -> None:
    booking = world.book()
    world.settle()
    world.events()
    world.mail.failing = DeliveryFailed("mail", "no answer", unsure=True)
    tick(world, booking.slot.start - 24 * HOUR)
    world.mail.failing = None
    assert tick(world, booking.slot.start - 24 * HOUR + LEASE) == []
    assert world.reminders(booking)[24 * HOUR] == "FAILED"
    assert [e.kind.value for e in world.events()] == ["delivery.failed"]


def test_one_that_comes_to_nothing_does_not_keep_the_others_waiting(world: World) -> None:
    first, second = (
        world.book(14),
        world.book(14, who="ana", customer=world.customer("Zoe", email="z@mail.example")),
    )
    world.settle()
    send = world.mail.send

    def breaks(mail: Any) -> str:
        if "z@" not in mail.to:
            raise RuntimeError("a bug")
        return send(mail)

    world.mail.send = breaks  # type: ignore[method-assign]
    told = len(world.mail.sent)
    with pytest.raises(RuntimeError):
        tick(world, first.slot.start - 24 * HOUR)
    assert [m.to for m in world.mail.sent[told:]] == ["Zoe <z@mail.example>"]
    assert world.reminders(second)[24 * HOUR] == "SENT"
    assert world.reminders(first)[24 * HOUR] == "SENDING"


def test_timers_that_cannot_be_set_are_no_failure_the_tick_will_do(world: World) -> None:
    def down(*_: Any) -> None:
        raise Unavailable("timers", "down")

    world.timers.set = down  # type: ignore[method-assign]
    booking = world.book()
    world.settle()
    assert tick(world, booking.slot.start - 24 * HOUR + 240) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]


def test_the_customer_who_answers_while_the_reminder_leaves_is_not_reminded_again(world: World) -> None:
    booking = world.book()
    world.settle()
    send = world.mail.send

    def answers(mail: Any) -> str:
        sent = send(mail)
        world.desk.bookings.answer(booking.id, "customer")
        world.settle()
        return sent

    world.mail.send = answers  # type: ignore[method-assign]
    assert len(tick(world, booking.slot.start - 24 * HOUR)) == 1
    world.mail.send = send  # type: ignore[method-assign]
    assert tick(world, booking.slot.start - HOUR) == []
    assert world.reminders(booking) == {24 * HOUR: "SENT"}


def test_a_wish_changed_while_a_reminder_leaves_keeps_it_as_sent(world: World) -> None:
    booking = world.book(14, day=4)
    world.settle()
    send = world.mail.send

    def wishes(mail: Any) -> str:
        world.mail.send = send  # type: ignore[method-assign]
        sent = send(mail)
        world.desk.bookings.remind(booking.id, STAFF, "24h, 2h")
        world.settle()
        return sent

    world.mail.send = wishes  # type: ignore[method-assign]
    assert len(tick(world, booking.slot.start - 24 * HOUR)) == 1
    assert world.reminders(booking) == {24 * HOUR: "SENT", 2 * HOUR: "PLANNED"}


def test_whoever_had_not_come_after_all_is_reminded_still(world: World) -> None:
    booking = world.book()
    world.settle()
    world.desk.bookings.arrive(booking.id, STAFF)
    assert tick(world, booking.slot.start - 24 * HOUR) == []
    world.desk.bookings.undo_arrive(booking.id, STAFF)
    world.settle()
    assert len(tick(world, booking.slot.start - 24 * HOUR + 300)) == 1


def test_too_much_at_once_is_nobodys_failure(world: World) -> None:
    booking = world.book()
    world.settle()
    world.mail.failing = DeliveryFailed("mail", "slow down", retry_after=1)
    for n in range(8):
        tick(world, booking.slot.start - 24 * HOUR + n * 300)
    world.mail.failing = None
    assert tick(world, world.clock.at + 300) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]


# --- rules change --------------------------------------------------------------------------------------------------


def changed(world: World, old: str, new: str) -> None:
    world.desk.rules.update(world.rules.replace(old, new), STAFF)
    while events := [e for e in world.events() if e.kind.value in {"rules.changed", "reminders.outdated"}]:
        for event in events:
            world.desk.effects.perform(event)


def test_changed_rules_hold_for_visits_that_are_ahead(world: World) -> None:
    soon, later = world.book(14, day=1), world.book(15, day=4)
    wished = world.book(16, day=4)
    world.desk.bookings.remind(wished.id, STAFF, "5h")
    world.settle()
    tick(world, soon.slot.start - 24 * HOUR)
    world.clock.at += 60
    changed(world, "reminders: [24h, 1h]", "reminders: [48h, 3h]")
    assert world.reminders(soon) == {24 * HOUR: "SENT", 3 * HOUR: "PLANNED"}  # 48 hours before is gone
    assert world.reminders(later) == {48 * HOUR: "PLANNED", 3 * HOUR: "PLANNED"}
    assert world.reminders(wished) == {5 * HOUR: "PLANNED"}
    assert sorted(at for at, _ in world.timers.waiting.values()) == [
        soon.slot.start - 3 * HOUR,
        later.slot.start - 48 * HOUR,
        wished.slot.start - 5 * HOUR,
    ]


def test_changed_quiet_hours_move_what_is_planned(world: World) -> None:
    booking = world.book(9.5, day=2)
    world.settle()
    changed(world, '"21:00-08:00"', '"21:00-09:00"')
    assert [r.due for r in chain(world, booking).planned] == [
        booking.slot.start - 24 * HOUR,
        booking.slot.start - 30 * MINUTE,
    ]


def test_many_visits_follow_changed_rules_page_by_page(world: World) -> None:
    bookings = [world.book(9 + n, day=3) for n in range(5)]
    gone = world.book(15, day=3)
    world.settle()
    world.desk.bookings.cancel(gone.id, STAFF)
    world.settle()
    world.desk.rules.update(world.rules.replace("reminders: [24h, 1h]", "reminders: [2h]"), STAFF)
    world.events()
    world.desk.reminders.follow_rules(world.clock.at, page=2)
    assert [len(world.reminders(b)) for b in bookings] == [1, 1, 2, 2, 2]
    (more,) = world.events()
    world.desk.effects.perform(more)
    assert [world.reminders(b) for b in bookings] == [{2 * HOUR: "PLANNED"}] * 5
    assert world.reminders(gone) == {}


# --- taken over from elsewhere -------------------------------------------------------------------------------------


def taken_over(world: World, count: int, **more: Any) -> list[Any]:
    made = [
        world.book(
            14 + n, source="import", customer=world.customer(f"Guest {n}", email=f"g{n}@mail.example"), **more
        )
        for n in range(count)
    ]
    world.settle()
    return made


def test_appointments_taken_over_inside_a_window_wait_for_staff(world: World) -> None:
    world.clock.at = MONDAY + 7 * HOUR  # 4:00 pm: the 24 hour window of tomorrow's first three is crossed
    bookings = taken_over(world, 4)
    assert world.mail.sent == []  # where they were booked, they were told
    question = world.desk.go_live.question()
    assert (question.answer, world.desk.go_live.count()) == (Answer.OPEN, 3)
    assert [e.data["count"] for e in world.heard if e.kind == "imports.waiting"] == [1]
    assert tick(world, world.clock.at + 300) == []
    assert [e.data["count"] for e in world.events() if e.kind == "imports.waiting"] == [3]
    assert tick(world, world.clock.at + 300) == []
    assert [e for e in world.events() if e.kind == "imports.waiting"] == []
    assert chain(world, bookings[3]).held is False
    assert tick(world, bookings[0].slot.start - HOUR) == ["Reminder: Haircut, Tue 5 May, 5:00 pm"]


@pytest.mark.parametrize("send", [True, False])
def test_staff_decide_once_for_all_that_wait(world: World, send: bool) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    bookings = taken_over(world, 3)
    assert world.desk.go_live.answer(STAFF, send=send).count == 3
    error = refused(lambda: world.desk.go_live.answer("U0TWO", send=not send))
    assert isinstance(error, WrongState)
    assert error.by == STAFF
    (decided,) = [e for e in world.events() if e.kind == "imports.decided"]
    told = len(world.mail.sent)
    world.desk.effects.perform(decided)
    world.desk.effects.perform(decided)
    assert len(world.mail.sent) - told == (3 if send else 0)
    states = {24 * HOUR: "SENT" if send else "SKIPPED", HOUR: "PLANNED"}
    assert [world.reminders(b) for b in bookings] == [states] * 3
    assert tick(world, bookings[0].slot.start - HOUR) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]


def test_the_rest_of_an_import_follows_the_answer_and_later_ones_are_like_late_bookings(world: World) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    taken_over(world, 1)
    world.desk.go_live.answer(STAFF, send=True)
    world.settle()
    more = world.book(15, source="import", who="ana", customer=world.customer("More", email="m@mail.example"))
    world.settle()
    assert len(tick(world, world.clock.at + 300)) == 2
    assert world.reminders(more)[24 * HOUR] == "SENT"
    world.clock.at = MONDAY + 3 * 24 * HOUR + 8 * HOUR
    late = world.book(15, day=4, source="import", customer=world.customer("Late", email="l@mail.example"))
    world.settle()
    assert world.reminders(late) == {HOUR: "PLANNED"}
    assert tick(world, world.clock.at + 300) == []


def test_one_that_came_just_as_staff_answered_is_found_by_the_tick(world: World) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    (first,) = taken_over(world, 1)
    held = chain(world, first)
    world.desk.go_live.answer(STAFF, send=True)
    assert held.held
    assert tick(world, world.clock.at + 300) == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]


def test_an_appointment_taken_over_and_then_moved_is_nobodys_question(world: World) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    (booking,) = taken_over(world, 1)
    world.desk.bookings.reschedule(booking.id, world.slot(16, day=3), "customer")
    world.settle()
    assert world.desk.go_live.count() == 0
    assert world.reminders(booking) == {24 * HOUR: "PLANNED", HOUR: "PLANNED"}
    assert [m.subject for m in world.mail.sent] == ["Moved: Haircut, now Thu 7 May, 4:00 pm"]


def test_nobody_is_asked_about_an_appointment_that_is_to_get_no_reminder(world: World) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    world.book(14, source="import", reminders=parse("none"))
    world.settle()
    assert isinstance(refused(world.desk.go_live.question), NotFound)
    (asked,) = taken_over(world, 1, who="ana")
    world.desk.bookings.remind(asked.id, STAFF, "none")
    world.settle()
    assert world.desk.go_live.count() == 0


def test_a_confirmation_that_we_sent_is_no_question(world: World) -> None:
    world.clock.at = MONDAY + 8 * HOUR
    booking = world.book(14, source="import", tell=True)
    world.settle()
    assert len(world.mail.sent) == 1
    assert world.reminders(booking) == {HOUR: "PLANNED"}
    assert isinstance(refused(world.desk.go_live.question), NotFound)
