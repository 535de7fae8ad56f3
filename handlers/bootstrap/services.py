"""The inside of a desk: the use-cases, on the ports of its outside."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.bootstrap.adapters import Adapters

if TYPE_CHECKING:
    from handlers.services.bookings import Bookings
    from handlers.services.customers import Customers
    from handlers.services.effects import Effects
    from handlers.services.effects_messages import BookingMessages
    from handlers.services.entries import Entries
    from handlers.services.entry_follow import EntryFollow
    from handlers.services.explaining import Explaining
    from handlers.services.go_live import GoLive
    from handlers.services.intake import Intake
    from handlers.services.journal import Journal
    from handlers.services.ledger import Ledger
    from handlers.services.limits import Limits
    from handlers.services.links import Links
    from handlers.services.messages import Messages
    from handlers.services.offer_news import OfferNews
    from handlers.services.offer_steps import OfferSteps
    from handlers.services.offering import Offering
    from handlers.services.offers import Offers
    from handlers.services.openings import Openings
    from handlers.services.orchestrator import Orchestrator
    from handlers.services.relay import Relay
    from handlers.services.reminders import Reminders
    from handlers.services.replies import Replies
    from handlers.services.rules import RulesSource
    from handlers.services.slots import Slots
    from handlers.services.waitlist import Waitlist
    from handlers.services.waitlist_messages import WaitlistMessages


class Services(Adapters):
    @cached_property
    def journal(self) -> Journal:
        from handlers.services.journal import Journal

        return Journal(self.store, self.clock, self.ids)

    @cached_property
    def rules(self) -> RulesSource:
        from handlers.services.rules import RulesSource

        return RulesSource(self.store, self.clock, self.journal)

    @cached_property
    def ledger(self) -> Ledger:
        from handlers.services.ledger import Ledger

        return Ledger(self.store, self.rules, self.clock)

    @cached_property
    def links(self) -> Links:
        from handlers.services.links import Links

        return Links(self.signer, self.store, self.clock, self.ids, self.settings.base_url)

    @cached_property
    def slots(self) -> Slots:
        from handlers.services.slots import Slots

        return Slots(self.store, self.calendar, self.rules, self.clock, self.ids, self.journal)

    @cached_property
    def customers(self) -> Customers:
        from handlers.services.customers import Customers

        return Customers(
            store=self.store, journal=self.journal, rules=self.rules, clock=self.clock, ids=self.ids
        )

    @cached_property
    def messages(self) -> Messages:
        from handlers.services.messages import Messages

        return Messages(
            rules=self.rules,
            mailer=self.mailer,
            texter=self.texter,
            pages=self.pages,
            links=self.links,
            clock=self.clock,
            base_url=self.settings.base_url,
        )

    @cached_property
    def bookings(self) -> Bookings:
        from handlers.services.bookings import Bookings

        return Bookings(
            store=self.store,
            ledger=self.ledger,
            journal=self.journal,
            rules=self.rules,
            customers=self.customers,
            links=lambda: self.links,
            holds=lambda: self.offers,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def entries(self) -> Entries:
        from handlers.services.entries import Entries

        return Entries(
            store=self.store,
            journal=self.journal,
            rules=self.rules,
            customers=self.customers,
            links=lambda: self.links,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def entry_follow(self) -> EntryFollow:
        from handlers.services.entry_follow import EntryFollow

        return EntryFollow(
            store=self.store,
            entries=self.entries,
            bookings=self.bookings,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def waitlist_messages(self) -> WaitlistMessages:
        from handlers.services.waitlist_messages import WaitlistMessages

        return WaitlistMessages(
            rules=self.rules,
            entries=self.entries,
            customers=self.customers,
            messages=self.messages,
            links=self.links,
        )

    @cached_property
    def offer_steps(self) -> OfferSteps:
        from handlers.services.offer_steps import OfferSteps

        return OfferSteps(
            store=self.store, journal=self.journal, rules=self.rules, entries=self.entries, clock=self.clock
        )

    @cached_property
    def offering(self) -> Offering:
        from handlers.services.offer_sending import Sending
        from handlers.services.offering import Offering

        return Offering(
            steps=self.offer_steps,
            sending=Sending(
                store=self.store,
                steps=self.offer_steps,
                ledger=self.ledger,
                journal=self.journal,
                rules=self.rules,
                entries=self.entries,
                postman=lambda: self.waitlist_messages,
                clock=self.clock,
            ),
            ledger=self.ledger,
            journal=self.journal,
            rules=self.rules,
            slots=self.slots,
            entries=self.entries,
            postman=lambda: self.waitlist_messages,
            timers=self.timers,
            clock=self.clock,
        )

    @cached_property
    def offers(self) -> Offers:
        from handlers.services.offers import Offers

        return Offers(
            store=self.store,
            steps=self.offer_steps,
            ledger=self.ledger,
            rules=self.rules,
            slots=self.slots,
            bookings=lambda: self.bookings,
            entries=self.entries,
            journal=self.journal,
            links=lambda: self.links,
            clock=self.clock,
        )

    @cached_property
    def offer_news(self) -> OfferNews:
        from handlers.services.offer_news import OfferNews

        return OfferNews(
            store=self.store,
            steps=self.offer_steps,
            bookings=self.bookings,
            journal=self.journal,
            rules=self.rules,
            teller=lambda: self.waitlist_messages,
            timers=self.timers,
            clock=self.clock,
        )

    @cached_property
    def openings(self) -> Openings:
        from handlers.services.openings import Openings

        return Openings(
            store=self.store,
            steps=self.offer_steps,
            offering=self.offering,
            ledger=self.ledger,
            journal=self.journal,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def explaining(self) -> Explaining:
        from handlers.services.explaining import Explaining

        return Explaining(
            openings=self.openings,
            offering=self.offering,
            entries=self.entries,
            journal=self.journal,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def waitlist(self) -> Waitlist:
        from handlers.services.waitlist import Waitlist

        return Waitlist(
            openings=self.openings,
            offering=self.offering,
            offers=self.offers,
            news=self.offer_news,
            entries=self.entries,
            follow=self.entry_follow,
            bookings=self.bookings,
            journal=self.journal,
            teller=lambda: self.waitlist_messages,
            timers=self.timers,
        )

    @cached_property
    def effects(self) -> Effects:
        from handlers.services.effects import Effects
        from handlers.services.effects_tagged import TaggedEffects
        from handlers.services.request_moves import RequestMoves

        requests = RequestMoves(store=self.store, clock=self.clock, ids=self.ids, journal=self.journal)
        return Effects(
            store=self.store,
            journal=self.journal,
            rules=self.rules,
            bookings=self.bookings,
            slots=self.slots,
            messages=self.booking_messages,
            reminders=self.reminders,
            calendar=self.calendar,
            tagged=TaggedEffects(
                calendar=self.calendar, journal=self.journal, requests=requests, rules=self.rules
            ),
            links=self.links,
            clock=self.clock,
        )

    @cached_property
    def booking_messages(self) -> BookingMessages:
        from handlers.services.effects_messages import BookingMessages

        return BookingMessages(
            store=self.store,
            rules=self.rules,
            customers=self.customers,
            messages=self.messages,
            invitations=self.invitations,
            links=self.links,
            clock=self.clock,
        )

    @cached_property
    def reminders(self) -> Reminders:
        from handlers.services.reminders import Reminders

        return Reminders(
            store=self.store,
            journal=self.journal,
            rules=self.rules,
            clock=self.clock,
            read=self.bookings.get,
            timers=lambda: self.timers,
            messages=lambda: self.booking_messages,
            go_live=self.go_live,
        )

    @cached_property
    def go_live(self) -> GoLive:
        from handlers.services.go_live import GoLive

        return GoLive(store=self.store, journal=self.journal, rules=self.rules, clock=self.clock)

    @cached_property
    def orchestrator(self) -> Orchestrator:
        from handlers.services.orchestrator import Orchestrator

        return Orchestrator(
            store=self.store,
            slots=self.slots,
            bookings=self.bookings,
            customers=self.customers,
            clock=self.clock,
        )

    @cached_property
    def intake(self) -> Intake:
        from handlers.services.intake import Intake

        return Intake(
            store=self.store,
            clock=self.clock,
            ids=self.ids,
            journal=self.journal,
            rules=self.rules,
            slots=self.slots,
            files=self.files,
            customers=self.customers,
        )

    @cached_property
    def replies(self) -> Replies:
        from handlers.services.replies import Replies

        return Replies(
            store=self.store,
            intake=self.intake,
            bookings=self.bookings,
            reminders=self.reminders,
            offers=self.offers,
            slots=self.slots,
            customers=self.customers,
            booking_messages=self.booking_messages,
            waitlist_messages=self.waitlist_messages,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def limits(self) -> Limits:
        from handlers.services.limits import Limits

        return Limits(self.store, self.clock)

    @cached_property
    def relay(self) -> Relay:
        from handlers.services.relay import Relay

        return Relay(self.store, self.clock, self.bus)
