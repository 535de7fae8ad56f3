"""Events that staff tag `#appt` become one card each, and an appointment once somebody says yes."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.domain.booking import State
from handlers.domain.errors import CalendarUnavailable, InputError, WrongState
from handlers.domain.request import RequestState
from handlers.domain.slot import SlotQuery
from handlers.domain.tagged import is_tagged, text_of, title_of
from handlers.domain.zone import DAY
from tests.bookings.test_effects import Crash, Fuse
from tests.bookings.world import HOUR, STAFF, ZONE, refused
from tests.sync.office import ANA, BASIN, RUI, at
from tests.sync.tagging import Diary


@pytest.fixture
def diary() -> Diary:
    diary = Diary()
    diary.pass_()
    return diary


# --- from the event to the appointment ---------------------------------------------------------------------------


def test_a_tagged_event_is_a_draft_with_what_it_says_and_whose_calendar_it_is(diary: Diary) -> None:
    diary.tag(description="bea@mail.example, +351 912 345 678. Likes it short.")
    assert diary.pass_() == ["request.received", "request.drafted"]
    draft = diary.draft()
    assert (draft.desk, draft.channel, draft.name, draft.email, draft.phone) == (
        "confirmations", "staff", "Bea Cruz", "bea@mail.example", "+351912345678",
    )  # fmt: skip
    assert draft.reading is not None
    assert draft.reading.service.value == "cut"
    assert draft.reading.service.quote == "Haircut"
    assert draft.reading.resource.value == "rui"
    assert draft.plan is not None
    assert (draft.plan.slot.start, draft.plan.slot.end) == (at("14:00"), at("14:30"))
    assert (draft.plan.taken, draft.plan.unusual, draft.reason) == ("", "", "")


def test_approved_it_is_booked_at_exactly_that_time_and_one_event_stands_in_the_calendar(
    diary: Diary,
) -> None:
    event = diary.tag(start="14:07", end="14:52", description="bea@mail.example\nLikes it short.")
    diary.pass_()
    booking = diary.approved()
    assert (booking.state, booking.source, booking.slot.resource) == (State.CONFIRMED, "import", "rui")
    assert (booking.slot.start, booking.slot.end) == (at("14:07"), at("14:52"))
    assert "Likes it short." in booking.notes
    assert "#appt" not in booking.notes
    assert diary.there() == [("14:07", "Haircut: Bea Cruz")]
    assert (RUI, event) not in diary.calendar.others
    assert diary.mail.sent == []
    assert diary.reminders(booking) == {24 * HOUR: "PLANNED", HOUR: "PLANNED"}
    assert diary.pass_() == []
    assert diary.drafts() == []


def test_the_event_keeps_others_out_while_it_waits_and_does_not_count_twice_afterwards(diary: Diary) -> None:
    def free() -> list[str]:
        found = diary.desk.slots.search(SlotQuery(service="cut", resource="rui")).all
        return [f"{ZONE.local(s.start):%H:%M}" for s in found if at("13:00") <= s.start < at("16:00")]

    diary.tag()
    diary.pass_()
    waiting = free()
    assert "14:00" not in waiting
    assert "14:30" in waiting
    booking = diary.approved()
    assert "14:30" not in free()  # the buffer that a visit has
    assert free()[-1] == "15:45"
    moved = diary.slot(17)
    diary.desk.bookings.reschedule(booking.id, moved, STAFF)
    diary.deliver()
    assert "14:00" in free()
    assert diary.there() == [("17:00", "Haircut: Bea Cruz")]


def test_the_time_it_held_is_not_told_as_free_when_ours_takes_its_place(diary: Diary) -> None:
    diary.tag()
    diary.pass_()
    diary.approved()
    assert diary.told() == []


def test_somebody_who_says_so_has_the_customer_told(diary: Diary) -> None:
    diary.tag(description="bea@mail.example")
    diary.pass_()
    diary.approved(tell=True)
    assert [m.to for m in diary.mail.sent] == ["Bea Cruz <bea@mail.example>"]


def test_edited_in_slack_it_is_booked_as_filled_in_and_the_event_goes_all_the_same(diary: Diary) -> None:
    diary.tag("Bea")
    diary.pass_()
    booking = diary.desk.imports.edit(
        diary.draft().id, STAFF, service="cut", start=at("16:00"), resource="ana", name="Bea Cruz"
    )
    diary.deliver()
    assert (booking.slot.resource, booking.slot.start) == ("ana", at("16:00"))
    assert diary.there(RUI) == []
    assert diary.there(ANA) == [("16:00", "Haircut: Bea Cruz")]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"summary": "Bea Cruz"}, "Which service is it?"),
        ({"summary": "Haircut"}, "Whose appointment is it?"),
        ({"summary": "haircut bea"}, "check the name"),
        ({"summary": "CANCELLED: Haircut Bea Cruz"}, "cancellation"),
        ({"start": "20:00", "end": "20:30"}, "outside working hours"),
        ({"start": "14:00", "end": "17:00"}, "The event takes 3 h; Haircut takes 30 min."),
        ({"summary": "Haircut Bea Cruz with Ana"}, "It stands in Rui's calendar, but names Ana."),
        ({"all_day": True, "start": "00:00", "end": "23:59"}, "It is an all-day event. At what time is it?"),
        ({"description": ""}, "no mail address and no phone number"),
    ],
)
def test_what_is_not_clear_is_said(diary: Diary, event: dict[str, Any], said: str) -> None:
    diary.tag(**{"description": "bea@mail.example", **event})
    diary.pass_()
    assert said in diary.draft().reason


def test_a_whole_day_can_not_be_approved_until_somebody_says_when(diary: Diary) -> None:
    diary.tag(start="00:00", end="23:59", all_day=True)
    diary.pass_()
    assert diary.draft().plan is None
    assert isinstance(refused(lambda: diary.desk.imports.approve(diary.draft().id, STAFF)), InputError)


def test_only_the_tagged_event_itself_is_not_in_the_way(diary: Diary) -> None:
    diary.busy("14:15", "15:00")
    diary.tag()
    diary.pass_()
    assert diary.draft().plan is not None
    assert "calendar busy 14:15-15:00" in diary.draft().plan.unusual


def test_a_time_that_is_booked_is_said_to_be(diary: Diary) -> None:
    diary.book(14)
    diary.deliver()
    diary.tag("Haircut Tom Reed")
    diary.pass_()
    assert diary.draft().plan is not None
    assert "booked 14:00-14:30" in diary.draft().plan.taken


def test_the_only_guest_invited_is_the_customer(diary: Diary) -> None:
    diary.tag(attendees=("bea@mail.example", "rui@quay.example"))
    diary.pass_()
    assert diary.draft().email == "bea@mail.example"


def test_an_event_of_a_room_or_one_several_share_names_nobody(diary: Diary) -> None:
    diary.tag("Wash Bea Cruz", calendar=BASIN)
    diary.pass_()
    assert diary.draft().reading is not None
    assert diary.draft().reading.resource.value is None


@pytest.mark.parametrize(
    ("summary", "description", "tagged"),
    [
        ("Ana #appt", "", True),
        ("Ana", "trim<br>#Appt", True),
        ("Ana", "<a href='https://x.example/#appt'>link</a>", False),
        ("Ana", "see https://x.example/#appt", False),
        ("Ana #apptly", "", False),
        ("appt Ana", "", False),
        ("Ana", "#appointment", False),
        ("Ana", "one\n#appt\ntwo", True),
    ],
)
def test_what_counts_as_tagged(summary: str, description: str, tagged: bool) -> None:
    assert is_tagged(summary, description) is tagged


def test_what_a_browser_wrote_is_read_as_a_person_would() -> None:
    assert title_of("Ana Lim - #appt") == "Ana Lim"
    assert text_of("Ana #appt", "<b>trim</b>&nbsp;please<br>#appt<br>+65 8123 4567") == (
        "Ana\ntrim please\n+65 8123 4567"
    )


# --- edited and deleted ------------------------------------------------------------------------------------------


def test_edited_while_it_waits_the_same_draft_shows_it(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    first = diary.draft()
    diary.tag("Haircut Bea Cruz 912 345 678", "15:00", "15:30", id_=event)
    assert diary.pass_() == ["request.received", "request.drafted"]
    draft = diary.draft()
    assert draft.id == first.id
    assert draft.plan is not None
    assert (draft.plan.slot.start, draft.phone) == (at("15:00"), "+351912345678")
    assert diary.pass_() == []


def test_told_again_without_a_change_it_is_left_alone(diary: Diary) -> None:
    diary.tag()
    diary.pass_()
    rev = diary.draft().rev
    diary.calendar.tokens.clear()
    assert diary.pass_() == []
    assert diary.draft().rev == rev


def test_whoever_approved_what_was_there_before_is_told(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    seen = diary.draft()
    places = diary.desk.imports._places
    plain = places.best

    def best(*args: Any, **how: Any) -> Any:
        raise AssertionError("nothing is looked up to approve")

    places.best = best  # type: ignore[method-assign]
    take = diary.desk.bookings.take

    def meanwhile(**given: Any) -> Any:
        places.best = plain  # type: ignore[method-assign]
        diary.tag(start="15:00", end="15:30", id_=event)
        diary.pass_()
        return take(**given)

    diary.desk.imports._bookings.take = meanwhile  # type: ignore[method-assign]
    assert isinstance(refused(lambda: diary.desk.imports.approve(seen.id, STAFF)), WrongState)
    assert diary.claims(diary.slot(14)) == ()
    assert diary.draft().plan is not None
    assert diary.draft().plan.slot.start == at("15:00")


def test_deleted_before_it_was_approved_the_draft_is_closed(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    draft = diary.draft()
    diary.calendar.delete(RUI, event)
    assert diary.pass_() == ["request.discarded"]
    closed = diary.desk.intake.get(draft.id)
    assert (closed.state, closed.changed_by, closed.reason) == (
        RequestState.DISCARDED, "calendar", "The event was deleted in the calendar.",
    )  # fmt: skip
    diary.calendar.add(RUI, at("14:00"), at("14:30"), "Haircut Bea Cruz #appt", event)  # back from the bin
    assert diary.pass_() == ["request.received", "request.drafted"]


def test_without_the_tag_it_is_nobodys_business_and_with_it_again_it_is_asked_anew(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    draft = diary.draft()
    diary.tag(id_=event, tag="")
    diary.pass_()
    assert diary.desk.intake.get(draft.id).reason == "The tag was taken off the event."
    diary.tag(id_=event)
    diary.pass_()
    assert diary.draft().id != draft.id


def test_discarded_is_discarded_however_it_is_edited(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    draft = diary.draft()
    diary.desk.intake.discard(draft.id, STAFF)
    diary.deliver()
    diary.tag(start="16:00", end="16:30", id_=event)
    assert diary.pass_() == []
    assert diary.there() == [("16:00", "Haircut Bea Cruz #appt")]
    diary.tag(id_=event, tag="")
    diary.pass_()
    diary.tag(id_=event)
    diary.pass_()
    assert diary.draft().id != draft.id


def test_dragged_into_a_colleagues_calendar_it_is_asked_about_there(diary: Diary) -> None:
    for first in (RUI, ANA):
        diary = Diary()
        event = diary.tag(calendar=first)
        diary.pass_()
        other = ANA if first == RUI else RUI
        diary.calendar.delete(first, event)
        diary.tag(calendar=other, id_=event)
        diary.pass_()
        assert diary.draft().plan is not None
        assert diary.draft().plan.slot.resource == other.split("@")[0]


def test_a_copy_for_somebody_invited_is_the_same_event(diary: Diary) -> None:
    event = diary.tag(calendar=ANA)
    diary.tag(calendar=RUI, id_=event)
    diary.pass_()
    draft = diary.draft()
    assert draft.plan is not None
    diary.calendar.delete(RUI, event)
    diary.pass_()
    assert diary.draft() == draft


def test_what_has_begun_needs_no_card(diary: Diary) -> None:
    diary.tag(start="08:30", end="09:30", day="2026-05-04")
    assert diary.pass_() == []


def test_our_own_events_are_never_read(diary: Diary) -> None:
    customer = diary.customer()
    diary.book(14, customer=customer, notes="#appt Haircut Ana Lim")
    assert "request.received" not in [*diary.deliver(), *diary.pass_()]


def test_a_weekly_visit_is_asked_about_one_by_one_two_weeks_ahead(diary: Diary) -> None:
    for week in range(5):
        day = f"2026-{'05' if week < 4 else '06'}-{5 + 7 * week if week < 4 else 2:02d}"
        diary.tag(day=day, id_=f"series_{week}", series="series")
    diary.pass_()
    assert len(diary.drafts()) == 2
    diary.tag("Haircut Bea Cruz", "15:00", "15:30", day="2026-05-26", id_="series_3", series="series")
    diary.pass_()
    assert len(diary.drafts()) == 2
    diary.clock.at += 9 * DAY
    diary.desk.intake.resume()
    diary.deliver()
    assert [r.plan.slot.start for r in diary.drafts() if r.plan] == [
        at("14:00", day) for day in ("2026-05-05", "2026-05-12", "2026-05-19")
    ] + [at("15:00", "2026-05-26")]


# --- after it was approved ---------------------------------------------------------------------------------------


def test_deleted_after_it_was_approved_the_visit_is_cancelled(diary: Diary) -> None:
    diary.tag(description="bea@mail.example")
    diary.pass_()
    booking = diary.approved()
    diary.pass_()
    diary.calendar.delete(RUI, booking.calendar_event)
    diary.pass_()
    assert diary.desk.bookings.get(booking.id).state is State.CANCELLED
    assert diary.drafts() == []


def test_it_had_been_deleted_when_somebody_approved_it(diary: Diary) -> None:
    """The next pass would have closed the card: the booking stands, and staff are told."""
    event = diary.tag()
    diary.pass_()
    diary.calendar.delete(RUI, event)
    booking = diary.approved()
    assert booking.state is State.CONFIRMED
    assert booking.request is not None
    assert "was not in the calendar any more" in diary.desk.intake.get(booking.request).note
    assert diary.pass_() == []


def test_it_had_been_moved_when_somebody_approved_it(diary: Diary) -> None:
    """Which time is right only a person knows: both stand, and the card says so."""
    event = diary.tag()
    diary.pass_()
    diary.tag(start="16:00", end="16:30", id_=event)
    booking = diary.approved()
    assert booking.slot.start == at("14:00")
    assert diary.there() == [("14:00", "Haircut: Bea Cruz"), ("16:00", "Haircut Bea Cruz #appt")]
    assert booking.request is not None
    assert "had been moved to Tue 5 May, 4:00 pm" in diary.desk.intake.get(booking.request).note
    assert diary.pass_() == []
    diary.calendar.delete(RUI, event)
    assert diary.pass_() == []


def test_cancelled_at_once_the_event_goes_too(diary: Diary) -> None:
    diary.tag()
    diary.pass_()
    booking = diary.desk.imports.approve(diary.draft().id, STAFF)
    diary.desk.bookings.cancel(booking.id, STAFF)
    diary.deliver()
    assert diary.there() == []
    assert "request.received" not in diary.pass_()


def test_taken_back_from_the_bin_after_a_cancellation_it_is_asked_about_anew(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    booking = diary.approved()
    diary.desk.bookings.cancel(booking.id, STAFF)
    diary.deliver()
    diary.pass_()
    diary.tag(id_=event)
    diary.pass_()
    assert diary.draft().id != booking.request


# --- crashes -----------------------------------------------------------------------------------------------------


def test_a_calendar_that_is_down_is_asked_again(diary: Diary) -> None:
    event = diary.tag()
    diary.pass_()
    diary.tag(start="15:00", end="15:30", id_=event)
    find, broken = diary.calendar.find, [True]

    def fails(calendar: str, id_: str) -> Any:
        if broken:
            broken.pop()
            raise CalendarUnavailable(calendar, "offline")
        return find(calendar, id_)

    diary.calendar.find = fails  # type: ignore[method-assign]
    diary.pass_()
    assert diary.draft().plan is not None
    assert diary.draft().plan.slot.start == at("14:00")
    diary.pass_()
    assert diary.draft().plan.slot.start == at("15:00")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_anywhere_between_the_yes_and_the_calendar_leaves_one_event_and_one_booking(
    after: bool,
) -> None:
    watched = [("store", "transact"), ("calendar", "put"), ("calendar", "remove"), ("calendar", "find")]
    for step in range(1, 60):
        diary = Diary(twice=False)
        diary.tag()
        diary.pass_()
        draft = diary.draft()
        fuse = Fuse(step, after=after)
        parts = {(part, name): getattr(getattr(diary, part), name) for part, name in watched}
        for (part, name), act in parts.items():
            setattr(getattr(diary, part), name, fuse.around(act))
        try:
            diary.desk.imports.approve(draft.id, STAFF)
            diary.deliver()
        except Crash:
            pass
        for (part, name), act in parts.items():
            setattr(getattr(diary, part), name, act)
        if diary.desk.intake.get(draft.id).state is RequestState.DRAFT:
            diary.desk.imports.approve(draft.id, STAFF)
        for event in diary.heard:
            if event.kind.value.startswith("booking."):
                diary.desk.effects.perform(event)
        diary.deliver()
        request = diary.desk.intake.get(draft.id)
        assert (request.state, request.note) == (RequestState.BOOKED, "")
        assert diary.there() == [("14:00", "Haircut: Bea Cruz")], f"died at {step}"
        assert len(diary.claims(diary.slot(14))) == 1
        assert diary.pass_() == []
        if fuse.left > 0:
            assert step > 8
            return
    raise AssertionError("it never ran to its end")
