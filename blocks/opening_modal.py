"""The modal in which staff fill an opening by hand: with somebody from the waitlist, or anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import context, field, line, modal, option, section, select
from blocks.ids import ActionId, Field, ViewId
from blocks.openings import DOT, Story, place_of, until
from blocks.payloads import CardPlace, FillMeta
from blocks.when import service_name
from handlers.domain.forms import LIMITS
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist import Entry, Offer
from handlers.domain.waitlist.eligible import Place

NOBODY = "nobody"
"""The choice of somebody who is not on the waitlist."""
NAMED = 6
"""Of those who don't fit, how many are named."""


@dataclass(frozen=True)
class Filling:
    """What can be booked there and who waits for it, in the order they are asked: who can have it, why others can't.
    `chosen` is whom of them it goes to."""

    story: Story
    place: Place
    fit: tuple[Entry, ...] = ()
    left_out: tuple[tuple[Entry, str], ...] = ()
    chosen: Entry | None = None


def fill_modal(rules: Rules, filling: Filling, at: CardPlace) -> View:
    story, chosen = filling.story, filling.chosen
    shown = filling.fit[: t.OPTIONS - 1]
    if chosen is not None and chosen not in shown:
        shown = (chosen, *shown[:-1])
    blocks: list[Block] = [section(f"*{t.said(place_of(rules, story.opening), 300)}*")]
    if story.out is not None:
        blocks.append(section(_on_offer(rules, story.out, chosen)))
    if shown:
        blocks.append(_who(rules, shown, story.offers, chosen))
    if filling.left_out or len(filling.fit) > len(shown):
        blocks.append(context(_left_out(filling, len(filling.fit) - len(shown))))
    blocks.append(DividerBlock())
    blocks += [_summary(rules, chosen)] if chosen else _inputs(rules, filling.place.slots)
    told = "They get the confirmation at once." if chosen else "The confirmation goes out at once."
    blocks.append(context(told))
    meta = FillMeta(
        **at.model_dump(include=set(CardPlace.model_fields) - {"id"}),
        id=story.opening.id,
        entry=chosen.id if chosen else "",
    )
    return modal("Fill it by hand", blocks, callback=ViewId.FILL, submit="Book", close="Cancel", meta=meta)


def no_fit_modal(rules: Rules, story: Story, place: Place) -> View:
    """Nothing can be booked there any more."""
    reasons = [f"{service_name(rules, s)}: {why}" for s, why in list(place.misfits.items())[:10]]
    return modal(
        "Fill it by hand",
        [
            section(f"*{t.said(place_of(rules, story.opening), 300)}*"),
            section(
                "Nothing fits into it now.\n" + "\n".join(t.said(r, 200) for r in reasons)
                if reasons
                else "Nothing fits into it now."
            ),
            context("For another time write `/book`."),
        ],
    )


def _on_offer(rules: Rules, out: Offer, chosen: Entry | None) -> str:
    name = t.name(out.name) or "somebody"
    if chosen is not None and chosen.id == out.entry:
        return f":hourglass_flowing_sand: *{name}* holds the offer of it: booking says yes for them."
    left = f" until *{until(rules, out.ends)}*" if out.ends else ""
    return f":warning: *On offer to {name}*{left}: booking takes it back and tells them that it is taken."


def _who(rules: Rules, shown: Sequence[Entry], offers: Sequence[Offer], chosen: Entry | None) -> Block:
    tried = {o.entry: o for o in offers}
    people = [
        option(
            f"{n}. {e.name or e.phone or e.email}{DOT}{service_name(rules, e.service)}",
            e.id,
            _about(rules, e, tried.get(e.id)),
        )
        for n, e in enumerate(shown, start=1)
    ]
    return field(
        ActionId.FILL_WHO,
        "Who gets it",
        select(
            ActionId.FILL_WHO,
            [option("Somebody else", NOBODY, "Not from the waitlist"), *people],
            chosen.id if chosen else NOBODY,
        ),
        dispatch=True,
        hint="The waitlist in the order people are asked. Whoever you choose leaves it once booked.",
    )


def _about(rules: Rules, entry: Entry, offer: Offer | None) -> str:
    parts = [f"since {rules.zone.say_date(entry.joined)}"]
    if entry.priority:
        parts.insert(0, f"priority {entry.priority}")
    if offer is not None:
        parts.insert(0, f"asked: {offer.state.value.lower().replace('_', ' ')}")
    elif entry.offer is not None:
        parts.insert(0, "holds another offer")
    if not entry.offer and entry.state.value == "PAUSED":
        parts.insert(0, "wants no offers: call")
    return ", ".join(parts)


def _left_out(filling: Filling, unseen: int) -> str:
    parts = [
        f"{t.name(e.name, 40) or 'somebody'} ({t.said(why, 120)})" for e, why in filling.left_out[:NAMED]
    ]
    more = len(filling.left_out) - len(parts)
    parts += [f"{more} more"] if more else []
    lines = [f"*Can't have it:* {'; '.join(parts)}. `/waitlist why` and a name tells more."] if parts else []
    lines += [f"{unseen} more fit, further down the list."] if unseen else []
    return "\n".join(lines)


def _summary(rules: Rules, entry: Entry) -> Block:
    contact = DOT.join(t.name(c, 254) for c in (entry.phone, entry.email) if c)
    party = f" for {entry.party}" if entry.party > 1 else ""
    lines = [
        f"*{t.name(entry.name) or '_no name_'}*{DOT}{t.name(service_name(rules, entry.service))}{party}",
        contact or ":warning: _no contact_",
    ]
    if entry.replaces and entry.before:
        lines.append(f"Their booking on {rules.zone.say(entry.before)} moves here.")
    if entry.notes:
        lines.append(t.quote(entry.notes, 400))
    return section("\n".join(lines), block_id=f"who-{entry.id}"[:255])


def _inputs(rules: Rules, slots: Mapping[str, Slot]) -> list[Block]:
    """For somebody who is not on the waitlist."""
    services = [option(service_name(rules, id_), id_, _span(rules, slot)) for id_, slot in slots.items()]
    only = next(iter(slots)) if len(slots) == 1 else None
    blocks: list[Block] = [
        field(Field.SERVICE, "Service", select(Field.SERVICE, services, only, "Which service?")),
    ]
    parties = [rules.services[s].party for s in slots if s in rules.services]
    if (most := max((p.max for p in parties), default=1)) > 1:
        least = min(p.min for p in parties)
        sizes = [option(str(n), str(n)) for n in range(least, most + 1)]
        blocks.append(field(Field.PARTY, "How many", select(Field.PARTY, sizes, None, always=str(least))))
    return [
        *blocks,
        field(Field.NAME, "Name", line(Field.NAME, limit=LIMITS["name"])),
        field(
            Field.CONTACT,
            "Mail address or phone number",
            line(Field.CONTACT, limit=LIMITS["contact"], placeholder="ana@mail.example or +65 8123 4567"),
        ),
        field(Field.NOTES, "Notes", line(Field.NOTES, limit=LIMITS["notes"], multiline=True), optional=True),
    ]


def _span(rules: Rules, slot: Slot) -> str:
    return f"{rules.zone.say_time(slot.start)} to {rules.zone.say_time(slot.end)}"
