"""Live rules: swapped in whole or refused, told once, seen by every process."""

from __future__ import annotations

import pytest

from handlers.adapters.sqlite import SqliteStore
from handlers.domain import items, keys
from handlers.domain.errors import NotFound, RulesError, StaleWrite
from handlers.domain.events import Event
from handlers.ports import Put, Query
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from tests.fakes import FakeClock, FakeIds
from tests.rules.sample import GOOD

BAD = GOOD.replace("minutes: 60", "minutes: sixty")
OTHER = GOOD.replace("Fig Studio", "Fig & Co")


class Desk:
    def __init__(self):
        self.store, self.clock, self.seconds = SqliteStore(":memory:"), FakeClock(1_800_000_000), 0.0
        self.journal = Journal(self.store, self.clock, FakeIds())
        self.rules = self.process()

    def process(self, store=None):
        return RulesSource(store or self.store, self.clock, self.journal, lambda: self.seconds)

    def events(self):
        found = self.store.query(Query(keys.OUTBOX, index="gsi3")).items
        return [items.from_item(i, Event) for i in found]

    def kinds(self):
        return [e.kind.value for e in self.events()]


@pytest.fixture
def desk():
    return Desk()


def test_before_the_first_rules_there_are_none(desk):
    with pytest.raises(NotFound):
        desk.rules.current()
    with pytest.raises(NotFound):
        desk.rules.version()


def test_a_valid_edit_is_live_at_once_and_told(desk):
    desk.rules.update(GOOD, by="U0RITA")
    assert desk.rules.update(OTHER, by="U0RITA").business.name == "Fig & Co"
    assert desk.rules.current().business.name == "Fig & Co"
    assert desk.rules.version() == 2
    assert [e.data for e in desk.events()] == [{"version": n, "by": "U0RITA"} for n in (1, 2)]
    assert [(r.who, r.what, r.before, r.after) for r in desk.journal.thread(keys.RULES)][-1] == (
        "U0RITA",
        "changed",
        1,
        2,
    )


def test_the_same_text_again_is_nothing_new(desk):
    desk.rules.update(GOOD, by="a")
    desk.rules.update(GOOD, by="b")
    desk.process().update(GOOD.encode(), by="c")
    assert desk.kinds() == ["rules.changed"]
    assert desk.rules.version() == 1


def test_a_refused_edit_changes_nothing_and_names_the_line(desk):
    desk.rules.update(GOOD, by="a")
    with pytest.raises(RulesError):
        desk.rules.update(BAD, by="U0TOM")
    assert desk.rules.version() == 1
    assert desk.process().current().services["massage"].minutes == 60
    refused = desk.events()[-1]
    assert (refused.kind.value, refused.data["by"]) == ("rules.refused", "U0TOM")
    (fault,) = refused.data["faults"]
    assert (fault["line"], fault["column"]) == (41, 14)
    assert "whole number" in fault["message"]


def test_the_same_refused_text_is_told_once_until_the_rules_change(desk):
    for text in (GOOD, BAD, BAD, OTHER, BAD):
        try:
            desk.process().update(text, by="a")
        except RulesError:
            assert text is BAD
    assert desk.kinds().count("rules.refused") == 2


def test_putting_the_live_text_back_is_told_and_the_same_mistake_is_news_again(desk):
    desk.rules.update(GOOD, by="U0RITA")
    for _ in range(2):
        with pytest.raises(RulesError):
            desk.rules.update(BAD, by="U0TOM")
        desk.rules.update(GOOD, by="U0TOM")
        desk.rules.update(GOOD, by="U0TOM")
    told = ["rules.changed", "rules.refused", "rules.changed", "rules.refused", "rules.changed"]
    assert sorted(desk.kinds()) == sorted(told)
    assert desk.rules.version() == 1


def test_an_edit_refused_before_any_rules_stand_is_told(desk):
    with pytest.raises(RulesError):
        desk.rules.update("", by="a")
    assert desk.kinds() == ["rules.refused"]


def test_bytes_that_are_not_text_are_refused_and_told(desk):
    with pytest.raises(RulesError):
        desk.rules.update(b"name: \xff", by="a")
    assert desk.kinds() == ["rules.refused"]


def test_very_many_faults_are_told_in_part(desk):
    with pytest.raises(RulesError):
        desk.rules.update(GOOD + "".join(f"x{n}: 1\n" for n in range(70)), by="a")
    data = desk.events()[-1].data
    assert (len(data["faults"]), data["more"]) == (50, 20)


def test_another_process_sees_an_edit_after_a_second(desk):
    desk.rules.update(GOOD, by="a")
    other = desk.process()
    assert other.version() == 1
    desk.rules.update(OTHER, by="a")
    assert other.version() == 1
    desk.seconds = 1.0
    assert (other.version(), other.current().business.name) == (2, "Fig & Co")


def test_an_unchanged_version_is_parsed_once(desk):
    desk.rules.update(GOOD, by="a")
    first = desk.rules.current()
    desk.seconds = 60
    assert desk.rules.current() is first


def test_two_edits_at_once_both_count_and_none_is_lost(desk):
    """The other edit lands between our read and our write."""

    class Raced:
        def __init__(self, store):
            self.store, self.raced = store, False

        def get(self, key):
            return self.store.get(key)

        def transact(self, operations, token=""):
            if not self.raced and isinstance(operations[0], Put):
                self.raced = True
                desk.rules.update(OTHER, by="first")
            self.store.transact(operations, token)

    desk.rules.update(GOOD, by="a")
    last = GOOD.replace("Fig Studio", "Last")
    desk.process(Raced(desk.store)).update(last, by="second")
    desk.seconds = 2
    assert (desk.rules.version(), desk.rules.current().business.name) == (3, "Last")
    assert [e.data["by"] for e in desk.events()] == ["a", "first", "second"]


def test_a_store_that_always_refuses_is_not_tried_for_ever(desk):
    class Stubborn:
        def get(self, key):
            return None

        def transact(self, operations, token=""):
            raise StaleWrite([0])

    with pytest.raises(StaleWrite):
        desk.process(Stubborn()).update(GOOD, by="a")
