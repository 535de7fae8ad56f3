"""The card when nobody answered, the question about appointments taken over, and one booking's own reminders."""

from __future__ import annotations

from typing import Any, cast

import pytest

from blocks.ids import MenuChoice
from blocks.payloads import About, Menu, Ref
from handlers.domain.booking import Booking, State
from handlers.domain.customer import Customer
from tests.fakes import FakeClock
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import NOW, TUESDAY_2PM, slot

HOUR, MINUTE = 3600, 60


def at(office: Office, now: int) -> None:
    cast("FakeClock", office.desk.clock).at = now


def silent(office: Office, **changes: Any) -> Booking:
    """A booking whose customer was reminded twice and did not answer."""
    booking: Booking = office.booked(**changes)
    office.desk.reminders.plan(booking, NOW)
    office.work()
    for before in (24 * HOUR, HOUR, 30 * MINUTE):
        at(office, booking.slot.start - before)
        office.desk.reminders.send_due()
    office.work()
    return booking


def alert(slack: FakeSlack) -> dict[str, Any]:
    """The card of the alert: the booking's own stands first."""
    return list(slack.messages.values())[1]


def about(booking: Booking) -> str:
    return About(id=booking.id, start=booking.slot.start).pack()


def test_nobody_answered_is_one_card_with_what_is_known(office: Office, slack: FakeSlack) -> None:
    silent(office)
    assert len(slack.messages) == 2
    card = alert(slack)
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert card["text"] == "No answer yet: Haircut for Ana Lim, Tue 5 May, 2:00 pm with Jess."
    shown = str(card["blocks"])
    assert "2 times, last Tue 5 May, 1:00 pm by text" in shown
    assert "no visit yet" in shown
    assert "8123" not in shown  # the number is for who calls
    (buttons,) = [b["elements"] for b in card["blocks"] if b["type"] == "actions"]
    assert [b["text"]["text"] for b in buttons] == ["Call", "Keep", "Offer to waitlist", "Cancel it"]


def test_missed_visits_are_on_the_card(office: Office, slack: FakeSlack) -> None:
    known = office.desk.customers.resolve(name="Ana Lim", phone="+6581234567")
    for n in (0, 1):
        past = office.booked(slot=slot(start=NOW + n * HOUR, end=NOW + n * HOUR + 2700), customer=known)
        at(office, past.slot.start)
        (office.desk.bookings.complete if n else office.desk.bookings.no_show)(past.id, "U0MEI")
    at(office, NOW)
    office.work()
    slack.messages.clear()
    silent(office, customer=known)
    assert ":ghost: *1 no-show*" in str(alert(slack)["blocks"])
    assert "1 visit" in str(alert(slack)["blocks"])


def test_the_number_is_told_to_whoever_calls(office: Office, slack: FakeSlack) -> None:
    booking = silent(office)
    office.click("gap.call", about(booking))
    answer = slack.responses[-1]
    assert (answer["text"], answer["replace_original"]) == ("Ana Lim: +65 8123 4567", False)
    assert answer["response_type"] == "ephemeral"


def test_staff_keep_it_and_the_second_one_reads_who(office: Office, slack: FakeSlack) -> None:
    booking = silent(office)
    office.click("gap.keep", about(booking))
    assert slack.responses[-1]["replace_original"] is True
    assert "Kept* by <@U0MEI>" in str(slack.responses[-1]["blocks"])
    office.work()
    assert "Kept* by <@U0MEI>" in str(alert(slack)["blocks"])
    office.click("gap.keep", about(booking), "U0JESS")
    assert "already kept by @mei" in slack.responses[-2]["text"]
    assert "Kept* by <@U0MEI>" in str(slack.responses[-1]["blocks"])
    assert office.desk.bookings.get(booking.id).state is State.CONFIRMED


def test_offering_it_to_the_waitlist_cancels_and_frees_the_time(office: Office, slack: FakeSlack) -> None:
    booking = silent(office)
    card = alert(slack)
    (sure,) = [
        e["confirm"]["text"]["text"]
        for b in card["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == "gap.offer"
    ]
    assert "cancels the booking" in sure
    office.click("gap.offer", about(booking))
    assert "Cancelled* by <@U0MEI>" in str(slack.responses[-1]["blocks"])
    assert office.desk.bookings.get(booking.id).state is State.CANCELLED
    kinds = {e.kind.value: e.data for e in office.work()}
    assert kinds["booking.cancelled"]["reason"] == "We had no answer from you"
    assert kinds["slot.freed"]["start"] == booking.slot.start
    office.click("gap.offer", about(booking), "U0JESS")
    assert "already cancelled by @mei" in slack.responses[-2]["text"]
    assert "No answer: Haircut" in str(slack.responses[-1]["blocks"][0])  # still the alert's card


def test_cancelling_asks_for_a_reason_and_the_card_follows(office: Office, slack: FakeSlack) -> None:
    booking = silent(office)
    office.click("gap.cancel", about(booking))
    view = slack.only_view()
    assert (view["callback_id"], faults_of_view(view)) == ("cancel", [])
    assert office.submit(view["id"], {"reason": "Nobody answers the phone"}).body == ""
    office.work()
    assert "No answer: Haircut" in str(alert(slack)["blocks"][0])
    assert "Cancelled* by <@U0MEI>" in str(alert(slack)["blocks"])


def test_the_card_follows_an_answer_and_a_move(office: Office, slack: FakeSlack) -> None:
    booking = silent(office)
    office.desk.bookings.answer(booking.id, "customer")
    office.work()
    assert alert(slack)["text"] == "Ana Lim will be there."
    assert [b for b in alert(slack)["blocks"] if b["type"] == "actions"] == []
    later = slot(start=TUESDAY_2PM + 26 * HOUR, end=TUESDAY_2PM + 26 * HOUR + 2700)
    office.desk.bookings.reschedule(booking.id, later, "U0MEI")
    office.work()
    assert "comes Wed 6 May, 4:00 pm now" in alert(slack)["text"]
    for action in ("gap.offer", "gap.cancel"):
        office.click(action, about(booking))
        assert any("already moved" in r["text"] for r in slack.responses[-2:])
    assert office.desk.bookings.get(booking.id).state is State.CONFIRMED
    assert slack.views == {}


def test_who_answers_as_the_alert_is_raised_gets_no_card(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.desk.reminders.plan(booking, NOW)
    office.work()
    for before in (HOUR, 30 * MINUTE):
        at(office, booking.slot.start - before)
        office.desk.reminders.send_due()
    office.desk.bookings.answer(booking.id, "customer")
    office.work()
    assert len(slack.messages) == 1
    assert "will be there" in str(slack.only_message()["blocks"])


# --- one booking's own reminders -----------------------------------------------------------------------------------


def test_reminders_are_set_in_words_and_told_in_words(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.REMINDERS).pack())
    view = slack.only_view()
    assert faults_of_view(view) == []
    shown = str(view["blocks"])
    assert "Reminders:\\nMon 4 May, 2:00 pm by text\\nTue 5 May, 1:00 pm by text" in shown
    assert "as usual: 24h, 1h" in shown
    wrong = office.submit(view["id"], {"reminders": "soon"})
    assert "isn't clear" in wrong.json["errors"]["reminders"]
    saved = office.submit(view["id"], {"reminders": "3h by text"}).json
    assert saved["response_action"] == "update"
    assert "Saved: " in str(saved["view"])
    assert "Reminders: Tue 5 May, 11:00 am by text" in str(saved["view"]).replace("\u2068", "").replace(
        "\u2069", ""
    )
    assert str(office.desk.bookings.get(booking.id).reminders) == "3h by text"
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.REMINDERS).pack())
    (again,) = [v for v in slack.views.values() if v["id"] != view["id"]]
    (element,) = [b["element"] for b in again["blocks"] if b["type"] == "input"]
    assert element["initial_value"] == "3h by text"
    office.submit(again["id"], {"reminders": ""})
    assert office.desk.bookings.get(booking.id).reminders is None


def test_a_wish_that_cannot_be_met_is_refused_beside_the_field(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.REMINDERS).pack())
    answer = office.submit(slack.only_view()["id"], {"reminders": "by email only"})
    assert "no mail address" in answer.json["errors"]["reminders"]


def test_who_cannot_be_reached_is_said_so(office: Office, slack: FakeSlack) -> None:
    booking = office.booked(customer=Customer(id="", name="Ana Lim", phone="+6561234567"))
    office.choose("booking.menu", Menu(id=booking.id, do=MenuChoice.REMINDERS).pack())
    assert "can't be reminded" in str(slack.only_view()["blocks"]).replace("\\'", "'")


# --- appointments taken over ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "says"), [("imports.send", "Reminders go out"), ("imports.skip", "No reminder for")]
)
def test_staff_are_asked_once_about_appointments_taken_over(
    office: Office, slack: FakeSlack, action: str, says: str
) -> None:
    at(office, TUESDAY_2PM - 2 * HOUR)
    for n in range(3):
        guest = Customer(id="", name=f"Guest {n}", phone=f"+6581234{n}67")
        start = TUESDAY_2PM + n * HOUR
        booking = office.booked(slot=slot(start=start, end=start + 2700), customer=guest, source="import")
        office.desk.reminders.plan(booking, TUESDAY_2PM - 2 * HOUR)
    asked = [e for e in office.work() if e.kind == "imports.waiting"]
    assert len(asked) == 1
    office.desk.reminders.release()
    office.work()
    card = next(m for m in slack.messages.values() if "imported" in m["text"])
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert card["text"].startswith("3 imported appointments are inside their reminder window.")
    office.click(action, Ref(id="go-live").pack())
    assert says in str(slack.responses[-1]["blocks"])
    office.click("imports.send", Ref(id="go-live").pack(), "U0JESS")
    assert "already decided" in slack.responses[-2]["text"]
    assert "by @mei" in slack.responses[-2]["text"]
    office.work()
    card = next(m for m in slack.messages.values() if "imported" in m["text"])
    assert card["text"].startswith("3 imported appointments are inside")
    assert "says Mei" in card["text"]
