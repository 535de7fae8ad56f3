"""Every read request ends in exactly one of four moves: propose, draft, escalate, decline.

| what was understood                                          | move     |
|--------------------------------------------------------------|----------|
| not a booking request: a question, a complaint, a change     | escalate |
| clearly something this business does not do                  | decline  |
| nothing at all: neither a service nor a time                 | escalate |
| anything a person should look at first                       | draft    |
| a service we are sure of, nothing left to check              | propose  |

Slots come after: a propose with nothing free becomes an escalation.
"""

from __future__ import annotations

from typing import NamedTuple

from handlers.domain.request import Move, Reading
from handlers.domain.rules.model import Rules, Service
from handlers.domain.slot import SlotQuery


class Decision(NamedTuple):
    move: Move
    reason: str = ""
    """For people, when a person must act."""


def decide(reading: Reading, rules: Rules, *, reachable: bool) -> Decision:  # noqa: PLR0911 - it is the table above, a row a line
    """`reachable`: we know a mail address or number to answer to."""
    service = reading.service
    known = bool(service.value or service.candidates)
    if reading.move == "escalate":
        return Decision("escalate", "This doesn't read like a booking request.")
    if reading.move == "decline" and not known:
        return Decision("decline", "Asks for something we don't offer.")
    if not known and not reading.when:
        return Decision("escalate", "No service and no time could be made out.")
    if not reachable:
        return Decision("draft", "There is no mail address or phone number to answer to.")
    if service.value is None:
        return Decision("draft", "Which service is meant?")
    if service.confidence < rules.booking.confidence:
        return Decision("draft", "Is the service right?")
    if doubt := _party_doubt(reading, rules.services[service.value]):
        return Decision("draft", doubt)
    if service.also:
        also = " and ".join(rules.services[s].name for s in service.also if s in rules.services)
        only = rules.services[service.value].name
        return Decision("draft", f"Also asks for {also}. Approving offers times for {only} only.")
    if reading.review:
        return Decision(
            "draft", "Please check: " + ", ".join(name.replace("_", " ") for name in reading.review) + "."
        )
    return Decision("propose")


def _party_doubt(reading: Reading, service: Service) -> str:
    """What a person must settle about how many come; a service for one needs no number."""
    party, limits = reading.party_size.value, service.party
    if limits.max == 1:
        return ""
    if not isinstance(party, int):
        return "For how many people? The message doesn't say."
    if limits.min <= party <= limits.max:
        return ""
    return f"A party of {party}: {service.name} takes {limits.min} to {limits.max}."


def query_of(reading: Reading, rules: Rules, *, usual_resource: str | None = None) -> SlotQuery:
    """What to look for, once the service is known (ValueError otherwise)."""
    if reading.service.value is None:
        raise ValueError("a reading without a service can't be looked up")
    service = rules.services[reading.service.value]
    party = reading.party_size.value
    resource = reading.resource.value
    return SlotQuery(
        service=reading.service.value,
        party=party if isinstance(party, int) else service.party.min,
        resource=resource if isinstance(resource, str) and resource in service.resources else None,
        usual_resource=usual_resource,
        windows=reading.when,
    )
