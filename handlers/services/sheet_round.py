"""One round of a sync: read the sheet, give every row its record, bring each side to what the other has.

A round that wrote into the sheet is followed by another, which finds what it wrote or puts it right: Google writes to
positions, and people may have moved a row at that moment. Nothing here relies on a round coming to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from handlers.domain.errors import WrongState
from handlers.domain.sheets import (
    BOT,
    ID,
    STATUS,
    Base,
    Held,
    Layout,
    Matched,
    Row,
    RowFault,
    RowFaults,
    RowSkipped,
    Wrote,
    agreed,
    created,
    match,
    merge,
)
from handlers.ports import Ids, Item, SheetCell, SheetPage, Sheets
from handlers.services.sheet_lane import Job

MOST = 200
"""Rows that one round takes into the store; the rest waits for the next."""
FEW = 5
"""So many missing rows at once are taken for meant; more than that and half of the list are not, at first."""
TWIN = "On the list already, in another row. That one counts: delete this one."
OLD = "Counted with another row, which is off the list. Edit this one to put them on it again."


@dataclass(slots=True)
class Outcome:
    """`again`: something was written, or is left to do. `half` has the rows among `faults` in which a needed cell is
    still empty, by what they say. `gone` counts rows that are missing, but too many at once; `waits` says when to look
    again at edits that do not count yet (epoch s)."""

    again: bool = False
    complete: bool = False
    trouble: str = ""
    faults: list[RowFault] = field(default_factory=list)
    half: dict[str, RowFault] = field(default_factory=dict)
    gone: int = 0
    removed: int = 0
    waits: list[int] = field(default_factory=list)
    page: SheetPage = field(default_factory=lambda: SheetPage(()))
    cells: tuple[SheetCell, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shown:
    """What belongs into a row: its id and status, and texts of people's columns that the store has changed."""

    row: Row
    id: str
    status: str
    write: Mapping[str, str] = field(default_factory=dict)


class SheetRound:
    """`sweep` removes missing rows however many they are."""

    def __init__(self, job: Job, sheets: Sheets, ids: Ids, now: int, *, sweep: bool = False) -> None:
        self._lane, self._book = job.lane, job.book
        self._sheet, self._tab = job.place.id, job.place.tab
        self._sheets, self._ids, self._now, self._sweep = sheets, ids, now, sweep
        self._held: dict[str, Held] = {}
        self._owner: dict[str, int] = {}
        self._of_row: dict[int, str] = {}
        self._save: list[Base] = []
        self._forget: list[str] = []
        self._waits: list[int] = []
        self._left = MOST

    def go(self, state: Item) -> Outcome:
        page = self._sheets.read(self._sheet, self._tab)
        bases = self._book.bases()
        table = self._lane.table
        layout = table.find(page.rows)
        if layout is None and not page.rows and not bases:
            self._sheets.append(self._sheet, self._tab, [table.headings()])
            return Outcome(again=True)
        lacking = table.lacking(layout) if layout else [table.title(group[0]) for group in table.needs]
        if layout is None or lacking:
            return Outcome(trouble=f"its heading row lacks {_listed(lacking)}", page=page)
        if headings := _headings(layout):
            self._sheets.write(self._sheet, self._tab, headings)
            return Outcome(again=True)
        return self._synced(page, layout, bases, state)

    def _synced(self, page: SheetPage, layout: Layout, bases: list[Base], state: Item) -> Outcome:
        rows = layout.rows(page.rows)
        self._held = dict(self._lane.live())
        telling = [c.key for c in self._lane.table.columns if c.telling]
        matched = match(rows, bases, telling, complete=page.complete)
        for row, base in matched.pairs:
            if base and not base.twin:
                self._own(base.id, row)
        outcome = Outcome(complete=page.complete, page=page)
        wrote = _wrote(state)
        shown: list[_Shown | None] = [self._row(row, base, wrote, outcome) for row, base in matched.pairs]
        shown += [self._copied(row, first) for row, first in matched.copies]
        if page.complete and self._left > 0:
            self._missing(matched, outcome)
        self._book.save(self._save, self._forget)
        outcome.waits = self._waits
        shown += [_Shown(row, "", "") for row in rows if row.empty]
        self._write(layout, [one for one in shown if one], state, outcome)
        outcome.again = outcome.again or self._left <= 0
        return outcome

    # --- Rows -----------------------------------------------------------------------------------------------------

    def _row(
        self, row: Row, base: Base | None, wrote: Mapping[int, Mapping[str, Wrote]], outcome: Outcome
    ) -> _Shown | None:
        if self._left <= 0:
            return None
        try:
            return self._settled(row, base, wrote.get(row.number, {}))
        except RowSkipped as skipped:
            return _Shown(row, self._of_row.get(row.number, ""), skipped.status)
        except RowFaults as faults:
            known = self._of_row.get(row.number, "")
            known = known if self._find(known) else ""
            said = self._said(faults)
            who = next((row.cells[key] for key in self._lane.table.needs[0] if row.cells.get(key)), "")
            fault = RowFault(number=row.number, who=who, message=said)
            outcome.faults.append(fault)
            if faults.half:
                outcome.half["|".join(row.cells.values())] = fault
            kept = " Until then the row counts as it was." if known else ""
            return _Shown(row, known, f"{'Still missing' if faults.half else 'Please fix'}: {said}{kept}")

    def _settled(self, row: Row, base: Base | None, wrote: Mapping[str, Wrote]) -> _Shown:
        if base is None:
            return self._unknown(row, wrote)
        if base.twin:
            return self._repeated(row, base)
        if base.ended and base.same(row) and base.id not in self._held:
            return _Shown(row, base.id, base.ended)
        found = self._find(base.id)
        if found is None or not base.held:
            return self._join(row, base.id)
        return self._merged(row, base, found, wrote)

    def _unknown(self, row: Row, wrote: Mapping[str, Wrote]) -> _Shown:
        if _only_ours(row, wrote):
            return _Shown(row, "", "", dict.fromkeys(wrote, ""))
        found = None if row.id in self._owner else self._find(row.id)
        return self._join(row, self._ids.new()) if found is None else self._back(row, found, wrote)

    def _repeated(self, row: Row, base: Base) -> _Shown:
        live = self._is_live(base.twin)
        if base.same(row) and (base.twin in self._owner or not live):
            return _Shown(row, "", TWIN if live else OLD)
        return self._join(row, base.id)

    def _back(self, row: Row, found: Held, wrote: Mapping[str, Wrote]) -> _Shown:
        """A row with an id that we know, but not from this sheet as it was: one we added, or one that was taken back."""
        self._own(found.id, row)
        if found.live:
            return self._merged(row, None, found, wrote)
        if found.back:
            return self._join(row, found.id)
        self._save.append(created(row, found))
        return _Shown(row, found.id, found.status)

    def _copied(self, row: Row, first: int) -> _Shown:
        """It stays one, also when the other row is edited; edited itself, it is somebody."""
        if of := self._of_row.get(first):
            self._save.append(Base(self._ids.new(), dict(row.cells), {}, row.number, twin=of))
        return _Shown(row, "", TWIN)

    def _join(self, row: Row, id_: str) -> _Shown:
        """The id is ours before the record is: whatever happens in between, the row is known again by it."""
        cells = {key: text for key, text in row.cells.items() if text}
        self._lane.check(cells)
        self._left -= 1
        self._book.save([Base(id_, dict(row.cells), {}, row.number)])
        try:
            held = self._lane.create(id_, cells)
        except RowFaults:
            if self._find(id_) is None:
                self._forget.append(id_)
            raise
        return self._placed(row, id_, held)

    def _placed(self, row: Row, id_: str, held: Held) -> _Shown:
        """The record of a row, which may be one that was on the list already."""
        if held.id != id_ and self._owner.get(held.id, row.number) != row.number:
            self._save.append(Base(id_, dict(row.cells), {}, row.number, twin=held.id))
            return _Shown(row, "", TWIN)
        if held.id != id_:
            self._forget.append(id_)
        self._own(held.id, row)
        self._held[held.id] = held
        typed = frozenset(key for key, text in row.cells.items() if text)
        self._save.append(created(row, held) if held.id == id_ else agreed(row, None, held, typed))
        return _Shown(row, held.id, held.status)

    def _merged(self, row: Row, base: Base | None, found: Held, wrote: Mapping[str, Wrote]) -> _Shown:
        merged = merge(row, base, found, wrote)
        held = found
        if merged.changed and base and self._too_early(base, merged.changed, row):
            return _Shown(row, held.id, f"{held.status} (your edit counts in a few minutes)")
        if merged.changed:
            self._left -= 1
            wanted = {key: merged.wanted.get(key, "") for key in row.cells}
            held = self._lane.change(found.id, wanted, merged.changed)
            if held.id != found.id:
                return self._placed(row, found.id, held)
            self._held[held.id] = held
        new = agreed(row, base, held, merged.changed)
        if new != base:
            self._save.append(new)
        return _Shown(row, held.id, held.status, merged.write)

    # --- What has no row ------------------------------------------------------------------------------------------

    def _missing(self, matched: Matched, outcome: Outcome) -> None:
        missing = [base for base in matched.missing if base.id not in self._owner]
        gone = [base for base in missing if not base.twin and not base.ended and self._is_live(base.id)]
        self._forget += [base.id for base in missing if base not in gone]
        known = len(gone) + sum(held.live for id_, held in self._held.items() if id_ in self._owner)
        if len(gone) > FEW and len(gone) * 2 > known and not self._sweep:
            outcome.gone = len(gone)
            self._owner |= {base.id: 0 for base in gone}  # neither removed nor added anew
            return
        for base in gone:
            if self._too_early(base, frozenset()):
                self._owner.setdefault(base.id, 0)  # not added anew either
                continue
            with suppress(WrongState):  # it left the list at this moment
                self._lane.remove(base.id)
            self._held.pop(base.id, None)
            self._forget.append(base.id)
            outcome.removed += 1

    def _too_early(self, base: Base, changed: frozenset[str], row: Row | None = None) -> bool:
        """Whether an edit, or that a row is missing, has not stood for long enough; it is noted since when it stands."""
        patience = self._lane.patience(changed)
        if not patience:
            return False
        said = "|".join(f"{key}={row.cells[key]}" for key in sorted(changed)) if row else "gone"
        since = base.since if base.pending == said else self._now
        if self._now - since >= patience:
            return False
        if base.pending != said:
            self._save.append(replace(base, pending=said, since=since))
        self._waits.append(since + patience)
        return True

    def _own(self, id_: str, row: Row) -> None:
        self._owner[id_] = row.number
        self._of_row[row.number] = id_

    def _find(self, id_: str) -> Held | None:
        if not id_:
            return None
        if id_ not in self._held and (found := self._lane.find(id_)):
            self._held[id_] = found
        return self._held.get(id_)

    def _is_live(self, id_: str) -> bool:
        found = self._find(id_)
        return found is not None and found.live

    # --- Into the sheet -------------------------------------------------------------------------------------------

    def _write(self, layout: Layout, shown: list[_Shown], state: Item, outcome: Outcome) -> None:
        cells: list[SheetCell] = []
        typed: list[list[str | int]] = []
        for one in shown:
            row = one.row
            if one.status != row.status:
                cells.append(SheetCell(row.number, layout.at[STATUS.key], one.status))
            if one.id != row.id:
                cells.append(SheetCell(row.number, layout.at[ID.key], one.id))
            for key, text in one.write.items():
                cells.append(SheetCell(row.number, layout.at[key], text))
                typed.append([row.number, key, one.id, text])
        more = [held for held in self._held.values() if held.live and held.id not in self._owner]
        if not outcome.complete or self._left <= 0:
            more = []
        outcome.again = bool(cells or more)
        if cells:
            # As little as possible may happen to a row between reading and writing it.
            if self._sheets.read(self._sheet, self._tab).rows != outcome.page.rows:
                return
            if typed or state.get("wrote"):
                self._book.note(wrote=typed)
            self._sheets.write(self._sheet, self._tab, cells)
            outcome.cells = tuple(cells)
        if more:
            self._sheets.append(self._sheet, self._tab, [_added(layout, held) for held in more[:MOST]])

    def _said(self, faults: RowFaults) -> str:
        title = self._lane.table.title
        return " ".join(f"{title(key)}: {text}" if key else text for key, text in faults.faults.items())


def _headings(layout: Layout) -> list[SheetCell]:
    """Ours, where they are not there yet, behind everything else."""
    lacking = [column for column in BOT if column.key not in layout.at]
    return [SheetCell(layout.number, layout.width + n, column.title) for n, column in enumerate(lacking, 1)]


def _added(layout: Layout, held: Held) -> list[str]:
    row = [""] * max(layout.at.values())
    for key, place in layout.at.items():
        row[place - 1] = held.cells.get(key, "")
    row[layout.at[STATUS.key] - 1] = held.status
    row[layout.at[ID.key] - 1] = held.id
    return row


def _wrote(state: Item) -> dict[int, dict[str, Wrote]]:
    """What the last write put into people's columns, by row."""
    found: dict[int, dict[str, Wrote]] = {}
    for number, key, id_, text in state.get("wrote") or ():
        found.setdefault(int(number), {})[str(key)] = Wrote(str(id_), str(text))
    return found


def _only_ours(row: Row, wrote: Mapping[str, Wrote]) -> bool:
    """Nothing but what we wrote: the row that it was meant for has moved away."""
    return all(not text or (key in wrote and wrote[key].text == text) for key, text in row.cells.items())


def _listed(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
