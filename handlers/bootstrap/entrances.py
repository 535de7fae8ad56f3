"""What the entries call first: mails, texts and documents coming in, events to be worked on, sheets, and the tick."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.bootstrap.services import Services

if TYPE_CHECKING:
    from handlers.services.appointment_lane import AppointmentLane
    from handlers.services.attachments import Attachments
    from handlers.services.dead_letters import DeadLetters
    from handlers.services.drafts import Drafts
    from handlers.services.housekeeping import Housekeeping
    from handlers.services.imports import Imports
    from handlers.services.inbound import Inbound
    from handlers.services.places import Places
    from handlers.services.sheet_sync import SheetSync
    from handlers.services.triage import Triage
    from handlers.services.waitlist_lane import WaitlistLane


class Entrances(Services):
    @cached_property
    def attachments(self) -> Attachments:
        from handlers.services.attachments import Attachments

        return Attachments(
            intake=self.intake,
            documents=self.documents,
            scanner=lambda: self.scanner,
            files=self.files,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def imports(self) -> Imports:
        from handlers.services.imports import Imports

        return Imports(
            requests=self.intake,
            bookings=self.bookings,
            customers=self.customers,
            places=self.places,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def places(self) -> Places:
        from handlers.services.places import Places

        return Places(
            slots=self.slots,
            ledger=self.ledger,
            calendar=self.calendar,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def drafts(self) -> Drafts:
        from handlers.services.drafts import Drafts
        from handlers.services.forwarded import ForwardedReader
        from handlers.services.tagged_reader import TaggedReader

        return Drafts(
            intake=self.intake,
            attachments=self.attachments,
            reader=ForwardedReader(reader=self.reader, rules=self.rules, clock=self.clock),
            tagged=TaggedReader(reader=self.reader, rules=self.rules, clock=self.clock),
            imports=self.imports,
            entries=self.entries,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def inbound(self) -> Inbound:
        from handlers.services.inbound import Inbound

        return Inbound(self.intake, lambda: self.replies, lambda: self.attachments)

    @cached_property
    def triage(self) -> Triage:
        from handlers.services.triage import Triage

        return Triage(
            intake=self.intake,
            reader=self.reader,
            rules=self.rules,
            slots=self.slots,
            customers=self.customers,
            messages=self.messages,
            links=self.links,
            mailer=self.mailer,
            files=self.files,
            journal=self.journal,
            limits=self.limits,
            clock=self.clock,
            drafts=lambda: self.drafts,
        )

    @cached_property
    def dead_letters(self) -> DeadLetters:
        from handlers.services.dead_letters import DeadLetters

        return DeadLetters(
            store=self.store, journal=self.journal, clock=self.clock, replay=self.inbound.again
        )

    @cached_property
    def housekeeping(self) -> Housekeeping:
        from handlers.services.housekeeping import Housekeeping

        return Housekeeping(
            store=self.store,
            bookings=self.bookings,
            effects=self.effects,
            intake=self.intake,
            relay=self.relay,
            timers=self.timers,
            clock=self.clock,
            rules=self.rules,
            openings=self.openings,
            news=self.offer_news,
            entries=self.entries,
        )

    @cached_property
    def waitlist_lane(self) -> WaitlistLane:
        from handlers.services.waitlist_lane import WaitlistLane

        return WaitlistLane(
            entries=self.entries,
            bookings=self.bookings,
            customers=self.customers,
            rules=self.rules,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def appointment_lane(self) -> AppointmentLane:
        from handlers.services.appointment_lane import AppointmentLane

        return AppointmentLane(
            bookings=self.bookings,
            customers=self.customers,
            places=self.places,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def sheet_sync(self) -> SheetSync:
        from handlers.services.sheet_sync import SheetSync

        return SheetSync(
            store=self.store,
            sheets=self.sheets,
            files=self.files,
            journal=self.journal,
            rules=self.rules,
            clock=self.clock,
            ids=self.ids,
            lanes=(self.waitlist_lane, self.appointment_lane),
        )
