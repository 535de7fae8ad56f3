"""What customers are told, by mail or text: the owner's words, in one calm layout.

`values` fill the voice template (see `voice.TEMPLATES`) and, in a mail, the layout around it:
`link` the main button; `decline` the link for "not me"; `options` `[{when, resource, link}]` times to pick from; `actions`
`[{text, link}]` further links; `details` `[(name, value)]`; `note` a sentence that comes first, or where the template has `{note}`; `until` when an offer ends, in words;
`about` the subject line, where the template's own does not say it well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from handlers.domain.customer import Customer, way_to
from handlers.domain.forms import wish_of
from handlers.domain.request import Proposal
from handlers.domain.rules import voice
from handlers.domain.rules.model import Rules
from handlers.domain.slot import SlotQuery
from handlers.ports import Clock, Mail, Mailer, Pages, Texter
from handlers.services.links import Links
from handlers.services.rules import RulesSource

Contact = Customer | tuple[str | None, str | None, str]

SHORT_KEPT = 90 * 86_400
"""Seconds a short link leads on; what it leads to ends by itself, earlier."""

_HERE, _NO = "\x02", "\x04"
"""Stand where the link and the one for declining go while a text becomes HTML."""

_TIMES = "\x03"
"""Stands where the times to pick from go: a mail lists them there, as links, and doesn't say them twice."""

SUBJECTS = {
    "proposal": "Times for your {service}",
    "draft_received": "We have your message",
    "decline": "Your message to {business}",
    "confirmation": "Booked: {service}, {when}",
    "requested": "We have your request: {service}, {when}",
    "reschedule": "Moved: {service}, now {when}",
    "cancellation": "Cancelled: {service}, {when}",
    "reminder": "Reminder: {service}, {when}",
    "offer": "A time opened up: {service}, {when}",
    "answered": "See you: {service}, {when}",
    "change": "Another time for {service}",
    "opted_out": "No more texts; your {service} still stands",
    "reply": "Your message to {business}",
    "just_filled": "That time was just taken",
    "joined": "You're on the waitlist: {service}",
}


class Written(NamedTuple):
    subject: str
    text: str
    html: str


class Messages:
    def __init__(
        self,
        *,
        rules: RulesSource,
        mailer: Mailer,
        texter: Texter,
        pages: Pages,
        links: Links,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._rules, self._mailer, self._texter, self._pages = rules, mailer, texter, pages
        self._links, self._clock, self._base = links, clock, base_url.rstrip("/")

    def form_url(self, form: str = "book", **prefilled: str) -> str:
        """Where a customer asks for a booking, or ("waitlist") to be told when a time opens up."""
        from urllib.parse import urlencode

        return f"{self._base}/forms/{form}" + (f"?{urlencode(prefilled)}" if prefilled else "")

    def none_suits(self, proposal: Proposal) -> list[dict[str, str]]:
        """The way on from times that don't suit."""
        query = proposal.query or SlotQuery(service=proposal.slots[0].service, party=proposal.party)
        link = self.form_url("waitlist", **wish_of(query))
        return [{"text": "None of these suit? Join the waitlist", "link": link}]

    def channel(self, to: Contact, wished: str | None = None) -> Literal["email", "text"] | None:
        """How this person is reached: by text when they came by text or phone, else by mail; by the other when
        there is no such address or they opted out of it. None when there is no way."""
        return way_to(_person(to), "text" if wished in {"text", "voice"} else "email")

    def send(
        self,
        *,
        to: Contact,
        template: str,
        values: Mapping[str, Any],
        key: str,
        channel: str | None = None,
        only: Literal["email", "text"] | None = None,
        ics: bytes = b"",
        ics_method: Literal["REQUEST", "CANCEL"] = "REQUEST",
        reply_headers: Mapping[str, str] | None = None,
        thread: Sequence[str] = (),
        subject: str = "",
    ) -> str:
        """`email:<id>` or `text:<id>`, or "" when this person can't or doesn't want to be reached.

        `channel` is how they came, and goes first; `only` is the one way this message may go. `thread` are the message
        ids this answers, oldest first, `subject` the one it had. Raises DeliveryFailed.
        """
        rules, person = self._rules.current(), _person(to)
        way = self.channel(to, only or channel)
        if way is None or only not in {None, way}:
            return ""
        filled = {"name": person.name.split(" ")[0] if person.name else "", **values}
        if way == "text":
            return f"text:{self._texter.send(str(person.phone), self._text(rules, template, filled), key)}"
        headers = {"Auto-Submitted": "auto-generated", **(reply_headers or {})}
        if thread:
            headers |= {"In-Reply-To": thread[-1], "References": " ".join(thread)}
        mail = self._mail(rules, template, filled, _reply(subject) if subject and thread else "")
        sent = self._mailer.send(
            Mail(
                to=f"{_quoted(person.name)} <{person.email}>" if person.name else str(person.email),
                sender=f"{_quoted(rules.business.name)} <{_sender(rules, template)}>",
                headers=headers,
                ics=ics,
                ics_method=ics_method,
                key=key,
                subject=mail.subject,
                text=mail.text,
                html=mail.html,
            )
        )
        return f"email:{sent}"

    def _text(self, rules: Rules, template: str, values: Mapping[str, Any]) -> str:
        """Short: the words and their links, short ones."""
        until = self._clock.now() + SHORT_KEPT
        links = {n: self._links.short(str(values[n]), until) for n in voice.LINKS if values.get(n)}
        return voice.text(rules, template, _plain(values), links)

    def _mail(self, rules: Rules, template: str, values: Mapping[str, Any], reply: str) -> Written:
        link, decline = values.get("link"), values.get("decline")
        when = ", ".join(str(values[k]) for k in ("date", "time") if values.get(k))
        subject = (
            reply
            or str(values.get("about") or "")
            or _subject(rules, template, {**_plain(values), "when": when})
        )
        options = values.get("options") or []
        marked = {
            "link": _HERE if link else "",
            "decline": _NO if decline else "",
            **({"slots": _TIMES} if options else {}),
        }
        said = voice.say(rules, template, "email", **{**_plain(values), **marked})
        label = str(values.get("button") or voice.BUTTONS.get(template, "Open"))
        note = "" if voice.has(rules, template, "email", "note") else str(values.get("note") or "")
        closing = (
            f"You can pick until {values['until']}; a time may go to somebody else before."
            if values.get("until")
            else ""
        )
        layout = {
            "subject": subject,
            "business": rules.business.name,
            "place": rules.zone.name.rpartition("/")[2].replace("_", " "),
            "preview": _filled(said, {_HERE: "", _NO: "", _TIMES: str(values.get("slots", ""))}).strip(),
            "heading": "",
            "options": options,
            "actions": [
                *([{"text": voice.DECLINE, "link": decline}] if decline and _NO not in said else []),
                *(values.get("actions") or []),
            ],
            "details": values.get("details") or [],
            "button": {"text": label, "link": link} if link and not options else None,
            "closing": closing,
        }
        before, after = _around_times(said)
        inline = _without_last_link(before)  # the last word of a mail is a button, not a link and a button
        lines = [[line for line in words if line.strip()] for words in ([note, *before], after)]
        links = {_HERE: (label, str(link)), _NO: (voice.DECLINE, str(decline))}
        texts = [
            "\n\n".join(_filled(line, {m: u for m, (_, u) in links.items()}) for line in part)
            for part in lines
        ]
        if layout["button"] and _HERE not in said:  # the words leave it out: plain text has no button
            texts[0] += f"\n\n{label}: {link}"
        if layout["button"] and inline is not None:
            lines[0] = [line for line in [note, *inline] if line.strip()]
        elif _HERE in said:
            layout["button"] = None
        parts = [[_parts(line, links) for line in part] for part in lines]
        return Written(
            subject,
            _tidy(self._pages.render("mail/message.txt", text=texts[0], below=texts[1], **layout)),
            self._pages.render("mail/message.html", paragraphs=parts[0], below=parts[1], **layout),
        )


def _person(to: Contact) -> Customer:
    if isinstance(to, Customer):
        return to
    email, phone, name = to
    return Customer(id="", email=email, phone=phone, name=name)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if isinstance(v, (str, int))}


def _subject(rules: Rules, template: str, values: Mapping[str, Any]) -> str:
    known = {"business": rules.business.name, "service": "visit", "when": "", **values}
    return re.sub(r"\{(\w+)\}", lambda m: str(known[m[1]]), SUBJECTS[template]).rstrip(", ")


def _reply(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _sender(rules: Rules, template: str) -> str:
    """The desk that should get an answer to it."""
    if template in {"proposal", "decline", "draft_received", "reply"}:
        return rules.mail.requests
    if template in {"offer", "just_filled", "joined"}:
        return rules.mail.waitlist or rules.mail.requests
    return rules.mail.confirmations or rules.mail.requests


def _quoted(name: str) -> str:
    return re.sub(r'[<>"\r\n]', " ", name).strip()


def _filled(text: str, by_mark: Mapping[str, str]) -> str:
    for mark, value in by_mark.items():
        text = text.replace(mark, value)
    return text


def _parts(line: str, links: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """A line as pieces of text, with each link as words to click."""
    pieces = re.split(f"([{''.join(links)}])", line)
    parts = [dict(zip(("text", "link"), links.get(piece, (piece, None)), strict=True)) for piece in pieces]
    return [p for p in parts if p["text"]]


def _around_times(said: str) -> tuple[list[str], list[str]]:
    """The lines above the times and those below them; `we can do: {slots}. Call us` -> `we can do:` and `Call us`."""
    above, here, below = said.partition(_TIMES)
    if not here:
        return said.split("\n"), []
    above = above.rstrip(" \t(")
    if above and above[-1].isalnum():
        above += ":"
    below = below.lstrip(" \t.,;:!?)")
    return above.split("\n"), (below[:1].upper() + below[1:]).split("\n")


def _without_last_link(lines: list[str]) -> list[str] | None:
    """The lines without the link they end in; None when it stands elsewhere or nowhere."""
    *above, last = "\n".join(lines).rstrip(" .\n").split("\n")
    return [*above, last.removesuffix(_HERE).rstrip()] if last.endswith(_HERE) else None


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
