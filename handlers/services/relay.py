"""From the outbox to the bus: by the table's stream as it is written, by a look at the index for what was missed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.domain import keys
from handlers.domain.errors import StaleWrite
from handlers.domain.events import Event
from handlers.domain.items import from_item
from handlers.ports import Bus, Clock, Equals, Item, Query, Store, Update

log = logging.getLogger("frontdesk.relay")

BATCH = 100


class Relay:
    """An event may go out twice (a crash between sending and marking): its consumers can take that."""

    def __init__(self, store: Store, clock: Clock, bus: Bus | None) -> None:
        self._store, self._clock, self._bus = store, clock, bus

    def drain(self, older_than: int = 0) -> int:
        """Sends what stands in the outbox for `older_than` seconds, oldest first; how many. 0 without a bus."""
        if self._bus is None:
            return 0
        high, cursor, sent = keys.at(self._clock.now() - older_than), None, 0
        while True:
            found = self._store.query(Query(keys.OUTBOX, index="gsi3", high=high, limit=BATCH, cursor=cursor))
            events = [from_item(item, Event) for item in found.items]
            if events:
                self._bus.put(events)
            for event in events:
                self._relayed(event)
            sent += len(events)
            if (cursor := found.cursor) is None:
                return sent

    def stream(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Sends the events among DynamoDB stream records. The sequence numbers to try again from: the first that
        failed, as the stream goes on from there."""
        for record in records:
            event = outbox_event(record)
            if event is None:
                continue
            try:
                self._send(event)
            except Exception as error:  # noqa: BLE001 - whatever it was, the stream gives us this record again
                log.warning(
                    "relay failed", extra={"fields": {"event_id": event.id, "error": type(error).__name__}}
                )
                return [str(record["dynamodb"]["SequenceNumber"])]
        return []

    def _send(self, event: Event) -> None:
        if self._bus is None:
            raise ValueError("the relay has no bus; set FRONTDESK_BUS")
        self._bus.put([event])
        self._relayed(event)

    def _relayed(self, event: Event) -> None:
        mark = Update(
            keys.event(event.id),
            set={"relayed": self._clock.now()},
            remove=("gsi3pk", "gsi3sk"),
            when=Equals("gsi3pk", keys.OUTBOX),
        )
        try:
            self._store.transact([mark])
        except StaleWrite:
            return  # somebody else relayed it too


def outbox_event(record: Mapping[str, Any]) -> Event | None:
    """The event a stream record put into the outbox; None for every other change."""
    image = record.get("dynamodb", {}).get("NewImage")
    if not image or image.get("gsi3pk", {}).get("S") != keys.OUTBOX:
        return None
    return from_item(plain(image), Event)


def plain(image: Mapping[str, Any]) -> Item:
    """A DynamoDB image with its types written out (`{"S": "x"}`) as a plain item."""
    return {name: _value(typed) for name, typed in image.items()}


def _value(typed: Mapping[str, Any]) -> Any:
    kind, value = next(iter(typed.items()))
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "NULL":
            return None
        case "M":
            return plain(value)
        case "L":
            return [_value(v) for v in value]
        case _:
            raise ValueError(f"no item has an attribute of type {kind}")
