"""The words an owner writes in single fields: zone, country, mail address, date ... Each raises ValueError saying what to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from handlers.domain.rules import iso, words
from handlers.domain.rules.shape import Schema, Word, did_you_mean, quoted

_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
_DOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
_NOT_PLACES = {"localtime", "posixrules", "Factory"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("write some text here")
    if len(value) > 2000:
        raise ValueError("this is too long; keep it under 2000 characters")
    return value.strip()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        pass
    else:
        if value not in _NOT_PLACES:
            return value
    names = sorted(available_timezones() - _NOT_PLACES)
    close = {n.lower(): n for n in names}
    close.update({n.rpartition("/")[2].lower(): n for n in names if n.count("/") == 1})
    guess = did_you_mean(value.replace(" ", "_").lower(), close)
    found = re.search(r'"(.+)"', guess)
    tail = f'did you mean "{close[found[1]]}"?' if found else 'write one like "Europe/London"'
    raise ValueError(f"{quoted(value)} is not a time zone; {tail}")


def _code(known: frozenset[str], what: str, example: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value in known:
            return value
        upper = value.upper()
        tail = f'did you mean "{upper}"?' if upper in known else f"write a code like {example}"
        raise ValueError(f"{quoted(value)} is not a {what} code; {tail}")

    return parse


def _mail(value: str) -> str:
    if not re.fullmatch(_MAIL + _DOMAIN, value):
        raise ValueError(f"{quoted(value)} is not a mail address; write one like hello@salon.example")
    return value.lower()


def _sender(value: str) -> str:
    if not re.fullmatch(f"({_MAIL}|@){_DOMAIN}", value):
        raise ValueError(f'{quoted(value)} is not a sender; write vip@partner.example, or "@family.example"')
    return value.lower()


def _calendar(value: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", value):
        message = "is not a calendar id; write the one in the calendar's settings, like jess@salon.example"
        raise ValueError(f"{quoted(value)} {message}")
    return value


def _sheet(value: str) -> str:
    """The id of a Google Sheet, or the link that the browser shows."""
    linked = re.search(r"/spreadsheets/d/([A-Za-z0-9_-]{20,})", value)
    if linked:
        return linked[1]
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,100}", value):
        raise ValueError(
            f"{quoted(value)} is not a Google Sheet; copy its link, like https://docs.google.com/spreadsheets/d/..."
        )
    return value


def _slack_channel(value: str) -> str:
    if not re.fullmatch(r"#[^\s#@A-Z]{1,80}|[CG][A-Z0-9]{2,20}", value):
        raise ValueError(
            f'{quoted(value)} is not a Slack channel; write its name in quotes, like "#front-desk"'
        )
    return value


def _slack_user(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", value):
        raise ValueError(
            f"{quoted(value)} is not a Slack member id; copy it from the profile, like U012AB3CD"
        )
    return value


def _date(value: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{quoted(value)} is not in the calendar; check the day and the month") from None
    raise ValueError(f"{quoted(value)} is not a date; write year-month-day, like 2026-12-25")


def _time(value: str) -> int:
    minutes = words.wall_time(value)
    if minutes == 1440:
        raise ValueError('write a time before midnight in quotes, like "18:00"')
    return minutes


class _DateWord(Word):
    """Without quotes YAML reads a date as a date, which JSON Schema has no type for: anything else is ruled out."""

    def schema(self) -> Schema:
        others = ["number", "boolean", "null", "array", "object"]
        return {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "not": {"type": others}}


TEXT = Word(_text, "write some text here")
ZONE = Word(_zone, 'write a time zone like "Europe/London"')
COUNTRY = Word(
    _code(iso.COUNTRIES, "country", "GB"), "write a country code like GB", {"pattern": "^[A-Z]{2}$"}
)
CURRENCY = Word(
    _code(iso.CURRENCIES, "currency", "EUR"), "write a currency code like EUR", {"pattern": "^[A-Z]{3}$"}
)
MAIL = Word(
    _mail, "write a mail address like hello@salon.example", {"pattern": "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$"}
)
SENDER = Word(
    _sender, 'write vip@partner.example, or "@family.example"', {"pattern": "^[^\\s@]*@[^\\s@]+\\.[^\\s@]+$"}
)
CALENDAR = Word(
    _calendar, "write the calendar's id, like jess@salon.example", {"pattern": "^[^\\s@]+@[^\\s@]+$"}
)
SHEET = Word(
    _sheet,
    "write the link of a Google Sheet, in quotes",
    {"pattern": "^[A-Za-z0-9_-]{20,}$|/spreadsheets/d/"},
)
CHANNEL = Word(
    _slack_channel, 'write the Slack channel in quotes, like "#front-desk" (a bare # starts a comment)'
)
SLACK_USER = Word(_slack_user, "write a Slack member id, like U012AB3CD", {"pattern": "^[UW][A-Z0-9]{2,20}$"})
DATE = _DateWord(_date, "write a date like 2026-12-25", takes=("date",))
TIME = Word(_time, 'write a time in quotes, like "18:00"', {"pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"})
ID = Word(_text, "write the id of a resource", {"pattern": "^[a-z][a-z0-9_]{0,39}$"})


def duration(low: int, high: int) -> Word:
    """A length of time with its unit, from `low` to `high` seconds; a bare 0 is allowed where 0 is."""

    def parse(value: str) -> int:
        if value == "0":
            value = "0m"
        try:
            seconds = words.duration(value)
        except ValueError as e:
            if re.fullmatch(r"[0-9]{1,6}", value):
                raise ValueError(f"{value} has no unit; write {value}m, {value}h or {value}d") from None
            raise ValueError(f"{quoted(value)} is not a length of time; {e}") from None
        if not low <= seconds <= high:
            raise ValueError(f"{value} is out of range; write something from {say(low)} to {say(high)}")
        return seconds

    json: Schema = {"pattern": r"^[0-9]{1,7}\s*[smhd]$"}
    if low == 0:
        json |= {"type": ["string", "integer"], "minimum": 0, "maximum": 0}
    return Word(parse, "write a length of time like 15m, 2h or 60d", json, takes=("int",))


def say(seconds: int) -> str:
    """`2h` for 7200: as an owner would write it."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds % unit == 0 and seconds >= unit:
            return f"{seconds // unit}{name}"
    return f"{seconds}s" if seconds else "0"
