"""What the App Home shows, gathered by a worker."""

from __future__ import annotations

from collections import Counter

from blocks.home import FREE, OPENINGS, HomePage, home_view, no_rules_home, stranger_home
from blocks.openings import Story
from bot import cards
from bot.messenger import Messenger
from handlers.bootstrap import Desk
from handlers.domain.errors import NotFound
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery
from handlers.domain.waitlist import OpeningState
from handlers.services.offering import concerns_staff


def publish(desk: Desk, slack: Messenger, user: str) -> None:
    """Whoever is not on the staff list reads how to get there, and nothing of the customers."""
    try:
        rules = desk.rules.current()
    except NotFound:
        slack.publish_home(user, no_rules_home())
        return
    if rules.role(user) is None:
        slack.publish_home(user, stranger_home(user))
        return
    free, unreadable = _free(desk, rules)
    openings, opened = _openings(desk)
    now = desk.clock.now()
    page = HomePage(
        now=now,
        today=desk.bookings.day(rules.zone.date(now)),
        waiting=desk.intake.waiting(),
        openings=openings,
        opened=opened,
        waitlist=_waitlist(desk, rules),
        free=free,
        unreadable=unreadable,
    )
    slack.publish_home(user, home_view(rules, page))


def _openings(desk: Desk) -> tuple[tuple[Story, ...], int]:
    """Those shown, what waits for staff first, and how many there are."""
    concern = [o for o in desk.openings.active() if concerns_staff(o)]
    concern.sort(key=lambda o: o.state is not OpeningState.HANDED_BACK)  # stable: soonest first
    return tuple(cards.story(desk, desk.openings.get(o.id)) for o in concern[:OPENINGS]), len(concern)


def _waitlist(desk: Desk, rules: Rules) -> dict[str, int]:
    counts = Counter(e.service for e in desk.entries.waiting())
    return {s: counts[s] for s in rules.services if counts[s]}


def _free(desk: Desk, rules: Rules) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """The earliest slot of each service, and whose calendar can't be read."""
    free: list[Slot] = []
    unreadable: dict[str, None] = {}
    for id_, service in list(rules.services.items())[:FREE]:
        found = desk.slots.search(SlotQuery(service=id_, party=service.party.min))
        unreadable.update(dict.fromkeys(found.unreadable))
        earliest = min(found.all or found.slots, key=lambda s: (s.start, s.resource), default=None)
        if earliest is not None:
            free.append(earliest)
    return tuple(free), tuple(unreadable)
