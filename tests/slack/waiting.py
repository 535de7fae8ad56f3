"""People waiting, and times that come free, for the office."""

from __future__ import annotations

from typing import Any

from handlers.domain.waitlist import Entry, Opening
from handlers.services.offer_steps import Seen
from tests.slack.office import Office

WINDOW = 600
"""Seconds of a claim window, by default."""


def join(office: Office, name: str, service: str = "haircut", **more: Any) -> Entry:
    """Someone with a mail address of their own, a minute after the one before."""
    address = f"{name.split(maxsplit=1)[0].lower()}@mail.example"
    given = {"email": address, "source": "staff", "by": "U0MEI", **more}
    entry = office.desk.entries.join(service=service, name=name, **given).entry
    pass_time(office, 60)
    office.events()
    return entry


def freed(office: Office, by: str = "customer", **slot: Any) -> Opening:
    """A booking was cancelled, and everything that follows from it has happened."""
    from tests.slack.samples import slot as at

    booking = office.booked(slot=at(**slot))
    office.events()
    office.desk.bookings.cancel(booking.id, by, force=True)
    office.settle()
    return newest(office).opening


def newest(office: Office) -> Seen:
    rules = office.desk.rules.current()
    everything = [*office.desk.openings.active(), *office.desk.openings.over(rules.resources, 0)]
    return office.desk.openings.get(max(everything, key=lambda o: (o.created, o.id)).id)


def pass_time(office: Office, seconds: int) -> None:
    """Moves the clock; what is due by then is looked at once."""
    office.desk.clock.at += seconds  # type: ignore[attr-defined]
    office.desk.openings.due()
