"""What a list has to say of itself to be kept in a sheet as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from handlers.domain.events import EventKind
from handlers.domain.rules.model import SheetPlace
from handlers.domain.sheets import Held, Table
from handlers.services.sheet_book import SheetBook


class Lane(Protocol):
    """A list of the store that people also keep in a sheet. `name` is its key under `sheets` in the rules.

    `cells` hold the columns that the sheet has. Raises RowFaults for what can't be used.
    """

    @property
    def name(self) -> str: ...

    @property
    def whole(self) -> bool:
        """Whether everything on the list has a row; else only what came from the sheet."""
        ...

    @property
    def table(self) -> Table: ...

    def shows(self, kind: EventKind) -> bool:
        """Whether a row may say something else after such an event."""
        ...

    def patience(self, changed: frozenset[str]) -> int:
        """Seconds for which an edit of these columns must stand before it counts; of none: for which a row must be
        missing. 0 = at once."""
        ...

    def live(self) -> Mapping[str, Held]:
        """Everything that has a row or gets one, in the order in which new rows are added."""
        ...

    def find(self, id_: str) -> Held | None:
        """Also what has left the list."""
        ...

    def check(self, cells: Mapping[str, str]) -> None:
        """Whether a row could become a record; changes nothing. Raises RowSkipped for one that is left alone."""
        ...

    def create(self, id_: str, cells: Mapping[str, str]) -> Held:
        """Makes the record of a row, or brings the one with this id to what the row says: safe to repeat. The answer
        has another id when the same is on the list already."""
        ...

    def change(self, id_: str, cells: Mapping[str, str], changed: frozenset[str]) -> Held:
        """`changed` are the columns that people changed. The answer has another id when it is on the list anew."""
        ...

    def remove(self, id_: str) -> None:
        """Raises WrongState when it has left the list."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A list, and the sheet that the rules name for it."""

    lane: Lane
    place: SheetPlace
    book: SheetBook
