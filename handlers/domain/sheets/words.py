"""Days, moments and counts as people type them into a cell. Each raises InputError saying what to write."""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers.domain.errors import InputError
from handlers.domain.rules.model import Rules
from handlers.domain.zone import Zone, hhmm

OPEN = frozenset(
    {"", "-", "any", "any time", "anytime", "asap", "now", "whenever", "open", "flexible", "no limit"}
)
"""No bound."""
RECENT = 62
"""Days: a date without a year that has only just passed is not next year's."""
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]+)?"
_YEAR = r"(?:[ ,./-]+'?(?P<year>\d{4}|\d{2}))"
_MIDNIGHT = re.compile(r"[ T]+0?0:00(:00)?$")
_FORMS = tuple(
    re.compile(_WEEKDAY + form)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<number>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})" + _YEAR + "?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:[ .-]*(?:of )?)" + _MONTH + _YEAR + "?",
        _MONTH + r"[ .-]*(?P<day>\d{1,2})(?:st|nd|rd|th)?" + _YEAR + "?",
    )
)
_CLOCK = re.compile(
    r"(?:^|[\sT,])(?:at )?(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?$", re.IGNORECASE
)
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def parse_day(text: str, rules: Rules, now: int) -> tuple[date | None, date | None]:
    """The first and the last day that are meant: `5 May` is one day, `May` a month. (None, None): no bound.

    2026-05-05, 5/5/2026 (day first or month first, as the business's country does), 5 May, Tue 5 May, next week.
    """
    from handlers.domain.reading.reader import MONTH_FIRST, read_when  # only a changed row needs the grammar

    said = _MIDNIGHT.sub("", text.casefold().strip(" .!"))
    if said in OPEN:
        return None, None
    zone, today = rules.zone, rules.zone.date(now)
    day_first = rules.business.country.upper() not in MONTH_FIRST
    for form in _FORMS:
        if found := form.fullmatch(said):
            day = _day(found, today, day_first=day_first)
            return day, day
    tried = (
        read_when(t, now, zone, day_first=day_first) for t in (text, f"in {text}")
    )  # "June" may be a name
    windows = next((found for found in tried if found), ())
    days = [date.fromisoformat(day) for w in windows for day in (w.date_from, w.date_to) if day]
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", said)}
    if not days or not years <= {day.year for day in days}:
        raise InputError("", f'write a date like {today.isoformat()} or "{today.day} {today:%B}".')
    return min(days), max(days)


def _day(found: re.Match[str], today: date, *, day_first: bool) -> date:
    """Without a year, the one that comes next, or has only just been."""
    parts = found.groupdict()
    if parts.get("first"):
        pair = (int(parts["first"]), int(parts["second"]))
        number, month = pair if day_first else pair[::-1]
        if month > 12 >= number:  # there is only one way to read it
            number, month = month, number
    else:
        number = int(parts["day"])
        month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
    year = int(parts["year"]) if parts.get("year") else 0
    try:
        if year:
            return date(year + 2000 if year < 100 else year, month, number)
        day = next(d for d in (_in(today.year + n, month, number) for n in range(-1, 9)) if _coming(d, today))
    except (ValueError, StopIteration):
        raise InputError("", f'"{found[0]}" is not in the calendar; check the day and the month.') from None
    return day or today


def _month(word: str) -> int:
    return 1 + next(n for n, name in enumerate(_MONTHS) if name.startswith(word))


def _in(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(day: date | None, today: date) -> bool:
    return day is not None and day >= today - timedelta(days=RECENT)


def parse_moment(text: str, rules: Rules, now: int) -> int:
    """A day with or without a wall time (midnight then), in epoch seconds."""
    zone = rules.zone
    try:
        return zone.parse(text)
    except ValueError:
        pass
    clock = _CLOCK.search(text)
    minutes = _minutes(clock) if clock and (clock[2] or clock[3]) else None
    day, _ = parse_day(text[: clock.start()] if clock and minutes is not None else text, rules, now)
    if day is None:
        raise InputError("", f"write when they joined, like {say_moment(now, zone)}.")
    return zone.instant(day, minutes or 0)


def _minutes(clock: re.Match[str]) -> int | None:
    hour, minute, half = int(clock[1]), int(clock[2] or 0), (clock[3] or "").casefold().replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def say_moment(instant: int, zone: Zone) -> str:
    """`2026-05-05 14:00`"""
    return f"{zone.date(instant).isoformat()} {hhmm(zone.minutes(instant))}"


def parse_count(text: str) -> int:
    """`2`, `2 people`, `two`."""
    found = re.fullmatch(
        r"(?:party of )?(\d{1,3})(?:\.0+)?(?: ?(?:people|persons?|pax|guests?|adults?|x))?", text.casefold()
    )
    if found and int(found[1]) > 0:
        return int(found[1])
    if text.casefold() in _NUMBERS:
        return _NUMBERS.index(text.casefold()) + 1
    raise InputError("", "write how many people, as a number.")
