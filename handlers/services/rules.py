"""The live rules: read from the store, swapped in whole when an edit is valid, left alone when it is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from handlers.domain import keys
from handlers.domain.errors import Fault, NotFound, RulesError, StaleWrite
from handlers.domain.events import EventKind
from handlers.domain.rules import load
from handlers.domain.rules.model import Rules
from handlers.domain.rules.packed import fingerprint, pack, unpack
from handlers.ports import Absent, Clock, Delete, Equals, Item, Operation, Put, Store, Update
from handlers.services.journal import Journal
from handlers.services.rules_zone import zone_faults

RECHECK = 1.0
"""Seconds a parsed version is used before the store is asked for a newer one."""
TOLD = 50
"""Faults told in one event; `more` counts the rest (an EventBridge entry is at most 256 KB)."""
REMEMBERED = 30 * 86_400
"""Seconds a refused text is remembered, so that it is announced once."""
TRIES = 10


@dataclass(frozen=True, slots=True)
class _Live:
    version: int
    text: str
    rules: Rules
    checked: float


class RulesSource:
    """`stopwatch` gives seconds that only ever grow; it paces the re-check and stands still in tests."""

    def __init__(
        self, store: Store, clock: Clock, journal: Journal, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._clock, self._journal, self._stopwatch = store, clock, journal, stopwatch
        self._live: _Live | None = None

    def current(self) -> Rules:
        """Raises NotFound when no rules were ever stored."""
        return self._fresh().rules

    def version(self) -> int:
        """1 for the first rules; raises NotFound before them."""
        return self._fresh().version

    def text(self) -> tuple[int, str]:
        """The live version and its text, as the owner wrote it. Raises NotFound."""
        live = self._fresh()
        return live.version, live.text

    def update(self, text: str | bytes, by: str) -> Rules:
        """Makes `text` the live rules, with event rules.changed {version, by}. The live text again is a no-op.

        Raises RulesError for a text that is not valid: nothing changes, and event rules.refused
        {faults: [{line, column, message}], more, version, by} is emitted once per text and live version. So is
        another time zone refused while bookings lie ahead.
        """
        try:
            plain = _plain(text)
            rules = load(plain)
        except RulesError as error:
            self._refused(text, by, error)
            raise
        for attempt in range(TRIES):
            item = self._store.get(keys.RULES)
            version = int(item["version"]) if item else 0
            if item and item["text"] == plain:
                self._repaired(item, by)
                return self._adopt(version, plain, rules)
            if item and (faults := self._moved(item, rules, plain)):
                refused = RulesError(faults)
                self._refused(text, by, refused)
                raise refused
            try:
                self._replace(version, plain, rules, by)
            except StaleWrite:
                if attempt == TRIES - 1:
                    raise
            else:
                return self._adopt(version + 1, plain, rules)
        raise AssertionError("unreachable")  # the last attempt returns or raises

    def _repaired(self, item: Item, by: str) -> None:
        """The live text is back after an edit that was refused: whoever was told of that is told of this."""
        digest, version = item.get("refused"), int(item["version"])
        if not digest:
            return
        operations: list[Operation] = [
            Update(keys.RULES, remove=("refused",), when=Equals("refused", digest)),
            Delete(keys.rules_refused(version, digest)),  # the same mistake again is news again
            self._journal.event(EventKind.RULES_CHANGED, "rules", version=version, by=by),
        ]
        with suppress(StaleWrite):  # another process saw it first
            self._store.transact(operations)

    def _moved(self, item: Item, rules: Rules, text: str) -> list[Fault]:
        try:
            live = _read(item)
        except RulesError:
            return []  # written before a stricter check: nothing can be booked by it, and an edit repairs it
        return zone_faults(self._store, live, rules, text, self._clock.now())

    def repack(self) -> int:
        """Packs the live rules for the code that runs now, after a deploy; 1 when there was something to do."""
        item = self._store.get(keys.RULES)
        if not item or item.get("packed_for") == fingerprint():
            return 0
        packed = _packed(load(str(item["text"])))
        try:
            self._store.transact([Update(keys.RULES, set=packed, when=Equals("version", item["version"]))])
        except StaleWrite:
            return 0  # a newer version brought its own
        return 1

    def _replace(self, version: int, text: str, rules: Rules, by: str) -> None:
        item = {
            **keys.RULES._asdict(),
            "text": text,
            **_packed(rules),
            "version": version + 1,
            "at": self._clock.now(),
            "by": by,
        }
        self._store.transact(
            [
                Put(item, when=Equals("version", version) if version else Absent()),
                self._journal.audit(keys.RULES, by, "changed", before=version, after=version + 1),
                self._journal.event(EventKind.RULES_CHANGED, "rules", version=version + 1, by=by),
            ]
        )

    def _refused(self, text: str | bytes, by: str, error: RulesError) -> None:
        item = self._store.get(keys.RULES)
        version = int(item["version"]) if item else 0
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        digest = sha256(raw).hexdigest()
        key = keys.rules_refused(version, digest)
        faults = [{"line": f.line, "column": f.column, "message": f.message} for f in error.faults]
        mark = {**key._asdict(), "at": self._clock.now(), "ttl": self._clock.now() + REMEMBERED}
        told = {"faults": faults[:TOLD], "more": len(faults[TOLD:]), "version": version, "by": by}
        try:
            self._store.transact(
                [
                    Put(mark, when=Absent()),
                    self._journal.audit(keys.RULES, by, "refused", faults=len(faults)),
                    self._journal.event(EventKind.RULES_REFUSED, "rules", **told),
                    *(
                        [Update(keys.RULES, set={"refused": digest}, when=Equals("version", version))]
                        if item
                        else []
                    ),
                ]
            )
        except StaleWrite as stale:
            if not stale.failed:  # a write conflict, not a text already announced
                raise

    def _fresh(self) -> _Live:
        now, live = self._stopwatch(), self._live
        if live and now - live.checked < RECHECK:
            return live
        item = self._store.get(keys.RULES)
        if not item:
            raise NotFound("rules", "current")
        version, text = int(item["version"]), str(item["text"])
        same = live is not None and live.version == version and live.text == text
        rules = live.rules if live and same else _read(item)
        self._live = _Live(version, text, rules, now)
        return self._live

    def _adopt(self, version: int, text: str, rules: Rules) -> Rules:
        self._live = _Live(version, text, rules, self._stopwatch())
        return rules


def _plain(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    from handlers.domain.rules.source import decode  # brings YAML, which only an edit needs

    return decode(text)


def _packed(rules: Rules) -> dict[str, str]:
    return {"packed": pack(rules), "packed_for": fingerprint()}


def _read(item: Item) -> Rules:
    if item.get("packed_for") == fingerprint():
        return unpack(str(item["packed"]))
    return load(str(item["text"]))
