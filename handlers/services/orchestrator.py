"""The one door for every channel (web, mail, text, voice, staff): look, hold, book, confirm, move, cancel.

Answers are values, not exceptions: a channel says them in its own words. Slots are recorded when they are offered,
and only an offered slot is booked; when it has gone meanwhile, fresh ones are offered in the same answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.customer import Customer
from handlers.domain.errors import (
    CalendarUnavailable,
    Forbidden,
    FrontdeskError,
    InputError,
    NotFound,
    NotOffered,
    Taken,
    WrongState,
)
from handlers.domain.links import Link
from handlers.domain.request import Channel, Proposal
from handlers.domain.slot import Slot, SlotQuery
from handlers.ports import Clock, Store
from handlers.services.bookings import Bookings
from handlers.services.customers import Customers
from handlers.services.slots import Slots

metrics = logging.getLogger("frontdesk.metrics")

Code = Literal[
    "",
    "taken",
    "not_offered",
    "expired",
    "already",
    "too_late",
    "invalid",
    "not_found",
    "no_slots",
    "calendar_unavailable",
]


@dataclass(frozen=True)
class BookingContext:
    """Who asks, and how. `conversation` ties an offer to a later answer, whichever channel that comes by."""

    channel: Channel
    by: str
    customer: Customer | None = None
    conversation: str = ""


@dataclass(frozen=True)
class AvailabilityResult:
    """`slots` were recorded as `proposal`; `unreadable` says which calendars (by resource) could not be looked at."""

    proposal: Proposal | None
    slots: tuple[Slot, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    error: Code = ""
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.proposal is not None


@dataclass(frozen=True)
class BookingResult:
    """`booking` is the one made or changed; with "already", the one that stands in the way.

    `alternatives` is a fresh offer when the slot asked for can't be had. `detail` is for people ("invalid")."""

    ok: bool
    booking: Booking | None = None
    error: Code = ""
    alternatives: Proposal | None = None
    detail: str = ""


_CODES: dict[type[FrontdeskError], Code] = {
    Forbidden: "too_late",
    InputError: "invalid",
    NotFound: "not_found",
}

Result = TypeVar("Result", AvailabilityResult, BookingResult)


class Orchestrator:
    def __init__(
        self, *, store: Store, slots: Slots, bookings: Bookings, customers: Customers, clock: Clock
    ) -> None:
        self._store, self._slots, self._bookings = store, slots, bookings
        self._customers, self._clock = customers, clock

    # --- looking -----------------------------------------------------------------------------------------------

    def check_availability(
        self, ctx: BookingContext, query: SlotQuery, limit: int | None = None, *, replaces: str | None = None
    ) -> AvailabilityResult:
        """Finds slots and records them as offered. `replaces` is a booking they would move."""
        return _measured("check_availability", ctx, lambda: self._check(ctx, query, limit, replaces))

    def _check(
        self, ctx: BookingContext, query: SlotQuery, limit: int | None, replaces: str | None
    ) -> AvailabilityResult:
        try:
            proposal = self._slots.propose(
                query,
                channel=ctx.channel,
                customer=ctx.customer.id if ctx.customer else None,
                replaces=replaces,
                limit=limit,
            )
            if proposal is None:
                unreadable = self._slots.search(query).unreadable
                code: Code = "calendar_unavailable" if unreadable else "no_slots"
                return AvailabilityResult(None, unreadable=unreadable, error=code)
        except NotFound as error:
            return AvailabilityResult(None, error="not_found", detail=str(error))
        self._remember(ctx, proposal)
        return AvailabilityResult(proposal, proposal.slots)

    # --- booking -----------------------------------------------------------------------------------------------

    def book(
        self,
        ctx: BookingContext,
        *,
        proposal_id: str = "",
        slot: Slot | None = None,
        start: int | None = None,
        resource: str | None = None,
        name: str = "",
        email: str | None = None,
        phone: str | None = None,
        party: int | None = None,
        notes: str = "",
        token: str = "",
        spend: Link | None = None,
    ) -> BookingResult:
        """Books an offered slot, named by itself or by `start` (and `resource`). Without `proposal_id`, what this
        conversation was offered last. Repeating it gives the same booking. LinkError passes through."""
        return self._take(
            ctx,
            "book",
            _Pick(proposal_id, slot, start, resource),
            _Guest(name, email, phone, party, notes),
            hold=False,
            token=token,
            spend=spend,
        )

    def hold(
        self,
        ctx: BookingContext,
        *,
        proposal_id: str = "",
        slot: Slot | None = None,
        start: int | None = None,
        resource: str | None = None,
        name: str = "",
        email: str | None = None,
        phone: str | None = None,
        party: int | None = None,
        notes: str = "",
        token: str = "",
    ) -> BookingResult:
        """As `book`, but PENDING: `confirm` it before its `until`."""
        return self._take(
            ctx,
            "hold",
            _Pick(proposal_id, slot, start, resource),
            _Guest(name, email, phone, party, notes),
            hold=True,
            token=token,
        )

    def confirm(self, ctx: BookingContext, booking_id: str) -> BookingResult:
        """A hold that ran out and was taken by somebody else is "expired", with other slots."""
        return _measured(
            "confirm",
            ctx,
            lambda: self._guarded(ctx, None, lambda: self._bookings.confirm(booking_id, ctx.by)),
        )

    def reschedule(
        self,
        ctx: BookingContext,
        booking_id: str,
        *,
        proposal_id: str = "",
        slot: Slot | None = None,
        start: int | None = None,
        resource: str | None = None,
        spend: Link | None = None,
    ) -> BookingResult:
        def move() -> BookingResult:
            try:
                proposal, chosen = self._picked(ctx, _Pick(proposal_id, slot, start, resource))
            except NotOffered as error:
                return self._not_offered(ctx, error, self._offer(ctx, proposal_id))
            return self._guarded(
                ctx,
                proposal,
                lambda: self._bookings.reschedule(booking_id, chosen, ctx.by, proposal=proposal, spend=spend),
            )

        return _measured("reschedule", ctx, move)

    def cancel(
        self,
        ctx: BookingContext,
        booking_id: str,
        reason: str = "",
        *,
        spend: Link | None = None,
        force: bool = False,
    ) -> BookingResult:
        """A customer later than `cancel_until` gets "too_late": staff decide (`force`)."""
        return _measured(
            "cancel",
            ctx,
            lambda: self._guarded(
                ctx,
                None,
                lambda: self._bookings.cancel(booking_id, ctx.by, reason, spend=spend, force=force),
            ),
        )

    # --- how ---------------------------------------------------------------------------------------------------

    def _take(
        self,
        ctx: BookingContext,
        tool: str,
        pick: _Pick,
        guest: _Guest,
        *,
        hold: bool,
        token: str,
        spend: Link | None = None,
    ) -> BookingResult:
        def take() -> BookingResult:
            try:
                proposal, slot = self._picked(ctx, pick)
            except NotOffered as error:
                return self._not_offered(ctx, error, self._offer(ctx, pick.proposal))
            return self._guarded(
                ctx,
                proposal,
                lambda: self._bookings.take(
                    slot=slot,
                    customer=self._customer(ctx, guest),
                    party=guest.party,
                    source=ctx.channel,
                    by=ctx.by,
                    notes=guest.notes,
                    proposal=proposal,
                    hold=hold,
                    token=token,
                    spend=spend,
                ),
            )

        return _measured(tool, ctx, take)

    def _customer(self, ctx: BookingContext, guest: _Guest) -> Customer:
        if ctx.customer is not None and not (guest.email or guest.phone):
            return ctx.customer.model_copy(update={"name": guest.name or ctx.customer.name})
        return self._customers.resolve(
            name=guest.name, email=guest.email, phone=guest.phone, consent=f"{ctx.channel} {ctx.by}"
        )

    def _offer(self, ctx: BookingContext, proposal_id: str) -> Proposal | None:
        if not proposal_id and ctx.conversation:
            item = self._store.get(keys.conversation(ctx.conversation))
            proposal_id = str(item["proposal"]) if item else ""
        try:
            return self._slots.proposal(proposal_id) if proposal_id else None
        except NotFound:
            return None

    def _picked(self, ctx: BookingContext, pick: _Pick) -> tuple[Proposal, Slot]:
        """Raises NotOffered."""
        proposal = self._offer(ctx, pick.proposal)
        if proposal is None:
            raise NotOffered("none")
        for slot in proposal.slots:
            same_time = slot.start == pick.start and pick.resource in (None, slot.resource)
            if slot == pick.slot or (pick.slot is None and same_time):
                return proposal, slot
        raise NotOffered("mismatch")

    def _guarded(
        self, ctx: BookingContext, proposal: Proposal | None, act: Callable[[], Booking]
    ) -> BookingResult:
        try:
            return BookingResult(True, act())
        except Taken:
            return BookingResult(False, error="taken", alternatives=self._afresh(ctx, proposal))
        except NotOffered as error:
            return self._not_offered(ctx, error, proposal)
        except WrongState as error:
            code: Code = "expired" if error.state == "EXPIRED" else "already"
            return BookingResult(False, self._bookings.get(error.id), error=code)
        except (Forbidden, InputError, NotFound) as error:
            detail = error.message if isinstance(error, InputError) else str(error)
            return BookingResult(False, error=_CODES[type(error)], detail=detail)

    def _not_offered(
        self, ctx: BookingContext, error: NotOffered, proposal: Proposal | None
    ) -> BookingResult:
        """Out of time: fresh slots. Something else than what was offered: what was offered, once more."""
        if error.reason == "expired":
            return BookingResult(False, error="expired", alternatives=self._afresh(ctx, proposal))
        live = proposal is not None and proposal.taken is None and proposal.expires > self._clock.now()
        return BookingResult(
            False, error="not_offered", alternatives=proposal if live else self._afresh(ctx, proposal)
        )

    def _afresh(self, ctx: BookingContext, old: Proposal | None) -> Proposal | None:
        if old is None:
            return None
        query = old.query or SlotQuery(service=old.slots[0].service, party=old.party)
        try:
            fresh = self._slots.propose(
                query,
                channel=ctx.channel,
                customer=old.customer,
                request=old.request,
                replaces=old.replaces,
            )
        except (CalendarUnavailable, NotFound):
            return None
        if fresh is not None:
            self._remember(ctx, fresh)
        return fresh

    def _remember(self, ctx: BookingContext, proposal: Proposal) -> None:
        if ctx.conversation:
            self._slots.remember(ctx.conversation, proposal)


@dataclass(frozen=True)
class _Pick:
    proposal: str
    slot: Slot | None
    start: int | None
    resource: str | None


@dataclass(frozen=True)
class _Guest:
    name: str
    email: str | None
    phone: str | None
    party: int | None
    notes: str


def _measured(tool: str, ctx: BookingContext, act: Callable[[], Result]) -> Result:
    """One line per use of a tool, without anything personal in it."""
    began = time.perf_counter()
    error_code, ok = "exception", False
    try:
        result = act()
        error_code, ok = result.error, result.ok
        return result
    finally:
        metrics.info(
            "tool_execution",
            extra={
                "fields": {
                    "tool_name": tool,
                    "channel": ctx.channel,
                    "success": ok,
                    "latency_ms": round((time.perf_counter() - began) * 1000, 1),
                    "error_code": error_code or None,
                }
            },
        )
