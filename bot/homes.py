"""What the App Home shows, gathered by a worker."""

from __future__ import annotations

from blocks.home import FREE, HomePage, home_view, no_rules_home, stranger_home
from bot.messenger import Messenger
from handlers.bootstrap import Desk
from handlers.domain.errors import NotFound
from handlers.domain.rules.model import Rules
from handlers.domain.slot import Slot, SlotQuery


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
    now = desk.clock.now()
    page = HomePage(
        now=now,
        today=desk.bookings.day(rules.zone.date(now)),
        waiting=desk.intake.waiting(),
        free=free,
        unreadable=unreadable,
    )
    slack.publish_home(user, home_view(rules, page))


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
