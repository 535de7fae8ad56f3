"""Texts through AWS End User Messaging (`pinpoint-sms-voice-v2`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from handlers.adapters import aws
from handlers.domain.errors import DeliveryFailed

PASSING = frozenset({"ThrottlingException", "InternalServerException", "ServiceQuotaExceededException"})


class AwsTexter:
    """`origin` is what texts come from: a number, pool, sender id or its ARN. `to` is E.164."""

    def __init__(
        self, origin: str, client: Any = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._origin, self._given, self._sleep = origin, client, sleep

    def send(self, to: str, text: str, key: str = "") -> str:
        """The service can't tell a repeat; `key` goes into its delivery events, to be found there."""
        from botocore.exceptions import BotoCoreError, ClientError

        asked: dict[str, Any] = {
            "DestinationPhoneNumber": to,
            "OriginationIdentity": self._origin,
            "MessageBody": text,
            "MessageType": "TRANSACTIONAL",
        }
        if key:
            asked["Context"] = {"key": key[:100]}  # AWS: values of at most 100 characters
        try:
            client = self._given or aws.client("pinpoint-sms-voice-v2", tries=1)
            answer = aws.patiently(lambda: client.send_text_message(**asked), self._sleep)
        except ClientError as error:
            reason = str(error.response.get("Error", {}).get("Message", "")) or aws.code(error)
            wait = 1 if aws.code(error) in aws.BUSY else 0
            raise DeliveryFailed("text", reason, wait, permanent=aws.code(error) not in PASSING) from error
        except BotoCoreError as error:
            raise DeliveryFailed("text", str(error), unsure=aws.unsure(error)) from error
        return str(answer["MessageId"])
