"""Short hand-written stand-ins for the ports. The store's stand-in is SQLite in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from handlers.domain.documents import Words
from handlers.domain.errors import CalendarUnavailable, NotFound, SheetsUnavailable, Unreadable
from handlers.domain.events import Event
from handlers.ports import Busy, CalendarEvent, Changes, FreeBusy, Mail, SheetCell, SheetPage


@dataclass
class FakeClock:
    at: int

    def now(self) -> int:
        return self.at


class FakeIds:
    def __init__(self) -> None:
        self._next = count(1)

    def new(self) -> str:
        return f"id{next(self._next):010d}"


@dataclass
class FakeCalendar:
    """`busy[calendar]` is other people's time, `others` their events; `down` calendars can't be read; `offline` fails
    every call. `log` is what `changes` tells; clearing `tokens` makes every token given so far worthless."""

    busy: dict[str, list[Busy]] = field(default_factory=dict)
    down: dict[str, str] = field(default_factory=dict)
    events: dict[tuple[str, str], CalendarEvent] = field(default_factory=dict)
    others: dict[tuple[str, str], CalendarEvent] = field(default_factory=dict)
    offline: bool = False
    calls: list[str] = field(default_factory=list)
    log: list[CalendarEvent] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    given: int = 0

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.offline:
            raise CalendarUnavailable("calendar", "offline")

    def free_busy(self, calendars: Sequence[str], start: int, end: int) -> FreeBusy:
        self._call("free_busy")
        there = {
            c: [(e.start, e.end) for e in self._on(c) if not e.transparent and not e.cancelled]
            for c in calendars
        }
        busy = {
            c: tuple(sorted(b for b in [*self.busy.get(c, []), *there[c]] if b[0] < end and b[1] > start))
            for c in calendars
        }
        return FreeBusy(busy, {c: why for c, why in self.down.items() if c in calendars})

    def put(self, event: CalendarEvent) -> None:
        self._call("put")
        self.events[event.calendar, event.id] = event
        self.log.append(event)

    def move(self, event_id: str, source: str, target: str) -> None:
        self._call("move")
        self.events[target, event_id] = self.events.pop((source, event_id))

    def remove(self, calendar: str, event_id: str) -> None:
        self._call("remove")
        self.delete(calendar, event_id)

    def find(self, calendar: str, event_id: str) -> CalendarEvent | None:
        self._call("find")
        told = [e for e in self.log if (e.calendar, e.id) == (calendar, event_id)]
        return told[-1] if told else None

    def changes(self, calendar: str, token: str, start: int, end: int) -> Changes:
        self._call("changes")
        if calendar in self.down:
            raise CalendarUnavailable(calendar, self.down[calendar])
        since = self.tokens.get(token)
        self.given += 1
        next_token = f"t{self.given}"
        self.tokens[next_token] = len(self.log)
        if since is None:
            there = [e for e in self._on(calendar) if e.end > start and e.start < end]
            return Changes(tuple(sorted(there, key=lambda e: e.start)), next_token, full=True)
        told = {e.id: e for e in self.log[since:] if e.calendar == calendar}
        return Changes(tuple(told.values()), next_token, full=False)

    def add(
        self, calendar: str, start: int, end: int, summary: str = "Busy", id_: str = "", **more: Any
    ) -> str:
        """Staff write an event, or change the one with this id; its id."""
        id_ = id_ or f"staff{len(self.log):04d}"
        made = CalendarEvent(id_, calendar, start, end, "UTC", summary, **more)
        self.others[calendar, id_] = made
        self.log.append(made)
        return id_

    def delete(self, calendar: str, id_: str) -> None:
        """Somebody deletes an event, ours or theirs; only its id is told from then on."""
        there = [held.pop((calendar, id_), None) for held in (self.events, self.others)]
        if any(there):
            self.log.append(CalendarEvent(id_, calendar, 0, 0, "UTC", "", cancelled=True))

    def _on(self, calendar: str) -> list[CalendarEvent]:
        held = [*self.events.items(), *self.others.items()]
        return [event for (where, _), event in held if where == calendar]


@dataclass
class FakeSheets:
    """`tabs[sheet][tab]` are rows of texts, edited by tests in place; `offline` fails every call."""

    tabs: dict[str, dict[str, list[list[str]]]] = field(default_factory=dict)
    complete: bool = True
    offline: bool = False
    calls: list[str] = field(default_factory=list)

    def changed(self, sheet: str) -> str:
        self._call("changed", sheet)
        return repr(self.tabs[sheet])

    def read(self, sheet: str, tab: str) -> SheetPage:
        self._call("read", sheet)
        trimmed = [
            tuple(row[: max((n for n, c in enumerate(row, 1) if c), default=0)])
            for row in self._rows(sheet, tab)
        ]
        while trimmed and not trimmed[-1]:
            trimmed.pop()
        return SheetPage(tuple(trimmed), self.complete)

    def write(self, sheet: str, tab: str, cells: Sequence[SheetCell]) -> None:
        self._call("write", sheet)
        rows = self._rows(sheet, tab)
        for cell in cells:
            while len(rows) < cell.row:
                rows.append([])
            row = rows[cell.row - 1]
            row += [""] * (cell.column - len(row))
            row[cell.column - 1] = cell.text

    def append(self, sheet: str, tab: str, rows: Sequence[Sequence[str]]) -> None:
        self._call("append", sheet)
        kept = self._rows(sheet, tab)
        while kept and not any(kept[-1]):
            kept.pop()
        kept.extend(list(row) for row in rows)

    def _call(self, name: str, sheet: str) -> None:
        self.calls.append(name)
        if self.offline:
            raise SheetsUnavailable(f"sheet {sheet}", "offline")
        if sheet not in self.tabs:
            raise SheetsUnavailable(f"sheet {sheet}", "not found: check its id in the rules")

    def _rows(self, sheet: str, tab: str) -> list[list[str]]:
        named = {name.casefold(): rows for name, rows in self.tabs[sheet].items()}
        wanted = tab.strip().casefold() or next(iter(named))
        if wanted not in named:
            raise SheetsUnavailable(
                f"sheet {sheet}", f'it has no tab "{tab}"; its tabs are: {", ".join(named)}'
            )
        return named[wanted]


@dataclass
class FakeMailer:
    sent: list[Mail] = field(default_factory=list)
    forwarded: list[tuple[bytes, str, Mapping[str, str]]] = field(default_factory=list)
    failing: Exception | None = None

    def send(self, mail: Mail) -> str:
        if self.failing is not None:
            raise self.failing
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"

    def forward(self, raw: bytes, *, to: str, sender: str, reply_to: str, headers: Mapping[str, str]) -> str:
        self.forwarded.append((raw, to, {"From": sender, "Reply-To": reply_to, **headers}))
        return f"forward-{len(self.forwarded)}"


@dataclass
class FakeTexter:
    sent: list[tuple[str, str]] = field(default_factory=list)
    failing: Exception | None = None

    def send(self, to: str, text: str, key: str = "") -> str:
        if self.failing is not None:
            raise self.failing
        self.sent.append((to, text))
        return f"text-{len(self.sent)}"


@dataclass
class FakeFiles:
    held: dict[str, bytes] = field(default_factory=dict)

    def put(self, path: str, content: bytes) -> None:
        self.held[path] = content

    def get(self, path: str) -> bytes:
        if path not in self.held:
            raise NotFound("file", path)
        return self.held[path]


@dataclass
class FakeBus:
    events: list[Event] = field(default_factory=list)

    def put(self, events: Sequence[Event]) -> None:
        self.events.extend(events)


@dataclass
class FakeTimers:
    """`waiting[name]` is when, and the event."""

    waiting: dict[str, tuple[int, Event]] = field(default_factory=dict)

    def set(self, name: str, at: int, event: Event) -> None:
        self.waiting[name] = (at, event)

    def cancel(self, name: str) -> None:
        self.waiting.pop(name, None)


@dataclass
class FakeScanner:
    """`says[path]` is what text recognition makes of a file: words, why it can't, or None while it is at work."""

    says: dict[str, Words | Unreadable | None] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    failing: Exception | None = None

    def start(self, path: str, *, token: str, tag: str) -> str:
        if self.failing is not None:
            raise self.failing
        self.started.append(token)
        return self.jobs.setdefault(token, path) and f"job-{token}"

    def result(self, job: str) -> Words | None:
        if self.failing is not None:
            raise self.failing
        said = self.says.get(self.jobs[job.removeprefix("job-")])
        if isinstance(said, Unreadable):
            raise said
        return said
