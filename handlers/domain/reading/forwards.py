"""The message inside a message: what somebody passed on, and whose it was.

`threads` cuts away what a sender quotes; here what is passed on is the point, and the words above it are a note.
Gmail, Outlook, Apple Mail, Thunderbird, Yahoo and phones each introduce it their own way, in several languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.domain.request import Message

DEEPEST = 5
"""How often a message may have been passed on: site -> owner -> front desk -> here."""

_MARKED = re.compile(
    r"^\s*(?:[-_*=]{2,}\s*(?:original message|forwarded message|begin forwarded message|weitergeleitete nachricht|"
    r"ursprüngliche nachricht|message transféré|message d'origine|mensaje reenviado|mensaje original|"
    r"messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|转发的消息|轉寄郵件).{0,40}"
    r"|begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré)|"
    r"inicio del mensaje reenviado|inizio messaggio inoltrato)\s*:?\s*[-_*=]*\s*$",
    re.IGNORECASE,
)
_LABELS = {
    "from": "from von de da van 发件人 寄件者",
    "date": "sent date gesendet datum envoyé enviado fecha inviato data verzonden 发送时间 日期",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp 主题 主旨",
    "other": "to an à para a aan cc bcc kopie reply-to 收件人 抄送",
}
_KINDS = {label: kind for kind, labels in _LABELS.items() for label in labels.split()}
_HEADER = re.compile(
    rf"^\s*\*?(?P<label>{'|'.join(sorted(map(re.escape, _KINDS), key=len, reverse=True))})\*?\s*[:：]\*?\s*(?P<value>.{{0,600}})$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^(?:\s*>)+ ?")
_PASSED_ON = re.compile(r"^\s*(?:fwd?|fw|wg|tr|rv|i|enc|doorst|转发|轉寄)\s*[:：]", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|ref|odp|回复|回覆)\s*[:：]", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
_NEAR = 4
"""Lines between a marker and its first header."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """`note` is what whoever passed it on wrote; `sent` the date as its header says it."""

    text: str
    note: str = ""
    name: str = ""
    address: str = ""
    sent: str = ""
    subject: str = ""


def is_passed_on(subject: str) -> bool:
    """`Fwd: New booking`"""
    return bool(_PASSED_ON.match(subject))


def answers_us(message: Message, ours: frozenset[str], *, automatic: bool) -> bool:
    """Whether it answers a mail of `ours` (addresses, lower case) and passes nothing on. Our mail service puts its own
    domain into the ids of what we send; programs that thread their own notices may use the same service."""
    if forwarded(message.text, ours) is not None:
        return False
    domains = {a.rpartition("@")[2] for a in ours}
    named = {id_.strip("<>").rpartition("@")[2].lower() for id_ in message.references}
    if named & domains:
        return True
    by_service = any(domain.endswith("amazonses.com") for domain in named)
    return not automatic and (by_service or bool(_ANSWER.match(message.subject)))


def forwarded(text: str, ours: frozenset[str] = frozenset()) -> Forwarded | None:
    """The innermost message that was passed on; None when there is none. What `ours` (lower case) sent is a quote."""
    found = _first(text)
    if found is None or found.address in ours:
        return None
    notes = [found.note]
    for _ in range(DEEPEST):
        inner = _first(found.text)
        if inner is None or inner.address in ours or not (_marks(found.text) or is_passed_on(found.subject)):
            break
        notes.append(inner.note)
        found = inner
    note = "\n\n".join(filter(None, notes))
    return Forwarded(found.text, note, found.name, found.address, found.sent, found.subject)


def _marks(text: str) -> bool:
    return any(_MARKED.match(_QUOTED.sub("", line)) for line in text.split("\n"))


def _first(text: str) -> Forwarded | None:
    lines = text.split("\n")
    for n, line in enumerate(lines):
        bare = _QUOTED.sub("", line)
        if _MARKED.match(bare):
            start = next((i for i in range(n + 1, min(n + 1 + _NEAR, len(lines))) if _header(lines[i])), None)
            if start is not None and (block := _block(lines, start, least=1)):
                return _made(lines, n, *block)
        elif (
            _header(line) and (block := _block(lines, n, least=3)) and {"date", "subject"} <= block[0].keys()
        ):
            return _made(lines, n, *block)  # without the line that says so, nothing less is a mail's head
    return None


def _header(line: str) -> tuple[str, str] | None:
    """(kind, value) of `Subject: New booking`."""
    found = _HEADER.match(_QUOTED.sub("", line))
    return (_KINDS[found["label"].lower()], found["value"].strip(" *")) if found else None


def _block(lines: list[str], start: int, *, least: int) -> tuple[dict[str, str], int] | None:
    """The headers that begin here and the line after them; None for fewer than `least`, or nobody who sent it."""
    found: dict[str, str] = {}
    count, n, last = 0, start, ""
    while n < min(start + 20, len(lines)):
        bare = _QUOTED.sub("", lines[n]).strip()
        if header := _header(lines[n]):
            count, last = count + 1, header[0]
            found.setdefault(*header)
        elif bare and last and count:
            found[last] = (
                f"{found[last]} {bare}"  # a list of recipients runs on, or a value stands on its own line
            )
        elif not bare:
            break
        n += 1
    return (found, n) if "from" in found and count >= least else None


def _made(lines: list[str], first: int, headers: dict[str, str], after: int) -> Forwarded:
    depth = len(_depth(lines[after - 1]))
    body = [_without(line, depth) for line in lines[after:]]
    sender = headers["from"]
    address = _ADDRESS.search(sender)
    name = _ADDRESS.sub("", re.sub(r"\[?mailto:", "", sender))
    name = re.sub(r"[<>\[\]()\"“”*]|\bvia\b.*", " ", name)
    return Forwarded(
        text="\n".join(body).strip(),
        note=_note(lines[:first]),
        name=" ".join(name.split())[:200],
        address=address[0].lower() if address else "",
        sent=headers.get("date", ""),
        subject=headers.get("subject", "")[:500],
    )


def _note(lines: list[str]) -> str:
    """Own words, without the line some programs draw."""
    return "\n".join(line for line in lines if line.strip("-_=* \t>")).strip()


def _depth(line: str) -> str:
    return "".join(c for c in (_QUOTED.match(line) or [""])[0] if c == ">")


def _without(line: str, depth: int) -> str:
    for _ in range(depth):
        stripped = line.lstrip()
        if not stripped.startswith(">"):
            break
        line = stripped[1:].removeprefix(" ")
    return line
