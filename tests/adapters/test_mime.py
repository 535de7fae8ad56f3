"""Mails as they arrive: the corpus in `mails/` was written for this test, each file after something seen in the wild."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.mime import CalendarReply, ParsedMail, parse

MAILS = Path(__file__).parent / "mails"
CORPUS = {path.stem: path.read_bytes() for path in sorted(MAILS.glob("*.eml"))}
RECEIVED = 1_777_960_800


def read(name: str, **more: Any) -> ParsedMail:
    return parse(CORPUS[name], received=RECEIVED, **more)


TEXTS = {
    "plain": "Hi,\n\ncould I come for a trim next Tuesday afternoon?\n\nAna",
    "no_mime_headers": "Tomorrow at 3?",
    "html_outlook": "Hello,\n\nA colour for two please – Friday & after 5 pm.\nCafé first?",
    "html_gmail_reply": "The second one please\nThanks!\n\nOn Mon, 4 May 2026 at 10:00, Bright Salon"
    " <hello@salon.example> wrote:\n\n> We have 2:00 pm\n> or 4:00 pm",
    "html_hidden": "Name  Ana\nWhen  Friday 3pm\n\n- wash\n- cut\n\na  b\nc\n\nsmall print",
    "alternative": "Wednesday at 10 – or 11 if that is better.",
    "alternative_empty_plain": "Only here: Saturday",
    "latin1_quoted_printable": "Grüße, ein Haarschnitt für 2 € mehr.",
    "utf8_base64": "你好，明天下午三点可以吗？\nThanks — Ana",
    "base64_broken": "Friday at four ple",
    "unknown_charset": "Café at noon",
    "unknown_charset_windows": "It’s for my fiancé",
    "ascii_that_is_utf8": "Señor Núñez, 5pm",
    "japanese": "明日の午後3時にお願いします",
    "chinese_gb2312": "星期五下午两点，剪髮",
    "raw_8bit_headers": "mañana a las 3",
    "attachments": "See my photo",
    "forwarded_attached": "Can you fit in my mother? See below.\n\n---------- Forwarded message ---------\n"
    "From: Mum <mum@example.org>\nDate: Mon, 4 May 2026 09:00:00 +0800\nSubject: frisör\n"
    "To: ana.lim@example.com\n\nAny morning is fine.",
    "signed": "Signed: Thursday 9am",
    "flowed": "I would like to come next Tuesday, or if that is not possible on Wednesday.\n"
    "From the left please.\n\n>> older words that go on\n> newer\n--\nAna",
    "cut_short": "Book me for 2 pm on the 9th",
    "no_boundary": "Monday 9am then",
    "calendar_invitation": "",
    "empty": "",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_words_are_what_a_person_would_read(name: str) -> None:
    assert read(name).message.text == TEXTS[name]


def test_the_envelope_is_read() -> None:
    parsed = read("plain")
    message = parsed.message
    assert (message.channel, message.received) == ("email", RECEIVED)
    assert (message.sender, message.sender_name) == ("ana.lim@example.com", "Ana Lim")
    assert (message.recipient, message.subject) == ("hello@salon.example", "Haircut on Tuesday")
    assert message.message_id == "<plain-1@example.com>"
    assert not parsed.automatic


def test_encoded_headers_are_read_in_plain_letters() -> None:
    message = read("encoded_headers").message
    assert message.sender_name == "Renée O'Brien"
    assert message.subject == "Reservation – vendredi soir"
    assert message.references == ("<a@x.example>", "<b@x.example>")
    assert read("raw_8bit_headers").message.sender_name == "José García"
    assert read("raw_8bit_headers").message.subject == "Corte mañana"
    assert read("japanese").message.subject == "予約"
    assert read("broken_encoded_word").message.sender_name == "Ana"


def test_attachments_are_named_and_never_read() -> None:
    message = read("attachments").message
    assert message.attachments == ("photo.png", "Référence form.pdf", "nötes.txt", ".._.._etc_passwd")
    assert "not for reading" not in message.text


def test_every_recipient_counts_whatever_the_header_looks_like() -> None:
    assert read("odd_addresses").recipients == (
        "hello@salon.example",
        "a@example.com",
        "b@example.com",
        "c@example.com",
    )
    assert read("odd_addresses").message.sender == "ana@example.com"


def test_a_blind_copy_finds_its_desk_through_our_own_server() -> None:
    assert read("blind_copy").message.recipient == "waitlist@salon.example"


def test_a_mail_without_an_id_is_known_by_its_content() -> None:
    ids = {read(name).message.message_id for name in ("vacation", "bounce", "noise", "empty")}
    assert len(ids) == 4
    assert read("noise").message.message_id == read("noise").message.message_id


# --- Nobody is waiting for an answer ---

AUTOMATIC = {
    "vacation": "auto-submitted",
    "exchange_out_of_office": "auto-reply",
    "bounce": "auto-submitted",
    "read_receipt": "report",
    "newsletter": "precedence",
    "precedence": "precedence",
    "no_reply": "robot",
    "own_loop": "our own mail",
    "autoresponder": "auto-reply",
}


@pytest.mark.parametrize("name", CORPUS)
def test_automatic_mail_is_told_from_mail_by_people(name: str) -> None:
    parsed = read(name)
    assert parsed.reason == AUTOMATIC.get(name, "")
    assert parsed.automatic == (name in AUTOMATIC)


def headers(*lines: str) -> bytes:
    return "\r\n".join([*lines, "To: hello@salon.example", "", "Tuesday?"]).encode()


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@mx.example",
        "postmaster@example.com",
        "noreply@example.com",
        "no-reply@example.com",
        "do-not-reply@example.com",
        "donotreply@example.com",
        "shop.noreply@example.com",
        "bounces+123=ana=x@news.example",
    ],
)
def test_robots_are_known_by_their_address(sender: str) -> None:
    assert parse(headers(f"From: {sender}"), received=0).reason == "robot"


@pytest.mark.parametrize(
    "sender",
    ["ana.noble@example.com", "bounce.house@party.example", "nora.eply@example.com", "root.ana@example.com"],
)
def test_people_with_unlucky_names_are_people(sender: str) -> None:
    assert not parse(headers(f"From: {sender}"), received=0).automatic


@pytest.mark.parametrize(
    "line", ["Auto-Submitted: no", "Precedence: first-class", "Return-Path: <ana@example.com>"]
)
def test_ordinary_marks_do_not_make_a_mail_automatic(line: str) -> None:
    assert not parse(headers("From: ana@example.com", line), received=0).automatic


def test_what_comes_from_our_own_address_is_never_answered() -> None:
    raw = headers("From: Salon <Hello@Salon.example>")
    assert parse(raw, received=0, own=["hello@salon.example"]).reason == "our own mail"
    assert not parse(raw, received=0).automatic


# --- Answers to invitations ---


def test_an_answer_to_an_invitation_is_recognised() -> None:
    assert read("calendar_declined").calendar_reply == CalendarReply(
        "0abc123def456@frontdesk", "DECLINED", "ana.lim@example.com", 3
    )
    assert read("calendar_accepted_attached").calendar_reply == CalendarReply(
        "b1@frontdesk", "ACCEPTED", "ana.lim@example.com"
    )
    assert read("calendar_invitation").calendar_reply is None


# --- Who vouches for it ---

VOUCHED = {"plain", "encoded_headers", "display_name_spoof"}
UNVOUCHED = {
    "dmarc_forged_below",
    "dmarc_other_server",
    "dmarc_other_domain",
    "dmarc_injected",
    "two_from_headers",
    "two_from_addresses",
    "encoded_name_spoof",
    "no_mime_headers",
    "noise",
    "empty",
}


@pytest.mark.parametrize("name", sorted(VOUCHED | UNVOUCHED))
def test_only_the_verdict_of_our_own_server_authenticates(name: str) -> None:
    assert read(name).message.authenticated == (name in VOUCHED)


def test_another_server_can_be_the_trusted_one() -> None:
    assert read("dmarc_other_server", trusted_authserv="mx.evil.example").message.authenticated
    assert not read("plain", trusted_authserv="mx.salon.example").message.authenticated


@pytest.mark.parametrize(
    "results",
    [
        "amazonses.com; dmarc=fail header.from=bank.example",
        "amazonses.com; dmarc=pass",
        "amazonses.com; dmarc=passed header.from=bank.example",
        "amazonses.com; dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example",
        "amazonses.com; dkim=pass header.i=@bank.example; spf=pass",
        "amazonses.com.evil.example; dmarc=pass header.from=bank.example",
        "(amazonses.com;) evil.example; dmarc=pass header.from=bank.example",
        'amazonses.com; x="unclosed; dmarc=pass header.from=bank.example',
        "amazonses.com; dmarc=pass header.from=sub.bank.example",
        "",
    ],
)
def test_a_verdict_that_is_not_plainly_a_pass_is_none(results: str) -> None:
    raw = headers(f"Authentication-Results: {results}", "From: vip@bank.example")
    assert not parse(raw, received=0).message.authenticated


def test_a_display_name_cannot_pose_as_an_address() -> None:
    for name in ("display_name_spoof", "encoded_name_spoof"):
        message = read(name).message
        assert (message.sender, message.sender_name) == ("evil@evil.example", "")


# --- Whatever arrives ---


def sound(parsed: ParsedMail) -> None:
    message = parsed.message
    assert len(message.text) <= 60_000
    assert message.sender == "" or re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", message.sender)
    assert not re.search(r"[\x00-\x1f]", message.sender_name + message.subject + message.recipient)
    message.model_dump_json().encode()  # no half characters: it can be stored


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail_of_some_kind(raw: bytes) -> None:
    sound(parse(raw, received=RECEIVED))


@given(st.data())
def test_damaged_mails_are_read_as_far_as_they_go(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(sorted(CORPUS.values()))) or b"x")
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            raw[place] = data.draw(st.integers(0, 255))
        else:
            source = data.draw(st.integers(0, len(raw) - 1))
            raw[place:place] = raw[source : source + data.draw(st.integers(0, 80))]
    sound(parse(bytes(raw), received=RECEIVED))


@given(
    st.sampled_from(
        ["From", "Subject", "Content-Type", "Content-Disposition", "Authentication-Results", "To"]
    ),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=200)
    | st.text(alphabet="=?utf-8bq_<>()\"\\;:,@*'%0 \t.", max_size=120),
)
def test_no_header_can_break_it(name: str, value: str) -> None:
    raw = f"{name}: ".encode() + value.replace("\n", " ").encode() + b"\r\n\r\nx"
    sound(parse(raw, received=RECEIVED))


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/html\n\n" + b"<div>" * 60_000 + b"deep",
        b"Content-Type: text/html\n\n" + b"<" * 300_000,
        b"Content-Type: text/html\n\n" + b"<![" * 100_000,
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500)),
        b"From: " + b"=?" * 200_000 + b"\n\nx",
        b"Subject: " + b"(" * 200_000 + b"\n\nx",
        b"X: y\n" * 400_000,
        b"\n\n" + b"x" * 20_000_000,
    ],
    ids=lambda raw: raw[:30].decode(),
)
def test_monstrous_mails_take_bounded_time(raw: bytes) -> None:
    began = time.process_time()
    sound(parse(raw, received=RECEIVED))
    assert time.process_time() - began < 8
