"""Which move follows: a request is proposed, anything else is a person's."""

from __future__ import annotations

import pytest

from tests.reading.desk import bistro, read


@pytest.mark.parametrize(
    "text",
    [
        "I'm stuck in traffic, a bit late for my 3pm trim",
        "I'll be 20 minutes late for my trim",
        "running 10 minutes late for my trim",
        "Can I get the receipt for Friday's trim?",
        "How long does a trim take?",
        "How much is a trim on Friday?",
        "Any student discount on a trim?",
        "What does a trim include?",
        "Do I need a patch test for a colour?",
        "Is a colour safe for my skin?",
        "Thank you for the lovely trim!",
        "Is my trim still on for tomorrow?",
        "Confirming my trim on Friday",
        "I have a trim booked on Friday, where do I park?",
        "Lovely trim last week, thank you!",
    ],
)
def test_what_asks_for_no_time_is_never_proposed(text):
    assert read(text).move in ("escalate", "draft")


@pytest.mark.parametrize(
    "text",
    [
        "A trim on Friday at 3pm please. Is there parking?",
        "How much is a trim? Could I come on Friday at 3pm?",
        "I'd like a trim on Friday, how much is it?",
        "Is Mei free on Friday for a trim?",
        "What times have you got for a trim on Friday?",
        "A trim late on Friday",
        "A trim on Friday as late as possible",
    ],
)
def test_a_request_with_a_question_is_a_request(text):
    assert read(text).move == "propose"


def test_thanks_for_dinner_books_no_table():
    assert read("Lovely dinner last night, thank you!", of=bistro()).service.value is None


def test_thanks_to_you_is_no_offer_for_you():
    assert read("Is Friday ok for you for a trim?").service.value == "haircut"
