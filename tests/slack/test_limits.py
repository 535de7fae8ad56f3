"""Whatever people write, what we send stays inside Slack's limits and is harmless."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from blocks import text as t
from blocks.payloads import Menu, Payload, Ref, TimesMeta, Wish
from handlers.domain.errors import InputError
from handlers.domain.slot import Window
from infra.local.slack.limits import check_message, check_view
from tests.slack import rendered
from tests.slack.checker import faults_of_message, faults_of_view, units
from tests.slack.samples import booking, message, reading, request, rules

RULES = rules()
WORDS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        [
            "",
            "<!channel> <@U0MEI> <https://evil.example|click> &amp; `code` ```",
            "&" * 4000,
            "\U0001f469\u200d\U0001f469\u200d\U0001f467 " * 400,
            "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c " * 200,
            "a\n" * 2000,
            "x" * 4000,
        ]
    ),
)


@settings(max_examples=2, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(words=WORDS, name=WORDS)
def test_nothing_people_write_breaks_a_slack_limit(words: str, name: str) -> None:
    window = Window(
        date_from="2026-05-05", date_to="2026-05-07", time_from="12:00", quote=words, confidence=0.5
    )
    asked = request(
        message=message(text=words, subject=name, sender=words[:200], attachments=(words, name)),
        reading=reading(when=(window,) * 3),
        name=name,
        reason=words,
        email=words[:200],
    )
    booked = booking(name=name, notes=words, email=words[:200], changed_by=name)
    for card in rendered.cards(RULES, asked, booked, words):
        blocks = rendered.plain(card)
        assert faults_of_message("x", blocks) == []
        assert units(card.text) <= t.FALLBACK
    for view in rendered.views(RULES, asked, booked, words):
        assert faults_of_view(view.to_dict()) == []


def test_every_card_has_a_text_that_can_be_read_aloud() -> None:
    for card in rendered.cards(RULES, request(), booking(), "two words"):
        assert faults_of_message(card.text, rendered.plain(card)) == []


def test_the_local_slack_takes_everything_too() -> None:
    """The workspace's own reading of the limits, written by somebody else."""
    for card in rendered.cards(RULES, request(), booking(), "two words"):
        assert check_message({"text": card.text, "blocks": rendered.plain(card)}) == []
    for view in rendered.views(RULES, request(), booking(), "two words"):
        assert check_view(view.to_dict()) == []


@given(text=st.text(), limit=st.integers(3, 80))
def test_cutting_never_breaks_an_entity_and_never_exceeds_the_limit(text: str, limit: int) -> None:
    cut = t.said(text, limit)
    assert units(cut) <= limit
    assert "<" not in cut
    assert ">" not in cut
    undone = cut.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in undone


def test_what_people_wrote_can_mention_nobody() -> None:
    assert t.said("<!channel> & <@U0MEI>") == "&lt;!channel&gt; &amp; &lt;@U0MEI&gt;"


def test_a_right_to_left_name_keeps_to_itself() -> None:
    assert t.name("\u05e9\u05dc\u05d5\u05dd") == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"
    assert t.name("abc\u202edef") == "abcdef"


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("for Ana &amp; Ben", "for Ana & Ben"),
        ("<mailto:ana@mail.example|ana@mail.example> fri", "ana@mail.example fri"),
        ("<tel:+6581234567|+65 8123 4567>", "+65 8123 4567"),
        ("<@U0MEI> said", "@U0MEI said"),
        ("see <https://a.example>", "see https://a.example"),
    ],
)
def test_text_from_slack_is_read_as_it_was_typed(sent: str, typed: str) -> None:
    assert t.typed(sent) == typed


@pytest.mark.parametrize(
    "payload",
    [
        Ref(id="b1"),
        Menu(id="b1", do="arrived"),
        Wish(service="haircut", windows=(Window(date_from="2026-05-05"),)),
        TimesMeta(asked=3, proposal="p1", booking="b1", channel="C1", ts="1.2"),
    ],
)
def test_a_payload_survives_the_journey(payload: Payload) -> None:
    assert type(payload).unpack(payload.pack()) == payload


def test_a_card_of_another_version_is_answered_kindly() -> None:
    with pytest.raises(InputError, match="older version"):
        Ref.unpack(json.dumps({"v": 2, "id": "b1"}))


def test_menu_values_fit_an_option() -> None:
    assert len(Menu(id="x" * 32, do="reschedule").pack()) <= 75
