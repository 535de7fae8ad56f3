"""What customers are told: the owner's words or ours, safe, and readable when something is unknown."""

from __future__ import annotations

import re

import pytest

from handlers.domain.rules import load, voice
from handlers.domain.rules.voice import TEMPLATES, say
from tests.rules.sample import GOOD

RULES = load(GOOD)
PLAIN = load(GOOD[: GOOD.index("voice:")])
VALUES = {
    "name": "Ana",
    "service": "Massage",
    "resource": "Rita",
    "date": "Tue 5 May",
    "time": "2:00 pm",
    "party": 2,
    "slots": "Tue 5 May, 2:00 pm",
    "link": "https://example.test/l/1",
    "window": "10 minutes",
    "reason": "We are closed that day.",
    "decline": "https://example.test/l/2",
    "dates": "Tue 5 May to Sat 9 May",
}


def test_every_agreed_template_stands():
    assert set(TEMPLATES) == {
        "proposal",
        "draft_received",
        "decline",
        "confirmation",
        "requested",
        "reschedule",
        "cancellation",
        "reminder",
        "offer",
        "just_filled",
        "joined",
        "reply",
        "answered",
        "change",
        "opted_out",
    }


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("channel", ["text", "email"])
def test_the_built_in_words_pass_the_owners_check_and_read_whole(template, channel):
    assert voice.faults(template, getattr(TEMPLATES[template], channel)) == []
    said = say(PLAIN, template, channel, **VALUES)
    assert "{" not in said
    assert "  " not in said


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("channel", ["text", "email", "web", "voice"])
def test_a_missing_customer_name_reads_well(template, channel):
    said = say(PLAIN, template, channel, **{**VALUES, "name": ""})
    assert "{" not in said
    assert not re.search(r"Hi[,.]|, *[:,.]|  |^[,:]", said)


@pytest.mark.parametrize(
    ("template", "reads"),
    [
        ("Hi {name}, all set.", "Hi there, all set."),
        ("Dear {name}, all set.", "Dear guest, all set."),
        ("Good news, {name}: all set.", "Good news: all set."),
        ("{name}, all set.", "All set."),
        ("All set, {name}.", "All set."),
        ("Thanks {name}!", "Thanks!"),
    ],
)
def test_greetings_without_a_name(template, reads):
    rules = RULES.model_copy(update={"voice": {"proposal": template}})
    assert say(rules, "proposal", "text") == reads
    assert "Ana" in say(rules, "proposal", "text", name="Ana")


def test_what_nobody_knows_leaves_no_hole():
    said = say(PLAIN, "confirmation", "text", service="Massage", date="Tue 5 May", time="2:00 pm", link=None)
    assert said.startswith("You're booked: Massage, Tue 5 May at 2:00 pm.")


def test_the_owners_words_come_first_and_ours_fill_the_other_channel():
    assert say(RULES, "confirmation", "text", **VALUES) == "Booked: Massage at 2:00 pm."
    assert say(RULES, "confirmation", "email", **VALUES) == "Booked: Massage at 2:00 pm."
    assert say(RULES, "offer", "text", **VALUES) == "Massage at 2:00 pm? https://example.test/l/1"
    assert say(RULES, "offer", "email", **VALUES).startswith("Good news, Ana: Massage")


def test_the_business_is_known_without_being_passed():
    assert "Fig Studio" in say(PLAIN, "reminder", "text", **VALUES)


def test_a_customers_text_is_never_a_template():
    said = say(PLAIN, "confirmation", "email", **{**VALUES, "name": "{link} {resource.__class__}"})
    assert "{link} {resource.__class__}" in said


@pytest.mark.parametrize(
    "text", ["{service!r}", "{service:>999999999}", "{service[0]}", "{0}", "{}", "{ service }", "{{service}}"]
)
def test_only_plain_names_may_stand_in_braces(text):
    assert voice.faults("confirmation", text)


def test_an_unknown_template_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        say(PLAIN, "hello", "text")
