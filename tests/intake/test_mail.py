from __future__ import annotations

import pytest

from handlers.domain.errors import DeliveryFailed, WrongState
from handlers.domain.events import EventKind
from handlers.domain.request import FieldReading, Reading, RequestState, ServiceReading
from handlers.domain.slot import Window
from handlers.services.triage import NEAREST
from tests.intake.conftest import RULES, SURE, World


def receive(world: World, *args, **kwargs):
    request = world.desk.intake.receive_mail(world.mail(*args, **kwargs))
    assert request is not None
    return request


def test_a_clear_request_is_answered_with_slots(world):
    world.reader.reading = SURE
    request = receive(world, "A massage on Tuesday please")
    world.settle()
    moved = world.desk.intake.get(request.id)
    assert moved.state is RequestState.PROPOSED
    (mail,) = world.mailer.sent
    assert "ana@mail.example" in mail.to
    assert mail.headers["In-Reply-To"] == "<m0@mail.example>"
    assert "Tue 5 May" in mail.text
    assert "https://fig.example/l/" in mail.text


def test_delivered_twice_it_is_one_request(world):
    path = world.mail("A massage")
    assert world.desk.intake.receive_mail(path) is not None
    assert world.desk.intake.receive_mail(path) is None
    assert world.settle().count(EventKind.REQUEST_RECEIVED) == 1


def test_the_same_message_by_another_path_is_one_request(world):
    path = world.mail("A massage")
    world.files.put("raw/again", world.files.get(path))
    assert world.desk.intake.receive_mail(path) is not None
    assert world.desk.intake.receive_mail("raw/again") is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Assistant_Lane": "direct"},
        {"List_Id": "<l.example>"},
    ],
)
def test_automatic_mail_is_never_answered(world, headers):
    world.reader.reading = SURE
    assert world.desk.intake.receive_mail(world.mail("I am out of office", **headers)) is None
    world.settle()
    assert not world.mailer.sent
    assert not world.reader.asked


def test_our_own_address_is_never_answered(world):
    assert world.desk.intake.receive_mail(world.mail("hello", sender="hello@fig.example")) is None


def test_an_unsure_reading_becomes_a_draft_and_nothing_is_sent(world):
    world.reader.reading = SURE.model_copy(update={"review": ("when",)})
    request = receive(world, "A massage some time")
    assert EventKind.REQUEST_DRAFTED in world.settle()
    assert world.desk.intake.get(request.id).state is RequestState.DRAFT
    assert world.desk.intake.get(request.id).reading.service.value == "massage"
    assert not world.mailer.sent


def test_an_approved_draft_sends_its_slots_and_says_who(world):
    world.reader.reading = SURE.model_copy(update={"review": ("when",)})
    request = receive(world, "A massage some time")
    world.settle()
    approved = world.desk.intake.approve(request.id, "U0RITA")
    assert approved.state is RequestState.APPROVED
    world.settle()
    moved = world.desk.intake.get(request.id)
    assert (moved.state, moved.changed_by) == (RequestState.PROPOSED, "U0RITA")
    assert len(world.mailer.sent) == 1


def test_the_second_click_reads_who_was_first(world):
    world.reader.reading = SURE.model_copy(update={"review": ("when",)})
    request = receive(world, "A massage some time")
    world.settle()
    world.desk.intake.approve(request.id, "U0RITA")
    with pytest.raises(WrongState) as caught:
        world.desk.intake.discard(request.id, "U0TOM")
    assert (caught.value.by, caught.value.state) == ("U0RITA", RequestState.APPROVED)


def test_what_a_person_corrects_is_what_is_proposed(world):
    world.reader.reading = Reading(service=ServiceReading(candidates=("massage", "facial")))
    request = receive(world, "the usual")
    world.settle()
    world.desk.intake.edit(request.id, "U0RITA", service="facial", email="ana@mail.example", name="Ana")
    world.settle()
    proposal = world.desk.slots.proposal(world.desk.intake.get(request.id).proposal)
    assert {s.service for s in proposal.slots} == {"facial"}


def test_nothing_free_goes_to_a_person(world):
    world.reader.reading = SURE
    for who in ("rita", "tom"):
        world.calendar.busy[f"{who}@fig.example"] = [(0, 2**40)]
    request = receive(world, "A massage on Tuesday please")
    world.settle()
    moved = world.desk.intake.get(request.id)
    assert moved.state is RequestState.ESCALATED
    assert "free" in moved.reason
    assert not world.mailer.sent


def test_direct_lane_forwards_the_mail_untouched_and_no_model_sees_it(world):
    request = receive(world, "Dinner?", sender="vip@partner.example", dmarc=True)
    world.settle()
    ((raw, to, headers),) = world.mailer.forwarded
    assert raw == world.files.get("raw/0")
    assert to == "rita@fig.example"
    assert headers["Reply-To"] == "vip@partner.example"
    assert headers["X-Assistant-Lane"] == "direct"
    assert not world.reader.asked
    assert world.desk.intake.get(request.id).state is RequestState.HANDLED


def test_an_unauthenticated_direct_sender_becomes_a_card_still_without_model(world):
    request = receive(world, "Dinner?", sender="mum@family.example")
    world.settle()
    assert world.desk.intake.get(request.id).state is RequestState.ESCALATED
    assert not world.reader.asked
    assert not world.mailer.forwarded


def test_a_crash_after_the_proposal_is_recorded_is_made_good_by_redelivery(world):
    world.reader.reading = SURE
    receive(world, "A massage on Tuesday please")
    (event,) = [e for e in world.outbox() if e.kind == EventKind.REQUEST_RECEIVED]

    class Dead(Exception):
        pass

    intake, move = world.desk.intake, world.desk.intake.move

    def die(*args, **kwargs):
        raise Dead

    vars(intake)["move"] = die
    with pytest.raises(Dead):
        world.desk.triage.perform(event)
    vars(intake)["move"] = move
    world.desk.triage.perform(event)
    world.settle()
    assert len(world.mailer.sent) == 1


def test_a_passing_mail_failure_is_tried_again(world):
    world.reader.reading = SURE
    receive(world, "A massage on Tuesday please")
    (event,) = [e for e in world.outbox() if e.kind == EventKind.REQUEST_RECEIVED]
    world.desk.triage.perform(event)
    (proposed,) = [e for e in world.outbox() if e.kind == EventKind.REQUEST_PROPOSED]
    world.mailer.failing = DeliveryFailed("mail", "busy")
    with pytest.raises(DeliveryFailed):
        world.desk.triage.perform(proposed)
    world.mailer.failing = None
    world.desk.triage.perform(proposed)
    world.desk.triage.perform(proposed)
    assert len(world.mailer.sent) == 1


def test_an_address_that_bounces_for_good_becomes_a_card(world):
    world.reader.reading = SURE
    receive(world, "A massage on Tuesday please")
    world.mailer.failing = DeliveryFailed("mail", "no such address", permanent=True)
    assert EventKind.DELIVERY_FAILED in world.settle()


def test_a_declined_request_is_answered_politely_once(world):
    world.reader.reading = Reading(move="decline")
    request = receive(world, "Do you fix cars?")
    world.settle()
    assert world.desk.intake.get(request.id).state is RequestState.DECLINED
    assert len(world.mailer.sent) == 1


def test_every_transition_leaves_an_audit_row(world):
    world.reader.reading = SURE.model_copy(update={"review": ("when",)})
    request = receive(world, "A massage some time")
    world.settle()
    world.desk.intake.approve(request.id, "U0RITA")
    world.settle()
    from handlers.domain import keys

    rows = world.desk.journal.thread(keys.request(request.id))
    assert [(r.who, r.what) for r in rows] == [
        ("customer", "received"),
        ("system", "request.drafted"),
        ("U0RITA", "request.approved"),
        ("U0RITA", "request.proposed"),
    ]


def test_a_stored_form_that_was_never_answered_is_found_by_housekeeping(world):
    from handlers.domain.forms import parse_book

    form = parse_book(
        {"service": "massage", "name": "Ana", "contact": "ana@mail.example"},
        world.desk.rules.current(),
        world.clock.at,
    )
    propose = world.desk.slots.propose

    class Dead(Exception):
        pass

    def die(*args, **kwargs):
        raise Dead

    vars(world.desk.slots)["propose"] = die
    with pytest.raises(Dead):
        world.desk.intake.receive_form(form)
    vars(world.desk.slots)["propose"] = propose
    assert world.settle() == []
    world.clock.at += 120
    assert world.desk.intake.resume() == 1
    world.settle()
    assert len(world.mailer.sent) == 1


def test_a_text_that_says_stop_is_heeded(world):
    request = world.desk.intake.receive_text(
        id_="t1", sender="+351912345678", recipient="+351900000000", text="STOP"
    )
    assert request.state is RequestState.ESCALATED
    assert world.desk.customers.known(phone="+351912345678").opted_out == ("text",)
    world.settle()
    assert not world.texter.sent


def test_a_text_is_read_and_answered_by_text(world):
    world.reader.reading = SURE
    world.desk.intake.receive_text(
        id_="t1", sender="+351912345678", recipient="+351900000000", text="massage Tuesday?"
    )
    world.desk.intake.receive_text(
        id_="t1", sender="+351912345678", recipient="+351900000000", text="massage Tuesday?"
    )
    world.settle()
    ((to, text),) = world.texter.sent
    assert to == "+351912345678"
    assert "/t/" in text


def test_an_offer_nobody_took_runs_out(world):
    world.reader.reading = SURE
    request = receive(world, "A massage on Tuesday please")
    world.settle()
    world.clock.at = world.desk.slots.proposal(world.desk.intake.get(request.id).proposal).expires - 1
    assert world.desk.intake.expire_due() == 0
    world.clock.at += 1
    assert world.desk.intake.expire_due() == 1
    assert world.desk.intake.expire_due() == 0
    assert world.desk.intake.get(request.id).state is RequestState.EXPIRED
    assert EventKind.REQUEST_EXPIRED in world.settle()


def test_a_second_service_is_named_before_anybody_approves(world):
    world.reader.reading = SURE.model_copy(
        update={
            "service": ServiceReading(
                value="massage", confidence=0.97, candidates=("massage",), also=("facial",)
            )
        }
    )
    request = receive(world, "A massage and a facial")
    world.settle()
    moved = world.desk.intake.get(request.id)
    assert moved.state is RequestState.DRAFT
    assert "Facial" in moved.reason


def test_two_robots_do_not_talk_for_ever(world):
    world.reader.reading = SURE
    for n in range(12):
        receive(
            world, f"Thank you for your message number {n}, a massage on Tuesday", sender="robot@mail.example"
        )
        world.settle()
    assert len(world.mailer.sent) == 6
    assert len(world.desk.intake.waiting()) == 6
    receive(world, "A massage on Tuesday please", sender="Bo <bo@mail.example>")
    world.settle()
    assert len(world.mailer.sent) == 7


def test_a_note_stands_where_the_owner_wants_it(world):
    voice = "voice: {proposal: {text: 'T {slots}', email: 'Hello! {note} Free: {slots}'}}\n"
    world.desk.rules.update(RULES + voice, "owner")
    sunday = Window(date_from="2026-05-10", date_to="2026-05-10", quote="Sunday")
    world.reader.reading = SURE.model_copy(update={"when": (sunday,)})
    world.desk.intake.receive_mail(world.mail("A massage on Sunday"))
    world.settle()
    (mail,) = world.mailer.sent
    assert mail.text.startswith(f"Hello! {NEAREST} Free:\n\n1. ")


def test_a_note_the_owner_s_words_have_no_place_for_comes_first(world):
    world.desk.rules.update(RULES + "voice: {proposal: 'Free: {slots}'}\n", "owner")
    sunday = Window(date_from="2026-05-10", date_to="2026-05-10", quote="Sunday")
    world.reader.reading = SURE.model_copy(update={"when": (sunday,)})
    world.desk.intake.receive_mail(world.mail("A massage on Sunday"))
    world.settle()
    (mail,) = world.mailer.sent
    assert mail.text.startswith(f"{NEAREST}\n\nFree:\n\n1. ")


def test_staff_are_told_when_a_calendar_is_why_nothing_was_found(world):
    for calendar in ("rita@fig.example", "tom@fig.example"):
        world.calendar.down[calendar] = "gone"
    world.reader.reading = SURE
    request = world.desk.intake.receive_mail(world.mail("A massage on Tuesday"))
    world.settle()
    assert "the calendar of Rita and Tom can't be read" in world.desk.intake.get(request.id).reason


def test_a_polite_no_says_sorry_once_and_where_to_ask_for_something_else(world):
    world.reader.reading = Reading(move="decline")
    receive(world, "Do you sell skis?")
    world.settle()
    (mail,) = world.mailer.sent
    assert mail.text.startswith(
        "Hi Ana, thank you for asking. We are sorry, this is not something we can help with. If something else"
    )
    assert mail.text.lower().count("sorry") == 1
    assert "https://fig.example/forms/book" in mail.text


def test_a_table_for_nobody_knows_how_many_goes_to_a_person(world):
    supper = RULES.replace(
        "services:\n",
        "services:\n  supper: {name: Supper, minutes: 60, resources: [t1], party: {min: 1, max: 4}}\n",
    )
    supper = supper.replace(
        "resources:\n  rita", "resources:\n  t1: {name: Table 1, kind: table, seats: 4}\n  rita"
    )
    world.desk.rules.update(supper, "owner")
    named = SURE.model_copy(
        update={"service": ServiceReading(value="supper", confidence=0.97, candidates=("supper",))}
    )
    world.reader.reading = named
    request = receive(world, "Supper on Tuesday?")
    world.settle()
    assert world.desk.intake.get(request.id).state is RequestState.DRAFT
    world.reader.reading = named.model_copy(update={"party_size": FieldReading(value=3, confidence=0.97)})
    request = receive(world, "Supper on Tuesday for three?")
    world.settle()
    assert world.desk.intake.get(request.id).state is RequestState.PROPOSED
