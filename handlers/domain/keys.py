"""Every key of the table, and nothing else that knows how one is spelled.

| entity   | pk                | sk               | gsi1 (customer)       | gsi2 (resource, time)  | gsi3 (status, due)          |
|----------|-------------------|------------------|-----------------------|------------------------|-----------------------------|
| booking  | BOOKING#id        | BOOKING          | CUSTOMER#id / start   | RESOURCE#id / start    | BOOKING#state / due         |
| page     | RESOURCE#id       | PAGE#2026-05-05  |                       |                        |                             |
| request  | REQUEST#id        | REQUEST          | CUSTOMER#id / at      |                        | REQUEST#state / at          |
| proposal | PROPOSAL#id       | PROPOSAL         | CUSTOMER#id / at      |                        |                             |
| customer | CUSTOMER#id       | CUSTOMER         | PHONE#last4 / id      | CUSTOMERS / name       |                             |
| contact  | CONTACT#value     | CONTACT          |                       |                        |                             |
| audit    | <subject pk>      | AUDIT#at#id      |                       |                        | AUDIT#kind#UTC date / at    |
| effect   | <subject pk>      | EFFECT#name      |                       |                        |                             |
| event    | EVENT#id          | EVENT            |                       |                        | OUTBOX / at (until relayed) |
| spent    | SPENT#nonce       | SPENT            |                       |                        |                             |
| rules    | RULES             | CURRENT          |                       |                        |                             |
| refused  | RULES             | REFUSED#version#digest |                 |                        |                             |
| notice   | <subject pk>      | NOTICE#kind      |                       |                        |                             |
| seen     | SEEN#id           | SEEN             |                       |                        |                             |
| bucket   | BUCKET#name       | BUCKET           |                       |                        |                             |
| short    | SHORT#id          | SHORT            |                       |                        |                             |
| chain    | BOOKING#id        | CHAIN#start      |                       |                        | REMINDER / due, or HELD / start |
| stray    | RESOURCE#id       | STRAY#booking#n  |                       |                        |                             |
| offered  | CONVERSATION#id   | OFFERED          |                       |                        |                             |
| dead     | DEADLETTER#id     | DEADLETTER       |                       |                        | DEADLETTER#state / at       |
| timer    | TIMER#name        | TIMER            |                       |                        | TIMER / due                 |
| view     | VIEW#id           | VIEW             |                       |                        |                             |
| entry    | ENTRY#id          | ENTRY            | CUSTOMER#id / joined  | WAITLIST#service / joined (while on it) | ENTRY#state / latest date |
| waiting  | CUSTOMER#id       | WAITING#service  |                       |                        |                             |
| opening  | OPENING#id        | OPENING          |                       | OPENINGS#resource / start | OPENING#state / due      |
| offer    | OPENING#id        | OFFER#seq        | CUSTOMER#id / at      |                        | OFFER#UNTOLD / at (until told of its end) |
| synced   | CALENDAR#calendar | SYNCED           |                       |                        |                             |
| known    | CALENDAR#calendar | EVENT#event id   |                       |                        |                             |
| left     | BOOKING#id        | LEFT#calendar    |                       |                        |                             |
| tagged   | TAGGED#event id   | TAGGED           |                       |                        |                             |
| compared | RULES             | COMPARED         |                       |                        |                             |
| sheet    | SHEET#lane#sheet#tab | STATE         |                       |                        |                             |
| sheet row | SHEET#lane#sheet#tab | ROW#id       |                       |                        |                             |
| reported | REPORTED#id       | REPORTED         |                       |                        |                             |
| summary  | SUMMARY#id        | SUMMARY          |                       |                        |                             |

Times inside keys are epoch seconds, zero-padded to 12 digits, so that they sort.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Key(NamedTuple):
    pk: str
    sk: str


def at(instant: int) -> str:
    return f"{instant:012d}"


def booking(id_: str) -> Key:
    return Key(f"BOOKING#{id_}", "BOOKING")


def request(id_: str) -> Key:
    return Key(f"REQUEST#{id_}", "REQUEST")


def proposal(id_: str) -> Key:
    return Key(f"PROPOSAL#{id_}", "PROPOSAL")


def customer(id_: str) -> Key:
    return Key(f"CUSTOMER#{id_}", "CUSTOMER")


def contact(value: str) -> Key:
    """`value` is a lower-case mail address or an E.164 number."""
    return Key(f"CONTACT#{value}", "CONTACT")


def page(resource: str, day: date) -> Key:
    return Key(f"RESOURCE#{resource}", f"PAGE#{day.isoformat()}")


def event(id_: str) -> Key:
    return Key(f"EVENT#{id_}", "EVENT")


def spent(nonce: str) -> Key:
    return Key(f"SPENT#{nonce}", "SPENT")


def seen(id_: str) -> Key:
    return Key(f"SEEN#{id_}", "SEEN")


def bucket(name: str) -> Key:
    return Key(f"BUCKET#{name}", "BUCKET")


def short(id_: str) -> Key:
    return Key(f"SHORT#{id_}", "SHORT")


def audit(subject: Key, instant: int, id_: str) -> Key:
    return Key(subject.pk, f"AUDIT#{at(instant)}#{id_}")


def effect(subject: Key, name: str) -> Key:
    return Key(subject.pk, f"EFFECT#{name}")


def notice(subject: Key, kind: str) -> Key:
    return Key(subject.pk, f"NOTICE#{kind}")


def chain(booking_id: str, start: int) -> Key:
    """The reminders of a booking for the time it had, has, or has again."""
    return Key(f"BOOKING#{booking_id}", f"{CHAIN}{at(start)}")


def stray(resource: str, booking_id: str, rev: int) -> Key:
    """An event of ours that still stands in the resource's calendar where the booking no longer is."""
    return Key(f"RESOURCE#{resource}", f"{STRAY}{booking_id}#{rev}")


def dead_letter(id_: str) -> Key:
    return Key(f"DEADLETTER#{id_}", "DEADLETTER")


def dead_letter_state(state: str) -> str:
    return f"DEADLETTER#{state}"


def conversation(id_: str) -> Key:
    return Key(f"CONVERSATION#{id_}", "OFFERED")


def timer(name: str) -> Key:
    return Key(f"TIMER#{name}", "TIMER")


def rules_refused(version: int, digest: str) -> Key:
    """One refused text (by digest) while `version` was live, so that it is announced once."""
    return Key("RULES", f"REFUSED#{version:09d}#{digest}")


def view(id_: str) -> Key:
    """What an open Slack modal is asking for."""
    return Key(f"VIEW#{id_}", "VIEW")


def entry(id_: str) -> Key:
    return Key(f"ENTRY#{id_}", "ENTRY")


def waiting(customer_id: str, service: str) -> Key:
    """Leads to the one entry a person has for a service."""
    return Key(f"CUSTOMER#{customer_id}", f"{WAITING}{service}")


def opening(id_: str) -> Key:
    return Key(f"OPENING#{id_}", "OPENING")


def offer(opening_id: str, seq: int) -> Key:
    return Key(f"OPENING#{opening_id}", f"{OFFER}{seq:06d}")


def synced(calendar: str) -> Key:
    """How far the changes of a calendar were read."""
    return Key(f"CALENDAR#{calendar}", "SYNCED")


def known(calendar: str, event: str) -> Key:
    """An event as the calendar had it when it was last read."""
    return Key(f"CALENDAR#{calendar}", f"{KNOWN}{event}")


def tagged(event: str) -> Key:
    """Leads to the request that was made of a calendar event."""
    return Key(f"TAGGED#{event}", "TAGGED")


def left(booking_id: str, calendar: str) -> Key:
    """We took the booking's event off this calendar ourselves."""
    return Key(f"BOOKING#{booking_id}", f"LEFT#{calendar}")


def reported(id_: str) -> Key:
    """A freed slot that another program told us of, by its own id for that."""
    return Key(f"REPORTED#{id_}", "REPORTED")


def sheet(lane: str, sheet_id: str, tab: str) -> Key:
    """What we know of one tab that people keep; its rows stand beside it."""
    return Key(f"SHEET#{lane}#{sheet_id}#{tab}", "STATE")


def sheet_notice(lane: str) -> Key:
    """The subject of the card about a lane's sheet, whichever sheet that is."""
    return Key(f"SHEET#{lane}", "")


def summary(id_: str) -> Key:
    """`id_` names the kind and the first day of its period: "weekly-2026-05-04"."""
    return Key(f"SUMMARY#{id_}", "SUMMARY")


KNOWN = "EVENT#"
OFFER = "OFFER#"
UNTOLD = "OFFER#UNTOLD"
SHEET_ROW = "ROW#"
WAITING = "WAITING#"
STRAY = "STRAY#"
RULES = Key("RULES", "CURRENT")
COMPARED = Key("RULES", "COMPARED")
"""The rules whose working hours were compared last."""
OUTBOX = "OUTBOX"
AUDIT = "AUDIT#"
CHAIN = "CHAIN#"
REMINDER = "REMINDER"
HELD = "REMINDER#HELD"
"""Chains that wait for staff."""
GO_LIVE = Key("GO_LIVE", "GO_LIVE")
"""Whether appointments taken over inside their reminder window may be reminded."""
TIMER = "TIMER"
CUSTOMERS = "CUSTOMERS"


def of_customer(id_: str) -> str:
    return f"CUSTOMER#{id_}"


def of_resource(id_: str) -> str:
    return f"RESOURCE#{id_}"


def of_phone(last4: str) -> str:
    return f"PHONE#{last4}"


def booking_state(state: str) -> str:
    return f"BOOKING#{state}"


def request_state(state: str) -> str:
    return f"REQUEST#{state}"


def entry_state(state: str) -> str:
    return f"ENTRY#{state}"


def opening_state(state: str) -> str:
    return f"OPENING#{state}"


def waitlist(service: str) -> str:
    return f"WAITLIST#{service}"


def done(kind: str, day: date) -> str:
    """What was done to subjects of a kind ("BOOKING") on a date in UTC: no zone to know, and none to change."""
    return f"{AUDIT}{kind}#{day.isoformat()}"


def openings(resource: str) -> str:
    return f"OPENINGS#{resource}"
