"""First steps: six things to try, each ticked off when it has happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.domain.errors import NotFound
from infra.local.database import Database

if TYPE_CHECKING:
    from handlers.bootstrap import Desk


@dataclass(frozen=True)
class Step:
    id: str
    title: str
    how: str
    panel: str


STEPS = (
    Step("write", "Write to the business as a customer", "Mailbox → Write. A friendly first mail is filled in.", "mail"),
    Step(
        "approve", "Approve what was read, in Slack",
        "A card waits in #front-desk. Look at what was understood, then Approve.", "slack",
    ),
    Step("pick", "Pick one of the times", "The answer is in the Mailbox. Follow one of its links.", "mail"),
    Step(
        "change", "Change your mind", "The confirmation has links to move or cancel it. Watch the Calendar.", "mail",
    ),
    Step(
        "book", "Book one yourself with /book",
        "In Slack, type /book, or: /book haircut for Ana tomorrow 2pm +65 8123 4567", "slack",
    ),
    Step(
        "fill", "Watch a cancelled slot fill itself",
        "In Slack, cancel Jonas's Full colour. Two people wait for one: the first gets a text. Open the Phone and take it.",
        "slack",
    ),
)  # fmt: skip


class Steps:
    def __init__(self, db: Database, desk: Desk) -> None:
        self._db, self._desk = db, desk
        self._checked = -1
        self._looked = 0

    def begin(self) -> None:
        """Whatever happened until now was sample data."""
        newest = self._db.one("select coalesce(max(id), 0) as id from deliveries")
        self._db.set("steps_after", str(newest["id"] if newest else 0))

    def done(self) -> set[str]:
        ticked = set(filter(None, self._db.setting("steps").split(",")))
        start = self._db.setting("steps_after")
        if start and len(ticked) < len(STEPS) and self._checked != self._db.version:
            self._checked = self._db.version
            fresh = ticked | self._look(int(start))
            if fresh != ticked:
                self._db.set("steps", ",".join(sorted(fresh)))
            ticked = fresh
        return ticked

    def _look(self, start: int) -> set[str]:
        found = set()
        if self._db.one("select 1 from mails_in limit 1"):
            found.add("write")
        since = max(start, self._looked)
        for row in self._db.rows("select id, kind, payload from deliveries where id > ? order by id", since):
            self._looked = row["id"]
            if row["kind"] in {"request.approved", "request.proposed"}:
                found.add("approve")
            if row["kind"] == "offer.claimed":
                found.add("fill")
            if row["kind"] in {"booking.rescheduled", "booking.cancelled"}:
                found.add("change")
            if row["kind"] in {"booking.confirmed", "booking.requested"}:
                source = self._source(row["payload"])
                if source != "api":  # the sample bookings
                    found.add("book" if source == "staff" else "pick")
        return found

    def _source(self, payload: str) -> str:
        try:
            return self._desk.bookings.get(json.loads(payload)["detail"]["subject"]).source
        except NotFound:
            return ""

    def shown(self) -> list[dict[str, object]]:
        done = self.done()
        return [
            {"id": s.id, "title": s.title, "how": s.how, "panel": s.panel, "done": s.id in done}
            for s in STEPS
        ]
