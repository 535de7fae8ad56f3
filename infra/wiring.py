"""The one table of Lambda functions: what starts each, and which events it hears.

The workspace routes by it now; the template is made from it. An entry is `module.function`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

from handlers.domain.events import EventKind
from handlers.domain.summaries.periods import Kind, moments
from handlers.domain.zone import Zone

Trigger = Literal["http", "events", "s3", "sns", "stream", "schedule", "sqs"]


@dataclass(frozen=True)
class Function:
    """`paths` are prefixes of the Function URL it answers; `seconds` is its time limit, `memory` in MB."""

    name: str
    entry: str
    trigger: Trigger
    purpose: str
    paths: tuple[str, ...] = ()
    events: tuple[EventKind, ...] = ()
    seconds: int = 30
    memory: int = 512

    def load(self) -> Callable[[dict[str, Any], Any], Any]:
        """The entry itself. Raises ImportError, AttributeError."""
        module, _, name = self.entry.rpartition(".")
        found: Callable[[dict[str, Any], Any], Any] = getattr(import_module(module), name)
        return found


_BOOKING_EVENTS = tuple(kind for kind in EventKind if kind.value.startswith("booking."))
_WAITLIST_EVENTS = tuple(k for k in EventKind if k.value.startswith(("opening.", "offer.", "entry.")))
_REQUEST_EVENTS = tuple(kind for kind in EventKind if kind.value.startswith("request."))

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "slack", "bot.slack.handler", "http", "commands, clicks and events from Slack", ("/slack/events",),
        seconds=10, memory=1024,
    ),
    Function(
        "site", "handlers.site.handler", "http", "the customers' forms, pages and links",
        ("/forms", "/l", "/t", "/static", "/"), memory=1024,
    ),
    Function(
        "webhooks", "handlers.webhooks.handler", "http", "signed reports of freed slots from other programs",
        ("/webhooks",), seconds=15,
    ),
    Function(
        "intake", "handlers.intake.handler", "events", "reads what was asked and makes the move",
        events=tuple(k for k in _REQUEST_EVENTS if k != EventKind.REQUEST_BOOKED), seconds=60,
    ),
    Function(
        "bookings", "handlers.bookings.handler", "events", "writes the calendar, tells the customer, reminds",
        events=(
            *_BOOKING_EVENTS,
            EventKind.REMINDER_DUE,
            EventKind.REMINDERS_OUTDATED,
            EventKind.IMPORTS_DECIDED,
            EventKind.RULES_CHANGED,
        ),
        seconds=60,
    ),
    Function(
        "waitlist", "handlers.waitlist.handler", "events", "offers freed slots to the waitlist, one person at a time",
        events=(EventKind.SLOT_FREED, EventKind.CALENDAR_FILLED, *_WAITLIST_EVENTS, *_BOOKING_EVENTS), seconds=60,
    ),
    Function(
        "notices", "bot.notices.handler", "events", "keeps the cards in Slack true",
        events=(
            *(k for k in _REQUEST_EVENTS if k != EventKind.REQUEST_RECEIVED),
            *_BOOKING_EVENTS,
            EventKind.GAP_ALERT,
            EventKind.GAP_KEPT,
            EventKind.IMPORTS_WAITING,
            EventKind.IMPORTS_DECIDED,
            EventKind.OPENING_CHANGED,
            EventKind.OFFER_SENT,
            EventKind.OFFER_CLAIMED,
            EventKind.OFFER_ENDED,
            EventKind.TIMES_ASKED,
            EventKind.HOME_OPENED,
            EventKind.RULES_CHANGED,
            EventKind.RULES_REFUSED,
            EventKind.CALENDAR_UNREADABLE,
            EventKind.CALENDAR_EMPTIED,
            EventKind.SHEET_FAULTS,
            EventKind.DELIVERY_FAILED,
            EventKind.DEAD_LETTER,
            EventKind.SUMMARY_READY,
        ),
        seconds=60,
    ),
    Function(
        "sheet_sync", "handlers.sheet_sync.handler", "events",
        "keeps staff's Google Sheets and our lists the same; runs every three minutes besides",
        events=(
            *(k for k in EventKind if k.value.startswith("entry.")),
            *_BOOKING_EVENTS,
            EventKind.OFFER_SENT,
            EventKind.OFFER_ENDED,
            EventKind.RULES_CHANGED,
        ),
        seconds=60,
    ),
    Function("inbound_mail", "handlers.inbound_mail.handler", "s3", "mail the business received", seconds=60),
    Function("rules_sync", "handlers.rules_sync.handler", "s3", "swaps in an edited rules.yml, or refuses it"),
    Function("inbound_text", "handlers.inbound_text.handler", "sns", "texts the business received"),
    Function("documents", "handlers.documents.handler", "sns", "attachments that Textract has read", seconds=60),
    Function("relay", "handlers.relay.handler", "stream", "puts the outbox on the bus"),
    Function("tick", "handlers.tick.handler", "schedule", "due work, every five minutes", seconds=120),
    Function(
        "calendar_sync", "handlers.calendar_sync.handler", "schedule",
        "what people did in the calendars, every five minutes", seconds=120,
    ),
    Function(
        "hours", "handlers.hours.handler", "events", "finds what longer hours open up",
        events=(EventKind.RULES_CHANGED,), seconds=60,
    ),
    Function(
        "summary", "handlers.summary.handler", "schedule", "sums up the week and the waitlist's month", seconds=120,
    ),
    Function("dead_letters", "handlers.dead_letters.handler", "sqs", "tells people what could not be delivered"),
)  # fmt: skip

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler puts the time a schedule was due in its place (Scheduler user guide, "Adding context attributes")."""


@dataclass(frozen=True)
class Schedule:
    """When a function is started, by the business's clock: `cron` as EventBridge Scheduler writes it. `moments` says when
    that is, for the workspace: every instant in (after, until]."""

    name: str
    function: str
    cron: str
    input: dict[str, str]
    moments: Callable[[Zone, int, int], Iterator[int]]

    def event(self, due: str) -> dict[str, str]:
        """What the function gets; `due` is an ISO time in UTC."""
        return {name: due if value == SCHEDULED_TIME else value for name, value in self.input.items()}


SCHEDULES: tuple[Schedule, ...] = (
    Schedule(
        "weekly-summary", "summary", "cron(0 8 ? * MON *)", {"summary": "weekly", "at": SCHEDULED_TIME},
        partial(moments, Kind.WEEKLY),
    ),
    Schedule(
        "monthly-summary", "summary", "cron(0 9 ? * 2#1 *)", {"summary": "monthly", "at": SCHEDULED_TIME},
        partial(moments, Kind.MONTHLY),
    ),
)  # fmt: skip
"""In the time zone of the rules, without a flexible window."""

NAMED = {function.name: function for function in FUNCTIONS}

ATTEMPTS = 3
"""Deliveries of one event to one function, the first included, before it goes to the dead-letter queue."""
TICK_MINUTES = 5
SYNC_MINUTES = 5
SHEET_MINUTES = 3
"""How often sheet_sync looks whether staff have edited a sheet."""


def subscribers(kind: str) -> tuple[Function, ...]:
    """The functions that hear events of `kind`, in the table's order."""
    return tuple(f for f in FUNCTIONS if kind in f.events)


def function_for(path: str) -> Function | None:
    """The function whose longest path prefix (by whole segments) covers `path`; "/" covers only itself."""
    best: tuple[int, Function] | None = None
    for function in FUNCTIONS:
        for prefix in function.paths:
            covers = path == prefix or (prefix != "/" and path.startswith(prefix + "/"))
            if covers and (best is None or len(prefix) > best[0]):
                best = (len(prefix), function)
    return best[1] if best else None
