"""Every id that Slack sends back to us, once. `bot/routes.py` says who answers which."""

from __future__ import annotations

from enum import StrEnum


class Command(StrEnum):
    BOOK = "/book"
    WAITLIST = "/waitlist"


class ShortcutId(StrEnum):
    BOOK_FROM_MESSAGE = "book_from_message"


class EventName(StrEnum):
    """Events of Slack's Events API that we subscribe to."""

    APP_HOME_OPENED = "app_home_opened"


class ActionId(StrEnum):
    """Buttons, menus and inputs that answer at once."""

    REQUEST_APPROVE = "request.approve"
    REQUEST_EDIT = "request.edit"
    REQUEST_DISCARD = "request.discard"
    REQUEST_HANDLED = "request.handled"
    REQUEST_REPLY = "request.reply"
    REQUEST_WAITLIST = "request.waitlist"

    DRAFT_APPROVE = "draft.approve"
    DRAFT_EDIT = "draft.edit"
    DRAFT_TELL = "draft.tell"
    """A tick that is read when the draft is approved."""

    BOOKING_NEW = "booking.new"
    BOOKING_APPROVE = "booking.approve"
    BOOKING_DECLINE = "booking.decline"
    BOOKING_ARRIVED = "booking.arrived"
    BOOKING_UNDO_ARRIVED = "booking.undo_arrived"
    BOOKING_COMPLETED = "booking.completed"
    BOOKING_NO_SHOW = "booking.no_show"
    BOOKING_RESCHEDULE = "booking.reschedule"
    BOOKING_CANCEL = "booking.cancel"
    BOOKING_MENU = "booking.menu"
    """The overflow menu; which entry was chosen travels in its value (`MenuChoice`)."""

    GAP_CALL = "gap.call"
    GAP_KEEP = "gap.keep"
    GAP_OFFER = "gap.offer"
    GAP_CANCEL = "gap.cancel"
    IMPORTS_SEND = "imports.send"
    IMPORTS_SKIP = "imports.skip"
    OPENING_NEXT = "opening.next"
    OPENING_FILL = "opening.fill"
    OPENING_STOP = "opening.stop"
    OPENING_LEAVE = "opening.leave_open"
    OPENING_AGAIN = "opening.try_again"
    FILL_WHO = "fill.who"

    WAITLIST_OPEN = "waitlist.open"
    WAITLIST_SERVICE = "waitlist.service"
    WAITLIST_ADD = "waitlist.add"
    WAITLIST_PREVIOUS = "waitlist.previous"
    WAITLIST_NEXT = "waitlist.next"
    ENTRY_MENU = "entry.menu"
    """The overflow menu of a row; which entry was chosen travels in its value (`EntryChoice`)."""
    ENTRY_UNDO = "entry.undo"

    TIMES_SERVICE = "times.service"
    TIMES_DATE = "times.date"
    TIMES_PART = "times.part"
    TIMES_RESOURCE = "times.resource"
    TIMES_PARTY = "times.party"

    HOME_REFRESH = "home.refresh"
    DEAD_LETTER_RETRY = "dead_letter.retry"
    DEAD_LETTER_HANDLED = "dead_letter.handled"


class ViewId(StrEnum):
    """Callback ids of modals with a submit button."""

    REQUEST_EDIT = "request_edit"
    REQUEST_REPLY = "request_reply"
    APPOINTMENT_EDIT = "appointment_edit"
    ENTRY_EDIT = "entry_edit"
    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    CONTACT = "contact"
    NO_SHOW = "no_show"
    REMINDERS = "reminders"
    FILL = "fill"
    WAITLIST = "waitlist"
    WAITLIST_ADD = "waitlist_add"
    WAITLIST_EDIT = "waitlist_edit"


class Field(StrEnum):
    """Inputs that are only read when their modal is submitted; block id and action id in one."""

    SLOT = "slot"
    NAME = "name"
    CONTACT = "contact"
    EMAIL = "email"
    PHONE = "phone"
    NOTES = "notes"
    REASON = "reason"
    REPLY = "reply"
    REMINDERS = "reminders"
    SERVICE = "service"
    DATE = "date"
    DATE_FROM = "date_from"
    DATE_TO = "date_to"
    TIME = "time"
    PARTY = "party"
    PRIORITY = "priority"
    FIND = "find"
    RESOURCE = "resource"
    TELL = "tell"
    UNUSUAL = "unusual"


class MenuChoice(StrEnum):
    """Entries of the booking menu."""

    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    RESEND = "resend"
    CONTACT = "contact"
    REMINDERS = "reminders"
    MORE = "more"


class EntryChoice(StrEnum):
    """Entries of the menu of somebody on the waitlist."""

    EDIT = "edit"
    BUMP = "bump"
    LOWER = "lower"
    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"
    WHY = "why"
