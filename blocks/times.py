"""The part of a modal that asks for times and shows them: service, day, time of day, with whom, and what is free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    InputBlock,
    Option,
    RadioButtonsElement,
)

from blocks import text as t
from blocks.elements import context, field, option, section, select
from blocks.ids import ActionId, Field
from blocks.payloads import Wish
from blocks.when import resource_name, say_clock, say_slot, say_windows, service_name
from handlers.domain.forms import day_parts
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, Window
from handlers.domain.zone import hhmm

ANYONE = "anyone"
PART = "part:"
AT = "at:"
STATUS_BLOCK = "times_status"


@dataclass(frozen=True)
class Times:
    """What the modal knows of free times. `note` is said above them ("just taken ...")."""

    state: Literal["ask", "looking", "found", "none", "unreadable"] = "ask"
    slots: tuple[Slot, ...] = ()
    note: str = ""
    outside: bool = False
    """Nothing fits what was asked for; these come nearest."""


def part_of(rules: Rules, window: Window | None) -> str:
    """The select value that says what `window` says of the time of day; "any" when none does."""
    if window is None or not (window.time_from or window.time_to):
        return "any"
    if window.time_from and window.time_from == window.time_to:
        return AT + window.time_from
    for name, (low, high) in day_parts(rules).items():
        if (window.time_from, window.time_to) == (hhmm(low), hhmm(high)):
            return PART + name
    return f"{window.time_from or '00:00'}-{window.time_to or '24:00'}"


def window_times(rules: Rules, part: str) -> tuple[str | None, str | None, bool]:
    """(time_from, time_to, exact) of a select value."""
    if part.startswith(AT):
        return part.removeprefix(AT), part.removeprefix(AT), True
    found = day_parts(rules).get(part.removeprefix(PART)) if part.startswith(PART) else None
    if found:
        return hhmm(found[0]), hhmm(found[1]), False
    low, _, high = part.partition("-")
    return (low, high, False) if high else (None, None, False)


def part_options(rules: Rules, window: Window | None = None, part: str = "any") -> list[Option]:
    """Any time, the owner's parts of the day, half hours while open, and whatever is asked for now."""
    parts = [
        option(
            f"{name.replace('_', ' ').capitalize()} ({say_clock(hhmm(a))} to {say_clock(hhmm(b))})",
            PART + name,
        )
        for name, (a, b) in day_parts(rules).items()
    ]
    weeks = [rules.hours, *(r.hours for r in rules.resources.values() if r.hours is not None)]
    open_hours = [h for week in weeks for hours in week.values() for h in hours]
    first = min((a for a, _ in open_hours), default=9 * 60)
    last = max((b for _, b in open_hours), default=17 * 60)
    fixed = {start for s in rules.services.values() for start in s.starts}
    minutes = sorted({m % 1440 for m in range(first - first % 30, last, 30)} | fixed)
    exact = [option(f"At {say_clock(hhmm(m))}", AT + hhmm(m)) for m in minutes]
    options = [option("Any time", "any"), *parts, *exact][: t.OPTIONS - 1]
    asked = part_of(rules, window) if window else part
    if asked not in {o.value for o in options}:
        options.append(option(_say_part(asked), asked))
    return options


def _say_part(part: str) -> str:
    if part.startswith(AT):
        return f"At {say_clock(part.removeprefix(AT))}"
    low, _, high = part.removeprefix(PART).partition("-")
    return f"{say_clock(low)} to {say_clock(high)}" if high else low


def question(rules: Rules, wish: Wish, *, with_service: bool) -> list[Block]:
    """The inputs that ask again when they change."""
    blocks: list[Block] = []
    if with_service:
        services = [option(s.name, id_, _about(rules, id_)) for id_, s in rules.services.items()]
        blocks.append(
            field(
                ActionId.TIMES_SERVICE,
                "Service",
                select(ActionId.TIMES_SERVICE, services, wish.service, "Which service?"),
                dispatch=True,
            )
        )
    service = rules.services.get(wish.service or "")
    if service is not None and service.party.max > 1:
        sizes = [option(str(n), str(n)) for n in range(service.party.min, service.party.max + 1)]
        blocks.append(
            field(
                ActionId.TIMES_PARTY,
                "How many",
                select(ActionId.TIMES_PARTY, sizes, str(wish.party), always=str(service.party.min)),
                dispatch=True,
            )
        )
    blocks += [
        field(
            ActionId.TIMES_DATE,
            "Day",
            DatePickerElement(action_id=ActionId.TIMES_DATE, initial_date=wish.date),
            optional=True,
            dispatch=True,
            hint=f"As written: {say_windows(wish.windows)}"
            if wish.windows
            else "Leave empty for the next free times.",
        ),
        field(
            ActionId.TIMES_PART,
            "Time of day",
            select(ActionId.TIMES_PART, part_options(rules, part=wish.part), wish.part, always="any"),
            optional=True,
            dispatch=True,
        ),
    ]
    if service is not None and len(service.resources) > 1:
        people = [option("Anyone", ANYONE), *(option(resource_name(rules, r), r) for r in service.resources)]
        # Its own block per service: a choice made for another service must not stay behind.
        blocks.append(
            field(
                f"{ActionId.TIMES_RESOURCE}:{wish.service}",
                "With",
                select(ActionId.TIMES_RESOURCE, people, wish.resource, always=ANYONE),
                optional=True,
                dispatch=True,
            )
        )
    return blocks


def answer(rules: Rules, times: Times, asked: int) -> list[Block]:
    """What is free. A new answer is a new block, so that a time picked from an older one can't be sent by mistake."""
    blocks: list[Block] = [section(times.note, block_id="times_note")] if times.note else []
    match times.state:
        case "found" if times.outside:
            blocks.append(context("Nothing is free for exactly that. These come nearest."))
            blocks.append(_radio(rules, times.slots, asked))
        case "found":
            blocks.append(_radio(rules, times.slots, asked))
        case "looking":
            blocks.append(
                section(
                    ":hourglass_flowing_sand: Looking for times\N{HORIZONTAL ELLIPSIS}", block_id=STATUS_BLOCK
                )
            )
        case "none":
            blocks.append(
                section(
                    "*Nothing is free for that.* Try another day or time, or anyone.", block_id=STATUS_BLOCK
                )
            )
        case "unreadable":
            blocks.append(
                section(
                    ":warning: *A calendar can't be read just now*, so no times can be offered. Try again in a minute.",
                    block_id=STATUS_BLOCK,
                )
            )
        case _:
            blocks.append(context("Choose a service to see free times."))
    return blocks


def _radio(rules: Rules, slots: tuple[Slot, ...], asked: int) -> InputBlock:
    options = [
        option(say_slot(rules, slot), slot_value(slot), _needs(rules, slot))
        for slot in sorted(slots[:10], key=lambda s: (s.start, s.resource))
    ]
    return field(
        f"{Field.SLOT}:{asked}"[:255],
        "Free times",
        RadioButtonsElement(
            action_id=Field.SLOT, options=options, initial_option=options[0] if len(options) == 1 else None
        ),
        hint="Local time of the business.",
    )


def slot_value(slot: Slot) -> str:
    return f"{slot.start}|{slot.resource}"


def _needs(rules: Rules, slot: Slot) -> str:
    return "with " + " and ".join(resource_name(rules, n) for n in slot.needs) if slot.needs else ""


def _about(rules: Rules, service: str) -> str:
    found = rules.services[service]
    price = f" \N{MIDDLE DOT} {rules.business.currency} {found.price:g}" if found.price is not None else ""
    return f"{found.minutes} min{price}"


def wish_line(rules: Rules, wish: Wish) -> str:
    """`Full colour, Fri 8 May, at 2:00 pm`: the question in words."""
    parts = [service_name(rules, wish.service)] if wish.service else []
    parts.append(say_windows(wish.windows) if wish.windows else "any day")
    return ", ".join(parts)
