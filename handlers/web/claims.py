"""A time on offer to someone on the waitlist: taken with one tap, declined, or gone. However late a tap, it ends well."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from handlers.domain.errors import LinkSpent, Taken, WrongState
from handlers.domain.links import OFFER_KEPT, Action, Link
from handlers.domain.waitlist import EntryState, OfferState, OpeningState
from handlers.domain.zone import say_duration
from handlers.services.entries import CUSTOMER
from handlers.services.offers import OfferView
from handlers.web import places, visits
from handlers.web.replies import Site, wants_json


def show_claim(site: Site, request: Request, link: Link) -> Response:
    view = site.desk.offers.look(link.subject)
    if wants_json(request):
        return _json(site, view)
    if not view.open:
        return _over(site, view)
    return site.page(
        "claim",
        token=request.path_params["token"],
        decline=_url(site, Action.DECLINE, view),
        **_said(site, view),
    )


def claim(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    try:
        booking = site.desk.offers.claim(link.subject, CUSTOMER, spend=link)
    except (WrongState, Taken, LinkSpent):
        view = site.desk.offers.look(link.subject)
        if view.offer.booking is None:
            return _json(site, view, 409) if wants_json(request) else _over(site, view)
        booking = site.desk.bookings.get(view.offer.booking)  # a second tap, or their other device
    return visits.see(site, request, booking)


def show_decline(site: Site, request: Request, link: Link) -> Response:
    view = site.desk.offers.look(link.subject)
    if wants_json(request):
        return _json(site, view)
    if not view.open:
        return _over(site, view)
    return site.page(
        "decline",
        token=request.path_params["token"],
        claim=_url(site, Action.CLAIM, view),
        **_said(site, view),
    )


def decline(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    with suppress(WrongState, LinkSpent):  # over already, one way or the other: the page says which
        site.desk.offers.decline(link.subject, CUSTOMER, spend=link)
    if wants_json(request):
        view = site.desk.offers.look(link.subject)
        return _json(site, view, 200 if view.offer.state is OfferState.DECLINED else 409)
    return RedirectResponse(request.url.path, status_code=303)


# --- parts -----------------------------------------------------------------------------------------------------


def _over(site: Site, view: OfferView) -> Response:
    """What became of it, calmly: theirs, let go by them, or somebody else's; and where that leaves them."""
    if view.offer.booking is not None:
        return visits.view(site, site.desk.bookings.get(view.offer.booking))
    offer, entry, zone = view.offer, view.entry, site.desk.rules.current().zone
    booked = site.desk.bookings.get(entry.booking) if entry.booking else None
    wish = {"service": entry.service, "date": zone.date(offer.slot.start).isoformat()}
    free = view.opening.state is OpeningState.HANDED_BACK and offer.slot.start > site.desk.clock.now()
    return site.page(
        "gone",
        declined=offer.state is OfferState.DECLINED and offer.changed_by == CUSTOMER,
        free=free,
        state=entry.state.value,
        booking=visits.url(site, Action.VIEW, booked) if booked else "",
        look=f"/forms/book?{urlencode(wish if free else {'service': entry.service})}",
        again=site.waitlist({"service": entry.service}),
        **_said(site, view),
    )


def _said(site: Site, view: OfferView) -> dict[str, Any]:
    """The time in words, and how long it is theirs."""
    rules, now, offer = site.desk.rules.current(), site.desk.clock.now(), view.offer
    ends = offer.ends or 0
    same_day = rules.zone.date(ends) == rules.zone.date(now)
    replaces = view.entry.replaces and view.entry.before
    return {
        "slot": site.slot(offer.slot),
        "group": f"for {offer.party}" if offer.party > 1 else "",
        "until": (rules.zone.say_time(ends) if same_day else rules.zone.say(ends)) if ends else "",
        "left": say_duration(ends - now) if ends > now else "",
        "window": say_duration(rules.waitlist.claim_window),
        "replaces": rules.zone.say(replaces) if replaces else "",
        "ways": places.ways(site, view.entry),
    }


def _url(site: Site, action: Action, view: OfferView) -> str:
    return site.desk.links.url(action, view.offer.ref, view.offer.slot.end + OFFER_KEPT)


def _json(site: Site, view: OfferView, status: int = 200) -> Response:
    offer, zone = view.offer, site.desk.rules.current().zone
    return JSONResponse(
        {
            "offer": offer.ref,
            "state": offer.state,
            "open": view.open,
            "service": offer.slot.service,
            "resource": offer.slot.resource,
            "start": zone.iso(offer.slot.start),
            "end": zone.iso(offer.slot.end),
            "until": zone.iso(offer.ends) if offer.ends else None,
            "booking": offer.booking,
            "entry": view.entry.id,
            "waiting": view.entry.state is EntryState.WAITING,
        },
        status_code=status,
    )
