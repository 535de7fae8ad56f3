"""An offered time, tapped early, twice, late, from two phones at once, or let go: every tap ends well."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from handlers.domain.links import Action
from handlers.domain.waitlist import EntryState, OfferState, OpeningState
from tests.bookings.world import HOUR, STAFF
from tests.site.conftest import Browser
from tests.waitlist.waiting import WINDOW, Waiting, join

PHONE = "+351912345678"


@pytest.fixture
def world():
    return Waiting()


@pytest.fixture
def browser(world):
    return Browser(world)


@pytest.fixture
def links(world, browser):
    """The claim and decline addresses of the text that Bea got; Cid waits behind her."""
    join(world, "Bea Cruz", "cut", phone=PHONE)
    world.clock.at += 60
    join(world, "Cid", "cut")
    world.cancelled()
    text = next(said for said in world.said_to(PHONE) if "opened up" in said)
    short = re.findall(r"https://quay\.example/t/\w+", text)
    return [browser.get(url).headers["location"] for url in short]


def button(page, said):
    return next(action for action, _, text in page.forms() if text == said)


def bookings(world):
    return world.desk.bookings.find("Bea Cruz")


def test_looking_changes_nothing_and_one_tap_takes_the_time(world, browser, links):
    claim, decline = links
    for url in (claim, decline, claim):
        page = browser.get(url)
    assert world.offered() == [("Bea Cruz", "LIVE")]
    assert "Tue 5 May, 2:00 pm" in page.text
    assert "Haircut with Rui" in page.text
    assert "Yours until 9:11 am (10 minutes left)" in page.text
    assert [text for _, _, text in page.forms()] == [
        "Take this time",
        "Can't make it",
        "Stop offering me times",
        "Take me off the list",
    ]

    booked = browser.follow(browser.post(page.forms()[0][0]))

    assert "You're booked" in booked.text
    (booking,) = bookings(world)
    assert world.holders(booking.slot) == [booking.id]


def test_the_countdown_is_true_when_it_is_read(world, browser, links):
    world.clock.at += 8 * 60 + 30
    assert "Yours until 9:11 am (1 minute left)" in browser.get(links[0]).text


def test_a_second_tap_shows_their_booking(world, browser, links):
    claim, _ = links
    held = browser.get(claim)
    browser.post(claim)
    for page in (browser.get(claim), browser.follow(browser.post(claim))):
        assert "You're booked" in page.text
    for said in ("Can't make it", "Stop offering me times"):  # an old tab
        browser.post(button(held, said))
    assert "You're booked" in browser.get(links[1]).text
    assert len(bookings(world)) == 1


def test_two_taps_at_once_end_well(world, browser, links):
    view = world.live()
    other = world.desk.links.url(Action.CLAIM, view.ref, view.slot.end)

    def tap(url):
        with asyncio.Runner() as runner:
            asyncio.set_event_loop(runner.get_loop())  # each phone is a request of its own
            return Browser(world).post(url)

    with ThreadPoolExecutor(4) as taps:
        pages = list(taps.map(tap, [links[0], other, links[0], other]))
    assert {p.status for p in pages} == {303}
    assert all("You're booked" in browser.follow(p).text for p in pages)
    assert len(bookings(world)) == 1


def test_declined_goes_to_the_next_person_at_once_and_they_are_thanked(world, browser, links):
    page = browser.get(links[1])
    assert "Can't make it?" in page.text
    thanks = browser.follow(browser.post(page.forms()[0][0]))
    assert "Thanks for telling us" in thanks.text
    assert "You're still on the waitlist for the next one." in thanks.text
    world.settle()
    assert world.offered() == [("Bea Cruz", "DECLINED"), ("Cid", "LIVE")]
    assert "Thanks for telling us" in browser.get(links[0]).text
    assert "Thanks for telling us" in browser.follow(browser.post(links[1])).text
    assert "Thanks for telling us" in browser.post(links[0]).text
    assert bookings(world) == ()


def test_a_time_that_rolled_on_is_gone_calmly(world, browser, links):
    world.pass_time(WINDOW + 60)
    assert world.offered() == [("Bea Cruz", "TIMED_OUT"), ("Cid", "LIVE")]
    for page in (
        browser.get(links[0]),
        browser.post(links[0]),
        browser.get(links[1]),
        browser.follow(browser.post(links[1])),
    ):
        assert page.status == 200
        assert "Sorry, this time was just taken You're still on the waitlist for the next one." in page.text
    assert "error" not in page.text.lower()
    assert world.offered()[1] == ("Cid", "LIVE")


def test_the_instant_the_window_ends_the_link_is_dead(world, browser, links):
    world.clock.at = world.live().ends
    assert "Sorry, this time was just taken" in browser.post(links[0]).text
    assert bookings(world) == ()


def test_a_time_that_staff_filled_is_gone_calmly(world, browser, links):
    world.book(
        customer=world.customer("Walk-in", email="w@mail.example"), source="staff", by=STAFF, approved=True
    )
    world.settle()
    assert world.offered() == [("Bea Cruz", "WITHDRAWN")]
    assert "Sorry, this time was just taken You're still on the waitlist" in browser.get(links[0]).text
    assert "Sorry, this time was just taken" in browser.post(links[0]).text


def test_when_nobody_took_it_they_are_shown_whether_it_is_still_free(world, browser, links):
    world.pass_time(2 * WINDOW + 120)
    assert world.opening().opening.state is OpeningState.HANDED_BACK
    page = browser.get(links[0])
    assert "This offer has run out Tue 5 May, 2:00 pm was yours until 9:11 am." in page.text
    form = browser.get(page.links()["See if it's still free"])
    assert 'value="2026-05-05"' in form.body


def test_a_link_opened_weeks_later_is_still_calm(world, browser, links):
    world.pass_time(20 * 86_400)
    for url in links:
        page = browser.get(url)
        assert page.status == 200
        assert "Sorry, this time was just taken" in page.text


def test_who_stops_or_leaves_from_the_offer_lets_go_of_it_too(world, browser, links):
    stopped = browser.follow(browser.post(button(browser.get(links[0]), "Stop offering me times")))
    assert "We've stopped offering you times" in stopped.text
    world.settle()
    assert world.offered() == [("Bea Cruz", "DECLINED"), ("Cid", "LIVE")]
    assert "we send you no more times, as you asked" in browser.get(links[0]).text

    left = browser.follow(browser.post(button(stopped, "Take me off the list")))
    assert "You're off the waitlist" in left.text
    gone = browser.get(links[0])
    assert "You're not on the waitlist any more." in gone.text
    assert "Join again" in gone.links()


def test_their_place_leads_to_the_time_they_hold(world, browser, links):
    (entry,) = [e for e in world.desk.entries.waiting() if e.phone == PHONE]
    place = browser.get(world.desk.links.url(Action.WAIT, entry.id, world.clock.at + HOUR))
    assert "A time is held for you right now." in place.text
    claim = browser.get(place.links()["See it and take it"])
    assert "You're booked" in browser.follow(browser.post(claim.forms()[0][0])).text
    got = browser.get(world.desk.links.url(Action.WAIT, entry.id, world.clock.at + HOUR))
    assert "You're booked" in got.text


def test_an_earlier_time_moves_the_booking_they_have(world, browser):
    booking = world.book(day=4, customer=world.customer("Bea Cruz", phone=PHONE, email="bea@mail.example"))
    join(world, "Bea Cruz", "cut", phone=PHONE, replaces=booking)
    world.cancelled()
    offer = world.live()
    claim = world.desk.links.url(Action.CLAIM, offer.ref, offer.slot.end)
    assert "It takes the place of your booking on Fri 8 May, 2:00 pm" in browser.get(claim).text

    moved = browser.follow(browser.post(claim))

    assert "Tue 5 May, 2:00 pm" in moved.text
    (only,) = bookings(world)
    assert (only.id, only.slot) == (booking.id, offer.slot)
    assert world.holders(booking.slot) == []


def test_programs_claim_and_decline_in_json(world, browser, links):
    claim, decline = links
    seen = browser.get(claim, accept="application/json").json
    assert (seen["open"], seen["state"], seen["start"]) == (True, "LIVE", "2026-05-05T14:00:00+01:00")
    assert seen["until"] == "2026-05-04T09:11:00+01:00"
    no = browser.post(decline, as_json=True)
    assert (no.status, no.json["state"], no.json["waiting"]) == (200, "DECLINED", True)
    late = browser.post(claim, as_json=True)
    assert (late.status, late.json["open"]) == (409, False)
    world.settle()
    view = world.desk.offers.look(world.live().ref)
    other = world.desk.links.url(Action.CLAIM, view.offer.ref, view.offer.slot.end)
    made = browser.post(other, as_json=True)
    assert (made.status, made.json["state"]) == (200, "CONFIRMED")
    assert browser.post(other, as_json=True).json == made.json
    assert view.entry.state is EntryState.WAITING
    assert world.desk.offers.look(view.offer.ref).offer.state is OfferState.CLAIMED


def test_a_link_to_an_offer_that_never_was_is_no_error(world, browser):
    for action in (Action.CLAIM, Action.DECLINE, Action.WAIT, Action.PAUSE, Action.EARLIER):
        page = browser.get(world.desk.links.url(action, "nothing.1", world.clock.at + HOUR))
        assert page.status == 404
        assert "any more. Please write to us." in page.text
