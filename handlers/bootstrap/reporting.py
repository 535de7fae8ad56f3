"""The part of a desk that sums up what happened, for its owner."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.bootstrap.sources import Sources

if TYPE_CHECKING:
    from handlers.services.summaries import Summaries


class Reporting(Sources):
    @cached_property
    def summaries(self) -> Summaries:
        from handlers.services.summaries import Summaries
        from handlers.services.summary_facts import SummaryFacts
        from handlers.services.summary_mail import SummaryMail

        return Summaries(
            store=self.store,
            journal=self.journal,
            rules=self.rules,
            facts=SummaryFacts(self.store),
            narrator=lambda: self.narrator,
            post=lambda: SummaryMail(rules=self.rules, mailer=self.mailer, pages=self.pages),
            clock=self.clock,
        )
