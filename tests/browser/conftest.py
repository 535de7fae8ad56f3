from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MORNING = "2026-05-05T09:30"  # a Tuesday in Singapore, the sample's zone


@contextmanager
def running(folder, *more, at=MORNING):
    """`frontdesk run` on a free port; gives (address, process)."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("FRONTDESK_", "SLACK_", "GOOGLE_", "AWS_"))
    }
    command = [sys.executable, "-m", "infra.cli", "run", "--headless", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(
        [*command, "--at", at, *more], env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
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


@pytest.fixture(scope="session")
def browser():
    if not shutil.which(CHROMIUM):
        pytest.skip("Chromium is not installed")
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture
def workspace(tmp_path):
    with running(tmp_path / "data") as (address, _):
        yield address


@pytest.fixture
def page(browser, workspace):
    """The workspace's page, wide; anything the page complains about or fetches from elsewhere fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(15_000)
    trouble = []
    context.on(
        "requestfinished", lambda r: trouble.append(r.url) if not r.url.startswith(workspace) else None
    )
    context.on("weberror", lambda e: trouble.append(str(e.error)))
    made = context.new_page()
    made.goto(f"{workspace}/workspace")
    yield made
    context.close()
    assert trouble == []


def until(check, seconds=15):
    """Waits for something that is not on the page."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError("did not happen in time")
