"""The example files load, mean what they say, and agree with the schema; so does the sample."""

from __future__ import annotations

from datetime import date

import jsonschema
import pytest
import yaml

from handlers.domain.rules import load
from handlers.domain.rules.model import Closure
from handlers.domain.rules.schema import schema
from tests.rules.sample import GOOD

VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("name", ["salon", "clinic", "restaurant"])
def test_an_example_loads_and_matches_the_schema(shared, name):
    text = (shared / "examples" / f"{name}.yml").read_text(encoding="utf-8")
    rules = load(text)
    assert rules.services
    assert rules.resources
    VALIDATOR.validate(yaml.safe_load(text))


def test_the_sample_means_what_it_says():
    rules = load(GOOD)
    assert rules.hours[1] == ((600, 840), (900, 1140))
    assert rules.hours[0] == ()
    assert rules.week("tom")[6] == ((1080, 1560),)
    assert rules.week("tom")[1] == ()
    assert rules.closures[1] == Closure(first=date(2027, 1, 2), last=date(2027, 1, 5))
    assert rules.closures[2].hours == ((900, 1140),)
    assert rules.resources["tom"].overrides[0].hours == ()
    assert rules.services["massage"].needs == (("table",),)
    assert rules.services["massage"].reminders == (86_400, 5400)
    assert rules.services["supper"].starts == (720, 1050)
    assert rules.quiet_hours == (1260, 1920)
    assert rules.booking.day_parts == {"morning": (540, 720)}
    assert rules.booking.approval_hold == 86_400
    assert rules.waitlist.order == ("joined",)
    assert (rules.role("U0RITA"), rules.role("U0TOM"), rules.role("U0NOBODY")) == ("owner", "staff", None)
    assert rules.mail.confirmations == ""


def test_the_schema_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(schema())
    VALIDATOR.validate(yaml.safe_load(GOOD))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  timezone:", "  timezon:"),
        ("version: 1", "version: 2"),
        ("minutes: 60", "minutes: sixty"),
        ("step: 15m", "step: 15"),
        ("  sat:", "  saturday:"),
        ('starts: ["12:00", "17:30"]', "starts: [12:00]"),
        ("rank: [preference, earliest]", "rank: [fastest]"),
        ("date: 2026-12-25", "date: 25.12.2026"),
        ("{date: 2026-12-25, reason", "{reason"),
        ("inbox: rita@fig.example", "inbox: rita"),
        ("  confirmation:", "  hello:"),
        ("resources: [table]", "resources: []"),
        ("needs: [table]", "needs: table"),
    ],
)
def test_the_schema_refuses_obvious_errors(old, new):
    assert list(VALIDATOR.iter_errors(yaml.safe_load(GOOD.replace(old, new))))
