from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import Desk, build_desk
from handlers.domain import keys
from handlers.domain.events import Event
from handlers.domain.items import from_item
from handlers.domain.request import Request
from handlers.domain.zone import Zone
from handlers.ports import Delete, Query
from handlers.settings import Settings
from tests.fakes import FakeCalendar, FakeClock, FakeFiles, FakeIds, FakeMailer, FakeScanner, FakeTexter

ZONE = Zone("Asia/Singapore")
RULES = """\
version: 1
business: {name: Marigold Hair, timezone: Asia/Singapore, currency: SGD, country: SG, inbox: rosa@marigold.example, desk: "#desk"}
mail: {requests: hello@marigold.example, waitlist: waitlist@marigold.example, confirmations: bookings@marigold.example}
staff:
  - {slack: U0ROSA, name: Rosa, role: owner}
  - {slack: U0MEI, name: Mei, role: staff}
hours: {tue-sat: ["10:00-20:00"], sun: ["11:00-17:00"]}
resources:
  mei: {name: Mei, kind: staff, calendar: mei@marigold.example}
  jess: {name: Jess, kind: staff, calendar: jess@marigold.example}
  room: {name: Treatment room, kind: room, calendar: room@marigold.example}
  corner: {name: Corner table, kind: table, seats: 6, calendar: corner@marigold.example}
services:
  haircut: {name: Haircut, aliases: [trim, cut], minutes: 45, buffer_after: 15, price: 58, resources: [jess, mei]}
  colour: {name: Full colour, aliases: [color, dye], minutes: 120, price: 180, resources: [mei]}
  facial: {name: Facial, minutes: 60, resources: [jess, mei], needs: [room], approval: always}
  party: {name: Hen party, minutes: 90, resources: [corner], party: {min: 2, max: 6}}
booking: {horizon: 60d}
"""
MORNING = ZONE.parse("2026-05-02T10:00")
"""Saturday."""


@dataclass
class Post:
    """A desk on fakes with the real reader, what arrives at it, and the workers that deliver its events."""

    desk: Desk
    clock: FakeClock
    calendar: FakeCalendar
    mailer: FakeMailer
    files: FakeFiles
    scanner: FakeScanner
    mails: count[int] = field(default_factory=count)
    heard: list[str] = field(default_factory=list)

    def receive(self, text: str = "", *attachments: tuple[str, str, bytes], **how: Any) -> Request:
        """A mail comes in; the request as it stands when everything has settled."""
        request = self.desk.intake.receive_mail(self.mail(text, *attachments, **how))
        assert request is not None
        self.settle()
        return self.desk.intake.get(request.id)

    def mail(
        self,
        text: str = "",
        *attachments: tuple[str, str, bytes],
        to: str = "bookings@marigold.example",
        sender: str = "Mei <mei.chen@post.example>",
        subject: str = "Fwd: New booking",
        html: str = "",
        **headers: str,
    ) -> str:
        """Stores a raw mail; its path."""
        number = next(self.mails)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<m{number}@post.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, kind, content in attachments:
            main, _, sub = kind.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        path = f"inbound/{number}"
        self.files.put(path, mail.as_bytes())
        return path

    def settle(self) -> None:
        """Delivers every request event twice, until nothing more happens."""
        while events := self.outbox():
            for event in events:
                self.heard.append(event.kind)
                if event.kind.startswith("request."):
                    self.desk.triage.perform(event)
                    self.desk.triage.perform(event)

    def outbox(self) -> list[Event]:
        items = self.desk.store.query(Query(keys.OUTBOX, index="gsi3", limit=1000)).items
        for item in items:
            self.desk.store.transact([Delete(keys.Key(item["pk"], item["sk"]))])
        return [from_item(item, Event) for item in items]

    def news(self, request: Request, number: int = 0, status: str = "SUCCEEDED") -> dict[str, Any]:
        """What Textract tells the topic, as Lambda hands it over."""
        tag = f"{request.id}-{number}"
        return completion(job=f"job-{tag}", tag=tag, status=status)

    def drafts(self) -> list[Request]:
        return list(self.desk.intake.waiting())


def completion(*, job: str, tag: str, status: str = "SUCCEEDED") -> dict[str, Any]:
    """docs.aws.amazon.com: "Amazon Textract results notification", in an SNS event."""
    message = {
        "JobId": job,
        "Status": status,
        "API": "StartDocumentTextDetection",
        "JobTag": tag,
        "Timestamp": 1777687200000,
        "DocumentLocation": {"S3ObjectName": "documents/x/0", "S3Bucket": "frontdesk-inbound"},
    }
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": "arn:aws:sns:us-east-1:000000000000:frontdesk-documents:1",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": "5f1a",
                    "TopicArn": "arn:aws:sns:us-east-1:000000000000:frontdesk-documents",
                    "Subject": None,
                    "Message": json.dumps(message),
                    "Timestamp": "2026-05-02T02:00:00.000Z",
                    "MessageAttributes": {},
                },
            }
        ]
    }


@pytest.fixture
def post() -> Post:
    return open_post()


def open_post(**changes: Any) -> Post:
    clock, calendar, mailer, files, scanner = (
        FakeClock(MORNING), FakeCalendar(), FakeMailer(), FakeFiles(), FakeScanner(),
    )  # fmt: skip
    parts: dict[str, Any] = {
        "store": SqliteStore(":memory:"),
        "clock": clock,
        "ids": FakeIds(),
        "calendar": calendar,
        "mailer": mailer,
        "texter": FakeTexter(),
        "files": files,
        "scanner": scanner,
    }
    desk = build_desk(
        Settings(secrets=("made-up",), base_url="https://marigold.example"), **{**parts, **changes}
    )
    desk.rules.update(RULES, "U0ROSA")
    made = Post(desk, clock, calendar, mailer, files, scanner)
    made.outbox()
    return made
