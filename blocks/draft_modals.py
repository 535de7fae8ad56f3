"""The modals that fill in what a forwarded mail left open: an appointment, or a place on the waitlist."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, DatePickerElement, DividerBlock, TimePickerElement
from slack_sdk.models.views import View

from blocks import text as t
from blocks.elements import context, field, line, modal, option, section, select, tick
from blocks.ids import Field, ViewId
from blocks.payloads import CardPlace
from blocks.times import ANYONE
from blocks.when import resource_name
from handlers.domain.days import span_of
from handlers.domain.request import Reading, Request
from handlers.domain.rules.model import Rules
from handlers.domain.zone import hhmm


def appointment_modal(rules: Rules, request: Request, place: CardPlace) -> View:
    """Submitting books it at exactly the time filled in."""
    reading, plan, zone = request.reading or Reading(), request.plan, rules.zone
    window = reading.when[0] if reading.when else None
    day = zone.date(plan.slot.start).isoformat() if plan else (window.date_from if window else None)
    time = hhmm(zone.minutes(plan.slot.start)) if plan else (window.time_from if window else None)
    blocks: list[Block] = [
        *_about(request),
        _service(rules, reading),
        field(Field.DATE, "Day", DatePickerElement(action_id=Field.DATE, initial_date=day)),
        field(
            Field.TIME,
            "Time",
            TimePickerElement(action_id=Field.TIME, initial_time=time if time and time < "24:00" else None),
            hint="Local time of the business.",
        ),
        *_party(rules, reading),
        _resource(rules, reading, plan.slot.resource if plan and not plan.taken else None),
        *_customer(request, "They are reminded there."),
        field(
            Field.TELL, "Confirmation", tick(Field.TELL, "Send the customer a confirmation"), optional=True
        ),
        field(
            Field.UNUSUAL, "Hours", tick(Field.UNUSUAL, "Book it outside working hours too"), optional=True
        ),
    ]
    return modal(
        "Book the appointment",
        blocks,
        callback=ViewId.APPOINTMENT_EDIT,
        submit="Book it",
        close="Back",
        meta=place.model_copy(update={"id": request.id}),
    )


def entry_modal(rules: Rules, request: Request, place: CardPlace, today: str) -> View:
    """Submitting puts them on the list. `today` (ISO) is the first day that can be asked for."""
    reading = request.reading or Reading()
    first, last = span_of(reading.when, rules.zone.date(request.created), rules.booking.horizon)
    named = bool(reading.when)
    blocks: list[Block] = [
        *_about(request),
        _service(rules, reading),
        field(
            Field.DATE_FROM,
            "First day",
            DatePickerElement(
                action_id=Field.DATE_FROM, initial_date=max(first.isoformat(), today) if named else None
            ),
            optional=True,
            hint="Leave both days empty for any day.",
        ),
        field(
            Field.DATE_TO,
            "Last day (included)",
            DatePickerElement(action_id=Field.DATE_TO, initial_date=last.isoformat() if named else None),
            optional=True,
        ),
        *_party(rules, reading),
        _resource(rules, reading, None),
        *_customer(request, "One of the two is needed: offers are sent there."),
    ]
    return modal(
        "Add to the waitlist",
        blocks,
        callback=ViewId.ENTRY_EDIT,
        submit="Add",
        close="Back",
        meta=place.model_copy(update={"id": request.id}),
    )


def _about(request: Request) -> list[Block]:
    blocks: list[Block] = [section(t.quote(request.excerpt or request.message.text, 800))]
    if request.reason:
        blocks.append(context(f":warning: {t.said(t.one_line(request.reason), 600)}"))
    return [*blocks, DividerBlock()]


def _service(rules: Rules, reading: Reading) -> Block:
    candidates = reading.service.candidates
    return field(
        Field.SERVICE,
        "Service",
        select(
            Field.SERVICE,
            [option(s.name, id_) for id_, s in rules.services.items()],
            reading.service.value or (candidates[0] if candidates else None),
            "Which service?",
        ),
    )


def _party(rules: Rules, reading: Reading) -> list[Block]:
    largest = max((s.party.max for s in rules.services.values()), default=1)
    if largest == 1:
        return []
    sizes = [option(str(n), str(n)) for n in range(1, min(largest, t.OPTIONS) + 1)]
    chosen = str(reading.party_size.value or "")
    return [field(Field.PARTY, "How many", select(Field.PARTY, sizes, chosen, always="1"))]


def _resource(rules: Rules, reading: Reading, planned: str | None) -> Block:
    people = dict.fromkeys(r for s in rules.services.values() for r in s.resources)
    anyone = [option("Anyone", ANYONE), *(option(resource_name(rules, r), r) for r in people)]
    chosen = str(reading.resource.value or planned or "")
    return field(Field.RESOURCE, "With", select(Field.RESOURCE, anyone, chosen, always=ANYONE), optional=True)


def _customer(request: Request, hint: str) -> list[Block]:
    return [
        field(Field.NAME, "Customer's name", line(Field.NAME, request.name, limit=80)),
        field(Field.EMAIL, "Mail address", line(Field.EMAIL, request.email or "", limit=254), optional=True),
        field(
            Field.PHONE,
            "Phone number",
            line(Field.PHONE, request.phone or "", limit=40),
            optional=True,
            hint=hint,
        ),
    ]
