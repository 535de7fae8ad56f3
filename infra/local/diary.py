"""The calendar panel: each resource's day as its own calendar shows it, edited as staff would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from handlers.domain.errors import InputError, NotFound
from handlers.domain.rules.model import Rules
from infra.local.google_state import CalendarEntry, GoogleCalendarState


class Diaries:
    def __init__(self, google: GoogleCalendarState, rules: Callable[[], Rules]) -> None:
        self._google, self._rules = google, rules
        self._troubles = 0

    @property
    def version(self) -> str:
        """Rises with every change of a calendar."""
        return f"{self._google.last_seq()}-{self._troubles}"

    def day(self, wanted: str, now: int) -> dict[str, Any]:
        """A local date (`YYYY-MM-DD`; "" or nonsense = today), minutes counted from its midnight."""
        rules = self._rules()
        zone = rules.zone
        try:
            day = date.fromisoformat(wanted)
        except ValueError:
            day = zone.date(now)
        start, end = zone.day(day)

        def entry(e: CalendarEntry) -> dict[str, Any]:
            return {
                "id": e.id,
                "calendar": e.calendar,
                "summary": e.summary,
                "description": e.description,
                "ours": e.ours,
                "transparent": e.transparent,
                "from": 0 if e.start <= start else zone.minutes(e.start),
                "to": 1440 if e.end >= end else zone.minutes(e.end),
                "when": f"{zone.say_time(e.start)} to {zone.say_time(e.end)}",
            }

        columns = [
            {
                "id": id_,
                "name": resource.name,
                "calendar": resource.calendar,
                "hours": rules.week(id_).get(day.weekday(), ()),
                "breaks": resource.breaks,
                "trouble": self._google.trouble_of(resource.calendar),
                "events": [entry(e) for e in self._google.events(resource.calendar, start, end)],
            }
            for id_, resource in rules.resources.items()
            if resource.calendar
        ]
        today = zone.date(now)
        return {
            "date": day.isoformat(),
            "said": f"{day:%A} {day.day} {day:%B}",
            "before": (day - timedelta(days=1)).isoformat(),
            "after": (day + timedelta(days=1)).isoformat(),
            "today": today.isoformat(),
            "now": zone.minutes(now) if day == today else None,
            "columns": columns,
        }

    def add(self, body: Mapping[str, Any]) -> str:
        """`date`, `from` and `to` as `HH:MM` wall time, `calendar`, `summary`. Raises InputError."""
        zone = self._rules().zone
        try:
            start = zone.parse(f"{body.get('date')}T{body.get('from')}")
            end = zone.parse(f"{body.get('date')}T{body.get('to')}")
        except ValueError as problem:
            raise InputError("from", "Choose a date, a beginning and an end.") from problem
        if end <= start:
            raise InputError("to", "The end must be after the beginning.")
        known = {r.calendar: r.name for r in self._rules().resources.values()}
        calendar = str(body.get("calendar"))
        if calendar not in known:
            raise InputError("calendar", "Choose whose calendar.")
        return self._google.add(calendar, start, end, str(body.get("summary") or "Busy").strip()[:200])

    def remove(self, calendar: str, id_: str) -> None:
        """Raises NotFound."""
        if not self._google.remove(calendar, id_):
            raise NotFound("event", id_)

    def trouble(self, calendar: str, *, on: bool) -> None:
        """Makes a calendar unreadable, to see what happens then."""
        self._google.trouble(calendar, "notFound" if on else "")
        self._troubles += 1
