"""Modals about one person on the waitlist: add, edit, and why they were, or were not, given a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slack_sdk.models.blocks import Block, DatePickerElement, DividerBlock
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import context, field, line, modal, option, section, select
from blocks.ids import Field, ViewId
from blocks.openings import DOT, asked_lines, place_of
from blocks.payloads import EntryMeta
from blocks.times import ANYONE
from blocks.waitlist import say_dates
from blocks.when import resource_name, service_name
from handlers.domain.forms import LIMITS
from handlers.domain.request import Request
from handlers.domain.rules.model import Rules
from handlers.domain.waitlist import Entry, Offer, Opening, OpeningState
from handlers.domain.waitlist.entry import PRIORITIES

ENDS = {
    OpeningState.OPEN: "being offered",
    OpeningState.HANDED_BACK: "handed back to staff",
    OpeningState.FILLED: "filled",
    OpeningState.CLOSED: "closed",
}


@dataclass(frozen=True)
class Wanted:
    """What the inputs begin with. Days are ISO dates."""

    service: str | None = None
    party: int | None = None
    earliest: str | None = None
    latest: str | None = None
    resource: str | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    priority: int = 0
    notes: str = ""


def wanted_of(entry: Entry) -> Wanted:
    return Wanted(
        service=entry.service,
        party=entry.party,
        earliest=entry.earliest.isoformat(),
        latest=entry.latest.isoformat(),
        resource=entry.resource,
        name=entry.name,
        email=entry.email or "",
        phone=entry.phone or "",
        priority=entry.priority,
        notes=entry.notes,
    )


def add_modal(rules: Rules, wanted: Wanted, meta: EntryMeta, request: Request | None = None) -> View:
    """`request` is what they wrote, when they are put on the list for it: then they are told."""
    blocks: list[Block] = []
    if request is not None:
        blocks += [section(t.quote(request.message.text, 800)), DividerBlock()]
    blocks += _inputs(rules, wanted)
    told = (
        "They get a message that they are on the list, and the request is done."
        if request is not None
        else "They get a message when a time opens up that suits them; none now."
    )
    blocks.append(context(told))
    return modal(
        "Add to the waitlist",
        blocks,
        callback=ViewId.WAITLIST_ADD,
        submit="Add",
        close="Back" if meta.listed else "Cancel",
        meta=meta,
    )


def edit_modal(rules: Rules, entry: Entry, meta: EntryMeta) -> View:
    return modal(
        "Edit",
        [
            *_inputs(rules, wanted_of(entry)),
            context(f"On the list since {rules.zone.say(entry.joined)}: the place stays as it is."),
        ],
        callback=ViewId.WAITLIST_EDIT,
        submit="Save",
        close="Back",
        meta=meta,
    )


def added_modal(rules: Rules, entry: Entry, number: int | None, *, new: bool, note: str = "") -> View:
    """After somebody was added, from the command or a request. `note` is mrkdwn."""
    says = (
        ":white_check_mark: *On the waitlist.*" if new else ":white_check_mark: *Was on it already:* changed."
    )
    turn = f"Number {number} for {t.name(service_name(rules, entry.service))}." if number else ""
    return modal(
        "Waitlist",
        [
            *([section(note)] if note else []),
            section(f"{says}\n*{t.name(entry.name) or '_no name_'}*{DOT}{_what(rules, entry)}"),
            context(turn or "Write `/waitlist` to see the list."),
        ],
    )


class Account(Protocol):
    """What became of an opening, and what that was for one entry."""

    @property
    def opening(self) -> Opening: ...
    @property
    def offers(self) -> Sequence[Offer]: ...
    @property
    def says(self) -> str: ...


def why_modal(rules: Rules, told: Sequence[tuple[Entry, Sequence[Account]]]) -> View:
    """For each entry of a person: every opening it is about, one sentence, and who was asked in which order."""
    blocks: list[Block] = []
    for entry, accounts in told:
        if blocks:
            blocks.append(DividerBlock())
        blocks.append(section(f"*{t.name(entry.name) or '_no name_'}*{DOT}{_what(rules, entry)}"))
        if not accounts:
            blocks.append(
                section(f"Nothing has opened up for {t.name(service_name(rules, entry.service))} of late.")
            )
        for account in accounts:
            title = f"*{t.said(place_of(rules, account.opening), 300)}* ({ENDS[account.opening.state]})"
            blocks.append(section(f"{title}\n{t.said(account.says, 600)}"))
            if asked := asked_lines(rules, account.offers):
                blocks.append(context(f"Asked, in this order:\n{asked}"))
    blocks.append(context(f"The order is yours: `waitlist.order` in rules.yml is {_order(rules)}."))
    return modal("Why?", blocks)


def _order(rules: Rules) -> str:
    return ", then ".join(rules.waitlist.order)


def _what(rules: Rules, entry: Entry) -> str:
    party = f" for {entry.party}" if entry.party > 1 else ""
    parts = [f"{t.name(service_name(rules, entry.service))}{party}", say_dates(rules, entry)]
    if entry.resource:
        parts.append(f"only with {t.name(resource_name(rules, entry.resource))}")
    if entry.priority:
        parts.append(f"priority {entry.priority}")
    return DOT.join(parts)


def _inputs(rules: Rules, wanted: Wanted) -> list[Block]:
    services = [option(s.name, id_) for id_, s in rules.services.items()]
    people = dict.fromkeys(r for s in rules.services.values() for r in s.resources)
    anyone = [option("Anyone", ANYONE), *(option(resource_name(rules, r), r) for r in people)]
    blocks: list[Block] = [
        field(Field.SERVICE, "Service", select(Field.SERVICE, services, wanted.service, "Which service?")),
        *_party(rules, wanted),
        field(
            Field.DATE_FROM,
            "First day",
            DatePickerElement(action_id=Field.DATE_FROM, initial_date=wanted.earliest),
            optional=True,
            hint="Leave both days empty for any day.",
        ),
        field(
            Field.DATE_TO,
            "Last day (included)",
            DatePickerElement(action_id=Field.DATE_TO, initial_date=wanted.latest),
            optional=True,
        ),
        field(
            Field.RESOURCE,
            "With",
            select(Field.RESOURCE, anyone, wanted.resource, always=ANYONE),
            optional=True,
        ),
        field(Field.NAME, "Name", line(Field.NAME, wanted.name, limit=LIMITS["name"])),
        field(
            Field.PHONE,
            "Phone number",
            line(Field.PHONE, wanted.phone, limit=40, placeholder="+65 8123 4567"),
            optional=True,
            hint="A mobile gets offers by text; without one they go by mail.",
        ),
        field(Field.EMAIL, "Mail address", line(Field.EMAIL, wanted.email, limit=254), optional=True),
    ]
    if "priority" in rules.waitlist.order:
        blocks.append(_priority(wanted.priority))
    notes = line(Field.NOTES, wanted.notes, limit=LIMITS["notes"], multiline=True)
    return [*blocks, field(Field.NOTES, "Notes", notes, optional=True)]


def _party(rules: Rules, wanted: Wanted) -> list[Block]:
    largest = max((s.party.max for s in rules.services.values()), default=1)
    if largest == 1:
        return []
    sizes = [option(str(n), str(n)) for n in range(1, min(largest, t.OPTIONS) + 1)]
    chosen = str(wanted.party) if wanted.party else None
    return [field(Field.PARTY, "How many", select(Field.PARTY, sizes, chosen, always="1"))]


def _priority(chosen: int) -> Block:
    tiers = [option("None: in the order of joining", "0")]
    tiers += [
        option(f"{n}{': goes before everybody else' if n == PRIORITIES else ''}", str(n))
        for n in range(1, PRIORITIES + 1)
    ]
    return field(
        Field.PRIORITY,
        "Priority",
        select(Field.PRIORITY, tiers, str(chosen), always="0"),
        optional=True,
        hint="A higher number goes first.",
    )
