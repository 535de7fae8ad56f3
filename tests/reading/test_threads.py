from __future__ import annotations

import pytest

from handlers.domain.reading.threads import split
from tests.reading.desk import read, when

OWN = "A trim on Friday at 2pm please"


@pytest.mark.parametrize(
    "rest",
    [
        "\n> Can you do Tuesday at 9am?\n> Fern",
        "\n\nOn Mon, 9 Mar 2026 at 10:00, Fern <hello@fern.example> wrote:\n> Tuesday at 9am?",
        "\n\nOn Mon, 9 Mar 2026 at 10:00, Fern Salon\n<hello@fern.example> wrote:\n\nTuesday at 9am?",
        "\n\nFrom: Fern <hello@fern.example>\nSent: Monday, March 9, 2026 3:00 PM\nTo: Ana\nSubject: Hi\n\nTuesday at 9am?",
        "\n\n-----Original Message-----\nTuesday at 9am?",
        "\n-- \nAna\nOpen Mon-Fri 9am-5pm",
        "\n\nKind regards,\nAna\nOffice hours Monday 9am to 5pm",
        "\n\nSent from my iPhone 14",
    ],
)
def test_only_what_was_written_now_is_read(rest):
    assert when(OWN + rest) == ["2026-03-13 14:00"]
    assert read(OWN + rest).service.value == "haircut"


def test_contact_details_of_a_signature_are_used():
    found = read(OWN + "\n\nThanks,\nAna Lim\nMobile 8123 4567\nana@post.example\n12 March Road")
    assert found.customer.model_dump() == {
        "name": "Ana Lim",
        "email": "ana@post.example",
        "phone": "+6581234567",
    }
    assert len(found.when) == 1


def test_an_answer_below_a_quote_is_kept():
    assert when("On Mon, Fern wrote:\n> Tuesday at 9am?\nFriday at 2pm is better") == ["2026-03-13 14:00"]


def test_a_postscript_below_the_signature_is_kept():
    assert when("A trim please\n\nThanks,\nAna\n\nPS Friday at 2pm is best") == ["2026-03-13 14:00"]


def test_thanks_before_a_request_is_no_signature():
    assert when("Thanks!\nFriday at 2pm would be great") == ["2026-03-13 14:00"]


def test_offsets_do_not_move():
    text = "one\n> two\nthree\n-- \nfour"
    parts = split(text)
    assert len(parts.body) == len(text)
    assert parts.body.split() == ["one", "three"]
    assert text[slice(*parts.signature)].split() == ["--", "four"]
