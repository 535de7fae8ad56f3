"""Appointments taken over from elsewhere while already inside a reminder window: staff are asked once before anyone is
told anything.

The question is one item, OPEN until somebody answers it; chains held for it are found by their own index. An answer
holds for whatever is taken over within the next day; after that an appointment from elsewhere is like any that was
booked late: windows already crossed are not promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from handlers.domain import keys
from handlers.domain.booking import Booking
from handlers.domain.errors import NotFound, StaleWrite, WrongState
from handlers.domain.events import EventKind
from handlers.domain.go_live import Answer, Question
from handlers.domain.items import from_item
from handlers.domain.reminders import Chain, schedule
from handlers.ports import Absent, Clock, Equals, Put, Query, Store
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource

HOLDS = 86_400
"""Seconds for which an answer holds for what is taken over later."""
SUBJECT = "go-live"
"""Of the events."""


class Release(Protocol):
    def __call__(self, chain: Chain, *, send: bool) -> None: ...


class GoLive:
    def __init__(self, *, store: Store, journal: Journal, rules: RulesSource, clock: Clock) -> None:
        self._store, self._journal, self._rules, self._clock = store, journal, rules, clock

    def question(self) -> Question:
        """Raises NotFound when there never was one."""
        item = self._store.get(keys.GO_LIVE)
        if item is None:
            raise NotFound("question", SUBJECT)
        return Question.model_validate(item)

    def held(self) -> Iterator[Chain]:
        """The chains that wait for the answer, soonest appointment first; none whose appointment has begun."""
        cursor, low = None, keys.at(self._clock.now() + 1)
        while True:
            found = self._store.query(Query(keys.HELD, index="gsi3", low=low, cursor=cursor))
            yield from (from_item(item, Chain) for item in found.items)
            if (cursor := found.cursor) is None:
                return

    def judge(self, booking: Booking, chain: Chain, since: int) -> Chain:
        """A new chain of an appointment taken over: as it is when no window was crossed before `since`; else held,
        or as staff have answered."""
        crossed = [r for r in schedule(booking, self._rules.current()) if r.due <= since]
        if not crossed:
            return chain
        answer = self._asked()
        if answer is Answer.SKIP:
            return chain
        reminders = tuple(sorted([*crossed, *chain.reminders], key=lambda r: -r.before))
        return chain.model_copy(update={"reminders": reminders, "held": answer is Answer.OPEN})

    def answer(self, by: str, *, send: bool) -> Question:
        """Raises WrongState for whoever comes second, NotFound."""
        old = self.question()
        if old.answer is not Answer.OPEN:
            raise _already(old)
        answer = Answer.SEND if send else Answer.SKIP
        new = old.model_copy(
            update={
                "answer": answer,
                "by": by,
                "at": self._clock.now(),
                "count": self.count(),
                "rev": old.rev + 1,
            }
        )
        what = "let imported appointments be reminded" if send else "left imported appointments alone"
        try:
            self._store.transact(
                [
                    self._put(new, old),
                    self._journal.audit(keys.GO_LIVE, by, what, count=new.count),
                    self._journal.event(EventKind.IMPORTS_DECIDED, SUBJECT, send=send, by=by),
                ]
            )
        except StaleWrite:
            raise _already(self.question()) from None
        return new

    def count(self) -> int:
        return sum(1 for _ in self.held())

    def release(self, go_on: Release) -> int:
        """Hands every held chain to `go_on` once staff have answered; while they have not, the card is told how many
        there are by now. How many went on."""
        try:
            question = self.question()
        except NotFound:
            return 0
        if question.answer is not Answer.OPEN:
            held = tuple(self.held())
            for chain in held:
                go_on(chain, send=question.answer is Answer.SEND)
            return len(held)
        if (count := self.count()) != question.count:
            self._announce(question, count)
        return 0

    def _asked(self) -> Answer:
        """The answer that holds now; the question is put when there is none. After a day an answer is a no: what
        was crossed by then was never promised."""
        try:
            question = self.question()
        except NotFound:
            self._announce(None, 1)
            return Answer.OPEN
        if question.answer is Answer.OPEN or self._clock.now() < question.at + HOLDS:
            return question.answer
        return Answer.SKIP

    def _announce(self, old: Question | None, count: int) -> None:
        new = Question(count=count, rev=old.rev + 1 if old else 0)
        event = self._journal.event(EventKind.IMPORTS_WAITING, SUBJECT, count=count)
        try:
            self._store.transact([self._put(new, old), event])
        except StaleWrite:
            return  # answered, or asked, this very moment

    def _put(self, new: Question, old: Question | None) -> Put:
        same = Absent() if old is None else Equals("rev", old.rev)
        return Put({**keys.GO_LIVE._asdict(), **new.model_dump(mode="json")}, same)


def _already(question: Question) -> WrongState:
    return WrongState("question", SUBJECT, question.answer, question.by, question.at)
