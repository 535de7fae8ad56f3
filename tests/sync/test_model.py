"""Any edits, in any order, between any passes: what is told is what changed between what stood there then and now."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.domain import keys
from handlers.domain.availability import Diary
from handlers.domain.availability.freed import came_free
from handlers.domain.availability.working import Working
from handlers.domain.zone import DAY
from handlers.ports import Query
from tests.bookings.world import MONDAY, ZONE
from tests.sync.office import RUI, Office

TICK = 900
FIRST = ZONE.parse("2026-05-05T00:00")
DAYS = 3

EDITS = st.tuples(
    st.sampled_from(
        ("add", "change", "change", "delete", "delete", "hide", "sync", "sync", "forget", "claim")
    ),
    st.integers(0, 9),
    st.integers(0, DAYS * 96 - 1),
    st.sampled_from((1, 2, 3, 4, 8, 40, 150)),
)


def ticks(office: Office) -> set[int]:
    """The quarters of an hour that somebody else has, as the calendar shows them now."""
    return {
        t
        for (calendar, _), e in office.calendar.others.items()
        if calendar == RUI and not e.transparent
        for t in range(e.start, e.end, TICK)
    }


def spans(found: set[int]) -> list[tuple[int, int]]:
    return [(t, t + TICK) for t in sorted(found)]


def edit(office: Office, what: str, which: int, at: int, length: int) -> None:
    start = FIRST + at * TICK
    ids = sorted(id_ for calendar, id_ in office.calendar.others if calendar == RUI)
    id_ = ids[which % len(ids)] if ids else ""
    if what == "claim":
        slot = office.slot((at % 96) / 4, day=1 + at // 96)
        if not office.claims(slot):  # one a day is enough
            office.desk.bookings.take(slot=slot, customer=office.customer(), source="staff", by="U0INES")
    elif what == "add" or not ids:
        office.calendar.add(RUI, start, start + length * TICK)
    elif what == "delete":
        office.calendar.delete(RUI, id_)
    else:
        office.calendar.add(RUI, start, start + length * TICK, id_=id_, transparent=what == "hide")


def expected(office: Office, before: set[int], after: set[int]) -> list[tuple[int, int]]:
    """What can be given of the quarters that nobody has any more."""
    rules, now = office.desk.rules.current(), office.clock.at
    claims = office.desk.ledger.diary("rui", FIRST, FIRST + (DAYS + 3) * DAY, now)
    diary = Diary(tuple(spans(after)), claims)
    return [f[:2] for f in came_free(Working(rules), "rui", spans(before - after), diary, now)]


@settings(max_examples=120, deadline=None)
@given(st.lists(EDITS, max_size=40))
def test_what_is_told_is_the_difference_between_two_passes(edits: list[tuple[str, int, int, int]]) -> None:
    office = Office()
    office.sync()
    seen = ticks(office)
    for what, which, at, length in [*edits, ("sync", 0, 0, 0)]:
        if what == "forget":
            office.calendar.tokens.clear()
        elif what != "sync":
            edit(office, what, which, at, length)
        else:
            now = ticks(office)
            office.events()  # of our own claims
            told = office.sync()
            freed = sorted((e.data["start"], e.data["end"]) for e in told if e.kind == "slot.freed")
            filled = [(e.data["start"], e.data["end"]) for e in told if e.kind == "calendar.filled"]
            assert freed == expected(office, seen, now)
            assert {t for a, b in filled for t in range(a, b, TICK)} == now - seen
            assert sum((b - a) // TICK for a, b in filled) == len(now - seen)
            rows = office.store.query(Query(keys.synced(RUI).pk, prefix=keys.KNOWN, limit=1000)).items
            assert {t for r in rows if r["busy"] for t in range(r["start"], r["end"], TICK)} == now
            seen = now
    assert office.clock.at == MONDAY
