"""What a narrator may say, and everything it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.summaries import report
from handlers.domain.summaries.monthly import MonthlyFacts
from handlers.domain.summaries.narrated import LONGEST, doubts
from handlers.domain.summaries.numbers import Said, numbers
from handlers.domain.summaries.told import Fact, Told, told
from handlers.domain.summaries.weekly import WeeklyFacts
from tests.summaries.samples import MONTH, WEEK, monthly, weekly


def facts(summary):
    return told(summary, report(summary), "Willow Salon")


MAY = facts(monthly())
LAST_WEEK = facts(weekly())

TRUE_OF_MAY = [
    "In May, 12 slots came free and 9 of them were filled.",
    "Twelve slots came free; nine were filled, a fill rate of 75%.",
    "The fill rate was 75 percent, up from 55 per cent in April.",
    "Seventy-five percent of the slots were filled.",
    "It took 14 minutes (the median) to fill one.",
    "It took fourteen minutes to fill one, against 25 minutes in April 2026.",
    "The waitlist recovered SGD 1,234.50.",
    "The waitlist recovered $1234.50, against $400 in April.",
    "It brought back SGD 1,234 or so, roughly SGD 1,200.",
    "It brought back $1.2k.",
    "It brought back $1.23k.",
    "Nearly $1,250 came back.",
    "Over 1,200 dollars came back.",
    "About one thousand two hundred dollars came back.",
    "That is 3 more than in April, and 1 more slot came free.",
    "Willow Salon made 17 offers: 8 were claimed, 3 declined and 6 timed out.",
    "On Fri 3 of 4 were filled; on Thursday 3.",
    "One is still open.",
    "No-shows play no part here, where 0 slots came free on Monday.",
    "Between 1 May and 31 May 2026, 12 slots came free.",
    "From the 1st to the 31st of May, 12 slots came free.",
    "In May 12 slots came free.",
    "By May 31, 9 were filled.",
    "None came free on Monday.",
]


@pytest.mark.parametrize("text", TRUE_OF_MAY)
def test_what_is_in_the_facts_may_be_said(text):
    assert doubts(text, MAY) == []


NOT_IN_THE_FACTS = [
    "13 slots came free.",
    "Thirteen slots came free.",
    "Twenty-two slots came free.",
    "Twenty two slots came free.",
    "A hundred and twelve slots came free.",
    "One hundred slots came free.",
    "Two thousand slots came free.",
    "12,000 slots came free.",
    "12.5 slots came free.",
    "1 2 slots came free.",
    "012 slots came free.",
    "12k slots came free.",
    "12e3 slots came free.",
    "-12 slots came free.",
    "+3 on April.",
    "The fill rate was 76%.",
    "The fill rate was 12%.",
    "The fill rate was seventy-six percent.",
    "Nine percent were filled.",
    "The fill rate rose by 20 percentage points.",
    "The fill rate rose by twenty points.",
    "Over 75% were filled.",
    "Nearly 75% were filled.",
    "More than 12 slots came free.",
    "At least 9 were filled.",
    "It took 9 minutes.",
    "It took 14 hours.",
    "It took 14 seconds.",
    "It took 14 days.",
    "It took fourteen seconds.",
    "It took a 9-minute wait.",
    "It took nine-minute waits.",
    "It recovered $1,250.",
    "It recovered $1.3k.",
    "It recovered $1.24k.",
    "It recovered $1m.",
    "It recovered €1,234.50.",
    "It recovered £1,234.50.",
    "It recovered EUR 1,234.50.",
    "It recovered 1,234.50 euros.",
    "It recovered $12.",
    "It recovered 12 dollars.",
    "It recovered 1.234,50 SGD.",
    "It recovered SGD 12345.",
    "Nearly $1,230 came back.",
    "Over $1,240 came back.",
    "About $1,300 came back.",
    "About two thousand dollars came back.",
    "At 10:30 it was busy.",
    "At 9 am it was busy.",
    "By 9am it was busy.",
    "The 9th of them was filled.",
    "The ninth was filled.",
    "It was the second month in a row.",
    "Half of them were filled.",
    "Three quarters were filled.",
    "A third were declined.",
    "Twice as many were filled.",
    "It doubled.",
    "It tripled.",
    "A dozen came free.",
    "A couple were declined.",
    "Dozens came free.",
    "Most were filled.",
    "The majority were filled.",
    "All were filled.",
    "Every slot was filled.",
    "Everybody claimed.",
    "9/12 were filled.",
    "9x as many were filled.",
    "A 9-fold rise.",
    "It was 9 times better.",
    "On 12 May it was busy.",
    "On May 12, it was busy.",
    "On 1 June it was busy.",
    "In June it was busier.",
    "In May 2025 it was worse.",
    "In 2025 it was worse.",
    "XII slots came free.",
    "The slots numbered IX.",
    "½ of them were filled.",
    "9² slots came free.",
    "①② slots came free.",
    "١٢ slots came free.",
    "１２ slots came free.",
    "9\u200b0 slots came free.",
    "tw\u00adenty slots came free.",
    "оne slot came free.",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_IN_THE_FACTS)
def test_a_number_that_is_in_no_fact_is_caught_however_it_is_written(text):
    assert doubts(text, MAY) != []


STRANGE = [
    "",
    "   ",
    "12 slots came free for Maria.",
    "12 slots came free. We thank Maria Silva.",
    'Jess said "what a month" of it.',
    "One of them, 'the big one', was filled.",
    "See https://evil.example for the 12 slots.",
    "See evil.example for the 12 slots.",
    "12 slots came free <!channel>",
    "12 slots came free <@U0ROSA>",
    "*12* slots came free.",
    "`12` slots came free.",
    "12 slots came free & <b>9</b> were filled.",
    "12 slots \ue000 came free.",
    "12 slots came free. :tada:🎉",
    "12 slots came free. " * 60,
    "CALL 12 of them.",
]


@pytest.mark.parametrize("text", STRANGE)
def test_names_quotes_links_and_markup_of_its_own_are_caught(text):
    assert doubts(text, MAY) != []


def test_a_name_in_the_facts_may_be_said_and_quoted():
    assert doubts('Jess had 23 visits and Mei 18; "Full colour" was asked for 12 times.', LAST_WEEK) == [
        "12 times"
    ]
    assert doubts('Jess had 23 visits and Mei 18; "Full colour" had 12.', LAST_WEEK) == []
    assert doubts("Rosa had 23 visits.", LAST_WEEK) == []  # a sentence may begin with any word
    assert doubts("Last week Rosa had 23 visits.", LAST_WEEK) == ["Rosa"]


def test_customers_are_never_told_to_a_narrator():
    assert "Ana" not in repr(LAST_WEEK)
    assert "Ben" not in repr(LAST_WEEK)
    assert doubts("Last week Ana went quiet.", LAST_WEEK) == ["Ana"]


def test_numbers_in_a_name_are_the_names_alone():
    table = Told("", "Table 9", "", "GBP", (Fact("freed", 2, "count", "2"),), ("Table 9", "Two"))
    assert doubts("At Table 9 there were 2 slots.", table) == []
    assert doubts("There were 9 slots.", table) == ["9"]
    assert doubts("There were three slots, two of them here.", table) == ["three"]
    hidden = Told("", "Nine", "", "GBP", (Fact("freed", 2, "count", "2"),), ("Nine",))
    assert doubts("There were Nine slots.", hidden) == ["Nine", "Nine"]  # as a name, and as a number


def test_all_and_none_need_a_hundred_per_cent_and_a_zero():
    full = facts(monthly(monthly=MONTH.model_copy(update={"filled": 12, "rate": 100})))
    assert doubts("All of them were filled.", full) == []
    some = Told("", "", "", "GBP", (Fact("freed", 2, "count", "2"), Fact("rate", 50, "percent", "50%")))
    assert doubts("None were filled.", some) == ["none"]
    assert doubts("No one came.", some) == ["no"]
    assert doubts("All were filled.", some) == ["all"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("zero", 0, "count"),
        ("twenty-two", 22, "count"),
        ("twenty two", 22, "count"),
        ("a hundred", 100, "count"),
        ("one hundred and five", 105, "count"),
        ("two hundred forty", 240, "count"),
        ("a thousand", 1000, "count"),
        ("two thousand three hundred and four", 2304, "count"),
        ("1,234,567", 1_234_567, "count"),
        ("1.5 thousand", 1500, "count"),
        ("3k", 3000, "count"),
        ("45%", 45, "percent"),
        ("45 %", 45, "percent"),
        ("45 per cent", 45, "percent"),
        ("90-minute", 90, "minutes"),
        ("1.5 hours", 90, "minutes"),
        ("two hours", 120, "minutes"),
        ("2 hours 30 minutes", 150, "minutes"),
        ("2h and 5 min", 125, "minutes"),
        ("£3", 3, "money"),
        ("EUR 3.25", 3.25, "money"),
        ("3 EUR", 3, "money"),
        ("both", 2, "count"),
        ("once", 1, "count"),
        ("2026", 2026, "count"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value, unit):
    (said,) = numbers(f"It was {text} in the end.")
    assert isinstance(said, Said)
    assert (float(said.value), said.unit) == (value, unit)


@pytest.mark.parametrize("text", ["10-15", "10\u201315", "10 to 15", "ten to fifteen", "ten or fifteen"])
def test_a_range_is_two_numbers(text):
    assert [float(s.value) for s in numbers(text) if isinstance(s, Said)] == [10, 15]


amounts = st.integers(0, 3000)


@given(
    st.builds(
        WeeklyFacts, **dict.fromkeys(("visits", "confirmed", "rescheduled", "cancelled", "quiet"), amounts)
    )
)
def test_the_plain_words_of_a_week_are_always_true(week):
    summary = weekly(weekly=week)
    assert doubts(report(summary).plain, facts(summary)) == [] or report(summary).quiet


@given(
    st.builds(
        MonthlyFacts,
        rate=st.integers(0, 100),
        minutes=st.none() | amounts,
        recovered=st.integers(0, 5_000_000),
        **dict.fromkeys(
            ("freed", "filled", "by_staff", "by_waitlist", "offers", "claimed", "declined"), amounts
        ),
    )
)
def test_the_plain_words_of_a_month_are_always_true(month):
    summary = monthly(monthly=month)
    assert doubts(report(summary).plain, facts(summary)) == [] or report(summary).quiet


@given(st.integers(0, 99_999))
def test_no_other_number_is_let_through(number):
    known = {f.value for f in MAY.facts if f.unit == "count"}
    assert (doubts(f"There were {number:,} of them.", MAY) == []) is (number in known)
    assert (doubts(f"There were {number} of them.", MAY) == []) is (number in known)


@given(st.text(max_size=LONGEST + 50))
def test_any_text_is_judged(text):
    doubts(text, MAY)


def test_the_facts_of_a_first_week_have_nothing_to_compare_with():
    first = facts(weekly(weekly_before=None))
    assert not any("27 April" in f.label for f in first.facts)
    assert doubts("36 visits before.", first) == ["36"]
    assert doubts("Compared with 41 visits, 5 more.", first) == []  # 5 is known: blow-dries


def test_what_is_told_is_what_is_shown():
    labels = {f.label: f.said for f in LAST_WEEK.facts}
    assert labels["Visits"] == "41"
    assert labels["Visits, in 27 April to 3 May"] == "36"
    assert labels["Visits, more than before"] == "5"
    assert labels["By service, Full colour"] == "12"
    assert labels["Visits by day, Fri"] == "10"
    assert WEEK.visits == 41
