"""The App Home: who waits for an answer, today by person or table, the next free times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from blocks import text as t
from blocks.bookings import booking_row
from blocks.drafts import QUESTIONS, draft_buttons
from blocks.elements import actions, button, context, header, section
from blocks.ids import ActionId
from blocks.openings import Story, opening_row
from blocks.payloads import Payload
from blocks.requests import request_buttons
from blocks.when import resource_name, say_slot, say_windows, service_name
from handlers.domain.booking import Booking
from handlers.domain.request import Request
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot

WAITING = 8
"""Requests shown, two blocks each; the others are counted."""
OPENINGS = 5
"""Openings shown, two blocks each; the others are counted."""
FREE = 10
"""Services whose next free time is shown."""


@dataclass(frozen=True)
class HomePage:
    """`today` holds the day's bookings by start; `free` the next slot of each service; `unreadable` resource ids;
    `now` epoch seconds."""

    now: int
    today: tuple[Booking, ...] = ()
    waiting: tuple[Request, ...] = ()
    openings: tuple[Story, ...] = ()
    """What is on offer or handed back, as far as it is shown, and..."""
    opened: int = 0
    """... how many there are."""
    waitlist: Mapping[str, int] = field(default_factory=dict)
    """How many wait, by service."""
    free: tuple[Slot, ...] = ()
    unreadable: tuple[str, ...] = ()


def home_view(rules: Rules, page: HomePage) -> View:
    blocks: list[Block] = [
        header(f"{rules.business.name}: {rules.zone.say_date(page.now)}"),
        actions(
            [
                button("New booking", ActionId.BOOKING_NEW, Payload(), style="primary"),
                button("Refresh", ActionId.HOME_REFRESH, Payload()),
            ]
        ),
    ]
    blocks += _waiting(rules, page.waiting)
    blocks += _waitlist(rules, page)
    free = _free(rules, page)
    # The page ends with the free times and the small print: today gets what is left of the hundred blocks.
    blocks += _today(rules, page.today, t.BLOCKS_IN_VIEW - len(blocks) - len(free) - 1)
    blocks += free
    blocks.append(context(f"As of {rules.zone.say(page.now)}. It refreshes when you open it."))
    return View(type="home", blocks=blocks)


def stranger_home(user: str) -> View:
    return View(
        type="home",
        blocks=[
            header("Welcome"),
            section(
                "You are not on the staff list yet. Ask an owner to add you to `rules.yml`:\n"
                f"`- {{slack: {t.name(user)}, name: Your name, role: staff}}`"
            ),
        ],
    )


def no_rules_home() -> View:
    return View(
        type="home",
        blocks=[
            header("Almost there"),
            section(
                "Frontdesk has no rules yet. Give it a `rules.yml` with your services, people and hours, "
                "then open this page again."
            ),
        ],
    )


def _waiting(rules: Rules, requests: Sequence[Request]) -> list[Block]:
    if not requests:
        return []
    blocks: list[Block] = [header(f"Waiting for you ({len(requests)})")]
    for request in requests[:WAITING]:
        blocks.append(section(_asked(rules, request), block_id=f"waiting-{request.id}"[:255]))
        buttons = request_buttons if request.desk == "requests" else draft_buttons
        blocks.append(actions(buttons(rules, request), block_id=f"request-{request.id}"[:255]))
    if len(requests) > WAITING:
        blocks.append(
            context(f"{len(requests) - WAITING} more; their cards are in {t.name(rules.business.desk)}.")
        )
    blocks.append(DividerBlock())
    return blocks


def _waitlist(rules: Rules, page: HomePage) -> list[Block]:
    """What opened up and is to be filled, and how many wait; nothing where nobody ever waits."""
    if not page.openings and not page.waitlist:
        return []
    shown = page.openings[:OPENINGS]
    blocks: list[Block] = [header(f"Opened up ({page.opened})" if shown else "Waitlist")]
    for story in shown:
        blocks += opening_row(rules, story)
    if page.opened > len(shown):
        blocks.append(
            context(f"{page.opened - len(shown)} more; their cards are in {t.name(rules.business.desk)}.")
        )
    total = sum(page.waitlist.values())
    by = ", ".join(f"{n} for {t.name(service_name(rules, s))}" for s, n in page.waitlist.items() if n)
    people = "*Nobody is waiting.*" if not total else f"*{total} waiting:* {by}"
    see = button("See the list", ActionId.WAITLIST_OPEN, Payload())
    return [*blocks, section(people, accessory=see, block_id="waitlist"), DividerBlock()]


def _asked(rules: Rules, request: Request) -> str:
    sender = request.message.sender_name or request.message.sender if request.desk == "requests" else ""
    who = t.name(request.name or sender) or "Somebody"
    reading = request.reading
    understood = ""
    if reading is not None:
        service = (
            t.name(service_name(rules, reading.service.value))
            if reading.service.value
            else "service not clear"
        )
        understood = (
            f" \N{MIDDLE DOT} {service} \N{MIDDLE DOT} {t.said(say_windows(reading.when) or 'any time', 200)}"
        )
    reason = f"\n_{t.said(t.one_line(request.reason), 200)}_" if request.reason else ""
    asks = f"{QUESTIONS[request.desk]} " if request.desk in QUESTIONS else ""
    asked = t.one_line(request.excerpt or request.message.text)
    return f"{asks}*{who}*{understood}\n{t.quote(asked, 280)}{reason}"


def _today(rules: Rules, bookings: Sequence[Booking], room: int) -> list[Block]:
    """At most `room` blocks."""
    blocks: list[Block] = [header("Today")]
    if not bookings:
        blocks.append(
            section(
                "*Nothing booked today yet.* Bookings appear here as they come in by web form, email and text. "
                "To make one yourself, press *New booking* or write `/book colour for Ana Fri 2pm +65 8123 4567`."
            )
        )
        return blocks
    by_resource: dict[str, list[Booking]] = {}
    for booking in bookings:
        by_resource.setdefault(booking.slot.resource, []).append(booking)
    order = [r for r in rules.resources if r in by_resource] + [
        r for r in by_resource if r not in rules.resources
    ]
    shown = 0
    for resource in order:
        if len(blocks) + 3 > room:
            break
        rows = by_resource[resource]
        blocks.append(section(f"*{t.name(resource_name(rules, resource))}* \N{MIDDLE DOT} {len(rows)} today"))
        fitting = rows[: room - len(blocks) - 1]
        blocks += [booking_row(rules, b) for b in fitting]
        shown += len(fitting)
    if shown < len(bookings):
        blocks.append(context(f"{len(bookings) - shown} more today. Find them with `/book find` and a name."))
    return blocks


def _free(rules: Rules, page: HomePage) -> list[Block]:
    blocks: list[Block] = []
    if page.free:
        lines = [
            f"*{t.name(service_name(rules, slot.service))}*: {t.said(say_slot(rules, slot), 200)}"
            for slot in page.free[:FREE]
        ]
        blocks = [DividerBlock(), header("Next free"), section("\n".join(lines))]
    if page.unreadable:
        names = ", ".join(t.name(resource_name(rules, r)) for r in page.unreadable[:10])
        blocks.append(
            context(
                f":warning: These calendars can't be read just now, so nothing is offered for them: {names}"
            )
        )
    return blocks
