"""`/book audit`: what happened to a booking, in order, with who did it."""

from __future__ import annotations

from blocks.audit import audit_card
from handlers.domain.audit import AuditRow
from handlers.domain.rules import load
from tests.slack.checker import faults_of_message
from tests.slack.office import Office
from tests.slack.samples import NOW, RULES, booking


def said(answer) -> str:
    return str(answer.json["blocks"])


def test_the_thread_of_a_booking_says_who_did_what_and_what_it_was(office: Office) -> None:
    made = office.booked()
    office.desk.bookings.arrive(made.id, "U0MEI")
    answer = office.command("audit ana")
    assert faults_of_message(answer.json["text"], answer.json["blocks"]) == []
    assert "*Booked*" in said(answer)
    assert "*Arrived* \N{MIDDLE DOT} <@U0MEI>" in said(answer)
    assert "confirmed \N{RIGHTWARDS ARROW} arrived" in said(answer)


def test_an_id_finds_just_that_booking(office: Office) -> None:
    made = office.booked()
    assert made.id in said(office.command(f"audit {made.id}"))


def test_nobody_found_says_what_to_write(office: Office) -> None:
    assert "No booking found" in office.command("audit nobody").json["text"]
    assert "Whose booking?" in office.command("audit").json["text"]


def test_the_longest_thread_stays_within_slacks_limits() -> None:
    rules = load(RULES)
    rows = [
        AuditRow(
            id=f"{n:06d}", subject="BOOKING#b", at=NOW + n, who="U0MEI", what="rescheduled", before={"start": NOW},
            after={"start": NOW + n, "resource": "jess", "state": "CONFIRMED"}, more={"reason": "<!channel> " * 60},
        )
        for n in range(1000)
    ]  # fmt: skip
    card = audit_card(rules, booking(), rows)
    blocks = [b.to_dict() for b in card.blocks]
    assert faults_of_message(card.text, blocks) == []
    assert "<!channel>" not in str(blocks)
    assert "earlier steps are not shown" in str(blocks)
