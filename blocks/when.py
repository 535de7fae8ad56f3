"""Times, services and people in the words of the business: "Tue 5 May, 2:00 pm", "Full colour with Mei"."""

from __future__ import annotations

from datetime import date

from blocks import text as t
from handlers.domain.booking import Booking
from handlers.domain.reminders import Chain
from handlers.domain.rules.model import Rules
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import Slot, Window
from handlers.domain.wish import Way
from handlers.domain.zone import say_minutes


def service_name(rules: Rules, service: str | None) -> str:
    """As the owner calls it; a service that left the rules keeps its id."""
    found = rules.services.get(service or "")
    return found.name if found else (service or "")


def resource_name(rules: Rules, resource: str | None) -> str:
    found = rules.resources.get(resource or "")
    return found.name if found else (resource or "")


def with_whom(rules: Rules, slot: Slot) -> str:
    """`Mei, in Treatment room`"""
    extra = [resource_name(rules, need) for need in slot.needs]
    return resource_name(rules, slot.resource) + (f", with {' and '.join(extra)}" if extra else "")


def say_slot(rules: Rules, slot: Slot) -> str:
    """`Tue 5 May, 2:00 pm · Jess`"""
    return f"{rules.zone.say(slot.start)} \N{MIDDLE DOT} {resource_name(rules, slot.resource)}"


def say_span(rules: Rules, start: int, end: int) -> str:
    """`Tue 5 May, 2:00 pm to 2:45 pm`"""
    return f"{rules.zone.say(start)} to {rules.zone.say_time(end)}"


def headline(rules: Rules, booking: Booking) -> str:
    """`Haircut for Ana Lim, Tue 5 May, 2:00 pm with Jess`, plain."""
    return t.one_line(
        f"{service_name(rules, booking.slot.service)} for {booking.name or 'somebody'}, "
        f"{rules.zone.say(booking.slot.start)} with {resource_name(rules, booking.slot.resource)}"
    )


def say_reminders(rules: Rules, booking: Booking, chain: Chain, way: Way | None) -> list[str]:
    """What was sent and what will be, a line each, plain. `way` is how the customer is reached; None = not at all."""
    lines = [f"Sent: {rules.zone.say(r.at)}" for r in chain.sent]
    planned = [rules.zone.say(r.due) for r in chain.planned]
    if booking.answered is not None:
        return [*lines, "They have said that they'll be there, so nothing more goes out."]
    if chain.held:
        return [*lines, "Waits for your decision about imported appointments."]
    if not planned:
        return [*lines, "Nothing more goes out." if lines else "No reminder goes out."]
    if way is None:
        return [
            *lines,
            "They can't be reminded: there is no mobile number or mail address they want messages at.",
        ]
    how = "text" if way == "text" else "email"
    return [*lines, *(f"{when} by {how}" for when in planned)]


def say_date(day: str) -> str:
    """`Tue 5 May` for `2026-05-05`; anything else as it stands."""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{at:%a} {at.day} {at:%b}"


def say_clock(time: str) -> str:
    """`2:00 pm` for `14:00`"""
    try:
        return say_minutes(wall_time(time))
    except ValueError:
        return time


def say_window(window: Window) -> str:
    """`Tue 5 May to Thu 7 May, from 5:00 pm`"""
    first, last, low, high = window.date_from, window.date_to, window.time_from, window.time_to
    days = ""
    if first and last:
        days = say_date(first) if first == last else f"{say_date(first)} to {say_date(last)}"
    elif first:
        days = f"from {say_date(first)}"
    elif last:
        days = f"until {say_date(last)}"
    hours = ""
    if low and high:
        hours = say_clock(low) if low == high else f"{say_clock(low)} to {say_clock(high)}"
    elif low:
        hours = f"from {say_clock(low)}"
    elif high:
        hours = f"until {say_clock(high)}"
    return ", ".join(part for part in (days, hours) if part) or "any time"


def say_windows(windows: tuple[Window, ...]) -> str:
    return "; or ".join(say_window(w) for w in windows[:6])
