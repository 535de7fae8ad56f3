"""Texts through AWS End User Messaging (`pinpoint-sms-voice-v2`)."""

from __future__ import annotations

from typing import Any

from handlers.adapters import aws
from handlers.domain.errors import DeliveryFailed

PASSING = frozenset({"ThrottlingException", "InternalServerException", "ServiceQuotaExceededException"})


class AwsTexter:
    """`origin` is what texts come from: a number, pool, sender id or its ARN. `to` is E.164."""

    def __init__(self, origin: str, client: Any = None) -> None:
        self._origin, self._given = origin, client

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
            answer = (self._given or aws.client("pinpoint-sms-voice-v2")).send_text_message(**asked)
        except ClientError as error:
            reason = str(error.response.get("Error", {}).get("Message", "")) or aws.code(error)
            raise DeliveryFailed("text", reason, permanent=aws.code(error) not in PASSING) from error
        except BotoCoreError as error:
            raise DeliveryFailed("text", str(error)) from error
        return str(answer["MessageId"])
