"""The modal that corrects what was understood of a request."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, DatePickerElement, DividerBlock
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import context, field, line, modal, option, section, select
from blocks.ids import Field, ViewId
from blocks.payloads import CardPlace
from blocks.times import ANYONE, part_of, part_options
from blocks.when import resource_name, say_windows
from handlers.domain.request import Reading, Request
from handlers.domain.rules.model import Rules

REPLY_LIMIT = 1000
"""Characters of an answer: seven texts."""


def reply_modal(request: Request, place: CardPlace, contact: str) -> View:
    """What is written here goes to the customer, word for word; nothing else said in Slack ever does."""
    return modal(
        "Reply to customer",
        [
            section(t.quote(request.message.text, 800)),
            field(
                Field.REPLY,
                "Your answer",
                line(Field.REPLY, limit=REPLY_LIMIT, multiline=True),
                hint=f"It goes to {contact} as you write it, and the request is closed.",
            ),
        ],
        callback=ViewId.REQUEST_REPLY,
        submit="Send",
        close="Back",
        meta=place.model_copy(update={"id": request.id}),
    )


def edit_modal(rules: Rules, request: Request, place: CardPlace) -> View:
    """Corrects what was understood; submitting approves it as corrected."""
    reading = request.reading or Reading()
    window = reading.when[0] if reading.when else None
    service = reading.service.value
    candidates = reading.service.candidates
    party = reading.party_size.value
    largest = max((s.party.max for s in rules.services.values()), default=1)
    blocks: list[Block] = [
        section(t.quote(request.message.text, 800)),
        DividerBlock(),
        field(
            Field.SERVICE,
            "Service",
            select(
                Field.SERVICE,
                [option(s.name, id_) for id_, s in rules.services.items()],
                service or (candidates[0] if candidates else None),
                "Which service?",
            ),
        ),
        field(
            Field.DATE_FROM,
            "From",
            DatePickerElement(action_id=Field.DATE_FROM, initial_date=window.date_from if window else None),
            optional=True,
            hint="Leave both days empty for any day.",
        ),
        field(
            Field.DATE_TO,
            "Until (included)",
            DatePickerElement(action_id=Field.DATE_TO, initial_date=window.date_to if window else None),
            optional=True,
        ),
        field(
            Field.TIME,
            "Time of day",
            select(Field.TIME, part_options(rules, window), part_of(rules, window), always="any"),
            optional=True,
        ),
    ]
    if len(reading.when) > 1:
        others = say_windows(reading.when[1:])
        blocks.append(context(f":information_source: Also asked for: {t.said(others, 600)}"))
    if largest > 1:
        sizes = [option(str(n), str(n)) for n in range(1, min(largest, t.OPTIONS) + 1)]
        blocks.append(
            field(Field.PARTY, "How many", select(Field.PARTY, sizes, str(party or ""), always="1"))
        )
    people = dict.fromkeys(r for s in rules.services.values() for r in s.resources)
    anyone = [option("Anyone", ANYONE), *(option(resource_name(rules, r), r) for r in people)]
    blocks += [
        field(
            Field.RESOURCE,
            "With",
            select(Field.RESOURCE, anyone, str(reading.resource.value or ""), always=ANYONE),
            optional=True,
        ),
        field(Field.NAME, "Name", line(Field.NAME, request.name, limit=80), optional=True),
        field(
            Field.CONTACT,
            "Mail address or phone number",
            line(Field.CONTACT, request.email or request.phone or "", limit=120),
            hint="The times are sent here.",
        ),
    ]
    return modal(
        "Check the request",
        blocks,
        callback=ViewId.REQUEST_EDIT,
        submit="Approve",
        close="Back",
        meta=place.model_copy(update={"id": request.id}),
    )
