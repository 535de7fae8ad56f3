"""A local Textract at wire protocol (JSON 1.1, `X-Amz-Target`): as much of it as detects text in stored documents.

It is no text recognition: of a PDF it gives the text that is in it, of a picture the words of its comment (PNG `tEXt`,
JPEG `COM`), laid out as blocks on pages. Jobs end later, and the topic's function is told, as by SNS.
"""

from __future__ import annotations

import io
import json
import re
import struct
import uuid
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handlers.domain.errors import NotFound
from handlers.ports import Clock, Files
from infra.local.bus import LocalBus
from infra.local.database import Database
from infra.local.runtime import BUCKET, sns_event
from infra.wiring import NAMED

Json = dict[str, Any]
Line = tuple[float, float, str]
"""Top and left as parts of the page, and the words."""
TAG, TOKEN = re.compile(r"[a-zA-Z0-9_.\-:]{1,64}"), re.compile(r"[a-zA-Z0-9_-]{1,64}")
LINES_A_PAGE, COLUMNS = 60, 120
CONFIDENCE = 99.5
LARGEST_PICTURE = 10_485_760


class Refusal(Exception):
    """An error as the service words it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message or code


class Textract:
    """`later` runs a job when it gets to it; left out, on a thread of its own."""

    def __init__(
        self,
        db: Database,
        files: Files,
        bus: LocalBus,
        clock: Clock,
        later: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        self._db, self._files, self._bus, self._clock = db, files, bus, clock
        self._pool = None if later else ThreadPoolExecutor(1, "textract")
        self._later = later or self._pool.submit  # type: ignore[union-attr]  # one of the two is there

    def resume(self) -> None:
        """Goes on with what was at work when the process ended."""
        for row in self._db.rows("select id from textract_jobs where status = 'IN_PROGRESS'"):
            self._at_work(row["id"])

    def stop(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    # --- the wire ----------------------------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        return [Route("/", self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        operations = {
            "Textract.StartDocumentTextDetection": self.start,
            "Textract.GetDocumentTextDetection": self.result,
        }
        try:
            act = operations.get(request.headers.get("x-amz-target", ""))
            if act is None:
                raise Refusal("UnknownOperationException")  # noqa: TRY301 - refusals leave one way
            body = json.loads(await request.body() or b"{}")
            return _json(await run_in_threadpool(act, body))
        except Refusal as refusal:
            return _json({"__type": refusal.code, "message": refusal.message}, 400)
        except ValueError:
            return _json({"__type": "SerializationException"}, 400)

    # --- operations --------------------------------------------------------------------------------------------

    def start(self, asked: Json) -> Json:
        place = (asked.get("DocumentLocation") or {}).get("S3Object") or {}
        token, tag = str(asked.get("ClientRequestToken") or ""), str(asked.get("JobTag") or "")
        if (token and not TOKEN.fullmatch(token)) or (tag and not TAG.fullmatch(tag)):
            raise Refusal("InvalidParameterException", "Request has invalid parameters")
        content = self._content(str(place.get("Bucket", "")), str(place.get("Name", "")))
        if not content.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*")):
            raise Refusal("UnsupportedDocumentException", "Request has unsupported document format")
        if len(content) > LARGEST_PICTURE and not content.startswith(b"%PDF-"):
            raise Refusal("DocumentTooLargeException", "Document is too large")
        said = json.dumps(asked, sort_keys=True)
        with self._db.transaction():
            same = self._db.one("select * from textract_jobs where token = ?", token) if token else None
            if same is not None:
                if same["asked"] != said:
                    raise Refusal("IdempotentParameterMismatchException")
                return {"JobId": same["id"]}
            job = uuid.uuid4().hex
            self._db.run(
                "insert into textract_jobs (id, token, asked, status, pages) values (?, ?, ?, 'IN_PROGRESS', '[]')",
                job, token, said,
            )  # fmt: skip
        self._at_work(job)
        return {"JobId": job}

    def result(self, asked: Json) -> Json:
        row = self._db.one("select * from textract_jobs where id = ?", str(asked.get("JobId", "")))
        if row is None:
            raise Refusal("InvalidJobIdException", "Request has invalid Job Id")
        if row["status"] != "SUCCEEDED":
            why = {"StatusMessage": "INVALID_IMAGE_TYPE"} if row["status"] == "FAILED" else {}
            return {"JobStatus": row["status"], **why}
        pages: list[list[Line]] = json.loads(row["pages"])
        blocks = [
            block for number, lines in enumerate(pages, 1) for block in _blocks(row["id"], number, lines)
        ]
        first, most = int(asked.get("NextToken") or 0), min(int(asked.get("MaxResults") or 1000), 1000)
        answer: Json = {
            "JobStatus": "SUCCEEDED",
            "DocumentMetadata": {"Pages": len(pages)},
            "Blocks": blocks[first : first + most],
            "DetectDocumentTextModelVersion": "local",
        }
        return answer | ({"NextToken": str(first + most)} if first + most < len(blocks) else {})

    # --- work --------------------------------------------------------------------------------------------------

    def _content(self, bucket: str, name: str) -> bytes:
        try:
            content = self._files.get(name) if bucket == BUCKET else None
        except (NotFound, ValueError):
            content = None
        if content is None:
            raise Refusal("InvalidS3ObjectException", "Unable to get object metadata from S3.")
        return content

    def _at_work(self, job: str) -> None:
        self._later(lambda: self._do(job))

    def _do(self, job: str) -> None:
        """Reads, notes the result, and tells the topic: at least once."""
        row = self._db.one("select * from textract_jobs where id = ?", job)
        if row is None:
            return
        asked = json.loads(row["asked"])
        place = asked["DocumentLocation"]["S3Object"]
        try:
            pages = read(self._content(place["Bucket"], place["Name"]))
            status = "SUCCEEDED"
        except Exception:  # noqa: BLE001 - a broken document fails its job, whatever the library says
            pages, status = [], "FAILED"
        self._db.run(
            "update textract_jobs set status = ?, pages = ? where id = ?", status, json.dumps(pages), job
        )
        channel = asked.get("NotificationChannel")
        if channel:
            now = self._clock.now()
            news = {
                "JobId": job,
                "Status": status,
                "API": "StartDocumentTextDetection",
                **({"JobTag": asked["JobTag"]} if "JobTag" in asked else {}),
                "Timestamp": now * 1000,
                "DocumentLocation": {"S3ObjectName": place["Name"], "S3Bucket": place["Bucket"]},
            }
            self._bus.send(
                NAMED["documents"], "document read", sns_event(news, now, channel["SNSTopicArn"]), job
            )


def _json(body: Json, status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, media_type="application/x-amz-json-1.1")


# --- the words of a document -------------------------------------------------------------------------------------


def read(content: bytes) -> list[list[Line]]:
    """The lines of each page. Raises whatever is wrong with a broken one."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    text = _png(content) if content.startswith(b"\x89PNG") else _jpeg(content)
    return [[(0.05 + n / LINES_A_PAGE, 0.1, line) for n, line in enumerate(filter(None, text.splitlines()))]]


def _pdf(content: bytes) -> list[list[Line]]:
    """Words far apart on one line are lines of their own, as text recognition has it."""
    from pypdf import PdfReader

    found = []
    for page in PdfReader(io.BytesIO(content)).pages:
        rows = page.extract_text(extraction_mode="layout").splitlines()
        found.append(
            [
                (round(n / max(len(rows), LINES_A_PAGE), 4), round(part.start() / COLUMNS, 4), part[0])
                for n, row in enumerate(rows)
                for part in re.finditer(r"\S+(?: {1,2}\S+)*", row)
            ]
        )
    return found


def _png(content: bytes) -> str:
    at, texts = 8, []
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"tEXt":
            texts.append(body.partition(b"\0")[2].decode("latin-1"))
        elif kind == b"iTXt":
            _, _, rest = body.partition(b"\0")
            words = rest[2:].split(b"\0", 2)[-1]
            texts.append((zlib.decompress(words) if rest[:1] == b"\1" else words).decode())
        at += 12 + length
    return "\n".join(texts)


def _jpeg(content: bytes) -> str:
    at, texts = 2, []
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker == 0xFE:
            texts.append(content[at + 4 : at + 2 + length].decode("utf-8", "replace"))
        if marker == 0xDA or length < 2:
            break
        at += 2 + length
    return "\n".join(texts)


def _blocks(job: str, page: int, lines: list[Line]) -> list[Json]:
    """A PAGE and its LINEs; words of their own nobody here asks for."""
    ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, f"{job}/{page}/{n}")) for n in range(len(lines) + 1)]
    whole = {"BlockType": "PAGE", "Id": ids[0], "Page": page, "Geometry": _box(0, 0, 1, 1)}
    if lines:
        whole["Relationships"] = [{"Type": "CHILD", "Ids": ids[1:]}]
    return [
        whole,
        *(
            {
                "BlockType": "LINE",
                "Id": id_,
                "Page": page,
                "Text": text,
                "Confidence": CONFIDENCE,
                "Geometry": _box(top, left, min(1 - left, len(text) / COLUMNS), 0.6 / LINES_A_PAGE),
            }
            for id_, (top, left, text) in zip(ids[1:], lines, strict=True)
        ),
    ]


def _box(top: float, left: float, width: float, height: float) -> Json:
    return {"BoundingBox": {"Top": top, "Left": left, "Width": width, "Height": height}}
