"""What every Sheets promises: the fake, and the real adapter over HTTP to the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from handlers.domain.errors import SheetsUnavailable
from handlers.ports import SheetCell, Sheets
from tests.fakes import FakeSheets
from tests.google.conftest import Google

SHEET, TAB = "1AbC-list", "People who wait"


@dataclass
class Book:
    """A spreadsheet with two tabs, and how staff type into it."""

    sheets: Sheets
    type: Callable[[int, int, str], None]
    rows: Callable[[], list[list[str]]]


@pytest.fixture(params=["fake", "google"])
def book(request: pytest.FixtureRequest) -> Book:
    if request.param == "fake":
        fake = FakeSheets({SHEET: {TAB: [], "It's other": []}})

        def type_(row: int, column: int, text: str) -> None:
            fake.write(SHEET, TAB, [SheetCell(row, column, text)])

        return Book(fake, type_, lambda: fake.tabs[SHEET][TAB])
    google: Google = request.getfixturevalue("google")
    assert google.files is not None
    files = google.files
    files.create(SHEET, "Waitlist", TAB, "It's other")
    return Book(
        google.sheets(),
        lambda row, column, text: files.type(SHEET, TAB, row, column, text),
        lambda: files.rows(SHEET, TAB),
    )


def test_what_staff_type_is_read_where_it_stands(book: Book) -> None:
    book.type(1, 1, "Name")
    book.type(3, 2, "+65 8123 4567")
    page = book.sheets.read(SHEET, TAB)
    assert page.rows == (("Name",), (), ("", "+65 8123 4567"))
    assert page.complete


def test_an_empty_tab_has_no_rows(book: Book) -> None:
    assert book.sheets.read(SHEET, TAB).rows == ()


def test_no_tab_named_is_the_first_and_letter_case_does_not_matter(book: Book) -> None:
    book.type(1, 1, "Name")
    assert book.sheets.read(SHEET, "").rows == (("Name",),)
    assert book.sheets.read(SHEET, TAB.upper()).rows == (("Name",),)
    assert book.sheets.read(SHEET, "It's other").rows == ()


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://evil.test")', "+1", "-1+1", "@SUM(A1)", "0412", "'x", "5/5"]
)
def test_a_text_stays_the_text_it_is(book: Book, text: str) -> None:
    book.type(1, 1, "Name")
    book.sheets.write(SHEET, TAB, [SheetCell(1, 2, text)])
    book.sheets.append(SHEET, TAB, [["", text]])
    assert book.sheets.read(SHEET, TAB).rows == (("Name", text), ("", text))


def test_cells_are_written_where_they_belong_and_the_rest_is_left_alone(book: Book) -> None:
    for row in (1, 2, 3):
        book.type(row, 1, f"a{row}")
    cells = [SheetCell(3, 3, "c3"), SheetCell(1, 2, "b1"), SheetCell(1, 3, "c1"), SheetCell(2, 26, "z2")]
    book.sheets.write(SHEET, TAB, [*cells, SheetCell(3, 3, "C3"), SheetCell(2, 1, "")])
    rows = book.sheets.read(SHEET, TAB).rows
    assert rows[0] == ("a1", "b1", "c1")
    assert (rows[1][25], len(rows[1]), rows[1][0]) == ("z2", 26, "")
    assert rows[2] == ("a3", "", "C3")


def test_writing_nothing_changes_nothing(book: Book) -> None:
    before = book.sheets.changed(SHEET)
    book.sheets.write(SHEET, TAB, [])
    book.sheets.append(SHEET, TAB, [])
    assert book.sheets.changed(SHEET) == before


def test_rows_are_appended_below_the_last_one_with_a_gap_above_it_or_not(book: Book) -> None:
    book.type(1, 1, "Name")
    book.type(4, 2, "x")
    book.sheets.append(SHEET, TAB, [["a", "b"], ["", "c"]])
    assert book.sheets.read(SHEET, TAB).rows == (("Name",), (), (), ("", "x"), ("a", "b"), ("", "c"))


def test_the_mark_changes_with_every_edit_and_write(book: Book) -> None:
    marks = [book.sheets.changed(SHEET)]
    assert book.sheets.changed(SHEET) == marks[0]
    book.type(1, 1, "Name")
    marks.append(book.sheets.changed(SHEET))
    book.sheets.write(SHEET, TAB, [SheetCell(1, 2, "x")])
    marks.append(book.sheets.changed(SHEET))
    book.sheets.append(SHEET, TAB, [["y"]])
    marks.append(book.sheets.changed(SHEET))
    assert len(set(marks)) == 4


def test_a_sheet_or_a_tab_that_is_not_there_is_unavailable_and_says_so(book: Book) -> None:
    for call in (
        lambda: book.sheets.changed("nothing"),
        lambda: book.sheets.read("nothing", TAB),
        lambda: book.sheets.append("nothing", TAB, [["x"]]),
    ):
        with pytest.raises(SheetsUnavailable, match="check its id in the rules"):
            call()
    with pytest.raises(SheetsUnavailable, match=r"its tabs are: .*eople"):
        book.sheets.read(SHEET, "Waitlst")
