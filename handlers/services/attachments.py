"""The attachments of what is forwarded to us: each is read once, here or by text recognition, whatever it holds.

Nothing is lost on the way: a file is kept before anything is made of it, a job that was started twice is the same job,
and the tick asks for the result of one whose news never came. What can't be read becomes a sentence on the card.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from handlers.domain import documents as limits
from handlers.domain.documents import Words, in_part, kind_of, not_read, pages_of, say_size
from handlers.domain.errors import NotFound, Unavailable, Unreadable, WrongState
from handlers.domain.events import EventKind
from handlers.domain.mime_attachments import Enclosed, enclosed
from handlers.domain.request import WAITING, Document, Request, RequestState
from handlers.ports import Attachment, Clock, Documents, Files, Scanner
from handlers.services.intake import Intake
from handlers.services.rules import RulesSource

log = logging.getLogger("frontdesk.attachments")

LOOK_AGAIN = 120
"""Seconds after which a result is asked for that nobody has told us of; Textract takes a few."""
PATIENCE = 20 * 60
"""Seconds after which a person gets the card without it."""
TRIES = 8
TOO_SLOW = "could not be read in time"
NOT_SET_UP = "can't be read, because no text recognition is set up"


class Attachments:
    def __init__(
        self,
        *,
        intake: Intake,
        documents: Documents,
        scanner: Callable[[], Scanner | None],
        files: Files,
        rules: RulesSource,
        clock: Clock,
    ) -> None:
        self._intake, self._documents, self._scanner = intake, documents, scanner
        self._files, self._rules, self._clock = files, rules, clock

    # --- taking them in ----------------------------------------------------------------------------------------

    def look(self, request: Request) -> Request:
        """`request` with its attachments looked at. While one of them is `waiting`, there is nothing to do but wait.

        Raises WrongState when somebody else was faster, Unavailable to be tried again."""
        if not request.documents:
            return self._open(request)
        if waiting(request) and (request.until or 0) <= self._clock.now():
            return self._remind(request)
        return request

    def _open(self, request: Request) -> Request:
        if not request.message.raw or not request.message.attachments:
            return request
        found = enclosed(self._files.get(request.message.raw))
        found = tuple(e for e in found if not e.decorates(request.message.text))
        taken = [self._take(request, n, e) for n, e in enumerate(found[: limits.MOST_ATTACHMENTS])]
        for extra in found[limits.MOST_ATTACHMENTS :]:
            why = f"is one of more than {limits.MOST_ATTACHMENTS}, so it was not read"
            taken.append(self._unread(_document(extra, ""), why))
        if not taken:
            return request
        until = self._clock.now() + LOOK_AGAIN if any(d.state == "waiting" for d in taken) else None
        return self._intake.note(request, "opened the attachments", documents=tuple(taken), until=until)

    def _take(self, request: Request, number: int, one: Enclosed) -> Document:
        document = _document(one, f"documents/{request.id}/{number}")
        if len(one.content) > limits.LARGEST:
            return self._unread(document, f"is too large to read ({say_size(len(one.content))})")
        self._files.put(document.original, one.content)
        try:
            if kind_of(one.name, one.content_type, one.content) == "scan":
                return self._start(request, number, document, one.content)
            given = Attachment(one.name, one.content_type, one.content)
            return self._read(document, self._documents.words(given, self._rules.current().zone))
        except Unreadable as error:
            return self._unread(document, error.why)

    def _start(self, request: Request, number: int, document: Document, content: bytes) -> Document:
        """Raises Unreadable, Unavailable."""
        scanner = self._scanner()
        if scanner is None:
            raise Unreadable(NOT_SET_UP)
        if (pages := pages_of(content) or 1) > limits.MOST_PAGES:
            raise Unreadable(f"has {pages} pages, more than the {limits.MOST_PAGES} that are read")
        tag = f"{request.id}-{number}"
        try:
            job = scanner.start(document.original, token=tag, tag=tag)
        except Unavailable:
            if not self._late(request):
                raise
            raise Unreadable(TOO_SLOW) from None
        return document.model_copy(update={"job": job})

    # --- what text recognition found ---------------------------------------------------------------------------

    def completed(self, tag: str, job: str) -> None:
        """The news that a job is done. Twice is once; late, it still helps a card that nobody has touched.

        Raises Unavailable when we don't know yet what it belongs to, or it isn't there yet."""
        id_, _, number = tag.rpartition("-")
        place = int(number) if number.isdecimal() else -1
        for _ in range(TRIES):
            try:
                request = self._intake.get(id_)
            except NotFound:
                log.warning("no request for a document", extra={"fields": {"tag": tag}})
                return
            if not request.documents and request.state is RequestState.RECEIVED:
                raise Unavailable("document", "its request is not noted yet", retry_after=2)
            document = request.documents[place] if 0 <= place < len(request.documents) else None
            if document is None or document.job != job or document.state == "read":
                return
            if not (request.state is RequestState.RECEIVED or _untouched(request)):
                log.info("a document came too late", extra={"fields": {"tag": tag, "state": request.state}})
                return
            result = self._result(document)
            if result is None:
                raise Unavailable("document", "not read yet", retry_after=5)
            try:
                self._note(request, {place: result})
            except WrongState:
                continue  # another of its documents was done at the same moment, or a person clicked
            return
        raise Unavailable("document", "its request keeps changing", retry_after=5)

    def _note(self, request: Request, results: dict[int, Document]) -> Request:
        documents = tuple(results.get(n, d) for n, d in enumerate(request.documents))
        if request.state is not RequestState.RECEIVED:
            # The card went out without it: read again, the same card will show it.
            return self._intake.move(request, RequestState.RECEIVED, "system", documents=documents)
        done = all(d.state != "waiting" for d in documents)
        return self._intake.note(
            request,
            "read an attachment",
            event=EventKind.REQUEST_RECEIVED if done else None,
            documents=documents,
            until=None if done else self._clock.now() + LOOK_AGAIN,
        )

    def _remind(self, request: Request) -> Request:
        """No news in time: asks, and gives up on what has taken too long."""
        late = self._late(request)
        results: dict[int, Document] = {}
        for number, document in enumerate(request.documents):
            if document.state != "waiting":
                continue
            try:
                found = self._result(document)
            except Unavailable:
                if not late:
                    raise
                found = None
            if found is None and late:
                found = self._unread(document, TOO_SLOW)
            if found is not None:
                results[number] = found
        documents = tuple(results.get(n, d) for n, d in enumerate(request.documents))
        until = self._clock.now() + LOOK_AGAIN if any(d.state == "waiting" for d in documents) else None
        return self._intake.note(request, "asked for its attachments", documents=documents, until=until)

    def _result(self, document: Document) -> Document | None:
        scanner = self._scanner()
        if scanner is None:
            return self._unread(document, NOT_SET_UP)
        try:
            words = scanner.result(document.job)
        except Unreadable as error:
            return self._unread(document, error.why)
        return self._read(document, words) if words is not None else None

    def _late(self, request: Request) -> bool:
        return self._clock.now() >= request.created + PATIENCE

    # --- what was read -----------------------------------------------------------------------------------------

    def words(self, request: Request) -> tuple[tuple[Document, Words], ...]:
        """What its attachments say, those that could be read."""
        return tuple((d, self._stored(d)) for d in request.documents if d.state == "read")

    def _stored(self, document: Document) -> Words:
        kept: dict[str, Any] = json.loads(self._files.get(document.text))
        return Words(kept["text"], tuple(kept["rows"]), document.sure)

    def _read(self, document: Document, words: Words) -> Document:
        path = f"{document.original}.json"
        kept = json.dumps(
            {"text": words.text, "rows": words.rows[: 4 * limits.MOST_ROWS]}, ensure_ascii=False
        )
        self._files.put(path, kept.encode("utf-8", "replace"))
        update = {
            "state": "read",
            "text": path,
            "excerpt": words.text[: limits.EXCERPT],
            "sure": words.sure,
            "rows": len(words.rows),
            "note": in_part(document.name, words.left_out) if words.left_out else "",
        }
        return document.model_copy(update=update)

    @staticmethod
    def _unread(document: Document, why: str) -> Document:
        return document.model_copy(update={"state": "unread", "note": not_read(document.name, why)})


def waiting(request: Request) -> bool:
    """Whether text recognition is still at work on one of its attachments."""
    return any(d.state == "waiting" for d in request.documents)


def remarks(documents: Sequence[Document]) -> tuple[str, ...]:
    """What staff must know of them."""
    return tuple(d.note for d in documents if d.note)


def _untouched(request: Request) -> bool:
    return request.state in WAITING and request.changed_by == "system"


def _document(one: Enclosed, path: str) -> Document:
    return Document(name=one.name, content_type=one.content_type[:100], size=len(one.content), original=path)
