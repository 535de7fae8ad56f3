"""Attachments into text: real small files, and hostile ones."""

from __future__ import annotations

import time
import zipfile
from datetime import datetime
from io import BytesIO
from itertools import count

import pytest

from handlers.adapters import spreadsheet, word, zipped
from handlers.adapters.attached import AttachedDocuments
from handlers.domain.documents import MOST_CELLS, kind_of, pages_of
from handlers.domain.errors import Unreadable
from handlers.domain.zone import Zone
from handlers.ports import Attachment
from infra.local.paper import pdf
from tests.documents import files

ZONE = Zone("Asia/Singapore")


def words(content, name="file.bin", content_type="application/octet-stream"):
    return AttachedDocuments().words(Attachment(name, content_type, content), ZONE)


def why(content, **how):
    with pytest.raises(Unreadable) as refused:
        words(content, **how)
    return refused.value.why


# --- what is read ------------------------------------------------------------------------------------------------


def test_a_word_document_is_read_line_by_line():
    assert words(files.word()).text == "\n".join(files.BOOKING)


def test_a_table_of_two_columns_is_a_form():
    table = [["Service", "Haircut"], ["Date:", "5 May 2026"], ["Time", "2 pm"]]
    found = words(files.word(["Your booking"], table))
    assert found.text == "Your booking\nService: Haircut\nDate: 5 May 2026\nTime: 2 pm"
    assert found.rows == ()


def test_a_table_with_headings_gives_a_row_for_each_person():
    found = words(
        files.word(
            ["Tomorrow:"], [["Name", "Service", "Time"], ["Ana", "Haircut", "2 pm"], ["Ben", "Colour", ""]]
        )
    )
    assert found.rows == ("Name: Ana\nService: Haircut\nTime: 2 pm", "Name: Ben\nService: Colour")


def test_a_merged_cell_is_read_once():
    from docx import Document

    document = Document()
    grid = document.add_table(rows=1, cols=3)
    grid.rows[0].cells[0].merge(grid.rows[0].cells[2]).text = "Booking for Ana"
    out = BytesIO()
    document.save(out)
    assert words(out.getvalue()).text == "Booking for Ana"


def test_a_spreadsheet_with_headings_gives_its_rows():
    found = words(files.sheet())
    assert (
        found.rows[0]
        == "Client: Ana Lim\nMobile: 81234567\nService: Haircut\nDate: 5 May 2026\nTime: 14:00\nStylist: Mei"
    )
    assert len(found.rows) == 2
    assert "Ben Ong" in found.text


def test_dates_and_times_of_a_spreadsheet_are_written_as_people_do():
    rows = [["Client", "Date"], ["Ana", datetime(2026, 5, 5, 14, 30)], ["Ben", datetime(2026, 5, 6)]]  # noqa: DTZ001 - cells have no zone
    assert words(files.sheet(rows)).rows == (
        "Client: Ana\nDate: 5 May 2026 14:30",
        "Client: Ben\nDate: 6 May 2026",
    )
    assert [spreadsheet.said(v) for v in (None, True, 81234567.0, 2.5, " a  b ")] == [
        "",
        "yes",
        "81234567",
        "2.5",
        "a b",
    ]


@pytest.mark.parametrize(
    ("headings", "cells", "said"),
    [
        (("From", "To"), ("14:00", "16:00"), "Time: 14:00 - 16:00"),
        (("Start time", "End time"), ("2 pm", "4 pm"), "Time: 2 pm - 4 pm"),
        (("Start", "End"), ("5 May 2026 14:00", "5 May 2026 16:00"), "Time: 5 May 2026 14:00 - 16:00"),
        (
            ("Start", "End"),
            ("5 May 2026 23:00", "6 May 2026 01:00"),
            "Time: 5 May 2026 23:00 - 6 May 2026 01:00",
        ),
    ],
)
def test_two_columns_for_one_stretch_of_time_are_one(headings, cells, said):
    rows = [["Client", *headings], ["Ana", *cells], ["Ben", *cells]]
    assert words(files.sheet(rows)).rows[0] == f"Client: Ana\n{said}"


def test_hidden_sheets_are_not_read():
    assert "secret" not in words(files.sheet(hidden=[["secret"]])).text


def test_a_csv_gives_its_rows_whatever_separates_its_columns():
    for separator in ",;\t":
        text = "\n".join(
            separator.join(row) for row in [["Name", "Service"], ["Ana", "Haircut"], ["Ben", "Colour"]]
        )
        assert words(text.encode(), name="list.csv").rows == (
            "Name: Ana\nService: Haircut",
            "Name: Ben\nService: Colour",
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_its_own_encoding(encoding):
    assert (
        words("Booking for Zoë Müller".encode(encoding), name="note.txt", content_type="text/plain").text
        == "Booking for Zoë Müller"
    )


def test_an_html_file_is_read_as_a_person_sees_it():
    assert words(b"<style>x</style><p>Haircut<br>2 pm</p>", name="b.html").text == "Haircut\n2 pm"


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:{method}
BEGIN:VEVENT
UID:1
{start}
DURATION:PT45M
SUMMARY:Haircut with Mei
ATTENDEE;CN=Ana Lim:mailto:ana@mail.example
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    "start",
    ["DTSTART:20260505T060000Z", "DTSTART:20260505T140000", "DTSTART;TZID=Asia/Tokyo:20260505T150000"],
)
def test_a_calendar_file_says_its_times_as_the_business_does(start):
    found = words(ICS.format(method="REQUEST", start=start).encode())
    assert (
        found.text
        == "Appointment: Haircut with Mei\nWhen: 5 May 2026 14:00 - 14:45\nGuest: Ana Lim, ana@mail.example"
    )


def test_a_cancelled_event_says_so():
    assert (
        "has been cancelled"
        in words(ICS.format(method="CANCEL", start="DTSTART:20260505T060000Z").encode()).text
    )


# --- what is not read, and why -----------------------------------------------------------------------------------


def test_too_large_a_file_is_not_opened():
    assert why(b"PK\3\4" + bytes(12_000_000)) == "is too large to read (12 MB)"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\0\0", "is empty"),
        (files.locked_office(), "is protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + b"x", "is in an old Office format"),
        (b"\x7fELF" + bytes(100), "is of a kind that can't be read"),
        (b"PK\3\4 anything else", "is of a kind that can't be read"),
        (b"GIF89a" + bytes(50), "is of a kind that can't be read"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_says_why(content, reason):
    assert why(content) == reason


def test_a_file_without_words_says_so():
    assert why(files.word([])) == "has no text that could be read"
    assert why(files.sheet([])) == "has no text that could be read"


@pytest.mark.parametrize("make", [files.word, files.sheet])
def test_a_file_cut_short_anywhere_is_damaged_and_nothing_worse(make):
    whole = make()
    for cut in range(40, len(whole) - 1, len(whole) // 25):
        assert why(whole[:cut]) in {"is damaged", "is of a kind that can't be read"}


@pytest.mark.parametrize(
    ("make", "name"), [(files.word, "word/document.xml"), (files.sheet, "xl/worksheets/sheet1.xml")]
)
@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a/>", b"\0" * 50, b"<?xml version='1.0'?><w:document xmlns:w='x'/>"]
)
def test_a_file_with_a_broken_part_is_damaged_and_nothing_worse(make, name, content):
    assert why(files.changed(make(), {name: content})) in {"is damaged", "has no text that could be read"}


# --- bombs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [files.word, files.sheet])
def test_a_zip_bomb_is_seen_in_its_directory(make):
    packed = files.bomb(make())
    assert len(packed) < 200_000
    assert why(packed) == zipped.TOO_LARGE_INSIDE


@pytest.mark.parametrize("make", [files.word, files.sheet])
def test_a_zip_bomb_whose_directory_lies_is_stopped(make):
    assert why(files.lying(make(), "word/media/image1.png", 60_000_000)) in {
        zipped.DAMAGED,
        zipped.TOO_LARGE_INSIDE,
    }


def test_many_small_parts_are_a_bomb_too():
    parts = {f"word/media/{n}.bin": b"x" for n in range(zipped.MOST_PARTS)}
    assert why(files.changed(files.word(), parts)) == zipped.TOO_LARGE_INSIDE


def test_entities_are_refused_in_every_encoding():
    laughing = files.laughs(files.word())
    assert "never write" in why(laughing)
    document = files.part(laughing, "word/document.xml").decode().replace("UTF-8", "UTF-16")
    assert "never write" in why(files.changed(files.word(), {"word/document.xml": document.encode("utf-16")}))


def test_a_part_is_looked_at_whatever_its_name():
    laughing = files.part(files.laughs(files.word()), "word/document.xml")
    assert "never write" in why(files.changed(files.word(), {"word/other.bin": laughing}))
    assert words(
        files.changed(files.word(), {"word/drawing.vml": b"<p>line<br></p>", "x.png": b"\x89PNG"})
    ).text


def test_entities_in_a_part_that_is_not_the_main_one_are_refused():
    strings = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>'
    assert "never write" in why(files.changed(files.sheet(), {"xl/sharedStrings.xml": strings}))


def test_more_elements_than_a_library_can_hold_are_not_built():
    """A few bytes each in the file, hundreds in memory."""
    document = files.part(files.word(), "word/document.xml")
    head, _, rest = document.partition(b"<w:body>")
    many = head + b"<w:body>" + b"<w:p/>" * 400_000 + rest
    assert why(files.changed(files.word(), {"word/document.xml": many})) == zipped.TOO_LARGE_INSIDE


def test_a_kind_of_packing_that_the_format_does_not_know_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", b"<a/>" + b" " * 1000)
    assert why(out.getvalue()) == zipped.DAMAGED


def test_a_document_inside_a_spreadsheet_makes_it_no_document():
    assert "Ana Lim" in words(files.changed(files.sheet(), {"xl/embeddings/letter.docx": files.word()})).text


def test_a_row_a_million_rows_down_takes_no_time():
    far = (
        files.part(files.sheet([["Ana"]]), "xl/worksheets/sheet1.xml")
        .replace(b'r="1"', b'r="1048576"')
        .replace(b'"A1"', b'"XFD1048576"')
    )
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        words(files.changed(files.sheet([["Ana"]]), {"xl/worksheets/sheet1.xml": far}))
    assert time.perf_counter() - began < 3


def test_of_a_huge_sheet_the_beginning_is_read_and_that_is_said():
    wide = [["x"] * 50 for _ in range(MOST_CELLS // 50 + 100)]
    found = words(files.sheet(wide))
    assert found.left_out == "only the beginning was read"
    assert found.text.count("x") <= MOST_CELLS


def test_a_sheet_that_takes_too_long_is_left_where_it_is():
    seconds = count(step=4)
    found = spreadsheet.words(files.sheet([["row", n] for n in range(100)]), stopwatch=lambda: next(seconds))
    assert found.left_out == "only the beginning was read"
    assert "row" in found.text


def test_of_a_long_document_the_beginning_is_read_and_that_is_said():
    found = word.words(files.word(["word " * 200] * 100))
    assert found.left_out == "only the beginning was read"
    assert len(found.text) <= 60_000


# --- kinds -------------------------------------------------------------------------------------------------------


def test_a_kind_is_told_by_the_content_and_not_by_the_name():
    assert kind_of("booking.pdf", "application/pdf", files.word()) == "word"
    assert kind_of("booking.docx", "application/msword", pdf([["x"]])) == "scan"
    assert kind_of("photo.exe", "", b"\x89PNG\r\n\x1a\n...") == "scan"
    assert kind_of("photo.txt", "text/plain", b"\xff\xd8\xff\xe0" + bytes(5)) == "scan"
    assert kind_of("x.txt", "text/plain", b"MZ\0\0") == "other"


@pytest.mark.parametrize("packed", [False, True])
def test_the_pages_of_a_pdf_are_counted_before_anything_is_paid_for(packed):
    assert pages_of(pdf([["x"]] * 300, packed=packed)) == 300


def test_pages_that_can_not_be_counted_are_unknown():
    assert pages_of(b"%PDF-1.7 nothing") is None
    assert pages_of(b"%PDF-1.7 /Type /ObjStm >> stream\n garbage") is None


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_with_a_password_is_known_by_its_trailer(packed):
    whole = pdf([["x"]], packed=packed)
    assert kind_of("a.pdf", "", whole) == "scan"
    assert kind_of("a.pdf", "", files.locked_pdf(whole)) == "locked"
