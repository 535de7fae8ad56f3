"""The weekly and the monthly summary: counted once, kept, and sent once.

The record, its audit row and the event for its card are one transaction, which only the first of several comes through;
the mail is an effect of the record. So a schedule that fires twice, or is tried again, sends nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.errors import DeliveryFailed, FrontdeskError, NotFound, StaleWrite
from handlers.domain.events import EventKind
from handlers.domain.rules.model import Rules
from handlers.domain.summaries.narrated import doubts, tidy
from handlers.domain.summaries.periods import Kind, Period, before, past
from handlers.domain.summaries.report import Quiet, Summary, report
from handlers.domain.summaries.told import told
from handlers.ports import Absent, Clock, Narrator, Put, Store
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from handlers.services.summary_facts import SummaryFacts

log = logging.getLogger("frontdesk.summaries")

NAMED = 20
"""Customers who went quiet that are named at most; the number counts them all."""


class Post(Protocol):
    def send(self, summary: Summary) -> str:
        """Mails it to the owner; the message id. Raises DeliveryFailed."""
        ...


class Summaries:
    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        rules: RulesSource,
        facts: SummaryFacts,
        narrator: Callable[[], Narrator],
        post: Callable[[], Post],
        clock: Clock,
    ) -> None:
        self._store, self._journal, self._rules, self._facts = store, journal, rules, facts
        self._narrator, self._post, self._clock = narrator, post, clock

    def send(self, kind: Kind, at: int) -> Summary | None:
        """The summary of the last whole week or month at `at`: counted, told to Slack and mailed, each once.

        None before there was anything to sum up. Raises DeliveryFailed to be tried again.
        """
        rules = self._rules.current()
        period = past(kind, rules.zone, at)
        summary = self._find(period.id) or self._made(rules, period)
        if summary is not None:
            self._mail(summary, rules.business.inbox)
        return summary

    def get(self, id_: str) -> Summary:
        """Raises NotFound."""
        summary = self._find(id_)
        if summary is None:
            raise NotFound("summary", id_)
        return summary

    def _find(self, id_: str) -> Summary | None:
        item = self._store.get(keys.summary(id_))
        return Summary.model_validate(item) if item else None

    def _made(self, rules: Rules, period: Period) -> Summary | None:
        summary = self._counted(rules, period)
        if report(summary).quiet and not self._facts.begun(period.end):
            return None
        summary = summary.model_copy(update={"words": self._words(rules, summary)})
        key = keys.summary(summary.id)
        try:
            self._store.transact(
                [
                    Put({**key._asdict(), "entity": "summary", **summary.model_dump(mode="json")}, Absent()),
                    self._journal.audit(key, "system", "summed up"),
                    self._journal.event(EventKind.SUMMARY_READY, summary.id, kind=period.kind),
                ]
            )
        except StaleWrite:
            return self.get(summary.id)  # another was faster
        return summary

    def _counted(self, rules: Rules, period: Period) -> Summary:
        earlier = before(period, rules.zone)
        summary = Summary(
            id=period.id,
            kind=period.kind,
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            first_before=earlier.first.isoformat(),
            period=period.say(),
            period_before=earlier.say(),
            currency=rules.business.currency,
            created=self._clock.now(),
        )
        if period.kind is Kind.MONTHLY:
            now, was = self._facts.months(rules, period, earlier)
            return summary.model_copy(update={"monthly": now, "monthly_before": was})
        this, last, silent = self._facts.weeks(rules, period, earlier)
        told = tuple(_quiet(rules, booking) for booking in silent[:NAMED])
        return summary.model_copy(update={"weekly": this, "weekly_before": last, "quiet": told})

    def _words(self, rules: Rules, summary: Summary) -> str:
        """What the narrator makes of it, if all of that is among the facts; "" leaves it to the plain template."""
        shown = report(summary)
        if shown.quiet:
            return ""
        facts = told(summary, shown, rules.business.name)
        try:
            words = tidy(self._narrator().narrate(facts))
        except FrontdeskError as silent:
            log.warning("no narrator, the plain words will do: %s", silent)
            return ""
        if found := doubts(words, facts):
            log.warning("not in the facts, so the plain words are used", extra={"fields": {"doubts": found}})
            return ""
        return "" if words == shown.plain else words

    def _mail(self, summary: Summary, inbox: str) -> None:
        """Once; an address that can't be reached becomes a card, not endless tries."""
        key = keys.summary(summary.id)
        try:
            self._journal.once(key, "mail", lambda: self._post().send(summary))
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            data = {
                "kind": "summary",
                "what": f"{summary.kind} summary",
                "to": inbox,
                "reason": failure.reason,
            }
            self._journal.once(
                key, "mail", lambda: self._journal.emit(EventKind.DELIVERY_FAILED, summary.id, **data).id
            )


def _quiet(rules: Rules, booking: Booking) -> Quiet:
    service = rules.services.get(booking.slot.service)
    return Quiet(
        booking=booking.id,
        name=booking.name,
        service=service.name if service else booking.slot.service,
        start=booking.slot.start,
    )
