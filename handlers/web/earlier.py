"""Want an earlier time? From a booking's page and its confirmation onto the waitlist, with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from handlers.domain.booking import Booking
from handlers.domain.errors import InputError
from handlers.domain.forms import FormFaults, parse_days
from handlers.domain.links import Action, Link
from handlers.domain.zone import say_duration
from handlers.services.entries import CUSTOMER
from handlers.web import places, visits
from handlers.web.forms import choices
from handlers.web.replies import Site, wants_json


def show(site: Site, request: Request, link: Link) -> Response:
    booking = site.desk.bookings.get(link.subject)
    if entry := visits.waits(site, booking):
        return places.page(site, entry)
    if not visits.may_be_earlier(site, booking) or site.desk.links.spent(link):
        return visits.view(site, booking)
    return _page(site, request, booking, {}, {})


def join(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    """The link is theirs, so the place is: who they are is not asked again."""
    desk = site.desk
    booking, rules, now = desk.bookings.get(link.subject), desk.rules.current(), desk.clock.now()
    if not visits.may_be_earlier(site, booking):
        return visits.see(site, request, booking)
    day = rules.zone.date(booking.slot.start)
    try:
        days = parse_days(fields, rules, now, service=booking.slot.service, until=day)
        done = desk.entries.join(
            service=booking.slot.service,
            name=booking.name,
            email=booking.email,
            phone=booking.phone,
            party=booking.party,
            **days.model_dump(),
            replaces=booking,
            source="web",
            by=CUSTOMER,
            spend=link,
        )
    except (FormFaults, InputError) as error:
        faults = error.faults if isinstance(error, FormFaults) else {error.field: error.message}
        if wants_json(request):
            return JSONResponse({"errors": faults}, status_code=422)
        return _page(site, request, booking, fields, faults)
    return places.joined_json(done) if wants_json(request) else places.see(site, done.entry)


def _page(
    site: Site, request: Request, booking: Booking, given: Mapping[str, str], faults: Mapping[str, str]
) -> Response:
    rules = site.desk.rules.current()
    form = choices(site, rules)
    last = rules.zone.date(booking.slot.start).isoformat()
    days = {"earliest": form["first"], "latest": last, "staff": ""}
    return site.page(
        "earlier",
        422 if faults else 200,
        token=request.path_params["token"],
        slot=site.slot(booking.slot),
        given={**days, **{name: given[name] for name in days if name in given}},
        faults=faults,
        window=say_duration(rules.waitlist.claim_window),
        keep=visits.url(site, Action.VIEW, booking),
        **form | {"last": last},
    )
