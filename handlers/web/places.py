"""A person's place on the waitlist: shown, changed, paused, left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from handlers.domain.errors import InputError, NotFound, WrongState
from handlers.domain.forms import FormFaults, parse_days
from handlers.domain.links import OFFER_KEPT, Action, Link
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist import Entry, EntryState
from handlers.domain.zone import say_duration
from handlers.services.entries import CUSTOMER, Joined
from handlers.services.waitlist_messages import links_until, say_dates
from handlers.web import visits
from handlers.web.forms import choices
from handlers.web.replies import Site, hint_contact, say_contact, wants_json

# --- seen ------------------------------------------------------------------------------------------------------


def show(site: Site, request: Request, link: Link) -> Response:
    entry = site.desk.entries.get(link.subject)
    if wants_json(request):
        return state_of(entry)
    if entry.state is EntryState.BOOKED and entry.booking:
        return visits.view(site, site.desk.bookings.get(entry.booking))
    return page(site, entry)


def joined(site: Site, done: Joined, given: str) -> Response:
    """After the form. Who fills it in need not be who the contact belongs to: a place that was there before is changed
    and left by the links in our messages only."""
    notice = (
        ""
        if done.new
        else "You were on the list for this already. You keep your place, with what you wrote now."
    )
    return page(site, done.entry, given=given, yours=done.new, notice=notice)


def joined_json(done: Joined) -> Response:
    body = {"state": "waiting", "entry": done.entry.id, "new": done.new}
    return JSONResponse(body, status_code=201 if done.new else 200)


def see(site: Site, entry: Entry) -> Response:
    """After an action: off to their place, so that a reload repeats nothing."""
    return RedirectResponse(url(site, Action.WAIT, entry), status_code=303)


def state_of(entry: Entry) -> Response:
    return JSONResponse(
        {
            "entry": entry.id,
            "state": entry.state,
            "service": entry.service,
            "party": entry.party,
            "earliest": entry.earliest.isoformat(),
            "latest": entry.latest.isoformat(),
            "staff": entry.resource,
        }
    )


# --- changed ---------------------------------------------------------------------------------------------------


def change(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    """Other days, or somebody else."""
    desk = site.desk
    entry, rules, now = desk.entries.get(link.subject), desk.rules.current(), desk.clock.now()
    until = rules.zone.date(entry.before) if entry.before else None
    try:
        days = parse_days(fields, rules, now, service=entry.service, until=until)
        wanted = {
            "earliest": days.earliest or rules.zone.date(now),
            "latest": days.latest or until or rules.zone.date(now + rules.booking.horizon),
            "resource": days.resource,
        }
        entry = desk.entries.change(entry.id, CUSTOMER, spend=link, **wanted)
    except (FormFaults, InputError) as error:
        faults = error.faults if isinstance(error, FormFaults) else {error.field: error.message}
        if wants_json(request):
            return JSONResponse({"errors": faults}, status_code=422)
        return page(site, entry, faults=faults, written=fields, status=422)
    except WrongState:
        entry = desk.entries.get(entry.id)
    return state_of(entry) if wants_json(request) else see(site, entry)


def show_ask(site: Site, request: Request, link: Link) -> Response:
    """`pause`, `resume` and `leave`: asked once more, since whoever opens a link need not be a person."""
    entry = site.desk.entries.get(link.subject)
    done = {Action.PAUSE: EntryState.PAUSED, Action.RESUME: EntryState.WAITING}.get(link.action)
    asked = site.desk.links.spent(link)  # their page has links for another time
    if asked or not entry.on_the_list or entry.state is done or wants_json(request):
        return show(site, request, link)
    return site.page(
        "ask",
        action=link.action.value,
        token=request.path_params["token"],
        keep=url(site, Action.WAIT, entry),
        **_said(site.desk.rules.current(), entry),
    )


def pause(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    """A time they hold goes on to the next person, as when they leave: the event of it does that."""
    return _moved(site, request, link, site.desk.entries.pause)


def resume(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    return _moved(site, request, link, site.desk.entries.resume)


def leave(site: Site, request: Request, link: Link, _fields: Mapping[str, str]) -> Response:
    return _moved(site, request, link, site.desk.entries.remove)


def _moved(site: Site, request: Request, link: Link, act: Callable[..., Entry]) -> Response:
    try:
        entry = act(link.subject, CUSTOMER, spend=link)
    except WrongState:  # off the list already
        entry = site.desk.entries.get(link.subject)
    return state_of(entry) if wants_json(request) else see(site, entry)


# --- the page --------------------------------------------------------------------------------------------------


def page(
    site: Site,
    entry: Entry,
    *,
    given: str = "",
    yours: bool = True,
    notice: str = "",
    faults: Mapping[str, str] | None = None,
    written: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """`given` is the contact they wrote just now, `yours` whether this page may change the entry."""
    rules = site.desk.rules.current()
    channel = site.desk.waitlist_messages.channel(entry)
    days = {"earliest": entry.earliest.isoformat(), "latest": entry.latest.isoformat()}
    wish = {"service": entry.service, "staff": entry.resource or "", **(days if entry.on_the_list else {})}
    form = choices(site, rules)
    if entry.before:
        form["last"] = rules.zone.date(entry.before).isoformat()
    return site.page(
        "place",
        status,
        state=entry.state.value,
        notice=notice,
        faults=faults or {},
        given={**days, "staff": entry.resource or "", **(written or {})},
        channel=channel,
        to=_to(entry, channel, given),
        window=say_duration(rules.waitlist.claim_window),
        held=_held(site, entry) if yours else "",
        ways=ways(site, entry) if yours else None,
        again=site.waitlist(wish),
        **_said(rules, entry),
        **form,
    )


def ways(site: Site, entry: Entry) -> dict[str, str]:
    """What they can do about their place: each a link for one use."""
    actions = (Action.WAIT, Action.PAUSE, Action.RESUME, Action.LEAVE)
    return {action.value: url(site, action, entry) for action in actions}


def _said(rules: Rules, entry: Entry) -> dict[str, Any]:
    service, resource = rules.services.get(entry.service), rules.resources.get(entry.resource or "")
    dates = say_dates(rules, entry)
    first, several, last = dates.partition(" to ")
    return {
        "service": service.name if service else "your visit",
        "resource": resource.name if resource else "",
        "group": f"{entry.party} people" if entry.party > 1 else "",
        "dates": dates,
        "between": f"between {first} and {last}" if several else f"on {first}",
        "booked": rules.zone.say(entry.before) if entry.replaces and entry.before else "",
    }


def _to(entry: Entry, channel: str | None, given: str) -> str:
    """Where they are told: in full only what they wrote themselves just now."""
    email, phone = (entry.email, None) if channel == "email" else (None, entry.phone)
    used = phone or email or entry.email or ""
    if given:
        kind = "mobile number" if phone else "mail address"
        return (
            say_contact(email, phone) if used == given or channel is None else f"the {kind} we have for you"
        )
    return hint_contact(email, phone or "")


def _held(site: Site, entry: Entry) -> str:
    """A link to the time they hold right now."""
    if entry.offer is None:
        return ""
    try:
        held = site.desk.offers.look(entry.offer)
    except NotFound:
        return ""
    return (
        site.desk.links.url(Action.CLAIM, entry.offer, held.offer.slot.end + OFFER_KEPT) if held.open else ""
    )


def url(site: Site, action: Action, entry: Entry) -> str:
    return site.desk.links.url(action, entry.id, links_until(site.desk.rules.current(), entry))
