"""What people on the list are told: by which channel, in which words, and how they can stop it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers.domain.errors import DeliveryFailed
from handlers.domain.links import Action
from handlers.domain.slot import Extent
from handlers.domain.waitlist import Offer
from handlers.domain.zone import say_duration
from tests.bookings.world import RULES, STAFF, World
from tests.waitlist.waiting import join

PHONE = "+351912345678"
GSM = re.compile(r"[A-Za-z0-9 \r\n@$_!\"#%&'()*+,\-./:;<=>?]*")
"""What of the GSM-7 alphabet our own words use: one character outside it halves the length of a text."""


@pytest.fixture
def world() -> World:
    return World()


def offered(world, entry, channel="text", seq=1):
    slot = world.slot()
    return Offer(
        opening="op1",
        seq=seq,
        entry=entry.id,
        customer=entry.customer,
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        channel=channel,
        slot=slot,
        extents=(Extent("rui", slot.start, slot.end),),
    )


def opened(world, text):
    """The actions of the links in a message, in order."""
    paths = [
        world.desk.links.follow(url.rpartition("/")[2]) if "/t/" in url else url
        for url in re.findall(r"https://quay\.example/\S+", text)
    ]
    return [world.desk.links.open(path.rpartition("/l/")[2]).action for path in dict.fromkeys(paths)]


def test_an_offer_by_text_has_two_short_links_and_says_how_long_it_lasts(world):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    assert world.desk.waitlist_messages.offer(offered(world, entry)) == "text:text-1"

    ((to, text),) = world.texts.sent
    assert to == PHONE
    assert text.startswith(
        "Quay Barbers: Haircut with Rui opened up Tue 5 May at 2:00 pm. Yours for 10 minutes: "
    )
    assert opened(world, text) == [Action.CLAIM, Action.DECLINE]
    assert len(text) <= 306  # two segments
    assert GSM.fullmatch(text)


def test_an_offer_by_mail_carries_every_way_out(world):
    entry = join(world, "Bea Cruz", "cut")
    assert world.desk.waitlist_messages.offer(offered(world, entry, "email")) == "email:mail-1"

    (mail,) = world.mail.sent
    assert mail.subject == "A time opened up: Haircut, Tue 5 May, 2:00 pm"
    assert "It is yours for 10 minutes, then we offer it to the next person." in mail.text
    assert opened(world, mail.text) == [Action.CLAIM, Action.DECLINE, Action.PAUSE, Action.LEAVE]
    assert ">Take this time</a>" in mail.html
    for words in ("Can't make it", "Stop offering me times", "Take me off the list"):
        assert words in mail.html.replace("&#39;", "'")
        assert words in mail.text


def test_an_offer_goes_by_its_own_channel_only(world):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.desk.customers.silence(PHONE, "text")
    assert world.desk.waitlist_messages.offer(offered(world, entry, "text")) == ""
    assert (world.texts.sent, world.mail.sent) == ([], [])
    assert world.desk.waitlist_messages.offer(offered(world, entry, "email")) == "email:mail-1"


def test_the_owners_words_get_the_links_they_leave_out(world):
    words = '{text: "{service} {time}?", email: "No? {decline} Yes? {link}"}'
    world.desk.rules.update(f"{RULES}voice: {{offer: {words}}}\n", "owner")
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.desk.waitlist_messages.offer(offered(world, entry, "text"))
    world.desk.waitlist_messages.offer(offered(world, entry, "email"))

    assert opened(world, world.texts.sent[0][1]) == [Action.CLAIM, Action.DECLINE]
    (mail,) = world.mail.sent
    assert opened(world, mail.text) == [Action.DECLINE, Action.CLAIM, Action.PAUSE, Action.LEAVE]
    assert mail.html.count(">Can&#39;t make it</a>") == 1


def test_a_plain_mail_has_the_link_that_the_owners_words_leave_out(world):
    world.desk.rules.update(f"{RULES}voice: {{offer: '{{service}}, {{time}}?'}}\n", "owner")
    world.desk.waitlist_messages.offer(offered(world, join(world, "Bea Cruz", "cut"), "email"))
    (mail,) = world.mail.sent
    assert mail.text.startswith("Haircut, 2:00 pm?\n\nTake this time: https://quay.example/l/k")
    assert mail.html.count(">Take this time</a>") == 1


def test_an_earlier_time_says_that_it_takes_the_place_of_their_booking(world):
    booking = world.book(day=4)
    entry = join(world, "Bea Cruz", "cut", phone=PHONE, replaces=booking)
    world.desk.waitlist_messages.offer(offered(world, entry))
    world.desk.waitlist_messages.joined(entry)

    offer, joined = (text for _, text in world.texts.sent)
    assert "It takes the place of your booking on Fri 8 May, 2:00 pm. Yours for 10 minutes" in offer
    assert "Your booking on Fri 8 May, 2:00 pm stays yours until you take an earlier time." in joined


def test_whoever_held_a_time_that_was_filled_is_told_kindly(world):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.desk.waitlist_messages.withdrawn(offered(world, entry))
    ((_, text),) = world.texts.sent
    assert "sorry, Haircut Tue 5 May at 2:00 pm was just taken. You're still on the waitlist" in text
    assert opened(world, text) == [Action.WAIT]

    world.desk.entries.remove(entry.id, STAFF)
    assert world.desk.waitlist_messages.withdrawn(offered(world, entry, seq=2)) == ""
    assert len(world.texts.sent) == 1


def test_who_joins_reads_what_happens_next_and_how_to_leave(world):
    entry = join(world, "Bea Cruz", "cut", earliest=date(2026, 5, 5), latest=date(2026, 5, 9), resource="rui")
    world.desk.waitlist_messages.joined(entry)
    (mail,) = world.mail.sent
    assert mail.subject == "You're on the waitlist: Haircut"
    assert "on the waitlist for Haircut with Rui, Tue 5 May to Sat 9 May." in mail.text
    assert "you then have 10 minutes to take it" in mail.text
    assert opened(world, mail.text) == [Action.WAIT, Action.PAUSE, Action.LEAVE]

    by_text = join(
        world, "Ada Reis", "cut", phone="+351912345679", earliest=date(2026, 5, 5), latest=date(2026, 5, 5)
    )
    world.desk.waitlist_messages.joined(by_text)
    ((_, text),) = world.texts.sent
    assert text.startswith("Quay Barbers: you're on the waitlist for Haircut, Tue 5 May. We text you when")
    assert len(text) <= 306
    assert GSM.fullmatch(text)


def test_no_message_invites_a_word_that_carriers_take_for_an_opt_out(world):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.desk.waitlist_messages.offer(offered(world, entry))
    world.desk.waitlist_messages.withdrawn(offered(world, entry))
    world.desk.waitlist_messages.joined(entry)
    words = {word for _, text in world.texts.sent for word in re.findall(r"[a-z]+", text.lower())}
    assert not words & {"cancel", "stop", "end", "quit", "unsubscribe"}


def test_links_outlive_the_time_so_that_the_late_read_what_became_of_it(world):
    entry = join(world, "Bea Cruz", "cut")
    world.desk.waitlist_messages.offer(offered(world, entry, "email"))
    world.clock.at = world.slot().end + 20 * 86_400
    assert opened(world, world.mail.sent[0].text)[0] is Action.CLAIM


def test_a_failed_send_is_the_callers_to_know(world):
    entry = join(world, "Bea Cruz", "cut", phone=PHONE)
    world.texts.failing = DeliveryFailed("text", "down")
    with pytest.raises(DeliveryFailed):
        world.desk.waitlist_messages.offer(offered(world, entry))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, "1 minute"),
        (600, "10 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
        (9000, "2 hours 30 minutes"),
        (86_400, "24 hours"),
        (90, "1 minute"),
        (59, "less than a minute"),
    ],
)
def test_a_claim_window_is_said_in_words(seconds, said):
    assert say_duration(seconds) == said
