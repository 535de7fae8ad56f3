"""What people are told of a sheet."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RowFault(BaseModel):
    """Row `number` can't be used. `who` says whose it is, as far as it says."""

    model_config = ConfigDict(frozen=True)

    number: int
    who: str = ""
    message: str


class Told(BaseModel):
    """All of it empty: the sheet is in order. `more` faults were found than are named. `trouble` is why the sheet can't
    be synced at all; `gone` rows are missing, too many to be meant, and leave the list at `until` (epoch s)."""

    model_config = ConfigDict(frozen=True)

    sheet: str = ""
    faults: tuple[RowFault, ...] = ()
    more: int = 0
    trouble: str = ""
    gone: int = 0
    until: int = 0
    rev: int = 0
    """Rises whenever something else is to be told."""

    @property
    def fine(self) -> bool:
        return not (self.faults or self.trouble or self.gone)
