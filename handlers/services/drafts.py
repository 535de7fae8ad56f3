"""What is forwarded to the waitlist and to the confirmations address, and calendar events tagged as appointments: a draft
for a person, whatever it holds.

Nothing here answers anybody or books anything by itself. A list (a spreadsheet of bookings) becomes a draft for each of
its rows.
"""

from __future__ import annotations

from typing import Any

from handlers.domain import documents as limits
from handlers.domain import drafts
from handlers.domain.days import span_of
from handlers.domain.errors import InputError
from handlers.domain.request import Reading, Request, RequestState
from handlers.ports import Clock
from handlers.services.attachments import Attachments, remarks, waiting
from handlers.services.entries import Entries
from handlers.services.forwarded import Draft, ForwardedReader
from handlers.services.imports import Imports
from handlers.services.intake import Intake
from handlers.services.rules import RulesSource
from handlers.services.tagged_reader import TaggedReader

CANCELLED = "It speaks of a cancellation, so nothing is booked unless you fill it in."

PASSED = "The days they asked for have passed."


class Drafts:
    def __init__(
        self,
        *,
        intake: Intake,
        attachments: Attachments,
        reader: ForwardedReader,
        tagged: TaggedReader,
        imports: Imports,
        entries: Entries,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._intake, self._attachments, self._reader, self._tagged = intake, attachments, reader, tagged
        self._imports, self._entries = imports, entries
        self._rules, self._clock = rules, clock

    def sort(self, request: Request) -> None:
        """RECEIVED -> DRAFT, once every attachment is read. Raises WrongState when somebody was faster."""
        if request.tagged is not None:
            if (request.until or 0) > self._clock.now():
                return  # one of a series, weeks away
            draft = self._tagged.read(request, request.tagged)
        else:
            request = self._attachments.look(request)
            if waiting(request):
                return  # text recognition tells when it is done, and the tick asks
            draft = self._reader.read(request, self._attachments.words(request))
        if len(draft.rows) > 1 and not request.part_of:
            self._split(request, draft)
            return
        guest = draft.guest
        read = request.model_copy(update={"name": guest.name, "email": guest.email, "phone": guest.phone})
        fields: dict[str, Any] = {
            "reading": draft.reading.model_copy(update={"customer": self._customer(draft)}),
            "name": guest.name,
            "email": guest.email,
            "phone": guest.phone,
            "note": request.note or draft.note,
            "excerpt": draft.excerpt,
        }
        if request.desk == "confirmations":
            plan = (
                None
                if draft.cancelled
                else self._imports.plan(
                    draft.reading, email=guest.email, phone=guest.phone, tagged=request.tagged
                )
            )
            doubts = drafts.appointment_doubts(read, draft.reading, plan, self._rules.current())
            doubts = (CANCELLED,) if draft.cancelled else (*draft.doubts, *doubts)
            fields["plan"] = plan
        else:
            doubts = (*draft.doubts, *drafts.waitlist_doubts(read, draft.reading, self._rules.current()))
        self._intake.move(request, RequestState.DRAFT, "system", reason=" ".join(doubts), **fields)

    @staticmethod
    def _customer(draft: Draft) -> Any:
        return draft.reading.customer.model_copy(
            update={"name": draft.guest.name or None, "email": draft.guest.email, "phone": draft.guest.phone}
        )

    def _split(self, request: Request, draft: Draft) -> None:
        """A request for each row; the rows first, so that a crash in between loses none and doubles none."""
        for number, row in enumerate(draft.rows[: limits.MOST_ROWS], 1):
            message = request.message.model_copy(
                update={
                    "text": row,
                    "message_id": f"{request.message.message_id}#{number}",
                    "attachments": (),
                }
            )
            note = f"Row {number} of {draft.listed}."
            self._intake.store_new(message, lane="read", desk=request.desk, part_of=request.id, note=note)
        listed, kept = len(draft.rows), min(len(draft.rows), limits.MOST_ROWS)
        said = f"{draft.listed} lists {listed}; each has a card of its own."
        if listed > kept:
            said = f"{draft.listed} lists {listed}; the first {kept} have cards of their own. Please enter the others by hand."
        notes = remarks(request.documents)
        state = RequestState.ESCALATED if listed > kept or notes else RequestState.HANDLED
        self._intake.move(request, state, "system", reason=" ".join([said, *notes]))

    # --- the waitlist ------------------------------------------------------------------------------------------

    def join(self, request: Request) -> None:
        """APPROVED -> HANDLED, on the waitlist; DRAFT again when it can't be. Joining twice is joining once."""
        reading, rules = request.reading or Reading(), self._rules.current()
        day = rules.zone.date(self._clock.now())
        earliest, latest = span_of(reading.when, day, rules.booking.horizon)
        service = rules.services.get(reading.service.value or "")
        resource = reading.resource.value
        if service is None:
            self._intake.move(request, RequestState.DRAFT, "system", reason="Which service do they want?")
            return
        if reading.when and all(w.date_to and w.date_to < day.isoformat() for w in reading.when):
            self._intake.move(request, RequestState.DRAFT, "system", reason=PASSED)
            return
        try:
            entry, _ = self._entries.join(
                service=reading.service.value or "",
                name=request.name,
                email=request.email,
                phone=request.phone,
                party=drafts.party_of(reading, service),
                earliest=earliest,
                latest=latest,
                resource=resource if isinstance(resource, str) and resource in service.resources else None,
                consent=f"forwarded to the waitlist, approved by {request.changed_by}",
                source="email",
                by=request.changed_by,
            )
        except InputError as fault:
            self._intake.move(request, RequestState.DRAFT, "system", reason=fault.message)
            return
        self._intake.move(request, RequestState.HANDLED, request.changed_by, entry=entry.id)
