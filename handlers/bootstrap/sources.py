"""Where freed slots come from besides our own bookings: the calendars, longer hours, other programs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.bootstrap.entrances import Entrances

if TYPE_CHECKING:
    from handlers.services.hours import Hours
    from handlers.services.slot_reports import SlotReports
    from handlers.services.sync import CalendarSync, Reader


class Sources(Entrances):
    @cached_property
    def calendar_readers(self) -> dict[str, Reader]:
        """Whoever wants to hear of every calendar event that changed, by name."""
        from handlers.services.sync_bookings import DeletedBookings
        from handlers.services.tagged import TaggedEvents

        deleted = DeletedBookings(
            calendar=self.calendar,
            rules=self.rules,
            bookings=self.bookings,
            effects=lambda: self.effects.calendar,
            limits=self.limits,
            journal=self.journal,
            clock=self.clock,
        )
        tagged = TaggedEvents(
            store=self.store,
            calendar=self.calendar,
            rules=self.rules,
            requests=self.intake,
            bookings=self.bookings,
            clock=self.clock,
            ids=self.ids,
        )
        return {"deleted bookings": deleted, "tagged events": tagged}

    @cached_property
    def calendar_sync(self) -> CalendarSync:
        from handlers.services.sync import CalendarSync
        from handlers.services.sync_busy import BusyTimes

        return CalendarSync(
            store=self.store,
            calendar=self.calendar,
            rules=self.rules,
            slots=self.slots,
            busy=BusyTimes(journal=self.journal, ledger=self.ledger, clock=self.clock),
            clock=self.clock,
            readers=self.calendar_readers,
        )

    @cached_property
    def hours(self) -> Hours:
        from handlers.services.hours import Hours

        return Hours(
            store=self.store, rules=self.rules, slots=self.slots, journal=self.journal, clock=self.clock
        )

    @cached_property
    def slot_reports(self) -> SlotReports:
        from handlers.services.slot_reports import SlotReports

        return SlotReports(
            store=self.store, journal=self.journal, ledger=self.ledger, rules=self.rules, clock=self.clock
        )
