"""What somebody asked for: the inbound message, what was understood (the reading), and where it stands.

RECEIVED -> PROPOSED | DRAFT | ESCALATED | DECLINED | HANDLED (the direct lane)
DRAFT | ESCALATED -> APPROVED (a person said yes or corrected it; slots are being found) | DISCARDED | HANDLED
APPROVED -> PROPOSED | ESCALATED (nothing free);  PROPOSED -> BOOKED | EXPIRED (a proposal that ran out)

What is forwarded to the waitlist or to the confirmations address is always a draft first:
RECEIVED (its attachments are being read) -> DRAFT -> BOOKED (a confirmation: the appointment stands)
                                             DRAFT -> APPROVED -> HANDLED (`entry` is on the waitlist) | DRAFT (it can't be)
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handlers.domain.slot import Slot, SlotQuery, Window

Desk = Literal["requests", "waitlist", "confirmations"]
"""Which of our addresses it was sent to. On the other two a person looks at everything first."""
Lane = Literal["form", "read", "direct"]
Move = Literal["propose", "draft", "escalate", "decline"]
Channel = Literal["web", "email", "text", "voice", "staff"]


WAITING = ("DRAFT", "ESCALATED")
"""States in which a person must do something."""


class RequestState(StrEnum):
    RECEIVED = "RECEIVED"
    PROPOSED = "PROPOSED"
    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    ESCALATED = "ESCALATED"
    DECLINED = "DECLINED"
    DISCARDED = "DISCARDED"
    HANDLED = "HANDLED"
    BOOKED = "BOOKED"
    EXPIRED = "EXPIRED"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class ServiceReading(Frozen):
    value: str | None = None
    confidence: float = 0.0
    quote: str = ""
    candidates: tuple[str, ...] = ()
    """Up to three services worth asking about, best first."""
    also: tuple[str, ...] = ()
    """Further services asked for in the same visit."""


class FieldReading(Frozen):
    """`value` is an int for a party size, a resource id for a resource."""

    value: int | str | None = None
    confidence: float = 0.0
    quote: str = ""


class CustomerReading(Frozen):
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Reading(Frozen):
    """The answer of a `Reader`; its JSON is the stable shape of `frontdesk read`."""

    lane: Lane = "read"
    move: Move = "draft"
    service: ServiceReading = ServiceReading()
    when: tuple[Window, ...] = ()
    party_size: FieldReading = FieldReading()
    resource: FieldReading = FieldReading()
    customer: CustomerReading = CustomerReading()
    review: tuple[str, ...] = ()
    """Names of the fields a human must look at."""


class Message(Frozen):
    """What arrived, with the quoted thread and signature still in `text`."""

    channel: Channel
    text: str
    sender: str = ""
    """Mail address or E.164 number."""
    sender_name: str = ""
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    received: int = 0
    authenticated: bool = False
    """DMARC-aligned pass."""
    notice: bool = False
    """A program's notice or a document: nobody quotes in it, and nobody signs it."""
    raw: str = ""
    """Where the original stands in `Files`."""
    attachments: tuple[str, ...] = ()


class Plan(Frozen):
    """The appointment a confirmation speaks of, as it would be booked.

    `taken`: it can't be, because of what is booked already; `unusual`: what else speaks against it. In words."""

    slot: Slot
    party: int = 1
    taken: str = ""
    unusual: str = ""


class Tagged(Frozen):
    """The calendar event it was read from, as it stood then (epoch seconds). `guests` are the addresses invited to it."""

    calendar: str
    event: str
    start: int
    end: int
    all_day: bool = False
    guests: tuple[str, ...] = ()


class Document(Frozen):
    """An attachment of a request, and what became of it."""

    name: str
    content_type: str = ""
    size: int = 0
    state: Literal["waiting", "read", "unread"] = "waiting"
    original: str = ""
    """Where it stands in `Files`."""
    text: str = ""
    """Where its words stand in `Files`, once it is read."""
    excerpt: str = ""
    job: str = ""
    """The text recognition at work on it."""
    sure: float = 1.0
    """How well it could be seen, 0 to 1."""
    rows: int = 0
    """How many rows its table has, when it is a list of appointments or people."""
    note: str = ""
    """For staff: why it was not read, or what was left out of it. A sentence."""


class Request(Frozen):
    id: str
    state: RequestState
    lane: Lane
    desk: Desk = "requests"
    channel: Channel
    message: Message
    reading: Reading | None = None
    customer: str | None = None
    name: str = ""
    email: str | None = None
    phone: str | None = None
    proposal: str | None = None
    until: int | None = None
    """While PROPOSED: when the offer runs out (epoch s). While RECEIVED: when to look at it again."""
    booking: str | None = None
    entry: str | None = None
    """The entry of the waitlist that was made of it."""
    part_of: str | None = None
    """The request whose attachment lists this one among others."""
    documents: tuple[Document, ...] = ()
    note: str = ""
    """What whoever forwarded it wrote above it, or what staff should know besides."""
    excerpt: str = ""
    """What it was read from, where that is not the message itself: the forwarded text, or an attachment's."""
    plan: Plan | None = None
    tagged: Tagged | None = None
    """Where it was found in a calendar."""
    reason: str = ""
    """Why it was escalated, declined or discarded, for people."""
    created: int = 0
    changed: int = 0
    changed_by: str = ""
    rev: int = 0


class Proposal(Frozen):
    """Slots offered to a customer; a booking must match one of them while `expires` (epoch s) is ahead."""

    id: str
    channel: Channel
    slots: tuple[Slot, ...]
    party: int = 1
    query: SlotQuery | None = None
    """What it answers, so that an expired one can be answered afresh."""
    outside: bool = False
    """Nothing fitted what was asked for; these are the nearest times."""
    request: str | None = None
    customer: str | None = None
    replaces: str | None = None
    """Booking id, when these are offered for a reschedule."""
    created: int = 0
    expires: int = 0
    taken: str | None = None
    """Booking id made from it."""
    rev: int = 0

    @property
    def by_start(self) -> tuple[tuple[int, Slot], ...]:
        """Each slot with its number, the earliest first: people read times in order, whatever their rank."""
        return tuple(sorted(enumerate(self.slots), key=lambda numbered: (numbered[1].start, numbered[0])))

    @property
    def pick_until(self) -> int:
        """Epoch seconds: when there is nothing left to pick, because it expires or its last time has come."""
        return min(self.expires, max((s.start for s in self.slots), default=self.expires))
