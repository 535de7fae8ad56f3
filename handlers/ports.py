"""What Frontdesk needs from outside, in our words. `adapters/` implements these; only `bootstrap` chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from handlers.domain.booking import Booking
from handlers.domain.events import Event
from handlers.domain.keys import Key
from handlers.domain.request import Message, Reading
from handlers.domain.rules.model import Rules
from handlers.domain.zone import Zone

if TYPE_CHECKING:
    from handlers.domain.documents import Words
    from handlers.domain.summaries.told import Told  # its models are only built where something is summed up

Item = dict[str, Any]
"""JSON-like: str, int, float, bool, None, list and dict; always has `pk` and `sk`.
An index is entered by having `gsi1pk`/`gsi1sk` (2, 3); `ttl` (epoch s) lets the store clean it up some day."""

Index = Literal["gsi1", "gsi2", "gsi3"]


# --- Store -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """The item does not exist; with `attribute`, it lacks that attribute (or does not exist)."""

    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Equals:
    attribute: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Less:
    """attribute < value; false when the item lacks it."""

    attribute: str
    value: str | int


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Condition, ...]


Condition = Absent | Equals | Less | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Put:
    item: Item
    when: Condition | None = None

    @property
    def key(self) -> Key:
        return Key(self.item["pk"], self.item["sk"])


@dataclass(frozen=True, slots=True)
class Update:
    """Sets and removes top-level attributes; creates the item when it is absent and `when` allows it."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    key: Key
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    key: Key
    when: Condition


Operation = Put | Update | Delete | Check


@dataclass(frozen=True, slots=True)
class Query:
    """Items of one partition, in sort-key order. `index=None` is the table itself (strongly consistent).

    `low`/`high` bound the sort key, both inclusive; `prefix` is shorthand for a range. `limit` items a page."""

    pk: str
    index: Index | None = None
    prefix: str = ""
    low: str | None = None
    high: str | None = None
    limit: int = 100
    backwards: bool = False
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    items: tuple[Item, ...]
    cursor: str | None = None
    """Pass it on in the next query; None at the end."""


class Store(Protocol):
    def get(self, key: Key) -> Item | None:
        """Strongly consistent. None when there is none."""
        ...

    def query(self, query: Query) -> Found: ...

    def transact(self, operations: Sequence[Operation], token: str = "") -> None:
        """All or nothing. At most 100 operations on distinct keys (ValueError otherwise).

        Raises StaleWrite with the indexes of the failed conditions. With `token`, a repeat within ten minutes
        of a transaction that was committed is a no-op.
        """
        ...


# --- Outside services ------------------------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> int:
        """Epoch seconds."""
        ...


class Ids(Protocol):
    def new(self) -> str:
        """A new id: 12+ characters of [0-9a-z], unguessable."""
        ...


Busy = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """`busy[calendar]` is sorted [start, end) epoch seconds; `errors[calendar]` says why one can't be read."""

    busy: Mapping[str, tuple[Busy, ...]]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """`transparent` events don't block (capacity calendars). Times in epoch seconds, shown in `timezone`.

    Of a `cancelled` one nothing but `id` and `calendar` is sure. `series` is the id of the recurring event it is one of.
    """

    id: str
    calendar: str
    start: int
    end: int
    timezone: str
    summary: str
    description: str = ""
    attendees: tuple[str, ...] = ()
    transparent: bool = False
    cancelled: bool = False
    series: str = ""
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """`events` changed since the last token, deleted ones among them as `cancelled`. When `full`, they are all there
    are instead, without any deleted one. `token` asks for what comes after; "" when there is none to be had."""

    events: tuple[CalendarEvent, ...]
    token: str
    full: bool


class Calendar(Protocol):
    """Raises CalendarUnavailable when Google can't be reached after back-off."""

    def free_busy(self, calendars: Sequence[str], start: int, end: int) -> FreeBusy: ...

    def put(self, event: CalendarEvent) -> None:
        """Insert, or bring the event with this id to this content (also when it was deleted)."""
        ...

    def move(self, event_id: str, source: str, target: str) -> None: ...

    def remove(self, calendar: str, event_id: str) -> None:
        """Done as well when there is none."""
        ...

    def find(self, calendar: str, event_id: str) -> CalendarEvent | None:
        """As it is now, `cancelled` when it was deleted; None when the calendar knows none."""
        ...

    def changes(self, calendar: str, token: str, start: int, end: int) -> Changes:
        """What changed since `token` was given, recurring events one by one; wherever that lies.

        Without a token, or with one that no longer works, everything that touches [start, end): `full`.
        """
        ...


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One tab as people see it: `rows[0]` is the sheet's row 1; empty cells and rows at the end are left off.
    `complete` is False when there are more rows than were read: then a row that is not here may still exist."""

    rows: tuple[tuple[str, ...], ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class SheetCell:
    """`row` and `column` count from 1, as the sheet does (column 3 is C). An empty text clears it."""

    row: int
    column: int
    text: str


class Sheets(Protocol):
    """Spreadsheets by their id; `tab` "" is the first. Raises SheetsUnavailable, whose reason an owner can act on.

    Texts are written as they are: whatever they begin with, none becomes a formula, a number or a date."""

    def changed(self, sheet: str) -> str:
        """A mark that is another one after every change (and now and then without one)."""
        ...

    def read(self, sheet: str, tab: str) -> SheetPage: ...

    def write(self, sheet: str, tab: str, cells: Sequence[SheetCell]) -> None:
        """Cells of rows that exist. A row may be another one by now if people moved it meanwhile."""
        ...

    def append(self, sheet: str, tab: str, rows: Sequence[Sequence[str]]) -> None:
        """Below the last row with anything in it, from column A on. After an error they may stand there or not."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """`key` makes a retry harmless where the provider can tell; `ics_method` marks an invitation."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ics: bytes = b""
    ics_method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    attachments: tuple[Attachment, ...] = ()
    key: str = ""


class Mailer(Protocol):
    """Raises DeliveryFailed."""

    def send(self, mail: Mail) -> str:
        """The provider's message id."""
        ...

    def forward(self, raw: bytes, *, to: str, sender: str, reply_to: str, headers: Mapping[str, str]) -> str:
        """Sends a received message on with its body untouched; `headers` are set."""
        ...


class Texter(Protocol):
    """Raises DeliveryFailed."""

    def send(self, to: str, text: str, key: str = "") -> str: ...


class Files(Protocol):
    """Raw messages and other blobs, by path."""

    def put(self, path: str, content: bytes) -> None: ...

    def get(self, path: str) -> bytes:
        """Raises NotFound."""
        ...


class Documents(Protocol):
    """Office files, plain texts and calendar files, read here and now."""

    def words(self, attachment: Attachment, zone: Zone) -> Words:
        """Bounded, whatever it holds; times of a calendar file are in the wall time of `zone`. Raises Unreadable."""
        ...


class Scanner(Protocol):
    """Text recognition, for PDFs and pictures: started here, told by an event when it is done."""

    def start(self, path: str, *, token: str, tag: str) -> str:
        """The job that reads the document at `path` of `Files`. A repeat with the same `token` is the same job;
        `tag` comes back with the news of it. Both at most 64 of [0-9A-Za-z_-]. Raises Unreadable, Unavailable."""
        ...

    def result(self, job: str) -> Words | None:
        """None while it is at work. Raises Unreadable, Unavailable."""
        ...


class Reader(Protocol):
    def read(self, message: Message, rules: Rules, now: int) -> Reading: ...


class Narrator(Protocol):
    def narrate(self, told: Told) -> str:
        """A short paragraph for the owner about what it is told, in English; whoever asks checks every number and
        name in it. Raises Unavailable."""
        ...


class Timers(Protocol):
    """One-off timers; they may fire up to a minute late, and the tick is behind them."""

    def set(self, name: str, at: int, event: Event) -> None: ...

    def cancel(self, name: str) -> None:
        """Done as well when there is none."""
        ...


class Bus(Protocol):
    def put(self, events: Sequence[Event]) -> None: ...


class Signer(Protocol):
    """Signed, timed tokens. `audience` is the action a token is good for."""

    def sign(self, audience: str, data: Mapping[str, Any], expires: int) -> str: ...

    def open(self, audience: str, token: str, now: int) -> dict[str, Any]:
        """Raises LinkInvalid, LinkExpired."""
        ...


class Signatures(Protocol):
    """Proves that a message comes from a program that shares a secret with us, and when it was signed."""

    def sign(self, body: bytes) -> str:
        """The header to send with it."""
        ...

    def check(self, header: str, body: bytes) -> None:
        """Raises NotSigned."""
        ...


class Invitations(Protocol):
    def render(
        self, booking: Booking, rules: Rules, *, method: Literal["REQUEST", "CANCEL"], link: str, now: int
    ) -> bytes:
        """An iCalendar object (RFC 5545, 5546) for the customer."""
        ...


class Pages(Protocol):
    """Renders a template of `handlers/web/templates` (mail bodies included)."""

    def render(self, template: str, **values: Any) -> str: ...
