"""The modal that fills an opening by hand, from the state as it is now.

Whether somebody can be reached, was asked before or wants no offers is nothing to staff who call them. No calendar is
asked: a person waits for the modal.
"""

from __future__ import annotations

from slack_sdk.models.views import View

from blocks.opening_modal import Filling, fill_modal, no_fit_modal
from blocks.payloads import CardPlace
from bot import cards
from handlers.bootstrap import Desk
from handlers.domain.errors import WrongState
from handlers.domain.waitlist.eligible import against, explain
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import ACTIVE


def view(desk: Desk, opening_id: str, at: CardPlace, chosen: Entry | None = None) -> View:
    """Raises WrongState when it is filled or closed, NotFound."""
    seen = desk.openings.get(opening_id)
    opening = seen.opening
    if opening.state not in ACTIVE:
        raise WrongState("opening", opening.id, opening.state, opening.changed_by, opening.changed)
    rules, place = desk.rules.current(), desk.offering.place(opening_id)
    story = cards.story(desk, seen)
    if not place.slots:
        return no_fit_modal(rules, story, place)
    entries = desk.entries.waiting(place.slots)
    fit = {e.id: against(place, e) is None for e in entries}
    filling = Filling(
        story,
        place,
        fit=tuple(e for e in entries if fit[e.id]),
        left_out=tuple((e, explain(place, e).rstrip(".")) for e in entries if not fit[e.id]),
        chosen=chosen,
    )
    return fill_modal(rules, filling, at)
