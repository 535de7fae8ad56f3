"""Who is booking. Customers never log in: a contact (mail address or E.164 number) leads to the customer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from handlers.domain.contact import is_mobile
from handlers.domain.wish import Way


class Customer(BaseModel):
    """`phone` is E.164, `email` lower case. `opted_out` lists channels ("text", "email") that must stay silent."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    name: str = ""
    email: str | None = None
    phone: str | None = None
    usual_resource: str | None = None
    visits: int = 0
    no_shows: int = 0
    opted_out: tuple[str, ...] = ()
    consent: str = ""
    """Where the number or address came from ("form 2026-05-05", "staff U0MEI", "mail")."""
    created: int = 0
    rev: int = 0
    """Optimistic lock: raised by every write of this item."""


def way_to(person: Customer, first: Way, *, only: bool = False) -> Way | None:
    """How to reach somebody: the `first` way, and unless `only` the other, where there is such an address and they
    did not opt out of it. None when there is no way."""
    other: Way = "email" if first == "text" else "text"
    reachable = {"email": bool(person.email), "text": bool(person.phone and is_mobile(person.phone))}
    ways = (first,) if only else (first, other)
    return next((way for way in ways if reachable[way] and way not in person.opted_out), None)
