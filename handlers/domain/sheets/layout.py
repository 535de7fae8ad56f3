"""Where a tab's heading is, which column holds what, and the rows below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handlers.domain.errors import FrontdeskError

LOOKED_AT = 10
"""Rows in which the heading is looked for: people put a title above it."""


@dataclass(frozen=True, slots=True)
class Column:
    """`title` is what we write over it, `also` what people call it. `telling`: the same text means the same person.
    `new`: an empty tab gets it."""

    key: str
    title: str
    also: tuple[str, ...] = ()
    telling: bool = False
    new: bool = True


STATUS = Column("status", "Status", ("state",))
ID = Column("id", "Id", ("frontdesk id", "ref", "reference"))
BOT = (STATUS, ID)
"""The columns that are ours: what people type there is put right."""


class RowFaults(FrontdeskError):
    """A row that can't be used. `faults[key]` is a sentence for the column; `half`: a needed cell is still empty."""

    def __init__(self, faults: Mapping[str, str], *, half: bool = False) -> None:
        super().__init__("; ".join(f"{k}: {v}" for k, v in faults.items()))
        self.faults, self.half = dict(faults), half


class RowSkipped(FrontdeskError):
    """A row that is left alone, and is no fault: `status` says why."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def _as_found(at: dict[str, int]) -> dict[str, int]:
    return at


@dataclass(frozen=True, slots=True)
class Table:
    """What a list's tab holds. Of each group in `needs` one column must be there, and filled in.

    `settle` may rename columns once it is known which there are.
    """

    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    settle: Callable[[dict[str, int]], dict[str, int]] = _as_found

    def title(self, key: str) -> str:
        return next((c.title for c in (*self.columns, *BOT) if c.key == key), key)

    def headings(self) -> list[str]:
        """Of a tab that is new."""
        return [c.title for c in (*self.columns, *BOT) if c.new]

    def find(self, rows: Sequence[Sequence[str]]) -> Layout | None:
        """The row with the most titles in it, of the first ten; None when none has two."""
        known: dict[str, str] = {}
        for column in (*self.columns, *BOT):
            for word in (column.title, *column.also):
                known.setdefault(folded(word), column.key)
        best: Layout | None = None
        for number, row in enumerate(rows[:LOOKED_AT], 1):
            at: dict[str, int] = {}
            for place, text in enumerate(row, 1):
                key = known.get(folded(text))
                if key is not None:
                    at.setdefault(key, place)
            if len(at) > max(1, len(best.at) if best else 0):
                best = Layout(number, at, max(len(r) for r in rows))
        return None if best is None else Layout(best.number, self.settle(dict(best.at)), best.width)

    def lacking(self, layout: Layout) -> list[str]:
        """The titles of which at least one has to be added, for people."""
        groups = [group for group in self.needs if not any(key in layout.at for key in group)]
        return [" or ".join(self.title(key) for key in group) for group in groups]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of people's: `number` as the sheet counts; `cells[key]` by column, spaces tidied."""

    number: int
    cells: Mapping[str, str]
    status: str = ""
    id: str = ""

    @property
    def empty(self) -> bool:
        return not any(self.cells.values())


@dataclass(frozen=True, slots=True)
class Layout:
    """The heading stands in row `number`; `at[key]` is a column, from 1; `width` is how many columns are in use."""

    number: int
    at: Mapping[str, int]
    width: int

    @property
    def keys(self) -> tuple[str, ...]:
        """People's columns, from left to right."""
        own = {column.key for column in BOT}
        return tuple(key for key, _ in sorted(self.at.items(), key=lambda item: item[1]) if key not in own)

    def rows(self, rows: Sequence[Sequence[str]]) -> list[Row]:
        """Those below the heading with anything of ours or of theirs in it."""

        def cell(row: Sequence[str], key: str) -> str:
            place = self.at.get(key, 0)
            return tidy(row[place - 1]) if 0 < place <= len(row) else ""

        found = [
            Row(
                number,
                {key: cell(row, key) for key in self.keys},
                status=cell(row, STATUS.key),
                id=cell(row, ID.key),
            )
            for number, row in enumerate(rows[self.number :], self.number + 1)
        ]
        return [row for row in found if not row.empty or row.status or row.id]


def tidy(text: str) -> str:
    return " ".join(text.split())


def folded(text: str) -> str:
    """`E-Mail *` and `email` are the same title."""
    kept = "".join(c if c.isalnum() or c.isspace() else " " for c in text.casefold().replace("-", ""))
    return " ".join(kept.split())
