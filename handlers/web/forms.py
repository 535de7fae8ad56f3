"""The booking form: shown, sent, answered with slots in the same response."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from handlers.domain.forms import FIELDS, HONEYPOT, FormFaults, day_parts, parse_book, wish_of
from handlers.domain.links import PICK_KEPT, Action
from handlers.domain.request import Proposal
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery
from handlers.domain.zone import say_minutes
from handlers.services.intake import FormOutcome
from handlers.web.replies import Site, say_contact, wants_json


def home(site: Site, _request: Request, _fields: Mapping[str, str]) -> Response:
    rules = site.desk.rules.current()
    return site.page("home", services=services_of(rules), hours=_hours(rules))


def show_book(site: Site, request: Request, _fields: Mapping[str, str]) -> Response:
    """The empty form; `?service=` and friends prefill it, so that a business can link to one service."""
    given = {name: request.query_params.get(name, "") for name in FIELDS}
    rules = site.desk.rules.current()
    if wants_json(request):
        return JSONResponse({"services": services_of(rules), "fields": list(FIELDS)})
    return _form(site, rules, given, {})


def send_book(site: Site, request: Request, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    rules = desk.rules.current()
    if (slower := too_many(site, request)) is not None:
        return slower
    try:
        form = parse_book(fields, rules, desk.clock.now())
    except FormFaults as error:
        if wants_json(request):
            return JSONResponse({"errors": error.faults}, status_code=422)
        return _form(site, rules, fields, error.faults, status=422)
    outcome, contact = desk.intake.receive_form(form), say_contact(form.email, form.phone)
    return _answer(site, request, outcome, contact, form.query() if form.service else None)


def too_many(site: Site, request: Request) -> Response | None:
    """What an address that sends forms too fast is told; None while it doesn't."""
    wait = site.desk.limits.wait(f"form:{_address(request)}")
    if not wait:
        return None
    seconds = str(int(wait) + 1)
    message = f"That was a lot of forms at once. Please try again in {seconds} seconds."
    return site.problem(request, 429, message, {"Retry-After": seconds})


def _answer(
    site: Site, request: Request, outcome: FormOutcome, contact: str, query: SlotQuery | None
) -> Response:
    rules, proposal = site.desk.rules.current(), outcome.proposal
    offers = [] if proposal is None else offers_of(site, proposal)
    full = outcome.kind == "full"
    waitlist = site.waitlist(wish_of(query), outcome.request.id) if query and full else ""
    if wants_json(request):
        body: dict[str, Any] = {"state": outcome.kind, "request": outcome.request.id}
        if full:
            body["waitlist"] = site.desk.settings.base_url.rstrip("/") + waitlist
        if proposal is not None:
            body |= {
                "proposal": proposal.id,
                "expires": rules.zone.iso(proposal.expires),
                "slots": _json_slots(rules, proposal, offers),
            }
        return JSONResponse(body, status_code=200 if proposal else 202)
    if proposal is None:
        return site.page("received", full=full, contact=contact, waitlist=waitlist)
    return slots_page(
        site, [offers[number] for number, _ in proposal.by_start], proposal, outside=proposal.outside
    )


def slots_page(
    site: Site,
    offers: list[dict[str, str]],
    proposal: Proposal,
    *,
    until: int = 0,
    notice: str = "",
    outside: bool = False,
) -> Response:
    """Times to tap, each with its `link` and perhaps a `value`; they stay until `until`, else while `proposal` does."""
    rules, now = site.desk.rules.current(), site.desk.clock.now()
    until = until or proposal.pick_until
    same_day = rules.zone.date(until) == rules.zone.date(now)
    query = proposal.query or SlotQuery(service=proposal.slots[0].service, party=proposal.party)
    service = rules.services.get(query.service)
    return site.page(
        "slots",
        title="Pick a time",
        offers=offers,
        notice=notice,
        until=rules.zone.say_time(until) if same_day else rules.zone.say(until),
        outside=outside,
        waitlist=site.waitlist(wish_of(query), proposal.request),
        approval=service is not None and service.approval == "always",
    )


def offers_of(site: Site, proposal: Proposal) -> list[dict[str, str]]:
    """Each slot of a proposal in words, with the link that books it."""
    return [
        site.slot(slot)
        | {"link": site.desk.links.url(Action.PICK, proposal.id, proposal.expires + PICK_KEPT, slot=n)}
        for n, slot in enumerate(proposal.slots)
    ]


def _json_slots(rules: Rules, proposal: Proposal, offers: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {
            "service": slot.service,
            "resource": slot.resource,
            "start": rules.zone.iso(slot.start),
            "end": rules.zone.iso(slot.end),
            "link": offer["link"],
        }
        for slot, offer in zip(proposal.slots, offers, strict=True)
    ]


def _form(
    site: Site, rules: Rules, given: Mapping[str, str], faults: Mapping[str, str], status: int = 200
) -> Response:
    return site.page(
        "book",
        status,
        given={name: given.get(name, "") for name in FIELDS},
        faults=faults,
        honeypot=HONEYPOT,
        **choices(site, rules),
        parts=[
            (name, f"{name.replace('_', ' ').capitalize()} ({say_minutes(a)} to {say_minutes(b)})")
            for name, (a, b) in day_parts(rules).items()
        ],
    )


def choices(site: Site, rules: Rules) -> dict[str, Any]:
    """What any of our forms lets people choose from."""
    today = rules.zone.date(site.desk.clock.now())
    people = [
        (id_, r.name)
        for id_, r in rules.resources.items()
        if r.kind == "staff" and any(id_ in s.resources for s in rules.services.values())
    ]
    return {
        "services": services_of(rules),
        "people": people,
        "parties": max(s.party.max for s in rules.services.values()),
        "first": today.isoformat(),
        "last": (today + timedelta(seconds=rules.booking.horizon)).isoformat(),
    }


def services_of(rules: Rules) -> list[dict[str, str]]:
    return [
        {
            "id": id_,
            "name": service.name,
            "minutes": say_length(service.minutes),
            "price": "" if service.price is None else f"{rules.business.currency} {service.price:g}",
        }
        for id_, service in rules.services.items()
    ]


def say_length(minutes: int) -> str:
    """`45 min`, `2 h`, `2 h 30 min`"""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def _hours(rules: Rules) -> list[tuple[str, str]]:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    said = ", ".join
    return [
        (names[d], said(f"{say_minutes(a)} to {say_minutes(b)}" for a, b in rules.hours[d]) or "closed")
        for d in range(7)
    ]


def _address(request: Request) -> str:
    """The caller's address: what the Function URL saw, never what a header claims."""
    event = request.scope.get("aws.event") or {}
    seen: str = event.get("requestContext", {}).get("http", {}).get("sourceIp", "")
    return seen or (request.client.host if request.client else "unknown")
