"""A local DynamoDB that really runs transactions side by side: `make test` installs it where npm is there."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from handlers.adapters.dynamodb import create_table
from handlers.adapters.dynamodb_wire import to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROGRAM = Path(__file__).parents[2] / ".tools/node_modules/@dynoxide/linux-x64/dynoxide"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The endpoint of a server of its own, its data in `folder`; skips the test where there is none."""
    if not PROGRAM.exists():
        pytest.skip("no local DynamoDB: `make setup-test` installs it where npm is there (x86-64 Linux)")
    folder.mkdir(parents=True, exist_ok=True)
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


def fill(folder: Path, table: str, items: Iterable[dict[str, Any]]) -> None:
    """Puts very many items into the data of a server that will run in `folder`: far faster than writing them."""
    with running(folder / "empty") as url:
        there = client(url)
        create_table(there, table)
        described = {"Table": there.describe_table(TableName=table)["Table"]}
        there.close()
    (folder / "schema.json").write_text(json.dumps(described, default=str))
    export = folder / "export" / table / "data"
    export.mkdir(parents=True)
    with gzip.open(export / "items.json.gz", "wt", compresslevel=1) as file:
        for item in items:
            file.write(json.dumps({"Item": {name: to_wire(value) for name, value in item.items()}}) + "\n")
    command: list[str | Path] = [
        PROGRAM,
        "import",
        "--source",
        folder / "export",
        "--schema",
        folder / "schema.json",
    ]
    subprocess.run([*command, "--output", folder / "dynamodb.db"], check=True, capture_output=True)


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
