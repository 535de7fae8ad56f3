"""Words of a text that carriers and regulators give a fixed meaning."""

from __future__ import annotations

import re

OPT_OUT = frozenset(
    {
        "stop",
        "stopall",
        "stop all",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "opt out",
        "revoke",
        "arret",
    }
)
"""What AWS and Twilio treat as an opt-out when it is the whole message."""

_REASONABLE = re.compile(
    r"\b(?:stop|don'?t|do not|no more|quit|please stop)\b[^.!?]{0,20}\b(?:text(?:s|ing)?|messag(?:e|es|ing)|sms|contact(?:ing)?)\b",
    re.IGNORECASE,
)
"""Any reasonable wording binds (FCC, in force since April 2025)."""


def is_opt_out(text: str) -> bool:
    """Whether the writer wants no more texts. A bare CANCEL counts: the booking is another matter."""
    bare = re.sub(r"[^a-z ]", "", text.casefold()).strip()
    return bare in OPT_OUT or bool(len(text) <= 160 and _REASONABLE.search(text))
