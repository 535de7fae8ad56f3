"""The adapter for Textract against the local one: boto3 over real HTTP, and what the topic's function is told."""

from __future__ import annotations

import struct
import threading
import time
import zlib

import boto3
import pytest
import uvicorn
from botocore.config import Config
from starlette.applications import Starlette
from starlette.routing import Mount

from handlers import documents as entry
from handlers.adapters.textract import Textract
from handlers.domain.documents import MOST_PAGES
from handlers.domain.errors import Unavailable, Unreadable
from handlers.domain.request import RequestState
from infra.local import textract as stand_in
from infra.local.paper import pdf
from infra.local.runtime import BUCKET, DOCUMENTS
from tests.documents import files
from tests.documents.conftest import Post, open_post
from tests.fakes import FakeFiles
from tests.workspace.test_stand_ins import Sent


class Service:
    """The stand-in behind a socket, and its work to be done when the test says so."""

    def __init__(self, db, clock):
        self.files, self.bus, self.work = FakeFiles(), Sent(), []
        self.local = stand_in.Textract(db, self.files, self.bus, clock, later=self.work.append)
        app = Starlette(routes=[Mount("/_textract", Starlette(routes=self.local.routes()))])
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self):
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.client = boto3.client(
            "textract", endpoint_url=f"http://127.0.0.1:{port}/_textract/", region_name="us-east-1",
            aws_access_key_id="local", aws_secret_access_key="local", config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip
        self.adapter = Textract(
            BUCKET, topic=DOCUMENTS, role="arn:aws:iam::000000000000:role/x", client=self.client
        )
        return self

    def __exit__(self, *_):
        self.client.close()
        self._server.should_exit = True
        self._thread.join(10)

    def put(self, content, path="documents/r1/0"):
        self.files.put(path, content)
        return path

    def start(self, content):
        return self.adapter.start(self.put(content), token="r1-0", tag="r1-0")

    def finish(self):
        while self.work:
            self.work.pop(0)()

    def read(self, content):
        job = self.start(content)
        self.finish()
        return self.adapter.result(job)


@pytest.fixture
def service(db, clock):
    with Service(db, clock) as running:
        yield running


def png(text=""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    note = chunk(b"tEXt", b"Description\0" + text.encode()) if text else b""
    return b"\x89PNG\r\n\x1a\n" + head + note + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_a_pdf_is_at_work_until_it_is_done_and_the_topic_is_told(service):
    job = service.start(pdf([files.BOOKING]))
    assert service.adapter.result(job) is None
    assert service.bus.sent == []
    service.finish()
    found = service.adapter.result(job)
    assert found.text.splitlines() == list(files.BOOKING)
    assert found.sure == pytest.approx(0.995)
    ((function, _, event, _),) = service.bus.sent
    assert function == "documents"
    sns = event["Records"][0]["Sns"]
    assert sns["TopicArn"] == DOCUMENTS
    assert '"JobTag": "r1-0"' in sns["Message"]


def test_labels_and_values_in_columns_are_lines_again(service):
    found = service.read(pdf([["Service          Full colour", "When             Tue 5 May, 2:00 pm"]]))
    assert found.text == "Service: Full colour\nWhen: Tue 5 May, 2:00 pm"


def test_a_repeated_start_is_the_same_job_and_another_document_is_refused(service):
    assert service.start(pdf([["x"]])) == service.start(pdf([["x"]]))
    with pytest.raises(Unavailable, match="IdempotentParameterMismatch"):
        service.adapter.start(service.put(pdf([["y"]]), "documents/r1/1"), token="r1-0", tag="r1-0")


def test_more_blocks_than_one_answer_holds_come_in_turn(service):
    pages = [[f"line {page} {n}" for n in range(40)] for page in range(28)]
    found = service.read(pdf(pages))
    assert len(found.text.splitlines()) == 28 * 40
    assert found.text.splitlines()[-1] == "line 27 39"


def test_of_too_many_pages_the_first_are_kept_and_that_is_said(service):
    found = service.read(pdf([[f"page {n}"] for n in range(MOST_PAGES + 5)]))
    assert found.left_out == f"only the first {MOST_PAGES} of {MOST_PAGES + 5} pages were read"
    assert f"page {MOST_PAGES - 1}" in found.text
    assert f"page {MOST_PAGES}\n" not in found.text + "\n"


@pytest.mark.parametrize("content", [pdf([[]]), png()])
def test_a_page_without_words_says_so(service, content):
    with pytest.raises(Unreadable, match="no text that could be made out"):
        service.read(content)


def test_a_picture_says_what_its_comment_says(service):
    assert service.read(png("Client: Ana Lim\nTue 5 May 2 pm")).text == "Client: Ana Lim\nTue 5 May 2 pm"


def test_a_broken_pdf_fails_its_job(service):
    with pytest.raises(Unreadable, match="could not be made out"):
        service.read(b"%PDF-1.7\nnothing of the kind")
    assert '"Status": "FAILED"' in service.bus.sent[0][2]["Records"][0]["Sns"]["Message"]


def test_what_is_no_document_is_refused_at_once(service):
    with pytest.raises(Unreadable, match="of a kind"):
        service.start(b"MZ not a document")
    with pytest.raises(Unreadable, match="too long ago"):
        service.adapter.result("nosuchjob")


def test_a_file_that_is_not_there_is_tried_again(service):
    with pytest.raises(Unavailable, match="InvalidS3Object"):
        service.adapter.start("documents/none", token="t", tag="t")


def test_a_service_that_is_away_is_tried_again(service):
    away = boto3.client(
        "textract", endpoint_url="http://127.0.0.1:9/", region_name="us-east-1", aws_access_key_id="a",
        aws_secret_access_key="b", config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )  # fmt: skip
    with pytest.raises(Unavailable):
        Textract(BUCKET, topic=DOCUMENTS, role="arn:aws:iam::000000000000:role/x", client=away).result("j1")
    away.close()


def test_work_in_progress_goes_on_after_a_restart(service, db, clock):
    job = service.start(pdf([["Ana"]]))
    service.work.clear()  # the process ended
    again = stand_in.Textract(db, service.files, service.bus, clock, later=service.work.append)
    again.resume()
    service.finish()
    assert service.adapter.result(job).text == "Ana"


def test_a_forwarded_pdf_becomes_a_draft_through_both_ends(service, monkeypatch):
    """The whole way: mail, job, completion event, its entry, draft."""
    post: Post = open_post(scanner=service.adapter, files=service.files)
    post.files = service.files
    monkeypatch.setattr(entry, "desk", lambda: post.desk)
    request = post.receive("", ("booking.pdf", "application/pdf", pdf([files.BOOKING])))
    assert request.state is RequestState.RECEIVED
    service.finish()
    ((_, _, event, _),) = service.bus.sent
    entry.handler(event, None)
    post.settle()
    draft = post.desk.intake.get(request.id)
    assert (draft.state, draft.name, draft.plan.slot.resource) == (RequestState.DRAFT, "Ana Lim", "mei")
