"""A small business whose rules are valid; tests break it in one place at a time."""

from __future__ import annotations

from handlers.domain.errors import Fault, RulesError
from handlers.domain.rules import load

GOOD = """\
version: 1
business:
  name: Fig Studio
  timezone: Europe/Lisbon
  currency: EUR
  country: PT
  inbox: rita@fig.example
  desk: "#studio"
mail:
  requests: hello@fig.example
  waitlist: wait@fig.example
staff:
  - {slack: U0RITA, name: Rita, role: owner}
  - {slack: U0TOM, name: Tom}
hours:
  tue-fri: ["10:00-14:00", "15:00-19:00"]
  sat: ["10:00-16:00"]
closures:
  - {date: 2026-12-25, reason: Christmas}
  - {from: 2027-01-02, to: 2027-01-05}
  - {date: 2026-12-24, hours: ["15:00-19:00"]}
resources:
  rita:
    name: Rita
    calendar: rita@fig.example
    breaks: ["12:00-12:30"]
    daily_cap: 6
  tom:
    name: Tom
    hours: {fri-sun: ["18:00-02:00"]}
    overrides:
      - {date: 2026-11-28, hours: []}
  table:
    name: Long table
    kind: table
    seats: 4
services:
  massage:
    name: Massage
    aliases: [back rub, rub]
    minutes: 60
    buffer_after: 10
    resources: [rita, tom]
    needs: [table]
    reminders: [24h, 90m]
  supper:
    name: Supper
    minutes: 90
    resources: [table]
    party: {min: 2, max: 4}
    starts: ["12:00", "17:30"]
booking:
  step: 15m
  min_notice: 2h
  horizon: 60d
  rank: [preference, earliest]
  day_parts: {morning: "09:00-12:00"}
direct: [vip@partner.example, "@family.example"]
waitlist: {claim_window: 10m, order: [joined]}
reminders: {default: [24h]}
quiet_hours: "21:00-08:00"
texts: {two_way: false}
voice:
  confirmation: "Booked: {service} at {time}."
  offer:
    text: "{service} at {time}? {link}"
"""

HERE = "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
"""Marks the place of the fault in a broken text; taken out before it is read."""


def broken(old: str, new: str) -> tuple[str, list[tuple[int, int]]]:
    """GOOD with one edit, and the places (line, column) marked in it."""
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the sample"
    text, places = GOOD.replace(old, new), []
    while HERE in text:
        before = text[: text.index(HERE)]
        places.append((before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1))
        text = text.replace(HERE, "", 1)
    return text, places


def faults(text: str) -> tuple[Fault, ...]:
    try:
        load(text)
    except RulesError as e:
        return e.faults
    return ()
