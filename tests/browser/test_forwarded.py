"""Staff pass a booking site's confirmation on: it is read, looked at, and stands in the calendar."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import panel, show_day_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_forwarded_pdf_becomes_an_appointment_after_a_look(page):
    panel(page, "mail")
    page.get_by_role("button", name="Write", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Fill in a sample with a PDF").click()
    expect(form.get_by_label("Subject")).to_have_value("Fwd: New booking")
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()

    panel(page, "slack")
    card = page.locator(".s-message", has_text="Forwarded to the confirmations address")
    expect(card).to_contain_text("Book this appointment? Robin Tan")
    expect(card).to_contain_text("booking.pdf")
    expect(card.get_by_label("Send the customer a confirmation")).not_to_be_checked()
    card.get_by_role("button", name="Edit").click()
    modal = page.get_by_role("dialog")
    expect(modal.get_by_label("Time")).to_have_value("14:00")
    modal.get_by_label("Time").fill("14:20")
    modal.get_by_role("button", name="Book it").click()
    expect(modal).to_be_hidden()
    expect(card).to_contain_text("Booked by")
    expect(card).to_contain_text("2:20 pm")

    panel(page, "calendar")
    show_day_of(page, "Robin")
    panel(page, "mail")
    expect(page.locator(".mail", has_text="robin@mail.example")).to_have_count(0)
