"""Picking one of the slots a customer was offered, or one of those that are free now."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from handlers.domain.booking import HOLDING, Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import NotFound, NotOffered, Taken, WrongState
from handlers.domain.links import Action, Link
from handlers.domain.request import Proposal
from handlers.domain.slot import SlotQuery
from handlers.web import visits
from handlers.web.forms import slots_page
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
        several = len(proposal.slots) > 1
        service = site.desk.rules.current().services.get(proposal.slots[number].service)
        return site.page(
            "confirm",
            slot=site.slot(proposal.slots[number]),
            action="ask" if service and service.approval == "always" else "book",
            token=request.path_params["token"],
            others=site.desk.links.url(Action.PICK, proposal.id, link.expires) if several else "",
        )
    here = {"link": request.url.path}
    return slots_page(site, [site.slot(s) | {"value": str(n)} | here for n, s in proposal.by_start], proposal)


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
    here = {"link": request.url.path}
    offers = [
        site.slot(s) | {"value": sign(site, s, f"pick:{proposal.id}")} | here
        for s in sorted(found.slots, key=lambda slot: slot.start)
    ]
    until = site.desk.clock.now() + OFFER_TTL
    return slots_page(site, offers, proposal, until=until, notice=notice, outside=found.outside)
