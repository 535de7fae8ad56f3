"""Every item a query finds, page after page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers.ports import Item, Query, Store


def every(store: Store, query: Query) -> Iterator[Item]:
    while True:
        found = store.query(query)
        yield from found.items
        if found.cursor is None:
            return
        query = replace(query, cursor=found.cursor)
