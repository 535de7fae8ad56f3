from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.workspace.process import running

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def browser():
    """One for each test: Playwright's event loop runs as long as it does, and other tests need one of their own."""
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
