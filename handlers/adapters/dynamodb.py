"""The store in production: one DynamoDB table.

What is conditional goes through `TransactWriteItems` even when it is a single write: its request token makes a retry
after a time-out harmless, where a plain conditional write that was carried out would fail its own condition.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.adapters.dynamodb_wire import Wire, action, from_wire, key_to_wire
from handlers.adapters.table import bounds, check, cursor_after, fingerprint, place_of
from handlers.domain.errors import StaleWrite, Unavailable
from handlers.domain.keys import Key
from handlers.ports import Found, Item, Operation, Query

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = 0.02, 1.0
"""Seconds; a wait is anything up to a bound that doubles (full jitter)."""
CONFLICTS = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
BUSY = {
    "InternalServerError",
    "InternalFailure",
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingError",
    "ThrottlingException",
}
INDEXES = ("gsi1", "gsi2", "gsi3")


class DynamoStore:
    """A `Store` in the table `table`. Safe to share between threads."""

    def __init__(
        self,
        table: str = "frontdesk-state",
        client: DynamoDBClient | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Without `client`, one is made on first use from the standard AWS environment."""
        self._table, self._made = table, client
        self._sleep, self._chance = sleep, chance

    @property
    def _client(self) -> DynamoDBClient:
        if self._made is None:
            self._made = make_client()
        return self._made

    def close(self) -> None:
        """Call it when nobody uses the store any more."""
        if self._made is not None:
            self._made.close()

    def get(self, key: Key) -> Item | None:
        found = self._call(
            lambda: self._client.get_item(TableName=self._table, Key=key_to_wire(key), ConsistentRead=True)
        )
        return from_wire(found["Item"]) if "Item" in found else None

    def query(self, query: Query) -> Found:
        low, high = bounds(query)
        if low > high:
            return Found(())
        pk, sk = (f"{query.index}pk", f"{query.index}sk") if query.index else ("pk", "sk")
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#pk = :pk AND #sk BETWEEN :low AND :high",
            "ExpressionAttributeNames": {"#pk": pk, "#sk": sk},
            "ExpressionAttributeValues": {
                ":pk": {"S": query.pk},
                ":low": {"S": low or "\0"},
                ":high": {"S": high},
            },
            "ScanIndexForward": not query.backwards,
        }
        request |= {"IndexName": query.index} if query.index else {"ConsistentRead": True}
        if query.cursor:
            request["ExclusiveStartKey"] = _start(query, query.cursor)
        items: list[Item] = []
        while len(items) <= query.limit:  # one more than asked for tells whether there is more
            request["Limit"] = query.limit + 1 - len(items)
            found = self._call(lambda: self._client.query(**request))
            items += map(from_wire, found["Items"])
            if not (last := found.get("LastEvaluatedKey")):
                break
            request["ExclusiveStartKey"] = last
        shown = tuple(items[: query.limit])
        return Found(shown, cursor_after(shown[-1], query) if len(items) > query.limit else None)

    def transact(self, operations: Sequence[Operation], token: str = "") -> None:
        check(operations)
        if len(operations) == 1 and operations[0].when is None and not token:
            self._write(operations[0])
        elif operations:
            once = fingerprint(operations, token) if token else str(uuid.uuid4())
            actions: Any = [action(self._table, o) for o in operations]
            self._call(
                lambda: self._client.transact_write_items(TransactItems=actions, ClientRequestToken=once)
            )

    def _write(self, operation: Operation) -> None:
        """One write that depends on nothing: half the price of a transaction, and harmless to repeat."""
        ((name, request),) = action(self._table, operation).items()
        match name:
            case "Put":
                self._call(lambda: self._client.put_item(**request))
            case "Update":
                self._call(lambda: self._client.update_item(**request))
            case _:
                self._call(lambda: self._client.delete_item(**request))

    def _call(self, act: Callable[[], T]) -> T:
        """Calls DynamoDB; tries again when it is busy, did not answer, or two transactions met."""
        from botocore.exceptions import ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as NoConnection

        for attempt in range(1, ATTEMPTS + 1):
            try:
                return act()
            except ClientError as error:
                failure = _failure(error)
            except (HTTPClientError, NoConnection) as error:
                failure = Unavailable("the database", type(error).__name__, retry_after=1)
            if attempt == ATTEMPTS:
                raise failure
            self._sleep(self._chance() * min(LONGEST_WAIT, FIRST_WAIT * 2**attempt))
        raise AssertionError("the loop returns or raises")


def _failure(error: ClientError) -> StaleWrite | Unavailable:
    """What to raise if trying again does not help; raises at once what it can't help with."""
    code = error.response["Error"]["Code"]
    details = error.response.get("CancellationReasons", [])
    reasons = [detail.get("Code", "None") for detail in details]
    if failed := [n for n, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]:
        found = {n: from_wire(details[n]["Item"]) for n in failed if details[n].get("Item")}
        raise StaleWrite(failed, found) from error
    if code == "ValidationException" or "ValidationError" in reasons:
        raise ValueError(str(error)) from error
    if code in CONFLICTS or CONFLICTS & set(reasons):
        return StaleWrite()
    if code in BUSY or BUSY & set(reasons):
        return Unavailable("the database", code, retry_after=1)
    raise error


def _start(query: Query, cursor: str) -> Wire:
    index_sk, pk, sk = place_of(cursor)
    start = key_to_wire(Key(pk, sk))
    return (
        start | {f"{query.index}pk": {"S": query.pk}, f"{query.index}sk": {"S": index_sk}}
        if query.index
        else start
    )


def make_client() -> DynamoDBClient:
    """Short time-outs: a Lambda that answers Slack has three seconds; `DynamoStore` tries again itself."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=3,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=25,
        parameter_validation=False,  # half of a large call's time; `dynamodb_wire` writes what is well-formed
    )
    return boto3.client("dynamodb", config=config)


def create_table(client: DynamoDBClient, name: str) -> None:
    """The table with its three indexes, on demand, with TTL and a stream of new images; nothing when it is there."""
    keys = [("pk", "sk"), *((f"{index}pk", f"{index}sk") for index in INDEXES)]
    schemas: list[Any] = [
        [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]
        for pk, sk in keys
    ]
    try:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": part, "AttributeType": "S"} for pair in keys for part in pair
            ],
            KeySchema=schemas[0],
            GlobalSecondaryIndexes=[
                {"IndexName": index, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}
                for index, schema in zip(INDEXES, schemas[1:], strict=True)
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
    except client.exceptions.ResourceInUseException:
        return
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
    )
