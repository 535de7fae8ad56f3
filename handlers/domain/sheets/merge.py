"""Three-way, cell by cell: the sheet wins where people changed it since the last sync, else the store does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.domain.sheets.layout import Row
from handlers.domain.sheets.match import Base


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the store has it: `cells[key]` as one would type it, for every column there could be; `status` is
    what the row says of it. `live` while it is on the list; `back`: it was taken off by removing its row, and comes
    back with it; `final`: nothing changes any more in what has left the list."""

    id: str
    cells: Mapping[str, str]
    status: str
    live: bool = True
    back: bool = False
    final: bool = True


@dataclass(frozen=True, slots=True)
class Merged:
    """`wanted[key]` is what the record should say, `changed` where the sheet wins, `write[key]` goes into the sheet."""

    wanted: Mapping[str, str]
    changed: frozenset[str]
    write: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrote:
    """A text we wrote into a row's cell, meant for record `id`; people may have moved the row at that moment."""

    id: str
    text: str


def merge(row: Row, base: Base | None, held: Held, wrote: Mapping[str, Wrote] | None = None) -> Merged:
    """`wrote[key]` is what we wrote there last: nobody's edit, and put right where it met another row than was meant.

    A column without a base (a new one, or a row that came back) was changed if there is anything else in it.
    """
    wanted, changed, write = dict(held.cells), set[str](), dict[str, str]()
    for key, typed in row.cells.items():
        stored = held.cells.get(key, "")
        before = None if base is None else base.cells.get(key)
        was = None if base is None else base.held.get(key)
        ours = (wrote or {}).get(key)
        if typed == stored:
            continue
        if ours and before is not None and typed == ours.text != before:
            write[key] = stored if ours.id == held.id else before
        elif typed != before if before is not None else typed:
            changed.add(key)
            wanted[key] = typed
        elif was != stored:
            write[key] = stored
    return Merged(wanted, frozenset(changed), write)


def created(row: Row, held: Held) -> Base:
    """The base of a row that has just become a record: what people left empty stays empty."""
    return Base(held.id, dict(row.cells), {key: held.cells.get(key, "") for key in row.cells}, row.number)


def agreed(row: Row, base: Base | None, held: Held, changed: frozenset[str]) -> Base:
    """The base for the next sync. What is still to be written is agreed on only when it has been read back."""
    cells = dict(base.cells) if base else {}
    said = dict(base.held) if base else {}
    for key, typed in row.cells.items():
        stored = held.cells.get(key, "")
        if key in changed or typed == stored:
            cells[key], said[key] = typed, stored
        else:
            cells.setdefault(key, typed)
            said.setdefault(key, "")
    told = row.id == held.id
    over = not held.live and held.final
    ended = held.status if told and over and row.status == held.status else ""
    return Base(held.id, cells, said, row.number, shown=told, ended=ended)
