"""A business that keeps its waitlist in a sheet, on fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.domain.events import Event
from handlers.domain.sheets import Told
from handlers.domain.waitlist import Entry
from tests.bookings.world import RULES, World
from tests.fakes import FakeSheets

SHEET = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ-sheet"
TAB = "Waitlist"
HEADING = ["Name", "Contact", "Service", "Party", "Earliest", "Latest", "With", "Priority", "Joined", "Notes"]
STATUS, ID = 10, 11
"""Where ours stand in a row, from 0."""


@dataclass
class Office:
    world: World = field(default_factory=World)
    sheets: FakeSheets = field(default_factory=lambda: FakeSheets({SHEET: {TAB: []}}))

    def __post_init__(self) -> None:
        self.world.desk.sheets = self.sheets
        self.world.desk.rules.update(f"{RULES}\nsheets: {{waitlist: {SHEET}}}\n", "setup")
        self.rows.append([*HEADING, "Status", "Id"])

    @property
    def rows(self) -> list[list[str]]:
        """As it stands in the sheet, the heading first; edit it as staff would."""
        return self.sheets.tabs[SHEET][TAB]

    def row(self, number: int) -> dict[str, str]:
        """By column, the sheet's row `number` (2 is the first below the heading)."""
        cells = [*self.rows[number - 1], *[""] * len(self.rows[0])]
        return dict(zip(self.rows[0], cells, strict=False))

    def type(self, *cells: str, **named: str) -> int:
        """A new row at the end, like `type("Ana", "ana@mail.example", "cut", Latest="9 May")`; its number."""
        row = [*cells, *[""] * (len(self.rows[0]) - len(cells))]
        self.rows.append(row)
        self.edit(len(self.rows), **named)
        return len(self.rows)

    def edit(self, number: int, **named: str) -> None:
        row = self.rows[number - 1]
        for title, text in named.items():
            place = self.rows[0].index(title)
            row += [""] * (place + 1 - len(row))
            row[place] = text

    def sync(self) -> str:
        return self.world.desk.sheet_sync.run()["waitlist"]

    def waiting(self) -> list[Entry]:
        return list(self.world.desk.entries.waiting())

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self.waiting())

    def told(self) -> Told:
        return self.world.desk.sheet_sync.told("waitlist")

    def events(self, wanted: Callable[[Event], bool] = lambda e: e.kind == "sheet.faults") -> list[Event]:
        return [event for event in self.world.events() if wanted(event)]

    def later(self, seconds: int) -> None:
        self.world.clock.at += seconds
