"""The waitlist as a list that people keep in a sheet: rows become entries, entries rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from handlers.domain.errors import InputError, NotFound, WrongState
from handlers.domain.events import EventKind
from handlers.domain.rules.model import Rules
from handlers.domain.sheets import Held, RowFaults, Table
from handlers.domain.waitlist.entry import Entry, EntryState
from handlers.domain.waitlist.sheet import TABLE, cells_of, read_row
from handlers.ports import Clock, Ids
from handlers.services.bookings import Bookings
from handlers.services.customers import Customers
from handlers.services.entries import Entries
from handlers.services.rules import RulesSource

BY: Final = "sheet"
LONGEST_ID = 40
COLUMN_OF = {"staff": "resource"}
"""Where the list's word for a field is not the column's."""


class WaitlistLane:
    name, whole = "waitlist", True

    def __init__(
        self,
        *,
        entries: Entries,
        bookings: Bookings,
        customers: Customers,
        rules: RulesSource,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._entries, self._bookings, self._customers = entries, bookings, customers
        self._rules, self._clock, self._ids = rules, clock, ids

    @property
    def table(self) -> Table:
        return TABLE

    def shows(self, kind: EventKind) -> bool:
        return kind.startswith(("entry.", "offer.")) or kind is EventKind.RULES_CHANGED

    def patience(self, _changed: frozenset[str]) -> int:
        return 0  # nobody is told of an edit, and what was removed comes back in its place

    def live(self) -> Mapping[str, Held]:
        return {entry.id: self._held(entry) for entry in self._entries.waiting()}

    def find(self, id_: str) -> Held | None:
        entry = self._entry(id_)
        return self._held(entry) if entry else None

    def check(self, cells: Mapping[str, str]) -> None:
        read_row(cells, self._rules.current(), self._clock.now())

    def create(self, id_: str, cells: Mapping[str, str]) -> Held:
        rules, now = self._rules.current(), self._clock.now()
        fields = read_row(cells, rules, now)
        entry = self._entry(id_)
        if entry is None:
            return self._asked(lambda: self._join(id_, fields))
        if not entry.on_the_list:
            entry = self._restored(entry)
        if not entry.on_the_list:
            return self._held(entry)
        standing = entry
        return self._asked(
            lambda: self._entries.change(standing.id, BY, **self._filled(standing, fields, rules, now))
        )

    def change(self, id_: str, cells: Mapping[str, str], changed: frozenset[str]) -> Held:
        rules, now = self._rules.current(), self._clock.now()
        entry = self._entries.get(id_)
        if entry.state is EntryState.BOOKED:
            raise RowFaults({"": f"{self._status(entry)}. To put them on the list again, type a new row."})
        if not entry.on_the_list:
            again = {key: text for key, text in cells.items() if text and (key != "joined" or key in changed)}
            fields = read_row(again, rules, now)
            return self._asked(lambda: self._join(self._ids.new(), fields))
        fields = self._filled(entry, read_row(cells, rules, now, changed), rules, now)
        return self._asked(lambda: self._entries.change(id_, BY, **fields))

    def remove(self, id_: str) -> None:
        self._entries.remove(id_, BY)

    # --- How ------------------------------------------------------------------------------------------------------

    def _entry(self, id_: str) -> Entry | None:
        if not (id_.isalnum() and id_.isascii() and len(id_) <= LONGEST_ID):
            return None  # whatever people typed there
        try:
            return self._entries.get(id_)
        except NotFound:
            return None

    def _join(self, id_: str, fields: dict[str, Any]) -> Entry:
        """Who is on the list for it already stays as they are in all that the row does not say."""
        given = {name: value for name, value in fields.items() if value is not None}
        known = self._customers.known(email=given.get("email"), phone=given.get("phone"))
        standing = self._entries.standing(known.id, given["service"]) if known else None
        if standing:
            return self._entries.change(standing.id, BY, **given)
        return self._entries.join(**given, id_=id_, consent=BY, source=BY, by=BY).entry

    def _restored(self, entry: Entry) -> Entry:
        """An entry whose row came back; as it is when it can't: they joined anew, say."""
        if not self._back(entry):
            return entry
        try:
            return self._entries.restore(entry.id, BY)
        except WrongState:
            return self._entries.standing(entry.customer, entry.service) or entry

    def _asked(self, act: Callable[[], Entry]) -> Held:
        try:
            return self._held(act())
        except InputError as error:
            key = COLUMN_OF.get(error.field, error.field)
            raise RowFaults({key: error.message}) from error

    @staticmethod
    def _filled(entry: Entry, fields: dict[str, Any], rules: Rules, now: int) -> dict[str, Any]:
        """What an emptied cell means for an entry that stands."""
        today: date = rules.zone.date(now)
        service = rules.services.get(fields.get("service", entry.service))
        defaults = {
            "earliest": today,
            "latest": today + timedelta(seconds=rules.booking.horizon),
            "party": service.party.min if service else 1,
            "joined": entry.joined,
        }
        return {name: defaults.get(name) if value is None else value for name, value in fields.items()}

    @staticmethod
    def _back(entry: Entry) -> bool:
        return entry.state is EntryState.REMOVED and entry.changed_by == BY

    def _held(self, entry: Entry) -> Held:
        cells = cells_of(entry, self._rules.current())
        return Held(entry.id, cells, self._status(entry), live=entry.on_the_list, back=self._back(entry))

    def _status(self, entry: Entry) -> str:
        match entry.state:
            case EntryState.WAITING:
                return "Has an offer" if entry.offer else "Waiting"
            case EntryState.PAUSED:
                return "Paused: they asked for no offers"
            case EntryState.BOOKED:
                return f"Booked {self._when(entry)}".strip()
            case EntryState.EXPIRED:
                return "Off the list: the last day has passed"
        return "Off the list"

    def _when(self, entry: Entry) -> str:
        try:
            return self._rules.current().zone.say(self._bookings.get(entry.booking or "").slot.start)
        except NotFound:
            return ""
