"""What a customer's link shows (`GET`, changes nothing) and does (`POST`, once): from its action to a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from handlers.domain.errors import Forbidden, InputError, LinkError, LinkSpent, NotFound, Unavailable
from handlers.domain.links import Action, Link
from handlers.web import claims, earlier, picks, places, visits
from handlers.web.replies import Site

GONE = "We can't find this {kind} any more. Please write to us."
KINDS = {"entry": "place on the waitlist", "offer": "offer", "opening": "offer"}


def show(site: Site, request: Request, _fields: Mapping[str, str]) -> Response:
    return _answer(site, request, lambda link: _SHOW[link.action](site, request, link))


def act(site: Site, request: Request, fields: Mapping[str, str]) -> Response:
    try:
        return _answer(site, request, lambda link: _ACT[link.action](site, request, link, fields))
    except LinkSpent:
        return show(site, request, fields)


def _answer(  # noqa: PLR0911 - one answer for each way it can end
    site: Site, request: Request, handle: Callable[[Link], Response]
) -> Response:
    try:
        return handle(site.desk.links.open(request.path_params["token"]))
    except LinkSpent:
        raise
    except LinkError as error:
        return site.dead_link(request, error)
    except NotFound as error:
        if error.kind == "service":
            return site.problem(
                request, 422, "We don't offer this any more. Please choose something else, or write to us."
            )
        return site.problem(request, 404, GONE.format(kind=KINDS.get(error.kind, "booking")))
    except Forbidden:
        return site.problem(request, 409, "This can't be changed online any more. Please write to us.")
    except InputError as error:
        return site.problem(request, 422, error.message)
    except Unavailable:
        message = (
            "We can't see the calendar right now. Please try again in a few minutes; nothing was changed."
        )
        return site.problem(request, 503, message)


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


_SHOW = {
    Action.PICK: picks.show,
    Action.VIEW: visits.show_view,
    Action.CONFIRM: visits.show_confirm,
    Action.CANCEL: visits.show_cancel,
    Action.RESCHEDULE: visits.show_reschedule,
    Action.CLAIM: claims.show_claim,
    Action.DECLINE: claims.show_decline,
    Action.WAIT: places.show,
    Action.PAUSE: places.show_ask,
    Action.RESUME: places.show_ask,
    Action.LEAVE: places.show_ask,
    Action.EARLIER: earlier.show,
}
_ACT = {
    Action.PICK: picks.pick,
    Action.VIEW: lambda site, request, link, _fields: visits.show_view(site, request, link),
    Action.CONFIRM: visits.confirm,
    Action.CANCEL: visits.cancel,
    Action.RESCHEDULE: visits.reschedule,
    Action.CLAIM: claims.claim,
    Action.DECLINE: claims.decline,
    Action.WAIT: places.change,
    Action.PAUSE: places.pause,
    Action.RESUME: places.resume,
    Action.LEAVE: places.leave,
    Action.EARLIER: earlier.join,
}
