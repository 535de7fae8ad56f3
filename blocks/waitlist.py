"""The waitlist as staff see it: the list with its filter and pages, and each person's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    DividerBlock,
    OverflowMenuElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import (
    actions,
    button,
    context,
    line,
    modal,
    option,
    section,
    select,
)
from blocks.elements import field as input_field
from blocks.ids import ActionId, EntryChoice, Field, ViewId
from blocks.openings import DOT, until
from blocks.payloads import EntryMenu, ListMeta, Ref
from blocks.when import resource_name, service_name
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist import Entry, EntryState

ROWS = 20
"""On a page: a click draws them all while somebody waits."""
ALL = "all"
"""The choice of every service."""
CHOICES = {
    EntryChoice.EDIT: "Edit",
    EntryChoice.BUMP: "Bump priority",
    EntryChoice.LOWER: "Lower priority",
    EntryChoice.PAUSE: "Pause offers",
    EntryChoice.RESUME: "Resume offers",
    EntryChoice.REMOVE: "Remove",
    EntryChoice.WHY: "Why?",
}


@dataclass(frozen=True)
class Listing:
    """`rows` is what the filter leaves of the list, in the fair order, with those just removed where they stood.
    `total` counts the list by service, `line` is each one's number in the line for their service, `held` until when
    (epoch s) an offer is theirs; `note` (mrkdwn) says what was just done."""

    rows: tuple[Entry, ...] = ()
    total: Mapping[str, int] = field(default_factory=dict)
    line: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def list_modal(rules: Rules, listing: Listing, meta: ListMeta) -> View:
    pages = max(1, -(-len(listing.rows) // ROWS))
    page = min(meta.page, pages - 1)
    meta = meta.model_copy(update={"page": page})
    blocks: list[Block] = [section(listing.note, block_id="note")] if listing.note else []
    blocks += [
        section(f"{_count(rules, listing)}\n{_order(rules)}"),
        _filter(rules, listing, meta),
        input_field(
            Field.FIND,
            "Find somebody",
            line(Field.FIND, meta.find, limit=80, placeholder="Part of a name or of a number"),
            optional=True,
        ),
        DividerBlock(),
    ]
    shown = listing.rows[page * ROWS : (page + 1) * ROWS]
    blocks += [entry_row(rules, e, listing) for e in shown] or [section(_empty(rules, listing, meta))]
    if pages > 1:
        blocks.append(_pager(page, pages, len(listing.rows)))
        blocks.append(context(f"{page * ROWS + 1} to {page * ROWS + len(shown)} of {len(listing.rows)}"))
    return modal("Waitlist", blocks, callback=ViewId.WAITLIST, submit="Find", meta=meta)


def entry_row(rules: Rules, entry: Entry, listing: Listing) -> SectionBlock:
    """The row and its menu; of one just removed, the way back."""
    who = f"*{t.name(entry.name) or '_no name_'}*"
    what = t.name(service_name(rules, entry.service))
    block_id = f"entry-{entry.id}-{entry.rev}"[:255]
    if not entry.on_the_list:
        gone = "Removed" if entry.state is EntryState.REMOVED else entry.state.value.capitalize()
        undo = button("Undo", ActionId.ENTRY_UNDO, Ref(id=entry.id))
        back = undo if entry.state is EntryState.REMOVED else None
        return section(f"{who}{DOT}{what}\n:wastebasket: {gone}.", accessory=back, block_id=block_id)
    number = listing.line.get(entry.id)
    party = [f"for {entry.party}"] if entry.party > 1 else []
    turn = [f"number {number}"] if number else []
    first = DOT.join([who, what, *party, *turn])
    lines = [first, _wish(rules, entry), *_marks(rules, entry, listing.held.get(entry.id))]
    return section("\n".join(filter(None, lines)), accessory=_menu(entry), block_id=block_id)


def say_dates(rules: Rules, entry: Entry) -> str:
    """`Tue 5 May to Sat 9 May`"""
    days = [rules.zone.say_date(rules.zone.instant(d, 720)) for d in (entry.earliest, entry.latest)]
    return " to ".join(dict.fromkeys(days))


def _wish(rules: Rules, entry: Entry) -> str:
    parts = [say_dates(rules, entry)]
    if entry.resource:
        parts.append(f"only with {t.name(resource_name(rules, entry.resource))}")
    if entry.before is not None:
        parts.append(f"has a booking on {rules.zone.say(entry.before)}, wants an earlier time")
    if entry.priority:
        parts.append(f":star: priority {entry.priority}")
    parts.append(f"waits since {rules.zone.say(entry.joined)}")
    return DOT.join(parts)


def _marks(rules: Rules, entry: Entry, held: int | None) -> list[str]:
    lines = []
    if entry.state is EntryState.PAUSED:
        lines.append(":zzz: Paused: gets no offers, still on the list for you to call.")
    if entry.offer is not None:
        lines.append(
            f":hourglass_flowing_sand: Holds an offer until {until(rules, held)}."
            if held
            else ":hourglass_flowing_sand: Holds an offer."
        )
    if not (entry.phone or entry.email):
        lines.append(":warning: No number and no address.")
    if entry.notes:
        lines.append(f"_{t.said(t.one_line(entry.notes), 160)}_")
    return lines


def _menu(entry: Entry) -> OverflowMenuElement:
    """Five entries at most (Slack's limit): who has been bumped can be lowered; further tiers are under Edit."""
    turn = EntryChoice.LOWER if entry.priority else EntryChoice.BUMP
    pause = EntryChoice.RESUME if entry.state is EntryState.PAUSED else EntryChoice.PAUSE
    choices = [EntryChoice.WHY, EntryChoice.EDIT, turn, pause, EntryChoice.REMOVE]
    return OverflowMenuElement(
        action_id=ActionId.ENTRY_MENU,
        options=[option(CHOICES[c], EntryMenu(id=entry.id, do=c).pack()) for c in choices],
    )


def _count(rules: Rules, listing: Listing) -> str:
    total = sum(listing.total.values())
    people = "Nobody is" if not total else "1 is" if total == 1 else f"{total} are"
    by = ", ".join(f"{n} {t.name(service_name(rules, s))}" for s, n in listing.total.items() if n)
    return f"*{people} waiting.* {by}".strip()


def _order(rules: Rules) -> str:
    """How the list is ordered, in words."""
    if tuple(rules.waitlist.order)[:1] == ("priority",):
        return "In the order they are asked: who has priority, then who waits longest."
    if "priority" in rules.waitlist.order:
        return "In the order they are asked: who waits longest, then who has priority."
    return "In the order they are asked: who waits longest."


def _filter(rules: Rules, listing: Listing, meta: ListMeta) -> ActionsBlock:
    services = [s for s in rules.services if listing.total.get(s)]
    if meta.service and meta.service not in services and meta.service in rules.services:
        services.append(meta.service)
    options = [
        option("Every service", ALL),
        *(option(f"{service_name(rules, s)} ({listing.total.get(s, 0)})", s) for s in services),
    ]
    return actions(
        [
            select(ActionId.WAITLIST_SERVICE, options, meta.service or ALL),
            button("Add someone", ActionId.WAITLIST_ADD, Ref(id="new"), style="primary"),
        ],
        block_id="filter",
    )


def _pager(page: int, pages: int, count: int) -> ActionsBlock:
    buttons = []
    if page > 0:
        buttons.append(button("Previous", ActionId.WAITLIST_PREVIOUS, Ref(id=str(page - 1))))
    if page + 1 < pages:
        left = min(ROWS, count - (page + 1) * ROWS)
        buttons.append(button(f"Next {left}", ActionId.WAITLIST_NEXT, Ref(id=str(page + 1))))
    return actions(buttons, block_id="pager")


def _empty(rules: Rules, listing: Listing, meta: ListMeta) -> str:
    if not listing.total:
        return (
            "*The waitlist is empty.* People join by your web form and by mail. To add somebody yourself, press "
            "*Add someone* or write `/waitlist add colour for Ana sat +65 8123 4567`."
        )
    wanted = f" called \u201c{t.said(t.one_line(meta.find), 80)}\u201d" if meta.find else ""
    what = f" for {t.name(service_name(rules, meta.service))}" if meta.service else ""
    return (
        f"Nobody{wanted} waits{what}. Try less of the name, the last digits of the number, or every service."
    )
