"""What people write about one appointment's reminders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.errors import InputError
from handlers.domain.wish import LONGEST, MOST, SHORTEST, Wish, parse

H = 3600
WRITTEN = [
    ("48h, 2h", (48 * H, 2 * H), None),
    ("2h, 48h, 2h", (48 * H, 2 * H), None),
    ("48 h & 2 h", (48 * H, 2 * H), None),
    ("2 days and 2 hours before", (48 * H, 2 * H), None),
    ("A week ahead; 90 minutes before.", (168 * H, 90 * 60), None),
    ("the day before", (24 * H,), None),
    ("an hour before", (H,), None),
    ("24h by text", (24 * H,), "text"),
    ("by sms, 24h", (24 * H,), "text"),
    ("by email only", None, "email"),
    ("remind me by email only", None, "email"),
    ("Only by e-mail, please", None, "email"),
    ("texts only", None, "text"),
    ("none", (), None),
    ("No reminders.", (), None),
    ("please don't remind me", (), None),
    ("Don\u2019t text me", (), None),
]


@pytest.mark.parametrize(("text", "windows", "way"), WRITTEN)
def test_a_wish_is_read_as_people_write_it(text, windows, way):
    assert parse(text) == Wish(windows=windows, way=way)


@pytest.mark.parametrize("text", ["", "  ", "as usual", "Default", "standard."])
def test_nothing_special_is_no_wish(text):
    assert parse(text) is None


UNCLEAR = [
    ("48", 'Write "48h" for hours'),
    ("2h, 15", "15 has no unit"),
    ("soon", '"soon" isn\'t clear'),
    ("2 months", '"2 months" isn\'t clear'),
    ("no texts", '"no texts" isn\'t clear'),
    ("by phone", "by text or by email"),
    ("24h by text and email", "Choose one way"),
    ("1m", "5m to 30d before"),
    ("45d", "5m to 30d before"),
    ("6d, 5d, 4d, 3d, 2d, 1d", "more than 5 reminders"),
    ("only", "Write how long before"),
    ("2h " * 80, "too long"),
]


@pytest.mark.parametrize(("text", "why"), UNCLEAR)
def test_what_is_unclear_is_refused_with_what_to_write(text, why):
    with pytest.raises(InputError) as refused:
        parse(text)
    assert refused.value.field == "reminders"
    assert why in refused.value.message


minutes = st.integers(SHORTEST // 60, LONGEST // 60).map(lambda m: m * 60)
wishes = st.builds(
    lambda windows, way: Wish(
        windows=windows if windows is None else tuple(sorted(windows, reverse=True)),
        way=way if windows != set() else None,
    ),
    st.none() | st.sets(minutes, max_size=MOST),
    st.sampled_from(["text", "email", None]),
)


@given(wishes)
def test_a_wish_reads_back_as_it_is_shown(wish):
    assert (parse(str(wish)) or Wish()) == wish


def read(text):
    """The wish, or the refusal's words."""
    try:
        return parse(text)
    except InputError as refused:
        return refused.message


@given(st.text(max_size=60) | st.text("0123456789hdm ,byonetxilar", max_size=30))
def test_any_text_is_a_wish_or_a_clear_no(text):
    wish = read(text)
    assert (
        wish is None or read(str(wish)) == wish or "Write" in wish or "Choose" in wish or "can't be" in wish
    )
