"""The workspace as a process: it starts, is killed, goes on."""

from __future__ import annotations

import signal
import socket
import subprocess
import urllib.error
from urllib.request import Request, urlopen

import pytest

from tests.state import dynoxide
from tests.workspace.conftest import SAMPLE
from tests.workspace.process import clean_environment, command, get, post, running, until

pytestmark = pytest.mark.xdist_group("workspace")
MAIL = {
    "sender": "nadia@mail.example",
    "name": "Nadia Lim",
    "to": "hello@marigold.example",
    "subject": "Hello",
    "text": "Could I come in tomorrow afternoon for a trim and a blow-dry?",
}


def cards(address, text="Nadia Lim"):
    return [m for m in get(address, "slack?user=U0LENA&channel=")["messages"] if text in m["text"]]


def test_what_was_on_its_way_when_it_was_killed_arrives_after_the_restart_once(tmp_path):
    with running(tmp_path) as (address, process):
        before = get(address, "pulse")
        sample = len(get(address, "mail")["mails"])
        post(address, "mail", **MAIL)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with running(tmp_path) as (address, process):
        until(lambda: cards(address))
        log = until(lambda: settled(address))
        assert [e for e in log["events"] for d in e["deliveries"] if d["state"] == "dead"] == []
        assert len(cards(address)) == 1
        assert get(address, "pulse")["now"] >= before["now"]
        assert len(get(address, "mail")["mails"]) >= sample + 1
        assert len([m for m in get(address, "mail")["mails"] if "priya" in m["to"]]) <= 1
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def settled(address):
    log = get(address, "log")
    states = {d["state"] for e in log["events"] for d in e["deliveries"]}
    return log if states <= {"done", "dead"} else None


def test_the_same_workspace_runs_on_dynamodb(tmp_path):
    with dynoxide.running(tmp_path) as endpoint:
        env = {"AWS_ENDPOINT_URL": endpoint}
        for start in ("first", "second"):
            with running(tmp_path / "data", "--store", "dynamodb", env=env) as (address, _):
                if start == "first":
                    post(address, "mail", **MAIL)
                assert len(until(lambda: cards(address))) == 1
        assert not (tmp_path / "data/frontdesk.db").exists()


def fails(folder, *more, port=0):
    done = subprocess.run(
        command(folder, *more, port=port),
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr.strip().splitlines()


def test_a_bad_rules_file_is_told_by_place_and_nothing_starts(tmp_path):
    rules = tmp_path / "mine.yml"
    rules.write_text(SAMPLE.read_text().replace("minutes: 45", "minutes: soon"))
    lines = fails(tmp_path / "data", "--rules", str(rules))
    line = next(n for n, text in enumerate(rules.read_text().splitlines(), 1) if "soon" in text)
    assert len(lines) == 1
    assert lines[0].startswith(f"{rules}:{line}:")


def test_a_rules_file_that_is_not_there_is_told_in_one_line(tmp_path):
    (line,) = fails(tmp_path / "data", "--rules", str(tmp_path / "none.yml"))
    assert "none.yml" in line


def test_a_port_in_use_is_told_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (line,) = fails(tmp_path, port=port)
    assert str(port) in line


def test_another_site_can_neither_post_a_form_nor_borrow_the_address(tmp_path):
    with running(tmp_path) as (address, _):
        for headers in (
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/json", "Host": "evil.example"},
        ):
            request = Request(f"{address}/workspace/api/clock", b'{"advance": 60}', headers)  # noqa: S310 - our own
            with pytest.raises(urllib.error.HTTPError) as refused:
                urlopen(request, timeout=10)  # noqa: S310 - our own address
            assert refused.value.code in {400, 415}
            refused.value.close()
