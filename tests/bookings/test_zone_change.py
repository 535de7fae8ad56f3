"""The owner edits `timezone` while people are booked."""

from __future__ import annotations

import pytest

from handlers.domain.errors import RulesError
from handlers.domain.events import EventKind
from tests.bookings.world import HOUR, RULES, STAFF, World

TOKYO = RULES.replace("Europe/Lisbon", "Asia/Tokyo")
LONDON = RULES.replace("Europe/Lisbon", "Europe/London")  # the same wall time all year


def edit(world: World, text: str) -> str:
    return world.desk.rules.update(text, STAFF).zone.name


def test_the_zone_stays_while_a_booking_lies_ahead_and_the_owner_is_told_where_and_until_when(
    world: World,
) -> None:
    booking = world.book(14)
    with pytest.raises(RulesError) as caught:
        edit(world, TOKYO)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (3, RULES.splitlines()[2].index("Europe/Lisbon") + 1)
    assert "a booking lies ahead at times told in Europe/Lisbon" in fault.message
    assert "Tue 5 May, 2:30 pm" in fault.message
    assert [e.kind for e in world.events()][-1] is EventKind.RULES_REFUSED
    assert world.desk.rules.current().zone.name == "Europe/Lisbon"
    assert world.holders(booking.slot) == [booking.id]


@pytest.mark.parametrize("held", [{"hold": True}, {"service": "wedding", "who": "ana"}])
def test_what_is_only_held_counts_until_it_runs_out(world: World, held: dict[str, object]) -> None:
    world.book(14, **held)
    with pytest.raises(RulesError):
        edit(world, TOKYO)
    world.clock.at += 25 * HOUR
    assert edit(world, TOKYO) == "Asia/Tokyo"


def test_a_visit_that_is_going_on_counts_too(world: World) -> None:
    booking = world.book(14)
    world.clock.at = booking.slot.start
    world.desk.bookings.arrive(booking.id, STAFF)
    with pytest.raises(RulesError):
        edit(world, TOKYO)


def test_the_zone_changes_once_nobody_is_ahead(world: World) -> None:
    gone, over = world.book(14, day=2), world.book(10)
    with pytest.raises(RulesError, match="2 bookings lie ahead"):
        edit(world, TOKYO)
    world.desk.bookings.cancel(gone.id, STAFF)
    world.clock.at = over.extent[1]
    assert edit(world, TOKYO) == "Asia/Tokyo"


def test_a_zone_with_the_same_times_may_take_its_place(world: World) -> None:
    world.book(14)
    assert edit(world, LONDON) == "Europe/London"
