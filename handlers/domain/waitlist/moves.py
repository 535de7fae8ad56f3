"""Every look at an opening ends in one of four moves: nobody fits, make an offer, roll on, hand back.

| what is found                                          | move        |
|--------------------------------------------------------|-------------|
| somebody eligible and untried, no offer made yet       | make offer  |
| somebody eligible and untried, after an offer          | roll on     |
| no offer was made and nobody on the list fits          | nobody fits |
| the list is spent, or `tries` were made, or too late   | hand back   |

Nothing here knows how the list is stored or a message sent, and no model is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.domain.waitlist.eligible import Place, Why, eligible, refusal, too_soon
from handlers.domain.waitlist.entry import Entry

Move = Literal["nobody_fits", "make_offer", "roll_on", "hand_back"]


@dataclass(frozen=True)
class Decision:
    """`entry` is who gets the offer; `reason` is for staff, when they get the slot back.

    `final`: nothing that may happen by itself changes it. `busy`: somebody would get it, were they not holding another offer.
    """

    move: Move
    entry: Entry | None = None
    order: tuple[str, ...] = ()
    """Entry ids of everyone who was eligible, first to last."""
    reason: str = ""
    final: bool = False
    busy: bool = False


def decide(place: Place, entries: Sequence[Entry]) -> Decision:
    """The move for an opening that nobody holds an offer of now."""
    opening, offered = place.opening, place.opening.seq > 0
    people = "1 person was" if opening.tried == 1 else f"{opening.tried} people were"
    if opening.tried >= place.rules.waitlist.tries:
        reason = f"{people} offered it, which is the most your rules allow."
        return Decision("hand_back", reason=reason, final=True)
    order = eligible(place, entries)
    if first := next((e for e in order if not place.unreachable(e)), None):
        return Decision("roll_on" if offered else "make_offer", first, tuple(e.id for e in order))
    late = bool(place.slots) and all(too_soon(place, slot) for slot in place.slots.values())
    busy = any(refusal(place, e) is Why.OFFERED for e in entries if e.offer is not None)
    if late:
        reason = _late(place)
    elif opening.tried:
        reason = f"{people} offered it, and nobody else on the list fits."
    elif offered:
        reason = "Everybody on the list who fits was offered it before, or could not be reached."
    elif order:
        reason = "Nobody on the list who fits can be reached by text or mail."
    elif place.slots:
        reason = f"Nobody on the list fits. {_tally(place, entries)}"
    else:
        reason = f"Nothing can be booked there: {next(iter(place.misfits.values()), 'no service is given')}."
    return Decision("hand_back" if offered else "nobody_fits", reason=reason, final=late, busy=busy)


SAID = {
    Why.PAUSED: ("asked for no offers", "asked for no offers"),
    Why.PARTY: ("has another party size", "have another party size"),
    Why.DATE: ("wants other days", "want other days"),
    Why.RESOURCE: ("wants somebody else", "want somebody else"),
    Why.EARLIER: ("has an earlier booking", "have an earlier booking"),
    Why.OWN: ("gave it back", "gave it back"),
    Why.SOON: ("can't be reached in time", "can't be reached in time"),
}
"""For one person, and for more."""


def _tally(place: Place, entries: Sequence[Entry]) -> str:
    """Why, in numbers: "3 wait for it: 2 want other days, 1 asked for no offers."."""
    if not entries:
        return "Nobody waits for it."
    counts = Counter(SAID.get(why, ("can't", "can't")) for e in entries if (why := refusal(place, e)))
    reasons = [f"{n} {words[n > 1]}" for words, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
    return f"{len(entries)} {'waits' if len(entries) == 1 else 'wait'} for it: {', '.join(reasons)}."


def _late(place: Place) -> str:
    zone, start = place.rules.zone, place.opening.start
    if place.send_at > start:
        return f"It starts at {zone.say_time(start)}, before quiet hours end."
    cutoff, window = place.rules.waitlist.cutoff // 60, place.rules.waitlist.claim_window // 60
    why = f"your cutoff is {cutoff} minutes" if cutoff >= window else f"people get {window} minutes to answer"
    return f"It starts at {zone.say_time(start)}: too close to offer it ({why})."
