"""Where an address or number came from is on record, whichever way it came in."""

from __future__ import annotations

import pytest

from handlers.domain import keys
from handlers.domain.customer import Customer
from handlers.domain.request import Channel
from handlers.services.orchestrator import BookingContext
from tests.bookings.world import STAFF, World

MOBILE = "+351912345678"


@pytest.mark.parametrize(("source", "by"), [("staff", STAFF), ("import", "system"), ("text", "customer")])
def test_a_booking_of_somebody_new_records_its_source(world: World, source: str, by: str) -> None:
    guest = Customer(id="", name="Bea", phone=MOBILE)
    booking = world.book(customer=guest, source=source, by=by)
    assert world.desk.customers.get(booking.customer).consent == f"{source} {by}"


def test_what_a_path_knows_better_is_kept(world: World) -> None:
    guest = Customer(id="", name="Bea", phone=MOBILE, consent="sheet, row 7")
    booking = world.book(customer=guest, source="import", by="system")
    assert world.desk.customers.get(booking.customer).consent == "sheet, row 7"


@pytest.mark.parametrize("channel", ["web", "voice", "text", "email"])
def test_every_channel_records_itself(world: World, channel: Channel) -> None:
    offered = world.desk.orchestrator.check_availability(
        BookingContext(channel=channel, by="customer", conversation="c1"), world.offer().query
    )
    assert offered.ok
    booked = world.desk.orchestrator.book(
        BookingContext(channel=channel, by="customer", conversation="c1"),
        slot=offered.slots[0],
        name="Bea",
        phone=MOBILE,
    )
    assert booked.booking is not None
    assert world.desk.customers.get(booked.booking.customer).consent == f"{channel} customer"


def test_a_further_contact_stands_beside_the_first_and_in_the_trail(world: World) -> None:
    known = world.desk.customers.resolve(name="Bea", email="bea@mail.example", consent="web customer")
    more = world.desk.customers.resolve(
        name="Bea", email="bea@mail.example", phone=MOBILE, consent="staff U0INES"
    )
    assert more.id == known.id
    assert world.desk.customers.get(known.id).consent == "web customer; staff U0INES"
    row = world.desk.journal.thread(keys.customer(known.id))[-1]
    assert (row.what, row.more) == ("added a contact", {"changed": ["phone"], "consent": "staff U0INES"})
    world.desk.customers.resolve(name="Bea", email="bea@mail.example", phone=MOBILE, consent="text customer")
    assert world.desk.customers.get(known.id).consent == "web customer; staff U0INES"


def test_an_opt_out_is_no_consent(world: World) -> None:
    silent = world.desk.customers.silence(MOBILE, "text")
    assert silent.consent == ""
