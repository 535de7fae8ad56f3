"""What comes in by AWS's own events: a mail that SES stored (S3), a text that End User Messaging passed on (SNS), a
document that Textract has read (SNS)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from handlers.services.intake import Intake
from handlers.services.replies import Replies

if TYPE_CHECKING:
    from handlers.services.attachments import Attachments


class Inbound:
    def __init__(
        self, intake: Intake, replies: Callable[[], Replies], attachments: Callable[[], Attachments]
    ) -> None:
        self._intake, self._replies, self._attachments = intake, replies, attachments

    def mail(self, event: dict[str, Any]) -> None:
        """S3 ObjectCreated."""
        for record in event["Records"]:
            self._intake.receive_mail(unquote_plus(record["s3"]["object"]["key"]))

    def text(self, event: dict[str, Any]) -> None:
        """SNS; delivered at least once and unordered."""
        for record in event["Records"]:
            text = json.loads(record["Sns"]["Message"])
            self._replies().receive(
                id_=text["inboundMessageId"],
                sender=text["originationNumber"],
                recipient=text["destinationNumber"],
                text=text["messageBody"],
            )

    def document(self, event: dict[str, Any]) -> None:
        """SNS; delivered at least once. Whether it could be read is asked of Textract itself."""
        for record in event["Records"]:
            news = json.loads(record["Sns"]["Message"])
            self._attachments().completed(str(news.get("JobTag", "")), str(news["JobId"]))

    def again(self, event: dict[str, Any]) -> None:
        """One that failed on its way in, once more. Raises ValueError for anything else."""
        record: dict[str, Any] = next(iter(event.get("Records") or ()), {})
        if "s3" in record:
            self.mail(event)
        elif "Sns" in record and "JobId" in json.loads(record["Sns"]["Message"]):
            self.document(event)
        elif "Sns" in record:
            self.text(event)
        else:
            raise ValueError("only mails, texts, documents and our own events can be tried again")
