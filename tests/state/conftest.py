from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from handlers.adapters.dynamodb import DynamoStore, create_table
from handlers.adapters.sqlite import SqliteStore
from handlers.ports import Store
from tests.state import dynoxide

if TYPE_CHECKING:
    from moto.core.models import MockAWS
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "frontdesk-state"
_tables = count()
"""Every test has a table of its own."""


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DynamoDBClient]:
    with dynoxide.running(tmp_path_factory.mktemp("dynamodb")) as url:
        client = dynoxide.client(url)
        yield client
        client.close()


@pytest.fixture(scope="session")
def mocked() -> Iterator[tuple[MockAWS, DynamoDBClient]]:
    """Moto, switched off until a test switches it on; made once, as a client is slow to make."""
    mock = mock_aws()
    mock.start()
    client = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="made", aws_secret_access_key="up"
    )
    mock.stop()
    yield mock, client
    client.close()


@pytest.fixture(params=["memory", "file", "moto", "dynoxide"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each implementation of the `Store` port in turn, empty; DynamoDB as two stand-ins play it."""
    match request.param:
        case "moto":
            mock, client = request.getfixturevalue("mocked")
            mock.start(reset=False)
            table = f"{TABLE}-{next(_tables)}"
            create_table(client, table)
            yield DynamoStore(table, client)
            mock.stop()
        case "dynoxide":
            client = request.getfixturevalue("local")
            table = f"{TABLE}-{next(_tables)}"
            create_table(client, table)
            yield DynamoStore(table, client)
        case where:
            made = SqliteStore(":memory:" if where == "memory" else tmp_path / "desk" / "frontdesk.db")
            yield made
            made.close()


@pytest.fixture
def moto(request: pytest.FixtureRequest) -> bool:
    """Whether the store is played by moto, for the few things it can't do."""
    return request.node.callspec.params["store"] == "moto"


@pytest.fixture
def local_table(local: DynamoDBClient) -> str:
    table = f"{TABLE}-{next(_tables)}"
    create_table(local, table)
    return table
