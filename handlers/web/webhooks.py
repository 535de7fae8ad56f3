"""`POST /webhooks/slots`: another booking program says that a slot came free. JSON only; docs/webhooks.md is its contract."""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handlers.bootstrap import Desk
from handlers.domain.errors import Held, IdReused, NotFound, NotSigned
from handlers.domain.slot_report import ReportFaults

SIGNATURE = "X-Frontdesk-Signature"
BODY_LIMIT = 16 * 1024
"""Bytes; a report is a few hundred."""
RATE, BURST = 1.0, 60
"""Signed reports: sixty at once, then one a second."""
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

UNSIGNED = {
    "off": (503, "Webhooks are off here: FRONTDESK_WEBHOOK_SECRETS is not set."),
    "missing": (401, f"Sign the request: {SIGNATURE}: t=<epoch seconds>,v1=<hex HMAC-SHA256 of 't.body'>."),
    "malformed": (401, f"{SIGNATURE} reads t=<epoch seconds>,v1=<64 hex digits>."),
    "stale": (401, "It was signed more than 5 minutes from now. Check the clock, and sign every try anew."),
    "mismatch": (
        401,
        "The signature does not match: sign the bytes that you send, with the secret you share with us.",
    ),
}


def build_webhooks(desk: Desk) -> Starlette:
    async def slots(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_slots, desk, request.headers.get(SIGNATURE, ""), body)

    def missing(_request: Request, _error: Exception) -> Response:
        return _say(404, "There is nothing at this address; reports of freed slots go to /webhooks/slots.")

    def wrong_method(_request: Request, _error: Exception) -> Response:
        return _say(405, "Use POST.", {"Allow": "POST"})

    def broken(_request: Request, _error: Exception) -> Response:
        return _say(500, "Something went wrong on our side. Send it again, with the same id.")

    return Starlette(
        routes=[Route("/webhooks/slots", slots, methods=["POST"])],
        exception_handlers={404: missing, 405: wrong_method, 500: broken},
    )


def _slots(desk: Desk, signature: str, body: bytes) -> Response:
    """Nothing is read or written before the signature is right."""
    if len(body) > BODY_LIMIT:
        return _say(413, f"A report has at most {BODY_LIMIT} bytes.")
    try:
        desk.signatures.check(signature, body)
    except NotSigned as error:
        return _say(*UNSIGNED[error.reason])
    if wait := desk.limits.wait("webhooks", rate=RATE, burst=BURST):
        seconds = str(int(wait) + 1)
        return _say(429, f"That is a lot at once. Try again in {seconds} seconds.", {"Retry-After": seconds})
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return _say(400, "The body is not a JSON object in UTF-8.")
    return _received(desk, fields)


def _received(desk: Desk, fields: dict[str, Any]) -> Response:
    try:
        opening = desk.slot_reports.receive(fields)
    except ReportFaults as error:
        return _answer(422, {"errors": error.faults})
    except IdReused as error:
        return _say(409, f"The id {error.id!r} was used for another report. Use a new id for every event.")
    except Held as error:
        return _say(409, _held(desk, error))
    except NotFound as error:
        if error.kind != "rules":
            raise
        return _say(503, "This business has no rules yet.")
    return _answer(202, {"opening": opening})


def _held(desk: Desk, error: Held) -> str:
    rules = desk.rules.current()
    when = f"{rules.zone.say(error.start)} to {rules.zone.say_time(error.end)}"
    name = rules.resources[error.resource].name
    if not error.settled:
        return f"{name} is being held for somebody then ({when}), who has yet to confirm."
    return f"Our own booking has {name} then ({when}). Cancel that one, if it is the one you mean."


def _say(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return _answer(status, {"error": message}, headers)


def _answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(body, status_code=status, headers={**HEADERS, **(headers or {})})
