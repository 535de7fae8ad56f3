"""A wish forwarded to the waitlist address, from the mail to the entry."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.domain.days import span_of
from handlers.domain.request import RequestState
from handlers.domain.slot import Window
from tests.documents import files
from tests.documents.conftest import Post

WISH = """Begin forwarded message:

> From: Ana Lim <ana@mail.example>
> Subject: Re: A colour
> Date: 1 May 2026 at 18:22:10 SGT
> To: hello@marigold.example
>
> Hi Rosa,
>
> too bad! Could you put me on the waitlist for a full colour with Mei? Any Saturday in May works for me.
>
> Thanks,
> Ana Lim
> 8123 4567
"""
TO = "waitlist@marigold.example"


def wish(post: Post, text: str = WISH, **how):
    return post.receive(text, to=TO, **how)


def entry_of(post: Post, request):
    return post.desk.entries.get(post.desk.intake.get(request.id).entry)


def test_a_forwarded_wish_becomes_a_draft_for_a_person(post):
    draft = wish(post)
    assert (draft.state, draft.desk, draft.reason) == (RequestState.DRAFT, "waitlist", "")
    assert (draft.name, draft.email, draft.phone) == ("Ana Lim", "ana@mail.example", "+6581234567")
    assert draft.reading.service.quote == "full colour"
    assert span_of(draft.reading.when, date(2026, 5, 2), 60 * 86_400) == (date(2026, 5, 2), date(2026, 5, 30))
    assert post.desk.entries.waiting() == ()


def test_approving_puts_them_on_the_list(post):
    draft = wish(post)
    post.desk.intake.approve(draft.id, "U0MEI")
    post.settle()
    after, entry = post.desk.intake.get(draft.id), entry_of(post, draft)
    assert (after.state, after.changed_by) == (RequestState.HANDLED, "U0MEI")
    assert (entry.name, entry.service, entry.resource, entry.source) == ("Ana Lim", "colour", "mei", "email")
    assert (entry.earliest, entry.latest) == (date(2026, 5, 2), date(2026, 5, 30))
    assert (entry.email, entry.phone, entry.changed_by) == ("ana@mail.example", "+6581234567", "U0MEI")
    assert post.mailer.sent == []


def test_without_a_day_any_day_until_the_horizon_will_do(post):
    draft = wish(post, WISH.replace("Any Saturday in May works for me.", ""))
    post.desk.intake.approve(draft.id, "U0MEI")
    post.settle()
    entry = entry_of(post, draft)
    assert (entry.earliest, entry.latest) == (date(2026, 5, 2), date(2026, 7, 1))


def test_forwarded_twice_it_is_one_entry(post):
    first, second = wish(post), wish(post, WISH.replace("Any Saturday in May", "Any Sunday in May"))
    for draft in (first, second):
        post.desk.intake.approve(draft.id, "U0MEI")
        post.settle()
    assert entry_of(post, first).id == entry_of(post, second).id
    assert entry_of(post, second).earliest == date(2026, 5, 3)


def test_what_was_corrected_is_what_counts(post):
    draft = wish(post, WISH.replace("full colour with Mei", "something new"))
    assert draft.reason == "Which service do they want?"
    window = Window(date_from="2026-05-10", date_to="2026-05-12")
    post.desk.intake.edit(
        draft.id, "U0MEI", service="haircut", windows=(window,), name="Ana L", phone="+6581234567"
    )
    post.settle()
    entry = entry_of(post, draft)
    assert (entry.service, entry.earliest, entry.latest, entry.name) == (
        "haircut",
        date(2026, 5, 10),
        date(2026, 5, 12),
        "Ana L",
    )


def test_a_day_that_passed_while_it_waited_brings_the_draft_back(post):
    draft = wish(post, WISH.replace("Any Saturday in May", "Only Tuesday 5 May"))
    post.clock.at += 7 * 86_400
    post.desk.intake.approve(draft.id, "U0MEI")
    post.settle()
    after = post.desk.intake.get(draft.id)
    assert (after.state, after.reason) == (RequestState.DRAFT, "The days they asked for have passed.")


def test_nobody_to_reach_is_asked_for(post):
    text = "Waitlist: Ana wants a colour on Saturdays"
    draft = wish(post, text, sender="Rosa <rosa@marigold.example>", subject="waitlist")
    assert "How can they be reached?" in draft.reason


def test_a_customer_who_writes_to_the_waitlist_herself_is_the_customer(post):
    draft = wish(
        post, "A trim any time next week please. Ana", sender="Ana Lim <ana@mail.example>", subject="waitlist"
    )
    assert (draft.name, draft.email, draft.reading.service.value) == (
        "Ana Lim",
        "ana@mail.example",
        "haircut",
    )


def test_the_colleague_who_wrote_it_down_is_not_the_customer(post):
    draft = wish(
        post,
        "Waitlist please: Ben Ong, 8123 4568, hair cut, Fridays\n\nMei",
        sender="Mei Chen <mei.chen@post.example>",
        subject="waitlist",
    )
    assert (draft.phone, draft.email) == ("+6581234568", None)
    assert draft.name != "Mei Chen"


def test_a_list_of_people_is_a_draft_for_each(post):
    rows = [
        ["Name", "Mobile", "Service", "Days"],
        ["Ana Lim", 81234567, "Haircut", "Saturdays"],
        ["Ben Ong", 81234568, "Colour", "any"],
    ]
    whole = post.receive(
        "from the paper list", ("list.xlsx", "application/octet-stream", files.sheet(rows)), to=TO
    )
    assert whole.state is RequestState.HANDLED
    assert sorted((r.name, r.phone, r.desk) for r in post.drafts()) == [
        ("Ana Lim", "+6581234567", "waitlist"), ("Ben Ong", "+6581234568", "waitlist"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("windows", "span"),
    [
        ((), ("2026-05-02", "2026-07-01")),
        ((Window(date_from="2026-05-09", date_to="2026-05-09"), Window(date_from="2026-05-05", date_to="2026-05-06")), ("2026-05-05", "2026-05-09")),
        ((Window(date_from="2026-05-20"),), ("2026-05-20", "2026-07-01")),
        ((Window(date_to="2026-05-20"),), ("2026-05-02", "2026-05-20")),
        ((Window(time_from="17:00"),), ("2026-05-02", "2026-07-01")),
        ((Window(date_from="2026-04-20", date_to="2026-05-20"),), ("2026-05-02", "2026-05-20")),
        ((Window(date_from="2026-09-01"),), ("2026-09-01", "2026-09-01")),
    ],
)  # fmt: skip
def test_wishes_become_a_first_and_a_last_day(windows, span):
    found = span_of(windows, date(2026, 5, 2), 60 * 86_400)
    assert (found[0].isoformat(), found[1].isoformat()) == span
