"""The waitlist's form: shown, sent, answered with what happens next."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from handlers.domain.errors import InputError, LinkError, NotFound
from handlers.domain.forms import HONEYPOT, WAITLIST_FIELDS, FormFaults, WaitlistForm, parse_waitlist
from handlers.domain.rules.model import Rules
from handlers.domain.zone import say_duration
from handlers.services.entries import CUSTOMER, Joined
from handlers.web import places
from handlers.web.forms import choices, services_of, too_many
from handlers.web.replies import WISH, Site, say_contact, wants_json


def show(site: Site, request: Request, _fields: Mapping[str, str]) -> Response:
    """The empty form; `?service=` and friends prefill it, so that any page or profile can link to it."""
    rules, asked = site.desk.rules.current(), request.query_params
    if wants_json(request):
        return JSONResponse({"services": services_of(rules), "fields": list(WAITLIST_FIELDS)})
    given = {name: asked.get(name, "") for name in WAITLIST_FIELDS}
    today = rules.zone.date(site.desk.clock.now()).isoformat()
    passed = {day: "" for day in ("earliest", "latest") if given[day] < today}  # an old link, or none given
    return _form(site, rules, {**given, **passed, **_who(site, asked.get(WISH, ""))}, {})


def send(site: Site, request: Request, fields: Mapping[str, str]) -> Response:
    rules, now = site.desk.rules.current(), site.desk.clock.now()
    if (slower := too_many(site, request)) is not None:
        return slower
    try:
        form = parse_waitlist(fields, rules, now)
        joined = _join(site, form, f"form {rules.zone.date(now)}")
    except FormFaults as error:
        if wants_json(request):
            return JSONResponse({"errors": error.faults}, status_code=422)
        return _form(site, rules, fields, error.faults, status=422)
    if wants_json(request):
        return places.joined_json(joined)
    return places.joined(site, joined, given=form.email or form.phone or "")


def _join(site: Site, form: WaitlistForm, consent: str) -> Joined:
    try:
        return site.desk.entries.join(**form.model_dump(), consent=consent, source="web", by=CUSTOMER)
    except InputError as error:  # the rules changed at this moment
        raise FormFaults({error.field: error.message}) from error


def _who(site: Site, wish: str) -> dict[str, str]:
    """Whoever asked for a booking before need not write who they are again."""
    try:
        data = site.desk.signer.open(WISH, wish, site.desk.clock.now())
        asked = site.desk.intake.get(data["r"])
    except (LinkError, NotFound):
        return {}
    return {"name": asked.name, "contact": say_contact(asked.email, asked.phone)}


def _form(
    site: Site, rules: Rules, given: Mapping[str, str], faults: Mapping[str, str], status: int = 200
) -> Response:
    return site.page(
        "waitlist",
        status,
        given={name: given.get(name, "") for name in WAITLIST_FIELDS},
        faults=faults,
        honeypot=HONEYPOT,
        window=say_duration(rules.waitlist.claim_window),
        **choices(site, rules),
    )
