"""Joining the waitlist on the page: what is asked, what is refused and why, and what happens next."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers.domain.links import Action
from handlers.domain.waitlist import EntryState
from tests.bookings.world import RULES
from tests.site.conftest import Browser
from tests.waitlist.waiting import Waiting, join

PHONE = "+351912345678"
FORM = {
    "service": "cut",
    "earliest": "2026-05-05",
    "latest": "2026-05-09",
    "name": "Bea Cruz",
    "contact": "912 345 678",
    "staff": "rui",
}


@pytest.fixture
def world():
    return Waiting()


@pytest.fixture
def browser(world):
    return Browser(world)


def waiting(world):
    return world.desk.entries.waiting()


def test_the_form_is_filled_in_and_answered_with_what_happens_next(world, browser):
    shown = browser.get("/forms/waitlist")
    assert shown.status == 200
    assert "script" not in shown.body
    page = browser.post("/forms/waitlist", FORM)
    assert page.status == 200
    assert (
        "When a time for Haircut with Rui opens up between Tue 5 May and Sat 9 May, we text +351 912 345 678 . "
        "You then have 10 minutes to take it"
    ) in page.text
    (entry,) = waiting(world)
    assert (entry.phone, entry.resource, entry.source, entry.name) == (PHONE, "rui", "web", "Bea Cruz")
    assert (entry.earliest, entry.latest) == (date(2026, 5, 5), date(2026, 5, 9))


def test_who_joins_can_leave_again_from_that_page(world, browser):
    page = browser.post("/forms/waitlist", FORM)
    leave = next(action for action, _, button in page.forms() if button == "Take me off the list")
    left = browser.follow(browser.post(leave))
    assert "You're off the waitlist" in left.text
    assert waiting(world) == ()
    again = browser.get(left.links()["Join again"])
    assert '<option value="cut" selected>' in again.body


def test_every_mistake_is_named_beside_its_field_at_once_and_nothing_typed_is_lost(world, browser):
    wrong = {
        "service": "piercing",
        "earliest": "2020-01-01",
        "latest": "next week",
        "name": "",
        "contact": "bea(at)mail",
        "party": "many",
        "staff": "nobody",
        "notes": "<b>soft</b>",
    }
    page = browser.post("/forms/waitlist", wrong)
    assert page.status == 422
    assert re.findall(r'<a href="#(\w+)"', page.body.partition("</ul>")[0]) == [
        *("service", "earliest", "latest", "staff", "party", "name", "contact")
    ]
    for field in wrong.keys() - {"notes"}:
        assert f'id="{field}-fault"' in page.body, field
    assert "&lt;b&gt;soft&lt;/b&gt;" in page.body
    assert 'value="bea(at)mail"' in page.body
    assert waiting(world) == ()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"earliest": "2026-05-09", "latest": "2026-05-05"}, "latest", "Please swap them"),
        ({"latest": "2026-05-03", "earliest": ""}, "latest", "has passed"),
        ({"latest": "2027-05-03"}, "latest", "up to 3 July"),
        ({"earliest": "2026-05-10", "latest": "2026-05-10"}, "latest", "We aren't open on that day"),
        ({"service": "wedding"}, "staff", "Rui doesn't do this"),
        ({"service": "class", "staff": "", "party": "5"}, "party", "Yoga is for 1 to 4"),
        ({"contact": "+351 210 000 000"}, "contact", "Texts don't reach that kind of number"),
        ({"contact": ""}, "contact", "so that we can tell you"),
        ({"name": "x" * 81}, "name", "under 80"),
    ],
)
def test_what_cannot_be_waited_for_is_explained(world, browser, wrong, field, said):
    answer = browser.post("/forms/waitlist", {**FORM, **wrong}, as_json=True)
    assert answer.status == 422
    assert list(answer.json["errors"]) == [field]
    assert said in answer.json["errors"][field]
    assert waiting(world) == ()


def test_a_day_somebody_is_away_is_told_from_a_day_we_are_closed(world, browser):
    world.desk.rules.update(
        RULES.replace(
            "calendar: rui@quay.example}",
            'calendar: rui@quay.example, overrides: [{date: "2026-05-06", hours: []}]}',
        ),
        "owner",
    )
    one_day = {**FORM, "earliest": "2026-05-06", "latest": "2026-05-06"}
    refused = browser.post("/forms/waitlist", one_day, as_json=True)
    assert "Rui isn't in on that day. Please choose others, or anyone." in refused.json["errors"]["latest"]
    assert browser.post("/forms/waitlist", {**one_day, "staff": ""}, as_json=True).status == 201


def test_programs_get_json_and_joining_again_changes_the_entry(world, browser):
    first = browser.post("/forms/waitlist", FORM, as_json=True)
    (entry,) = waiting(world)
    assert (first.status, first.json) == (201, {"state": "waiting", "entry": entry.id, "new": True})
    again = browser.post("/forms/waitlist", {**FORM, "latest": "2026-05-20"}, as_json=True)
    assert (again.status, again.json) == (200, {"state": "waiting", "entry": entry.id, "new": False})
    assert [e.latest for e in waiting(world)] == [date(2026, 5, 20)]
    assert browser.get("/forms/waitlist", accept="application/json").json["fields"][:2] == [
        "service",
        "earliest",
    ]


def test_a_stranger_who_writes_somebodys_address_learns_nothing_and_cannot_take_them_off(world, browser):
    known = join(world, "Bea Cruz", "cut", phone=PHONE)
    page = browser.post("/forms/waitlist", {**FORM, "contact": "bea@mail.example"})
    assert "You were on the list for this already" in page.text
    assert "the mobile number we have for you" in page.text
    assert "678" not in page.body
    assert page.forms() == []
    assert world.desk.entries.get(known.id).on_the_list


def test_a_number_that_wants_no_texts_is_told_that_we_cannot_reach_it(world, browser):
    world.desk.customers.silence(PHONE, "text")
    page = browser.post("/forms/waitlist", FORM)
    assert "You asked us to send nothing more to +351 912 345 678, so we can't tell you" in page.text
    other = browser.get(page.links()["Join with another number or mail address"])
    assert 'value="2026-05-09"' in other.body
    assert len(waiting(world)) == 1


def test_dates_left_out_are_today_and_as_far_as_we_book(world, browser):
    browser.post("/forms/waitlist", {**FORM, "earliest": "", "latest": ""})
    (entry,) = waiting(world)
    assert (entry.earliest, entry.latest) == (date(2026, 5, 4), date(2026, 7, 3))


def test_the_trap_catches_programs_and_one_address_cannot_flood_the_list(world, browser):
    assert browser.post("/forms/waitlist", {**FORM, "leave_empty": "buy pills"}).status == 422
    answers = [browser.post("/forms/waitlist", {}, as_json=True).status for _ in range(13)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert browser.post("/forms/book", {}).status == 429  # one bucket for all forms
    assert waiting(world) == ()


def test_a_link_prefills_the_form_and_forgets_days_that_have_passed(browser):
    page = browser.get("/forms/waitlist?service=cut&earliest=2026-05-01&latest=2026-05-09&staff=ana&name=Bea")
    assert '<option value="cut" selected>' in page.body
    assert '<option value="ana" selected>' in page.body
    assert (
        'id="latest" name="latest" type="date" min="2026-05-04" max="2026-07-03" value="2026-05-09"'
        in page.body
    )
    assert "2026-05-01" not in page.body
    assert browser.get("/forms/waitlist?wish=made-up&earliest=soon").status == 200


# --- where it leads from ---------------------------------------------------------------------------------------


BOOK = {
    "service": "cut",
    "date": "2026-05-06",
    "name": "Bea Cruz",
    "contact": "bea@mail.example",
    "staff": "rui",
}


def prefilled(page):
    return all(
        part in page.body
        for part in (
            '<option value="cut" selected>',
            '<option value="rui" selected>',
            'value="Bea Cruz"',
            'value="bea@mail.example"',
            'value="2026-05-06"',
        )
    )


def test_nothing_free_leads_to_the_waitlist_with_everything_filled_in(world, browser):
    world.calendar.busy["rui@quay.example"] = [(0, 2**40)]
    page = browser.post("/forms/book", BOOK)
    link = page.links()["Join the waitlist"]
    assert "bea" not in link.lower()  # no contact in an address
    assert prefilled(browser.get(link))


def test_times_that_do_not_suit_lead_to_the_waitlist(browser):
    page = browser.post("/forms/book", BOOK)
    assert "None of these suit?" in page.text
    assert prefilled(browser.get(page.links()["Join the waitlist"]))


def test_offered_times_that_ran_out_lead_to_the_waitlist(world, browser):
    page = browser.post("/forms/book", BOOK)
    world.calendar.busy |= {f"{who}@quay.example": [(0, 2**40)] for who in ("rui", "ana")}
    world.clock.at += 3600
    late = browser.get(page.forms()[0][0])
    assert "Nothing is free just now" in late.text
    assert prefilled(browser.get(late.links()["Join the waitlist"]))


def test_a_link_that_ran_out_leads_to_the_waitlist(world, browser):
    booking = world.book()
    url = world.desk.links.url(Action.CANCEL, booking.id, booking.slot.end)
    world.clock.at = booking.slot.end + 1
    assert browser.get(url).links()["Join the waitlist"] == "/forms/waitlist"


# --- an earlier time -------------------------------------------------------------------------------------------


@pytest.fixture
def booking(world):
    made = world.book(day=4, customer=world.customer("Bea Cruz", phone=PHONE, email="bea@mail.example"))
    world.settle()
    return made


def view(world, booking):
    return world.desk.links.url(Action.VIEW, booking.id, booking.slot.end)


def test_an_earlier_time_is_asked_for_from_the_bookings_page(world, browser, booking):
    page = browser.get(browser.get(view(world, booking)).links()["Want an earlier time?"])
    assert "Fri 8 May, 2:00 pm" in page.text
    assert 'name="contact"' not in page.body
    assert 'value="2026-05-04"' in page.body
    assert 'value="2026-05-08"' in page.body
    assert waiting(world) == ()

    place = browser.follow(
        browser.post(page.forms()[0][0], {"earliest": "2026-05-05", "latest": "2026-05-08"})
    )

    assert "opens up between Tue 5 May and Fri 8 May, we text your number ending in 678" in place.text
    assert "Your booking on Fri 8 May, 2:00 pm stays yours" in place.text
    (entry,) = waiting(world)
    assert (entry.replaces, entry.before, entry.customer) == (
        booking.id,
        booking.slot.start,
        booking.customer,
    )
    assert "You're on the waitlist for an earlier time" in browser.get(view(world, booking)).text


def test_the_confirmation_mail_asks_too(world, browser, booking):
    (mail,) = [m for m in world.mail.sent if "Booked" in m.subject]
    link = mail.text.partition("Want an earlier time?: ")[2].split()[0]
    assert "Want an earlier time?" in browser.get(link).text


def test_asking_twice_is_one_place(world, browser, booking):
    url = world.desk.links.url(Action.EARLIER, booking.id, booking.slot.end)
    browser.post(url)
    assert "You're on the waitlist" in browser.post(url).text
    (entry,) = waiting(world)
    world.desk.entries.remove(entry.id, "customer")
    assert "You're booked" in browser.post(url).text  # spent: their booking's page has a fresh link
    assert waiting(world) == ()


def test_nobody_waits_for_an_earlier_time_past_their_booking(world, browser, booking):
    url = world.desk.links.url(Action.EARLIER, booking.id, booking.slot.end)
    page = browser.post(url, {"latest": "2026-05-09", "earliest": "2026-05-05"})
    assert page.status == 422
    assert "Your booking is before that. Please choose a day up to 8 May." in page.text
    answer = browser.post(url, {"latest": "2026-05-07", "earliest": "2026-05-05"}, as_json=True)
    assert answer.status == 201
    assert answer.json["state"] == "waiting"


def test_there_is_no_earlier_time_than_a_booking_about_to_begin_or_cancelled(world, browser, booking):
    url = world.desk.links.url(Action.EARLIER, booking.id, booking.slot.end)
    world.clock.at = booking.slot.start - 25 * 60
    for page in (browser.get(view(world, booking)), browser.get(url), browser.follow(browser.post(url))):
        assert "You're booked" in page.text
        assert "earlier" not in page.text
    world.desk.bookings.cancel(booking.id, "customer", force=True)
    assert "Cancelled" in browser.get(url).text
    assert waiting(world) == ()


# --- their place -----------------------------------------------------------------------------------------------


def test_a_place_can_be_changed_paused_and_left_by_the_links_of_the_message(world, browser):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.settle()
    ((_, text),) = world.texts.sent
    place = browser.get(browser.get(text.split()[-1]).headers["location"])
    save, *_ = [action for action, _, button in place.forms() if button == "Save"]
    days = {"earliest": "2026-05-06", "latest": "2026-05-07", "staff": "ana"}
    browser.follow(browser.post(save, days))
    changed = world.desk.entries.get(entry.id)
    assert (changed.earliest, changed.latest, changed.resource) == (date(2026, 5, 6), date(2026, 5, 7), "ana")
    wrong = browser.post(place.forms()[0][0], {"earliest": "2026-05-07", "latest": "2026-05-06"})
    assert wrong.status == 422
    assert "Please swap them" in wrong.text

    pause = world.desk.links.url(Action.PAUSE, entry.id, world.clock.at + 86_400)
    assert "Stop offering you times?" in browser.get(pause).text
    assert world.desk.entries.get(entry.id).state is EntryState.WAITING
    paused = browser.follow(browser.post(pause))
    assert "We've stopped offering you times" in paused.text
    resume = next(action for action, _, button in paused.forms() if button == "Offer me times again")
    assert "You're on the waitlist" in browser.follow(browser.post(resume)).text
    assert "You're on the waitlist" in browser.post(pause).text  # spent: its page has links for another time
    assert world.desk.entries.get(entry.id).state is EntryState.WAITING


@pytest.mark.parametrize(
    ("action", "state"), [(Action.PAUSE, "PAUSED"), (Action.LEAVE, "REMOVED"), (Action.RESUME, "WAITING")]
)
def test_programs_are_answered_about_a_place_in_json(world, browser, action, state):
    entry = join(world, "Bea Cruz", "cut")
    url = world.desk.links.url(action, entry.id, world.clock.at + 86_400)
    assert browser.get(url, accept="application/json").json["state"] == "WAITING"
    assert browser.post(url, as_json=True).json["state"] == state
    assert browser.post(url, as_json=True).json["state"] == state
    assert world.desk.entries.get(entry.id).state == state


def test_leaving_is_asked_once_and_a_second_tap_finds_it_done(world, browser):
    entry = join(world, "Bea Cruz", "cut")
    url = world.desk.links.url(Action.LEAVE, entry.id, world.clock.at + 86_400)
    asked = browser.get(url)
    assert "You lose your place" in asked.text
    assert "You're on the waitlist" in browser.get(asked.links()["No, keep my place"]).text
    for _ in range(2):
        assert "You're off the waitlist" in browser.follow(browser.post(url)).text
    assert "You're off the waitlist" in browser.get(url).text
