"""The phone: texts the business sent, and texts written to it, as End User Messaging publishes them to SNS."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import phonenumbers

from handlers.domain.errors import InputError
from handlers.ports import Clock
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.local.runtime import sns_event
from infra.wiring import NAMED

ORIGIN = "+6531580100"
"""The business's number; nobody's."""
LONGEST = 1600


class Phone:
    def __init__(self, folder: Path, db: Database, clock: Clock, bus: LocalBus) -> None:
        self._folder, self._db, self._clock, self._bus = folder, db, clock, bus

    def newest(self) -> str:
        """Changes when a text arrives or leaves."""
        count = self._db.one("select count(*) as n from texts_in")
        sent = sum(1 for _ in self._folder.glob("*.json")) if self._folder.is_dir() else 0
        return f"{sent}.{count['n'] if count else 0}"

    def threads(self) -> list[dict[str, Any]]:
        """One conversation for each number, the latest first: `{"number", "texts": [{"at", "text", "mine"}]}`,
        where `mine` is what the customer wrote."""
        found: dict[str, list[dict[str, Any]]] = {}
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            text = json.loads(path.read_text(encoding="utf-8"))
            found.setdefault(text["to"], []).append({"at": text["at"], "text": text["text"], "mine": False})
        for row in self._db.rows("select * from texts_in order by at"):
            text = {"at": row["at"], "text": row["body"], "mine": True}
            found.setdefault(row["sender"], []).append(text)
        for texts in found.values():
            texts.sort(key=lambda text: text["at"])
        latest = sorted(found.items(), key=lambda item: item[1][-1]["at"], reverse=True)
        return [{"number": number, "texts": texts} for number, texts in latest]

    def send(self, sender: str, text: str, country: str) -> str:
        """A text to the business; its id. `sender` may be written as in `country`. Raises InputError."""
        try:
            number = phonenumbers.parse(sender, country)
        except phonenumbers.NumberParseException as problem:
            raise InputError("sender", "Write a phone number, like +65 8123 4567.") from problem
        if not phonenumbers.is_possible_number(number):
            raise InputError("sender", "That number is too short or too long.")
        if not text.strip():
            raise InputError("text", "Write something first.")
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        id_, now = secrets.token_hex(12), self._clock.now()
        self._db.run(
            "insert into texts_in values (?, ?, ?, ?, ?)", id_, now, e164, ORIGIN, text.strip()[:LONGEST]
        )
        message = {
            "originationNumber": e164,
            "destinationNumber": ORIGIN,
            "messageKeyword": (text.split() or [""])[0].upper()[:30],
            "messageBody": text.strip()[:LONGEST],
            "inboundMessageId": id_,
            "previousPublishedMessageId": "",
        }
        self._bus.send(NAMED["inbound_text"], "text received", sns_event(message, now), id_)
        return id_
