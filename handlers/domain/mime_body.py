"""The words of a mail: which parts a person would read, and HTML turned into lines. Bounded, whatever arrives."""

from __future__ import annotations

import base64
import html as entities
import re
from dataclasses import dataclass, field
from email.message import Message as Part
from typing import TYPE_CHECKING

from handlers.domain.mime_headers import decoded, text_of, value

if TYPE_CHECKING:
    from bs4 import Tag

MOST_TEXT = 60_000
"""Characters of text that are kept; nobody asks for a haircut in more."""
MOST_HTML = 200_000
MOST_PARTS = 200
DEEPEST = 12

FORWARDED = "---------- Forwarded message ---------"


@dataclass
class Content:
    """What was found on the way through the parts."""

    attachments: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    """The text of each `text/calendar` part."""
    report: bool = False
    """A delivery report or a read receipt (RFC 3464, 8098)."""
    parts: int = 0


def text_and_content(root: Part) -> tuple[str, Content]:
    content = Content()
    text = tidy(_text(root, content, 0))
    return text[:MOST_TEXT], content


def _text(part: Part, content: Content, depth: int) -> str:
    content.parts += 1
    if content.parts > MOST_PARTS or depth > DEEPEST:
        return ""
    kind = kind_of(part)
    if kind in ("multipart/report", "message/delivery-status", "message/disposition-notification"):
        content.report = True
    if part.is_multipart():
        inner = [p for p in part.get_payload() if isinstance(p, Part)]
        if kind == "message/rfc822":
            return _forwarded(inner, content, depth)
        texts = [(kind_of(p), _text(p, content, depth + 1)) for p in inner]
        if kind == "multipart/alternative":
            return _best(texts)
        return "\n\n".join(t for _, t in texts if t.strip())
    return _leaf(part, kind, content)


def _leaf(part: Part, kind: str, content: Content) -> str:
    if kind.startswith("multipart/"):
        return _decoded_payload(part)  # without a boundary it is one part, whatever it says
    name = filename(part)
    if kind == "text/calendar":
        content.calendars.append(_decoded_payload(part)[:MOST_TEXT])
    attached = value(part, "Content-Disposition").lower().startswith("attachment")
    if kind in ("text/plain", "text/html") and not attached and not name:
        raw = _decoded_payload(part)
        return from_html(raw) if kind == "text/html" else _plain(raw, part)
    if name or attached or not kind.startswith("text/"):
        content.attachments.append(name or kind)
    return ""


def _best(texts: list[tuple[str, str]]) -> str:
    """The plain alternative; when it is empty, the next one that says something."""
    said = [(kind, text) for kind, text in texts if text.strip()]
    plain = [text for kind, text in said if kind == "text/plain"]
    return next(iter(plain or [text for _, text in said]), "")


def _forwarded(inner: list[Part], content: Content, depth: int) -> str:
    """A mail inside a mail, introduced the way mail programs do."""
    lines = []
    for mail in inner:
        head = [
            f"{name}: {decoded(value(mail, name))}"
            for name in ("From", "Date", "Subject", "To")
            if value(mail, name)
        ]
        lines.append("\n".join([FORWARDED, *head, "", _text(mail, content, depth + 1)]))
    return "\n\n".join(lines)


def kind_of(part: Part) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):  # a parameter list beyond repair
        return "text/plain"


def filename(part: Part) -> str:
    """Of an attachment, in plain letters (RFC 2231, or the encoded words that many programs write instead)."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return "attachment"
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return decoded(name[:500]).replace("/", "_").replace("\\", "_")[:200]


def _decoded_payload(part: Part) -> str:
    try:
        charset = str(part.get_param("charset", "") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = ""
    return text_of(payload_of(part)[: 4 * MOST_HTML], charset)


def payload_of(part: Part) -> bytes:
    """The content of a part, decoded; of a broken one, what can be read."""
    try:
        raw = part.get_payload(decode=True)
        if value(part, "Content-Transfer-Encoding").lower() == "base64" and isinstance(raw, bytes):
            raw = _mended(part, raw)
    except (ValueError, LookupError, TypeError, AttributeError):
        raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return raw if isinstance(raw, bytes) else b""


def _mended(part: Part, raw: bytes) -> bytes:
    """Base64 that was cut or dirtied on the way comes back undecoded: as much as can be read of it."""
    if raw != b"".join(str(part.get_payload()).encode("ascii", "surrogateescape").splitlines()):
        return raw
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    return base64.b64decode(letters[: len(letters) // 4 * 4])


def _plain(text: str, part: Part) -> str:
    try:
        flowed = str(part.get_param("format", "")).lower() == "flowed"
        delete = str(part.get_param("delsp", "")).lower() == "yes"
    except (ValueError, LookupError, TypeError, AttributeError):
        flowed = delete = False
    return unflow(text, delete=delete) if flowed else text


def unflow(text: str, *, delete: bool) -> str:
    """Soft line breaks (RFC 3676) joined again; quote depths are kept apart."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        if open_depth == depth and words != "-- ":
            lines[-1] += words[:-1] if soft and delete else words
        else:
            lines.append((">" * depth + " " if depth else "") + (words[:-1] if soft and delete else words))
        open_depth = depth if soft else None
    return "\n".join(lines)


def tidy(text: str) -> str:
    """Every line end a newline, no control characters, no more than one empty line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\u00a0", " ").replace("\ufeff", "").replace("\u200b", "").replace("\u00ad", "")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "", text)
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- HTML ------------------------------------------------------------------------------------------------------

_SILENT = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "object", "select", "textarea"}
)
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|mso-hide\s*:\s*all",
    re.IGNORECASE,
)


def from_html(markup: str) -> str:
    """What a reader of the page sees, line by line. Hidden text is left out; quoted text gets `> `."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        # Wrapped, so that the parser does not warn about text that resembles a file name.
        soup = BeautifulSoup(f"<div>{markup[:MOST_HTML].replace('<?xml', '<?')}</div>", "html.parser")
    except (ParserRejectedMarkup, AssertionError, RecursionError):
        return entities.unescape(re.sub(r"<[^<>]{0,2000}>", "\n", markup[:MOST_HTML]))
    return _Lines().read(soup)


class _Lines:
    """Walks the tree with a stack of its own: pages may be nested deeper than Python can recurse."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._quotes = 0
        self._pre = 0

    def read(self, soup: Tag) -> str:
        from bs4.element import NavigableString, PreformattedString, Tag

        work: list[object] = [soup]
        while work:
            node = work.pop()
            if callable(node) and not isinstance(node, Tag):
                node()
            elif isinstance(node, Tag):
                if (
                    node.name in _SILENT
                    or _HIDDEN.search(str(node.get("style") or ""))
                    or node.has_attr("hidden")
                ):
                    continue
                self._open(node)
                work.append(lambda node=node: self._close(node))
                work.extend(reversed(node.contents))
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                self._words(str(node))
        self._break()
        return "\n".join(self._lines)

    def _words(self, text: str) -> None:
        if self._pre:
            first, *more = text.split("\n")
            self._line += first
            for line in more:
                self._break(always=True)
                self._line += line
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self._line += text.lstrip() if not self._line or self._line.endswith(" ") else text

    def _open(self, tag: Tag) -> None:
        if tag.name == "br":
            self._break(always=True)
        elif tag.name in ("td", "th"):
            if self._line.strip():
                self._line += "  "
        elif tag.name in _BLOCKS:
            self._break(gap=tag.name in _APART)
            self._pre += tag.name == "pre"
            self._quotes += tag.name == "blockquote"
            if tag.name == "li":
                self._line = "- "

    def _close(self, tag: Tag) -> None:
        if tag.name not in _BLOCKS:
            return
        self._break()
        self._quotes -= tag.name == "blockquote"
        self._pre -= tag.name == "pre"
        self._break(gap=tag.name in _APART)

    def _break(self, *, always: bool = False, gap: bool = False) -> None:
        """Ends the line; `gap` wants an empty one after it."""
        quote = ">" * self._quotes + " " if self._quotes else ""
        line, self._line = self._line.rstrip(), ""
        if line or always:
            self._lines.append(f"{quote}{line}".rstrip())
        if gap and self._lines and self._lines[-1].strip("> "):
            self._lines.append(quote.rstrip())
