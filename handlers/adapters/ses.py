"""Mail through Amazon SES (API v2, raw messages: we write every byte ourselves)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from handlers.adapters import aws, outgoing
from handlers.domain.errors import DeliveryFailed
from handlers.ports import Clock, Mail

NEVER = frozenset({"MessageRejected", "BadRequestException", "InvalidParameterValue"})
"""SES won't take this message however often it is sent. The other refusals are about our account, and pass."""


class SesMailer:
    """`sender` writes the mails that name none. SES can't tell a repeat: `Mail.key` only gives it the same
    Message-ID, and the caller's record of what was sent is what keeps a mail from going out twice."""

    def __init__(
        self,
        clock: Clock,
        sender: str = "",
        client: Any = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sender, self._given, self._sleep = clock, sender, client, sleep

    def send(self, mail: Mail) -> str:
        now = self._clock.now()
        key = mail.key or sha256(repr((mail, now)).encode("utf-8", "replace")).hexdigest()
        content = outgoing.build(mail, now=now, key=key, sender=self._sender)
        return self._ship(content, mail.sender or self._sender, mail.to)

    def forward(self, raw: bytes, *, to: str, sender: str, reply_to: str, headers: Mapping[str, str]) -> str:
        sender = sender or self._sender
        key = sha256(raw + b"\0" + to.encode()).hexdigest()
        content = outgoing.forward(raw, to=to, sender=sender, reply_to=reply_to, headers=headers, key=key)
        return self._ship(content, sender, to)

    def _ship(self, content: bytes, sender: str, to: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        what = "mail"
        try:
            client = self._given or aws.client("sesv2", tries=1)
            asked = {
                "FromEmailAddress": outgoing.address(sender, "sender").addr_spec,
                "Destination": {"ToAddresses": [outgoing.address(to, "recipient").addr_spec]},
                "Content": {"Raw": {"Data": content}},
            }
            answer = aws.patiently(lambda: client.send_email(**asked), self._sleep)
        except ClientError as error:
            reason = str(error.response.get("Error", {}).get("Message", "")) or aws.code(error)
            wait = 1 if aws.code(error) in aws.BUSY else 0
            raise DeliveryFailed(what, reason, wait, permanent=aws.code(error) in NEVER) from error
        except BotoCoreError as error:
            raise DeliveryFailed(what, str(error), unsure=aws.unsure(error)) from error
        return str(answer["MessageId"])
