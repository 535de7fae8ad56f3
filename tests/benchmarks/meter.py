"""What DynamoDB charges for: read and write units by operation, as its own answers tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READS = {"Query", "GetItem", "BatchGetItem", "Scan"}


@dataclass
class Meter:
    """`units` and `calls` by operation; `rows` are those that queries looked at."""

    units: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    @property
    def read(self) -> float:
        return sum(units for name, units in self.units.items() if name in READS)

    @property
    def written(self) -> float:
        return sum(units for name, units in self.units.items() if name not in READS)

    def _count(self, name: str, answer: dict[str, Any]) -> None:
        told = answer.get("ConsumedCapacity") or []
        self.calls[name] += 1
        self.units[name] += sum(c["CapacityUnits"] for c in (told if isinstance(told, list) else [told]))
        self.rows += answer.get("ScannedCount", 0)


@contextmanager
def metered(client: DynamoDBClient) -> Iterator[Meter]:
    """Every call of the client asks what it cost."""
    meter, events = Meter(), client.meta.events

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def hear(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        meter._count(model.name, parsed)

    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", hear)
    try:
        yield meter
    finally:
        events.unregister("provide-client-params.dynamodb", ask)
        events.unregister("after-call.dynamodb", hear)
