"""Summaries: what is counted of a week or a month, and how it is said. Pure."""

from handlers.domain.summaries.periods import Kind, Period
from handlers.domain.summaries.report import Report, Summary, report

__all__ = ["Kind", "Period", "Report", "Summary", "report"]
