"""Which row is which record: rows are moved, sorted, copied, edited, and lose their ids.

What a row says counts before the id in it: an id is written to a position, and people may have moved the row at that
very moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handlers.domain.sheets.layout import Row


@dataclass(frozen=True, slots=True)
class Base:
    """A row as it was when sheet and store last agreed: `cells` as people typed them, `held` as the store said it.

    `shown`: its id was seen in the sheet. `ended` is what the row says of a record that has left the list. `twin` is the
    id of the record that the row repeats. `held` is empty until the record is known to be there. `pending` is an edit that
    was seen `since` (epoch s) and not acted on yet.
    """

    id: str
    cells: Mapping[str, str]
    held: Mapping[str, str]
    number: int = 0
    shown: bool = False
    ended: str = ""
    twin: str = ""
    pending: str = ""
    since: int = 0

    def same(self, row: Row) -> bool:
        return all(text == self.cells.get(key, "") for key, text in row.cells.items())


@dataclass(frozen=True, slots=True)
class Matched:
    """`pairs` in the order of the sheet; `copies` are rows that say the same as another, each with that one's number;
    `missing` has the bases without a row."""

    pairs: tuple[tuple[Row, Base | None], ...]
    copies: tuple[tuple[Row, int], ...]
    missing: tuple[Base, ...]


def match(
    rows: Sequence[Row], bases: Iterable[Base], telling: Sequence[str], *, complete: bool = True
) -> Matched:
    """`telling` are the columns that tell people apart. An incomplete read never takes a new row for one not seen."""
    work = _Work([row for row in rows if not row.empty], {base.id: base for base in bases})
    work.unchanged()
    work.by_content()
    copies = work.copies()
    work.by_id()
    if complete:
        work.by_likeness(telling)
    again = {row.number for row, _ in copies}
    pairs = tuple((row, work.of.get(row.number)) for row in work.rows if row.number not in again)
    return Matched(pairs, tuple(copies), tuple(work.left.values()))


_COPY = Base("", {}, {})


class _Work:
    def __init__(self, rows: list[Row], left: dict[str, Base]) -> None:
        self.rows, self.left = rows, left
        self.of: dict[int, Base] = {}

    def _open(self) -> list[Row]:
        return [row for row in self.rows if row.number not in self.of]

    def _take(self, row: Row, base: Base) -> None:
        self.of[row.number] = self.left.pop(base.id)

    def unchanged(self) -> None:
        for row in self.rows:
            base = self.left.get(row.id)
            if base and base.same(row):
                self._take(row, base)

    def by_content(self) -> None:
        """Whatever id stands there. Of equals: one whose id no row has, the record before its twin, and who stood there
        before."""
        keys = tuple(self.rows[0].cells) if self.rows else ()
        held: dict[tuple[str, ...], list[Base]] = defaultdict(list)
        for base in self.left.values():
            held[tuple(base.cells.get(key, "") for key in keys)].append(base)
        ids = Counter(row.id for row in self._open())
        for row in self._open():
            like = [base for base in held[_said(row)] if not (base.twin and row.id in self.left)]
            if like:
                best = min(
                    like,
                    key=lambda base: (
                        ids[base.id] > (row.id == base.id),
                        bool(base.twin),
                        base.number != row.number,
                        base.id,
                    ),
                )
                held[_said(row)].remove(best)
                self._take(row, best)

    def copies(self) -> list[tuple[Row, int]]:
        """Rows of nobody that say what another row says. What has ended may be asked for again in the same words, but
        not by a row that came with its id: that was copied."""
        known: dict[tuple[str, ...], int] = {}
        ended: dict[tuple[tuple[str, ...], str], int] = {}
        for row in self.rows:
            if (base := self.of.get(row.number)) and base.ended:
                ended[_said(row), base.id] = row.number
            elif base:
                known[_said(row)] = row.number
        found: list[tuple[Row, int]] = []
        for row in self._open():
            if row.id in self.left:
                continue  # an edit that made it so
            first = known.get(_said(row)) or ended.get((_said(row), row.id))
            if first:
                found.append((row, first))
                self.of[row.number] = _COPY
            else:
                known[_said(row)] = row.number
        return found

    def by_id(self) -> None:
        """Edited ones. Of several with one id (a copied row), the one that is most like it was."""
        same: dict[str, list[Row]] = defaultdict(list)
        for row in self._open():
            if row.id in self.left:
                same[row.id].append(row)
        for id_, rows in same.items():
            base = self.left[id_]
            self._take(max(rows, key=lambda row: (_alike(row, base), -row.number)), base)

    def by_likeness(self, telling: Sequence[str]) -> None:
        """Edited ones that lost their id, or never had it written: the same contact, or much the same row."""
        scored = [
            (score, -abs(row.number - base.number), row.number, base.id)
            for row in self._open()
            for base in self.left.values()
            if (score := _likeness(row, base, telling))
        ]
        rows = {row.number: row for row in self.rows}
        for _, _, number, id_ in sorted(scored, reverse=True):
            if number not in self.of and id_ in self.left:
                self._take(rows[number], self.left[id_])


def _said(row: Row) -> tuple[str, ...]:
    return tuple(row.cells.values())


def _alike(row: Row, base: Base) -> int:
    return sum(text == base.cells.get(key, "") for key, text in row.cells.items())


def _likeness(row: Row, base: Base, telling: Sequence[str]) -> int:
    """0 = somebody else. Once its id was seen in the sheet, only the same contact makes it the same row."""
    same = [
        key
        for key in telling
        if row.cells.get(key) and _loose(row.cells[key]) == _loose(base.cells.get(key, ""))
    ]
    if not same:
        return 0
    filled = [key for key, text in row.cells.items() if text or base.cells.get(key)]
    alike = sum(_loose(row.cells[key]) == _loose(base.cells.get(key, "")) for key in filled)
    if same == [telling[0]] and (base.shown or alike * 2 < len(filled)):
        return 0
    return 10 * len(same) + alike


def _loose(text: str) -> str:
    """Spaces, dashes and letter case make no difference: `+65 8123-4567` is `+6581234567`."""
    return "".join(c for c in text.casefold() if c.isalnum() or c in "@.+")
