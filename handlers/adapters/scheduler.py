"""One-off timers by EventBridge Scheduler: at its time a timer puts its event on our bus, and is gone."""

from __future__ import annotations

import re
from functools import cached_property
from hashlib import sha256
from typing import Any

from handlers.adapters import aws, utc
from handlers.adapters.eventbridge import SOURCE
from handlers.domain.errors import Unavailable
from handlers.domain.events import Event

NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}\Z")
"""What AWS allows."""


class AwsTimers:
    """`bus` is the name or ARN of the event bus, `role` the ARN of the role that may put events there."""

    def __init__(self, group: str, *, bus: str, role: str, client: Any = None) -> None:
        self._group, self._bus, self._role, self._given = group, bus, role, client

    def set(self, name: str, at: int, event: Event) -> None:
        """A timer of the same name is replaced. Fires up to a minute late; in the past, at once. Raises Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        schedule: dict[str, Any] = {
            "Name": schedule_name(name),
            "GroupName": self._group,
            "ScheduleExpression": f"at({utc.moment(at):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._bus_arn,
                "RoleArn": self._role,
                "Input": event.model_dump_json(),
                "EventBridgeParameters": {"DetailType": event.kind.value, "Source": SOURCE},
            },
        }
        try:
            self._create_or_update(schedule)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("timers", str(error)) from error

    def _create_or_update(self, schedule: dict[str, Any]) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client.create_schedule(**schedule)
        except ClientError as error:
            if aws.code(error) != "ConflictException":
                raise
            try:
                self._client.update_schedule(**schedule)
            except ClientError as gone:
                if aws.code(gone) != "ResourceNotFoundException":
                    raise
                self._client.create_schedule(**schedule)  # it fired between the two

    def cancel(self, name: str) -> None:
        """Raises Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.delete_schedule(Name=schedule_name(name), GroupName=self._group)
        except ClientError as error:
            if aws.code(error) != "ResourceNotFoundException":
                raise Unavailable("timers", str(error)) from error
        except BotoCoreError as error:
            raise Unavailable("timers", str(error)) from error

    @property
    def _client(self) -> Any:
        return self._given or aws.client("scheduler")

    @cached_property
    def _bus_arn(self) -> str:
        if self._bus.startswith("arn:"):
            return self._bus
        # The role is in our account and partition, and the bus stands where we do.
        _, partition, _, _, account, _ = self._role.split(":", 5)
        return f"arn:{partition}:events:{self._client.meta.region_name}:{account}:event-bus/{self._bus}"


def schedule_name(name: str) -> str:
    """The name itself, or one made from it where AWS would not take it."""
    return name if NAME.match(name) else f"t-{sha256(name.encode()).hexdigest()[:48]}"
