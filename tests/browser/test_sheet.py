"""Staff type a row into the sheet and see it taken over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import panel

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_row_typed_into_the_sheet_is_on_the_waitlist(page):
    panel(page, "sheet")
    row = page.locator(".sheet-grid tbody tr", has=page.locator("input")).nth(4)
    expect(page.get_by_label("Status, row 4")).to_have_value("Waiting")
    page.get_by_label("Name, row 5").fill("Nadia Lim")
    page.get_by_label("Name, row 5").press("Enter")
    page.get_by_label("Contact, row 5").fill("nadia@mail.example")
    page.get_by_label("Service, row 5").fill("Piercing")
    page.get_by_label("Service, row 5").press("Enter")
    expect(page.get_by_label("Status, row 5")).to_have_value(re.compile("^Please fix: Service"))
    page.get_by_label("Service, row 5").fill("haircut")
    page.get_by_label("Latest, row 5").fill("next week")
    page.get_by_label("Latest, row 5").blur()
    expect(page.get_by_label("Status, row 5")).to_have_value("Waiting")
    expect(row.locator("td.status")).to_have_class(re.compile("good"))
    page.get_by_role("button", name="Delete row 5").click()
    expect(page.get_by_label("Name, row 5")).to_have_value("")
    panel(page, "slack")
    expect(page.locator(".s-message", has_text="sheet of the waitlist is in order").last).to_be_visible()
