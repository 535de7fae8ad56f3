"""Text recognition by Amazon Textract: PDFs and pictures, asynchronously, however many pages.

A job is started on the object where `Files` keeps it; when it is done Textract tells an SNS topic, and its pages are
fetched here. Which lines stand beside each other on the paper is kept: a form's label and its value are one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.adapters import aws
from handlers.domain.documents import MOST_PAGES, MOST_TEXT, Words, line_of
from handlers.domain.errors import Unavailable, Unreadable

PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",  # too many jobs at once
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    }
)
WHY = {
    "BadDocumentException": "is damaged or protected by a password",
    "DocumentTooLargeException": "is too large to read",
    "UnsupportedDocumentException": "is of a kind that can't be read",
    "InvalidJobIdException": "was read too long ago",  # results are kept for seven days
}
MOST_FETCHES = 40
"""Answers of up to 1,000 blocks each; words are blocks too."""


class Textract:
    """`bucket` is the one `Files` writes to; `role` is what Textract assumes to publish to `topic`."""

    def __init__(self, bucket: str, *, topic: str, role: str, client: Any = None) -> None:
        self._bucket, self._topic, self._role, self._given = bucket, topic, role, client

    def start(self, path: str, *, token: str, tag: str) -> str:
        answer = self._call(
            "start_document_text_detection",
            DocumentLocation={"S3Object": {"Bucket": self._bucket, "Name": path}},
            ClientRequestToken=token,
            JobTag=tag,
            NotificationChannel={"SNSTopicArn": self._topic, "RoleArn": self._role},
        )
        return str(answer["JobId"])

    def result(self, job: str) -> Words | None:
        blocks: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        for _ in range(MOST_FETCHES):
            answer = self._call("get_document_text_detection", JobId=job, MaxResults=1000, **more)
            status = answer["JobStatus"]
            if status == "IN_PROGRESS":
                return None
            if status == "FAILED":
                raise Unreadable("could not be made out")
            blocks += [b for b in answer.get("Blocks", ()) if b.get("BlockType") == "LINE"]
            pages = int(answer.get("DocumentMetadata", {}).get("Pages", 1))
            if not (token := answer.get("NextToken")):
                return _words(blocks, pages, status, whole=True)
            more = {"NextToken": str(token)}
        return _words(blocks, pages, status, whole=False)

    def _call(self, operation: str, **asked: Any) -> dict[str, Any]:
        """Raises Unavailable for what may pass, Unreadable for what is the document's own fault."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = self._given or aws.client("textract")
            answer: dict[str, Any] = getattr(client, operation)(**asked)
        except ClientError as error:
            if (code := aws.code(error)) in WHY:
                raise Unreadable(WHY[code]) from error
            raise Unavailable(
                "text recognition", str(error), retry_after=5 if code in PASSING else 0
            ) from error
        except BotoCoreError as error:
            raise Unavailable("text recognition", str(error)) from error
        return answer


def _words(blocks: Sequence[dict[str, Any]], pages: int, status: str, *, whole: bool) -> Words:
    kept = [b for b in blocks if int(b.get("Page", 1)) <= MOST_PAGES]
    text = "\n".join(
        _page([b for b in kept if b.get("Page", 1) == n]) for n in sorted({b.get("Page", 1) for b in kept})
    )
    if not text.strip():
        raise Unreadable("has no text that could be made out")
    sure = sum(float(b.get("Confidence", 100)) for b in kept) / len(kept) / 100
    left_out = ""
    if pages > MOST_PAGES:
        left_out = f"only the first {MOST_PAGES} of {pages} pages were read"
    elif status == "PARTIAL_SUCCESS" or not whole or len(text) > MOST_TEXT:
        left_out = "some pages were not read"
    return Words(text[:MOST_TEXT], sure=round(sure, 3), left_out=left_out)


def _page(lines: Sequence[dict[str, Any]]) -> str:
    """Lines whose middles are level become one, from left to right."""
    rows: list[list[tuple[float, float, str]]] = []
    for top, height, left, text in sorted(map(_place, lines), key=lambda p: p[:1]):
        middle = top + height / 2
        if rows and abs(middle - rows[-1][-1][0]) < height / 2:
            rows[-1].append((middle, left, text))
        else:
            rows.append([(middle, left, text)])
    return "\n".join(line_of([text for _, _, text in sorted(row, key=lambda r: r[1])]) for row in rows)


def _place(line: dict[str, Any]) -> tuple[float, float, float, str]:
    """(top, height, left, text); positions are parts of the page's size."""
    box = line.get("Geometry", {}).get("BoundingBox", {})
    return (
        float(box.get("Top", 0)),
        float(box.get("Height", 0)),
        float(box.get("Left", 0)),
        str(line.get("Text", "")),
    )
