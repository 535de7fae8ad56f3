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


def test_staff_book_by_command_and_see_the_card_and_the_home(page):
    box = page.get_by_role("combobox", name="Message")
    box.fill("/b")
    expect(page.get_by_role("option", name="/book")).to_be_visible()
    box.fill("/book haircut for Ana tomorrow 2pm +65 8123 4567")
    box.press("Enter")
    modal = page.get_by_role("dialog", name="New booking")
    expect(modal.get_by_label("Customer's name")).to_have_value("Ana")
    times = modal.get_by_role("radio")
    expect(times.first).to_be_visible()

    modal.get_by_role("button", name="Book", exact=True).click()
    expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    times.first.check()
    modal.get_by_role("button", name="Book", exact=True).click()
    expect(modal).to_be_hidden()
    page.get_by_role("dialog", name="Booked").get_by_role("button", name="Close").last.click()
    card = page.locator(".s-message", has_text="Haircut for Ana")
    expect(card).to_contain_text("Confirmed")
    step_done(page, 5)

    panel(page, "phone")
    page.get_by_role("button", name=re.compile("81234567")).click()
    expect(page.locator(".bubble", has_text="booked").first).to_be_visible()

    panel(page, "slack")
    page.get_by_role("button", name="Frontdesk", exact=True).click()
    expect(page.locator(".s-home")).to_contain_text("Today")


def test_a_message_becomes_a_booking_form_by_its_shortcut(page):
    page.get_by_role("button", name="general", exact=True).click()
    box = page.get_by_role("combobox", name="Message")
    box.fill("Ana rang: a trim tomorrow at 2pm, +65 8123 4567")
    box.press("Enter")
    message = page.locator(".s-message", has_text="Ana rang")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Book from this message").click()
    modal = page.get_by_role("dialog", name="New booking")
    expect(modal.get_by_role("radio").first).to_be_visible()
    modal.get_by_role("button", name="Cancel").click()
    expect(modal).to_be_hidden()


def test_a_stranger_is_answered_kindly_and_nothing_is_booked(page):
    page.get_by_label("Acting as").select_option("U0STRANGER")
    box = page.get_by_role("combobox", name="Message")
    box.fill("/book haircut tomorrow 2pm")
    box.press("Enter")
    expect(page.locator(".s-message.ephemeral").last).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_colleague_s_event_takes_the_time_off_the_offer_and_goes_again(page):
    panel(page, "calendar")
    page.get_by_role("button", name="Add event").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Title").fill("Training")
    form.get_by_label("From").fill("16:00")
    form.get_by_label("To").fill("17:30")
    form.get_by_role("button", name="Add").click()
    event = page.locator(".event", has_text="Training")
    expect(event).to_contain_text("4:00 pm to 5:30 pm")
    event.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete event").click()
    expect(event).to_have_count(0)


def test_a_bad_edit_of_the_rules_is_shown_at_its_line_and_staff_get_a_card(page):
    panel(page, "rules")
    area = page.get_by_label("rules.yml")
    expect(area).to_have_value(re.compile("Marigold"))
    text = area.input_value()
    area.fill(text.replace("minutes: 45", "minutes: soon", 1))
    expect(page.locator(".faults li")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Refused; the last good rules are live")).to_be_visible()
    panel(page, "slack")
    expect(page.locator(".s-message").last).to_contain_text(re.compile("rules", re.IGNORECASE))
    panel(page, "rules")
    expect(area).to_have_value(re.compile("minutes: soon"))
    area.fill(text.replace("Marigold Hair & Skin", "Marigold & Sons"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#business")).to_have_text("Marigold & Sons")


def test_the_clock_moves_forward_and_never_back(page):
    page.locator("#clock-toggle").click()
    clock = page.locator("#clock")
    clock.get_by_role("button", name="+1 h").click()
    expect(page.locator("#clock-time")).to_have_text(re.compile("10:3[0-9] am"))
    clock.get_by_label("Until").fill("2026-05-05T08:00")
    clock.get_by_role("button", name="Move there").click()
    expect(page.locator(".toast.bad")).to_have_text("The clock only goes forward.")


def test_everything_fits_a_phone(page):
    page.set_viewport_size({"width": 375, "height": 740})
    for name in ("slack", "mail", "phone", "calendar", "rules", "log"):
        panel(page, name)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
