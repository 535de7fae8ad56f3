"""How every AWS client of ours is made: on first use, with short time-outs and bounded retries."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

T = TypeVar("T")
BUSY = frozenset({"ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded"})
WAITS = (0.5, 1.0, 2.0)
"""Seconds at most before another try; one text a second is what many numbers may send."""

_lock = threading.Lock()
_clients: dict[tuple[str, int], Any] = {}


def client(service: str, tries: int = 3) -> Any:
    """The process's client of a service; region, credentials and endpoint come from the standard `AWS_*` variables.

    `tries` by botocore's "standard" mode (back-off with jitter, throttling included); 3 s to connect, 10 s to read.
    One try for what must not happen twice: botocore also repeats a call whose answer did not come.
    """
    import boto3
    from botocore.config import Config

    with _lock:  # making one is not safe among threads; using one is
        if (service, tries) not in _clients:
            config = Config(
                retries={"mode": "standard", "total_max_attempts": tries}, connect_timeout=3, read_timeout=10
            )
            _clients[service, tries] = boto3.client(service, config=config)  # type: ignore[call-overload]  # any service
        return _clients[service, tries]


def patiently(call: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """What `call` gives; made again after a while when there was too much at once, and only then: it did nothing."""
    from botocore.exceptions import ClientError

    for longest in WAITS:
        try:
            return call()
        except ClientError as error:
            if code(error) not in BUSY:
                raise
            sleep(random.uniform(longest / 2, longest))  # noqa: S311 - so that not all come again at once
    return call()


def unsure(error: Exception) -> bool:
    """Whether the call may have been carried out although it failed: it left, and no answer came."""
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError, ResponseStreamingError

    return isinstance(error, (ConnectionClosedError, ReadTimeoutError, ResponseStreamingError))


def code(error: ClientError) -> str:
    """`ConflictException`, `ThrottlingException` ..."""
    return str(error.response.get("Error", {}).get("Code", ""))
