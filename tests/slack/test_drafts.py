"""Clicks on the cards of what is forwarded: an appointment to be booked, a wish for the waitlist."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from blocks.payloads import Ref
from handlers.domain.booking import State
from handlers.domain.customer import Customer
from handlers.domain.events import EventKind
from handlers.domain.request import Document, Plan, Request, RequestState, ServiceReading
from handlers.domain.slot import Window
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import TUESDAY_2PM, message, reading, request, slot

ID = "rq0000000001"
REF = Ref(id=ID).pack()
EXACT = Window(
    date_from="2026-05-05", date_to="2026-05-05", time_from="14:00", time_to="14:00", exact=True,
    confidence=0.97, quote="Tuesday 5 May at 2:00 PM",
)  # fmt: skip


def confirmation(**changes: Any) -> Request:
    given = {
        "desk": "confirmations",
        "message": message(
            text="FYI", sender="rosa@home.example", sender_name="Rosa", subject="Fwd: New booking"
        ),
        "reading": reading(when=(EXACT,), review=()),
        "excerpt": "Ana Lim has booked a trim on Tuesday 5 May at 2:00 PM",
        "note": "FYI",
        "phone": "+6581234567",
        "plan": Plan(slot=slot()),
        "reason": "",
        "changed_by": "system",
    }
    return request(**{**given, **changes})


def wish(**changes: Any) -> Request:
    windows = (
        Window(date_from="2026-05-09", date_to="2026-05-09", quote="Saturdays"),
        Window(date_from="2026-05-30", date_to="2026-05-30"),
    )
    given = {
        "desk": "waitlist",
        "reading": reading(when=windows, review=()),
        "reason": "",
        "changed_by": "system",
    }
    return request(**{**given, **changes})


def words(blocks: list[dict[str, Any]]) -> str:
    return str(blocks)


def actions(card: dict[str, Any]) -> list[str]:
    return [e["action_id"] for b in card["blocks"] if b["type"] == "actions" for e in b["elements"]]


def posted(office: Office, slack: FakeSlack, draft: Request) -> dict[str, Any]:
    """The card as the worker posts it."""
    office.has(draft)
    office.notices.perform(office.desk.journal.emit(EventKind.REQUEST_DRAFTED, ID))
    office.events()
    return slack.only_message()


def approve(office: Office, *, tick: bool = False, user: str = "U0MEI") -> Any:
    """A click on Approve, with the state of the box beside it as Slack sends it."""
    chosen = [{"value": "yes"}] if tick else []
    state = {"values": {"tell": {"draft.tell": {"type": "checkboxes", "selected_options": chosen}}}}
    return office.payload(
        {
            "type": "block_actions",
            "user": {"id": user},
            "container": {"type": "message", "channel_id": "C0DESK", "message_ts": "1.2", "is_ephemeral": False},
            "channel": {"id": "C0DESK"},
            "response_url": office.slack.response_url,
            "state": state,
            "actions": [{"type": "button", "action_id": "draft.approve", "block_id": "b", "value": REF, "action_ts": "1.1"}],
        }
    )  # fmt: skip


# --- confirmations -----------------------------------------------------------------------------------------------


def test_the_card_shows_what_was_read_and_from_what(office: Office, slack: FakeSlack) -> None:
    document = Document(
        name="b.xlsx", note="The attachment b.xlsx is too large to read (12 MB); please open it by hand."
    )
    card = posted(office, slack, confirmation(documents=(document,)))
    text = words(card["blocks"])
    assert "Book this appointment? Ana Lim" in text
    assert "Tue 5 May, 2:00 pm to 2:45 pm" in text
    assert "Tuesday 5 May at 2:00 PM" in text
    assert "97% sure" in text
    assert "Ana Lim has booked a trim" in text
    assert "too large to read (12 MB)" in text
    assert "Rosa rosa@home.example" in text
    assert "sender not verified" in text
    assert actions(card) == ["draft.tell", "draft.approve", "draft.edit", "request.discard"]
    assert faults_of_message(card["text"], card["blocks"]) == []


@pytest.mark.parametrize("tick", [False, True])
def test_approve_books_it_and_the_box_says_whether_the_customer_is_told(
    office: Office, slack: FakeSlack, tick: bool
) -> None:
    office.has(confirmation())
    approve(office, tick=tick)
    saved = office.desk.intake.get(ID)
    booking = office.desk.bookings.get(saved.booking or "")
    assert (saved.state, booking.state, booking.slot.start) == (
        RequestState.BOOKED,
        State.CONFIRMED,
        TUESDAY_2PM,
    )
    assert (booking.source, booking.changed_by) == ("import", "U0MEI")
    (card,) = slack.responses
    assert "*Booked* by <@U0MEI>" in words(card["blocks"])
    assert actions(card) == []
    confirmed = next(e for e in office.events() if e.kind is EventKind.BOOKING_CONFIRMED)
    assert confirmed.data.get("tell", False) is tick


def test_the_tick_alone_does_nothing(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    assert office.click("draft.tell", "yes").status == 200
    assert office.desk.intake.get(ID).state is RequestState.DRAFT
    assert slack.responses == []


def test_what_is_missing_leaves_only_edit(office: Office, slack: FakeSlack) -> None:
    card = posted(office, slack, confirmation(plan=None, reason="Which day and time is it?"))
    assert actions(card) == ["draft.edit", "request.handled", "request.discard"]
    approve(office)
    assert "Press Edit" in slack.responses[-1]["text"]


def test_a_taken_time_is_said_and_can_not_be_approved(office: Office, slack: FakeSlack) -> None:
    taken = "Jess is not free then: booked 14:00-14:45."
    card = posted(office, slack, confirmation(plan=Plan(slot=slot(), taken=taken), reason=taken))
    assert taken in words(card["blocks"])
    assert "draft.approve" not in actions(card)


def test_outside_the_hours_it_takes_a_second_thought(office: Office, slack: FakeSlack) -> None:
    unusual = "Jess: outside working hours (10:00-20:00)."
    card = posted(office, slack, confirmation(plan=Plan(slot=slot(), unusual=unusual), reason=unusual))
    anyway = next(
        e
        for b in card["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == "draft.approve"
    )
    assert anyway["text"]["text"] == "Approve anyway"
    assert unusual in anyway["confirm"]["text"]["text"]
    approve(office)
    assert office.desk.intake.get(ID).state is RequestState.BOOKED


def test_a_time_taken_meanwhile_is_told_to_who_clicked(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    office.booked(customer=Customer(id="", name="Ben", phone="+6581230000"))
    approve(office)
    assert "Jess is not free then: booked 14:00-14:45. Press Edit" in slack.responses[-1]["text"]
    assert office.desk.intake.get(ID).state is RequestState.DRAFT


def test_two_people_approving_at_once_make_one_booking(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    start = threading.Barrier(2)

    def click(user: str) -> None:
        start.wait()
        assert approve(office, user=user).status == 200

    clicks = [threading.Thread(target=click, args=(user,)) for user in ("U0MEI", "U0JESS")]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert [e.kind.value for e in office.events()].count("booking.confirmed") == 1
    winner = office.desk.intake.get(ID).changed_by
    shown = [r for r in slack.responses if r["replace_original"]]
    assert all(f"*Booked* by <@{winner}>" in words(c["blocks"]) for c in shown)


def test_edit_opens_filled_in_and_books_what_was_filled_in(office: Office, slack: FakeSlack) -> None:
    posted(office, slack, confirmation())
    office.click("draft.edit", REF, ts=next(iter(slack.messages))[1])
    view = slack.only_view()
    assert faults_of_view(view) == []
    first = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert (first["date"]["initial_date"], first["time"]["initial_time"]) == ("2026-05-05", "14:00")
    assert first["resource"]["initial_option"]["value"] == "jess"
    assert (first["email"]["initial_value"], first["phone"]["initial_value"]) == (
        "ana@mail.example",
        "+6581234567",
    )
    office.submit(view["id"], {"time": "15:10", "resource": "mei", "name": "Ana L", "tell": "yes"})
    booking = office.desk.bookings.get(office.desk.intake.get(ID).booking or "")
    assert (booking.slot.start, booking.slot.resource, booking.name) == (
        TUESDAY_2PM + 70 * 60,
        "mei",
        "Ana L",
    )
    assert next(e for e in office.events() if e.kind is EventKind.BOOKING_CONFIRMED).data["tell"] is True
    assert "*Booked* by <@U0MEI>" in words(slack.only_message()["blocks"])


@pytest.mark.parametrize(
    ("filled", "fields"),
    [
        ({"date": ""}, {"date"}),
        ({"date": "", "time": ""}, {"date", "time"}),
        ({"email": "nobody@", "phone": "12"}, {"email", "phone"}),
        ({"time": "14:30"}, {"time"}),
        ({"date": "2026-05-01"}, {"time"}),
        ({"time": "20:30"}, {"time"}),
        ({"service": "colour"}, {"resource"}),
        ({"service": "party", "party": "1", "resource": "sofa"}, {"party"}),
        ({"name": " "}, {"name"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    office: Office, slack: FakeSlack, filled: dict[str, str], fields: set[str]
) -> None:
    office.has(confirmation(plan=None))
    office.booked(customer=Customer(id="", name="Ben", phone="+6581230000"))
    office.click("draft.edit", REF)
    view = slack.only_view()
    answer = office.submit(view["id"], {"time": "16:00", **filled})
    assert answer.json["response_action"] == "errors"
    assert set(answer.json["errors"]) == fields
    assert office.desk.intake.get(ID).state is RequestState.DRAFT


def test_outside_the_hours_the_box_below_helps(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    office.click("draft.edit", REF)
    view = slack.only_view()["id"]
    refused = office.submit(view, {"time": "20:30"})
    assert "tick the box below" in refused.json["errors"]["time"]
    office.submit(view, {"time": "20:30", "unusual": "yes"})
    assert office.desk.intake.get(ID).state is RequestState.BOOKED


def test_a_draft_that_moved_on_is_told_in_the_modal(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    office.click("draft.edit", REF)
    office.desk.intake.discard(ID, "U0JESS")
    answer = office.submit(slack.only_view()["id"], {})
    assert "already discarded by @jess" in str(answer.json["view"])


def test_discarding_says_that_the_mail_is_kept(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    office.click("request.discard", REF)
    assert "The mail is kept" in words(slack.responses[0]["blocks"])


def test_a_list_too_long_is_a_person_s(office: Office, slack: FakeSlack) -> None:
    office.has(
        confirmation(state=RequestState.ESCALATED, reason="clients.xlsx lists 40; the first 25 have cards.")
    )
    office.click("request.handled", REF)
    assert "Handled by <@U0MEI>" in words(slack.responses[0]["blocks"])


# --- waitlist ----------------------------------------------------------------------------------------------------


def test_the_card_of_a_wish_says_from_when_to_when(office: Office, slack: FakeSlack) -> None:
    card = posted(office, slack, wish())
    text = words(card["blocks"])
    assert "Add to the waitlist? Ana Lim" in text
    assert "Sat 9 May to Sat 30 May" in text
    assert "Saturdays" in text
    assert actions(card) == ["draft.approve", "draft.edit", "request.discard"]


def test_approving_a_wish_puts_them_on_the_list_and_the_card_says_so(
    office: Office, slack: FakeSlack
) -> None:
    posted(office, slack, wish())
    approve(office)
    assert "Approved by <@U0MEI>" in words(slack.responses[0]["blocks"])
    for event in office.work():
        if event.kind.startswith("request."):
            office.desk.triage.perform(event)
    office.work()
    (entry,) = office.desk.entries.waiting()
    assert (entry.name, entry.service, entry.earliest.isoformat(), entry.latest.isoformat()) == (
        "Ana Lim", "haircut", "2026-05-09", "2026-05-30",
    )  # fmt: skip
    card = slack.only_message()
    assert "On the waitlist: Ana Lim" in words(card["blocks"])
    assert "Haircut, Sat 9 May to Sat 30 May" in words(card["blocks"])
    assert actions(card) == []


def test_an_unreachable_wish_is_not_approved(office: Office, slack: FakeSlack) -> None:
    card = posted(office, slack, wish(email=None, phone=None))
    assert "draft.approve" not in actions(card)
    approve(office)
    assert "Press Edit" in slack.responses[-1]["text"]
    assert office.desk.intake.get(ID).state is RequestState.DRAFT


def test_a_wish_is_edited_with_its_days_filled_in(office: Office, slack: FakeSlack) -> None:
    posted(
        office,
        slack,
        wish(reading=reading(service=ServiceReading(candidates=("colour",)), when=(EXACT,), review=())),
    )
    office.click("draft.edit", REF, ts=next(iter(slack.messages))[1])
    view = slack.only_view()
    assert faults_of_view(view) == []
    first = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert (first["date_from"]["initial_date"], first["date_to"]["initial_date"]) == (
        "2026-05-05",
        "2026-05-05",
    )
    office.submit(view["id"], {"service": "colour", "date_to": "2026-05-12", "resource": "mei"})
    saved = office.desk.intake.get(ID)
    assert saved.state is RequestState.APPROVED
    assert saved.reading is not None
    assert (saved.reading.service.value, saved.reading.when[0].date_to) == ("colour", "2026-05-12")
    office.desk.triage.perform(office.events()[-1])
    assert office.desk.entries.waiting()[0].resource == "mei"


def test_no_days_mean_any_day(office: Office, slack: FakeSlack) -> None:
    office.has(wish(reading=reading(when=(), review=())))
    office.click("draft.edit", REF)
    office.submit(slack.only_view()["id"], {})
    office.desk.triage.perform(office.events()[-1])
    (entry,) = office.desk.entries.waiting()
    assert (entry.earliest.isoformat(), (entry.latest - entry.earliest).days) == ("2026-05-04", 60)


@pytest.mark.parametrize(
    ("filled", "fields"),
    [
        ({"date_from": "2026-05-10", "date_to": "2026-05-09"}, {"date_to"}),
        ({"date_from": "", "date_to": "2026-05-01"}, {"date_to"}),
        ({"email": "", "phone": ""}, {"phone"}),
        ({"email": "ana@"}, {"email"}),
        ({"name": ""}, {"name"}),
        ({"service": "colour"}, {"resource"}),
        ({"service": "party", "party": "1", "resource": "sofa"}, {"party"}),
    ],
)
def test_a_wrong_wish_is_said_beside_its_input(
    office: Office, slack: FakeSlack, filled: dict[str, str], fields: set[str]
) -> None:
    office.has(wish())
    office.click("draft.edit", REF)
    answer = office.submit(slack.only_view()["id"], filled)
    assert answer.json["response_action"] == "errors"
    assert set(answer.json["errors"]) == fields


def test_home_lists_drafts_with_their_question(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    office.has(wish(id="rq0000000002"))
    office.notices.perform(office.desk.journal.emit(EventKind.HOME_OPENED, "U0MEI"))
    home = str(slack.of("views.publish"))
    assert "Book this appointment?" in home
    assert "Add to the waitlist?" in home
    assert "draft.approve" in home


def test_strangers_are_turned_away(office: Office, slack: FakeSlack) -> None:
    office.has(confirmation())
    approve(office, user="U0NOBODY")
    assert office.desk.intake.get(ID).state is RequestState.DRAFT
    assert "not on the staff list" in slack.responses[0]["text"]
