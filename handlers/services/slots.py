"""Finding times for somebody: reads the calendars live and our own diary, offers slots, and remembers what it offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from handlers.domain import items, keys
from handlers.domain.availability import Diary, explain, find_slots, pick
from handlers.domain.availability.find import bookable, involved, service_of
from handlers.domain.availability.fit import Fitting, fitting
from handlers.domain.availability.rank import nearest, settled
from handlers.domain.availability.sweep import Span, subtracted
from handlers.domain.availability.windows import missed, wanted
from handlers.domain.availability.working import Working
from handlers.domain.booking import Booking, State
from handlers.domain.errors import CalendarUnavailable, NotFound, StaleWrite
from handlers.domain.events import EventKind
from handlers.domain.request import Channel, Proposal
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.zone import DAY
from handlers.ports import Absent, AnyOf, Calendar, Clock, FreeBusy, Ids, Less, Put, Query, Store
from handlers.services.journal import Journal
from handlers.services.ledger import Ledger
from handlers.services.rules import RulesSource

TELL_AGAIN = 3600
"""Seconds before an unreadable calendar is announced again."""
CONVERSATION_KEPT = 7 * DAY
"""Seconds a conversation remembers what it was offered last; the offer itself ends earlier."""
SOON = 14 * DAY
"""How far a search for any time at all looks first."""
NEAR = 14 * DAY
"""How far beyond the customer's windows alternatives are looked for first."""
WRITTEN = frozenset({State.CONFIRMED, State.ARRIVED})
"""States in which a booking has an event in the calendar."""


@dataclass(frozen=True, slots=True)
class Availability:
    """`slots`: what to offer, best first. `unreadable`: resource -> why. `all`: every slot found, by start; for a query
    without windows those of the dates it took to choose from.

    `outside`: nothing fits what was asked for; these are the nearest, perhaps with somebody else."""

    slots: tuple[Slot, ...] = ()
    all: tuple[Slot, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False


class Slots:
    def __init__(  # noqa: PLR0917 - the six ports and services, in the order every use-case takes them
        self,
        store: Store,
        calendar: Calendar,
        rules: RulesSource,
        clock: Clock,
        ids: Ids,
        journal: Journal,
    ) -> None:
        self._store, self._calendar, self._rules = store, calendar, rules
        self._clock, self._ids, self._journal = clock, ids, journal
        self._ledger = Ledger(store, rules, clock)
        self._worked_out: Working | None = None

    def search(self, query: SlotQuery, limit: int | None = None) -> Availability:
        """What fits the query; when nothing does, what comes nearest. Only the dates asked for are read at first.
        A booking named by `exclude` is not offered the time it has.

        Raises NotFound for an unknown service.
        """
        rules, now = self._rules.current(), self._clock.now()
        reach = bookable(rules, now)
        asked = wanted(query.windows, self._working(rules).wall, reach)
        unreadable: dict[str, str] = {}
        for span in self._spans(query, asked):
            diaries = self._read(rules, query, span, now)
            unreadable = self._unreadable(rules, diaries)
            working = self._working(rules)
            found = self._elsewhere(query, find_slots(rules, query, diaries, now, span, working=working))
            if found and (span[1] == asked[-1][1] or settled(rules, query, found, limit)):
                slots = pick(rules, query, found, diaries, limit, working=working)
                return Availability(slots, found, unreadable)
        return self._nearest(rules, query, asked, now, unreadable=unreadable, limit=limit)

    def explain(self, query: SlotQuery, at: int) -> dict[str, str]:
        """Resource -> why the service can't start there at `at`, or "free"."""
        rules, now = self._rules.current(), self._clock.now()
        diaries = self._read(rules, query, (at, at + 1), now)
        return explain(rules, query, diaries, now, at, working=self._working(rules))

    def propose(
        self,
        query: SlotQuery,
        *,
        channel: Channel,
        customer: str | None = None,
        request: str | None = None,
        replaces: str | None = None,
        limit: int | None = None,
    ) -> Proposal | None:
        """Offers slots and records them, to be taken while the channel's `proposal_ttl` lasts. None if there are none.

        `customer`, `request` and `replaces` (the booking these would move) are ids.
        """
        if replaces and not query.exclude:
            query = query.model_copy(update={"exclude": replaces})
        found = self.search(query, limit)
        if not found.slots:
            return None
        now = self._clock.now()
        proposal = Proposal(
            id=self._ids.new(),
            channel=channel,
            slots=found.slots,
            party=query.party,
            query=query,
            outside=found.outside,
            request=request,
            customer=customer,
            replaces=replaces,
            created=now,
            expires=now + self._lifetime(channel),
        )
        self._store.transact([Put(items.to_item(proposal), when=Absent())])
        return proposal

    def proposal(self, id_: str) -> Proposal:
        """Raises NotFound. It may have expired or been taken: that is for the caller to see."""
        item = self._store.get(keys.proposal(id_))
        if item is None:
            raise NotFound("proposal", id_)
        return items.from_item(item, Proposal)

    def remember(self, conversation: str, proposal: Proposal) -> None:
        """What was offered last in a conversation, for an answer that comes as a number."""
        key, ttl = keys.conversation(conversation), self._clock.now() + CONVERSATION_KEPT
        self._store.transact([Put({**key._asdict(), "proposal": proposal.id, "ttl": ttl})])

    def fitting(
        self, resource: str, start: int, end: int, *, exclude: str | None = None, calendars: bool = True
    ) -> Fitting:
        """What a time that came free on `resource` could be used for. Our events that are just leaving the calendar
        don't count. Without `calendars` only our own diary is asked: fast enough for a click."""
        rules, now = self._rules.current(), self._clock.now()
        if resource not in rules.resources:
            return Fitting(misfits={"": "it is no longer in the rules"})
        given = [s for s in rules.services.values() if resource in s.resources]
        people = dict.fromkeys([resource, *(r for s in given for group in s.needs for r in group)])
        before, after = (
            max((getattr(s, b) for s in given), default=0) for b in ("buffer_before", "buffer_after")
        )
        low, high = rules.zone.date(start - before * 60), rules.zone.date(end + after * 60)
        first, last = rules.zone.day(low)[0], rules.zone.day(high)[1]
        if calendars:
            diaries = self.diaries(rules, people, first, last, now)
            self._unreadable(rules, diaries)
            diaries = {r: self._without_strays(r, d) for r, d in diaries.items()}
        else:
            diaries = {r: Diary(claims=self._ledger.diary(r, first, last, now)) for r in people}
        return fitting(
            rules,
            resource,
            start,
            end,
            diaries=diaries,
            now=now,
            exclude=exclude,
            working=self._working(rules),
        )

    def _without_strays(self, resource: str, diary: Diary) -> Diary:
        rows = self._store.query(Query(keys.of_resource(resource), prefix=keys.STRAY)).items
        if not rows:
            return diary
        leaving = [(int(row["start"]), int(row["end"])) for row in rows]
        return replace(diary, busy=tuple(subtracted(diary.busy, leaving)))

    def check(self, slot: Slot, booking: str | None, was: Slot | None = None) -> bool:
        """Whether the calendars are still free of *other people's* events where `slot` lies, buffers included.

        To be asked before our event is written there. `was` is where an event of ours for this booking stands already
        (a move); left out, it is the slot `booking` has in the store, if that is another one.
        Raises CalendarUnavailable when a calendar can't be read: nobody knows.
        """
        rules = self._rules.current()
        service = rules.services.get(slot.service)
        extents = slot.extents(service.buffer_before, service.buffer_after) if service else slot.extents(0, 0)
        was = was or self._written(booking, slot)
        ours = dict.fromkeys((was.resource, *was.needs), (was.start, was.end)) if was else {}
        known = [e for e in extents if e.resource in rules.resources]
        calendars = {rules.resources[e.resource].calendar for e in known} - {""}
        if not calendars:
            return True
        start, end = min(e.start for e in known), max(e.end for e in known)
        read = self._calendar.free_busy(sorted(calendars), start, end)
        for extent in known:
            calendar = rules.resources[extent.resource].calendar
            if not calendar:
                continue
            if calendar in read.errors or calendar not in read.busy:
                raise CalendarUnavailable(calendar, read.errors.get(calendar, "no answer"))
            own = [ours[extent.resource]] if extent.resource in ours else []
            if any(a < extent.end and b > extent.start for a, b in subtracted(read.busy[calendar], own)):
                return False
        return True

    @staticmethod
    def _spans(query: SlotQuery, asked: list[Span]) -> list[Span]:
        """Where to look: from the first to the last start asked for. Who may come at any time is nearly always served
        in the next days, so these are read first."""
        if not asked:
            return []
        low, high = asked[0][0], asked[-1][1]
        soon = [] if query.windows or low + SOON >= high else [(low, low + SOON)]
        return [*soon, (low, high)]

    def _elsewhere(self, query: SlotQuery, found: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """A booking to be moved is not offered the time it has."""
        item = self._store.get(keys.booking(query.exclude)) if query.exclude else None
        if item is None:
            return found
        now = items.from_item(item, Booking).slot
        return tuple(s for s in found if (s.start, s.resource) != (now.start, now.resource))

    def _working(self, rules: Rules) -> Working:
        """Working hours don't change while the rules don't, so a search starts from what earlier ones worked out."""
        if self._worked_out is None or self._worked_out.rules is not rules:
            self._worked_out = Working(rules)
        return self._worked_out

    def _written(self, booking: str | None, slot: Slot) -> Slot | None:
        item = self._store.get(keys.booking(booking)) if booking else None
        found = items.from_item(item, Booking) if item else None
        return found.slot if found and found.slot != slot and found.state in WRITTEN else None

    def _lifetime(self, channel: Channel) -> int:
        """Seconds; what staff offer is taken while they look at it, as on the web."""
        ttl = self._rules.current().booking.proposal_ttl
        spoken: Literal["web", "voice", "text", "email"] = "web" if channel == "staff" else channel
        return int(getattr(ttl, spoken))

    def _nearest(
        self,
        rules: Rules,
        query: SlotQuery,
        asked: list[Span],
        now: int,
        *,
        unreadable: dict[str, str],
        limit: int | None,
    ) -> Availability:
        """The closest times with whoever was asked for; the last place goes to somebody else at the time asked for."""
        low, high = bookable(rules, now)
        anyone = query.model_copy(update={"resource": None})
        whenever = query.model_copy(update={"windows": ()})
        swaps = self._instead(rules, anyone, asked, now) if query.resource and asked else ()
        targets = asked or missed(query.windows, self._working(rules).wall, (low, high))
        tried: Span | None = None if query.windows else (low, high)
        for near in (NEAR, high - low):
            span = max(low, targets[0][0] - near), min(high, targets[-1][1] + near)
            if span == tried or span[0] >= span[1]:
                continue
            tried = span
            diaries = self._read(rules, whenever, span, now)
            unreadable = unreadable | self._unreadable(rules, diaries)
            found = self._elsewhere(
                query, find_slots(rules, whenever, diaries, now, span, working=self._working(rules))
            )
            if found:
                slots = nearest(rules, found, targets, limit)
                if swaps and len(slots) > 1:
                    slots = (*slots[:-1], swaps[0])
                return Availability(slots, found, unreadable, outside=True)
        return Availability(swaps, swaps, unreadable, outside=bool(swaps))

    def _instead(self, rules: Rules, query: SlotQuery, asked: list[Span], now: int) -> tuple[Slot, ...]:
        """The best in the windows with anybody."""
        span = asked[0][0], asked[-1][1]
        diaries = self._read(rules, query, span, now)
        working = self._working(rules)
        found = find_slots(rules, query, diaries, now, span, working=working)
        return pick(rules, query, found, diaries, working=working)

    def _read(self, rules: Rules, query: SlotQuery, span: Span, now: int) -> dict[str, Diary]:
        """The diaries of everyone involved for starts in `span`: whole dates, because caps count by date."""
        service = service_of(rules, query)
        start = span[0] - service.buffer_before * 60
        end = span[1] + (service.minutes + service.buffer_after) * 60
        start, end = rules.zone.day(rules.zone.date(start))[0], rules.zone.day(rules.zone.date(end))[1]
        return self.diaries(rules, involved(rules, query), start, end, now)

    def diaries(
        self, rules: Rules, people: Iterable[str], start: int, end: int, now: int
    ) -> dict[str, Diary]:
        """What is in the way of each resource in [start, end): its calendar, read live, and our claims."""
        people = tuple(people)
        calendars = {r: rules.resources[r].calendar for r in people if rules.resources[r].calendar}
        read = self._free_busy(calendars.values(), start, end)
        return {
            r: Diary(
                busy=tuple(read.busy.get(calendars.get(r, ""), ())),
                claims=self._ledger.diary(r, start, end, now),
                error=_error(read, calendars[r]) if r in calendars else "",
            )
            for r in people
        }

    def _free_busy(self, calendars: Iterable[str], start: int, end: int) -> FreeBusy:
        """All in one call; when that fails, none can be read."""
        names = sorted(set(calendars))
        if not names:
            return FreeBusy({})
        try:
            return self._calendar.free_busy(names, start, end)
        except CalendarUnavailable as error:
            return FreeBusy({}, dict.fromkeys(names, error.reason or "no answer"))

    def _unreadable(self, rules: Rules, diaries: Mapping[str, Diary]) -> dict[str, str]:
        """Who can't be offered because of a calendar; each is announced, at most hourly."""
        found = {r: d.error for r, d in diaries.items() if d.error}
        for resource, why in found.items():
            self.announce(resource, rules.resources[resource].calendar, why)
        return found

    def announce(self, resource: str, calendar: str, why: str) -> None:
        """Event calendar.unreadable, at most once in `TELL_AGAIN`."""
        now = self._clock.now()
        key = keys.bucket(f"calendar.unreadable#{resource}")
        mark = {"pk": key.pk, "sk": key.sk, "at": now, "ttl": now + DAY}
        event = self._journal.event(EventKind.CALENDAR_UNREADABLE, resource, calendar=calendar, reason=why)
        try:
            quiet = AnyOf((Absent(), Less("at", now - TELL_AGAIN + 1)))
            self._store.transact([Put(mark, when=quiet), event])
        except StaleWrite:
            return  # announced within the hour, by us or by somebody at this moment


def _error(read: FreeBusy, calendar: str) -> str:
    """Silence about a calendar is not freedom."""
    return read.errors.get(calendar, "" if calendar in read.busy else "no answer")
