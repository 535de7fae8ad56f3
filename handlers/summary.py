"""Lambda entry: EventBridge Scheduler, for the weekly and the monthly summary.

Its input says which, and the time it was due: a late or repeated one is about the same week or month.
"""

from __future__ import annotations

from typing import Any

from handlers.bootstrap import desk
from handlers.domain.summaries import Kind


def handler(event: dict[str, Any], _context: object) -> dict[str, str | None]:
    here = desk()
    at = here.rules.current().zone.parse(event["at"])
    summary = here.summaries.send(Kind(event["summary"]), at)
    return {"summary": summary.id if summary else None}
