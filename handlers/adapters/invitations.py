"""iCalendar objects (RFC 5545) that put a booking into the customer's own calendar (iTIP, RFC 5546)."""

from __future__ import annotations

from typing import Literal

from handlers.adapters import utc
from handlers.domain.booking import Booking
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot


class IcsInvitations:
    """Times are in UTC, which every calendar shows in its owner's zone and which no zone table can get wrong.

    The UID stays for the booking's life and SEQUENCE is its revision: a later object replaces an earlier one.
    """

    def render(
        self, booking: Booking, rules: Rules, *, method: Literal["REQUEST", "CANCEL"], link: str, now: int
    ) -> bytes:
        from icalendar import Calendar, Event, vCalAddress

        business = rules.business.name
        event = Event()
        event.add("uid", booking.uid)
        # A cancellation is one step later than what it cancels, whatever the booking's own count says.
        event.add("sequence", booking.revision + (1 if method == "CANCEL" else 0))
        event.add("dtstamp", utc.moment(now))
        event.add("last-modified", utc.moment(now))
        event.add("dtstart", utc.moment(booking.slot.start))
        event.add("dtend", utc.moment(booking.slot.end))
        event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
        event.add("summary", f"{service_name(booking.slot, rules)} at {business}")
        event.add("location", business)
        event.add("description", _description(booking, rules, method, link))
        if link and method == "REQUEST":
            event.add("url", link)
        organizer = vCalAddress(f"mailto:{rules.mail.requests}")
        organizer.params["CN"] = _plain(business)
        event["organizer"] = organizer
        if booking.email:
            attendee = vCalAddress(f"mailto:{booking.email}")
            attendee.params["CN"] = _plain(booking.name) or booking.email
            attendee.params["ROLE"] = "REQ-PARTICIPANT"
            attendee.params["CUTYPE"] = "INDIVIDUAL"
            if method == "REQUEST":
                # They asked for it themselves; a question mark in their calendar would be wrong.
                attendee.params["PARTSTAT"] = "ACCEPTED"
                attendee.params["RSVP"] = "TRUE"
            event.add("attendee", attendee, encode=False)
        calendar = Calendar()
        calendar.add("prodid", "-//Frontdesk//Bookings//EN")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", method)
        calendar.add_component(event)
        return bytes(calendar.to_ical())


def service_name(slot: Slot, rules: Rules) -> str:
    """As the owner writes it; a service that has left the rules keeps its id."""
    service = rules.services.get(slot.service)
    return service.name if service else slot.service


def _plain(name: str) -> str:
    """A parameter's value can hold no line break, and Outlook stumbles over an escaped quotation mark."""
    return " ".join(name.replace('"', "'").split())


def _description(booking: Booking, rules: Rules, method: str, link: str) -> str:
    resource = rules.resources.get(booking.slot.resource)
    lines = [f"{service_name(booking.slot, rules)} with {resource.name}" if resource else ""]
    if booking.party > 1:
        lines.append(f"For {booking.party} people")
    if method == "CANCEL":
        lines = ["This booking was cancelled."]
    elif link:
        lines += ["", f"Need another time? Change or cancel it here: {link}"]
    return "\n".join(lines).strip()
