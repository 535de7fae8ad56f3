"""Things that go wrong between two steps: the process dies, somebody else is faster, a provider fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.adapters.sqlite import SqliteStore
from handlers.domain.errors import DeliveryFailed
from handlers.ports import Operation, Put


class Died(BaseException):
    """The process is gone; nothing in it gets to say or do anything more."""


@dataclass
class Storm:
    """A store whose user dies before or after a transaction, or is overtaken before one.

    `before` and `after` count the transactions until then (0 = the next); `meanwhile` is done once, before the first
    transaction that `when` picks.
    """

    inner: SqliteStore = field(default_factory=lambda: SqliteStore(":memory:"))
    before: int | None = None
    after: int | None = None
    meanwhile: Callable[[], Any] | None = None
    when: Callable[[Sequence[Operation]], bool] = lambda _: True
    watch: Callable[[], None] | None = None
    """Looks at the store after every transaction."""
    seen: Callable[[Sequence[Operation]], None] | None = None
    """Is told every transaction that was done."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def transact(self, operations: Sequence[Operation], token: str = "") -> None:
        if self.meanwhile is not None and self.when(operations):
            act, self.meanwhile = self.meanwhile, None
            act()
        if self.before == 0:
            self.calm()
            raise Died
        self.inner.transact(operations, token)
        if self.watch is not None:
            self.watch()
        if self.seen is not None:
            self.seen(operations)
        if self.after == 0:
            self.calm()
            raise Died
        self.before = None if self.before is None else self.before - 1
        self.after = None if self.after is None else self.after - 1

    def calm(self) -> None:
        self.before = self.after = None


def putting(kind: str, **fields: Any) -> Callable[[Sequence[Operation]], bool]:
    """Picks a transaction that puts an item of this kind, with these values."""

    def picks(operations: Sequence[Operation]) -> bool:
        items = [o.item for o in operations if isinstance(o, Put)]
        return any(i.get("entity") == kind and fields.items() <= i.items() for i in items)

    return picks


@dataclass
class Phones:
    """Texts that leave; a number in `gone` does not exist, one in `busy` is tried in vain. `dies` is when the process
    does: "before" or "after" the text has left."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    dies: str = ""
    left: Callable[[str, str], None] | None = None
    """Is told the receiver and the key of every message that leaves."""

    def send(self, to: str, text: str, key: str = "") -> str:
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Died
        if to in self.gone or to in self.busy:
            raise DeliveryFailed("text", "no such number", permanent=to in self.gone)
        self.sent.append((to, text))
        if self.left is not None:
            self.left(to, key)
        if dies == "after":
            raise Died
        return f"text-{len(self.sent)}"
