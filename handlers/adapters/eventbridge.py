"""Events onto an EventBridge bus; its rules bring them to their functions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from handlers.adapters import aws, utc
from handlers.domain.errors import Unavailable
from handlers.domain.events import Event

SOURCE = "frontdesk"
MOST = 10
"""Entries of one PutEvents call (AWS limit)."""
TRIES = 4


class EventBridgeBus:
    """`name` is the bus's name or ARN. PutEvents can take some entries and refuse others: those are tried again."""

    def __init__(self, name: str, client: Any = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._name, self._given, self._sleep = name, client, sleep

    def put(self, events: Sequence[Event]) -> None:
        """In order. Raises Unavailable when an event is still refused; those before it may be on the bus, so
        that a repeat can bring one twice (its consumers know it by its id)."""
        for first in range(0, len(events), MOST):
            self._put([self._entry(event) for event in events[first : first + MOST]])

    def _put(self, entries: list[dict[str, Any]]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        reason = ""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(0.1 * 2**attempt)
            try:
                answer = (self._given or aws.client("events")).put_events(Entries=entries)
            except (BotoCoreError, ClientError) as error:  # botocore has tried again by itself
                raise Unavailable("event bus", str(error)) from error
            results = answer.get("Entries", [])
            refused = [n for n, result in enumerate(results) if result.get("ErrorCode")]
            if not refused:
                return
            reason = f"{results[refused[0]]['ErrorCode']} ({len(refused)} of {len(entries)} events)"
            entries = [entries[n] for n in refused]
        raise Unavailable("event bus", reason)

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event.kind.value,
            "Detail": event.model_dump_json(),
            "Time": utc.moment(event.at),
        }
