"""Mails as they really look: HTML of mail programs and of booking sites, from the raw bytes to the draft."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from handlers.domain.request import RequestState
from tests.documents.conftest import ZONE, Post

OUTLOOK = """<html><body><div>Pls add. Mei</div><div><hr><div id="divRplyFwdMsg"><font><b>From:</b> Glow
&lt;noreply@glow.example&gt;<br><b>Sent:</b> Friday, May 1, 2026 10:00 AM<br><b>To:</b> Rosa &lt;rosa@marigold.example&gt;<br>
<b>Subject:</b> New booking</font><div>&nbsp;</div></div><table><tr><td>Service</td><td>Full colour</td></tr>
<tr><td>When</td><td>Tue, 5 May 2026 at 2:00 PM</td></tr><tr><td>Professional</td><td>Mei</td></tr><tr><td>Client</td>
<td>Ana Lim</td></tr><tr><td>Mobile</td><td>+65 8123 4567</td></tr></table><p>Total: $180</p></div></body></html>"""
GMAIL = """<div dir="ltr"><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>
From: <strong>Ana Lim</strong> <span dir="auto">&lt;<a href="mailto:ana@mail.example">ana@mail.example</a>&gt;</span><br>
Date: Fri, 1 May 2026 at 10:00<br>Subject: my appointment<br>To: &lt;hello@marigold.example&gt;<br></div><br><br>Hi, just confirming
my colour with Mei next Tuesday at 2pm. See you!<br>Ana<br>8123 4567</div></div>"""
LABELS_ABOVE = """<p>Hi Mei,</p><p>A new event has been scheduled.</p><p><b>Event Type:</b><br>Full colour</p><p><b>Invitee:</b><br>
Ana Lim</p><p><b>Invitee Email:</b><br>ana@mail.example</p><p><b>Event Date/Time:</b><br>02:00pm - Tuesday, 5 May 2026
(Singapore Standard Time)</p><p><b>Questions:</b></p><p>Phone Number<br>+65 8123 4567</p>"""
PROSE = """<p>Hi Rosa,</p><p>Good news! <b>Ana Lim</b> has booked <b>Full colour</b> with Mei for Tue May 5, 2026, 2:00pm &ndash; 4:00pm.</p>
<p>Client phone: +65 8123 4567</p><p>To cancel or reschedule, ask them at least 24 hours before. Open 9am - 6pm, Mon to Fri.</p>
<p>Questions? Call us on +65 6123 4567</p>"""


def draft_of(post: Post, html: str, sender: str, subject: str = "Fwd: New booking"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "bookings@marigold.example", subject
    mail["Message-ID"] = "<html@post.example>"
    mail.set_content(html, subtype="html")
    post.files.put("inbound/html", mail.as_bytes())
    request = post.desk.intake.receive_mail("inbound/html")
    post.settle()
    return post.desk.intake.get(request.id)


@pytest.mark.parametrize(
    ("html", "sender"),
    [
        (OUTLOOK, "Mei <mei@post.example>"),
        (GMAIL, "Mei <mei@post.example>"),
        (LABELS_ABOVE, "Notices <noreply@events.example>"),
        (PROSE, "Glow <no-reply@glow.example>"),
    ],
    ids=["outlook", "gmail", "labels above values", "prose"],
)
def test_a_notice_is_read_however_it_is_laid_out(post, html, sender):
    draft = draft_of(post, html, sender)
    assert (draft.state, draft.reason) == (RequestState.DRAFT, "")
    assert (draft.name, draft.phone) == ("Ana Lim", "+6581234567")
    slot = draft.plan.slot
    assert (slot.service, slot.resource, slot.start) == ("colour", "mei", ZONE.parse("2026-05-05T14:00"))
    assert slot.end - slot.start == 7200


def test_a_table_for_a_party_says_how_many(post):
    html = """<table><tr><th>Guest</th><td>Ana Lim</td></tr><tr><th>Covers</th><td>4</td></tr><tr><th>Experience</th><td>Hen party</td></tr>
    <tr><th>Date</th><td>Friday 8 May 2026</td></tr><tr><th>Time</th><td>18:00</td></tr><tr><th>Phone</th><td>81234567</td></tr></table>"""
    draft = draft_of(post, html, "Tables <reservations@tables.example>", "New reservation")
    assert (draft.plan.party, draft.plan.slot.resource, draft.plan.taken) == (4, "corner", "")


def test_a_notice_that_names_nobody_asks_whose_it_is(post):
    html = (
        "<h2>You have a new appointment</h2><p>Full colour with Mei<br>Tuesday, May 5, 2026<br>2:00pm SGT</p>"
    )
    draft = draft_of(post, html, "Glow <noreply@glow.example>", "New appointment")
    assert draft.name == ""
    assert "Whose appointment is it?" in draft.reason


def test_what_the_colleague_signs_with_is_not_who_does_it(post):
    html = OUTLOOK.replace("<tr><td>Professional</td><td>Mei</td></tr>", "").replace("Full colour", "Haircut")
    draft = draft_of(post, html, "Mei <mei@post.example>")
    assert draft.reading.resource.value is None
