"""A local DynamoDB that really runs transactions side by side: `make test` installs it where npm is there."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROGRAM = Path(__file__).parents[2] / ".tools/node_modules/@dynoxide/linux-x64/dynoxide"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The endpoint of a server of its own, its data in `folder`; skips the test where there is none."""
    if not PROGRAM.exists():
        pytest.skip("no local DynamoDB: `make setup-test` installs it where npm is there (x86-64 Linux)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        PROGRAM,
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--db-path",
        folder / "dynamodb.db",
    ]
    with (
        (folder / "dynamodb.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            _wait(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def client(endpoint: str) -> DynamoDBClient:
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="made",
        aws_secret_access_key="up",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=10,
            proxies={},
            parameter_validation=False,
        ),
    )


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(500):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError("the local DynamoDB did not start; see dynamodb.log")
