"""Summaries with numbers of their own, for tests that look at how they are said."""

from __future__ import annotations

from typing import Any

from handlers.domain import keys
from handlers.domain.summaries import Kind, Summary
from handlers.domain.summaries.monthly import MonthlyFacts
from handlers.domain.summaries.report import Quiet
from handlers.domain.summaries.weekly import WeeklyFacts

WEEK = WeeklyFacts(
    visits=41,
    confirmed=38,
    answered=22,
    rescheduled=5,
    rescheduled_by_customers=4,
    cancelled=6,
    cancelled_by_customers=3,
    no_shows=2,
    freed=8,
    filled=7,
    filled_from_waitlist=6,
    quiet=3,
    by_day=(0, 9, 7, 8, 10, 7, 0),
    by_service=(("Haircut", 24), ("Full colour", 12), ("Blow-dry", 5)),
    by_resource=(("Jess", 23), ("Mei", 18)),
)
WEEK_BEFORE = WEEK.model_copy(update={"visits": 36, "confirmed": 33, "no_shows": 1, "filled": 4, "quiet": 0})
MONTH = MonthlyFacts(
    freed=12,
    filled=9,
    by_waitlist=7,
    by_staff=2,
    still_open=1,
    rate=75,
    minutes=14,
    recovered=123_450,
    offers=17,
    claimed=8,
    declined=3,
    timed_out=6,
    by_weekday=((0, 0), (2, 1), (1, 1), (3, 3), (4, 3), (2, 1), (0, 0)),
)
MONTH_BEFORE = MonthlyFacts(
    freed=11, filled=6, by_waitlist=6, rate=55, minutes=25, recovered=40_000, offers=10
)


def weekly(**changes: Any) -> Summary:
    given: dict[str, Any] = {
        "id": "weekly-2026-05-04",
        "kind": Kind.WEEKLY,
        "first": "2026-05-04",
        "last": "2026-05-10",
        "first_before": "2026-04-27",
        "period": "4 to 10 May",
        "period_before": "27 April to 3 May",
        "weekly": WEEK,
        "weekly_before": WEEK_BEFORE,
        "currency": "SGD",
        "quiet": (
            Quiet(booking="bk1", name="Ana Lim", service="Haircut", start=1_777_960_800),
            Quiet(booking="bk2", name="Ben Ong", service="Full colour", start=1_778_047_200),
        ),
    }
    return Summary(**{**given, **changes})


def monthly(**changes: Any) -> Summary:
    given: dict[str, Any] = {
        "id": "monthly-2026-05-01",
        "kind": Kind.MONTHLY,
        "first": "2026-05-01",
        "last": "2026-05-31",
        "first_before": "2026-04-01",
        "period": "May 2026",
        "period_before": "April 2026",
        "monthly": MONTH,
        "monthly_before": MONTH_BEFORE,
        "currency": "SGD",
    }
    return Summary(**{**given, **changes})


def stored(summary: Summary) -> dict[str, Any]:
    """Its item."""
    return {**keys.summary(summary.id)._asdict(), "entity": "summary", **summary.model_dump(mode="json")}
