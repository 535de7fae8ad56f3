"""Weeks, told as histories, and the exact numbers of each."""

from __future__ import annotations

import pytest

from handlers.domain.summaries import Kind
from handlers.domain.summaries.weekly import WeeklyFacts
from tests.bookings.world import HOUR, RULES, STAFF, ZONE, World
from tests.waitlist.waiting import WINDOW, Waiting, join

MONDAY = ZONE.parse("2026-05-11T08:00")
DAY = 86_400


@pytest.fixture
def world() -> Waiting:
    return Waiting()


def week(world: World, at: str = "2026-05-11T08:00") -> WeeklyFacts:
    summary = world.desk.summaries.send(Kind.WEEKLY, world.desk.rules.current().zone.parse(at))
    assert summary is not None
    assert summary.weekly is not None
    return summary.weekly


def at(world: World, when: str) -> None:
    world.clock.at = world.desk.rules.current().zone.parse(when)


def test_a_week_of_the_salon(world):
    """Everything that is counted, once or twice."""
    bookings, person = world.desk.bookings, lambda name: world.customer(name, email=f"{name}@mail.example")
    came = world.book(9, customer=person("ada"))
    missed = world.book(10, customer=person("bob"))
    world.book(11, customer=person("cyd"), who="ana")
    moved = world.book(12, day=2, customer=person("dov"), who="ana")
    gone = world.book(14, day=3, customer=person("eve"))
    ours = world.book(15, day=3, customer=person("fay"))
    held = world.book(16, day=3, customer=person("gus"), hold=True)
    asked = world.book(9, day=4, service="wedding", who="ana", customer=person("hal"))
    refused = world.book(14, day=4, service="wedding", who="ana", customer=person("ida"))
    world.settle()
    bookings.approve(asked.id, STAFF)
    bookings.cancel(refused.id, STAFF)  # it was never certain
    bookings.cancel(held.id, "customer")  # nor was this
    bookings.reschedule(moved.id, world.slot(15, day=2, who="ana"), "customer")
    bookings.reschedule(moved.id, world.slot(16, day=2, who="ana"), STAFF)
    bookings.cancel(gone.id, "customer")
    bookings.cancel(ours.id, STAFF)
    world.settle()
    at(world, "2026-05-05T10:31")
    bookings.arrive(came.id, STAFF)
    bookings.complete(came.id, STAFF)
    bookings.no_show(missed.id, STAFF)
    world.settle()

    facts = week(world)

    assert (facts.visits, facts.by_day) == (5, (0, 3, 1, 0, 1, 0, 0))
    assert facts.by_service == (("Haircut", 4), ("Wedding style", 1))
    assert facts.by_resource == (("Ana", 3), ("Rui", 2))
    assert facts.confirmed == 7
    assert (facts.rescheduled, facts.rescheduled_by_customers) == (2, 1)
    assert (facts.cancelled, facts.cancelled_by_customers) == (2, 1)
    assert facts.no_shows == 1


def test_what_happens_on_sunday_at_2359_is_another_week_than_a_minute_later(world):
    first, second = world.book(9, day=20), world.book(10, day=20)
    world.settle()
    at(world, "2026-05-10T23:59")
    world.desk.bookings.cancel(first.id, STAFF)
    world.clock.at += 59
    late = world.book(11, day=20)
    world.clock.at += 1
    world.desk.bookings.cancel(second.id, STAFF)
    world.desk.bookings.cancel(late.id, STAFF)
    assert (week(world).cancelled, week(world).confirmed) == (1, 3)
    after = week(world, "2026-05-18T08:00")
    assert (after.cancelled, after.confirmed) == (2, 0)


def test_a_visit_counts_on_its_own_day_and_a_cancellation_on_the_day_it_was_made(world):
    soon, later = world.book(9, day=2), world.book(9, day=9)
    world.settle()
    at(world, "2026-05-08T12:00")
    world.desk.bookings.cancel(later.id, STAFF)
    first = week(world)
    second = week(world, "2026-05-18T08:00")
    assert (first.visits, first.cancelled, second.visits, second.cancelled) == (1, 1, 0, 0)
    assert soon.slot.start < MONDAY


LONG = RULES.replace('hours: {mon-sat: ["09:00-19:00"], sun: []}', 'hours: {mon-sun: ["00:00-24:00"]}')


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York"])
@pytest.mark.parametrize("spring", [True, False])
def test_weeks_in_which_the_clocks_change_are_exact_to_the_minute(zone, spring):
    """Cancelled in the first minute, in the last, and a minute before and after: two of the four are in the week."""
    sunday = {
        ("Europe/Lisbon", True): "2027-03-28",
        ("Europe/Lisbon", False): "2026-10-25",
        ("America/New_York", True): "2027-03-14",
        ("America/New_York", False): "2026-11-01",
    }[zone, spring]
    world = World()
    world.desk.rules.update(LONG.replace("Europe/Lisbon", zone), "setup")
    here = world.desk.rules.current().zone
    made = [world.book(hour, day=50) for hour in (9, 10, 11, 12)]
    end = here.day(here.date(here.parse(f"{sunday}T12:00")))[1]
    start = here.instant(here.date(end - 12 * HOUR - 6 * DAY), 0)
    assert end - start == 7 * DAY + (-HOUR if spring else HOUR)
    for booking, moment in zip(made, (start - 60, start, end - 60, end), strict=True):
        world.clock.at = moment
        world.desk.bookings.cancel(booking.id, STAFF)
    found = {
        name: world.desk.summaries.send(Kind.WEEKLY, moment + 8 * HOUR).weekly.cancelled
        for name, moment in (("before", start), ("week", end), ("after", end + 7 * DAY))
    }
    assert found == {"before": 1, "week": 2, "after": 1}


def test_visits_of_the_night_the_clocks_change_are_on_their_day():
    world = World()
    world.desk.rules.update(LONG, "setup")
    at(world, "2026-10-20T09:00")
    sunday = ZONE.day(ZONE.date(ZONE.parse("2026-10-25T12:00")))
    starts = {"rui": sunday[0], "ana": sunday[0] + 24 * HOUR + 1800, "yoga": sunday[1]}
    for who, start in starts.items():  # 0:00, in the 25th hour, Monday 0:00
        slot = world.slot(9, who=who).model_copy(update={"start": start, "end": start + 1800})
        world.desk.bookings.take(slot=slot, customer=world.customer(), source="staff", by=STAFF)
    assert week(world, "2026-10-26T08:00").by_day == (0, 0, 0, 0, 0, 0, 2)


def test_a_no_show_who_came_late_after_all_is_none(world):
    one, two = world.book(9), world.book(10)
    at(world, "2026-05-05T10:10")
    for booking in (one, two):
        world.desk.bookings.no_show(booking.id, STAFF)
    world.desk.bookings.arrive(two.id, STAFF)
    facts = week(world)
    assert (facts.no_shows, facts.visits) == (1, 2)


def test_a_gap_that_staff_fill_is_filled_and_not_from_the_waitlist(world):
    join(world, "Bea")
    world.cancelled(day=9)
    world.pass_time(WINDOW + 60)  # nobody took it
    world.book(14, day=9, source="staff", by=STAFF)
    world.settle()
    first, second = week(world), week(world, "2026-05-18T08:00")
    assert (first.freed, first.filled, first.filled_from_waitlist) == (1, 1, 0)
    assert (second.freed, second.filled) == (0, 0)


def test_a_gap_that_came_free_on_sunday_and_is_claimed_on_monday_is_freed_here_and_filled_there(world):
    world.desk.rules.update(RULES + "waitlist: {claim_window: 12h}\n", "setup")
    join(world, "Bea")
    at(world, "2026-05-10T20:00")
    world.cancelled(day=9)
    at(world, "2026-05-11T07:59")
    world.desk.offers.claim(world.live().ref)
    world.settle()
    first, second = week(world), week(world, "2026-05-18T08:00")
    assert (first.freed, first.filled) == (1, 0)
    assert (second.freed, second.filled, second.filled_from_waitlist) == (0, 1, 1)


class TestWentQuiet:
    @pytest.fixture
    def reminded(self, world):
        """Booked for Wednesday, and reminded a day before."""
        booking = world.book(14, day=2)
        world.settle()
        world.pass_time(30 * HOUR)
        assert "reminded" in [what for _, what in world.history(booking)]
        return booking

    def quiet(self, world):
        summary = world.desk.summaries.send(Kind.WEEKLY, MONDAY)
        assert summary.weekly.quiet == len(summary.quiet)
        return [(q.name, q.service) for q in summary.quiet]

    def test_who_was_reminded_and_never_answered_is_named_to_staff(self, world, reminded):
        world.pass_time(2 * DAY)
        assert self.quiet(world) == [("Bea Cruz", "Haircut")]
        assert "Bea Cruz Haircut" in world.mail.sent[-1].html.replace("</p>", " ").replace(
            '<span class="quiet" style="font-size:14px;color:#5a6170;">', ""
        )

    def test_a_no_show_may_be_quiet_too(self, world, reminded):
        world.pass_time(2 * DAY)
        world.desk.bookings.no_show(reminded.id, STAFF)
        assert self.quiet(world) == [("Bea Cruz", "Haircut")]

    def test_who_answered_is_not_quiet(self, world, reminded):
        world.desk.bookings.answer(reminded.id, "customer")
        world.pass_time(2 * DAY)
        assert (self.quiet(world), week(world).answered) == ([], 1)

    def test_who_told_staff_on_the_phone_is_not_quiet(self, world, reminded):
        world.desk.bookings.answer(reminded.id, STAFF)
        assert self.quiet(world) == []

    def test_who_came_is_not_quiet(self, world, reminded):
        world.pass_time(20 * HOUR)
        world.desk.bookings.arrive(reminded.id, STAFF)
        assert self.quiet(world) == []

    def test_who_cancelled_or_moved_is_not_quiet(self, world, reminded):
        world.desk.bookings.reschedule(reminded.id, world.slot(16, day=2), "customer")
        world.settle()
        assert self.quiet(world) == []

    def test_a_reminder_of_another_time_is_none_of_this_one(self, world, reminded):
        """Staff moved it into next week: what was sent was about Wednesday."""
        world.desk.bookings.reschedule(reminded.id, world.slot(16, day=4), STAFF)
        assert self.quiet(world) == []

    def test_who_was_never_reminded_is_not_quiet(self, world):
        world.book(14, day=2)
        assert self.quiet(world) == []

    def test_a_reminder_sent_last_week_for_a_visit_on_monday_counts(self, world):
        booking = world.book(9, day=7)
        world.settle()
        world.pass_time(6 * DAY + 12 * HOUR)
        assert "reminded" in [what for _, what in world.history(booking)]
        world.pass_time(2 * DAY)
        assert week(world).quiet == 0
        assert week(world, "2026-05-18T08:00").quiet == 1
