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
        "\n\nAm 09.03.2026 um 10:00 schrieb Fern Salon:\n> Tuesday at 9am?",
        "\n\nAm Mo., 9. März 2026 um 10:00 schrieb Fern <hello@fern.example>:\n> Tuesday at 9am?",
        "\n\nLe lun. 9 mars 2026 à 10:00, Fern <hello@fern.example> a écrit :\n> Tuesday at 9am?",
        "\n\nFern <hello@fern.example> 于2026年3月9日周一 10:00写道：\n> Tuesday at 9am?",
        "\n\nVon: Fern <hello@fern.example>\nGesendet: Montag, 9. März 2026 10:00\nAn: Ana\nBetreff: Termin\n\nTuesday at 9am?",
        "\n\nAna Lim\nMobile 8123 4567\nWork hours: Tue-Thu, 9-3",
        "\n\nCONFIDENTIALITY NOTICE: registered 12 June 1998, a cut above.",
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


PASSED_ON = "---------- Forwarded message ---------\nFrom: Ana Lim <ana@post.example>\nDate: Mon, 9 Mar 2026 at 10:00\n"


@pytest.mark.parametrize("top", ["", "Fwd: trim\n\n", "FYI\n"])
def test_a_message_passed_on_without_a_word_is_the_request(top):
    text = f"{top}{PASSED_ON}Subject: trim\nTo: Bo <bo@post.example>\n\n{OWN}\nAna\n\n> Tuesday at 9am?"
    found = read(text)
    assert when(text) == ["2026-03-13 14:00"]
    assert (found.service.value, found.customer.name, found.customer.email) == (
        "haircut",
        "Ana Lim",
        "ana@post.example",
    )


def test_a_message_passed_on_with_a_word_of_their_own_is_a_quote():
    assert when(f"Saturday at 3pm please\n\n{PASSED_ON}\n{OWN}") == ["2026-03-14 15:00"]


def test_our_own_words_are_never_the_request():
    text = (
        "\n-----Original Message-----\nFrom: Fern <hello@fern.example>\nTo: Ana\n\nA trim on Tuesday at 9am?"
    )
    assert read(text).service.value is None


def test_pasted_headers_tell_no_time():
    text = f"From: Ana Lim <ana@post.example>\nTo: hello@fern.example\nDate: Sun, 8 Mar 2026 21:14:00 +0800\n\n{OWN}"
    assert when(text) == ["2026-03-13 14:00"]
    assert read(text).customer.name == "Ana Lim"


def test_offsets_do_not_move():
    text = "one\n> two\nthree\n-- \nfour"
    parts = split(text)
    assert len(parts.body) == len(text)
    assert parts.body.split() == ["one", "three"]
    assert text[slice(*parts.signature)].split() == ["--", "four"]
