from __future__ import annotations

import pytest

from tests.reading.desk import bistro, read


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a table for two on Friday", 2),
        ("party of 6 tomorrow at 8", 6),
        ("table for 4 tonight", 4),
        ("the two of us", 2),
        ("both of us would like to come", 2),
        ("2 adults and 1 kid", 3),
        ("me and my husband on Saturday", 2),
        ("my wife and I", 2),
        ("me and 3 friends", 4),
        ("just me", 1),
        ("we'll be twelve people", 12),
        ("table for 5 at 8pm, actually 6 people", 6),
        ("there are four of us", 4),
    ],
)
def test_party_sizes_are_counted(text, size):
    assert read(text, of=bistro()).party_size.value == size


@pytest.mark.parametrize(
    "text",
    [
        "a table at 7",
        "for 2 hours",
        "for 8 pm",
        "a table on the 4th",
        "in 6 days",
        "for 10:30",
        "at 5 in the evening",
    ],
)
def test_times_are_not_party_sizes(text):
    assert read(text, of=bistro()).party_size.value is None


def test_companions_who_cannot_be_counted_are_quoted_for_a_human():
    found = read("a table for me and my colleagues", of=bistro())
    assert found.party_size.value is None
    assert found.party_size.quote == "me and my colleagues"
    assert "party_size" in found.review


def test_a_party_beyond_the_limit_is_reviewed():
    assert "party_size" in read("a table for 9 on Friday", of=bistro()).review
    assert "party_size" not in read("a table for 6 on Friday", of=bistro()).review


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ("a cut with Jess", "jess"),
        ("a cut with jesss", "jess"),
        ("jess please, a trim", "jess"),
        ("can I see Dr. Osei for a blow-dry", "osei"),
        ("does Mei have anything for a trim on Friday", "mei"),
        ("a trim with anyone but Jess", "mei"),
        ("a trim, not Mei", "jess"),
    ],
)
def test_the_member_of_staff_asked_for(text, staff):
    assert read(text).resource.value == staff


@pytest.mark.parametrize(
    "text",
    [
        "Hi Mei, a trim please",
        "a cut in the room with Robin",
        "a cut with my friend",
        "I'm Jess Wong, a trim please",
    ],
)
def test_greetings_rooms_and_customers_are_not_staff(text):
    assert read(text).resource.value is None


def test_a_refusal_that_leaves_several_is_left_to_a_human():
    found = read("a blow-dry, but not with Mei")
    assert found.resource.value is None
    assert "Mei" in found.resource.quote
    assert "resource" in found.review


def test_staff_who_do_not_do_the_service_are_reviewed():
    assert "resource" in read("a colour with Jess").review


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'm Ana Lim and need a trim", "Ana Lim"),
        ("This is Tom, a cut please", "Tom"),
        ("my name is priya shah", "Priya Shah"),
        ("A trim on Friday?\n\nKind regards,\nSam O'Neil\nAcme Ltd", "Sam O'Neil"),
        ("A trim on Friday? Cheers, Ana", "Ana"),
        ("A trim on Friday?\n-- \nAna Lim\n+65 8123 4567", "Ana Lim"),
        ("I'm looking for a trim", None),
        ("I'm Free on Friday", None),
        ("A trim please. Thanks!", None),
    ],
)
def test_the_customers_name(text, name):
    assert read(text).customer.name == name


def test_phone_and_mail_address_are_normalised():
    found = read("A trim on Friday at 3. 8123 4567 or ana.lim@Post.Example, not hello@fern.example").customer
    assert found.phone == "+6581234567"
    assert found.email == "ana.lim@post.example"
    assert read("call me on 020 7946 0018", of=bistro()).customer.phone == "+442079460018"


def test_our_own_address_is_not_the_customers():
    assert read("I wrote to hello@fern.example before").customer.email is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("my daughter Jess needs a trim", "a relative"),
        ("my sister, Jess, would like a trim", "a relative"),
        ("Name: Jess Wong\nService: trim", "a form's field"),
        ("jess here, a trim on Friday", "the customer"),
        ("A trim on Friday. Thanks! Mei Chen", "a signature"),
        ("A trim for Jess Wong on Friday", "somebody's full name"),
        ("I work near Jess Street, a trim please", "a street"),
        ("I'll jess my car outside, a trim please", "a verb"),
        ("Jess recommended you, a trim please", "who sent them"),
        ("Tell Jess thanks! A trim on Friday?", "a greeting"),
        ("a trim with Jess's colleague", "somebody beside her"),
    ],
)
def test_a_name_that_is_not_meant_as_staff(text, why):
    assert read(text).resource.value is None, why


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ("Is Mei free on Friday? A trim", "mei"),
        ("can I have Mei this time, a trim", "mei"),
        ("can jess fit me in for a trim", "jess"),
        ("Jess did my hair last time, can I have Mei? A trim", "mei"),
        ("I saw Dr Osei last year. Mei this time please, a blow-dry", "mei"),
        ("A trim with Mei please - actually Jess", "jess"),
        ("Stylist: Jess, a trim", "jess"),
        ("JESS - trim - fri 3", "jess"),
    ],
)
def test_staff_asked_for_in_other_words(text, staff):
    found = read(text)
    assert found.resource.value == staff
    assert "resource" not in found.review


@pytest.mark.parametrize(
    "text",
    ["a trim for Jess", "a trim with Jess Wong", "A trim on Friday\nJess", "I saw Jess last time. A trim"],
)
def test_staff_perhaps_is_for_a_person_to_say(text):
    assert "resource" in read(text).review


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Table for two, sorry three, Friday 7pm", 3),
        ("4 of us on Friday at 7pm - now 5, sorry", 5),
        ("we'll be 6 not 4 on Sunday", 6),
        ("we'll be 5 instead of 4 tonight", 5),
    ],
)
def test_a_corrected_size_is_the_last_one(text, size):
    found = read(text, of=bistro())
    assert (found.party_size.value, "party_size" in found.review) == (size, False)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Name: Bo\nParty size: 5\nDate: Friday", 5),
        ("Guests - 3, Sat 8pm", 3),
        ("we are 4", 4),
        ("there'll be 6 in our group", 6),
        ("me and my two kids", 3),
        ("me and a friend", 2),
        ("just me, a quiet table", 1),
        ("a solo diner", 1),
        ("half a dozen of us", 6),
        ("a couple of us on Friday at 8", 2),
        ("2 parents and 3 kids", 5),
        ("3 adults and a child", 4),
        ("6 seats on Saturday at 8.30pm", 6),
        ("Fri 8pm x2", 2),
        ("5 for Friday at 7", 5),
        ("2 for dinner tonight", 2),
        ("4 @ 7pm Friday", 4),
        ("dinner, 2, Friday, 8pm", 2),
        ("a table for 4. One of us is vegetarian", 4),
        ("a table for 4. Two of us are vegetarian", 4),
        ("a table for 4 including 2 kids", 4),
    ],
)
def test_sizes_in_the_words_people_use(text, size):
    found = read(text, of=bistro())
    assert (found.party_size.value, "party_size" in found.review) == (size, False)


@pytest.mark.parametrize(
    "text", ["party of 4-6 on Friday", "4 or 5 people", "me, my wife and 2 kids", "me and my cousins"]
)
def test_a_size_that_is_not_settled_is_for_a_person(text):
    assert "party_size" in read(text, of=bistro()).review


@pytest.mark.parametrize(
    "text", ["we are 10 minutes away", "we'll be there at 8", "there are 3 steps", "option 2, Friday"]
)
def test_other_numbers_are_no_size(text):
    assert read(text, of=bistro()).party_size.value is None


@pytest.mark.parametrize(
    "text", ["haircuts for me and my sister", "my daughter and I both need a trim", "trims for both my kids"]
)
def test_one_each_counts_two(text):
    assert read(text).party_size.value == 2
