"""What customers read when times are offered: each time once, in order, with what happens next."""

from __future__ import annotations

import re

import pytest

from handlers.domain.request import Proposal
from handlers.domain.slot import Slot
from handlers.web.forms import say_length
from tests.intake.conftest import RULES, SURE, ZONE

FORM = {
    "service": "massage",
    "date": "2026-05-05",
    "name": "Ana Lim",
    "contact": "ana@mail.example",
}


def offer(*starts, expires="2026-05-06T12:00"):
    slots = tuple(
        Slot(service="massage", resource="rita", start=ZONE.parse(s), end=ZONE.parse(s) + 3600)
        for s in starts
    )
    return Proposal(id="p1", channel="email", slots=slots, expires=ZONE.parse(expires))


def proposal_mail(world, voice=""):
    if voice:
        world.desk.rules.update(f"{RULES}voice: {{proposal: {{email: {voice!r}}}}}\n", "owner")
    world.reader.reading = SURE
    world.desk.intake.receive_mail(world.mail("A massage on Tuesday please"))
    world.settle()
    (mail,) = world.mailer.sent
    return mail


def test_times_are_read_in_order_and_keep_their_numbers():
    offered = offer("2026-05-05T10:00", "2026-05-05T12:00", "2026-05-05T10:30")
    assert [number for number, _ in offered.by_start] == [0, 2, 1]


@pytest.mark.parametrize(
    ("expires", "until"),
    [("2026-05-06T12:00", "2026-05-05T12:00"), ("2026-05-05T11:00", "2026-05-05T11:00")],
)
def test_nothing_can_be_picked_after_the_last_time_has_come(expires, until):
    assert offer("2026-05-05T12:00", "2026-05-05T10:00", expires=expires).pick_until == ZONE.parse(until)


def test_a_proposal_mail_says_each_time_once(world):
    mail = proposal_mail(world)
    times = re.findall(r"Tue 5 May, \d+:\d\d [ap]m with", mail.text)
    assert len(times) == 3
    assert len(set(times)) == 3
    written = re.sub(r"<[^>]+>", "", mail.html.partition("<table")[2])  # what shows, without the preview line
    assert all(written.count(time) == 1 for time in times)


@pytest.mark.parametrize(
    ("voice", "above", "below"),
    [
        ("We have {slots}. Call us if none suits you.", "We have:", "Call us if none suits you."),
        ("Free times ({slots}), all with a view.", "Free times:", "All with a view."),
        ("Have a look: {slots}", "Have a look:", ""),
    ],
)
def test_the_owner_s_words_close_around_the_list_of_times(world, voice, above, below):
    mail = proposal_mail(world, voice)
    start, _, rest = mail.text.partition("\n\n1. ")
    assert start == above
    assert not below or f"\n\n{below}\n\n" in rest


def test_a_text_whose_words_have_no_link_says_what_its_link_is_for(world):
    world.desk.rules.update(f"{RULES}voice: {{proposal: 'We can do {{slots}}.'}}\n", "owner")
    messages = world.desk.messages
    messages.send(
        to=(None, "+351912345678", "Ana"),
        template="proposal",
        values={"slots": "Tue 5 May, 10:00 am", "link": "https://fig.example/l/x"},
        key="k",
    )
    ((_, text, *_),) = world.texter.sent
    assert re.fullmatch(r"We can do Tue 5 May, 10:00 am\. Pick a time: https://fig\.example/t/\w+", text)


def test_an_offer_that_lasts_beyond_today_says_the_day_it_ends(world, browser):
    mail = proposal_mail(world)
    links = re.findall(r"https://fig\.example(/l/[\w.\-]+)", mail.text)
    whole = [path for path in links if "slot" not in world.desk.links.open(path.removeprefix("/l/")).data]
    assert re.search(r"You can pick until Tue 5 May, \d+:\d\d [ap]m;", browser.get(whole[0]).text)


def test_a_time_from_a_mail_leads_on_to_the_others(world, browser):
    mail = proposal_mail(world)
    one = browser.get(re.findall(r"https://fig\.example(/l/[\w.\-]+)", mail.text)[0])
    assert len(one.forms()) == 1
    assert len(browser.get(one.links()["See the other times"]).forms()) == 3


def test_times_in_a_mail_that_do_not_suit_lead_to_the_waitlist(world, browser):
    mail = proposal_mail(world)
    link = mail.text.partition("None of these suit? Join the waitlist: ")[2].split()[0]
    form = browser.get(link)
    assert '<option value="massage" selected>' in form.body
    assert form.body.count('value="2026-05-05"') == 2
    assert "None of these suit?" in mail.html


def test_a_service_that_people_confirm_is_asked_for_not_booked(world, browser):
    world.desk.rules.update(
        RULES.replace("resources: [rita, tom]", "resources: [rita, tom], approval: always"), "owner"
    )
    assert "one of us confirms it by hand" in browser.post("/forms/book", FORM).text
    mail = proposal_mail(world)
    page = browser.get(re.findall(r"https://fig\.example(/l/[\w.\-]+)", mail.text)[0])
    assert "Ask for this time?" in page.text
    assert page.forms()[0][2] == "Yes, ask for it"


def test_a_contact_that_is_neither_is_told_what_to_write(browser):
    page = browser.post("/forms/book", {**FORM, "contact": "just me"})
    assert "Please write a mail address like ana@mail.example, or a phone number." in page.text


def test_keeping_a_booking_is_one_tap_from_the_question(world, browser):
    action, fields, _ = browser.post("/forms/book", FORM).forms()[0]
    booked = browser.follow(browser.post(action, fields))
    asked = browser.get(booked.links()["Cancel"])
    assert "You're booked" in browser.get(asked.links()["No, keep my booking"]).text


@pytest.mark.parametrize(("minutes", "said"), [(45, "45 min"), (120, "2 h"), (150, "2 h 30 min")])
def test_a_length_is_said_in_hours(minutes, said):
    assert say_length(minutes) == said


@pytest.mark.parametrize(
    ("words", "links", "shown"),
    [
        ("Hello {name}. Say yes here: {link}", 1, "Say yes here:"),
        ("Hello {name}. Use {link} to say yes.", 1, "to say yes."),
        ("Hello {name}.", 1, "Hello Ana."),
    ],
)
def test_the_link_of_a_mail_shows_once(world, words, links, shown):
    world.desk.rules.update(f"{RULES}voice: {{requested: {{email: {words!r}}}}}\n", "owner")
    world.desk.messages.send(
        to=("ana@mail.example", None, "Ana"),
        template="requested",
        values={"link": "https://fig.example/l/x"},
        key="k",
    )
    (mail,) = world.mailer.sent
    assert mail.html.count("https://fig.example/l/x") == links
    assert shown in mail.html.partition("<table")[2]
