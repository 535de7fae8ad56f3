"""The workspace's one ASGI app: the product's paths go to its Lambda entries, the rest is stand-ins and the page."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from handlers.domain.errors import FrontdeskError, InputError, NotFound
from infra.local.panels import Panels
from infra.local.runtime import url_event, url_response
from infra.local.slack.people import STRANGER
from infra.local.slack.state import SlackError
from infra.local.workspace import Workspace
from infra.wiring import function_for

STATIC = Path(__file__).parent / "static"
PAGE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self';"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""A mail shows as it would in a careful mail program: no scripts, nothing fetched from elsewhere."""
LOCAL_HOSTS = ["127.0.0.1", "localhost"]

Call = Callable[[Request, Mapping[str, Any]], Any]


def build_app(workspace: Workspace) -> Starlette:
    return Starlette(
        routes=[
            *_page_routes(),
            *_panel_routes(Panels(workspace)),
            *_mail_routes(workspace, Panels(workspace)),
            *_slack_routes(workspace),
            *workspace.google_routes(),
            *workspace.textract_routes(),
            Route("/{path:path}", _product(workspace), methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
        ],
        # A page elsewhere must not reach this one by pointing its own name at 127.0.0.1.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)],
    )  # fmt: skip


def _product(workspace: Workspace) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        function = function_for(request.url.path)
        if function is None:
            return PlainTextResponse("Nothing answers here. The workspace is at /workspace.\n", 404)
        event = url_event(
            request.method,
            request.scope.get("raw_path", request.url.path.encode()).decode("ascii").partition("?")[0],
            request.url.query,
            [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers.raw],
            await request.body(),
            source_ip=request.client.host if request.client else "127.0.0.1",
        )
        started = time.monotonic()
        try:
            answer = url_response(await asyncio.wrap_future(workspace.runtime.submit(function, event)))
        except Exception as problem:  # noqa: BLE001 - a function that raises is a 502 to its caller, as on AWS
            _log(workspace, f"{request.method} {request.url.path}", 502, started, repr(problem))
            return PlainTextResponse("Internal Server Error\n", 502)
        if answer.status >= 500:
            _log(workspace, f"{request.method} {request.url.path}", answer.status, started, "")
        workspace.bus.delivered.set()  # something may wait in the outbox
        response = Response(answer.body, answer.status)
        skip = {"content-length", "transfer-encoding", "connection"}
        for name, value in answer.headers:
            if name not in skip:
                response.headers.append(name, value)
        return response

    return endpoint


def _log(workspace: Workspace, name: str, status: int, started: float, text: str) -> None:
    workspace.db.run(
        "insert into calls (at, direction, name, ok, milliseconds, request, response)"
        " values (?, 'site', ?, ?, ?, '', ?)",
        workspace.clock.now(),
        name,
        int(status < 500),
        int((time.monotonic() - started) * 1000),
        f"{status} {text}",
    )


# --- the page ----------------------------------------------------------------------------------------------------


def _page_routes() -> list[BaseRoute]:
    async def page(_: Request) -> Response:
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
        return FileResponse(STATIC / "index.html", headers=headers)

    async def to_page(_: Request) -> Response:
        return RedirectResponse("/workspace")

    return [
        Route(
            "/", to_page
        ),  # whoever opens the printed address wants the workspace; customers' pages start at /forms
        Route("/workspace", page),
        Route("/workspace/", to_page),
        Mount("/workspace/static", StaticFiles(directory=STATIC)),
    ]


def _json(call: Call) -> Callable[[Request], Awaitable[Response]]:
    """A JSON endpoint. A POST must be `application/json`: another site's form can't send that unasked."""

    async def endpoint(request: Request) -> Response:
        body: Any = {}
        if request.method != "GET":
            if not request.headers.get("content-type", "").startswith("application/json"):
                return JSONResponse({"ok": False, "problem": "Send application/json."}, 415)
            try:
                body = await request.json()
            except ValueError:
                return JSONResponse({"ok": False, "problem": "That is no JSON."}, 400)
        try:
            return JSONResponse(await run_in_threadpool(call, request, body))
        except (FrontdeskError, SlackError, KeyError) as problem:
            return _refusal(problem)

    return endpoint


def _refusal(problem: Exception) -> JSONResponse:
    match problem:
        case InputError():
            return JSONResponse({"ok": False, "field": problem.field, "problem": problem.message}, 422)
        case SlackError():
            said = ": ".join([problem.code, *problem.messages[:1]])
            return JSONResponse({"ok": False, "problem": said}, 422)
        case KeyError():
            return JSONResponse({"ok": False, "problem": f"{problem} is missing."}, 422)
        case NotFound():
            return JSONResponse({"ok": False, "problem": str(problem)}, 404)
    return JSONResponse({"ok": False, "problem": str(problem)}, 409)


def _panel_routes(panels: Panels) -> list[BaseRoute]:
    def get(path: str, call: Call) -> Route:
        return Route(f"/workspace/api/{path}", _json(call), methods=["GET"])

    def post(path: str, call: Call) -> Route:
        return Route(f"/workspace/api/{path}", _json(call), methods=["POST"])

    return [
        get("pulse", lambda _, __: panels.pulse()),
        post("clock", lambda _, body: panels.clock(body)),
        get("slack", lambda r, _: panels.slack(r.query_params.get("user", STRANGER), r.query_params.get("channel", ""))),
        get("slack/errors", lambda _, __: panels.slack_errors()),
        post("slack/{act}", lambda r, body: panels.slack_do(r.path_params["act"], body)),
        get("mail", lambda _, __: panels.mails()),
        post("mail", lambda _, body: panels.send_mail(body)),
        get("phone", lambda _, __: panels.texts()),
        post("phone", lambda _, body: panels.send_text(body)),
        get("calendar", lambda r, _: panels.calendar(r.query_params.get("date", ""))),
        post("calendar/add", lambda _, body: panels.add_event(body)),
        post("calendar/remove", lambda _, body: panels.remove_event(body)),
        post("calendar/trouble", lambda _, body: panels.trouble(body)),
        get("sheet", lambda _, __: panels.sheets()),
        post("sheet/{act}", lambda r, body: panels.sheet_do(r.path_params["act"], body)),
        get("rules", lambda _, __: panels.rules()),
        post("rules", lambda _, body: panels.save_rules(body)),
        post("rules/check", lambda _, body: panels.check_rules(body)),
        get("log", lambda _, __: panels.log()),
        post("log/retry", lambda _, body: panels.retry(body)),
    ]  # fmt: skip


def _mail_routes(workspace: Workspace, panels: Panels) -> list[BaseRoute]:
    def one(request: Request, _: Mapping[str, Any]) -> Any:
        mail = workspace.mailbox.mail(request.path_params["id"], workspace.zone)
        if mail is None:
            raise NotFound("mail", request.path_params["id"])
        return mail

    async def html(request: Request) -> Response:
        body = await run_in_threadpool(workspace.mailbox.html, request.path_params["id"])
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return Response(body or "", 200 if body else 404, headers, media_type="text/html")

    async def invitation(request: Request) -> Response:
        ics = await run_in_threadpool(workspace.mailbox.ics, request.path_params["id"])
        headers = {"Content-Disposition": 'attachment; filename="invitation.ics"'}
        return Response(ics or "", 200 if ics else 404, headers, media_type="text/calendar")

    async def raw(request: Request) -> Response:
        found = await run_in_threadpool(workspace.mailbox.raw, request.path_params["id"])
        return Response(found or b"", 200 if found else 404, media_type="text/plain; charset=utf-8")

    async def sample(_: Request) -> Response:
        found = await run_in_threadpool(panels.sample_confirmation)
        return Response(found, media_type="application/pdf")

    return [
        Route("/workspace/api/mail/sample.pdf", sample),  # before the mails: none has such an id
        Route("/workspace/api/mail/{id}", _json(one), methods=["GET"]),
        Route("/workspace/api/mail/{id}/html", html),
        Route("/workspace/api/mail/{id}/invitation.ics", invitation),
        Route("/workspace/api/mail/{id}/raw", raw),
    ]


# --- Slack's side ------------------------------------------------------------------------------------------------


def _slack_routes(workspace: Workspace) -> list[BaseRoute]:
    async def api(request: Request) -> Response:
        arguments = await _arguments(request)
        if arguments is None:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = bearer or str(arguments.pop("token", ""))
        method = request.path_params["method"]
        started = time.monotonic()
        answer = await run_in_threadpool(workspace.web_api.call, method, token, arguments)
        await run_in_threadpool(
            workspace.db.run,
            "insert into calls (at, direction, name, ok, milliseconds, request, response)"
            " values (?, 'slack api', ?, ?, ?, ?, ?)",
            workspace.clock.now(),
            method,
            int(answer["ok"]),
            int((time.monotonic() - started) * 1000),
            json.dumps(arguments)[:20_000],
            json.dumps(answer)[:20_000],
        )
        return JSONResponse(answer)

    async def respond(request: Request) -> Response:
        body = await _arguments(request)
        try:
            await run_in_threadpool(workspace.interactions.respond, request.path_params["id"], body or {})
        except SlackError as refusal:
            workspace.web_api.remember("response_url", refusal, body)
            return PlainTextResponse(refusal.code, 404 if refusal.code.endswith("_url") else 400)
        return PlainTextResponse("ok")

    return [
        Route("/_slack/api/{method}", api, methods=["GET", "POST"]),
        Route("/_slack/response/{id}", respond, methods=["POST"]),
    ]


async def _arguments(request: Request) -> dict[str, Any] | None:
    """Arguments of a call, from JSON, a form, or the query; None for broken JSON."""
    found: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return None
        return found | body if isinstance(body, dict) else None
    form = await request.form()
    return found | {name: str(value) for name, value in form.items()}
