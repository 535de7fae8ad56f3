"""Google Calendar v3.

Trouble that passes (rate limits, 5xx, a broken connection) is tried again a few times; what remains is a
`CalendarUnavailable` whose reason an owner can act on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import ceil, floor
from typing import Any

from handlers.adapters import utc
from handlers.adapters.google_client import GoogleClient
from handlers.adapters.google_errors import Refused
from handlers.adapters.google_events import body_of, epoch, event_of
from handlers.domain.errors import CalendarUnavailable
from handlers.ports import Busy, CalendarEvent, Changes, FreeBusy

MOST_CALENDARS = 50
"""In one freeBusy query (Google: calendarExpansionMax)."""
LARGEST_PAGE = 2500
"""Of events (Google: maxResults)."""
LONGEST_RANGE = 90 * 86_400
"""Seconds; Google answers `timeRangeTooLong` to more."""
SCOPES = ("https://www.googleapis.com/auth/calendar",)


class GoogleCalendar:
    """`base_url`, `credentials` and `how` (timeout, attempts, sleep) as GoogleClient takes them."""

    def __init__(
        self, base_url: str = "", credentials: str = "", *, page: int = LARGEST_PAGE, **how: Any
    ) -> None:
        self._google = GoogleClient(
            "calendar",
            "v3",
            path="calendar/v3/",
            product="Google Calendar API",
            scopes=SCOPES,
            error=CalendarUnavailable,
            base_url=base_url,
            credentials=credentials,
            **how,
        )
        self._page = page

    # --- The port ---------------------------------------------------------------------------------------------

    def free_busy(self, calendars: Sequence[str], start: int, end: int) -> FreeBusy:
        wanted = list(dict.fromkeys(calendars))
        busy: dict[str, list[Busy]] = {calendar: [] for calendar in wanted}
        errors: dict[str, str] = {}
        for first in range(0, len(wanted), MOST_CALENDARS):
            chunk = wanted[first : first + MOST_CALENDARS]
            for since in range(start, end, LONGEST_RANGE):
                body = {
                    "timeMin": utc.moment(since).isoformat(),
                    "timeMax": utc.moment(min(end, since + LONGEST_RANGE)).isoformat(),
                    "items": [{"id": calendar} for calendar in chunk],
                    "calendarExpansionMax": MOST_CALENDARS,
                }
                answer = self._query(body)
                self._collect(chunk, answer.get("calendars") or {}, busy, errors)
        return FreeBusy({c: () if c in errors else _merged(spans) for c, spans in busy.items()}, errors)

    def put(self, event: CalendarEvent) -> None:
        if event.cancelled:
            self.remove(event.calendar, event.id)
            return
        try:
            self._write(event, body_of(event))
        except Refused as refused:
            if refused.reason != "forbiddenForServiceAccounts":
                raise self._explained(refused, event.calendar) from refused
            # Only an account that acts for a user may invite guests; ours are invited by mail anyway.
            try:
                self._write(event, body_of(event) | {"attendees": []})
            except Refused as again:
                raise self._explained(again, event.calendar) from again

    def move(self, event_id: str, source: str, target: str) -> None:
        """Done as well when it is on `target` already, or nowhere."""
        if source == target:
            return
        try:
            self._google.call(
                f"moving an event to {target}",
                lambda g: g.events().move(
                    calendarId=source, eventId=event_id, destination=target, sendUpdates="none"
                ),
            )
        except Refused as refused:
            if refused.status == 409:
                self.remove(source, event_id)
            elif refused.status not in (404, 410):
                raise self._explained(refused, source) from refused

    def remove(self, calendar: str, event_id: str) -> None:
        try:
            self._google.call(
                f"removing an event from {calendar}",
                lambda g: g.events().delete(calendarId=calendar, eventId=event_id, sendUpdates="none"),
            )
        except Refused as refused:
            if refused.status not in (404, 410):
                raise self._explained(refused, calendar) from refused

    def find(self, calendar: str, event_id: str) -> CalendarEvent | None:
        try:
            found = self._google.call(
                f"reading an event of {calendar}",
                lambda g: g.events().get(calendarId=calendar, eventId=event_id),
            )
        except Refused as refused:
            if refused.status in (404, 410):
                return None
            raise self._explained(refused, calendar) from refused
        return event_of(found, calendar)

    def changes(self, calendar: str, token: str, start: int, end: int) -> Changes:
        try:
            if token:
                try:
                    return self._listed(calendar, syncToken=token)
                except Refused as refused:
                    # Google: 410 when it has expired, 400 when it never was one.
                    if refused.status not in (400, 410):
                        raise
            window = {"timeMin": utc.moment(start).isoformat(), "timeMax": utc.moment(end).isoformat()}
            return self._listed(calendar, **window)
        except Refused as refused:
            raise self._explained(refused, calendar) from refused

    # --- How --------------------------------------------------------------------------------------------------

    def _listed(self, calendar: str, **bounds: str) -> Changes:
        """Every page; the next token stands on the last one only. A token can't be asked for with other bounds."""
        events: list[CalendarEvent] = []
        page: dict[str, str] = {}
        while True:
            asked: dict[str, Any] = {"singleEvents": True, "maxResults": self._page, **bounds, **page}
            answer = self._google.call(f"reading {calendar}", partial(_list, calendar, asked))
            zone = str(answer.get("timeZone") or "UTC")
            events += (event_of(body, calendar, zone) for body in answer.get("items", ()))
            if "nextPageToken" not in answer:
                token = str(answer.get("nextSyncToken", ""))
                return Changes(tuple(events), token, full="syncToken" not in bounds)
            page = {"pageToken": str(answer["nextPageToken"])}

    def _write(self, event: CalendarEvent, body: dict[str, Any]) -> None:
        what = f"writing to {event.calendar}"
        try:
            self._google.call(
                what,
                lambda g: g.events().insert(
                    calendarId=event.calendar, body={"id": event.id, **body}, sendUpdates="none"
                ),
            )
        except Refused as refused:
            if refused.status != 409:
                raise
            # It is there, perhaps from our own first try, perhaps deleted: an id stays taken for good.
            self._google.call(
                what,
                lambda g: g.events().patch(
                    calendarId=event.calendar, eventId=event.id, body=body, sendUpdates="none"
                ),
            )

    def _query(self, body: dict[str, Any]) -> Any:
        try:
            return self._google.call("reading calendars", lambda g: g.freebusy().query(body=body))
        except Refused as refused:
            raise self._explained(refused, "") from refused

    def _collect(
        self,
        chunk: Sequence[str],
        answer: Mapping[str, Any],
        busy: dict[str, list[Busy]],
        errors: dict[str, str],
    ) -> None:
        folded = {name.casefold(): value for name, value in answer.items()}
        for calendar in chunk:
            found = answer.get(calendar) or folded.get(calendar.casefold())
            if found is None:
                errors[calendar] = "Google's answer leaves it out"
            elif found.get("errors"):
                errors[calendar] = self._why(str(found["errors"][0].get("reason", "unknown")))
            else:
                busy[calendar] += [
                    (epoch(b["start"], floor), epoch(b["end"], ceil)) for b in found.get("busy", ())
                ]

    def _why(self, reason: str) -> str:
        if reason == "notFound":
            return f"not found: check its id in the rules, and that it is shared with {self._google.account}"
        return f"Google can't read it now ({reason})"

    def _explained(self, refused: Refused, calendar: str) -> CalendarUnavailable:
        by_status = {
            403: f"share it with {self._google.account}, with the right to make changes to events",
            404: f"not found: check its id in the rules, and that it is shared with {self._google.account}",
        }
        reason = self._google.advice(refused) or by_status.get(refused.status, "Google refused")
        return CalendarUnavailable(f"calendar {calendar}".strip(), f"{reason} ({refused})")


def _list(calendar: str, asked: Mapping[str, Any], google: Any) -> Any:
    return google.events().list(calendarId=calendar, **asked)


def _merged(spans: Sequence[Busy]) -> tuple[Busy, ...]:
    """Sorted, overlapping or touching ones as one (a long range comes in pieces)."""
    merged: list[Busy] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
