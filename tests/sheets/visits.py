"""A business that keeps its appointments in a sheet, on fakes."""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers.domain import keys
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.items import from_item
from handlers.domain.sheets import Told
from handlers.ports import Query
from tests.bookings.world import RULES, World
from tests.fakes import FakeSheets

SHEET = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ-visits"
TAB = "Appointments"
HEADING = [
    "Name",
    "Contact",
    "Service",
    "Date",
    "Time",
    "With",
    "Party",
    "Notes",
    "Reminders",
    "Status",
    "Id",
]


@dataclass
class Visits:
    world: World = field(default_factory=World)
    sheets: FakeSheets = field(default_factory=lambda: FakeSheets({SHEET: {TAB: []}}))
    heading: list[str] = field(default_factory=lambda: [*HEADING])

    def __post_init__(self) -> None:
        self.world.desk.sheets = self.sheets
        self.world.desk.rules.update(f"{RULES}\nsheets: {{appointments: {SHEET}}}\n", "setup")
        self.world.settle()
        if self.heading:
            self.rows.append([*self.heading])

    @property
    def rows(self) -> list[list[str]]:
        """As it stands in the sheet, the heading first; edit it as staff would."""
        return self.sheets.tabs[SHEET][TAB]

    def row(self, number: int) -> dict[str, str]:
        cells = [*self.rows[number - 1], *[""] * len(self.rows[0])]
        return dict(zip(self.rows[0], cells, strict=False))

    def type(self, *cells: str, **named: str) -> int:
        """A new row at the end; its number."""
        self.rows.append([*cells])
        self.edit(len(self.rows), **named)
        return len(self.rows)

    def edit(self, number: int, **named: str) -> None:
        row = self.rows[number - 1]
        for title, text in named.items():
            place = self.rows[0].index(title)
            row += [""] * (place + 1 - len(row))
            row[place] = text

    def sync(self) -> str:
        """One sync, and what follows from it."""
        done = self.world.desk.sheet_sync.run()["appointments"]
        self.world.settle()
        return done

    def later(self, seconds: int = 180) -> str:
        """The next sync, three minutes on."""
        self.world.clock.at += seconds
        return self.sync()

    def heard(self) -> None:
        """Delivers what happened to whoever keeps the sheet, and to the booking's own workers."""
        while events := self.world.events():
            for event in events:
                if event.kind.value.startswith("booking."):
                    self.world.desk.effects.perform(event)
                self.world.desk.sheet_sync.heard(event)

    def bookings(self) -> list[Booking]:
        """Those that hold a time, by start."""
        found = [
            from_item(item, Booking)
            for state in HOLDING
            for item in self.world.store.query(Query(keys.booking_state(state), index="gsi3")).items
        ]
        return sorted(found, key=lambda b: b.slot.start)

    def booking(self) -> Booking:
        (found,) = self.bookings()
        return found

    def told(self) -> Told:
        return self.world.desk.sheet_sync.told("appointments")

    def mails(self) -> list[str]:
        return [mail.subject for mail in self.world.mail.sent]
