"""A word by text settles the one question that is open; opt-outs first; the rest is a person's."""

from __future__ import annotations

import json
from itertools import count

import pytest

from handlers.domain import keys
from handlers.domain.answers import answer_of
from handlers.domain.booking import State
from handlers.domain.errors import DeliveryFailed
from handlers.domain.request import RequestState
from handlers.domain.waitlist import EntryState
from tests.bookings.world import HOUR, STAFF
from tests.waitlist.waiting import WINDOW, Waiting, join

BEA = "+351912000001"


class Phone(Waiting):
    """Bea writes texts to the business."""

    numbers = count(1)

    def says(self, text: str, *, times: int = 1, number: str = BEA) -> None:
        message = {
            "originationNumber": number,
            "destinationNumber": "+351210000000",
            "messageBody": text,
            "inboundMessageId": f"in-{next(self.numbers)}",
        }
        for _ in range(times):
            self.desk.inbound.text({"Records": [{"Sns": {"Message": json.dumps(message)}}]})
        self.settle()

    def reminded(self, **more):
        """A booking of Bea's whose first reminder is out."""
        booking = self.book(
            14, day=2, customer=self.customer("Bea", phone=BEA, email="bea@mail.example"), **more
        )
        self.settle()
        self.pass_time(booking.slot.start - 24 * HOUR - self.clock.at)
        return self.desk.bookings.get(booking.id)

    def requests(self):
        return self.desk.intake.waiting()

    def last_text(self) -> str:
        return self.texts.sent[-1][1]


@pytest.fixture
def world() -> Phone:
    return Phone()


@pytest.mark.parametrize("word", ["1", "C", "yes", "Yes!", "ok", "See you then", "\U0001f44d"])
def test_a_yes_to_a_reminder_says_they_come(world, word):
    booking = world.reminded()
    world.says(word)
    assert world.desk.bookings.get(booking.id).answered is not None
    assert world.last_text().startswith("Thank you, Bea. See you Wed 6 May at 2:00 pm")
    assert world.requests() == ()


def test_delivered_twice_it_is_one_answer_and_one_thank_you(world):
    world.reminded()
    before = len(world.texts.sent)
    world.says("1", times=3)
    assert len(world.texts.sent) == before + 1
    assert world.requests() == ()


@pytest.mark.parametrize("word", ["N", "2", "no", "R", "can't make it"])
def test_a_no_to_a_reminder_gets_the_link_and_changes_nothing(world, word):
    booking = world.reminded()
    world.says(word)
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED
    assert world.desk.bookings.get(booking.id).answered is None
    assert "Choose another time for Haircut" in world.last_text()


def test_a_yes_to_an_offer_takes_the_time(world):
    entry = join(world, "Bea", phone=BEA)
    freed = world.cancelled()
    world.says("1")
    (booking,) = world.desk.bookings.of_customer(entry.customer)
    assert (booking.slot, booking.state) == (freed.slot, State.CONFIRMED)
    assert world.offered() == [("Bea", "CLAIMED")]
    assert "You're booked" in world.last_text()


def test_a_no_to_an_offer_passes_it_on(world):
    join(world, "Bea", phone=BEA)
    world.clock.at += 60
    join(world, "Cid")
    world.cancelled()
    world.says("2")
    assert world.offered() == [("Bea", "DECLINED"), ("Cid", "LIVE")]


def test_a_yes_that_comes_too_late_is_told_so_calmly(world):
    entry = join(world, "Bea", phone=BEA)
    world.cancelled()
    world.pass_time(WINDOW)
    world.says("1")
    assert "just taken" in world.last_text()
    assert world.desk.entries.get(entry.id).state is EntryState.WAITING
    assert world.desk.bookings.of_customer(entry.customer) == ()


def test_where_two_questions_are_open_a_person_asks_which(world):
    booking = world.reminded()
    join(world, "Bea", "wash", phone=BEA)
    world.cancelled(16, day=3, service="wash")
    world.says("1")
    assert world.desk.bookings.get(booking.id).answered is None
    assert world.offered() == [("Bea", "LIVE")]
    (request,) = world.requests()
    assert request.state is RequestState.ESCALATED
    assert "more than one question is open" in request.reason
    assert "the reminder of Haircut on Wed 6 May, 2:00 pm" in request.reason


def test_a_bare_cancel_is_an_opt_out_that_keeps_the_booking_and_tells_everybody(world):
    booking = world.reminded()
    world.says("CANCEL", times=2)
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED
    assert "text" in world.desk.customers.get(booking.customer).opted_out
    (request,) = world.requests()
    assert "Wants no more texts" in request.reason
    mails = [m for m in world.mail.sent if "No more texts" in m.subject]
    assert len(mails) == 1
    assert "Wed 6 May at 2:00 pm, still stands" in mails[0].text
    before = len(world.texts.sent)
    world.pass_time(48 * HOUR)
    assert len(world.texts.sent) == before


def test_free_text_is_read_like_any_message(world):
    world.reminded()
    world.says("sorry, I'm running 10 minutes late")
    world.desk.triage.perform(next(e for e in world.heard if e.kind == "request.received"))
    (request,) = world.requests()
    assert request.state is RequestState.ESCALATED
    assert world.desk.triage.answers_to(request) is not None


def test_a_number_picks_one_of_the_times_offered_by_text(world):
    world.says("Haircut on Wednesday afternoon please, Bea")
    for event in list(world.heard):
        if event.kind.value.startswith("request."):
            world.desk.triage.perform(event)
    world.settle()
    for event in list(world.heard):
        if event.kind.value == "request.proposed":
            world.desk.triage.perform(event)
    assert "1) Wed 6 May, 12:00 pm" in world.last_text()
    world.says("2")
    known = world.desk.customers.known(phone=BEA)
    (booking,) = world.desk.bookings.of_customer(known.id)
    assert booking.source == "text"
    assert world.requests() == ()


def test_a_word_without_a_question_is_a_persons(world):
    world.says("yes")
    assert [e.kind.value for e in world.heard if e.kind.value.startswith("request.")] == ["request.received"]


def test_a_reply_that_could_not_be_thanked_for_is_thanked_for_on_redelivery(world):
    booking = world.reminded()
    world.texts.failing = DeliveryFailed("text", "down")
    with pytest.raises(DeliveryFailed):
        world.says("1")
    assert world.desk.bookings.get(booking.id).answered is not None
    world.texts.failing = None
    message = {"originationNumber": BEA, "destinationNumber": "+1", "messageBody": "1"}
    id_ = f"in-{next(Phone.numbers) - 1}"
    world.desk.inbound.text(
        {"Records": [{"Sns": {"Message": json.dumps({**message, "inboundMessageId": id_})}}]}
    )
    assert world.last_text().startswith("Thank you, Bea")
    assert world.requests() == ()


def test_everything_done_by_text_is_in_the_bookings_thread(world):
    booking = world.reminded()
    world.says("1")
    assert ("customer", "confirmed coming") in world.history(booking)
    assert world.desk.journal.thread(keys.booking(booking.id))
    assert STAFF not in [row.who for row in world.desk.journal.thread(keys.booking(booking.id))]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", 1), (" 2. ", 2), ("6", None), ("12", None), ("Y", "yes"), ("YES!!", "yes"), ("no", "no"), ("r", "move"),
        ("yes, but can I bring my dog?", None), ("no problem, see you", None), ("yes for 2 people", None), ("", None),
        ("I'll be there", "yes"), ("Can't make it", "no"),
    ],
)  # fmt: skip
def test_only_a_text_that_says_nothing_else_is_an_answer(text, answer):
    assert answer_of(text) == answer
