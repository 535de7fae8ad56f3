from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import Desk, build_desk
from handlers.domain.events import Event, EventKind
from handlers.domain.request import FieldReading, Message, Reading, ServiceReading
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window
from handlers.domain.zone import Zone
from handlers.settings import Settings
from tests.fakes import FakeCalendar, FakeClock, FakeFiles, FakeIds, FakeMailer, FakeTexter

ZONE = Zone("Europe/Lisbon")
RULES = """\
version: 1
business: {name: Fig Studio, timezone: Europe/Lisbon, currency: EUR, country: PT, inbox: rita@fig.example, desk: "#studio"}
mail: {requests: hello@fig.example, waitlist: wait@fig.example}
staff: [{slack: U0RITA, name: Rita, role: owner}]
hours: {mon-fri: ["10:00-18:00"]}
resources:
  rita: {name: Rita, calendar: rita@fig.example}
  tom: {name: Tom, calendar: tom@fig.example}
services:
  massage: {name: Massage, aliases: [back rub], minutes: 60, resources: [rita, tom], price: 60}
  facial: {name: Facial, minutes: 45, resources: [rita]}
booking: {step: 30m, min_notice: 1h, cancel_until: 4h}
direct: [vip@partner.example, "@family.example"]
"""


@dataclass
class FakeReader:
    """Reads what it is told; counts how often it was asked."""

    reading: Reading = field(default_factory=Reading)
    asked: list[str] = field(default_factory=list)

    def read(self, message: Message, rules: Rules, now: int) -> Reading:
        self.asked.append(message.text)
        return self.reading


SURE = Reading(
    move="propose",
    service=ServiceReading(value="massage", confidence=0.97, quote="massage", candidates=("massage",)),
    when=(Window(date_from="2026-05-05", date_to="2026-05-05", quote="Tuesday"),),
    party_size=FieldReading(),
)


@dataclass
class World:
    """A desk on fakes, and what a person outside would see and do."""

    desk: Desk
    clock: FakeClock
    calendar: FakeCalendar
    mailer: FakeMailer
    texter: FakeTexter
    files: FakeFiles
    reader: FakeReader
    mails: count[int] = field(default_factory=count)

    def mail(
        self,
        text: str,
        *,
        sender: str = "Ana Lim <ana@mail.example>",
        to: str = "hello@fig.example",
        dmarc: bool = False,
        **headers: str,
    ) -> str:
        """Stores a raw mail and announces it; its path."""
        n = next(self.mails)
        mail = EmailMessage()
        address = sender.rpartition("<")[2].rstrip(">")
        if dmarc:
            mail["Authentication-Results"] = (
                f"amazonses.com; dmarc=pass header.from={address.rpartition('@')[2]}"
            )
        mail["From"], mail["To"] = sender, to
        mail["Subject"] = "A massage"
        mail["Message-ID"] = f"<m{n}@mail.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        path = f"raw/{n}"
        self.files.put(path, mail.as_bytes())
        return path

    def outbox(self) -> list[Event]:
        """What was announced since the last look."""
        from handlers.domain import keys
        from handlers.domain.items import from_item
        from handlers.ports import Delete, Query

        items = self.desk.store.query(Query(keys.OUTBOX, index="gsi3")).items
        for item in items:
            self.desk.store.transact([Delete(keys.Key(item["pk"], item["sk"]))])
        return [from_item(item, Event) for item in items]

    def settle(self) -> list[EventKind]:
        """Delivers every request event, twice each, until nothing more happens; the kinds in order."""
        seen: list[EventKind] = []
        while events := self.outbox():
            for event in events:
                seen.append(event.kind)
                if event.kind.startswith("request."):
                    self.desk.triage.perform(event)
                    self.desk.triage.perform(event)
        return seen


@pytest.fixture
def world() -> World:
    clock = FakeClock(ZONE.parse("2026-05-04T09:00"))
    calendar, mailer, texter, files, reader = (
        FakeCalendar(),
        FakeMailer(),
        FakeTexter(),
        FakeFiles(),
        FakeReader(),
    )
    desk = build_desk(
        Settings(secrets=("made-up",), base_url="https://fig.example"),
        store=SqliteStore(":memory:"),
        clock=clock,
        ids=FakeIds(),
        calendar=calendar,
        mailer=mailer,
        texter=texter,
        files=files,
        reader=reader,
    )
    desk.rules.update(RULES, "owner")
    made = World(desk, clock, calendar, mailer, texter, files, reader)
    made.outbox()
    return made
