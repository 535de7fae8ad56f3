"""What every page shares: headers, the business's name, JSON or HTML, and the words for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from handlers.bootstrap import Desk
from handlers.domain.contact import say_phone
from handlers.domain.errors import LinkError, LinkExpired
from handlers.domain.slot import Slot

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # a token in an address must not travel
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
}


WISH = "wish"
"""Audience of a signed request: the waitlist's form knows by it whom it is about, and no contact stands in an address."""
WISH_TTL = 30 * 86_400


class Site:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def guard(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @cached_property
    def _style(self) -> str:
        return (files("handlers.web") / "site.css").read_text()

    def style(self) -> str:
        return self._style

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        rules = self.desk.rules.current()
        html = self.desk.pages.render(
            f"site/{template}.html",
            business=rules.business.name,
            mail=rules.mail.requests,
            zone=rules.business.timezone,
            **values,
        )
        return HTMLResponse(html, status_code=status)

    def problem(
        self, request: Request, status: int, message: str, headers: dict[str, str] | None = None
    ) -> Response:
        if wants_json(request):
            response: Response = JSONResponse({"error": message}, status_code=status)
        else:
            late = status == 410
            response = self.page(
                "problem", status, title=_TITLES.get(status, "Sorry"), message=message, waitlist=late
            )
        response.headers.update(headers or {})
        return self.guard(response)

    def dead_link(self, request: Request, error: LinkError) -> Response:
        if isinstance(error, LinkExpired):
            return self.problem(
                request, 410, "This link has run out. Ask for new times and we'll send you a fresh one."
            )
        return self.problem(
            request,
            404,
            "This link isn't complete. Please open it again from our message, or copy all of it.",
        )

    def waitlist(self, wish: Mapping[str, str], request: str | None = None) -> str:
        """The address of the waitlist's form, filled in with what is known of the `wish`, and with who asked by
        the `request` (its id)."""
        given = {name: value for name, value in wish.items() if value}
        if request:
            given[WISH] = self.desk.signer.sign(WISH, {"r": request}, self.desk.clock.now() + WISH_TTL)
        return "/forms/waitlist" + (f"?{urlencode(given)}" if given else "")

    def slot(self, slot: Slot) -> dict[str, str]:
        """A slot in words, for a template."""
        rules = self.desk.rules.current()
        return {
            "service": rules.services[slot.service].name if slot.service in rules.services else "Your visit",
            "resource": rules.resources[slot.resource].name if slot.resource in rules.resources else "us",
            "date": rules.zone.say_date(slot.start),
            "time": rules.zone.say_time(slot.start),
            "when": rules.zone.say(slot.start),
            "until": rules.zone.say_time(slot.end),
            "iso": rules.zone.iso(slot.start),
        }


def wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def hint_contact(email: str | None, phone: str | None) -> str:
    """Enough for its owner to know it by, and for nobody else: `your number ending in 678`."""
    if phone:
        return f"your number ending in {phone[-3:]}"
    name, _, domain = (email or "").partition("@")
    return f"your address {name[:1]}…@{domain}"


def say_contact(email: str | None, phone: str | None) -> str:
    return email or (say_phone(phone) if phone else "")


_TITLES = {
    404: "Not found",
    410: "This link has run out",
    413: "Too long",
    422: "Please check",
    429: "One moment",
    503: "Sorry",
}
