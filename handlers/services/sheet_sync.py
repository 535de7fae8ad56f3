"""Lists that people keep in a Google Sheet, kept the same as the store's: now and then, when either has changed."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from handlers.domain import keys
from handlers.domain.errors import SheetsUnavailable, StaleWrite
from handlers.domain.events import Event, EventKind
from handlers.domain.rules.model import SheetPlace
from handlers.domain.sheets import Told
from handlers.ports import Clock, Files, Ids, Item, SheetPage, Sheets, Store
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from handlers.services.sheet_book import SheetBook
from handlers.services.sheet_lane import Job, Lane
from handlers.services.sheet_round import Outcome, SheetRound

log = logging.getLogger("frontdesk.sheets")

ROUNDS = 5
"""Of one sync; what is left then waits for the next."""
ANYWAY = 3600
"""Seconds after which a sheet is read though Drive tells of no change."""
PATIENCE = 900
"""Seconds that Google may be away, or most rows missing, before it is taken for more than a moment."""
TYPING = 600
"""Seconds that a row may be half typed before it is called wrong."""
TOLD = 20
"""Bad rows named in one event; `more` counts the rest."""
BY = "sheet"


class SheetSync:
    def __init__(
        self,
        *,
        store: Store,
        sheets: Sheets,
        files: Files,
        journal: Journal,
        rules: RulesSource,
        clock: Clock,
        ids: Ids,
        lanes: Sequence[Lane],
    ) -> None:
        self._store, self._sheets, self._files, self._journal = store, sheets, files, journal
        self._rules, self._clock, self._ids, self._lanes = rules, clock, ids, lanes

    def run(self) -> dict[str, str]:
        """Syncs every list that has a sheet; what became of each: "unchanged", "synced", "busy" ..."""
        return {job.lane.name: self._tried(job) for job in self._jobs()}

    def heard(self, event: Event) -> dict[str, str]:
        """Something changed that a sheet shows. What came out of a sheet itself is there already."""
        if event.data.get("by") == BY:
            return {}
        jobs = [job for job in self._jobs() if self._shown(job, event)]
        for job in jobs:
            job.book.want(event.id)
        return {job.lane.name: self._tried(job) for job in jobs}

    @staticmethod
    def _shown(job: Job, event: Event) -> bool:
        if not job.lane.shows(event.kind):
            return False
        everybody = job.lane.whole or event.kind is EventKind.RULES_CHANGED
        return everybody or job.book.knows(event.subject)

    def _jobs(self) -> list[Job]:
        places = self._rules.current().sheets
        jobs = []
        for lane in self._lanes:
            place: SheetPlace | None = getattr(places, lane.name)
            if place is not None:
                book = SheetBook(
                    self._store, self._clock, self._ids, keys.sheet(lane.name, place.id, place.tab)
                )
                jobs.append(Job(lane, place, book))
        return jobs

    # --- One list -------------------------------------------------------------------------------------------------

    def _tried(self, job: Job) -> str:
        """Google's trouble passes, or an owner ends it: the next sync tries again either way."""
        try:
            done = self._synced(job)
        except SheetsUnavailable as error:
            log.warning(
                "a sheet can't be synced", extra={"fields": {"lane": job.lane.name, "why": str(error)}}
            )
            self._failed(job, error)
            done = "unavailable"
        except StaleWrite:
            log.warning("another sync took over", extra={"fields": {"lane": job.lane.name}})
            done = "interrupted"
        return done

    def _synced(self, job: Job) -> str:
        state = job.book.state()
        if not self._due(state, self._sheets.changed(job.place.id)):
            return "unchanged"
        done = "busy"
        for _ in range(ROUNDS):
            if not job.book.acquire():
                break
            try:
                done = self._rounds(job)
            finally:
                job.book.release()
            if not _wanted(job.book.state()):  # by whoever found us busy
                break
        return done

    def _due(self, state: Item, mark: str) -> bool:
        return (
            state.get("mark") != mark
            or _wanted(state)
            or bool(state.get("failing"))
            or self._clock.now() >= int(state.get("look_at", 0))
        )

    def _rounds(self, job: Job) -> str:
        before: Outcome | None = None
        for _ in range(ROUNDS):
            state = job.book.state()
            mark = self._sheets.changed(job.place.id)
            sweep = bool(state.get("gone")) and self._clock.now() - int(state["gone"]) >= PATIENCE
            outcome = SheetRound(job, self._sheets, self._ids, self._clock.now(), sweep=sweep).go(state)
            stuck = before is not None and bool(outcome.cells) and outcome.cells == before.cells
            if not outcome.again or stuck:
                if stuck:
                    outcome.trouble = (
                        "it does not keep what is written into it: is there a formula in Status or Id?"
                    )
                self._settled(job, state, outcome, mark)
                return "synced" if not outcome.trouble else "in trouble"
            before = outcome
        return "not yet"

    # --- What people are told -------------------------------------------------------------------------------------

    def told(self, lane: str) -> Told:
        """How the sheet of a list stands now, for its card."""
        found = next((job.book.state() for job in self._jobs() if job.lane.name == lane), {})
        return Told.model_validate(found.get("told") or {})

    def _settled(self, job: Job, state: Item, outcome: Outcome, mark: str) -> None:
        now = self._clock.now()
        known = state.get("half") or {}
        half = {said: int(known.get(said, now)) for said in (_digest(text) for text in outcome.half)}
        typing = [fault for text, fault in outcome.half.items() if now - half[_digest(text)] < TYPING]
        gone = (int(state.get("gone") or 0) or now) if outcome.gone else 0
        waits = [first + TYPING for first in half.values() if now - first < TYPING]
        waits += [gone + PATIENCE] if gone else []
        waits += outcome.waits
        waits += [now + TYPING] if outcome.faults else []  # what is in the way may be gone by then
        told = Told(
            sheet=job.place.id,
            faults=tuple(fault for fault in outcome.faults if fault not in typing),
            trouble=outcome.trouble,
            gone=outcome.gone,
            until=gone + PATIENCE if gone else 0,
        )
        values: dict[str, Any] = {
            "mark": mark,
            "done": state.get("wanted", ""),
            "look_at": min([now + ANYWAY, *waits]),
            "half": half,
            "gone": gone,
            "wrote": [],
            "failing": 0,
            "copied": self._copied(job, state, outcome),
        }
        self._tell(job.book.note, job, state, told, values)

    def _failed(self, job: Job, error: SheetsUnavailable) -> None:
        """A refusal is told at once, silence only when it lasts."""
        state, now = job.book.state(), self._clock.now()
        since = int(state.get("failing") or 0) or now
        told = Told.model_validate(state.get("told") or {})
        if error.permanent or now - since >= PATIENCE:
            told = Told(sheet=job.place.id, trouble=error.reason)
        self._tell(job.book.note_failure, job, state, told, {"failing": since})

    def _tell(
        self, note: Callable[..., None], job: Job, state: Item, told: Told, values: Mapping[str, Any]
    ) -> None:
        """Notes how it stands, with an event when that is something else than before."""
        before = Told.model_validate(state.get("told") or {"sheet": job.place.id})
        told = told.model_copy(
            update={
                "faults": told.faults[:TOLD],
                "more": told.more + len(told.faults[TOLD:]),
                "rev": before.rev,
            }
        )
        if told == before:
            note(**values)
            return
        told = told.model_copy(update={"rev": before.rev + 1})
        event = self._journal.event(EventKind.SHEET_FAULTS, job.lane.name, rev=told.rev, fine=told.fine)
        note(event, told=told.model_dump(mode="json"), **values)

    # --- The last good copy ---------------------------------------------------------------------------------------

    def _copied(self, job: Job, state: Item, outcome: Outcome) -> str:
        """A complete reading of the sheet is kept by day, so that a bad edit can be looked up; its digest."""
        before = str(state.get("copied", ""))
        if not outcome.complete or outcome.trouble or outcome.gone:
            return before
        content = copy_of(outcome.page)
        digest = sha256(content).hexdigest()
        if digest != before:
            day = self._rules.current().zone.date(self._clock.now())
            self._files.put(f"sheets/{job.lane.name}/{day.isoformat()}.csv", content)
        return digest


def _wanted(state: Item) -> bool:
    """Whether the store has something to write back that no sync has seen."""
    return bool(state.get("wanted", "") != state.get("done", ""))


def copy_of(page: SheetPage) -> bytes:
    """As CSV. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    for row in page.rows:
        table.writerow(
            f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in row
        )
    return written.getvalue().encode()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
