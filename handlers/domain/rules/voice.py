"""What customers are told: the templates, the names in braces each may use, the built-in words, and how they are filled.

A template knows `{name}` and nothing else: no attributes, indexes or format codes, so an owner's text can't reach
into the program, and a customer's text is never read as a template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.domain.rules.shape import did_you_mean
from handlers.domain.segments import straight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.domain.rules.model import Rules

CHANNELS = {"text": "text", "voice": "text", "email": "email", "web": "email"}
"""Channel -> the variant of a template it uses."""

_VISIT = ("name", "business", "service", "resource", "date", "time", "party", "link")
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    doc: str
    fields: tuple[str, ...]
    text: str
    email: str


TEMPLATES: dict[str, Template] = {
    "proposal": Template(
        "the times offered to a customer",
        ("name", "business", "service", "party", "note", "slots", "link"),
        "Hi {name}. {note} For {service} we can do: {slots}. Pick one: {link}",
        "Hi {name}, thank you for writing to {business}. {note} For {service} we can do: {slots}. "
        "Pick the time that suits you here: {link}",
    ),
    "draft_received": Template(
        "a request waits for a person to look at it",
        ("name", "business", "service"),
        "Hi {name}, we have your message and will answer soon. {business}",
        "Hi {name}, thank you for your message. One of us will read it and answer soon. {business}",
    ),
    "decline": Template(
        "we can't help with this request",
        ("name", "business", "service", "reason", "link"),
        "Hi {name}, thank you for asking. {reason} You can ask for something else here: {link}",
        "Hi {name}, thank you for asking. {reason} If something else would suit you, you can ask for it here: {link}",
    ),
    "confirmation": Template(
        "a visit is booked",
        _VISIT,
        "You're booked: {service} with {resource}, {date} at {time}. Change it: {link}",
        "Hi {name}, you're booked: {service} with {resource}, {date} at {time}. "
        "To move or cancel it, use this link: {link}",
    ),
    "requested": Template(
        "a booking waits for approval",
        _VISIT,
        "Hi {name}, we're holding {service}, {date} at {time}, and will confirm it soon. See it: {link}",
        "Hi {name}, we're holding {service} with {resource}, {date} at {time}, for you. "
        "We will confirm it soon; there is nothing you need to do. To look at it or change it: {link}",
    ),
    "reschedule": Template(
        "a visit has moved",
        _VISIT,
        "Your visit has moved: {service} with {resource}, now {date} at {time}. Change it: {link}",
        "Hi {name}, your visit has moved: {service} with {resource} is now {date} at {time}. "
        "To change it again, use this link: {link}",
    ),
    "cancellation": Template(
        "a visit is cancelled",
        (*_VISIT, "reason"),
        "Your visit is cancelled: {service}, {date} at {time}. {reason} Book again: {link}",
        "Hi {name}, your visit is cancelled: {service} with {resource}, {date} at {time}. {reason} "
        "We'd be glad to see you another time: {link}",
    ),
    "reminder": Template(
        "a visit is coming up",
        (*_VISIT, "reply"),
        "{business}: {service} with {resource}, {date} at {time}. {reply} {link}",
        "Hi {name}, a reminder from {business}: {service} with {resource}, {date} at {time}. "
        "To confirm, move or cancel it, use this link: {link}",
    ),
    "offer": Template(
        "a freed time for someone on the waitlist",
        (*_VISIT, "window", "note", "decline"),
        "{business}: {service} with {resource} opened up {date} at {time}. {note} Yours for {window}: {link}\n"
        "Can't make it: {decline}",
        "Good news, {name}: {service} with {resource} opened up {date} at {time}. {note} "
        "It is yours for {window}, then we offer it to the next person. Take it here: {link}",
    ),
    "answered": Template(
        "they said by text that they will be there",
        _VISIT,
        "Thank you, {name}. See you {date} at {time}. {business}",
        "Thank you, {name}. See you {date} at {time}. {business}",
    ),
    "change": Template(
        "they said by text that they can't come, or want another time",
        _VISIT,
        "Choose another time for {service}, or give it back, here: {link}",
        "Hi {name}, choose another time for {service}, or give it back, here: {link}",
    ),
    "opted_out": Template(
        "they want no more texts; goes by mail to who has a visit coming up",
        _VISIT,
        "You will get no more texts from {business}.",
        "Hi {name}, you will get no more texts from {business}. {service}, {date} at {time}, still stands. "
        "If you need to move it or give it back: {link}",
    ),
    "reply": Template(
        "an answer that one of you wrote in Slack",
        ("name", "business", "answer"),
        "{answer} {business}",
        "Hi {name}, {answer}",
    ),
    "just_filled": Template(
        "someone else was faster",
        ("name", "business", "service", "resource", "date", "time", "link"),
        "{business}: sorry, {service} {date} at {time} was just taken. "
        "You're still on the waitlist for the next one. {link}",
        "Hi {name}, sorry, {service} with {resource}, {date} at {time}, was just taken. "
        "You're still on the waitlist for the next one; there is nothing you need to do.",
    ),
    "joined": Template(
        "someone is on the waitlist",
        ("name", "business", "service", "resource", "party", "dates", "window", "note", "link"),
        "{business}: you're on the waitlist for {service} with {resource}, {dates}. {note} We text you when a time opens up; "
        "you then have {window} to take it. Change or leave: {link}",
        "Hi {name}, you're on the waitlist for {service} with {resource}, {dates}. {note} "
        "When a time opens up we write to you at once, and you then have {window} to take it. "
        "To change your dates, pause or leave the list, use this link: {link}",
    ),
}


BUTTONS = {
    "proposal": "Pick a time",
    "decline": "Ask for a booking",
    "confirmation": "See your booking",
    "requested": "See your request",
    "reschedule": "See your booking",
    "cancellation": "Find another time",
    "answered": "See your booking",
    "change": "Choose another time",
    "opted_out": "See your booking",
    "reminder": "Confirm or change",
    "offer": "Take this time",
    "just_filled": "See your place",
    "joined": "Change or leave",
}
"""What a template's link is called: the button of a mail, or the word before it in a text that doesn't name it."""

DECLINE = "Can't make it"
LINKS = ("link", "decline")
"""Fields that are addresses."""


def faults(template: str, text: str) -> list[str]:
    """What is wrong with the braces of an owner's text; empty when all is well."""
    allowed = TEMPLATES[template].fields
    found = []
    for name in _BRACES.findall(text):
        if name not in allowed:
            known = did_you_mean(name, allowed)
            found.append(f"{{{name}}} is not known in {template}; {known}")
    if "{" in (rest := _BRACES.sub("", text)) or "}" in rest:
        found.append("a brace stands alone; write names like {service}, with one brace on each side")
    return found


def template_text(rules: Rules, template: str, channel: str) -> str:
    """The owner's words, or the built-in ones."""
    variant = CHANNELS[channel]
    own = rules.voice.get(template)
    chosen = own.get(variant) if isinstance(own, dict) else own
    return str(chosen or getattr(TEMPLATES[template], variant))


def has(rules: Rules, template: str, channel: str, name: str) -> bool:
    """Whether the words of this template use `{name}`."""
    return name in _BRACES.findall(template_text(rules, template, channel))


def say(rules: Rules, template: str, channel: str, **values: Any) -> str:
    """The message, filled in. `business` is known already; a value that is missing, None or "" leaves no hole.

    Pass every name in `TEMPLATES[template].fields` that is known: owners choose among them. KeyError for an
    unknown template or channel.
    """
    text = template_text(rules, template, channel)
    known = {"business": rules.business.name, **{k: str(v) for k, v in values.items() if v not in (None, "")}}
    if "name" not in known:
        text = _without_name(text)
    for word in ("with", "at", "for", "by"):
        text = re.sub(rf",? \b{word} \{{(\w+)\}}", lambda m: m[0] if m[1] in known else "", text)
    gaps = any(name not in known for name in _BRACES.findall(text))
    if gaps:
        text = _BRACES.sub(lambda m: m[0] if m[1] in known else "", text)
        text = re.sub(r"[ \t]+([.,;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()
    return _BRACES.sub(lambda m: known[m[1]], text)


def text(rules: Rules, template: str, values: Mapping[str, Any], links: Mapping[str, str]) -> str:
    """A text as it leaves: the words filled in, a note they have no place for first, and every link of `links` (by
    field) that they do not hold: without it there is something the customer can't do."""
    said = say(rules, template, "text", **{**values, "link": None, **links})
    for name, link in links.items():
        if link not in said:
            label = DECLINE if name == "decline" else BUTTONS.get(template, "Open")
            said = f"{said} {label}: {link}"
    note = "" if has(rules, template, "text", "note") else values.get("note")
    return straight(f"{note} {said}" if note else said)


def answering(rules: Rules) -> str:
    """How a reminder is answered, before its link: by text only where texts come back to us."""
    return "Reply 1 to confirm. Change it:" if rules.texts.two_way else "Confirm or change it:"


def _without_name(text: str) -> str:
    """`Hi {name}, ...` -> `Hi there, ...`; `Good news, {name}: ...` -> `Good news: ...`."""
    text = re.sub(r"\b(Hi|Hello|Hey) \{name\}", r"\1 there", text)
    text = re.sub(r"\b(Dear) \{name\}", r"\1 guest", text)
    text = re.sub(r"^\{name\}[,:]\s*(\S)", lambda m: m[1].upper(), text)
    return re.sub(r",? ?\{name\}", "", text).strip()
