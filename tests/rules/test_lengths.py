"""How many texts a message is, and what owners are told of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.errors import RulesError
from handlers.domain.rules import load, voice
from handlers.domain.rules.lengths import USUAL, text_lengths
from handlers.domain.segments import ALPHABET, TWICE, measure, straight
from tests.rules.sample import GOOD

SAMPLES = [
    ("", ("GSM-7", 1, 0, 160)),
    ("a" * 160, ("GSM-7", 1, 160, 160)),
    ("a" * 161, ("GSM-7", 2, 161, 306)),
    ("a" * 306, ("GSM-7", 2, 306, 306)),
    ("a" * 307, ("GSM-7", 3, 307, 459)),
    ("€" * 80, ("GSM-7", 1, 160, 160)),
    ("€" * 81, ("GSM-7", 2, 162, 306)),
    ("a" * 152 + "€" + "a" * 7, ("GSM-7", 2, 161, 306)),
    ("a" * 152 + "€" + "a" * 152, ("GSM-7", 3, 306, 459)),  # the escape and its letter are not parted
    ("à la crème, ¿Ünüs? Δ", ("GSM-7", 1, 20, 160)),
    ("é" * 70 + "ê", ("UCS-2", 2, 71, 134)),
    ("ê" * 70, ("UCS-2", 1, 70, 70)),
    ("ê" * 71, ("UCS-2", 2, 71, 134)),
    ("ê" * 135, ("UCS-2", 3, 135, 201)),
    ("😀" * 35, ("UCS-2", 1, 70, 70)),
    ("a" * 66 + "😀" + "a" * 66, ("UCS-2", 3, 134, 201)),  # both halves of an emoji stand in one part
    ("a\tb", ("UCS-2", 1, 3, 70)),
]


@pytest.mark.parametrize(("text", "length"), SAMPLES)
def test_a_message_is_as_many_texts_as_carriers_charge(text, length):
    assert measure(text)[:4] == length


def test_the_alphabet_is_whole():
    assert (len(ALPHABET), len(TWICE)) == (127, 10)  # of its 128 places one is the escape
    assert not ALPHABET & TWICE


def test_what_makes_a_message_wide_is_named_once():
    assert measure("Zoë, Noël — 😀 ë").odd == ("ë", "—", "😀")


def test_typewriter_signs_cost_nothing_extra():
    fancy = "\u201cIt\u2019s 5\u20136\u00a0pm\u2026\u201d"
    assert straight(fancy) == '"It\'s 5-6 pm..."'
    assert measure(straight(fancy)).encoding == "GSM-7"


@given(st.text(max_size=400))
def test_the_count_lies_between_what_must_and_what_can_be(text):
    length = measure(text)
    assert length.used <= length.room
    sizes = len(text.encode("utf-16-le", "surrogatepass")) // 2 if length.odd else length.used
    assert length.used == sizes
    one, part = (70, 67) if length.odd else (160, 153)
    least = 1 if length.used <= one else -(-length.used // part)
    assert least <= length.texts <= least + length.used // (part - 1)


@given(st.text(max_size=60), st.text(max_size=60))
def test_more_words_are_never_fewer_texts(text, more):
    assert measure(text + more).texts >= measure(text).texts


# --- the owner's own -----------------------------------------------------------------------------------------------


def told(text: str) -> dict[str, str]:
    return {found.template: str(found) for found in text_lengths(load(text))}


def test_each_template_is_told_with_its_room():
    lengths = told(GOOD)
    assert set(lengths) == set(voice.TEMPLATES)
    assert lengths["confirmation"] == "confirmation: 1 text (87 of 160 characters)"


def test_a_letter_that_makes_a_text_wide_is_shown():
    lengths = told(GOOD.replace("name: Massage", "name: Massâge"))
    assert lengths["confirmation"] == (
        "confirmation: 2 texts (87 of 134 characters); â is not in a text's alphabet, so only 70 fit into one"
    )


def test_a_message_of_three_texts_is_warned_of():
    lengths = told(GOOD.replace("Booked: {service} at {time}.", "Booked. " * 50))
    assert lengths["confirmation"].startswith("warning: confirmation: 3 texts (")
    assert lengths["confirmation"].endswith("shorten it, you pay for each")
    assert not any(line.startswith("warning") for t, line in lengths.items() if t != "confirmation")


def test_every_name_of_every_template_has_a_usual_value():
    given_otherwise = {"business", "service", "resource", "reply", "note", *voice.LINKS}
    for template in voice.TEMPLATES.values():
        assert set(template.fields) <= {*USUAL, *given_otherwise}


def test_built_in_words_for_texts_are_two_texts_at_most_and_need_no_wide_letters():
    plain = load(GOOD[: GOOD.index("voice:")])
    for found in text_lengths(plain):
        assert found.length.encoding == "GSM-7"
        assert found.length.texts <= 2, found


def test_a_reminder_asks_for_a_reply_only_where_one_can_arrive():
    plain = GOOD[: GOOD.index("voice:")]
    values = {"service": "Massage", "resource": "Rita", "date": "Tue 5 May", "time": "2:00 pm"}

    def reminder(text: str) -> str:
        rules = load(text)
        link = {"link": "https://fig.example/t/1"}
        return voice.text(rules, "reminder", {**values, "reply": voice.answering(rules)}, link)

    assert reminder(plain) == (
        "Fig Studio: Massage with Rita, Tue 5 May at 2:00 pm. Confirm or change it: https://fig.example/t/1"
    )
    both = reminder(plain.replace("two_way: false", "two_way: true"))
    assert "Reply 1 to confirm. Change it: https://" in both
    assert "cancel" not in both.lower()


@pytest.mark.parametrize(("word", "meant"), [("true", True), ("no", False), ("Off", False), ("yes", True)])
def test_a_flag_is_written_as_yaml_has_it(word, meant):
    assert load(GOOD.replace("two_way: false", f"two_way: {word}")).texts.two_way is meant


@pytest.mark.parametrize("word", ["maybe", '"no"', "1", "[]"])
def test_anything_else_is_not_a_flag(word):
    with pytest.raises(RulesError, match="write true or false"):
        load(GOOD.replace("two_way: false", f"two_way: {word}"))
