"""Who answers what: the bot's one map from ids to listeners."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from blocks.ids import ActionId, Command, EventName, ShortcutId, ViewId
from bot.listeners import (
    book,
    bookings,
    dead_letters,
    drafts,
    entries,
    gaps,
    home,
    openings,
    requests,
    waitlist,
)
from bot.turn import Turn
from handlers.domain.rules.model import Role

Id = ActionId | ViewId | Command | ShortcutId | EventName


class Route(NamedTuple):
    """`role` is who may; None lets everybody in the workspace."""

    listener: Callable[[Turn], None]
    role: Role | None = "staff"


ROUTES: dict[Id, Route] = {
    Command.BOOK: Route(book.command),
    Command.WAITLIST: Route(waitlist.command),
    ShortcutId.BOOK_FROM_MESSAGE: Route(book.from_message),
    EventName.APP_HOME_OPENED: Route(home.opened, None),
    ActionId.REQUEST_APPROVE: Route(requests.approve),
    ActionId.REQUEST_EDIT: Route(requests.edit),
    ActionId.REQUEST_DISCARD: Route(requests.discard),
    ActionId.REQUEST_HANDLED: Route(requests.handled),
    ActionId.REQUEST_REPLY: Route(requests.reply),
    ActionId.REQUEST_WAITLIST: Route(requests.put_on_waitlist),
    ViewId.REQUEST_EDIT: Route(requests.edited),
    ViewId.REQUEST_REPLY: Route(requests.replied),
    ActionId.DRAFT_APPROVE: Route(drafts.approve),
    ActionId.DRAFT_EDIT: Route(drafts.edit),
    ActionId.DRAFT_TELL: Route(drafts.tell),
    ViewId.APPOINTMENT_EDIT: Route(drafts.appointment),
    ViewId.ENTRY_EDIT: Route(drafts.entry),
    ActionId.BOOKING_NEW: Route(home.new_booking),
    ActionId.BOOKING_APPROVE: Route(bookings.approve),
    ActionId.BOOKING_DECLINE: Route(bookings.decline),
    ActionId.BOOKING_ARRIVED: Route(bookings.arrived),
    ActionId.BOOKING_UNDO_ARRIVED: Route(bookings.undo_arrived),
    ActionId.BOOKING_COMPLETED: Route(bookings.completed),
    ActionId.BOOKING_NO_SHOW: Route(bookings.no_show),
    ActionId.BOOKING_RESCHEDULE: Route(bookings.reschedule),
    ActionId.BOOKING_CANCEL: Route(bookings.cancel),
    ActionId.BOOKING_MENU: Route(bookings.menu),
    ViewId.CANCEL: Route(bookings.cancelled),
    ViewId.NO_SHOW: Route(bookings.did_not_show),
    ViewId.CONTACT: Route(bookings.contact_corrected),
    ViewId.REMINDERS: Route(bookings.reminders_set),
    ActionId.GAP_CALL: Route(gaps.call),
    ActionId.GAP_KEEP: Route(gaps.keep),
    ActionId.GAP_OFFER: Route(gaps.offer),
    ActionId.GAP_CANCEL: Route(gaps.cancel),
    ActionId.IMPORTS_SEND: Route(gaps.send_imports),
    ActionId.IMPORTS_SKIP: Route(gaps.skip_imports),
    ActionId.OPENING_NEXT: Route(openings.next_now),
    ActionId.OPENING_FILL: Route(openings.fill),
    ActionId.OPENING_STOP: Route(openings.stop),
    ActionId.OPENING_LEAVE: Route(openings.leave_open),
    ActionId.OPENING_AGAIN: Route(openings.try_again),
    ActionId.FILL_WHO: Route(openings.who_changed),
    ViewId.FILL: Route(openings.filled),
    ActionId.WAITLIST_OPEN: Route(waitlist.opened),
    ActionId.WAITLIST_SERVICE: Route(waitlist.service_chosen),
    ActionId.WAITLIST_PREVIOUS: Route(waitlist.paged),
    ActionId.WAITLIST_NEXT: Route(waitlist.paged),
    ActionId.WAITLIST_ADD: Route(waitlist.add),
    ActionId.ENTRY_MENU: Route(waitlist.menu),
    ActionId.ENTRY_UNDO: Route(waitlist.undo),
    ViewId.WAITLIST: Route(waitlist.found),
    ViewId.WAITLIST_ADD: Route(entries.added),
    ViewId.WAITLIST_EDIT: Route(entries.edited),
    ActionId.TIMES_SERVICE: Route(book.times_changed),
    ActionId.TIMES_DATE: Route(book.times_changed),
    ActionId.TIMES_PART: Route(book.times_changed),
    ActionId.TIMES_RESOURCE: Route(book.times_changed),
    ActionId.TIMES_PARTY: Route(book.times_changed),
    ViewId.BOOK: Route(book.submitted),
    ViewId.RESCHEDULE: Route(book.moved),
    ActionId.HOME_REFRESH: Route(home.refresh),
    ActionId.DEAD_LETTER_RETRY: Route(dead_letters.retry, "owner"),
    ActionId.DEAD_LETTER_HANDLED: Route(dead_letters.handled, "owner"),
}
