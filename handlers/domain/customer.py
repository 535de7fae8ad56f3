"""Who is booking. Customers never log in: a contact (mail address or E.164 number) leads to the customer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Customer(BaseModel):
    """`phone` is E.164, `email` lower case. `opted_out` lists channels ("text", "email") that must stay silent."""

    model_config = ConfigDict(frozen=True)

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
