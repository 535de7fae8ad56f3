"""Any text is read, soon, and what is quoted stands in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain.reading import Grammar
from handlers.domain.reading.holidays import FIRST_WORDS
from handlers.domain.reading.lexicon import WORDS
from tests.reading.desk import WEDNESDAY, bistro, rules

PIECES = sorted(
    {
        *WORDS,
        *FIRST_WORDS,
        "from",
        "to",
        "between",
        "and",
        "or",
        "not",
        "but",
        "except",
        "any",
        "some",
        "every",
        "the",
        "of",
    }
    | {
        "at",
        "in",
        "on",
        "for",
        "12:30",
        "3/4",
        "27.11.",
        "12th",
        "2026-05-05",
        "-",
        ",",
        ".",
        "\n",
        "> ",
        "99",
        "7",
        "930",
    }
    | {
        "table",
        "trim",
        "with",
        "Jess",
        "me",
        "my",
        "wife",
        "Thanks,",
        "-- ",
        "On",
        "wrote:",
        "From:",
        "8123 4567",
        "a@b.c",
        "$5",
    }
)
SALON, TABLES = Grammar.of(rules()), Grammar.of(bistro())


def check(text: str) -> None:
    for grammar in (SALON, TABLES):
        found = grammar.read(text, WEDNESDAY)
        quotes = [
            found.service.quote,
            found.party_size.quote,
            found.resource.quote,
            *(w.quote for w in found.when),
        ]
        assert all(quote in text for quote in quotes)
        for window in found.when:
            assert 0 <= window.confidence <= 1
            assert window.exact == (window.time_from is not None and window.time_from == window.time_to)
            assert window.date_from is None or window.date_to is None or window.date_from <= window.date_to


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from([" ", "", "\n"]))
def test_any_run_of_known_words_is_read(words, between):
    check(between.join(words))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_unicode_is_read(text):
    check(text)


@pytest.mark.parametrize(
    "unit",
    ["sometime ", "a.", "\n", "one ", "table ", "the week of the ", "week after mon ", "about ", "5 ", "12:30-", "> a\n", "@a.",
     "Mon or ", "not ", "2, ", "June 2 or ", "we came on 3 May ", "earliest I can ", "the one after ", "9", "x", "On a\n", "me and my ", "Thanks,\nAna\n", "week after next "],
)  # fmt: skip
def test_the_time_taken_grows_no_faster_than_the_text(unit):
    """100 000 characters take at most a few seconds, whatever they are; twice as much within reading range, about twice."""

    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        start = time.process_time()
        TABLES.read(text, WEDNESDAY)
        return time.process_time() - start

    seconds(1000)
    small, large, huge = min(seconds(4000) for _ in range(2)), seconds(16_000), seconds(100_000)
    assert large < 4 * small * 4 + 0.3
    assert huge < 8
