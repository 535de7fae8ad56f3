"""Modals whose free times are found by a worker: the question is numbered, so that an older answer never covers a newer one.

The question stands in the store under the view's id. A listener numbers it, shows "Looking for times..." and emits
`times.asked`; the worker answers only the question that still stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.views import View

from blocks.booking_modals import book_modal, reschedule_modal
from blocks.payloads import CardPlace, TimesMeta, Wish
from blocks.times import Times
from bot.messenger import Messenger, Shown, ViewMoved
from bot.turn import Turn
from bot.wishes import query_of
from handlers.bootstrap import Desk
from handlers.domain import keys
from handlers.domain.errors import StaleWrite
from handlers.domain.events import EventKind
from handlers.domain.request import Proposal
from handlers.ports import Absent, Equals, Put

KEPT = 86_400
"""Seconds a question is kept; a modal nobody finished by then is forgotten."""
SHOWN = 8
"""Free times in a modal (Slack shows at most ten radio buttons)."""


class Question(BaseModel):
    """`asked` counts up; `clicked` is Slack's own time of the click ("1629922346.043279")."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    asked: int
    clicked: str = ""
    wish: Wish
    place: CardPlace = CardPlace()


def open_times(turn: Turn, wish: Wish, place: CardPlace) -> None:
    """Opens the modal at once; the times come when they are found."""
    query = query_of(wish, turn.rules)
    times = Times("looking" if query else "ask")
    shown = turn.open(render(turn.desk, wish, times, _meta(wish, 1, place)))
    if shown is None:
        return
    if query is not None and number(turn.desk, shown.id, wish, "", place):
        _emit(turn, shown, 1)


def ask_again(turn: Turn, wish: Wish, place: CardPlace) -> None:
    """The question in an open modal has changed."""
    view_id = str(turn.view["id"])
    asked = number(turn.desk, view_id, wish, str(turn.action.get("action_ts", "")), place)
    if not asked:
        return  # a later click was faster: its question stands
    query = query_of(wish, turn.rules)
    view = render(turn.desk, wish, Times("looking" if query else "ask"), _meta(wish, asked, place))
    shown = turn.slack.update_view(view_id, view)
    if shown is not None and query is not None:
        _emit(turn, shown, asked)


def number(desk: Desk, view_id: str, wish: Wish, clicked: str, place: CardPlace) -> int:
    """Puts the question into the store; its number, or 0 when one that was clicked later stands there.

    Without `clicked` it is new whatever stands there."""
    for _ in range(5):
        item = desk.store.get(keys.view(view_id))
        before = Question.model_validate(item["question"]) if item else None
        if before and clicked and before.clicked > clicked:
            return 0
        asked = before.asked + 1 if before else 1
        question = Question(
            asked=asked,
            clicked=clicked or (before.clicked if before else ""),
            wish=wish,
            place=CardPlace.model_validate(place.model_dump(include=set(CardPlace.model_fields))),
        )
        row = {
            **keys.view(view_id)._asdict(),
            "asked": asked,
            "question": question.model_dump(mode="json"),
            "ttl": desk.clock.now() + KEPT,
        }
        try:
            desk.store.transact([Put(row, Equals("asked", before.asked) if before else Absent())])
        except StaleWrite:
            continue
        return asked
    return 0


def standing(desk: Desk, view_id: str) -> Question | None:
    item = desk.store.get(keys.view(view_id))
    return Question.model_validate(item["question"]) if item else None


def answer(desk: Desk, slack: Messenger, view_id: str, asked: int, hash_: str) -> None:
    """The worker's half: finds times and shows them, if this is still the question. A closed modal is no error."""
    question = standing(desk, view_id)
    if question is None or question.asked != asked:
        return
    query = query_of(question.wish, desk.rules.current())
    if query is None:
        return
    proposal = desk.slots.propose(query, channel="staff", replaces=question.wish.booking, limit=SHOWN)
    if proposal is None:
        times = Times("unreadable" if desk.slots.search(query).unreadable else "none")
    else:
        times = Times("found", proposal.slots, outside=proposal.outside)
    view = render(desk, question.wish, times, _meta(question.wish, asked, question.place, proposal))
    try:
        slack.update_view(view_id, view, hash_)
    except ViewMoved:
        # Changed since: by a newer question, whose answer is on its way, or only by ourselves.
        if (now := standing(desk, view_id)) and now.asked == asked:
            slack.update_view(view_id, view)


def render(desk: Desk, wish: Wish, times: Times, meta: TimesMeta) -> View:
    rules = desk.rules.current()
    if wish.booking is None:
        return book_modal(rules, wish, times, meta)
    return reschedule_modal(rules, desk.bookings.get(wish.booking), wish, times, meta)


def offer_instead(turn: Turn, wish: Wish, place: CardPlace, proposal: Proposal | None, note: str) -> None:
    """The submitted modal stays, with other times and why."""
    asked = number(turn.desk, str(turn.view["id"]), wish, "", place)
    slots: Sequence[Any] = proposal.slots if proposal else ()
    times = Times("found" if slots else "none", tuple(slots), note=note)
    turn.become(render(turn.desk, wish, times, _meta(wish, asked, place, proposal)))


def _meta(wish: Wish, asked: int, place: CardPlace, proposal: Proposal | None = None) -> TimesMeta:
    return TimesMeta(
        **place.model_dump(include=set(CardPlace.model_fields)),
        asked=asked,
        proposal=proposal.id if proposal else "",
        booking=wish.booking,
        windows=wish.windows[:4],
    )


def _emit(turn: Turn, shown: Shown, asked: int) -> None:
    turn.desk.journal.emit(
        EventKind.TIMES_ASKED, shown.id, view_id=shown.id, hash=shown.hash, asked=asked, user=turn.user
    )
