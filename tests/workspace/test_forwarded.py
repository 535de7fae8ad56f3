"""The workspace, whole: a confirmation with a PDF is forwarded, read by the local Textract, approved in Slack and booked."""

from __future__ import annotations

import base64

from infra.local.paper import pdf
from tests.workspace.process import get, post, running, until

LINES = [
    "Service          Full colour",
    "Date             Thursday, 7 May 2026",
    "Time             14:00",
    "With             Mei",
    "Client           Robin Tan",
    "Mobile           8123 4599",
]


def card(address, words):
    """The newest card in the channel that says so."""
    for message in reversed(get(address, "slack?user=U0LENA")["messages"]):
        if words in str(message["blocks"]):
            return message
    return None


def button(message, action):
    return next(
        (block["block_id"], element)
        for block in message["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == action
    )


def test_a_forwarded_pdf_becomes_an_appointment(tmp_path):
    with running(tmp_path / "data") as (address, _):
        attached = {
            "name": "booking.pdf",
            "type": "application/pdf",
            "content": base64.b64encode(pdf([LINES])).decode(),
        }
        post(
            address, "mail", sender="mei@home.example", name="Mei", to="bookings@marigold.example",
            subject="Fwd: New booking", text="see attached", attachments=[attached],
        )  # fmt: skip
        asked = until(lambda: card(address, "Book this appointment? Robin Tan"))
        assert "Thu 7 May, 2:00 pm to 4:00 pm" in str(asked["blocks"])
        block, element = button(asked, "draft.approve")
        press(address, asked, block, element)
        until(lambda: card(address, "*Booked* by <@U0LENA>"))
        day = until(lambda: "Robin Tan" in str(get(address, "calendar?date=2026-05-07")))
        assert day
        assert not any(m["to"] == "robin@mail.example" for m in get(address, "mail")["mails"])


def press(address, message, block, element):
    channel = get(address, "slack?user=U0LENA")["channel"]
    return post(
        address, "slack/click", user="U0LENA", channel=channel, ts=message["ts"], block_id=block,
        action_id=element["action_id"], chosen={}, values={},
    )  # fmt: skip
