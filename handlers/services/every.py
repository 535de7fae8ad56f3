"""Every item a query finds, page after page; and something done with each of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from handlers.domain.errors import WrongState
from handlers.ports import Item, Query, Store

T = TypeVar("T")


def every(store: Store, query: Query) -> Iterator[Item]:
    while True:
        found = store.query(query)
        yield from found.items
        if found.cursor is None:
            return
        query = replace(query, cursor=found.cursor)


def each(things: Iterable[T], act: Callable[[T], object]) -> int:
    """How many it was done with. What has moved on since it was found is passed over, and one that fails keeps no other
    waiting: the first error is raised when all had their turn."""
    done, failed = 0, []
    for thing in things:
        try:
            act(thing)
        except WrongState:
            continue
        except Exception as error:  # noqa: BLE001 - raised below
            failed.append(error)
        else:
            done += 1
    if failed:
        raise failed[0]
    return done
