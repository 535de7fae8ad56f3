"""A booking's own pages: seen, confirmed, moved to another time, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from handlers.domain.booking import HOLDING, Booking, State
from handlers.domain.errors import Forbidden, NotOffered, Taken, WrongState
from handlers.domain.links import Action, Link
from handlers.domain.slot import Slot, SlotQuery, Window
from handlers.domain.waitlist import Entry
from handlers.domain.waitlist.eligible import soonest
from handlers.web.offers import offered, sign
from handlers.web.replies import Site, say_contact, wants_json

DAYS = 3
"""Days of free times on one page of the picker."""


def show_view(site: Site, _request: Request, link: Link) -> Response:
    return view(site, site.desk.bookings.get(link.subject))


def show_confirm(site: Site, request: Request, link: Link, notice: str = "") -> Response:
    """A hold is confirmed; of a booking a reminder asks whether they will be there."""
    booking = site.desk.bookings.get(link.subject)
    if site.desk.links.spent(link):
        return view(site, booking, notice)
    if _to_answer(site, booking):
        return site.page(
            "coming",
            notice=notice,
            slot=site.slot(booking.slot),
            start=booking.slot.start,
            token=request.path_params["token"],
            late=_late(site, booking),
            reschedule=url(site, Action.RESCHEDULE, booking),
            cancel=url(site, Action.CANCEL, booking),
        )
    if booking.state is not State.PENDING:
        return view(site, booking, notice)
    return site.page(
        "confirm",
        slot=site.slot(booking.slot),
        action="confirm",
        token=request.path_params["token"],
        others="",
    )


def confirm(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    bookings = site.desk.bookings
    if _to_answer(site, bookings.get(link.subject)):
        return _answer(site, request, link, fields)
    try:
        booking = bookings.confirm(link.subject, "customer")
    except WrongState:
        booking = bookings.get(link.subject)
    return see(site, request, booking)


def _answer(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    """They answer about the time they were shown; when it is another by now, they are shown that first."""
    shown = fields.get("start", "")
    start = int(shown) if shown.isdecimal() and len(shown) < 13 else None
    try:
        booking = site.desk.bookings.answer(link.subject, "customer", start=start, spend=link)
    except WrongState:
        return show_confirm(site, request, link, "This has just changed. Here is how it stands now.")
    return see(site, request, booking)


def _to_answer(site: Site, booking: Booking) -> bool:
    coming = booking.state is State.CONFIRMED and booking.slot.start > site.desk.clock.now()
    return coming and booking.answered is None


def show_cancel(site: Site, request: Request, link: Link) -> Response:
    booking = site.desk.bookings.get(link.subject)
    if booking.state not in HOLDING or site.desk.links.spent(link):
        return view(site, booking)
    return site.page(
        "cancel",
        slot=site.slot(booking.slot),
        token=request.path_params["token"],
        late=_late(site, booking),
        keep=url(site, Action.VIEW, booking),
    )


def cancel(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    booking = desk.bookings.get(link.subject)
    reason = fields.get("reason", "").strip()[:500]
    try:
        booking = desk.bookings.cancel(booking.id, "customer", reason, spend=link)
    except Forbidden:
        said = f" They write: \u201c{reason}\u201d" if reason else ""
        ask = f"Asks to cancel. It is too close to the visit for customers to do that themselves.{said}"
        desk.intake.ask_staff(booking, ask)
        return site.page("asked")
    except WrongState:
        booking = desk.bookings.get(link.subject)
    return see(site, request, booking)


def show_reschedule(site: Site, request: Request, link: Link, notice: str = "") -> Response:
    """The free times of a few days; `?from=2026-05-05` looks further on."""
    desk = site.desk
    booking, rules, now = desk.bookings.get(link.subject), desk.rules.current(), desk.clock.now()
    if booking.state not in HOLDING or desk.links.spent(link) or booking.slot.start <= now:
        return view(site, booking)
    today = rules.zone.date(now)
    first = max(today, _date(request.query_params.get("from", ""), rules.zone.date(booking.slot.start)))
    last = first + timedelta(days=DAYS - 1)
    window = Window(date_from=first.isoformat(), date_to=last.isoformat())
    query = SlotQuery(
        service=booking.slot.service,
        party=booking.party,
        usual_resource=booking.slot.resource,
        windows=(window,),
        exclude=booking.id,
    )
    found = desk.slots.search(query)
    inside = [
        s for s in found.all if first <= rules.zone.date(s.start) <= last and s.start != booking.slot.start
    ]
    days: dict[str, list[dict[str, str]]] = {}
    for slot in _one_a_start(inside, booking.slot.resource):
        said = site.slot(slot) | {"value": sign(site, slot, f"move:{booking.id}")}
        days.setdefault(said["date"], []).append(said)
    path = request.url.path
    return site.page(
        "move",
        notice=notice,
        slot=site.slot(booking.slot),
        days=days,
        token=request.path_params["token"],
        earlier=f"{path}?from={first - timedelta(days=DAYS)}" if first > today else "",
        later=f"{path}?from={last + timedelta(days=1)}",
        first=rules.zone.say_date(rules.zone.instant(first, 720)),
        last=rules.zone.say_date(rules.zone.instant(last, 720)),
    )


def _one_a_start(slots: Iterable[Slot], usual: str) -> list[Slot]:
    """One slot for each start, with whom they had if possible: a page of times, not of a roster."""
    by_start: dict[int, Slot] = {}
    for slot in slots:
        if slot.start not in by_start or slot.resource == usual:
            by_start[slot.start] = slot
    return [by_start[start] for start in sorted(by_start)]


def reschedule(site: Site, request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    desk = site.desk
    slot = offered(site, fields, f"move:{link.subject}")
    if slot is None:
        return show_reschedule(site, request, link, "That time is no longer on offer. Please pick another.")
    try:
        booking = desk.bookings.reschedule(link.subject, slot, "customer", spend=link)
    except (Taken, NotOffered):
        return show_reschedule(
            site, request, link, "Sorry, that time has just been taken. Please pick another."
        )
    except WrongState:
        booking = desk.bookings.get(link.subject)
    return see(site, request, booking)


def see(site: Site, request: Request, booking: Booking) -> Response:
    """After an action: off to the booking's page, so that a reload repeats nothing."""
    if wants_json(request):
        return JSONResponse(
            {"booking": booking.id, "state": booking.state, "start": site.slot(booking.slot)["iso"]}
        )
    return RedirectResponse(url(site, Action.VIEW, booking), status_code=303)


def waits(site: Site, booking: Booking) -> Entry | None:
    """The place on the waitlist they have for an earlier time than this."""
    entry = site.desk.entries.standing(booking.customer, booking.slot.service)
    return entry if entry is not None and entry.replaces == booking.id else None


def may_be_earlier(site: Site, booking: Booking) -> bool:
    """Whether there is still an earlier time that could be offered to them before it."""
    rules, start = site.desk.rules.current(), booking.slot.start
    known = booking.slot.service in rules.services
    return known and booking.state is State.CONFIRMED and start > soonest(rules, site.desk.clock.now())


def view(site: Site, booking: Booking, notice: str = "") -> Response:
    earlier = may_be_earlier(site, booking)
    waiting = waits(site, booking) if earlier else None
    coming = booking.state in HOLDING and booking.slot.start > site.desk.clock.now()
    return site.page(
        "booking",
        notice=notice,
        slot=site.slot(booking.slot),
        state=booking.state.value,
        coming=coming,
        answered=coming and booking.answered is not None,
        name=booking.name,
        contact=say_contact(booking.email, booking.phone),
        reference=booking.id,
        late=_late(site, booking),
        ics=f"{url(site, Action.VIEW, booking)}/booking.ics" if coming else "",
        reschedule=url(site, Action.RESCHEDULE, booking) if coming else "",
        cancel=url(site, Action.CANCEL, booking) if coming else "",
        earlier=url(site, Action.EARLIER, booking) if earlier and not waiting else "",
        waiting=url(site, Action.EARLIER, booking) if waiting else "",
        waitlist=site.waitlist({"service": booking.slot.service}),
    )


def url(site: Site, action: Action, booking: Booking) -> str:
    """A new link to act on it, good until it is over."""
    return site.desk.links.url(action, booking.id, booking.slot.end)


def _late(site: Site, booking: Booking) -> bool:
    return booking.slot.start - site.desk.clock.now() < site.desk.rules.current().booking.cancel_until


def _date(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default
