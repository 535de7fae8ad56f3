"""Clicks on a booking's card, its rows and modals."""

from __future__ import annotations

from typing import cast

from blocks.ids import MenuChoice
from blocks.payloads import CardPlace, Menu, Ref
from bot.cards import of_request
from handlers.domain.booking import State
from handlers.domain.request import RequestState
from tests.fakes import FakeClock
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import TUESDAY_2PM, request, slot


def at(office: Office, now: int) -> None:
    cast("FakeClock", office.desk.clock).at = now


def test_a_visit_is_marked_step_by_step(office: Office, slack: FakeSlack) -> None:
    ref = Ref(id=office.booked().id)
    at(office, TUESDAY_2PM + 600)
    for action, state in [
        ("booking.arrived", State.ARRIVED),
        ("booking.undo_arrived", State.CONFIRMED),
        ("booking.no_show", State.NO_SHOW),
        ("booking.arrived", State.ARRIVED),
        ("booking.completed", State.COMPLETED),
    ]:
        office.click(action, ref.pack())
        assert office.desk.bookings.get(ref.id).state is state
        card = slack.responses[-1]
        assert card["replace_original"] is True
        assert faults_of_message(card["text"], card["blocks"]) == []
    assert [b for b in slack.responses[-1]["blocks"] if b["type"] == "actions"] == []


def test_a_service_that_needs_approval_is_approved_on_its_card(office: Office, slack: FakeSlack) -> None:
    asked = office.booked(
        slot=slot(service="facial", resource="mei", needs=("room",), end=TUESDAY_2PM + 3600)
    )
    assert asked.state is State.REQUESTED
    office.work()
    assert "Waits for your approval" in str(slack.only_message()["blocks"])
    office.click("booking.approve", Ref(id=asked.id).pack())
    assert office.desk.bookings.get(asked.id).state is State.CONFIRMED
    office.work()
    assert len(slack.messages) == 1
    assert "*Confirmed*" in str(slack.only_message()["blocks"])


def test_declining_asks_for_a_reason_and_frees_the_time(office: Office, slack: FakeSlack) -> None:
    asked = office.booked(
        slot=slot(service="facial", resource="mei", needs=("room",), end=TUESDAY_2PM + 3600)
    )
    office.click("booking.decline", Ref(id=asked.id).pack())
    view = slack.only_view()
    assert view["title"]["text"] == "Decline request"
    assert faults_of_view(view) == []
    assert office.submit(view["id"], {"reason": "Mei is away"}).body == ""
    assert office.desk.bookings.get(asked.id).state is State.CANCELLED
    (cancelled,) = [e for e in office.events() if e.kind.value == "booking.cancelled"]
    assert cancelled.data["reason"] == "Mei is away"


def test_a_double_submit_is_told_kindly(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.click("booking.cancel", Ref(id=booking.id).pack())
    view = slack.only_view()["id"]
    assert office.submit(view, {}).body == ""
    again = office.submit(view, {})
    assert "already cancelled by @mei" in str(again.json["view"])
    kinds = [e.kind.value for e in office.events()]
    assert (kinds.count("booking.cancelled"), kinds.count("slot.freed")) == (1, 1)


def test_a_row_in_a_list_does_what_its_menu_says(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    at(office, booking.slot.start + 600)
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.NO_SHOW).pack())
    assert slack.only_view()["callback_id"] == "no_show"
    office.submit(slack.only_view()["id"], {})
    assert office.desk.bookings.get(booking.id).state is State.NO_SHOW
    (freed,) = [e.data for e in office.events() if e.kind.value == "slot.freed"]
    rest = (booking.slot.start + 600, booking.slot.end)
    assert (freed["why"], freed["start"], freed["end"]) == ("no_show", *rest)


def test_nobody_is_a_no_show_before_the_visit_begins(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    at(office, booking.slot.start - 1)
    office.click("booking.no_show", Ref(id=booking.id).pack())
    assert "until then nobody is a no-show" in slack.responses[-1]["text"]
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.NO_SHOW).pack())
    assert slack.views == {}
    assert office.desk.bookings.get(booking.id).state is State.CONFIRMED
    at(office, booking.slot.start)
    office.click("booking.no_show", Ref(id=booking.id).pack())
    assert office.desk.bookings.get(booking.id).state is State.NO_SHOW


def test_a_card_that_waits_for_a_person_leads_to_the_booking_it_is_about(
    office: Office, slack: FakeSlack
) -> None:
    booking = office.booked()
    asked = office.desk.intake.ask_staff(booking, "Asks to cancel.")
    assert asked is not None
    card = of_request(office.desk, asked)
    assert card.text.count("Asks to cancel.") == 1
    shown = [b.to_dict() for b in card.blocks]
    assert str(shown).count("Asks to cancel.") == 1
    assert "Their booking:" in str(shown)
    (buttons,) = [b["elements"] for b in shown if b["type"] == "actions"]
    assert [b["text"]["text"] for b in buttons] == [
        "I handled it",
        "Reply to customer",
        "Open the booking",
        "Discard",
    ]
    office.click(buttons[2]["action_id"], buttons[2]["value"])
    view = slack.only_view()
    assert "booking.cancel" in str(view["blocks"])
    assert CardPlace.unpack(view["private_metadata"]) == CardPlace()  # the request's card stays its own


def test_somebody_who_writes_about_a_visit_is_shown_with_it(office: Office) -> None:
    booking = office.booked()
    contact = {"email": booking.email, "phone": booking.phone}
    wrote = request(RequestState.ESCALATED, **contact)
    assert "Their booking:" in str([b.to_dict() for b in of_request(office.desk, wrote).blocks])
    at(office, booking.slot.end)
    assert "Their booking:" not in str([b.to_dict() for b in of_request(office.desk, wrote).blocks])


def test_the_confirmation_is_sent_again(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.events()
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.RESEND).pack())
    assert [e.kind.value for e in office.events()] == ["booking.resend"]
    assert "on its way" in slack.responses[-1]["text"]


def test_a_contact_is_corrected(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.CONTACT).pack())
    view = slack.only_view()["id"]
    wrong = office.submit(view, {"email": "ana@", "phone": "12"})
    assert set(wrong.json["errors"]) == {"email", "phone"}
    assert office.submit(view, {"email": "Ana@Mail.example", "phone": "8765 4321"}).body == ""
    corrected = office.desk.bookings.get(booking.id)
    assert (corrected.email, corrected.phone) == ("ana@mail.example", "+6587654321")


def test_find_lists_what_can_be_acted_on(office: Office) -> None:
    booking = office.booked()
    for wanted in ("ana", "4567", booking.id):
        answer = office.command(f"find {wanted}").json
        assert faults_of_message(answer["text"], answer["blocks"]) == []
        assert "Haircut for Ana Lim, Tue 5 May, 2:00 pm with Jess" in answer["text"]
        assert answer["blocks"][1]["accessory"]["action_id"] == "booking.menu"
    assert "No booking found" in office.command("find zoe").json["text"]
    assert "Whom shall I find" in office.command("find").json["text"]


def test_more_opens_the_card_and_keeps_it_true(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.MORE).pack())
    view = slack.only_view()
    assert faults_of_view(view) == []
    office.payload(
        {
            "type": "block_actions",
            "user": {"id": "U0MEI"},
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [
                {"action_id": "booking.arrived", "block_id": "b", "value": Ref(id=booking.id).pack(), "action_ts": "1"}
            ],
        }
    )  # fmt: skip
    assert "*Arrived*" in str(slack.only_view()["blocks"])
