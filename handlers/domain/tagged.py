"""Calendar events that staff tag `#appt`: appointments they wrote down themselves.

The event says when and in whose calendar; its title and description are read like a message.
"""

from __future__ import annotations

import re

from handlers.domain.mime_body import from_html

TAG = "#appt"
LONGEST_TITLE = 300
LONGEST_TEXT = 4_000
"""Characters that are read; a calendar takes 8,192 of a description."""

_TAG = re.compile(r"(?<![\w#/&.])#appt(?:s|ointment)?\b", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][^<>]{0,2000}>|&(?:[a-z]{2,8}|#\d{1,6});", re.IGNORECASE)


def is_tagged(summary: str, description: str) -> bool:
    """Most events are not, and cost no more than a glance."""
    if TAG not in summary.lower() and TAG not in description.lower():
        return False
    return bool(_TAG.search(_plain(summary)) or _TAG.search(_plain(description)))


def title_of(summary: str) -> str:
    """One line, without the tag."""
    return " ".join(_TAG.sub(" ", _plain(summary)).split()).strip(" -–—|,:;")[:LONGEST_TITLE]


def text_of(summary: str, description: str) -> str:
    """What a person would read in it, without the tag."""
    title = title_of(summary)
    lines = [" ".join(line.split()) for line in _TAG.sub(" ", _plain(description)).splitlines()]
    return "\n".join(filter(None, (title, *lines)))[:LONGEST_TEXT]


def _plain(text: str) -> str:
    """Google Calendar keeps what was typed in a browser as HTML."""
    return from_html(text) if _MARKUP.search(text) else text
