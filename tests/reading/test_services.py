from __future__ import annotations

import pytest

from tests.reading.desk import read


@pytest.mark.parametrize(
    ("text", "service", "quote"),
    [
        ("a trim please", "haircut", "trim"),
        ("I need a hair cut", "haircut", "hair cut"),
        ("two haircuts", "haircut", "haircuts"),
        ("could I get my hair coloured, well, dyed", "colour", "coloured"),
        ("blowdry on Saturday", "blow_dry", "blowdry"),
        ("a blow dry", "blow_dry", "blow dry"),
        ("a haricut", "haircut", "haricut"),
    ],
)
def test_names_aliases_inflections_and_typos_find_the_service(text, service, quote):
    found = read(text).service
    assert (found.value, found.quote) == (service, quote)
    assert found.confidence >= 0.8


def test_a_typo_costs_confidence():
    assert read("a haricut").service.confidence < read("a haircut").service.confidence


@pytest.mark.parametrize(
    "text", ["Can I come on Friday?", "I'd like an appointment", "a manly moustache", "hello there"]
)
def test_a_service_whose_words_are_not_there_is_never_guessed(text):
    found = read(text)
    assert found.service.value is None
    assert "service" in found.review


def test_services_asked_for_together_are_one_visit():
    found = read("cut and colour on Friday").service
    assert (found.value, found.also) == ("haircut", ("colour",))


def test_alternatives_are_candidates_for_a_human():
    found = read("a cut or a colour")
    assert set(found.service.candidates) == {"haircut", "colour"}
    assert "service" in found.review


def test_a_word_two_services_share_gives_both_as_candidates():
    found = read("a manicure on Friday")
    assert set(found.service.candidates) == {"gel", "classic"}
    assert "service" in found.review
    assert read("gel manicure on Friday").service.value == "gel"


@pytest.mark.parametrize(
    "text",
    [
        "no colour this time, just a trim",
        "a trim without the colour",
        "a trim instead of the colour",
        "I had my colour last month, now I need a trim",
        "a colour, sorry, I mean a trim",
    ],
)
def test_refused_past_and_corrected_services_do_not_count(text):
    found = read(text).service
    assert (found.value, found.also) == ("haircut", ())
