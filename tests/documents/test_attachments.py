"""Attachments of forwarded mails: read at once or by text recognition, in whatever order the news comes."""

from __future__ import annotations

import pytest

from handlers import documents as entry
from handlers.domain import keys
from handlers.domain.documents import Words
from handlers.domain.errors import Unavailable, Unreadable
from handlers.domain.request import RequestState
from handlers.services.attachments import LOOK_AGAIN, PATIENCE
from infra.local.paper import pdf
from tests.documents import files
from tests.documents.conftest import ZONE, Post, completion

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONFIRMATION = pdf([files.BOOKING])
SAID = Words("\n".join(files.BOOKING), sure=0.97)
TWO_PM = ZONE.parse("2026-05-05T14:00")


@pytest.fixture
def handler(post, monkeypatch):
    """The Lambda entry, on this desk."""
    monkeypatch.setattr(entry, "desk", lambda: post.desk)
    return lambda event: entry.handler(event, None)


def start(post: Post, *attachments, text=""):
    """A mail whose attachments text recognition is at work on."""
    return post.receive(text, *(attachments or (("booking.pdf", PDF, CONFIRMATION),)), subject="Fwd: booking")


def done(post: Post, request, words=SAID, number=0):
    """Text recognition is done; nobody has told us yet."""
    post.scanner.says[request.documents[number].original] = words


# --- at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attachment",
    [
        ("booking.docx", DOCX, files.word()),
        (
            "booking.docx",
            "application/octet-stream",
            files.word(["Your booking"], [line.split(": ") for line in files.BOOKING]),
        ),
        (
            "booking.xlsx",
            "application/octet-stream",
            files.sheet([line.split(": ") for line in files.BOOKING]),
        ),
        ("booking.txt", "text/plain", "\n".join(files.BOOKING).encode()),
    ],
    ids=["docx", "docx table", "xlsx", "txt"],
)
def test_a_mail_with_nothing_but_an_attachment_is_read(post, attachment):
    draft = post.receive("", attachment)
    assert draft.state is RequestState.DRAFT
    assert (draft.name, draft.phone) == ("Ana Lim", "+6581234567")
    assert (draft.plan.slot.start, draft.plan.slot.end) == (TWO_PM, TWO_PM + 7200)
    assert "Ana Lim" in draft.excerpt
    assert post.scanner.started == []


def test_an_invitation_in_the_mail_is_read(post):
    ics = (
        b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nDTSTART:20260505T060000Z\n"
        b"DTEND:20260505T080000Z\nSUMMARY:Full colour with Mei\nATTENDEE;CN=Ana Lim:mailto:ana@mail.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    draft = post.receive("", ("invite.ics", "text/calendar", ics))
    assert (draft.plan.slot.start, draft.name, draft.email) == (TWO_PM, "Ana Lim", "ana@mail.example")


def test_the_mail_has_the_word_and_the_attachment_fills_in(post):
    draft = post.receive(
        "Full colour with Mei, Tue 5 May 2pm",
        ("who.txt", "text/plain", b"Client: Ana Lim\nMobile: 8123 4567"),
    )
    assert (draft.plan.slot.start, draft.name, draft.phone) == (TWO_PM, "Ana Lim", "+6581234567")


def test_what_mail_and_attachment_disagree_on_is_said(post):
    draft = post.receive("Full colour, Tue 5 May 3pm for Ana Lim", ("booking.docx", DOCX, files.word()))
    assert "booking.docx says 2026-05-05 14:00, The mail says 2026-05-05 15:00." in draft.reason
    assert "when" in draft.reading.review


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("big.xlsx", b"PK\3\4" + bytes(12_000_000), "The attachment big.xlsx is too large to read (12 MB); please open it by hand."),
        ("bomb.docx", files.bomb(files.word()), "The attachment bomb.docx unpacks to more than can be read; please open it by hand."),
        ("cut.docx", files.word()[:5000], "The attachment cut.docx is damaged; please open it by hand."),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + b"x", "The attachment old.xls is in an old Office format; please open it by hand."),
        ("locked.docx", files.locked_office(), "The attachment locked.docx is protected by a password; please open it by hand."),
        ("locked.pdf", files.locked_pdf(CONFIRMATION), "The attachment locked.pdf is protected by a password; please open it by hand."),
        ("long.pdf", pdf([["x"]] * 300), "The attachment long.pdf has 300 pages, more than the 30 that are read; please open it by hand."),
        ("nothing.pdf", b"", "The attachment nothing.pdf is empty; please open it by hand."),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_said_and_the_rest_is_read(post, name, content, note):
    draft = post.receive(
        "Full colour with Mei, Tue 5 May 2pm for Ana Lim", (name, "application/octet-stream", content)
    )
    assert [d.note for d in draft.documents] == [note]
    assert draft.state is RequestState.DRAFT
    assert draft.plan.slot.start == TWO_PM
    assert post.scanner.started == []


def test_more_attachments_than_anybody_sends_are_left_to_people(post):
    many = [(f"{n}.txt", "text/plain", f"note {n}".encode()) for n in range(13)]
    draft = post.receive("Full colour, Tue 5 May 2pm", *many)
    assert [d.state for d in draft.documents].count("read") == 10
    assert "more than 10" in draft.documents[-1].note


def test_the_same_file_twice_is_read_once(post):
    draft = start(post, ("a.pdf", PDF, CONFIRMATION), ("b.pdf", PDF, CONFIRMATION))
    assert len(draft.documents) == 1


def test_a_logo_in_the_text_is_no_document(post):
    """multipart/related, as mail programs embed pictures."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Mei <mei@post.example>", "bookings@marigold.example", "Fwd"
    mail.set_content("Full colour with Mei, Tue 5 May 2pm for Ana Lim")
    mail.add_alternative('<p>Full colour</p><img src="cid:logo">', subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n" + bytes(900), "image", "png", cid="<logo>")
    post.files.put("inbound/logo", mail.as_bytes())
    request = post.desk.intake.receive_mail("inbound/logo")
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert (draft.state, draft.documents, post.scanner.started) == (RequestState.DRAFT, (), [])


def test_without_text_recognition_a_person_opens_it():
    from tests.documents.conftest import open_post

    draft = start(open_post(scanner=None))
    assert draft.state is RequestState.DRAFT
    assert "no text recognition is set up" in draft.documents[0].note


# --- text recognition --------------------------------------------------------------------------------------------


def test_a_pdf_waits_for_text_recognition_and_then_becomes_a_draft(post, handler):
    request = start(post)
    assert (request.state, request.documents[0].state) == (RequestState.RECEIVED, "waiting")
    assert post.files.get(request.documents[0].original) == CONFIRMATION
    done(post, request)
    handler(post.news(request))
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert (draft.state, draft.name, draft.plan.slot.start) == (RequestState.DRAFT, "Ana Lim", TWO_PM)
    assert draft.reading.service.confidence == pytest.approx(0.99 * 0.97, abs=0.01)


def test_a_blurred_page_lowers_the_confidence_until_a_person_is_asked(post, handler):
    request = start(post)
    done(post, request, Words("\n".join(files.BOOKING), sure=0.6))
    handler(post.news(request))
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert set(draft.reading.review) >= {"service", "when"}
    assert "Please check" in draft.reason


def test_the_draft_waits_for_all_of_them_in_any_order(post, handler):
    request = start(post, ("a.pdf", PDF, CONFIRMATION), ("b.png", "image/png", b"\x89PNG\r\n\x1a\nphoto"))
    for number in (1, 0):
        done(post, request, number=number)
        assert post.desk.intake.get(request.id).state is RequestState.RECEIVED
        handler(post.news(request, number))
        post.settle()
    assert post.desk.intake.get(request.id).state is RequestState.DRAFT


def test_told_twice_it_is_read_once(post, handler):
    request = start(post)
    done(post, request)
    handler(post.news(request))
    handler(post.news(request))
    post.settle()
    handler(post.news(request))
    post.settle()
    assert post.heard.count("request.drafted") == 1
    assert len(post.drafts()) == 1


def test_news_before_the_job_is_noted_is_tried_again(post, handler):
    """Text recognition may be faster than our own next line."""
    request = post.desk.intake.receive_mail(post.mail("", ("booking.pdf", PDF, CONFIRMATION)))
    with pytest.raises(Unavailable):
        handler(post.news(request))
    post.settle()
    request = post.desk.intake.get(request.id)
    done(post, request)
    handler(post.news(request))
    post.settle()
    assert post.desk.intake.get(request.id).state is RequestState.DRAFT


def test_a_crash_after_the_start_starts_the_same_job(post):
    request = post.desk.intake.receive_mail(post.mail("", ("booking.pdf", PDF, CONFIRMATION)))
    note, failing = post.desk.intake.note, [True]

    def crash(*args, **changes):
        if failing:
            failing.clear()
            raise RuntimeError("power cut")
        return note(*args, **changes)

    post.desk.intake.note = crash
    with pytest.raises(RuntimeError):
        post.settle()
    post.clock.at += 300
    assert post.desk.intake.resume() == 1
    post.settle()
    assert post.scanner.started == [f"{request.id}-0"] * 2
    assert len(post.scanner.jobs) == 1
    assert post.desk.intake.get(request.id).documents[0].state == "waiting"


def test_news_that_never_comes_is_asked_for(post):
    request = start(post)
    done(post, request)
    assert post.desk.intake.resume() == 0  # not yet
    post.clock.at += LOOK_AGAIN + 61
    assert post.desk.intake.resume() == 1
    post.settle()
    assert post.desk.intake.get(request.id).name == "Ana Lim"


def test_what_takes_too_long_is_given_to_a_person_and_still_read_when_it_comes(post, handler):
    request = start(post, text="Full colour with Mei please add")
    post.clock.at += PATIENCE + 61
    post.desk.intake.resume()
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert draft.state is RequestState.DRAFT
    assert (
        draft.documents[0].note
        == "The attachment booking.pdf could not be read in time; please open it by hand."
    )
    done(post, request)
    handler(post.news(request))
    post.settle()
    again = post.desk.intake.get(request.id)
    assert (again.state, again.name, again.documents[0].note) == (RequestState.DRAFT, "Ana Lim", "")


def test_too_late_for_what_a_person_has_decided_it_changes_nothing(post, handler):
    request = start(post)
    post.clock.at += PATIENCE + 61
    post.desk.intake.resume()
    post.settle()
    post.desk.intake.discard(request.id, "U0MEI")
    done(post, request)
    handler(post.news(request))
    post.settle()
    assert post.desk.intake.get(request.id).state is RequestState.DISCARDED


@pytest.mark.parametrize(
    ("result", "note"),
    [
        (Unreadable("could not be made out"), "The attachment booking.pdf could not be made out; please open it by hand."),
        (Unreadable("has no text that could be made out"), "The attachment booking.pdf has no text that could be made out; please open it by hand."),
        (Words("Client: Ana Lim", left_out="only the first 30 of 300 pages were read"), "Of the attachment booking.pdf, only the first 30 of 300 pages were read; please look at it by hand."),
    ],
)  # fmt: skip
def test_what_text_recognition_could_not_read_is_said(post, handler, result, note):
    request = start(post)
    done(post, request, result)
    handler(post.news(request, status="FAILED"))
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert (draft.state, draft.documents[0].note) == (RequestState.DRAFT, note)


def test_text_recognition_that_is_away_is_tried_again_until_a_person_gets_it(post):
    post.scanner.failing = Unavailable("text recognition", "away")
    request = post.desk.intake.receive_mail(post.mail("", ("booking.pdf", PDF, CONFIRMATION)))
    with pytest.raises(Unavailable):
        post.settle()
    post.clock.at += PATIENCE + 61
    post.desk.intake.resume()
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert (draft.state, draft.documents[0].state) == (RequestState.DRAFT, "unread")


def test_away_while_we_ask_for_the_result_it_is_a_person_s_in_the_end(post):
    request = start(post)
    post.scanner.failing = Unavailable("text recognition", "away")
    post.clock.at += LOOK_AGAIN + 61
    post.desk.intake.resume()
    with pytest.raises(Unavailable):
        post.settle()
    post.clock.at += PATIENCE
    post.desk.intake.resume()
    post.settle()
    assert post.desk.intake.get(request.id).state is RequestState.DRAFT


@pytest.mark.parametrize(
    "tag", ["", "nobody-0", "id0000000003-99", "id0000000003", "id0000000003-x", "something:else"]
)
def test_news_of_what_is_not_ours_is_let_pass(post, handler, tag):
    start(post)
    handler(completion(job="job-1", tag=tag))


def test_two_completions_at_once_are_both_kept(post):
    request = start(post, ("a.pdf", PDF, CONFIRMATION), ("b.png", "image/png", b"\x89PNG\r\n\x1a\nphoto"))
    done(post, request, number=0)
    done(post, request, Words("Mobile: 8123 9999"), number=1)
    note, first = post.desk.intake.note, [True]

    def raced(asked, *args, **changes):
        if first:
            first.clear()
            post.desk.attachments.completed(f"{request.id}-1", f"job-{request.id}-1")
        return note(asked, *args, **changes)

    post.desk.intake.note = raced
    post.desk.attachments.completed(f"{request.id}-0", f"job-{request.id}-0")
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert [d.state for d in draft.documents] == ["read", "read"]
    assert draft.state is RequestState.DRAFT


def test_a_dead_letter_of_text_recognition_can_be_tried_again(post):
    request = start(post)
    done(post, request)
    post.desk.inbound.again(post.news(request))
    post.settle()
    assert post.desk.intake.get(request.id).state is RequestState.DRAFT


def test_each_step_has_its_audit_row(post, handler):
    request = start(post)
    done(post, request)
    handler(post.news(request))
    post.settle()
    rows = [row.what for row in post.desk.journal.thread(keys.request(request.id))]
    assert rows == ["received", "opened the attachments", "read an attachment", "request.drafted"]
