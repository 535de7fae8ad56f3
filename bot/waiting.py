"""The waitlist modal, from the list as it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from slack_sdk.models.views import View

from blocks.ids import ViewId
from blocks.payloads import ListMeta
from blocks.waitlist import Listing, list_modal
from bot.turn import Turn
from handlers.bootstrap import Desk
from handlers.domain.errors import NotFound
from handlers.domain.waitlist.eligible import in_order
from handlers.domain.waitlist.entry import Entry, EntryState

KEPT = 5
"""Removed ones that stay in sight."""
DIGITS = 3
"""A number is looked for from so many digits on."""


def view(desk: Desk, meta: ListMeta, changed: Entry | None = None, note: str = "") -> View:
    """`changed` is as it was just written: the list may lag a moment behind."""
    return list_modal(desk.rules.current(), listing(desk, meta, changed, note), meta)


def redraw(turn: Turn, meta: ListMeta, changed: Entry | None = None, note: str = "") -> None:
    """The open list, as it is after a click in it."""
    turn.slack.update_view(str(turn.view["id"]), view(turn.desk, meta, changed, note))


def refresh(turn: Turn) -> None:
    """The list somebody clicked in, if it is one: they were not the first."""
    if turn.view.get("callback_id") == ViewId.WAITLIST:
        redraw(turn, turn.meta(ListMeta))


def listing(desk: Desk, meta: ListMeta, changed: Entry | None = None, note: str = "") -> Listing:
    rules = desk.rules.current()
    entries = {e.id: e for e in desk.entries.waiting()}
    for entry in [*_removed(desk, meta), *([changed] if changed else [])]:
        entries[entry.id] = entry
    ordered = in_order(entries.values(), rules.waitlist.order)
    waiting = [e for e in ordered if e.on_the_list]
    shown = [
        e
        for e in found(desk, meta.find, ordered)
        if meta.service in {"", e.service} and (e.on_the_list or e.id in meta.removed)
    ]
    return Listing(
        rows=tuple(shown),
        total=Counter(e.service for e in waiting),
        line=line(waiting),
        held=_held(desk, shown),
        note=note,
    )


def line(ordered: Iterable[Entry]) -> dict[str, int]:
    """Entry id -> its number among those who wait for the same service."""
    numbers: Counter[str] = Counter()
    found: dict[str, int] = {}
    for entry in ordered:
        if entry.state is EntryState.WAITING:
            numbers[entry.service] += 1
            found[entry.id] = numbers[entry.service]
    return found


def found(desk: Desk, text: str, entries: Iterable[Entry]) -> list[Entry]:
    """Those of `entries` whom staff mean by part of a name, an address or a number; a slip is forgiven."""
    entries = list(entries)
    words = text.casefold().split()
    if not words:
        return entries
    digits = "".join(c for c in text if c.isdigit())
    hits = [
        e
        for e in entries
        if all(w in f"{e.name} {e.email or ''}".casefold() for w in words)
        or (len(digits) >= DIGITS and digits in (e.phone or ""))
        or e.id == text
    ]
    if hits:
        return hits
    alike = {e.id for e in desk.entries.find(text)}
    return [e for e in entries if e.id in alike]


def _removed(desk: Desk, meta: ListMeta) -> list[Entry]:
    """As they are now: perhaps somebody else has put them back."""
    entries = []
    for id_ in meta.removed:
        with suppress(NotFound):
            entries.append(desk.entries.get(id_))
    return entries


def _held(desk: Desk, entries: Iterable[Entry]) -> dict[str, int]:
    """Entry id -> when the offer it holds ends, where it has left already."""
    held = {}
    for entry in entries:
        if entry.offer is None:
            continue
        with suppress(NotFound):
            ends = desk.offers.look(entry.offer).offer.ends
            if ends is not None:
                held[entry.id] = ends
    return held
