"""Picking one of the slots a customer was offered, or one of those that are free now."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from handlers.domain.booking import HOLDING, Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import NotFound, NotOffered, Taken, WrongState
from handlers.domain.links import Link
from handlers.domain.request import Proposal
from handlers.domain.slot import SlotQuery
from handlers.web import visits
from handlers.web.offers import OFFER_TTL, offered, sign
from handlers.web.replies import Site


def show(site: Site, request: Request, link: Link) -> Response:
    proposal = site.desk.slots.proposal(link.subject)
    if made := _made(site, proposal):
        return visits.view(site, made, notice="You have already picked a time.")
    if proposal.expires <= site.desk.clock.now():
        return _fresh(site, request, proposal, "Those times have run out. These are free now:")
    number = link.data.get("slot")
    if isinstance(number, int):
        return site.page(
            "confirm",
            slot=site.slot(proposal.slots[number]),
            action="book",
            token=request.path_params["token"],
            notice="",
        )
    offers = [site.slot(s) | {"value": str(n)} for n, s in enumerate(proposal.slots)]
    return _slots(site, request, offers, title="Pick a time", until=proposal.expires)


def pick(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    proposal = desk.slots.proposal(link.subject)
    if made := _made(site, proposal):
        return visits.see(site, request, made)
    chosen = offered(site, fields, f"pick:{proposal.id}")
    number = link.data.get("slot", fields.get("slot", ""))
    if chosen is None and (not str(number).isdecimal() or int(number) >= len(proposal.slots)):
        return show(site, request, link)
    if chosen is None and proposal.expires <= desk.clock.now():
        return _fresh(site, request, proposal, "Those times have run out. These are free now:")
    slot = chosen or proposal.slots[int(number)]
    customer, notes = _who(site, proposal)
    try:
        booking = desk.bookings.take(
            slot=slot,
            customer=customer,
            party=proposal.party,
            source=proposal.channel,
            by="customer",
            notes=notes,
            request=proposal.request,
            proposal=proposal if chosen is None else None,
            token=f"wish:{proposal.request or proposal.id}" if chosen else "",  # two tabs, one booking
            spend=link,
        )
    except (Taken, NotOffered):
        return _fresh(site, request, proposal, "Sorry, that time has just been taken. These are free now:")
    except WrongState as stands:
        booking = desk.bookings.get(stands.id)  # another click of theirs was faster
    return visits.see(site, request, booking)


def _who(site: Site, proposal: Proposal) -> tuple[Customer, str]:
    """Who picks, and their notes: whoever asked, or the customer of a booking that gave way to the calendar."""
    if proposal.request:
        asked = site.desk.intake.get(proposal.request)
        customer = site.desk.customers.resolve(
            name=asked.name, email=asked.email, phone=asked.phone, consent=asked.channel
        )
        return customer, asked.message.text if asked.channel == "web" else ""
    if proposal.customer:
        return site.desk.customers.get(proposal.customer), ""
    raise NotFound("request", proposal.id)


def _made(site: Site, proposal: Proposal) -> Booking | None:
    """What was booked from it; or for the same wish, while it stands (one that gave way is picked anew)."""
    if proposal.taken:
        return site.desk.bookings.get(proposal.taken)
    id_ = site.desk.intake.get(proposal.request).booking if proposal.request else None
    made = site.desk.bookings.get(id_) if id_ else None
    return made if made and made.state in HOLDING else None


def _fresh(site: Site, request: Request, proposal: Proposal, notice: str) -> Response:
    """Other slots for the same wish; shown, not stored: each button carries its own."""
    query = proposal.query or SlotQuery(service=proposal.slots[0].service, party=proposal.party)
    found = site.desk.slots.search(query)
    offers = [site.slot(s) | {"value": sign(site, s, f"pick:{proposal.id}")} for s in found.slots]
    return _slots(
        site,
        request,
        offers,
        title="Pick a time",
        notice=notice,
        outside=found.outside,
        until=site.desk.clock.now() + OFFER_TTL,
    )


def _slots(
    site: Site,
    request: Request,
    offers: list[dict[str, str]],
    *,
    title: str,
    until: int,
    notice: str = "",
    outside: bool = False,
) -> Response:
    for offer in offers:
        offer["link"] = request.url.path
    zone = site.desk.rules.current().zone
    return site.page(
        "slots", title=title, offers=offers, notice=notice, until=zone.say_time(until), outside=outside
    )
