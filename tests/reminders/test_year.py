"""A simulated year: everybody got exactly the reminders they were promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from tests.reminders.clinic import DAY, RULES
from tests.reminders.oracle import Oracle
from tests.reminders.year import Year

FIRST = date(2026, 2, 1)
"""So that both clock changes (8 March, 1 November 2026), Thanksgiving and the holidays lie within."""


def lived(rules: str, **how) -> Year:
    year = Year(
        rules,
        FIRST,
        how.pop("days", 365),
        **{"seed": 1, "a_day": 2, "trouble": 0.0, "outages": 0, "timers": False, **how},
    )
    year.live()
    return year


def by_stay(year: Year):
    sent = defaultdict(list)
    for s in year.provider.sent:
        sent[s.booking, s.start].append(s)
    alerts = defaultdict(list)
    for at, booking, start in year.alerts:
        alerts[booking, start].append(at)
    return sent, alerts


def check(year: Year) -> Counter[str]:
    """What must hold whatever goes wrong; how often what happened."""
    rules = year.world.desk.rules.current()
    oracle, happened = Oracle(rules), Counter()
    sent, alerts = by_stay(year)
    assert {(s.booking, s.start) for s in year.stays} >= {*sent, *alerts}
    for stay in year.stays:
        mine = sent[stay.booking, stay.start]
        expected, alert = oracle.story(stay, year.ticks, rules.reminders.gap_alert_after)
        for message in mine:
            assert not oracle.quiet(message.at), "nothing leaves in quiet hours or on a closed day"
            assert stay.since < message.at < stay.ends, "nobody is told of what has changed or begun"
        left = Counter(m.before for m in mine if m.outcome not in {"refused", "never"})
        assert max(left.values(), default=0) <= 1, "no reminder leaves twice"
        if all(m.outcome == "ok" for m in mine):
            assert [(m.at, m.before) for m in mine] == expected
            assert alerts[stay.booking, stay.start] == ([alert] if alert else [])
        else:
            promised = {before for _, before in expected}
            assert {m.before for m in mine} <= promised | set(oracle.promised(stay))
            failed = {m.before for m in mine} - {m.before for m in mine if m.outcome == "ok"}
            happened["failed for good"] += len(failed)
            assert not failed or year.cards[stay.booking] or stay.ends < stay.start or at_the_end(year, mine)
        happened["sent"] += len(expected)
        happened["late"] += sum(now - oracle.due(stay.start, before)[0] > 1500 for now, before in expected)
        happened["passed over"] += len(oracle.promised(stay)) - len(expected)
        happened["alerts"] += alert is not None
        happened["put off"] += sum(oracle.due(stay.start, before)[1] for _, before in expected)
        happened["never asked"] += not expected
    return happened


def at_the_end(year: Year, mine) -> bool:
    """The lease of what was being sent had no time to run out before the visit."""
    last = mine[-1]
    return last.outcome == "died" and last.start - last.at <= 600 + 1500


def test_a_quiet_year_goes_as_promised():
    happened = check(lived(RULES))
    assert happened["sent"] > 350
    assert happened["put off"] > 30
    assert happened["alerts"] > 100
    assert happened["late"] == 0


def test_late_and_double_ticks_timers_and_outages_lose_and_double_nothing():
    happened = check(lived(RULES, seed=2, outages=60, timers=True))
    assert happened["late"] > 10
    assert happened["passed over"] > 10
    assert happened["sent"] > 350


def test_a_provider_in_trouble_is_tried_again_and_never_doubles():
    year = lived(RULES, seed=3, outages=20, trouble=0.15, timers=True)
    happened = check(year)
    outcomes = Counter(s.outcome for s in year.provider.sent)
    assert min(outcomes[o] for o in ("refused", "never", "lost", "died")) > 5
    assert happened["failed for good"] > 20
    assert sum(year.cards.values()) >= happened["failed for good"] * 0.8


def test_the_example_clinic_keeps_its_promises_too(shared):
    text = (shared / "examples" / "clinic.yml").read_text(encoding="utf-8")
    happened = check(lived(text, seed=4, outages=10, a_day=1))
    assert happened["sent"] > 300


@pytest.mark.parametrize("start", [date(2026, 3, 5), date(2026, 10, 29)])
def test_the_days_around_a_clock_change_are_like_any_other(start):
    year = Year(RULES, start, 9, seed=5, a_day=12, trouble=0.0, outages=0, timers=False)
    year.live()
    assert check(year)["sent"] > 35
    assert year.end - year.begin == 9 * DAY + (3600 if start.month == 10 else -3600)
