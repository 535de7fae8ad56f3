"""`frontdesk run` in a process of its own, and a small client of its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import Request, urlopen

MORNING = "2026-05-05T09:30"  # a Tuesday in Singapore, the sample's zone


def clean_environment():
    given = ("FRONTDESK_", "SLACK_", "GOOGLE_", "AWS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(given)}


def command(folder, *more, port=0):
    return [
        sys.executable, "-m", "infra.cli", "run", "--headless", "--port", str(port), "--data", str(folder), *more,
    ]  # fmt: skip


@contextmanager
def running(folder, *more, port=0, at=MORNING, env=None):
    """On a free port; gives (address, process)."""
    with subprocess.Popen(
        command(folder, "--at", at, *more, port=port),
        env=clean_environment() | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("ready "), line + process.stderr.read()
            yield line.split()[1], process
        finally:
            process.terminate()
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def get(address, path):
    with urlopen(f"{address}/workspace/api/{path}", timeout=15) as answer:  # noqa: S310 - our own address
        return json.load(answer)


def post(address, path, **body):
    request = Request(  # noqa: S310 - our own address
        f"{address}/workspace/api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=15) as answer:  # noqa: S310
        return json.load(answer)


def until(check, seconds=120):
    """Waits for `check` to give something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError("did not happen in time")
