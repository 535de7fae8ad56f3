"""Whom a notice is about. A booking site's mail names several: the guest, the business, itself, the staff.

`names` reads how people introduce themselves; a notice speaks of somebody else: `Client: Ana Lim`, `Ana Lim has just
booked`, `Dear Ana`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.domain.reading.contact import find_contact
from handlers.domain.reading.lexicon import words
from handlers.domain.reading.names import NAME, cleaned
from handlers.domain.rules.model import Rules

_WHO = r"(?:client|customer|guest|patient|attendee|invitee|visitor|booked by|booked for|reserved by|reserved for|booking name|reservation name|full name|name|who)"
_LABELLED = re.compile(
    rf"^\W{{0,3}}(?:your |new |the )?{_WHO}(?:['’]?s)?(?: name)?\s{{0,2}}(?:[:：=\-–]|\s{{2}}|\n)\s{{0,6}}{NAME}",
    re.IGNORECASE | re.MULTILINE,
)
_FIRST = re.compile(
    rf"^\W{{0,3}}(?:first|given|fore) ?name\s{{0,2}}(?:[:：=\-–]|\s{{2}})\s{{0,6}}{NAME}",
    re.IGNORECASE | re.MULTILINE,
)
_LAST = re.compile(
    rf"^\W{{0,3}}(?:last|family|sur) ?name\s{{0,2}}(?:[:：=\-–]|\s{{2}})\s{{0,6}}{NAME}",
    re.IGNORECASE | re.MULTILINE,
)
_TOLD = (
    re.compile(
        rf"(?:^|[.!?:,]\s{{1,3}}|\n){NAME}\s(?:has\s)?(?:just\s)?(?:booked|scheduled|reserved|made|requested|confirmed)\b"
    ),
    re.compile(rf"\b(?i:booking|appointment|reservation|order|request|visit)\s(?i:from|by|for)\s{NAME}"),
    re.compile(rf"\b(?:with|for)\s{{1,2}}(?:your |the )?(?:client|customer|guest|patient)\s{NAME}"),
)
_GREETED = re.compile(
    rf"^\W{{0,3}}(?:dear|hi|hello|hey)\s{NAME}\s{{0,2}}[,!:.\n]", re.IGNORECASE | re.MULTILINE
)
_NOBODY = words(
    "there all team everyone customer client guest sir madam valued details detail information info name email phone mobile "
    "notes booking appointment reservation date time service total price payment status confirmed new a an the you your "
    "reception front desk staff salon studio clinic restaurant"
)
_NUMBER_LABEL = re.compile(
    r"^\W{0,3}(?:(?:client|customer|guest|patient)\W{0,3})?(?:phone|mobile|cell|tel|telephone|contact|number)\b.{0,24}?[:：\s]\s{0,4}(?=[+(\d])",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
_PROGRAMS = re.compile(
    r"(?:no|do-?not|never)[-_.]?reply|(?:mailer|notif(?:y|ications?)|alerts?|updates?|bookings?|reservations?|appointments?|"
    r"orders?|confirm(?:ations?)?|info|hello|support|service|contact|team|admin|office|reception|calendar|messages?|system)"
    r"(?:[-_.+].*)?"
)


_HELP = re.compile(
    r"^.*\b(?:call us|contact us|questions|help|support|call \w+ on)\b.*$", re.IGNORECASE | re.MULTILINE
)
"""Lines with the number of the site or the business."""


@dataclass(frozen=True, slots=True)
class Guest:
    name: str = ""
    email: str | None = None
    phone: str | None = None


def read_guest(
    text: str,
    *,
    country: str,
    ours: frozenset[str],
    others: frozenset[str],
    services: frozenset[str],
    site: str = "",
) -> Guest:
    """`ours` are our addresses, `others` names that are nobody's guest (lower case words of staff and business);
    `site` is the address of whoever sent the notice: neither it nor its neighbours are the guest's."""
    strangers = {
        a.lower() for a in _ADDRESS.findall(text) if is_program(a) or (site and _domain(a) == _domain(site))
    }
    contact = find_contact(text, country, ours | strangers)
    phone = find_contact(_HELP.sub("", text), country).phone
    for label in _NUMBER_LABEL.finditer(text):
        labelled = find_contact(
            text[label.end() : label.end() + 40].split("\n", maxsplit=1)[0], country
        ).phone
        if labelled:
            phone = labelled
            break
    return Guest(_name(text, others, services), contact.email, phone)


def is_program(address: str) -> bool:
    """`no-reply@`, `bookings@`: nobody's own address."""
    return bool(_PROGRAMS.fullmatch(address.partition("@")[0].lower()))


def _domain(address: str) -> str:
    """The last two labels: `mail.glow.example` and `glow.example` are neighbours."""
    return ".".join(address.rpartition("@")[2].lower().split(".")[-2:])


def _name(text: str, others: frozenset[str], services: frozenset[str]) -> str:
    first, last = _FIRST.search(text), _LAST.search(text)
    if first and last:
        whole = f"{cleaned(first['name'], services, any_case=True) or ''} {cleaned(last['name'], services, any_case=True) or ''}"
        if whole.strip():
            return whole.strip()
    for match in _LABELLED.finditer(text):
        name = cleaned(match["name"], services, any_case=True)
        if name and not _nobody(name) and not set(name.lower().split()) <= others:
            return name  # a guest may well be called like one of the staff
    for pattern, any_case in (*((told, False) for told in _TOLD), (_GREETED, True)):
        for match in pattern.finditer(text):
            name = cleaned(match["name"], services, any_case=any_case)
            if name and not _nobody(name) and not set(name.lower().split()) & others:
                return name
    return ""


def _nobody(name: str) -> bool:
    return any(word in _NOBODY for word in name.lower().split())


def our_addresses(rules: Rules) -> frozenset[str]:
    calendars = {r.calendar.lower() for r in rules.resources.values() if "@" in r.calendar}
    mail = rules.mail
    return frozenset(
        {a.lower() for a in (rules.business.inbox, mail.requests, mail.waitlist, mail.confirmations) if a}
        | calendars
    )


def nobodys_names(rules: Rules) -> frozenset[str]:
    """Names that are nobody's guest: the business, its staff, its rooms."""
    names = [rules.business.name, *(p.name for p in rules.staff), *(r.name for r in rules.resources.values())]
    return frozenset(word for name in names for word in name_words(name))


def name_words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", name.lower()))
