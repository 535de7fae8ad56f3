"""The mailbox, the phone, the calendar panel, the rules file, the environment and the loops."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from handlers.adapters.store_timers import Due
from handlers.domain import mime
from handlers.domain.errors import InputError, NotFound, RulesError
from handlers.domain.events import Event, EventKind
from handlers.domain.mime_attachments import enclosed
from handlers.domain.rules import load
from handlers.domain.zone import Zone
from handlers.ports import Attachment
from infra.local import environment
from infra.local.diary import Diaries
from infra.local.google_state import GoogleCalendarState
from infra.local.loops import Loops
from infra.local.mailbox import Draft, Mailbox
from infra.local.phone import ORIGIN, Phone
from infra.local.rules_file import RulesFile
from tests.fakes import FakeBus, FakeFiles
from tests.workspace.conftest import NOON, SAMPLE

DRAFT = Draft("ana@mail.example", "Ana Ö", "hello@marigold.example", "A trim?", "Tomorrow at 3?\n\nAna")


class Sent:
    """A bus that remembers what was sent on it."""

    def __init__(self):
        self.sent = []

    def send(self, function, kind, payload, event_id):
        self.sent.append((function.name, kind, payload, event_id))


@pytest.fixture
def mailbox(tmp_path, db, clock):
    made = Mailbox(tmp_path / "mail", db, clock, FakeFiles(), Sent())
    (tmp_path / "mail/out").mkdir(parents=True)
    return made


@pytest.mark.parametrize("authentic", [True, False])
def test_a_written_mail_is_read_by_the_product_as_it_was_meant(mailbox, authentic):
    mailbox.send(replace(DRAFT, authentic=authentic))
    ((function, _, payload, _),) = mailbox._bus.sent
    assert function == "inbound_mail"
    raw = mailbox._files.get(payload["Records"][0]["s3"]["object"]["key"])
    message = mime.parse(raw, received=NOON).message
    assert (message.sender, message.sender_name, message.subject) == ("ana@mail.example", "Ana Ö", "A trim?")
    assert message.recipient == "hello@marigold.example"
    assert "Tomorrow at 3?" in message.text
    assert message.authenticated is authentic


def test_a_mail_without_an_address_or_words_is_not_sent(mailbox):
    for draft, field in ((replace(DRAFT, sender="ana"), "sender"), (replace(DRAFT, to=""), "to")):
        with pytest.raises(InputError) as problem:
            mailbox.send(draft)
        assert problem.value.field == field
    with pytest.raises(InputError):
        mailbox.send(replace(DRAFT, subject="", text=" "))
    assert mailbox._bus.sent == []


def test_a_written_mail_may_carry_files(mailbox):
    file = Attachment("plan.pdf", "application/pdf", b"%PDF-1.4 x")
    mailbox.send(replace(DRAFT, text="", subject="", attachments=(file,)))
    ((_, _, payload, id_),) = mailbox._bus.sent
    (found,) = enclosed(mailbox._files.get(payload["Records"][0]["s3"]["object"]["key"]))
    assert (found.name, found.content_type, found.content) == ("plan.pdf", "application/pdf", b"%PDF-1.4 x")
    assert mailbox.mail(id_, load(SAMPLE.read_text()).zone)["attachments"] == ["plan.pdf"]
    with pytest.raises(InputError) as problem:
        mailbox.send(replace(DRAFT, attachments=(Attachment("big", "", bytes(30_000_000)),)))
    assert problem.value.field == "attachments"


def test_text_recognition_is_played_unless_a_real_one_is_named(tmp_path):
    env = {}
    assert environment.prepare(tmp_path, "http://127.0.0.1:1", env=env).textract
    assert env["AWS_ENDPOINT_URL_TEXTRACT"] == "http://127.0.0.1:1/_textract/"
    assert env["AWS_ACCESS_KEY_ID"] == "local"
    for given in ({"FRONTDESK_DOCUMENTS": "none"}, {"AWS_ENDPOINT_URL_TEXTRACT": "http://127.0.0.1:2"}):
        assert not environment.prepare(tmp_path, "http://127.0.0.1:1", env=dict(given)).textract
    real = {"FRONTDESK_MAIL": "ses"}
    environment.prepare(tmp_path, "http://127.0.0.1:1", env=real)
    assert "AWS_ACCESS_KEY_ID" not in real


def test_a_received_mail_shows_its_html_and_its_invitation(mailbox, tmp_path):
    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:b1@frontdesk\r\n"
        "DTSTAMP:20260505T040000Z\r\nDTSTART:20260506T060000Z\r\nDTEND:20260506T064500Z\r\nSEQUENCE:1\r\n"
        "SUMMARY:Haircut\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    raw = (
        "From: Us <us@x.example>\r\nTo: ana@mail.example\r\nSubject: Booked\r\n"
        "Date: Tue, 05 May 2026 12:00:00 +0800\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body>Hi</body></html>\r\n"
        f"--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{ics}\r\n--b--\r\n"
    )
    (tmp_path / "mail/out/1.eml").write_text(raw, newline="")
    zone = load(SAMPLE.read_text()).zone
    (listed,) = mailbox.mails()
    assert (listed["to"], listed["subject"], listed["at"]) == ("ana@mail.example", "Booked", NOON)
    invitation = mailbox.mail("1.eml", zone)["invitation"]
    assert (invitation["when"], invitation["until"]) == ("Wed 6 May, 2:00 pm", "2:45 pm")
    assert (invitation["method"], invitation["sequence"]) == ("REQUEST", 1)
    assert '<base target="_blank">' in mailbox.html("1.eml")
    assert "DTSTART" in mailbox.ics("1.eml")
    assert mailbox.mail("../../secrets.json", zone) is None


def test_an_answer_names_the_mail_it_answers(mailbox, tmp_path):
    (tmp_path / "mail/out/1.eml").write_text("From: us@x.example\nMessage-ID: <m1@x>\nSubject: S\n\nHi\n")
    mailbox.send(replace(DRAFT, reply_to_mail="1.eml"))
    key = mailbox._bus.sent[0][2]["Records"][0]["s3"]["object"]["key"]
    message = mime.parse(mailbox._files.get(key), received=NOON).message
    assert any("m1@x" in reference for reference in message.references)


def test_a_text_travels_as_end_user_messaging_publishes_it(tmp_path, db, clock):
    phone = Phone(tmp_path, db, clock, Sent())
    id_ = phone.send("8123 4567", " Trim tomorrow? ", "SG")
    ((function, _, payload, _),) = phone._bus.sent
    message = json.loads(payload["Records"][0]["Sns"]["Message"])
    assert function == "inbound_text"
    assert (message["originationNumber"], message["destinationNumber"]) == ("+6581234567", ORIGIN)
    assert (message["messageBody"], message["messageKeyword"]) == ("Trim tomorrow?", "TRIM")
    assert message["inboundMessageId"] == id_


def test_conversations_join_what_was_sent_and_received(tmp_path, db, clock):
    phone = Phone(tmp_path, db, clock, Sent())
    phone.send("+65 8123 4567", "Hello", "SG")
    (tmp_path / "1.json").write_text(
        json.dumps({"to": "+6581234567", "text": "Hi!", "key": "", "at": NOON + 5})
    )
    (thread,) = phone.threads()
    assert [(t["text"], t["mine"]) for t in thread["texts"]] == [("Hello", True), ("Hi!", False)]


@pytest.mark.parametrize(("sender", "text"), [("abc", "Hello"), ("12", "Hello"), ("+65 8123 4567", " ")])
def test_a_text_from_no_number_or_without_words_is_not_sent(tmp_path, db, clock, sender, text):
    phone = Phone(tmp_path, db, clock, Sent())
    with pytest.raises(InputError):
        phone.send(sender, text, "SG")
    assert phone._bus.sent == []


@pytest.fixture
def diaries(clock):
    rules = load(SAMPLE.read_text())
    google = GoogleCalendarState(":memory:", clock, rules.zone.name)
    yield Diaries(google, lambda: rules)
    google.close()


def test_a_day_shows_hours_breaks_and_events_of_each_resource(diaries):
    before = diaries.version
    id_ = diaries.add(
        {
            "calendar": "mei@marigold.example",
            "date": "2026-05-05",
            "from": "14:00",
            "to": "15:30",
            "summary": "Dentist",
        }
    )
    day = diaries.day("", NOON)
    assert (day["date"], day["said"], day["now"]) == ("2026-05-05", "Tuesday 5 May", 12 * 60)
    mei = day["columns"][0]
    assert (mei["name"], mei["hours"], mei["breaks"]) == ("Mei", ((540, 1200),), ((780, 840),))
    (event,) = mei["events"]
    assert (event["summary"], event["from"], event["to"], event["ours"]) == ("Dentist", 840, 930, False)
    assert diaries.version != before
    diaries.remove("mei@marigold.example", id_)
    assert diaries.day("2026-05-05", NOON)["columns"][0]["events"] == []
    with pytest.raises(NotFound):
        diaries.remove("mei@marigold.example", id_)


@pytest.mark.parametrize(
    "wrong",
    [{"to": "13:00"}, {"from": "soon"}, {"date": ""}, {"calendar": "nobody@x.example"}],
)
def test_an_event_that_makes_no_sense_is_not_added(diaries, wrong):
    good = {"calendar": "mei@marigold.example", "date": "2026-05-05", "from": "14:00", "to": "15:00"}
    with pytest.raises(InputError):
        diaries.add(good | wrong)


class Source:
    """A rules source that refuses texts with "bad" in them."""

    def __init__(self):
        self.taken = []

    def update(self, text, by):
        if "bad" in text:
            load("version: 1\nbad: yes\n")
        self.taken.append(text)


def test_a_bad_file_at_the_start_is_raised_and_a_bad_edit_is_told(tmp_path):
    path, source = tmp_path / "rules.yml", Source()
    path.write_text("bad")
    with pytest.raises(RulesError):
        RulesFile(path, source).start()
    path.write_text("good")
    file = RulesFile(path, source)
    file.start()
    faults = file.save("bad", "me")
    file.stop()
    assert faults
    assert file.shown()["faults"] == faults
    assert path.read_text() == "bad"
    assert source.taken == ["good"]
    assert file.save("better", "me") == []
    assert source.taken == ["good", "better"]


def test_the_environment_has_a_stand_in_for_everything_and_keeps_its_secrets(tmp_path):
    first, again = {}, {}
    environment.prepare(tmp_path, "http://127.0.0.1:1", env=first)
    environment.prepare(tmp_path, "http://127.0.0.1:1", env=again)
    assert first == again
    assert first["FRONTDESK_STORE"] == f"sqlite:{tmp_path}/frontdesk.db"
    assert first["SLACK_API_URL"] == "http://127.0.0.1:1/_slack/api/"
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_folder_of_an_earlier_version_gets_the_secrets_it_lacks(tmp_path):
    env = {}
    (tmp_path / "secrets.json").write_text(
        '{"links": "kept", "slack_token": "xoxb-local-1", "signing_secret": "s"}', encoding="utf-8"
    )
    environment.prepare(tmp_path, "http://127.0.0.1:1", env=env)
    assert env["FRONTDESK_SECRETS"] == "kept"
    assert len(env["FRONTDESK_WEBHOOK_SECRETS"]) > 30


def test_real_credentials_turn_off_one_stand_in_at_a_time(tmp_path):
    env = {"SLACK_BOT_TOKEN": "xoxb-real", "SLACK_SIGNING_SECRET": "s", "FRONTDESK_MAIL": "ses"}
    stand_ins = environment.prepare(tmp_path, "http://127.0.0.1:1", env=env)
    assert (stand_ins.slack, stand_ins.google) == (False, True)
    assert "SLACK_API_URL" not in env
    assert (env["SLACK_BOT_TOKEN"], env["FRONTDESK_MAIL"]) == ("xoxb-real", "ses")
    assert env["GOOGLE_API_URL"].endswith("/_google")


ZONE = Zone("America/New_York")


class Timers:
    def __init__(self, *due):
        self._due, self.log = list(due), []

    def due(self, now):
        return tuple(d for d in self._due if d.at <= now)

    def fired(self, due):
        self._due.remove(due)
        return True


class Runtime:
    def __init__(self):
        self.called, self.events, self.down = [], [], False

    def call(self, function, event):
        if self.down:
            raise InputError("", "down")
        self.called.append(function.name)
        self.events.append(event)


def loops_of(db, clock, timers=None):
    bus, runtime = FakeBus(), Runtime()
    bus.delivered = threading.Event()
    return Loops(db, bus, runtime, clock, drain=lambda: 0, timers=timers, zone=lambda: ZONE), bus, runtime


def test_a_timer_fires_when_the_business_s_clock_reaches_it(db, clock):
    event = Event(id="e", kind=EventKind.REMINDER_DUE, subject="b", at=NOON)
    loops, bus, _ = loops_of(db, clock, Timers(Due("t", NOON + 600, event)))
    loops.fire_timers()
    assert bus.events == []
    clock.at += 600
    loops.fire_timers()
    loops.fire_timers()
    assert bus.events == [event]


def test_the_tick_runs_every_five_minutes_and_right_after_the_clock_moved(db, clock):
    loops, _, runtime = loops_of(db, clock)
    loops.tick()
    clock.at += 299
    loops.tick()
    assert runtime.called == ["tick"]
    clock.at += 1
    loops.tick()
    assert runtime.called == ["tick"] * 2
    loops.clock_moved()
    loops.tick()
    assert runtime.called == ["tick"] * 3


def test_calendars_are_read_every_five_minutes_and_when_somebody_edited_one(db, clock):
    loops, _, runtime = loops_of(db, clock)
    loops.sync_calendars()
    loops.sync_calendars()
    assert runtime.called == ["calendar_sync"]
    loops.calendar_edited()
    loops.sync_calendars()
    loops.sync_calendars()
    assert runtime.called == ["calendar_sync"] * 2
    clock.at += 300
    loops.sync_calendars()
    assert runtime.called == ["calendar_sync"] * 3


def test_a_summary_is_started_at_its_time_of_the_business_s_clock_and_once(db, clock):
    clock.at = ZONE.parse("2026-06-01T07:59")  # the first Monday of June
    loops, _, runtime = loops_of(db, clock)
    loops.schedules()
    assert runtime.events == []
    clock.at += 60
    loops.schedules()
    loops.schedules()
    assert runtime.events == [{"summary": "weekly", "at": "2026-06-01T12:00:00Z"}]
    clock.at += 3600
    loops.schedules()
    assert runtime.events[1:] == [{"summary": "monthly", "at": "2026-06-01T13:00:00Z"}]


def test_a_clock_that_jumps_over_summaries_starts_each_of_them_once_also_after_a_restart(db, clock):
    clock.at = ZONE.parse("2026-06-05T12:00")
    loops_of(db, clock)[0].schedules()
    clock.at = ZONE.parse("2026-07-06T12:00")
    loops, _, runtime = loops_of(db, clock)
    runtime.down = True
    with pytest.raises(InputError):
        loops.schedules()
    runtime.down = False
    loops.schedules()
    loops.schedules()
    said = [(e["summary"], e["at"][:10]) for e in runtime.events]
    assert said == [
        *(("weekly", f"2026-{day}") for day in ("06-08", "06-15", "06-22", "06-29", "07-06")),
        ("monthly", "2026-07-06"),
    ]
    clock.at = ZONE.parse("2027-07-06T12:00")
    loops.schedules()
    assert [e["summary"] for e in runtime.events].count("weekly") == 5 + 8  # a year is not made up for


def test_a_schedule_that_never_ran_makes_up_for_nothing_and_a_quiet_loop_writes_nothing(db, clock):
    loops, _, runtime = loops_of(db, clock)
    loops.schedules()
    version = db.version
    for _ in range(3):
        clock.at += 60
        loops.schedules()
    assert (runtime.events, db.version) == ([], version)
