"""What failed for good: kept, shown to staff, tried again or taken off the list."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from handlers.domain import keys
from handlers.domain.dead_letter import DeadLetter, DeadLetterState
from handlers.domain.errors import NotFound, StaleWrite, WrongState
from handlers.domain.events import Event, EventKind
from handlers.domain.items import to_item
from handlers.ports import Absent, Clock, Equals, Item, Operation, Put, Query, Store
from handlers.services.journal import Journal

log = logging.getLogger("frontdesk.dead_letters")

ERROR_LENGTH = 500
"""Characters of an error that are worth keeping."""


class DeadLetters:
    """`replay` gives an event that never was in our outbox (a mail, a text) to its entry once more."""

    def __init__(
        self, *, store: Store, journal: Journal, clock: Clock, replay: Callable[[dict[str, Any]], None]
    ) -> None:
        self._store, self._journal, self._clock, self._replay = store, journal, clock, replay

    def receive(self, record: Mapping[str, Any]) -> DeadLetter | None:
        """Keeps one SQS record and tells staff; None when it was kept before.

        The failure of a failure's own card is kept and logged, not announced: that would never end."""
        attributes = {
            name: str(value.get("stringValue", ""))
            for name, value in record.get("messageAttributes", {}).items()
        }
        body = _object(str(record["body"]))
        kind, subject = _about(body)
        letter = DeadLetter(
            id=str(record["messageId"]),
            kind=kind,
            subject=subject,
            function=_name(attributes.get("TARGET_ARN", "")),
            error=(attributes.get("ERROR_MESSAGE") or attributes.get("ErrorMessage", ""))[:ERROR_LENGTH],
            body=body,
            at=self._clock.now(),
        )
        operations: list[Operation] = [Put(_item(letter), Absent())]
        if kind != EventKind.DEAD_LETTER:
            operations.append(
                self._journal.event(
                    EventKind.DEAD_LETTER,
                    letter.id,
                    kind=kind,
                    subject=subject,
                    function=letter.function,
                    error=letter.error,
                )
            )
        try:
            self._store.transact(operations)
        except StaleWrite:
            return None  # SQS delivered it twice
        fields = {"kind": kind, "subject": subject, "function": letter.function}
        log.error("dead letter", extra={"fields": fields})
        return letter

    def get(self, id_: str) -> DeadLetter:
        """Raises NotFound."""
        item = self._store.get(keys.dead_letter(id_))
        if item is None:
            raise NotFound("dead letter", id_)
        return DeadLetter.model_validate(item)

    def open(self) -> tuple[DeadLetter, ...]:
        """Those nobody has decided on yet, oldest first."""
        found = self._store.query(Query(keys.dead_letter_state(DeadLetterState.OPEN), index="gsi3"))
        return tuple(DeadLetter.model_validate(item) for item in found.items)

    def retry(self, id_: str, by: str) -> DeadLetter:
        """The same event goes out again; what was done already is not done twice. Raises WrongState, NotFound."""
        event = _event(self.get(id_).body)
        again: list[Operation] = [Put(to_item(event))] if event else []
        letter = self._decide(id_, DeadLetterState.RETRIED, by, "retried", again)
        if event is None:
            self._replay(letter.body)
        return letter

    def handled(self, id_: str, by: str) -> DeadLetter:
        """A person did what had to be done. Raises WrongState, NotFound."""
        return self._decide(id_, DeadLetterState.HANDLED, by, "handled by hand", [])

    def _decide(self, id_: str, to: DeadLetterState, by: str, what: str, more: list[Operation]) -> DeadLetter:
        old = self.get(id_)
        new = old.model_copy(update={"state": to, "changed": self._clock.now(), "changed_by": by})
        audit = self._journal.audit(
            keys.dead_letter(id_), by, what, {"state": old.state.value}, {"state": to.value}
        )
        if old.state is not DeadLetterState.OPEN:
            raise WrongState("dead letter", id_, old.state, old.changed_by, old.changed)
        try:
            self._store.transact([Put(_item(new), Equals("state", DeadLetterState.OPEN.value)), audit, *more])
        except StaleWrite:
            now = self.get(id_)
            raise WrongState("dead letter", id_, now.state, now.changed_by, now.changed) from None
        return new


def _item(letter: DeadLetter) -> Item:
    return {
        **keys.dead_letter(letter.id)._asdict(),
        "entity": "dead_letter",
        **letter.model_dump(mode="json"),
        "gsi3pk": keys.dead_letter_state(letter.state),
        "gsi3sk": keys.at(letter.at),
    }


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"text": text}


def _event(body: dict[str, Any]) -> Event | None:
    """Our own event inside an EventBridge event."""
    try:
        return Event.model_validate(body.get("detail"))
    except ValidationError:
        return None


def _about(body: dict[str, Any]) -> tuple[str, str]:
    """What kind of event it was, and about what."""
    if event := _event(body):
        return event.kind.value, event.subject
    record: dict[str, Any] = next(iter(body.get("Records") or ()), {})
    if "s3" in record:
        return "mail.received", str(record["s3"]["object"]["key"])
    if "Sns" in record:
        return "text.received", str(record["Sns"].get("MessageId", ""))
    return str(body.get("detail-type") or "unknown"), ""


def _name(arn: str) -> str:
    """`intake` of `arn:aws:lambda:...:function:frontdesk-intake`."""
    return arn.rpartition(":")[2].removeprefix("frontdesk-")
