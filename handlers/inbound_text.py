"""Lambda entry: a text has arrived (End User Messaging, by SNS)."""

from __future__ import annotations

import json
from typing import Any

from handlers.bootstrap import desk


def handler(event: dict[str, Any], _context: object) -> None:
    for record in event["Records"]:
        text = json.loads(record["Sns"]["Message"])
        desk().intake.receive_text(
            id_=text["inboundMessageId"],
            sender=text["originationNumber"],
            recipient=text["destinationNumber"],
            text=text["messageBody"],
        )
