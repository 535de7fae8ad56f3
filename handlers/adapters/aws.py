"""How every AWS client of ours is made: on first use, with short time-outs and bounded retries."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_lock = threading.Lock()
_clients: dict[str, Any] = {}


def client(service: str) -> Any:
    """The process's client of a service; region, credentials and endpoint come from the standard `AWS_*` variables.

    Three tries (botocore's "standard" mode: back-off with jitter, throttling included); 3 s to connect, 10 s to read.
    """
    import boto3
    from botocore.config import Config

    with _lock:  # making one is not safe among threads; using one is
        if service not in _clients:
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10
            )
            _clients[service] = boto3.client(service, config=config)  # type: ignore[call-overload]  # any service
        return _clients[service]


def code(error: ClientError) -> str:
    """`ConflictException`, `ThrottlingException` ..."""
    return str(error.response.get("Error", {}).get("Code", ""))
