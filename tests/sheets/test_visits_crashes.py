"""The process dies at any moment of a sync of appointments: each visit is booked, moved and cancelled once all the same."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bookings.world import STAFF, ZONE, World
from tests.sheets.test_crashes import Death, Fate, MortalSheets, MortalStore
from tests.sheets.visits import SHEET, TAB, Visits


def history(fate: Fate) -> Visits:
    """Four synced rows; one was moved in the sheet, one taken out, and both have stood for a while; one was edited in Slack,
    and two are new, one of them where the moved one was."""
    store = MortalStore(":memory:")
    store.fate = Fate()
    visits = Visits(World(store=store), MortalSheets({SHEET: {TAB: []}}))
    for name, hour in (("Ana", 10), ("Ben", 11), ("Cai", 12), ("Dee", 13)):
        visits.type(name, f"{name.lower()}@mail.example", "cut", "5 May", f"{hour}:00", "Rui")
    visits.sync()
    visits.edit(2, Time="16:00")
    del visits.rows[2]
    visits.later()
    cai = next(b for b in visits.bookings() if b.name == "Cai")
    visits.world.desk.bookings.amend(cai.id, STAFF, notes="from slack")
    visits.world.settle()
    visits.world.desk.sheet_sync._jobs()[0].book.want("cai")
    visits.type("Eva", "eva@mail.example", "cut", "5 May", "10:00", "Rui")
    visits.type("Fay", "", "cut", "5 May", "17:00", "Rui")
    visits.world.clock.at += 180
    store.fate = visits.sheets.fate = fate  # type: ignore[attr-defined]
    return visits


def as_if_nothing_had_been(visits: Visits) -> None:
    found = {b.name: b for b in visits.bookings()}
    assert {n: f"{ZONE.local(b.slot.start):%H:%M}" for n, b in found.items()} == {
        "Ana": "16:00", "Cai": "12:00", "Dee": "13:00", "Eva": "10:00", "Fay": "17:00",
    }  # fmt: skip
    assert len(visits.bookings()) == 5
    assert (found["Ana"].revision, found["Cai"].notes) == (1, "from slack")
    told = Counter((m.to.split("<")[-1].split("@")[0], m.ics_method) for m in visits.world.mail.sent)
    assert told == {("ana", "REQUEST"): 1, ("ben", "CANCEL"): 1}
    rows = [visits.row(n) for n in range(2, len(visits.rows) + 1)]
    assert Counter(row["Id"] for row in rows) == Counter(b.id for b in found.values())
    assert all(found[row["Name"]].id == row["Id"] for row in rows)
    assert next(row for row in rows if row["Name"] == "Cai")["Notes"] == "from slack"
    assert visits.told().fine


def deaths(*, after: bool) -> list[Fate]:
    fate = Fate()
    visits = history(fate)
    visits.world.desk.sheet_sync.run()
    writes = fate.count
    visits.world.settle()
    as_if_nothing_had_been(visits)
    assert writes > 12
    return [Fate(at, after) for at in range(1, writes + 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_sync_that_died_at_any_write_is_finished_by_the_next(after: bool) -> None:
    for fate in deaths(after=after):
        visits = history(fate)
        with pytest.raises(Death):
            visits.world.desk.sheet_sync.run()
        fate.revive()
        visits.world.settle()
        for _ in range(3):
            visits.later()
        as_if_nothing_had_been(visits)
        assert visits.later() == "unchanged"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_new_row_corrected_after_the_death_is_still_one_visit(after: bool) -> None:
    for fate in deaths(after=after):
        visits = history(fate)
        with pytest.raises(Death):
            visits.world.desk.sheet_sync.run()
        fate.revive()
        visits.world.settle()
        number = next(n for n, row in enumerate(visits.rows, 1) if row[0] == "Fay")
        visits.edit(number, Time="18:00")
        for _ in range(4):
            visits.later()
        fay = [b for b in visits.bookings() if b.name == "Fay"]
        assert [f"{ZONE.local(b.slot.start):%H:%M}" for b in fay] == ["18:00"], f"died at {fate.at}"
        assert len(visits.bookings()) == 5
