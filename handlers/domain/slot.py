"""A slot (a start time on a resource) and the extents it occupies."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Extent(NamedTuple):
    """[start, end) in epoch seconds on one resource, buffers included."""

    resource: str
    start: int
    end: int


class Window(BaseModel):
    """When a customer wants to come, as read: an inclusive date range and a wall-time range; None = open.

    Dates are `YYYY-MM-DD`, times `HH:MM` (`24:00` closes a day). An exact time has `time_from == time_to`.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    date_from: str | None = None
    date_to: str | None = None
    time_from: str | None = None
    time_to: str | None = None
    exact: bool = False
    confidence: float = 1.0
    quote: str = ""


class Slot(BaseModel):
    """`start`..`end` is the service itself, in epoch seconds; `needs` are the further resources it takes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    service: str
    resource: str
    start: int
    end: int
    needs: tuple[str, ...] = ()

    def extents(self, buffer_before: int, buffer_after: int) -> tuple[Extent, ...]:
        """What it occupies on its resource and on each of `needs`; buffers in minutes."""
        start, end = self.start - buffer_before * 60, self.end + buffer_after * 60
        return tuple(Extent(r, start, end) for r in (self.resource, *self.needs))


class SlotQuery(BaseModel):
    """What to look for. No windows = any time; `exclude` is a booking whose own claims don't count (a reschedule)."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    service: str
    party: int = 1
    resource: str | None = None
    usual_resource: str | None = None
    windows: tuple[Window, ...] = ()
    exclude: str | None = None
