"""What `rules.yml` means: frozen values with the names the owner writes. `load.py` makes them from YAML.

Durations are `int` seconds, wall times minutes after midnight, intervals `(from, to)` half-open with
`to > from` (an interval that crosses midnight has `to > 1440`).
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from handlers.domain.rules import words
from handlers.domain.zone import Zone

Interval = tuple[int, int]
Weekday = Literal[0, 1, 2, 3, 4, 5, 6]
"""Monday is 0, as in `date.weekday()`."""

Duration = Annotated[int, BeforeValidator(words.duration)]
Intervals = Annotated[tuple[Interval, ...], BeforeValidator(words.intervals)]
Week = Annotated[dict[int, tuple[Interval, ...]], BeforeValidator(words.week)]
Starts = Annotated[tuple[int, ...], BeforeValidator(words.wall_times)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Rank = Literal["preference", "earliest", "usual_resource", "utilisation", "best_fit"]
Role = Literal["owner", "staff"]
Channel = Literal["web", "voice", "text", "email"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", arbitrary_types_allowed=True)


class Business(Part):
    name: str
    timezone: str
    currency: str = "USD"
    country: str = "US"
    """ISO 3166 alpha-2: phone numbers without a country code, and day-first dates."""
    inbox: str
    desk: str
    """The Slack channel for cards, "#front-desk" or a channel id."""


class Mail(Part):
    requests: str
    waitlist: str = ""
    confirmations: str = ""


class Staff(Part):
    slack: str
    name: str
    role: Role = "staff"


class Closure(Part):
    """Whole days (`date`, or `from`..`to` inclusive), or only `hours` of each."""

    first: date
    last: date
    hours: tuple[Interval, ...] = ()
    reason: str = ""


class Override(Part):
    date: date
    hours: Intervals


class Resource(Part):
    name: str
    kind: Literal["staff", "chair", "room", "table", "seats", "class", "other"] = "staff"
    calendar: str = ""
    hours: Week | None = None
    """Replaces the whole week of the business when given."""
    breaks: Intervals = ()
    overrides: tuple[Override, ...] = ()
    daily_cap: int | None = Field(default=None, ge=1)
    seats: int | None = Field(default=None, ge=1)
    """How large a party fits (a table): one party at a time."""
    capacity: int = Field(default=1, ge=1)
    """How many people at once, each party counting its size (a counter, a class)."""


class Party(Part):
    min: int = Field(default=1, ge=1)
    max: int = Field(default=1, ge=1)


class Service(Part):
    name: str
    aliases: tuple[str, ...] = ()
    minutes: int = Field(ge=1, le=1440)
    buffer_before: int = Field(default=0, ge=0, le=720)
    buffer_after: int = Field(default=0, ge=0, le=720)
    price: float | None = Field(default=None, ge=0)
    resources: tuple[str, ...] = Field(min_length=1)
    needs: tuple[tuple[str, ...], ...] = ()
    """Each entry is one further resource: any one of its alternatives."""
    party: Party = Party()
    starts: Starts = ()
    """Fixed wall-clock starts; empty means the step grid."""
    reminders: tuple[Duration, ...] | None = None
    approval: Literal["always", "never"] = "never"


class ProposalTtl(Part):
    web: Duration = 30 * 60
    voice: Duration = 30 * 60
    text: Duration = 4 * 3600
    email: Duration = 48 * 3600


class Booking(Part):
    step: Duration = 15 * 60
    min_notice: Duration = 2 * 3600
    horizon: Duration = 60 * 86_400
    proposals: int = Field(default=3, ge=1, le=5)
    proposal_ttl: ProposalTtl = ProposalTtl()
    hold: Duration = 5 * 60
    approval_hold: Duration = 24 * 3600
    confidence: float = Field(default=0.8, gt=0, le=1)
    cancel_until: Duration = 0
    down_fit: int | None = Field(default=None, ge=0)
    """A party may take a table with at most this many seats to spare; None = any table that fits."""
    rank: tuple[Rank, ...] = ("preference", "earliest", "usual_resource", "utilisation")
    day_parts: dict[str, Interval] = Field(default_factory=dict)


class Waitlist(Part):
    claim_window: Duration = 10 * 60
    tries: int = Field(default=5, ge=1)
    cutoff: Duration = 30 * 60
    order: tuple[Literal["priority", "joined"], ...] = ("priority", "joined")


class SheetPlace(Part):
    """A Google Sheet by its id; `tab` "" is the first."""

    id: str
    tab: str = ""


def _place(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class Sheets(Part):
    """Lists that people keep in a Google Sheet."""

    waitlist: Annotated[SheetPlace | None, BeforeValidator(_place)] = None
    appointments: Annotated[SheetPlace | None, BeforeValidator(_place)] = None


class Reminders(Part):
    default: tuple[Duration, ...] = (24 * 3600, 3600)
    gap_alert_after: Duration = 30 * 60


class Texts(Part):
    two_way: bool = True
    """Whether what customers text back reaches us; a sender name can't receive."""


class Rules(Part):
    """The whole file. Look things up with the methods; nothing here changes after it was read."""

    version: Literal[1] = 1
    business: Business
    mail: Mail
    staff: tuple[Staff, ...] = ()
    hours: Week
    closures: tuple[Closure, ...] = ()
    resources: dict[Id, Resource]
    services: dict[Id, Service]
    booking: Booking = Booking()
    direct: tuple[str, ...] = ()
    """Senders of the direct lane: addresses, or "@domain"."""
    waitlist: Waitlist = Waitlist()
    sheets: Sheets = Sheets()
    reminders: Reminders = Reminders()
    texts: Texts = Texts()
    quiet_hours: Interval | None = None
    voice: dict[str, Any] = Field(default_factory=dict)
    """Template name -> text, or {channel: text}; `voice.py` has the defaults and renders them."""

    @cached_property
    def zone(self) -> Zone:
        return Zone(self.business.timezone)

    def role(self, slack_id: str) -> Role | None:
        """The role of a Slack user; None for a stranger."""
        return next((p.role for p in self.staff if p.slack == slack_id), None)

    def week(self, resource_id: str) -> dict[int, tuple[Interval, ...]]:
        """Working hours by weekday (0 = Monday), before breaks, overrides and closures."""
        own = self.resources[resource_id].hours
        return self.hours if own is None else own
