"""A summary is counted once, and reaches Slack's event and the owner's inbox once."""

from __future__ import annotations

import logging

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed, NotFound, Unavailable
from handlers.domain.events import EventKind
from handlers.domain.summaries import Kind
from handlers.ports import Query
from tests.bookings.world import ZONE, World, refused
from tests.waitlist.waiting import Waiting

MONDAY = ZONE.parse("2026-05-11T08:00")
FIRST_MONDAY = ZONE.parse("2026-06-01T09:00")


class Storyteller:
    """Says what it is told to, or fails; remembers what it was told."""

    def __init__(self, says: str = "", failing: Exception | None = None) -> None:
        self.says, self.failing, self.heard = says, failing, []

    def narrate(self, told):
        self.heard.append(told)
        if self.failing:
            raise self.failing
        return self.says


class Watched(SqliteStore):
    """Tells what it was asked. `before_writing` happens once, right before the next write."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.asked: list[Query] = []
        self.read, self.before_writing = 0, None

    def query(self, query):
        found = super().query(query)
        self.asked.append(query)
        self.read += len(found.items)
        return found

    def transact(self, operations, token=""):
        first, self.before_writing = self.before_writing, None
        if first:
            first()
        super().transact(operations, token)


@pytest.fixture
def world() -> World:
    made = Waiting()
    made.book(10)
    made.settle()
    return made


def ready(world: World) -> list[str]:
    return [e.subject for e in world.events() if e.kind is EventKind.SUMMARY_READY]


def test_the_week_is_told_to_slack_and_mailed_to_the_owner(world):
    summary = world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    assert ready(world) == ["weekly-2026-05-04"]
    assert world.desk.summaries.get("weekly-2026-05-04") == summary
    mail = world.mail.sent[-1]
    assert mail.to == "ines@quay.example"
    assert mail.sender == "Quay Barbers <bookings@quay.example>"
    assert mail.subject == "Last week, 4 to 10 May: 1 visit"
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert "1 visit. Bookings: 1 confirmed." in mail.text
    assert "Visits: 1\n" in mail.text
    assert "Tue  1  ####################" in mail.text
    assert "http" not in mail.html.replace("http-equiv", "")
    assert [(r.who, r.what) for r in world.desk.journal.thread(keys.summary(summary.id))] == [
        ("system", "summed up")
    ]


def test_whatever_is_redelivered_a_period_is_told_once(world):
    mails = len(world.mail.sent)
    first = world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    world.book(11)
    world.clock.at += 3600
    again = world.desk.summaries.send(Kind.WEEKLY, MONDAY + 3600)
    assert again == first
    assert len(world.mail.sent) == mails + 1
    assert ready(world) == ["weekly-2026-05-04"]


def test_two_at_once_make_one_summary():
    store = Watched()
    world = Waiting(store=store)
    world.book(10)
    other = []
    store.before_writing = lambda: other.append(world.desk.summaries.send(Kind.WEEKLY, MONDAY))
    assert [world.desk.summaries.send(Kind.WEEKLY, MONDAY)] == other
    assert ready(world) == ["weekly-2026-05-04"]


def test_each_week_and_month_is_told_on_its_own(world):
    for kind, at in ((Kind.WEEKLY, MONDAY), (Kind.WEEKLY, MONDAY + 7 * 86_400), (Kind.MONTHLY, FIRST_MONDAY)):
        world.desk.summaries.send(kind, at)
    assert ready(world) == ["weekly-2026-05-04", "weekly-2026-05-11", "monthly-2026-05-01"]


def test_before_anybody_was_ever_booked_nothing_is_sent():
    world = Waiting()
    assert world.desk.summaries.send(Kind.WEEKLY, MONDAY) is None
    assert world.desk.summaries.send(Kind.MONTHLY, FIRST_MONDAY) is None
    assert (ready(world), world.mail.sent) == ([], [])
    assert isinstance(refused(lambda: world.desk.summaries.get("weekly-2026-05-04")), NotFound)


def test_a_first_booking_after_the_week_is_no_reason_to_tell_of_that_week(world):
    assert world.desk.summaries.send(Kind.WEEKLY, ZONE.parse("2026-05-04T08:00")) is None
    assert ready(world) == []


def test_a_quiet_week_and_a_quiet_month_are_one_sentence(world):
    mails = len(world.mail.sent)
    world.desk.summaries.send(Kind.WEEKLY, MONDAY + 14 * 86_400)
    world.desk.summaries.send(Kind.MONTHLY, FIRST_MONDAY)
    assert ready(world) == ["weekly-2026-05-18", "monthly-2026-05-01"]
    week, month = world.mail.sent[mails:]
    assert "A quiet week: no visits, nothing booked, moved or cancelled, and no slot came free." in week.text
    assert "A quiet month: no slot came free in May." in month.text
    for mail in (week, month):
        assert "Visits:" not in mail.text
        assert "Slots freed" not in mail.text
        assert "<th" not in mail.html


def test_a_narrator_who_keeps_to_the_facts_is_heard(world):
    teller = world.desk.narrator = Storyteller("A calm week:  1 visit,\n1 confirmed.")
    summary = world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    assert summary.words == "A calm week: 1 visit, 1 confirmed."
    assert summary.words in world.mail.sent[-1].text
    (told,) = teller.heard
    assert "Bea" not in repr(told)
    assert told.business == "Quay Barbers"


@pytest.fixture
def logged(caplog):
    """What our logger says, however other tests have set logging up."""
    ours = logging.getLogger("frontdesk.summaries")
    ours.addHandler(caplog.handler)
    caplog.set_level(logging.INFO, logger=ours.name)
    yield caplog
    ours.removeHandler(caplog.handler)


@pytest.mark.parametrize(
    "says",
    ["A week of 7 visits.", "Bea came, and Rui cut her hair. Then Bea left.", "<!channel> 1 visit", ""],
)
def test_a_narrator_who_makes_something_up_is_replaced_by_the_plain_words(world, says, logged):
    world.desk.narrator = Storyteller(says)
    summary = world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    assert summary.words == ""
    assert "1 visit. Bookings: 1 confirmed." in world.mail.sent[-1].text
    assert "not in the facts" in logged.text


def test_a_narrator_who_does_not_answer_delays_nothing(world):
    world.desk.narrator = Storyteller(failing=Unavailable("narrator", "throttled"))
    assert world.desk.summaries.send(Kind.WEEKLY, MONDAY).words == ""
    assert "1 visit." in world.mail.sent[-1].text


def test_a_quiet_period_needs_no_narrator(world):
    teller = world.desk.narrator = Storyteller("What a week.")
    world.desk.summaries.send(Kind.WEEKLY, MONDAY + 14 * 86_400)
    assert teller.heard == []


def test_a_mail_that_could_not_leave_is_tried_again_and_the_card_is_not(world):
    world.mail.failing = DeliveryFailed("mail", "throttled")
    with pytest.raises(DeliveryFailed):
        world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    world.mail.failing, mails = None, len(world.mail.sent)
    world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    assert len(world.mail.sent) == mails + 1
    assert ready(world) == ["weekly-2026-05-04"]


def test_an_inbox_that_does_not_exist_becomes_a_card_once(world):
    world.mail.failing = DeliveryFailed("mail", "no such mailbox", permanent=True)
    for _ in range(2):
        world.desk.summaries.send(Kind.WEEKLY, MONDAY)
    failed = [e for e in world.events() if e.kind is EventKind.DELIVERY_FAILED]
    assert [e.data for e in failed] == [
        {"kind": "summary", "what": "weekly summary", "to": "ines@quay.example", "reason": "no such mailbox"}
    ]


def test_the_entry_tells_about_the_period_of_the_time_it_was_due(world, monkeypatch):
    from handlers import summary as entry

    monkeypatch.setattr(entry, "desk", lambda: world.desk)
    world.clock.at = ZONE.parse("2026-05-18T09:00")  # tried again for a week
    assert entry.handler({"summary": "weekly", "at": "2026-05-11T07:00:00Z"}, None) == {
        "summary": "weekly-2026-05-04"
    }
    assert entry.handler({"summary": "monthly", "at": "2026-05-04T08:00:00Z"}, None) == {"summary": None}
    assert ready(world) == ["weekly-2026-05-04"]


def test_a_summary_reads_the_days_it_is_about_and_nothing_else():
    """However long the business has been open."""
    store = Watched()
    world = Waiting(store=store)
    for week in range(12):
        world.clock.at = ZONE.parse("2026-05-04T09:00") + week * 7 * 86_400
        world.book(10, day=week * 7 + 2)
    store.asked, store.read = [], 0
    world.desk.summaries.send(Kind.WEEKLY, ZONE.parse("2026-07-13T08:00"))
    assert all(query.low for query in store.asked)
    assert store.read == 3 + 2  # what was done in three weeks, and the visits of two
