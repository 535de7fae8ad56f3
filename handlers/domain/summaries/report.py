"""What a summary says: its lines, its chart and its sentence in plain words, the same for Slack, a mail and the narrator.

Everything is worked out of the facts here, once; whoever shows it only lays it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handlers.domain.summaries.monthly import MonthlyFacts
from handlers.domain.summaries.periods import Kind
from handlers.domain.summaries.weekly import WeeklyFacts
from handlers.domain.zone import say_duration

Unit = Literal["count", "percent", "minutes", "money"]
NONE = "\N{EN DASH}"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Quiet(BaseModel):
    """A visit of somebody who was reminded, never answered, and whom nobody saw."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    booking: str
    name: str
    service: str
    start: int


class Summary(BaseModel):
    """What was counted of a period, once, and what it was compared with. `words` is what a narrator made of it; "" is
    the plain template. Only `quiet` names customers."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    kind: Kind
    first: str
    last: str
    """Local dates, both inclusive."""
    first_before: str
    period: str
    """In words: `4 to 10 May`, `May 2026`."""
    period_before: str
    weekly: WeeklyFacts | None = None
    weekly_before: WeeklyFacts | None = None
    monthly: MonthlyFacts | None = None
    monthly_before: MonthlyFacts | None = None
    currency: str = ""
    quiet: tuple[Quiet, ...] = ()
    words: str = ""
    created: int = 0


@dataclass(frozen=True)
class Line:
    """One number and what it was before, both as people read them. `value` is the number itself, in hundredths for
    money; None where there is none to be had."""

    label: str
    said: str
    was: str
    value: int | None = None
    value_before: int | None = None
    unit: Unit = "count"
    more: str = ""
    """Small print: `7 from the waitlist`."""


@dataclass(frozen=True)
class Bar:
    """`part` of `whole`; the two are the same where nothing is divided. `said` is `8`, or `2 of 3`."""

    label: str
    part: int
    whole: int
    said: str


@dataclass(frozen=True)
class Report:
    title: str
    plain: str
    """The paragraph in the plain template's words."""
    paragraph: str
    """What is said: the narrator's words, where it had any that were true."""
    headline: str = ""
    """The one number that says most."""
    lines: tuple[Line, ...] = ()
    chart: str = ""
    """What the bars show."""
    bars: tuple[Bar, ...] = ()
    lists: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    """`("By service", (("Haircut", 12), ...))`"""
    numbers: tuple[Line, ...] = field(default=(), repr=False)
    """Further numbers the words may use."""
    against: str = ""
    """The period it is compared with, in words; "" when there is nothing to compare it with."""

    @property
    def quiet(self) -> bool:
        """Nothing happened: one sentence says so."""
        return not self.lines


def report(summary: Summary) -> Report:
    """A quiet period has no lines and no chart, only a sentence."""
    if summary.weekly is not None:
        return _weekly(summary, summary.weekly, summary.weekly_before or WeeklyFacts())
    return _monthly(summary, summary.monthly or MonthlyFacts(), summary.monthly_before or MonthlyFacts())


def money(hundredths: int, currency: str) -> str:
    """`SGD 1,250`, `EUR 12.50`"""
    whole, rest = divmod(hundredths, 100)
    return f"{currency} {whole:,}" + (f".{rest:02d}" if rest else "")


def count(number: int, one: str, many: str = "") -> str:
    """`1 slot`, `2 slots`"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


# --- the week ----------------------------------------------------------------------------------------------------


def _weekly(summary: Summary, now: WeeklyFacts, was: WeeklyFacts) -> Report:
    title = f"Last week, {summary.period}"
    if now.nothing:
        plain = "A quiet week: no visits, nothing booked, moved or cancelled, and no slot came free."
        return Report(title, plain, plain)
    plain = _weekly_words(now, was)
    customers = _of_these(now.cancelled_by_customers, "by customers")
    lines = (
        _line("Visits", now.visits, was.visits),
        _line("Confirmed", now.confirmed, was.confirmed),
        _line("Said they will come", now.answered, was.answered),
        _line(
            "Rescheduled",
            now.rescheduled,
            was.rescheduled,
            _of_these(now.rescheduled_by_customers, "by customers"),
        ),
        _line("Cancelled", now.cancelled, was.cancelled, customers),
        _line("No-shows", now.no_shows, was.no_shows),
        _line("Slots freed", now.freed, was.freed),
        _line(
            "Gaps filled", now.filled, was.filled, _of_these(now.filled_from_waitlist, "from the waitlist")
        ),
        _line("Went quiet", now.quiet, was.quiet),
    )
    parts = (
        Line("cancelled by customers", "", "", now.cancelled_by_customers),
        Line("rescheduled by customers", "", "", now.rescheduled_by_customers),
        Line("gaps filled from the waitlist", "", "", now.filled_from_waitlist),
    )
    return Report(
        title,
        plain,
        summary.words or plain,
        count(now.visits, "visit"),
        lines,
        "Visits by day",
        tuple(Bar(day, n, n, f"{n:,}") for day, n in zip(WEEKDAYS, now.by_day, strict=True)),
        tuple(
            (title, found)
            for title, found in (("By service", now.by_service), ("With whom", now.by_resource))
            if len(found) > 1
        ),
        parts,
        "" if was.nothing else summary.period_before,
    )


def _weekly_words(now: WeeklyFacts, was: WeeklyFacts) -> str:
    then = "" if was.nothing else _than(now.visits, was.visits, "the week before")
    said = [f"{count(now.visits, 'visit') if now.visits else 'No visits'}{then}."]
    done = _each((now.confirmed, "confirmed"), (now.rescheduled, "moved"), (now.cancelled, "cancelled"))
    if done:
        said.append(f"Bookings: {done}.")
    if now.no_shows:
        said.append(f"{count(now.no_shows, 'customer')} did not come.")
    if now.freed or now.filled:
        from_list = f" ({now.filled_from_waitlist:,} from the waitlist)" if now.filled_from_waitlist else ""
        said.append(f"{count(now.freed, 'slot')} came free, {now.filled:,} filled{from_list}.")
    if now.quiet:
        said.append(
            f"{count(now.quiet, 'customer')} never answered a reminder and {'was' if now.quiet == 1 else 'were'} not "
            "marked as arrived."
        )
    return " ".join(said)


# --- the month ---------------------------------------------------------------------------------------------------


def _monthly(summary: Summary, now: MonthlyFacts, was: MonthlyFacts) -> Report:
    title = f"The waitlist in {summary.period}"
    name, name_before = summary.period.split(" ")[0], summary.period_before.split(" ")[0]
    if now.nothing:
        plain = f"A quiet month: no slot came free in {name}."
        return Report(title, plain, plain)
    currency = summary.currency
    plain = _monthly_words(now, was, name, name_before, currency)
    lines = (
        _line(
            "Slots freed", now.freed, was.freed, f"{now.still_open:,} still open" if now.still_open else ""
        ),
        _line("Filled", now.filled, was.filled, _fillers(now)),
        Line("Fill rate", _percent(now.rate), _percent(was.rate), now.rate, was.rate, "percent"),
        Line(
            "Median time to fill",
            _minutes(now.minutes),
            _minutes(was.minutes),
            now.minutes,
            was.minutes,
            "minutes",
        ),
        Line(
            "Revenue recovered",
            money(now.recovered, currency),
            money(was.recovered, currency),
            now.recovered,
            was.recovered,
            "money",
            f"{now.unpriced:,} without a price" if now.unpriced else "",
        ),
        _line("Offers made", now.offers, was.offers),
        _line("Claimed", now.claimed, was.claimed),
        _line("Declined", now.declined, was.declined),
        _line("Timed out", now.timed_out, was.timed_out),
    )
    numbers = (
        Line("filled from the waitlist", "", "", now.by_waitlist),
        Line("filled by staff", "", "", now.by_staff),
        Line("booked by customers directly", "", "", now.by_customers),
        Line("still open", "", "", now.still_open),
        Line("claims of services without a price", "", "", now.unpriced),
    )
    return Report(
        title,
        plain,
        summary.words or plain,
        f"{now.filled:,} of {count(now.freed, 'slot')} filled",
        lines,
        "Filled, of the slots that came free, by weekday",
        tuple(
            Bar(day, filled, freed, f"{filled:,} of {freed:,}" if freed else NONE)
            for day, (freed, filled) in zip(WEEKDAYS, now.by_weekday, strict=True)
        ),
        numbers=numbers,
        against="" if was.nothing else summary.period_before,
    )


def _monthly_words(now: MonthlyFacts, was: MonthlyFacts, name: str, before: str, currency: str) -> str:
    freed = f"{count(now.freed, 'slot')} came free in {name}, {_filled_of(now)}"
    said = [f"{freed if now.freed else f'No slot came free in {name}'}."]
    if now.minutes is not None:
        said.append(f"The median time from free to claimed was {_minutes(now.minutes)}.")
    if now.recovered:
        said.append(f"{money(now.recovered, currency)} of revenue was recovered.")
    if now.offers:
        parts = _each((now.claimed, "claimed"), (now.declined, "declined"), (now.timed_out, "timed out"))
        said.append(f"{count(now.offers, 'offer')} went out{': ' + parts if parts else ''}.")
    if was.freed:
        said.append(f"In {before}, {was.filled:,} of {was.freed:,} were filled ({was.rate}%).")
    return " ".join(said)


def _filled_of(now: MonthlyFacts) -> str:
    if not now.filled:
        return "and it was not filled" if now.freed == 1 else "and none was filled"
    by = _each(
        (now.by_waitlist, "from the waitlist"),
        (now.by_staff, "by staff"),
        (now.by_customers, "by customers who booked directly"),
    )
    return f"and {now.filled:,} {'was' if now.filled == 1 else 'were'} filled ({now.rate}%): {by}"


def _fillers(now: MonthlyFacts) -> str:
    words = (
        (now.by_waitlist, "from the waitlist"),
        (now.by_staff, "by staff"),
        (now.by_customers, "booked directly"),
    )
    return ", ".join(f"{n:,} {word}" for n, word in words if n)


# --- words -------------------------------------------------------------------------------------------------------


def _line(label: str, now: int, was: int, more: str = "") -> Line:
    return Line(label, f"{now:,}", f"{was:,}", now, was, more=more)


def _of_these(number: int, what: str) -> str:
    return f"{number:,} {what}" if number else ""


def _percent(rate: int | None) -> str:
    return NONE if rate is None else f"{rate}%"


def _minutes(minutes: int | None) -> str:
    return NONE if minutes is None else say_duration(minutes * 60)


def _than(now: int, was: int, then: str) -> str:
    if now == was:
        return f", as many as {then}"
    return f", {abs(now - was):,} {'more' if now > was else 'fewer'} than {then}"


def _each(*counted: tuple[int, str]) -> str:
    """`3 claimed, 2 declined and 1 timed out`; what is not there is not said."""
    parts = [f"{n:,} {word}" for n, word in counted if n]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
