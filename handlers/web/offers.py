"""Slots on a page: each travels in its own button, signed, as the offer it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.domain.errors import LinkError
from handlers.domain.slot import Slot
from handlers.web.replies import Site

OFFER = "slot"
"""Audience of a signed slot."""

OFFER_TTL = 30 * 60
"""Seconds a slot on a page stays an offer."""


def sign(site: Site, slot: Slot, purpose: str) -> str:
    data: dict[str, Any] = {"p": purpose, "slot": slot.model_dump(mode="json")}
    return site.desk.signer.sign(OFFER, data, site.desk.clock.now() + OFFER_TTL)


def offered(site: Site, fields: Mapping[str, str], purpose: str) -> Slot | None:
    """The signed slot in a page's button, while it is one for this purpose and not too old."""
    try:
        data = site.desk.signer.open(OFFER, fields.get("slot", ""), site.desk.clock.now())
    except LinkError:
        return None
    return Slot.model_validate(data["slot"]) if data["p"] == purpose else None
