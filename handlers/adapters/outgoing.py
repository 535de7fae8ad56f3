"""The bytes of a mail we send: every mailer uses these two functions, so what the workspace shows is what SES sends.

An invitation has the parts that Gmail, Apple Mail and Outlook look for: `text/calendar; method=...` as the last
alternative of the text (RFC 6047), and the same object once more as an `.ics` attachment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from handlers.adapters import utc
from handlers.domain.errors import DeliveryFailed
from handlers.ports import Mail

POLICY = SMTP.clone(cte_type="7bit")
"""CRLF, and quoted-printable or base64 wherever a byte above 127 would stand."""

INVITE = "invite.ics"
LANE = "X-Assistant-Lane"
OURS = frozenset({"from", "to", "date", "message-id", "subject", "mime-version"})
KEPT = re.compile(
    rb"(?i)(subject|date|mime-version|content-[a-z-]+|references|in-reply-to|importance|x-priority|thread-\w+)$"
)
"""Headers that a forwarded mail keeps: what is needed to read it. All others (signatures, traces, return paths,
instructions to the mail service) stay behind."""

_CONTROL = re.compile(r" *[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+ *")
_ADDRESS = re.compile(r"(?:(?P<name>.*?)\s*<(?P<inner>[^<>]*)>|(?P<bare>[^<>]*))\Z")
_ADDR_SPEC = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,253}\Z")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,76}\Z")


def one_line(text: str) -> str:
    """A header's value: line breaks and other control characters become one space, so nothing can be smuggled in."""
    return _CONTROL.sub(" ", text).strip()


def address(text: str, what: str) -> Address:
    """`ana@example.com` or `Ana <ana@example.com>`. Raises DeliveryFailed (permanent) when it is not one address."""
    match = _ADDRESS.match(one_line(text))
    groups = match.groupdict() if match else {}
    spec = (groups.get("inner") or groups.get("bare") or "").strip()
    local, _, domain = spec.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not _ADDR_SPEC.match(f"{local}@{domain}"):
        raise DeliveryFailed(what, "not a mail address", permanent=True)
    return Address(_unquoted((groups.get("name") or "").strip()), username=local, domain=domain)


def _unquoted(name: str) -> str:
    """A display name without the quotation marks and backslashes it may come in."""
    quoted = re.fullmatch(r'"(.*)"', name)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name


def message_id(key: str, sender: Address) -> str:
    """The same for every repeat of the same key."""
    return f"<{digest(key)}@{sender.domain}>"


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def build(mail: Mail, *, now: int, key: str, sender: str = "") -> bytes:
    """A complete RFC 5322 message; `sender` is used when the mail names none. Raises DeliveryFailed."""
    author, to = address(mail.sender or sender, "sender"), address(mail.to, "recipient")
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"] = author, to
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(utc.moment(now))
    message["Message-ID"] = message_id(key, author)
    if mail.reply_to:
        message["Reply-To"] = address(mail.reply_to, "reply address")
    for name, value in mail.headers.items():
        if not _HEADER_NAME.match(name) or name.lower() in OURS or name.lower().startswith("content-"):
            raise ValueError(f"{name!r} is not a header a mail may set")
        message[name] = one_line(value)
    message.set_content(_text(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(_text(mail.html), subtype="html", cte="quoted-printable")
    if mail.ics:
        message.add_alternative(
            mail.ics.decode(), subtype="calendar", params={"method": mail.ics_method}, cte="base64"
        )
        message.add_attachment(
            mail.ics, maintype="application", subtype="ics", filename=INVITE, params={"name": INVITE}
        )
    for part in mail.attachments:
        main, _, sub = part.content_type.partition("/")
        message.add_attachment(part.content, maintype=main, subtype=sub, filename=one_line(part.name))
    return message.as_bytes()


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode()


def forward(
    raw: bytes, *, to: str, sender: str, reply_to: str, headers: Mapping[str, str], key: str
) -> bytes:
    """`raw` with our envelope around its body, which stays as it is, byte for byte. Raises DeliveryFailed.

    The author's own From is kept as X-Original-From; the mark of the direct lane is always there (no loops).
    """
    head, eol, body = split(raw)
    author = address(sender, "sender")
    ours = EmailMessage(policy=POLICY.clone(linesep=eol.decode()))
    ours["From"], ours["To"] = author, address(to, "recipient")
    if reply_to:
        ours["Reply-To"] = address(reply_to, "reply address")
    ours["Message-ID"] = message_id(key, author)
    for name, value in {LANE: "direct", **headers}.items():
        if not _HEADER_NAME.match(name) or name.lower() in OURS:
            raise ValueError(f"{name!r} is not a header a forward may set")
        ours[name] = one_line(value)
    fields = list(_fields(head))
    original = next((value for name, value in fields if name.lower() == b"from"), b"")
    if original:
        ours["X-Original-From"] = one_line(original.decode("utf-8", "replace"))
    ours_bytes = ours.as_bytes().rstrip(b"\r\n") + eol
    kept = b"".join(
        name + b":" + eol.join(line for line in value.splitlines() if line.strip()) + eol
        for name, value in fields
        if KEPT.match(name) and value.strip()
    )
    return ours_bytes + kept + eol + body


def split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Header block, line ending and body of a message."""
    match = re.search(rb"(?:\A|\r?\n)(\r?\n)", raw)
    if match is None:
        return raw, b"\r\n", b""
    return raw[: match.start()], match[1], raw[match.end() :]


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Name and raw value (folds included) of every header that can be one."""
    fields: list[tuple[bytes, bytes]] = []
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1] = (fields[-1][0], fields[-1][1] + b"\n" + line)
        elif colon and re.fullmatch(rb"[!-9;-~]+", name.rstrip()):
            fields.append((name.rstrip(), value))
    return fields
