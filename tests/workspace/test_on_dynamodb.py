"""The workspace on a local DynamoDB: a customer's form becomes a booking in the table."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from handlers.adapters.dynamodb import DynamoStore
from handlers.domain import items, keys
from handlers.domain.pages import Page
from handlers.ports import Query
from tests.state import dynoxide
from tests.workspace.process import get, running, until

pytestmark = pytest.mark.xdist_group("workspace")
FORM = {
    "service": "haircut",
    "date": "2026-05-12",
    "time": "morning",
    "name": "Nadia Lim",
    "contact": "nadia@mail.example",
}


def send(url, **fields):
    request = Request(url, urlencode(fields).encode(), {"Accept": "application/json"})  # noqa: S310 - our own address
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
        return json.load(answer)


def test_a_form_is_booked_on_dynamodb(tmp_path):
    with dynoxide.running(tmp_path) as endpoint:
        env = {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "made",
            "AWS_SECRET_ACCESS_KEY": "up",
        }
        with running(tmp_path / "data", "--store", "dynamodb", env=env) as (address, _):
            offer = send(f"{address}/forms/book", **FORM)["slots"][0]
            assert offer["start"].startswith("2026-05-12T")
            assert send(offer["link"])["state"] == "CONFIRMED"
            until(lambda: [m for m in get(address, "mail")["mails"] if FORM["contact"] in m["to"]])
        store = DynamoStore("frontdesk-state", dynoxide.client(endpoint))
        bookings = store.query(Query(keys.booking_state("CONFIRMED"), index="gsi3")).items
        (mine,) = [b for b in bookings if b["name"] == FORM["name"]]
        page = items.from_item(store.get(keys.page(mine["slot"]["resource"], date(2026, 5, 12))), Page)
        store.close()
    assert [c.service[0] for c in page.claims if c.id == mine["id"]] == [mine["slot"]["start"]]
