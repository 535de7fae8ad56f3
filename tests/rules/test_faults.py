"""Every fault names its line, its column, and what to write instead."""

from __future__ import annotations

import pytest

from handlers.domain.errors import RulesError
from handlers.domain.rules import load
from handlers.domain.rules.source import MAX_CHARS, decode
from tests.rules.sample import GOOD, broken, faults

ROWS = [
    # syntax
    ("  name: Fig Studio", "\t»name: Fig Studio".replace("\t»", "»\t"), "spaces, not with tabs"),
    ("name: Fig Studio", 'name: »"Fig Studio', "never closed"),
    ("name: Fig Studio", "name: Fig»: Studio", "colon in quotes"),
    ("aliases: [back rub, rub]", "aliases: »[back rub, rub", "closing ]"),
    ("reminders: {default: [24h]}", "reminders: »{default: [24h]", "closing }"),
    ("  country: PT", "   country»: PT", "indentation"),
    ('"@family.example"', "»@family.example", "in quotes"),
    ("name: Fig Studio", "name: »&n Fig Studio", "anchors"),
    ("name: Fig Studio", "name: »*n", "anchors"),
    ("name: Fig Studio", "name: »!!python/name:os.system x", "tags"),
    ("quiet_hours:", "»---\nquiet_hours:", "second document"),
    ("name: Fig Studio", "name: Fig»\x00 Studio", "control character"),
    ("name: Fig Studio", "name: Caf»\N{REPLACEMENT CHARACTER}", "save the file as UTF-8"),
    ("name: Fig Studio", 'name: "Fig »\\q"', "single quotes"),
    # keys
    ("  country: PT", "  country: PT\n  »country: ES", "here twice (first on line 6)"),
    ("hours: {fri-sun:", "»name: Tomas\n    hours: {fri-sun:", "here twice"),
    ("  timezone: Europe/Lisbon", "  »timezon: Europe/Lisbon", 'did you mean "timezone"?'),
    ("    minutes: 60", "    »minuts: 60", 'did you mean "minutes"?'),
    ("quiet_hours:", "»colour: red\nquiet_hours:", "unknown key"),
    ("  inbox: rita@fig.example\n", "", '"inbox" is missing'),
    ("    resources: [rita, tom]\n", "", '"resources" is missing'),
    ("version: 1", "version: »2", "write one of: 1"),
    ("version: 1", 'version: "»1"'.replace('"»1"', '»"1"'), "1"),
    ("  supper:", "  »Supper Club:", "small letters"),
    ("{slack: U0TOM, name: Tom}", "»just Tom", "write a person"),
    # ambiguous scalars
    ('starts: ["12:00", "17:30"]', 'starts: [»12:00, "17:30"]', 'write "12:00" in quotes'),
    ("country: PT", "country: »NO", 'write "NO"'),
    ("name: Massage", "name: »on", 'write "on"'),
    ("name: Massage", "name: »7", "number"),
    ("minutes: 60", 'minutes: »"60"', "60 without quotes"),
    ("minutes: 60", "minutes: »1h", "whole number"),
    ("minutes: 60", "minutes: »0", "from 1 to 1440"),
    ("minutes: 60", "minutes: »" + "9" * 400, "whole number"),
    ('desk: "#studio"', "desk:» #studio", "starts a comment"),
    ("step: 15m", "step: »15", "15 has no unit; write 15m"),
    ("step: 15m", "step: »1:30", "15m, 2h or 60d"),
    ("step: 15m", "step: »quarter", "15m, 2h or 60d"),
    ("horizon: 60d", "horizon: »9999d", "out of range"),
    # single fields
    ("timezone: Europe/Lisbon", "timezone: »Lisbon", 'did you mean "Europe/Lisbon"?'),
    ("timezone: Europe/Lisbon", "timezone: »../etc/passwd", "not a time zone"),
    ("country: PT", "country: »pt", 'did you mean "PT"?'),
    ("country: PT", "country: »Portugal", "country code"),
    ("currency: EUR", "currency: »EURO", "currency code"),
    ("inbox: rita@fig.example", "inbox: »rita", "mail address"),
    ("calendar: rita@fig.example", "calendar: »rita", "calendar id"),
    ("slack: U0TOM", "slack: »tom", "Slack member id"),
    ("slack: U0TOM", "slack: »U0RITA", "Rita already"),
    ("role: owner", "role: »boss", "write one of: owner, staff"),
    ('"@family.example"', '»"@family"', "not a sender"),
    ("direct: [vip@partner.example", "direct: [»vip", "not a sender"),
    ("waitlist: wait@fig.example", "waitlist: »hello@fig.example", "mail.requests already"),
    ("requests: hello@fig.example", "requests: »rita@fig.example", "business.inbox already"),
    ("rank: [preference, earliest]", "rank: [preference, »earlest]", 'did you mean "earliest"?'),
    ("rank: [preference, earliest]", "rank: [earliest, »earliest]", "here twice"),
    ("order: [joined]", "order: »joined", "write a list"),
    # hours
    ("  sat: [", "  »fri-sat: [", 'fri is named already in "tue-fri"'),
    ("  sat: [", "  »saturday: [", 'did you mean "sat"?'),
    ("  sat: [", "  »sat-xyz: [", "not a day"),
    ('sat: ["10:00-16:00"]', 'sat: »"10:00-16:00"', "list of ranges"),
    ('sat: ["10:00-16:00"]', "sat: »closed", "[] means closed"),
    ('sat: ["10:00-16:00"]', 'sat: [»"16:00-10:00"]', 'the earlier time first: "10:00-16:00"'),
    ('sat: ["10:00-16:00"]', 'sat: [»"10:00-10:00"]', "same time"),
    ('sat: ["10:00-16:00"]', 'sat: [»"10:00-25:00"]', "time in quotes"),
    ('sat: ["10:00-16:00"]', 'sat: [»"10-16"]', "time in quotes"),
    ('"15:00-19:00"]\n  sat', '»"13:00-19:00"]\n  sat', 'overlaps "10:00-14:00"'),
    ("hours: {fri-sun:", 'hours: {mon: ["01:00-05:00"], »fri-sun:', "they overlap"),
    ('breaks: ["12:00-12:30"]', 'breaks: »["08:00-09:00"]', "outside the working hours"),
    ('quiet_hours: "21:00-08:00"', "quiet_hours: »late", "range of times"),
    ('morning: "09:00-12:00"', 'morning: »"12:00-09:00"', "earlier time first"),
    # dates
    ("date: 2026-12-25", "date: »2026-02-30", "not in the calendar"),
    ("date: 2026-12-25", "date: »25.12.2026", "2026-12-25"),
    ("to: 2027-01-05", "to: »2027-01-01", "ends before it starts"),
    (
        "{date: 2026-12-25, reason",
        "»{date: 2026-12-25, to: 2026-12-26, reason",
        "either date, or from and to",
    ),
    ("{date: 2026-12-25, reason: Christmas}", "»{reason: Christmas}", "either date, or from and to"),
    (
        "- {date: 2026-11-28, hours: []}",
        "- {date: 2026-11-28, hours: []}\n      - {date: »2026-11-28, hours: []}",
        "override already",
    ),
    # what belongs together
    ("resources: [rita, tom]", "resources: [rita, »tim]", 'did you mean "tom"?'),
    ("needs: [table]", "needs: [»room]", "no resource"),
    ("needs: [table]", "needs: [[table, »chair]]", "no resource"),
    ("needs: [table]", "needs: [table, »table]", "twice"),
    ("resources: [table]", "resources: [table]\n    needs: [»table]", "used by this service already"),
    ("resources: [table]", "resources: »[]", "at least one"),
    ("party: {min: 2, max: 4}", "party: »{min: 5, max: 4}", "min 5 is more than max 4"),
    ("party: {min: 2, max: 4}", "party: {min: 2, max: »5}", "no resource here takes a party of 5"),
    ("seats: 4", "seats: 4\n    »capacity: 9", "not both"),
    ('"17:30"]', '»"23:00"]', "never fits"),
    ('starts: ["12:00", "17:30"]', 'starts: ["12:00", »"12:00"]', "here twice"),
    ("    name: Supper", "    name: Supper\n    aliases: [»Back  Rub]", "leads to massage already"),
    ("min_notice: 2h", "min_notice: »90d", "nothing could be booked"),
    ("step: 15m", "step: »90s", "whole minutes"),
    # voice
    ('"Booked: {service} at {time}."', '»"Booked: {servce}."', 'did you mean "service"?'),
    ('"Booked: {service} at {time}."', '»"Booked: {window}."', "not known in confirmation"),
    ('"Booked: {service} at {time}."', '»"Booked: {service.__class__}."', "not known"),
    ('"Booked: {service} at {time}."', '»"Booked: {service"', "brace stands alone"),
    ('text: "{service} at {time}? {link}"', 'text: »"{slots}"', "not known in offer"),
    ('    text: "{service}', '    »sms: "{service}', "text, email"),
    ("  confirmation:", "  »confirmaton:", 'did you mean "confirmation"?'),
]


@pytest.mark.parametrize(("old", "new", "says"), ROWS, ids=[row[1].strip()[:60] for row in ROWS])
def test_a_fault_names_its_place_and_what_to_write(old, new, says):
    text, places = broken(old, new)
    found = faults(text)
    assert found, "nothing was found wrong"
    wanted = places or [(f.line, f.column) for f in found]
    assert [(f.line, f.column) for f in found] == wanted, [str(f) for f in found]
    assert says in found[0].message


def test_the_sample_itself_is_valid():
    assert load(GOOD).business.name == "Fig Studio"


def test_every_fault_is_reported_at_once_in_the_order_of_the_file():
    text = GOOD.replace("country: PT", "country: pt").replace("minutes: 60", "minuts: 60")
    text = text.replace("[rita, tom]", "[rita, tim]").replace('"21:00-08:00"', "21")
    found = faults(text)
    lines = [f.line for f in found]
    assert lines == sorted(lines)
    assert {6, 41, 43, 61} == set(lines)
    assert len(found) == 4


def test_a_missing_key_is_reported_where_its_group_stands():
    (fault,) = faults(GOOD.replace("  inbox: rita@fig.example\n", ""))
    assert (fault.line, fault.column) == (2, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "~"])
def test_an_empty_file_says_how_to_begin(text):
    (fault,) = faults(text)
    assert "version: 1" in fault.message


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words", "7"])
def test_a_file_that_is_no_mapping_says_so(text):
    (fault,) = faults(text)
    assert "keys and values" in fault.message


def test_bytes_that_are_not_utf8_have_a_place():
    with pytest.raises(RulesError) as caught:
        decode(b"version: 1\nbusiness: {name: Caf\xe9}\n")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (2, 21)
    assert "UTF-8" in fault.message


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    assert load(decode(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())).zone.name == "Europe/Lisbon"


def test_a_file_just_too_large_is_refused():
    assert "too large" in faults(GOOD + "#" * MAX_CHARS)[0].message


def test_one_broken_value_does_not_make_others_look_wrong():
    text = GOOD.replace('"10:00-14:00"', '"10:00-9"')
    assert len(faults(text)) == 1
    assert len(faults(GOOD.replace("    seats: 4", "    seats: four"))) <= 2
