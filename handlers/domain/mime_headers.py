"""Reading header fields that anybody may have written. Nothing here raises, whatever the bytes.

Addresses are taken apart *before* encoded words are decoded (RFC 2047 section 6.2), so that a display name can't
turn itself into an address.
"""

from __future__ import annotations

import re
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from typing import NamedTuple

LONGEST = 4_000
"""Characters of one header that are looked at."""

_ADDR = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x20]{1,64}@[^\s@<>()\[\],;:\"\\\x00-\x20]{1,253}\Z")
_ANY_ADDR = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}"
)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


class Mailbox(NamedTuple):
    """`address` is lower case, "" when there is none."""

    name: str
    address: str


def values(part: Part, name: str) -> list[str]:
    """Every value of a header as it stands, unfolded, topmost first; bytes above 127 are read as UTF-8."""
    wanted, found = name.lower(), []
    for key, value in part.raw_items():
        if key.lower() == wanted:
            text = str(value)[:LONGEST].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            found.append(" ".join(text.split()))
    return found


def value(part: Part, name: str) -> str:
    """The topmost one; "" when there is none."""
    return next(iter(values(part, name)), "")


def decoded(text: str) -> str:
    """With its encoded words (RFC 2047) in plain letters, and nothing invisible left in it."""
    if "=?" in text:
        # A broken encoded word is shown as it came.
        with suppress(HeaderParseError, ValueError, LookupError):
            text = "".join(_word(piece, charset) for piece, charset in decode_header(text))
    return " ".join(_INVISIBLE.sub(" ", text).split())


def _word(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # `decode_header` hands the letters between encoded words back in an encoding of its own.
    return text_of(piece, charset) if charset else piece.decode("raw-unicode-escape")


# --- Characters ------------------------------------------------------------------------------------------------

_ALIASES = {
    "iso-8859-1": "cp1252",  # as every browser does: the C1 block is never meant
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "windows-874": "cp874",
    "cp-850": "cp850",
    "utf8": "utf-8-sig",
    "utf-8": "utf-8-sig",
    "unicode-1-1-utf-7": "utf-7",
}
_NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "unicode-escape"}
)


def text_of(raw: bytes, charset: str) -> str:
    """In the charset it claims, else UTF-8, else Windows-1252."""
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    tries = ([name] if name and name not in _NOT_FOR_MAIL else []) + ["utf-8"]
    for encoding in tries:
        try:
            return raw.decode(encoding)
        except (LookupError, ValueError):
            continue
    if name in ("utf-8-sig", "cp932", "gb18030", "cp949", "big5", "utf-7"):
        return raw.decode(name, "replace")  # a few broken bytes in what is otherwise right
    return raw.decode("cp1252", "replace")


# --- Addresses -------------------------------------------------------------------------------------------------


def mailboxes(text: str) -> list[Mailbox]:
    """The mailboxes of an address header (RFC 5322 3.4), in order; groups are flattened."""
    found = []
    for piece in _split(text):
        bare, comment = _without_comments(piece)
        head, angle, rest = bare.rpartition("<")
        address = (rest.partition(">")[0] if angle else bare).strip().lower()
        name = decoded(
            (head if angle else comment).strip().strip('"').replace('\\"', '"').replace("\\\\", "\\")
        )
        if not angle and '"' in bare:
            address = ""
        if not _ADDR.match(address):
            near = _ANY_ADDR.search(rest if angle else bare)
            address = near[0].lower() if near else ""
        if address or name:
            found.append(Mailbox(_honest(name, address), address))
    return found


def _honest(name: str, address: str) -> str:
    """A display name that shows an address, and not its own, is there to deceive: it is dropped."""
    shown = name.lower().strip(" '\"")
    return "" if "@" in shown and shown != address else name.strip(" '\"")


def _split(text: str) -> list[str]:
    """At commas, semicolons and group names, outside quotes, comments and angle brackets."""
    pieces, current, quoted, comment, angle, skip = [], "", False, 0, False, False
    for char in text[:LONGEST]:
        if skip:
            current, skip = current + char, False
            continue
        if char == "\\" and (quoted or comment):
            skip = True
        elif char == '"' and not comment:
            quoted = not quoted
        elif not quoted and char in "()":
            comment = max(0, comment + (1 if char == "(" else -1))
        elif not quoted and not comment:
            angle = (angle or char == "<") and char != ">"
            if char in ",;" and not angle:
                pieces.append(current)
                current = ""
                continue
            if char == ":" and not angle:
                current = ""  # "undisclosed-recipients: ..." names a group
                continue
        current += char
    return [*pieces, current]


def _without_comments(text: str) -> tuple[str, str]:
    """Outside of comments, and the text of the comments."""
    outside, inside, depth, quoted, skip = "", "", 0, False, False
    for char in text:
        if skip:
            skip = False
        elif char == "\\" and (quoted or depth):
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
            if depth == 1:
                continue
        elif char == ")" and depth:
            depth -= 1
            if not depth:
                continue
        if depth:
            inside += char
        else:
            outside += char
    return outside, inside


# --- Who vouches for it ----------------------------------------------------------------------------------------


def dmarc_domains(results: str, authserv: str) -> tuple[str, ...]:
    """`header.from` of every `dmarc=pass` in an Authentication-Results value (RFC 8601) written by `authserv`.

    Quoted strings and comments are blanked first: parts of them are the sender's own words. Two DMARC results mean
    that one of them is a forgery, and count as none.
    """
    plain = _without_comments(re.sub(r'"(?:[^"\\]|\\.)*"?', "_", results))[0]
    server, *methods = plain.split(";")
    if (server.split() or [""])[0].lower() != authserv.lower():
        return ()
    verdicts = [m for m in methods if re.match(r"\s*dmarc\s*=", m, re.IGNORECASE)]
    if len(verdicts) != 1 or not re.match(r"\s*dmarc\s*=\s*pass\b", verdicts[0], re.IGNORECASE):
        return ()
    return tuple(d.lower().rstrip(".") for d in re.findall(r"header\.from\s*=\s*([^\s;]+)", verdicts[0]))
