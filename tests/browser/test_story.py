"""The whole story, as a newcomer would click it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def panel(page, name):
    page.locator(f'#tabs a[data-tab="{name}"]').click()


def step_done(page, number):
    expect(page.locator("#steps li").nth(number - 1)).to_have_class("done")


def write_mail(page, text, subject="A trim, please"):
    panel(page, "mail")
    page.get_by_role("button", name="Write", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Your name").fill("Nadia Lim")
    form.get_by_label("From").fill("nadia@mail.example")
    form.get_by_label("Subject").fill(subject)
    form.get_by_label("Message").fill(text)
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()


def open_mail(page, subject):
    panel(page, "mail")
    mail = page.locator(".mail:not(:has-text('wrote'))", has_text="nadia@mail.example").filter(
        has_text=re.compile(subject)
    )
    mail.first.click()
    return page.frame_locator(".mail-html")


def follow(page, link):
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    return opened.value


def test_a_mail_becomes_a_booking_that_is_moved_and_cancelled(page):
    write_mail(page, "Hello,\n\ncould I come in tomorrow afternoon for a trim and a blow-dry?\n\nNadia")
    step_done(page, 1)

    panel(page, "slack")
    card = page.locator(".s-message", has_text="Nadia Lim").last
    expect(card.get_by_role("button", name="Approve")).to_be_visible()
    card.get_by_role("button", name="Approve").click()
    expect(card.get_by_role("button", name="Approve")).to_be_hidden()
    expect(card).to_contain_text("Lena")
    step_done(page, 2)

    mail = open_mail(page, "Re: ")
    offered = mail.locator("a[href*='/l/']")
    expect(offered).to_have_count(3)
    pick = follow(page, offered.first)
    pick.get_by_role("button", name="Yes, book it").click()
    expect(pick.locator("h1")).to_contain_text("You're booked")
    step_done(page, 3)

    confirmation = open_mail(page, "Booked")
    expect(page.locator(".invitation")).to_contain_text("Haircut")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .ics").click()
    assert "METHOD:REQUEST" in download.value.path().read_text()

    panel(page, "calendar")
    show_day_of(page)
    own = page.locator(".event.ours", has_text="Nadia")
    expect(own).to_have_count(1)
    before = own.get_attribute("style")

    open_mail(page, "Booked")
    move = follow(page, confirmation.get_by_role("link", name="Choose another time"))
    move.locator("button:visible", has_text="4:15 pm").first.click()
    expect(move.locator("body")).to_contain_text("4:15 pm")
    expect(move.locator("h1")).to_contain_text("You're booked")

    cancel = open_mail(page, "Moved|moved|changed|New time")
    gone = follow(page, cancel.get_by_role("link", name=re.compile("cancel", re.IGNORECASE)).first)
    gone.locator("form[method=post] button").first.click()
    expect(gone.locator("body")).to_contain_text(re.compile("cancelled", re.IGNORECASE))
    step_done(page, 4)

    open_mail(page, "[Cc]ancelled")
    expect(page.locator(".invitation.cancel")).to_be_visible()
    panel(page, "calendar")
    expect(page.locator(".event.ours", has_text="Nadia")).to_have_count(0)
    assert before


def show_day_of(page, name="Nadia"):
    """Turns pages of the calendar until the booking shows."""
    for _ in range(8):
        page.wait_for_timeout(400)
        if page.locator(".event.ours", has_text=name).count():
            return
        page.get_by_role("button", name="Day after").click()
