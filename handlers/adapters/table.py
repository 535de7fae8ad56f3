"""What both stores promise alike: the limits of an item and a transaction, key ranges, cursors.

The limits are DynamoDB's (Service, account and table quotas: 400 KB an item, 100 actions a transaction, 2048 and 1024
bytes of key, 38 digits, 32 levels); the embedded store keeps to them so that what works on a laptop works there.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.domain.keys import Key
from handlers.ports import Item, Operation, Put, Query, Update

MOST_OPERATIONS = 100
MOST_BYTES = 400 * 1024
LAST = "\U0010ffff"
"""Sorts after every character."""


def check(operations: Sequence[Operation]) -> None:
    """Raises ValueError for what no store would take."""
    if len(operations) > MOST_OPERATIONS:
        raise ValueError(f"{len(operations)} operations in one transaction; {MOST_OPERATIONS} is the most")
    seen: set[Key] = set()
    for operation in operations:
        key = operation.key
        _check_key(key)
        if key in seen:
            raise ValueError(f"{key.pk} {key.sk} is named twice in one transaction")
        seen.add(key)
        if isinstance(operation, Put):
            check_item(operation.item)
        elif isinstance(operation, Update):
            _check_update(operation)


def check_item(item: Mapping[str, Any]) -> None:
    """Raises ValueError for an item that is too large, or holds what can't be kept exactly."""
    for name, value in item.items():
        if name[:3] == "gsi" and not (isinstance(value, str) and value):
            raise ValueError(f"{item['pk']}: {name} is {value!r}; leave it out, or give it text")
    if (size := _size(dict(item)) - 3) > MOST_BYTES:
        raise ValueError(f"{item['pk']} {item['sk']} would be {size} bytes; {MOST_BYTES} is the most")


def _check_key(key: Key) -> None:
    for name, value, most in (("pk", key.pk, 2048), ("sk", key.sk, 1024)):
        if not value or len(value.encode()) > most:
            raise ValueError(f"{name} {value[:60]!r} must have 1 to {most} bytes")


def _check_update(update: Update) -> None:
    named = [*update.set, *update.remove]
    if not named or len(set(named)) != len(named) or {"pk", "sk"} & set(named):
        raise ValueError(
            f"{update.key.pk}: an update sets or removes attributes, each once, and never the key"
        )
    check_item({**update.set, "pk": update.key.pk, "sk": update.key.sk})


def _size(value: Any, depth: int = 0) -> int:
    """Bytes as DynamoDB counts them, roughly; refuses what would not come back the same."""
    if depth > 32:
        raise ValueError("values are nested deeper than 32 levels")
    match value:
        case None | bool():
            return 1
        case str():
            return len(value.encode())
        case int() | float():
            return _digits(value)
        case dict():
            if not all(isinstance(name, str) and name for name in value):
                raise ValueError("every attribute has a name")
            return 3 + sum(len(n.encode()) + 1 + _size(v, depth + 1) for n, v in value.items())
        case list() | tuple():
            return 3 + sum(1 + _size(v, depth + 1) for v in value)
        case _:
            raise ValueError(f"{type(value).__name__} can't be kept in an item")


def _digits(number: float) -> int:
    small = 0 if isinstance(number, int) else 1e-130
    if number and not small <= abs(number) < 10**38:  # nan fails both
        raise ValueError(f"{number} can't be kept: 38 digits are the most")
    return len(repr(number)) // 2 + 2


def bounds(query: Query) -> tuple[str, str]:
    """The sort keys asked for, both inclusive; none when the first is after the second."""
    low = max(query.low or "", query.prefix)
    high = LAST if query.high is None else query.high
    return low, min(high, query.prefix + LAST)


def fingerprint(operations: Sequence[Operation], token: str) -> str:
    """36 characters at most, the same for the same operations under the same token."""
    return hashlib.sha256(f"{token}\n{operations!r}".encode()).hexdigest()[:36]


def cursor_after(item: Item, query: Query) -> str:
    place = [item[f"{query.index}sk"] if query.index else "", item["pk"], item["sk"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def place_of(cursor: str) -> tuple[str, str, str]:
    """(index sort key, pk, sk) of the last item seen. Raises ValueError for a cursor no query gave."""
    place = json.loads(base64.urlsafe_b64decode(cursor))
    if not (isinstance(place, list) and len(place) == 3 and all(isinstance(p, str) for p in place)):
        raise ValueError("not a cursor")
    return place[0], place[1], place[2]
