"""`/waitlist` and its words, and every click in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from blocks.entry_modals import Wanted, add_modal, why_modal
from blocks.entry_modals import edit_modal as entry_modal
from blocks.help import help_card
from blocks.ids import EntryChoice, Field
from blocks.payloads import EntryMenu, EntryMeta, ListMeta, Ref
from blocks.text import name, one_line, said, typed
from blocks.waitlist import ALL
from bot import waiting
from bot.turn import Turn
from bot.wishes import read, shorthand, to_wait, values
from handlers.domain.errors import NotFound, WrongState
from handlers.domain.request import Reading
from handlers.domain.rules.model import Rules
from handlers.domain.rules.words import wall_time
from handlers.domain.slot import Window
from handlers.domain.waitlist.entry import Entry
from handlers.domain.waitlist.opening import Opening

ASKED = 3
"""Entries of one person explained at once."""


def command(turn: Turn) -> None:
    """`/waitlist ...`"""
    text = typed(str(turn.body.get("text") or ""))
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    match word.lower():
        case "help":
            turn.say(help_card())
        case "add":
            _add(turn, rest)
        case "find" if not rest:
            turn.say("Whom shall I find? Write a name, or the last digits of a phone number.")
        case "find":
            _open(turn, rest)
        case "why" if not rest:
            turn.say(
                'Whose turn is it about? Write a name, and a time if you like: "/waitlist why ana sat 2pm".'
            )
        case "why":
            _why(turn, rest)
        case _:
            _open(turn, text)


def opened(turn: Turn) -> None:
    """From the Home tab."""
    _open(turn, "")


# --- clicks in the list ----------------------------------------------------------------------------------------


def service_chosen(turn: Turn) -> None:
    chosen = str((turn.action.get("selected_option") or {}).get("value") or ALL)
    service = "" if chosen == ALL else chosen
    waiting.redraw(turn, _meta(turn).model_copy(update={"service": service, "page": 0}))


def found(turn: Turn) -> None:
    """Find was pressed."""
    meta = _meta(turn).model_copy(update={"page": 0})
    turn.become(waiting.view(turn.desk, meta))


def paged(turn: Turn) -> None:
    page = int(turn.payload(Ref).id)
    waiting.redraw(turn, _meta(turn).model_copy(update={"page": page}))


def add(turn: Turn) -> None:
    meta = _meta(turn)
    only = next(iter(turn.rules.services)) if len(turn.rules.services) == 1 else None
    turn.open(add_modal(turn.rules, Wanted(service=meta.service or only), EntryMeta(listed=meta)))


def menu(turn: Turn) -> None:
    """An entry of a row's menu."""
    chosen = turn.payload(EntryMenu)
    MENU[chosen.do](turn, chosen.id)


def undo(turn: Turn) -> None:
    meta, entry = _meta(turn), turn.desk.entries.restore(turn.payload(Ref).id, turn.user)
    left = tuple(id_ for id_ in meta.removed if id_ != entry.id)
    note = f":leftwards_arrow_with_hook: {_who(entry)} is back, in the same place."
    waiting.redraw(turn, meta.model_copy(update={"removed": left}), entry, note)


def _edit(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.get(id_)
    if not entry.on_the_list:
        raise WrongState("entry", entry.id, entry.state, entry.changed_by, entry.changed)
    turn.open(entry_modal(turn.rules, entry, EntryMeta(id=id_, listed=_meta(turn))))


def _bump(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.bump(id_, turn.user)
    waiting.redraw(turn, _meta(turn), entry, f":star: {_who(entry)} has priority {entry.priority} now.")


def _lower(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.bump(id_, turn.user, -1)
    now = f"priority {entry.priority} now" if entry.priority else "no priority any more"
    waiting.redraw(turn, _meta(turn), entry, f"{_who(entry)} has {now}.")


def _pause(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.pause(id_, turn.user)
    waiting.redraw(turn, _meta(turn), entry, f":zzz: {_who(entry)} gets no offers until you resume them.")


def _resume(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.resume(id_, turn.user)
    waiting.redraw(turn, _meta(turn), entry, f"{_who(entry)} gets offers again, in the same place.")


def _remove(turn: Turn, id_: str) -> None:
    meta, entry = _meta(turn), turn.desk.entries.remove(id_, turn.user)
    kept = (*(i for i in meta.removed if i != id_), id_)[-waiting.KEPT :]
    note = f":wastebasket: {_who(entry)} is off the list. Undo stands where they were."
    waiting.redraw(turn, meta.model_copy(update={"removed": kept}), entry, note)


def _why_one(turn: Turn, id_: str) -> None:
    entry = turn.desk.entries.get(id_)
    turn.open(why_modal(turn.rules, [(entry, turn.desk.explaining.about(entry))]))


MENU: dict[EntryChoice, Callable[[Turn, str], None]] = {
    EntryChoice.EDIT: _edit,
    EntryChoice.BUMP: _bump,
    EntryChoice.LOWER: _lower,
    EntryChoice.PAUSE: _pause,
    EntryChoice.RESUME: _resume,
    EntryChoice.REMOVE: _remove,
    EntryChoice.WHY: _why_one,
}


def _meta(turn: Turn) -> ListMeta:
    """What the list shows, with what was typed and not yet looked for."""
    meta, typed_in = turn.meta(ListMeta), values(turn.view)
    return meta.model_copy(update={"find": typed_in.get(Field.FIND, meta.find)})


def _who(entry: Entry) -> str:
    return f"*{name(entry.name) or '_no name_'}*"


# --- words of the command --------------------------------------------------------------------------------------


def _open(turn: Turn, find: str) -> None:
    turn.open(waiting.view(turn.desk, ListMeta(find=find[:80])))


def _add(turn: Turn, text: str) -> None:
    text = shorthand(text)
    wanted = to_wait(read(turn, text), turn.rules, turn.desk.clock.now(), text) if text else Wanted()
    if wanted.service is None and len(turn.rules.services) == 1:
        wanted = replace(wanted, service=next(iter(turn.rules.services)))
    turn.open(add_modal(turn.rules, wanted, EntryMeta()))


def _why(turn: Turn, text: str) -> None:
    """Of one person, all they wait for; of several, the list to choose from."""
    entries, meant = _asked(turn, text)
    if not entries:
        turn.say(f"Nobody called \u201c{one_line(text)[:80]}\u201d is on the waitlist now.")
    elif len({e.customer for e in entries}) > 1:
        meta = ListMeta(find=text[:80])
        who = f"More than one person may be meant by \u201c{said(one_line(text), 80)}\u201d. Choose *Why?* in a row's menu."
        turn.open(waiting.view(turn.desk, meta, note=who))
    else:
        told = [(e, turn.desk.explaining.about(e, meant)) for e in entries[:ASKED]]
        turn.open(why_modal(turn.rules, told))


def _asked(turn: Turn, text: str) -> tuple[list[Entry], Callable[[Opening], bool]]:
    """Who, and which openings: one by its id, those of a day and time, or all. A name may sound like a day ("May")."""
    everybody = turn.desk.entries.waiting()
    words, _, last = text.rpartition(" ")
    if words:
        try:
            opening = turn.desk.openings.get(last).opening.id
        except NotFound:
            pass
        else:
            return waiting.found(turn.desk, words, everybody), lambda o: o.id == opening
    if entries := waiting.found(turn.desk, text, everybody):
        return entries, lambda _: True
    text = shorthand(text)
    reading = read(turn, text)
    rest = _without(text, reading)
    entries = waiting.found(turn.desk, rest, everybody) if rest else []
    return entries, _in(turn.rules, reading.when[0]) if reading.when else lambda _: True


def _without(text: str, reading: Reading) -> str:
    """The name that is left when the time is taken out."""
    for quote in sorted((w.quote for w in reading.when if w.quote), key=len, reverse=True):
        text = text.replace(quote, " ")
    return " ".join(w for w in text.split() if w.lower() not in {"for", "on", "at", "the"})


def _in(rules: Rules, window: Window) -> Callable[[Opening], bool]:
    """Whether an opening meets the days and hours."""
    first = date.fromisoformat(window.date_from) if window.date_from else date.min
    last = date.fromisoformat(window.date_to) if window.date_to else date.max
    low = wall_time(window.time_from) if window.time_from else 0
    high = wall_time(window.time_to) if window.time_to else 24 * 60

    def meets(opening: Opening) -> bool:
        zone = rules.zone
        begins, ends = zone.minutes(opening.start), zone.minutes(opening.end - 1) + 1
        return first <= zone.date(opening.start) <= last and begins <= high and low < ends

    return meets
