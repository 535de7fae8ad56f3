"""The process dies at any moment, people go on typing, and another process finds everything as if nothing had been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.errors import SheetsUnavailable
from handlers.ports import SheetCell, SheetPage
from tests.bookings.world import STAFF, World
from tests.fakes import FakeSheets
from tests.sheets.office import SHEET, TAB, Office
from tests.waitlist.waiting import join


class Death(BaseException):
    """No handler of ours runs after it, and nothing that is tried counts."""


@dataclass
class Fate:
    """Strikes at the `at`-th write, before or after it is done; from then on everything fails until `revive`."""

    at: int = 0
    after: bool = False
    count: int = 0
    dead: bool = False

    def act(self, write: Callable[[], Any]) -> Any:
        if self.dead:
            raise Death
        self.count += 1
        if self.count == self.at:
            self.dead = True
            if self.after:
                write()
            raise Death
        return write()

    def revive(self) -> None:
        self.at, self.dead = 0, False


@dataclass
class MortalSheets(FakeSheets):
    fate: Fate = field(default_factory=Fate)

    def read(self, sheet: str, tab: str) -> SheetPage:
        if self.fate.dead:
            raise Death
        return super().read(sheet, tab)

    def write(self, sheet: str, tab: str, cells: Sequence[SheetCell]) -> None:
        self.fate.act(lambda: super(MortalSheets, self).write(sheet, tab, cells))

    def append(self, sheet: str, tab: str, rows: Sequence[Sequence[str]]) -> None:
        self.fate.act(lambda: super(MortalSheets, self).append(sheet, tab, rows))


class MortalStore(SqliteStore):
    fate = Fate()

    def transact(self, operations: Any, token: str = "") -> None:
        self.fate.act(lambda: super(MortalStore, self).transact(operations, token))


def history(fate: Fate) -> Office:
    """Three synced rows; since then one was edited in the sheet, one in Slack, one taken out, and two joined."""
    store = MortalStore(":memory:")
    store.fate = Fate()
    office = Office(World(store=store), MortalSheets({SHEET: {TAB: []}}))
    for name in ("Ana", "Ben", "Cai"):
        office.type(name, f"{name.lower()}@mail.example", "cut", Latest="9 May")
    office.sync()
    office.edit(2, Latest="20 May")
    ben = next(e for e in office.waiting() if e.name == "Ben")
    office.world.desk.entries.change(ben.id, STAFF, notes="from slack")
    del office.rows[3]
    office.type("Dee", "dee@mail.example", "cut")
    join(office.world, "Eve", "wedding")
    office.world.desk.sheet_sync._jobs()[0].book.want("eve")
    store.fate = office.sheets.fate = fate
    return office


def as_if_nothing_had_been(office: Office, dee: str = "dee@mail.example") -> None:
    entries = {entry.name: entry for entry in office.waiting()}
    assert sorted(entries) == ["Ana", "Ben", "Dee", "Eve"]
    assert (entries["Ana"].latest, entries["Ben"].notes) == (date(2026, 5, 20), "from slack")
    assert entries["Dee"].email == dee
    rows = [office.row(n) for n in range(2, len(office.rows) + 1) if any(office.rows[n - 1])]
    assert Counter(row["Id"] for row in rows) == Counter(entry.id for entry in entries.values())
    assert all(entries[row["Name"]].id == row["Id"] and row["Status"] == "Waiting" for row in rows)
    assert next(row for row in rows if row["Name"] == "Ben")["Notes"] == "from slack"
    assert office.told().fine
    assert office.sync() == "unchanged"


def recovered(office: Office, fate: Fate) -> None:
    fate.revive()
    office.later(200)  # the lease of the dead runs out
    assert office.sync() in {"synced", "unchanged"}


def deaths(after: bool) -> list[Fate]:
    """One for each write of the history's sync."""
    fate = Fate()
    office = history(fate)
    office.sync()
    as_if_nothing_had_been(office)
    assert fate.count > 10
    return [Fate(at, after) for at in range(1, fate.count + 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_sync_that_died_at_any_write_is_finished_by_the_next(after: bool) -> None:
    for fate in deaths(after):
        office = history(fate)
        with pytest.raises(Death):
            office.sync()
        recovered(office, fate)
        as_if_nothing_had_been(office)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_row_corrected_after_the_death_is_still_one_entry(after: bool) -> None:
    for fate in deaths(after):
        office = history(fate)
        with pytest.raises(Death):
            office.sync()
        fate.revive()
        made = {entry.id for entry in office.waiting() if entry.name == "Dee"}
        number = next(n for n, row in enumerate(office.rows, 1) if row[0] == "Dee")
        office.edit(number, Contact="dee.right@mail.example")
        recovered(office, fate)
        as_if_nothing_had_been(office, "dee.right@mail.example")
        assert made <= {entry.id for entry in office.waiting()}, "it kept its place in the list"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_rows_sorted_after_the_death_are_still_themselves(after: bool) -> None:
    for fate in deaths(after):
        office = history(fate)
        with pytest.raises(Death):
            office.sync()
        office.rows[1:] = sorted(office.rows[1:], key=lambda row: row[0] or "~", reverse=True)
        recovered(office, fate)
        as_if_nothing_had_been(office)


def test_the_lease_of_a_dead_sync_keeps_others_out_for_a_while() -> None:
    fate = Fate(at=2)
    office = history(fate)
    with pytest.raises(Death):
        office.sync()
    fate.revive()
    office.later(60)
    assert office.sync() == "busy"
    office.later(61)
    assert office.sync() == "synced"


# --- People move rows while we write ---


@dataclass
class BusySheets(FakeSheets):
    """`meanwhile` happens once, after the last look and before the write."""

    meanwhile: Callable[[list[list[str]]], None] | None = None

    def write(self, sheet: str, tab: str, cells: Sequence[SheetCell]) -> None:
        act, self.meanwhile = self.meanwhile, None
        if act:
            act(self.tabs[sheet][TAB])
        super().write(sheet, tab, cells)


def insert(rows: list[list[str]]) -> None:
    rows.insert(1, ["Zoe", "zoe@mail.example", "cut"])


def remove(rows: list[list[str]]) -> None:
    rows.pop(1)


def turn(rows: list[list[str]]) -> None:
    rows[1:] = rows[:0:-1]


@pytest.mark.parametrize(("meanwhile", "names"), [(insert, "ABCZ"), (remove, "BC"), (turn, "ABC")])
@pytest.mark.parametrize("known", [False, True], ids=["ids are written", "an edit is written"])
def test_a_write_that_met_other_rows_is_put_right(
    meanwhile: Callable[[list[list[str]]], None], names: str, known: bool
) -> None:
    sheets = BusySheets({SHEET: {TAB: []}})
    office = Office(World(), sheets)
    for name in ("Ana", "Ben", "Cai"):
        office.type(name, f"{name.lower()}@mail.example", "cut", Latest=f"{len(name) + ord(name[0]) % 9} May")
    if known:
        office.sync()
        for entry in office.waiting():
            office.world.desk.entries.change(entry.id, STAFF, notes=f"for {entry.name}", party=1)
        office.world.desk.sheet_sync._jobs()[0].book.want("notes")
    sheets.meanwhile = meanwhile
    assert office.sync() == "synced"
    entries = {entry.name: entry for entry in office.waiting()}
    assert "".join(sorted(name[0] for name in entries)) == names
    for number in range(2, len(office.rows) + 1):
        told = office.row(number)
        if not any(told.values()):
            continue
        assert told["Id"] == entries[told["Name"]].id
        assert told["Notes"] == entries[told["Name"]].notes
        if known and told["Name"] != "Zoe":
            assert told["Notes"] == f"for {told['Name']}"
    assert office.sync() == "unchanged"


def test_a_row_typed_between_two_looks_is_not_written_over() -> None:
    sheets = FakeSheets({SHEET: {TAB: []}})
    office = Office(World(), sheets)
    office.type("Ana", "ana@mail.example", "cut")
    office.sync()
    office.world.desk.entries.change(office.waiting()[0].id, STAFF, notes="for Ana")
    office.world.desk.sheet_sync._jobs()[0].book.want("notes")
    plain, first = sheets.read, iter([True])

    def read(sheet: str, tab: str) -> SheetPage:
        page = plain(sheet, tab)
        if next(first, False):
            office.rows.insert(1, ["Zoe", "zoe@mail.example", "cut", "", "", "", "", "", "", "for Zoe"])
        return page

    sheets.read = read  # type: ignore[method-assign]
    office.sync()
    assert {office.row(n)["Name"]: office.row(n)["Notes"] for n in (2, 3)} == {
        "Zoe": "for Zoe",
        "Ana": "for Ana",
    }
    assert {e.name: e.notes for e in office.waiting()} == {"Zoe": "for Zoe", "Ana": "for Ana"}


def test_an_append_whose_answer_was_lost_is_not_repeated() -> None:
    class Lost(FakeSheets):
        fails = 1

        def append(self, sheet: str, tab: str, rows: Sequence[Sequence[str]]) -> None:
            super().append(sheet, tab, rows)
            if self.fails:
                self.fails -= 1
                raise SheetsUnavailable(f"sheet {sheet}", "Google did not answer")

    office = Office(World(), Lost({SHEET: {TAB: []}}))
    entry = join(office.world, "Eve", "wedding")
    assert office.sync() == "unavailable"
    assert office.sync() == "synced"
    assert [row[11] for row in office.rows[1:]] == [entry.id]
