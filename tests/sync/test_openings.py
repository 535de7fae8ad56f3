"""Other people's events come and go; what came free is told once, and what was filled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.domain import keys
from handlers.domain.errors import CalendarUnavailable
from handlers.domain.zone import DAY
from handlers.ports import CalendarEvent, Changes, Query
from tests.bookings.world import HOUR, MONDAY, STAFF, ZONE
from tests.sync.office import ANA, BASIN, RUI, YOGA, Office, at, said


def test_what_is_there_from_the_beginning_is_no_news(office: Office) -> None:
    office.busy("14:00", "16:00")
    assert office.told() == []
    assert office.told() == []


def test_a_deleted_event_is_an_opening_told_once(office: Office) -> None:
    dentist = office.busy("14:00", "16:00")
    office.sync()
    office.calendar.delete(RUI, dentist)
    (freed,) = office.sync()
    assert said([freed]) == ["slot.freed rui 05 14:00-16:00"]
    assert freed.subject == "rui"
    assert freed.data == {
        "why": "opening",
        "service": "",
        "resource": "rui",
        "needs": [],
        "start": at("14:00"),
        "end": at("16:00"),
        "extent": [at("14:00"), at("16:15")],
        "seats": 1,
    }
    assert office.told() == []


def test_an_event_that_is_shorter_now_leaves_the_rest(office: Office) -> None:
    leave = office.busy("09:00", "19:00")
    office.sync()
    office.busy("09:00", "12:00", id_=leave)
    assert office.told() == ["slot.freed rui 05 12:00-19:00"]


def test_an_event_that_moved_frees_one_time_and_fills_another(office: Office) -> None:
    meeting = office.busy("14:00", "15:00")
    office.sync()
    office.busy("14:30", "15:30", id_=meeting)
    assert office.told() == ["slot.freed rui 05 14:00-14:30", "calendar.filled rui 05 15:00-15:30"]


def test_a_new_event_fills_its_time_but_only_what_lies_ahead(office: Office) -> None:
    office.sync()
    office.busy("14:00", "15:00")
    office.busy("08:00", "10:00", day="2026-05-04")
    office.busy("06:00", "07:00", day="2026-05-04")
    assert office.told() == ["calendar.filled rui 04 09:00-10:00", "calendar.filled rui 05 14:00-15:00"]


def test_an_event_over_another_frees_and_fills_nothing(office: Office) -> None:
    office.busy("14:00", "16:00")
    office.sync()
    lunch = office.busy("14:30", "15:00")
    assert office.told() == []
    office.calendar.delete(RUI, lunch)
    assert office.told() == []


def test_neighbours_that_go_together_are_one_opening(office: Office) -> None:
    one, two = office.busy("14:00", "15:00"), office.busy("15:00", "16:00")
    office.sync()
    office.calendar.delete(RUI, two)
    office.calendar.delete(RUI, one)
    assert office.told() == ["slot.freed rui 05 14:00-16:00"]


def test_made_transparent_is_as_good_as_deleted_and_back(office: Office) -> None:
    note = office.busy("14:00", "15:00")
    office.sync()
    office.calendar.add(RUI, at("14:00"), at("15:00"), id_=note, transparent=True)
    assert office.told() == ["slot.freed rui 05 14:00-15:00"]
    office.calendar.add(RUI, at("14:00"), at("15:00"), id_=note)
    assert office.told() == ["calendar.filled rui 05 14:00-15:00"]


def test_our_own_events_are_nobody_elses_time(office: Office) -> None:
    office.sync()
    booking = office.book(14)
    office.settle()
    assert office.told() == []
    office.desk.bookings.cancel(booking.id, STAFF)
    assert office.settle() == ["booking.cancelled", "slot.freed"]
    assert office.told() == []


def test_our_claims_are_not_part_of_it(office: Office) -> None:
    busy = office.busy("13:00", "18:00")
    office.sync()
    office.book(15)  # 15:00 to 15:30, and 15 minutes after: staff squeezed somebody in
    office.events()
    office.calendar.delete(RUI, busy)
    assert office.told() == ["slot.freed rui 05 13:00-15:00", "slot.freed rui 05 15:45-18:00"]


def test_only_working_time_until_the_horizon_and_long_enough_counts(office: Office) -> None:
    ids = [
        office.busy("17:00", "23:00"),
        office.busy("10:00", "10:20"),
        office.busy("09:00", "19:00", day="2026-05-10"),  # a Sunday
        office.busy("09:00", "19:00", day="2026-07-03"),  # the last day: the horizon ends at 9 on the 3rd
        office.busy("14:00", "16:00", calendar=BASIN),  # nobody is served by a basin alone
    ]
    office.sync()
    for id_ in ids:
        for calendar in (RUI, BASIN):
            office.calendar.delete(calendar, id_)
    assert office.told() == ["slot.freed rui 05 17:00-19:00"]


def test_a_class_tells_how_many_places_are_left(office: Office) -> None:
    closed = office.busy("10:00", "12:00", calendar=YOGA)
    office.sync()
    office.book(10, service="class", who="yoga", party=3)
    office.events()
    office.calendar.delete(YOGA, closed)
    (freed,) = office.sync()
    assert (said([freed]), freed.data["seats"]) == (["slot.freed yoga 05 10:00-12:00"], 1)


def test_two_who_share_a_calendar_both_have_the_opening(office: Office) -> None:
    text = office.desk.rules.text()[1].replace("calendar: ana@", "calendar: rui@")
    office.desk.rules.update(text, "owner")
    busy = office.busy("14:00", "15:00")
    office.sync()
    office.calendar.delete(RUI, busy)
    assert office.told() == ["slot.freed ana 05 14:00-15:00", "slot.freed rui 05 14:00-15:00"]


def test_an_edit_that_changes_no_time_says_nothing(office: Office) -> None:
    id_ = office.busy("14:00", "15:00")
    office.sync()
    office.calendar.add(RUI, at("14:00"), at("15:00"), summary="Dentist, bring papers", id_=id_)
    assert office.told() == []


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29"])
def test_on_a_day_the_clocks_change_the_wall_counts(day: str) -> None:
    office = Office()
    office.clock.at = at("09:00", day) - 2 * DAY
    text = office.desk.rules.text()[1].replace("sun: []", 'sun: ["09:00-19:00"]')
    office.desk.rules.update(text, "owner")
    start, end = ZONE.day(ZONE.date(at("12:00", day)))
    all_day = office.calendar.add(RUI, start, end, all_day=True)
    office.sync()
    office.calendar.delete(RUI, all_day)
    assert office.told() == [f"slot.freed rui {day[-2:]} 09:00-19:00"]


# --- a token, and what happens without one ---


def test_a_token_that_ran_out_loses_nothing(office: Office) -> None:
    stays, goes = office.busy("10:00", "11:00"), office.busy("14:00", "15:00")
    office.sync()
    office.calendar.delete(RUI, goes)
    office.busy("16:00", "17:00")
    office.calendar.tokens.clear()
    assert office.told() == ["slot.freed rui 05 14:00-15:00", "calendar.filled rui 05 16:00-17:00"]
    office.calendar.delete(RUI, stays)
    assert office.told() == ["slot.freed rui 05 10:00-11:00"]


def test_the_window_moves_on_before_the_horizon_leaves_it(office: Office) -> None:
    """What lay beyond the window at first is known by the time it can be booked."""
    far = office.busy("14:00", "15:00", day="2026-08-19")
    office.sync()
    assert (RUI, far) not in {(RUI, row["event"]) for row in rows(office)}
    office.clock.at += 50 * DAY
    assert office.told() == []
    assert far in {row["event"] for row in rows(office)}
    office.calendar.delete(RUI, far)
    assert office.told() == ["slot.freed rui 19 14:00-15:00"]


def test_what_is_over_and_what_lies_beyond_the_window_are_not_taken_for_deleted(office: Office) -> None:
    office.busy("14:00", "15:00")
    far = office.busy("16:00", "17:00")
    office.sync()
    office.busy("16:00", "17:00", day="2027-05-05", id_=far)
    assert office.told() == ["slot.freed rui 05 16:00-17:00"]
    office.clock.at += 3 * DAY
    office.calendar.tokens.clear()
    heard: list[CalendarEvent] = []
    office.desk.calendar_sync._readers = {"test": heard.append}
    assert office.told() == []
    assert heard == []


def test_a_series_that_runs_on_for_decades_is_noted_up_to_the_window_only(office: Office) -> None:
    office.sync()
    for week in range(400):
        start = at("14:00") + week * 7 * DAY
        office.calendar.add(RUI, start, start + HOUR, series="weekly")
    told = office.told()
    assert len(told) == len(rows(office)) == 13  # 90 days
    for (_, id_), event in list(office.calendar.others.items()):
        if event.start > MONDAY:
            office.calendar.delete(RUI, id_)
    freed = office.told()
    assert [t.split()[0] for t in freed] == ["slot.freed"] * 9  # 60 days
    assert rows(office) == []


def test_a_series_that_is_deleted_as_a_whole_takes_its_events_along(office: Office) -> None:
    for day in ("20260505", "20260507"):
        office.busy("14:00", "15:00", day=f"{day[:4]}-{day[4:6]}-{day[6:]}", id_=f"weekly_{day}T140000Z")
    stays = office.busy("16:00", "17:00", id_="weeklyother_20260505T160000Z")
    office.sync()
    office.calendar.log.append(CalendarEvent("weekly", RUI, 0, 0, "UTC", "", cancelled=True))
    assert office.told() == ["slot.freed rui 05 14:00-15:00", "slot.freed rui 07 14:00-15:00"]
    assert [row["event"] for row in rows(office)] == [stays]


def rows(office: Office) -> list[dict]:
    return list(office.store.query(Query(keys.synced(RUI).pk, prefix=keys.KNOWN, limit=1000)).items)


def test_a_year_of_events_is_noted_in_several_transactions_and_told_nearest_first(office: Office) -> None:
    ids = [
        office.calendar.add(RUI, at("09:00") + d * DAY + n * HOUR, at("09:30") + d * DAY + n * HOUR)
        for d in range(30)
        for n in range(10)
    ]
    office.sync()
    assert len(rows(office)) == 300
    for id_ in ids:
        office.calendar.delete(RUI, id_)
    freed = office.told()
    assert rows(office) == []
    assert len(freed) == len(set(freed))
    assert freed[0] == "slot.freed rui 05 09:00-09:30"


def test_a_time_that_many_held_is_free_when_the_last_lets_go(office: Office) -> None:
    ids = [office.busy("14:00", "16:00") for _ in range(100)]
    office.sync()
    for id_ in ids[1:]:
        office.calendar.delete(RUI, id_)
    assert office.told() == []
    again = [office.busy("14:00", "16:00") for _ in range(100)]
    assert office.told() == []
    for id_ in [ids[0], *again]:
        office.calendar.delete(RUI, id_)
    assert office.told() == ["slot.freed rui 05 14:00-16:00"]


def test_a_cancelled_leave_of_two_months_gives_no_flood(office: Office) -> None:
    leave = office.calendar.add(RUI, at("00:00"), at("00:00") + 58 * DAY)
    office.sync()
    office.calendar.delete(RUI, leave)
    freed = office.told()
    assert len(freed) == 50
    assert freed[0] == "slot.freed rui 05 09:00-19:00"


def test_a_quiet_day_costs_one_read_a_calendar_and_no_write(office: Office) -> None:
    office.sync()

    class Counting:
        def __init__(self, store) -> None:
            self.store, self.calls = store, []

        def __getattr__(self, name: str):
            self.calls.append(name)
            return getattr(self.store, name)

    office.desk.calendar_sync._store = counting = Counting(office.store)
    office.clock.at += 300
    office.sync()
    assert counting.calls == ["get"] * 4


# --- calendars that can't be read ---


def test_one_that_cannot_be_read_stops_nobody_else_and_is_caught_up_later(office: Office) -> None:
    rui, ana = office.busy("14:00", "15:00"), office.busy("14:00", "15:00", calendar=ANA)
    office.sync()
    office.calendar.delete(RUI, rui)
    office.calendar.delete(ANA, ana)
    office.calendar.down[RUI] = "backendError"
    assert office.told() == ["slot.freed ana 05 14:00-15:00"]
    office.calendar.down.clear()
    assert office.told() == ["slot.freed rui 05 14:00-15:00"]


def test_staff_hear_of_it_when_it_lasts_and_not_of_every_hiccup(office: Office) -> None:
    office.calendar.down[RUI] = "not shared"
    kinds = []
    for _ in range(6):
        kinds += [(e.kind.value, e.subject, e.data["reason"]) for e in office.sync()]
        office.clock.at += 300
    assert kinds == [("calendar.unreadable", "rui", "not shared")]
    office.calendar.down.clear()
    office.sync()
    office.calendar.down[RUI] = "again"
    office.clock.at += HOUR
    assert office.sync() == []


def test_offline_is_no_error_of_ours(office: Office) -> None:
    office.calendar.offline = True
    assert office.desk.calendar_sync.run()["unreadable"] == 4
    office.calendar.offline = False
    office.busy("14:00", "15:00")
    assert office.told() == []  # it is the first time that anything is read


def test_half_a_list_is_not_taken_for_the_whole(office: Office) -> None:
    """The pages stop in the middle: nothing is missing because of that."""
    office.busy("14:00", "15:00")
    office.sync()
    changes = office.calendar.changes

    def breaks(calendar: str, token: str, start: int, end: int) -> Changes:
        raise CalendarUnavailable(calendar, "the third page failed")

    office.calendar.changes = breaks  # type: ignore[method-assign]
    assert office.told() == []
    office.calendar.changes = changes  # type: ignore[method-assign]
    office.calendar.tokens.clear()
    assert office.told() == []


def test_google_may_tell_of_one_event_twice(office: Office) -> None:
    id_ = office.busy("14:00", "15:00")
    office.sync()
    office.calendar.delete(RUI, id_)
    changes = office.calendar.changes

    def twice(calendar: str, token: str, start: int, end: int) -> Changes:
        found = changes(calendar, token, start, end)
        older = tuple(replace(e, summary="older") for e in found.events)
        return replace(found, events=(*older, *found.events))

    office.calendar.changes = twice  # type: ignore[method-assign]
    assert office.told() == ["slot.freed rui 05 14:00-15:00"]


# --- readers ---


def test_every_reader_hears_of_every_change_and_a_failing_one_hears_it_again(office: Office) -> None:
    heard: list[tuple[str, bool]] = []
    trouble = [RuntimeError("a fault"), CalendarUnavailable("slack", "busy")]

    def patient(event: CalendarEvent) -> None:
        heard.append((event.id, event.cancelled))

    def hasty(_: CalendarEvent) -> None:
        if trouble:
            raise trouble.pop(0)

    office.sync()
    office.desk.calendar_sync._readers = {"hasty": hasty, "patient": patient}
    id_ = office.busy("14:00", "15:00")
    with pytest.raises(RuntimeError):
        office.desk.calendar_sync.run()
    assert said(office.events()) == ["calendar.filled rui 05 14:00-15:00"]
    assert office.told() == []  # once, although it is read again
    assert office.told() == []
    assert office.told() == []
    assert heard == [(id_, False)] * 3
    office.calendar.delete(RUI, id_)
    office.calendar.tokens.clear()
    office.sync()
    assert heard[3:] == [(id_, True)]
