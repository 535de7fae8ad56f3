from __future__ import annotations

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.adapters import outgoing
from handlers.adapters.spool import DirFiles, SpoolMailer, SpoolTexter
from handlers.domain.errors import DeliveryFailed, NotFound
from handlers.ports import Attachment, Mail
from tests.fakes import FakeClock

NOW = 1_777_960_800
ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def mail(**more: Any) -> Mail:
    return Mail(
        **{
            "to": "Ana Lim <ana@example.com>",
            "subject": "See you on Tuesday",
            "text": "Hello Ana",
            "sender": "Salon, Bright <hello@salon.test>",
            "key": "confirm-b1",
            **more,
        }
    )


def built(**more: Any) -> EmailMessage:
    raw = outgoing.build(mail(**more), now=NOW, key="confirm-b1")
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def shape(part: Any) -> Any:
    if part.is_multipart():
        return {part.get_content_type(): [shape(p) for p in part.iter_parts()]}
    return part.get_content_type()


def test_an_invitation_has_the_parts_that_calendars_look_for() -> None:
    message = built(html="<p>Hello <b>Ana</b></p>", ics=ICS)
    assert shape(message) == {
        "multipart/mixed": [
            {"multipart/alternative": ["text/plain", "text/html", "text/calendar"]},
            "application/ics",
        ]
    }
    alternative, attachment = message.iter_parts()
    calendar = list(alternative.iter_parts())[2]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == ICS
    assert (attachment.get_filename(), attachment.get_param("name")) == ("invite.ics", "invite.ics")
    assert attachment.get_content() == ICS


def test_a_cancellation_says_so_in_its_calendar_part() -> None:
    alternative, _ = built(ics=ICS, ics_method="CANCEL").iter_parts()
    assert list(alternative.iter_parts())[1].get_param("method") == "CANCEL"


def test_a_plain_mail_is_one_part() -> None:
    message = built(text="Grüße\nfrom the salon\n")
    assert shape(message) == "text/plain"
    assert message.get_content().splitlines() == ["Grüße", "from the salon"]


def test_headers_are_complete() -> None:
    message = built(
        reply_to="desk@salon.test", headers={"In-Reply-To": "<a@b>", "Auto-Submitted": "auto-replied"}
    )
    assert message["From"] == '"Salon, Bright" <hello@salon.test>'
    assert message["To"] == "Ana Lim <ana@example.com>"
    assert message["Date"].datetime.timestamp() == NOW
    assert message["Reply-To"] == "desk@salon.test"
    assert message["In-Reply-To"] == "<a@b>"
    assert message["Message-ID"].endswith("@salon.test>")


def test_the_same_key_gives_the_same_message_id() -> None:
    first = outgoing.build(mail(), now=NOW, key="a")
    again = outgoing.build(mail(), now=NOW + 60, key="a")
    other = outgoing.build(mail(), now=NOW, key="b")
    ids = [message_from_bytes(raw)["Message-ID"] for raw in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]


@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_nothing_a_customer_writes_becomes_a_header(subject: str, name: str, value: str, text: str) -> None:
    raw = outgoing.build(
        mail(
            subject=subject,
            sender=f"{name.replace('<', '')} <hello@salon.test>",
            headers={"X-Note": value},
            text=text,
        ),
        now=NOW,
        key="k",
    )
    head = message_from_bytes(raw)
    assert sorted(key.lower() for key, _ in head.items() if key != "MIME-Version") == sorted(
        ["content-transfer-encoding", "content-type", "date", "from", "message-id", "subject", "to", "x-note"]
    )


@pytest.mark.parametrize(
    "evil", ["Hi\r\nBcc: all@example.com", "Hi\nBcc: x@y.z\n\nbody", "Hi\rBcc: x", "Hi\x85Bcc: x@y.z"]
)
def test_a_line_break_in_a_subject_starts_no_header(evil: str) -> None:
    message = built(subject=evil)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Hi Bcc: ")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ana",
        "ana@",
        "@example.com",
        "a@b.c, d@e.f",
        "ana@example.com\r\nBcc: x@y.z",
        "a b@example.com",
        "josé@example.com",
        "a@" + "b" * 300,
        "a@exam\x00ple.com",
    ],
)
def test_what_is_not_one_address_is_never_sent_to(to: str) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        built(to=to)
    assert caught.value.permanent


def test_a_name_that_looks_like_an_address_is_only_a_name() -> None:
    (to,) = built(to="A <3 <evil@example.com> <ana@example.com>")["To"].addresses
    assert (to.addr_spec, to.display_name) == ("ana@example.com", "A <3 <evil@example.com>")


@pytest.mark.parametrize("name", ['Ana "the cut" Lim', "back\\slash", "Lim, Ana; (A)", "Åsa <3", '"', ""])
def test_a_quoted_name_arrives_as_it_was(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    (to,) = built(to=f'"{quoted}" <ana@example.com>')["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ana@example.com")


def test_a_domain_in_other_letters_is_written_as_dns_wants_it() -> None:
    assert built(to="ana@bücher.example")["To"] == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize("name", ["From", "content-type", "Bad Name", "X\r\nY", "Subject"])
def test_a_header_that_is_ours_cannot_be_set(name: str) -> None:
    with pytest.raises(ValueError, match="header"):
        built(headers={name: "x"})


def test_attachments_go_along() -> None:
    message = built(attachments=(Attachment("note\r\n.txt", "text/plain", b"hello"),))
    (attachment,) = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_payload(decode=True)) == ("note .txt", b"hello")


# --- Forwarding ---

BODY = b"--b\r\nContent-Type: text/plain; charset=latin1\r\n\r\ncaf\xe9 \x00 \r\n--b--\r\nepilogue"
RAW = (
    b"Return-Path: <vip@example.com>\r\n"
    b"Received: from mx by inbound; Tue\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\n"
    b"X-SES-CONFIGURATION-SET: steal\r\n"
    b"From: The VIP\r\n <vip@example.com>\r\n"
    b"To: requests@salon.test\r\nCc: friend@example.com\r\nBcc: hidden@example.com\r\n"
    b"Reply-To: elsewhere@example.com\r\n"
    b"Subject: =?utf-8?q?Caf=C3=A9?=\r\n and more\r\n"
    b"Message-ID: <1@example.com>\r\nReferences: <0@example.com>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n\r\n"
)


def forwarded(raw: bytes = RAW + BODY, **more: Any) -> bytes:
    return outgoing.forward(
        raw,
        **{
            "to": "inbox@salon.test",
            "sender": "Salon <hello@salon.test>",
            "reply_to": "vip@example.com",
            "headers": {},
            "key": "k",
            **more,
        },
    )


def test_a_forward_keeps_the_body_to_the_byte() -> None:
    assert forwarded().endswith(b"\r\n\r\n" + BODY)


def test_a_forward_comes_from_us_and_answers_go_to_the_author() -> None:
    message = message_from_bytes(forwarded(), policy=default)
    assert message["From"] == "Salon <hello@salon.test>"
    assert message["To"] == "inbox@salon.test"
    assert message["Reply-To"] == "vip@example.com"
    assert message["X-Original-From"] == "The VIP <vip@example.com>"
    assert message["X-Assistant-Lane"] == "direct"
    assert message["Subject"] == "Café and more"
    assert message["References"] == "<0@example.com>"
    assert message.get_content_type() == "multipart/mixed"


def test_a_forward_carries_no_traces_signatures_or_instructions() -> None:
    head = forwarded().split(b"\r\n\r\n")[0].lower()
    for gone in (
        b"return-path",
        b"received",
        b"dkim",
        b"x-ses",
        b"cc:",
        b"hidden",
        b"elsewhere",
        b"<1@example.com>",
    ):
        assert gone not in head
    assert head.count(b"\r\nfrom:") + head.startswith(b"from:") == 1


@pytest.mark.parametrize("eol", [b"\r\n", b"\n"])
def test_a_forward_keeps_the_line_ends_it_finds(eol: bytes) -> None:
    raw = b"From: a@b.c" + eol + b"Subject: x" + eol + eol + b"one" + eol + b"two"
    content = forwarded(raw)
    assert content.endswith(eol + eol + b"one" + eol + b"two")
    assert b"\r" not in content or eol == b"\r\n"


@given(st.binary(max_size=300))
def test_whatever_was_received_can_be_forwarded(raw: bytes) -> None:
    content = forwarded(raw)
    message = message_from_bytes(content)
    assert message["From"] == "Salon <hello@salon.test>"
    assert len(message.get_all("To", [])) == 1
    assert message["Bcc"] is None


def test_a_forward_without_a_body_is_still_a_mail() -> None:
    assert forwarded(b"From: a@b.c\r\nSubject: x").endswith(b"Subject: x\r\n\r\n")


# --- Spool ---


def test_a_mail_is_spooled_once_per_key(tmp_path: Path) -> None:
    clock = FakeClock(NOW)
    mailer = SpoolMailer(tmp_path, clock)
    first = mailer.send(mail())
    clock.at += 600
    assert SpoolMailer(tmp_path, clock).send(mail(text="again")) == first
    mailer.send(mail(key="remind-b1"))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 2
    assert names[0] == f"{first}.eml"
    assert names[0].startswith("20260505T060000Z-")
    assert names[1].startswith("20260505T061000Z-")
    assert message_from_bytes((tmp_path / "out" / names[0]).read_bytes())["Subject"] == "See you on Tuesday"


def test_mails_of_one_second_sort_as_they_were_sent(tmp_path: Path) -> None:
    mailer = SpoolMailer(tmp_path, FakeClock(NOW))
    sent = [mailer.send(mail(key=f"k{n}")) for n in range(12)]
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sent


def test_a_mail_that_cannot_be_sent_is_not_spooled(tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed):
        SpoolMailer(tmp_path, FakeClock(NOW)).send(mail(to="nobody"))
    assert not (tmp_path / "out").exists()


def test_a_forward_is_spooled_once(tmp_path: Path) -> None:
    mailer = SpoolMailer(tmp_path, FakeClock(NOW))
    ids = {
        mailer.forward(
            RAW + BODY,
            to="inbox@salon.test",
            sender="hello@salon.test",
            reply_to="vip@example.com",
            headers={"X-Assistant-Lane": "direct"},
        )
        for _ in range(2)
    }
    assert len(ids) == len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize("folder", ["", "texts"])
def test_a_text_is_spooled_once_per_key(tmp_path: Path, folder: str) -> None:
    texter = SpoolTexter(tmp_path / folder, FakeClock(NOW))
    first = texter.send("+6581234567", "Réply 1 to confirm", key="k1")
    assert texter.send("+6581234567", "Réply 1 to confirm", key="k1") == first
    (path,) = (tmp_path / "texts").iterdir()
    assert path.name == f"{first}.json"
    assert json.loads(path.read_bytes()) == {
        "to": "+6581234567",
        "text": "Réply 1 to confirm",
        "key": "k1",
        "at": NOW,
    }


# --- Files ---


def test_a_file_is_kept_and_replaced(tmp_path: Path) -> None:
    files = DirFiles(tmp_path / "files")
    files.put("mail/in/1.eml", b"one")
    files.put("mail/in/1.eml", b"two")
    assert DirFiles(tmp_path / "files").get("mail/in/1.eml") == b"two"
    assert [path.name for path in (tmp_path / "files/mail/in").iterdir()] == ["1.eml"]


@pytest.mark.parametrize("path", ["mail/none", "mail", "mail/in/1.eml/deeper"])
def test_a_file_that_is_not_there_is_not_found(tmp_path: Path, path: str) -> None:
    files = DirFiles(tmp_path)
    files.put("mail/in/1.eml", b"one")
    with pytest.raises(NotFound):
        files.get(path)


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "", ".", "a//b", "a\\..\\b", "a\0b", "link/x"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "link").symlink_to(tmp_path)
    (tmp_path / "x").write_text("secret")
    files = DirFiles(tmp_path / "files")
    with pytest.raises(ValueError, match="path"):
        files.get(path)
    with pytest.raises(ValueError, match="path"):
        files.put(path, b"x")
    assert (tmp_path / "x").read_text() == "secret"
