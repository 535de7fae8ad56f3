"""The customer's side of Frontdesk: forms and links, one small ASGI app behind a Function URL.

Nothing here decides anything: a request is parsed, one service is asked, a page is rendered. Pages work without
JavaScript, load nothing from elsewhere, and a `GET` changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from handlers.bootstrap import Desk
from handlers.domain.errors import LinkError
from handlers.web import forms, links, waitlist
from handlers.web.replies import Site

BODY_LIMIT = 64 * 1024
"""Bytes of a form we are willing to read."""

Handle = Callable[[Site, Request, dict[str, str]], Response]


def build_site(desk: Desk) -> Starlette:
    site = Site(desk)

    def page(handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fields = await _fields(request)
            if fields is None:
                return await run_in_threadpool(site.problem, request, 413, "That was too long for a form.")
            return site.guard(await run_in_threadpool(handle, site, request, fields))

        return endpoint

    async def short(request: Request) -> Response:
        try:
            url = await run_in_threadpool(desk.links.follow, request.path_params["id"])
        except LinkError as error:
            return site.guard(await run_in_threadpool(site.dead_link, request, error))
        return site.guard(RedirectResponse(url, status_code=302))

    async def style(_request: Request) -> Response:
        return Response(
            site.style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"}
        )

    def missing(request: Request, _error: Exception) -> Response:
        return site.problem(request, 404, "There is no page at this address.")

    def broken(request: Request, _error: Exception) -> Response:
        return site.problem(
            request, 500, "Something went wrong on our side. Please try again, or write to us."
        )

    return Starlette(
        routes=[
            Route("/", page(forms.home), methods=["GET"]),
            Route("/forms", page(forms.home), methods=["GET"]),
            Route("/forms/site.css", style, methods=["GET"]),
            Route("/forms/book", page(forms.show_book), methods=["GET"]),
            Route("/forms/book", page(forms.send_book), methods=["POST"]),
            Route("/forms/waitlist", page(waitlist.show), methods=["GET"]),
            Route("/forms/waitlist", page(waitlist.send), methods=["POST"]),
            Route("/l/{token}/booking.ics", page(links.invitation), methods=["GET"]),
            Route("/l/{token}", page(links.show), methods=["GET"]),
            Route("/l/{token}", page(links.act), methods=["POST"]),
            Route("/t/{id}", short, methods=["GET"]),
        ],
        exception_handlers={404: missing, 500: broken},
    )


async def _fields(request: Request) -> dict[str, str] | None:
    """The body's fields, form or JSON, as text; None when it is too long. A body that can't be read has no fields."""
    if request.method != "POST":
        return {}
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        return None
    body = await request.body()
    if len(body) > BODY_LIMIT:
        return None
    items: Iterable[tuple[Any, Any]]
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            found: Any = await request.json()
        except ValueError:
            found = {}
        items = found.items() if isinstance(found, dict) else ()
    else:
        items = (await request.form()).items()
    return {str(k): str(v) for k, v in items if isinstance(v, (str, int))}
