"""The reminders of one appointment at one time: its chain, and which move it is time for.

| what is true now, first match                                     | move       |
|-------------------------------------------------------------------|------------|
| cancelled, moved, arrived, begun                                  | over       |
| the customer has said they come                                   | over       |
| it was taken over from elsewhere and staff were not asked yet     | held       |
| a reminder is being sent; its lease ran out                       | unknown    |
| a reminder is being sent                                          | scheduled  |
| a window was crossed, and a later one was crossed or went out     | overtaken  |
| a window was crossed; quiet until the visit has begun             | missed     |
| a window was crossed; quiet                                       | scheduled  |
| a window was crossed                                              | reminder   |
| windows are ahead                                                 | scheduled  |
| the last reminder went unanswered for `gap_alert_after`           | gap alert  |
| ... not so long yet                                               | scheduled  |
| nothing is left to do                                             | over       |

Of several windows crossed since we last looked only the smallest is sent. A window is a length of time before the
start: whole days are days of the calendar, so `48h` is two days before at the same time of day, also when the clocks
change; the rest is time that passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from handlers.domain.booking import Booking, State
from handlers.domain.quiet import silence
from handlers.domain.rules.model import Rules

DAY = 86_400
HELPS = 30 * 60
"""A reminder put off by quiet hours must come this long before the visit (s), or as long as its window is."""
EARLY = 15 * 60
"""One that can't be put off goes out this long before the quiet stretch begins (s): a late tick still makes it."""
APART = 30 * 60
"""One that was put off and would come closer than this to the next is dropped (s): one message is enough."""
LEASE = 600
"""Seconds after which a reminder still being sent counts as left behind."""
AGAIN = 300
"""Seconds until another try when the provider did not answer."""
TRIES = 3

Ended = Literal["SENT", "FAILED", "SKIPPED"]


class Reminder(BaseModel):
    """`before` is the window: seconds before the start. `due` is when it goes out, quiet hours considered. `at` is
    when it ended, or its lease while it is being sent; `sent` is what the provider called it ("text:...")."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    before: int
    due: int
    state: Literal["PLANNED", "SENDING"] | Ended = "PLANNED"
    at: int = 0
    tries: int = 0
    sent: str = ""


class Gap(StrEnum):
    """What has become of the alert that nobody answered."""

    NONE = "NONE"
    RAISED = "RAISED"
    KEPT = "KEPT"


class Chain(BaseModel):
    """The reminders of one booking for one start, longest window first. `due` is when there is something to do;
    None = nothing any more. A booking that moves gets a new chain, and the old one stays as it ended."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    booking: str
    start: int
    reminders: tuple[Reminder, ...] = ()
    held: bool = False
    """Nobody is told anything until staff say so."""
    due: int | None = None
    gap: Gap = Gap.NONE
    gap_at: int = 0
    gap_by: str = ""
    """When the alert was raised or closed, and by whom (a Slack user id)."""
    rev: int = 0
    """Optimistic lock: raised by every write of this item."""

    @property
    def planned(self) -> tuple[Reminder, ...]:
        return self.in_state("PLANNED")

    @property
    def sent(self) -> tuple[Reminder, ...]:
        """In the order they went out."""
        return tuple(sorted(self.in_state("SENT"), key=lambda r: r.at))

    @property
    def sending(self) -> Reminder | None:
        return next(iter(self.in_state("SENDING")), None)

    def in_state(self, *states: str) -> tuple[Reminder, ...]:
        return tuple(r for r in self.reminders if r.state in states)

    def crossed(self, now: int) -> tuple[Reminder, ...]:
        return tuple(r for r in self.planned if r.due <= now)

    def change(self, which: Iterable[Reminder], **changes: Any) -> Chain:
        """With these reminders changed."""
        windows = {r.before for r in which}
        after = (r.model_copy(update=changes) if r.before in windows else r for r in self.reminders)
        return self.model_copy(update={"reminders": tuple(after)})


class Move(NamedTuple):
    """`due` is when to look again; None = never. `reminder` is the one it is about, and `crossed` those passed over for it."""

    kind: Literal["scheduled", "held", "reminder", "overtaken", "missed", "unknown", "gap alert", "over"]
    due: int | None = None
    reminder: Reminder | None = None
    crossed: tuple[Reminder, ...] = ()


def decide(  # noqa: PLR0911 - it is the table above, a row a line
    chain: Chain, booking: Booking, rules: Rules, now: int
) -> Move:
    if not stands(chain, booking, now) or booking.answered is not None:
        return Move("over")
    if chain.held:
        return Move("held")
    if (sending := chain.sending) is not None:
        return Move("unknown", reminder=sending) if sending.at <= now else Move("scheduled", due=sending.at)
    if crossed := chain.crossed(now):
        smallest = crossed[-1]
        if any(r.before < smallest.before for r in chain.reminders if r.state != "PLANNED"):
            return Move("overtaken", crossed=crossed)
        if (quiet := silence(rules, now)) is not None:
            late = quiet[1] >= chain.start
            return Move("missed", reminder=smallest) if late else Move("scheduled", due=quiet[1])
        return Move("reminder", reminder=smallest, crossed=crossed[:-1])
    if chain.planned:
        return Move("scheduled", due=min(r.due for r in chain.planned))
    alert = gap_due(chain, booking, rules)
    if alert is None:
        return Move("over")
    return Move("gap alert") if alert <= now else Move("scheduled", due=alert)


def next_due(chain: Chain, booking: Booking, rules: Rules, now: int) -> int | None:
    """When there is something to do for the chain: now, where it is time for a move already."""
    move = decide(chain, booking, rules, now)
    if move.kind in {"held", "over"}:
        return None
    return move.due if move.kind == "scheduled" else now


def stands(chain: Chain, booking: Booking, now: int) -> bool:
    """Whether the appointment this chain is about is still to come."""
    return booking.state is State.CONFIRMED and booking.slot.start == chain.start and chain.start > now


def gap_due(chain: Chain, booking: Booking, rules: Rules) -> int | None:
    """When the silence after the last reminder becomes a gap alert: once an appointment, before it begins. A last
    reminder that did not go out is no question; staff have a card about it where it should have."""
    last = chain.reminders[-1] if chain.reminders else None
    if chain.gap is not Gap.NONE or last is None or last.state != "SENT" or not windows(booking, rules):
        return None
    at = last.at + rules.reminders.gap_alert_after
    return at if at < chain.start else None


# --- planning ----------------------------------------------------------------------------------------------------


def plan(booking: Booking, rules: Rules, since: int, old: Chain | None = None) -> Chain:
    """The chain of a confirmed booking that stands as it is since `since` (epoch s): every window crossed later.

    What `old` (the same appointment's chain) has sent or ended stays; what it had planned and is still wanted stays
    promised, even if it is overdue.
    """
    old = old or Chain(booking=booking.id, start=booking.slot.start)
    kept = [r for r in old.reminders if r.state != "PLANNED"]
    promised = {r.before: r for r in old.planned}
    wanted = [r for r in schedule(booking, rules) if r.before not in {k.before for k in kept}]
    ahead = [
        r.model_copy(update={"tries": promised[r.before].tries}) if r.before in promised else r
        for r in wanted
        if r.due > since or r.before in promised
    ]
    reminders = tuple(sorted([*kept, *ahead], key=lambda r: -r.before))
    return old.model_copy(update={"reminders": reminders, "held": old.held and bool(ahead)})


def schedule(booking: Booking, rules: Rules) -> tuple[Reminder, ...]:
    """Every reminder the appointment is to get, whenever it was booked; longest window first."""
    found: list[Reminder] = []
    for before in sorted(windows(booking, rules)):
        due, put_off = _due(rules, booking.slot.start, before)
        next_due = found[-1].due if found else booking.slot.start
        if due >= next_due or (put_off and found and due + APART > next_due):
            continue
        found.append(Reminder(before=before, due=due))
    return tuple(reversed(found))


def windows(booking: Booking, rules: Rules) -> tuple[int, ...]:
    """Seconds before the start: the appointment's own, the service's, or the default."""
    if booking.reminders is not None and booking.reminders.windows is not None:
        return booking.reminders.windows
    service = rules.services.get(booking.slot.service)
    if service is None or service.reminders is None:
        return rules.reminders.default
    return service.reminders


def _due(rules: Rules, start: int, before: int) -> tuple[int, bool]:
    """When the reminder leaves, and whether quiet hours put it off: to their end, or to just before they begin when
    their end would be too late to help."""
    at = crossing(rules, start, before)
    quiet = silence(rules, at)
    if quiet is None:
        return at, False
    begins, ends = quiet
    if ends <= start - min(before, HELPS):
        return ends, True
    early = begins - EARLY
    between = silence(rules, early)  # two quiet stretches may be closer together than that
    return (between[1] if between else early), False


def crossing(rules: Rules, start: int, before: int) -> int:
    """When the window is crossed: whole days by the calendar, the rest by the clock."""
    days, rest = divmod(before, DAY)
    zone = rules.zone
    if days == 0:
        return start - rest
    day = zone.date(start) - timedelta(days=days)
    return zone.instant(day, zone.minutes(start)) + start % 60 - rest
