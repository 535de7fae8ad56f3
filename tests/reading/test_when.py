"""Days and times as people write them. It is Wednesday 11 March 2026, nine in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.reading.desk import bistro, read, rules, when


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Can I come tomorrow at 3pm?", ["2026-03-12 15:00"]),
        ("tommorow at half past four", ["2026-03-12 16:30"]),
        ("wendesday at quarter to 11", ["2026-03-18 10:45"]),
        ("this Friday, 10:30", ["2026-03-13 10:30"]),
        ("next Friday at 11", ["2026-03-20 11:00"]),
        ("Friday next week", ["2026-03-20"]),
        ("Friday week at noon", ["2026-03-20 12:00"]),
        ("a week on Tuesday", ["2026-03-24"]),
        ("in ten days", ["2026-03-21"]),
        ("two weeks from Saturday", ["2026-03-28"]),
        ("the 20th, 3ish", ["2026-03-20 15:00"]),
        ("the 5th at 1700 hrs", ["2026-04-05 17:00"]),
        ("Sunday 29", ["2026-03-29"]),
        ("the third of April", ["2026-04-03"]),
        ("2026-05-05 14:15", ["2026-05-05 14:15"]),
        ("April 2nd between 2 and 4", ["2026-04-02 14:00-16:00"]),
        ("from 9:30 to 11 on Thursday", ["2026-03-12 09:30-11:00"]),
        ("Sat 11-1", ["2026-03-14 11:00-13:00"]),
        ("the week of 6 April", ["2026-04-06..2026-04-12"]),
        ("end of next week", ["2026-03-20..2026-03-22"]),
        ("early April", ["2026-04-01..2026-04-10"]),
        ("the first Monday of June", ["2026-06-01"]),
        ("the last Friday of the month", ["2026-03-27"]),
        ("the second half of April", ["2026-04-16..2026-04-30"]),
        ("from 13 to 15 April", ["2026-04-13..2026-04-15"]),
        ("Thursday to Saturday", ["2026-03-12..2026-03-14"]),
        ("over the next three days", ["2026-03-12..2026-03-14"]),
        ("Easter Monday", ["2026-04-06"]),
        ("in two hours", ["2026-03-11 11:00"]),
        ("by Friday", ["..2026-03-13"]),
        ("after the 20th", ["2026-03-21.."]),
        ("any time after 4 on Thursday", ["2026-03-12 16:00-"]),
        ("not before 10", ["10:00-"]),
        ("no later than 6", ["-18:00"]),
        ("3pm or later", ["15:00-"]),
        ("at midnight", ["00:00"]),
        ("tonight at 8", ["2026-03-11 20:00"]),
    ],
)
def test_days_and_times_are_read(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Tue or Thu after 5", ["2026-03-17 17:00-", "2026-03-12 17:00-"]),
        ("after 5 on Tue or Thu", ["2026-03-17 17:00-", "2026-03-12 17:00-"]),
        ("Monday morning or Wednesday evening", ["2026-03-16 09:00-12:00", "2026-03-18 17:00-22:00"]),
        ("Friday at 3 or 4", ["2026-03-13 15:00", "2026-03-13 16:00"]),
        ("tomorrow at 9 or 10pm", ["2026-03-12 21:00", "2026-03-12 22:00"]),
        (
            "Thursday, Friday or Saturday at 10am",
            ["2026-03-12 10:00", "2026-03-13 10:00", "2026-03-14 10:00"],
        ),
        ("3pm Tuesday, or 11am Thursday", ["2026-03-17 15:00", "2026-03-12 11:00"]),
        ("Tuesday if possible, if not Friday", ["2026-03-17", "2026-03-13"]),
        (
            "5pm-7pm Mon, Tue or Fri",
            ["2026-03-16 17:00-19:00", "2026-03-17 17:00-19:00", "2026-03-13 17:00-19:00"],
        ),
        ("evenings or weekends", ["17:00-22:00", "2026-03-14..2026-03-15"]),
        ("weekdays after 6", ["2026-03-11..2026-03-13 18:00-", "2026-03-16..2026-03-20 18:00-"]),
    ],
)
def test_alternatives_give_several_windows(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("any time next week except Tuesday", ["2026-03-16", "2026-03-18..2026-03-22"]),
        ("next week but not Monday or Tuesday", ["2026-03-18..2026-03-22"]),
        ("I can't do Tuesday but Thursday after 4 works", ["2026-03-12 16:00-"]),
        ("Tuesday doesn't work for me, how about Friday at 11?", ["2026-03-13 11:00"]),
        ("after 3 but before 6", ["15:00-18:00"]),
        ("I'm not free until 3 on Thursday", ["2026-03-12 15:00-"]),
        ("Friday, but not in the morning", ["2026-03-13 12:00-"]),
        ("the 12th, not the 11th", ["2026-03-12"]),
        ("Thursday or Friday but not after 6", ["2026-03-12 -18:00", "2026-03-13 -18:00"]),
        ("next week but not Monday morning", ["2026-03-17..2026-03-22", "2026-03-16 12:00-"]),
        ("I work Monday to Friday 9-5, so Saturday", ["2026-03-14"]),
        ("Friday is better than Thursday", ["2026-03-13"]),
    ],
)
def test_what_is_refused_is_left_out(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize("text", ["not Friday", "any day but Friday"])
def test_a_refused_weekday_never_returns_within_two_weeks(text):
    found = read(text).when
    assert found
    for friday in ("2026-03-13", "2026-03-20"):
        assert not any(w.date_from <= friday <= w.date_to for w in found)
    assert any(w.date_from <= "2026-03-12" <= w.date_to for w in found)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Tuesday, no sorry, Thursday", ["2026-03-12"]),
        ("Thursday at 2, actually make that 3pm", ["2026-03-12 15:00"]),
        ("Monday at 3. Oops, I meant Tuesday", ["2026-03-17 15:00"]),
        ("change it from Friday 3pm to Saturday 11am", ["2026-03-14 11:00"]),
        ("please move me from Tuesday to Thursday at 4", ["2026-03-19 16:00"]),
    ],
)
def test_a_correction_replaces_what_it_corrects(text, windows):
    assert when(text) == windows


def test_day_and_month_follow_the_country_unless_told():
    assert when("5/8 at 10") == ["2026-08-05 10:00"]
    assert when("5/8 at 10", of=rules(country="US")) == ["2026-05-08 10:00"]
    assert when("5/8 at 10", of=rules(country="US"), day_first=True) == ["2026-08-05 10:00"]
    assert when("3/25") == ["2026-03-25"]


def test_a_day_and_month_that_could_be_swapped_is_doubted():
    assert "when" in read("haircut 5/4").review
    assert "when" not in read("haircut 25/3").review


def test_dotted_numbers_are_dates_or_times_by_what_stands_around_them():
    assert when("16.4. at 2.30") == ["2026-04-16 14:30"]
    assert when("Thu 12.3 16.40") == ["2026-03-12 16:40"]


def test_hours_without_am_or_pm_fall_when_people_come():
    assert when("Thursday at 3") == ["2026-03-12 15:00"]
    assert when("Thursday at 11") == ["2026-03-12 11:00"]
    assert when("Thursday at 8", of=bistro()) == ["2026-03-12 20:00"]
    assert when("today at 8") == ["2026-03-11 20:00"]


def test_past_dates_without_a_year_roll_forward_and_named_ones_are_reviewed():
    assert when("March 4 at 2pm") == ["2027-03-04 14:00"]
    assert "when" in read("a trim on March 4 2026").review
    assert when("I was in last Tuesday, can I come on Friday?") == ["2026-03-13"]


def test_dates_beyond_the_horizon_are_reviewed():
    assert "when" in read("haircut on 1 December").review
    assert read("haircut on 1 April").review == ()


def test_a_wall_time_is_kept_on_the_day_the_clocks_change():
    spring = datetime(2026, 3, 27, 9, 0)  # noqa: DTZ001 - wall time
    assert when("Sunday at 1:30", spring, bistro()) == ["2026-03-29 13:30"]
    assert when("tomorrow at 2am", datetime(2026, 3, 28, 9, 0), bistro()) == ["2026-03-29 02:00"]  # noqa: DTZ001
    assert when("in 24 hours", spring, bistro()) == ["2026-03-28 09:00"]


def test_the_business_names_its_own_parts_of_the_day():
    assert when("Thursday morning") == ["2026-03-12 09:00-12:00"]
    assert when("Thursday after school") == ["2026-03-12 15:00-17:00"]
    assert when("satuday arvo") == ["2026-03-14 12:00-17:00"]


@pytest.mark.parametrize(
    "text",
    [
        "A haircut please",
        "Thanks for your help today!",
        "Have a lovely weekend",
        "Good morning, do you have parking?",
        "My number is 9123 4567 and I live at 12 Orchard Road",
        "It cost $45 in 2019, order #1130",
        "a customer since 2019",
        "1/2 price haircuts",
        "we sat in the corner",
        "my flight is at 6pm",
        "a lunch meeting with Jess",
        "You're open 10 to 8, right?",
        "",
    ],
)
def test_text_without_a_wish_for_a_time_gives_none(text):
    assert when(text) == []


def test_a_meal_is_a_time_only_where_it_tells_one():
    assert when("Saturday lunch") == ["2026-03-14 12:00-14:00"]
    assert when("around lunch tomorrow") == ["2026-03-12 12:00-14:00"]
    assert when("lunch with my boss tomorrow") == ["2026-03-12"]


def test_quotes_are_verbatim_and_confidence_is_earned():
    text = "Could I come tommorow at 3?"
    (guessed,) = read(text).when
    (sure,) = read("Could I come tomorrow at 3pm?").when
    assert guessed.quote in text
    assert guessed.quote == "tommorow at 3"
    assert guessed.exact
    assert guessed.confidence < sure.confidence


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Saturday 7.15", ["2026-03-14 19:15"]),
        ("Sat at half eight", ["2026-03-14 20:30"]),
        ("Thursday, quarter to nine", ["2026-03-12 20:45"]),
        ("Friday 8ish", ["2026-03-13 20:00"]),
        ("6 or 8.15 on Friday", ["2026-03-13 18:00", "2026-03-13 20:15"]),
        ("could you do 8 or 8.30 on Friday", ["2026-03-13 20:00", "2026-03-13 20:30"]),
        ("Saturday, 6.15 to 7.15 ish", ["2026-03-14 18:15-19:15"]),
        ("For 4, tomorrow, 8", ["2026-03-12 20:00"]),
        ("four of us\nsat 14 march\n1945", ["2026-03-14 19:45"]),
        ("Friday 8 for 8.30", ["2026-03-13 20:00"]),
    ],
)
def test_in_a_place_that_opens_late_hours_are_in_the_evening(text, windows):
    assert when(text, of=bistro()) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Friday at 10:40 AM with Dr Osei", ["2026-03-13 10:40"]),
        ("ten to five on Friday", ["2026-03-13 16:50"]),
        ("five to seven on Friday", ["2026-03-13 17:00-19:00"]),
        ("Friday, 1 till 4", ["2026-03-13 13:00-16:00"]),
        ("Friday 1 'til 4", ["2026-03-13 13:00-16:00"]),
        ("after 1 and before 4 tomorrow", ["2026-03-12 13:00-16:00"]),
        ("up to 2pm Friday", ["2026-03-13 -14:00"]),
        ("the earliest we can make is 11am on Friday", ["2026-03-13 11:00-"]),
        ("3 thirty pm", ["15:30"]),
        ("Friday PM", ["2026-03-13 12:00-"]),
        ("Sat AM", ["2026-03-14 09:00-12:00"]),
        ("Friday first thing", ["2026-03-13 06:00-09:00"]),
        ("last thing on Friday", ["2026-03-13 17:00-20:00"]),
        ("in my lunch break on Friday", ["2026-03-13 12:00-14:00"]),
    ],
)
def test_hours_are_read_with_the_words_around_them(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("April 7, 8 or 9", ["2026-04-07", "2026-04-08", "2026-04-09"]),
        ("7, 8 or 9 April, mornings", [f"2026-04-0{day} 09:00-12:00" for day in (7, 8, 9)]),
        ("April 7th, 8th or 9th after 2pm", [f"2026-04-0{day} 14:00-" for day in (7, 8, 9)]),
        ("April 7 and 2 children", ["2026-04-07"]),
        ("Monday, Wednesday and Friday next week", ["2026-03-16", "2026-03-18", "2026-03-20"]),
        ("next week Monday, Tuesday or Friday", ["2026-03-16", "2026-03-17", "2026-03-20"]),
        ("any weekday next week after 5", ["2026-03-16..2026-03-20 17:00-"]),
        ("Fridays in April", ["2026-04-03", "2026-04-10", "2026-04-17", "2026-04-24"]),
        ("Sunday lunch on the 15th or the 22nd", ["2026-03-15 12:00-14:00", "2026-03-22 12:00-14:00"]),
        ("Thursday (any time) or Friday (after 4)", ["2026-03-12", "2026-03-13 16:00-"]),
        ("tomorrow or the day after", ["2026-03-12", "2026-03-13"]),
        ("this weekend or next", ["2026-03-14..2026-03-15", "2026-03-21..2026-03-22"]),
        ("next Tuesday, failing that the Thursday", ["2026-03-17", "2026-03-19"]),
        ("not this Saturday, the one after", ["2026-03-21"]),
        ("on or after 7 April", ["2026-04-07.."]),
        ("not until Friday", ["2026-03-13.."]),
        ("no later than Friday", ["..2026-03-13"]),
        ("between now and Saturday", ["2026-03-11..2026-03-14"]),
        ("the Tuesday after Easter", ["2026-04-07"]),
        ("tomorrow week", ["2026-03-19"]),
        ("20 of next month", ["2026-04-20"]),
        ("07-Apr-2026", ["2026-04-07"]),
        ("16/17 April", ["2026-04-16..2026-04-17"]),
    ],
)
def test_lists_and_days_told_by_other_days(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Friday, nothing after 6", ["2026-03-13 -18:00"]),
        ("Friday but we can't sit down before 2", ["2026-03-13 14:00-"]),
        ("Friday apart from 1-2", ["2026-03-13 -13:00", "2026-03-13 14:00-"]),
        ("Friday would suit. Saturday I'm away.", ["2026-03-13"]),
        ("Don't have time on Thursday so Friday 10am", ["2026-03-13 10:00"]),
        ("I have a meeting until 3 on Friday", ["2026-03-13 15:00-"]),
        ("Any day next week except Tuesday or Thursday is fine", ["2026-03-16", "2026-03-18", "2026-03-20..2026-03-22"]),
        ("- Thu 12 March: 10am to noon\n- Fri 13 March: not available", ["2026-03-12 10:00-12:00"]),
        ("Thursday - no, Friday - at 4", ["2026-03-13 16:00"]),
        ("Thursday at 11, strike that, 12", ["2026-03-12 12:00"]),
        ("Friday 2pm. no wait 330", ["2026-03-13 15:30"]),
        ("Saturday 10am -- edit: 11am", ["2026-03-14 11:00"]),
    ],
)  # fmt: skip
def test_refusals_and_corrections_reach_the_right_words(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("We came in on 2 February, could we come again on Friday?", ["2026-03-13"]),
        ("DOB 03/04/1981. A trim on Friday at 2", ["2026-03-13 14:00"]),
        ("I was born on 3/4/81, can I have a trim?", []),
        ("My wedding is on 18 April so a colour on 16 April please", ["2026-04-16"]),
        ("I'm flying on Sunday, so a trim on Saturday morning", ["2026-03-14 09:00-12:00"]),
        ("We need to leave by 8.30. Friday at 6", ["2026-03-13 18:00"]),
        ("Our sitter arrives at 5 so Friday 6.30", ["2026-03-13 18:30"]),
        ("I'd like one on Friday", ["2026-03-13"]),
        ("Happy Friday! A trim please", []),
        ("Merry Christmas all, a trim please", []),
        ("Evening all, a trim please", []),
        ("I get headaches, my neck hurts at night", []),
        ("my sun-damaged hair", []),
        ("Loved the piece in the Sunday Times", []),
        ("code MAY15, ref case no. 3-12-22", []),
        ("I called about a trim on Friday at 11", ["2026-03-13 11:00"]),
        ("I am on leave from 6-10 April. A trim on Friday", ["2026-03-13"]),
    ],
)
def test_dates_of_other_affairs_are_not_asked_for(text, windows):
    assert when(text) == windows


@pytest.mark.parametrize(
    "text", ["A colour. My wedding is on 18 April", "I'm flying on Sunday, a trim please"]
)
def test_a_lone_date_that_may_be_no_request_is_looked_at_by_a_person(text):
    assert "when" in read(text).review


@pytest.mark.parametrize("typo", ["wensday", "wenesday", "Wednsday"])
def test_common_misspellings_are_known(typo):
    assert when(f"{typo} 1pm") == ["2026-03-18 13:00"]
    assert when("saterdy 11am") == ["2026-03-14 11:00"]
    assert when("nex tuesday") == ["2026-03-17"]
    assert when("2moro mornin") == ["2026-03-12 09:00-12:00"]
