"""Two people at the same moment, on one store: exactly one of them gets it, and the other learns who did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.booking import HOLDING, State
from handlers.domain.errors import FrontdeskError, Taken, Unavailable, WrongState
from tests.bookings.world import HOUR, STAFF, World

ROUNDS = 15


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to: a value, or the error it met."""
    start, ends = Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        start.wait()
        try:
            ends[n] = acts[n]()
        except FrontdeskError as error:
            ends[n] = error  # type: ignore[call-overload]

    threads = [Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


@pytest.fixture
def shared_world(tmp_path: Path) -> World:
    return World(store=SqliteStore(str(tmp_path / "desk.db")))


def test_confirm_and_cancel_at_once_end_in_one_state_both_know(shared_world: World) -> None:
    bookings = shared_world.desk.bookings
    for _ in range(ROUNDS):
        held = shared_world.book(hold=True)
        confirmed, cancelled = at_once(
            lambda id_=held.id: bookings.confirm(id_, "customer"),
            lambda id_=held.id: bookings.cancel(id_, STAFF),
        )
        now = bookings.get(held.id)
        # Confirmed first and cancelled then is fine too; a confirmation after the cancellation is not.
        assert now.state is State.CANCELLED
        assert cancelled == now
        if isinstance(confirmed, WrongState):
            assert (confirmed.state, confirmed.by) == (State.CANCELLED, STAFF)
        assert shared_world.holders(held.slot) == []
        whats = [what for _, what in shared_world.history(held)]
        assert whats in (["held", "cancelled"], ["held", "confirmed", "cancelled"])


def test_two_approvals_at_once_are_one_approval(shared_world: World) -> None:
    bookings = shared_world.desk.bookings
    for n in range(ROUNDS):
        asked = shared_world.book(9, day=1 + n, service="wedding", who="ana")
        ends = at_once(
            lambda id_=asked.id: bookings.approve(id_, "U0ONE"),
            lambda id_=asked.id: bookings.approve(id_, "U0TWO"),
        )
        (lost,) = [e for e in ends if isinstance(e, WrongState)]
        (won,) = [e for e in ends if not isinstance(e, WrongState)]
        assert lost.by == won.changed_by


def test_a_late_confirm_a_new_customer_and_the_sweep_meet(shared_world: World) -> None:
    bookings = shared_world.desk.bookings
    for n in range(ROUNDS):
        held = shared_world.book(9 + n % 8, day=1 + n // 8, hold=True)
        shared_world.clock.at += 301
        hour, day = 9 + n % 8, 1 + n // 8
        at_once(
            lambda id_=held.id: bookings.confirm(id_, "customer"),
            lambda hour=hour, day=day: shared_world.book(hour, day=day, source="staff", by=STAFF),
            bookings.expire_due,
        )
        on_page = [c for c in shared_world.claims(held.slot) if c.start == held.slot.start]
        assert len(on_page) <= 1
        late = bookings.get(held.id)
        assert (late.state in HOLDING and shared_world.desk.bookings.holds(late)) == (
            [c.id for c in on_page] == [held.id]
        )


def test_many_who_click_one_slot_make_one_booking(shared_world: World) -> None:
    customers = [shared_world.customer(f"Guest {n}", email=f"guest{n}@mail.example") for n in range(8)]
    ends = at_once(*(lambda c=c: shared_world.book(customer=c) for c in customers))
    assert sum(not isinstance(e, FrontdeskError) for e in ends) == 1
    assert all(isinstance(e, Taken) for e in ends if isinstance(e, FrontdeskError))
    assert len(shared_world.claims(shared_world.slot())) == 1


def test_the_same_proposal_clicked_at_once_is_one_booking(shared_world: World) -> None:
    customer = shared_world.customer()
    for _ in range(ROUNDS):
        proposal = shared_world.offer()
        ends = at_once(
            *(
                lambda n=n, p=proposal: shared_world.desk.bookings.take(
                    slot=p.slots[n % 2], customer=customer, source="web", by="customer", proposal=p
                )
                for n in range(4)
            )
        )
        made = {e.id for e in ends if not isinstance(e, FrontdeskError)}
        assert len(made) == 1
        assert {e.id for e in ends if isinstance(e, WrongState)} <= made
        assert not any(isinstance(e, Taken) for e in ends)


class TimesOut:
    """Commits, then the answer is lost on the way back, `times` times."""

    def __init__(self, store: SqliteStore, times: int) -> None:
        self.inner, self.times = store, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def transact(self, operations: Any, token: str = "") -> None:
        self.inner.transact(operations, token)
        if self.times:
            self.times -= 1
            raise Unavailable("store", "timed out")


def test_a_retry_after_a_lost_answer_books_once() -> None:
    store = TimesOut(SqliteStore(":memory:"), 0)
    world = World(store=store)
    customer = world.customer()
    store.times = 1
    with pytest.raises(Unavailable):
        world.book(customer=customer, token="click-1")
    booking = world.book(customer=customer, token="click-1")
    assert world.holders(booking.slot) == [booking.id]
    assert [b.id for b in world.desk.bookings.of_customer(customer.id)] == [booking.id]


def test_a_reminder_found_by_timer_and_tick_at_once_is_sent_once(shared_world: World) -> None:
    for n in range(ROUNDS):
        booking = shared_world.book(14, day=1 + n)
        shared_world.settle()
        shared_world.clock.at = booking.slot.start - 24 * HOUR
        told = len(shared_world.mail.sent)
        at_once(*[shared_world.desk.effects.remind_due] * 4)
        assert len(shared_world.mail.sent) == told + 1
        shared_world.desk.effects.reminders.drop(booking.id)


def test_two_who_decide_on_a_dead_letter_at_once_are_one_decision(shared_world: World) -> None:
    letters = shared_world.desk.dead_letters
    for n in range(ROUNDS):
        letters.receive({"messageId": f"m{n}", "body": "{}"})
        ends = at_once(
            lambda n=n: letters.handled(f"m{n}", "U0ONE"), lambda n=n: letters.handled(f"m{n}", "U0TWO")
        )
        (lost,) = [e for e in ends if isinstance(e, WrongState)]
        (won,) = [e for e in ends if not isinstance(e, WrongState)]
        assert lost.by == won.changed_by
