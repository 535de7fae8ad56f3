"""`/waitlist`: the list and every click in it, adding, editing, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from blocks.ids import EntryChoice
from blocks.payloads import EntryMenu, Ref
from handlers.domain import keys
from handlers.domain.request import RequestState
from handlers.domain.waitlist import Entry, EntryState, OpeningState
from tests.slack.checker import faults_of_message, faults_of_view
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import Answer, Office
from tests.slack.samples import request
from tests.slack.waiting import WINDOW, freed, join, newest, pass_time

MEI, JESS, STRANGER = "U0MEI", "U0JESS", "U0NEW"


def waitlist(office: Office, slack: FakeSlack, text: str = "", user: str = MEI) -> dict[str, Any]:
    """The modal that `/waitlist ...` opens."""
    before = len(slack.views)
    assert office.command(text, user, name="/waitlist").body == ""
    assert len(slack.views) == before + 1
    return shown(slack, f"V{before + 1}")


def shown(slack: FakeSlack, id_: str = "V1") -> dict[str, Any]:
    view = slack.views[id_]
    assert faults_of_view(view) == []
    return view


def rows(view: dict[str, Any]) -> list[str]:
    """The first line of each row."""
    found = [b["text"]["text"] for b in view["blocks"] if str(b.get("block_id", "")).startswith("entry-")]
    return [text.split("\n")[0].replace("*", "") for text in found]


def names(view: dict[str, Any]) -> list[str]:
    return [row.split(" \N{MIDDLE DOT} ")[0] for row in rows(view)]


def choose(office: Office, view: dict[str, Any], entry: Entry, do: EntryChoice, user: str = MEI) -> Answer:
    """An entry of a row's menu, as it stands in the view."""
    value = EntryMenu(id=entry.id, do=do).pack()
    options = [o["value"] for b in view["blocks"] for o in (b.get("accessory") or {}).get("options", [])]
    assert value in options
    return office.press(view["id"], "entry.menu", value, user)


def begins(view: dict[str, Any]) -> dict[str, Any]:
    """What each input of a modal begins with."""
    return {
        b["element"]["action_id"]: b["element"].get("initial_value")
        or b["element"].get("initial_date")
        or (b["element"].get("initial_option") or {}).get("value")
        for b in view["blocks"]
        if b["type"] == "input"
    }


# --- the list --------------------------------------------------------------------------------------------------


def test_the_list_stands_in_the_fair_order_with_each_ones_wish(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea Ong", earliest=date(2026, 5, 5), latest=date(2026, 5, 9), notes="any morning")
    join(office, "Cid", "party", party=4)
    vip = join(office, "Vip", resource="mei")
    office.desk.entries.bump(vip.id, MEI)
    paused = join(office, "Pau")
    office.desk.entries.pause(paused.id, "customer")

    view = waitlist(office, slack)
    assert rows(view) == [
        "Vip · Haircut · number 1",
        "Bea Ong · Haircut · number 2",
        "Cid · Hen party · for 4 · number 1",
        "Pau · Haircut",
    ]
    text = str(view["blocks"])
    for expected in (
        "*4 are waiting.* 3 Haircut, 1 Hen party",
        "who has priority, then who waits longest",
        "Tue 5 May to Sat 9 May · waits since Mon 4 May, 9:00 am",
        "only with Mei · :star: priority 1",
        "_any morning_",
        ":zzz: Paused",
    ):
        assert expected in text


def test_an_empty_list_teaches(office: Office, slack: FakeSlack) -> None:
    assert "/waitlist add colour for Ana" in str(waitlist(office, slack)["blocks"])


def test_who_holds_an_offer_is_marked_with_its_end(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    freed(office)
    ends = newest(office).live.ends  # type: ignore[union-attr]
    assert f"Holds an offer until <!date^{ends}^{{time}}|9:11 am>" in str(waitlist(office, slack)["blocks"])


def test_it_is_filtered_by_service_and_by_person(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea Ong", phone="+6581230001")
    join(office, "Beatrix", "colour")
    join(office, "Cid", "colour")
    view = waitlist(office, slack)
    office.press(view["id"], "waitlist.service", "colour")
    assert names(shown(slack)) == ["Beatrix", "Cid"]
    answer = office.submit(view["id"], {"find": "bea"})
    assert names(answer.json["view"]) == ["Beatrix"]
    office.press(view["id"], "waitlist.service", "all", typed={"find": "bea"})
    assert names(shown(slack)) == ["Bea Ong", "Beatrix"]


@pytest.mark.parametrize("text", ["lim", "Bea Limbert", "0001", "bea@mail", "Bea Limbart"])
def test_people_are_found_by_what_staff_know_of_them(office: Office, slack: FakeSlack, text: str) -> None:
    join(office, "Bea Limbert", phone="+6581230001")
    join(office, "Cid", phone="+6581230002")
    assert names(waitlist(office, slack, f"find {text}")) == ["Bea Limbert"]


def test_nobody_found_says_what_to_try(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    text = str(waitlist(office, slack, "find zorro <!channel>")["blocks"])
    assert "Nobody called" in text
    assert "last digits" in text


def test_two_hundred_people_are_turned_over_page_by_page(office: Office, slack: FakeSlack) -> None:
    for n in range(200):
        join(office, f"Person{n:03}")
    view = waitlist(office, slack)
    assert len(names(view)) == 20
    assert "1 to 20 of 200" in str(view["blocks"])
    for page in range(1, 10):
        office.press("V1", "waitlist.next", Ref(id=str(page)).pack())
        assert names(shown(slack))[0] == f"Person{page * 20:03}"
    assert "waitlist.next" not in str(shown(slack))
    office.press("V1", "waitlist.previous", Ref(id="8").pack())
    assert names(shown(slack))[0] == "Person160"


# --- clicks in the list ----------------------------------------------------------------------------------------


def test_priority_moves_a_row_up_and_down_again(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    cid = join(office, "Cid")
    view = waitlist(office, slack)
    choose(office, view, cid, EntryChoice.BUMP)
    assert names(shown(slack)) == ["Cid", "Bea"]
    assert "*Cid* has priority 1 now" in str(shown(slack)["blocks"])
    choose(office, shown(slack), cid, EntryChoice.LOWER)
    assert names(shown(slack)) == ["Bea", "Cid"]
    trail = [(row.who, row.what) for row in office.desk.journal.thread(keys.entry(cid.id))]
    assert trail.count((MEI, "changed the priority")) == 2


def test_paused_people_keep_their_place_and_get_no_offers(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    join(office, "Cid")
    choose(office, waitlist(office, slack), bea, EntryChoice.PAUSE)
    assert names(shown(slack)) == ["Bea", "Cid"]
    freed(office)
    assert newest(office).live.name == "Cid"  # type: ignore[union-attr]
    choose(office, shown(slack), bea, EntryChoice.RESUME)
    assert office.desk.entries.get(bea.id).state is EntryState.WAITING


def test_removed_by_mistake_they_are_put_back_where_they_were(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    cid = join(office, "Cid")
    join(office, "Dan")
    choose(office, waitlist(office, slack), cid, EntryChoice.REMOVE)
    view = shown(slack)
    assert names(view) == ["Bea", "Cid", "Dan"]
    assert office.desk.entries.get(cid.id).state is EntryState.REMOVED
    assert "*2 are waiting.*" in str(view["blocks"])
    office.press("V1", "entry.undo", Ref(id=cid.id).pack())
    assert rows(shown(slack))[1] == "Cid · Haircut · number 2"
    assert "entry.undo" not in str(shown(slack))
    assert office.desk.entries.get(cid.id).joined == cid.joined


def test_two_who_remove_the_same_one_are_told_who_was_faster(office: Office, slack: FakeSlack) -> None:
    cid = join(office, "Cid")
    first, second = waitlist(office, slack), waitlist(office, slack, user=JESS)
    choose(office, first, cid, EntryChoice.REMOVE, MEI)
    choose(office, second, cid, EntryChoice.REMOVE, JESS)
    assert "already off the waitlist by @mei" in str(shown(slack, "V3"))
    assert names(shown(slack, "V2")) == []  # their list is brought up to date too


def test_what_cannot_be_put_back_is_told(office: Office, slack: FakeSlack) -> None:
    cid = join(office, "Cid")
    choose(office, waitlist(office, slack), cid, EntryChoice.REMOVE)
    join(office, "Cid")  # joined anew by the web form meanwhile
    office.press("V1", "entry.undo", Ref(id=cid.id).pack())
    assert "already off the waitlist by @mei" in str(shown(slack, "V2"))
    assert len(office.desk.entries.waiting()) == 1


def test_a_stranger_sees_and_changes_nothing(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    answer = office.command("", STRANGER, name="/waitlist")
    assert "not on the staff list" in answer.json["text"]
    assert "Bea" not in answer.body
    view = waitlist(office, slack)
    choose(office, view, bea, EntryChoice.REMOVE, STRANGER)
    assert office.desk.entries.get(bea.id).state is EntryState.WAITING


# --- add -------------------------------------------------------------------------------------------------------


def test_what_was_written_fills_the_form_in(office: Office, slack: FakeSlack) -> None:
    view = waitlist(office, slack, "add colour for Ana sat afternoon with Mei +65 8123 4567")
    filled = begins(view)
    assert filled["service"] == "colour"
    assert (filled["date_from"], filled["date_to"]) == ("2026-05-09", "2026-05-09")
    assert (filled["name"], filled["phone"], filled["resource"]) == ("Ana", "+65 8123 4567", "mei")
    assert filled["notes"] == "Asked for Sat 9 May, 12:00 pm to 5:00 pm."
    answer = office.submit(view["id"], {})
    assert "On the waitlist" in str(answer.json["view"])
    assert "Number 1 for Full colour" in str(answer.json["view"])
    (entry,) = office.desk.entries.waiting()
    assert (entry.name, entry.phone, entry.source, entry.changed_by) == ("Ana", "+6581234567", "staff", MEI)
    assert (entry.earliest, entry.latest) == (date(2026, 5, 9), date(2026, 5, 9))


@pytest.mark.parametrize(
    ("day", "iso"), [("sat", "2026-05-09"), ("sun", "2026-05-10"), ("wed", "2026-05-06")]
)
def test_short_days_are_days_after_a_command(office: Office, slack: FakeSlack, day: str, iso: str) -> None:
    filled = begins(waitlist(office, slack, f"add colour for Ana {day} +65 8123 4567"))
    assert (filled["date_from"], filled["name"], filled["phone"]) == (iso, "Ana", "+65 8123 4567")


def test_added_from_the_list_they_stand_in_it(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    office.press(waitlist(office, slack)["id"], "waitlist.add", Ref(id="new").pack())
    form = shown(slack, "V2")
    values = {"service": "haircut", "name": "Cid", "email": "cid@mail.example"}
    answer = office.submit("V2", values, previous_view_id="V1")
    assert form["callback_id"] == "waitlist_add"
    assert answer.body == ""  # the form closes
    assert names(shown(slack)) == ["Bea", "Cid"]
    assert "*Cid* is on the waitlist" in str(shown(slack)["blocks"])


def test_who_is_on_it_already_is_changed_and_staff_are_told_so(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    view = waitlist(office, slack, "add")
    values = {"service": "haircut", "name": "Bea", "email": "bea@mail.example", "resource": "mei"}
    answer = office.submit(view["id"], values)
    assert "Was on it already" in str(answer.json["view"])
    (entry,) = office.desk.entries.waiting()
    assert (entry.id, entry.resource) == (bea.id, "mei")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": ""}, {"name"}),
        ({"email": ""}, {"phone"}),
        ({"email": "nobody@", "phone": "12"}, {"email", "phone"}),
        ({"service": "colour", "resource": "jess"}, {"resource"}),
        ({"service": "party", "party": "1"}, {"party"}),
        ({"date_from": "2026-05-09", "date_to": "2026-05-08"}, {"date_to"}),
        ({"date_from": "2026-05-01", "date_to": "2026-05-02"}, {"date_to"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    office: Office, slack: FakeSlack, wrong: dict[str, str], where: set[str]
) -> None:
    values = {"service": "haircut", "name": "Bea", "email": "bea@mail.example", **wrong}
    answer = office.submit(waitlist(office, slack, "add")["id"], values)
    assert set(answer.json["errors"]) == where
    assert office.desk.entries.waiting() == ()


def test_a_number_texts_do_not_reach_is_taken_with_a_warning(office: Office, slack: FakeSlack) -> None:
    view = waitlist(office, slack, "add")
    answer = office.submit(view["id"], {"service": "haircut", "name": "Bea", "phone": "+65 6123 4567"})
    assert "call them yourself" in str(answer.json["view"])


# --- edit ------------------------------------------------------------------------------------------------------


def edit(office: Office, slack: FakeSlack, entry: Entry) -> dict[str, Any]:
    view = waitlist(office, slack)
    choose(office, view, entry, EntryChoice.EDIT)
    return shown(slack, f"V{len(slack.views)}")


def test_edit_changes_what_was_changed_and_keeps_the_place(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea", phone="+6581230001")
    join(office, "Cid")
    form = edit(office, slack, bea)
    assert begins(form)["phone"] == "+6581230001"
    answer = office.submit(
        form["id"],
        {"service": "colour", "phone": "+65 8123 0009", "date_to": "2026-05-20", "priority": "2"},
        previous_view_id="V1",
    )
    assert answer.body == ""
    now = office.desk.entries.get(bea.id)
    assert (now.service, now.phone, now.latest, now.priority) == (
        "colour",
        "+6581230009",
        date(2026, 5, 20),
        2,
    )
    assert (now.joined, now.name, now.email) == (bea.joined, "Bea", "bea@mail.example")
    assert "*Bea* is changed" in str(shown(slack)["blocks"])


def test_what_somebody_else_changed_meanwhile_stays(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    form = edit(office, slack, bea)
    office.desk.entries.change(bea.id, JESS, name="Bea Ong", resource="jess")
    office.submit(form["id"], {"notes": "rings twice"}, previous_view_id="V1")
    now = office.desk.entries.get(bea.id)
    assert (now.name, now.resource, now.notes) == ("Bea Ong", "jess", "rings twice")


def test_a_service_they_wait_for_already_is_refused_beside_it(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    join(office, "Bea", "colour")
    answer = office.submit(edit(office, slack, bea)["id"], {"service": "colour"}, previous_view_id="V1")
    assert set(answer.json["errors"]) == {"service"}


def test_editing_somebody_who_has_left_says_who_took_them_off(office: Office, slack: FakeSlack) -> None:
    bea = join(office, "Bea")
    form = edit(office, slack, bea)
    office.desk.entries.remove(bea.id, "customer")
    answer = office.submit(form["id"], {"notes": "x"}, previous_view_id="V1")
    assert "already off the waitlist by the customer" in str(answer.json["view"])


# --- why -------------------------------------------------------------------------------------------------------


def test_why_tells_each_opening_in_a_sentence_and_who_was_asked_in_order(
    office: Office, slack: FakeSlack
) -> None:
    join(office, "Una")
    join(office, "Duo")
    bea = join(office, "Bea")
    freed(office)
    pass_time(office, WINDOW)
    office.settle()
    office.desk.offers.claim(newest(office).live.ref)  # type: ignore[union-attr]
    office.settle()
    view = waitlist(office, slack, "why bea")
    text = str(view["blocks"])
    for expected in (
        "Tue 5 May, 2:00 pm to 2:45 pm with Jess* (filled)",
        "Was second in line, and it was gone before their turn.",
        "1. *Una*, mail 9:03 am: no answer by 9:13 am",
        "2. *Duo*, mail 9:13 am: took it 9:13 am",
        "priority, then joined",
    ):
        assert expected in text
    choose(office, waitlist(office, slack), bea, EntryChoice.WHY)
    assert shown(slack, "V3")["blocks"] == view["blocks"]


def test_why_of_one_day_leaves_the_others_out(office: Office, slack: FakeSlack) -> None:
    from tests.slack.samples import TUESDAY_2PM

    join(office, "Una")
    join(office, "Bea")
    freed(office)
    wednesday = TUESDAY_2PM + 86_400
    freed(office, start=wednesday, end=wednesday + 45 * 60)
    assert str(waitlist(office, slack, "why bea")).count("with Jess*") == 2
    only = str(waitlist(office, slack, "why bea wed 2pm"))
    assert "Wed 6 May" in only
    assert "Tue 5 May, 2:00" not in only
    opening = newest(office).opening.id
    assert str(waitlist(office, slack, f"why bea {opening}")).count("with Jess*") == 1


def test_why_of_a_name_that_sounds_like_a_day_finds_the_person(office: Office, slack: FakeSlack) -> None:
    join(office, "May")
    freed(office)
    assert "*May*" in str(waitlist(office, slack, "why may"))


def test_why_of_several_people_shows_them_to_choose_from(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea Ong")
    join(office, "Beatrix Lim")
    view = waitlist(office, slack, "why bea")
    assert "More than one person" in str(view["blocks"])
    assert names(view) == ["Bea Ong", "Beatrix Lim"]


def test_why_of_nobody_says_so(office: Office, slack: FakeSlack) -> None:
    answer = office.command("why zorro", name="/waitlist")
    assert "Nobody called \u201czorro\u201d" in answer.json["text"]
    assert "a name" in office.command("why", name="/waitlist").json["text"]


def test_help_names_every_word(office: Office, slack: FakeSlack) -> None:
    answer = office.command("help", name="/waitlist").json
    assert faults_of_message(answer["text"], answer["blocks"]) == []
    for word in ("/waitlist add", "/waitlist find", "/waitlist why", "/book find"):
        assert word in str(answer["blocks"])
    assert slack.views == {}


# --- from a request --------------------------------------------------------------------------------------------


def test_a_request_nothing_is_free_for_goes_onto_the_list_and_is_done(
    office: Office, slack: FakeSlack
) -> None:
    office.has(request(RequestState.ESCALATED, reason="Nothing is free for that."))
    office.click("request.waitlist", Ref(id="rq0000000001").pack())
    form = shown(slack)
    filled = begins(form)
    assert (filled["service"], filled["name"], filled["email"]) == ("haircut", "Ana Lim", "ana@mail.example")
    assert (filled["date_from"], filled["resource"]) == ("2026-05-05", "jess")
    assert "next Tuesday afternoon" in str(form["blocks"])
    answer = office.submit(form["id"], {"date_to": "2026-05-16"})
    assert "On the waitlist" in str(answer.json["view"])
    done = office.desk.intake.get("rq0000000001")
    assert (done.state, done.reason) == (RequestState.HANDLED, "Put on the waitlist for Haircut.")
    (entry,) = office.desk.entries.waiting()
    assert (entry.source, entry.latest) == ("email", date(2026, 5, 16))
    office.settle()
    assert any("list" in mail.subject.lower() or "list" in mail.text for mail in office.desk.mailer.sent)  # type: ignore[attr-defined]


def test_a_request_somebody_has_dealt_with_puts_nobody_on_the_list(office: Office, slack: FakeSlack) -> None:
    office.has(request(RequestState.ESCALATED))
    office.click("request.waitlist", Ref(id="rq0000000001").pack())
    office.desk.intake.discard("rq0000000001", JESS)
    answer = office.submit(slack.only_view()["id"], {})
    assert "already discarded by @jess" in str(answer.json["view"])
    assert office.desk.entries.waiting() == ()
    office.click("request.waitlist", Ref(id="rq0000000001").pack())
    assert len(slack.views) == 1


def test_two_who_put_the_same_request_on_the_list_do_it_once(office: Office, slack: FakeSlack) -> None:
    office.has(request(RequestState.ESCALATED))
    office.click("request.waitlist", Ref(id="rq0000000001").pack())
    office.click("request.waitlist", Ref(id="rq0000000001").pack(), JESS)
    office.submit("V1", {})
    answer = office.submit("V2", {}, JESS)
    assert "already handled by @mei" in str(answer.json["view"])
    assert len(office.desk.entries.waiting()) == 1


# --- the Home tab ----------------------------------------------------------------------------------------------


def home(office: Office, slack: FakeSlack) -> dict[str, Any]:
    office.event(
        {"type": "app_home_opened", "user": MEI, "tab": "home", "channel": "D1"}, id_=office.desk.ids.new()
    )
    office.settle()
    view = slack.homes[MEI]
    assert faults_of_view(view) == []
    return view


def test_home_shows_what_opened_up_and_how_many_wait(office: Office, slack: FakeSlack) -> None:
    assert "waiting" not in str(home(office, slack)["blocks"])
    join(office, "Bea")
    join(office, "Cid", "colour")
    freed(office)
    text = str(home(office, slack)["blocks"])
    for expected in (
        "Opened up (1)",
        "*On offer to Bea*",
        "opening.stop",
        "*2 waiting:* 1 for Haircut, 1 for Full colour",
    ):
        assert expected in text


def test_on_home_what_waits_for_staff_comes_first(office: Office, slack: FakeSlack) -> None:
    from tests.slack.samples import TUESDAY_2PM

    join(office, "Bea")
    freed(office)
    for n in range(1, 8):
        start = TUESDAY_2PM + n * 86_400
        freed(office, start=start, end=start + 45 * 60, resource="mei" if n % 2 else "jess")
        if newest(office).opening.state is OpeningState.OPEN:  # it waits: Bea holds an offer already
            office.desk.openings.stop(newest(office).opening.id, MEI)
            office.settle()
    text = str(home(office, slack)["blocks"])
    assert text.count("It is yours to fill") == 5
    assert "On offer to" not in text
    assert "3 more; their cards are in" in text


def test_the_list_opens_from_home(office: Office, slack: FakeSlack) -> None:
    join(office, "Bea")
    home(office, slack)
    office.payload(
        {
            "type": "block_actions",
            "user": {"id": MEI},
            "container": {"type": "view", "view_id": "VHOME"},
            "view": {"id": "VHOME", "type": "home"},
            "actions": [{"type": "button", "action_id": "waitlist.open", "value": "{}", "action_ts": "1.1"}],
        }
    )
    assert names(slack.only_view()) == ["Bea"]
