"""Whole readings: what goes to a human, the move, the port, and the shape other programs rely on."""

from __future__ import annotations

import pytest

from handlers.adapters.grammar_reader import GrammarReader
from handlers.domain.reading import grammar, read_when
from handlers.domain.request import Message
from handlers.domain.zone import Zone
from tests.reading.desk import bistro, read, rules

NOW = Zone("Asia/Singapore").parse("2026-03-11T09:00:00")


def message(text: str, **more) -> Message:
    return Message(channel="email", text=text, **more)


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("A trim with Jess on Friday at 3pm please", "propose"),
        ("A trim please", "propose"),
        ("Can I come in on Friday?", "draft"),
        ("A cut or a colour on Friday", "draft"),
        ("I need to cancel my appointment on Friday", "escalate"),
        ("My haircut was terrible, I want a refund", "escalate"),
        ("Please call me back", "escalate"),
        ("How much is a trim?", "escalate"),
        ("hello", "escalate"),
        ("Do you do tattoos?", "decline"),
        ("We offer SEO services and backlinks", "decline"),
    ],
)
def test_the_move(text, move):
    assert read(text).move == move


def test_nothing_in_review_when_it_proposes():
    for text in ("A trim on Friday at 3pm", "A trim", "gel manicure with Jess next week"):
        found = read(text)
        assert (found.move, found.review) == ("propose", ())


def test_the_threshold_is_the_owners():
    text = "A trim on Thursday at 3"
    assert read(text).review == ()
    assert (
        read(text, of=rules(confidence=0.99)).review == ("service", "when")
        or "when" in read(text, of=rules(confidence=0.99)).review
    )


def test_the_shape_is_the_door():
    found = read("A trim for two next Tuesday afternoon with Jess").model_dump(mode="json")
    assert list(found) == ["lane", "move", "service", "when", "party_size", "resource", "customer", "review"]
    assert list(found["service"]) == ["value", "confidence", "quote", "candidates", "also"]
    assert found["when"] == [
        {
            "date_from": "2026-03-17", "date_to": "2026-03-17", "time_from": "12:00", "time_to": "17:00",
            "exact": False, "confidence": 0.99, "quote": "next Tuesday afternoon",
        }
    ]  # fmt: skip
    assert list(found["party_size"]) == list(found["resource"]) == ["value", "confidence", "quote"]
    assert list(found["customer"]) == ["name", "email", "phone"]


def test_the_port_reads_at_the_business_wall_time():
    found = GrammarReader().read(message("a trim tomorrow at 3pm"), rules(), NOW)
    assert found.when[0].date_from == "2026-03-12"
    late = Zone("Asia/Singapore").parse("2026-03-11T23:30:00")
    assert GrammarReader().read(message("a trim tomorrow"), rules(), late).when[0].date_from == "2026-03-12"


def test_the_subject_of_a_new_thread_completes_the_text():
    found = GrammarReader().read(message("With Jess please", subject="Trim on Friday at 2pm?"), rules(), NOW)
    assert (found.service.value, found.when[0].time_from, found.resource.value) == (
        "haircut",
        "14:00",
        "jess",
    )
    assert found.move == "propose"
    reply = GrammarReader().read(
        message("With Jess please", subject="Re: Trim on Friday at 2pm?"), rules(), NOW
    )
    assert reply.service.value is None


def test_the_senders_name_stands_in_when_nobody_signs():
    reader = GrammarReader()
    assert reader.read(message("a trim", sender_name="Ana Lim"), rules(), NOW).customer.name == "Ana Lim"
    assert reader.read(message("I'm Tom, a trim", sender_name="Ana"), rules(), NOW).customer.name == "Tom"


def test_windows_alone_can_be_read():
    windows = read_when(
        "5/8 in the morning", NOW, Zone("Asia/Singapore"), day_first=True, day_parts={"morning": (480, 660)}
    )
    assert [(w.date_from, w.time_from, w.time_to) for w in windows] == [("2026-08-05", "08:00", "11:00")]


def test_a_grammar_is_prepared_once_for_the_same_rules():
    mine = bistro()
    assert grammar(mine) is grammar(mine)
    assert grammar(mine) is not grammar(bistro())
