"""What was forwarded, read: the message inside the message, its attachments, and whom it is about.

The customer is the one in the forwarded text, never the colleague who passed it on. Relative words ("tomorrow") count
from the day the forwarded message was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime

from handlers.domain import documents as limits
from handlers.domain import drafts
from handlers.domain.documents import Words
from handlers.domain.reading.forwards import Forwarded, forwarded
from handlers.domain.reading.guests import Guest, is_program, name_words, read_guest
from handlers.domain.reading.guests import nobodys_names as _others
from handlers.domain.reading.guests import our_addresses as _ours
from handlers.domain.reading.names import booked_for
from handlers.domain.reading.reader import grammar, read_when
from handlers.domain.request import Document, FieldReading, Message, Reading, Request
from handlers.domain.rules.model import Rules
from handlers.domain.rules.words import wall_time
from handlers.ports import Clock, Reader
from handlers.services.rules import RulesSource

OLDEST = 120 * 86_400
"""Seconds: a forwarded message that claims to be older is read as of today."""
NOTE_COUNTS = 0.7
"""How sure a colleague's own words above the message make us, where the message itself says nothing."""
THE_MAIL = "The mail"


@dataclass(frozen=True, slots=True)
class Draft:
    """`excerpt` is what it was read from; `rows` are those of a list, each to be read by itself, and `listed` its name."""

    reading: Reading
    guest: Guest
    note: str = ""
    excerpt: str = ""
    cancelled: bool = False
    doubts: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    listed: str = ""


class ForwardedReader:
    def __init__(self, *, reader: Reader, rules: RulesSource, clock: Clock) -> None:
        self._reader, self._rules, self._clock = reader, rules, clock

    def read(self, request: Request, attached: Sequence[tuple[Document, Words]]) -> Draft:
        rules, message = self._rules.current(), request.message
        inner = None if request.part_of else forwarded(message.text, _ours(rules))
        body = inner.text if inner else message.text
        subject = inner.subject if inner else message.subject
        at = (
            self._sent(inner.sent, message.received, rules)
            if inner
            else message.received or self._clock.now()
        )
        notice = is_program((inner.address if inner else message.sender) or "")
        texts = [(THE_MAIL, limits.labelled(body), subject, 1.0)]
        texts += [(d.name, limits.labelled(w.text), "", w.sure) for d, w in attached]
        texts = [t for t in texts if t[1].strip() or t[2].strip()]
        said = [
            drafts.Said(where, self._read(text, title, at, notice=notice or where != THE_MAIL), sure)
            for where, text, title, sure in texts
        ]
        if inner and inner.note:
            above = self._read(inner.note, "", message.received).model_copy(
                update={"resource": FieldReading()}
            )
            said.append(
                drafts.Said("The note above it", above, NOTE_COUNTS)
            )  # whom it names is who signed it
        whole = drafts.together(
            said or [drafts.Said(THE_MAIL, Reading())],
            rules,
            rules.zone.date(self._clock.now()),
            one_time=request.desk == "confirmations",
        )
        source = _source(texts, said)
        own = inner.note if inner else ""
        if source and source != texts[0][1] and not own:
            own = body  # "See attached."
        return Draft(
            reading=whole.reading,
            guest=self._guest(request, inner, [text for _, text, *_ in texts], said, rules),
            note=own[: limits.EXCERPT],
            excerpt="" if source == message.text else source[: limits.EXCERPT],
            cancelled=any(drafts.speaks_of_cancellation(title, text) for _, text, title, _ in texts),
            doubts=whole.doubts,
            rows=next((w.rows for _, w in attached if len(w.rows) > 1), ()),
            listed=next((d.name for d, w in attached if len(w.rows) > 1), ""),
        )

    def _read(self, text: str, subject: str, at: int, *, notice: bool = False) -> Reading:
        message = Message(channel="email", text=text, subject=subject, received=at, notice=notice)
        return self._reader.read(message, self._rules.current(), at)

    def _sent(self, said: str, received: int, rules: Rules) -> int:
        """When the forwarded message was sent (epoch s); when it was passed on, if that can't be told."""
        at = _header_date(said)
        if at is None:
            windows = read_when(said, received, rules.zone, day_first=grammar(rules).day_first)
            window = next((w for w in windows if w.date_from), None)
            if window is not None:
                minutes = wall_time(window.time_from) if window.time_from else 12 * 60
                at = rules.zone.instant(date.fromisoformat(window.date_from or ""), minutes)
        return at if at is not None and received - OLDEST < at <= received + 86_400 else received

    # --- whom it is about --------------------------------------------------------------------------------------

    def _guest(
        self,
        request: Request,
        inner: Forwarded | None,
        texts: Sequence[str],
        said: Sequence[drafts.Said],
        rules: Rules,
    ) -> Guest:
        """Each of name, address and number from the first text that has it; last, whoever wrote the message."""
        site = (inner.address if inner else request.message.sender) or ""
        notice = is_program(site) or not site
        found = [
            read_guest(
                text,
                country=rules.business.country,
                ours=_ours(rules),
                others=_others(rules),
                services=grammar(rules).catalogue.words,
                site=site if notice else "",
            )
            for text in texts
        ]
        own = (
            ""
            if notice
            else next((s.reading.customer.name for s in said if s.reading.customer.name), "") or ""
        )
        if name_words(own) & _others(rules):
            prepared = grammar(rules)
            named = (booked_for(text, prepared.staff, prepared.catalogue.words) for text in texts)
            own = next(filter(None, named), "")  # signed by one of us: "Haircut for Ana Lim, Tue 2pm. Mei"
        name = next((g.name for g in found if g.name), "") or own
        email = next((g.email for g in found if g.email), None)
        phone = next((g.phone for g in found if g.phone), None)
        writer = self._writer(request, inner, rules)
        same = not name or bool(name_words(name) & name_words(writer.name))
        if writer.email and same:
            name, email = max(name, writer.name, key=len) if name else writer.name, email or writer.email
        return Guest(name, email, phone)

    @staticmethod
    def _writer(request: Request, inner: Forwarded | None, rules: Rules) -> Guest:
        """Who wrote the message itself, if that is a customer: no program, and none of ours."""
        if request.part_of:
            return Guest()
        name, address = (
            (inner.name, inner.address) if inner else (request.message.sender_name, request.message.sender)
        )
        home = rules.business.inbox.rpartition("@")[2].lower()
        ours = address in _ours(rules) or (home not in PUBLIC and address.endswith(f"@{home}"))
        if not address or ours or is_program(address) or name_words(name) & _others(rules):
            return Guest()
        return Guest(name, address)


PUBLIC = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "gmx.net", "gmx.de", "web.de", "proton.me", "protonmail.com", "aol.com",
    }
)  # fmt: skip
"""Domains that a business shares with its customers."""


def _header_date(said: str) -> int | None:
    """RFC 5322, as Thunderbird and attached mails have it."""
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    return int(at.timestamp()) if at.tzinfo else None


def _source(texts: Sequence[tuple[str, str, str, float]], said: Sequence[drafts.Said]) -> str:
    """The text that says most of what is asked for, else the first: what staff compare the draft with."""
    scored = [
        (bool(s.reading.service.value) + bool(s.reading.when), text)
        for (_, text, *_), s in zip(texts, said, strict=False)
        if text.strip()
    ]
    return max(scored, key=lambda t: t[0], default=(0, ""))[1]
