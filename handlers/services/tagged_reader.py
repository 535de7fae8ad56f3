"""A calendar event that staff tagged, read: when and with whom by the event itself, the rest by its title and description."""

from __future__ import annotations

from datetime import date

from handlers.domain import drafts
from handlers.domain.drafts import LONGEST_VISIT
from handlers.domain.reading.confidence import fields_to_review
from handlers.domain.reading.guests import Guest, nobodys_names, our_addresses, read_guest
from handlers.domain.reading.names import booked_for
from handlers.domain.reading.reader import grammar
from handlers.domain.reading.titles import Named, named_in
from handlers.domain.request import FieldReading, Message, Reading, Request, Tagged
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Window
from handlers.domain.zone import hhmm
from handlers.ports import Clock, Reader
from handlers.services.forwarded import Draft
from handlers.services.rules import RulesSource

ALL_DAY = "It is an all-day event."
GUESSED = "Please check the name: it is what was left of the title."


class TaggedReader:
    def __init__(self, *, reader: Reader, rules: RulesSource, clock: Clock) -> None:
        self._reader, self._rules, self._clock = reader, rules, clock

    def read(self, request: Request, tagged: Tagged) -> Draft:
        rules, message = self._rules.current(), request.message
        named = self._named(message, rules)
        # Without the name, which is no kind of haircut.
        text = message.text.replace(named.name, "-") if named.name else message.text
        now = self._clock.now()
        said = self._reader.read(Message(channel="staff", text=text, received=now), rules, now)
        when = window_of(tagged, rules)
        resource, doubts = self._whose(tagged, said, rules)
        guest = read_guest(
            message.text,
            country=rules.business.country,
            ours=our_addresses(rules),
            others=nobodys_names(rules),
            services=grammar(rules).catalogue.words,
        )
        invited = [a for a in tagged.guests if a.lower() not in our_addresses(rules)]
        email = guest.email or (invited[0] if len(invited) == 1 else None)
        review = fields_to_review(
            rules,
            rules.zone.date(self._clock.now()),
            service=said.service,
            when=(),
            party=said.party_size,
            resource=resource,
            doubtful_when=False,
        )
        reading = Reading(
            move="draft",
            service=said.service,
            when=(when,),
            party_size=said.party_size,
            resource=resource,
            review=review,
        )
        if tagged.all_day:
            doubts.append(ALL_DAY)
        elif length := self._unlike(reading, tagged, rules):
            doubts.append(length)
        if named.name and not (guest.name or named.sure):
            doubts.append(GUESSED)
        return Draft(
            reading=reading,
            guest=Guest(guest.name or named.name, email, guest.phone),
            cancelled=drafts.speaks_of_cancellation(message.subject, message.text),
            doubts=tuple(doubts),
        )

    def _named(self, message: Message, rules: Rules) -> Named:
        """In the title, else where the description says whom it is for."""
        prepared = grammar(rules)
        said = prepared.read(message.text, rules.zone.local(self._clock.now()))
        services, others = prepared.catalogue.words, nobodys_names(rules)
        quotes = (said.service.quote, said.party_size.quote, said.resource.quote)
        named = named_in(
            message.subject, quotes=(*quotes, *(w.quote for w in said.when)), services=services, others=others
        )
        if named.name:
            return named
        told = booked_for(message.text, prepared.staff, services) or said.customer.name or ""
        return Named("" if set(told.lower().split()) & others else told, sure=True)

    @staticmethod
    def _whose(tagged: Tagged, said: Reading, rules: Rules) -> tuple[FieldReading, list[str]]:
        """Whose calendar it stands in says more than a name in the text."""
        service = rules.services.get(said.service.value or "")
        here = [id_ for id_, resource in rules.resources.items() if resource.calendar == tagged.calendar]
        able = [id_ for id_ in here if service is None or id_ in service.resources]
        named = said.resource.value
        if len(able) != 1 or named in able:
            return said.resource, []
        doubts = []
        if isinstance(named, str) and named in rules.resources:
            whose, other = rules.resources[able[0]].name, rules.resources[named].name
            doubts.append(f"It stands in {whose}'s calendar, but names {other}.")
        return FieldReading(value=able[0], confidence=1.0), doubts

    @staticmethod
    def _unlike(reading: Reading, tagged: Tagged, rules: Rules) -> str:
        """It stays as long as it is; a person may have meant something else by it."""
        service = rules.services.get(reading.service.value or "")
        minutes = (tagged.end - tagged.start) // 60
        if service is None or minutes <= LONGEST_VISIT * service.minutes:
            return ""
        return f"The event takes {_long(minutes)}; {service.name} takes {_long(service.minutes)}."


def window_of(tagged: Tagged, rules: Rules) -> Window:
    """The event's time as a reading has it; of an all-day event only its day."""
    zone = rules.zone
    day: date = zone.date(tagged.start)
    if tagged.all_day:
        return Window(date_from=day.isoformat(), date_to=day.isoformat())
    first, last = hhmm(zone.minutes(tagged.start)), hhmm(zone.minutes(tagged.end))
    return Window(
        date_from=day.isoformat(),
        date_to=day.isoformat(),
        time_from=first,
        time_to=last,
        exact=first == last,
    )


def _long(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
