from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from handlers.adapters.scheduler import AwsTimers, schedule_name
from handlers.adapters.sqlite import SqliteStore
from handlers.adapters.store_timers import StoreTimers
from handlers.domain.errors import Unavailable
from handlers.domain.events import Event, EventKind

NOW = 1_777_960_800


def event(id_: str = "e1") -> Event:
    return Event(id=id_, kind=EventKind.REMINDER_DUE, subject="b1", at=NOW, data={"before": 3600})


# --- In the store ---


def test_a_timer_is_due_from_its_second_on() -> None:
    timers = StoreTimers(SqliteStore(":memory:"))
    timers.set("remind", NOW, event())
    assert timers.due(NOW - 1) == ()
    (due,) = timers.due(NOW)
    assert (due.name, due.at, due.event) == ("remind", NOW, event())


def test_due_timers_come_by_time_however_many() -> None:
    timers = StoreTimers(SqliteStore(":memory:"))
    for n in range(250):
        timers.set(f"t{n}", NOW - n, event(f"e{n}"))
    assert [due.name for due in timers.due(NOW)] == [f"t{n}" for n in reversed(range(250))]


def test_a_timer_fires_once() -> None:
    timers = StoreTimers(SqliteStore(":memory:"))
    timers.set("remind", NOW, event())
    (due,) = timers.due(NOW)
    assert timers.fired(due)
    assert not timers.fired(due)
    assert timers.due(NOW) == ()


def test_a_timer_set_anew_while_it_fires_is_kept() -> None:
    timers = StoreTimers(SqliteStore(":memory:"))
    timers.set("remind", NOW, event())
    (due,) = timers.due(NOW)
    timers.set("remind", NOW + 60, event("e2"))
    assert not timers.fired(due)
    assert [d.event.id for d in timers.due(NOW + 60)] == ["e2"]


def test_a_cancelled_timer_never_fires_and_may_be_cancelled_again() -> None:
    timers = StoreTimers(SqliteStore(":memory:"))
    timers.set("remind", NOW, event())
    timers.cancel("remind")
    timers.cancel("remind")
    assert timers.due(NOW) == ()


# --- EventBridge Scheduler ---

ROLE = "arn:aws:iam::123456789012:role/timers"


@mock_aws
def test_a_schedule_puts_the_event_on_the_bus_once_in_utc() -> None:
    client = boto3.client("scheduler", region_name="us-east-1")
    client.create_schedule_group(Name="desk")
    AwsTimers("desk", bus="frontdesk", role=ROLE, client=client).set("remind-b1", NOW, event())
    made = client.get_schedule(Name="remind-b1", GroupName="desk")
    assert made["ScheduleExpression"] == "at(2026-05-05T06:00:00)"
    assert made["ScheduleExpressionTimezone"] == "UTC"
    assert made["ActionAfterCompletion"] == "DELETE"
    target: Any = made["Target"]
    assert target["Arn"] == "arn:aws:events:us-east-1:123456789012:event-bus/frontdesk"
    assert target["RoleArn"] == ROLE
    assert target["EventBridgeParameters"] == {"DetailType": "reminder.due", "Source": "frontdesk"}
    assert Event.model_validate_json(target["Input"]) == event()


@mock_aws
def test_a_schedule_of_the_same_name_is_replaced_and_cancelled() -> None:
    client = boto3.client("scheduler", region_name="us-east-1")
    client.create_schedule_group(Name="desk")
    timers = AwsTimers("desk", bus="arn:aws:events:eu-west-1:1:event-bus/x", role=ROLE, client=client)
    timers.set("remind-b1", NOW, event())
    timers.set("remind-b1", NOW + 60, event("e2"))
    assert client.get_schedule(Name="remind-b1", GroupName="desk")["ScheduleExpression"] == (
        "at(2026-05-05T06:01:00)"
    )
    timers.cancel("remind-b1")
    timers.cancel("remind-b1")
    assert client.list_schedules(GroupName="desk")["Schedules"] == []


def test_a_schedule_that_fires_between_two_calls_is_made_again() -> None:
    client = boto3.client(
        "scheduler", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:
        stub.add_client_error("create_schedule", "ConflictException")
        stub.add_client_error("update_schedule", "ResourceNotFoundException")
        stub.add_response("create_schedule", {"ScheduleArn": "arn:aws:scheduler:us-east-1:1:schedule/desk/x"})
        AwsTimers("desk", bus="frontdesk", role=ROLE, client=client).set("x", NOW, event())
        stub.assert_no_pending_responses()


def test_a_scheduler_that_refuses_is_unavailable() -> None:
    client = boto3.client(
        "scheduler", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    timers = AwsTimers("desk", bus="frontdesk", role=ROLE, client=client)
    with Stubber(client) as stub:
        stub.add_client_error("create_schedule", "ThrottlingException")
        with pytest.raises(Unavailable):
            timers.set("x", NOW, event())
        stub.add_client_error("delete_schedule", "InternalServerException")
        with pytest.raises(Unavailable):
            timers.cancel("x")


class Unreachable:
    def delete_schedule(self, **_asked: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://scheduler")


def test_a_scheduler_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        AwsTimers("desk", bus="frontdesk", role=ROLE, client=Unreachable()).cancel("x")


@pytest.mark.parametrize("name", ["hold:b1", "r" * 65, "", "été"])
def test_a_name_that_aws_would_refuse_gets_another_and_always_the_same(name: str) -> None:
    assert schedule_name(name) == schedule_name(name) != schedule_name(name + "x")
    assert schedule_name(schedule_name(name)) == schedule_name(name)
