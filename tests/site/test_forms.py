from __future__ import annotations

from handlers.domain import keys
from handlers.domain.booking import State
from handlers.domain.request import RequestState
from handlers.ports import Query

FORM = {
    "service": "massage",
    "date": "2026-05-05",
    "time": "morning",
    "name": "Ana Lim",
    "contact": "ana@mail.example",
}


def requests(world, state):
    return world.desk.store.query(Query(keys.request_state(state), index="gsi3")).items


def test_the_form_can_be_filled_in_and_a_slot_booked_without_javascript(world, browser):
    assert browser.get("/forms/book").status == 200
    page = browser.post("/forms/book", FORM)
    assert page.status == 200
    assert "script" not in page.body
    action, fields, button = page.forms()[0]
    assert "Tue 5 May" in button
    booked = browser.follow(browser.post(action, fields))
    assert "You're booked" in booked.text
    (booking,) = world.desk.bookings.find("Ana Lim")
    assert booking.state is State.CONFIRMED
    assert booking.email == "ana@mail.example"


def test_each_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(browser):
    page = browser.post(
        "/forms/book",
        {
            "service": "nonsense",
            "date": "2020-01-01",
            "name": "",
            "contact": "ana(at)mail",
            "notes": "<b>soft</b>",
        },
    )
    assert page.status == 422
    for field in ("service", "date", "name", "contact"):
        assert f'id="{field}-fault"' in page.body
    assert "&lt;b&gt;soft&lt;/b&gt;" in page.body
    assert 'value="ana(at)mail"' in page.body


def test_programs_get_json(world, browser):
    page = browser.post("/forms/book", FORM, as_json=True)
    assert page.json["state"] == "proposed"
    slot = page.json["slots"][0]
    assert slot["start"].startswith("2026-05-05T")
    booked = browser.post(slot["link"], {}, as_json=True)
    assert booked.json["state"] == "CONFIRMED"
    assert browser.post("/forms/book", {}, as_json=True).json["errors"].keys() >= {
        "service",
        "name",
        "contact",
    }


def test_a_form_with_only_notes_goes_to_the_reader(world, browser):
    page = browser.post(
        "/forms/book", {"name": "Ana", "contact": "+351912345678", "notes": "a back rub some time next week"}
    )
    assert "we have your message" in page.text
    assert "+351 912 345 678" in page.text
    world.settle()
    assert world.reader.asked == ["a back rub some time next week"]


def test_the_trap_catches_programs_and_keeps_nothing(world, browser):
    assert browser.post("/forms/book", {**FORM, "leave_empty": "buy pills"}).status == 422
    assert not any(requests(world, s) for s in RequestState)


def test_one_address_cannot_flood_the_desk(world, browser):
    answers = [browser.post("/forms/book", {}).status for _ in range(14)]
    assert answers[0] == 422
    assert answers[-1] == 429
    browser.ip = "203.0.113.8"
    assert browser.post("/forms/book", {}).status == 422
    browser.ip = "203.0.113.7"
    world.clock.at += 3600
    assert browser.post("/forms/book", {}).status == 422


def test_nothing_free_is_said_and_handed_to_a_person(world, browser):
    for who in ("rita", "tom"):
        world.calendar.busy[f"{who}@fig.example"] = [(0, 2**40)]
    page = browser.post("/forms/book", FORM)
    assert "Nothing is free" in page.text
    assert len(requests(world, RequestState.ESCALATED)) == 1


def test_a_service_that_a_person_does_not_do_is_explained(browser):
    page = browser.post("/forms/book", {**FORM, "service": "facial", "staff": "tom"})
    assert "Tom doesn't do this. Choose Rita, or anyone." in page.text


def test_a_form_that_is_far_too_long_is_refused(browser):
    assert browser.post("/forms/book", {**FORM, "notes": "x" * 70_000}).status == 413
    assert browser.post("/forms/book", {**FORM, "notes": "x" * 3_000}).status == 422


def test_every_page_is_locked_down(browser):
    for path in ("/", "/forms/book", "/nowhere", "/l/nonsense"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
    assert browser.get("/forms/site.css").headers["content-type"].startswith("text/css")


def test_prefilled_links_choose_the_service(browser):
    assert '<option value="facial" selected>' in browser.get("/forms/book?service=facial").body
