"""What happened in a week, counted from the audit, the visits of the week and its openings.

Something done counts when it was done, whenever the visit is: a cancellation on Sunday at 23:59 belongs to that week
though the visit was next month. Visits count on the day they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from handlers.domain import keys
from handlers.domain.audit import AuditRow
from handlers.domain.booking import Booking, State
from handlers.domain.rules.model import Rules
from handlers.domain.summaries.freed import Freed
from handlers.domain.summaries.periods import Period

CUSTOMER = "customer"
CAME = frozenset({State.CONFIRMED, State.ARRIVED, State.COMPLETED, State.NO_SHOW})
"""States of a visit that was to take place."""
UNSEEN = frozenset({State.CONFIRMED, State.NO_SHOW})
"""Nobody marked them as arrived."""


class WeeklyFacts(BaseModel):
    """`by_day` has a number of visits for each day, Monday first; the other `by_` are by name, most first."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    visits: int = 0
    confirmed: int = 0
    """Bookings that became certain."""
    answered: int = 0
    """Customers who said that they will come."""
    rescheduled: int = 0
    rescheduled_by_customers: int = 0
    cancelled: int = 0
    """Of those that were certain."""
    cancelled_by_customers: int = 0
    no_shows: int = 0
    freed: int = 0
    filled: int = 0
    filled_from_waitlist: int = 0
    quiet: int = 0
    """Visits of customers who were reminded, never answered, and whom nobody saw."""
    by_day: tuple[int, ...] = (0,) * 7
    by_service: tuple[tuple[str, int], ...] = ()
    by_resource: tuple[tuple[str, int], ...] = ()

    @property
    def nothing(self) -> bool:
        return self == WeeklyFacts()


def week(
    period: Period, rules: Rules, visits: Sequence[Booking], rows: Iterable[AuditRow], freed: Iterable[Freed]
) -> WeeklyFacts:
    """`visits` and audit `rows` of bookings may reach beyond the week."""
    threads = threads_of(rows)
    done = [[row for row in thread if period.holds(row.at)] for thread in threads.values()]
    steps = [row for thread in done for row in thread]
    moved = [r for r in steps if r.what == "rescheduled" and _state(r.before) is State.CONFIRMED]
    ended = [r for r in steps if (_state(r.before), _state(r.after)) == (State.CONFIRMED, State.CANCELLED)]
    slots = [f for f in freed if f.counts]
    filled = [f for f in slots if f.filled_at is not None and period.holds(f.filled_at)]
    came = [v for v in visits if v.state in CAME and period.holds(v.slot.start)]
    days = Counter(rules.zone.date(v.slot.start) for v in came)
    return WeeklyFacts(
        visits=len(came),
        confirmed=sum(_made_certain(row) for row in steps),
        answered=sum(row.what == "confirmed coming" for row in steps),
        rescheduled=len(moved),
        rescheduled_by_customers=sum(row.who == CUSTOMER for row in moved),
        cancelled=len(ended),
        cancelled_by_customers=sum(row.who == CUSTOMER for row in ended),
        no_shows=sum(_missed(thread) for thread in done),
        freed=sum(period.holds(f.opening.created) for f in slots),
        filled=len(filled),
        filled_from_waitlist=sum(f.by == "waitlist" for f in filled),
        quiet=len(quiet(period, came, threads)),
        by_day=tuple(days[day] for day in period.days),
        by_service=_ranked(_name(rules.services, v.slot.service) for v in came),
        by_resource=_ranked(_name(rules.resources, v.slot.resource) for v in came),
    )


def quiet(
    period: Period, visits: Iterable[Booking], threads: Mapping[str, Sequence[AuditRow]]
) -> list[Booking]:
    """Visits of the week whose customers were reminded, never answered and did not come that anybody saw; by time."""
    found = [
        v
        for v in visits
        if period.holds(v.slot.start)
        and v.state in UNSEEN
        and _unanswered(threads.get(keys.booking(v.id).pk, ()), v.slot.start)
    ]
    return sorted(found, key=lambda v: (v.slot.start, v.id))


def threads_of(rows: Iterable[AuditRow]) -> dict[str, list[AuditRow]]:
    """Audit rows by their subject, each thread oldest first."""
    found: dict[str, list[AuditRow]] = {}
    for row in sorted(rows, key=lambda r: (r.at, r.id)):
        found.setdefault(row.subject, []).append(row)
    return found


def _unanswered(thread: Sequence[AuditRow], start: int) -> bool:
    """Whether a reminder of this time went out and nothing was heard of them since; a move begins anew."""
    reminded = False
    for row in thread:
        if row.at >= start:
            break
        if row.what == "rescheduled":
            reminded = False
        elif row.what == "confirmed coming":
            return False
        elif row.what == "reminded":
            reminded = True
        elif row.who == CUSTOMER and reminded:
            return False
    return reminded


def _made_certain(row: AuditRow) -> bool:
    was = _state(row.before)
    return _state(row.after) is State.CONFIRMED and was in {None, State.PENDING, State.REQUESTED}


def _missed(thread: Sequence[AuditRow]) -> bool:
    """A no-show, if that was the last word in the week: who came late after all is none."""
    missed = False
    for row in thread:
        if _state(row.after) is State.NO_SHOW and _state(row.before) is not State.NO_SHOW:
            missed = True
        elif _state(row.before) is State.NO_SHOW and _state(row.after) is not State.NO_SHOW:
            missed = False
    return missed


def _state(told: object) -> State | None:
    """The state in what the audit keeps of a booking."""
    name = told.get("state") if isinstance(told, dict) else None
    return State(name) if name in set(State) else None


def _ranked(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items(), key=lambda found: (-found[1], found[0])))


def _name(known: Mapping[str, object], id_: str) -> str:
    return str(getattr(known.get(id_), "name", id_))


__all__ = ["WeeklyFacts", "quiet", "threads_of", "week"]
