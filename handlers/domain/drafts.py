"""What is forwarded to us, put together: several texts into one reading, a confirmation into a time.

Pure. Every draft goes to a person, so a doubt is said and nothing is guessed away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from handlers.domain.request import FieldReading, Plan, Reading, Request
from handlers.domain.rules.model import Rules, Service
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import Window

LONGEST_VISIT = 3
"""Times the service's own length: a longer stretch is opening hours or the like, and no appointment."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one text said: `where` is "the mail" or the attachment's name; `sure` how well it could be seen."""

    where: str
    reading: Reading
    sure: float = 1.0


class Together(NamedTuple):
    """One reading of all texts, and what they disagree on, as sentences."""

    reading: Reading
    doubts: tuple[str, ...] = ()


def together(said: Sequence[Said], rules: Rules, today: date, *, one_time: bool) -> Together:
    """The first text that says something of a field has the word; what others say differently is a doubt.

    `one_time`: it speaks of an appointment, so among several windows the one with a day and a time is meant."""
    from handlers.domain.reading.confidence import fields_to_review  # cards need only the days below

    readings = [_seen(s.reading, s.sure) for s in said]
    service = next((r.service for r in readings if r.service.value), None)
    service = service or max((r.service for r in readings), key=lambda s: len(s.candidates))
    times = [(s.where, r.when) for s, r in zip(said, readings, strict=True) if r.when]
    if one_time:
        times = [(where, _narrowed(when)) for where, when in times]
        times.sort(key=lambda t: not _fixed(t[1]))  # stable: a fixed time goes before a vague one
    when = times[0][1] if times else ()
    party, resource = _first([r.party_size for r in readings]), _first([r.resource for r in readings])
    doubts = _differences(times) if one_time else ()
    known = service.value in rules.services
    review = fields_to_review(
        rules, today, service=service, when=when, party=party, resource=resource, doubtful_when=bool(doubts)
    ) if known or service.value is None else ("service",)  # fmt: skip
    reading = Reading(
        move="draft", service=service, when=when, party_size=party, resource=resource, review=review
    )
    return Together(reading, doubts)


def _seen(reading: Reading, sure: float) -> Reading:
    """What was made out on a blurred page is as sure as the page is."""
    if sure >= 1:
        return reading
    return reading.model_copy(
        update={
            "service": reading.service.model_copy(
                update={"confidence": round(reading.service.confidence * sure, 2)}
            ),
            "when": tuple(
                w.model_copy(update={"confidence": round(w.confidence * sure, 2)}) for w in reading.when
            ),
            "party_size": _dimmed(reading.party_size, sure),
            "resource": _dimmed(reading.resource, sure),
        }
    )


def _dimmed(field: FieldReading, sure: float) -> FieldReading:
    return field.model_copy(update={"confidence": round(field.confidence * sure, 2)})


def _first(fields: Sequence[FieldReading]) -> FieldReading:
    return next(
        (f for f in fields if f.value is not None), next((f for f in fields if f.quote), FieldReading())
    )


def _narrowed(when: tuple[Window, ...]) -> tuple[Window, ...]:
    timed = tuple(w for w in when if w.date_from and w.date_from == w.date_to and w.time_from)
    return timed or when


def _fixed(when: tuple[Window, ...]) -> bool:
    return (
        len(when) == 1
        and bool(when[0].date_from)
        and when[0].date_from == when[0].date_to
        and bool(when[0].time_from)
    )


def _differences(times: Sequence[tuple[str, tuple[Window, ...]]]) -> tuple[str, ...]:
    fixed = [(where, when[0]) for where, when in times if _fixed(when)]
    if not fixed:
        return ()
    first = fixed[0][1]
    return tuple(
        f"{where} says {w.date_from} {w.time_from}, {fixed[0][0]} says {first.date_from} {first.time_from}."
        for where, w in fixed[1:]
        if (w.date_from, w.time_from) != (first.date_from, first.time_from)
    )


# --- appointments ------------------------------------------------------------------------------------------------

_CANCELLED = re.compile(
    r"\b(?:(?:has|have|had|was|were|been|is|are|got)\s(?:been\s|now\s|just\s)?cancell?ed"
    r"|cancell?ed\s(?:their|her|his|the|your|this|an?|my)\s(?:\w+\s){0,2}(?:appointment|booking|reservation|visit)"
    r"|cancellation\s(?:confirm\w+|notice|notification)|status\W{1,3}cancell?ed|wurde\sstorniert|a\sété\sannulée?)\b",
    re.IGNORECASE,
)
_CANCELLED_SUBJECT = re.compile(r"\b(?:cancell?ed|cancellation|stornier\w+|annul\w+)\b", re.IGNORECASE)
_POLICY = re.compile(
    r"\b(?:if|unless|can|(?-i:may)|must|should|could|before|within|policy|fee|charged?|less than)\b",
    re.IGNORECASE,
)
_LOOKED_AT = 4_000


def speaks_of_cancellation(subject: str, text: str) -> bool:
    """Whether it tells that an appointment is off; what is said of how to cancel one does not."""
    if _CANCELLED_SUBJECT.search(subject):
        return True
    sentences = re.split(r"(?<=[.!?])\s|\n", text[:_LOOKED_AT])
    return any(_CANCELLED.search(s) and not _POLICY.search(s) for s in sentences)


def time_of(reading: Reading, service: Service, rules: Rules) -> tuple[int, int] | None:
    """[start, end) in epoch seconds of the one time it names; the end as it says, else by the service's length."""
    if not _fixed(reading.when):
        return None
    window, zone = reading.when[0], rules.zone
    day = date.fromisoformat(window.date_from or "")
    start = zone.instant(day, wall_time(window.time_from or ""))
    length = service.minutes * 60
    if window.time_to and window.time_to != window.time_from:
        said = zone.instant(day, wall_time(window.time_to)) - start
        length = said if 0 < said <= LONGEST_VISIT * length else length
    return start, start + length


def appointment_doubts(
    request: Request, reading: Reading, plan: Plan | None, rules: Rules
) -> tuple[str, ...]:
    """What a person must settle before it can be booked, or should know, the weightiest first."""
    found = []
    if reading.service.value is None:
        found.append("Which service is it?")
    if not _fixed(reading.when):
        found.append(_which(reading.when))
    if not request.name:
        found.append("Whose appointment is it?")
    if plan is not None and plan.taken:
        found.append(plan.taken)
    elif plan is not None and plan.unusual:
        found.append(plan.unusual)
    found += _party(reading, rules)
    if not (request.email or request.phone):
        found.append("It names no mail address and no phone number, so they can't be reminded.")
    return (*found, *_check(reading, {"service", "when"}))


def _which(when: tuple[Window, ...]) -> str:
    if not when:
        return "Which day and time is it?"
    days = {w.date_from for w in when} | {w.date_to for w in when}
    one_day = len(days) == 1 and not any(w.time_from for w in when)
    return "At what time is it?" if one_day else "It names more than one time. Which is it?"


def waitlist_doubts(request: Request, reading: Reading, rules: Rules) -> tuple[str, ...]:
    found = []
    if reading.service.value is None:
        found.append("Which service do they want?")
    if not request.name:
        found.append("Who is it?")
    if not (request.email or request.phone):
        found.append("How can they be reached? A mail address or a phone number is needed.")
    found += _party(reading, rules)
    return (*found, *_check(reading, {"service"}))


def _party(reading: Reading, rules: Rules) -> list[str]:
    service, party = rules.services.get(reading.service.value or ""), reading.party_size.value
    if service is None or service.party.max == 1:
        return []
    low, high = service.party.min, service.party.max
    if not isinstance(party, int):
        return [f"For how many? {low} is assumed." if low == 1 else "For how many?"]
    return [] if low <= party <= high else [f"A party of {party}: {service.name} takes {low} to {high}."]


def _check(reading: Reading, asked: set[str]) -> tuple[str, ...]:
    """The fields that are read, but not surely."""
    unsure = [
        f
        for f in reading.review
        if f not in asked
        or (f == "service" and reading.service.value)
        or (f == "when" and _fixed(reading.when))
    ]
    unsure = [f for f in unsure if f != "party_size"]
    return ("Please check: " + ", ".join(unsure) + ".",) if unsure else ()


def party_of(reading: Reading, service: Service) -> int:
    party = reading.party_size.value
    return party if isinstance(party, int) else service.party.min
