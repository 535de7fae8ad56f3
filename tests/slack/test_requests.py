"""Clicks on a request's card."""

from __future__ import annotations

import threading
from typing import Any

from blocks.payloads import Ref
from handlers.domain.events import EventKind
from handlers.domain.request import RequestState, ServiceReading
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import reading, request

REF = Ref(id="rq0000000001").pack()


def words(blocks: list[dict[str, Any]]) -> str:
    return str(blocks)


def actions(card: dict[str, Any]) -> list[str]:
    return [e["action_id"] for b in card["blocks"] if b["type"] == "actions" for e in b["elements"]]


def test_a_draft_is_approved_in_place_and_says_who_did_it(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    office.click("request.approve", REF)
    assert office.desk.intake.get("rq0000000001").state is RequestState.APPROVED
    (card,) = slack.responses
    assert card["replace_original"] is True
    assert "Approved by <@U0MEI>" in words(card["blocks"])
    assert actions(card) == []
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert [e.kind.value for e in office.events()] == ["request.approved"]


def test_two_people_approving_at_once_is_decided_by_the_database(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    start = threading.Barrier(2)

    def click(user: str) -> None:
        start.wait()
        assert office.click("request.approve", REF, user).status == 200

    clicks = [threading.Thread(target=click, args=(user,)) for user in ("U0MEI", "U0JESS")]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    winner = office.desk.intake.get("rq0000000001").changed_by
    assert [e.kind.value for e in office.events()] == ["request.approved"]
    private = [r for r in slack.responses if not r["replace_original"]]
    assert len(private) == 1
    name = {"U0MEI": "@mei", "U0JESS": "@jess"}[winner]
    assert f"already approved by {name}" in private[0]["text"]
    # The winner's card and the loser's refreshed one say the same.
    cards = [r for r in slack.responses if r["replace_original"]]
    assert len(cards) == 2
    assert all(f"Approved by <@{winner}>" in words(c["blocks"]) for c in cards)


def test_a_stale_card_is_answered_and_refreshed(office: Office, slack: FakeSlack) -> None:
    office.has(request(RequestState.DISCARDED, changed_by="U0JESS"))
    office.click("request.approve", REF)
    private, card = slack.responses
    assert "already discarded by @jess" in private["text"]
    assert "Discarded by <@U0JESS>" in words(card["blocks"])


def test_approve_is_not_offered_while_the_service_is_not_clear(office: Office, slack: FakeSlack) -> None:
    office.has(request(reading=reading(service=ServiceReading(candidates=("haircut", "colour")))))
    office.click("request.approve", REF)
    assert "Press Edit" in slack.responses[0]["text"]
    assert office.desk.intake.get("rq0000000001").state is RequestState.DRAFT


def test_discard_and_handled_end_a_request(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    office.has(request(RequestState.ESCALATED, id="rq0000000002"))
    office.click("request.discard", REF)
    office.click("request.handled", Ref(id="rq0000000002").pack())
    assert "Discarded by <@U0MEI>" in words(slack.responses[0]["blocks"])
    assert "Handled by <@U0MEI>" in words(slack.responses[1]["blocks"])


def test_edit_opens_filled_in_and_approves_what_was_corrected(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    office.notices.perform(office.desk.journal.emit(EventKind.REQUEST_DRAFTED, "rq0000000001"))
    office.events()
    (place,) = slack.messages
    office.click("request.edit", REF, ts=place[1])
    view = slack.only_view()
    assert faults_of_view(view) == []
    office.submit(view["id"], {"date_to": "2026-05-08", "contact": "+65 8123 4567", "resource": "mei"})
    saved = office.desk.intake.get("rq0000000001")
    assert saved.state is RequestState.APPROVED
    assert saved.phone == "+6581234567"
    assert saved.reading is not None
    assert saved.reading.resource.value == "mei"
    assert (saved.reading.when[0].date_from, saved.reading.when[0].date_to) == ("2026-05-05", "2026-05-08")
    assert (saved.reading.when[0].time_from, saved.reading.when[0].time_to) == ("12:00", "17:00")
    assert "Approved by <@U0MEI>" in words(slack.only_message()["blocks"])


def test_a_wrong_correction_is_shown_beside_its_input(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    office.click("request.edit", REF)
    answer = office.submit(
        slack.only_view()["id"],
        {"service": "party", "party": "1", "date_to": "2026-05-01", "contact": "nobody@", "resource": "jess"},
    )
    assert answer.json["response_action"] == "errors"
    assert set(answer.json["errors"]) == {"date_to", "party", "contact", "resource"}
    assert office.desk.intake.get("rq0000000001").state is RequestState.DRAFT


def test_a_correction_that_comes_too_late_is_told_in_the_modal(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    office.click("request.edit", REF)
    office.desk.intake.discard("rq0000000001", "U0JESS")
    answer = office.submit(slack.only_view()["id"], {})
    assert answer.json["response_action"] == "update"
    assert "already discarded by @jess" in str(answer.json["view"])
