"""Short hand-written stand-ins for the ports. The store's stand-in is SQLite in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from handlers.domain.errors import CalendarUnavailable, NotFound
from handlers.domain.events import Event
from handlers.ports import Busy, CalendarEvent, FreeBusy, Mail


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
    """`busy[calendar]` are other people's events; `down` calendars can't be read; `offline` fails every call."""

    busy: dict[str, list[Busy]] = field(default_factory=dict)
    down: dict[str, str] = field(default_factory=dict)
    events: dict[tuple[str, str], CalendarEvent] = field(default_factory=dict)
    offline: bool = False
    calls: list[str] = field(default_factory=list)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.offline:
            raise CalendarUnavailable("calendar", "offline")

    def free_busy(self, calendars: Sequence[str], start: int, end: int) -> FreeBusy:
        self._call("free_busy")
        own = {
            c: [(e.start, e.end) for (c2, _), e in self.events.items() if c2 == c and not e.transparent]
            for c in calendars
        }
        busy = {
            c: tuple(sorted(b for b in [*self.busy.get(c, []), *own[c]] if b[0] < end and b[1] > start))
            for c in calendars
        }
        return FreeBusy(busy, {c: why for c, why in self.down.items() if c in calendars})

    def put(self, event: CalendarEvent) -> None:
        self._call("put")
        self.events[event.calendar, event.id] = event

    def move(self, event_id: str, source: str, target: str) -> None:
        self._call("move")
        self.events[target, event_id] = self.events.pop((source, event_id))

    def remove(self, calendar: str, event_id: str) -> None:
        self._call("remove")
        self.events.pop((calendar, event_id), None)


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
