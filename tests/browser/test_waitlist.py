"""The Saturday story at real links: three wait, one doesn't fit, the first doesn't look, the second takes it."""

from __future__ import annotations

import json
import re
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import panel
from tests.workspace.process import get, post, running, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SATURDAY = "2026-05-09T09:30"
UNA, PICKY, DUO = "+65 8123 4501", "+65 8123 4502", "+65 8123 4503"


@pytest.fixture
def workspace(tmp_path):
    with running(tmp_path / "data", at=SATURDAY) as (address, _):
        yield address


def wait_for_a_haircut(page, address, name, contact, *, staff="", earliest="", latest=""):
    """Joins by the page a customer sees."""
    form = page.context.new_page()
    form.set_viewport_size({"width": 390, "height": 780})
    form.goto(f"{address}/forms/waitlist?service=haircut")
    form.get_by_label(re.compile("name", re.IGNORECASE)).first.fill(name)
    form.get_by_label(re.compile("mobile|mail", re.IGNORECASE)).first.fill(contact)
    if staff:
        form.locator("#staff").select_option(staff)
    if earliest:
        form.locator("#earliest").fill(earliest)
        form.locator("#latest").fill(latest)
    form.locator("form button").first.click()
    expect(form.locator("h1")).to_contain_text(re.compile("on the (wait)?list", re.IGNORECASE))
    assert form.evaluate("document.documentElement.scrollWidth") <= 390
    form.close()


def book_at_two(address):
    """Somebody has Tomas at two; the links of their booking."""
    body = {"service": "haircut", "date": "2026-05-09", "time": "14:00", "staff": "tomas", "name": "Gone Tomorrow",
            "contact": "gone@mail.example"}  # fmt: skip
    request = Request(  # noqa: S310 - our own address
        f"{address}/forms/book", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"},
    )  # fmt: skip
    with urlopen(request, timeout=15) as answer:  # noqa: S310
        slots = json.load(answer)["slots"]
    two = next(s for s in slots if s["start"].startswith("2026-05-09T14:00"))
    with urlopen(Request(two["link"], b"", {"Accept": "application/json"}), timeout=15) as answer:  # noqa: S310
        return json.load(answer)["booking"]


def texts_to(address, number):
    threads = get(address, "phone")["threads"]
    found = next((t["texts"] for t in threads if t["number"].replace(" ", "") == number.replace(" ", "")), [])
    return [t["text"] for t in found]


def offer_to(address, number):
    """Their offer's text, once it is there."""
    return until(lambda: next((t for t in texts_to(address, number) if "opened up" in t), None))


def test_the_saturday_story(page, workspace):
    wait_for_a_haircut(page, workspace, "Una Brandt", UNA)
    wait_for_a_haircut(page, workspace, "Petra Picky", PICKY, staff="mei")
    wait_for_a_haircut(page, workspace, "Duo Okafor", DUO)
    booking = book_at_two(workspace)
    until(lambda: get(workspace, "mail")["mails"])
    post(workspace, "clock", until="2026-05-09T13:35")

    panel(page, "slack")
    card = page.locator(".s-message", has_text="Haircut for Gone Tomorrow").last
    expect(card).to_contain_text("Confirmed")
    card.get_by_role("button", name="Cancel").first.click()
    sure = page.get_by_role("dialog")
    sure.get_by_role(
        "button", name=re.compile("Cancel (it|the|this)|Cancel booking", re.IGNORECASE)
    ).last.click()

    first = offer_to(workspace, UNA)
    assert "with Tomas" in first
    opening = page.locator(".s-message", has_text="Una Brandt").filter(has_text=re.compile("2:00 pm")).last
    expect(opening).to_be_visible()

    post(workspace, "clock", until="2026-05-09T13:45:10")
    second = offer_to(workspace, DUO)
    expect(page.locator(".s-message", has_text="Duo Okafor").last).to_contain_text("Una Brandt")

    panel(page, "phone")
    page.get_by_role("button", name=re.compile(DUO.replace(" ", "").replace("+", r"\+"))).click()
    with page.context.expect_page() as opened:
        page.locator(".bubble", has_text="opened up").last.locator("a").first.click()
    claim = opened.value
    claim.set_viewport_size({"width": 390, "height": 780})
    expect(claim.locator("body")).to_contain_text("2:00 pm")
    claim.get_by_role("button", name="Take this time").click()
    expect(claim.locator("h1")).to_contain_text("You're booked")

    dead = page.context.new_page()
    dead.goto(re.search(r"http\S+/t/\w+", first)[0])
    expect(dead.locator("body")).to_contain_text(re.compile("still on the waitlist"))
    expect(dead.get_by_role("button", name="Take this time")).to_have_count(0)

    panel(page, "calendar")
    expect(page.locator(".event.ours", has_text="Duo Okafor")).to_have_count(1)
    panel(page, "slack")
    expect(page.locator(".s-message", has_text="Una Brandt").last).to_contain_text(re.compile("Duo Okafor"))
    assert not any("opened up" in text for text in texts_to(workspace, PICKY))
    assert booking not in second
