"""What a customer's link shows (`GET`, changes nothing) and does (`POST`, once).

Slots found while looking at a page travel in the page's own buttons, signed, as the offers they are: a `POST`
books one of those and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from handlers.domain.booking import HOLDING, Booking, State
from handlers.domain.customer import Customer
from handlers.domain.errors import (
    Forbidden,
    LinkError,
    LinkSpent,
    NotFound,
    NotOffered,
    Taken,
    Unavailable,
    WrongState,
)
from handlers.domain.links import Action, Link
from handlers.domain.request import Proposal
from handlers.domain.slot import Slot, SlotQuery, Window
from handlers.web.replies import Site, say_contact, wants_json

OFFER = "slot"
"""Audience of a signed slot."""

OFFER_TTL = 30 * 60
"""Seconds a slot on a page stays an offer."""

DAYS = 3
"""Days of free times on one page of the picker."""


def show(site: Site, request: Request, _fields: Mapping[str, str]) -> Response:
    try:
        link = site.desk.links.open(request.path_params["token"])
    except LinkError as error:
        return site.dead_link(request, error)
    try:
        return _SHOW[link.action](site, request, link)
    except NotFound:
        return site.problem(request, 404, "We can't find this booking any more. Please write to us.")
    except Unavailable:
        return site.problem(
            request, 503, "We can't see the calendar right now. Please try again in a few minutes."
        )


def act(site: Site, request: Request, fields: Mapping[str, str]) -> Response:
    try:
        link = site.desk.links.open(request.path_params["token"])
        return _ACT[link.action](site, request, link, fields)
    except LinkSpent:
        return show(site, request, fields)
    except LinkError as error:
        return site.dead_link(request, error)
    except NotFound:
        return site.problem(request, 404, "We can't find this booking any more. Please write to us.")
    except Unavailable:
        return site.problem(
            request, 503, "That didn't go through. Please try again in a minute; nothing was changed."
        )


# --- Picking a slot of a proposal ------------------------------------------------------------------------------


def _show_pick(site: Site, request: Request, link: Link) -> Response:
    proposal = site.desk.slots.proposal(link.subject)
    if made := _made(site, proposal):
        return _view(site, made, notice="You have already picked a time.")
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


def _pick(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    proposal = desk.slots.proposal(link.subject)
    if made := _made(site, proposal):
        return _see(site, request, made)
    offered = _offered(site, fields, f"pick:{proposal.id}")
    number = link.data.get("slot", fields.get("slot", ""))
    if offered is None and (not str(number).isdecimal() or int(number) >= len(proposal.slots)):
        return _show_pick(site, request, link)
    if offered is None and proposal.expires <= desk.clock.now():
        return _fresh(site, request, proposal, "Those times have run out. These are free now:")
    slot = offered or proposal.slots[int(number)]
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
            proposal=proposal if offered is None else None,
            token=f"wish:{proposal.request or proposal.id}" if offered else "",  # two tabs, one booking
            spend=link,
        )
    except (Taken, NotOffered):
        return _fresh(site, request, proposal, "Sorry, that time has just been taken. These are free now:")
    except WrongState as stands:
        booking = desk.bookings.get(stands.id)  # another click of theirs was faster
    return _see(site, request, booking)


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
    offers = [site.slot(s) | {"value": _sign(site, s, f"pick:{proposal.id}")} for s in found.slots]
    return _slots(
        site,
        request,
        offers,
        title="Pick a time",
        notice=notice,
        outside=found.outside,
        until=site.desk.clock.now() + OFFER_TTL,
    )


# --- A booking's own links -------------------------------------------------------------------------------------


def _show_view(site: Site, _request: Request, link: Link) -> Response:
    return _view(site, site.desk.bookings.get(link.subject))


def _show_confirm(site: Site, request: Request, link: Link) -> Response:
    booking = site.desk.bookings.get(link.subject)
    if booking.state is not State.PENDING or site.desk.links.spent(link):
        return _view(site, booking)
    return site.page(
        "confirm",
        slot=site.slot(booking.slot),
        action="confirm",
        token=request.path_params["token"],
        notice="",
    )


def _confirm(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    try:
        booking = site.desk.bookings.confirm(link.subject, "customer")
    except WrongState:
        booking = site.desk.bookings.get(link.subject)
    return _see(site, request, booking)


def _show_cancel(site: Site, request: Request, link: Link) -> Response:
    booking = site.desk.bookings.get(link.subject)
    if booking.state not in HOLDING or site.desk.links.spent(link):
        return _view(site, booking)
    return site.page(
        "cancel", slot=site.slot(booking.slot), token=request.path_params["token"], late=_late(site, booking)
    )


def _cancel(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    booking = desk.bookings.get(link.subject)
    reason = fields.get("reason", "").strip()[:500]
    try:
        booking = desk.bookings.cancel(booking.id, "customer", reason, spend=link)
    except Forbidden:
        desk.intake.ask_staff(
            booking,
            f"Asks to cancel {desk.rules.current().zone.say(booking.slot.start)}, which is too late to do alone. {reason}",
        )
        return site.page("asked")
    except WrongState:
        booking = desk.bookings.get(link.subject)
    return _see(site, request, booking)


def _show_reschedule(site: Site, request: Request, link: Link, notice: str = "") -> Response:
    """The free times of a few days; `?from=2026-05-05` looks further on."""
    desk = site.desk
    booking, rules, now = desk.bookings.get(link.subject), desk.rules.current(), desk.clock.now()
    if booking.state not in HOLDING or desk.links.spent(link) or booking.slot.start <= now:
        return _view(site, booking)
    today = rules.zone.date(now)
    first = max(today, _date(request.query_params.get("from", ""), rules.zone.date(booking.slot.start)))
    last = first + timedelta(days=DAYS - 1)
    window = Window(date_from=first.isoformat(), date_to=last.isoformat())
    query = SlotQuery(
        service=booking.slot.service,
        party=booking.party,
        usual_resource=booking.slot.resource,
        windows=(window,),
        exclude=booking.id,
    )
    found = desk.slots.search(query)
    inside = [
        s for s in found.all if first <= rules.zone.date(s.start) <= last and s.start != booking.slot.start
    ]
    days: dict[str, list[dict[str, str]]] = {}
    for slot in _one_a_start(inside, booking.slot.resource):
        said = site.slot(slot) | {"value": _sign(site, slot, f"move:{booking.id}")}
        days.setdefault(said["date"], []).append(said)
    path = request.url.path
    return site.page(
        "move",
        notice=notice,
        slot=site.slot(booking.slot),
        days=days,
        token=request.path_params["token"],
        earlier=f"{path}?from={first - timedelta(days=DAYS)}" if first > today else "",
        later=f"{path}?from={last + timedelta(days=1)}",
        first=rules.zone.say_date(rules.zone.instant(first, 720)),
        last=rules.zone.say_date(rules.zone.instant(last, 720)),
    )


def _one_a_start(slots: Iterable[Slot], usual: str) -> list[Slot]:
    """One slot for each start, with whom they had if possible: a page of times, not of a roster."""
    by_start: dict[int, Slot] = {}
    for slot in slots:
        if slot.start not in by_start or slot.resource == usual:
            by_start[slot.start] = slot
    return [by_start[start] for start in sorted(by_start)]


def _reschedule(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    slot = _offered(site, fields, f"move:{link.subject}")
    if slot is None:
        return _show_reschedule(site, request, link, "That time is no longer on offer. Please pick another.")
    try:
        booking = desk.bookings.reschedule(link.subject, slot, "customer", spend=link)
    except (Taken, NotOffered):
        return _show_reschedule(
            site, request, link, "Sorry, that time has just been taken. Please pick another."
        )
    except WrongState:
        booking = desk.bookings.get(link.subject)
    return _see(site, request, booking)


def invitation(site: Site, request: Request, _fields: Mapping[str, str]) -> Response:
    """The booking as an `.ics` to download."""
    desk = site.desk
    try:
        link = desk.links.open(request.path_params["token"])
        booking = desk.bookings.get(link.subject if link.action is Action.VIEW else "")
    except LinkError as error:
        return site.dead_link(request, error)
    except NotFound:
        return site.problem(request, 404, "There is no booking behind this link.")
    ics = desk.invitations.render(
        booking,
        desk.rules.current(),
        method="REQUEST",
        link=str(request.url).removesuffix("/booking.ics"),
        now=desk.clock.now(),
    )
    headers = {"Content-Disposition": 'attachment; filename="booking.ics"'}
    return Response(ics, media_type="text/calendar", headers=headers)


# --- Shared ----------------------------------------------------------------------------------------------------


def _see(site: Site, request: Request, booking: Booking) -> Response:
    """After an action: off to the booking's page, so that a reload repeats nothing."""
    if wants_json(request):
        return JSONResponse(
            {"booking": booking.id, "state": booking.state, "start": site.slot(booking.slot)["iso"]}
        )
    return RedirectResponse(_url(site, Action.VIEW, booking), status_code=303)


def _view(site: Site, booking: Booking, notice: str = "") -> Response:
    coming = booking.state in HOLDING and booking.slot.start > site.desk.clock.now()
    return site.page(
        "booking",
        notice=notice,
        slot=site.slot(booking.slot),
        state=booking.state.value,
        coming=coming,
        name=booking.name,
        contact=say_contact(booking.email, booking.phone),
        reference=booking.id,
        late=_late(site, booking),
        ics=f"{_url(site, Action.VIEW, booking)}/booking.ics" if coming else "",
        reschedule=_url(site, Action.RESCHEDULE, booking) if coming else "",
        cancel=_url(site, Action.CANCEL, booking) if coming else "",
    )


def _url(site: Site, action: Action, booking: Booking) -> str:
    return site.desk.links.url(action, booking.id, booking.slot.end)


def _late(site: Site, booking: Booking) -> bool:
    return booking.slot.start - site.desk.clock.now() < site.desk.rules.current().booking.cancel_until


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


def _sign(site: Site, slot: Slot, purpose: str) -> str:
    data: dict[str, Any] = {"p": purpose, "slot": slot.model_dump(mode="json")}
    return site.desk.signer.sign(OFFER, data, site.desk.clock.now() + OFFER_TTL)


def _offered(site: Site, fields: Mapping[str, str], purpose: str) -> Slot | None:
    """The signed slot in a page's button, while it is one for this purpose and not too old."""
    try:
        data = site.desk.signer.open(OFFER, fields.get("slot", ""), site.desk.clock.now())
    except LinkError:
        return None
    return Slot.model_validate(data["slot"]) if data["p"] == purpose else None


def _date(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


_SHOW = {
    Action.PICK: _show_pick,
    Action.VIEW: _show_view,
    Action.CONFIRM: _show_confirm,
    Action.CANCEL: _show_cancel,
    Action.RESCHEDULE: _show_reschedule,
}
_ACT = {
    Action.PICK: _pick,
    Action.VIEW: lambda site, request, link, _fields: _show_view(site, request, link),
    Action.CONFIRM: _confirm,
    Action.CANCEL: _cancel,
    Action.RESCHEDULE: _reschedule,
}
