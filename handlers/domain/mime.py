"""A received mail, as raw as SES stores it, becomes a `Message` - and the reasons why nobody may answer it.

A mail is the most hostile input we take: `parse` never raises and never works without bound.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as Part

from handlers.domain.mime_body import Content, kind_of, text_and_content, tidy
from handlers.domain.mime_headers import Mailbox, decoded, dmarc_domains, mailboxes, text_of, value, values
from handlers.domain.request import Message

MOST = 12_000_000
"""Bytes of a mail that are looked at; the words come before the attachments."""
MOST_HEAD = 256_000
"""Bytes of headers."""
LANE = "X-Assistant-Lane"

_ROBOTS = re.compile(
    r"(?:mailer-daemon|postmaster|(?:.*[-_.+])?(?:no|do-?not|donot|dont|never)[-_.]?reply(?:[-_.+].*)?|"
    r"(?:.*[-_.+])?bounces?(?:[-_+=].*)?|auto-?(?:reply|confirm|responder)|calendar-notification|daemon|root)@"
)
_AWAY = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|undeliver(?:able|ed)"
    r"|delivery status notification|returned mail|mail delivery (?:failed|subsystem)|failure notice)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """A guest's answer to an invitation (RFC 5546 REPLY, or COUNTER when they propose another time).

    `status` is the PARTSTAT: ACCEPTED, DECLINED, TENTATIVE ...
    """

    uid: str
    status: str
    attendee: str = ""
    sequence: int = 0
    method: str = "REPLY"


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """`automatic`: no person is waiting for an answer; `reason` says how we know; `notice` that it was written of a
    program's own accord all the same (a booking site's confirmation), not in answer to a mail or about one.
    `recipients` is everyone it was addressed to, lower case."""

    message: Message
    automatic: bool = False
    reason: str = ""
    notice: bool = False
    calendar_reply: CalendarReply | None = None
    recipients: tuple[str, ...] = ()


def parse(
    raw: bytes, *, received: int, trusted_authserv: str = "amazonses.com", own: Collection[str] = ()
) -> ParsedMail:
    """`received` is epoch seconds. Only the topmost Authentication-Results counts, and only when
    `trusted_authserv` wrote it. `own` are our addresses: what they send is never answered."""
    raw = raw[: MOST if re.search(rb"\n\r?\n", raw[:MOST_HEAD]) else MOST_HEAD]
    try:
        mail = message_from_bytes(raw)
        text, content = text_and_content(mail)
    except (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        # The standard library stumbles over a few inputs. The headers are ours to read, the rest is shown as it is.
        mail = message_from_bytes(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n\r\n")
        text, content = tidy(text_of(raw[:20_000], "utf-8")), Content()
    senders = [box for header in values(mail, "From") for box in mailboxes(header)]
    sender = next((box for box in senders if box.address), Mailbox("", ""))
    recipients = _recipients(mail)
    reason = _why_automatic(mail, content, sender.address, own)
    message = Message(
        channel="email",
        text=text,
        sender=sender.address,
        sender_name=sender.name[:200],
        recipient=recipients[0] if recipients else "",
        subject=decoded(value(mail, "Subject"))[:500],
        message_id=_message_id(mail, raw),
        references=_references(mail),
        received=received,
        authenticated=_authenticated(mail, senders, trusted_authserv),
        attachments=tuple(content.attachments[:50]),
    )
    return ParsedMail(
        message, bool(reason), reason, _is_notice(reason, mail, content), _calendar_reply(content), recipients
    )


def _authenticated(mail: Part, senders: list[Mailbox], trusted: str) -> bool:
    """A DMARC pass for the domain of the one and only From."""
    if len(values(mail, "From")) != 1 or len(senders) != 1 or not senders[0].address:
        return False
    domain = senders[0].address.rpartition("@")[2].rstrip(".")
    return dmarc_domains(value(mail, "Authentication-Results"), trusted) == (domain,)


def _why_automatic(mail: Part, content: Content, sender: str, own: Collection[str]) -> str:
    """RFC 3834, and what programs do that never read it; empty when a person wrote it."""
    submitted = value(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    checks = {
        "our own mail": bool(values(mail, LANE)) or sender in {address.lower() for address in own},
        "auto-submitted": submitted not in ("", "no"),
        "precedence": value(mail, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply"),
        "mailing list": any(value(mail, h) for h in ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List")),
        "bounce": any(v.replace(" ", "") == "<>" for v in values(mail, "Return-Path")),
        "report": content.report or kind_of(mail) == "multipart/report",
        "auto-reply": any(values(mail, h) for h in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Failed-Recipients"))
        or bool(_AWAY.match(decoded(value(mail, "Subject")))),
        "loop": bool(values(mail, "X-Loop")),
        "robot": bool(_ROBOTS.match(sender)),
    }  # fmt: skip
    return next((why for why, true in checks.items() if true), "")


def _is_notice(reason: str, mail: Part, content: Content) -> bool:
    """Automatic, but neither ours, nor a report, nor an answer (RFC 3834 calls those `auto-replied`)."""
    answers = (
        content.report
        or kind_of(mail) == "multipart/report"
        or bool(_AWAY.match(decoded(value(mail, "Subject"))))
    )
    replied = (
        value(mail, "Auto-Submitted").lower().startswith("auto-replied")
        or value(mail, "Precedence").lower() == "auto_reply"
    )
    return reason in _SENT_BY_PROGRAMS and not answers and not replied


_SENT_BY_PROGRAMS = frozenset({"auto-submitted", "precedence", "mailing list", "robot"})


def _recipients(mail: Part) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for header in ("X-Original-To", "Delivered-To", "To", "Cc"):
        for text in values(mail, header):
            found.update((box.address, None) for box in mailboxes(text) if box.address)
    # A blind copy: our own server notes for whom it took the mail (only its, the topmost line is trusted).
    taken = re.search(r"\bfor <?([^\s<>;]+@[^\s<>;]+)>?", value(mail, "Received"))
    if taken:
        found.setdefault(taken[1].lower())
    return tuple(found)[:100]


def _message_id(mail: Part, raw: bytes) -> str:
    """As it says; a mail without one is known by its content."""
    match = re.search(r"<[^<>\s]{1,900}>", value(mail, "Message-ID"))
    return match[0] if match else f"<{hashlib.sha256(raw).hexdigest()}@no-message-id>"


def _references(mail: Part) -> tuple[str, ...]:
    ids = re.findall(r"<[^<>\s]{1,900}>", " ".join([value(mail, "References"), value(mail, "In-Reply-To")]))
    return tuple(dict.fromkeys(ids))[-50:]


def _calendar_reply(content: Content) -> CalendarReply | None:
    for text in content.calendars:
        fields: dict[str, tuple[str, str]] = {}
        lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
        for line in lines[:2000]:
            match = re.match(r"([A-Za-z-]+)((?:;(?:\"[^\"]*\"|[^:\"])*)?):(.*)", line)
            if match:
                fields.setdefault(match[1].upper(), (match[2], match[3].strip()))
        method = fields.get("METHOD", ("", ""))[1].upper()
        uid = fields.get("UID", ("", ""))[1]
        if method not in ("REPLY", "COUNTER") or not uid:
            continue
        parameters, who = fields.get("ATTENDEE", ("", ""))
        status = re.search(r";PARTSTAT=\"?([A-Za-z-]+)", parameters, re.IGNORECASE)
        sequence = fields.get("SEQUENCE", ("", "0"))[1]
        return CalendarReply(
            uid=uid[:500],
            status=status[1].upper() if status else "NEEDS-ACTION",
            attendee=re.sub(r"(?i)^mailto:", "", who).lower()[:320],
            sequence=int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else 0,
            method=method,
        )
    return None
