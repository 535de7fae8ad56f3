"""Slots as the product finds them: calendars and pages read, offers remembered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import items, keys
from handlers.domain.booking import Booking, State
from handlers.domain.errors import CalendarUnavailable, NotFound
from handlers.domain.events import Event, EventKind
from handlers.domain.pages import Claim
from handlers.domain.slot import Extent, Slot
from handlers.ports import Put, Query
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.rules import RulesSource
from handlers.services.slots import Slots
from tests.availability.business import query, times
from tests.fakes import FakeCalendar, FakeClock, FakeIds

RULES = """
version: 1
business: {name: Test, timezone: Asia/Singapore, inbox: owner@example.com, desk: "#desk"}
mail: {requests: requests@example.com}
hours: {mon-sun: ["10:00-18:00"]}
resources:
  jess: {name: Jess, calendar: jess@example.com}
  mei: {name: Mei, calendar: mei@example.com}
  bench: {name: Bench}
services:
  haircut: {name: Haircut, minutes: 45, buffer_after: 15, resources: [jess, mei]}
  wash: {name: Wash, minutes: 30, resources: [bench]}
booking: {min_notice: 1h, horizon: 60d, proposals: 3, proposal_ttl: {web: 30m, email: 48h}}
"""
DAY = "2026-05-05"


@dataclass
class Desk:
    store: SqliteStore = field(default_factory=lambda: SqliteStore(":memory:"))
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    clock: FakeClock = field(default_factory=lambda: FakeClock(0))

    def __post_init__(self) -> None:
        ids = FakeIds()
        self.journal = Journal(self.store, self.clock, ids)
        self.source = RulesSource(self.store, self.clock, self.journal)
        self.rules = self.source.update(RULES, "owner")
        self.clock.at = self.at("2026-05-04", "09:00")
        self.slots = Slots(self.store, self.calendar, self.source, self.clock, ids, self.journal)
        self.ledger = Ledger(self.store, self.source, self.clock)

    def at(self, day: str, time: str) -> int:
        return self.rules.zone.parse(f"{day}T{time}:00")

    def span(self, day: str, start: str, end: str) -> tuple[int, int]:
        return self.at(day, start), self.at(day, end)

    def slot(self, start: str, resource: str = "jess") -> Slot:
        at = self.at(DAY, start)
        return Slot(service="haircut", resource=resource, start=at, end=at + 45 * 60)

    def book(self, id_: str, slot: Slot, state: State = State.CONFIRMED) -> Booking:
        """As the product does: page, record and calendar event."""
        extent = slot.extents(0, 15)[0]
        until = None if state is State.CONFIRMED else self.clock.now() + 300
        claim = Claim(id=id_, start=extent.start, end=extent.end, core=(slot.start, slot.end), until=until)
        self.ledger.commit(take=[(Extent(*extent), claim)])
        booking = Booking(
            id=id_, state=state, slot=slot, extent=(extent.start, extent.end), customer="c", name="Ana"
        )
        self.store.transact([Put(items.to_item(booking))])
        if state is State.CONFIRMED:
            name = f"{slot.resource}@example.com"
            self.calendar.busy.setdefault(name, []).append((slot.start, slot.end))
        return booking

    def told(self) -> list[Event]:
        found = self.store.query(Query(keys.OUTBOX, index="gsi3"))
        events = (items.from_item(i, Event) for i in found.items)
        return [e for e in events if e.kind is EventKind.CALENDAR_UNREADABLE]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def on(day: str = DAY, **parts: object) -> list[dict]:
    return [{"date_from": day, "date_to": day, **parts}]


def test_calendars_and_our_own_diary_are_both_obeyed(desk: Desk) -> None:
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "10:00", "12:00")]
    desk.book("b1", desk.slot("13:00"))
    found = desk.slots.search(query(resource="jess", windows=on()))
    assert times(desk.rules, found.all)[:3] == ["05-05 12:00", "05-05 14:00", "05-05 14:15"]
    assert found.slots == (found.all[0], *found.slots[1:])
    assert not found.outside
    assert not found.unreadable


def test_all_calendars_are_asked_in_one_call_and_for_the_wanted_dates_only(desk: Desk) -> None:
    asked = []
    answer = desk.calendar.free_busy
    desk.calendar.free_busy = lambda *a: asked.append(a) or answer(*a)
    desk.slots.search(query(windows=on()))
    until = desk.at("2026-05-07", "00:00")  # a late start runs into the next date
    assert asked == [(["jess@example.com", "mei@example.com"], desk.at(DAY, "00:00"), until)]


def test_an_unreadable_calendar_offers_nothing_and_is_announced_once_an_hour(desk: Desk) -> None:
    desk.calendar.down["jess@example.com"] = "notFound"
    found = desk.slots.search(query(windows=on()))
    assert {s.resource for s in found.all} == {"mei"}
    assert found.unreadable == {"jess": "notFound"}
    desk.clock.at += 3599
    desk.slots.search(query(windows=on()))
    assert [e.subject for e in desk.told()] == ["jess"]
    desk.clock.at += 1
    desk.slots.search(query(windows=on()))
    assert len(desk.told()) == 2
    assert desk.told()[0].data == {"calendar": "jess@example.com", "reason": "notFound"}


def test_with_the_calendar_offline_only_those_without_one_are_offered(desk: Desk) -> None:
    desk.calendar.offline = True
    found = desk.slots.search(query(windows=on()))
    assert found.slots == ()
    assert set(found.unreadable) == {"jess", "mei"}
    assert desk.slots.propose(query(windows=on()), channel="web") is None
    assert desk.slots.search(query(service="wash", windows=on())).slots


def test_a_calendar_nothing_was_said_about_is_unreadable(desk: Desk) -> None:
    answer = desk.calendar.free_busy

    def forgetful(names, start, end):
        return answer([n for n in names if n != "jess@example.com"], start, end)

    desk.calendar.free_busy = forgetful
    assert desk.slots.search(query(windows=on())).unreadable == {"jess": "no answer"}


def test_when_nothing_fits_the_nearest_are_offered_and_flagged(desk: Desk) -> None:
    early = on(time_from="08:00", time_to="09:00")
    found = desk.slots.search(query(resource="jess", windows=early))
    assert found.outside
    assert times(desk.rules, found.slots)[0] == "05-05 10:00"
    proposal = desk.slots.propose(query(windows=early), channel="web")
    assert proposal
    assert proposal.outside


def test_when_somebody_is_booked_up_the_last_place_goes_to_somebody_else(desk: Desk) -> None:
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "00:00", "23:00")]
    found = desk.slots.search(query(resource="jess", windows=on(time_from="12:00", time_to="14:00")))
    assert found.outside
    assert [s.resource for s in found.slots] == ["jess", "jess", "mei"]
    assert times(desk.rules, found.slots)[2] == "05-05 12:00"


@pytest.mark.parametrize(("day", "first"), [("2025-01-01", "05-04 10:00"), ("2027-01-01", "07-02 10:00")])
def test_a_date_out_of_reach_gets_the_closest_bookable_times(desk: Desk, day: str, first: str) -> None:
    found = desk.slots.search(query(resource="jess", windows=on(day)))
    assert found.outside
    assert times(desk.rules, found.slots)[0] == first


@pytest.mark.parametrize(
    ("day", "first"),
    [("2026-05-04", "05-05 15:00"), ("2026-04-01", "05-05 15:00"), ("2027-01-01", "07-02 15:00")],
)
def test_a_time_out_of_reach_gets_the_same_time_on_the_closest_date(desk: Desk, day: str, first: str) -> None:
    desk.clock.at = desk.at("2026-05-04", "17:00")
    desk.calendar.busy["jess@example.com"] = [desk.span("2026-07-03", "00:00", "23:00")]
    found = desk.slots.search(query(resource="jess", windows=on(day, time_from="15:00", time_to="15:00")))
    assert found.outside
    assert times(desk.rules, found.slots)[0] == first


def test_alternatives_are_looked_for_as_far_as_the_horizon(desk: Desk) -> None:
    away = [desk.span("2026-05-01", "00:00", "23:00")[:1] + desk.span("2026-06-20", "00:00", "10:00")[1:]]
    desk.calendar.busy = {"jess@example.com": list(away), "mei@example.com": list(away)}
    found = desk.slots.search(query(windows=on()))
    assert found.outside
    assert times(desk.rules, found.slots)[0] == "06-20 10:00"


def test_no_windows_means_any_time(desk: Desk) -> None:
    found = desk.slots.search(query())
    assert not found.outside
    assert times(desk.rules, found.slots) == ["05-04 10:00", "05-04 12:00", "05-05 10:00"]
    far = desk.slots.search(query(windows=[{"date_from": "2026-05-04"}]))
    assert times(desk.rules, far.all)[-1] == "07-02 17:15"
    assert far.slots == found.slots


def reads(desk: Desk) -> list[str]:
    """Fills up, with each search, with the last date read."""
    found: list[str] = []
    answer = desk.calendar.free_busy

    def asked(names, start, end):
        found.append(f"{desk.rules.zone.local(end - 1):%m-%d}")
        return answer(names, start, end)

    desk.calendar.free_busy = asked
    return found


def test_any_time_is_looked_for_in_two_weeks_first_and_then_up_to_the_horizon(desk: Desk) -> None:
    read = reads(desk)
    desk.slots.search(query())
    assert read == ["05-18"]
    away = [desk.span("2026-05-01", "00:00", "23:00")[:1] + desk.span("2026-05-20", "00:00", "10:00")[1:]]
    desk.calendar.busy = {"jess@example.com": list(away), "mei@example.com": list(away)}
    read.clear()
    found = desk.slots.search(query())
    assert read == ["05-18", "07-03"]
    assert times(desk.rules, found.slots) == ["05-20 10:00", "05-20 12:00", "05-21 10:00"]
    assert not found.outside


def test_where_a_quieter_day_ranks_first_all_days_are_looked_at(desk: Desk) -> None:
    desk.source.update(RULES.replace("proposals: 3", "proposals: 3, rank: [utilisation]"), "owner")
    for day in range(40):
        a, b = desk.span("2026-05-04", "17:00", "18:00")
        for name in ("jess@example.com", "mei@example.com"):
            desk.calendar.busy.setdefault(name, []).append((a + day * 86400, b + day * 86400))
    found = desk.slots.search(query())
    assert times(desk.rules, found.slots)[0] == "06-13 10:00"


def test_a_proposal_is_remembered_for_as_long_as_its_channel_takes(desk: Desk) -> None:
    web = desk.slots.propose(query(windows=on()), channel="web", customer="c1", request="r1")
    mail = desk.slots.propose(query(windows=on()), channel="email")
    staff = desk.slots.propose(query(windows=on()), channel="staff", limit=1)
    assert web
    assert mail
    assert staff
    assert desk.slots.proposal(web.id) == web
    assert (web.expires - web.created, mail.expires - mail.created) == (1800, 48 * 3600)
    assert (web.customer, web.request, len(web.slots), len(staff.slots)) == ("c1", "r1", 3, 1)
    with pytest.raises(NotFound):
        desk.slots.proposal("nope")


def test_a_reschedule_sees_its_own_time_as_free(desk: Desk) -> None:
    desk.book("b1", desk.slot("13:00"))
    asked = query(resource="jess", windows=on(time_from="13:15", time_to="13:15", exact=True))
    assert desk.slots.search(asked).outside
    moved = desk.slots.propose(asked, channel="web", replaces="b1")
    assert moved
    assert not moved.outside
    assert moved.slots == (desk.slot("13:15"),)


def test_a_reschedule_is_not_offered_the_time_it_has(desk: Desk) -> None:
    desk.book("b1", desk.slot("13:00"))
    found = desk.slots.search(query(windows=on(time_from="13:00", time_to="13:15"), exclude="b1"))
    assert found.slots == (desk.slot("13:00", "mei"),)


def test_explain_reads_the_calendar_of_that_day(desk: Desk) -> None:
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "12:30", "13:30")]
    desk.book("h1", desk.slot("13:00", "mei"), State.PENDING)
    assert desk.slots.explain(query(), desk.at(DAY, "13:00")) == {
        "jess": "calendar busy 12:30-13:30",
        "mei": "held until 4 May 09:05",
    }


def test_the_last_look_sees_other_peoples_events_in_the_buffer_too(desk: Desk) -> None:
    slot = desk.slot("13:00")
    assert desk.slots.check(slot, None)
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "13:50", "14:30")]
    assert not desk.slots.check(slot, None)
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "14:00", "14:30")]
    assert desk.slots.check(slot, None)


def test_the_last_look_does_not_mind_where_our_event_stood_before_a_move(desk: Desk) -> None:
    booking = desk.book("b1", desk.slot("13:00"))
    assert desk.slots.check(desk.slot("13:30"), booking.id)
    assert desk.slots.check(desk.slot("13:30"), None, was=booking.slot)
    assert not desk.slots.check(desk.slot("13:30"), None)
    desk.calendar.busy["jess@example.com"].append(desk.span(DAY, "13:50", "14:00"))
    assert not desk.slots.check(desk.slot("13:30"), booking.id)


def test_the_last_look_never_takes_silence_for_freedom(desk: Desk) -> None:
    desk.calendar.down["jess@example.com"] = "forbidden"
    with pytest.raises(CalendarUnavailable):
        desk.slots.check(desk.slot("13:00"), None)
    assert desk.slots.check(Slot(service="wash", resource="bench", start=0, end=1800), None)


def test_new_rules_are_used_at_once(desk: Desk) -> None:
    assert times(desk.rules, desk.slots.search(query(windows=on())).all)[0] == "05-05 10:00"
    desk.source.update(RULES.replace("10:00-18:00", "11:00-18:00"), "owner")
    assert times(desk.rules, desk.slots.search(query(windows=on())).all)[0] == "05-05 11:00"


def test_wishes_and_short_horizons_are_read_in_one_go(desk: Desk) -> None:
    read = reads(desk)
    desk.slots.search(query(windows=[{"date_from": "2026-05-05"}]))
    assert read == ["07-03"]
    read.clear()
    desk.slots.search(query(), limit=9)  # fourteen days can't settle nine
    assert read == ["05-18", "07-03"]
    read.clear()
    desk.source.update(RULES.replace("horizon: 60d", "horizon: 10d"), "owner")
    desk.slots.search(query())
    assert read == ["05-14"]


def test_what_staff_offer_lasts_as_long_as_on_the_web(desk: Desk) -> None:
    found = desk.slots.propose(query(windows=on()), channel="staff")
    assert found
    assert found.expires - found.created == 1800


def test_the_last_look_takes_only_a_written_event_elsewhere_for_ours(desk: Desk) -> None:
    written = desk.book("b1", desk.slot("13:00"))
    assert not desk.slots.check(
        written.slot, "b1"
    )  # about to be written there: what stands there is not ours
    held = desk.book("h1", desk.slot("16:00"), State.PENDING)
    desk.calendar.busy["jess@example.com"].append((held.slot.start, held.slot.end))
    assert not desk.slots.check(desk.slot("16:30"), "h1")


def test_a_booking_may_move_to_somebody_else_at_its_own_time(desk: Desk) -> None:
    desk.book("b1", desk.slot("13:00"))
    exact = on(time_from="13:00", time_to="13:00", exact=True)
    found = desk.slots.search(query(windows=exact, exclude="b1"))
    assert [s.resource for s in found.all] == ["mei"]
    assert not found.outside


def test_somebody_else_is_offered_where_the_one_asked_for_has_no_time_at_all(desk: Desk) -> None:
    desk.calendar.down["jess@example.com"] = "notFound"
    found = desk.slots.search(query(resource="jess", windows=on(time_from="12:00", time_to="14:00")))
    assert found.outside
    assert {s.resource for s in found.slots} == {"mei"}
    assert found.unreadable == {"jess": "notFound"}
    only = desk.slots.search(query(resource="mei", windows=on(time_from="12:00", time_to="14:00")), limit=1)
    assert [s.resource for s in only.slots] == ["mei"]


def test_a_late_start_meets_what_stands_on_the_dates_beside(desk: Desk) -> None:
    night = RULES.replace('"10:00-18:00"', '"20:00-02:00"')
    desk.source.update(night.replace("buffer_after: 15", "buffer_before: 30"), "owner")
    late = query(resource="jess", windows=on(time_from="23:30", time_to="23:30", exact=True))
    assert not desk.slots.search(late).outside
    desk.calendar.busy["jess@example.com"] = [desk.span("2026-05-06", "00:05", "00:10")]
    assert desk.slots.search(late).outside
    early = query(resource="jess", windows=on(time_from="00:15", time_to="00:15", exact=True))
    assert not desk.slots.search(early).outside
    desk.calendar.busy["jess@example.com"] = [(desk.at(DAY, "00:00") - 900, desk.at(DAY, "00:00"))]
    assert desk.slots.search(early).outside


def test_a_single_place_stays_with_the_one_asked_for(desk: Desk) -> None:
    desk.calendar.busy["jess@example.com"] = [desk.span(DAY, "00:00", "23:00")]
    asked = query(resource="jess", windows=on(time_from="12:00", time_to="14:00"))
    assert [s.resource for s in desk.slots.search(asked, limit=1).slots] == ["jess"]


def test_the_last_look_minds_only_what_meets_the_slot_and_knows_when_it_was_told_nothing(desk: Desk) -> None:
    slot = desk.slot("13:00")
    desk.calendar.busy["jess@example.com"] = [
        desk.span(DAY, "12:00", "13:00"),
        desk.span(DAY, "14:00", "15:00"),
    ]
    assert desk.slots.check(slot, None)
    gone = slot.model_copy(update={"resource": "left", "service": "dropped"})
    assert desk.slots.check(gone, None)
    answer = desk.calendar.free_busy
    desk.calendar.free_busy = lambda _, start, end: answer([], start, end)
    with pytest.raises(CalendarUnavailable):
        desk.slots.check(slot, None)
