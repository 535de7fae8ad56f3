"""*Reply to customer*: the only way in which words of staff reach a customer."""

from __future__ import annotations

from blocks.payloads import Ref
from handlers.domain.request import RequestState
from tests.slack.checker import faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import message, request

REF = Ref(id="rq0000000001").pack()
PHONE = "+6581234567"


def escalated(**more):
    return request(RequestState.ESCALATED, **more)


def test_an_answer_goes_out_word_for_word_and_closes_the_request(office: Office, slack: FakeSlack) -> None:
    office.has(escalated())
    office.click("request.reply", REF)
    view = slack.only_view()
    assert faults_of_view(view) == []
    assert "ana@mail.example" in str(view)

    office.submit(view["id"], {"reply": "Yes, parking is free behind the house. {name}"})

    handled = office.desk.intake.get("rq0000000001")
    assert (handled.state, handled.changed_by) == (RequestState.HANDLED, "U0MEI")
    for event in office.events():
        office.desk.triage.perform(event)
        office.desk.triage.perform(event)  # delivered twice
    (mail,) = office.desk.mailer.sent
    assert "Yes, parking is free behind the house. {name}" in mail.text
    assert mail.to.endswith("<ana@mail.example>")


def test_an_empty_answer_is_refused_beside_the_field(office: Office, slack: FakeSlack) -> None:
    office.has(escalated())
    office.click("request.reply", REF)
    answer = office.submit(slack.only_view()["id"], {"reply": "   "})
    assert answer.json["errors"] == {"reply": "Write something first."}
    assert office.desk.intake.get("rq0000000001").state is RequestState.ESCALATED


def test_who_wants_no_texts_gets_none(office: Office, slack: FakeSlack) -> None:
    office.desk.customers.silence(PHONE, "text")
    office.has(
        escalated(channel="text", email=None, phone=PHONE, message=message(channel="text", sender=PHONE))
    )
    office.click("request.reply", REF)
    assert slack.of("views.open") == []
    assert "Please call them" in slack.responses[-1]["text"]
