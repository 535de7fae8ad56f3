"""Every error Frontdesk raises on purpose, as one small tree. An error carries data; the edge chooses the words.

FrontdeskError
├── InputError            a person or program sent something that cannot be used; `field` says where
├── RulesError            rules.yml is not valid; carries every fault with line and column
├── Unreadable            an attachment that can't be turned into text; says why
├── NotFound              no such booking, request, proposal, link ...
├── Forbidden             this person may not do that
├── NotSigned             a message of another program without a signature that we know
├── Conflict              the state is not what the caller thought
│   ├── StaleWrite        a condition of a transaction failed (names the failed operations)
│   ├── Taken             the extent overlaps a live claim beyond the page's capacity, or a daily cap is reached
│   ├── WrongState        the thing is in another state already (names it, and who moved it)
│   ├── NotOffered        the slot is not among those offered, or the proposal has expired
│   ├── Held              somebody has the time that is said to be free
│   └── IdReused          another program used the id of an earlier message for another one
├── LinkError             a customer link can't be used
│   ├── LinkInvalid       forged, cut short, or for another action
│   ├── LinkExpired
│   └── LinkSpent         already used
└── Unavailable           something outside did not answer; trying again may help
    ├── CalendarUnavailable
    ├── SheetsUnavailable
    └── DeliveryFailed    a mail, text or card was refused
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class FrontdeskError(Exception):
    """Base of the tree; never raised itself."""


class InputError(FrontdeskError):
    """Input that cannot be used. `field` is the form field or modal block it belongs to ("" = the whole input);
    `message` is a sentence a person can act on."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a rules file. `line` and `column` start at 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class RulesError(FrontdeskError):
    """A rules file that is not valid. `faults` is sorted by place and never empty."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class Unreadable(FrontdeskError):
    """`why` goes on after "The attachment booking.pdf": `is too large to read (12 MB)`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotFound(FrontdeskError):
    def __init__(self, kind: str, id_: str) -> None:
        super().__init__(f"no {kind} {id_!r}")
        self.kind = kind
        self.id = id_


class Forbidden(FrontdeskError):
    """`who` is not allowed to do `what`; `needs` names the role that may."""

    def __init__(self, who: str, what: str, needs: str = "") -> None:
        super().__init__(f"{who} may not {what}")
        self.who, self.what, self.needs = who, what, needs


class NotSigned(FrontdeskError):
    """`reason` is "off" (we have no secret), "missing", "malformed", "stale" (signed too long ago, or ahead of time) or
    "mismatch"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Conflict(FrontdeskError):
    """The state is not what the caller thought it was."""


class StaleWrite(Conflict):
    """A transaction was refused. `failed` holds the indexes of the operations whose condition was not met
    (empty when the store only reported a write conflict), `found` the items that stood there instead, by index,
    as far as the store tells."""

    def __init__(self, failed: Sequence[int] = (), found: Mapping[int, dict[str, Any]] | None = None) -> None:
        super().__init__(f"conditions not met: {list(failed)}")
        self.failed, self.found = tuple(failed), dict(found or {})


class Taken(Conflict):
    """The extent can't be claimed on `resource`. `reason` is "overlap", "capacity" or "daily_cap"."""

    def __init__(self, resource: str, reason: str) -> None:
        super().__init__(f"{resource}: {reason}")
        self.resource, self.reason = resource, reason


class WrongState(Conflict):
    """`kind` `id` is in `state` already; `by` and `at` (epoch s) say who moved it there, where known."""

    def __init__(self, kind: str, id_: str, state: str, by: str = "", at: int = 0) -> None:
        super().__init__(f"{kind} {id_} is {state}")
        self.kind, self.id, self.state, self.by, self.at = kind, id_, state, by, at


class NotOffered(Conflict):
    """A booking for a slot that was not offered. `reason` is "none" (no live offers), "mismatch" or "expired"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Held(Conflict):
    """A booking of ours stands there from `start` to `end` (epoch s); not `settled`: not yet confirmed."""

    def __init__(self, resource: str, start: int, end: int, *, settled: bool) -> None:
        super().__init__(f"{resource} is taken")
        self.resource, self.start, self.end, self.settled = resource, start, end, settled


class IdReused(Conflict):
    def __init__(self, id_: str) -> None:
        super().__init__(f"{id_} said something else before")
        self.id = id_


class LinkError(FrontdeskError):
    """A customer link that can't be used."""


class LinkInvalid(LinkError):
    pass


class LinkExpired(LinkError):
    pass


class LinkSpent(LinkError):
    pass


class Unavailable(FrontdeskError):
    """Something outside did not answer. `retry_after` is in seconds (0 = unknown)."""

    def __init__(self, what: str, reason: str = "", retry_after: float = 0) -> None:
        super().__init__(f"{what}: {reason}" if reason else what)
        self.what, self.reason, self.retry_after = what, reason, retry_after


class CalendarUnavailable(Unavailable):
    pass


class SheetsUnavailable(Unavailable):
    """`permanent` when it lasts until an owner does something (a sheet that is not shared, say)."""

    def __init__(
        self, what: str, reason: str = "", retry_after: float = 0, *, permanent: bool = False
    ) -> None:
        super().__init__(what, reason, retry_after)
        self.permanent = permanent


class DeliveryFailed(Unavailable):
    """`permanent` when trying again can't help (an address that does not exist, say); `unsure` when it may have gone
    out all the same (the answer was lost)."""

    def __init__(
        self,
        what: str,
        reason: str = "",
        retry_after: float = 0,
        *,
        permanent: bool = False,
        unsure: bool = False,
    ) -> None:
        super().__init__(what, reason, retry_after)
        self.permanent, self.unsure = permanent, unsure
