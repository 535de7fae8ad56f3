"""A small AWS: calls a Lambda entry with the event shapes that Function URLs, EventBridge, S3, SNS, SQS and
Scheduler send.

Shapes: AWS Lambda developer guide, "Using Lambda with ..." of each service; Function URL payload format 2.0.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from urllib.parse import parse_qsl

from handlers.adapters.clock import SystemClock
from handlers.domain.events import Event
from handlers.domain.zone import utc_iso
from infra.wiring import Function

ACCOUNT = "000000000000"
REGION = "local-1"
BUCKET = "frontdesk-inbound"
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Context:
    """What Lambda passes beside the event."""

    function_name: str
    seconds: int
    memory_limit_in_mb: int = 512
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_group_name: str = "/aws/lambda/local"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.seconds - (time.monotonic() - self.started)) * 1000))


@dataclass(frozen=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Runtime:
    """Runs entries on its own threads, as Lambda runs them in their own processes."""

    def __init__(self, threads: int = 16) -> None:
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._pool = ThreadPoolExecutor(threads, "lambda", initializer=self._own_event_loop)

    def submit(self, function: Function, event: dict[str, Any]) -> Future[Any]:
        return self._pool.submit(self._call, function, event)

    def call(self, function: Function, event: dict[str, Any]) -> Any:
        """The entry's result; raises what it raises."""
        return self.submit(function, event).result()

    @staticmethod
    def _call(function: Function, event: dict[str, Any]) -> Any:
        # Through JSON and back, as over the wire: an entry never sees our objects and can't change them.
        return function.load()(
            json.loads(json.dumps(event)),
            Context(f"frontdesk-{function.name}", function.seconds, function.memory),
        )

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for loop in self._loops:
            if not loop.is_running():
                loop.close()

    def _own_event_loop(self) -> None:
        # Mangum runs the ASGI app on the thread's event loop; on Lambda that is the main thread's.
        loop = asyncio.new_event_loop()
        self._loops.append(loop)
        asyncio.set_event_loop(loop)


# --- HTTP: Function URL, payload format 2.0 ----------------------------------------------------------------------


def url_event(
    method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes, *, source_ip: str
) -> dict[str, Any]:
    """`path` as it came (percent-encoded). Repeated headers are joined by commas, cookies stand apart, and a
    body is text only for text and JSON types: a posted form arrives in base64, as it does on AWS."""
    joined: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, value in headers:
        name = raw_name.lower()
        if name == "cookie":
            cookies += [part.strip() for part in value.split(";")]
        else:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    now = datetime.fromtimestamp(SystemClock().now(), UTC)
    joined.setdefault("x-forwarded-for", source_ip)
    joined.setdefault("x-forwarded-proto", "http")
    text = not body or joined.get("content-type", "").startswith(TEXT_TYPES)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": joined,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": joined.get("host", "127.0.0.1"),
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": joined.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": not text,
    }
    if cookies:
        event["cookies"] = cookies
    if parameters:
        event["queryStringParameters"] = parameters
    if body:
        event["body"] = body.decode() if text else base64.b64encode(body).decode()
    return event


def url_response(result: Any) -> Response:
    """What a Function URL makes of an entry's result: a plain value is a JSON body with status 200."""
    if not isinstance(result, Mapping) or "statusCode" not in result:
        return Response(200, (("content-type", "application/json"),), json.dumps(result).encode())
    headers = [(str(k).lower(), str(v)) for k, v in (result.get("headers") or {}).items()]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers += [(str(name).lower(), str(value)) for value in values]
    headers += [("set-cookie", cookie) for cookie in result.get("cookies") or ()]
    body = result.get("body") or ""
    if not isinstance(body, str):
        body = json.dumps(body)
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Response(int(result["statusCode"]), tuple(headers), content)


# --- events ------------------------------------------------------------------------------------------------------


def bridge_event(event: Event) -> dict[str, Any]:
    return {
        "version": "0",
        "id": event.id,
        "detail-type": event.kind.value,
        "source": "frontdesk",
        "account": ACCOUNT,
        "time": utc_iso(event.at),
        "region": REGION,
        "resources": [],
        "detail": event.model_dump(mode="json"),
    }


def s3_event(key: str, content: bytes, at: int) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": utc_iso(at),
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
                    "object": {
                        "key": key,
                        "size": len(content),
                        "eTag": md5(content, usedforsecurity=False).hexdigest(),
                    },
                },
            }
        ]
    }


TEXTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:frontdesk-texts"
DOCUMENTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:frontdesk-documents"


def sns_event(message: Mapping[str, Any], at: int, topic: str = TEXTS) -> dict[str, Any]:
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"{topic}:local",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": str(uuid.uuid4()),
                    "TopicArn": topic,
                    "Subject": None,
                    "Message": json.dumps(message),
                    "Timestamp": utc_iso(at),
                    "MessageAttributes": {},
                },
            }
        ]
    }


def dead_letter_event(body: str, *, function: str, error: str, attempts: int, at: int) -> dict[str, Any]:
    """SQS, from a function's dead-letter queue: the body is the event that failed."""

    def attribute(value: str) -> dict[str, Any]:
        return {
            "stringValue": value,
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": "String",
        }

    return {
        "Records": [
            {
                "messageId": str(uuid.uuid4()),
                "receiptHandle": "local",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(at * 1000),
                    "SenderId": ACCOUNT,
                    "ApproximateFirstReceiveTimestamp": str(at * 1000),
                },
                "messageAttributes": {
                    "RULE_ARN": attribute(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/frontdesk/{function}"),
                    "TARGET_ARN": attribute(
                        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:frontdesk-{function}"
                    ),
                    "ERROR_CODE": attribute("Unhandled"),
                    "ERROR_MESSAGE": attribute(error),
                    "RETRY_ATTEMPTS": attribute(str(attempts - 1)),
                },
                "md5OfBody": md5(body.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:frontdesk-dead-letters",
                "awsRegion": REGION,
            }
        ]
    }


def tick_event(at: int, schedule: str = "tick") -> dict[str, Any]:
    """What Scheduler sends: the input of the schedule, with its time filled in."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": utc_iso(at),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/frontdesk/{schedule}"],
        "detail": "{}",
    }
