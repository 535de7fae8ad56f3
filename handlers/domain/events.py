"""What happened, for whoever needs to know. An event names its subject; consumers re-read the state."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EventKind(StrEnum):
    REQUEST_RECEIVED = "request.received"
    REQUEST_PROPOSED = "request.proposed"
    REQUEST_DRAFTED = "request.drafted"
    REQUEST_APPROVED = "request.approved"
    REQUEST_ESCALATED = "request.escalated"
    REQUEST_DECLINED = "request.declined"
    REQUEST_DISCARDED = "request.discarded"
    REQUEST_HANDLED = "request.handled"
    REQUEST_BOOKED = "request.booked"
    REQUEST_EXPIRED = "request.expired"
    BOOKING_REQUESTED = "booking.requested"
    BOOKING_HELD = "booking.held"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_RESCHEDULED = "booking.rescheduled"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_EXPIRED = "booking.expired"
    BOOKING_ARRIVED = "booking.arrived"
    BOOKING_COMPLETED = "booking.completed"
    BOOKING_NO_SHOW = "booking.no_show"
    BOOKING_RESEND = "booking.resend"
    BOOKING_CONTACT_CORRECTED = "booking.contact_corrected"
    BOOKING_AMENDED = "booking.amended"
    BOOKING_CONFLICTED = "booking.conflicted"
    BOOKING_REMINDED = "booking.reminded"
    BOOKING_REMINDERS_SET = "booking.reminders_set"
    BOOKING_ANSWERED = "booking.answered"
    REMINDER_DUE = "reminder.due"
    REMINDERS_OUTDATED = "reminders.outdated"
    GAP_ALERT = "gap.alert"
    GAP_KEPT = "gap.kept"
    IMPORTS_WAITING = "imports.waiting"
    IMPORTS_DECIDED = "imports.decided"
    SLOT_FREED = "slot.freed"
    ENTRY_JOINED = "entry.joined"
    ENTRY_CHANGED = "entry.changed"
    ENTRY_ENDED = "entry.ended"
    OPENING_CHANGED = "opening.changed"
    OPENING_DUE = "opening.due"
    OFFER_SENT = "offer.sent"
    OFFER_CLAIMED = "offer.claimed"
    OFFER_ENDED = "offer.ended"
    SHEET_FAULTS = "sheet.faults"
    TIMES_ASKED = "times.asked"
    RULES_CHANGED = "rules.changed"
    RULES_REFUSED = "rules.refused"
    CALENDAR_UNREADABLE = "calendar.unreadable"
    CALENDAR_EMPTIED = "calendar.emptied"
    CALENDAR_FILLED = "calendar.filled"
    DELIVERY_FAILED = "delivery.failed"
    DEAD_LETTER = "dead_letter.received"
    HOME_OPENED = "home.opened"
    SUMMARY_READY = "summary.ready"


class Event(BaseModel):
    """`subject` is the id of the booking, request ... that `kind` speaks of; `data` is small and JSON."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    kind: EventKind
    subject: str
    at: int
    data: dict[str, Any] = Field(default_factory=dict)
