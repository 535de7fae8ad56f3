"""A reminder on the phone leads to another time, and the calendar follows."""

from __future__ import annotations

import json
import re
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import panel
from tests.workspace.process import get, post, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = "+65 8123 4777"


def booked_by_text(address):
    """Tomas's three o'clock on Thursday, booked with a phone number only."""
    body = {
        "service": "haircut",
        "date": "2026-05-07",
        "time": "15:00",
        "staff": "tomas",
        "name": "Rosa Lind",
        "contact": PHONE,
    }
    asked = Request(  # noqa: S310 - our own address
        f"{address}/forms/book", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"},
    )  # fmt: skip
    with urlopen(asked, timeout=15) as answer:  # noqa: S310
        slots = json.load(answer)["slots"]
    three = next(s for s in slots if "T15:00" in s["start"])
    with urlopen(Request(three["link"], b"", {"Accept": "application/json"}), timeout=15):  # noqa: S310
        return


def texts(address):
    threads = get(address, "phone")["threads"]
    return [
        t["text"]
        for thread in threads
        if thread["number"].replace(" ", "") == PHONE.replace(" ", "")
        for t in thread["texts"]
    ]


def test_a_reminder_leads_to_another_time_and_the_calendar_follows(page, workspace):
    booked_by_text(workspace)
    until(lambda: any("You're booked" in t for t in texts(workspace)))
    post(workspace, "clock", until="2026-05-06T15:00:30")
    until(lambda: any("see you" in t.lower() for t in texts(workspace)))

    panel(page, "phone")
    page.get_by_role("button", name=re.compile(PHONE.replace(" ", "").replace("+", r"\+"))).click()
    with page.context.expect_page() as opened:
        page.locator(".bubble", has_text=re.compile("see you", re.IGNORECASE)).last.locator("a").first.click()
    visit = opened.value
    visit.set_viewport_size({"width": 390, "height": 780})
    expect(visit.get_by_role("button", name="I'll be there")).to_be_visible()
    visit.get_by_role("link", name=re.compile("another time|Change the time")).click()
    visit.locator("button:visible", has_text="4:15 pm").first.click()
    expect(visit.locator("h1")).to_contain_text("You're booked")
    expect(visit.locator("body")).to_contain_text("4:15 pm")

    until(lambda: any("has moved" in t for t in texts(workspace)))
    panel(page, "calendar")
    for _ in range(4):
        page.wait_for_timeout(400)
        if page.locator(".event.ours", has_text="Rosa Lind").count():
            break
        page.get_by_role("button", name="Day after").click()
    expect(page.locator(".event.ours", has_text="Rosa Lind")).to_have_count(1)
    expect(page.locator(".event.ours", has_text="Rosa Lind")).to_contain_text("4:15 pm")
