"""The outside of a desk: every port, by the adapter that the settings name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.settings import Settings

if TYPE_CHECKING:
    from handlers.ports import (
        Bus,
        Calendar,
        Clock,
        Documents,
        Files,
        Ids,
        Invitations,
        Mailer,
        Narrator,
        Pages,
        Reader,
        Scanner,
        Sheets,
        Signatures,
        Signer,
        Store,
        Texter,
        Timers,
    )


class Adapters:
    settings: Settings

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
    def documents(self) -> Documents:
        from handlers.adapters.attached import AttachedDocuments

        return AttachedDocuments()

    @cached_property
    def scanner(self) -> Scanner | None:
        """None where pictures and PDFs are left to people."""
        kind, topic = self.settings.documents
        if kind == "none":
            return None
        if kind == "textract":
            from handlers.adapters.textract import Textract

            bucket = self.settings.documents_bucket or self.settings.files[1]
            return Textract(bucket, topic=topic, role=self.settings.documents_role)
        raise _unknown("FRONTDESK_DOCUMENTS", kind)

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
    def narrator(self) -> Narrator:
        kind, model = self.settings.narrator
        if kind == "plain":
            from handlers.adapters.plain_narrator import PlainNarrator

            return PlainNarrator()
        if kind == "bedrock":
            import json

            from handlers.adapters.bedrock_narrator import BedrockNarrator

            return BedrockNarrator(model, json.loads(self.settings.narrator_parameters or "null"))
        raise _unknown("FRONTDESK_NARRATOR", kind)

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
    def sheets(self) -> Sheets:
        from handlers.adapters.google_sheets import GoogleSheets

        return GoogleSheets(self.settings.google_api_url, self.settings.google_credentials)

    @cached_property
    def signer(self) -> Signer:
        if not self.settings.secrets:
            raise ValueError("set FRONTDESK_SECRETS: customer links are signed with it")
        from handlers.adapters.signer import ItsdangerousSigner

        return ItsdangerousSigner(list(self.settings.secrets))

    @cached_property
    def signatures(self) -> Signatures:
        """By the machine's clock: the other side has no other."""
        from handlers.adapters.clock import SystemClock
        from handlers.adapters.signatures import HmacSignatures

        return HmacSignatures(self.settings.webhook_secrets, SystemClock())

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


def _unknown(variable: str, kind: str) -> ValueError:
    return ValueError(f"{variable} does not know {kind!r}")
