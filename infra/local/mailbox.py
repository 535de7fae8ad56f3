"""The mailbox: what customers and the inbox received, and mail written *to* the business, as SES would store it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any

from icalendar import Calendar

from handlers.domain.errors import InputError
from handlers.domain.zone import Zone
from handlers.ports import Attachment, Clock, Files
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.local.runtime import s3_event
from infra.wiring import NAMED

AUTHSERV = "amazonses.com"
LARGEST = 29_000_000
"""Bytes of attachments: in base64 they make a mail of 40 MB."""


@dataclass(frozen=True)
class Draft:
    """A mail to the business. `authentic` is whether the sender's domain passes DMARC."""

    sender: str
    name: str
    to: str
    subject: str
    text: str
    authentic: bool = True
    reply_to_mail: str = ""
    """The mailbox id of the mail this answers."""
    attachments: tuple[Attachment, ...] = ()


class Mailbox:
    def __init__(self, folder: Path, db: Database, clock: Clock, files: Files, bus: LocalBus) -> None:
        self._out, self._db, self._clock = folder / "out", db, clock
        self._files, self._bus = files, bus

    def newest(self) -> str:
        """Changes when a mail arrives or leaves."""
        count = self._db.one("select count(*) as n from mails_in")
        return f"{len(self._names())}.{count['n'] if count else 0}"

    def _names(self) -> list[str]:
        return sorted(p.name for p in self._out.glob("*.eml")) if self._out.is_dir() else []

    # --- what was received -----------------------------------------------------------------------------------

    def mails(self) -> list[dict[str, Any]]:
        """Every mail, newest first; `outgoing` ones were written to the business."""
        found = [{"id": name, "outgoing": False, **_summary(self._out / name)} for name in self._names()]
        found += [
            {
                "id": row["id"],
                "outgoing": True,
                "from": row["sender"],
                "to": row["recipient"],
                "subject": row["subject"],
                "at": row["at"],
            }
            for row in self._db.rows("select * from mails_in")
        ]
        return sorted(found, key=lambda mail: (mail["at"], mail["id"]), reverse=True)

    def mail(self, id_: str, zone: Zone) -> dict[str, Any] | None:
        """One mail with its text, its parts and its invitation; None when there is none."""
        message = self._message(id_)
        if message is None:
            return None
        html, invitation = _part(message, "text/html"), _part(message, "text/calendar")
        names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
        return {
            "id": id_,
            "from": str(message["From"] or ""),
            "to": str(message["To"] or ""),
            "reply_to": str(message["Reply-To"] or ""),
            "subject": str(message["Subject"] or ""),
            "date": zone.say(sent) if (sent := _sent(message)) is not None else "",
            "text": str(_content(message, "plain")),
            "has_html": html is not None,
            "invitation": _invitation(str(invitation), zone) if invitation else None,
            "attachments": names,
            "headers": [[name, str(value)] for name, value in message.items()],
        }

    def html(self, id_: str) -> str | None:
        """The HTML body; links open outside the frame it is shown in."""
        message = self._message(id_)
        body = _part(message, "text/html") if message else None
        if body is None:
            return None
        base = '<base target="_blank">'
        return re.sub(r"(<head[^>]*>)", r"\1" + base, body, count=1) if "<head" in body else base + body

    def ics(self, id_: str) -> str | None:
        message = self._message(id_)
        return _part(message, "text/calendar") if message else None

    def raw(self, id_: str) -> bytes | None:
        row = self._db.one("select path from mails_in where id = ?", id_)
        if row:
            return self._files.get(row["path"])
        return (self._out / id_).read_bytes() if id_ in self._names() else None

    def _message(self, id_: str) -> EmailMessage | None:
        raw = self.raw(id_)
        return _parse(raw) if raw is not None else None

    # --- mail to the business ----------------------------------------------------------------------------------

    def send(self, draft: Draft) -> str:
        """Stores the mail and tells the product, as SES and S3 do. Raises InputError."""
        for field, value in (("sender", draft.sender), ("to", draft.to)):
            if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
                raise InputError(field, "Write a mail address, like ana@mail.example.")
        if not (draft.text.strip() or draft.subject.strip() or draft.attachments):
            raise InputError("text", "Write something first.")
        if sum(len(a.content) for a in draft.attachments) > LARGEST:
            raise InputError(
                "attachments", "Mails of more than 40 MB are not accepted (SES takes no larger ones)."
            )
        now = self._clock.now()
        id_ = secrets.token_hex(12)
        path = f"inbound/{id_}"
        raw = build(draft, id_, now, self._answered(draft.reply_to_mail))
        self._files.put(path, raw)
        self._db.run(
            "insert into mails_in values (?, ?, ?, ?, ?, ?)",
            id_,
            now,
            path,
            formataddr((draft.name, draft.sender)),
            draft.to,
            draft.subject,
        )
        self._bus.send(NAMED["inbound_mail"], "mail received", s3_event(path, raw, now), id_)
        return id_

    def _answered(self, id_: str) -> Mapping[str, str]:
        message = self._message(id_) if id_ else None
        if message is None or not message["Message-ID"]:
            return {}
        own = str(message["Message-ID"])
        return {"In-Reply-To": own, "References": f"{message['References'] or ''} {own}".strip()}


def build(draft: Draft, id_: str, now: int, answered: Mapping[str, str]) -> bytes:
    """Raw MIME with the headers that SES puts before the sender's own."""
    domain = draft.sender.rpartition("@")[2]
    verdict = "pass" if draft.authentic else "fail"
    head = (
        f"Return-Path: <{draft.sender}>\r\n"
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.25]) by inbound-smtp.{AUTHSERV}"
        f" with SMTP id {id_} for {draft.to}; {format_datetime(datetime.fromtimestamp(now, UTC))}\r\n"
        "X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n"
        f"Authentication-Results: {AUTHSERV}; spf={verdict} smtp.mailfrom={draft.sender};"
        f" dkim={verdict} header.i=@{domain}; dmarc={verdict} header.from={domain};\r\n"
        f"X-SES-RECEIPT: local\r\n"
    )
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = formataddr((draft.name, draft.sender))
    message["To"] = draft.to
    message["Subject"] = draft.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{id_}@{domain}>"
    for name, value in answered.items():
        message[name] = value
    message.set_content(draft.text)
    paragraphs = "".join(f"<p>{_escaped(p)}</p>" for p in draft.text.split("\n\n"))
    message.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
    for attachment in draft.attachments:
        main, _, sub = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=main if sub else "application",
            subtype=sub or "octet-stream",
            filename=attachment.name,
        )
    return head.encode() + message.as_bytes()


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\n", "<br>")


@lru_cache(maxsize=256)
def _parse(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


@lru_cache(maxsize=1024)
def _summary(path: Path) -> dict[str, Any]:
    message = _parse(path.read_bytes())
    at = _sent(message)
    return {
        "from": str(message["From"] or ""),
        "to": parseaddr(str(message["To"] or ""))[1],
        "subject": str(message["Subject"] or ""),
        "at": int(path.stat().st_mtime) if at is None else at,
    }


def _sent(message: EmailMessage) -> int | None:
    """Epoch seconds of its Date header, where there is a sound one."""
    date = message["Date"]
    return int(date.datetime.timestamp()) if date is not None and date.datetime else None


def _content(message: EmailMessage, kind: str) -> Any:
    body = message.get_body((kind,))
    return body.get_content() if body is not None else ""


def _part(message: EmailMessage, content_type: str) -> str | None:
    """The first part of this type as text, wherever it stands."""
    for part in message.walk():
        if part.get_content_type() == content_type:
            content = part.get_content()
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
    return None


def _invitation(ics: str, zone: Zone) -> dict[str, Any] | None:
    """What a mail program shows of an invitation; None when it can't be read."""
    try:
        calendar = Calendar.from_ical(ics)
    except ValueError:
        return None
    for event in calendar.walk("VEVENT"):
        start, end = (int(event.decoded(name).timestamp()) for name in ("DTSTART", "DTEND"))
        return {
            "method": str(calendar.get("METHOD", "")),
            "summary": str(event.get("SUMMARY", "")),
            "where": str(event.get("LOCATION", "")),
            "when": zone.say(start),
            "until": zone.say_time(end),
            "sequence": int(event.get("SEQUENCE", 0)),
            "uid": str(event.get("UID", "")),
        }
    return None
