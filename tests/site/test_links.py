from __future__ import annotations

import re

import pytest

from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.links import Action
from handlers.domain.request import RequestState
from handlers.ports import Query
from tests.intake.conftest import RULES, SURE, ZONE

FORM = {
    "service": "massage",
    "date": "2026-05-05",
    "time": "morning",
    "name": "Ana Lim",
    "contact": "ana@mail.example",
}


@pytest.fixture
def proposal_links(world):
    """The links of a proposal mail, one a slot."""
    world.reader.reading = SURE
    world.desk.intake.receive_mail(world.mail("A massage on Tuesday please"))
    world.settle()
    (mail,) = world.mailer.sent
    links = dict.fromkeys(re.findall(r"https://fig\.example(/l/[\w.\-]+)", mail.text))
    return [path for path in links if "slot" in world.desk.links.open(path.removeprefix("/l/")).data]


@pytest.fixture
def booking(world, browser):
    page = browser.post("/forms/book", FORM)
    action, fields, _ = page.forms()[0]
    browser.post(action, fields)
    (made,) = world.desk.bookings.find("Ana Lim")
    return made


def link(world, action, booking):
    return world.desk.links.url(action, booking.id, booking.slot.end)


def snapshot(world):
    return {s: world.desk.bookings.day(ZONE.date(world.clock.at + d * 86_400)) for d in range(3) for s in [d]}


def test_looking_at_a_link_changes_nothing_and_the_button_books(world, browser, proposal_links):
    before = world.outbox(), snapshot(world)
    for _ in range(3):
        page = browser.get(proposal_links[0])
        assert "Yes, book it" in page.text
    assert (world.outbox(), snapshot(world)) == ([], before[1])
    action, fields, _ = page.forms()[0]
    assert "You're booked" in browser.follow(browser.post(action, fields)).text


def test_a_second_pick_shows_the_booking_that_stands(world, browser, proposal_links):
    browser.post(proposal_links[0])
    assert "You're booked" in browser.follow(browser.post(proposal_links[0])).text
    assert "already picked" in browser.get(proposal_links[1]).text
    browser.post(proposal_links[1])
    assert len(world.desk.bookings.find("Ana Lim")) == 1


def test_a_slot_taken_meanwhile_shows_others_that_can_be_booked(world, browser, proposal_links):
    proposal = world.desk.slots.proposal(world.desk.links.open(proposal_links[0].removeprefix("/l/")).subject)
    stranger = world.desk.customers.resolve(name="Bo", email="bo@mail.example")
    world.desk.bookings.take(slot=proposal.slots[0], customer=stranger, source="staff", by="U0RITA")
    page = browser.post(proposal_links[0])
    assert "just been taken" in page.text
    action, fields, _ = page.forms()[0]
    assert "You're booked" in browser.follow(browser.post(action, fields)).text


def test_an_expired_proposal_shows_fresh_times_at_once(world, browser, proposal_links):
    world.clock.at += 3 * 86_400
    page = browser.get(proposal_links[0])
    assert "run out" in page.text
    action, fields, _ = page.forms()[0]
    assert "You're booked" in browser.follow(browser.post(action, fields)).text


def test_one_wish_is_booked_once_however_many_of_its_links_are_used(world, browser, proposal_links):
    world.clock.at += 3 * 86_400
    pages = [browser.get(path) for path in proposal_links[:2]]
    for page, n in zip(pages, (0, 1), strict=True):
        action, fields, _ = page.forms()[n]
        assert "You're booked" in browser.follow(browser.post(action, fields)).text
    assert len(world.desk.bookings.find("Ana Lim")) == 1


def test_the_booking_page_offers_calendar_change_and_cancel(world, browser, booking):
    page = browser.get(link(world, Action.VIEW, booking))
    links = page.links()
    ics = browser.get(links["Add to my calendar"])
    assert ics.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in ics.body
    assert "Cancel this booking?" in browser.get(links["Cancel"]).text


def test_a_reschedule_swaps_the_time_once(world, browser, booking):
    url = link(world, Action.RESCHEDULE, booking)
    page = browser.get(url)
    action, fields, button = page.forms()[3]
    moved = browser.follow(browser.post(action, fields))
    assert button.split(" ")[0] in moved.text
    after = world.desk.bookings.get(booking.id)
    assert after.slot.start != booking.slot.start
    assert after.revision == booking.revision + 1
    again_action, again_fields, _ = page.forms()[0]
    browser.post(again_action, again_fields)
    assert world.desk.bookings.get(booking.id).slot == after.slot


def test_the_picker_looks_further_on_and_never_before_today(world, browser, booking):
    url = link(world, Action.RESCHEDULE, booking)
    later = browser.get(browser.get(url).links()["Later days →"])
    assert "Fri 8 May" in later.text or "Mon 11 May" in later.text
    assert browser.get(f"{url}?from=1999-01-01").status == 200


def test_a_made_up_slot_is_not_booked(world, browser, booking):
    url = link(world, Action.RESCHEDULE, booking)
    page = browser.post(url, {"slot": "made-up"})
    assert "no longer on offer" in page.text
    other = world.desk.signer.sign(
        "slot", {"p": "move:another", "slot": booking.slot.model_dump()}, world.clock.at + 600
    )
    assert "no longer on offer" in browser.post(url, {"slot": other}).text


def test_cancel_frees_the_slot(world, browser, booking):
    url = link(world, Action.CANCEL, booking)
    assert "Cancelled" in browser.follow(browser.post(url, {"reason": "flu"})).text
    assert world.desk.bookings.get(booking.id).state is State.CANCELLED
    assert "Cancelled" in browser.get(url).text
    outbox = world.desk.store.query(Query(keys.OUTBOX, index="gsi3", limit=1000)).items
    (freed,) = [item["data"] for item in outbox if item["kind"] == "slot.freed"]
    assert (freed["why"], freed["start"], freed["end"]) == ("cancelled", booking.slot.start, booking.slot.end)


def test_a_late_cancel_asks_staff_once(world, browser, booking):
    world.clock.at = booking.slot.start - 3600
    url = link(world, Action.CANCEL, booking)
    assert "Ask us to cancel?" in browser.get(url).text
    assert "passed it on" in browser.post(url).text
    browser.post(url)
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED
    (asked,) = [r for r in world.desk.intake.waiting() if r.state is RequestState.ESCALATED]
    assert asked.booking == booking.id


@pytest.mark.parametrize("token", ["", "x", "pAAAA", "zzz.zzz.zzz", "p" + "A" * 5000, "%00"])
def test_a_forged_or_cut_link_is_answered_calmly(browser, token):
    assert browser.get(f"/l/{token}").status == 404
    assert browser.post(f"/l/{token}").status == 404


def test_a_link_for_one_action_is_not_good_for_another(world, browser, booking):
    token = link(world, Action.VIEW, booking).rpartition("/l/")[2]
    assert browser.post(f"/l/x{token[1:]}").status == 404
    assert world.desk.bookings.get(booking.id).state is State.CONFIRMED


def test_a_link_that_has_run_out_says_so(world, browser, booking):
    url = link(world, Action.CANCEL, booking)
    world.clock.at = booking.slot.end + 1
    assert browser.get(url).status == 410


def test_a_short_link_leads_to_the_long_one(world, browser, booking):
    url = world.desk.links.short(link(world, Action.VIEW, booking), booking.slot.end)
    page = browser.get(url)
    assert page.status == 302
    assert "You're booked" in browser.get(page.headers["location"]).text
    assert browser.get("/t/nothing").status == 404


def test_an_unreadable_calendar_is_an_apology_not_an_error(world, browser, booking):
    url = link(world, Action.RESCHEDULE, booking)
    world.calendar.offline = True
    page = browser.get(url)
    assert page.status in {200, 503}
    assert "free" in page.text or "calendar" in page.text


def test_a_service_the_owner_dropped_meanwhile_is_no_error(world, browser, booking, proposal_links):
    world.desk.rules.update(
        RULES.replace("massage:", "reiki:").replace("name: Massage", "name: Reiki"), "owner"
    )
    assert "Your visit" in browser.get(link(world, Action.VIEW, booking)).text
    assert browser.get(proposal_links[0]).status in {200, 422}
    assert browser.post(proposal_links[0]).status in {303, 422}
    assert browser.get(link(world, Action.RESCHEDULE, booking)).status in {200, 422}


def test_an_error_of_ours_is_a_calm_page(world, browser):
    vars(world.desk)["limits"] = None
    page = browser.post("/forms/book", FORM)
    assert page.status == 500
    assert "write to us" in page.text


# --- reminders -----------------------------------------------------------------------------------------------------


def test_looking_at_a_reminder_answers_nothing_and_the_button_does_once(world, browser, booking):
    url = link(world, Action.CONFIRM, booking)
    for _ in range(2):
        page = browser.get(url)
    assert "Will you be there?" in page.text
    assert world.desk.bookings.get(booking.id).answered is None
    ((action, fields, button),) = page.forms()
    assert button == "Yes, I'll be there"
    assert "See you then" in browser.follow(browser.post(action, fields)).text
    answered = world.desk.bookings.get(booking.id)
    assert answered.answered == world.clock.at
    world.clock.at += 60
    assert "See you then" in browser.follow(browser.post(action, fields)).text
    assert world.desk.bookings.get(booking.id) == answered


def test_a_reminder_leads_to_another_time_and_to_cancelling(world, browser, booking):
    links = browser.get(link(world, Action.CONFIRM, booking)).links()
    assert browser.get(links["Change the time"]).forms()
    assert "Cancel this booking?" in browser.get(links["Cancel"]).text


def test_an_answer_about_a_time_that_has_moved_is_asked_again(world, browser, booking):
    url = link(world, Action.CONFIRM, booking)
    ((action, fields, _),) = browser.get(url).forms()
    page = browser.get(link(world, Action.RESCHEDULE, booking))
    browser.post(*page.forms()[3][:2])
    moved = world.desk.bookings.get(booking.id)
    asked = browser.post(action, fields)
    assert "has just changed" in asked.text
    assert world.desk.bookings.get(booking.id).answered is None
    ((action, fields, _),) = asked.forms()
    assert fields == {"start": str(moved.slot.start)}
    browser.post(action, fields)
    assert world.desk.bookings.get(booking.id).answered == world.clock.at


@pytest.mark.parametrize("start", ["", "soon", "9" * 40, "-5"])
def test_a_bare_post_answers_about_the_time_it_has(world, browser, booking, start):
    browser.post(link(world, Action.CONFIRM, booking), {"start": start})
    assert world.desk.bookings.get(booking.id).answered == world.clock.at


def test_an_old_reminder_of_a_cancelled_visit_says_so(world, browser, booking):
    url = link(world, Action.CONFIRM, booking)
    ((action, fields, _),) = browser.get(url).forms()
    world.desk.bookings.cancel(booking.id, "U0RITA")
    assert "Cancelled" in browser.follow(browser.post(action, fields)).text
    assert "Cancelled" in browser.get(url).text
