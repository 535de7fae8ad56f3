"""A Google Calendar v3 at wire protocol, for the workspace and the tests: mount `app(state)` under `/_google`
(`more` are the routes of Google's other APIs).

It answers what Google answers: the same status codes, the same error JSON, ids that stay taken when deleted. Beyond
Google, `POST /_faults` plants trouble: {"calendar"?, "method"?, "status", "reason"?, "retry_after"?, "times"?} for
the next calls, or {"calendar", "errors": "notFound"} for a calendar that freeBusy can't read; `DELETE` heals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from handlers.domain.zone import utc_iso
from infra.local.google_state import GoogleCalendarState

EVENT_ID = re.compile(r"[a-v0-9]{5,1024}\Z")
LONGEST_RANGE = 90 * 86_400
MOST_CALENDARS = 50
NOT_WITH_A_TOKEN = frozenset({"iCalUID", "orderBy", "q", "timeMin", "timeMax", "updatedMin"})


class Problem(Exception):
    """An error in Google's shape."""

    def __init__(self, status: int, reason: str, message: str, *, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.retry_after = status, reason, message, retry_after

    def response(self) -> JSONResponse:
        domain = "usageLimits" if "imit" in self.reason else "calendar" if self.status == 410 else "global"
        error = {"domain": domain, "reason": self.reason, "message": self.message}
        body = {"error": {"errors": [error], "code": self.status, "message": self.message}}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return JSONResponse(body, self.status, headers)


NOT_FOUND = (404, "notFound", "Not Found")
DELETED = (410, "deleted", "Resource has been deleted")
REASONS = {
    401: ("authError", "Invalid Credentials"),
    403: ("rateLimitExceeded", "Rate Limit Exceeded"),
    429: ("rateLimitExceeded", "Rate Limit Exceeded"),
}

Json = dict[str, Any]


class GoogleApi:
    """One method of Google's API per method here; each gets the calendar, the event id, the query and the body."""

    def __init__(self, state: GoogleCalendarState) -> None:
        self._state = state

    def free_busy(self, _calendar: str, _id: str, _query: Json, body: Json) -> Json:
        start, end = self._time(body, "timeMin"), self._time(body, "timeMax")
        if start is None or end is None:
            raise Problem(400, "required", "Missing timeMin or timeMax parameter.")
        if end <= start:
            raise Problem(400, "timeRangeEmpty", "The specified time range is empty.")
        if end - start > LONGEST_RANGE:
            raise Problem(400, "timeRangeTooLong", "The requested time range is too long.")
        asked = [str(item.get("id", "")) for item in body.get("items", [])]
        answer: Json = {}
        for calendar in asked:
            reason = self._state.trouble_of(calendar)
            if len(asked) > MOST_CALENDARS:
                reason = "tooManyCalendarsRequested"
            if reason:
                answer[calendar] = {"errors": [{"domain": "global", "reason": reason}], "busy": []}
            else:
                spans = self._state.busy(calendar, start, end)
                answer[calendar] = {"busy": [{"start": utc_iso(a), "end": utc_iso(b)} for a, b in spans]}
        return {
            "kind": "calendar#freeBusy",
            "timeMin": utc_iso(start),
            "timeMax": utc_iso(end),
            "calendars": answer,
        }

    def insert(self, calendar: str, _id: str, _query: Json, body: Json) -> Json:
        self._readable(calendar)
        id_ = body.get("id") or self._state.new_id()
        if not EVENT_ID.match(str(id_)):
            raise Problem(400, "invalid", "Invalid resource id value.")
        if body.get("recurrence"):
            raise Problem(400, "invalid", "This stand-in keeps single events only.")
        with self._state.transaction():
            if self._state.find(calendar, id_):
                raise Problem(409, "duplicate", "The requested identifier already exists.")
            return self._saved(calendar, {**_clean(body), "id": id_})

    def get(self, calendar: str, id_: str, _query: Json, _body: Json) -> Json:
        return self._found(calendar, id_)

    def list(self, calendar: str, _id: str, query: Json, _body: Json) -> Json:
        self._readable(calendar)
        flags = {name: query.get(name, "false") == "true" for name in ("singleEvents", "showDeleted")}
        if query.get("orderBy") == "startTime" and not flags["singleEvents"]:
            raise Problem(400, "invalid", "The requested ordering is not available for the particular query.")
        last = self._state.last_seq()
        token = query.get("syncToken", "")
        if token and NOT_WITH_A_TOKEN & query.keys():
            raise Problem(400, "invalid", "Sync token cannot be used with the provided parameters.")
        if token and not (token.isascii() and token.isdigit() and int(token) <= last):
            raise Problem(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        rows = self._state.rows(
            calendar,
            self._time(query, "timeMin"),
            self._time(query, "timeMax"),
            deleted=flags["showDeleted"] or bool(token),
            after_seq=int(token) if token else -1,
            updated=self._time(query, "updatedMin") or 0,
        )
        if query.get("orderBy") == "updated":
            rows.sort(key=lambda row: (row["updated"], row["seq"]))
        wanted = query.get("q", "").casefold()
        found = [
            e
            for e in (_told(json.loads(r["body"]), changes=bool(token)) for r in rows)
            if wanted in f"{e.get('summary')} {e.get('description')}".casefold()
        ]
        first = int(query.get("pageToken") or 0)
        size = max(1, min(int(query.get("maxResults") or 250), 2500))
        more = first + size < len(found)
        return {
            "kind": "calendar#events",
            "summary": calendar,
            "timeZone": self._state.zone.name,
            "accessRole": "owner",
            "items": found[first : first + size],
            **({"nextPageToken": str(first + size)} if more else {"nextSyncToken": str(last)}),
        }

    def patch(self, calendar: str, id_: str, _query: Json, body: Json) -> Json:
        with self._state.transaction():
            merged = _merged(self._found(calendar, id_), _clean(body))
            return self._saved(calendar, merged)

    def update(self, calendar: str, id_: str, _query: Json, body: Json) -> Json:
        with self._state.transaction():
            kept = self._found(calendar, id_)
            return self._saved(
                calendar,
                {
                    **{k: kept[k] for k in ("id", "iCalUID", "created", "sequence", "organizer", "creator")},
                    **_clean(body),
                    "id": id_,
                },
            )

    def delete(self, calendar: str, id_: str, _query: Json, _body: Json) -> None:
        with self._state.transaction():
            kept = self._found(calendar, id_)
            if kept["status"] == "cancelled":
                raise Problem(*DELETED)
            self._state.save(calendar, kept | {"status": "cancelled"})

    def move(self, calendar: str, id_: str, query: Json, _body: Json) -> Json:
        target = query.get("destination", "")
        if not target:
            raise Problem(400, "required", "Missing destination parameter.")
        self._readable(target)
        with self._state.transaction():
            kept = self._found(calendar, id_)
            if kept["status"] == "cancelled":
                raise Problem(*DELETED)
            there = self._state.find(target, id_)
            if there and there["status"] != "cancelled":
                raise Problem(409, "duplicate", "The requested identifier already exists.")
            self._state.save(calendar, kept | {"status": "cancelled"})
            return self._saved(target, kept | {"organizer": {"email": target, "self": True}})

    # --- Shared -----------------------------------------------------------------------------------------------

    def _readable(self, calendar: str) -> None:
        if self._state.trouble_of(calendar) == "notFound":
            raise Problem(*NOT_FOUND)

    def _found(self, calendar: str, id_: str) -> Json:
        self._readable(calendar)
        event = self._state.find(calendar, id_)
        if event is None:
            raise Problem(*NOT_FOUND)
        return event

    def _saved(self, calendar: str, body: Json) -> Json:
        try:
            return self._state.save(calendar, body)
        except KeyError as error:
            raise Problem(400, "required", f"Missing {error.args[0]} time.") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise Problem(400, "invalid", str(error)) from error

    def _time(self, source: Json, name: str) -> int | None:
        if not source.get(name):
            return None
        try:
            return self._state.instant({"dateTime": str(source[name])})
        except ValueError as error:
            raise Problem(400, "badRequest", "Bad Request") from error


def app(state: GoogleCalendarState, more: Sequence[BaseRoute] = ()) -> Starlette:
    api = GoogleApi(state)

    def route(method: str, path: str, name: str, act: Callable[[str, str, Json, Json], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            text = await request.body()
            return await run_in_threadpool(_answer, state, name, act, request, text)

        endpoint.__name__ = name
        return Route(f"/calendar/v3{path}", endpoint, methods=[method])

    one = "/calendars/{calendar}/events/{id}"
    return Starlette(
        routes=[
            route("POST", "/freeBusy", "freebusy", api.free_busy),
            route("POST", "/calendars/{calendar}/events", "insert", api.insert),
            route("GET", "/calendars/{calendar}/events", "list", api.list),
            route("POST", f"{one}/move", "move", api.move),
            route("GET", one, "get", api.get),
            route("PATCH", one, "patch", api.patch),
            route("PUT", one, "update", api.update),
            route("DELETE", one, "delete", api.delete),
            Route("/_faults", _faults(state), methods=["POST", "DELETE"]),
            *more,
        ]
    )


def _answer(
    state: GoogleCalendarState,
    name: str,
    act: Callable[[str, str, Json, Json], Any],
    request: Request,
    text: bytes,
) -> Response:
    calendar = request.path_params.get("calendar", "")
    try:
        _stumble(state, calendar, name)
        body = take_body(text)
        result = act(calendar, request.path_params.get("id", ""), dict(request.query_params), body)
    except Problem as problem:
        return problem.response()
    except ValueError:
        return Problem(400, "parseError", "Parse Error").response()
    return Response(status_code=204) if result is None else JSONResponse(result)


def _stumble(state: GoogleCalendarState, calendar: str, name: str) -> None:
    """Raises the fault that was planted for this call, if any."""
    fault = state.take_fault(calendar, name)
    if fault is None:
        return
    status = int(fault.get("status", 500))
    reason, message = REASONS.get(status, ("backendError", "Backend Error"))
    raise Problem(
        status,
        str(fault.get("reason") or reason),
        str(fault.get("message") or message),
        retry_after=int(fault.get("retry_after", 0)),
    )


def take_body(text: bytes) -> Json:
    body = json.loads(text or b"{}")
    if not isinstance(body, dict):
        raise Problem(400, "parseError", "Parse Error")
    return body


def _faults(state: GoogleCalendarState) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        if request.method == "DELETE":
            await run_in_threadpool(state.heal)
            return Response(status_code=204)
        fault = await request.json()
        calendar = str(fault.pop("calendar", ""))
        if "errors" in fault:
            await run_in_threadpool(state.trouble, calendar, str(fault["errors"]))
        else:
            times, method = int(fault.pop("times", 1)), str(fault.pop("method", ""))
            await run_in_threadpool(lambda: state.plant(fault, calendar=calendar, method=method, times=times))
        return Response(status_code=204)

    return endpoint


READ_ONLY = frozenset({"kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "sequence"})


def _told(event: Json, *, changes: bool) -> Json:
    """Of a deleted event, a list of changes tells the id and no more."""
    if changes and event["status"] == "cancelled":
        return {name: event[name] for name in ("kind", "etag", "id", "status")}
    return event


def _clean(body: Json) -> Json:
    """Without what only Google sets."""
    return {name: value for name, value in body.items() if name not in READ_ONLY}


def _merged(old: Json, new: Json) -> Json:
    """A JSON merge patch (RFC 7396): null removes, objects merge, arrays are replaced."""
    merged = dict(old)
    for name, value in new.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merged(merged[name], value)
        else:
            merged[name] = value
    return merged
