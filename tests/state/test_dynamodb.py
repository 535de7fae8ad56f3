"""What only a real table does: conflicts, throttling, silence. Provoked at the wire with botocore's Stubber."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber

from handlers.adapters import dynamodb
from handlers.adapters.dynamodb import ATTEMPTS, DynamoStore
from handlers.adapters.dynamodb_wire import from_wire
from handlers.domain.errors import StaleWrite, Unavailable
from handlers.domain.keys import Key
from handlers.ports import Absent, Delete, Put, Query, Update

TABLE = "frontdesk-state"
ONCE = [Put({"pk": "A", "sk": "1"}, when=Absent()), Put({"pk": "B", "sk": "1"})]
WAITS = [0.02, 0.04, 0.08, 0.16, 0.32]


class Wire:
    """A client whose answers are planned; `tokens` are the request tokens it was sent."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="made", aws_secret_access_key="up"
        )
        self.stub = Stubber(self.client)
        self.tokens: list[str] = []
        self.waits: list[float] = []
        self.silent = 0
        """So many transactions get no answer."""
        self.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", self._note)

    @property
    def store(self) -> DynamoStore:
        return DynamoStore(TABLE, self.client, sleep=self.waits.append, chance=lambda: 0.5)

    def cancelled(self, *codes: str) -> None:
        self.stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
        )

    def done(self) -> None:
        self.stub.add_response("transact_write_items", {}, {"TransactItems": ANY, "ClientRequestToken": ANY})

    def _note(self, params: dict[str, str], **_: object) -> None:
        self.tokens.append(params["ClientRequestToken"])
        if self.silent:
            self.silent -= 1
            raise ReadTimeoutError(endpoint_url="https://dynamodb")


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with made.stub:
        yield made
    made.stub.assert_no_pending_responses()
    made.client.close()


def test_a_conflict_of_transactions_is_tried_again(wire: Wire) -> None:
    wire.cancelled("TransactionConflict", "None")
    wire.cancelled("None", "TransactionConflict")
    wire.done()
    wire.store.transact(ONCE)
    assert wire.waits == WAITS[:2]
    assert len(set(wire.tokens)) == 1


def test_a_conflict_that_lasts_is_a_stale_write_that_names_nobody(wire: Wire) -> None:
    for _ in range(ATTEMPTS):
        wire.cancelled("TransactionConflict", "None")
    with pytest.raises(StaleWrite) as caught:
        wire.store.transact(ONCE)
    assert caught.value.failed == ()
    assert wire.waits == WAITS


def test_a_failed_condition_is_final_even_beside_a_conflict(wire: Wire) -> None:
    wire.cancelled("ConditionalCheckFailed", "TransactionConflict")
    with pytest.raises(StaleWrite) as caught:
        wire.store.transact(ONCE)
    assert caught.value.failed == (0,)
    assert wire.waits == []


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_throttled_transaction_is_tried_again_then_unavailable(wire: Wire, code: str) -> None:
    for _ in range(ATTEMPTS):
        wire.cancelled("None", code)
    with pytest.raises(Unavailable):
        wire.store.transact(ONCE)
    assert wire.waits == WAITS


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "TransactionConflictException"]
)
def test_a_throttled_call_is_tried_again(wire: Wire, code: str) -> None:
    wire.stub.add_client_error("get_item", code)
    wire.stub.add_response("get_item", {"Item": {"pk": {"S": "A"}, "sk": {"S": "1"}}})
    wire.stub.add_client_error("query", code)
    wire.stub.add_response("query", {"Items": []})
    assert wire.store.get(Key("A", "1")) == {"pk": "A", "sk": "1"}
    assert wire.store.query(Query("A")).items == ()
    assert len(wire.waits) == 2


def test_a_call_that_stays_throttled_is_unavailable(wire: Wire) -> None:
    for _ in range(ATTEMPTS):
        wire.stub.add_client_error("get_item", "ThrottlingException")
    with pytest.raises(Unavailable):
        wire.store.get(Key("A", "1"))


def test_a_time_out_is_tried_again_under_the_same_token(wire: Wire) -> None:
    """DynamoDB may have committed before the time-out; the token makes the second time a no-op there."""
    wire.silent = 2
    wire.done()
    wire.store.transact(ONCE, token="click-1")
    assert len(wire.tokens) == 3
    assert len(set(wire.tokens)) == 1


def test_the_callers_own_repeat_has_the_same_token_too(wire: Wire) -> None:
    wire.silent = ATTEMPTS
    with pytest.raises(Unavailable):
        wire.store.transact(ONCE, token="click-1")
    wire.done()
    wire.store.transact(list(ONCE), token="click-1")
    assert len(set(wire.tokens)) == 1
    wire.done()
    wire.store.transact(ONCE, token="click-2")
    assert len(set(wire.tokens)) == 2
    assert all(len(token) <= 36 for token in wire.tokens)  # DynamoDB's limit


def test_a_single_conditional_write_survives_a_time_out(wire: Wire) -> None:
    """A plain conditional write would fail its own condition the second time."""
    wire.silent = 1
    wire.done()
    wire.store.transact([ONCE[0]])
    assert len(set(wire.tokens)) == 1


def test_a_single_write_without_condition_is_a_plain_one(wire: Wire) -> None:
    """Half the price of a transaction."""
    key = {"pk": {"S": "A"}, "sk": {"S": "1"}}
    wire.stub.add_response("put_item", {}, {"TableName": TABLE, "Item": key})
    wire.stub.add_response("delete_item", {}, {"TableName": TABLE, "Key": key})
    wire.stub.add_response("update_item", {}, {"TableName": TABLE, "Key": key} | dict.fromkeys(SET, ANY))
    wire.store.transact([Put({"pk": "A", "sk": "1"})])
    wire.store.transact([Delete(Key("A", "1"))])
    wire.store.transact([Update(Key("A", "1"), {"x": 1})])
    assert wire.tokens == []


SET = ("UpdateExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")


def test_a_table_that_cannot_be_reached_is_unavailable(wire: Wire) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    wire.client.meta.events.register("provide-client-params.dynamodb.GetItem", unreachable)
    with pytest.raises(Unavailable):
        wire.store.get(Key("A", "1"))
    assert wire.waits == WAITS


def test_waits_are_anything_up_to_their_bound(wire: Wire) -> None:
    for _ in range(2):
        wire.cancelled("TransactionConflict", "None")
        wire.done()
    chances = iter([0.0, 0.999])
    store = DynamoStore(TABLE, wire.client, sleep=wire.waits.append, chance=lambda: next(chances))
    store.transact(ONCE)
    store.transact(ONCE)
    assert wire.waits == [0.0, pytest.approx(0.03996)]


def test_a_refusal_of_the_table_is_told_as_it_is(wire: Wire) -> None:
    wire.stub.add_client_error("get_item", "AccessDeniedException")
    with pytest.raises(wire.client.exceptions.ClientError, match="AccessDenied"):
        wire.store.get(Key("A", "1"))
    wire.stub.add_client_error("get_item", "ValidationException", "The provided key is odd")
    with pytest.raises(ValueError, match="odd"):
        wire.store.get(Key("A", "1"))


def test_an_image_of_the_stream_reads_as_an_item() -> None:
    image = {
        "pk": {"S": "A"},
        "sk": {"S": "1"},
        "n": {"N": "1E+2"},
        "deep": {"M": {"l": {"L": [{"NULL": True}]}}},
    }
    assert from_wire(image) == {"pk": "A", "sk": "1", "n": 100, "deep": {"l": [None]}}


def test_no_client_is_made_before_it_is_needed() -> None:
    assert DynamoStore(TABLE)._made is None


def test_the_table_is_made_once(local_table: str, local: object) -> None:
    dynamodb.create_table(local, local_table)  # type: ignore[arg-type] # the fixture's client
    about = local.describe_table(TableName=local_table)["Table"]  # type: ignore[attr-defined]
    assert about["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert about["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert {i["IndexName"] for i in about["GlobalSecondaryIndexes"]} == {"gsi1", "gsi2", "gsi3"}
    ttl = local.describe_time_to_live(TableName=local_table)["TimeToLiveDescription"]  # type: ignore[attr-defined]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")
