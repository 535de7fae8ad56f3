"""The one event that says that time came free, whatever freed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from handlers.domain.availability.freed import Freed
from handlers.domain.events import EventKind
from handlers.ports import Put
from handlers.services.journal import Journal

Why = Literal["cancelled", "no_show", "opening"]


def slot_freed(
    journal: Journal, resource: str, freed: Freed, why: Why, *, service: str = "", id_: str = ""
) -> Put:
    """The outbox row. Its subject is the resource: no booking of ours was there. `id_` names an event that may be told
    twice; left out, it gets one of its own."""
    return journal.event(
        EventKind.SLOT_FREED,
        resource,
        id_,
        why=why,
        service=service,
        resource=resource,
        needs=[],
        start=freed.start,
        end=freed.end,
        extent=list(freed.extent),
        seats=freed.seats,
    )


def nearest(found: Sequence[tuple[str, Freed]], most: int) -> list[tuple[str, Freed]]:
    """The soonest of (resource, freed): a list of people can't be offered more at once, and the rest can be booked by
    everybody anyway."""
    return sorted(found, key=lambda f: (f[1].start, f[0]))[:most]
