"""Which move it is time for, and when reminders are due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.domain.booking import State
from handlers.domain.quiet import silence
from handlers.domain.reminders import (
    HELPS,
    LEASE,
    Chain,
    Gap,
    Move,
    crossing,
    decide,
    next_due,
    plan,
    schedule,
    windows,
)
from handlers.domain.wish import parse
from tests.reminders.clinic import DAY, HOUR, MINUTE, ZONE, appointment, at, rules, said

RULES = rules()
BOOKED = at("2026-01-02T09:00")


def dues(booking, given=RULES):
    return [(r.before // HOUR, said(r.due)) for r in schedule(booking, given)]


def chain_of(booking, **changes):
    return plan(booking, RULES, BOOKED).model_copy(update=changes)


def sent(chain, before, when):
    return chain.change([r for r in chain.reminders if r.before == before], state="SENT", at=when)


def move(chain, booking, now) -> Move:
    return decide(chain, booking, RULES, now)


# --- when ----------------------------------------------------------------------------------------------------------


def test_a_reminder_is_due_its_window_before_the_visit():
    assert dues(appointment("2026-05-06T14:00")) == [(48, "2026-05-04 14:00"), (2, "2026-05-06 12:00")]


@pytest.mark.parametrize(
    ("start", "windows_at"),
    [
        # Clocks go forward on Sunday 8 March 2026 and back on Sunday 1 November.
        ("2026-03-09T10:00", ["2026-03-07 10:00", "2026-03-09 08:00"]),
        ("2026-11-02T10:00", ["2026-10-31 10:00", "2026-11-02 08:00"]),
    ],
)
def test_whole_days_before_are_days_of_the_calendar_also_when_clocks_change(start, windows_at):
    assert [when for _, when in dues(appointment(start))] == windows_at


def test_hours_before_are_hours_that_pass_also_when_clocks_change():
    awake = rules(quiet_hours=None)
    assert dues(appointment("2026-03-08T04:00", reminders=parse("3h")), awake) == [(3, "2026-03-08 00:00")]
    assert dues(appointment("2026-11-01T03:00", reminders=parse("3h")), awake) == [(3, "2026-11-01 01:00")]


def test_quiet_hours_put_a_reminder_off_to_their_end():
    assert dues(appointment("2026-05-06T09:00", reminders=parse("2h"))) == [(2, "2026-05-06 08:00")]


def test_a_holiday_puts_a_reminder_off_to_the_first_minute_after_it():
    late = appointment("2026-11-27T10:00", reminders=parse("24h"))
    assert dues(late) == [(24, "2026-11-27 08:00")]


@pytest.mark.parametrize(
    ("start", "wish", "when"),
    [
        ("2026-05-06T07:30", "1h", "2026-05-05 19:45"),
        ("2026-05-06T08:15", "1h", "2026-05-05 19:45"),
        ("2026-05-06T08:30", "1h", "2026-05-06 08:00"),
        ("2026-05-06T08:15", "15m", "2026-05-06 08:00"),
        ("2026-11-26T10:00", "2h", "2026-11-25 19:45"),  # a visit on the holiday itself
    ],
)
def test_one_that_would_come_too_late_goes_out_before_the_quiet_begins(start, wish, when):
    assert [w for _, w in dues(appointment(start, reminders=parse(wish)))] == [when]


def test_an_early_one_does_not_fall_into_the_quiet_before_it():
    twice = rules(quiet_hours=(10 * 60 + 5, 24 * 60 + 10 * 60))  # five minutes a day
    found = schedule(appointment("2026-05-06T10:02", reminders=parse("1h")), twice)
    assert [said(r.due) for r in found] == ["2026-05-05 10:00"]


def test_windows_that_fall_together_are_one_reminder():
    assert dues(appointment("2026-05-06T07:30", reminders=parse("10h, 1h"))) == [(1, "2026-05-05 19:45")]
    assert dues(appointment("2026-05-06T08:30", reminders=parse("12h, 1h"))) == [(1, "2026-05-06 08:00")]
    assert dues(appointment("2026-11-27T10:15", reminders=parse("24h, 2h"))) == [(2, "2026-11-27 08:15")]


@pytest.mark.parametrize(
    ("service", "wish", "hours"),
    [
        ("checkup", "", [48, 2]),
        ("consult", "", [72, 24, 3]),
        ("plain", "", [24, 1]),
        ("walk", "", []),
        ("gone from the rules", "", [24, 1]),
        ("checkup", "none", []),
        ("checkup", "by email only", [48, 2]),
        ("walk", "5h", [5]),
    ],
)
def test_the_appointments_own_wish_comes_before_the_services_and_that_before_the_default(
    service, wish, hours
):
    booking = appointment(service=service, reminders=parse(wish))
    assert [w // HOUR for w in windows(booking, RULES)] == hours


starts = st.integers(at("2026-01-05T00:00") // 300, at("2027-01-31T00:00") // 300).map(lambda n: n * 300)
lengths = st.sets(st.integers(1, 7 * 24 * 4).map(lambda n: n * 15 * MINUTE), min_size=1, max_size=4)


@given(starts, lengths)
def test_reminders_come_in_order_before_the_visit_and_never_in_quiet(start, wanted):
    base = appointment()
    wish = parse("1h").model_copy(update={"windows": tuple(sorted(wanted, reverse=True))})
    slot = base.slot.model_copy(update={"start": start, "end": start + 1800})
    found = schedule(base.model_copy(update={"slot": slot, "reminders": wish}), RULES)
    assert found
    assert [r.before for r in found] == sorted({r.before for r in found}, reverse=True)
    assert [r.due for r in found] == sorted({r.due for r in found})
    for reminder in found:
        assert reminder.due <= start - min(reminder.before, HELPS)
        assert silence(RULES, reminder.due) is None
        nominal = crossing(RULES, start, reminder.before)
        if silence(RULES, nominal) is None:
            assert reminder.due == nominal
    assert min(wanted) in {r.before for r in found}


@given(starts, st.integers(1, 14))
def test_days_before_keep_the_hour_of_the_wall(start, days):
    local = ZONE.local(start)
    before = ZONE.local(crossing(RULES, start, days * DAY))
    assume(ZONE.instants(before.date(), local.hour * 60 + local.minute))  # that hour exists
    assert (before.hour, before.minute) == (local.hour, local.minute)
    assert before.date() == local.date() - timedelta(days=days)


# --- planning ------------------------------------------------------------------------------------------------------


def test_windows_crossed_before_it_was_booked_are_not_promised():
    booking = appointment("2026-05-06T14:00")
    late = plan(booking, RULES, at("2026-05-05T09:00"))
    assert [r.before for r in late.reminders] == [2 * HOUR]
    assert plan(booking, RULES, booking.slot.start - 60).reminders == ()


def test_planning_again_keeps_what_was_sent_and_what_was_promised():
    booking = appointment("2026-05-06T14:00")
    chain = sent(chain_of(booking), 48 * HOUR, at("2026-05-04T14:00"))
    wished = booking.model_copy(update={"reminders": parse("48h, 24h, 1h")})
    again = plan(wished, RULES, at("2026-05-04T15:00"), chain)
    assert [(r.before // HOUR, r.state) for r in again.reminders] == [
        (48, "SENT"),
        (24, "PLANNED"),
        (1, "PLANNED"),
    ]
    overdue = plan(booking, RULES, at("2026-05-05T15:00"), chain_of(booking))
    assert [r.before // HOUR for r in overdue.reminders] == [48, 2]


# --- moves ---------------------------------------------------------------------------------------------------------


VISIT = appointment("2026-05-06T14:00")
FIRST, SECOND = at("2026-05-04T14:00"), at("2026-05-06T12:00")
CHAIN = chain_of(VISIT)
ONCE = sent(CHAIN, 48 * HOUR, FIRST)
TWICE = sent(ONCE, 2 * HOUR, SECOND)


def test_before_the_first_window_it_is_scheduled():
    assert move(CHAIN, VISIT, FIRST - 1) == Move("scheduled", due=FIRST)


def test_a_window_just_crossed_is_the_reminder_to_send():
    found = move(CHAIN, VISIT, FIRST)
    assert (found.kind, found.reminder.before, found.crossed) == ("reminder", 48 * HOUR, ())


def test_a_window_missed_while_we_were_down_is_sent_late():
    found = move(CHAIN, VISIT, SECOND - 1)
    assert (found.kind, found.reminder.before) == ("reminder", 48 * HOUR)


def test_of_two_windows_crossed_the_smallest_is_sent():
    found = move(CHAIN, VISIT, SECOND + 30 * MINUTE)
    assert (found.kind, found.reminder.before) == ("reminder", 2 * HOUR)
    assert [r.before for r in found.crossed] == [48 * HOUR]


@pytest.mark.parametrize("state", ["SENT", "FAILED", "SKIPPED"])
def test_a_window_is_passed_over_when_a_later_one_went_out(state):
    out = CHAIN.change([CHAIN.reminders[1]], state=state, at=SECOND)
    assert move(out, VISIT, SECOND + 60).kind == "overtaken"


def test_in_quiet_hours_it_waits_until_they_end():
    early = appointment("2026-05-06T10:00")
    chain = chain_of(early)
    assert move(chain, early, at("2026-05-04T21:00")) == Move("scheduled", due=at("2026-05-05T08:00"))


def test_one_we_were_too_late_for_is_missed_rather_than_sent_in_quiet_hours():
    dawn = appointment("2026-05-06T07:30", reminders=parse("1h"))
    chain = chain_of(dawn)
    found = move(chain, dawn, at("2026-05-05T20:30"))
    assert (found.kind, found.reminder.before) == ("missed", HOUR)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.CANCELLED},
        {"state": State.ARRIVED},
        {"state": State.NO_SHOW},
        {"answered": FIRST - 60},
        {"slot": VISIT.slot.model_copy(update={"start": VISIT.slot.start + HOUR})},
    ],
)
@pytest.mark.parametrize("chain", [CHAIN, ONCE, TWICE])
def test_confirmed_cancelled_arrived_or_moved_is_silent(changes, chain):
    gone = VISIT.model_copy(update=changes)
    for now in (FIRST, SECOND, SECOND + HOUR):
        assert move(chain, gone, now) == Move("over")
        assert next_due(chain, gone, RULES, now) is None


def test_nothing_happens_once_the_visit_has_begun():
    assert move(CHAIN, VISIT, VISIT.slot.start).kind == "over"
    assert move(CHAIN, VISIT, VISIT.slot.start - 1).kind == "reminder"


def test_a_held_chain_waits_for_staff():
    assert move(CHAIN.model_copy(update={"held": True}), VISIT, SECOND).kind == "held"


def test_what_is_being_sent_is_left_alone_until_its_lease_runs_out():
    sending = CHAIN.change([CHAIN.reminders[0]], state="SENDING", at=FIRST + LEASE)
    assert move(sending, VISIT, FIRST + LEASE - 1) == Move("scheduled", due=FIRST + LEASE)
    assert move(sending, VISIT, FIRST + LEASE).kind == "unknown"


def test_no_answer_after_the_last_reminder_is_a_gap_alert():
    assert move(TWICE, VISIT, SECOND) == Move("scheduled", due=SECOND + 30 * MINUTE)
    assert move(TWICE, VISIT, SECOND + 30 * MINUTE - 1).kind == "scheduled"
    assert move(TWICE, VISIT, SECOND + 30 * MINUTE).kind == "gap alert"


@pytest.mark.parametrize("gap", [Gap.RAISED, Gap.KEPT])
def test_the_gap_alert_is_raised_once(gap):
    assert move(TWICE.model_copy(update={"gap": gap}), VISIT, SECOND + HOUR) == Move("over")


def test_between_reminders_nobody_is_alarmed():
    assert move(ONCE, VISIT, FIRST + DAY) == Move("scheduled", due=SECOND)


def test_an_alert_that_would_come_after_the_visit_began_is_none():
    late = sent(ONCE, 2 * HOUR, VISIT.slot.start - 20 * MINUTE)
    assert move(late, VISIT, VISIT.slot.start - 10 * MINUTE) == Move("over")


@pytest.mark.parametrize("state", ["FAILED", "SKIPPED"])
def test_a_last_reminder_that_did_not_go_out_is_no_question(state):
    failed = ONCE.change([CHAIN.reminders[1]], state=state, at=SECOND)
    assert move(failed, VISIT, SECOND + HOUR) == Move("over")


def test_nobody_is_alarmed_about_who_is_to_be_left_alone():
    alone = VISIT.model_copy(update={"reminders": parse("none")})
    assert move(plan(alone, RULES, FIRST, ONCE), alone, SECOND) == Move("over")


def test_who_could_not_be_asked_did_not_fail_to_answer():
    never = CHAIN.change(CHAIN.reminders, state="SKIPPED", at=SECOND)
    assert move(never, VISIT, SECOND + HOUR) == Move("over")


@given(starts, st.integers(0, 8 * 24 * 60), st.integers(0, 5000))
def test_a_move_says_when_to_look_again_and_that_is_later(start, ahead, later):
    slot = VISIT.slot.model_copy(update={"start": start, "end": start + 1800})
    booking = VISIT.model_copy(update={"slot": slot})
    since = start - ahead * 60
    chain: Chain = plan(booking, RULES, since)
    found = decide(chain, booking, RULES, since + later)
    if found.kind == "scheduled":
        assert found.due > since + later
        assert found.due < start
    else:
        assert found.due is None
