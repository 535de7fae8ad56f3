"""Whatever staff do in the sheet and people do to the list, in any order: they come out the same, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from tests.bookings.world import STAFF, World
from tests.sheets.office import SHEET, TAB, Office
from tests.sheets.test_crashes import Death, Fate, MortalSheets, MortalStore
from tests.waitlist.waiting import join

NOTES = st.sampled_from(["", "mornings", "ring twice", "=1+1", "with the dog"])


@dataclass
class Person:
    """`sheet` and `store` are what was written on either side since the last sync; the sheet wins."""

    notes: str = ""
    sheet: str | None = None
    store: str | None = None
    off_in_store: bool = False
    out_of_sheet: bool = False

    def settle(self) -> bool:
        """What a sync makes of it; False when they are off the list."""
        if self.out_of_sheet or (self.off_in_store and self.sheet in {None, self.notes}):
            return False
        changed = self.sheet is not None and self.sheet != self.notes
        self.notes = str(self.sheet) if changed else self.notes if self.store is None else self.store
        self.sheet = self.store = None
        self.off_in_store = False
        return True


@dataclass
class Model:
    people: dict[str, Person] = field(default_factory=dict)

    def settle(self) -> None:
        self.people = {name: person for name, person in self.people.items() if person.settle()}


class SheetMachine(RuleBasedStateMachine):
    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        store = MortalStore(":memory:")
        store.fate = Fate()
        self.store, self.sheets = store, MortalSheets({SHEET: {TAB: []}})
        self.office = Office(World(store=store), self.sheets)
        self.model = Model()
        self.made = 0
        self.dirty = False

    # --- staff, in the sheet ---

    @rule(target=names, notes=NOTES)
    def type_row(self, notes: str) -> str:
        name = self._name()
        self.office.type(name, f"{name.lower()}@mail.example", "cut", Notes=notes)
        self.model.people[name] = Person(notes)
        return name

    @rule(name=names, notes=NOTES)
    def edit_row(self, name: str, notes: str) -> None:
        number = self._number(name)
        if number:
            self.office.edit(number, Notes=notes)
            self.model.people[name].sheet = notes

    @rule(name=consumes(names))
    def take_out(self, name: str) -> None:
        number = self._number(name)
        if number:
            del self.office.rows[number - 1]
            self.model.people[name].out_of_sheet = True
        self._forgotten(name)

    @rule(seed=st.randoms(use_true_random=False))
    def shuffle(self, seed: Any) -> None:
        rows = self.office.rows[1:]
        seed.shuffle(rows)
        self.office.rows[1:] = rows

    @rule(name=names)
    def wipe_ours(self, name: str) -> None:
        number = self._number(name)
        if number:
            self.office.edit(number, Id="", Status="")

    @rule(name=names)
    def copy_row(self, name: str) -> None:
        """The copy says the same, so it is nobody; it goes again."""
        number = self._number(name)
        if number:
            self.office.rows.insert(number, list(self.office.rows[number - 1]))
            self._sync()
            del self.office.rows[number]
            self._sync()

    # --- everybody else, on the list ---

    @rule(target=names)
    def join(self) -> Any:
        name = self._name()
        join(self.office.world, name, "cut")
        self.model.people[name] = Person()
        self._sync(wake=True)
        return multiple(name)

    @rule(name=names, notes=NOTES)
    def edit_entry(self, name: str, notes: str) -> None:
        entry = self._entry(name)
        if entry and not self.model.people[name].off_in_store:
            self.office.world.desk.entries.change(entry.id, STAFF, notes=notes)
            self.model.people[name].store = notes
            self.dirty = True

    @rule(name=names)
    def remove_entry(self, name: str) -> None:
        entry = self._entry(name)
        if entry:
            self.office.world.desk.entries.remove(entry.id, STAFF)
            self.model.people[name].off_in_store = True
            self.dirty = True

    # --- time ---

    @rule()
    def sync(self) -> None:
        self._sync()

    @rule(
        at=st.integers(1, 25),
        after=st.booleans(),
        shuffled=st.booleans(),
        seed=st.randoms(use_true_random=False),
    )
    def die_while_syncing(self, at: int, after: bool, shuffled: bool, seed: Any) -> None:
        self._wake()
        fate = Fate(at, after)
        self.store.fate = self.sheets.fate = fate
        try:
            self.office.sync()
        except Death:
            self.office.later(200)
        fate.revive()
        if shuffled:
            self.shuffle(seed)
        self._sync()

    @invariant()
    def nobody_is_on_the_list_twice(self) -> None:
        assert all(n == 1 for n in Counter(self.office.names()).values())

    def teardown(self) -> None:
        self._sync()
        rows = [list(row) for row in self.office.rows]
        assert self.office.sync() == "unchanged"
        assert self.office.rows == rows

    # --- how ---

    def _sync(self, *, wake: bool = False) -> None:
        self._wake(always=wake)
        assert self.office.sync() in {"synced", "unchanged"}
        self.model.settle()
        entries = {entry.name: entry for entry in self.office.waiting()}
        assert {name: entry.notes for name, entry in entries.items()} == {
            name: person.notes for name, person in self.model.people.items()
        }
        shown = [self.office.row(n) for n in range(2, len(self.office.rows) + 1)]
        live = {row["Name"]: row for row in shown if row["Status"] == "Waiting"}
        assert {name: (row["Id"], row["Notes"]) for name, row in live.items()} == {
            name: (entry.id, entry.notes) for name, entry in entries.items()
        }

    def _wake(self, *, always: bool = False) -> None:
        if self.dirty or always:
            self.office.world.desk.sheet_sync._jobs()[0].book.want(self.office.world.desk.ids.new())
        self.dirty = False

    def _name(self) -> str:
        self.made += 1
        return f"P{self.made}"

    def _number(self, name: str) -> int:
        """The row of somebody who is on the list, or will be."""
        if name not in self.model.people:
            return 0
        return next((n for n, row in enumerate(self.office.rows, 1) if row and row[0] == name), 0)

    def _entry(self, name: str) -> Any:
        return next((e for e in self.office.waiting() if e.name == name), None)

    def _forgotten(self, name: str) -> None:
        self._sync()
        assert name not in self.office.names()


SheetMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyHistory = SheetMachine.TestCase
