"""A salon, a clinic and a bistro of our own, and a short way to write what was read."""

from __future__ import annotations

from datetime import datetime

from handlers.domain.reading import Grammar
from handlers.domain.request import Reading
from handlers.domain.rules.model import Rules

WEDNESDAY = datetime(2026, 3, 11, 9, 0)  # noqa: DTZ001 - the grammar reckons on the wall


def rules(country: str = "SG", timezone: str = "Asia/Singapore", **booking) -> Rules:
    """A salon with two stylists; `booking` overrides its booking section."""
    return Rules.model_validate(
        {
            "business": {
                "name": "Fern", "timezone": timezone, "country": country, "inbox": "desk@fern.example", "desk": "#desk",
            },
            "mail": {"requests": "hello@fern.example"},
            "hours": {"mon": [], "tue-sun": ["10:00-20:00"]},
            "resources": {
                "jess": {"name": "Jess"},
                "mei": {"name": "Mei Tan"},
                "osei": {"name": "Dr Osei"},
                "basin": {"name": "Robin", "kind": "room"},
            },
            "services": {
                "haircut": {"name": "Haircut", "aliases": ["trim", "cut"], "minutes": 45, "resources": ["jess", "mei"]},
                "colour": {"name": "Full colour", "aliases": ["color", "dye"], "minutes": 120, "resources": ["mei"]},
                "blow_dry": {"name": "Blow-dry", "minutes": 30, "resources": ["jess", "mei", "osei"]},
                "gel": {"name": "Gel manicure", "minutes": 40, "resources": ["jess"]},
                "classic": {"name": "Classic manicure", "minutes": 40, "resources": ["jess"]},
            },
            "booking": {"day_parts": {"morning": (540, 720), "after school": (900, 1020)}, **booking},
        }
    )  # fmt: skip


def bistro() -> Rules:
    """Tables for up to six; opens at half past five."""
    return Rules.model_validate(
        {
            "business": {
                "name": "Quince", "timezone": "Europe/London", "country": "GB", "inbox": "desk@quince.example", "desk": "#d",
            },
            "mail": {"requests": "table@quince.example"},
            "hours": {"mon": [], "tue-sun": ["17:30-23:00"]},
            "resources": {"t1": {"name": "Table 1", "kind": "table", "seats": 6}},
            "services": {
                "dinner": {
                    "name": "Dinner", "aliases": ["table", "supper"], "minutes": 90, "resources": ["t1"],
                    "party": {"min": 1, "max": 6},
                },
            },
        }
    )  # fmt: skip


def read(text: str, now: datetime = WEDNESDAY, of: Rules | None = None, **options) -> Reading:
    return Grammar.of(of or rules()).read(text, now, **options)


def when(text: str, now: datetime = WEDNESDAY, of: Rules | None = None, **options) -> list[str]:
    """Each window as `2026-03-12 15:00`, `2026-03-16..2026-03-18 17:00-`, `-12:00` ... in order."""
    found = []
    for window in read(text, now, of, **options).when:
        days = _pair(window.date_from, window.date_to, "..")
        times = _pair(window.time_from, window.time_to, "-")
        found.append(f"{days} {times}".strip())
    return found


def _pair(low: str | None, high: str | None, between: str) -> str:
    if low is None and high is None:
        return ""
    return low if low == high and low else f"{low or ''}{between}{high or ''}"
