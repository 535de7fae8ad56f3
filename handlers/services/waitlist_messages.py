"""What people on the waitlist are told: a time is yours for a while, it was taken after all, you are on the list.

Each says how to stop: a mail with links, a text by the page behind its link.
"""

from __future__ import annotations

from typing import Any

from handlers.domain.customer import Customer
from handlers.domain.links import OFFER_KEPT, Action
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot
from handlers.domain.waitlist import Entry, Offer
from handlers.domain.waitlist.opening import Channel
from handlers.domain.zone import say_duration
from handlers.services.customers import Customers
from handlers.services.entries import Entries
from handlers.services.links import Links
from handlers.services.messages import Messages
from handlers.services.rules import RulesSource


class WaitlistMessages:
    """Each method answers as `Messages.send` does: the message id, or "" when they can't be reached that way.
    Repeating one is harmless: its key names the offer, or the entry. They raise DeliveryFailed."""

    def __init__(
        self, *, rules: RulesSource, entries: Entries, customers: Customers, messages: Messages, links: Links
    ) -> None:
        self._rules, self._entries, self._customers = rules, entries, customers
        self._messages, self._links = messages, links

    def offer(self, offer: Offer) -> str:
        """The time is theirs for the claim window, by the offer's own channel."""
        rules, entry = self._rules.current(), self._entries.get(offer.entry)
        until = offer.slot.end + OFFER_KEPT
        values = {
            **self._slot(rules, offer.slot),
            "party": str(offer.party),
            "window": say_duration(rules.waitlist.claim_window),
            "note": _instead(rules, entry),
            "link": self._links.url(Action.CLAIM, offer.ref, until),
            "decline": self._links.url(Action.DECLINE, offer.ref, until),
            "actions": self._ways_out(rules, entry),
        }
        return self._send(offer, "offer", values, only=offer.channel, key=f"{offer.ref}:offer")

    def withdrawn(self, offer: Offer) -> str:
        """The time went to somebody else while it was theirs; nothing to those who left the list meanwhile."""
        rules, entry = self._rules.current(), self._entries.get(offer.entry)
        if not entry.on_the_list:
            return ""
        values = {
            **self._slot(rules, offer.slot),
            "details": [],
            "link": self._place(rules, entry),
            "actions": self._ways_out(rules, entry),
        }
        return self._send(offer, "just_filled", values, only=offer.channel, key=f"{offer.ref}:withdrawn")

    def joined(self, entry: Entry) -> str:
        """They are on the list, what happens next, and how to leave it."""
        rules = self._rules.current()
        resource = rules.resources.get(entry.resource or "")
        values = {
            "service": rules.services[entry.service].name if entry.service in rules.services else "",
            "resource": resource.name if resource else "",
            "party": str(entry.party),
            "dates": say_dates(rules, entry),
            "window": say_duration(rules.waitlist.claim_window),
            "note": _meanwhile(rules, entry),
            "link": self._place(rules, entry),
            "actions": self._ways_out(rules, entry),
        }
        return self._send(entry, "joined", values, only=None, key=f"{entry.id}:joined")

    def channel(self, entry: Entry) -> Channel | None:
        """How they are told: "text", else "email"; None when they can't be, or want no messages."""
        return self._messages.channel(self._person(entry), "text")

    # --- parts -------------------------------------------------------------------------------------------------

    def _send(self, to: Offer | Entry, template: str, values: dict[str, Any], *, only: Any, key: str) -> str:
        return self._messages.send(
            to=self._person(to), template=template, values=values, channel="text", only=only, key=key
        )

    def _person(self, to: Offer | Entry) -> Customer:
        """As they are named there; what was opted out of holds for all."""
        opted_out = self._customers.opted_out(to.customer, email=to.email, phone=to.phone)
        return Customer(id=to.customer, name=to.name, email=to.email, phone=to.phone, opted_out=opted_out)

    def _slot(self, rules: Rules, slot: Slot) -> dict[str, Any]:
        service, resource = rules.services.get(slot.service), rules.resources.get(slot.resource)
        when = rules.zone.say(slot.start)
        details = [("When", f"{when} to {rules.zone.say_time(slot.end)}")]
        if resource:
            details.append(("With", resource.name))
        return {
            "service": service.name if service else slot.service,
            "resource": resource.name if resource else "",
            "date": rules.zone.say_date(slot.start),
            "time": when.partition(", ")[2],
            "details": details,
        }

    def _place(self, rules: Rules, entry: Entry) -> str:
        return self._links.url(Action.WAIT, entry.id, links_until(rules, entry))

    def _ways_out(self, rules: Rules, entry: Entry) -> list[dict[str, str]]:
        until = links_until(rules, entry)
        return [
            {"text": "Stop offering me times", "link": self._links.url(Action.PAUSE, entry.id, until)},
            {"text": "Take me off the list", "link": self._links.url(Action.LEAVE, entry.id, until)},
        ]


def links_until(rules: Rules, entry: Entry) -> int:
    """When links to this entry stop working (epoch s)."""
    return rules.zone.day(entry.latest)[1] + OFFER_KEPT


def say_dates(rules: Rules, entry: Entry) -> str:
    """`Tue 5 May to Sat 9 May`, `Tue 5 May`"""
    first, last = (rules.zone.say_date(rules.zone.instant(d, 720)) for d in (entry.earliest, entry.latest))
    return first if first == last else f"{first} to {last}"


def _instead(rules: Rules, entry: Entry) -> str:
    if entry.replaces is None or entry.before is None:
        return ""
    return f"It takes the place of your booking on {rules.zone.say(entry.before)}."


def _meanwhile(rules: Rules, entry: Entry) -> str:
    if entry.replaces is None or entry.before is None:
        return ""
    return f"Your booking on {rules.zone.say(entry.before)} stays yours until you take an earlier time."
