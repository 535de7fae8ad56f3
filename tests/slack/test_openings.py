"""The card of an opening: what it tells, and every click on it."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from blocks.payloads import OpeningRef, Ref
from bot.board import Board
from bot.messenger import Messenger
from bot.notices import Notices
from handlers.domain import keys
from handlers.domain.errors import DeliveryFailed
from handlers.domain.events import Event, EventKind
from handlers.domain.waitlist import EntryState, OpeningState
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Office
from tests.slack.samples import RULES, TUESDAY_2PM, ZONE
from tests.slack.waiting import WINDOW, freed, join, newest, pass_time

MEI, JESS = "U0MEI", "U0JESS"
QUIET = f'{RULES}\nquiet_hours: "21:00-08:00"\n'


def emit(office: Office, kind: EventKind, subject: str, **data: Any) -> Event:
    """Something happened elsewhere; nobody has heard of it yet."""
    return office.desk.journal.emit(kind, subject, **data)


def opens(office: Office) -> Event:
    """Hours were added."""
    span = {"start": TUESDAY_2PM, "end": TUESDAY_2PM + 3600}
    return emit(office, EventKind.SLOT_FREED, "jess", why="opening", resource="jess", **span)


def openings(slack: FakeSlack) -> list[dict[str, Any]]:
    """The cards of openings, in the order they stand in the channel."""
    title = re.compile(r"\w+ \d+ \w+, \S+ \w+ to \S+ \w+ with \w+: (?!its card is further down)")
    return [m for m in slack.messages.values() if title.match(m["text"])]


def card(slack: FakeSlack) -> dict[str, Any]:
    found = openings(slack)[-1]
    assert faults_of_message(found["text"], found["blocks"]) == []
    return found


def buttons(message: dict[str, Any]) -> list[str]:
    return [e["text"]["text"] for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


def value(message: dict[str, Any], action: str) -> str:
    elements = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]
    return next(e["value"] for e in elements if e["action_id"] == action)


def words(message: dict[str, Any]) -> str:
    return str(message["blocks"])


# --- what it tells ---------------------------------------------------------------------------------------------


def test_a_cancelled_time_on_offer_is_one_card_that_says_what_why_who_and_until_when(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Bea Ong", phone="+6581230001")
    freed(office)

    shown = card(slack)
    assert shown["text"] == ("Tue 5 May, 2:00 pm to 2:45 pm with Jess: on offer to Bea Ong until 9:11 am.")
    ends = newest(office).live.ends  # type: ignore[union-attr]
    for expected in (
        "On offer: Tue 5 May, 2:00 pm to 2:45 pm with Jess",
        "Ana Lim cancelled: Haircut",
        f"*On offer to Bea Ong* by text, until *<!date^{ends}^{{time}}|9:11 am>*",
        "1. *Bea Ong*, text 9:01 am: has until 9:11 am",
    ):
        assert expected in words(shown)
    assert buttons(shown) == ["Offer next now", "Fill by hand", "Stop"]
    assert len(openings(slack)) == 1


def test_the_card_follows_it_from_person_to_person_until_it_is_claimed(
    office: Office, slack: FakeSlack
) -> None:
    for name in ("Una", "Duo"):
        join(office, name)
    freed(office)
    pass_time(office, WINDOW)
    office.settle()
    assert "*On offer to Duo*" in words(card(slack))
    assert "1. *Una*, mail 9:02 am: no answer by 9:12 am" in words(card(slack))

    office.desk.offers.claim(newest(office).live.ref)  # type: ignore[union-attr]
    office.settle()

    shown = card(slack)
    assert shown["text"].endswith("filled by Duo.")
    assert "*Filled* by *Duo*" in words(shown)
    assert buttons(shown) == []
    assert len(openings(slack)) == 1


def test_a_time_freed_by_staff_says_who_freed_it(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    freed(office, by=JESS)
    assert "Cancelled by <@U0JESS>: Ana Lim's Haircut" in words(card(slack))


def test_in_quiet_hours_the_card_says_until_when_it_waits_in_wall_time(
    office: Office, slack: FakeSlack
) -> None:
    office.desk.rules.update(QUIET, "U0ROSA")
    office.events()
    join(office, "Bea")
    office.desk.clock.at = ZONE.parse("2026-05-04T23:00")  # type: ignore[attr-defined]
    freed(office)
    shown = card(slack)
    assert "Waits for quiet hours to end*, Tue 5 May, 8:00 am" in words(shown)
    assert buttons(shown) == ["Fill by hand", "Stop"]


def test_handed_back_it_stands_anew_where_staff_are_told_and_leaves_a_line_behind(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Bea")
    freed(office)
    first, posted = card(slack), len(slack.of("chat.postMessage"))
    pass_time(office, WINDOW)
    office.settle()

    shown = card(slack)
    assert shown is not first
    assert "Yours to fill" in words(shown)
    assert "1 person was offered it, and nobody else on the list fits." in shown["text"]
    assert buttons(shown) == ["Book someone", "Leave open", "Try again"]
    assert len(slack.of("chat.postMessage")) == posted + 1
    left = [m for m in slack.messages.values() if "further down" in m["text"]]
    assert len(left) == 1
    assert faults_of_message(left[0]["text"], left[0]["blocks"]) == []


def test_a_time_nobody_fits_comes_back_with_the_reason_in_numbers(office: Office, slack: FakeSlack) -> None:
    join(office, "Ina", resource="mei")
    join(office, "Oto", resource="mei")
    freed(office)
    assert "Nobody on the list fits. 2 wait for it: 2 want somebody else." in card(slack)["text"]


def test_an_opening_nobody_gave_back_and_nobody_fits_is_not_worth_a_card(
    office: Office, slack: FakeSlack
) -> None:
    opens(office)
    office.settle()
    assert office.desk.openings.active() == ()
    assert slack.messages == {}


def test_an_opening_nobody_gave_back_gets_its_card_with_its_first_offer(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Bea")
    opens(office)
    office.settle()
    assert "New opening" in words(card(slack))
    assert "*On offer to Bea*" in words(card(slack))


def test_fifty_people_asked_are_counted_and_the_last_are_told(office: Office, slack: FakeSlack) -> None:
    for n in range(50):
        join(office, f"P{n:02}")
    freed(office)
    for _ in range(10):
        for _ in range(5):
            pass_time(office, WINDOW)
            office.settle()
        office.desk.openings.try_again(newest(office).opening.id, MEI)
        office.settle()
    shown = card(slack)
    assert "38 people before them" in words(shown)
    assert "50. *P49*" in words(shown)


@pytest.mark.parametrize(
    "name", ["<!channel> *Bo* `x`", "&" * 80, "\u05e9\u05dc\u05d5\u05dd", "a|b>c^d", "_"]
)
def test_whatever_people_are_called_the_card_stays_whole(office: Office, slack: FakeSlack, name: str) -> None:
    join(office, "x", email="x@mail.example", service="haircut")
    entry = office.desk.entries.waiting()[0]
    office.desk.entries.change(entry.id, MEI, name=name)
    freed(office)
    card(slack)
    assert all("<!" not in str(call.args.get("text")) for call in slack.calls)


# --- clicks ----------------------------------------------------------------------------------------------------


def test_next_now_answers_at_once_and_the_next_one_is_asked(office: Office, slack: FakeSlack) -> None:
    for name in ("Una", "Duo"):
        join(office, name)
    opening = freed(office)
    office.click("opening.next", value(card(slack), "opening.next"))

    clicked = slack.responses[-1]
    assert clicked["replace_original"] is True
    assert "The next one is being asked" in words(clicked)
    assert buttons(clicked) == ["Fill by hand", "Stop"]
    office.settle()
    assert "*On offer to Duo*" in words(card(slack))
    assert "1. *Una*, mail 9:02 am: taken back 9:02 am: staff moved on" in words(card(slack))
    assert "Asked for the next" in words(card(slack))
    assert newest(office).opening.id == opening.id


def test_two_people_pressing_next_at_once_move_on_by_one(office: Office, slack: FakeSlack) -> None:
    for name in ("Una", "Duo", "Tri"):
        join(office, name)
    freed(office)
    pressed = value(card(slack), "opening.next")
    start = threading.Barrier(2)

    def click(user: str) -> None:
        start.wait()
        assert office.click("opening.next", pressed, user).status == 200

    clicks = [threading.Thread(target=click, args=(user,)) for user in (MEI, JESS)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    office.settle()

    assert [(o.name, o.state.value) for o in newest(office).offers] == [("Una", "WITHDRAWN"), ("Duo", "LIVE")]
    (private,) = [r for r in slack.responses if not r["replace_original"]]
    assert re.search("already taken back by @(mei|jess)", private["text"])


def test_a_click_on_a_card_from_before_takes_nobodys_offer(office: Office, slack: FakeSlack) -> None:
    for name in ("Una", "Duo"):
        join(office, name)
    freed(office)
    old = value(card(slack), "opening.next")
    pass_time(office, WINDOW)
    office.settle()
    office.click("opening.next", old)
    private, refreshed = slack.responses
    assert "no answer in time" in private["text"]
    assert "*On offer to Duo*" in words(refreshed)
    assert newest(office).live.name == "Duo"  # type: ignore[union-attr]


def test_stop_hands_it_to_staff_who_read_who_stopped_it(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    opening = freed(office)
    office.click("opening.stop", value(card(slack), "opening.stop"), JESS)
    stopped = slack.responses[-1]
    assert "Offers were stopped. (<@U0JESS>)" in words(stopped)
    office.settle()
    assert len(openings(slack)) == 1  # whoever pressed it looks at it
    assert newest(office).live is None
    office.click("opening.stop", Ref(id=opening.id).pack())
    assert "already handed back to staff by @jess" in slack.responses[-2]["text"]


def test_leave_open_and_try_again_end_the_hand_back(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    opening = freed(office)
    pass_time(office, WINDOW)
    office.settle()
    join(office, "Cid")
    office.click("opening.try_again", value(card(slack), "opening.try_again"))
    office.settle()
    assert "*On offer to Cid*" in words(card(slack))

    office.desk.openings.stop(opening.id, MEI)
    office.settle()
    office.click("opening.leave_open", value(card(slack), "opening.leave_open"))
    assert "Left open for a walk-in. (<@U0MEI>)" in words(slack.responses[-1])
    assert buttons(slack.responses[-1]) == []
    office.click("opening.leave_open", Ref(id=opening.id).pack(), JESS)
    assert "already closed by @mei" in slack.responses[-2]["text"]


def test_a_stranger_changes_nothing(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    opening = freed(office)
    for action in ("opening.next", "opening.fill", "opening.stop", "opening.leave_open", "opening.try_again"):
        office.click(action, OpeningRef(id=opening.id, seq=1).pack(), "U0NEW")
        assert "not on the staff list" in slack.responses[-1]["text"]
    assert slack.views == {}
    assert newest(office).opening.rev == opening.rev


def test_a_click_asks_no_calendar(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    freed(office)
    office.desk.calendar.down["jess@willow.example"] = "no answer"  # type: ignore[attr-defined]
    office.click("opening.fill", value(card(slack), "opening.fill"))
    office.click("opening.next", value(card(slack), "opening.next"))
    assert "Who gets it" in str(slack.only_view())
    assert "can't be read" not in words(slack.responses[-1])


# --- fill by hand ----------------------------------------------------------------------------------------------


def who(view: dict[str, Any]) -> list[str]:
    (select,) = [b["element"] for b in view["blocks"] if b.get("element", {}).get("action_id") == "fill.who"]
    return [o["text"]["text"] for o in select["options"]]


def inputs(view: dict[str, Any]) -> list[str]:
    return [b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"]


def opened(office: Office, slack: FakeSlack) -> dict[str, Any]:
    office.click("opening.fill", value(card(slack), "opening.fill"), ts=standing(office))
    view = slack.views[f"V{len(slack.views)}"]
    assert faults_of_view(view) == []
    return view


def standing(office: Office) -> str:
    item = office.desk.store.get(keys.notice(keys.opening(newest(office).opening.id), "card"))
    assert item is not None
    return str(item["ts"])


def test_by_hand_says_whom_it_is_on_offer_to_and_who_else_fits_in_order(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Bea")
    join(office, "Cid")
    join(office, "Ina", resource="mei")
    paused = join(office, "Pau")
    office.desk.entries.pause(paused.id, "customer")
    freed(office)
    view = opened(office, slack)
    assert who(view) == ["Somebody else", "1. Bea · Haircut", "2. Cid · Haircut", "3. Pau · Haircut"]
    assert "On offer to Bea" in str(view)
    assert "booking takes it back and tells them that it is taken" in str(view)
    assert "Ina (Wants Mei; this is with Jess)" in str(view)
    assert "wants no offers: call" in str(view)


def test_a_walk_in_is_booked_and_whoever_held_the_offer_loses_it(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    freed(office)
    view = opened(office, slack)
    assert inputs(view) == ["fill.who", "service", "name", "contact", "notes"]
    answer = office.submit(view["id"], {"name": "Walk In", "contact": "+65 8123 9999"})
    assert answer.json["response_action"] == "update"
    assert "Booked" in str(answer.json["view"])
    seen = newest(office)
    assert seen.opening.state is OpeningState.FILLED
    assert [o.state.value for o in seen.offers] == ["WITHDRAWN"]
    assert "*Filled* for *Walk In*, by <@U0MEI>" in words(card(slack))
    office.settle()
    assert "*Filled* for *Walk In*, by <@U0MEI>" in words(card(slack))


def test_somebody_from_the_list_is_booked_without_typing_anything(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    cid = join(office, "Cid", phone="+6581230003", notes="short fringe")
    freed(office)
    view = opened(office, slack)
    office.change(view["id"], "fill.who", {"fill.who": cid.id}, "2.0")
    view = slack.views[view["id"]]
    assert faults_of_view(view) == []
    assert inputs(view) == ["fill.who"]
    assert "short fringe" in str(view)
    office.submit(view["id"], {})
    assert office.desk.entries.get(cid.id).state is EntryState.BOOKED
    booking = office.desk.bookings.get(newest(office).opening.booking or "")
    assert (booking.name, booking.phone, booking.notes) == ("Cid", "+6581230003", "short fringe")


def test_staff_can_say_yes_for_who_holds_the_offer(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    freed(office)
    view = opened(office, slack)
    office.change(view["id"], "fill.who", {"fill.who": bea.id}, "2.0")
    assert "booking says yes for them" in str(slack.views[view["id"]])
    office.submit(view["id"], {})
    assert [o.state.value for o in newest(office).offers] == ["CLAIMED"]
    assert "*Filled* for *Bea*, by <@U0MEI>" in words(card(slack))


def test_what_is_wrong_is_said_beside_its_input(office: Office, slack: FakeSlack) -> None:
    freed(office)
    view = opened(office, slack)
    answer = office.submit(view["id"], {"name": "", "contact": "nobody@", "service": "haircut"})
    assert set(answer.json["errors"]) == {"name", "contact"}
    assert newest(office).opening.state is OpeningState.HANDED_BACK


def test_who_left_the_list_meanwhile_is_said_beside_the_choice(office: Office, slack: FakeSlack) -> None:
    cid = join(office, "Cid")
    freed(office)
    view = opened(office, slack)
    office.change(view["id"], "fill.who", {"fill.who": cid.id}, "2.0")
    office.desk.entries.remove(cid.id, "customer")
    answer = office.submit(view["id"], {})
    assert set(answer.json["errors"]) == {"fill.who"}


def test_the_slower_of_two_who_fill_it_reads_who_was_faster(office: Office, slack: FakeSlack) -> None:
    freed(office)
    first, second = opened(office, slack), opened(office, slack)
    office.submit(first["id"], {"name": "One", "contact": "one@mail.example", "service": "haircut"}, JESS)
    answer = office.submit(second["id"], {"name": "Two", "contact": "two@mail.example", "service": "haircut"})
    assert "already filled by @jess" in str(answer.json["view"])
    office.settle()
    assert "*Filled* for *One*, by <@U0JESS>" in words(card(slack))


def test_a_modal_opened_on_what_is_filled_already_is_not_opened(office: Office, slack: FakeSlack) -> None:
    freed(office)
    pressed = value(card(slack), "opening.fill")
    office.submit(opened(office, slack)["id"], {"name": "One", "contact": "one@mail.example"})
    office.click("opening.fill", pressed)
    assert len(slack.views) == 1
    assert "already filled by @mei" in slack.responses[-2]["text"]


def test_a_choice_in_a_modal_whose_time_is_gone_is_told(office: Office, slack: FakeSlack) -> None:
    cid = join(office, "Cid")
    opening = freed(office)
    view = opened(office, slack)
    office.desk.offers.claim(newest(office).live.ref)  # type: ignore[union-attr]
    office.change(view["id"], "fill.who", {"fill.who": cid.id}, "2.0")
    assert "already filled by the customer" in str(slack.views["V2"])
    assert opening.id == newest(office).opening.id


def test_more_people_than_a_menu_holds_are_counted(office: Office, slack: FakeSlack) -> None:
    for n in range(120):
        join(office, f"Person{n:03}")
    freed(office)
    view = opened(office, slack)
    assert len(who(view)) == 100
    assert "21 more fit, further down the list." in str(view)


# --- the card moves once ---------------------------------------------------------------------------------------


def test_a_card_that_moved_does_not_come_back_where_it_stood(office: Office, slack: FakeSlack) -> None:
    """A slow worker read where the card stood, and writes there after it has moved."""
    join(office, "Bea")
    opening = freed(office)
    old = standing(office)
    slow: list[str] = []
    patient = Messenger.patient(office.desk.settings)

    class Slow(Messenger):
        def update(self, place: Any, shown: Any) -> bool:
            if not slow:
                slow.append(place.ts)
                pass_time(office, WINDOW)
                office.settle()  # another worker hands it back: the card moves
            return super().update(place, shown)

    desk = office.desk
    event = emit(office, EventKind.OPENING_CHANGED, opening.id)
    office.heard.add(event.id)
    notices = Notices(desk, patient, Board(desk.store, desk.clock, Slow(patient._client), lambda _: None))
    notices.perform(event)
    assert slow == [old]
    assert "further down" in slack.messages["C0DESK", old]["text"]
    assert standing(office) != old
    assert len(openings(slack)) == 1


def test_a_card_that_could_not_be_posted_anew_is_posted_by_the_next_attempt(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Bea")
    opening = freed(office)
    pass_time(office, WINDOW)
    slack.answer("chat.postMessage", *[(500, {}, {"ok": False})] * 3)
    with pytest.raises(DeliveryFailed):
        office.settle()
    pass_time(office, 60)
    office.notices.perform(emit(office, EventKind.OPENING_CHANGED, opening.id))
    assert "Yours to fill" in words(card(slack))
    assert len(openings(slack)) == 1
