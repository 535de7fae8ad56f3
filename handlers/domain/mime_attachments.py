"""What is enclosed in a mail, as bytes. Bounded, and never raises: a mail is hostile until a person has looked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as Part

from handlers.domain.mime_body import DEEPEST, MOST_PARTS, filename, kind_of, payload_of
from handlers.domain.mime_headers import value

MOST_MAIL = 45_000_000
"""Bytes of a mail that are looked at; SES takes 40 MB."""
DECORATION = 30_000
"""Bytes under which a picture inside the text is a logo or an icon."""
LITTLE_TEXT = 400
"""Characters: with more words than that, a picture inside them is a decoration, however large."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """`inline` is a picture that is shown within the text."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False

    def decorates(self, text: str) -> bool:
        """Whether it only adorns `text`: a screenshot pasted into a few words is what the mail is about."""
        return self.inline and (len(self.content) < DECORATION or len(text) > LITTLE_TEXT)


def enclosed(raw: bytes) -> tuple[Enclosed, ...]:
    """Attachments in order, those of an attached mail among them; the same content once."""
    found: dict[bytes, Enclosed] = {}
    try:
        work: list[tuple[Part, str, int]] = [(message_from_bytes(raw[:MOST_MAIL]), "", 0)]
        for _ in range(MOST_PARTS):
            if not work:
                break
            part, above, depth = work.pop()
            kind = kind_of(part)
            if part.is_multipart():
                inner = [p for p in part.get_payload() if isinstance(p, Part)]
                if depth < DEEPEST and kind != "multipart/report":
                    work += [(p, kind, depth + 1) for p in reversed(inner)]
                continue
            if one := _of(part, kind, above):
                found.setdefault(hashlib.sha256(one.content).digest(), one)
    except (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        pass  # the standard library stumbles over a few inputs; what was found until then stands
    return tuple(found.values())


def _of(part: Part, kind: str, above: str) -> Enclosed | None:
    name = filename(part)
    attached = value(part, "Content-Disposition").lower().startswith("attachment")
    if kind in ("text/plain", "text/html") and not (attached or name):
        return None
    if kind.startswith(("multipart/", "message/")):
        return None
    picture = kind.startswith("image/") and above == "multipart/related" and not attached
    return Enclosed(name or _unnamed(kind), kind, payload_of(part), picture)


def _unnamed(kind: str) -> str:
    return {"text/calendar": "invitation.ics", "application/pdf": "document.pdf"}.get(
        kind, kind.replace("/", ".")
    )
