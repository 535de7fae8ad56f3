"""What customers and calendars see of a booking; crashes, duplicates and late events included."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from handlers.domain.booking import Booking, State
from handlers.domain.errors import CalendarUnavailable, DeliveryFailed
from handlers.domain.events import Event
from handlers.domain.items import to_item
from handlers.domain.request import Message, Request, RequestState
from handlers.ports import Put
from tests.bookings.world import HOUR, STAFF, ZONE, World


def ours(world: World) -> dict[str, tuple[int, str]]:
    """Calendar -> start and summary of each event there."""
    return {c: (e.start, e.summary) for (c, _), e in world.calendar.events.items()}


def test_a_confirmed_booking_reaches_calendar_customer_and_reminders(world: World) -> None:
    booking = world.book(notes="first visit")
    assert world.settle() == ["booking.confirmed"]
    assert ours(world) == {"rui@quay.example": (booking.slot.start, "Haircut: Bea Cruz")}
    (event,) = world.calendar.events.values()
    assert "bea@mail.example" in event.description
    assert "Notes: first visit" in event.description
    (mail,) = world.mail.sent
    assert mail.subject == "Booked: Haircut, Tue 5 May, 2:00 pm"
    assert mail.to == "Bea Cruz <bea@mail.example>"
    assert mail.sender == "Quay Barbers <bookings@quay.example>"
    assert b"METHOD:REQUEST" in mail.ics
    assert "Tue 5 May" in mail.text
    for action in ("r", "x"):
        assert f"https://quay.example/l/{action}" in mail.html
        assert f"https://quay.example/l/{action}" in mail.text
    assert world.reminders(booking) == {24 * HOUR: "PLANNED", HOUR: "PLANNED"}
    assert [at for at, _ in world.timers.waiting.values()] == [booking.slot.start - 24 * HOUR]


def test_needs_are_written_too_and_a_class_does_not_block(world: World) -> None:
    world.book(service="wash")
    world.book(10, service="class", who="yoga")
    world.settle()
    assert set(ours(world)) == {"rui@quay.example", "basin@quay.example", "yoga@quay.example"}
    blocking = {c: not e.transparent for (c, _), e in world.calendar.events.items()}
    assert blocking == {"rui@quay.example": True, "basin@quay.example": True, "yoga@quay.example": False}


def test_a_text_customer_gets_one_short_text_with_a_short_link(world: World) -> None:
    world.book(customer=world.customer("Gil", phone="+351912345678"), source="text")
    world.settle()
    ((to, text),) = world.texts.sent
    assert to == "+351912345678"
    assert "https://quay.example/t/" in text
    assert "CANCEL" not in text.upper().split("CANCELLED")[0]
    assert len(text) < 200
    assert world.mail.sent == []


def test_whoever_opted_out_is_reached_the_other_way_or_not_at_all(world: World) -> None:
    both = world.customer("Gil", phone="+351912345678", email="gil@mail.example")
    world.desk.customers.silence("+351912345678", "text")
    world.book(customer=both, source="text")
    world.book(16, customer=world.customer("Bea", email="bea@mail.example"))
    world.desk.customers.silence("bea@mail.example", "email")
    world.settle()
    assert [m.to for m in world.mail.sent] == ["Gil <gil@mail.example>"]
    assert world.texts.sent == []


def test_an_answer_to_a_mail_stands_in_its_thread(world: World) -> None:
    message = Message(
        channel="email", text="hi", message_id="<two@mail.example>", references=("<one@mail.example>",)
    )
    request = Request(
        id="request00001", state=RequestState.PROPOSED, lane="read", channel="email", message=message
    )
    world.store.transact([Put(to_item(request))])
    world.book(request=request)
    world.settle()
    headers = world.mail.sent[0].headers
    assert headers["In-Reply-To"] == "<two@mail.example>"
    assert headers["References"] == "<one@mail.example> <two@mail.example>"
    assert world.desk.intake.get(request.id).state is RequestState.BOOKED


def test_a_move_patches_the_event_and_invites_again(world: World) -> None:
    booking = world.book(14)
    world.settle()
    world.desk.bookings.reschedule(booking.id, world.slot(16, day=2), "customer")
    world.settle()
    assert ours(world) == {"rui@quay.example": (world.slot(16, day=2).start, "Haircut: Bea Cruz")}
    assert world.mail.sent[-1].subject == "Moved: Haircut, now Wed 6 May, 4:00 pm"
    assert b"SEQUENCE:1" in world.mail.sent[-1].ics
    assert {at for at, _ in world.timers.waiting.values()} == {world.slot(16, day=2).start - 24 * HOUR}
    assert world.reminders(booking) == {24 * HOUR: "PLANNED", HOUR: "PLANNED"}


def test_a_move_to_somebody_else_leaves_the_first_calendar_empty(world: World) -> None:
    booking = world.book(14)
    world.settle()
    world.desk.bookings.reschedule(booking.id, world.slot(14, who="ana"), STAFF)
    world.settle()
    assert set(ours(world)) == {"ana@quay.example"}


def test_two_moves_handled_in_the_wrong_order_end_at_the_last_place(world: World) -> None:
    booking = world.book(14)
    world.settle()
    world.desk.bookings.reschedule(booking.id, world.slot(15, who="ana"), STAFF)
    world.desk.bookings.reschedule(booking.id, world.slot(17), STAFF)
    moves = [e for e in world.events() if e.kind == "booking.rescheduled"]
    for event in reversed(moves):
        world.desk.effects.perform(event)
    assert ours(world) == {"rui@quay.example": (world.slot(17).start, "Haircut: Bea Cruz")}
    assert [m.subject.split(":")[0] for m in world.mail.sent] == ["Booked", "Moved"]


def test_a_cancellation_takes_everything_back(world: World) -> None:
    booking = world.book()
    world.settle()
    world.desk.bookings.cancel(booking.id, STAFF, "Rui is ill")
    world.settle()
    assert world.calendar.events == {}
    mail = world.mail.sent[-1]
    assert mail.subject == "Cancelled: Haircut, Tue 5 May, 2:00 pm"
    assert "Rui is ill." in mail.text
    assert (mail.ics_method, b"METHOD:CANCEL" in mail.ics) == ("CANCEL", True)
    assert world.reminders(booking) == {}
    assert world.timers.waiting == {}


def test_a_late_confirmation_event_does_not_write_a_cancelled_booking(world: World) -> None:
    booking = world.book()
    confirmed = world.events()
    world.desk.bookings.cancel(booking.id, STAFF)
    world.settle()
    for event in confirmed:
        world.desk.effects.perform(event)
    assert world.calendar.events == {}
    assert [m.subject.split(":")[0] for m in world.mail.sent] == ["Cancelled"]


def test_a_cancellation_during_the_calendar_write_leaves_no_ghost(world: World) -> None:
    booking = world.book()
    (confirmed,) = world.events()
    write = world.calendar.put

    def put(event: Any) -> None:
        """Google is slow; meanwhile the booking is cancelled and its event handled."""
        world.calendar.put = write  # type: ignore[method-assign]
        world.desk.bookings.cancel(booking.id, STAFF)
        world.settle()
        write(event)

    world.calendar.put = put  # type: ignore[method-assign]
    world.desk.effects.perform(confirmed)
    assert world.calendar.events == {}


def test_duplicates_change_nothing(world: World) -> None:
    booking = world.book()
    events = world.events()
    for event in events * 3:
        world.desk.effects.perform(event)
    assert len(world.mail.sent) == 1
    assert world.calendar.calls.count("put") == 1
    world.desk.bookings.resend(booking.id, STAFF)
    for event in world.events() * 2:
        world.desk.effects.perform(event)
    assert len(world.mail.sent) == 2


def test_a_no_show_blocks_nobody_in_the_calendar_until_they_come_after_all(world: World) -> None:
    booking = world.book()
    world.settle()
    world.clock.at = booking.slot.start + 300

    def shown() -> tuple[str, bool]:
        (event,) = world.calendar.events.values()
        return event.summary, event.transparent

    world.desk.bookings.no_show(booking.id, STAFF)
    world.settle()
    assert shown() == ("No-show: Haircut: Bea Cruz", True)
    world.desk.bookings.arrive(booking.id, STAFF)
    world.settle()
    assert shown() == ("Haircut: Bea Cruz", False)


# --- approval ----------------------------------------------------------------------------------------------------


def test_a_request_is_acknowledged_then_confirmed(world: World) -> None:
    asked = world.book(service="wedding", who="ana")
    world.settle()
    assert world.calendar.events == {}
    assert world.mail.sent[-1].subject.startswith("We have your request")
    world.desk.bookings.approve(asked.id, STAFF)
    world.settle()
    assert world.mail.sent[-1].subject.startswith("Booked")
    assert set(ours(world)) == {"ana@quay.example"}


def test_a_refusal_says_so_kindly_and_carries_no_invitation(world: World) -> None:
    asked = world.book(service="wedding", who="ana")
    world.settle()
    world.desk.bookings.cancel(asked.id, STAFF, "We are away that weekend")
    world.settle()
    mail = world.mail.sent[-1]
    assert mail.subject == "About your request: Wedding style on Tue 5 May, 2:00 pm"
    assert "We are away that weekend." in mail.text
    assert mail.ics == b""


def test_only_an_expired_request_is_worth_a_mail(world: World) -> None:
    world.book(service="wedding", who="ana")
    world.book(hold=True)
    world.settle()
    told = len(world.mail.sent)
    world.clock.at += 25 * HOUR
    assert world.desk.bookings.expire_due() == 2
    world.settle()
    assert len(world.mail.sent) == told + 1
    assert "could not confirm" in world.mail.sent[-1].text


# --- conflicts ---------------------------------------------------------------------------------------------------


def test_a_slot_the_calendar_lost_meanwhile_is_given_up_and_others_are_offered(world: World) -> None:
    booking = world.book()
    world.calendar.busy["rui@quay.example"] = [(booking.slot.start - 600, booking.slot.start + 600)]
    kinds = world.settle()
    assert "booking.conflicted" in kinds
    assert "slot.freed" not in kinds
    assert world.desk.bookings.get(booking.id).state is State.CANCELLED
    assert world.holders(booking.slot) == []
    assert world.calendar.events == {}
    (mail,) = world.mail.sent
    assert "just become impossible" in mail.text
    assert mail.html.count("/l/p") >= 2


def test_after_a_conflict_the_customer_picks_again_and_the_request_has_the_new_booking(world: World) -> None:
    message = Message(channel="email", text="hi", message_id="<one@mail.example>")
    request = Request(
        id="request00001", state=RequestState.PROPOSED, lane="read", channel="email", message=message
    )
    world.store.transact([Put(to_item(request))])
    lost = world.book(request=request)
    world.calendar.busy["rui@quay.example"] = [(lost.slot.start, lost.slot.end)]
    world.settle()
    token = re.findall(r"https://quay.example/l/(p[\w.-]+)", world.mail.sent[-1].text)[-1]
    proposal = world.desk.slots.proposal(world.desk.links.open(token).subject)
    assert proposal.request == request.id
    again = world.desk.bookings.take(
        slot=proposal.slots[0], customer=world.customer(), source="email", by="customer", proposal=proposal
    )
    world.settle()
    assert world.desk.bookings.get(again.id).state is State.CONFIRMED
    assert world.desk.intake.get(request.id).booking == again.id


def test_our_own_event_that_is_still_on_its_way_out_is_no_conflict(world: World) -> None:
    first = world.book()
    world.settle()
    world.desk.bookings.cancel(first.id, STAFF)
    cancelled = world.events()
    second = world.book(customer=world.customer("Otto", email="otto@mail.example"))
    world.settle()  # the second's confirmation is handled before the first's cancellation
    for event in cancelled:
        world.desk.effects.perform(event)
    assert world.desk.bookings.get(second.id).state is State.CONFIRMED
    assert ours(world) == {"rui@quay.example": (second.slot.start, "Haircut: Otto")}


def test_two_bookings_that_change_places_do_not_conflict(world: World) -> None:
    a, b = world.book(10), world.book(11, customer=world.customer("Otto", email="otto@mail.example"))
    world.settle()
    world.desk.bookings.reschedule(a.id, world.slot(12), STAFF)
    world.desk.bookings.reschedule(b.id, a.slot, STAFF)
    world.desk.bookings.reschedule(a.id, b.slot, STAFF)
    waiting = [e for e in world.events() if e.kind.value.startswith("booking.")]
    for _ in range(3):  # redelivered until done, as the bus does
        left: list[Event] = []
        for event in waiting:
            try:
                world.desk.effects.perform(event)
            except CalendarUnavailable:
                left.append(event)
        waiting = left
    assert waiting == []
    starts = sorted((e.start, e.summary) for e in world.calendar.events.values())
    assert starts == [(a.slot.start, "Haircut: Otto"), (b.slot.start, "Haircut: Bea Cruz")]


def test_an_unreadable_calendar_is_tried_again_not_taken_as_free(world: World) -> None:
    world.book()
    (event,) = world.events()
    world.calendar.down["rui@quay.example"] = "gone"
    with pytest.raises(CalendarUnavailable):
        world.desk.effects.perform(event)
    assert world.mail.sent == []
    world.calendar.down.clear()
    world.desk.effects.perform(event)
    assert len(world.mail.sent) == 1


# --- deliveries --------------------------------------------------------------------------------------------------


def test_an_address_that_does_not_exist_becomes_a_card_and_reminders_are_planned(world: World) -> None:
    booking = world.book()
    world.mail.failing = DeliveryFailed("mail", "no such mailbox", permanent=True)
    kinds = world.settle()
    assert kinds == ["booking.confirmed", "delivery.failed"]
    failed = world.heard[-1]
    assert (failed.subject, failed.data["reason"]) == (booking.id, "no such mailbox")
    assert world.reminders(booking)


def test_a_mail_that_could_not_go_now_goes_with_the_next_try(world: World) -> None:
    world.book()
    (event,) = world.events()
    world.mail.failing = DeliveryFailed("mail", "throttled")
    with pytest.raises(DeliveryFailed):
        world.desk.effects.perform(event)
    world.mail.failing = None
    world.desk.effects.perform(event)
    assert len(world.mail.sent) == 1
    assert world.calendar.calls.count("put") == 1


def test_a_corrected_address_gets_everything_again(world: World) -> None:
    booking = world.book(customer=world.customer("Bea Cruz", email="bae@mail.example"))
    world.settle()
    world.desk.bookings.correct_contact(booking.id, STAFF, email="bea@mail.example")
    world.settle()
    assert [m.to for m in world.mail.sent] == ["Bea Cruz <bae@mail.example>", "Bea Cruz <bea@mail.example>"]
    (event,) = world.calendar.events.values()
    assert "bea@mail.example" in event.description


# --- crashes -----------------------------------------------------------------------------------------------------


class Crash(Exception):
    """The process dies here."""


class Fuse:
    """Lets `calls` outward calls pass, then the process dies: before the call, or right after it."""

    def __init__(self, calls: int, *, after: bool) -> None:
        self.left, self.after = calls, after

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Crash
            result = act(*args, **named)
            if self.left == 0:
                raise Crash
            return result

        return call


WATCHED = [
    ("store", "transact"),
    ("calendar", "put"),
    ("calendar", "remove"),
    ("mail", "send"),
    ("timers", "set"),
]


def confirm(world: World) -> Booking:
    return world.book()


def move(world: World) -> Booking:
    booking = world.book()
    world.settle()
    return world.desk.bookings.reschedule(booking.id, world.slot(16, who="ana"), STAFF)


def cancel(world: World) -> Booking:
    booking = world.book()
    world.settle()
    return world.desk.bookings.cancel(booking.id, STAFF)


def conflict(world: World) -> Booking:
    booking = world.book()
    world.calendar.busy["rui@quay.example"] = [(booking.slot.start, booking.slot.end)]
    return booking


def outcome(world: World, booking: Booking) -> tuple[Any, ...]:
    """What the world sees in the end; a message sent twice under one key is one message."""
    return (
        world.desk.bookings.get(booking.id).state,
        sorted(ours(world).items()),
        sorted({m.key: m.subject for m in world.mail.sent}.values()),
        sorted(world.reminders(booking).items()),
        world.holders(booking.slot),
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("history", [confirm, move, cancel, conflict])
def test_a_crash_anywhere_is_made_good_by_redelivery(
    history: Callable[[World], Booking], after: bool
) -> None:
    """Dies at every single step in turn; each time the event is delivered again, and all is as if nothing happened."""
    calm = World()
    booking = history(calm)
    calm.settle()
    expected = outcome(calm, booking)
    for step in range(1, 80):
        world = World()
        booking = history(world)
        fuse = Fuse(step, after=after)
        parts = {(part, name): getattr(getattr(world, part), name) for part, name in WATCHED}
        for (part, name), act in parts.items():
            setattr(getattr(world, part), name, fuse.around(act))
        waiting: list[Event] = []
        crashed = False
        while True:
            try:
                waiting += [e for e in world.events() if e.kind.value.startswith("booking.")]
                if not waiting:
                    break
                world.desk.effects.perform(waiting[0])
                waiting.pop(0)
            except Crash:  # the process starts again; what was being delivered is delivered again
                crashed = True
                for (part, name), act in parts.items():
                    setattr(getattr(world, part), name, act)
        assert outcome(world, booking) == expected, f"died {'after' if after else 'before'} call {step}"
        if not crashed:
            assert step > 8
            return
    raise AssertionError("the history never ran to its end")


# --- reminders ---------------------------------------------------------------------------------------------------


def at(world: World, instant: int) -> int:
    world.clock.at = instant
    return world.desk.effects.remind_due()


def test_reminders_go_out_when_due_once_each(world: World) -> None:
    booking = world.book()
    world.settle()
    at(world, booking.slot.start - 24 * HOUR)
    at(world, booking.slot.start - 24 * HOUR + 60)
    assert [m.subject for m in world.mail.sent[1:]] == ["Reminder: Haircut, Tue 5 May, 2:00 pm"]
    at(world, booking.slot.start - HOUR)
    assert len(world.mail.sent) == 3
    assert world.reminders(booking) == {24 * HOUR: "SENT", HOUR: "SENT"}
    assert [w for w in world.history(booking) if w[1] == "reminded"] == [("system", "reminded")] * 2


def test_reminders_already_past_are_not_planned(world: World) -> None:
    booking = world.book(14, day=0)
    world.settle()
    assert world.reminders(booking) == {HOUR: "PLANNED"}


def test_in_quiet_hours_nothing_leaves_and_one_message_follows_when_they_end(world: World) -> None:
    booking = world.book(9, day=2)
    world.settle()
    told = len(world.mail.sent)
    assert at(world, ZONE.parse("2026-05-05T23:00")) == 1  # the 24 h one is long overdue: we were down
    assert at(world, ZONE.parse("2026-05-06T07:59")) == 0
    assert len(world.mail.sent) == told
    at(world, ZONE.parse("2026-05-06T08:00"))
    assert len(world.mail.sent) == told + 1  # both are due now; one message is enough
    assert world.reminders(booking) == {24 * HOUR: "SKIPPED", HOUR: "SENT"}


def test_nobody_is_reminded_of_what_is_cancelled_or_moved(world: World) -> None:
    gone, moved = world.book(14), world.book(16)
    world.settle()
    world.desk.bookings.cancel(gone.id, STAFF)
    world.desk.bookings.reschedule(moved.id, world.slot(16, day=8), STAFF)
    told = len(world.mail.sent)
    at(world, moved.slot.start - HOUR)  # their events have not been handled yet
    assert len(world.mail.sent) == told


def test_a_reminder_that_was_being_sent_when_we_died_is_not_sent_twice(world: World) -> None:
    booking = world.book()
    world.settle()
    send = world.mail.send

    def dies(mail: Any) -> str:
        send(mail)
        raise Crash

    world.mail.send = dies  # type: ignore[method-assign]
    with pytest.raises(Crash):
        at(world, booking.slot.start - 24 * HOUR)
    world.mail.send = send  # type: ignore[method-assign]
    told = len(world.mail.sent)
    at(world, world.clock.at + 60)
    assert len(world.mail.sent) == told
    world.events()
    at(world, world.clock.at + 600)
    assert len(world.mail.sent) == told
    assert [e.kind.value for e in world.events()] == ["delivery.failed"]


def test_a_reminder_is_tried_again_then_becomes_a_card(world: World) -> None:
    booking = world.book()
    world.settle()
    world.events()
    world.mail.failing = DeliveryFailed("mail", "busy")
    at(world, booking.slot.start - 24 * HOUR)
    assert world.reminders(booking)[24 * HOUR] == "PLANNED"
    at(world, world.clock.at + 300)
    at(world, world.clock.at + 300)
    assert world.reminders(booking)[24 * HOUR] == "FAILED"
    assert [e.kind.value for e in world.events()] == ["delivery.failed"]


def test_a_timer_sends_it_as_well(world: World) -> None:
    booking = world.book()
    world.settle()
    ((due, event),) = world.timers.waiting.values()
    assert due == booking.slot.start - 24 * HOUR
    world.clock.at = due
    world.desk.effects.perform(event)
    world.desk.effects.perform(event)
    assert len(world.mail.sent) == 2
    assert world.reminders(booking)[24 * HOUR] == "SENT"
    assert [at for at, _ in world.timers.waiting.values()] == [booking.slot.start - HOUR]
