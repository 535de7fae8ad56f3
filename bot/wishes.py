"""What a modal that looks for times is asking: read from its inputs, from a sentence, and as a query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from blocks.entry_modals import Wanted
from blocks.ids import ActionId, Field
from blocks.payloads import TimesMeta, Wish
from blocks.times import ANYONE, part_of, window_times
from blocks.when import say_windows
from handlers.domain.booking import Booking
from handlers.domain.request import Message, Reading, Request
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery, Window

if TYPE_CHECKING:
    from bot.turn import Turn

FOR = re.compile(r"\bfor\s+([^\W\d_][\w'\u2019.-]*(?:[ ]+[^\W\d_][\w'\u2019.-]*){0,3})", re.IGNORECASE)
NOT_A_NAME = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "anyone",
        "at",
        "by",
        "for",
        "her",
        "him",
        "his",
        "in",
        "it",
        "me",
        "my",
        "next",
        "of",
        "on",
        "or",
        "our",
        "please",
        "some",
        "that",
        "the",
        "them",
        "this",
        "to",
        "us",
        "with",
        "you",
        "your",
    ]
)


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """Action id -> what was chosen or typed ("" for nothing), whatever kind of input it is."""
    found: dict[str, str] = {}
    for block in view.get("state", {}).get("values", {}).values():
        for action, state in block.items():
            chosen: dict[str, Any] = state.get("selected_option") or next(
                iter(state.get("selected_options") or ()), {}
            )
            picked = state.get("selected_date") or state.get("selected_time")
            found[action] = str(chosen.get("value") or picked or state.get("value") or "").strip()
    return found


def initial(view: Mapping[str, Any]) -> dict[str, str]:
    """As `values`, of what the inputs began with."""
    elements = [b["element"] for b in view.get("blocks", []) if "element" in b]
    return {
        str(e["action_id"]): str(
            (e.get("initial_option") or {}).get("value")
            or e.get("initial_date")
            or e.get("initial_value")
            or ""
        ).strip()
        for e in elements
    }


def changed(view: Mapping[str, Any]) -> dict[str, str]:
    """The values somebody changed."""
    began = initial(view)
    return {action: value for action, value in values(view).items() if value != began.get(action, "")}


def block_of(view: Mapping[str, Any], action: str) -> str:
    """The id of the input block that holds `action`: where its fault is shown. Raises StopIteration."""
    blocks = view.get("blocks", [])
    return next(str(b["block_id"]) for b in blocks if b.get("element", {}).get("action_id") == action)


def has(view: Mapping[str, Any], action: str) -> bool:
    return any(b.get("element", {}).get("action_id") == action for b in view.get("blocks", []))


def from_view(view: Mapping[str, Any], rules: Rules, *, service: str | None = None) -> Wish:
    """`service` is the booking's own in a modal that has no service input."""
    chosen, meta = values(view), TimesMeta.unpack(str(view.get("private_metadata") or ""))
    service = chosen.get(ActionId.TIMES_SERVICE) or service
    date, part = chosen.get(ActionId.TIMES_DATE) or None, chosen.get(ActionId.TIMES_PART) or "any"
    offered = rules.services.get(service or "")
    resource = chosen.get(ActionId.TIMES_RESOURCE) or ANYONE
    party = int(chosen.get(ActionId.TIMES_PARTY) or 0)
    if offered:
        party = min(max(party, offered.party.min), offered.party.max)
    return Wish(
        service=service,
        date=date,
        part=part,
        resource=resource if offered and resource in offered.resources else None,
        party=party or 1,
        name=chosen.get(Field.NAME, ""),
        contact=chosen.get(Field.CONTACT, ""),
        notes=chosen.get(Field.NOTES, ""),
        windows=() if date or part != "any" else meta.windows,
        booking=meta.booking,
    )


def from_reading(reading: Reading, rules: Rules, text: str = "") -> Wish:
    """One day and time go into the inputs; anything richer stays as it was written. `text` is what was read."""
    from handlers.domain.contact import say_phone

    service = rules.services.get(reading.service.value or "")
    window = reading.when[0] if len(reading.when) == 1 else None
    simple = window is not None and window.date_from == window.date_to
    party, customer = reading.party_size.value, reading.customer
    contact = customer.email or (say_phone(customer.phone) if customer.phone else "")
    name = customer.name or ""
    name = "" if name in reading.resource.quote else name  # "with Mei" names staff
    wanted = party if isinstance(party, int) else 1
    return Wish(
        service=reading.service.value if service else None,
        date=window.date_from if simple and window else None,
        part=part_of(rules, window) if simple else "any",
        resource=str(reading.resource.value)
        if service and reading.resource.value in service.resources
        else None,
        party=min(max(wanted, service.party.min), service.party.max) if service else 1,
        name=name or named(text, reading),
        contact=contact,
        windows=() if simple else tuple(w.model_copy(update={"quote": ""}) for w in reading.when[:4]),
    )


def to_wait(reading: Reading, rules: Rules, now: int, text: str = "") -> Wanted:
    """For the waitlist only days count; an hour somebody named is kept as a note."""
    from handlers.domain.contact import say_phone
    from handlers.domain.days import span_of

    wish, today = from_reading(reading, rules, text), rules.zone.date(now)
    first, last = span_of(reading.when, today, rules.booking.horizon)
    contact = reading.customer
    hours = tuple(w for w in reading.when if w.time_from or w.time_to)
    return Wanted(
        service=wish.service,
        party=wish.party,
        earliest=first.isoformat() if reading.when else None,
        latest=last.isoformat() if reading.when else None,
        resource=wish.resource,
        name=wish.name,
        email=contact.email or "",
        phone=say_phone(contact.phone) if contact.phone else "",
        notes=f"Asked for {say_windows(hours)}." if hours else "",
    )


def asked_for(request: Request, rules: Rules, now: int) -> Wanted:
    """What a request asks for, for the waitlist; the days are counted from when it was written."""
    wanted = to_wait(request.reading or Reading(), rules, now, request.message.text)
    return replace(
        wanted,
        name=request.name or wanted.name,
        email=request.email or wanted.email,
        phone=request.phone or wanted.phone,
    )


DAYS = re.compile(r"\b(?:mon|wed|sat|sun)\b")
"""Short days that are words of their own in prose: in what staff type after a command they are days."""


def shorthand(text: str) -> str:
    """As it would be written in a message: "colour for Ana Sat" for "colour for Ana sat"."""
    return DAYS.sub(lambda day: day[0].capitalize(), text)


def read(turn: Turn, text: str) -> Reading:
    """What staff typed, as a message is read."""
    now = turn.desk.clock.now()
    return turn.desk.reader.read(Message(channel="staff", text=text[:4000], received=now), turn.rules, now)


def named(text: str, reading: Reading) -> str:
    """Whom it is for in staff's shorthand ("colour for Ana Fri 2pm"): the words after "for" that mean nothing else."""
    quotes = [w.quote for w in reading.when]
    quotes += [reading.service.quote, reading.party_size.quote, reading.resource.quote]
    for quote in sorted(filter(None, quotes), key=len, reverse=True):
        text = text.replace(quote, " | ")
    for found in FOR.finditer(text):
        words = list(takewhile(lambda word: word.casefold() not in NOT_A_NAME, found[1].split()))
        if words:
            return " ".join(words)[:80]
    return ""


def to_move(booking: Booking) -> Wish:
    """Any time, with the same person."""
    return Wish(
        service=booking.slot.service, resource=booking.slot.resource, party=booking.party, booking=booking.id
    )


def query_of(wish: Wish, rules: Rules) -> SlotQuery | None:
    """None while there is nothing to look for."""
    if wish.service not in rules.services:
        return None
    low, high, exact = window_times(rules, wish.part)
    windows = wish.windows
    if wish.date or low or high:
        windows = (Window(date_from=wish.date, date_to=wish.date, time_from=low, time_to=high, exact=exact),)
    return SlotQuery(
        service=wish.service,
        party=wish.party,
        resource=wish.resource,
        windows=windows,
        exclude=wish.booking,
    )
