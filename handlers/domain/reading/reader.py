"""A message into a `Reading`: every field with its verbatim quote and the confidence it earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from handlers.domain.reading.confidence import fields_to_review, move_for
from handlers.domain.reading.contact import find_contact
from handlers.domain.reading.intent import intent_of
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.names import read_name
from handlers.domain.reading.parties import read_party
from handlers.domain.reading.people import Staff, read_staff
from handlers.domain.reading.services import Catalogue, read_service
from handlers.domain.reading.threads import Parts, split
from handlers.domain.reading.tokens import tokenise
from handlers.domain.reading.windows import read_windows
from handlers.domain.request import CustomerReading, FieldReading, Message, Reading, ServiceReading
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window
from handlers.domain.zone import Zone

MONTH_FIRST = words("US PR GU AS VI MP UM FM MH PW PH CA")
"""Countries where 5/6 is the 6th of May."""

LONGEST = 20_000
"""Characters read of a message: a request is never longer, and what follows is somebody else's thread."""

_NO_PARTS: Mapping[str, tuple[int, int]] = MappingProxyType({})


@dataclass(frozen=True)
class Grammar:
    """Everything that can be prepared once for a version of the rules."""

    rules: Rules
    catalogue: Catalogue
    staff: Staff
    parts: Mapping[str, tuple[int, int]]
    opens: int | None
    closes: int | None
    day_first: bool
    seats: bool
    ours: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, rules: Rules) -> Grammar:
        mail = rules.mail
        openings = [hours[0][0] for hours in rules.hours.values() if hours]
        closings = [hours[-1][1] for hours in rules.hours.values() if hours]
        return cls(
            rules=rules,
            catalogue=Catalogue.of(rules.services),
            staff=Staff.of(rules.resources),
            parts={name.lower().replace("_", " "): span for name, span in rules.booking.day_parts.items()},
            opens=min(openings, default=None),
            closes=max(closings, default=None),
            day_first=rules.business.country.upper() not in MONTH_FIRST,
            seats=any(service.party.max > 1 for service in rules.services.values()),
            ours=frozenset(
                a.lower()
                for a in (rules.business.inbox, mail.requests, mail.waitlist, mail.confirmations)
                if a
            ),
        )

    def read(
        self, text: str, now: datetime, *, day_first: bool | None = None, letter: bool = True
    ) -> Reading:
        """`letter`: it may quote others and be signed. `now` is the wall time at the business (or of the sender), naive or aware; only its clock face counts."""
        wall = now.replace(tzinfo=None)
        text = text[:LONGEST]
        parts = split(text, self.catalogue.words, self.ours) if letter else Parts(text)
        signature = text[slice(*parts.signature)] if parts.signature else ""
        sender = text[slice(*parts.sender)] if parts.sender else ""
        contact = find_contact(
            _own_words(parts.body, text, parts.sender, parts.signature),
            self.rules.business.country,
            self.ours,
        )
        tokens = tokenise(parts.body, contact.blocked, text)
        service = read_service(tokens, self.catalogue)
        when = read_windows(
            tokens,
            wall,
            day_first=self.day_first if day_first is None else day_first,
            day_parts=self.parts,
            opens=self.opens,
            closes=self.closes,
        )
        party = read_party(tokens, when.used, seats=self.seats, services=self.catalogue.words)
        resource = read_staff(tokens, self.staff, self._offered_by(service))
        review = fields_to_review(
            self.rules,
            wall.date(),
            service=service,
            when=when.windows,
            party=party,
            resource=resource,
            doubtful_when=when.doubtful,
        )
        intent = intent_of(
            parts.body,
            service=service.quote if service.value else "",
            whens=[window.quote for window in when.windows if window.quote],
            own=self.catalogue.words,
        )
        return Reading(
            move=move_for(intent, review, anything_read=bool(when.windows) or party.value is not None),
            service=service,
            when=when.windows,
            party_size=party,
            resource=resource,
            customer=CustomerReading(
                name=read_name(parts.body, signature, sender, self.staff, self.catalogue.words),
                email=contact.email,
                phone=contact.phone,
            ),
            review=review,
        )

    def _offered_by(self, service: ServiceReading) -> tuple[str, ...]:
        if service.value is None:
            return tuple(dict.fromkeys(self.staff.names.values()))
        staff = set(self.staff.names.values())
        return tuple(id_ for id_ in self.rules.services[service.value].resources if id_ in staff)


def _own_words(body: str, text: str, *spans: tuple[int, int] | None) -> str:
    """The body with its signature and sender put back: contact details stand there as well."""
    for span in spans:
        if span:
            start, end = span
            body = body[:start] + text[start:end] + body[end:]
    return body


_prepared: dict[int, Grammar] = {}


def grammar(rules: Rules) -> Grammar:
    """The prepared grammar of these rules; kept for the newest few versions."""
    known = _prepared.get(id(rules))
    if known is not None and known.rules is rules:
        return known
    while len(_prepared) >= 8:
        _prepared.pop(next(iter(_prepared)))
    made = _prepared[id(rules)] = Grammar.of(rules)
    return made


def read_message(message: Message, rules: Rules, now: int) -> Reading:
    """Reads the text; what it leaves open is looked for in the subject of a new thread. `now` in epoch seconds."""
    prepared = grammar(rules)
    wall = rules.zone.local(now)
    reading = prepared.read(message.text, wall, letter=not message.notice)
    subject = message.subject.strip()
    name = reading.customer.name or message.sender_name.strip() or None
    if subject and not subject.lower().startswith(("re:", "fw:", "fwd:", "aw:", "sv:", "antw:")):
        reading = _completed(reading, prepared.read(subject, wall), prepared, wall)
    customer = reading.customer.model_copy(update={"name": name})
    return reading.model_copy(update={"customer": customer})


def _completed(reading: Reading, subject: Reading, prepared: Grammar, wall: datetime) -> Reading:
    service = reading.service if reading.service.value else subject.service
    when = reading.when or subject.when
    party = reading.party_size if reading.party_size.quote else subject.party_size
    resource = reading.resource if reading.resource.quote else subject.resource
    if (service, when, party, resource) == (
        reading.service,
        reading.when,
        reading.party_size,
        reading.resource,
    ):
        return reading
    review = fields_to_review(
        prepared.rules,
        wall.date(),
        service=service,
        when=when,
        party=party,
        resource=resource,
        doubtful_when=not when and "when" in reading.review,
    )
    move = reading.move
    if move in ("draft", "escalate", "propose") and (move != "escalate" or not reading.when):
        move = "propose" if not review else "draft"
    return reading.model_copy(
        update={
            "service": service, "when": when, "party_size": party, "resource": resource, "review": review, "move": move,
        }
    )  # fmt: skip


def read_when(
    text: str,
    now: int,
    zone: Zone,
    *,
    day_first: bool = False,
    day_parts: Mapping[str, tuple[int, int]] = _NO_PARTS,
) -> tuple[Window, ...]:
    """Only the windows of a text: what a model quoted is checked with this. `now` in epoch seconds."""
    return read_windows(
        tokenise(text[:LONGEST]),
        zone.local(now).replace(tzinfo=None),
        day_first=day_first,
        day_parts=day_parts,
    ).windows


__all__ = ["FieldReading", "Grammar", "grammar", "read_message", "read_when"]
