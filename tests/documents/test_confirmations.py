"""A forwarded booking confirmation, from the mail to the appointment."""

from __future__ import annotations

import pytest

from handlers.domain.booking import State
from handlers.domain.customer import Customer
from handlers.domain.errors import InputError, WrongState
from handlers.domain.events import EventKind
from handlers.domain.request import RequestState
from handlers.domain.slot import Slot
from tests.documents import files
from tests.documents.conftest import ZONE, Post

FORWARDED = """FYI

---------- Forwarded message ---------
From: Glow Bookings <noreply@glow.example>
Date: Fri, 1 May 2026 at 10:00
Subject: New booking
To: <rosa@marigold.example>

Good news! Ana Lim has just booked Full colour with Mei on Tuesday 5 May 2026 at 2:00 PM.

Client details
Name: Ana Lim
Mobile: 8123 4567
Email: ana@mail.example

You can cancel or reschedule up to 24 hours before. Questions? support@glow.example
"""
TWO_PM = ZONE.parse("2026-05-05T14:00")


def taken(post: Post, start: int = TWO_PM, resource: str = "mei", **how: object):
    slot = Slot(service="colour", resource=resource, start=start, end=start + 7200)
    customer = Customer(id="", name="Ben Ong", phone="+6581230009")
    made = post.desk.bookings.take(
        **{"slot": slot, "customer": customer, "source": "web", "by": "customer", **how}
    )
    post.outbox()
    return made


def work(post: Post) -> None:
    """The booking's effects: calendar, message, reminders."""
    for event in post.outbox():
        if event.kind.startswith("booking."):
            post.desk.effects.perform(event)


# --- what the draft says -----------------------------------------------------------------------------------------


def test_a_forwarded_confirmation_becomes_a_draft_of_the_appointment(post):
    draft = post.receive(FORWARDED)
    assert (draft.state, draft.desk, draft.reason) == (RequestState.DRAFT, "confirmations", "")
    assert (draft.name, draft.email, draft.phone) == ("Ana Lim", "ana@mail.example", "+6581234567")
    assert draft.plan.slot == Slot(service="colour", resource="mei", start=TWO_PM, end=TWO_PM + 7200)
    assert (draft.plan.taken, draft.plan.unusual) == ("", "")
    assert draft.reading.service.quote == "Full colour"
    assert draft.reading.when[0].quote in FORWARDED
    assert draft.note == "FYI"
    assert draft.excerpt.startswith("Good news!")
    assert post.mailer.sent == []


def test_nothing_is_booked_before_a_person_says_so(post):
    draft = post.receive(FORWARDED)
    assert draft.booking is None
    assert post.desk.customers.known(email="ana@mail.example") is None


def test_a_site_that_mails_us_by_itself_is_heard_though_no_person_wrote_it(post):
    body = FORWARDED.partition("marigold.example>\n\n")[2]
    headers = {
        "Auto_Submitted": "auto-generated",
        "Precedence": "bulk",
        "List_Unsubscribe": "<mailto:x@glow.example>",
    }
    draft = post.receive(body, sender="Glow <noreply@glow.example>", subject="New booking", **headers)
    assert (draft.name, draft.email) == ("Ana Lim", "ana@mail.example")
    assert draft.plan.slot.start == TWO_PM


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Assistant_Lane": "direct"},
        {"Precedence": "auto_reply"},
        {"subject": "Out of office: back on Monday"},
    ],
)
def test_answers_of_programs_are_not_heard_on_this_desk_either(post, headers):
    assert post.desk.intake.receive_mail(post.mail(FORWARDED, **headers)) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"In_Reply_To": "<0102@marigold.example>"},
        {"In_Reply_To": "<0100018f@email.amazonses.com>"},
        {"subject": "Re: Booked: Full colour"},
        {"subject": "AW: Booked: Full colour"},
    ],
)
def test_what_customers_answer_to_our_confirmation_is_a_request(post, headers):
    """Our own confirmations come from this address."""
    given = {"subject": "Booked: Full colour", **headers}
    text = "Could we make it Thursday instead?\n\nOn Fri, 1 May 2026, Marigold <bookings@marigold.example> wrote:\n> You're booked"
    path = post.mail(text, sender="Ana Lim <ana@mail.example>", **given)
    request = post.desk.intake.receive_mail(path)
    assert (request.desk, request.email) == ("requests", "ana@mail.example")


def test_an_absence_note_that_answers_our_confirmation_is_not_heard(post):
    """Some write neither `Auto-Submitted` nor a subject that gives them away."""
    headers = {"In_Reply_To": "<0102@marigold.example>", "Precedence": "bulk", "subject": "Re: Booked"}
    assert post.desk.intake.receive_mail(post.mail("I am at the beach until Monday.", **headers)) is None


def test_a_forward_of_a_thread_is_still_a_forward(post):
    """Mail programs keep the references of what is passed on."""
    request = post.desk.intake.receive_mail(post.mail(FORWARDED, In_Reply_To="<0102@marigold.example>"))
    assert request.desk == "confirmations"


def test_a_site_that_threads_its_own_notices_is_heard(post):
    body = FORWARDED.partition("marigold.example>\n\n")[2]
    headers = {"In_Reply_To": "<0100018f@email.amazonses.com>", "Auto_Submitted": "auto-generated"}
    path = post.mail(body, sender="Glow <noreply@glow.example>", subject="New booking", **headers)
    assert post.desk.intake.receive_mail(path).desk == "confirmations"


def test_a_forward_by_a_rule_of_the_mail_program_reaches_the_desk(post):
    """The visible recipient is the owner; only our own server notes for whom it took the mail."""
    received = "from mail.example by inbound-smtp.amazonses.com with SMTP id 1 for bookings@marigold.example; Sat, 2 May 2026"
    path = post.mail(FORWARDED, to="rosa@marigold.example", Received=received)
    assert post.desk.intake.receive_mail(path).desk == "confirmations"


def test_relative_words_count_from_the_day_the_notice_was_sent(post):
    text = FORWARDED.replace("on Tuesday 5 May 2026 at 2:00 PM", "tomorrow at 2pm").replace(
        "Fri, 1 May", "Mon, 4 May"
    )
    post.clock.at = ZONE.parse("2026-05-05T09:00")
    assert post.receive(text).plan.slot.start == TWO_PM


def test_a_date_in_the_future_is_not_believed(post):
    text = FORWARDED.replace("on Tuesday 5 May 2026 at 2:00 PM", "tomorrow at 2pm").replace(
        "Fri, 1 May", "Mon, 4 May"
    )
    assert post.receive(text).plan.slot.start == TWO_PM - 2 * 86_400


def test_what_the_sender_is_called_is_not_who_comes(post):
    """A colleague writes it down in her own words."""
    draft = post.receive(
        "Haircut for Ana Lim on Tue 5 May 2pm with Jess, 8123 4567\n\nMei", subject="appointment"
    )
    assert (draft.name, draft.email, draft.phone) == ("Ana Lim", None, "+6581234567")


def test_a_customer_s_own_confirmation_names_the_customer(post):
    text = FORWARDED.partition("Good news!")[0].replace(
        "Glow Bookings <noreply@glow.example>", "Ana Lim <ana@mail.example>"
    )
    draft = post.receive(text + "Confirming my haircut on Tue 5 May at 2pm.\n\nThanks!\nAna")
    assert (draft.name, draft.email) == ("Ana Lim", "ana@mail.example")


def test_the_length_is_the_one_it_names(post):
    draft = post.receive(FORWARDED.replace("at 2:00 PM", "2:00 PM - 3:30 PM"))
    assert draft.plan.slot.end - draft.plan.slot.start == 90 * 60
    hours = post.receive(FORWARDED.replace("at 2:00 PM", "2:00 PM - 11:00 PM"))
    assert hours.plan.slot.end - hours.plan.slot.start == 120 * 60


def test_anyone_free_is_taken_where_nobody_is_named(post):
    taken(post, resource="jess")
    draft = post.receive(FORWARDED.replace("Full colour with Mei", "Haircut"))
    assert draft.plan.slot.resource == "mei"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Full colour with Mei", "something", "Which service is it?"),
        ("on Tuesday 5 May 2026 at 2:00 PM", "soon", "Which day and time is it?"),
        (
            "at 2:00 PM",
            "at 2:00 PM or Wednesday 6 May at 3:00 PM",
            "It names more than one time. Which is it?",
        ),
        ("5 May 2026", "28 April 2026", "That time has passed."),
        ("Full colour with Mei", "a hen party", "For how many?"),
    ],
)
def test_what_is_missing_is_asked(post, old, new, reason):
    draft = post.receive(FORWARDED.replace(old, new))
    assert draft.state is RequestState.DRAFT
    assert reason in draft.reason


def test_a_slot_that_is_taken_says_by_when(post):
    taken(post)
    draft = post.receive(FORWARDED)
    assert draft.plan.taken == "Mei is not free then: booked 14:00-16:00."
    assert draft.reason.startswith(draft.plan.taken)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("5 May 2026", "4 May 2026", "day off"), ("2:00 PM", "9:00 PM", "outside working hours")],
)
def test_outside_the_hours_it_says_so(post, old, new, why):
    draft = post.receive(FORWARDED.replace("Tuesday ", "").replace(old, new))
    assert draft.plan.taken == ""
    assert why in draft.plan.unusual


def test_a_busy_calendar_is_said(post):
    post.calendar.busy["mei@marigold.example"] = [(TWO_PM, TWO_PM + 1800)]
    assert post.receive(FORWARDED).plan.unusual == "Mei: calendar busy 14:00-14:30."


def test_a_cancellation_is_no_appointment(post):
    draft = post.receive(
        FORWARDED.replace("Good news! Ana Lim has just booked", "Ana Lim has cancelled her appointment:")
    )
    assert draft.plan is None
    assert "cancellation" in draft.reason


def test_what_is_booked_already_is_recognised(post):
    taken(post, customer=Customer(id="", name="Ana Lim", email="ana@mail.example"))
    assert (
        "booked at that time already: Full colour, Tue 5 May, 2:00 pm with Mei"
        in post.receive(FORWARDED).plan.taken
    )


# --- a person says yes -------------------------------------------------------------------------------------------


def test_approving_books_it_at_exactly_that_time(post):
    draft = post.receive(FORWARDED.replace("2:00 PM", "2:10 PM"))
    booking = post.desk.imports.approve(draft.id, "U0MEI")
    assert (booking.state, booking.source, booking.slot.start) == (State.CONFIRMED, "import", TWO_PM + 600)
    assert (booking.name, booking.email, booking.phone) == ("Ana Lim", "ana@mail.example", "+6581234567")
    after = post.desk.intake.get(draft.id)
    assert (after.state, after.booking, after.changed_by) == (RequestState.BOOKED, booking.id, "U0MEI")
    with pytest.raises(InputError):
        post.desk.imports.edit(
            post.receive(FORWARDED, subject="x").id, "U0MEI", service="colour", start=TWO_PM, name="Ben"
        )


def test_the_customer_is_not_told_unless_somebody_ticks_it(post):
    post.desk.imports.approve(post.receive(FORWARDED).id, "U0MEI")
    work(post)
    assert post.mailer.sent == []
    assert ("mei@marigold.example", next(iter(post.calendar.events))[1]) in post.calendar.events
    told = post.receive(FORWARDED.replace("5 May", "6 May").replace("Tuesday", "Wednesday"))
    post.desk.imports.approve(told.id, "U0MEI", tell=True)
    work(post)
    (mail,) = post.mailer.sent
    assert mail.to == "Ana Lim <ana@mail.example>" or "ana@mail.example" in mail.to
    assert "In-Reply-To" not in mail.headers  # the forwarded mail is no letter of hers


def test_it_stays_though_the_calendar_shows_it_already(post):
    """Booking sites write into the calendar too."""
    post.calendar.busy["mei@marigold.example"] = [(TWO_PM, TWO_PM + 7200)]
    booking = post.desk.imports.approve(post.receive(FORWARDED).id, "U0MEI")
    work(post)
    assert post.desk.bookings.get(booking.id).state is State.CONFIRMED
    assert post.mailer.sent == []


def test_reminders_are_planned_all_the_same(post):
    booking = post.desk.imports.approve(post.receive(FORWARDED).id, "U0MEI")
    work(post)
    assert post.desk.reminders.find(booking.id, booking.slot.start) is not None


def test_approved_twice_it_is_one_booking(post):
    draft = post.receive(FORWARDED)
    booking = post.desk.imports.approve(draft.id, "U0MEI")
    with pytest.raises(WrongState) as late:
        post.desk.imports.approve(draft.id, "U0ROSA")
    assert (late.value.by, late.value.state) == ("U0MEI", "BOOKED")
    assert [b.id for b in post.desk.bookings.of_customer(booking.customer)] == [booking.id]


def test_rules_that_changed_meanwhile_are_not_booked_against(post):
    from tests.documents.conftest import RULES

    draft = post.receive(FORWARDED)
    post.desk.rules.update(
        RULES.replace("price: 180, resources: [mei]", "price: 180, resources: [jess]"), "U0ROSA"
    )
    with pytest.raises(InputError, match="rules have changed"):
        post.desk.imports.approve(draft.id, "U0MEI")


def test_approve_and_discard_at_once_is_decided_by_the_database(post):
    """The discard is committed between the reading of the draft and the booking of it."""
    draft = post.receive(FORWARDED)
    resolve = post.desk.customers.resolve

    def slow(**given):
        post.desk.intake.discard(draft.id, "U0ROSA")
        return resolve(**given)

    post.desk.customers.resolve = slow
    with pytest.raises(WrongState) as lost:
        post.desk.imports.approve(draft.id, "U0MEI")
    assert lost.value.by == "U0ROSA"
    assert post.desk.intake.get(draft.id).state is RequestState.DISCARDED
    assert post.desk.bookings.of_customer(post.desk.customers.known(email="ana@mail.example").id) == ()


def test_a_slot_taken_meanwhile_is_told_and_the_draft_waits(post):
    draft = post.receive(FORWARDED)
    taken(post)
    with pytest.raises(InputError, match="Mei is not free then: booked 14:00-16:00"):
        post.desk.imports.approve(draft.id, "U0MEI")
    assert post.desk.intake.get(draft.id).state is RequestState.DRAFT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": "perm"}, "service"),
        ({"party": 2}, "party"),
        ({"resource": "jess"}, "resource"),
        ({"name": " "}, "name"),
        ({"start": TWO_PM - 30 * 86_400}, "time"),
        ({"start": TWO_PM + 3600}, "time"),
        ({"start": TWO_PM - 86_400}, "time"),
    ],
)
def test_a_wrong_correction_names_its_field(post, changes, field):
    draft = post.receive(FORWARDED)
    taken(post, TWO_PM + 3600)
    given = {"service": "colour", "start": TWO_PM - 3600, "name": "Ana", **changes}
    with pytest.raises(InputError) as fault:
        post.desk.imports.edit(draft.id, "U0MEI", **given)
    assert fault.value.field == field
    assert post.desk.intake.get(draft.id).state is RequestState.DRAFT


def test_a_person_may_book_outside_the_hours(post):
    draft = post.receive(FORWARDED)
    monday = ZONE.parse("2026-05-04T14:00")
    booking = post.desk.imports.edit(
        draft.id, "U0MEI", service="colour", start=monday, name="Ana", unusual=True
    )
    assert (booking.slot.start, booking.state) == (monday, State.CONFIRMED)


def test_what_a_person_filled_in_is_what_is_booked(post):
    draft = post.receive(FORWARDED.replace("Full colour with Mei", "something"))
    booking = post.desk.imports.edit(
        draft.id, "U0MEI", service="haircut", start=TWO_PM, resource="jess", name="Ana L", phone="+6581234567"
    )
    assert (booking.slot.resource, booking.slot.end - booking.slot.start, booking.name) == (
        "jess",
        45 * 60,
        "Ana L",
    )
    assert (booking.email, booking.phone) == (None, "+6581234567")


def test_a_room_it_needs_is_taken_along_and_approval_is_not_asked_again(post):
    draft = post.receive(FORWARDED.replace("Full colour with Mei", "Facial with Mei"))
    booking = post.desk.imports.approve(draft.id, "U0MEI")
    assert (booking.slot.needs, booking.state) == (("room",), State.CONFIRMED)
    again = post.receive(
        FORWARDED.replace("Full colour with Mei", "Facial with Jess")
        .replace("ana@", "ben@")
        .replace("8123 4567", "8123 4568")
    )
    assert "needs besides" in again.plan.taken


def test_discarding_keeps_the_mail_and_says_where(post):
    draft = post.receive(FORWARDED)
    post.desk.intake.discard(draft.id, "U0MEI")
    from handlers.domain import keys

    row = post.desk.journal.thread(keys.request(draft.id))[-1]
    assert (row.who, row.what, row.after["raw"]) == ("U0MEI", EventKind.REQUEST_DISCARDED, draft.message.raw)
    assert b"Glow Bookings" in post.files.get(draft.message.raw)


# --- lists -------------------------------------------------------------------------------------------------------


def test_each_row_of_a_list_is_a_draft_of_its_own(post):
    whole = post.receive("tomorrow's bookings", ("clients.xlsx", "application/octet-stream", files.sheet()))
    assert (whole.state, whole.reason) == (
        RequestState.HANDLED,
        "clients.xlsx lists 2; each has a card of its own.",
    )
    first, second = sorted(post.drafts(), key=lambda r: r.note)
    assert (first.name, first.plan.slot.start, first.note) == ("Ana Lim", TWO_PM, "Row 1 of clients.xlsx.")
    assert (second.name, second.plan.slot.service, second.part_of) == ("Ben Ong", "colour", whole.id)
    assert first.email is None


def test_columns_called_from_and_to_are_times_and_no_mail(post):
    rows = [
        ["Client", "Service", "Date", "From", "To"],
        ["Ana", "Full colour", "5 May 2026", "14:00", "16:00"],
        ["Ben", "Haircut", "6 May 2026", "10:00", "10:45"],
    ]
    post.receive("", ("day.xlsx", "application/octet-stream", files.sheet(rows)))
    first, second = sorted(post.drafts(), key=lambda r: r.note)
    assert (first.plan.slot.start, first.plan.slot.end - first.plan.slot.start) == (TWO_PM, 7200)
    assert (second.name, second.plan.slot.end - second.plan.slot.start) == ("Ben", 45 * 60)


def test_a_crash_between_the_rows_doubles_none(post):
    request = post.desk.intake.receive_mail(
        post.mail("", ("clients.xlsx", "application/octet-stream", files.sheet()))
    )
    move = post.desk.intake.move
    post.desk.intake.move = lambda *_, **__: (_ for _ in ()).throw(RuntimeError("power cut"))
    with pytest.raises(RuntimeError):
        post.settle()
    post.desk.intake.move = move
    post.clock.at += 300
    post.desk.intake.resume()
    post.settle()
    assert len(post.drafts()) == 2
    assert post.desk.intake.get(request.id).state is RequestState.HANDLED


def test_of_a_long_list_a_person_is_told_what_is_left(post):
    rows = [
        ["Client", "Service", "Mobile"],
        *([f"Ana {'abcdefghijklmnopqrstuvwxyz'[n % 26]}{n}", "Haircut", 81230000 + n] for n in range(40)),
    ]
    whole = post.receive("", ("clients.xlsx", "application/octet-stream", files.sheet(rows)))
    assert whole.state is RequestState.ESCALATED
    assert "lists 40; the first 25 have cards" in whole.reason
    assert len([r for r in post.drafts() if r.part_of]) == 25
