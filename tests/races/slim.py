"""DynamoDB's wire protocol and no more, so that 64 racers wait for the database and not for their own client.

botocore takes some two milliseconds of CPU a call: on two cores its racers would come one after the other.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection
from threading import local
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=made/20260101/us-east-1/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=up",
}


class SlimClient:
    """What a `DynamoStore` calls of a boto3 client, over one connection a thread."""

    def __init__(self, endpoint: str) -> None:
        self._where = urlsplit(endpoint).netloc
        self._own = local()

    def get_item(self, **request: Any) -> dict[str, Any]:
        return self._call("GetItem", request)

    def query(self, **request: Any) -> dict[str, Any]:
        return self._call("Query", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        return self._call("PutItem", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return self._call("TransactWriteItems", request)

    def _call(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(self._where)
        connection: HTTPConnection = self._own.connection
        connection.request(
            "POST", "/", json.dumps(request), {**HEADERS, "X-Amz-Target": f"DynamoDB_20120810.{name}"}
        )
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        if answer.status == 200:
            return told
        code = told["__type"].rpartition("#")[2]
        reasons = (
            {"CancellationReasons": told["CancellationReasons"]} if "CancellationReasons" in told else {}
        )
        raise ClientError({"Error": {"Code": code, "Message": told.get("message", "")}, **reasons}, name)
