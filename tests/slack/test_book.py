"""`/book`: the modal, its free times, and the questions around it."""

from __future__ import annotations

from typing import Any

import pytest

from blocks.help import why_card
from handlers.domain.booking import State
from handlers.domain.events import Event
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import NOW, TUESDAY_2PM, ZONE, rules, slot


def radio(view: dict[str, Any]) -> list[str]:
    return [
        o["text"]["text"]
        for b in view["blocks"]
        if b.get("element", {}).get("type") == "radio_buttons"
        for o in b["element"]["options"]
    ]


def values(view: dict[str, Any]) -> list[str]:
    return [
        o["value"]
        for b in view["blocks"]
        if b.get("element", {}).get("type") == "radio_buttons"
        for o in b["element"]["options"]
    ]


def opened(office: Office, slack: FakeSlack, text: str = "haircut tue 5 may with jess") -> dict[str, Any]:
    assert office.command(text).body == ""
    office.work()
    return slack.only_view()


def test_book_alone_opens_an_empty_form(office: Office, slack: FakeSlack) -> None:
    assert office.command("").body == ""
    view = slack.only_view()
    assert faults_of_view(view) == []
    assert "Choose a service" in str(view["blocks"])
    assert office.events() == []


def test_what_was_written_fills_the_form_in(office: Office, slack: FakeSlack) -> None:
    office.command("colour for Ana Fri 2pm +65 8123 4567")
    view = slack.only_view()
    filled = {
        b["element"]["action_id"]: b["element"].get("initial_value")
        or b["element"].get("initial_date")
        or (b["element"].get("initial_option") or {}).get("value")
        for b in view["blocks"]
        if b["type"] == "input"
    }
    assert filled["times.service"] == "colour"
    assert filled["times.date"] == "2026-05-08"
    assert filled["times.part"] == "at:14:00"
    assert filled["name"] == "Ana"
    assert filled["contact"] == "+65 8123 4567"
    assert "Looking for times" in str(view["blocks"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("haircut for Ana Lim tomorrow 3pm ana@mail.example", "Ana Lim"),
        ("trim for zoe tue", "zoe"),
        ("hen party for 4 on Sat evening for Li Wei", "Li Wei"),
        ("haircut for tomorrow", ""),
        ("put me down for a trim on Friday", ""),
        ("trim for Ana with Jess on Friday", "Ana"),
    ],
)
def test_staffs_shorthand_names_the_customer(office: Office, slack: FakeSlack, text: str, name: str) -> None:
    office.command(text)
    (field,) = [b["element"] for b in slack.only_view()["blocks"] if b.get("block_id") == "name"]
    assert field.get("initial_value", "") == name


def test_the_form_opens_at_once_and_the_times_come_after(office: Office, slack: FakeSlack) -> None:
    office.command("haircut tue 5 may with jess")
    assert radio(slack.only_view()) == []
    (asked,) = office.work()
    assert asked.data["view_id"] == slack.only_view()["id"]
    view = slack.only_view()
    assert faults_of_view(view) == []
    assert radio(view)
    assert all(t.endswith("Jess") for t in radio(view))


def test_a_time_is_booked_from_the_form(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    answer = office.submit(
        view["id"],
        {"slot": values(view)[0], "name": "Ana Lim", "contact": "8123 4567", "notes": "Short, please"},
    )
    assert answer.json["response_action"] == "update"
    assert faults_of_view(answer.json["view"]) == []
    (booking,) = office.desk.bookings.find("ana")
    assert booking.state is State.CONFIRMED
    assert (booking.phone, booking.notes, booking.source) == ("+6581234567", "Short, please", "staff")
    assert booking.changed_by == "U0MEI"
    office.work()
    card = slack.only_message()
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert card["text"].startswith("Booked by Mei: Haircut for Ana Lim, Tue 5 May")


def test_a_form_submitted_twice_books_once(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    filled = {"slot": values(view)[0], "name": "Ana Lim", "contact": "8123 4567"}
    first, second = (office.submit(view["id"], filled) for _ in range(2))
    assert first.json == second.json
    assert len(office.desk.bookings.find("ana")) == 1


def test_faults_stand_beside_their_inputs(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    answer = office.submit(view["id"], {"slot": values(view)[0], "name": " ", "contact": "12"})
    assert set(answer.json["errors"]) == {"name", "contact"}


def test_submitting_before_the_times_are_there_says_so(office: Office, slack: FakeSlack) -> None:
    office.command("haircut tue 5 may")
    answer = office.submit(slack.only_view()["id"], {"name": "Ana", "contact": "8123 4567"})
    assert "Wait until the free times" in answer.json["errors"]["times.service"]


def test_a_time_just_taken_is_replaced_by_others(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack, "haircut tue 5 may 2pm with jess")
    wanted = f"{TUESDAY_2PM}|jess"
    assert wanted in values(view)
    office.booked()
    answer = office.submit(
        view["id"], {"slot": wanted, "name": "Zoe", "contact": "8765 4321", "notes": "kept"}
    )
    fresh = answer.json["view"]
    assert faults_of_view(fresh) == []
    assert "just taken" in str(fresh["blocks"])
    assert values(fresh)
    assert wanted not in values(fresh)
    assert "kept" in str(fresh["blocks"])
    slack.views[view["id"]] = {**fresh, "id": view["id"], "hash": "h9"}
    office.submit(view["id"], {"slot": values(fresh)[0], "name": "Zoe", "contact": "8765 4321"})
    assert office.desk.bookings.find("zoe")[0].state is State.CONFIRMED


def test_another_day_asks_again(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    office.change(view["id"], "times.date", {"times.date": "2026-05-07", "name": "Ana"}, "1700000001.0")
    looking = slack.only_view()
    assert radio(looking) == []
    assert "Looking for times" in str(looking["blocks"])
    office.work()
    assert all("Thu 7 May" in t for t in radio(slack.only_view()))
    assert "Ana" in str(slack.only_view()["blocks"])
    # A block of its own: what was picked of the older answer is not picked of this one.
    first, second = ([b.get("block_id", "") for b in v["blocks"]] for v in (view, slack.only_view()))
    assert not {b for b in first if b.startswith("slot")} & {b for b in second if b.startswith("slot")}


def test_an_older_answer_never_covers_a_newer_question(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    office.change(view["id"], "times.date", {"times.date": "2026-05-07"}, "1700000001.0")
    office.change(view["id"], "times.date", {"times.date": "2026-05-08"}, "1700000002.0")
    older, newer = [e for e in office.events() if e.kind.value == "times.asked"]
    office.notices.perform(newer)
    before = len(slack.calls)
    office.notices.perform(older)
    assert len(slack.calls) == before
    assert all("Fri 8 May" in t for t in radio(slack.only_view()))


def test_a_click_that_arrives_late_does_not_ask(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    office.change(view["id"], "times.date", {"times.date": "2026-05-08"}, "1700000002.0")
    office.change(view["id"], "times.date", {"times.date": "2026-05-07"}, "1700000001.0")
    office.work()
    assert all("Fri 8 May" in t for t in radio(slack.only_view()))


def test_another_service_asks_for_its_own_people_and_party(office: Office, slack: FakeSlack) -> None:
    view = opened(office, slack)
    office.change(view["id"], "times.service", {"times.service": "party"}, "1700000001.0")
    office.work()
    changed = slack.only_view()
    inputs = [b["element"]["action_id"] for b in changed["blocks"] if b["type"] == "input"]
    assert "times.party" in inputs
    assert "times.resource" not in inputs  # only the sofa takes parties
    assert all("Sofa corner" in t for t in radio(changed))


def test_a_closed_form_is_no_error(office: Office, slack: FakeSlack) -> None:
    office.command("haircut tue 5 may")
    slack.views.clear()
    office.work()
    assert [c.method for c in slack.calls][-1] == "views.update"


def test_a_calendar_that_cannot_be_read_is_said(office: Office, slack: FakeSlack) -> None:
    office.desk.calendar.offline = True  # type: ignore[attr-defined]
    view = opened(office, slack)
    assert "calendar can't be read" in str(view["blocks"])
    office.work()
    assert "calendar of Jess can't be read" in slack.only_message()["text"]


def test_book_from_a_message_reads_it(office: Office, slack: FakeSlack) -> None:
    office.payload(
        {
            "type": "message_action",
            "callback_id": "book_from_message",
            "user": {"id": "U0MEI"},
            "channel": {"id": "C1"},
            "message": {
                "ts": "1.1",
                "text": "Zoe wants a trim on 7 May, <mailto:zoe@mail.example|zoe@mail.example>",
            },
            "message_ts": "1.1",
            "response_url": slack.response_url,
        }
    )
    text = str(slack.only_view()["blocks"])
    assert "zoe@mail.example" in text
    assert "2026-05-07" in text


def test_why_is_answered_by_a_worker(office: Office, slack: FakeSlack) -> None:
    office.booked()
    answer = office.command("why tue 5 may 2pm haircut")
    assert "Looking at Tue 5 May, 2:00 pm for Haircut" in answer.json["text"]
    office.work()
    told = slack.responses[-1]
    assert faults_of_message(told["text"], told["blocks"]) == []
    assert "Mei: free" in told["text"]
    assert "Jess: free" not in told["text"]


def test_why_needs_a_day_and_a_time(office: Office) -> None:
    assert "Write a day and a time" in office.command("why haircut").json["text"]


def test_a_booking_is_moved_from_its_card(office: Office, slack: FakeSlack) -> None:
    from blocks.payloads import Ref

    booking = office.booked()
    office.work()
    ((_, ts),) = slack.messages
    office.click("booking.reschedule", Ref(id=booking.id).pack(), ts=ts)
    office.work()
    view = slack.only_view()
    assert faults_of_view(view) == []
    office.change(view["id"], "times.date", {"times.date": "2026-05-07"}, "1700000001.0")
    office.work()
    view = slack.only_view()
    assert all("Thu 7 May" in t for t in radio(view))
    office.submit(view["id"], {"slot": values(view)[0]})
    moved = office.desk.bookings.get(booking.id)
    assert (moved.revision, ZONE.date(moved.slot.start).isoformat()) == (1, "2026-05-07")
    assert "Thu 7 May" in str(slack.only_message()["blocks"])


def test_moving_to_a_time_just_taken_offers_others(office: Office, slack: FakeSlack) -> None:
    from blocks.payloads import Ref

    booking = office.booked()
    office.click("booking.reschedule", Ref(id=booking.id).pack())
    office.work()
    view = slack.only_view()
    start, resource = values(view)[0].split("|")
    office.booked(slot=slot(resource=resource, start=int(start), end=int(start) + 45 * 60))
    answer = office.submit(view["id"], {"slot": values(view)[0]})
    assert "just taken" in str(answer.json["view"]["blocks"])
    assert office.desk.bookings.get(booking.id).revision == 0


@pytest.mark.parametrize("word", ["", "find ana", "why tue 3pm haircut", "help"])
def test_every_use_of_the_command_stands_in_its_help(office: Office, word: str) -> None:
    help_text = str(office.command("help").json["blocks"])
    assert f"`/book {word.partition(' ')[0]}".strip() in help_text


def test_the_outbox_says_who_asked(office: Office) -> None:
    office.command("haircut tue 5 may")
    (asked,) = office.events()
    assert isinstance(asked, Event)
    assert asked.data["user"] == "U0MEI"


def test_why_speaks_as_people_do() -> None:
    said = why_card(
        rules(), NOW, {"haircut": {"jess": "break 13:00-14:00", "mei": "too soon: minimum notice 1h"}}
    ).text
    assert "Jess: break 1:00 pm to 2:00 pm" in said
    assert said.endswith("minimum notice 1 hour")
