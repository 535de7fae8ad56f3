"""Bookings and what happens to them. Every method is one transition: committed whole, or not at all.

`by` is who did it: a Slack user id, "customer", "calendar" (somebody deleted the event there) or "system". A click on something that has moved on raises
WrongState, which names the state and who moved it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.booking import Booking, State
from handlers.domain.contact import Contact
from handlers.domain.errors import Conflict, Forbidden, InputError, NotFound, Taken
from handlers.domain.events import EventKind
from handlers.domain.links import Link
from handlers.domain.pages import Claim
from handlers.domain.request import Proposal
from handlers.domain.slot import Extent, Slot
from handlers.domain.wish import parse
from handlers.ports import Operation
from handlers.services.booking_moves import Step, already, claims
from handlers.services.booking_new import Also, NewBookings, Release, named

CUSTOMER = "customer"
WAITING = (State.REQUESTED, State.PENDING)
COMING = (State.REQUESTED, State.PENDING, State.CONFIRMED)


class Bookings(NewBookings):
    # --- held and asked for ------------------------------------------------------------------------------------

    def confirm(self, id_: str, by: str, *, spend: Link | None = None) -> Booking:
        """PENDING -> CONFIRMED, or REQUESTED when the service needs approval. A hold that ran out is taken anew;
        when somebody else has the slot by now: WrongState EXPIRED."""
        service = self._rules.current().services.get(self.get(id_).slot.service)
        if service is not None and service.approval == "always":
            return self._keep(
                id_, State.REQUESTED, by, EventKind.BOOKING_REQUESTED, allowed=(State.PENDING,), spend=spend
            )
        return self._keep(
            id_, State.CONFIRMED, by, EventKind.BOOKING_CONFIRMED, allowed=(State.PENDING,), spend=spend
        )

    def approve(self, id_: str, by: str) -> Booking:
        """REQUESTED -> CONFIRMED, by staff. Raises WrongState (EXPIRED when the slot has gone meanwhile)."""
        return self._keep(id_, State.CONFIRMED, by, EventKind.BOOKING_CONFIRMED, allowed=(State.REQUESTED,))

    def _keep(
        self,
        id_: str,
        to: State,
        by: str,
        event: EventKind,
        *,
        allowed: Sequence[State],
        spend: Link | None = None,
    ) -> Booking:
        def decide(old: Booking) -> Step:
            if old.slot.start <= self._clock.now() and not self.holds(old):
                raise already(old, State.EXPIRED)
            until = self._approve_by(old.slot) if to is State.REQUESTED else None
            what = "approved" if State.REQUESTED in allowed else "confirmed"
            claim = claims(id_, old.extents, (old.slot.start, old.slot.end), old.party, until)
            return Step(what, event, changes={"until": until}, claim=claim)

        try:
            return self._moves.move(id_, to, by, decide, allowed=allowed, spend=spend)
        except Taken:
            raise already(self.get(id_), State.EXPIRED) from None

    def expire_due(self) -> int:
        """Holds and requests whose time ran out become EXPIRED; how many."""
        now, done = self._clock.now(), 0
        for id_ in self.due(now):
            try:
                self._moves.move(id_, State.EXPIRED, "system", self._expiry, allowed=WAITING)
            except (Conflict, NotFound):
                continue  # confirmed, cancelled or swept by somebody else meanwhile
            done += 1
        return done

    def _expiry(self, old: Booking) -> Step:
        if old.until is None or old.until > self._clock.now():
            raise already(old)  # held anew since the index was read
        return Step("expired", EventKind.BOOKING_EXPIRED, release=True)

    # --- changes -----------------------------------------------------------------------------------------------

    def reschedule(
        self,
        id_: str,
        slot: Slot,
        by: str,
        *,
        proposal: Proposal | None = None,
        spend: Link | None = None,
        gives_up: Release = (),
        also: Also | None = None,
    ) -> Booking:
        """The same booking at another time, `revision + 1`: the old slot is freed as the new one is taken.

        A repeat that finds it there already gives the booking as it is. A PENDING one keeps its deadline, a
        REQUESTED one is asked for anew. `gives_up` and `also` as in `take`. Raises Taken, NotOffered, WrongState, LinkSpent; Forbidden for a
        customer whose appointment has begun.
        """

        def decide(old: Booking) -> Step | None:
            fresh = self._moves.proposal(proposal.id) if proposal else None
            if old.slot == slot and (fresh is None or fresh.taken in (None, id_)):
                return None
            service = self._service(slot, old.party)
            self._may_move(old, by)
            operations: tuple[Operation, ...] = ()
            if fresh is not None:
                if fresh.taken is not None:
                    raise already(old)
                self._offered(slot, old.party, fresh, replaces=id_)
                operations = (self._moves.take_proposal(fresh, id_),)
            extent = (slot.start - service.buffer_before * 60, slot.end + service.buffer_after * 60)
            until = self._approve_by(slot) if old.state is State.REQUESTED else old.until
            changed = old.model_copy(update={"slot": slot, "extent": extent})
            held, ends = self._holds().yielded(changed, by, named(gives_up)) if yields else ((), ())
            return Step(
                "rescheduled",
                EventKind.BOOKING_RESCHEDULED,
                changes={
                    "slot": slot,
                    "extent": extent,
                    "until": until,
                    "answered": None,
                    "revision": old.revision + 1,
                },
                data={"from": old.slot.model_dump(mode="json")},
                claim=claims(id_, changed.extents, (slot.start, slot.end), old.party, until),
                gives_up=(*gives_up, *held),
                operations=(*operations, *(also(changed) if also else ()), *ends),
            )

        yields = False
        try:
            return self._moves.move(id_, None, by, decide, allowed=COMING, spend=spend)
        except Taken:
            if by == CUSTOMER:
                raise
            yields = True  # staff may take what is on offer to somebody
            return self._moves.move(id_, None, by, decide, allowed=COMING, spend=spend)

    def _may_move(self, old: Booking, by: str) -> None:
        now = self._clock.now()
        if old.until is not None and old.until <= now:
            raise already(old, State.EXPIRED)
        if by == CUSTOMER and old.slot.start <= now:
            raise Forbidden(by, "move an appointment that has begun", needs="staff")

    def cancel(
        self,
        id_: str,
        by: str,
        reason: str = "",
        *,
        start: int | None = None,
        revision: int | None = None,
        spend: Link | None = None,
        force: bool = False,
    ) -> Booking:
        """Frees the slot. Cancelling a REQUESTED one is how staff refuse it. With `start`, only while that is its
        time; with `revision`, only if it was not moved since. Raises WrongState, LinkSpent; Forbidden for a customer
        later than `cancel_until` before the start, unless `force`."""

        def decide(old: Booking) -> Step:
            if start not in (None, old.slot.start) or revision not in (None, old.revision):
                raise already(old)
            last = old.slot.start - self._rules.current().booking.cancel_until
            if by == CUSTOMER and not force and self._clock.now() > last:
                raise Forbidden(by, "cancel this late", needs="staff")
            return Step("cancelled", EventKind.BOOKING_CANCELLED, data={"reason": reason}, release=True)

        return self._moves.move(id_, State.CANCELLED, by, decide, spend=spend)

    def conflicted(self, id_: str, revision: int) -> Booking:
        """The calendar turned out to be busy: the booking gives way, and nothing is free there for others.

        Raises WrongState when it has moved on since `revision`."""

        def decide(old: Booking) -> Step:
            if old.revision != revision:
                raise already(old)
            return Step(
                "gave way to the calendar",
                EventKind.BOOKING_CONFLICTED,
                data={"conflict": True, "reason": "The calendar is busy then."},
                release=True,
            )

        return self._moves.move(id_, State.CANCELLED, "system", decide, allowed=(State.CONFIRMED,))

    # --- the visit ---------------------------------------------------------------------------------------------

    def arrive(self, id_: str, by: str) -> Booking:
        """CONFIRMED -> ARRIVED; also a no-show who came after all, if nobody has the slot by now (Taken)."""

        def decide(old: Booking) -> Step:
            if old.state is not State.NO_SHOW:
                return Step("arrived", EventKind.BOOKING_ARRIVED)
            claim = claims(id_, old.extents, (old.slot.start, old.slot.end), old.party, None)
            return Step(
                "arrived late",
                EventKind.BOOKING_ARRIVED,
                claim=claim if old.extent[1] > self._clock.now() else (),
                operations=tuple(self._moves.count(old.customer, no_shows=-1)),
            )

        return self._moves.move(id_, State.ARRIVED, by, decide, allowed=(State.CONFIRMED, State.NO_SHOW))

    def undo_arrive(self, id_: str, by: str) -> Booking:
        """ARRIVED -> CONFIRMED: the wrong button."""

        def decide(_: Booking) -> Step:
            return Step("not arrived after all", EventKind.BOOKING_ARRIVED, data={"undone": True})

        return self._moves.move(id_, State.CONFIRMED, by, decide, allowed=(State.ARRIVED,))

    def complete(self, id_: str, by: str) -> Booking:
        """What is left of the slot is free again; the visit still counts towards the day's cap."""

        def decide(old: Booking) -> Step:
            now = self._clock.now()
            begun = [e._replace(end=now) for e in old.extents if e.start < now < e.end]
            return Step(
                "completed",
                EventKind.BOOKING_COMPLETED,
                release=old.extent[1] > now,
                claim=claims(id_, begun, (old.extent[0], now), old.party, None),
                operations=tuple(self._moves.count(old.customer, visits=1, usual=old.slot.resource)),
            )

        return self._moves.move(id_, State.COMPLETED, by, decide)

    def no_show(self, id_: str, by: str) -> Booking:
        """What is left of the slot is free again. Raises InputError before it begins: until then nobody is late."""

        def decide(old: Booking) -> Step:
            if old.slot.start > self._clock.now():
                raise InputError("", "It hasn't begun yet. If they can't come, cancel it.")
            count = self._moves.count(old.customer, no_shows=1)
            return Step("no-show", EventKind.BOOKING_NO_SHOW, release=True, operations=tuple(count))

        return self._moves.move(id_, State.NO_SHOW, by, decide)

    # --- the customer's side -----------------------------------------------------------------------------------

    def answer(self, id_: str, by: str, *, start: int | None = None, spend: Link | None = None) -> Booking:
        """The customer says that they will be there: a CONFIRMED booking is `answered`, for the time it has. No
        reminder and no gap alert follows. A repeat gives the booking as it is. `start` is the time they answer
        about. Raises WrongState when it has moved since or is no longer coming, LinkSpent."""

        def decide(old: Booking) -> Step | None:
            if start not in (None, old.slot.start) or old.slot.end <= self._clock.now():
                raise already(old)
            if old.answered is not None:
                return None
            return Step(
                "confirmed coming", EventKind.BOOKING_ANSWERED, changes={"answered": self._clock.now()}
            )

        return self._moves.move(id_, None, by, decide, allowed=(State.CONFIRMED,), spend=spend)

    def remind(self, id_: str, by: str, text: str) -> Booking:
        """Reminders of this booking as wished in `text` ("48h, 2h", "by email only", "none"; "" = as the service has
        them). Raises InputError for field "reminders", WrongState."""
        wish = parse(text)

        def decide(old: Booking) -> Step | None:
            if wish == old.reminders:
                return None
            if wish and wish.way and not (old.email if wish.way == "email" else old.phone):
                known = "mail address" if wish.way == "email" else "phone number"
                raise InputError(
                    "reminders", f"There is no {known} for this booking. Correct the contact first."
                )
            return Step(
                "set the reminders",
                EventKind.BOOKING_REMINDERS_SET,
                changes={"reminders": wish, "until": old.until},
                data={"reminders": str(wish or "as usual")},
            )

        return self._moves.move(id_, None, by, decide, allowed=COMING)

    def amend(
        self,
        id_: str,
        by: str,
        *,
        name: str | None = None,
        notes: str | None = None,
        party: int | None = None,
        contact: Contact | None = None,
    ) -> Booking:
        """What was written down about a visit is put right, and nobody is told; None leaves a thing as it is. Another
        party needs room for it. Raises InputError for "party" or "contact", Taken, WrongState."""
        booking = self.get(id_)
        given: dict[str, Any] = {"name": name, "notes": notes, "party": party}
        changes = {field: value for field, value in given.items() if value is not None}
        if contact is not None and contact != (booking.email, booking.phone):
            changes |= contact._asdict()
            changes["customer"] = self._customers.correct(booking.customer, by, **contact._asdict()).id

        def decide(old: Booking) -> Step | None:
            changed = [field for field, value in changes.items() if getattr(old, field) != value]
            if not changed:
                return None
            claim: tuple[tuple[Extent, Claim], ...] = ()
            if "party" in changed:
                party = int(changes["party"])
                self._service(old.slot, party)
                claim = claims(id_, old.extents, (old.slot.start, old.slot.end), party, old.until)
            return Step(
                "corrected",
                EventKind.BOOKING_AMENDED,
                changes={**changes, "until": old.until},
                data={"changed": changed},
                claim=claim,
            )

        return self._moves.move(id_, None, by, decide, allowed=(*COMING, State.ARRIVED))

    def resend(self, id_: str, by: str) -> None:
        """The confirmation goes out again. Raises WrongState when there is nothing to confirm."""
        booking = self.get(id_)
        if booking.state not in COMING or not self.holds(booking):
            raise already(booking)
        self._store.transact(
            [
                self._journal.audit(keys.booking(id_), by, "asked to resend"),
                self._journal.event(EventKind.BOOKING_RESEND, id_, revision=booking.revision, by=by),
            ]
        )

    def correct_contact(
        self, id_: str, by: str, *, email: str | None = None, phone: str | None = None
    ) -> Booking:
        """A mistyped address or number is put right with the customer and the booking, and everything is sent
        again. None leaves one as it is. Raises InputError, WrongState."""
        booking = self.get(id_)
        customer = self._customers.correct(booking.customer, by, email=email, phone=phone)
        fields = [name for name, given in (("email", email), ("phone", phone)) if given]
        changes = {"customer": customer.id, **{name: getattr(customer, name) for name in fields}}

        def decide(old: Booking) -> Step | None:
            if all(getattr(old, name) == value for name, value in changes.items()):
                return None
            return Step(
                "corrected the contact",
                EventKind.BOOKING_CONTACT_CORRECTED,
                changes={**changes, "until": old.until},
                data={"changed": fields},
            )

        return self._moves.move(id_, None, by, decide, allowed=(*COMING, State.ARRIVED))
