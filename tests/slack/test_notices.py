"""What the workers post, and that each card stands once and tells the truth."""

from __future__ import annotations

from collections import deque

import pytest

from bot import notices as entry
from bot.board import Board
from bot.messenger import Messenger
from bot.notices import Notices
from handlers.bootstrap import Desk
from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed, RulesError, Unavailable
from handlers.domain.events import Event, EventKind
from handlers.domain.request import RequestState
from handlers.domain.summaries.monthly import MonthlyFacts
from handlers.ports import Put
from tests.fakes import FakeClock, FakeSheets
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import NOW, RULES, request
from tests.summaries.samples import monthly, stored, weekly


def emit(office: Office, kind: EventKind, subject: str, /, **data: object) -> Event:
    event = office.desk.journal.emit(kind, subject, **data)
    office.heard.add(event.id)
    office.notices.perform(event)
    return event


def test_a_draft_gets_one_card_however_often_it_is_told(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    event = emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    for _ in range(3):
        office.notices.perform(event)
    assert len(slack.of("chat.postMessage")) == 1
    assert slack.of("chat.postMessage")[0]["channel"] == "#front-desk"
    card = slack.only_message()
    assert faults_of_message(card["text"], card["blocks"]) == []


@pytest.mark.parametrize("state", [s for s in RequestState if s is not RequestState.RECEIVED])
def test_the_card_follows_a_request_to_every_end(
    office: Office, slack: FakeSlack, state: RequestState
) -> None:
    office.has(request())
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    office.has(request(state, rev=1))
    emit(office, EventKind.REQUEST_HANDLED, "rq0000000001")
    card = slack.only_message()
    waits = state in {RequestState.DRAFT, RequestState.ESCALATED}
    assert any(b["type"] == "actions" for b in card["blocks"]) is waits


def test_a_request_that_needs_nobody_gets_no_card(office: Office, slack: FakeSlack) -> None:
    office.has(request(RequestState.PROPOSED))
    emit(office, EventKind.REQUEST_PROPOSED, "rq0000000001")
    assert slack.calls == []


def test_a_card_somebody_deleted_is_posted_anew(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    slack.messages.clear()
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    assert len(slack.of("chat.postMessage")) == 2
    assert len(slack.messages) == 1


def test_a_crash_between_posting_and_remembering_posts_no_second_card(
    office: Office, slack: FakeSlack
) -> None:
    office.has(request(RequestState.DRAFT, id="rq0000000002"))
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000002")  # from now on the channel's id is known
    office.has(request())
    key = keys.notice(keys.request("rq0000000001"), "card")
    marker = f"{key.pk}/{key.sk}"
    office.desk.store.transact([Put({**key._asdict(), "marker": marker, "claimed": NOW, "turn": 1})])
    slack.messages["C0DESK", "9.9"] = {"metadata": {"event_payload": {"marker": marker}}}
    office.desk.clock.at += 60  # type: ignore[attr-defined]
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    assert len(slack.of("chat.postMessage")) == 1
    assert "Please check" in str(slack.messages["C0DESK", "9.9"]["blocks"])


def test_while_another_worker_posts_we_wait_for_its_card(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    key = keys.notice(keys.request("rq0000000001"), "card")
    claim = {**key._asdict(), "marker": "m", "claimed": NOW, "turn": 1}
    office.desk.store.transact([Put(claim)])
    slack.messages["C0DESK", "9.9"] = {}

    def other_worker_finishes(_: float) -> None:
        office.desk.store.transact([Put({**claim, "channel": "C0DESK", "ts": "9.9", "turn": 2})])

    board = Board(
        office.desk.store, office.desk.clock, Messenger.patient(office.desk.settings), other_worker_finishes
    )
    event = office.desk.journal.emit(EventKind.REQUEST_DRAFTED, "rq0000000001")
    Notices(office.desk, Messenger.patient(office.desk.settings), board).perform(event)
    assert slack.of("chat.postMessage") == []
    assert "blocks" in slack.messages["C0DESK", "9.9"]


def test_a_worker_that_waits_in_vain_is_tried_again(office: Office) -> None:
    office.has(request())
    key = keys.notice(keys.request("rq0000000001"), "card")
    office.desk.store.transact([Put({**key._asdict(), "marker": "m", "claimed": NOW, "turn": 1})])
    with pytest.raises(Unavailable):
        emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")


def test_a_worker_waits_as_long_as_slack_asks(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    slack.answer("chat.postMessage", (429, {"Retry-After": "0"}, {"ok": False, "error": "ratelimited"}))
    slack.answer("chat.postMessage", (503, {}, {"ok": False}))
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    assert len(slack.of("chat.postMessage")) == 3
    assert len(slack.messages) == 1


def test_a_missing_channel_is_one_clear_line(
    office: Office, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    office.has(request())
    slack.script["chat.postMessage"] = deque([{"ok": False, "error": "channel_not_found"}])
    with pytest.raises(DeliveryFailed) as failed:
        emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    assert failed.value.permanent
    assert "#front-desk" in caplog.text
    assert "invite the bot" in caplog.text


def test_a_booking_has_one_card_from_first_to_last(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.work()
    office.desk.bookings.cancel(booking.id, "customer")
    office.work()
    assert len(slack.messages) == 1
    assert slack.only_message()["text"].startswith("Cancelled by the customer")


def test_the_card_says_when_it_was_cancelled_in_the_calendar(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.desk.bookings.cancel(booking.id, "calendar")
    office.work()
    message = slack.only_message()
    assert message["text"].startswith("Cancelled by somebody in the calendar")
    assert "*Cancelled* by somebody in the calendar" in str(message["blocks"])


def test_a_hold_gets_no_card_until_it_is_confirmed(office: Office, slack: FakeSlack) -> None:
    held = office.booked(hold=True)
    office.work()
    assert slack.messages == {}
    office.desk.bookings.confirm(held.id, "customer")
    office.work()
    assert len(slack.messages) == 1


def test_a_refused_edit_names_the_line_and_is_resolved_by_a_good_one(
    office: Office, slack: FakeSlack
) -> None:
    with pytest.raises(RulesError):
        office.desk.rules.update(RULES.replace("minutes: 45", "minutes: soon"), "U0ROSA")
    office.work()
    card = slack.only_message()
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert "Line " in card["text"]
    office.desk.rules.update(RULES.replace("minutes: 45", "minutes: 50"), "U0ROSA")
    office.work()
    assert "in order again" in slack.only_message()["text"]
    with pytest.raises(RulesError):
        office.desk.rules.update(RULES.replace("minutes: 45", "minutes: later"), "U0ROSA")
    office.work()
    assert len(slack.messages) == 2  # a new refusal is a new card


def test_a_message_that_did_not_arrive_is_told(office: Office, slack: FakeSlack) -> None:
    booking = office.booked()
    office.events()
    data = {"kind": "booking", "what": "confirmation", "reason": "no such mailbox"}
    emit(office, EventKind.DELIVERY_FAILED, booking.id, **data)
    card = slack.only_message()
    assert "Ana Lim did not get the confirmation" in card["text"]
    assert "no such mailbox" in str(card["blocks"])


def test_a_dead_letter_can_be_tried_again_by_an_owner_only(office: Office, slack: FakeSlack) -> None:
    from blocks.payloads import Ref

    failed = office.desk.journal.emit(EventKind.HOME_OPENED, "U0MEI")
    record = {"messageId": "m1", "body": f'{{"detail": {failed.model_dump_json()}}}'}
    office.desk.dead_letters.receive(record)
    office.work()
    assert "could not be finished" in slack.only_message()["text"]
    office.click("dead_letter.retry", Ref(id="m1").pack(), "U0MEI")
    assert "Only an owner" in slack.responses[-1]["text"]
    office.click("dead_letter.retry", Ref(id="m1").pack(), "U0ROSA")
    assert "Tried again by <@U0ROSA>" in str(slack.responses[-1]["blocks"])
    office.click("dead_letter.handled", Ref(id="m1").pack(), "U0ROSA")
    assert "already tried again by @rosa" in slack.responses[-2]["text"]


def test_home_shows_today_what_waits_and_what_is_free(office: Office, slack: FakeSlack) -> None:
    office.desk.clock.at = NOW + 86_400  # type: ignore[attr-defined]
    office.has(request())
    office.booked()
    office.event({"type": "app_home_opened", "user": "U0MEI", "tab": "home", "channel": "D1"})
    office.work()
    home = slack.homes["U0MEI"]
    assert faults_of_view(home) == []
    text = str(home["blocks"])
    for expected in ("Waiting for you (1)", "2:00 pm", "Ana Lim", "Next free", "As of Tue 5 May, 9:00 am"):
        assert expected in text


def test_home_tells_a_stranger_nothing_of_the_customers(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    emit(office, EventKind.HOME_OPENED, "U0NEW")
    text = str(slack.homes["U0NEW"]["blocks"])
    assert "slack: U0NEW" in text
    assert "Ana" not in text


def test_an_empty_home_teaches(office: Office, slack: FakeSlack) -> None:
    emit(office, EventKind.HOME_OPENED, "U0MEI")
    assert "/book colour for Ana" in str(slack.homes["U0MEI"]["blocks"])


def test_a_card_written_from_an_older_state_is_written_again(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")
    real = office.desk.intake.get
    raced: list[str] = []

    class Racing:
        """Somebody discards the draft while its card is being written."""

        def get(self, id_: str) -> object:
            found = real(id_)
            if len(raced) == 1:
                office.has(request(RequestState.DISCARDED, rev=1))
            raced.append(id_)
            return found

    desk = Desk(
        office.desk.settings, **{k: getattr(office.desk, k) for k in ("store", "clock", "ids", "rules", "bookings")},
        intake=Racing(),
    )  # fmt: skip
    event = office.desk.journal.emit(EventKind.REQUEST_DRAFTED, "rq0000000001")
    Notices(desk, Messenger.patient(desk.settings)).perform(event)
    assert "Discarded" in slack.only_message()["text"] or "discarded" in slack.only_message()["text"]


def test_the_lambda_entry_takes_an_eventbridge_event(
    office: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "notices", lambda: office.notices)
    office.has(request())
    event = office.desk.journal.emit(EventKind.REQUEST_DRAFTED, "rq0000000001")
    entry.handler({"detail-type": "request.drafted", "detail": event.model_dump(mode="json")}, None)
    assert len(slack.messages) == 1


def test_the_clock_of_the_tests_is_still() -> None:
    assert FakeClock(NOW).now() == NOW


# --- the sheet ---


SHEET = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ-sheet"


@pytest.fixture
def sheets(office: Office) -> FakeSheets:
    """A sheet of the waitlist with one bad row in it."""
    rows = [["Name", "Contact", "Service"], ["Ana Lim", "ana@mail.example", "hair cutt"]]
    fake = FakeSheets({SHEET: {"List": rows}})
    office.desk.sheets = fake
    office.desk.rules.update(f"{RULES}\nsheets: {{waitlist: {SHEET}}}\n", "setup")
    return fake


def synced(office: Office) -> None:
    office.desk.sheet_sync.run()
    office.work()


def test_a_bad_row_of_the_sheet_is_a_card_that_follows_it_until_all_is_well(
    office: Office, slack: FakeSlack, sheets: FakeSheets
) -> None:
    synced(office)
    card = slack.only_message()
    assert faults_of_message(card["text"], card["blocks"]) == []
    said = str(card["blocks"])
    assert "Row 2, " in said
    assert "Ana Lim" in said
    assert "did you mean" in said
    assert SHEET in said
    rows = sheets.tabs[SHEET]["List"]
    rows.append(["Ben Ong", "nothing", "haircut"])
    synced(office)
    assert "Row 3" in str(slack.only_message()["blocks"])
    rows[1][2], rows[2][1] = "haircut", "ben@mail.example"
    synced(office)
    assert "in order" in slack.only_message()["text"]
    rows[2][1] = "nothing again"
    synced(office)
    assert len(slack.messages) == 2, "what is wrong anew is said anew, not in last week's card"


def test_a_sheet_that_was_never_wrong_gets_no_card(
    office: Office, slack: FakeSlack, sheets: FakeSheets
) -> None:
    sheets.tabs[SHEET]["List"][1][2] = "haircut"
    synced(office)
    assert slack.messages == {} or not slack.messages


def test_rows_gone_and_a_sheet_that_cannot_be_read_are_told(
    office: Office, slack: FakeSlack, sheets: FakeSheets
) -> None:
    rows = sheets.tabs[SHEET]["List"]
    rows[1:] = [[f"Guest {n}", f"g{n}@mail.example", "haircut"] for n in range(8)]
    synced(office)
    assert not slack.messages
    del rows[2:]
    synced(office)
    card = slack.only_message()
    assert "7 rows are missing" in card["text"]
    assert "9:15 am" in card["text"]
    rows.clear()
    synced(office)
    assert "heading row lacks" in slack.only_message()["text"]


def test_a_summary_is_one_card_in_the_desk_s_channel_however_often_it_is_told(
    office: Office, slack: FakeSlack
) -> None:
    office.desk.store.transact([Put(stored(weekly()))])
    event = emit(office, EventKind.SUMMARY_READY, "weekly-2026-05-04", kind="weekly")
    office.notices.perform(event)
    assert len(slack.of("chat.postMessage")) == 1
    card = slack.only_message()
    assert slack.of("chat.postMessage")[0]["channel"] == "#front-desk"
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert card["text"].startswith("Last week, 4 to 10 May. 41 visits, 5 more than the week before.")
    shown = str(card["blocks"])
    (table,) = [b["rows"] for b in card["blocks"] if b["type"] == "table"]
    told = [[cell["text"] for cell in row] for row in table]
    assert told[:2] == [["What", "4 to 10 May", "27 April to 3 May"], ["Visits", "41", "36"]]
    assert ["Gaps filled (6 from the waitlist)", "7", "4"] in told
    assert "Fri \u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588 10" in shown
    assert "Ana Lim, Haircut, Tue 5 May, 2:00 pm" in shown


def test_a_slack_that_takes_no_tables_gets_the_numbers_as_fields(office: Office, slack: FakeSlack) -> None:
    office.desk.store.transact([Put(stored(weekly()))])
    slack.answer("chat.postMessage", {"ok": False, "error": "invalid_blocks"})
    event = emit(office, EventKind.SUMMARY_READY, "weekly-2026-05-04", kind="weekly")
    card = slack.only_message()
    assert faults_of_message(card["text"], card["blocks"]) == []
    assert "table" not in [b["type"] for b in card["blocks"]]
    assert "*Visits*\\n41 (27 April to 3 May: 36)" in str(card["blocks"])
    slack.answer("chat.update", {"ok": False, "error": "invalid_blocks"})
    office.notices.perform(event)
    assert len(slack.messages) == 1


def test_a_card_without_a_simpler_one_is_refused_as_it_was(office: Office, slack: FakeSlack) -> None:
    office.has(request())
    slack.answer("chat.postMessage", {"ok": False, "error": "invalid_blocks"})
    with pytest.raises(DeliveryFailed, match="invalid_blocks"):
        emit(office, EventKind.REQUEST_DRAFTED, "rq0000000001")


def test_a_quiet_month_is_one_sentence(office: Office, slack: FakeSlack) -> None:
    office.desk.store.transact([Put(stored(monthly(monthly=MonthlyFacts())))])
    emit(office, EventKind.SUMMARY_READY, "monthly-2026-05-01", kind="monthly")
    assert [b["type"] for b in slack.only_message()["blocks"]] == ["header", "section"]
    assert (
        slack.only_message()["text"] == "The waitlist in May 2026. A quiet month: no slot came free in May."
    )


def test_a_summary_that_was_not_mailed_says_where_to_put_the_address_right(
    office: Office, slack: FakeSlack
) -> None:
    data = {"kind": "summary", "what": "weekly summary", "to": "rosa@willow.example", "reason": "no such box"}
    emit(office, EventKind.DELIVERY_FAILED, "weekly-2026-05-04", **data)
    card = slack.only_message()
    assert "The weekly summary could not be mailed to rosa@willow.example" in card["text"]
    assert "correct `inbox`" in str(card["blocks"])
