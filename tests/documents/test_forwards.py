"""The message inside the message, as mail programs pass it on, and whom a notice is about."""

from __future__ import annotations

import pytest

from handlers.domain import mime
from handlers.domain.reading.forwards import forwarded
from handlers.domain.reading.guests import read_guest

BODY = "Ana Lim has just booked a haircut.\n\nTue 5 May, 2:00 pm"

GMAIL = f"""Please add this one
Mei

---------- Forwarded message ---------
From: Glow Bookings <noreply@glow.example>
Date: Fri, 1 May 2026 at 10:00
Subject: New booking
To: <rosa@marigold.example>


{BODY}"""
OUTLOOK = f"""see below

________________________________
From: Glow Bookings <noreply@glow.example>
Sent: Friday, 1 May 2026 10:00 AM
To: Rosa <rosa@marigold.example>; Mei Chen <mei@marigold.example>;
 Tomas <tomas@marigold.example>
Subject: New booking

{BODY}"""
OUTLOOK_OLD = f"""-----Original Message-----
From: Glow Bookings [mailto:noreply@glow.example]
Sent: Friday, 1 May 2026 10:00 AM
To: Rosa
Subject: New booking

{BODY}"""
APPLE = """Begin forwarded message:

> From: Glow Bookings <noreply@glow.example>
> Subject: New booking
> Date: 1 May 2026 at 10:00:00 SGT
> To: rosa@marigold.example
>\x20
> Ana Lim has just booked a haircut.
>\x20
> Tue 5 May, 2:00 pm"""
THUNDERBIRD = f"""-------- Forwarded Message --------
Subject: \tNew booking
Date: \tFri, 1 May 2026 10:00:00 +0800
From: \tGlow Bookings <noreply@glow.example>
To: \trosa@marigold.example


{BODY}"""
YAHOO = f"""----- Forwarded Message -----
From: Glow Bookings <noreply@glow.example>
To: rosa@marigold.example <rosa@marigold.example>
Sent: Friday, 1 May 2026 at 10:00:00 am SGT
Subject: New booking

{BODY}"""
GERMAN = f"""Von: Glow Bookings <noreply@glow.example>
Gesendet: Freitag, 1. Mai 2026 10:00
An: Rosa
Betreff: New booking

{BODY}"""
BOLD = f"""---------- Forwarded message ---------
*From:* Glow Bookings <noreply@glow.example>
*Date:* Fri, 1 May 2026
*Subject:* New booking

{BODY}"""


@pytest.mark.parametrize(
    "text", [GMAIL, OUTLOOK, OUTLOOK_OLD, APPLE, THUNDERBIRD, YAHOO, GERMAN, BOLD], ids=range(8)
)
def test_every_mail_program_passes_on_in_its_own_way(text):
    found = forwarded(text)
    assert found is not None
    assert (found.name, found.address, found.subject) == (
        "Glow Bookings",
        "noreply@glow.example",
        "New booking",
    )
    assert found.text == BODY
    assert "1 May" in found.sent or "1. Mai" in found.sent


def test_words_above_it_are_a_note():
    assert forwarded(GMAIL).note == "Please add this one\nMei"
    assert forwarded(OUTLOOK).note == "see below"
    assert forwarded(APPLE).note == ""


def test_a_mail_passed_on_twice_is_the_innermost_one():
    outer = "fyi\n\n---------- Forwarded message ---------\nFrom: Rosa <rosa@home.example>\nDate: x\nSubject: Fwd: New booking\n\n"
    found = forwarded(outer + GMAIL)
    assert (found.address, found.text) == ("noreply@glow.example", BODY)
    assert found.note == "fyi\n\nPlease add this one\nMei"


def test_what_a_customer_quotes_of_ours_is_not_the_message():
    text = (
        "---------- Forwarded message ---------\nFrom: Ana Lim <ana@mail.example>\nDate: x\nSubject: Re: A haircut\n\n"
        "Yes please, any Saturday\n\nFrom: Marigold <hello@marigold.example>\nSent: x\nTo: Ana\nSubject: A haircut\n\nWaitlist?"
    )
    found = forwarded(text, frozenset({"hello@marigold.example"}))
    assert found.address == "ana@mail.example"
    assert found.text.startswith("Yes please, any Saturday")


def test_a_mail_that_quotes_ours_passes_nothing_on():
    text = "Put me down please\n\nFrom: Marigold <hello@marigold.example>\nSent: x\nTo: Ana\nSubject: Full\n\nWe are full"
    assert forwarded(text, frozenset({"hello@marigold.example"})) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ana wants Saturday",
        "From: here to there",
        "To: do\nFrom: now\n",
        "-----Original Message-----\nno headers",
        "Date: 5 May\nSubject: hair\nTo: cut",
        "Client: Ana\nFrom: 14:00\nTo: 15:00\nDate: 5 May",
    ],
)
def test_what_was_not_passed_on_is_nobody_else_s(text):
    assert forwarded(text) is None


def test_a_mail_attached_to_a_mail_is_passed_on_too():
    raw = (
        b"From: Mei <mei@post.example>\r\nTo: bookings@marigold.example\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nattached\r\n--b\r\n'
        b"Content-Type: message/rfc822\r\n\r\nFrom: Glow <noreply@glow.example>\r\nDate: Fri, 1 May 2026 10:00:00 +0800\r\n"
        b"Subject: New booking\r\nContent-Type: text/plain\r\n\r\nAna Lim has just booked.\r\n--b--\r\n"
    )
    found = forwarded(mime.parse(raw, received=0).message.text)
    assert (found.address, found.text, found.note) == (
        "noreply@glow.example",
        "Ana Lim has just booked.",
        "attached",
    )


@pytest.mark.parametrize(
    "part", ["From: a@b.example\n" * 2000, "> " * 20_000, "-----Original Message-----\n" * 2000]
)
def test_no_mail_takes_long_to_be_taken_apart(part):
    forwarded(part * 2)


# --- whom it is about --------------------------------------------------------------------------------------------

OURS = frozenset({"hello@marigold.example"})
OTHERS = frozenset({"mei", "jess", "rosa", "marigold", "hair"})


def guest(text, site="noreply@mail.glow.example"):
    found = read_guest(
        text, country="SG", ours=OURS, others=OTHERS, services=frozenset({"haircut", "trim"}), site=site
    )
    return found.name, found.email, found.phone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Client: Ana Lim", "Ana Lim"),
        ("Client\nAna Lim\nService\nHaircut", "Ana Lim"),
        ("Customer name:   Ana Lim  Phone: 8123 4567", "Ana Lim"),
        ("| Guest | Ana Lim |".replace(" | ", "  "), "Ana Lim"),
        ("Name  Ana Lim", "Ana Lim"),
        ("First name: Ana\nLast name: van der Berg", "Ana van der Berg"),
        ("Booked by: Ana Lim", "Ana Lim"),
        ("Invitee: Ana Lim", "Ana Lim"),
        ("Hi Rosa,\n\nAna Lim has just booked a haircut with Mei.", "Ana Lim"),
        ("Good news! Ana Lim booked Haircut", "Ana Lim"),
        ("New appointment for Ana Lim on Friday", "Ana Lim"),
        ("You have a new booking from Ana Lim!", "Ana Lim"),
        ("Dear Ana,\n\nYour haircut is confirmed.", "Ana"),
        ("Hi team,\n\nClient details\nName: Zoë O'Neill-Tan\n", "Zoë O'Neill-Tan"),
        ("Staff: Mei\nStylist name: Mei\nService: Haircut", ""),
        ("Dear Mei, thank you", ""),
        ("Name: Email: Phone:", ""),
        ("Client: Mei Tan", "Mei Tan"),
        ("Hi Mei Tan,\nYou have news", ""),
    ],
)
def test_the_guest_is_named_in_many_ways(text, name):
    assert guest(text)[0] == name


def test_neither_the_site_nor_we_are_the_guest():
    text = "Questions? support@glow.example or call us on +65 6123 4567\nSalon: hello@marigold.example\nEmail: ana@mail.example\nMobile: 8123 4567"
    assert guest(text)[1:] == ("ana@mail.example", "+6581234567")
    assert guest("Write to care@help.glow.example or no-reply@other.example")[1] is None


def test_a_labelled_number_goes_before_another():
    assert guest("Marigold Hair, +65 6123 4567\nClient phone: 8123 4567")[2] == "+6581234567"
    assert guest("Phone number (mobile): +65 8123 4567")[2] == "+6581234567"
