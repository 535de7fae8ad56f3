"""When somebody would come, as dates: from the first to the last day that would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.domain.slot import Window


def span_of(windows: Sequence[Window], today: date, horizon: int) -> tuple[date, date]:
    """From the first to the last day that would do, both inclusive; without any, from today to the horizon (seconds)."""
    end = today + timedelta(seconds=horizon)
    firsts = [date.fromisoformat(w.date_from) if w.date_from else today for w in windows]
    lasts = [date.fromisoformat(w.date_to) if w.date_to else end for w in windows]
    earliest = max(today, min(firsts, default=today))
    return earliest, max(earliest, max(lasts, default=end))
