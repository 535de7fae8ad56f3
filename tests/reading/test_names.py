"""The customer's own name, wherever it stands; and what only looks like one."""

from __future__ import annotations

import pytest

from tests.reading.desk import bistro, read

REQUEST = "A trim on Friday at 2pm please."


@pytest.mark.parametrize(
    "closing",
    [
        "Many thanks,",
        "Kind regards",
        "All the best,",
        "Take care,",
        "Look forward to hearing from you.",
        "Respectfully,",
        "With thanks",
        "Thank you for your help!",
        "Warm wishes",
        "Rgds",
        "Have a lovely weekend",
    ],
)
@pytest.mark.parametrize("name", ["Rosa Diaz", "Rosa", "Rosa van der Berg"])
def test_a_closing_is_no_name_and_the_line_below_is(closing, name):
    assert read(f"{REQUEST}\n\n{closing}\n\n{name}").customer.name == name
    assert read(f"{REQUEST}\n{closing}\n{name}\n+65 8123 4567").customer.name == name
    assert read(f"{REQUEST}\n\n{closing}").customer.name is None


@pytest.mark.parametrize(
    ("ending", "name"),
    [
        ("\n\nRosa", "Rosa"),
        ("\nRosa Diaz\n8123 4567", "Rosa Diaz"),
        ("\n\nRosa Diaz x", "Rosa Diaz"),
        ("\n\nxx Rosa", "Rosa"),
        ("\n- Rosa Diaz\nM: 8123 4567 | W: rosa.example", "Rosa Diaz"),
        ("\n\nLove, Rosa Diaz\n8123 4567", "Rosa Diaz"),
        ("\n\nRegards,\nRosa Diaz | Account Manager\nDID: 6123 4567", "Rosa Diaz"),
        ("\n\nSincerely,\nDr. Rosa Diaz\nHead of Research", "Rosa Diaz"),
        ("\n\nBest wishes,\nrosa", "Rosa"),
        ("\n\nHaircut", None),
        ("\n\nFriday", None),
        ("\n\nOutside please", None),
    ],
)
def test_a_last_line_with_nothing_but_a_name(ending, name):
    assert read(REQUEST + ending).customer.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("colour for Rosa Fri 2pm +65 8123 4567", "Rosa"),
        ("Haircut for Rosa Diaz on Friday", "Rosa Diaz"),
        ("a trim on Friday under Diaz", "Diaz"),
        ("Rosa Diaz here, a trim on Friday", "Rosa Diaz"),
        ("hi rosa here, a trim on friday", "Rosa"),
        ("TRIM\nFriday 2pm\nname Diaz", "Diaz"),
        ("Rosa Diaz, 8123 4567, a trim on Friday", "Rosa Diaz"),
        ("Trim Fri 2pm, Rosa 8123 4567", "Rosa"),
        ("trim friday. rosa@post.example / 8123 4567 / Rosa", "Rosa"),
        ("It's Rosa, a trim please. Thanks, Rosa Diaz", "Rosa Diaz"),
        ("A trim for Friday", None),
        ("A trim for Christmas please", None),
        ("Trim Friday 8123 4567", None),
        ("Call me: 8123 4567", None),
        ("A trim on Friday. Is anyone here?", None),
    ],
)
def test_a_name_inside_the_text(text, name):
    assert read(text).customer.name == name


def test_a_booking_for_a_place_or_a_dish_is_for_nobody():
    assert read("a table for Indian food", of=bistro()).customer.name is None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("my old address was a@post.example, please use b@post.example", "b@post.example"),
        ("not a@post.example but b@post.example", "b@post.example"),
        ("a@post.example or b@post.example", "a@post.example"),
        ("my old address a@post.example", "a@post.example"),
    ],
)
def test_an_outdated_address_gives_way(text, email):
    assert read(text).customer.email == email


def test_two_noughts_are_a_plus():
    assert read("0044 20 7946 0018 a trim").customer.phone == "+442079460018"
