"""The card of a calendar event that staff tagged: what it shows, and clicks on one that is out of date."""

from __future__ import annotations

from typing import Any

from blocks.payloads import Seen
from handlers.domain.events import EventKind
from handlers.domain.request import Plan, Request, RequestState, Tagged
from tests.slack.checker import faults_of_message
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import TUESDAY_2PM, message, reading, request, slot
from tests.slack.test_drafts import EXACT, ID, actions, words


def tagged(**changes: Any) -> Request:
    given = {
        "desk": "confirmations",
        "channel": "staff",
        "message": message(text="Trim Ana Lim\n8123 4567", sender="", sender_name="", subject="Trim Ana Lim"),
        "reading": reading(when=(EXACT,), review=()),
        "phone": "+6581234567",
        "plan": Plan(slot=slot()),
        "tagged": Tagged(
            calendar="jess@willow.example", event="ev1", start=TUESDAY_2PM, end=TUESDAY_2PM + 2700
        ),
        "reason": "",
        "changed_by": "system",
        "rev": 3,
    }
    return request(**{**given, **changes})


def approve(office: Office, rev: int) -> Any:
    return office.click("draft.approve", Seen(id=ID, rev=rev).pack())


def test_the_card_says_whose_calendar_it_stands_in(office: Office, slack: FakeSlack) -> None:
    office.has(tagged())
    office.notices.perform(office.desk.journal.emit(EventKind.REQUEST_DRAFTED, ID))
    card = slack.only_message()
    text = words(card["blocks"])
    assert "Book this appointment? Ana Lim" in text
    assert "Tagged in the calendar of Jess" in text
    assert "8123 4567" in text
    assert "The event stays in the calendar." in text
    assert actions(card) == ["draft.tell", "draft.approve", "draft.edit", "request.discard"]
    assert faults_of_message(card["text"], card["blocks"]) == []


def test_a_card_that_shows_an_older_event_is_shown_anew_and_nothing_is_booked(
    office: Office, slack: FakeSlack
) -> None:
    later = slot(start=TUESDAY_2PM + 3600, end=TUESDAY_2PM + 3600 + 2700)
    office.has(tagged(rev=5, plan=Plan(slot=later)))
    approve(office, 3)
    assert office.desk.intake.get(ID).state is RequestState.DRAFT
    card, said = slack.responses
    assert "Tue 5 May, 3:00 pm" in words(card["blocks"])
    assert "changed meanwhile" in said["text"]
    approve(office, 5)
    assert office.desk.intake.get(ID).state is RequestState.BOOKED


def test_closed_by_a_deletion_the_card_says_why(office: Office, slack: FakeSlack) -> None:
    office.has(tagged())
    office.notices.perform(office.desk.journal.emit(EventKind.REQUEST_DRAFTED, ID))
    draft = office.desk.intake.get(ID)
    office.desk.intake.move(
        draft, RequestState.DISCARDED, "calendar", reason="The event was deleted in the calendar."
    )
    office.notices.perform(office.desk.journal.emit(EventKind.REQUEST_DISCARDED, ID))
    card = slack.only_message()
    assert "Closed: Ana Lim" in words(card["blocks"])
    assert "The event was deleted in the calendar." in words(card["blocks"])
    assert actions(card) == []
