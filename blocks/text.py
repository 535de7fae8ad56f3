"""Words in Slack: what people wrote, made harmless and short enough.

Limits are Slack's (docs.slack.dev, "Block Kit" reference); lengths are counted in UTF-16 units after escaping,
which is never less than what Slack counts.
"""

from __future__ import annotations

import re
import unicodedata

SECTION = 3000
FIELD = 2000
HEADER = 150
CELL = 200
"""Of a table; Slack's own limit is far above what a phone shows."""
BUTTON = 75
OPTION = 75
TITLE = 24
"""A modal's title, submit and close."""
CONFIRM_TEXT = 300
FALLBACK = 3000
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
OPTIONS = 100

NOT_STAFF = {
    "": "Frontdesk",
    "system": "Frontdesk",
    "customer": "the customer",
    "calendar": "somebody in the calendar",
    "sheet": "somebody in the sheet",
}
"""Who did it, when it was nobody with a name."""

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters (Cc) but for tab and line break, and lone surrogates (Cs)."""
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"))
_CUT_SHORT = re.compile(r"(?:&[a-z]{0,4}|<[^>]*|[\u200d\ufe0f\u2068\s]+)$")
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text) + len(_ASTRAL.findall(text))


def clean(text: str) -> str:
    """Without control characters and direction overrides; line breaks stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").translate(_OVERRIDES))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def plain(text: str, limit: int) -> str:
    """For plain_text objects: one line, cut to `limit`."""
    return cut(one_line(text), limit)


def escaped(text: str) -> str:
    """Plain words, for where Slack reads mrkdwn all the same: a message's text."""
    return text.translate(_ENTITIES)


def said(text: str, limit: int = FIELD) -> str:
    """Something a person wrote, for mrkdwn: no mention, link or code block can come of it; cut to `limit`."""
    text = clean(text).replace("`", "'")
    return _isolated(cut(escaped(text), limit - 2))


def name(text: str, limit: int = 80) -> str:
    """A name or contact, in one line, for mrkdwn."""
    return said(one_line(text), limit)


def quote(text: str, limit: int = 1500) -> str:
    """A block quote of what somebody wrote."""
    lines = [line.strip() for line in clean(text).strip().splitlines()]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) or "(no text)"
    room = limit - 2 * min(kept.count("\n") + 1, 60)
    shown = said(kept, room).split("\n")
    if len(shown) > 60:
        shown = [*shown[:59], _ELLIPSIS]
    return "\n".join(f"> {line}" for line in shown)


def fit(mrkdwn: str, limit: int) -> str:
    """Finished mrkdwn, cut to `limit` without breaking an entity or a `<...>` token."""
    return cut(mrkdwn, limit)


def person(who: str) -> str:
    """Who did it, for mrkdwn: a Slack user as a mention that Slack shows by name."""
    if re.fullmatch(r"[UW][A-Z0-9]{2,}", who):
        return f"<@{who}>"
    return NOT_STAFF.get(who) or name(who)


def cut(text: str, limit: int) -> str:
    """At most `limit` units, with an ellipsis where something is missing; no entity or `<...>` token is broken."""
    if units(text) <= limit:
        return text
    kept, left = [], limit - 1
    for c in text:
        left -= 2 if c > "\uffff" else 1
        if left < 0:
            break
        kept.append(c)
    cut = "".join(kept)
    while (shorter := _CUT_SHORT.sub("", cut)) != cut:
        cut = shorter
    return cut + _ELLIPSIS


def typed(slack_text: str) -> str:
    """What a person typed, from the text Slack sends: links and mentions as words, entities undone."""
    bare = re.sub(r"<(?:mailto:|tel:|https?://)?([^|>]*)\|([^>]*)>", r"\2", slack_text)
    bare = re.sub(r"<(?:mailto:|tel:)?([^>]*)>", r"\1", bare)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _isolated(text: str) -> str:
    """Right-to-left text keeps its own direction and leaves its neighbours' alone."""
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text):
        return f"\u2068{text}\u2069"
    return text
