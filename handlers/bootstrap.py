"""The only place that builds adapters: settings in, a `Desk` out.

Every part of a desk is built, and its modules imported, on first use: a cold start pays only for what it uses.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from handlers import logs
from handlers.settings import Settings

if TYPE_CHECKING:
    from handlers.ports import (
        Bus,
        Calendar,
        Clock,
        Files,
        Ids,
        Invitations,
        Mailer,
        Pages,
        Reader,
        Signer,
        Store,
        Texter,
        Timers,
    )
    from handlers.services.bookings import Bookings
    from handlers.services.customers import Customers
    from handlers.services.dead_letters import DeadLetters
    from handlers.services.effects import Effects
    from handlers.services.housekeeping import Housekeeping
    from handlers.services.inbound import Inbound
    from handlers.services.intake import Intake
    from handlers.services.journal import Journal
    from handlers.services.ledger import Ledger
    from handlers.services.limits import Limits
    from handlers.services.links import Links
    from handlers.services.messages import Messages
    from handlers.services.orchestrator import Orchestrator
    from handlers.services.relay import Relay
    from handlers.services.rules import RulesSource
    from handlers.services.slots import Slots
    from handlers.services.triage import Triage


class Desk:
    """Everything an entry can ask for. `overrides` stand in for parts by name (a test's clock, a local bus)."""

    def __init__(self, settings: Settings, **overrides: Any) -> None:
        self.settings = settings
        unknown = [name for name in overrides if not isinstance(vars(Desk).get(name), cached_property)]
        if unknown:
            raise TypeError(f"a desk has no part {', '.join(unknown)}")
        vars(self).update(overrides)  # found before the cached property of the same name

    # --- adapters ---------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        kind, where = self.settings.store
        if kind == "sqlite":
            from handlers.adapters.sqlite import SqliteStore

            return SqliteStore(where)
        if kind == "dynamodb":
            from handlers.adapters.dynamodb import DynamoStore

            return DynamoStore(where)
        raise _unknown("FRONTDESK_STORE", kind)

    @cached_property
    def files(self) -> Files:
        kind, where = self.settings.files
        if kind == "dir":
            from handlers.adapters.spool import DirFiles

            return DirFiles(where)
        if kind == "s3":
            from handlers.adapters.s3 import S3Files

            return S3Files(where)
        raise _unknown("FRONTDESK_FILES", kind)

    @cached_property
    def mailer(self) -> Mailer:
        kind, where = self.settings.mail
        if kind == "dir":
            from handlers.adapters.spool import SpoolMailer

            return SpoolMailer(where, self.clock)
        if kind == "ses":
            from handlers.adapters.ses import SesMailer

            return SesMailer(self.clock)
        raise _unknown("FRONTDESK_MAIL", kind)

    @cached_property
    def texter(self) -> Texter:
        kind, where = self.settings.text
        if kind == "dir":
            from handlers.adapters.spool import SpoolTexter

            return SpoolTexter(where, self.clock)
        if kind == "aws":
            from handlers.adapters.sms import AwsTexter

            return AwsTexter(where)
        raise _unknown("FRONTDESK_TEXT", kind)

    @cached_property
    def bus(self) -> Bus | None:
        """None when whoever drains the outbox brings a bus."""
        kind, where = self.settings.bus
        if kind == "none":
            return None
        if kind == "eventbridge":
            from handlers.adapters.eventbridge import EventBridgeBus

            return EventBridgeBus(where)
        raise _unknown("FRONTDESK_BUS", kind)

    @cached_property
    def timers(self) -> Timers:
        kind, where = self.settings.timers
        if kind == "store":
            from handlers.adapters.store_timers import StoreTimers

            return StoreTimers(self.store)
        if kind == "scheduler":
            from handlers.adapters.scheduler import AwsTimers

            return AwsTimers(where, bus=self.settings.bus[1], role=self.settings.timers_role)
        raise _unknown("FRONTDESK_TIMERS", kind)

    @cached_property
    def clock(self) -> Clock:
        from handlers.adapters.clock import FileClock, SystemClock

        kind, where = self.settings.clock
        if kind == "system":
            return SystemClock()
        if kind == "file":
            return FileClock(where)
        raise _unknown("FRONTDESK_CLOCK", kind)

    @cached_property
    def ids(self) -> Ids:
        from handlers.adapters.ids import RandomIds

        return RandomIds()

    @cached_property
    def calendar(self) -> Calendar:
        from handlers.adapters.google_calendar import GoogleCalendar

        return GoogleCalendar(self.settings.google_api_url, self.settings.google_credentials)

    @cached_property
    def signer(self) -> Signer:
        if not self.settings.secrets:
            raise ValueError("set FRONTDESK_SECRETS: customer links are signed with it")
        from handlers.adapters.signer import ItsdangerousSigner

        return ItsdangerousSigner(list(self.settings.secrets))

    @cached_property
    def invitations(self) -> Invitations:
        from handlers.adapters.invitations import IcsInvitations

        return IcsInvitations()

    @cached_property
    def pages(self) -> Pages:
        from handlers.adapters.pages import JinjaPages

        return JinjaPages()

    @cached_property
    def reader(self) -> Reader:
        from handlers.adapters.grammar_reader import GrammarReader

        return GrammarReader()

    # --- services ---------------------------------------------------------------------------------------------

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
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def effects(self) -> Effects:
        from handlers.services.effects import Effects

        return Effects(
            store=self.store,
            journal=self.journal,
            rules=self.rules,
            bookings=self.bookings,
            customers=self.customers,
            slots=self.slots,
            messages=self.messages,
            calendar=self.calendar,
            invitations=self.invitations,
            links=self.links,
            timers=self.timers,
            clock=self.clock,
        )

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
    def inbound(self) -> Inbound:
        from handlers.services.inbound import Inbound

        return Inbound(self.intake)

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
        )

    @cached_property
    def limits(self) -> Limits:
        from handlers.services.limits import Limits

        return Limits(self.store, self.clock)

    @cached_property
    def relay(self) -> Relay:
        from handlers.services.relay import Relay

        return Relay(self.store, self.clock, self.bus)

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
        )


def _unknown(variable: str, kind: str) -> ValueError:
    return ValueError(f"{variable} does not know {kind!r}")


def build_desk(settings: Settings, **overrides: Any) -> Desk:
    """A desk as `settings` say, with the parts named in `overrides` in place of its own. Raises TypeError for
    a part that does not exist."""
    return Desk(settings, **overrides)


@cache
def desk() -> Desk:
    """The desk of this process, from its environment."""
    logs.set_up()
    return build_desk(Settings.from_env())
