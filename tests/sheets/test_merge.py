"""Cell by cell, and row by row: who wins, and which row is whose."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from handlers.domain.sheets import BOT, Base, Column, Held, Row, Table, Wrote, agreed, match, merge

NO = None


class Case(NamedTuple):
    """The base (as typed, as the store said it), both sides now, and what comes of it."""

    before: str | None
    was: str | None
    typed: str
    stored: str
    wanted: str
    changed: bool
    write: str | None


@pytest.mark.parametrize(
    "case",
    [
        Case("9 May", "2026-05-09", "9 May", "2026-05-09", "2026-05-09", False, NO),  # nothing happened
        Case("9 May", "2026-05-09", "12 May", "2026-05-09", "12 May", True, NO),  # people changed it
        Case(
            "9 May", "2026-05-09", "9 May", "2026-05-20", "2026-05-20", False, "2026-05-20"
        ),  # the store did
        Case("9 May", "2026-05-09", "12 May", "2026-05-20", "12 May", True, NO),  # both: the sheet wins
        Case("9 May", "2026-05-09", "2026-05-20", "2026-05-20", "2026-05-20", False, NO),  # both, to the same
        Case("9 May", "2026-05-09", "", "2026-05-09", "", True, NO),  # people emptied it
        Case("9 May", "2026-05-09", "", "2026-05-20", "", True, NO),
        Case("9 May", "2026-05-09", "9 May", "", "", False, ""),  # the store emptied it
        Case("", "2026-05-04", "", "2026-05-04", "2026-05-04", False, NO),  # left empty, with a default
        Case("", "2026-05-04", "", "2026-05-20", "2026-05-20", False, "2026-05-20"),
        Case(NO, NO, "", "known", "known", False, "known"),  # a new column, or a row that came back
        Case(NO, NO, "typed", "known", "typed", True, NO),
        Case(NO, NO, "known", "known", "known", False, NO),
    ],
)
def test_the_sheet_wins_where_people_changed_it_else_the_store(case: Case) -> None:
    cells = {} if case.before is None else {"c": case.before}
    base = Base("e1", cells, {} if case.was is None else {"c": case.was})
    held = Held("e1", {"c": case.stored}, "Waiting")
    row = Row(2, {"c": case.typed}, "Waiting", "e1")
    merged = merge(row, base, held)
    assert (merged.wanted["c"], merged.changed == {"c"}) == (case.wanted, case.changed)
    assert merged.write.get("c") == case.write
    now = Held("e1", {"c": f"said {case.wanted}" if case.changed else case.stored}, "Waiting")
    new = agreed(row, base, now, merged.changed)
    settled = Row(2, {"c": case.typed if case.write is None else case.write}, "Waiting", "e1")
    again = merge(settled, new, now)
    assert (again.changed, again.write) == (frozenset(), {}), "one sync is enough"


@pytest.mark.parametrize(
    ("id_", "typed", "write"),
    [
        ("e1", "ours", "newer"),  # it landed, and the store has changed again
        ("other", "ours", "9 May"),  # it was meant for another row: ours comes back
        ("other", "theirs", NO),  # people have changed it since
    ],
)
def test_what_we_wrote_is_nobodys_edit(id_: str, typed: str, write: str | None) -> None:
    base = Base("e1", {"c": "9 May"}, {"c": "2026-05-09"})
    merged = merge(Row(2, {"c": typed}), base, Held("e1", {"c": "newer"}, ""), {"c": Wrote(id_, "ours")})
    assert (merged.write.get("c"), merged.changed) == (write, frozenset() if write else {"c"})


# --- Which row is whose ---


def row(number: int, name: str, contact: str = "", id_: str = "") -> Row:
    return Row(number, {"name": name, "contact": contact or f"{name}@x"}, "", id_)


def base(id_: str, name: str, contact: str = "", number: int = 0, **more: object) -> Base:
    cells = {"name": name, "contact": contact or f"{name}@x"}
    return Base(id_, cells, cells, number, **{"shown": True, **more})  # type: ignore[arg-type]


def whose(rows: list[Row], bases: list[Base], *, complete: bool = True) -> dict[int, str]:
    matched = match(rows, bases, ["name", "contact"], complete=complete)
    return {r.number: b.id if b else "" for r, b in matched.pairs} | {
        r.number: "copy" for r, _ in matched.copies
    }


@pytest.mark.parametrize(
    ("rows", "bases", "found"),
    [
        ([row(2, "ana", id_="A"), row(3, "ben", id_="B")], [base("A", "ana"), base("B", "ben")], {2: "A", 3: "B"}),
        ([row(2, "ben", id_="B"), row(3, "ana", id_="A")], [base("A", "ana"), base("B", "ben")], {2: "B", 3: "A"}),
        # ids met the wrong rows: what they say counts
        ([row(2, "ana", id_="B"), row(3, "ben", id_="A")], [base("A", "ana"), base("B", "ben")], {2: "A", 3: "B"}),
        ([row(2, "zoe", id_="A"), row(3, "ana")], [base("A", "ana")], {2: "", 3: "A"}),
        # an edit keeps its id
        ([row(2, "anna", id_="A")], [base("A", "ana")], {2: "A"}),
        # an id that was deleted
        ([row(2, "ana")], [base("A", "ana")], {2: "A"}),
        ([row(2, "anna", "ana@x")], [base("A", "ana")], {2: "A"}),
        ([row(2, "ana", "other@x")], [base("A", "ana")], {2: ""}),  # a namesake
        ([row(2, "ana", "right@x")], [base("A", "ana", "wrong@x", shown=False)], {2: "A"}),  # its id was never written
        # copies
        ([row(2, "ana", id_="A"), row(3, "ana", id_="A")], [base("A", "ana")], {2: "A", 3: "copy"}),
        ([row(2, "ana"), row(3, "ana")], [], {2: "", 3: "copy"}),
        ([row(2, "ana", id_="A"), row(3, "cai", id_="A")], [base("A", "ana")], {2: "A", 3: ""}),
        # what has ended may be asked for again, but not by a copied row
        ([row(2, "ana", id_="A"), row(3, "ana")], [base("A", "ana", ended="Booked")], {2: "A", 3: ""}),
        ([row(2, "ana", id_="A"), row(3, "ana", id_="A")], [base("A", "ana", ended="Booked")], {2: "A", 3: "copy"}),
        # a twin stays one, and the record comes first
        ([row(2, "ana", id_="A"), row(3, "ana")], [base("A", "ana"), base("T", "ana", twin="A")], {2: "A", 3: "T"}),
        ([row(3, "ana")], [base("A", "ana"), base("T", "ana", twin="A")], {3: "A"}),
    ],
)  # fmt: skip
def test_a_row_is_known_by_what_it_says_then_by_its_id_then_by_its_contact(
    rows: list[Row], bases: list[Base], found: dict[int, str]
) -> None:
    assert whose(rows, bases) == found
    assert whose(rows, list(reversed(bases))) == found


def test_an_incomplete_read_takes_no_new_row_for_one_it_did_not_see() -> None:
    assert whose([row(2, "anna", "ana@x")], [base("A", "ana")], complete=False) == {2: ""}


# --- Headings ---


def test_the_heading_is_the_row_with_the_most_titles_of_the_first_ten() -> None:
    table = Table((Column("name", "Name", ("who",)), Column("contact", "Contact")), (("name",), ("contact",)))
    rows = [
        ["Contact us at the desk"],
        ["Name", ""],
        ["", "WHO*", "con-tact", "Status", "name"],
        ["Name", "Contact"],
    ]
    layout = table.find(rows)
    assert layout is not None
    assert (layout.number, dict(layout.at), layout.keys) == (
        3,
        {"name": 2, "contact": 3, "status": 4},
        ("name", "contact"),
    )
    assert [r.cells for r in layout.rows(rows)] == [{"name": "Contact", "contact": ""}]
    assert table.lacking(layout) == []
    assert table.find([["Name"], ["x", "y"]]) is None
    assert table.find([[]] * 10 + [["Name", "Contact"]]) is None
    assert [c.title for c in BOT] == ["Status", "Id"]
