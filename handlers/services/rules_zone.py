"""A change of the business's time zone, which bookings that lie ahead forbid.

Their customers were told a wall time, and their claims stand on pages named by the date in the old zone: under another
zone a page next door would look free.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers.domain import items, keys
from handlers.domain.booking import HOLDING, Booking
from handlers.domain.errors import Fault
from handlers.domain.rules.model import Rules
from handlers.domain.zone import DAY, Zone
from handlers.ports import Query, Store


def zone_faults(store: Store, old: Rules, new: Rules, text: str, now: int) -> list[Fault]:
    """One fault at `timezone` in `text` when a booking ahead would have another wall time in the new zone.

    Zones that agree about every booking ahead (Asia/Kuala_Lumpur for Asia/Singapore) may be exchanged.
    """
    if old.zone == new.zone:
        return []
    moved = [b for b in _ahead(store, now) if _differ(old.zone, new.zone, b)]
    if not moved:
        return []
    last = max(moved, key=lambda b: b.slot.end)
    many = f"{len(moved)} bookings lie" if len(moved) > 1 else "a booking lies"
    message = (
        f"{many} ahead at times told in {old.zone.name}; keep that zone until the last is over"
        f" ({old.zone.say(last.slot.end)}), or cancel what lies ahead first"
    )
    line, column = _place(text)
    return [Fault(line, column, message)]


def _ahead(store: Store, now: int) -> Iterator[Booking]:
    """Bookings that hold a claim and are not over."""
    for state in sorted(HOLDING):
        cursor = None
        while True:
            query = Query(
                keys.booking_state(state), index="gsi3", low=keys.at(max(0, now - DAY)), cursor=cursor
            )
            found = store.query(query)
            for item in found.items:
                booking = items.from_item(item, Booking)
                if booking.extent[1] > now and (booking.until is None or booking.until > now):
                    yield booking
            if not (cursor := found.cursor):
                break


def _differ(old: Zone, new: Zone, booking: Booking) -> bool:
    return any(
        old.local(t).replace(tzinfo=None) != new.local(t).replace(tzinfo=None)
        for t in (*booking.extent, booking.slot.start, booking.slot.end)
    )


def _place(text: str) -> tuple[int, int]:
    from handlers.domain.rules.source import Mapping, parse  # brings YAML, which only an edit needs

    root, _ = parse(text)
    for key, business in root.pairs:
        if key.text == "business" and isinstance(business, Mapping):
            for name, value in business.pairs:
                if name.text == "timezone":
                    return value.mark
    return 1, 1
