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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Could you cut me a deal?", "a verb with another object"),
        ("I want to trim my budget", "a verb with another object"),
        ("I cut my knee, have you a plaster?", "a verb with another object"),
        ("Long story cut short, can we talk?", "an idiom"),
        ("We got cut off earlier", "an idiom"),
        ("Is there a short cut to you from the station?", "an idiom"),
        ("What colour are your chairs?", "a question about something else"),
        ("A beard trim on Friday", "another trade"),
        ("hedge trim on Friday", "another trade"),
        ("Send me the colour chart", "another head noun"),
        ("a cut of beef", "another head noun"),
        ("our cut-price supplies", "half of a compound"),
        ("full of energy", "a general word of a name"),
    ],
)
def test_a_word_used_in_another_sense_is_no_service(text, why):
    assert read(text).service.value is None, why


@pytest.mark.parametrize(
    "text",
    [
        "Please cut my hair on Friday",
        "Can you trim my fringe?",
        "I want my hair cut short",
        "a trim of my ends",
        "cut/colour on Friday",
        "my usual cut",
        "a gentle trim",
        "I was hoping for a trim",
        "need it trimmed",
        "Trim as short as possible",
        "A trim, same as last time",
    ],
)
def test_the_same_words_meant_as_the_service_are_found(text):
    found = read(text).service
    assert found.value in ("haircut", "colour")
    assert found.confidence >= 0.8


def test_a_word_we_do_not_know_before_a_service_is_looked_at():
    found = read("a fusion haircut on Friday")
    assert found.service.value == "haircut"
    assert found.review == ("service",)


def test_a_lesser_word_of_a_name_gives_a_candidate_and_no_value():
    found = read("gel extensions on Friday").service
    assert (found.value, found.candidates) == (None, ("gel",))


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("I don't need a colour, only a trim", "haircut"),
        ("My colour last week was lovely. This time a trim", "haircut"),
        ("I usually have a colour but today just a trim", "haircut"),
        ("any day other than Wednesday for a trim", "haircut"),
        ("two trims", "haircut"),
        ("trimm on friday", "haircut"),
        ("my hair dyed on Friday", "colour"),
        ("manicurs", "gel"),
    ],
)
def test_what_is_asked_for_now(text, service):
    found = read(text).service
    assert (found.value, found.also) == (service, ())


def test_a_past_visit_is_asked_for_again_only_with_a_persons_eye():
    again = read("Loved my trim last time, same again on Friday?")
    assert (again.service.value, again.review) == ("haircut", ("service",))
    thanks = read("I got a trim from you yesterday and it is uneven")
    assert (thanks.service.value, thanks.move) == (None, "draft")


def test_a_service_of_ours_is_never_declined_as_another_trade():
    assert read("My haircut yesterday was lovely").move != "decline"
