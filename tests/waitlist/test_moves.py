"""One of four moves, always: what each is made on, whom it is for, and what staff read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.waitlist import EntryState
from handlers.domain.waitlist.eligible import eligible
from handlers.domain.waitlist.moves import decide
from tests.waitlist.lists import DAY, TWO, entry, place
from tests.waitlist.test_eligible import lists, places

LATER = DAY + timedelta(2)


@pytest.mark.parametrize(
    ("there", "people", "move", "who"),
    [
        ({}, [entry("a", joined=2), entry("b", joined=1)], "make_offer", "b"),
        ({"seq": 1, "asked": 1, "tried": {"b"}}, [entry("a"), entry("b")], "roll_on", "a"),
        ({"seq": 4, "asked": 0, "tried": {"b"}}, [entry("a")], "roll_on", "a"),
        ({}, [], "nobody_fits", None),
        ({}, [entry(earliest=LATER, latest=LATER)], "nobody_fits", None),
        ({"seq": 1, "asked": 1, "tried": {"w1"}}, [entry()], "hand_back", None),
        ({"seq": 3, "asked": 3}, [entry()], "hand_back", None),
        ({"seq": 2, "asked": 2, "send_at": TWO - 60}, [entry()], "hand_back", None),
        ({"send_at": TWO - 60}, [entry()], "nobody_fits", None),
        ({"unreachable": lambda e: e.id == "w1"}, [entry(), entry("w2", joined=999)], "make_offer", "w2"),
        ({"unreachable": lambda _: True}, [entry()], "nobody_fits", None),
    ],
)
def test_every_look_ends_in_one_move(there, people, move, who):
    decision = decide(place(**there), people)
    assert (decision.move, decision.entry and decision.entry.id) == (move, who)


def test_the_order_names_everybody_who_was_in_line_with_those_who_cannot_be_reached():
    people = [entry("a", joined=3), entry("b", joined=1), entry("c", joined=2), entry("d", party=2)]
    decision = decide(place(unreachable=lambda e: e.id == "b"), people)
    assert (decision.entry.id, decision.order) == ("c", ("b", "c", "a"))


@pytest.mark.parametrize(
    ("there", "people", "reason"),
    [
        ({"asked": 3, "seq": 3}, [entry()], "3 people were offered it, which is the most your rules allow."),
        (
            {"asked": 1, "seq": 1, "waitlist": {"tries": 1}},
            [entry()],
            "1 person was offered it, which is the most your rules allow.",
        ),
        ({"asked": 1, "seq": 1}, [], "1 person was offered it, and nobody else on the list fits."),
        ({"asked": 2, "seq": 2}, [], "2 people were offered it, and nobody else on the list fits."),
        (
            {"seq": 2},
            [],
            "Everybody on the list who fits was offered it before, or could not be reached.",
        ),
        (
            {"unreachable": lambda _: True},
            [entry()],
            "Nobody on the list who fits can be reached by text or mail.",
        ),
        ({}, [], "Nobody on the list fits. Nobody waits for it."),
        (
            {},
            [
                entry("a", earliest=LATER, latest=LATER),
                entry("b", earliest=LATER, latest=LATER),
                entry("c", state=EntryState.PAUSED),
            ],
            "Nobody on the list fits. 3 wait for it: 2 want other days, 1 asked for no offers.",
        ),
        ({"minutes": 20}, [], "Nothing can be booked there: it takes 30 minutes."),
        ({"slots": {}, "misfits": {}}, [], "Nothing can be booked there: no service is given."),
        (
            {"send_at": TWO - 60},
            [entry()],
            "It starts at 2:00 pm: too close to offer it (your cutoff is 30 minutes).",
        ),
        (
            {"send_at": TWO - 60, "waitlist": {"claim_window": 3600}},
            [entry()],
            "It starts at 2:00 pm: too close to offer it (people get 60 minutes to answer).",
        ),
        ({"send_at": TWO + 60}, [entry()], "It starts at 2:00 pm, before quiet hours end."),
    ],
)
def test_staff_read_why_they_get_it_back(there, people, reason):
    assert decide(place(**there), people).reason == reason


def test_what_no_waiting_changes_is_final():
    assert decide(place(asked=3, seq=3), [entry(offer="o9.1")]).final
    assert decide(place(send_at=TWO - 60), [entry()]).final
    assert not decide(place(), []).final
    assert not decide(place(seq=1, asked=1), []).final


def test_a_later_start_in_it_may_still_be_offered_when_the_first_is_too_close():
    here = place(minutes=90, send_at=TWO - 60)
    later = here.slots["colour"].model_copy(update={"start": TWO + 3600})
    here = place(minutes=90, send_at=TWO - 60, slots={"cut": here.slots["cut"], "colour": later})
    decision = decide(here, [entry("a"), entry("b", service="colour", joined=999)])
    assert (decision.move, decision.entry.id) == ("make_offer", "b")
    assert not decide(here, [entry("a")]).final


def test_somebody_who_holds_another_offer_is_worth_waiting_for_only_if_this_would_be_theirs():
    assert decide(place(), [entry(offer="o9.1")]).busy
    assert not decide(place(), [entry(offer="o9.1", party=2)]).busy
    assert not decide(place(tried={"w1"}), [entry(offer="o9.1")]).busy
    assert not decide(place(send_at=TWO - 60), [entry(offer="o9.1")]).busy
    assert not decide(place(), []).busy


@given(places, lists, st.randoms(use_true_random=False))
def test_the_same_people_in_any_order_give_the_same_move(here, everyone, chance):
    shuffled = list(everyone)
    chance.shuffle(shuffled)
    decision = decide(here, everyone)
    assert decide(here, shuffled) == decision
    order = eligible(here, everyone)
    assert decision.entry == (order[0] if order else None)
    assert (decision.entry is None) == (decision.move in {"hand_back", "nobody_fits"})
    assert bool(decision.reason) == (decision.entry is None)
