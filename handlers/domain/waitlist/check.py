"""What can be waited for: the dates of an entry, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.domain.booking import Booking
from handlers.domain.errors import InputError
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist.entry import Entry


def dates(
    rules: Rules, now: int, earliest: date | None, latest: date | None, replaces: Booking | None
) -> tuple[date, date]:
    """Those left out are today and the last day that can be booked, or that of the booking it replaces."""
    today, end = rules.zone.date(now), rules.zone.date(now + rules.booking.horizon)
    if replaces is not None:
        end = min(end, rules.zone.date(replaces.slot.start))
    return earliest or today, latest or max(end, earliest or today)


def check(rules: Rules, today: date, wanted: Mapping[str, Any], was: Entry | None = None) -> None:
    """What is wrong with an entry, as a sentence beside the field. Raises InputError."""
    service = rules.services.get(wanted["service"])
    if service is None:
        raise InputError("service", "Please choose one of the services in the list.")
    low, high = service.party.min, service.party.max
    if not low <= wanted["party"] <= high:
        size = f"{low} to {high} people" if low < high else "1 person" if high == 1 else f"{high} people"
        raise InputError("party", f"{service.name} is for {size}.")
    resource = wanted["resource"]
    if resource is not None and resource not in service.resources:
        names = " or ".join(rules.resources[r].name for r in service.resources)
        raise InputError("staff", f"{service.name} is given by {names}. Choose one of them, or anyone.")
    if wanted["latest"] < wanted["earliest"]:
        raise InputError("latest", "The last day is before the first. Please swap them.")
    if wanted["latest"] < today and (was is None or was.latest != wanted["latest"]):
        raise InputError("latest", "That day has passed. Please choose a coming one.")
